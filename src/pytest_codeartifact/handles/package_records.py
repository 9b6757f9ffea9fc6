"""Builds the records of packages with all their versions at once, so that seeds of any size take linear time.

A version is given as in a seed file: its name, or a table with the keywords of :meth:`.Package.add_version`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from ..errors import SeedError, shown
from ..names.packages import PackageId
from ..rules.origins import default_origin, restriction_of
from ..state import entities, tree
from ..state.entities import Origin
from . import arguments, timestamps, version_arguments
from .pointer import Pointer

if TYPE_CHECKING:
    from ..literals import OriginType, VersionStatus


class VersionKeywords(version_arguments.AllDetails, total=False):
    """The keywords of :meth:`.Package.add_version`, which documents them."""

    status: VersionStatus
    published: timestamps.Timestamp | None
    origin_type: OriginType
    entry_point: str | None
    revision: str | None
    dist_tags: Sequence[str]


Table: TypeAlias = Mapping[str, Any]
"""The keywords of :meth:`.Package.add_version` for one version."""

Versions: TypeAlias = Iterable[str | Table] | Mapping[str, Table]
"""Versions of a package: their names, tables with the key ``version``, or tables by name."""

_OF_THE_RECORD = ("status", "origin_type", "entry_point", "revision")
_UNDECIDED: tuple[Literal[""], Literal[""]] = ("", "")
"""The origin configuration of a package that waits for its first version, which decides it (rule K-3)."""

_MAX_SHARED = 10_000
"""The maximum number of shared plain versions, to limit the memory for a seed in which all differ."""


class NewVersion(NamedTuple):
    """A version to be stored: a map with its entry alone, its name, its origin type, and npm's tags for it."""

    leaf: tree.Node
    name: str
    origin_type: OriginType
    tags: tuple[str, ...] = ()

    def record(self, package_key: str) -> entities.Version:
        """The version as a version of this package."""
        return entities.Version._make((*self.leaf[0], package_key))

    def published_at(self, millis: int | None) -> NewVersion:
        """The version with another time of publication."""
        entry = entities.Version(*self.leaf[0])._replace(published=millis).entry
        return self._replace(leaf=(entry,))


class Contents(NamedTuple):
    """The versions of a package, shared by packages with equal ones: the maps of the record, and the first version."""

    by_age: tree.Node
    versions: tree.Node
    tags: entities.Tags
    first: NewVersion | None


NOTHING = Contents(tree.EMPTY, tree.EMPTY, (), None)
"""The contents of a package without versions."""


def tables(id: PackageId, versions: Versions) -> Iterator[tuple[str, Table]]:
    """The names and keywords of versions, as they are given.

    :raises SeedError: one is neither a string nor a table, or the list is a string.
    """
    if isinstance(versions, (str, bytes)) or not isinstance(versions, Iterable):
        instead = f" Write versions=[{shown(versions)}]." if isinstance(versions, str) else ""
        raise SeedError(f"The versions of {id!r} must be a list or a mapping, not {shown(versions)}.{instead}")
    if isinstance(versions, Mapping):
        yield from (_named(name, table) for name, table in versions.items())
        return
    for version in versions:
        yield (version, {}) if isinstance(version, str) else _with_name(version)


def _named(name: str, table: object) -> tuple[str, Table]:
    if not isinstance(table, Mapping):
        raise SeedError(
            f"Version {shown(name)} must be described by a table, not {shown(table)}. "
            f"Write for example {{{shown(name)}: {{'published': '90 days ago'}}}}."
        )
    if "version" in table:
        raise SeedError(f"Version {shown(name)} is named by its key already. Leave out 'version' in its table.")
    return name, table


def _with_name(version: object) -> tuple[str, Table]:
    if isinstance(version, (int, float)) and not isinstance(version, bool):
        raise SeedError(f"A version must be a string or a table, not {version!r}. Write '{version!r}' in quotes.")
    if not isinstance(version, Mapping):
        raise SeedError(
            f"A version must be a string, or a table such as {{'version': '1.0', 'published': '90 days ago'}}, "
            f"not {shown(version)}."
        )
    if "version" not in version:
        raise SeedError(f"The key 'version' is missing in {shown(dict(version))}. Write for example 'version': '1.0'.")
    return version["version"], {key: value for key, value in version.items() if key != "version"}


class PackageRecords:
    """Makes new package records for one repository or public source.

    Equal parts are shared by the records, mostly versions.

    :param holder: the repository or public source.
    """

    def __init__(self, holder: Pointer) -> None:
        self._domain, self._repository = holder.domain(), holder.repository()
        self._place, self._only_format = holder.place, holder.only_format
        self._clock = holder.service.clock.millis()
        # A public source does not say when its versions were published: they get the time of the ingestion (rule S-7).
        self._now = None if holder.is_public else self._clock
        self._nonce = holder.service.state.removals  # see entities.Version
        self._has_one_group = tree.size(self._domain.groups) == 1
        self._origins: dict[tuple[str, str], Origin] = {}
        self._plain: dict[tuple[str, str], NewVersion] = {}
        self._keys: set[str] = set()

    def check_new(self, id: PackageId) -> None:
        """Refuse a package that exists, was checked before, or has another format than the public source.

        :raises SeedError: it is one of these; the message says how to read an existing one.
        """
        if self._only_format not in (None, id.format):
            name, format = self._repository.name, self._only_format
            raise SeedError(f"{name!r} has {format} packages only, so it cannot have {id!r}.")
        key = id.key
        if key in self._keys:
            raise SeedError(f"There is a package {id!r} in {self._place} already. It is given more than once.")
        # An empty repository is the usual case, and a look-up for each of a million packages takes time.
        if self._repository.packages and self._repository.package(key) is not None:
            raise SeedError(f"There is a package {id!r} in {self._place} already. Read it with packages[{id!r}].")
        self._keys.add(key)

    def version(self, id: PackageId, given: str, table: Table) -> NewVersion:
        """A version, from its name and keywords.

        :raises SeedError: it is not valid.
        """
        if not table:
            return self._plain_version(id, given)
        if table.keys() == {"published"}:  # most versions of large seeds
            return self._plain_version(id, given).published_at(self._time(table["published"]))
        return self._version(id, given, table)

    def _plain_version(self, id: PackageId, given: str) -> NewVersion:
        shared = self._plain.get((id.format, given)) if isinstance(given, str) else None
        if shared is None:
            shared = self._version(id, given, {})
            if len(self._plain) >= _MAX_SHARED:
                self._plain.clear()
            self._plain[id.format, given] = shared
        return shared

    def _time(self, published: timestamps.Timestamp | None) -> int | None:
        return self._now if published is None else timestamps.millis(published, self._clock)

    def _version(self, id: PackageId, given: str, table: Table) -> NewVersion:
        arguments.check_keywords("A version", table, VersionKeywords.__annotations__)
        name = arguments.version_name(id, given)
        keywords = dict(table)
        published = self._time(keywords.pop("published", None))
        own = {key: keywords.pop(key) for key in _OF_THE_RECORD if key in keywords}
        tags = arguments.dist_tags(id, keywords.pop("dist_tags", ()))
        record = version_arguments.version(
            id,
            name,
            self._repository,
            published=published,
            nonce=self._nonce,
            details=version_arguments.details(id, name, **keywords),
            **own,
        )
        return NewVersion((record.entry,), name, record.entry_point.type, tags)

    def contents(self, id: PackageId, versions: Versions) -> Contents:
        """The contents of a package that has these versions.

        :raises SeedError: a version is not valid or given twice.
        """
        new_versions: dict[str, NewVersion] = {}
        for name, table in tables(id, versions):
            add(new_versions, id, self.version(id, name, table))
        return contents(new_versions)

    def package(
        self,
        id: PackageId,
        contents: Contents,
        origin: Origin | None = None,
        dist_tags: Mapping[str, str] | None = None,
    ) -> entities.Package:
        """A package with these contents. The first version decides its default origin configuration (rule K-3).

        :raises SeedError: a tag points to a name that is not a valid version.
        """
        by_age, versions, tags, first = contents
        if dist_tags:
            tags = _tagged(id, contents, dist_tags)
        publish, upstream = origin or (_UNDECIDED if first is None else self._origin(id, first.origin_type))
        return entities.Package(id.key, id.other_spelling, publish, upstream, tags, by_age, versions)

    def _origin(self, id: PackageId, type: OriginType) -> Origin:
        if not self._has_one_group:
            return default_origin(self._domain, id, restriction_of(type))
        if (id.format, type) not in self._origins:
            self._origins[id.format, type] = default_origin(self._domain, id, restriction_of(type))
        return self._origins[id.format, type]


def add(versions: dict[str, NewVersion], id: PackageId, new: NewVersion) -> None:
    """Add a version to those of a package, by its name.

    :raises SeedError: one of its name is among them.
    """
    if new.name in versions:
        raise SeedError(f"There is a version {new.name!r} of {id!r} already. It is given more than once.")
    versions[new.name] = new


def contents(versions: Mapping[str, NewVersion]) -> Contents:
    """The contents of a package that has these versions."""
    if not versions:
        return NOTHING
    node = _map_of(versions)
    tags = {tag: version.name for version in versions.values() for tag in version.tags}
    return Contents(entities.ages_of(node), node, tuple(tags.items()), next(iter(versions.values())))


def _map_of(versions: Mapping[str, NewVersion]) -> tree.Node:
    if len(versions) == 1:
        return next(iter(versions.values())).leaf
    return tree.build(versions[name].leaf[0] for name in sorted(versions))


def _tagged(id: PackageId, contents: Contents, given: Mapping[str, str]) -> entities.Tags:
    """Merge the dist-tags of a package into those of its versions. A tag may wait for a version that is added later."""
    arguments.dist_tags(id, list(given))
    for tag, name in given.items():
        if not isinstance(name, str) or id.objection_to(name) is not None:
            raise SeedError(
                f"The dist-tag {shown(tag)} of {id!r} points to {shown(name)}, which cannot be a version of it. Write "
                f"a version such as '1.0.0'; it may be added later."
            )
    return tuple({**dict(contents.tags), **given}.items())
