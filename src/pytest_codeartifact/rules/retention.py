"""Retains versions from upstream in a repository, and assets that are added to them upstream later.

Rules U-9, U-13, U-14, F-9, K-8, R-8, S-4 and S-7. :mod:`.upstreams` finds the versions, :mod:`.publication` stores
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import ResourceNotFoundException
from ..names.maven_snapshots import build_of, is_moving, is_snapshot
from ..names.packages import PackageId
from ..state import tree
from ..state.entities import (
    BLOCK,
    EXTERNAL,
    INTERNAL,
    PUBLISHED,
    UNKNOWN,
    UNLISTED,
    Domain,
    Package,
    Repository,
    Version,
)
from .origins import association, group_admits
from .publication import stored, take_in
from .scope import Scope
from .upstreams import Find, places

if TYPE_CHECKING:
    from ..literals import OriginType


def fetch(scope: Scope, repository: Repository, id: PackageId, name: str, asset: str | None = None) -> Version:
    """Retain a version as if a package manager had downloaded it, or one asset of it.

    A version found upstream is retained in this repository. If it comes through an external connection, the repository
    with the connection retains it too (rule U-9). A version that is retained already gets the assets that were added
    upstream since (rules U-13 and U-14).

    :param name: the normalised version.
    :returns: the version. If a snapshot no longer has the asset, or is deleted, the build that has it (rule F-9).
    :raises ResourceNotFoundException: the version does not exist upstream, may not enter, cannot be downloaded in its
        status or has no such asset, or the upstream graph is broken (rule R-8).
    """
    build = _build_with(id, name, asset)
    # The first place decides the version. Places behind it can only add assets.
    search = _places(scope, repository, id, name)
    first = next(search, None)
    if first is None and build is not None:
        return fetch(scope, repository, id, build, asset)
    first = _downloadable(scope, repository, id, name, first)
    version = _ingested(scope, first) if first.through is not None else first.version
    for place in _suppliers(search, id, first, asset):
        supplied = _supplied(scope, id, version, place.version, asset)
        if place.through is not None and supplied != version:
            _supply_connection(scope, place, id, asset)
        version = supplied
    if asset is not None and version.asset(asset) is None:
        if build is None:
            raise _no_asset(repository, id, version, asset)
        return fetch(scope, repository, id, build, asset)
    # Nothing is stored, and no event sent, if the repository has the version already and nothing was added.
    if first.repository.uid != repository.uid or version != first.version:
        tags = _tags_of(first.package, name)
        take_in(scope, repository, first.package.id, version, came_in="INTERNAL_UPSTREAM", dist_tags=tags)
    return version


def preview(scope: Scope, repository: Repository, id: PackageId, name: str, asset: str | None = None) -> Version:
    """The version that :func:`fetch` would return now, without retaining it.

    :raises ResourceNotFoundException: as :func:`fetch`.
    """
    # A fork costs one reference, so the real rules can be applied and their result dropped.
    aside = replace(scope, state=scope.state.fork(), effects=[])
    return fetch(aside, repository, id, name, asset)


def ingest(scope: Scope, find: Find) -> Find:
    """Retain a version from a public source in the repository with the external connection.

    :returns: the version as found in that repository.
    """
    assert find.through is not None, "the version came from a public source"
    return Find(find.through, find.package, _ingested(scope, find), None)


def copy(scope: Scope, destination: Repository, find: Find) -> None:
    """Put an unmodified version into another repository, with its npm dist-tags (rules C-7 to C-9)."""
    tags = _tags_of(find.package, find.version.version)
    take_in(scope, destination, find.package.id, find.version, dist_tags=tags)


def _places(scope: Scope, repository: Repository, id: PackageId, name: str) -> Iterator[Find]:
    """The repositories that have the version, in search order, see :func:`.upstreams.places`."""
    domain, repository = scope.state.current(repository)
    return places(scope.state, domain, repository, id, name, scope.quotas.searched_repositories)


def _downloadable(scope: Scope, repository: Repository, id: PackageId, name: str, first: Find | None) -> Find:
    """The first place of a version. Refuses a version that was not found, or that has a status without downloads."""
    if first is None:
        domain, repository = scope.state.current(repository)
        raise _not_downloadable(repository, id, name, _why_not_upstream(domain, repository, id, name))
    if not _is_downloadable(first.version):
        where = f"it is {first.version.status} in repository '{first.repository.name}'"
        raise _not_downloadable(repository, id, name, where)
    return first


def _build_with(id: PackageId, name: str, asset: str | None) -> str | None:
    """The build that an asset of a snapshot belongs to. The snapshot itself may no longer have it, or be deleted."""
    return build_of(id, name, asset) if asset is not None and is_moving(id, name) else None


def _ingested(scope: Scope, find: Find) -> Version:
    """Retain a version from a public source. It keeps the time of publication of the source, if known (rule S-7)."""
    assert find.through is not None, "the version came from a public source"
    published = scope.now if find.version.published is None else find.version.published
    version = find.version._replace(plain_entry_point=_entry_point(find), published=published)
    take_in(scope, find.through, find.package.id, version, dist_tags=_tags_of(find.package, version.version))
    return version


def _entry_point(find: Find) -> tuple[OriginType, str | None, str | None]:
    """How a found version entered the domain, or would enter it now from a public source (rule S-4)."""
    return find.version.plain_entry_point if find.through is None else (EXTERNAL, None, find.repository.name)


def _suppliers(search: Iterator[Find], id: PackageId, first: Find, asset: str | None) -> Iterator[Find]:
    """The finds further upstream that may have more assets of the version (rules U-13 and U-14).

    A dead reference in the graph is an error only if the requested asset is still missing (rule R-8).
    """
    missing = asset is not None and first.version.asset(asset) is None
    follows = is_moving(id, first.version.version)
    if not (follows or id.format == "pypi" or (id.format == "maven" and missing)):
        return
    at = first
    try:
        # Upstream of the repository in which a version was published, another version of its name is unrelated.
        while follows or not _was_published_at(at):
            at = next(search)
            if not _is_downloadable(at.version) or not (follows or _entry_point(at) == _entry_point(first)):
                return
            yield at
    except StopIteration:
        return
    except ResourceNotFoundException:  # a dead reference, which does not matter for what is found already
        if missing:
            raise


def _supplied(scope: Scope, id: PackageId, version: Version, upstream: Version, asset: str | None) -> Version:
    """A version completed from one upstream: for a snapshot with everything, for Maven with the requested asset."""
    if is_moving(id, version.version):
        return upstream._replace(status=version.status)
    wanted = asset if id.format == "maven" else None
    missing = [
        entry for entry in tree.scan(upstream.assets) if version.asset(entry[0]) is None and wanted in (None, entry[0])
    ]
    return version.changed_to(version.full_details.with_assets(missing), scope.state.removals) if missing else version


def _supply_connection(scope: Scope, place: Find, id: PackageId, asset: str | None) -> None:
    """Retain a version, or its new assets, in the repository with the external connection (rule U-9)."""
    assert place.through is not None, "the version came from a public source"
    retained = stored(scope, place.through, id, place.version.version)
    if retained is None:
        _ingested(scope, place)
    else:
        take_in(scope, place.through, id, _supplied(scope, id, retained, place.version, asset))


def _is_downloadable(version: Version) -> bool:
    return version.status in (PUBLISHED, UNLISTED)


def _was_published_at(at: Find) -> bool:
    """Whether a version entered the domain in this repository, or its origin is unknown (rule S-4)."""
    type, repository, _ = _entry_point(at)
    return type == UNKNOWN or (type == INTERNAL and repository == at.repository.name)


def _tags_of(package: Package, version: str) -> dict[str, str]:
    return {tag: target for tag, target in package.dist_tags if target == version}


def _no_asset(repository: Repository, id: PackageId, version: Version, asset: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"The asset '{asset}' does not exist in version '{version.version}' of package '{id.full_name}', neither in "
        f"repository '{repository.name}' nor upstream of it.",
        asset,
        "asset",
    )


def _why_not_upstream(domain: Domain, repository: Repository, id: PackageId, name: str) -> str:
    package = repository.package(id.key)
    if id.format == "generic":
        return "the repository does not have it, and generic packages are not fetched from upstream"
    if package is not None and package.origin.upstream == BLOCK:
        return "the repository does not have it, and the origin configuration of the package blocks its upstreams"
    if not group_admits(domain, repository, id, "INTERNAL_UPSTREAM"):
        pattern = association(domain, id).group.pattern
        return f"the repository does not have it, and package group '{pattern}' blocks internal upstreams"
    if is_snapshot(id, name):
        return "no repository upstream has it, and snapshots are not fetched through an external connection"
    return "neither the repository nor anything upstream of it has the version, or something upstream blocks it"


def _not_downloadable(repository: Repository, id: PackageId, name: str, why: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"Version '{name}' of the {id.format} package '{id.full_name}' cannot be downloaded from repository "
        f"'{repository.name}': {why}.",
        name,
        "package-version",
    )
