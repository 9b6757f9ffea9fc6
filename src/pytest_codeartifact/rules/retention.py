"""What a repository retains of its upstreams: whole versions, and assets that are added to them later.

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
from .publication import current, stored, take_in
from .scope import Scope
from .upstreams import Find, places

if TYPE_CHECKING:
    from ..literals import OriginType


def fetch(scope: Scope, repository: Repository, id: PackageId, name: str, asset: str | None = None) -> Version:
    """What a package manager's download of a version, or of one asset of it, does to a repository.

    A version found upstream is retained here; one that came through an external connection is retained by the
    repository that has the connection as well (rule U-9). A version that is here is given what it has been given
    upstream since (rules U-13 and U-14).

    :param name: the version, normalised.
    :returns: the version; the build that has the asset, if a snapshot has it no more (rule F-9).
    :raises ResourceNotFoundException: it is nowhere to be found, may not come in, cannot be downloaded in its status,
        has no such asset, or the upstream graph is broken (rule R-8).
    """
    first, search = _first_place(scope, repository, id, name)
    version = _ingested(scope, first) if first.through is not None else first.version
    for place in _suppliers(search, id, first, asset):
        supplied = _supplied(scope, id, version, place.version, asset)
        if place.through is not None and supplied != version:
            _supply_connection(scope, place, id, asset)
        version = supplied
    if asset is not None and version.asset(asset) is None:
        return _fetch_from_build(scope, repository, id, version, asset)
    if first.repository.uid != repository.uid or version != first.version:
        tags = _tags_of(first.package, name)
        take_in(scope, repository, first.package.id, version, came_in="INTERNAL_UPSTREAM", dist_tags=tags)
    return version


def preview(scope: Scope, repository: Repository, id: PackageId, name: str, asset: str | None = None) -> Version:
    """What :func:`fetch` would give now, without retaining anything.

    :raises ResourceNotFoundException: as :func:`fetch`.
    """
    aside = replace(scope, state=scope.state.fork(), effects=[])
    return fetch(aside, repository, id, name, asset)


def ingest(scope: Scope, find: Find) -> Find:
    """Retain a version from a public source in the repository with the external connection; the find that follows."""
    assert find.through is not None, "the version came from a public source"
    return Find(find.through, find.package, _ingested(scope, find), None)


def copy(scope: Scope, destination: Repository, find: Find) -> None:
    """Put a version as it is into another repository, with npm's tags on it (rules C-7 to C-9)."""
    tags = _tags_of(find.package, find.version.version)
    take_in(scope, destination, find.package.id, find.version, dist_tags=tags)


def _first_place(scope: Scope, repository: Repository, id: PackageId, name: str) -> tuple[Find, Iterator[Find]]:
    """The place that a version is downloaded from, and those behind it, see :func:`.upstreams.places`."""
    domain, repository = current(scope.state, repository)
    search = places(scope.state, domain, repository, id, name, scope.quotas.searched_repositories)
    first = next(search, None)
    if first is None:
        raise _nowhere(repository, id, name, _why_not_upstream(domain, repository, id, name))
    if not _is_downloadable(first.version):
        where = f"it is {first.version.status} in repository '{first.repository.name}'"
        raise _nowhere(repository, id, name, where)
    return first, search


def _fetch_from_build(scope: Scope, repository: Repository, id: PackageId, version: Version, asset: str) -> Version:
    """The build of a snapshot that has an asset which the snapshot has no more."""
    build = build_of(id, version.version, asset) if is_moving(id, version.version) else None
    if build is None:
        raise _no_asset(repository, id, version, asset)
    return fetch(scope, repository, id, build, asset)


def _ingested(scope: Scope, find: Find) -> Version:
    """Retain a version from a public source; its time is the one that the source tells, if it does (rule S-7)."""
    assert find.through is not None, "the version came from a public source"
    published = scope.now if find.version.published is None else find.version.published
    version = find.version._replace(entry_point=_entry_point(find), published=published)
    take_in(scope, find.through, find.package.id, version, dist_tags=_tags_of(find.package, version.version))
    return version


def _entry_point(find: Find) -> tuple[OriginType, str | None, str | None]:
    """How a version that is found has entered the domain, or would enter it now (rule S-4)."""
    return find.version.entry_point if find.through is None else (EXTERNAL, None, find.repository.name)


def _suppliers(search: Iterator[Find], id: PackageId, first: Find, asset: str | None) -> Iterator[Find]:
    """The places behind the first one that may give a version more than it has there (rules U-13 and U-14).

    A dead reference in the graph matters only if what is asked for is not there already (rule R-8).
    """
    missing = asset is not None and first.version.asset(asset) is None
    follows = is_moving(id, first.version.version)
    if not (follows or id.format == "pypi" or (id.format == "maven" and missing)):
        return
    at = first
    try:
        while follows or not _was_published_at(at):
            at = next(search)
            if not _is_downloadable(at.version) or not (follows or _entry_point(at) == _entry_point(first)):
                return
            yield at
    except StopIteration:
        return
    except ResourceNotFoundException:
        if missing:
            raise


def _supplied(scope: Scope, id: PackageId, version: Version, upstream: Version, asset: str | None) -> Version:
    """A version with what one upstream gives it: of a snapshot everything, of Maven the asset that is asked for."""
    if is_moving(id, version.version):
        return upstream._replace(status=version.status)
    wanted = asset if id.format == "maven" else None
    missing = [
        entry for entry in tree.scan(upstream.assets) if version.asset(entry[0]) is None and wanted in (None, entry[0])
    ]
    return version.changed_to(version.full_details.with_assets(missing), scope.state.removals) if missing else version


def _supply_connection(scope: Scope, place: Find, id: PackageId, asset: str | None) -> None:
    """Give the repository with the external connection what comes through it (rule U-9)."""
    assert place.through is not None, "the version came from a public source"
    retained = stored(scope, place.through, id, place.version.version)
    if retained is None:
        _ingested(scope, place)
    else:
        take_in(scope, place.through, id, _supplied(scope, id, retained, place.version, asset))


def _is_downloadable(version: Version) -> bool:
    return version.status in (PUBLISHED, UNLISTED)


def _was_published_at(at: Find) -> bool:
    """Whether a version entered the domain here, or nobody knows where (rule S-4)."""
    type, repository, _ = _entry_point(at)
    return type == UNKNOWN or (type == INTERNAL and repository == at.repository.name)


def _tags_of(package: Package, version: str) -> dict[str, str]:
    return {tag: target for tag, target in package.dist_tags if target == version}


def _no_asset(repository: Repository, id: PackageId, version: Version, asset: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"The asset '{asset}' does not exist in version '{version.version}' of package '{id.full_name}', and cannot be "
        f"had from what lies upstream of repository '{repository.name}'.",
        asset,
        "asset",
    )


def _why_not_upstream(domain: Domain, repository: Repository, id: PackageId, name: str) -> str:
    package = repository.package(id.key)
    if id.format == "generic":
        return "it is not there, and generic packages do not come from upstream"
    if package is not None and package.origin.upstream == BLOCK:
        return "it is not there, and the package's origin configuration blocks its upstream"
    if not group_admits(domain, repository, id, "INTERNAL_UPSTREAM"):
        return f"it is not there, and package group '{association(domain, id).group.pattern}' blocks internal upstreams"
    if is_snapshot(id, name):
        return "neither it nor a repository upstream has the version, and snapshots come through no external connection"
    return "neither it nor what lies upstream of it has the version, or lets it through"


def _nowhere(repository: Repository, id: PackageId, name: str, why: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"Version '{name}' of the {id.format} package '{id.full_name}' cannot be had from repository "
        f"'{repository.name}': {why}.",
        name,
        "package-version",
    )
