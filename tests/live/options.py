"""The options of a run against the real service, and what they do to a run of pytest."""

from __future__ import annotations

import re
from pathlib import Path

import boto3
import pytest

from pytest_codeartifact.doors.guard import GUARD

from .clients import Refusal
from .running import clean_up

SCENARIOS = Path(__file__).parent / "test_service.py"


def declare(parser: pytest.Parser) -> None:
    """Declare the options to pytest."""
    group = parser.getgroup("live", "a run against the real CodeArtifact, see docs/live.md")
    group.addoption(
        "--codeartifact-live", action="store_true", help="run the scenarios of tests/live against the real service"
    )
    group.addoption("--live-account", metavar="ID", help="the account that you mean, 12 digits")
    group.addoption(
        "--live-clean", action="store_true", help="remove what earlier runs have left behind, and nothing else"
    )
    group.addoption(
        "--live-folder",
        metavar="FOLDER",
        default="codeartifact-live",
        help="of ledgers, recordings; default: %(default)s",
    )


def is_live(config: pytest.Config) -> bool:
    """Whether the scenarios run against the real service."""
    return bool(config.getoption("--codeartifact-live"))


def folder(config: pytest.Config) -> Path:
    """Where ledgers and recordings are."""
    return config.rootpath / str(config.getoption("--live-folder"))


def account(config: pytest.Config) -> str | None:
    """The account that the caller means.

    :raises pytest.UsageError: it is not an account id.
    """
    given: str | None = config.getoption("--live-account")
    if given is not None and not re.fullmatch("[0-9]{12}", given):
        raise pytest.UsageError(f"--live-account is an account id of 12 digits, not {given!r}.")
    return given


def open_to_the_service(config: pytest.Config) -> None:
    """Make a run of pytest one of the scenarios alone, whose calls leave the machine."""
    account(config)
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("--codeartifact-live runs in one process: leave -n out.")
    config.args[:] = [str(SCENARIOS)]
    config.add_cleanup(GUARD.begin_run(allowed=True, refuses_look_ups=False))


def clean(config: pytest.Config) -> int:
    """Remove what earlier runs have left behind, in place of a run of pytest.

    :returns: the exit status.
    """
    end = GUARD.begin_run(allowed=True, refuses_look_ups=False)
    try:
        return 0 if clean_up(boto3.Session(), account(config), folder(config), print) else 1
    except Refusal as refusal:
        raise pytest.UsageError(str(refusal)) from refusal
    finally:
        end()
