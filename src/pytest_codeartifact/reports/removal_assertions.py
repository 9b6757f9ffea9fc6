"""Explains failed assertions on removed packages and versions: which were removed unexpectedly, and which are
missing.

Calls are named by their numbers in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from types import TracebackType
from typing import Any

from ..journal.removal_sets import RemovalSet

_MAX_ITEMS = 3

_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def explained(op: str, left: object, right: object, *, in_full: bool = False) -> list[str] | None:
    """Explain a failed comparison or membership test of a set of removals; None for other types.

    :param in_full: list all items; otherwise as many as pytest prints without ``-vv``.
    """
    limit = None if in_full else _MAX_ITEMS
    if isinstance(right, RemovalSet) and op in ("in", "not in"):
        return _membership(op, left, right, limit)
    if op not in _MIRRORED or not (isinstance(left, Set) and isinstance(right, Set)):
        return None
    summary = f"{set_text(left, limit)} {op} {set_text(right, limit)}"
    if isinstance(left, RemovalSet):
        return _comparison(op, left, right, summary, limit)
    if isinstance(right, RemovalSet):
        return _comparison(_MIRRORED[op], right, left, summary, limit)
    return None


def _comparison(op: str, removed: RemovalSet[Any], expected: Set[object], summary: str, limit: int | None) -> list[str]:
    """Explain why it is not true that ``removed op expected``."""
    unexpected = removed - expected if op in ("==", "<", "<=") else frozenset()
    missing = expected - removed if op in ("==", ">", ">=") else frozenset()
    unexpected_lines = [f"  {item!r} {_unexpected(removed, item)}" for item in sorted(unexpected)]
    missing_lines = [f"  {item!r} {_missing(removed, item)}" for item in sorted(missing)]
    equal = [] if unexpected or missing else ["  they are equal"]
    return [
        f"{removed.what}: {summary}",
        *_truncated(unexpected_lines, limit),
        *_truncated(missing_lines, limit),
        *equal,
        *_no_call(removed),
    ]


def _membership(op: str, item: Any, removed: RemovalSet[Any], limit: int | None) -> list[str]:
    why = _unexpected(removed, item) if op == "not in" else _missing(removed, item)
    return [f"{removed.what}: {item!r} {op} {set_text(removed, limit)}", f"  {item!r} {why}", *_no_call(removed)]


def _unexpected(removed: RemovalSet[Any], item: Any) -> str:
    return f"was removed, and should not have been (by call {removed.removed_by(item)}, below)"


def _missing(removed: RemovalSet[Any], item: Any) -> str:
    number = removed.removed_by(item)
    if number is None:
        return "should have been removed, and was not"
    return f"was removed by another operation (call {number}, below)"


def _no_call(removed: RemovalSet[Any]) -> list[str]:
    return [] if removed.was_called else ["  No such call was made."]


def _truncated(lines: list[str], limit: int | None) -> list[str]:
    if limit is None or len(lines) <= limit:
        return lines
    return [*lines[: limit - 1], f"  and {len(lines) - limit + 1} more like it (-vv lists them)"]


def set_text(items: Iterable[Any], limit: int | None = _MAX_ITEMS) -> str:
    """A set in words, shortened if it is large."""
    names = list(map(repr, sorted(iter(items))))  # an iterator, because len() would be recorded as a count by the test
    if limit is not None and len(names) > limit:
        names = [*names[: limit - 1], f"and {len(names) - limit + 1} more"]
    return f"{{{', '.join(names)}}}" if names else "set()"


# unittest


_UNITTEST_ASSERTIONS: dict[str, tuple[str, str, str]] = {
    "assertEqual": ("==", "first", "second"),
    "assertNotEqual": ("!=", "first", "second"),
    "assertSetEqual": ("==", "set1", "set2"),
    "assertIn": ("in", "member", "container"),
    "assertNotIn": ("not in", "member", "container"),
    "assertLess": ("<", "a", "b"),
    "assertLessEqual": ("<=", "a", "b"),
    "assertGreater": (">", "a", "b"),
    "assertGreaterEqual": (">=", "a", "b"),
}
"""The assertions of unittest, and the names of their parameters."""


def explained_of_unittest(error: BaseException) -> list[str]:
    """Explain an assertion of unittest on removals. pytest explains only its own assertions."""
    entry: TracebackType | None = error.__traceback__
    lines: list[str] = []
    while entry is not None:
        frame = entry.tb_frame
        if frame.f_globals.get("__name__") == "unittest.case" and frame.f_code.co_name in _UNITTEST_ASSERTIONS:
            op, left, right = _UNITTEST_ASSERTIONS[frame.f_code.co_name]
            lines = explained(op, frame.f_locals.get(left), frame.f_locals.get(right)) or lines
        entry = entry.tb_next
    return lines
