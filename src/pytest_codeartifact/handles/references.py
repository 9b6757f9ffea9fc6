"""References to repositories by name: upstreams, and the lists of package groups.

A seed file sets them after the repositories themselves, so that repositories may refer to each other in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from ..errors import SeedError, near, shown
from ..state import entities, spelling, tree
from ..state.entities import ALLOW_SPECIFIC_REPOSITORIES, Upstream
from ..state.store import State, new_group
from . import arguments, timestamps
from .handle import pointer_of
from .pointer import Pointer
from .repositories import Repository

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..literals import ExternalConnection, RestrictionMode, RestrictionType


class GroupKeywords(TypedDict, total=False):
    """The keywords of :meth:`.Domain.add_package_group`, which documents them."""

    restrictions: Mapping[RestrictionType, RestrictionMode] | None
    allowed_repositories: Mapping[RestrictionType, Iterable[str | Repository]] | None
    contact_info: str | None
    description: str | None
    tags: Mapping[str, str] | None
    created: timestamps.Timestamp | None


class Gone(NamedTuple):
    """A deleted upstream that is still in the list of a repository (rule R-8)."""

    name: str


def references(
    state: State, domain: entities.Domain, given: Iterable[str | Repository | Gone | Mapping[str, str]], what: str
) -> tuple[Upstream, ...]:
    """Look up references to repositories of a domain.

    :param what: their role in words: an upstream, allowed.
    :raises SeedError: one does not exist, is in another domain or is given twice.
    """
    if isinstance(given, (str, Repository, Gone)):
        raise SeedError(f"Repositories that are to be {what} must be a list. Write [{shown(given)}].")
    referenced = [_reference(state, domain, repository, what) for repository in given]
    for repository, occurrences in Counter(referenced).items():
        if occurrences > 1:
            raise SeedError(f"Repository {repository.name!r} occurs more than once among those that are to be {what}.")
    return tuple(referenced)


def sources(
    state: State,
    domain: entities.Domain,
    upstreams: Iterable[str | Repository | Gone | Mapping[str, str]],
    connection: ExternalConnection | None,
) -> tuple[Upstream, ...]:
    """The upstreams of a repository, none if it has an external connection.

    :raises SeedError: both are given (rule U-1), or one does not exist.
    """
    if connection is not None:
        arguments.connection(connection)
    referenced = references(state, domain, upstreams, "an upstream")
    if referenced and connection is not None:
        raise SeedError("A repository has either upstreams or an external connection, not both (rule U-1).")
    return referenced


def connect(
    repository: Repository,
    upstreams: Iterable[str | Repository | Gone | Mapping[str, str]],
    external_connection: ExternalConnection | None,
) -> None:
    """Replace the upstreams and the external connection of a repository.

    :raises SeedError: as :func:`sources`.
    """
    pointer = pointer_of(repository)
    with pointer.service.writing() as state:
        upstreams_now = sources(state, pointer.domain(), upstreams, external_connection)
        record = pointer.repository()
        state.put_repository(record._replace(upstreams=upstreams_now, external_connection=external_connection))


def describe(
    repository: Repository,
    *,
    administrator: str | None = None,
    description: str | None = None,
    created: timestamps.Timestamp | None = None,
) -> None:
    """Replace attributes of a repository. Those that are None stay as they are.

    :raises SeedError: as :meth:`.Domain.add_repository` says.
    """
    if administrator is not None:
        arguments.check("AccountId", administrator, "account")
    pointer = pointer_of(repository)
    with pointer.service.writing() as state:
        record = pointer.repository()
        described = record._replace(
            administrator=administrator or record.administrator,
            description=record.description if description is None else arguments.description(description),
            created=timestamps.millis(created, record.created),
        )
        state.put_repository(described)


def seed_group(domain: Pointer, pattern: str, **given: Unpack[GroupKeywords]) -> None:
    """Seed a package group, or describe the one of that pattern: every domain has a root group.

    :raises SeedError: as :meth:`.Domain.add_package_group` says.
    """
    arguments.group_pattern(pattern)
    contact_info = arguments.contact_info(given.get("contact_info"))
    modes = arguments.group_modes(pattern, given.get("restrictions"))
    with domain.service.writing() as state:
        holder = domain.domain()
        group = holder.group(pattern) or new_group(pattern, domain.service.clock.millis())
        modes_now = group.modes | modes
        state.put_group(
            holder,
            group._replace(
                created=timestamps.millis(given.get("created"), group.created),
                modes=modes_now,
                allowed=_allowed(state, holder, modes_now, given.get("allowed_repositories") or {}),
                contact_info=contact_info,
                description=arguments.description(given.get("description")),
                tags=arguments.tags(given.get("tags")),
            ),
        )


def _allowed(
    state: State,
    domain: entities.Domain,
    modes: Mapping[str, RestrictionMode],
    lists: Mapping[RestrictionType, Iterable[str | Repository]],
) -> dict[str, frozenset[str]]:
    """The names of the repositories that a package group allows, by restriction type.

    :param modes: those of the group.
    :raises SeedError: a list for a mode that has none, or as :func:`references`.
    """
    for restriction in lists:
        if modes.get(restriction) != ALLOW_SPECIFIC_REPOSITORIES:
            raise SeedError(
                f"allowed_repositories has a list for {shown(restriction)}, which needs "
                f"restrictions={{{shown(restriction)}: {ALLOW_SPECIFIC_REPOSITORIES!r}}}."
            )
    allowed: dict[str, frozenset[str]] = {}
    for restriction, repositories in lists.items():
        referenced = references(state, domain, repositories, "allowed")
        allowed[restriction] = frozenset(repository.name for repository in referenced)
    return allowed


def _reference(
    state: State, domain: entities.Domain, given: str | Repository | Gone | Mapping[str, str], what: str
) -> Upstream:
    if isinstance(given, Mapping) and given.keys() == {"gone"}:  # as in seed files
        given = Gone(given["gone"])
    if isinstance(given, Gone):
        arguments.check("RepositoryName", given.name, "repository name")
        return Upstream(given.name, state.new_uid())
    if isinstance(given, Repository) and pointer_of(given).path[:3] != (domain.region, domain.owner, domain.name):
        raise SeedError(f"{given!r} cannot be {what} here: it is in another domain.")
    name = given.name if isinstance(given, Repository) else given
    repository = domain.repository(name) if isinstance(name, str) else None
    if repository is None:
        similar = spelling.resembling(domain.repositories, str(name))
        others = f"{near(name, similar, tree.size(domain.repositories))} " if domain.repositories else ""
        raise SeedError(
            f"There is no repository {shown(name)} in domain {domain.name!r} to be {what}. {others}Add it first."
        )
    return Upstream(repository.name, repository.uid)
