"""The report of a whole run as a file: JSON for programs, Markdown for the summary of a CI run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from .. import wire
from .call_list import count
from .run_findings import errors, errors_of, never_called, never_failed, never_occurred, removed
from .run_record import Record
from .run_report import ranked, summary

_VERSION = 1
"""The version of the JSON report. It increases if a member is removed or changes its meaning, not if one is added."""

_MAX_TESTS = 20


class ReportData(NamedTuple):
    """The contents of the file."""

    record: Record
    options: dict[str, Any]
    """The options that asked for reports, by name."""
    lost: list[str]
    """The names of workers whose records are missing."""


def as_json(data: ReportData) -> str:
    """The whole report."""
    record = data.record
    report = {
        "version": _VERSION,
        "options": data.options,
        "tests_run": len(record.tests_run),
        "calls": dict(sorted(record.calls.items())),
        "deletions": list(_deletions(record)),
        "faults": [
            {"operation": operation, "error": error, "struck": times}
            for (operation, error), times in sorted(record.faults.items())
        ],
        "never_called": never_called(record),
        "never_failed": never_failed(record),
        "errors_never_exercised": never_occurred(record, wire.operation_names()),
        "tests": dict(sorted(record.tests.items())),
        "lost_workers": data.lost,
    }
    return json.dumps(report, indent=2)


def _deletions(record: Record) -> Iterator[dict[str, Any]]:
    for key, packages in sorted(record.deletions.items()):
        operation, domain, repository = key
        yield {
            "operation": operation,
            "domain": domain,
            "repository": repository,
            "packages": packages,
            "versions": record.deleted_versions[key],
        }


def as_markdown(data: ReportData) -> str:
    """The report of the terminal as Markdown."""
    return "\n".join(_markdown(data))


def _markdown(data: ReportData) -> Iterator[str]:
    record = data.record
    yield "## CodeArtifact"
    yield ""
    yield f"{summary(record)}." if record.calls else "No fake CodeArtifact was called."
    if data.lost:
        yield ""
        yield f"**The records of these workers are missing, because they ended too early:** {', '.join(data.lost)}"
    if record.deletions:
        yield from _table(
            ["repository", "removed by calls"],
            ([repository, ", ".join(lines)] for repository, lines in removed(record)),
        )
    if record.calls:
        columns = [error.removesuffix("Exception") for error in errors()]
        yield from _table(["operation", "calls", *columns], map(_row(record), ranked(record.calls)))
        yield ""
        yield "✓: the error occurred in a test, ·: it did not."
        without_failure = never_failed(record)
        if without_failure:
            yield ""
            yield f"**Never failed, although they delete:** {', '.join(without_failure)}"
        never = never_called(record)
        heading = f"Never called: {len(never)} of {len(wire.operation_names())} operations"
        yield from _details(heading, [", ".join(never)])
        tests = [f"{count(calls, 'call')}: {_code(name)}" for name, calls in ranked(record.tests)]
        more = [f"and {len(tests) - _MAX_TESTS} more"] if len(tests) > _MAX_TESTS else []
        yield from _details("Calls by test", [f"- {line}" for line in [*tests[:_MAX_TESTS], *more]])


def _row(record: Record) -> Callable[[tuple[str, int]], list[str]]:
    marks = {True: "✓", False: "·", None: ""}

    def row(called: tuple[str, int]) -> list[str]:
        name, calls = called
        return [name, f"{calls:,}", *(marks[occurred] for occurred in errors_of(record, name))]

    return row


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield ""
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _details(heading: str, lines: list[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{heading}</summary>", "", *lines, "", "</details>")


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"


FORMATS: dict[str, Callable[[ReportData], str]] = {".json": as_json, ".md": as_markdown}
"""The functions that write a report, by the suffix of the file."""
