"""Defaults of new fakes: account, region and environment handling; ini options change them for a run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .literals import EnvironmentMode, ForeignDomainsMode, UnusedFaultsMode

ACCOUNT = re.compile("[0-9]{12}")
"""The id of an account, as the service's model has it."""

REGION = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
"""The name of a region; new ones come every year."""

ENVIRONMENT_MODES: tuple[EnvironmentMode, ...] = ("prepare", "leave")
"""What an open fake does to its surroundings; the first is the default."""

FOREIGN_DOMAINS_MODES: tuple[ForeignDomainsMode, ...] = ("not-found", "denied")
"""What an unknown domain of another account answers (rule X-3); the first is the default."""

UNUSED_FAULTS_MODES: tuple[UnusedFaultsMode, ...] = ("fail", "allow")
"""What comes of planned faults that never strike; the first is the default."""


class Defaults:
    """The account and the region of fakes that are made without; never the machine's, so that tests run alike."""

    __slots__ = ("account", "environment", "region")

    def __init__(
        self, account: str = "123456789012", region: str = "us-east-1", environment: EnvironmentMode = "prepare"
    ) -> None:
        self.account = account
        self.region = region
        self.environment = environment

    def replace(self, account: str, region: str, environment: EnvironmentMode) -> Callable[[], None]:
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
    foreign_domains: ForeignDomainsMode = "not-found"
    unused_faults: UnusedFaultsMode = "fail"
    backoff: bool = False
    environment: EnvironmentMode = "prepare"


DUMMY_KEYS = {"aws_access_key_id": "AKIAFAKECODEARTIFACT", "aws_secret_access_key": "pytest-codeartifact"}
"""What clients sign with that were made without keys; they open nothing."""
