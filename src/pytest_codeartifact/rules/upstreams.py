"""Finds the versions of a package: in a repository, its upstreams and the public sources behind them.

Rules F-9, K-7, R-8, U-4, U-8, U-9 and U-11. Does not store anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ResourceNotFoundException
from ..names.formats import EXTERNAL_CONNECTIONS
from ..names.maven_snapshots import is_snapshot
from ..state.entities import BLOCK, Domain, Package, Repository, Upstream, Version
from .origins import group_admits
from .repository_package import RepositoryPackage
from .scope import Scope

if TYPE_CHECKING:
    from ..literals import PackageFormat


class Source(NamedTuple):
    """A repository in which a package is searched, or a public source, with its record of the package, if it has one.

    ``through`` is the repository whose external connection leads to the public source, None for a repository of the
    domain. ``depth`` is the number of steps upstream.
    """

    repository: Repository
    record: Package | None
    through: Repository | None = None
    depth: int = 0


class LocatedVersion(NamedTuple):
    """A version, and the repository or public source that has it, with its record of the package.

    ``through`` is as in :class:`Source`.
    """

    repository: Repository
    record: Package
    through: Repository | None
    version: Version


def locate(package: RepositoryPackage, name: str, *, upstream: bool = True) -> LocatedVersion | None:
    """The version in the first source that has it (rule U-8), see :func:`locate_all`."""
    return next(locate_all(package, name, upstream=upstream), None)


def locate_all(package: RepositoryPackage, name: str, *, upstream: bool = True) -> Iterator[LocatedVersion]:
    """The version in the first source that has it (rule U-8), in the first one upstream of that, etc.

    If the record of the package blocks upstream, the upstreams of that repository are not searched. A package group
    that blocks internal upstreams hides those of the repository (rule K-8). Generic packages are only found in the
    repository itself (rule U-11), Maven snapshots in no public source (rule F-9). Each repository is searched as it is
    when the search begins.

    :param upstream: whether to search upstream as well.
    :raises ResourceNotFoundException: upstreams would be searched, and a reference anywhere in the graph is dead (rule
        R-8).
    """

    def look(source: Source) -> LocatedVersion | None:
        record = source.record
        version = None if record is None else record.version(name)
        if record is None or version is None:
            return None
        return LocatedVersion(source.repository, record, source.through, version)

    domain, repository, record = package.current()
    located = look(Source(repository, record))
    if located is not None:
        yield located
    if package.id.format == "generic" or not upstream:
        return
    # Like the service, refuse a broken graph before the search, even if an intact upstream has the version (rule R-8).
    _check_graph(domain, repository, package.scope.quotas.searched_repositories)
    search = _Search(package, domain, repository, public=not is_snapshot(package.id, name))
    behind = search.behind(repository, record)
    while (located := next(filter(None, map(look, behind)), None)) is not None:
        yield located
        if located.through is not None:
            return
        behind = search.behind(located.repository, located.record)


def sources(package: RepositoryPackage) -> Iterator[Source]:
    """All sources in the search order of a package, the repository itself first, see :func:`locate_all`.

    :raises ResourceNotFoundException: upstreams would be searched, and a reference anywhere in the graph is dead (rule
        R-8).
    """
    domain, repository, record = package.current()
    yield Source(repository, record)
    if package.id.format == "generic" or (record is not None and record.origin.upstream == BLOCK):
        return  # upstreams are not searched, so the graph need not be intact (rule PM-42)
    _check_graph(domain, repository, package.scope.quotas.searched_repositories)
    yield from _Search(package, domain, repository).behind(repository, record)


def is_reachable(package: RepositoryPackage) -> bool:
    """Whether a source in search order has the package, with or without versions."""
    domain, repository, record = package.current()
    if package.id.format == "generic" or record is not None:
        return record is not None
    search = _Search(package, domain, repository)
    return any(source.record is not None for source in search.behind(repository, record))


def reachable(scope: Scope, repository: Repository, format: PackageFormat) -> list[Repository]:
    """A repository, the repositories upstream of it, and the public sources of a format behind them.

    Some of their packages may be blocked, see :func:`sources`.

    :raises ResourceNotFoundException: a reference anywhere in the graph is dead (rule R-8).
    """
    domain, repository = scope.state.current(repository)
    limit = scope.quotas.searched_repositories
    _check_graph(domain, repository, limit)
    reached, waiting = {repository.uid: repository}, [repository]
    while waiting:
        for upstream in waiting.pop().upstreams:
            nearer = alive(domain, upstream)
            if nearer is not None and nearer.uid not in reached and len(reached) < limit:
                reached[nearer.uid] = nearer
                waiting.append(nearer)
    connections = {each.external_connection for each in reached.values()} - {None}
    public = (scope.state.public_source(each) for each in connections if each and EXTERNAL_CONNECTIONS[each] == format)
    return [*reached.values(), *filter(None, public)]


def alive(domain: Domain, upstream: Upstream) -> Repository | None:
    """The repository that an upstream refers to. None if it was deleted, even if one of the same name exists again."""
    current = domain.repository(upstream.name)
    return current if current is not None and current.uid == upstream.uid else None


class _Search:
    """A depth-first search in the order of the upstreams. Cycles are allowed (rule R-4), and the number is limited.

    :param repository: where the search begins. It would retain a version, so its package group must let that in.
    :param public: whether public sources are searched too.
    """

    def __init__(
        self, package: RepositoryPackage, domain: Domain, repository: Repository, *, public: bool = True
    ) -> None:
        self._state, self._id = package.scope.state, package.id
        self._domain, self._retaining, self._public = domain, repository, public
        self._left = package.scope.quotas.searched_repositories - 1  # the repository itself counts
        self._seen = {repository.uid}

    def behind(self, repository: Repository, record: Package | None, depth: int = 0) -> Iterator[Source]:
        """Search the upstreams and the public source of a repository with this record of the package, lazily."""
        if record is not None and record.origin.upstream == BLOCK:
            return
        # The group's restriction for internal upstreams applies where the version is retained, not on the way.
        if repository.uid != self._retaining.uid or group_admits(
            self._domain, repository, self._id, "INTERNAL_UPSTREAM"
        ):
            for nearer in filter(None, (alive(self._domain, upstream) for upstream in repository.upstreams)):
                yield from self._at(nearer, depth + 1)
        yield from self._public_source(repository, depth + 1)

    def _at(self, repository: Repository, depth: int) -> Iterator[Source]:
        if repository.uid in self._seen or self._left <= 0:
            return
        self._seen.add(repository.uid)
        self._left -= 1
        record = repository.package(self._id.key)
        yield Source(repository, record, None, depth)
        yield from self.behind(repository, record, depth)

    def _public_source(self, repository: Repository, depth: int) -> Iterator[Source]:
        connection = repository.external_connection
        if not self._public or connection is None or EXTERNAL_CONNECTIONS[connection] != self._id.format:
            return
        public = self._state.public_source(connection)
        if public is not None and group_admits(self._domain, repository, self._id, "EXTERNAL_UPSTREAM"):
            yield Source(public, public.package(self._id.key), repository, depth)


def _check_graph(domain: Domain, repository: Repository, limit: int) -> None:
    seen: set[int] = set()
    waiting = [repository]
    while waiting and len(seen) < limit:
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
