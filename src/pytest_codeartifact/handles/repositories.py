"""Repositories, and the public sources behind external connections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from .. import collector
from ..clock import from_millis
from ..errors import CodeArtifactPluginError, SeedError, shown
from ..http import Caller
from ..journal import snapshots
from ..journal.journal import Journal
from ..journal.removal_sets import RemovalQuery, RemovalSet, check_package_id, check_version_id
from ..names import maven_snapshots
from ..names.packages import PackageId
from ..rules import arns, publication, retention
from ..rules.repository_package import RepositoryPackage
from ..service import Service
from ..state import entities, spelling, tree
from ..state.entities import Origin
from . import arguments, asset_arguments, version_arguments
from .handle import Handle
from .mappings import Entities
from .package_records import Contents, PackageRecords, Versions
from .pointer import Pointer
from .versions import Package, Version

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..literals import ExternalConnection, OperationName


class _Packages(Entities[PackageId, Package]):
    """The packages of a source."""

    _kind = "package"

    @property
    def _place(self) -> str:
        return self._pointer.place

    def _check(self, key: object) -> None:
        check_package_id(key)

    def _find(self, key: PackageId) -> Package | None:
        package = self._pointer.repository().package(key.key)
        return None if package is None else Package(self._pointer.under(key.key))

    def _similar(self, key: PackageId) -> Iterable[PackageId]:
        return map(PackageId.from_key, spelling.resembling(self._pointer.repository().packages, key.key))

    def __iter__(self) -> Iterator[PackageId]:
        return (package.id for package in self._pointer.repository().each_package())

    def __len__(self) -> int:
        return tree.size(self._pointer.repository().packages)


class PackageSource(Handle):
    """A source of packages: a repository, or a public source."""

    __slots__ = ()

    def add_package(
        self,
        id: PackageId,
        versions: Versions = (),
        origin: Origin | Mapping[str, str] | None = None,
        *,
        dist_tags: Mapping[str, str] | None = None,
    ) -> Package:
        """Seed a package with its versions.

        :param versions: names, tables with the keywords of :meth:`.Package.add_version` (``{"version": "1.0",
            "published": "90 days ago"}``), or a mapping of names to such tables. A name alone is a version that is
            Published now and has the assets of rule F-11.
        :param origin: its origin configuration. Default: the service's, which depends on how the first version was
            published (rule K-3).
        :param dist_tags: npm's tags and their versions: ``{"latest": "1.0.0"}``. A version may be added later.
        :raises SeedError: the package exists already, or a version is not valid or given twice.
        """
        arguments.package_id(id)
        switches = None if origin is None else arguments.origin(origin)
        with collector.paused(), self._pointer.service.writing() as state:
            records = PackageRecords(self._pointer)
            records.check_new(id)
            package = records.package(id, records.contents(id, versions), switches, dist_tags)
            state.put_packages(self._pointer.repository(), [package])
        return Package(self._pointer.under(id.key))

    def add_packages(self, ids: Iterable[PackageId], versions: Versions = ()) -> None:
        """Seed many packages at once, up to millions, with the same versions.

        :param versions: as :meth:`add_package` takes them.
        :raises SeedError: a package exists already or is given twice, or a version is not valid or given twice.
        """
        if isinstance(ids, PackageId) or not isinstance(ids, Iterable):
            raise SeedError(f"add_packages takes several ids, not {shown(ids)}. Seed a single one with add_package.")
        # Read once, because the versions are needed for each format.
        repeatable = list(versions) if isinstance(versions, Iterator) else versions
        with self._pointer.service.writing() as state:
            records, shared = PackageRecords(self._pointer), dict[str, Contents]()

            def packages() -> Iterator[entities.Package]:
                for id in ids:
                    records.check_new(arguments.package_id(id))
                    if id.format not in shared or id.format == "nuget":  # whose assets are named after the package
                        shared[id.format] = records.contents(id, repeatable)
                    yield records.package(id, shared[id.format])

            state.put_packages(self._pointer.repository(), packages())

    @property
    def packages(self) -> Entities[PackageId, Package]:
        """The packages by id, including those without versions."""
        return _Packages(self._pointer)


class PublicSource(PackageSource):
    """The public repository behind an external connection, with its packages.

    Returned by :meth:`.FakeCodeArtifact.public_source`. A version enters a domain when it is fetched.
    """

    __slots__ = ()

    @property
    def name(self) -> ExternalConnection:
        """The name of the external connection."""
        return cast("ExternalConnection", self._pointer.path[3])

    def __repr__(self) -> str:
        return f"<{self._pointer.place}>"


def public_source(service: Service, connection: ExternalConnection) -> PublicSource:
    """The public source of an external connection. It is created empty when it is first asked for.

    :raises SeedError: the external connection is unknown.
    """
    arguments.connection(connection)
    if service.state.public_source(connection) is None:
        with service.writing() as state:
            state.create_public_source(connection)
    return PublicSource(Pointer(service, ("", "", "", connection)))


class Repository(PackageSource):
    """A repository."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self._pointer.path[3]

    @property
    def domain(self) -> str:
        """The name of the domain it is in."""
        return self._pointer.path[2]

    @property
    def arn(self) -> str:
        """Its ARN (rule X-5)."""
        return arns.of(self._pointer.repository())

    @property
    def administrator(self) -> str:
        """The account that administers it (rule X-2)."""
        return self._pointer.repository().administrator

    @property
    def created(self) -> dt.datetime:
        """When it was created, in UTC."""
        return from_millis(self._pointer.repository().created)

    @property
    def description(self) -> str | None:
        """Its description; None if it never had one."""
        return self._pointer.repository().description

    @property
    def upstreams(self) -> list[str]:
        """The names of its upstreams, in order, including deleted ones until the list is updated (rule R-8)."""
        return [upstream.name for upstream in self._pointer.repository().upstreams]

    @property
    def external_connection(self) -> ExternalConnection | None:
        """The name of its external connection."""
        return self._pointer.repository().external_connection

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, as a copy."""
        return dict(self._pointer.repository().tags)

    @property
    def policy(self) -> Any:
        """The permissions policy as parsed JSON; None if there is none."""
        return snapshots.parsed_policy(self._pointer.repository().policy)

    def publish(
        self,
        id: PackageId,
        version: str,
        assets: Mapping[str, bytes] | None = None,
        *,
        unfinished: bool = False,
        dist_tag: str | None = None,
        **details: Unpack[version_arguments.VersionDetails],
    ) -> Version:
        """Publish a version as the package manager of its format does (behaviour reference, section 13).

        A Maven snapshot, ``1.0-SNAPSHOT``, is published by a build: its assets have names such as
        ``app-1.0-20240131.235959-1.jar`` (rule F-9).

        :param assets: content by name. Default: the files that the package manager would upload, with generated
            content.
        :param unfinished: whether more assets follow; for generic and Maven packages only. For a snapshot, the build is
            returned.
        :param dist_tag: npm's tag for the version. Default: ``latest``.
        :param details: further attributes of the version, see :meth:`.Package.add_version`.
        :raises ConflictException: origin controls refuse it, or the version exists with other content.
        :raises ServiceQuotaExceededException: an asset is too large, or there are too many.
        :raises ValidationException: a version that the format cannot have (rule F-10), or an asset whose name is
            not one of a snapshot's build (rule F-9).
        :raises SeedError: a version, name or detail that is not valid.
        """
        own = ("assets", "unfinished", "dist_tag")
        arguments.check_keywords("publish()", details, (*own, *version_arguments.VersionDetails.__annotations__))
        name = arguments.asked_version(arguments.package_id(id), version)
        if unfinished and id.format not in ("generic", "maven"):
            raise SeedError(f"Versions of {id.format} packages are never Unfinished (rule S-1).")
        if assets is None:
            uploaded = self._next_build(id, name) if maven_snapshots.is_moving(id, name) else name
            assets = asset_arguments.uploads(id, uploaded)
        assets = asset_arguments.uploaded(id, assets)
        record = version_arguments.details(id, name, assets=assets, **details)
        contents = {entry[0]: entry[2] for entry in tree.scan(record.assets)}
        arguments.dist_tags(id, [] if dist_tag is None else [dist_tag])
        tag = (dist_tag or "latest") if id.format == "npm" else None
        published = self._within(
            id,
            lambda package: publication.publish(package, name, contents, record, unfinished=unfinished, dist_tag=tag),
        )
        return Version(self._pointer.under(id.key, published.version))

    def fetch(self, id: PackageId, version: str, *, asset: str | None = None) -> Version:
        """Download a version as a package manager does: find it along the upstreams and retain it (rule U-9).

        A version that is retained already gets additions from upstream: a Python version gets all new assets, a Maven
        version the requested asset, a Maven snapshot the newest build (rules U-13, U-14, F-9).

        :param asset: the name of one asset to download. Default: all assets of the version. For an asset of an older
            build of a snapshot, that build is returned.
        :raises ResourceNotFoundException: the version does not exist, is blocked by origin controls, has a status that
            cannot be downloaded, lacks the asset, or is behind a deleted upstream.
        """
        name = arguments.asked_version(arguments.package_id(id), version)
        if asset is not None:
            arguments.check("AssetName", asset, "asset name")
        fetched = self._within(id, lambda package: retention.fetch(package, name, asset))
        return Version(self._pointer.under(id.key, fetched.version))

    @property
    def deleted(self) -> RemovalSet[PackageId]:
        """The packages that DeletePackage has removed here, including those that were created again since."""
        query = RemovalQuery(self._journal("deleted"), "DeletePackage", self._pointer.path)
        removed = query.journal.removed_packages(self._pointer.path)
        return RemovalSet(f"packages deleted from {self._pointer.place}", removed, check_package_id, query)

    @property
    def deleted_versions(self) -> RemovalSet[tuple[PackageId, str]]:
        """The versions that DeletePackageVersions has removed from the repository, as pairs of package and version."""
        return self._removed_versions("deleted_versions", "versions deleted", "DeletePackageVersions")

    @property
    def disposed_versions(self) -> RemovalSet[tuple[PackageId, str]]:
        """The versions that DisposePackageVersions has disposed of, as pairs of package and version."""
        return self._removed_versions("disposed_versions", "versions disposed of", "DisposePackageVersions")

    def _removed_versions(self, name: str, what: str, operation: OperationName) -> RemovalSet[tuple[PackageId, str]]:
        query = RemovalQuery(self._journal(name), operation, self._pointer.path)
        removed = query.journal.removed_versions(self._pointer.path, operation)
        return RemovalSet(f"{what} from {self._pointer.place}", removed, check_version_id, query)

    def _journal(self, name: str) -> Journal:
        """The journal, unless the calls of the test went to a fork of this handle's fake."""
        if self._pointer.service.has_open_fork:
            raise CodeArtifactPluginError(
                f"This handle belongs to the fake that was seeded, and the test runs on a fork of it: nothing would "
                f"ever be in {name!r} here. Read "
                f"codeartifact.repository({self._pointer.path[2]!r}, {self.name!r}).{name} instead."
            )
        return self._pointer.service.journal

    def _next_build(self, id: PackageId, snapshot: str) -> str:
        """The name that a Maven client would give to a new build of a snapshot."""
        package = self._pointer.repository().package(id.key)
        versions = () if package is None else package.version_names()
        return maven_snapshots.next_build(snapshot, versions, self._pointer.service.clock.millis())

    def _within(self, id: PackageId, work: Callable[[RepositoryPackage], entities.Version]) -> entities.Version:
        """Run a rule on a package of this repository, as if a package manager of its owner had called."""
        region, owner = self._pointer.path[:2]
        repository = self._pointer.repository()
        return self._pointer.service.within(
            Caller(owner, region), lambda scope: work(RepositoryPackage(scope, repository, id))
        )

    def __repr__(self) -> str:
        return f"<repository {self.name!r} of domain {self._pointer.path[2]!r}>"
