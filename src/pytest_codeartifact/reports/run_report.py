"""The report of a whole run in words and as JSON, with the operations and errors that never occurred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from .. import wire
from .run_record import Record

_MOST_TESTS = 50
_WIDTH = 100


def as_json(record: Record, lost: Iterable[str]) -> dict[str, Any]:
    """The whole report.

    :param lost: the names of the workers whose part is missing.
    """
    return {
        "calls": dict(sorted(record.calls.items())),
        "deletions": [
            {"operation": operation, "domain": domain, "repository": repository, "packages": number}
            for (operation, domain, repository), number in sorted(record.deletions.items())
        ],
        "faults": [
            {"operation": operation, "error": error, "struck": times}
            for (operation, error), times in sorted(record.faults.items())
        ],
        "never_called": _never_called(record),
        "errors_never_exercised": _never_exercised(record, wire.operation_names()),
        "tests": dict(sorted(record.tests.items())),
        "lost_workers": sorted(lost),
    }


def as_lines(record: Record) -> Iterator[str]:
    """The report for a terminal: it names the errors of those operations only that were called at all."""
    if not record.calls:
        yield "No fake CodeArtifact was called."
        return
    yield from _table(f"calls: {record.calls.total()}", record.calls)
    if record.deletions:
        yield from _table(
            "deleted packages:",
            {f"{op} in {domain}/{repository}": number for (op, domain, repository), number in record.deletions.items()},
        )
    if record.faults:
        yield from _table(
            "planned faults that struck:",
            {f"{operation}: {error}": times for (operation, error), times in record.faults.items()},
        )
    never = _never_called(record)
    yield f"operations never called: {len(never)} of {len(wire.operation_names())}"
    yield from _wrapped(never, "  ")
    unseen = _never_exercised(record, record.calls)
    yield f"errors never exercised, of the operations called: {sum(map(len, unseen.values()))}"
    for operation, errors in unseen.items():
        yield from _wrapped(errors, f"  {operation}: ")
    yield from _table(f"tests that made calls: {len(record.tests)}", record.tests)


def _never_called(record: Record) -> list[str]:
    return sorted(wire.operation_names() - record.calls.keys())


def _never_exercised(record: Record, operations: Iterable[str]) -> dict[str, list[str]]:
    """The errors that the model gives these operations and that never came, neither planned nor of themselves."""
    exercised = record.exercised()
    return {
        name: missing
        for name in sorted(wire.operation_names().intersection(operations))
        if (missing := [error for error in sorted(wire.operation(name).errors) if (name, error) not in exercised])
    }


def _table(title: str, numbers: dict[str, int] | Counter[str]) -> Iterator[str]:
    """The largest numbers first."""
    yield title
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    digits = len(str(ranked[0][1]))
    for name, number in ranked[:_MOST_TESTS]:
        yield f"  {number:>{digits}}  {name}"
    if len(ranked) > _MOST_TESTS:
        yield f"  and {len(ranked) - _MOST_TESTS} more (--codeartifact-report-file=FILE.json has them all)"


def _wrapped(names: list[str], indent: str) -> Iterator[str]:
    line = indent
    for name in names:
        if len(line) + len(name) > _WIDTH and line.strip():
            yield line.rstrip()
            line = " " * len(indent)
        line += f"{name}, "
    if names:
        yield line.rstrip(", ")
