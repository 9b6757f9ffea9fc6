"""Publishes versions as package managers do, and stores them in a repository.

Rules F-9, K-3, K-7, P-5 to P-14, S-4, S-7 and EV-1. Used by the operations, by ``publish`` of a handle, and by
:mod:`.retention` for versions from upstream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConflictException, ServiceQuotaExceededException, ValidationException
from ..names.maven_snapshots import build_of, is_snapshot, snapshot_of
from ..names.packages import MAVEN_METADATA, PackageId
from ..state.entities import (
    INTERNAL,
    NO_DETAILS,
    PUBLISHED,
    UNFINISHED,
    UNLISTED,
    Details,
    Domain,
    Package,
    Repository,
    Version,
    asset_entry,
)
from ..state.quotas import assets_in
from ..state.store import State
from .origins import came_by, check_publish, default_origin
from .scope import Scope
from .upstreams import find

ASSETS_MAY_BE_ADDED = ("pypi", "maven")
"""Formats that accept further assets for finished versions (rules F-7 and P-16). Generic ones must be Unfinished."""

_OPEN = {**dict.fromkeys(ASSETS_MAY_BE_ADDED, (UNFINISHED, PUBLISHED, UNLISTED)), "generic": (UNFINISHED,)}
"""The statuses in which a version accepts uploads, if not Unfinished and Published (rules P-5 and P-16)."""

_ONE_BY_ONE = ("pypi", "maven", "generic")
"""Formats whose package managers send one asset per request (rule EV-2)."""


def publish(
    scope: Scope,
    repository: Repository,
    id: PackageId,
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
    if is_snapshot(id, name):
        return _publish_snapshot(scope, repository, id, name, assets, details, unfinished=unfinished)
    if id.format == "maven":
        return _publish_release(scope, repository, id, name, assets, details, unfinished=unfinished)
    # All requests but the last one leave the version Unfinished where the format has that status (rule S-1).
    *earlier, last = _requests(id, assets)
    tags = () if dist_tag is None else (dist_tag,)
    for request in earlier:
        upload(scope, repository, id, name, request, details, unfinished=id.format == "generic", dist_tags=tags)
    return upload(scope, repository, id, name, last, details, unfinished=unfinished, dist_tags=tags)


def upload(
    scope: Scope,
    repository: Repository,
    id: PackageId,
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
    objection = id.objection_to(name)
    if objection is not None:
        raise ValidationException(objection)
    domain, repository = scope.state.current(repository)
    package = repository.package(id.key)
    existing = package.version(name) if package is not None else None
    check_publish(domain, repository, id, package)
    if existing is None:
        # An existing version is not compared with upstream: it may have been retained from there (rule K-7).
        _check_upstream(scope, domain, repository, id, name)
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
    version = version.changed_to(details, scope.state.removals)
    if version.status == UNFINISHED and not unfinished:
        version = version.moved_to(PUBLISHED, scope.now)
    # Publishing the same content again does not move a tag.
    tags = dict.fromkeys(dist_tags, name) if existing is None else None
    take_in(scope, repository, id, version, dist_tags=tags)
    return version


def finish(
    scope: Scope, repository: Repository, id: PackageId, names: Iterable[str], document: bytes | None = None
) -> None:
    """Publish the Unfinished releases that an upload of Maven metadata names (rule F-9).

    :param names: the versions in the metadata. Those that do not exist or are not Unfinished are ignored.
    :param document: the metadata, which becomes an asset of those versions.
    """
    entries = [] if document is None else [asset_entry(MAVEN_METADATA, document)]
    for name in names:
        version = stored(scope, repository, id, name)
        if version is not None and version.status == UNFINISHED:
            changed = version.changed_to(version.full_details.with_assets(entries), scope.state.removals)
            take_in(scope, repository, id, changed.moved_to(PUBLISHED, scope.now))


def finish_build(scope: Scope, repository: Repository, id: PackageId, build: Version) -> Version:
    """Publish a build of a Maven snapshot: the snapshot gets its content, the build becomes Unlisted (rule F-9).

    :param build: the build as it is stored.
    :returns: the snapshot.
    :raises ConflictException: the snapshot is Archived or Disposed (rule P-14).
    """
    name = snapshot_of(build.version)
    assert name is not None, "every build belongs to a snapshot"
    existing = stored(scope, repository, id, name)
    if existing is not None:
        _check_open(id, existing)
    if build.status == UNFINISHED:
        take_in(scope, repository, id, build.moved_to(UNLISTED, scope.now))
    snapshot = _snapshot(scope, name, build, existing)
    take_in(scope, repository, id, snapshot)
    return snapshot


def stored(scope: Scope, repository: Repository, id: PackageId, name: str) -> Version | None:
    """A version as it is currently stored, None if it does not exist."""
    package = scope.state.current(repository)[1].package(id.key)
    return None if package is None else package.version(name)


def store(
    state: State,
    repository: Repository,
    id: PackageId,
    version: Version,
    *,
    came_in: str | None = None,
    dist_tags: Mapping[str, str] | None = None,
) -> None:
    """Put a version into a repository.

    The first version creates the package record and decides its origin configuration (rules K-3 and K-4).

    :param came_in: the restriction that applied to the version, if that does not follow from its origin type.
    """
    target, package = _receiving(state, repository, id, came_in or came_by(version.entry_point.type))
    tags = tuple({**dict(package.dist_tags), **(dist_tags or {})}.items())
    state.put_version_and_record(target, package._replace(dist_tags=tags), version)


def store_new(state: State, repository: Repository, id: PackageId, versions: Sequence[Version]) -> None:
    """Put many versions that a package does not have into a repository, as :func:`store` does, in one write."""
    if versions:
        target, package = _receiving(state, repository, id, came_by(versions[0].entry_point.type))
        state.put_new_versions(target, package, versions)


def take_in(scope: Scope, repository: Repository, id: PackageId, version: Version, **how: Any) -> None:
    """Store a version that enters by a call, and record the effect."""
    target = scope.state.current(repository)[1]
    package = target.package(id.key)
    before = None if package is None else package.version(version.version)
    if package is not None and not package.origin_is_decided:
        # A seed may leave the origin configuration open for further seeds. For clients it is decided (rule K-11).
        scope.state.put_package(target, package.with_origin(package.origin))
    store(scope.state, repository, id, version, **how)
    if version != before:
        scope.changed(repository, id.key, before, version)


def _receiving(state: State, repository: Repository, id: PackageId, came_in: str | None) -> tuple[Repository, Package]:
    """The current records of a repository and of a package that gets versions there.

    :param came_in: the restriction that applies to the first of the versions, None if unknown.
    """
    domain, target = state.current(repository)
    package = target.package(id.key) or Package(id.key, None, "", "")
    if package.display_name is None:
        package = package._replace(display_name=id.other_spelling)
    if not package.origin_is_decided:
        package = package.with_origin(default_origin(domain, id, came_in))
    return target, package


def _publish_release(
    scope: Scope,
    repository: Repository,
    id: PackageId,
    name: str,
    assets: Mapping[str, bytes],
    details: Details,
    *,
    unfinished: bool,
) -> Version:
    version = _upload_unfinished(scope, repository, id, name, _files(assets), details)
    if not unfinished:
        finish(scope, repository, id, [name], assets.get(MAVEN_METADATA))
    return _now(scope, repository, id, version)


def _publish_snapshot(
    scope: Scope,
    repository: Repository,
    id: PackageId,
    name: str,
    assets: Mapping[str, bytes],
    details: Details,
    *,
    unfinished: bool,
) -> Version:
    """Publish the builds that the assets belong to, one after the other. Usually there is only one."""
    for build_name, files in _builds(id, name, _files(assets)).items():
        build = _upload_unfinished(scope, repository, id, build_name, files, details)
        if not unfinished:
            snapshot = finish_build(scope, repository, id, build)
    return _now(scope, repository, id, build if unfinished or name == build.version else snapshot)


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


def _now(scope: Scope, repository: Repository, id: PackageId, version: Version) -> Version:
    """The current record of a version. The record in hand may be older than the last write."""
    version_now = stored(scope, repository, id, version.version)
    assert version_now is not None, "this call has not removed it"
    return version_now


def _snapshot(scope: Scope, name: str, build: Version, existing: Version | None) -> Version:
    """The snapshot after the publication of a build, with the same time of publication (rule S-7)."""
    entered = build.plain_entry_point
    if existing is None:
        made = Version(name, PUBLISHED, scope.now, entered, scope.state.removals, None, build.package_key)
        return made.with_details(build.full_details)
    changed = existing.changed_to(build.full_details, scope.state.removals)._replace(status=PUBLISHED)
    return changed if changed == existing else changed._replace(published=scope.now, plain_entry_point=entered)


def _upload_unfinished(
    scope: Scope, repository: Repository, id: PackageId, name: str, files: Mapping[str, bytes], details: Details
) -> Version:
    for request in _requests(id, files):
        version = upload(scope, repository, id, name, request, details, unfinished=True)
    return version


def _requests(id: PackageId, assets: Mapping[str, bytes]) -> list[Mapping[str, bytes]]:
    """The assets grouped by the requests in which a package manager sends them."""
    return [{name: content} for name, content in assets.items()] if id.format in _ONE_BY_ONE and assets else [assets]


def _details_after_upload(existing: Version, news: Details, assets: Mapping[str, bytes]) -> Details:
    """The details of an existing version after an upload.

    A finished one gets only the texts of new assets (rule PM-47).
    """
    if existing.status == UNFINISHED:
        return existing.details.updated(news)
    return existing.details if assets.keys() <= set(existing.asset_names) else existing.details.with_texts_of(news)


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
    most = assets_in(scope.caller.region, scope.quotas)
    if len(existing_names | assets.keys()) > most:
        raise ServiceQuotaExceededException(
            f"The limit of {most} assets per package version is reached.", name, "package-version"
        )


def _check_upstream(scope: Scope, domain: Domain, repository: Repository, id: PackageId, name: str) -> None:
    upstream = find(scope.state, domain, repository, id, name, scope.quotas.searched_repositories)
    if upstream is not None:
        raise ConflictException(
            f"Version '{name}' of the {id.format} package '{id.full_name}' exists upstream of repository "
            f"'{repository.name}'.",
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
