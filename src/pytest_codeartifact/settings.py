"""Defaults of new fakes: account, region and environment handling; ini options change them for a run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

ACCOUNT = re.compile("[0-9]{12}")
"""The id of an account, as the service's model has it."""

REGION = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
"""The name of a region; new ones come every year."""


class Defaults:
    """The account and the region of fakes that are made without; never the machine's, so that tests run alike."""

    __slots__ = ("account", "environment", "region")

    def __init__(self, account: str = "123456789012", region: str = "us-east-1", environment: str = "prepare") -> None:
        self.account = account
        self.region = region
        self.environment = environment

    def replace(self, account: str, region: str, environment: str) -> Callable[[], None]:
        """Have others, until the function that is returned puts these back."""
        before = self.account, self.region, self.environment

        def put_back() -> None:
            self.account, self.region, self.environment = before

        self.account, self.region, self.environment = account, region, environment
        return put_back


DEFAULTS = Defaults()


@dataclass(frozen=True, slots=True)
class Options:
    """The options that a fake was created with."""

    page_size: int | None = None
    foreign_domains: str = "not-found"
    unused_faults: str = "fail"
    backoff: bool = False
    environment: str = "prepare"


DUMMY_KEYS = {"aws_access_key_id": "AKIAFAKECODEARTIFACT", "aws_secret_access_key": "pytest-codeartifact"}
"""What clients sign with that were made without keys; they open nothing."""
