"""Finds a version that is requested by name: in a repository, its upstreams and the public sources behind them.

Rules F-9, K-7, R-8, U-4, U-8, U-9 and U-11. What is then stored in the repositories is up to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..errors import ResourceNotFoundException
from ..names.maven_snapshots import is_snapshot
from ..names.packages import EXTERNAL_CONNECTIONS, PackageId
from ..state.entities import BLOCK, Domain, Package, Repository, Upstream, Version
from ..state.store import State
from .origins import group_admits


class Place(NamedTuple):
    """A repository that is searched; a public source, if ``through`` is the repository whose connection leads to it."""

    repository: Repository
    through: Repository | None


class Find(NamedTuple):
    """A version, the package and the repository it was found in.

    ``through`` is the repository whose external connection led to it, None for a find within the domain.
    """

    repository: Repository
    package: Package
    version: Version
    through: Repository | None


def find(state: State, domain: Domain, repository: Repository, id: PackageId, version: str, most: int) -> Find | None:
    """The first place along the search order that has the version (rule U-8); see :func:`places`."""
    return next(places(state, domain, repository, id, version, most), None)


def places(
    state: State, domain: Domain, repository: Repository, id: PackageId, version: str, most: int
) -> Iterator[Find]:
    """The first place along the search order that has the version (rule U-8), the first one behind that, and so on.

    A package record that blocks its upstream hides what lies behind its repository, and a package group that keeps
    internal upstreams out of the repository hides those from it (rule K-8). Generic packages are found in the
    repository itself only (rule U-11), snapshots of Maven in no public source (rule F-9).

    :param most: how many repositories are searched, the repository itself among them.
    :raises ResourceNotFoundException: when asked for what lies behind the repository itself, and a reference anywhere
        in the graph is dead (rule R-8).
    """

    def look(place: Place) -> Find | None:
        package = place.repository.package(id.key)
        found = None if package is None else package.version(version)
        return None if package is None or found is None else Find(place.repository, package, found, place.through)

    at = look(Place(repository, None))
    if at is not None:
        yield at
    if id.format == "generic":
        return
    _check_graph(domain, repository, most)
    search = _Search(state, domain, repository, id, most, public=not is_snapshot(id, version))
    at = next(filter(None, map(look, search.behind(repository))), None)
    while at is not None:
        yield at
        at = next(filter(None, map(look, search.behind(at.repository))), None) if at.through is None else None


def searched(state: State, domain: Domain, repository: Repository, id: PackageId, most: int) -> Iterator[Place]:
    """Every place along the search order of a package, the repository itself first; see :func:`places`.

    :raises ResourceNotFoundException: when asked for what lies behind the repository itself, and a reference anywhere
        in the graph is dead (rule R-8).
    """
    yield Place(repository, None)
    package = repository.package(id.key)
    if id.format == "generic" or (package is not None and package.origin.upstream == BLOCK):
        return  # what lies behind does not matter, so a document needs no graph that is whole (rule PM-42)
    _check_graph(domain, repository, most)
    yield from _Search(state, domain, repository, id, most).behind(repository)


def has_package(state: State, domain: Domain, repository: Repository, id: PackageId, most: int) -> bool:
    """Whether the package itself is anywhere along the search order, whatever its versions."""

    if id.format == "generic" or repository.package(id.key) is not None:
        return repository.package(id.key) is not None
    search = _Search(state, domain, repository, id, most)
    return any(place.repository.package(id.key) is not None for place in search.behind(repository))


def alive(domain: Domain, upstream: Upstream) -> Repository | None:
    """The repository that an upstream refers to; None when it is gone, even if there is one of the same name again."""
    found = domain.repository(upstream.name)
    return found if found is not None and found.uid == upstream.uid else None


class _Search:
    """Depth first in the order of the lists; safe in a cycle (rule R-4), silently over after so many repositories.

    :param asked: the repository that will retain what is found, so it must be allowed to come in there.
    :param public: whether public sources are searched as well.
    """

    def __init__(
        self, state: State, domain: Domain, asked: Repository, id: PackageId, most: int, *, public: bool = True
    ) -> None:
        self._state, self._domain, self._asked, self._id = state, domain, asked, id
        self._public = public
        self._left = most - 1
        self._seen = {asked.uid}

    def behind(self, repository: Repository) -> Iterator[Place]:
        """What lies behind a repository that has been looked at, each place when all before it were not enough."""
        package = repository.package(self._id.key)
        if package is not None and package.origin.upstream == BLOCK:
            return
        if repository.uid != self._asked.uid or group_admits(self._domain, repository, self._id, "INTERNAL_UPSTREAM"):
            for nearer in filter(None, (alive(self._domain, upstream) for upstream in repository.upstreams)):
                yield from self._at(nearer)
        yield from self._public_source(repository)

    def _at(self, repository: Repository) -> Iterator[Place]:
        if repository.uid in self._seen or self._left <= 0:
            return
        self._seen.add(repository.uid)
        self._left -= 1
        yield Place(repository, None)
        yield from self.behind(repository)

    def _public_source(self, repository: Repository) -> Iterator[Place]:
        connection = repository.external_connection
        if not self._public or connection is None or EXTERNAL_CONNECTIONS[connection] != self._id.format:
            return
        source = self._state.public_source(connection)
        if source is not None and group_admits(self._domain, repository, self._id, "EXTERNAL_UPSTREAM"):
            yield Place(source, repository)


def _check_graph(domain: Domain, repository: Repository, most: int) -> None:
    seen: set[int] = set()
    waiting = [repository]
    while waiting and len(seen) < most:
        current = waiting.pop()
        if current.uid in seen:
            continue
        seen.add(current.uid)
        for upstream in reversed(current.upstreams):  # the order of the search, so that the same ones are looked at
            found = alive(domain, upstream)
            if found is None:
                raise _gone(upstream)
            waiting.append(found)


def _gone(upstream: Upstream) -> ResourceNotFoundException:
    """Rule E-24."""
    return ResourceNotFoundException(
        "A repository referenced in your upstream graph no longer exists. To fix this issue, use the UpdateRepository "
        "API with your new desired upstream configuration. Note that if an upstream repository was deleted and "
        "recreated using the same name, UpdateRepository must still be called to reference the new repository. This "
        "issue may be present in any repository in the upstream graph.",
        upstream.name,
        "repository",
    )
