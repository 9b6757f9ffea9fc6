"""The report of a whole run for a terminal, with the operations and errors that never occurred."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from .. import wire
from .call_list import count
from .run_findings import errors, errors_of, never_called, never_failed, removed
from .run_record import Record

Style: TypeAlias = Literal["plain", "title", "occurred", "missing", "warning"]


class Piece(NamedTuple):
    """A part of a line, in one style."""

    text: str
    style: Style = "plain"


Line: TypeAlias = list[Piece]

_MARKS: dict[bool | None, Piece] = {
    True: Piece("   x", "occurred"),
    False: Piece("   .", "missing"),
    None: Piece("    "),
}
"""Marks for an error that occurred, one that did not, and one that the operation does not have."""

_SHORT = {"ResourceNotFound": "nf", "ServiceQuotaExceeded": "quo"}
"""The column titles that differ from the first three letters of the error."""


def as_lines(record: Record, width: int, *, verbose: bool) -> Iterator[Line]:
    """The report, no wider than a terminal.

    :param verbose: include operations that were never called, the meaning of the columns, and the calls of each test.
    """
    if not record.calls:
        yield [Piece("No fake CodeArtifact was called.")]
        return
    yield from _wrapped("", summary(record), width)
    yield []
    if record.deletions:
        yield [Piece("removed by calls", "title")]
        for repository, lines in removed(record):
            yield from _wrapped(f"  {repository}  ", ", ".join(lines), width)
        yield []
    yield from _matrix(record)
    if verbose:
        meanings = ", ".join(f"{_short(error)} {error}" for error in errors())
        yield from _wrapped("columns: ", meanings, width)
    yield []
    yield from _missing(record, width, verbose)
    yield from _tests(record, width, verbose)


def summary(record: Record) -> str:
    """The whole run in one line."""
    calls, struck = record.calls.total(), record.faults.total()
    tests = count(len(record.tests_run), "test")
    faults = f"; planned faults struck {count(struck, 'time')}" if struck else ""
    return f"{count(calls, 'call')} of {count(len(record.calls), 'operation')} in {tests}{faults}"


def _matrix(record: Record) -> Iterator[Line]:
    """The table of modelled errors that occurred, by operation."""
    longest = max(map(len, record.calls))
    columns = "".join(f" {_short(error):>3}" for error in errors())
    yield [Piece("errors that occurred in a test: x yes, . no")]
    yield [Piece(f"{'operation':<{longest}}  calls{columns}", "title")]
    for name, calls in ranked(record.calls):
        marks = [_MARKS[occurred] for occurred in errors_of(record, name)]
        yield [Piece(f"{name:<{longest}} {calls:>6}"), *marks]


def _short(error: str) -> str:
    """The title of a column."""
    name = error.removesuffix("Exception")
    return _SHORT.get(name, name[:3].lower())


def _missing(record: Record, width: int, verbose: bool) -> Iterator[Line]:
    never = never_called(record)
    named = ", ".join(never) if verbose else "(-v lists them)"
    yield from _wrapped(f"never called: {len(never)} of {len(wire.operation_names())} operations ", named, width)
    without_failure = never_failed(record)
    if without_failure:
        text = f"{', '.join(without_failure)} (try codeartifact.fail)"
        yield from _wrapped("never failed, although they delete: ", text, width, "warning")


def _tests(record: Record, width: int, verbose: bool) -> Iterator[Line]:
    if verbose:
        yield [Piece("calls by test", "title")]
        for name, calls in ranked(record.tests):
            yield [Piece(f"{calls:>6}  {_end(name, width - 8)}")]
        return
    name, calls = ranked(record.tests)[0]
    head, tail = f"most calls: {calls:,} by ", " (-v lists all)" if len(record.tests) > 1 else ""
    yield [Piece(f"{head}{_end(name, width - len(head) - len(tail))}{tail}")]


def ranked(numbers: dict[str, int]) -> list[tuple[str, int]]:
    """The items, largest numbers first."""
    return sorted(numbers.items(), key=lambda item: (-item[1], item[0]))


def _end(text: str, width: int) -> str:
    """A name, cut at the left if it is too long."""
    return text if len(text) <= width else f"...{text[3 - width :]}"


def _wrapped(head: str, text: str, width: int, style: Style = "plain") -> Iterable[Line]:
    lines = textwrap.wrap(f"{head}{text}", width, subsequent_indent="    ", break_on_hyphens=False)
    return [[Piece(line, style)] for line in lines]
