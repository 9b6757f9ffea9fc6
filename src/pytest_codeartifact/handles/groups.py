"""Package groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rules import arns
from ..state.entities import ALLOW_SPECIFIC_REPOSITORIES, RESTRICTIONS
from .handle import Handle

if TYPE_CHECKING:
    from ..literals import RestrictionMode, RestrictionType


class PackageGroup(Handle):
    """A package group of a domain."""

    __slots__ = ()

    @property
    def pattern(self) -> str:
        """Its pattern, which identifies it."""
        return self._pointer.path[3]

    @property
    def arn(self) -> str:
        """Its ARN (rule X-5)."""
        return arns.of_group(self._pointer.domain(), self.pattern)

    @property
    def restrictions(self) -> dict[RestrictionType, RestrictionMode]:
        """Its own restriction modes, by restriction type."""
        modes = self._pointer.group().modes
        return {restriction: modes[restriction] for restriction in RESTRICTIONS}

    @property
    def allowed_repositories(self) -> dict[RestrictionType, set[str]]:
        """The allowed repositories, by restriction type with mode ALLOW_SPECIFIC_REPOSITORIES."""
        modes, allowed = self.restrictions, self._pointer.group().allowed
        listed = (restriction for restriction, mode in modes.items() if mode == ALLOW_SPECIFIC_REPOSITORIES)
        return {restriction: set(allowed.get(restriction, ())) for restriction in listed}

    @property
    def contact_info(self) -> str | None:
        """Its contact information."""
        return self._pointer.group().contact_info

    @property
    def description(self) -> str | None:
        """Its description."""
        return self._pointer.group().description

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, as a copy."""
        return dict(self._pointer.group().tags)

    def __repr__(self) -> str:
        return f"<package group {self.pattern!r} of domain {self._pointer.path[2]!r}>"
