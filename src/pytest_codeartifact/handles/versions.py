"""Packages and their versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import SeedError
from ..journal.events import event_of
from ..names.packages import PackageId
from ..rules.effects import VersionChange
from ..state import spelling, tree
from ..state.entities import INTERNAL, PUBLISHED, AssetSummary, Dependency, License, Origin
from . import new_versions, timestamps, version_arguments
from .handle import Handle, pointer_of
from .mappings import Entities, NamedEntities
from .package_records import VersionKeywords

if TYPE_CHECKING:
    from ..literals import OriginType, VersionStatus


class Package(Handle):
    """A package of one repository."""

    __slots__ = ()

    @property
    def id(self) -> PackageId:
        """Its coordinates."""
        return self._pointer.id

    @property
    def origin(self) -> Origin:
        """Its origin configuration."""
        return self._pointer.package().origin

    @property
    def dist_tags(self) -> dict[str, str]:
        """npm's tags and their versions."""
        return dict(self._pointer.package().dist_tags)

    @property
    def default_display_version(self) -> str | None:
        """The default display version (rule L-6)."""
        return self._pointer.package().default_display_version

    def add_version(
        self,
        version: str,
        *,
        status: VersionStatus = PUBLISHED,
        published: timestamps.Timestamp | None = None,
        origin_type: OriginType = INTERNAL,
        entry_point: str | None = None,
        revision: str | None = None,
        assets: Mapping[str, bytes | AssetSummary] | None = None,
        display_name: str | None = None,
        summary: str | None = None,
        home_page: str | None = None,
        source_code_repository: str | None = None,
        licenses: Sequence[License | Mapping[str, str] | str] = (),
        readme: str | None = None,
        dependencies: Sequence[Dependency | Mapping[str, str]] = (),
        dist_tags: Sequence[str] = (),
        kept: Mapping[str, str] | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> Version:
        """Seed a version.

        In a public source, a version that exists already gets the new assets and attributes too, for example wheels
        that were added later (rule U-13). Elsewhere, use :meth:`.Version.add_asset`.

        :param status: a ``VersionStatus``. Not Deleted, which is the status of no stored version (rule S-1).
        :param published: the time of publication: an aware datetime, a timedelta before now, or a string such as
            "2026-01-31T12:00:00Z". Default: the time of the clock.
        :param origin_type: INTERNAL, EXTERNAL or UNKNOWN (rule S-4).
        :param entry_point: the repository it was published to, or the external connection it came through. Default:
            this repository, or the external connection of the format.
        :param revision: an opaque string of up to 50 characters. Default: derived from the content.
        :param assets: content by name, or an :class:`.AssetSummary` where the content will not be read. Default: the
            assets of a minimal package of the format, created when they are first read (rule F-11).
        :param dist_tags: npm's tags for this version: ``["latest"]``.
        :param kept: data of package managers that has no member in the API, as :meth:`.FakeCodeArtifact.dump` writes it
            (rule PM-55). It is content, and counts for the revision.
        :param notes: further data of package managers, which is not content.
        :raises SeedError: the version exists already, or an argument is not valid.
        """
        keywords = VersionKeywords(
            status=status,
            published=published,
            origin_type=origin_type,
            entry_point=entry_point,
            revision=revision,
            assets=assets,
            display_name=display_name,
            summary=summary,
            home_page=home_page,
            source_code_repository=source_code_repository,
            licenses=licenses,
            readme=readme,
            dependencies=dependencies,
            dist_tags=dist_tags,
            kept=kept,
            notes=notes,
        )
        return Version(new_versions.add(self._pointer, version, keywords))

    @property
    def versions(self) -> Entities[str, Version]:
        """The versions by name, in every status."""
        return _Versions(self._pointer)

    def __repr__(self) -> str:
        return f"<package {self.id!r} in {self._pointer.path[3]!r}>"


class Version(Handle):
    """A version of a package in one repository."""

    __slots__ = ()

    @property
    def package(self) -> Package:
        """The package it is a version of."""
        return Package(self._pointer.of_package)

    @property
    def version(self) -> str:
        """Its name, for example ``1.0``."""
        return self._pointer.path[5]

    @property
    def status(self) -> VersionStatus:
        """Published, Unfinished, Unlisted, Archived or Disposed."""
        return self._pointer.version().status

    @property
    def published(self) -> dt.datetime:
        """When it was published, in UTC (rule S-7). The current time for a version of a public source that has none."""
        return self._pointer.version().published_at or self._pointer.service.clock.now()

    @property
    def revision(self) -> str:
        """Its opaque revision (rule S-3)."""
        return self._pointer.version().revision(self._pointer.path[4])

    @property
    def origin_type(self) -> OriginType:
        """INTERNAL, EXTERNAL or UNKNOWN."""
        return self._pointer.version().entry_point.type

    @property
    def entry_point(self) -> str | None:
        """The repository it was first published to, or the external connection it came through (rule S-4)."""
        return self._pointer.version().entry_point.name

    @property
    def assets(self) -> Entities[str, bytes]:
        """The contents of its assets by name. Reading one without content raises :class:`.SeededWithoutContent`."""
        return _Assets(self._pointer)

    def add_asset(self, name: str, content: bytes | AssetSummary) -> Version:
        """Seed an asset that was added after the version. Adding the same asset again changes nothing.

        :raises SeedError: an asset of that name has other content, or the version cannot have the asset.
        """
        pointer = self._pointer
        addition = version_arguments.details(pointer.id, self.version, assets={name: content})
        with pointer.service.writing() as state:
            version = version_arguments.with_additions(pointer.id, pointer.version(), addition, state.removals)
            state.put_version(pointer.repository(), pointer.id.key, version)
        return self

    @property
    def display_name(self) -> str | None:
        """Its display name."""
        return self._pointer.version().details.display_name

    @property
    def summary(self) -> str | None:
        """Its summary."""
        return self._pointer.version().details.summary

    @property
    def home_page(self) -> str | None:
        """Its home page."""
        return self._pointer.version().details.home_page

    @property
    def source_code_repository(self) -> str | None:
        """The location of its source code."""
        return self._pointer.version().details.source_code_repository

    @property
    def licenses(self) -> list[License]:
        """Its licenses."""
        return list(self._pointer.version().details.each_license())

    @property
    def readme(self) -> str | None:
        """Its readme."""
        return self._pointer.version().details.readme

    @property
    def dependencies(self) -> list[Dependency]:
        """Its dependencies."""
        return list(self._pointer.version().details.each_dependency())

    def __repr__(self) -> str:
        return f"<version {self.version!r} of {self.package.id!r} in {self._pointer.path[3]!r}>"


class _Versions(NamedEntities[Version]):
    """The versions of a package."""

    _kind = "version"

    @property
    def _place(self) -> str:
        return f"{self._pointer.id!r} in repository {self._pointer.path[3]!r}"

    def _find(self, key: str) -> Version | None:
        stored = self._pointer.package().version(self._pointer.id.version_name(key))
        return None if stored is None else Version(self._pointer.under(stored.version))

    @property
    def _map(self) -> tree.Node:
        return self._pointer.package().versions


class _Assets(Entities[str, bytes]):
    """The contents of the assets of a version."""

    _kind = "asset"

    @property
    def _place(self) -> str:
        return f"version {self._pointer.path[5]!r} of {self._pointer.id!r}"

    def _find(self, key: str) -> bytes | None:
        asset = self._pointer.version().asset(key)
        return None if asset is None else asset.read()

    def _has(self, key: str) -> bool:  # reading the content of an asset that exists may fail
        return key in self._pointer.version().asset_names

    def _similar(self, key: str) -> Iterable[str]:
        return spelling.resembling(self._pointer.version().assets, key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pointer.version().asset_names)

    def __len__(self) -> int:
        return len(self._pointer.version().asset_names)


def creation_event(version: Version) -> dict[str, Any]:
    """See :meth:`.FakeCodeArtifact.event_for`."""
    pointer = pointer_of(version)
    if pointer.is_public:
        raise SeedError(f"{version!r} is in a public source, which sends no events. Fetch it into a repository first.")
    record, others = pointer.version(), pointer.package().each_version()
    published = pointer.service.clock.millis() if record.published is None else record.published
    administrator = pointer.repository().administrator
    change = VersionChange(pointer.path[:4], administrator, pointer.path[4], published, None, record)
    return event_of(change, sum(other.recency <= record.recency for other in others))
