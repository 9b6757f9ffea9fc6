"""What a failing test is told: in words, what was removed and should not have been, and what calls there were."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from . import interception
from .removed import Removed
from .service import Service

_MOST_CALLS = 50


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


def explain_removed(op: str, left: object, right: object) -> list[str] | None:
    """Explain a failed comparison or membership test of what was removed; None for any other."""
    if isinstance(right, Removed) and op in ("in", "not in"):
        return _explain_membership(op, left, right)
    if op != "==":
        return None
    if isinstance(left, Removed) and isinstance(right, Set):
        return _explain_difference(left, right, f"{left!r} == {_listed(right)}")
    if isinstance(right, Removed) and isinstance(left, Set):
        return _explain_difference(right, left, f"{_listed(left)} == {right!r}")
    return None


def _explain_difference(removed: Removed[Any], expected: Set[Any], summary: str) -> list[str]:
    return [
        f"{removed.what}: {summary}",
        *(f"  {item!r} was removed, and should not have been" for item in sorted(removed - expected)),
        *(f"  {item!r} should have been removed, and was not" for item in sorted(expected - removed)),
        *_calls(removed),
    ]


def _explain_membership(op: str, item: object, removed: Removed[Any]) -> list[str]:
    wrong = "was removed, and should not have been" if op == "not in" else "should have been removed, and was not"
    return [f"{removed.what}: {item!r} {op} {removed!r}", f"  {item!r} {wrong}", *_calls(removed)]


def _calls(removed: Removed[Any]) -> list[str]:
    calls = removed.calls
    if not calls:
        return ["  There was no call that could have removed anything."]
    left_out = [f"    (the first {len(calls) - _MOST_CALLS} are left out)"] if len(calls) > _MOST_CALLS else []
    return ["  The calls were:", *left_out, *(f"    {call}" for call in calls[-_MOST_CALLS:])]


def _listed(items: Iterable[object]) -> str:
    return f"{{{', '.join(map(repr, sorted(items)))}}}"  # type: ignore[type-var]  # ids, or pairs of id and str
