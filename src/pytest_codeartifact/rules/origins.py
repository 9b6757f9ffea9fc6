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
    """Publishing versions of the package is blocked (rule P-10); package managers get 403 (rule PM-45)."""


class EffectiveRestriction(NamedTuple):
    """The effective mode of a restriction of a group: its own, or that of the ancestor it inherits from."""

    mode: RestrictionMode
    allowed: frozenset[str]
    inherited_from: str | None

    def admits(self, repository: Repository) -> bool:
        """Whether versions may enter this repository."""
        if self.mode == ALLOW_SPECIFIC_REPOSITORIES:
            return repository.name in self.allowed
        return self.mode == ALLOW


class Association(NamedTuple):
    """The group that a package belongs to, and the strength of the match with its pattern (rules G-6 and G-8)."""

    group: Group
    strength: Strength


class Match(NamedTuple):
    """A pattern that matches a package, and the strength of the match."""

    pattern: str
    strength: Strength


def association(domain: Domain, id: PackageId) -> Association:
    """The group with the most specific matching pattern. Of equally specific ones, a strong match is preferred."""
    if tree.size(domain.groups) == 1:  # a shortcut, because most domains only have the root group
        return Association(_group(domain, ROOT), Strength.STRONG)
    pattern, strength = next(matches(domain, id))  # the root group matches every package
    return Association(_group(domain, pattern), strength)


def matches(domain: Domain, id: PackageId, extra: GroupPattern | None = None) -> Iterator[Match]:
    """The patterns of all matching groups, in the order of preference of :func:`association`.

    :param extra: the pattern of a further group, which need not exist.
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
    """The patterns of the ancestors of a group, the parent first and the root last (rule G-6)."""
    ancestors = group_patterns.parse(pattern).ancestors()
    return (ancestor for ancestor in ancestors if domain.group(ancestor) is not None)


def parent(domain: Domain, pattern: str) -> str | None:
    """The pattern of the parent of a group, None for the root (rule G-6)."""
    return next(lineage(domain, pattern), None)


def effective_restriction(domain: Domain, group: Group, restriction: str) -> EffectiveRestriction:
    """A restriction after inheritance (rule G-21)."""
    deciding = group
    # The root group cannot inherit, so the loop ends there at the latest.
    while deciding.modes[restriction] == INHERIT:
        deciding = _group(domain, parent(domain, deciding.pattern) or ROOT)
    inherited_from = None if deciding is group else deciding.pattern
    return EffectiveRestriction(
        deciding.modes[restriction], deciding.allowed.get(restriction, frozenset()), inherited_from
    )


def default_origin(domain: Domain, id: PackageId, restriction: str | None) -> Origin:
    """The origin configuration of a new package record (rules K-3 and K-4).

    :param restriction: the restriction that applied to the first version, None if unknown.
    """
    group, strength = association(domain, id)
    # Both switches stay open if the origin is unknown, or the group controls what enters (rules K-3 and K-4).
    if restriction is None or strength is Strength.WEAK:
        return Origin(ALLOW, ALLOW)
    if any(effective_restriction(domain, group, each).mode != ALLOW for each in RESTRICTIONS):
        return Origin(ALLOW, ALLOW)
    return Origin(ALLOW, BLOCK) if restriction == "PUBLISH" else Origin(BLOCK, ALLOW)


def restriction_of(origin_type: str) -> str | None:
    """The restriction that applies to versions of an origin type (rule K-4)."""
    return {INTERNAL: "PUBLISH", EXTERNAL: "EXTERNAL_UPSTREAM"}.get(origin_type)


def check_publish(domain: Domain, repository: Repository, id: PackageId, record: Package | None) -> None:
    """Check that versions of the package may be published to the repository.

    :param record: that of the package, None if it does not exist.
    :raises ConflictException: they may not (rule P-10).
    """
    blocked = record is not None and record.origin.publish == BLOCK
    if blocked or not group_admits(domain, repository, id, "PUBLISH"):
        raise PublishingBlocked("This package is configured to block new versions.", id.name, "package")


def group_admits(domain: Domain, repository: Repository, id: PackageId, restriction: str) -> bool:
    """Whether the group of the package allows versions to enter the repository. A weak match does not (rule G-9)."""
    group, strength = association(domain, id)
    return strength is Strength.STRONG and effective_restriction(domain, group, restriction).admits(repository)


def _group(domain: Domain, pattern: str) -> Group:
    group = domain.group(pattern)
    assert group is not None, "patterns come from the domain's own groups, and the root group cannot be deleted"
    return group
