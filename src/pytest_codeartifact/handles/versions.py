"""Packages and their versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import SeedError
from ..journal.events import event_of
from ..names.packages import PackageId
from ..rules import publication
from ..rules.effects import VersionChange
from ..state import entities, spelling, tree
from ..state.entities import INTERNAL, PUBLISHED, AssetSummary, Dependency, License, Origin
from . import arguments, timestamps
from .handle import Handle
from .mappings import Entities, check_str

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..literals import OriginType, VersionStatus


class Package(Handle):
    """A package of one repository."""

    __slots__ = ()

    @property
    def id(self) -> PackageId:
        """Its coordinates."""
        return PackageId.from_key(self._path[4])

    @property
    def origin(self) -> Origin:
        """Its origin configuration."""
        return self._package().origin

    @property
    def dist_tags(self) -> dict[str, str]:
        """npm's tags and their versions."""
        return dict(self._package().dist_tags)

    @property
    def default_display_version(self) -> str | None:
        """The default display version (rule L-6)."""
        return self._package().default_display_version

    def add_version(
        self,
        version: str,
        *,
        status: VersionStatus = PUBLISHED,
        published: timestamps.Moment | None = None,
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
        :param kept: texts of package managers that the API has no member for, as a dump writes them (rule
            PM-55); it is content and counts for the revision.
        :param notes: the same, for texts that do not belong to the content.
        :raises SeedError: the version exists already, or an argument is not valid.
        """
        return self._seed(
            version,
            status=status,
            published=published,
            origin_type=origin_type,
            entry_point=entry_point,
            revision=revision,
            dist_tags=dist_tags,
            assets=assets,
            display_name=display_name,
            summary=summary,
            home_page=home_page,
            source_code_repository=source_code_repository,
            licenses=licenses,
            readme=readme,
            dependencies=dependencies,
            kept=kept,
            notes=notes,
        )

    def _seed(
        self,
        version: str,
        *,
        replaces: bool = False,
        status: VersionStatus = PUBLISHED,
        published: timestamps.Moment | None = None,
        origin_type: OriginType = INTERNAL,
        entry_point: str | None = None,
        revision: str | None = None,
        assets: Mapping[str, bytes | AssetSummary] | None = None,
        dist_tags: Sequence[str] = (),
        kept: Mapping[str, str] | None = None,
        notes: Mapping[str, str] | None = None,
        **details: Unpack[arguments.VersionDetails],
    ) -> Version:
        """Seed a version; see :meth:`add_version`.

        :param replaces: one of that name may be there.
        """
        id = self.id
        name = arguments.version_name(id, version)
        tags = arguments.dist_tags(id, dist_tags)
        made = arguments.details(id, name, assets=assets, kept=kept, notes=notes, **details)
        with self._service.writing() as state:
            repository, there = self._repository(), self._package().version(name)
            if there is not None and not replaces and not (self._is_public and made.own_assets):
                raise SeedError(f"There is a version {name!r} of {id!r} already. Read it with versions[{name!r}].")
            record = arguments.version(
                id,
                name,
                repository,
                status=status,
                published=self._time(published),
                origin_type=origin_type,
                entry_point=entry_point,
                revision=revision,
                nonce=state.removals,
                details=made,
            )
            if there is not None and not replaces:
                record = arguments.grown(id, record._replace(plain_details=there.plain_details), made, state.removals)
                if published is None:
                    record = record._replace(published=there.published)
            publication.store(state, repository, id, record, dist_tags=dict.fromkeys(tags, name))
        return Version(self._service, *self._path, name)

    @property
    def versions(self) -> Entities[str, Version]:
        """The versions by name, in every status."""

        def find(name: str) -> Version | None:
            found = self._package().version(self.id.version_name(name))
            return None if found is None else Version(self._service, *self._path, found.version)

        return Entities(
            f"version of {self.id!r} in repository {self._path[3]!r}",
            lambda: self._package().version_names(),
            find,
            lambda: tree.size(self._package().versions),
            check_str,
            lambda name: spelling.resembling(self._package().versions, name),
        )

    @property
    def _is_public(self) -> bool:
        """Whether it is one of a public source, which is in no region."""
        return not self._path[0]

    def _time(self, published: timestamps.Moment | None) -> int | None:
        """When a version was published; None if its public source does not say."""
        if published is None and self._is_public:
            return None
        return timestamps.millis(published, self._service.clock.millis())

    def _package(self) -> entities.Package:
        found = self._repository().package(self._path[4])
        if found is None:
            what = f"package {self.id!r} in repository {self._path[3]!r}"
            self._gone(what, self._removing_call(self._path[4]))
        return found

    def __repr__(self) -> str:
        return f"<package {self.id!r} in {self._path[3]!r}>"


class Version(Handle):
    """A version of a package in one repository."""

    __slots__ = ()

    @property
    def package(self) -> Package:
        """The package it is a version of."""
        return Package(self._service, *self._path[:5])

    @property
    def version(self) -> str:
        """Its name, for example ``1.0``."""
        return self._path[5]

    @property
    def status(self) -> VersionStatus:
        """Published, Unfinished, Unlisted, Archived or Disposed."""
        return self._version().status

    @property
    def published(self) -> dt.datetime:
        """When it was published, in UTC (rule S-7). For a version in a public source without that time, now."""
        return self._version().published_at or self._service.clock.now()

    @property
    def revision(self) -> str:
        """Its opaque revision (rule S-3)."""
        return self._version().revision(self._path[4])

    @property
    def origin_type(self) -> OriginType:
        """INTERNAL, EXTERNAL or UNKNOWN."""
        return self._version().origin.type

    @property
    def entry_point(self) -> str | None:
        """The repository it was first published to, or the external connection it came through (rule S-4)."""
        origin = self._version().origin
        return origin.repository or origin.external_connection

    @property
    def assets(self) -> Entities[str, bytes]:
        """The contents of its assets by name. Reading one without content raises :class:`.SeededWithoutContent`."""

        def find(name: str) -> bytes | None:
            found = self._version().asset(name)
            return None if found is None else found.read()

        return Entities(
            f"asset of version {self.version!r} of {self.package.id!r}",
            lambda: self._version().asset_names,
            find,
            lambda: len(self._version().asset_names),
            check_str,
            lambda name: spelling.resembling(self._version().assets, name),
            has=lambda name: name in self._version().asset_names,
        )

    def add_asset(self, name: str, content: bytes | AssetSummary) -> Version:
        """Seed an asset that was added after the version. Adding the same asset again changes nothing.

        :raises SeedError: an asset of that name has other content, or the version cannot have the asset.
        """
        id = self.package.id
        given = arguments.details(id, self.version, assets={name: content})
        with self._service.writing() as state:
            state.put_version(self._repository(), id.key, arguments.grown(id, self._version(), given, state.removals))
        return self

    @property
    def display_name(self) -> str | None:
        """Its display name."""
        return self._version().details.display_name

    @property
    def summary(self) -> str | None:
        """Its summary."""
        return self._version().details.summary

    @property
    def home_page(self) -> str | None:
        """Its home page."""
        return self._version().details.home_page

    @property
    def source_code_repository(self) -> str | None:
        """The location of its source code."""
        return self._version().details.source_code_repository

    @property
    def licenses(self) -> list[License]:
        """Its licenses."""
        return [License._make(entry) for entry in self._version().details.licenses]

    @property
    def readme(self) -> str | None:
        """Its readme."""
        return self._version().details.readme

    @property
    def dependencies(self) -> list[Dependency]:
        """Its dependencies."""
        return [Dependency._make(entry) for entry in self._version().details.dependencies]

    def _creation_event(self) -> dict[str, Any]:
        """See :meth:`.FakeCodeArtifact.event_for`."""
        if not self._path[0]:
            raise SeedError(f"{self!r} is in a public source, which sends no events. Fetch it into a repository first.")
        version, older = self._version(), (other.recency for other in self.package._package().each_version())
        published = self._service.clock.millis() if version.published is None else version.published
        administrator = self._repository().administrator
        change = VersionChange(self._path[:4], administrator, self._path[4], published, None, version)
        return event_of(change, sum(recency <= version.recency for recency in older))

    def _version(self) -> entities.Version:
        found = self.package._package().version(self.version)
        if found is None:
            what = f"version {self.version!r} of {self.package.id!r} in repository {self._path[3]!r}"
            self._gone(what, self._removing_call(*self._path[4:]))
        return found

    def __repr__(self) -> str:
        return f"<version {self.version!r} of {self.package.id!r} in {self._path[3]!r}>"
