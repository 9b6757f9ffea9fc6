"""Validates the arguments of a fake that become its options."""

from __future__ import annotations

from ..errors import SeedError, shown
from ..settings import ENVIRONMENT_MODES, FOREIGN_DOMAINS_MODES, UNUSED_FAULTS_MODES, Options
from .arguments import one_of


def options(
    *, page_size: object, unused_faults: object, backoff: object, foreign_domains: object, environment: object
) -> Options:
    """The options of a fake, from keywords of its constructor.

    :raises SeedError: one is not valid.
    """
    return Options(
        _page_size(page_size),
        one_of(foreign_domains, FOREIGN_DOMAINS_MODES, "foreign_domains"),
        one_of(unused_faults, UNUSED_FAULTS_MODES, "unused_faults"),
        _backoff(backoff),
        one_of(environment, ENVIRONMENT_MODES, "environment"),
    )


def _backoff(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise SeedError(f"backoff must be True or False, not {shown(value)}.")


def _page_size(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is int and 1 <= value <= 1000:
        return value
    raise SeedError(f"page_size must be a number from 1 to 1000 or None, not {shown(value)}.")
