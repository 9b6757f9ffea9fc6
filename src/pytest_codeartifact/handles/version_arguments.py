"""Validates the attributes of versions in seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from ..errors import SeedError, shown
from ..names.formats import EXTERNAL_CONNECTIONS
from ..names.packages import PackageId
from ..state import tree
from ..state.entities import (
    DISPOSED,
    EXTERNAL,
    INTERNAL,
    NO_DETAILS,
    PUBLISHED,
    STATUSES,
    UNKNOWN,
    AssetSummary,
    Dependency,
    Details,
    License,
    Repository,
    Version,
    texts,
)
from .arguments import check, one_of, record
from .asset_arguments import assets_of, check_asset_names, default_assets

if TYPE_CHECKING:
    from ..literals import OriginType, VersionStatus

_ORIGIN_TYPES: tuple[OriginType, ...] = (INTERNAL, EXTERNAL, UNKNOWN)


def version(
    id: PackageId,
    name: str,
    repository: Repository,
    *,
    published: int | None,
    nonce: int,
    status: VersionStatus = PUBLISHED,
    origin_type: OriginType = INTERNAL,
    entry_point: str | None = None,
    revision: str | None = None,
    details: Details = NO_DETAILS,
) -> Version:
    """A version as it is seeded.

    :param nonce: a number that distinguishes it from a removed version of its name, see :class:`.entities.Version`.
    :raises SeedError: the service could not have it.
    """
    status = one_of(status, STATUSES, "status")
    if status == DISPOSED and details.own_assets:
        raise SeedError(f"Version {shown(name)} of {id!r} is {DISPOSED}, so it has no assets any more.")
    if revision is not None:
        check("PackageVersionRevision", revision, "revision")
    entered = _entry_point(id, origin_type, entry_point, repository)
    check_asset_names(id, details.own_assets)
    record = Version(name, status, published, entered, nonce if revision is None else revision, None, id.key)
    return record.with_details(details._replace(assets=tree.EMPTY) if status == DISPOSED else details)


def with_additions(id: PackageId, version: Version, additions: Details, nonce: int) -> Version:
    """A seeded version with further assets and attributes.

    :param nonce: a number that distinguishes its revision from the previous one.
    :raises SeedError: the service could not have it.
    """
    if version.status == DISPOSED and additions.assets:
        raise SeedError(f"Version {version.version!r} of {id!r} is {DISPOSED}, so it has no assets any more.")
    for name, sha256, _ in tree.scan(additions.assets):
        existing = version.asset(name)
        if existing is not None and existing.sha256 != sha256:
            raise SeedError(
                f"Version {version.version!r} of {id!r} has an asset {name!r} already, with other content; assets "
                f"never change. Read it with assets[{name!r}], or give the new one another name."
            )
    check_asset_names(id, additions.assets)
    details = version.full_details.updated(additions._replace(assets=tree.EMPTY))
    return version.with_changed_details(details.with_assets(tree.scan(additions.assets)), nonce)


class VersionDetails(TypedDict, total=False):
    """The keywords of :func:`details` but its assets."""

    display_name: str | None
    summary: str | None
    home_page: str | None
    source_code_repository: str | None
    licenses: Sequence[License | Mapping[str, str] | str]
    readme: str | None
    dependencies: Sequence[Dependency | Mapping[str, str]]


class AllDetails(VersionDetails, total=False):
    """The keywords of :func:`details`."""

    assets: Mapping[str, bytes | AssetSummary] | None
    kept: Mapping[str, str] | None
    notes: Mapping[str, str] | None


def details(
    id: PackageId,
    version: str,
    *,
    assets: Mapping[str, bytes | AssetSummary] | None = None,
    display_name: str | None = None,
    summary: str | None = None,
    home_page: str | None = None,
    source_code_repository: str | None = None,
    licenses: Sequence[License | Mapping[str, str] | str] = (),
    readme: str | None = None,
    dependencies: Sequence[Dependency | Mapping[str, str]] = (),
    kept: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Details:
    """The attributes and assets of a version.

    :param version: its name as it is stored.
    :raises SeedError: the service could not have it.
    """
    attributes = {"display_name": display_name, "summary": summary, "home_page": home_page, "readme": readme}
    for name, text in {**attributes, "source_code_repository": source_code_repository}.items():
        if text is not None and not isinstance(text, str):
            raise SeedError(f"The {name} of a version must be a str, not {shown(text)}.")
    if readme is not None and id.format == "maven":
        raise SeedError("Maven packages have no readme in CodeArtifact. Leave out readme.")
    return Details(
        display_name,
        summary,
        home_page,
        source_code_repository,
        tuple(map(_license, licenses)),
        readme,
        tuple(map(_dependency, dependencies)),
        _texts(kept, "kept"),
        default_assets(id) if assets is None else assets_of(id, version, assets),
        _texts(notes, "notes"),
    )


def _texts(mapping: Mapping[str, str] | None, keyword: str) -> tree.Node:
    """Data of package managers that has no member in the API (rule PM-55), see :meth:`.Package.add_version`."""
    if mapping is None:
        return tree.EMPTY
    items = dict(mapping).items() if isinstance(mapping, Mapping) else [(None, mapping)]
    for name, text in items:
        if not isinstance(name, str) or not isinstance(text, str):
            raise SeedError(f"The {keyword} of a version must be a mapping of str to str, not {shown(mapping)}.")
    return texts(dict(items))


def _entry_point(
    id: PackageId, origin_type: OriginType, entry_point: str | None, repository: Repository
) -> tuple[OriginType, str | None, str | None]:
    one_of(origin_type, _ORIGIN_TYPES, "origin_type")
    if origin_type == UNKNOWN:
        if entry_point is not None:
            raise SeedError(
                f"A version whose origin is {UNKNOWN} has no entry_point. Leave it out, or write "
                f"origin_type={INTERNAL!r} or {EXTERNAL!r}."
            )
        return (UNKNOWN, None, None)
    if origin_type == INTERNAL:
        if entry_point is not None:
            check("RepositoryName", entry_point, "entry point")
        return (INTERNAL, entry_point or repository.name, None)
    fitting = [name for name, format in EXTERNAL_CONNECTIONS.items() if format == id.format]
    if not fitting:
        raise SeedError(f"{id!r} cannot be {EXTERNAL}: there is no external connection for {id.format} packages.")
    if entry_point is not None:
        return (EXTERNAL, None, one_of(entry_point, fitting, f"entry_point of an {EXTERNAL} {id.format} version"))
    own_connection = repository.external_connection
    return (EXTERNAL, None, own_connection if own_connection in fitting else fitting[0])


def _license(value: object) -> License:
    if isinstance(value, License):
        return value
    if isinstance(value, str):
        return License(value)
    if isinstance(value, Mapping):
        return record(License, value)
    raise SeedError(f"A license must be its name, or a License, not {shown(value)}. Write for example 'MIT'.")


def _dependency(value: object) -> Dependency:
    if isinstance(value, Dependency):
        return value
    if isinstance(value, Mapping):
        return record(Dependency, value)
    raise SeedError(
        f"A dependency must be Dependency('name', '>=1.0') or a mapping of its members, not {shown(value)}."
    )
