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
from ..state.spelling import equivalent_keys
from .repository_package import RepositoryPackage
from .retention import preview
from .scope import Scope
from .upstreams import Source, reachable, sources

if TYPE_CHECKING:
    from ..literals import PackageFormat


def listed(package: RepositoryPackage) -> list[Version]:
    """The Published versions of a package in a repository and upstream of it, by name, as a download would return them.

    A version without a time of publication in its public source is published now (rule PM-43).

    :raises ResourceNotFoundException: there are none (rule PM-38), or the upstream graph is broken (rule PM-42).
    """
    # Most versions are listed as the nearest source has them. Only those that grow upstream need the slower preview.
    nearest: dict[str, Version] = {}
    growing: set[str] = set()
    for version in _offered(package):
        first = nearest.setdefault(version.version, version)
        if _may_gain(package.id, first, version):
            growing.add(version.version)
    versions = [
        preview(package, name) if name in growing else version
        for name, version in sorted(nearest.items())
        if version.status == PUBLISHED
    ]
    scope = package.scope
    if not versions:
        raise scope.package_not_found(package.repository, package.id)
    return [version if version.published is not None else version._replace(published=scope.now) for version in versions]


def each_listed(
    scope: Scope, repository: Repository, format: PackageFormat
) -> Iterator[tuple[PackageId, list[Version]]]:
    """The packages of a format that have listed versions, with these, by name.

    :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
    """
    repositories = reachable(scope, repository, format)
    for key, _ in groupby(heapq.merge(*(_keys(each, format) for each in repositories))):
        id = PackageId.from_key(key)
        with suppress(ResourceNotFoundException):  # all its versions are blocked, or none is Published
            yield id, listed(RepositoryPackage(scope, repository, id))


def _keys(repository: Repository, format: PackageFormat) -> Iterator[str]:
    """The keys of the packages of a format, in order."""
    return (entry[0] for entry in tree.scan_prefix(repository.packages, f"{format}\0"))


def dist_tags(package: RepositoryPackage) -> Iterator[tuple[str, str]]:
    """The npm dist-tags of a package in a repository and upstream of it. Later tags override earlier ones of the same
    name: those of an upstream override those of the repository that uses it, and those of its first upstream override
    those of the others (rules NPM-16 and NPM-17).

    :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
    """
    for source in _last_first(sources(package)):
        yield from () if source.record is None else source.record.dist_tags


def spelled(package: RepositoryPackage, folded: Callable[[str], str], *, upstream: bool) -> PackageId:
    """The first package in search order whose name is equal up to its spelling; its own id if there is none.

    :param folded: maps equivalent spellings to one.
    :param upstream: whether to search upstream as well.
    :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
    """
    repositories = (source.repository for source in sources(package)) if upstream else (package.repository,)
    for repository in repositories:
        key = next(equivalent_keys(repository.packages, package.id.key, folded), None)
        if key is not None:
            return PackageId.from_key(key)
    return package.id


def _last_first(visited: Iterable[Source]) -> list[Source]:
    """Sources in post-order of the search: each after all that are upstream of it, reversed."""
    left: list[Source] = []
    entered: list[Source] = []
    for source in visited:
        # The search leaves a source when it reaches another one that is not deeper.
        while entered and entered[-1].depth >= source.depth:
            left.append(entered.pop())
        entered.append(source)
    return [*entered, *reversed(left)]


def _offered(package: RepositoryPackage) -> Iterator[Version]:
    """The versions of a package in each source that has it, in search order.

    Snapshots are not fetched through external connections (rule F-9).
    """
    for source in sources(package):
        for version in source.record.each_version() if source.record is not None else ():
            if source.through is None or not is_snapshot(package.id, version.version):
                yield version


def _may_gain(id: PackageId, first: Version, other: Version) -> bool:
    """Whether a source further upstream may add something to a version (rules U-13 and F-9)."""
    if other is first:
        return False
    return is_moving(id, first.version) or (id.format == "pypi" and first.asset_names != other.asset_names)
