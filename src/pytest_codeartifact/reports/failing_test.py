"""What the report of a failing test says: which removals were wrong or missing, and which calls were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from types import TracebackType
from typing import Any

from ..doors import interception
from ..errors import OURS
from ..journal.removal_sets import RemovalSet
from ..service import Service

_MOST_CALLS = 50
_MOST_ITEMS = 3


def calls_sections(opened: Iterable[Service]) -> list[str]:
    """A section for the report of a failing test, for each fake that was opened in it or is open still."""
    services = {id(service): service for service in (*opened, interception.active()) if service is not None}
    return list(map(_calls_section, services.values()))


def _calls_section(service: Service) -> str:
    account, region = service.caller
    calls = service.journal.calls
    lines = [f"fake CodeArtifact of account {account} in {region}, calls: {len(calls)}"]
    if len(calls) > _MOST_CALLS:
        lines.append(f"(the first {len(calls) - _MOST_CALLS} are left out)")
    lines += (f"{number}. {call}" for number, call in list(enumerate(calls, 1))[-_MOST_CALLS:])
    lines += (f"hint: {hint}" for hint in service.journal.hints)
    return "\n".join(lines)


def end_at_the_users_line(error: BaseException) -> None:
    """Let the traceback of an error of ours end at the user's line that caused it: the error explains itself.

    So do the tracebacks of errors of ours that it was made of, or raised because of.
    """
    for ours in _with_all_behind(error, set()):
        if isinstance(ours, OURS):
            users = [entry for entry in _entries(ours.__traceback__) if interception.is_users(entry.tb_frame)]
            if users:
                users[-1].tb_next = None


def _with_all_behind(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """An error, those that it is chained to, and those in a group of them, each once."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for behind in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        yield from _with_all_behind(behind, seen)


def _entries(entry: TracebackType | None) -> Iterator[TracebackType]:
    while entry is not None:
        yield entry
        entry = entry.tb_next


def explain_removed(op: str, left: object, right: object, *, in_full: bool = False) -> list[str] | None:
    """Explain a failed comparison or membership test of what was removed; None for any other.

    :param in_full: name everything; otherwise what pytest does not cut off in a report that is not verbose.
    """
    most = None if in_full else _MOST_ITEMS
    if isinstance(right, RemovalSet) and op in ("in", "not in"):
        return _explain_membership(op, left, right, most)
    if op != "==":
        return None
    if isinstance(left, RemovalSet) and isinstance(right, Set):
        return _explain_difference(left, right, f"{_listed(left, most)} == {_listed(right, most)}", most)
    if isinstance(right, RemovalSet) and isinstance(left, Set):
        return _explain_difference(right, left, f"{_listed(left, most)} == {_listed(right, most)}", most)
    return None


def _explain_difference(removed: RemovalSet[Any], expected: Set[object], summary: str, most: int | None) -> list[str]:
    wrong = [f"  {item!r} was removed, and should not have been" for item in sorted(removed - expected)]
    missing = [f"  {item!r} {_missing(removed, item)}" for item in sorted(expected - removed)]
    return [f"{removed.what}: {summary}", *_first(wrong, most), *_first(missing, most), *_calls(removed)]


def _explain_membership(op: str, item: Any, removed: RemovalSet[Any], most: int | None) -> list[str]:
    wrong = "was removed, and should not have been" if op == "not in" else _missing(removed, item)
    return [f"{removed.what}: {item!r} {op} {_listed(removed, most)}", f"  {item!r} {wrong}", *_calls(removed)]


def _missing(removed: RemovalSet[Any], item: Any) -> str:
    call = removed.removed_otherwise(item)
    if call is None:
        return "should have been removed, and was not"
    return f"was removed otherwise, by {call}"


def _calls(removed: RemovalSet[Any]) -> list[str]:
    calls = removed.calls
    if not calls:
        return ["  No call of that kind was made."]
    left_out = [f"    (the first {len(calls) - _MOST_CALLS} are left out)"] if len(calls) > _MOST_CALLS else []
    return ["  The calls were:", *left_out, *(f"    {call}" for call in calls[-_MOST_CALLS:])]


def _first(lines: list[str], most: int | None) -> list[str]:
    if most is None or len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"  and {len(lines) - most + 1} more like it (-vv names them)"]


def _listed(items: Iterable[Any], most: int | None) -> str:
    names = list(map(repr, sorted(items)))
    if most is not None and len(names) > most:
        names = [*names[: most - 1], f"and {len(names) - most + 1} more"]
    return f"{{{', '.join(names)}}}"
