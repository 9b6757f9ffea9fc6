"""Semantic versions, as npm and cargo order them."""

from __future__ import annotations

import re
from typing import TypeAlias

Precedence: TypeAlias = tuple[object, ...]

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?(?:\+.*)?", re.DOTALL)

_PART = r"(?:\d+|[xX*])"
_PARTIAL = rf"[v=\s]*{_PART}(?:\.{_PART}){{0,2}}(?:-?[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z.-]+)?"
_COMPARATOR = rf"(?:(?:[<>]=?|~>?|\^)\s*)?{_PARTIAL}"
_RANGE = re.compile(rf"\s*(?:{_PARTIAL}\s+-\s+{_PARTIAL}|{_COMPARATOR}(?:\s+{_COMPARATOR})*)?\s*")


def precedence(version: str) -> Precedence:
    """A sort key in the order of semantic versions. Other versions come last. Versions that differ only in their build
    metadata are sorted as strings.
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        return True, version
    *numbers, prerelease = match.groups()
    return False, *map(int, numbers), prerelease is None, _identifiers(prerelease or ""), version


def without_build(version: str) -> str:
    """The version without its build metadata, which is ignored in comparisons."""
    return version.partition("+")[0]


def is_range(text: str) -> bool:
    """Whether npm parses a string as a range of versions, such as ``^1.2``, ``1.x`` or the empty string."""
    return all(_RANGE.fullmatch(part) for part in text.split("||"))


def _identifiers(prerelease: str) -> tuple[tuple[bool, int, str], ...]:
    """Sort keys of prerelease identifiers: numbers before strings."""
    return tuple(
        (False, int(part), "") if part.isdecimal() else (True, 0, part) for part in prerelease.split(".") if part
    )
