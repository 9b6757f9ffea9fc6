"""pytest's and pytest-xdist's hooks for the report of a whole run, registered only if a run asks for one.

Processes that run tests keep a record. A worker of pytest-xdist sends its record with its result. The controller
merges the records and reports.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ..current_test import RUNNING
from ..journal import permissions
from .run_files import FORMATS, ReportData
from .run_record import Recorder
from .run_report import Style, as_lines

_PART = "codeartifact"

_REPORT_FILE = "--codeartifact-report-file"

_MARKUP: dict[Style, dict[str, bool]] = {
    "plain": {},
    "title": {"bold": True},
    "occurred": {"green": True},
    "missing": {"light": True},
    "warning": {"yellow": True},
}


def register(config: pytest.Config, options: Sequence[str]) -> None:
    """Record the run, and write the requested reports.

    :param options: the names of the options for reports.
    :raises pytest.UsageError: a report cannot be written.
    """
    if config.getoption("collectonly"):
        return
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recording(), "codeartifact-recording")
        return
    # Before the run, which would otherwise fail at its end because a report cannot be written.
    wanted = _Wanted.of(config, options)
    recording = _Recording()
    config.pluginmanager.register(recording, "codeartifact-recording")
    config.pluginmanager.register(_Reporting(recording.recorder, wanted), "codeartifact-reporting")


class _Wanted(NamedTuple):
    """The requested reports."""

    in_terminal: bool
    reports: list[Path]
    policy: Path | None
    wildcards: bool
    options: dict[str, Any]

    @classmethod
    def of(cls, config: pytest.Config, options: Sequence[str]) -> _Wanted:
        policy = config.getoption("codeartifact_iam_policy")
        wanted = cls(
            config.getoption("codeartifact_report"),
            [_report_file(config, file) for file in config.getoption("codeartifact_report_file")],
            None if policy is None else _writable(config, "--codeartifact-iam-policy", policy),
            config.getoption("codeartifact_iam_wildcards"),
            {f"--{name.replace('_', '-')}": config.getoption(name) for name in options if config.getoption(name)},
        )
        wanted._check()
        return wanted

    def files(self) -> list[tuple[str, Path]]:
        """The kinds and paths of the requested files."""
        policies = [] if self.policy is None else [("IAM policy", self.policy)]
        return [*(("report", path) for path in self.reports), *policies]

    def _check(self) -> None:
        """Refuse options that write two reports to one file, or that have no effect."""
        if self.wildcards and self.policy is None:
            raise pytest.UsageError("--codeartifact-iam-wildcards needs --codeartifact-iam-policy=FILE.")
        seen = set()
        for what, path in self.files():
            if path.resolve() in seen:
                raise pytest.UsageError(f"{path} would be written twice; write the {what} to another file.")
            seen.add(path.resolve())


def _report_file(config: pytest.Config, given: str) -> Path:
    path = _writable(config, _REPORT_FILE, given)
    if path.suffix.lower() not in FORMATS:
        raise pytest.UsageError(
            f"{_REPORT_FILE}: the suffix of {path.name!r} names no format. Choose from: {', '.join(FORMATS)}."
        )
    return path


def _writable(config: pytest.Config, option: str, given: str) -> Path:
    if not given:
        raise pytest.UsageError(f"{option} needs the name of a file.")
    path = config.invocation_params.dir / Path(given).expanduser()
    if path.is_dir():
        raise pytest.UsageError(f"{option}: {path} is a directory.")
    if not path.parent.is_dir():
        raise pytest.UsageError(f"{option}: there is no directory {path.parent}.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise pytest.UsageError(f"{option}: {path} cannot be written.")
    return path


class _Recording:
    """The hooks of a process that runs tests."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        # Restored at the end, because pytester starts a run within this one.
        self._before, RUNNING.on_close = RUNNING.on_close, self.recorder.read_new

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.recorder.begin_test(item.nodeid)
        try:
            return (yield)
        finally:
            self.recorder.end_test()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.recorder.read_open_fakes()
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[_PART] = self.recorder.record.as_builtins()

    def pytest_unconfigure(self) -> None:
        RUNNING.on_close = self._before


class _Reporting:
    """The hooks of the controller."""

    def __init__(self, recorder: Recorder, wanted: _Wanted) -> None:
        self._recorder = recorder
        self._record = recorder.record
        self._wanted = wanted
        self._awaited: set[str] = set()
        """The workers that have not sent their records yet."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        self._awaited.add(node.gateway.id)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        part = getattr(node, "workeroutput", {}).get(_PART)
        if part is not None and node.gateway.id in self._awaited:
            self._awaited.remove(node.gateway.id)  # an interrupted worker is reported twice
            self._record.add(part)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        self._recorder.read_open_fakes()  # once more, because the order of the last two hooks is not defined
        if self._wanted.policy is not None:
            policy = permissions.policy(self._record.permissions, wildcards=self._wanted.wildcards)
            _write(self._wanted.policy, json.dumps(policy, indent=2))
        data = ReportData(self._record, self._wanted.options, sorted(self._awaited))
        for path in self._wanted.reports:
            _write(path, FORMATS[path.suffix.lower()](data))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("CodeArtifact")
        if self._wanted.in_terminal:
            config = terminalreporter.config
            writer = config.get_terminal_writer()
            for line in as_lines(self._record, writer.fullwidth, verbose=config.get_verbosity() > 0):
                for text, style in line:
                    writer.write(text, **_MARKUP[style])
                writer.line()
        for worker in sorted(self._awaited):
            terminalreporter.write_line(f"The record of worker {worker} is missing: the worker ended too early.")
        for what, path in self._wanted.files():
            terminalreporter.write_line(f"{what}: {path}")


def _write(path: Path, text: str) -> None:
    path.write_text(f"{text}\n", encoding="utf-8")
