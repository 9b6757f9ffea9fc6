"""The origin configuration of package groups and their lists of allowed repositories (section 10, G-18 to G-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..errors import ValidationException
from ..names.group_patterns import ROOT
from ..rules.scope import Scope
from ..state.entities import ALLOW_SPECIFIC_REPOSITORIES, INHERIT, RESTRICTIONS, Group
from . import views
from .views import Structure

if TYPE_CHECKING:
    from ..literals import RestrictionMode

_MAX_UPDATES = 100

_Updates = list[dict[str, str]]


def update_package_group_origin_configuration(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    restrictions: dict[str, RestrictionMode] | None = None,
    add_allowed_repositories: _Updates | None = None,
    remove_allowed_repositories: _Updates | None = None,
) -> Structure:
    """Change the restrictions of a package group (rules G-18 to G-21).

    Modes are changed first, then repositories are added to the lists, then removed.
    """
    if len(add_allowed_repositories or ()) + len(remove_allowed_repositories or ()) > _MAX_UPDATES:
        raise ValidationException(f"At most {_MAX_UPDATES} allowed repositories can be added or removed in one call.")
    additions, removals = _pairs(add_allowed_repositories), _pairs(remove_allowed_repositories)
    if package_group == ROOT and INHERIT in (restrictions or {}).values():
        raise ValidationException("The root package group has nothing to inherit from.")
    domain_record = scope.domain(domain, domain_owner)
    group = scope.group(domain_record, package_group)
    modes = {**group.modes, **(restrictions or {})}  # the new modes apply to the additions of the same call
    for _, name in additions:
        scope.repository_in(domain_record, name)
    for restriction, _ in additions:
        _check_has_list(restriction, modes[restriction])
    allowed: dict[str, frozenset[str]] = {}
    updates: dict[str, dict[str, list[str]]] = {}
    for restriction in RESTRICTIONS:
        if modes[restriction] == ALLOW_SPECIFIC_REPOSITORIES:  # otherwise the restriction loses its list
            added, removed = _names_for(restriction, additions), _names_for(restriction, removals)
            repositories = _AllowedRepositories.updated(_allowed(group, restriction), added, removed)
            allowed[restriction] = repositories.names
            if repositories.updates:
                updates[restriction] = repositories.updates
    updated = group._replace(modes=modes, allowed=allowed)
    scope.state.put_group(domain_record, updated)
    return {
        "packageGroup": views.package_group(scope.domain(domain, domain_owner), updated),
        "allowedRepositoryUpdates": updates,
    }


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
    """List the repositories that a restriction allows (rule G-22)."""
    domain_record = scope.domain(domain, domain_owner)
    group = scope.group(domain_record, package_group)

    def after(last: str | None) -> list[str]:
        names = sorted(_allowed(group, origin_restriction_type))
        return [name for name in names if last is None or name > last]

    page = scope.page(after, str, limit=max_results or 50, token=next_token)
    return {"allowedRepositories": page.items, "nextToken": page.next_token}


def _allowed(group: Group, restriction: str) -> frozenset[str]:
    return group.allowed.get(restriction, frozenset())


class _AllowedRepositories(NamedTuple):
    """The allowed repositories of a restriction, and those that an update has really added or removed (rule G-20)."""

    names: frozenset[str]
    added: frozenset[str]
    removed: frozenset[str]

    @classmethod
    def updated(
        cls, before: frozenset[str], additions: frozenset[str], removals: frozenset[str]
    ) -> _AllowedRepositories:
        """The list after an update: first the additions, then the removals."""
        longer = before | additions
        return cls(longer - removals, additions - before, removals & longer)

    @property
    def updates(self) -> dict[str, list[str]]:
        """The changes, as the response has them."""
        changes = {"ADDED": self.added, "REMOVED": self.removed}
        return {kind: sorted(names) for kind, names in changes.items() if names}


def _pairs(updates: _Updates | None) -> list[tuple[str, str]]:
    """The restriction and the repository of each update.

    :raises ValidationException: one of them is missing.
    """
    for update in updates or ():
        if not {"repositoryName", "originRestrictionType"} <= update.keys():
            raise ValidationException(
                "Each allowed repository to add or remove needs a repositoryName and an originRestrictionType.",
                ValidationException.FIELD_VALIDATION_FAILED,
            )
    return [(update["originRestrictionType"], update["repositoryName"]) for update in updates or ()]


def _check_has_list(restriction: str, mode: str) -> None:
    if mode != ALLOW_SPECIFIC_REPOSITORIES:
        raise ValidationException(
            f"Repositories can only be allowed while the mode of {restriction} is {ALLOW_SPECIFIC_REPOSITORIES}; "
            f"it is {mode}."
        )


def _names_for(restriction: str, pairs: list[tuple[str, str]]) -> frozenset[str]:
    return frozenset(name for type, name in pairs if type == restriction)
