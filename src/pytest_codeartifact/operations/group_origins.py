"""The origin configuration of package groups and their lists of allowed repositories (section 10, G-18 to G-22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import ValidationException
from ..names.group_patterns import ROOT
from ..rules.scope import Scope
from ..state.entities import ALLOW_SPECIFIC_REPOSITORIES, INHERIT, RESTRICTIONS, Group
from . import views
from .registry import operation
from .views import Structure

if TYPE_CHECKING:
    from ..literals import RestrictionMode

_MOST_UPDATES = 100

_Repositories = list[dict[str, str]]


@operation
def update_package_group_origin_configuration(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    restrictions: dict[str, RestrictionMode] | None = None,
    add_allowed_repositories: _Repositories | None = None,
    remove_allowed_repositories: _Repositories | None = None,
) -> Structure:
    """Rules G-18 to G-21: modes first, then additions, then removals."""
    additions, removals = add_allowed_repositories or [], remove_allowed_repositories or []
    if len(additions) + len(removals) > _MOST_UPDATES:
        raise ValidationException(f"At most {_MOST_UPDATES} allowed repositories can be added or removed in one call.")
    for update in (*additions, *removals):
        if not {"repositoryName", "originRestrictionType"} <= update.keys():
            raise ValidationException(
                "An allowed repository that is added or removed has a repositoryName and an originRestrictionType.",
                ValidationException.FIELD_VALIDATION_FAILED,
            )
    if package_group == ROOT and INHERIT in (restrictions or {}).values():
        raise ValidationException("The root package group has nothing to inherit from.")
    home = scope.domain(domain, domain_owner)
    group = scope.group(home, package_group)
    modes = {**group.modes, **(restrictions or {})}
    for addition in additions:
        scope.repository_in(home, addition["repositoryName"])
    for addition in additions:
        restriction = addition["originRestrictionType"]
        if modes[restriction] != ALLOW_SPECIFIC_REPOSITORIES:
            raise ValidationException(
                f"Repositories can only be allowed while the mode of {restriction} is {ALLOW_SPECIFIC_REPOSITORIES}; "
                f"it is {modes[restriction]}."
            )
    before: dict[str, frozenset[str]] = {
        restriction: group.allowed.get(restriction, frozenset())
        for restriction in RESTRICTIONS
        if modes[restriction] == ALLOW_SPECIFIC_REPOSITORIES
    }
    added = _by_restriction(additions, lambda restriction, name: name not in before.get(restriction, ()))
    with_added = {restriction: names | added.get(restriction, frozenset()) for restriction, names in before.items()}
    removed = _by_restriction(removals, lambda restriction, name: name in with_added.get(restriction, ()))
    allowed = {restriction: names - removed.get(restriction, frozenset()) for restriction, names in with_added.items()}
    updated = group._replace(modes=modes, allowed=allowed)
    scope.state.put_group(home, updated)
    return {
        "packageGroup": views.package_group(scope.domain(domain, domain_owner), updated),
        "allowedRepositoryUpdates": _updates(added, removed),
    }


@operation
def list_allowed_repositories_for_group(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    origin_restriction_type: str,
    domain_owner: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Structure:
    """Rule G-22."""
    home = scope.domain(domain, domain_owner)
    group = scope.group(home, package_group)

    def after(last: str | None) -> list[str]:
        names = sorted(_allowed(group, origin_restriction_type))
        return [name for name in names if last is None or name > last]

    page = scope.page(after, str, limit=max_results or 50, token=next_token)
    return {"allowedRepositories": page.items, "nextToken": page.next_token}


def _allowed(group: Group, restriction: str) -> frozenset[str]:
    return group.allowed.get(restriction, frozenset())


def _by_restriction(updates: _Repositories, counts: Callable[[str, str], bool]) -> dict[str, frozenset[str]]:
    """The names by restriction type, of those updates that change something (rule G-20)."""
    named = [(update["originRestrictionType"], update["repositoryName"]) for update in updates]
    return {
        restriction: frozenset(name for type, name in named if type == restriction and counts(restriction, name))
        for restriction in RESTRICTIONS
    }


def _updates(added: dict[str, frozenset[str]], removed: dict[str, frozenset[str]]) -> Structure:
    updates = {
        restriction: {
            kind: sorted(names[restriction])
            for kind, names in (("ADDED", added), ("REMOVED", removed))
            if names[restriction]
        }
        for restriction in RESTRICTIONS
    }
    return {restriction: changes for restriction, changes in updates.items() if changes}
