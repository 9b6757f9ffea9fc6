"""Updates of seeded repositories and package groups.

A seed file sets upstreams after all repositories, so that repositories may refer to each other in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypedDict

from ..errors import SeedError, shown
from ..state import entities
from ..state.entities import ALLOW_SPECIFIC_REPOSITORIES
from ..state.store import State, new_group
from . import arguments, references, timestamps
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


def set_sources(
    repository: Repository,
    upstreams: Iterable[references.RepositoryReference],
    external_connection: ExternalConnection | None,
) -> None:
    """Replace the upstreams and the external connection of a repository.

    :raises SeedError: as :func:`.references.sources`.
    """
    pointer = pointer_of(repository)
    with pointer.service.writing() as state:
        upstreams_now = references.sources(state, pointer.domain(), upstreams, external_connection)
        record = pointer.repository()
        state.put_repository(record._replace(upstreams=upstreams_now, external_connection=external_connection))


def update_attributes(
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
        updated = record._replace(
            administrator=administrator or record.administrator,
            description=record.description if description is None else arguments.description(description),
            created=timestamps.millis(created, record.created),
        )
        state.put_repository(updated)


def seed_group(domain: Pointer, pattern: str, **keywords: Unpack[GroupKeywords]) -> None:
    """Seed a package group, or replace the attributes of the one with that pattern, for example the root group.

    :raises SeedError: as :meth:`.Domain.add_package_group` says.
    """
    arguments.group_pattern(pattern)
    contact_info = arguments.contact_info(keywords.get("contact_info"))
    modes = arguments.group_modes(pattern, keywords.get("restrictions"))
    with domain.service.writing() as state:
        holder = domain.domain()
        group = holder.group(pattern) or new_group(pattern, domain.service.clock.millis())
        modes_now = group.modes | modes
        state.put_group(
            holder,
            group._replace(
                created=timestamps.millis(keywords.get("created"), group.created),
                modes=modes_now,
                allowed=_allowed(state, holder, modes_now, keywords.get("allowed_repositories") or {}),
                contact_info=contact_info,
                description=arguments.description(keywords.get("description")),
                tags=arguments.tags(keywords.get("tags")),
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
    :raises SeedError: a list for a mode that has none, or as :func:`.references.references`.
    """
    for restriction in lists:
        if modes.get(restriction) != ALLOW_SPECIFIC_REPOSITORIES:
            raise SeedError(
                f"allowed_repositories has a list for {shown(restriction)}, which needs "
                f"restrictions={{{shown(restriction)}: {ALLOW_SPECIFIC_REPOSITORIES!r}}}."
            )
    allowed: dict[str, frozenset[str]] = {}
    for restriction, repositories in lists.items():
        referenced = references.references(state, domain, repositories, f"allowed_repositories[{shown(restriction)}]")
        allowed[restriction] = frozenset(repository.name for repository in referenced)
    return allowed
