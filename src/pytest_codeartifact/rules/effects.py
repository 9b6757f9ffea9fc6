"""The effects of calls on versions. An operation records each effect once; deletions and events derive from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from ..state import tree
from ..state.entities import Package, Version
from ..state.tree import EMPTY, Entry, Node


class VersionChange(NamedTuple):
    """A change of a version. ``before`` is None if the call created it, ``after`` is None if the call deleted it.

    ``place`` is region, owner, domain and repository; ``timestamp`` is in milliseconds since the epoch. Has no
    reference that would keep an old state in memory.
    """

    place: tuple[str, ...]
    administrator: str
    package_key: str
    timestamp: int
    before: Version | None
    after: Version | None

    def each_change(self) -> Iterator[VersionChange]:
        """This change."""
        yield self


class Removal(NamedTuple):
    """A removal from a repository, with the plain entries of the removed records.

    Either some ``versions`` of a package were removed, or the package with all its versions (``versions`` is empty), or
    the repository with all its ``packages`` (``package`` is None). ``place`` and ``timestamp`` are as in
    :class:`VersionChange`. If ``disposes`` is true, only the assets of the versions were removed. Has no reference to
    other packages or versions, so it does not keep an old state in memory.
    """

    place: tuple[str, ...]
    administrator: str
    timestamp: int
    package: Entry | None
    versions: tuple[Entry, ...] = ()
    packages: Node = EMPTY
    disposes: bool = False

    def each_package(self) -> Iterator[tuple[Package, tuple[str, ...]]]:
        """The packages that were removed, in whole or in part, and the names of the removed versions."""
        if self.package is not None:
            package = Package._make(self.package)
            names = (entry[0] for entry in self.versions) if self.versions else package.version_names()
            yield package, tuple(names)
        for package in map(Package._make, tree.scan(self.packages)):
            yield package, tuple(package.version_names())

    def count_packages(self) -> int:
        """The number of packages that lost all or some versions."""
        return tree.size(self.packages) if self.package is None else 1

    def count_versions(self) -> int:
        """The number of removed versions."""
        if self.versions:
            return len(self.versions)
        packages = tree.scan(self.packages) if self.package is None else [self.package]
        return sum(tree.size(Package._make(entry).versions) for entry in packages)

    def removes(self, package_key: str | None, version: str | None) -> bool:
        """Whether the removal includes a version, if it existed: alone, with its package, or with its repository."""
        if self.package is None:
            return True
        has_version = not self.versions or any(entry[0] == version for entry in self.versions)
        return self.package[0] == package_key and has_version

    def each_change(self) -> Iterator[VersionChange]:
        """The changes of the versions of the package, one by one. The removal of a repository changes no version."""
        if self.package is not None:
            package = Package._make(self.package)
            for entry in self.versions or tree.scan(package.versions):
                before = Version._make((*entry, package.key))
                after = before.disposed(self.timestamp) if self.disposes else None
                yield VersionChange(self.place, self.administrator, package.key, self.timestamp, before, after)


Effect: TypeAlias = VersionChange | Removal
