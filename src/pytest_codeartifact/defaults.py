"""Whom and where a fake plays, and what it does to its surroundings, if it is not told: pytest's ini options change it
for a run."""

from __future__ import annotations


class Defaults:
    """The account and the region of fakes that are made without; never the machine's, so that tests run alike."""

    __slots__ = ("account", "environment", "region")

    def __init__(self, account: str = "123456789012", region: str = "us-east-1", environment: str = "prepare") -> None:
        self.account = account
        self.region = region
        self.environment = environment


DEFAULTS = Defaults()

DUMMY_KEYS = {"aws_access_key_id": "AKIAFAKECODEARTIFACT", "aws_secret_access_key": "pytest-codeartifact"}
"""What clients sign with that were made without keys; they open nothing."""
