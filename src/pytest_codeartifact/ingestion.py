"""How versions come into a repository other than by a seed: published by a package manager, or fetched through it.

Rules K-3, K-7, K-8, P-5 to P-14, U-9, S-4 and S-7. The operations and the Python-level ``publish`` and ``fetch`` share
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import ConflictException, ResourceNotFoundException, ServiceQuotaExceededException
from .ids import PackageId
from .origins import association, came_by, check_publish, default_origin, group_admits
from .scope import Scope
from .state import tree
from .state.entities import (
    BLOCK,
    EXTERNAL,
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
from .state.store import State
from .upstreams import Find, find

_ASSETS_MAY_BE_ADDED = ("pypi", "maven")
"""Formats whose published versions can be given further assets (rule F-7); generic ones while Unfinished only."""


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
    """Publish assets to a version, which is made if it is not there.

    :param name: the version, normalised.
    :param dist_tag: npm's tag to put on the version.
    :raises ConflictException: publishing is blocked (P-10), the version or an asset is there with other content (P-5,
        P-6, P-14), or the version is there upstream (K-7).
    :raises ServiceQuotaExceededException: rule P-9.
    """
    domain, repository = _now(scope.state, repository)
    package = repository.package(id.key)
    existing = package.version(name) if package is not None else None
    check_publish(domain, repository, id, package)
    if existing is None:
        _check_upstream(scope, domain, repository, id, name)
        version = Version(name, UNFINISHED, scope.now, (INTERNAL, repository.name, None), scope.state.removals, None)
    else:
        _check_addition(id, existing, assets)
        version = existing
        details = _with(existing.details, details) if version.status == UNFINISHED else existing.details
    _check_quotas(scope, id, existing, assets)
    node = version.assets
    for asset_name, content in assets.items():
        node = tree.put(node, tuple(asset_entry(asset_name, content)))
    changed = version.with_details(details._replace(assets=node))
    if isinstance(version.revised, str) and changed.content != version.content:
        changed = changed._replace(revised=scope.state.removals)  # a seeded revision was one of the old content
    version = changed
    if version.status == UNFINISHED and not unfinished:
        version = version._replace(status=PUBLISHED, published=scope.now)
    tags = {dist_tag: name} if dist_tag is not None and existing is None else None
    _take_in(scope, repository, id, version, dist_tags=tags)
    return version


def fetch(scope: Scope, repository: Repository, id: PackageId, name: str) -> Version:
    """What a package manager's download of a version does to a repository (rule U-9).

    A version found upstream is retained here; one that came through an external connection is retained by the
    repository that has the connection as well.

    :param name: the version, normalised.
    :raises ResourceNotFoundException: it is nowhere to be found, may not come in, cannot be downloaded in its status,
        or the upstream graph is broken (rule R-8).
    """
    domain, repository = _now(scope.state, repository)
    found = find(scope.state, domain, repository, id, name, scope.quotas.searched_repositories)
    if found is None:
        raise _nowhere(repository, id, name, _why_not_upstream(domain, repository, id))
    if found.version.status not in (PUBLISHED, UNLISTED):
        where = f"it is {found.version.status} in repository '{found.repository.name}'"
        raise _nowhere(repository, id, name, where)
    if found.repository.uid == repository.uid:
        return found.version
    if found.through is not None:
        found = ingest(scope, found)
        if found.repository.uid == repository.uid:
            return found.version
    tags = _tags_of(found.package, name)
    _take_in(
        scope, repository, _spelled(found.package), found.version, came_in="INTERNAL_UPSTREAM", dist_tags=tags
    )  # fmt: skip
    return found.version


def ingest(scope: Scope, found: Find) -> Find:
    """Retain a version from a public source in the repository with the external connection; the find that follows."""
    assert found.through is not None, "the version came from a public source"
    version = found.version._replace(entry_point=(EXTERNAL, None, found.repository.name), published=scope.now)
    tags = _tags_of(found.package, version.version)
    _take_in(scope, found.through, _spelled(found.package), version, dist_tags=tags)
    return Find(found.through, found.package, version, None)


def copy(scope: Scope, destination: Repository, found: Find) -> None:
    """Put a version as it is into another repository, with npm's tags on it (rules C-7 to C-9)."""
    tags = _tags_of(found.package, found.version.version)
    _take_in(scope, destination, _spelled(found.package), found.version, dist_tags=tags)


def store(
    state: State,
    repository: Repository,
    id: PackageId,
    version: Version,
    *,
    came_in: str | None = None,
    dist_tags: Mapping[str, str] | None = None,
) -> None:
    """Put a version into a repository; a first one makes the package record and decides its configuration (K-3, K-4).

    :param came_in: the restriction that the version came in under, if that does not follow from its origin type.
    """
    domain, current = _now(state, repository)
    package = current.package(id.key)
    package = package or Package(id.key, None, "", "")
    if package.display_name is None:
        package = package._replace(display_name=id.other_spelling)
    if not package.origin_is_decided:
        origin = default_origin(domain, id, came_in or came_by(version.origin.type))
        package = package.with_origin(origin)
    tags = tuple({**dict(package.dist_tags), **(dist_tags or {})}.items())
    state.put_version_and_record(current, package._replace(dist_tags=tags), version)


def _take_in(scope: Scope, repository: Repository, id: PackageId, version: Version, **how: Any) -> None:
    """Store a version that comes in by a call, and take that down."""
    current = _now(scope.state, repository)[1]
    package = current.package(id.key)
    before = None if package is None else package.version(version.version)
    if package is not None and not package.origin_is_decided:
        # Only further seeds decide what a seed has left open; to a client it has been decided all along (rule K-11).
        scope.state.put_package(current, package.with_origin(package.origin))
    store(scope.state, repository, id, version, **how)
    if version != before:
        scope.changed(repository, id.key, before, version)


def _with(known: Details, given: Details) -> Details:
    """What is known of a version, with what is given now."""
    news = {name: value for name, value in given._asdict().items() if value != getattr(NO_DETAILS, name)}
    return known._replace(**news)


def _now(state: State, repository: Repository) -> tuple[Domain, Repository]:
    domain = state.domain(repository.region, repository.owner, repository.domain)
    current = None if domain is None else domain.repository(repository.name)
    if domain is None or current is None:
        raise AssertionError("the caller has the repository from this very state")
    return domain, current


def _spelled(package: Package) -> PackageId:
    return PackageId.from_key(package.key, package.display_name or "")


def _tags_of(package: Package, version: str) -> dict[str, str]:
    return {tag: target for tag, target in package.dist_tags if target == version}


def _check_quotas(scope: Scope, id: PackageId, existing: Version | None, assets: Mapping[str, bytes]) -> None:
    for name, content in assets.items():
        if len(content) > scope.quotas.asset_bytes:
            raise ServiceQuotaExceededException(
                f"The asset '{name}' has {len(content)} bytes; the limit is {scope.quotas.asset_bytes}.", name, "asset"
            )
    there = {asset[0] for asset in tree.scan(existing.assets)} if existing is not None else set()
    most = scope.quotas.assets_in(scope.caller.region)
    if len(there | assets.keys()) > most:
        raise ServiceQuotaExceededException(
            f"The limit of {most} assets per package version is reached.", id.name, "package-version"
        )


def _check_upstream(scope: Scope, domain: Domain, repository: Repository, id: PackageId, name: str) -> None:
    found = find(scope.state, domain, repository, id, name, scope.quotas.searched_repositories)
    if found is not None:
        raise ConflictException(
            f"Version '{name}' of the {id.format} package '{id.full_name}' exists upstream of repository "
            f"'{repository.name}'.",
            name,
            "package-version",
        )


def _check_addition(id: PackageId, existing: Version, assets: Mapping[str, bytes]) -> None:
    name = existing.version
    occupied = existing.status not in (PUBLISHED, UNFINISHED) or (
        id.format == "generic" and existing.status == PUBLISHED
    )
    if occupied:
        raise ConflictException(
            f"Version '{name}' of package '{id.full_name}' already exists, with status {existing.status}.",
            name,
            "package-version",
        )
    extensible = existing.status == UNFINISHED or id.format in _ASSETS_MAY_BE_ADDED
    for asset_name, content in assets.items():
        there = existing.asset(asset_name)
        if there is None and not extensible:
            raise ConflictException(
                f"Version '{name}' of package '{id.full_name}' already exists.", name, "package-version"
            )
        if there is not None and there.content != content:
            raise ConflictException(
                f"The asset '{asset_name}' of version '{name}' of package '{id.full_name}' already exists with other "
                f"content.",
                asset_name,
                "asset",
            )


def _why_not_upstream(domain: Domain, repository: Repository, id: PackageId) -> str:
    package = repository.package(id.key)
    if id.format == "generic":
        return "it is not there, and generic packages do not come from upstream"
    if package is not None and package.origin.upstream == BLOCK:
        return "it is not there, and the package's origin configuration blocks its upstream"
    if not group_admits(domain, repository, id, "INTERNAL_UPSTREAM"):
        return f"it is not there, and package group '{association(domain, id).group.pattern}' blocks internal upstreams"
    return "neither it nor what lies upstream of it has the version, or lets it through"


def _nowhere(repository: Repository, id: PackageId, name: str, why: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"Version '{name}' of the {id.format} package '{id.full_name}' cannot be had from repository "
        f"'{repository.name}': {why}.",
        name,
        "package-version",
    )
