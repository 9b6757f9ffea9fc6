"""Where a version is found when it is asked for by name: the chain of upstreams and the public sources behind it.

Rules U-4, U-8, U-9, U-11, R-8 and K-7. Finds; what a find leaves behind in the repositories is the caller's business.
"""

from __future__ import annotations

from typing import NamedTuple

from .errors import ResourceNotFoundException
from .ids import PackageId
from .origins import may_ingest
from .state.entities import BLOCK, Domain, Package, Repository, Upstream, Version
from .state.store import State

EXTERNAL_CONNECTIONS = {
    "public:npmjs": "npm",
    "public:pypi": "pypi",
    "public:maven-central": "maven",
    "public:maven-googleandroid": "maven",
    "public:maven-gradleplugins": "maven",
    "public:maven-commonsware": "maven",
    "public:maven-clojars": "maven",
    "public:nuget-org": "nuget",
    "public:ruby-gems-org": "ruby",
    "public:crates-io": "cargo",
}
"""The external connections there are, and their formats (rule U-4)."""


class Find(NamedTuple):
    """A version, the package and the repository it was found in.

    ``through`` is the repository whose external connection led to it, None for a find within the domain.
    """

    repository: Repository
    package: Package
    version: Version
    through: Repository | None


def find(state: State, domain: Domain, repository: Repository, id: PackageId, version: str, most: int) -> Find | None:
    """The first place along the search order that has the version (rule U-8).

    A package record that blocks its upstream hides what lies behind its repository, and a package group that keeps
    internal upstreams out of the repository hides those from it (rule K-8). Generic packages are found in the
    repository itself only (rule U-11).

    :param most: how many repositories are searched, the repository itself among them.
    :raises ResourceNotFoundException: when the repository itself does not have the version, and a reference anywhere in
    the graph is
        dead (rule R-8).
    """
    found = _in(repository, id, version)
    if found is not None or id.format == "generic":
        return found
    _check_graph(domain, repository, most)
    return _Search(state, domain, id, version, most).at(repository, retains=True)


def alive(domain: Domain, upstream: Upstream) -> Repository | None:
    """The repository that an upstream refers to; None when it is gone, even if there is one of the same name again."""
    found = domain.repository(upstream.name)
    return found if found is not None and found.uid == upstream.uid else None


class _Search:
    """Depth first in the order of the lists; safe in a cycle (rule R-4), silently over after so many repositories."""

    def __init__(self, state: State, domain: Domain, id: PackageId, version: str, most: int) -> None:
        self._state, self._domain, self._id, self._version = state, domain, id, version
        self._left = most
        self._seen: set[int] = set()

    def at(self, repository: Repository, *, retains: bool = False) -> Find | None:
        """The version in the repository or behind it.

        :param retains: the repository will retain what is found, so it must be allowed to come in there.
        """
        if repository.uid in self._seen or self._left == 0:
            return None
        self._seen.add(repository.uid)
        self._left -= 1
        return _in(repository, self._id, self._version) or self._behind(repository, retains)

    def _behind(self, repository: Repository, retains: bool) -> Find | None:
        package = repository.package(self._id.key)
        if package is not None and package.origin.upstream == BLOCK:
            return None
        found = None
        if not retains or may_ingest(self._domain, repository, self._id, "INTERNAL_UPSTREAM"):
            nearer = filter(None, (alive(self._domain, upstream) for upstream in repository.upstreams))
            found = next(filter(None, map(self.at, nearer)), None)
        return found or self._in_public_source(repository)

    def _in_public_source(self, repository: Repository) -> Find | None:
        connection = repository.external_connection
        if connection is None or EXTERNAL_CONNECTIONS[connection] != self._id.format:
            return None
        if not may_ingest(self._domain, repository, self._id, "EXTERNAL_UPSTREAM"):
            return None
        source = self._state.public_source(connection)
        found = None if source is None else _in(source, self._id, self._version)
        return None if found is None else found._replace(through=repository)


def _in(repository: Repository, id: PackageId, version: str) -> Find | None:
    package = repository.package(id.key)
    found = None if package is None else package.version(version)
    return None if package is None or found is None else Find(repository, package, found, None)


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
