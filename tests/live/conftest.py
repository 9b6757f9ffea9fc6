"""The run against the real service, for the scenarios in test_service.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from . import options
from .clients import Refusal
from .playing import Player, Scenario
from .replaying import differences, report
from .running import run

_PLAYER = pytest.StashKey[Player]()
_REPORT = pytest.StashKey[str]()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path == options.SCENARIOS and not options.is_live(config) else None


@pytest.fixture(scope="session")
def live(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Iterator[Player]:
    """Runs scenarios against the real service. All resources that they create are deleted after the last one."""
    reporter = pytestconfig.pluginmanager.getplugin("terminalreporter")
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(line)

    try:
        account, folder = options.account(pytestconfig), options.folder(pytestconfig)
        with run(boto3.Session(), account, folder, say, _chosen(request.session)) as player:
            pytestconfig.stash[_PLAYER] = player
            yield player
    except Refusal as refusal:
        pytest.exit(str(refusal), returncode=pytest.ExitCode.USAGE_ERROR)


def _chosen(session: pytest.Session) -> list[Scenario]:
    """The scenarios of this run, which -k may have limited."""
    parameters = [item.callspec.params for item in session.items if isinstance(item, pytest.Function)]
    return [scenario for each in parameters if isinstance(scenario := each["scenario"], Scenario)]


@pytest.hookimpl(trylast=True)  # after the fixture has ended
def pytest_sessionfinish(session: pytest.Session) -> None:
    player = session.config.stash.get(_PLAYER, None)
    if player is None:
        return
    found = differences(player.recording)
    session.config.stash[_REPORT] = report(found) if found else "None."
    if found and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _REPORT in config.stash:
        terminalreporter.section("differences between the service and the fake, by rule")
        terminalreporter.write_line(config.stash[_REPORT])
