"""Finds a version that is requested by name: in a repository, its upstreams and the public sources behind them.

Rules F-9, K-7, R-8, U-4, U-8, U-9 and U-11. Stores nothing: that is up to the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ..errors import ResourceNotFoundException
from ..names.maven_snapshots import is_snapshot
from ..names.packages import EXTERNAL_CONNECTIONS, PackageId
from ..state.entities import BLOCK, Domain, Package, Repository, Upstream, Version
from ..state.store import State
from .origins import group_admits

_Found = TypeVar("_Found")


class Find(NamedTuple):
    """A version with the package and the repository in which it was found.

    ``through`` is the repository whose external connection was used, None if it was found within the domain.
    """

    repository: Repository
    package: Package
    version: Version
    through: Repository | None


def find(state: State, domain: Domain, repository: Repository, id: PackageId, version: str, most: int) -> Find | None:
    """The first repository in search order that has the version (rule U-8), see :func:`places`."""
    return next(places(state, domain, repository, id, version, most), None)


def places(
    state: State, domain: Domain, repository: Repository, id: PackageId, version: str, most: int
) -> Iterator[Find]:
    """The repositories that have the version: the first one in search order (rule U-8), the first upstream of it, etc.

    A package record that blocks its upstream hides the upstreams of its repository. A package group that blocks
    internal upstreams hides those of the repository (rule K-8). Generic packages are only found in the repository
    itself (rule U-11), Maven snapshots in no public source (rule F-9).

    :param most: the maximum number of searched repositories, including the repository itself.
    :raises ResourceNotFoundException: upstreams would be searched, and a reference anywhere in the graph is dead (rule
        R-8).
    """

    def look(at: Repository) -> Find | None:
        package = at.package(id.key)
        stored = None if package is None else package.version(version)
        return None if package is None or stored is None else Find(at, package, stored, None)

    here = look(repository)
    if here is not None:
        yield here
    if id.format == "generic":
        return
    _check_graph(domain, repository, most)
    search = _Search(state, domain, repository, id, look, most, public=not is_snapshot(id, version))
    hit = search.behind(repository)
    while hit is not None:
        yield hit.what._replace(through=hit.behind)
        hit = search.behind(hit.what.repository) if hit.behind is None else None


def has_package(state: State, domain: Domain, repository: Repository, id: PackageId, most: int) -> bool:
    """Whether a repository in search order has the package, with or without versions."""

    def look(at: Repository) -> Package | None:
        return at.package(id.key)

    if id.format == "generic" or look(repository) is not None:
        return look(repository) is not None
    return _Search(state, domain, repository, id, look, most).behind(repository) is not None


def alive(domain: Domain, upstream: Upstream) -> Repository | None:
    """The repository that an upstream refers to. None if it was deleted, even if one of the same name exists again."""
    current = domain.repository(upstream.name)
    return current if current is not None and current.uid == upstream.uid else None


@dataclass(frozen=True, slots=True)
class _Hit(Generic[_Found]):
    """What was found, and the repository whose external connection was used, None within the domain."""

    what: _Found
    behind: Repository | None


class _Search(Generic[_Found]):
    """A depth-first search in the order of the upstreams. Cycles are allowed (rule R-4), and it stops after ``most``.

    :param asked: the repository that will retain the version, so its package group must let the version in.
    :param public: whether public sources are searched too.
    """

    def __init__(
        self,
        state: State,
        domain: Domain,
        asked: Repository,
        id: PackageId,
        look: Callable[[Repository], _Found | None],
        most: int,
        *,
        public: bool = True,
    ) -> None:
        self._state, self._domain, self._asked, self._id, self._look = state, domain, asked, id, look
        self._public = public
        self._left = most - 1
        self._seen = {asked.uid}

    def behind(self, repository: Repository) -> _Hit[_Found] | None:
        """Search the upstreams and the public source of a repository."""
        package = repository.package(self._id.key)
        if package is not None and package.origin.upstream == BLOCK:
            return None
        if repository.uid != self._asked.uid or group_admits(self._domain, repository, self._id, "INTERNAL_UPSTREAM"):
            nearer = filter(None, (alive(self._domain, upstream) for upstream in repository.upstreams))
            hit = next(filter(None, map(self._at, nearer)), None)
            if hit is not None:
                return hit
        return self._in_public_source(repository)

    def _at(self, repository: Repository) -> _Hit[_Found] | None:
        if repository.uid in self._seen or self._left <= 0:
            return None
        self._seen.add(repository.uid)
        self._left -= 1
        here = self._look(repository)
        return self.behind(repository) if here is None else _Hit(here, None)

    def _in_public_source(self, repository: Repository) -> _Hit[_Found] | None:
        connection = repository.external_connection
        if not self._public or connection is None or EXTERNAL_CONNECTIONS[connection] != self._id.format:
            return None
        if not group_admits(self._domain, repository, self._id, "EXTERNAL_UPSTREAM"):
            return None
        source = self._state.public_source(connection)
        match = None if source is None else self._look(source)
        return None if match is None else _Hit(match, repository)


def _check_graph(domain: Domain, repository: Repository, most: int) -> None:
    seen: set[int] = set()
    waiting = [repository]
    while waiting and len(seen) < most:
        current = waiting.pop()
        if current.uid in seen:
            continue
        seen.add(current.uid)
        for upstream in reversed(current.upstreams):  # a stack: the same order, so the limit cuts the same repositories
            nearer = alive(domain, upstream)
            if nearer is None:
                raise _gone(upstream)
            waiting.append(nearer)


def _gone(upstream: Upstream) -> ResourceNotFoundException:
    """The error for a dead reference (rule E-24)."""
    return ResourceNotFoundException(
        "A repository referenced in your upstream graph no longer exists. To fix this issue, use the UpdateRepository "
        "API with your new desired upstream configuration. Note that if an upstream repository was deleted and "
        "recreated using the same name, UpdateRepository must still be called to reference the new repository. This "
        "issue may be present in any repository in the upstream graph.",
        upstream.name,
        "repository",
    )
