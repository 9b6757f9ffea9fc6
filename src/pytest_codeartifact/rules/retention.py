"""Retains versions from upstream in a repository, including assets that appear there later.

Rules U-9, U-13, U-14, F-9, K-8, R-8, S-4 and S-7. :mod:`.upstreams` locates the versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ResourceNotFoundException
from ..names.maven_snapshots import build_of, is_moving, is_snapshot
from ..names.packages import PackageId
from ..state import tree
from ..state.entities import BLOCK, DOWNLOADABLE, EXTERNAL, INTERNAL, UNKNOWN, Repository, Version
from .origins import association, group_admits
from .repository_package import RepositoryPackage
from .scope import Scope
from .upstreams import LocatedVersion, locate_all

if TYPE_CHECKING:
    from ..literals import OriginType


def fetch(package: RepositoryPackage, name: str, asset: str | None = None) -> Version:
    """Download a version, or one of its assets, as a package manager does, and retain it.

    A version found upstream is retained in this repository. If it comes through an external connection, the repository
    with the connection retains it too (rule U-9). A version that is retained already gets the assets that were added
    upstream since (rules U-13 and U-14).

    :param name: the normalised version.
    :returns: the version. If a snapshot no longer has the asset, or is deleted, the build that has it (rule F-9).
    :raises ResourceNotFoundException: the version does not exist upstream, may not enter, cannot be downloaded in its
        status or has no such asset, or the upstream graph is broken (rule R-8).
    """
    scope = package.scope
    build = _build_with(package.id, name, asset)
    # The nearest source decides the version. Those upstream of it can only add assets.
    locations = locate_all(package, name)
    nearest = next(locations, None)
    if nearest is None and build is not None:
        return fetch(package, build, asset)
    nearest = _downloadable(package, name, nearest)
    version = nearest.version if nearest.through is None else ingest(scope, nearest).version
    for supplier in _suppliers(locations, package.id, nearest, asset):
        supplied = _supplied(package, version, supplier.version, asset)
        if supplier.through is not None and supplied != version:
            _supply_connection(package, supplier, asset)
        version = supplied
    if asset is not None and version.asset(asset) is None:
        if build is None:
            raise _no_asset(package, version, asset)
        return fetch(package, build, asset)
    # Nothing is stored, and no event sent, if the repository has the version already and nothing was added.
    repository = package.repository
    if nearest.repository.uid != repository.uid or version != nearest.version:
        _retain(scope, repository, nearest, version, restriction="INTERNAL_UPSTREAM")
    return version


def preview(package: RepositoryPackage, name: str, asset: str | None = None) -> Version:
    """The version that :func:`fetch` would return now, without retaining it.

    :raises ResourceNotFoundException: as :func:`fetch`.
    """
    # A fork costs one reference, so the real rules can be applied and their result dropped.
    return fetch(package.on_a_fork(), name, asset)


def ingest(scope: Scope, located: LocatedVersion) -> LocatedVersion:
    """Retain a version from a public source in the repository with the external connection.

    It keeps the time of publication of the source, if known (rule S-7).

    :returns: the version as that repository has it.
    """
    assert located.through is not None, "the version came from a public source"
    published = scope.now if located.version.published is None else located.version.published
    version = located.version._replace(plain_entry_point=_entry_point(located), published=published)
    _retain(scope, located.through, located, version)
    return LocatedVersion(located.through, located.record, None, version)


def copy(scope: Scope, destination: Repository, located: LocatedVersion) -> None:
    """Put an unmodified version into another repository, with its npm dist-tags (rules C-7 to C-9)."""
    _retain(scope, destination, located, located.version)


def _retain(
    scope: Scope, repository: Repository, located: LocatedVersion, version: Version, restriction: str | None = None
) -> None:
    """Store a version in a repository, in the spelling and with the npm dist-tags of the package where it was found."""
    tags = {tag: target for tag, target in located.record.dist_tags if target == version.version}
    package = RepositoryPackage(scope, repository, located.record.id)
    package.take_in(version, restriction=restriction, dist_tags=tags)


def _downloadable(package: RepositoryPackage, name: str, nearest: LocatedVersion | None) -> LocatedVersion:
    """The given version. Refuses one that was not found, or that has a status without downloads."""
    if nearest is None:
        raise _not_downloadable(package, name, _why_not_upstream(package, name))
    if not _is_downloadable(nearest.version):
        where = f"it is {nearest.version.status} in repository '{nearest.repository.name}'"
        raise _not_downloadable(package, name, where)
    return nearest


def _build_with(id: PackageId, name: str, asset: str | None) -> str | None:
    """The build that an asset of a snapshot belongs to. The snapshot itself may no longer have it, or be deleted."""
    return build_of(id, name, asset) if asset is not None and is_moving(id, name) else None


def _entry_point(located: LocatedVersion) -> tuple[OriginType, str | None, str | None]:
    """How a located version entered the domain, or would enter it now from a public source (rule S-4)."""
    return located.version.plain_entry_point if located.through is None else (EXTERNAL, None, located.repository.name)


def _suppliers(
    locations: Iterator[LocatedVersion], id: PackageId, nearest: LocatedVersion, asset: str | None
) -> Iterator[LocatedVersion]:
    """The locations further upstream that may have more assets of the version (rules U-13 and U-14).

    A dead reference in the graph is an error only if the requested asset is still missing (rule R-8).
    """
    missing = asset is not None and nearest.version.asset(asset) is None
    follows = is_moving(id, nearest.version.version)
    if not (follows or id.format == "pypi" or (id.format == "maven" and missing)):
        return
    last = nearest
    try:
        # Upstream of the repository in which a version was published, another version of its name is unrelated.
        while follows or not _was_published_here(last):
            last = next(locations)
            if not _is_downloadable(last.version) or not (follows or _entry_point(last) == _entry_point(nearest)):
                return
            yield last
    except StopIteration:
        return
    except ResourceNotFoundException:  # a dead reference, which does not matter for what was located already
        if missing:
            raise


def _supplied(package: RepositoryPackage, version: Version, upstream: Version, asset: str | None) -> Version:
    """A version completed from one upstream: for a snapshot with everything, for Maven with the requested asset."""
    if is_moving(package.id, version.version):
        return upstream._replace(status=version.status)
    wanted = asset if package.id.format == "maven" else None
    missing = [
        entry for entry in tree.scan(upstream.assets) if version.asset(entry[0]) is None and wanted in (None, entry[0])
    ]
    if not missing:
        return version
    return version.with_changed_details(version.full_details.with_assets(missing), package.scope.state.removals)


def _supply_connection(package: RepositoryPackage, supplier: LocatedVersion, asset: str | None) -> None:
    """Retain a version, or its new assets, in the repository with the external connection (rule U-9)."""
    assert supplier.through is not None, "the version came from a public source"
    connected = RepositoryPackage(package.scope, supplier.through, package.id)
    retained = connected.version(supplier.version.version)
    if retained is None:
        ingest(package.scope, supplier)
    else:
        connected.take_in(_supplied(connected, retained, supplier.version, asset))


def _is_downloadable(version: Version) -> bool:
    return version.status in DOWNLOADABLE


def _was_published_here(located: LocatedVersion) -> bool:
    """Whether a version entered the domain in the repository that has it, or its origin is unknown (rule S-4)."""
    type, repository, _ = _entry_point(located)
    return type == UNKNOWN or (type == INTERNAL and repository == located.repository.name)


def _no_asset(package: RepositoryPackage, version: Version, asset: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"The asset '{asset}' does not exist in version '{version.version}' of package '{package.id.full_name}', "
        f"neither in repository '{package.repository.name}' nor upstream of it.",
        asset,
        "asset",
    )


def _why_not_upstream(package: RepositoryPackage, name: str) -> str:
    domain, repository, record = package.current()
    if package.id.format == "generic":
        return "the repository does not have it, and generic packages are not fetched from upstream"
    if record is not None and record.origin.upstream == BLOCK:
        return "the repository does not have it, and the origin configuration of the package blocks its upstreams"
    if not group_admits(domain, repository, package.id, "INTERNAL_UPSTREAM"):
        pattern = association(domain, package.id).group.pattern
        return f"the repository does not have it, and package group '{pattern}' blocks internal upstreams"
    if is_snapshot(package.id, name):
        return "no repository upstream has it, and snapshots are not fetched through an external connection"
    return "neither the repository nor anything upstream of it has the version, or something upstream blocks it"


def _not_downloadable(package: RepositoryPackage, name: str, why: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"Version '{name}' of the {package.id.format} package '{package.id.full_name}' cannot be downloaded from "
        f"repository '{package.repository.name}': {why}.",
        name,
        "package-version",
    )
