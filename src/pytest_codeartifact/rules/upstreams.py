"""Finds a version that is requested by name: in a repository, its upstreams and the public sources behind them.

Rules F-9, K-7, R-8, U-4, U-8, U-9 and U-11. Does not store anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ResourceNotFoundException
from ..names.maven_snapshots import is_snapshot
from ..names.packages import EXTERNAL_CONNECTIONS, PackageId
from ..state.entities import BLOCK, Domain, Package, Repository, Upstream, Version
from ..state.store import State
from .origins import group_admits

if TYPE_CHECKING:
    from ..literals import PackageFormat


class Place(NamedTuple):
    """A repository that is searched; a public source, if ``through`` is the repository whose connection leads to it.

    ``depth`` is the number of steps upstream.
    """

    repository: Repository
    through: Repository | None
    depth: int = 0


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

    def look(place: Place) -> Find | None:
        package = place.repository.package(id.key)
        stored = None if package is None else package.version(version)
        return None if package is None or stored is None else Find(place.repository, package, stored, place.through)

    at = look(Place(repository, None))
    if at is not None:
        yield at
    if id.format == "generic":
        return
    # Like the service, refuse a broken graph before the search, even if an intact upstream has the version (rule R-8).
    _check_graph(domain, repository, most)
    search = _Search(state, domain, repository, id, most, public=not is_snapshot(id, version))
    at = next(filter(None, map(look, search.behind(repository))), None)
    while at is not None:
        yield at
        at = next(filter(None, map(look, search.behind(at.repository))), None) if at.through is None else None


def searched(state: State, domain: Domain, repository: Repository, id: PackageId, most: int) -> Iterator[Place]:
    """All places in the search order of a package, the repository itself first, see :func:`places`.

    :raises ResourceNotFoundException: upstreams would be searched, and a reference anywhere in the graph is dead (rule
        R-8).
    """
    yield Place(repository, None)
    package = repository.package(id.key)
    if id.format == "generic" or (package is not None and package.origin.upstream == BLOCK):
        return  # upstreams are not searched, so the graph need not be intact (rule PM-42)
    _check_graph(domain, repository, most)
    yield from _Search(state, domain, repository, id, most).behind(repository)


def reachable(
    state: State, domain: Domain, repository: Repository, format: PackageFormat, most: int
) -> list[Repository]:
    """A repository, the repositories upstream of it, and the public sources of a format behind them.

    Some of their packages may be blocked, see :func:`searched`.

    :raises ResourceNotFoundException: a reference anywhere in the graph is dead (rule R-8).
    """
    _check_graph(domain, repository, most)
    reached, waiting = {repository.uid: repository}, [repository]
    while waiting:
        for upstream in waiting.pop().upstreams:
            nearer = alive(domain, upstream)
            if nearer is not None and nearer.uid not in reached and len(reached) < most:
                reached[nearer.uid] = nearer
                waiting.append(nearer)
    connections = {place.external_connection for place in reached.values()} - {None}
    sources = (state.public_source(each) for each in connections if each and EXTERNAL_CONNECTIONS[each] == format)
    return [*reached.values(), *filter(None, sources)]


def has_package(state: State, domain: Domain, repository: Repository, id: PackageId, most: int) -> bool:
    """Whether a repository in search order has the package, with or without versions."""

    if id.format == "generic" or repository.package(id.key) is not None:
        return repository.package(id.key) is not None
    search = _Search(state, domain, repository, id, most)
    return any(place.repository.package(id.key) is not None for place in search.behind(repository))


def alive(domain: Domain, upstream: Upstream) -> Repository | None:
    """The repository that an upstream refers to. None if it was deleted, even if one of the same name exists again."""
    current = domain.repository(upstream.name)
    return current if current is not None and current.uid == upstream.uid else None


class _Search:
    """A depth-first search in the order of the upstreams. Cycles are allowed (rule R-4), and it stops after ``most``.

    :param retaining: the repository that will retain the version, so its package group must let the version in.
    :param public: whether public sources are searched too.
    """

    def __init__(
        self, state: State, domain: Domain, retaining: Repository, id: PackageId, most: int, *, public: bool = True
    ) -> None:
        self._state, self._domain, self._retaining, self._id = state, domain, retaining, id
        self._public = public
        self._left = most - 1  # the repository itself counts
        self._seen = {retaining.uid}

    def behind(self, repository: Repository, depth: int = 0) -> Iterator[Place]:
        """Search the upstreams and the public source of a repository. The search is lazy."""
        package = repository.package(self._id.key)
        if package is not None and package.origin.upstream == BLOCK:
            return
        # The group's restriction for internal upstreams applies where the version is retained, not on the way.
        if repository.uid != self._retaining.uid or group_admits(
            self._domain, repository, self._id, "INTERNAL_UPSTREAM"
        ):
            for nearer in filter(None, (alive(self._domain, upstream) for upstream in repository.upstreams)):
                yield from self._at(nearer, depth + 1)
        yield from self._public_source(repository, depth + 1)

    def _at(self, repository: Repository, depth: int) -> Iterator[Place]:
        if repository.uid in self._seen or self._left <= 0:
            return
        self._seen.add(repository.uid)
        self._left -= 1
        yield Place(repository, None, depth)
        yield from self.behind(repository, depth)

    def _public_source(self, repository: Repository, depth: int) -> Iterator[Place]:
        connection = repository.external_connection
        if not self._public or connection is None or EXTERNAL_CONNECTIONS[connection] != self._id.format:
            return
        source = self._state.public_source(connection)
        if source is not None and group_admits(self._domain, repository, self._id, "EXTERNAL_UPSTREAM"):
            yield Place(source, repository, depth)


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
