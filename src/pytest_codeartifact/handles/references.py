"""References to repositories by name: upstreams, and the lists of package groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ..errors import SeedError, near, shown
from ..state import entities, spelling, tree
from ..state.entities import Upstream
from ..state.store import State
from . import arguments
from .handle import pointer_of
from .repositories import Repository

if TYPE_CHECKING:
    from ..literals import ExternalConnection


class DeletedUpstream(NamedTuple):
    """A deleted upstream that is still in the list of a repository (rule R-8)."""

    name: str


RepositoryReference: TypeAlias = str | Repository | DeletedUpstream | Mapping[str, str]
"""A repository, its name, or a deleted upstream, as an object or as in seed files: ``{"gone": "name"}``."""


def references(
    state: State, domain: entities.Domain, repositories: Iterable[RepositoryReference], keyword: str
) -> tuple[Upstream, ...]:
    """Look up references to repositories of a domain.

    :param keyword: the keyword that has them, for messages.
    :raises SeedError: one does not exist, is in another domain or is given twice.
    """
    if isinstance(repositories, (str, Repository, DeletedUpstream)):
        raise SeedError(f"{keyword} must be a list of repositories. Write [{shown(repositories)}].")
    referenced = [_reference(state, domain, repository, keyword) for repository in repositories]
    for repository, occurrences in Counter(referenced).items():
        if occurrences > 1:
            raise SeedError(f"{keyword} has repository {repository.name!r} more than once.")
    return tuple(referenced)


def sources(
    state: State,
    domain: entities.Domain,
    upstreams: Iterable[RepositoryReference],
    connection: ExternalConnection | None,
) -> tuple[Upstream, ...]:
    """The upstreams of a repository, none if it has an external connection.

    :raises SeedError: both are given (rule U-1), or one does not exist.
    """
    if connection is not None:
        arguments.connection(connection)
    referenced = references(state, domain, upstreams, "upstreams")
    if referenced and connection is not None:
        raise SeedError("A repository has either upstreams or an external connection, not both (rule U-1).")
    return referenced


def _reference(state: State, domain: entities.Domain, reference: RepositoryReference, keyword: str) -> Upstream:
    if isinstance(reference, Mapping) and reference.keys() == {"gone"}:  # as in seed files
        reference = DeletedUpstream(reference["gone"])
    if isinstance(reference, DeletedUpstream):
        arguments.check("RepositoryName", reference.name, "repository name")
        return Upstream(reference.name, state.new_uid())
    if isinstance(reference, Repository):
        if pointer_of(reference).path[:3] != (domain.region, domain.owner, domain.name):
            raise SeedError(f"{keyword} has {reference!r}, which is in another domain.")
        reference = reference.name
    repository = domain.repository(reference) if isinstance(reference, str) else None
    if repository is None:
        similar = spelling.resembling(domain.repositories, str(reference))
        others = f"{near(reference, similar, tree.size(domain.repositories))} " if domain.repositories else ""
        raise SeedError(
            f"{keyword} has {shown(reference)}, but there is no such repository in domain {domain.name!r}. "
            f"{others}Add it first."
        )
    return Upstream(repository.name, repository.uid)
