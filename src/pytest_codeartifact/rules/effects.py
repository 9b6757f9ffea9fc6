"""What calls have done. Each operation records an effect once; deletions and events are derived from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from ..state import tree
from ..state.entities import Package, Version
from ..state.tree import EMPTY, Entry, Node


class VersionChange(NamedTuple):
    """What a call has done to a version: ``before`` is None when it made it, ``after`` when it deleted it.

    ``place`` is region, owner, domain and repository; ``moment`` is in milliseconds since the epoch. Holds no record
    that would keep a whole old state alive.
    """

    place: tuple[str, ...]
    administrator: str
    package_key: str
    timestamp: int
    before: Version | None
    after: Version | None

    def each_change(self) -> Iterator[VersionChange]:
        """This change alone."""
        yield self


class Removal(NamedTuple):
    """What a call has removed from a repository, as the plain entries that it was: some versions of a package; the
    package with all of them (``versions`` is empty); or (``package`` is None) the repository with all its packages.

    ``place`` and ``moment`` are as in :class:`VersionChange`. ``disposes`` tells that only the assets of the versions
    are gone. Holds no other version of the package, nor any other package.
    """

    place: tuple[str, ...]
    administrator: str
    timestamp: int
    package: Entry | None
    versions: tuple[Entry, ...] = ()
    packages: Node = EMPTY
    disposes: bool = False

    def each_package(self) -> Iterator[tuple[Package, tuple[str, ...]]]:
        """The packages that are gone, in whole or in part, and the names of the versions that went."""
        if self.package is not None:
            package = Package._make(self.package)
            names = (entry[0] for entry in self.versions) if self.versions else package.version_names()
            yield package, tuple(names)
        for package in map(Package._make, tree.scan(self.packages)):
            yield package, tuple(package.version_names())

    def removes(self, package_key: str | None, version: str | None) -> bool:
        """Whether it is this version, or the package with it, or the repository with that, that is gone."""
        if self.package is None:
            return True
        gone = not self.versions or any(entry[0] == version for entry in self.versions)
        return self.package[0] == package_key and gone

    def each_change(self) -> Iterator[VersionChange]:
        """What it means for the versions of the package, one by one; a removed repository changes no version."""
        if self.package is not None:
            package = Package._make(self.package)
            for entry in self.versions or tree.scan(package.versions):
                before = Version._make((*entry, package.key))
                after = before.disposed(self.timestamp) if self.disposes else None
                yield VersionChange(self.place, self.administrator, package.key, self.timestamp, before, after)


Effect: TypeAlias = VersionChange | Removal
