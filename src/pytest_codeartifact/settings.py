"""Defaults of new fakes: account, region and environment handling; ini options change them for a run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .literals import EnvironmentMode, ForeignDomainsMode, UnusedFaultsMode

ACCOUNT = re.compile("[0-9]{12}")
"""The pattern of account ids, from the service's model."""

REGION = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
"""The pattern of region names. Not a list, because AWS adds regions every year."""

ENVIRONMENT_MODES: tuple[EnvironmentMode, ...] = ("prepare", "leave")
"""How an open fake treats the environment and the creation of clients. The first is the default."""

FOREIGN_DOMAINS_MODES: tuple[ForeignDomainsMode, ...] = ("not-found", "denied")
"""The error for an unknown domain of another account (rule X-3). The first is the default."""

UNUSED_FAULTS_MODES: tuple[UnusedFaultsMode, ...] = ("fail", "allow")
"""Whether unused planned faults fail the test. The first is the default."""


class Defaults:
    """The account, region and environment handling of fakes that are created without them.

    They do not depend on the machine, so tests behave the same everywhere.
    """

    __slots__ = ("account", "environment", "region")

    def __init__(
        self, account: str = "123456789012", region: str = "us-east-1", environment: EnvironmentMode = "prepare"
    ) -> None:
        self.account = account
        self.region = region
        self.environment = environment

    def replace(self, account: str, region: str, environment: EnvironmentMode) -> Callable[[], None]:
        """Replace the defaults.

        :returns: a function that restores the previous ones.
        """
        previous = self.account, self.region, self.environment

        def restore() -> None:
            self.account, self.region, self.environment = previous

        self.account, self.region, self.environment = account, region, environment
        return restore


DEFAULTS = Defaults()


class Options(NamedTuple):
    """The options that a fake was created with."""

    page_size: int | None = None
    foreign_domains: ForeignDomainsMode = "not-found"
    unused_faults: UnusedFaultsMode = "fail"
    backoff: bool = False
    environment: EnvironmentMode = "prepare"


DUMMY_KEYS = {"aws_access_key_id": "AKIAFAKECODEARTIFACT", "aws_secret_access_key": "pytest-codeartifact"}
"""The access key of clients that are created without one. It gives access to nothing."""
