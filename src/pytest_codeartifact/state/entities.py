"""The entities of CodeArtifact, as immutable records.

The first field of each is its key in the map that holds it. Packages and versions exist by the million, so the maps
hold them as exact tuples of plain values, which become records again at each read (see :mod:`.tree`). Timestamps are
milliseconds since the epoch.
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import heapq
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from ..clock import from_millis
from ..errors import SeededWithoutContent
from ..names.maven_snapshots import default_assets
from ..names.packages import MAVEN_METADATA, PackageId
from . import tree
from .tree import EMPTY, Node

if TYPE_CHECKING:
    from ..literals import ExternalConnection, OriginSwitch, OriginType, RestrictionMode, RestrictionType, VersionStatus

_BEFORE_ALL = 1 << 46  # milliseconds, added to each timestamp so that none is negative
_AFTER_ALL = 1 << 55  # in place of an unknown time of publication

Tags = tuple[tuple[str, str], ...]

PUBLISHED: Final = "Published"
UNFINISHED: Final = "Unfinished"
UNLISTED: Final = "Unlisted"
ARCHIVED: Final = "Archived"
DISPOSED: Final = "Disposed"
DELETED: Final = "Deleted"
STATUSES: tuple[VersionStatus, ...] = (PUBLISHED, UNFINISHED, UNLISTED, ARCHIVED, DISPOSED)
"""The statuses of stored versions."""

INTERNAL: Final = "INTERNAL"
EXTERNAL: Final = "EXTERNAL"
UNKNOWN: Final = "UNKNOWN"

ALLOW: Final = "ALLOW"
BLOCK: Final = "BLOCK"
ALLOW_SPECIFIC_REPOSITORIES: Final = "ALLOW_SPECIFIC_REPOSITORIES"
INHERIT: Final = "INHERIT"
"""The last two are modes that only the restrictions of package groups have."""

RESTRICTIONS: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")
"""The restrictions of a package group (rule G-13)."""


class Origin(NamedTuple):
    """The origin configuration of a package: whether versions may be published or enter from upstream (rule K-7).

    Each is an ``OriginSwitch``: ``"ALLOW"`` or ``"BLOCK"``.
    """

    publish: OriginSwitch = ALLOW
    upstream: OriginSwitch = BLOCK


_origin = functools.cache(Origin)  # there are four, and a list asks for one of each of its packages


class Policy(NamedTuple):
    """A permissions policy: the unmodified document, and its opaque revision."""

    revision: str
    document: str


class Upstream(NamedTuple):
    """A reference to a repository of the same domain, by name and by identity (rule R-8)."""

    name: str
    uid: int


class EntryPoint(NamedTuple):
    """How a version first entered its domain (rule S-4): published to a repository, or through a connection."""

    type: OriginType = INTERNAL
    repository: str | None = None
    external_connection: str | None = None


DEFAULT_ASSETS: Node = ("default",)
"""A marker for the default assets of a version: those that its package manager uploads, built when first read."""


class AssetSummary(NamedTuple):
    """An asset that is seeded without content: its size in bytes, and its hashes in lower-case hexadecimal."""

    size: int
    sha256: str
    sha1: str | None = None
    md5: str | None = None
    sha512: str | None = None


class Asset(NamedTuple):
    """An asset. If it was seeded without content, ``content`` has the fields of its summary."""

    name: str
    sha256: str
    content: bytes | tuple[Any, ...]

    @property
    def known(self) -> bytes | AssetSummary:
        """The content, or the summary if it was seeded without content."""
        return self.content if isinstance(self.content, bytes) else AssetSummary._make(self.content)

    @property
    def size(self) -> int:
        return self.known.size if isinstance(self.known, AssetSummary) else len(self.known)

    @property
    def summary(self) -> AssetSummary:
        known = self.known
        if isinstance(known, AssetSummary):
            return known
        md5, sha1 = (hashlib.new(name, known, usedforsecurity=False).hexdigest() for name in ("md5", "sha1"))
        return AssetSummary(len(known), self.sha256, sha1, md5, hashlib.sha512(known).hexdigest())

    def read(self) -> bytes:
        """The content.

        :raises SeededWithoutContent: the asset was seeded without content.
        """
        if not isinstance(self.content, bytes):
            raise SeededWithoutContent(
                f"The asset {self.name!r} was seeded without content, with its size and hashes only, so it cannot be "
                f"read. Seed it with its bytes: assets={{{self.name!r}: b'...'}}."
            )
        return self.content


class Dependency(NamedTuple):
    """A dependency of a version. ``dependency_type`` is one of the format's (rule A-8), None if it has none."""

    package: str
    version_requirement: str
    dependency_type: str | None = None
    namespace: str | None = None


class License(NamedTuple):
    """A licence of a version."""

    name: str
    url: str | None = None


class Details(NamedTuple):
    """The metadata and the assets of a version. Most versions of a large seed have none.

    ``kept`` and ``notes`` map names to texts that the protocols of package managers need, and the API has no members
    for (rule PM-55). ``kept`` is content and part of the revision, ``notes`` are not.
    """

    display_name: str | None = None
    summary: str | None = None
    home_page: str | None = None
    source_code_repository: str | None = None
    licenses: tuple[License, ...] = ()
    readme: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    kept: Node = EMPTY
    assets: Node = EMPTY
    notes: Node = EMPTY

    def updated(self, news: Details) -> Details:
        """The details with all fields of ``news`` that are set in place of the previous ones."""
        updates = {name: value for name, value in news._asdict().items() if value != getattr(NO_DETAILS, name)}
        return self._replace(**updates, kept=self.kept, notes=self.notes).with_texts_of(news)

    def with_texts_of(self, news: Details) -> Details:
        """The details with the texts of another one added, or replaced if their names exist."""
        return self._replace(kept=_merged(self.kept, news.kept), notes=_merged(self.notes, news.notes))

    def keeping(self, texts: Mapping[str, str | None]) -> Details:
        """The details with these texts kept. None removes one."""
        return self._replace(kept=_with_texts(self.kept, texts))

    def noting(self, texts: Mapping[str, str | None]) -> Details:
        """The details with these notes. None removes one."""
        return self._replace(notes=_with_texts(self.notes, texts))

    def with_assets(self, entries: Iterable[tuple[object, ...]]) -> Details:
        """The details with these assets added, or replaced if their names exist."""
        node = self.assets
        for entry in entries:
            node = tree.put(node, tuple(entry))
        return self._replace(assets=node)

    @property
    def metadata(self) -> tuple[object, ...]:
        """The content without the assets: the fields of the API and the kept texts."""
        *fields, kept, _, _ = self
        return (*fields, *tree.scan(kept))

    @property
    def own_assets(self) -> Node:
        """The assets that were seeded or published, without default assets."""
        return EMPTY if self.assets == DEFAULT_ASSETS else self.assets


NO_DETAILS = Details()
_DEFAULT_DETAILS = Details(assets=DEFAULT_ASSETS)


class Version(NamedTuple):
    """One version of a package in one repository.

    ``revised`` is the seeded revision (a str), or a number that goes into the revision, so that a re-created version
    has another one. ``published`` is None in a public source without times of publication. ``package_key`` is not
    stored, because the package has it (see :attr:`entry`).
    """

    version: str
    status: VersionStatus
    published: int | None
    entry_point: tuple[OriginType, str | None, str | None]
    revised: str | int
    plain_details: tuple[object, ...] | None
    package_key: str = ""

    @property
    def entry(self) -> tuple[object, ...]:
        """The tuple that is stored."""
        return self[:-1]

    @property
    def details(self) -> Details:
        return NO_DETAILS if self.plain_details is None else Details._make(self.plain_details)

    @property
    def assets(self) -> Node:
        if not self.has_default_assets:
            return self.details.assets
        return _default_assets(self.package_key, self.version, self.status == UNFINISHED)

    @property
    def has_default_assets(self) -> bool:
        return self.plain_details is not None and self.details.assets == DEFAULT_ASSETS

    @property
    def asset_names(self) -> tuple[str, ...]:
        """The names of the assets in order. Does not build default assets."""
        if self.has_default_assets:
            return _default_names(self.package_key, self.version, self.status == UNFINISHED)
        return tuple(entry[0] for entry in tree.scan(self.assets))

    @property
    def full_details(self) -> Details:
        """The details with default assets as real ones, so that further assets do not replace them."""
        return self.details._replace(assets=self.assets)

    @property
    def content(self) -> tuple[tuple[object, ...], tuple[tuple[str, str], ...]]:
        """The metadata, and the names and SHA-256 hashes of the assets in order of their names, for comparisons."""
        return self.details.metadata, tuple((asset[0], asset[1]) for asset in tree.scan(self.assets))

    @property
    def origin(self) -> EntryPoint:
        return EntryPoint._make(self.entry_point)

    @property
    def published_at(self) -> dt.datetime | None:
        """The time of publication in UTC, None if unknown."""
        return None if self.published is None else from_millis(self.published)

    @property
    def recency(self) -> str:
        """A text that sorts versions by age. Of versions of the same millisecond, the higher number is more recent.

        It is unique within a package, so the order never depends on the order of insertion.
        """
        since = _AFTER_ALL if self.published is None else self.published + _BEFORE_ALL
        return f"{since:014x}{_numbers(self.version)}{self.version}"

    @property
    def aged(self) -> tuple[str, str]:
        """The entry in the map of a package's versions by age."""
        return f"{self.status}\0{self.recency}", self.version

    def with_details(self, details: Details) -> Version:
        plain = None if details == NO_DETAILS else _DEFAULT_PLAIN if details == _DEFAULT_DETAILS else _plain(details)
        return self._replace(plain_details=plain)

    def changed_to(self, details: Details, nonce: int) -> Version:
        """The version with changed details. A seeded revision is replaced if the content changes (rule S-3)."""
        changed = self.with_details(details)
        if changed.content == self.content:
            return self.with_details(self.details._replace(notes=details.notes))
        return changed._replace(revised=nonce) if isinstance(self.revised, str) else changed

    def moved_to(self, status: VersionStatus, now: int) -> Version:
        """The version in another status. When it leaves Unfinished, it gets its time of publication (rule S-7)."""
        return self._replace(status=status, published=now if self.status == UNFINISHED != status else self.published)

    def disposed(self, now: int) -> Version:
        """The version as Disposed, without assets. The revision stays (rule S-3)."""
        without_assets = self.with_details(self.details._replace(assets=EMPTY))
        return without_assets.moved_to(DISPOSED, now)._replace(revised=self.revision(self.package_key))

    def revision(self, package_key: str) -> str:
        """Base64 of 32 bytes that depend on assets and metadata, but not on the status (rule S-3)."""
        if isinstance(self.revised, str):
            return self.revised
        metadata, assets = (self.details.metadata, ()) if self.has_default_assets else self.content
        content = repr((package_key, self.version, metadata, assets, self.revised))
        return base64.b64encode(hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()).decode()

    def asset(self, name: str) -> Asset | None:
        entry = tree.get(self.assets, name)
        return None if entry is None else Asset._make(entry)

    def each_asset(self) -> Iterator[Asset]:
        """The assets by name."""
        return map(Asset._make, tree.scan(self.assets))

    def kept(self, name: str) -> str | None:
        """A kept text of the version, see :class:`Details`."""
        return text_of(self.details.kept, name)

    def note(self, name: str) -> str | None:
        """A note on the version, see :class:`Details`."""
        return text_of(self.details.notes, name)


class Package(NamedTuple):
    """A package record of one repository, perhaps without versions (rule K-5).

    ``display_name`` is the original spelling, None if it is the normalised one. ``publish`` and ``upstream`` are empty
    while a seeded record waits for its first version, which decides them (rule K-3). ``dist_tags`` are those of npm.
    ``ages`` maps status and age to versions. It is empty while all versions fit into one leaf, which is quickly sorted.
    """

    key: str
    display_name: str | None
    publish: OriginSwitch | Literal[""]
    upstream: OriginSwitch | Literal[""]
    dist_tags: Tags = ()
    ages: Node = EMPTY
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
        ages = self.ages or ages_of(self.versions)
        statuses = STATUSES if status is None else (status,)
        for _, name in heapq.merge(*(_newest_first(ages, one, before) for one in statuses), reverse=True):
            version = self.version(name)
            assert version is not None, "the two maps have the same versions"
            yield version

    def with_versions(self, versions: Node, before: Version | None, after: Version | None) -> Package:
        """The package after one version was added, replaced or removed.

        :param versions: all versions, after the change.
        :param before: that version before the change, None if it was added.
        :param after: that version after the change, None if it was removed.
        """
        if self.ages and not tree.is_leaf(versions):
            others = self.ages if before is None else tree.remove(self.ages, before.aged[0])
            return self._replace(versions=versions, ages=others if after is None else tree.put(others, after.aged))
        return self._replace(versions=versions, ages=EMPTY if tree.is_leaf(versions) else ages_of(versions))

    @property
    def without_versions(self) -> tuple[object, ...]:
        """The entry of this package without its versions."""
        return (*self[:-2], EMPTY, EMPTY)

    def version_names(self) -> Iterator[str]:
        return (entry[0] for entry in tree.scan(self.versions))

    def each_version(self, start: str = "") -> Iterator[Version]:
        return (Version._make((*entry, self.key)) for entry in tree.scan(self.versions, start))


class Repository(NamedTuple):
    name: str
    region: str
    owner: str
    domain: str
    uid: int
    administrator: str
    created: int
    description: str | None = None
    upstreams: tuple[Upstream, ...] = ()
    external_connection: ExternalConnection | None = None
    tags: Tags = ()
    policy: Policy | None = None
    packages: Node = EMPTY  # the last one, see with_packages

    def with_packages(self, packages: Node) -> Repository:
        """The repository with other packages. Each write of a package calls this, and ``_replace`` is slower."""
        return Repository._make((*self[:-1], packages))

    @property
    def place(self) -> tuple[str, ...]:
        """Region, owner, domain and name. The tuple is cached, so that many references share it."""
        return _place(self.region, self.owner, self.domain, self.name)

    @property
    def domain_key(self) -> str:
        return domain_key(self.region, self.owner, self.domain)

    def package(self, key: str) -> Package | None:
        entry = tree.get(self.packages, key)
        return None if entry is None else Package._make(entry)


class Group(NamedTuple):
    """A package group. Modes and allowed repositories are by restriction type.

    ``folded`` is the pattern without the variations that matching ignores (rule G-7).
    """

    pattern: str
    created: int
    folded: str
    modes: dict[str, RestrictionMode]
    allowed: dict[str, frozenset[str]]
    contact_info: str | None = None
    description: str | None = None
    tags: Tags = ()

    @property
    def all_allowed(self) -> frozenset[str]:
        """The repositories on any of its lists."""
        return frozenset().union(*self.allowed.values())


class Domain(NamedTuple):
    """A domain with its groups, repositories and assets.

    ``folded_groups`` maps folded patterns to groups, ``allowing_groups`` the repositories on their lists. ``assets``
    counts the references to each content: (sha256, size, references).
    """

    key: str
    region: str
    owner: str
    name: str
    created: int
    encryption_key: str
    tags: Tags = ()
    policy: Policy | None = None
    groups: Node = EMPTY
    folded_groups: Node = EMPTY
    allowing_groups: Node = EMPTY
    assets: Node = EMPTY
    asset_bytes: int = 0
    repositories: Node = EMPTY  # the last one, see with_repository

    def with_repository(self, repository: Repository) -> Domain:
        """The domain with this repository added, or replacing the one of its name."""
        return Domain._make((*self[:-1], tree.put(self.repositories, repository)))

    def repository(self, name: str) -> Repository | None:
        entry = tree.get(self.repositories, name)
        assert entry is None or isinstance(entry, Repository)
        return entry

    def patterns_that_allow(self, repository: str) -> list[str]:
        """The groups that have a repository on one of their lists."""
        return [entry[1] for entry in tree.scan_prefix(self.allowing_groups, f"{repository}\0")]

    def patterns_that_fold_to(self, folded: str) -> Iterator[str]:
        return (entry[1] for entry in tree.scan_prefix(self.folded_groups, f"{folded}\0"))

    def group(self, pattern: str) -> Group | None:
        entry = tree.get(self.groups, pattern)
        assert entry is None or isinstance(entry, Group)
        return entry


class Grant(NamedTuple):
    """The permission of an authorization token: its domain, the caller it was issued to, and its expiration.

    ``digest`` is the SHA-256 of the token. The token itself is not stored.
    """

    digest: str
    domain_key: str
    account: str
    region: str
    expiration: int


def digest_of(token: str) -> str:
    """The key of a :class:`Grant`."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def text_of(texts: Node, name: str) -> str | None:
    """A text of a map of texts."""
    entry = tree.get(texts, name)
    return None if entry is None else entry[1]


def texts(given: Mapping[str, str]) -> Node:
    """A map of texts, see :class:`Details`."""
    return tree.build(sorted(given.items()))


def _merged(texts: Node, others: Node) -> Node:
    for entry in tree.scan(others):
        texts = tree.put(texts, entry)
    return texts


def _with_texts(texts: Node, changed: Mapping[str, str | None]) -> Node:
    for name, text in changed.items():
        if text is not None:
            texts = tree.put(texts, (name, text))
        elif tree.get(texts, name) is not None:
            texts = tree.remove(texts, name)
    return texts


def allowing_entry(repository: str, pattern: str) -> tuple[str, str]:
    """The entry of a group in the map that finds it by a repository on its lists."""
    return f"{repository}\0{pattern}", pattern


def folded_entry(group: Group) -> tuple[str, str]:
    """The entry of a group in the map of folded patterns."""
    return f"{group.folded}\0{group.pattern}", group.pattern


def domain_key(region: str, owner: str, name: str) -> str:
    return f"{region}\0{owner}\0{name}"


def _plain(record: tuple[object, ...]) -> tuple[object, ...]:
    """The record as nested exact tuples, which the garbage collector stops tracking."""
    return tuple(_plain(item) if isinstance(item, tuple) else item for item in record)


@functools.lru_cache(maxsize=256)
def _place(*names: str) -> tuple[str, ...]:
    return names


def ages_of(versions: Node) -> Node:
    """A map of versions by status and age."""
    return tree.build(sorted(Version(*entry).aged for entry in tree.scan(versions)))


def _newest_first(ages: Node, status: str, before: str | None) -> Iterator[tuple[str, str]]:
    """The recency and the name of versions of a status, the most recent one first."""
    of_status = f"{status}\0"
    below = tree.above(of_status) if before is None else f"{of_status}{before}"
    for key, name in tree.scan_back(ages, below):
        if not key.startswith(of_status):
            return
        yield key[len(of_status) :], name


@functools.lru_cache(maxsize=4096)
def _numbers(version: str) -> str:
    """A text that sorts like the numbers in a version."""
    parts = [(str(int(number or 0)), text) for text, number in re.findall(r"(\D*)(\d*)", version)]
    return "".join(f"{len(number):02x}{number}{text}\0" for number, text in parts)


def asset_entry(name: str, content: bytes) -> Asset:
    return Asset(name, hashlib.sha256(content).hexdigest(), content)


def summary_entry(name: str, summary: AssetSummary) -> Asset:
    """An asset without content."""
    return Asset(name, summary.sha256, tuple(summary))


def _default_names(package_key: str, version: str, unfinished: bool) -> tuple[str, ...]:
    """The names of the assets that a package manager uploads. An Unfinished Maven version lacks metadata (rule F-9)."""
    names = default_assets(PackageId.from_key(package_key), version)
    return tuple(sorted(name for name in names if not (unfinished and name == MAVEN_METADATA)))


@functools.lru_cache(maxsize=256)
def _default_assets(package_key: str, version: str, unfinished: bool) -> Node:
    from . import minimal_packages  # here, because it needs archives and XML, and most tests read no asset

    id = PackageId.from_key(package_key)
    names = _default_names(package_key, version, unfinished)
    return tree.build([tuple(asset_entry(name, minimal_packages.content(id, version, name))) for name in names])


_DEFAULT_PLAIN = _plain(_DEFAULT_DETAILS)
