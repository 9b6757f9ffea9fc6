"""Package groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .vocabulary import Tags

if TYPE_CHECKING:
    from ...literals import RestrictionMode


class Group(NamedTuple):
    """A package group. Modes and allowed repositories are by restriction type.

    ``folded`` is the pattern without the variations that matching ignores (rule G-7).
    """

    pattern: str
    created: int
    folded: str
    modes: dict[str, RestrictionMode]
    allowed: dict[str, frozenset[str]]
    contact_info: str | None = None
    description: str | None = None
    tags: Tags = ()

    @property
    def all_allowed(self) -> frozenset[str]:
        """The repositories on any of its lists."""
        return frozenset().union(*self.allowed.values())


def allowing_entry(repository: str, pattern: str) -> tuple[str, str]:
    """The entry of a group in the map that finds it by a repository on its lists."""
    return f"{repository}\0{pattern}", pattern


def folded_entry(group: Group) -> tuple[str, str]:
    """The entry of a group in the map of folded patterns."""
    return f"{group.folded}\0{group.pattern}", group.pattern
