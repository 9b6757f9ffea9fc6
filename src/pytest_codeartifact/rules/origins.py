"""Origin controls: which versions may enter a repository, and how.

The origin configuration of the package and the restrictions of its package group are combined; either can block (rules
K-3, K-4, K-7, K-8, G-6 to G-9, G-21).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ConflictException
from ..names import group_patterns
from ..names.group_patterns import ROOT, GroupPattern, Strength
from ..names.packages import PackageId
from ..state import tree
from ..state.entities import (
    ALLOW,
    ALLOW_SPECIFIC_REPOSITORIES,
    BLOCK,
    EXTERNAL,
    INHERIT,
    INTERNAL,
    RESTRICTIONS,
    Domain,
    Group,
    Origin,
    Package,
    Repository,
)

if TYPE_CHECKING:
    from ..literals import RestrictionMode


class PublishingBlocked(ConflictException):
    """Nobody may publish versions of the package here (rule P-10); package managers are told 403 (rule PM-45)."""


class Effective(NamedTuple):
    """What a restriction of a group comes to: its own mode, or that of the ancestor it inherits from."""

    mode: RestrictionMode
    allowed: frozenset[str]
    inherited_from: str | None

    def admits(self, repository: Repository) -> bool:
        """Whether versions may come into this repository."""
        if self.mode == ALLOW_SPECIFIC_REPOSITORIES:
            return repository.name in self.allowed
        return self.mode == ALLOW


class Association(NamedTuple):
    """The one group that a package belongs to, and how it matches the group's pattern (rules G-6 and G-8)."""

    group: Group
    strength: Strength


class Match(NamedTuple):
    """A pattern that matches a package, and how well."""

    pattern: str
    strength: Strength


def association(domain: Domain, id: PackageId) -> Association:
    """The group with the most specific pattern that matches; a strong match before a weak one of the same rank."""
    if tree.size(domain.groups) == 1:  # most domains have no group but the root
        return Association(_group(domain, ROOT), Strength.STRONG)
    pattern, strength = next(matches(domain, id))  # the root group matches every package
    return Association(_group(domain, pattern), strength)


def matches(domain: Domain, id: PackageId, extra: GroupPattern | None = None) -> Iterator[Match]:
    """The patterns of all groups that match, in the order in which :func:`association` chooses one.

    :param extra: the pattern of a group that there might be as well.
    """
    for folded in group_patterns.folded_candidates(id):
        patterns = set(domain.patterns_that_fold_to(folded))
        if extra is not None and extra.folded == folded:
            patterns.add(extra.text)
        matching = [
            (strength, pattern.text)
            for pattern in map(group_patterns.parse, patterns)
            if (strength := pattern.match(id)) is not None
        ]
        for strength, text in sorted(matching, reverse=True):
            yield Match(text, strength)


def lineage(domain: Domain, pattern: str) -> Iterator[str]:
    """The patterns of the less specific groups that contain one, the next one first and the root last (rule G-6)."""
    ancestors = group_patterns.parse(pattern).ancestors()
    return (ancestor for ancestor in ancestors if domain.group(ancestor) is not None)


def parent(domain: Domain, pattern: str) -> str | None:
    """The pattern of the next less specific group, None for the root (rule G-6)."""
    return next(lineage(domain, pattern), None)


def effective(domain: Domain, group: Group, restriction: str) -> Effective:
    """A restriction after inheritance (rule G-21)."""
    at = group
    while at.modes[restriction] == INHERIT:
        at = _group(domain, parent(domain, at.pattern) or ROOT)
    inherited_from = None if at is group else at.pattern
    return Effective(at.modes[restriction], at.allowed.get(restriction, frozenset()), inherited_from)


def default_origin(domain: Domain, id: PackageId, came_by: str | None) -> Origin:
    """The origin configuration of a new package record (rules K-3 and K-4).

    :param came_by: the restriction that the first version came in under, None where that is not known.
    """
    group, strength = association(domain, id)
    if came_by is None or strength is Strength.WEAK:
        return Origin(ALLOW, ALLOW)
    if any(effective(domain, group, restriction).mode != ALLOW for restriction in RESTRICTIONS):
        return Origin(ALLOW, ALLOW)
    return Origin(ALLOW, BLOCK) if came_by == "PUBLISH" else Origin(BLOCK, ALLOW)


def came_by(origin_type: str) -> str | None:
    """The restriction that versions of an origin type come in under (rule K-4)."""
    return {INTERNAL: "PUBLISH", EXTERNAL: "EXTERNAL_UPSTREAM"}.get(origin_type)


def check_publish(domain: Domain, repository: Repository, id: PackageId, package: Package | None) -> None:
    """Whether a version of the package may be published to the repository.

    :raises ConflictException: rule P-10.
    """
    blocked = package is not None and package.origin.publish == BLOCK
    if blocked or not group_admits(domain, repository, id, "PUBLISH"):
        raise PublishingBlocked("This package is configured to block new versions.", id.name, "package")


def group_admits(domain: Domain, repository: Repository, id: PackageId, restriction: str) -> bool:
    """Whether the package's group lets versions come into the repository; a weak match lets none in (rule G-9)."""
    group, strength = association(domain, id)
    return strength is Strength.STRONG and effective(domain, group, restriction).admits(repository)


def _group(domain: Domain, pattern: str) -> Group:
    group = domain.group(pattern)
    assert group is not None, "patterns come from the domain's own groups, and the root group cannot be deleted"
    return group
