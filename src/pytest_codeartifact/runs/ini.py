"""The ini options and their valid values, checked once when a run begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ..settings import ACCOUNT, DEFAULTS, REGION

if TYPE_CHECKING:
    from ..literals import EnvironmentMode


class Settings(NamedTuple):
    """The ini options of a run."""

    account: str
    region: str
    real_calls: str
    plain_http: str
    environment: EnvironmentMode

    @classmethod
    def of(cls, config: pytest.Config) -> Settings:
        """The values in the configuration.

        :raises pytest.UsageError: a value is not valid.
        """
        checked: Iterable[Any] = (_read(config, option) for option in _OPTIONS)
        return cls(*checked)


class _Option(NamedTuple):
    name: str
    default: str
    help: str
    is_valid: Callable[[str], object]
    form: str
    suggest: Callable[[str], str | None]
    """Returns a similar valid value for one that is not valid."""


def declare(parser: pytest.Parser) -> None:
    """Declare the options to pytest."""
    for option in _OPTIONS:
        parser.addini(option.name, f"{option.help} (default: {option.default})", default=option.default)


def _read(config: pytest.Config, option: _Option) -> str:
    value: str = config.getini(option.name)
    if option.is_valid(value):
        return value
    suggestion = option.suggest(value)
    question = "" if suggestion is None else f" Did you mean {suggestion!r}?"
    raise pytest.UsageError(f"{option.name} must be {option.form}, not {value!r}.{question}")


def _one_of(name: str, help: str, *choices: str) -> _Option:
    """An option with a fixed set of values. The first is the default."""

    def suggest(value: str) -> str | None:
        from difflib import get_close_matches  # here, because few runs get this far

        return next(iter(get_close_matches(value.strip().lower(), choices, 1)), None)

    return _Option(name, choices[0], help, choices.__contains__, " or ".join(map(repr, choices)), suggest)


def _suggested_account(value: str) -> str | None:
    digits = value.replace("-", "").replace(" ", "").zfill(12)  # as the console prints it, or without its zeros
    return digits if value and ACCOUNT.fullmatch(digits) else None


def _suggested_region(value: str) -> str | None:
    import re

    name = re.sub(r"[\W_]+", "-", value.strip().lower())
    name = re.sub(r"(?<=[a-z])(?=[0-9]+$)", "-", name)
    return name if REGION.fullmatch(name) else None


_OPTIONS = (
    _Option(
        "codeartifact_account",
        DEFAULTS.account,
        "account of the fake CodeArtifact",
        ACCOUNT.fullmatch,
        "an account id of 12 digits",
        _suggested_account,
    ),
    _Option(
        "codeartifact_region",
        DEFAULTS.region,
        "region of the fake CodeArtifact",
        REGION.fullmatch,
        "the name of a region like 'eu-west-1'",
        _suggested_region,
    ),
    _one_of(
        "codeartifact_real_calls",
        "calls to CodeArtifact while no fake is open: forbid or allow",
        "forbid",
        "allow",
    ),
    _one_of(
        "codeartifact_plain_http",
        "look-ups of CodeArtifact's hosts by anything other than botocore: allow or refuse",
        "allow",
        "refuse",
    ),
    _one_of(
        "codeartifact_environment",
        "how an open fake treats botocore's sessions, and the run the environment: prepare or leave",
        "prepare",
        "leave",
    ),
)
"""In the order of :class:`Settings`."""
