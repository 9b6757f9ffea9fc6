"""Where a version is found when it is asked for by name: the chain of upstreams and the public sources behind it.

Rules U-4, U-8, U-9, U-11, R-8 and K-7. Finds; what a find leaves behind in the repositories is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from .errors import ResourceNotFoundException
from .ids import PackageId
from .origins import group_admits
from .state.entities import BLOCK, Domain, Package, Repository, Upstream, Version
from .state.store import State

_Found = TypeVar("_Found")

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
    :raises ResourceNotFoundException: when the repository itself does not have the version, and a reference anywhere
        in the graph is dead (rule R-8).
    """

    def look(at: Repository) -> Find | None:
        package = at.package(id.key)
        found = None if package is None else package.version(version)
        return None if package is None or found is None else Find(at, package, found, None)

    here = look(repository)
    if here is not None or id.format == "generic":
        return here
    _check_graph(domain, repository, most)
    found = _Search(state, domain, id, look, most).at(repository, retains=True)
    if found is None or found.behind is None:
        return None if found is None else found.what
    return found.what._replace(through=found.behind)


def has_package(state: State, domain: Domain, repository: Repository, id: PackageId, most: int) -> bool:
    """Whether the package itself is anywhere along the search order, whatever its versions."""

    def look(at: Repository) -> Package | None:
        return at.package(id.key)

    if id.format == "generic":
        return look(repository) is not None
    return _Search(state, domain, id, look, most).at(repository, retains=True) is not None


def alive(domain: Domain, upstream: Upstream) -> Repository | None:
    """The repository that an upstream refers to; None when it is gone, even if there is one of the same name again."""
    found = domain.repository(upstream.name)
    return found if found is not None and found.uid == upstream.uid else None


@dataclass(frozen=True, slots=True)
class _Hit(Generic[_Found]):
    """What was looked for, and the repository behind whose external connection it was found, if it was."""

    what: _Found
    behind: Repository | None


class _Search(Generic[_Found]):
    """Depth first in the order of the lists; safe in a cycle (rule R-4), silently over after so many repositories."""

    def __init__(
        self, state: State, domain: Domain, id: PackageId, look: Callable[[Repository], _Found | None], most: int
    ) -> None:
        self._state, self._domain, self._id, self._look = state, domain, id, look
        self._left = most
        self._seen: set[int] = set()

    def at(self, repository: Repository, *, retains: bool = False) -> _Hit[_Found] | None:
        """What the repository or anything behind it has.

        :param retains: the repository will retain what is found, so it must be allowed to come in there.
        """
        if repository.uid in self._seen or self._left == 0:
            return None
        self._seen.add(repository.uid)
        self._left -= 1
        here = self._look(repository)
        return self._behind(repository, retains) if here is None else _Hit(here, None)

    def _behind(self, repository: Repository, retains: bool) -> _Hit[_Found] | None:
        package = repository.package(self._id.key)
        if package is not None and package.origin.upstream == BLOCK:
            return None
        if not retains or group_admits(self._domain, repository, self._id, "INTERNAL_UPSTREAM"):
            nearer = filter(None, (alive(self._domain, upstream) for upstream in repository.upstreams))
            found = next(filter(None, map(self.at, nearer)), None)
            if found is not None:
                return found
        return self._in_public_source(repository)

    def _in_public_source(self, repository: Repository) -> _Hit[_Found] | None:
        connection = repository.external_connection
        if connection is None or EXTERNAL_CONNECTIONS[connection] != self._id.format:
            return None
        if not group_admits(self._domain, repository, self._id, "EXTERNAL_UPSTREAM"):
            return None
        source = self._state.public_source(connection)
        found = None if source is None else self._look(source)
        return None if found is None else _Hit(found, repository)


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
