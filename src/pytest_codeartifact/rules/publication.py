"""Publishes versions as package managers do.

Rules F-9, K-7, P-5 to P-14, S-4, S-7 and EV-1. Used by the operations, by ``publish`` of a handle, and by package
managers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import ConflictException, ServiceQuotaExceededException, ValidationException
from ..names.formats import MAVEN_METADATA
from ..names.maven_snapshots import build_of, is_snapshot, snapshot_of
from ..names.packages import PackageId
from ..state.entities import INTERNAL, NO_DETAILS, PUBLISHED, UNFINISHED, UNLISTED, Details, Version, asset_entry
from ..state.quotas import assets_in
from .origins import check_publish
from .repository_package import RepositoryPackage
from .scope import Scope
from .upstreams import locate

ASSETS_MAY_BE_ADDED = ("pypi", "maven")
"""Formats that accept further assets for finished versions (rules F-7 and P-16). Generic ones must be Unfinished."""

_OPEN = {**dict.fromkeys(ASSETS_MAY_BE_ADDED, (UNFINISHED, PUBLISHED, UNLISTED)), "generic": (UNFINISHED,)}
"""The statuses in which a version accepts uploads, if not Unfinished and Published (rules P-5 and P-16)."""

_ONE_BY_ONE = ("pypi", "maven", "generic")
"""Formats whose package managers send one asset per request (rule EV-2)."""


def publish(
    package: RepositoryPackage,
    name: str,
    assets: Mapping[str, bytes],
    details: Details = NO_DETAILS,
    *,
    unfinished: bool = False,
    dist_tag: str | None = None,
) -> Version:
    """Publish a version as its package manager does, request by request: all assets or none.

    :param name: the normalised version. For Maven, also that of a build of a snapshot.
    :param unfinished: stop before the request that makes the version Published.
    :param dist_tag: the npm dist-tag to give to the version.
    :returns: the version. For a snapshot that is left unfinished, its build.
    :raises ConflictException: as :func:`upload`.
    :raises ServiceQuotaExceededException: rule P-9.
    :raises ValidationException: the name of an asset is not one of a snapshot's build (rule F-9).
    """
    if is_snapshot(package.id, name):
        return _publish_snapshot(package, name, assets, details, unfinished=unfinished)
    if package.id.format == "maven":
        return _publish_release(package, name, assets, details, unfinished=unfinished)
    # All requests but the last one leave the version Unfinished where the format has that status (rule S-1).
    *earlier, last = _requests(package.id, assets)
    tags = () if dist_tag is None else (dist_tag,)
    for request in earlier:
        upload(package, name, request, details, unfinished=package.id.format == "generic", dist_tags=tags)
    return upload(package, name, last, details, unfinished=unfinished, dist_tags=tags)


def upload(
    package: RepositoryPackage,
    name: str,
    assets: Mapping[str, bytes],
    details: Details = NO_DETAILS,
    *,
    unfinished: bool = False,
    dist_tags: Iterable[str] = (),
) -> Version:
    """Add assets to a version, which is created if it does not exist: one request of a package manager.

    :param name: the normalised version.
    :param unfinished: whether more requests are needed before the version is Published.
    :param dist_tags: the npm dist-tags to give to a new version.
    :raises ConflictException: publishing is blocked (P-10), the version or an asset exists with other content (P-5,
        P-6, P-14), or the version exists upstream (K-7).
    :raises ServiceQuotaExceededException: rule P-9.
    :raises ValidationException: the version is not valid for the format (rule F-10).
    """
    scope, id = package.scope, package.id
    objection = id.objection_to(name)
    if objection is not None:
        raise ValidationException(objection)
    domain, repository, record = package.current()
    existing = None if record is None else record.version(name)
    check_publish(domain, repository, id, record)
    if existing is None:
        # An existing version is not compared with upstream: it may have been retained from there (rule K-7).
        _check_upstream(package, name)
        version = Version(
            name, UNFINISHED, scope.now, (INTERNAL, repository.name, None), scope.state.removals, None, id.key
        )
    else:
        _check_addition(id, existing, assets)
        version = existing
        details = _details_after_upload(existing, details, assets)
    _check_quotas(scope, name, existing, assets)
    entries = [asset_entry(asset_name, content) for asset_name, content in assets.items()]
    details = details._replace(assets=version.assets).with_assets(entries)
    version = version.with_changed_details(details, scope.state.removals)
    if version.status == UNFINISHED and not unfinished:
        version = version.with_status(PUBLISHED, scope.now)
    # Publishing the same content again does not move a tag.
    tags = dict.fromkeys(dist_tags, name) if existing is None else None
    package.take_in(version, dist_tags=tags)
    return version


def finish(package: RepositoryPackage, names: Iterable[str], document: bytes | None = None) -> None:
    """Publish the Unfinished releases that an upload of Maven metadata names (rule F-9).

    :param names: the versions in the metadata. Those that do not exist or are not Unfinished are ignored.
    :param document: the metadata, which becomes an asset of those versions.
    """
    scope = package.scope
    entries = [] if document is None else [asset_entry(MAVEN_METADATA, document)]
    for name in names:
        version = package.version(name)
        if version is not None and version.status == UNFINISHED:
            changed = version.with_changed_details(version.full_details.with_assets(entries), scope.state.removals)
            package.take_in(changed.with_status(PUBLISHED, scope.now))


def finish_build(package: RepositoryPackage, build: Version) -> Version:
    """Publish a build of a Maven snapshot: the snapshot gets its content, the build becomes Unlisted (rule F-9).

    :param build: the build as it is stored.
    :returns: the snapshot.
    :raises ConflictException: the snapshot is Archived or Disposed (rule P-14).
    """
    name = snapshot_of(build.version)
    assert name is not None, "every build belongs to a snapshot"
    existing = package.version(name)
    if existing is not None:
        _check_open(package.id, existing)
    if build.status == UNFINISHED:
        package.take_in(build.with_status(UNLISTED, package.scope.now))
    snapshot = _snapshot(package.scope, name, build, existing)
    package.take_in(snapshot)
    return snapshot


def _publish_release(
    package: RepositoryPackage, name: str, assets: Mapping[str, bytes], details: Details, *, unfinished: bool
) -> Version:
    version = _upload_unfinished(package, name, _files(assets), details)
    if not unfinished:
        finish(package, [name], assets.get(MAVEN_METADATA))
    return _now(package, version)


def _publish_snapshot(
    package: RepositoryPackage, name: str, assets: Mapping[str, bytes], details: Details, *, unfinished: bool
) -> Version:
    """Publish the builds that the assets belong to, one after the other. Usually there is only one."""
    for build_name, files in _builds(package.id, name, _files(assets)).items():
        build = _upload_unfinished(package, build_name, files, details)
        if not unfinished:
            snapshot = finish_build(package, build)
    return _now(package, build if unfinished or name == build.version else snapshot)


def _builds(id: PackageId, name: str, assets: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The assets grouped by build.

    :raises ValidationException: the name of an asset does not belong to a build (rule F-9).
    """
    builds: dict[str, dict[str, bytes]] = {}
    for asset_name, content in assets.items():
        build = build_of(id, snapshot_of(name) or name, asset_name)
        if build is None or name not in (build, snapshot_of(build)):
            raise ValidationException("Invalid name for a Snapshot build asset")
        builds.setdefault(build, {})[asset_name] = content
    if not builds:
        raise ValidationException(f"Nothing is published of '{name}': a snapshot has no build without an asset.")
    return builds


def _files(assets: Mapping[str, bytes]) -> dict[str, bytes]:
    """The assets without the Maven metadata, which is uploaded last."""
    return {name: content for name, content in assets.items() if name != MAVEN_METADATA}


def _now(package: RepositoryPackage, version: Version) -> Version:
    """The current record of a version. The caller's record may be outdated."""
    version_now = package.version(version.version)
    assert version_now is not None, "this call has not removed it"
    return version_now


def _snapshot(scope: Scope, name: str, build: Version, existing: Version | None) -> Version:
    """The snapshot after the publication of a build, with the same time of publication (rule S-7)."""
    entered = build.plain_entry_point
    if existing is None:
        first = Version(name, PUBLISHED, scope.now, entered, scope.state.removals, None, build.package_key)
        return first.with_details(build.full_details)
    changed = existing.with_changed_details(build.full_details, scope.state.removals)._replace(status=PUBLISHED)
    return changed if changed == existing else changed._replace(published=scope.now, plain_entry_point=entered)


def _upload_unfinished(package: RepositoryPackage, name: str, files: Mapping[str, bytes], details: Details) -> Version:
    for request in _requests(package.id, files):
        version = upload(package, name, request, details, unfinished=True)
    return version


def _requests(id: PackageId, assets: Mapping[str, bytes]) -> list[Mapping[str, bytes]]:
    """The assets grouped by the requests in which a package manager sends them."""
    return [{name: content} for name, content in assets.items()] if id.format in _ONE_BY_ONE and assets else [assets]


def _details_after_upload(existing: Version, uploaded: Details, assets: Mapping[str, bytes]) -> Details:
    """The details of an existing version after an upload.

    A finished one gets only the texts of new assets (rule PM-47).
    """
    if existing.status == UNFINISHED:
        return existing.details.updated(uploaded)
    if assets.keys() <= set(existing.asset_names):
        return existing.details
    return existing.details.with_texts_of(uploaded)


def _check_quotas(scope: Scope, name: str, existing: Version | None, assets: Mapping[str, bytes]) -> None:
    for asset_name, content in assets.items():
        if len(content) > scope.quotas.asset_bytes:
            raise ServiceQuotaExceededException(
                f"The asset '{asset_name}' has {len(content)} bytes; the limit is {scope.quotas.asset_bytes}.",
                asset_name,
                "asset",
            )
    # Names, not numbers: an asset that replaces an identical one does not count twice.
    existing_names = set(existing.asset_names) if existing is not None else set()
    limit = assets_in(scope.caller.region, scope.quotas)
    if len(existing_names | assets.keys()) > limit:
        raise ServiceQuotaExceededException(
            f"The limit of {limit} assets per package version is reached.", name, "package-version"
        )


def _check_upstream(package: RepositoryPackage, name: str) -> None:
    if locate(package, name) is not None:
        id = package.id
        raise ConflictException(
            f"Version '{name}' of the {id.format} package '{id.full_name}' exists upstream of repository "
            f"'{package.repository.name}'.",
            name,
            "package-version",
        )


def _check_addition(id: PackageId, existing: Version, assets: Mapping[str, bytes]) -> None:
    _check_open(id, existing)
    name = existing.version
    extensible = existing.status == UNFINISHED or id.format in ASSETS_MAY_BE_ADDED
    for asset_name, content in assets.items():
        existing_asset = existing.asset(asset_name)
        if existing_asset is None and not extensible:
            raise ConflictException(
                f"Version '{name}' of package '{id.full_name}' already exists.", name, "package-version"
            )
        if existing_asset is not None and existing_asset.sha256 != asset_entry(asset_name, content).sha256:
            raise ConflictException(
                f"The asset '{asset_name}' of version '{name}' of package '{id.full_name}' already exists with other "
                f"content.",
                asset_name,
                "asset",
            )


def _check_open(id: PackageId, existing: Version) -> None:
    """Refuse an upload to a version whose status does not accept any (rules P-5, P-14 and P-16)."""
    if existing.status not in _OPEN.get(id.format, (UNFINISHED, PUBLISHED)):
        raise ConflictException(
            f"Version '{existing.version}' of package '{id.full_name}' already exists, with status {existing.status}.",
            existing.version,
            "package-version",
        )
