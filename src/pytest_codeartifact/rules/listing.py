"""The versions in documents for package managers: those that a download could return (rules PM-35 to PM-38).

Reading a document does not retain versions.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING

from ..errors import ResourceNotFoundException
from ..names.maven_snapshots import is_moving, is_snapshot
from ..names.packages import PackageId
from ..state import tree
from ..state.entities import PUBLISHED, Repository, Version
from ..state.spelling import same
from .retention import preview
from .scope import Scope
from .upstreams import Place, reachable, searched

if TYPE_CHECKING:
    from ..literals import PackageFormat


def listed(scope: Scope, repository: Repository, id: PackageId) -> list[Version]:
    """The Published versions of a package in a repository and upstream of it, by name, as a download would return them.

    A version without a time of publication in its public source is published now (rule PM-43).

    :raises ResourceNotFoundException: there are none (rule PM-38), or the upstream graph is broken (rule PM-42).
    """
    # Most versions are listed as they are found first. Only those that grow upstream need the slower preview.
    first: dict[str, Version] = {}
    growing: set[str] = set()
    for version in _found(scope, repository, id):
        there = first.setdefault(version.version, version)
        if _may_gain(id, there, version):
            growing.add(version.version)
    versions = [
        preview(scope, repository, id, name) if name in growing else version
        for name, version in sorted(first.items())
        if version.status == PUBLISHED
    ]
    if not versions:
        raise scope.no_package(repository, id)
    return [version if version.published is not None else version._replace(published=scope.now) for version in versions]


def each_listed(
    scope: Scope, repository: Repository, format: PackageFormat
) -> Iterator[tuple[PackageId, list[Version]]]:
    """The packages of a format that have listed versions, with these, by name.

    :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
    """
    domain, repository = scope.state.current(repository)
    places = reachable(scope.state, domain, repository, format, scope.quotas.searched_repositories)
    for key, _ in groupby(heapq.merge(*(_keys(place, format) for place in places))):
        id = PackageId.from_key(key)
        with suppress(ResourceNotFoundException):  # all its versions are blocked, or none is Published
            yield id, listed(scope, repository, id)


def _keys(repository: Repository, format: PackageFormat) -> Iterator[str]:
    """The keys of the packages of a format, in order."""
    return (entry[0] for entry in tree.scan_prefix(repository.packages, f"{format}\0"))


def dist_tags(scope: Scope, repository: Repository, id: PackageId) -> Iterator[tuple[str, str]]:
    """The npm dist-tags of a package in a repository and upstream of it. The last of several with one name is valid.

    Tags of an upstream follow those of the repository that uses it. Those of its first upstream are the last ones
    (rules NPM-16 and NPM-17).

    :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
    """
    domain, repository = scope.state.current(repository)
    for place in _last_first(searched(scope.state, domain, repository, id, scope.quotas.searched_repositories)):
        package = place.repository.package(id.key)
        yield from () if package is None else package.dist_tags


def spelled(
    scope: Scope, repository: Repository, id: PackageId, folded: Callable[[str], str], *, upstream: bool
) -> PackageId:
    """The first package in search order whose name is equal up to its spelling; ``id`` if there is none.

    :param folded: maps equivalent spellings to one.
    :param upstream: whether to search upstream as well.
    :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
    """
    domain, repository = scope.state.current(repository)
    places = searched(scope.state, domain, repository, id, scope.quotas.searched_repositories)
    for place in places if upstream else (Place(repository, None),):
        key = next(same(place.repository.packages, id.key, folded), None)
        if key is not None:
            return PackageId.from_key(key)
    return id


def _last_first(places: Iterable[Place]) -> list[Place]:
    """Places in post-order of the search: each after all that are upstream of it, reversed."""
    left: list[Place] = []
    entered: list[Place] = []
    for place in places:
        # The search leaves a place when it reaches another one that is not deeper.
        while entered and entered[-1].depth >= place.depth:
            left.append(entered.pop())
        entered.append(place)
    return [*entered, *reversed(left)]


def _found(scope: Scope, repository: Repository, id: PackageId) -> Iterator[Version]:
    """The versions of a package in each place that has it, in search order."""
    domain, repository = scope.state.current(repository)
    for place in searched(scope.state, domain, repository, id, scope.quotas.searched_repositories):
        package = place.repository.package(id.key)
        for version in package.each_version() if package is not None else ():
            if _comes_from(place, id, version):
                yield version


def _comes_from(place: Place, id: PackageId, version: Version) -> bool:
    """Snapshots are not fetched through external connections (rule F-9)."""
    return place.through is None or not is_snapshot(id, version.version)


def _may_gain(id: PackageId, first: Version, other: Version) -> bool:
    """Whether an upstream may add something to a version (rules U-13 and F-9)."""
    if other is first:
        return False
    return is_moving(id, first.version) or (id.format == "pypi" and first.asset_names != other.asset_names)
