"""Package records: origin configuration, and versions by name and by age."""

from __future__ import annotations

import functools
import heapq
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from ...names.packages import PackageId
from .. import tree
from ..tree import EMPTY, Node
from .versions import Version
from .vocabulary import ALLOW, BLOCK, PUBLISHED, STATUSES, Tags

if TYPE_CHECKING:
    from ...literals import OriginSwitch


class Origin(NamedTuple):
    """The origin configuration of a package: whether versions may be published or enter from upstream (rule K-7).

    Each is an ``OriginSwitch``: ``"ALLOW"`` or ``"BLOCK"``.
    """

    publish: OriginSwitch = ALLOW
    upstream: OriginSwitch = BLOCK


_origin = functools.cache(Origin)  # there are four, and a list of packages asks for many


class Package(NamedTuple):
    """A package record of one repository, perhaps without versions (rule K-5).

    ``display_name`` is the original spelling, None if it is the normalised one. ``publish`` and ``upstream`` are empty
    while a seeded record waits for its first version, which decides them (rule K-3). ``dist_tags`` are those of npm.
    ``by_age`` maps status and age to versions. It is empty for small packages, whose versions are sorted when needed.
    """

    key: str
    display_name: str | None
    publish: OriginSwitch | Literal[""]
    upstream: OriginSwitch | Literal[""]
    dist_tags: Tags = ()
    by_age: Node = EMPTY
    versions: Node = EMPTY

    @property
    def id(self) -> PackageId:
        """The coordinates, in the original spelling."""
        return PackageId.from_key(self.key, self.display_name or "")

    @property
    def origin(self) -> Origin:
        return _origin(self.publish or ALLOW, self.upstream or BLOCK)

    @property
    def origin_is_decided(self) -> bool:
        return bool(self.publish)

    def with_origin(self, origin: Origin) -> Package:
        return self._replace(publish=origin.publish, upstream=origin.upstream)

    def with_dist_tags(self, tags: Mapping[str, str | None]) -> Package:
        """The package with these npm dist-tags set. None removes a tag."""
        merged = {**dict(self.dist_tags), **tags}
        return self._replace(dist_tags=tuple((tag, version) for tag, version in merged.items() if version is not None))

    def version(self, name: str) -> Version | None:
        entry = tree.get(self.versions, name)
        return None if entry is None else Version._make((*entry, self.key))

    @property
    def newest(self) -> str | None:
        """The most recent Published version (rule L-6)."""
        return next((version.version for version in self.newest_first(PUBLISHED)), None)

    @property
    def default_display_version(self) -> str | None:
        """The default display version (rule L-6): npm's ``latest``, else the newest Published version."""
        tagged = self.version(dict(self.dist_tags).get("latest", ""))
        return tagged.version if tagged is not None and tagged.status == PUBLISHED else self.newest

    def newest_first(self, status: str | None = None, before: str | None = None) -> Iterator[Version]:
        """The versions by age, the most recent one first.

        :param status: restricts to versions of this status.
        :param before: restricts to versions older than this :attr:`Version.recency`.
        """
        by_age = self.by_age or _by_age(self.versions)
        # The map is sorted by status first, so the statuses are merged by age.
        statuses = STATUSES if status is None else (status,)
        for _, name in heapq.merge(*(_newest_first(by_age, one, before) for one in statuses), reverse=True):
            version = self.version(name)
            assert version is not None, "the two maps have the same versions"
            yield version

    def with_versions(self, versions: Node, before: Version | None, after: Version | None) -> Package:
        """The package after one version was added, replaced or removed.

        :param versions: all versions, after the change.
        :param before: that version before the change, None if it was added.
        :param after: that version after the change, None if it was removed.
        """
        if self.by_age and not tree.is_leaf(versions):
            others = self.by_age if before is None else tree.remove(self.by_age, before.age_entry[0])
            return self._replace(
                versions=versions, by_age=others if after is None else tree.put(others, after.age_entry)
            )
        return self._replace(versions=versions, by_age=ages_of(versions))

    def with_new_versions(self, added: Sequence[Version]) -> Package:
        """The package after many versions were added."""
        versions = tree.put_new(self.versions, sorted(version.entry for version in added))
        by_age = (
            tree.put_new(self.by_age, sorted(version.age_entry for version in added))
            if self.by_age
            else ages_of(versions)
        )
        return self._replace(versions=versions, by_age=by_age)

    @property
    def without_versions(self) -> tuple[object, ...]:
        """The entry of this package without its versions."""
        return (*self[:-2], EMPTY, EMPTY)

    def version_names(self) -> Iterator[str]:
        return (entry[0] for entry in tree.scan(self.versions))

    def each_version(self, start: str = "") -> Iterator[Version]:
        return (Version._make((*entry, self.key)) for entry in tree.scan(self.versions, start))


def ages_of(versions: Node) -> Node:
    """The :attr:`Package.by_age` of a package with these versions."""
    return EMPTY if tree.is_leaf(versions) else _by_age(versions)


def _by_age(versions: Node) -> Node:
    """A map of versions by status and age."""
    return tree.build(sorted(Version(*entry).age_entry for entry in tree.scan(versions)))


def _newest_first(by_age: Node, status: str, before: str | None) -> Iterator[tuple[str, str]]:
    """The recency and the name of versions of a status, the most recent one first."""
    of_status = f"{status}\0"
    below = tree.above(of_status) if before is None else f"{of_status}{before}"
    for key, name in tree.scan_back(by_age, below):
        if not key.startswith(of_status):
            return
        yield key[len(of_status) :], name
