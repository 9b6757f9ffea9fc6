"""Adds a section about fakes to the report of a failing test, and shortens the tracebacks of our errors."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any

from ..doors import interception
from ..errors import OURS
from ..journal.calls import Calls
from ..service import Service
from ..service.near_misses import near_miss
from .call_list import WIDTH, call_list
from .removal_assertions import explained_of_unittest, set_text

_TITLE = "CodeArtifact calls"
_MAX_HINTS = 5
_MAX_SEARCHED = 1000  # the number of last calls for which hints are computed


def add_section(report: Any, excinfo: Any, opened: Iterable[Service]) -> None:
    """Add the section about its fakes to the report of a failing test.

    :param report: pytest's report. The section is added to the failure, so that it is in JUnit XML too, or to the
        report if the failure has no sections.
    :param excinfo: pytest's information about the error, None for a failure without one.
    :param opened: the services of the fakes that the test has opened.
    """
    error = None if excinfo is None else excinfo.value
    if error is not None and _has_no_line_of_the_user(error):
        for trace, *_ in getattr(report.longrepr, "chain", ()):
            trace.extraline = None  # pytest would print "All traceback entries are hidden" instead of our message
    for section in _sections(opened, error):
        if hasattr(report.longrepr, "addsection"):
            report.longrepr.addsection(_TITLE, section)
        else:
            report.sections.append((_TITLE, section))


def _has_no_line_of_the_user(error: BaseException) -> bool:
    """Whether an error of ours was raised without code of the user, at the end of a fixture of ours."""
    frames = (entry.tb_frame for entry in _entries(error.__traceback__))
    return isinstance(error, OURS) and not any(map(interception.runs_users_code, frames))


def _sections(opened: Iterable[Service], error: BaseException | None) -> list[str]:
    """The sections of the report: one for each fake that the test has opened or that is still open, if it was called.

    :param error: the reason of the failure.
    """
    services = {id(service): service for service in (*opened, interception.active()) if service is not None}
    lines_before = _assertion_lines(error, services.values()) if isinstance(error, AssertionError) else []
    sections = [_section(service) for service in services.values() if service.journal.calls]
    first, *others = sections or [[]]
    return ["\n".join(lines) for lines in ([*lines_before, *first], *others) if lines]


def _assertion_lines(error: AssertionError, services: Iterable[Service]) -> list[str]:
    """The removals, if the test has asserted on them in a way that pytest does not explain."""
    explained = explained_of_unittest(error)
    counted = [service.journal.last_sized for service in services if service.journal.last_sized is not None]
    return [*explained, *(f"{what}: {set_text(items)}" for what, items in counted if not explained)]


def _section(service: Service) -> list[str]:
    account, region = service.caller
    calls = service.journal.calls
    heading = f"fake of account {account} in {region}: {_call_counts(len(calls), len(calls.writes))}"
    hints = [*service.journal.hints, *islice(_near_misses(service, calls), _MAX_HINTS)]
    return [heading, *call_list(calls, service.caller), *map(_hint, hints)]


def _call_counts(calls: int, writes: int) -> str:
    if calls == 1:
        return "1 call, a write (>)" if writes else "1 call, no write"
    return f"{calls:,} calls, {f'{writes:,} of them writes (>)' if writes else 'no writes'}"


def _near_misses(service: Service, calls: Calls) -> Iterator[str]:
    """The hints for calls that found nothing, each once."""
    hints = (near_miss(service.state, service.journal, call) for call in calls[-_MAX_SEARCHED:])
    return iter(dict.fromkeys(hint for hint in hints if hint is not None))


def _hint(text: str) -> str:
    return textwrap.fill(
        f"hint: {text}", WIDTH, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )


def end_at_the_users_line(error: BaseException) -> bool:
    """End the traceback of an error of ours at the user's line that caused it. The message explains the rest.

    The same is done for its causes and for the errors in an exception group.

    :returns: whether there was such an error.
    """
    our_errors = [other for other in _error_tree(error, set()) if isinstance(other, OURS)]
    for our_error in our_errors:
        users = [entry for entry in _entries(our_error.__traceback__) if interception.runs_users_code(entry.tb_frame)]
        if users:
            users[-1].tb_next = None
    return bool(our_errors)


def _error_tree(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """An error, the errors in its chain, and those in exception groups, each once."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for other in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        yield from _error_tree(other, seen)


def _entries(entry: TracebackType | None) -> Iterator[TracebackType]:
    while entry is not None:
        yield entry
        entry = entry.tb_next
