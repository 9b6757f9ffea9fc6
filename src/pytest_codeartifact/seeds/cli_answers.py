"""Seeds one repository from the output of the AWS CLI: six kinds of responses, recognised by their members.

Unknown members are ignored, because AWS adds new ones. Known members must have possible values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, cast

from ..clock import from_millis
from ..errors import shown
from ..handles import Package, Repository, arguments, new_versions, package_records, updates
from ..handles.handle import pointer_of
from ..handles.package_records import PackageRecords, VersionKeywords
from ..names.packages import PackageId
from ..rules.storage import store_new
from ..state import entities
from ..state.entities import EXTERNAL, UNKNOWN, AssetSummary, License, Origin
from . import dumping
from .values import FileValue

_Keywords = dict[str, Any]

_NAME: Callable[[FileValue], Any] = FileValue.text
"""Reads a name of a fixed set. It is checked where it is used."""

_HASHES = {"sha256": "SHA-256", "sha1": "SHA-1", "md5": "MD5", "sha512": "SHA-512"}
_IS_HASH = re.compile("[0-9a-f]+")

_TAKES = (
    "load_cli takes what the AWS CLI prints for list-packages, list-package-versions, describe-package, "
    "describe-package-version, describe-repository and list-package-version-assets"
)


def take(repository: Repository, printed: FileValue) -> None:
    """Seed a response of the AWS CLI.

    :raises SeedError: the response is unknown or has an impossible value; with the place.
    """
    if not isinstance(printed.value, dict):
        raise printed.wrong(f"expected a table: {_TAKES}.")
    table = printed.table()
    for member, load in _ANSWERS.items():
        if member in table and (member != "package" or isinstance(table[member].value, dict)):
            load(repository, printed)
            return
    raise printed.wrong(f"{_TAKES}; this has {', '.join(map(shown, list(table)[:10])) or 'nothing'}.")


def _list_packages(repository: Repository, printed: FileValue) -> None:
    holder = pointer_of(repository)
    records, repository_record = PackageRecords(holder), holder.repository()
    new: dict[str, entities.Package] = {}
    for package in printed.required_member("packages", FileValue.items):
        id, origin = _id(package, "package"), _given_origin(package)
        if repository_record.package(id.key) is not None:
            _with_origin(Package(holder.under(id.key)), origin)
        elif id.key not in new or origin is not None:
            new[id.key] = records.package(id, package_records.NOTHING, origin)
    holder.service.state.put_packages(holder.repository(), new.values())


def _describe_package(repository: Repository, printed: FileValue) -> None:
    _seeded_package(repository, printed.at("package"), "name")


def _list_package_versions(repository: Repository, printed: FileValue) -> None:
    package = _seeded_package(repository, printed, "package")
    id, holder, existing_package = package.id, pointer_of(repository), pointer_of(package).package()
    default = printed.member("defaultDisplayVersion", FileValue.text)
    now = holder.service.clock.now()
    records, new = PackageRecords(holder), dict[str, entities.Version]()
    for version in printed.required_member("versions", FileValue.items):
        given, keywords = version.required_member("version", FileValue.text), _version(version)
        with version.locating_errors():
            name = arguments.version_name(id, given)
            # The CLI lists no times, but the newest version is known: it is the default display version.
            published = now if default in (None, given) else now - dt.timedelta(milliseconds=1)
            if name not in new and existing_package.version(name) is None:
                new[name] = records.version(id, given, {"published": published, **keywords}).record(id.key)
    store_new(holder.service.state, holder.repository(), id, list(new.values()))
    if id.format == "npm" and default is not None and default in package.versions:
        _replace_fields(package, dist_tags=tuple({**package.dist_tags, "latest": default}.items()))


def _describe_package_version(repository: Repository, printed: FileValue) -> None:
    version = printed.at("packageVersion")
    package = _seeded_package(repository, version, "packageName")
    name, keywords = version.required_member("version", FileValue.text), _version(version)
    displayed = version.member("displayName", FileValue.text)
    if displayed not in (package.id.full_name if package.id.format == "npm" else package.id.name, None):
        keywords["display_name"] = displayed
    texts = {"summary": "summary", "homePage": "home_page", "sourceCodeRepository": "source_code_repository"}
    for member, keyword in texts.items():
        keywords[keyword] = version.member(member, FileValue.text)
    keywords["published"] = version.member("publishedTime", _timestamp)
    keywords["licenses"] = version.member("licenses", _licenses)
    with version.locating_errors():
        _seed_or_complete(package, name, {key: value for key, value in keywords.items() if value is not None})


def _list_package_version_assets(repository: Repository, printed: FileValue) -> None:
    package = _seeded_package(repository, printed, "package")
    name = printed.required_member("version", FileValue.text)
    revision = printed.member("versionRevision", FileValue.text)
    listed = dict(map(_asset, printed.required_member("assets", FileValue.items)))
    with printed.locating_errors():
        version = arguments.version_name(package.id, name)
        assets = {**listed, **_existing_keywords(package, version).get("assets", {})}
        _seed_or_complete(package, name, {"assets": assets, **({} if revision is None else {"revision": revision})})


def _asset(asset: FileValue) -> tuple[str, AssetSummary | bytes]:
    """An asset without content. If its size or SHA-256 is missing, or a placeholder of the guide, it is empty."""
    name, size = asset.required_member("name", FileValue.text), asset.member("size", FileValue.number)
    printed = asset.member("hashes", FileValue.texts) or {}
    hashes = {
        keyword: printed[member] for keyword, member in _HASHES.items() if _IS_HASH.fullmatch(printed.get(member, ""))
    }
    return name, b"" if size is None or "sha256" not in hashes else AssetSummary(size, **hashes)


def _describe_repository(repository: Repository, printed: FileValue) -> None:
    described = printed.at("repository")
    upstreams = [
        upstream.required_member("repositoryName", FileValue.text)
        for upstream in described.member("upstreams", FileValue.items) or ()
    ]
    connections = [
        connection.required_member("externalConnectionName", _NAME)
        for connection in described.member("externalConnections", FileValue.items) or ()
    ]
    if len(connections) > 1:
        raise described.at("externalConnections").wrong("a repository has one external connection at most (rule U-1).")
    attributes: _Keywords = {
        "administrator": described.member("administratorAccount", FileValue.text),
        "description": described.member("description", FileValue.text),
        "created": described.member("createdTime", _timestamp),
    }
    with described.locating_errors():
        updates.set_sources(repository, upstreams, connections[0] if connections else None)
        updates.update_attributes(repository, **attributes)


_ANSWERS: dict[str, Callable[[Repository, FileValue], None]] = {
    "packages": _list_packages,
    "versions": _list_package_versions,
    "packageVersion": _describe_package_version,
    "repository": _describe_repository,
    "assets": _list_package_version_assets,
    "package": _describe_package,  # the last, as other answers have a member of that name, a text
}
"""The readers of responses, by the member that identifies a response."""


def _seeded_package(repository: Repository, package: FileValue, named: str) -> Package:
    """The package that a response is about. It is seeded if it does not exist, and gets the origin that is printed."""
    id, origin = _id(package, named), _given_origin(package)
    existing = repository.packages.get(id)
    return repository.add_package(id, origin=origin) if existing is None else _with_origin(existing, origin)


def _with_origin(package: Package, origin: Origin | None) -> Package:
    if origin is not None:
        _replace_fields(package, **origin._asdict())
    return package


def _id(package: FileValue, named: str) -> PackageId:
    format, name = package.required_member("format", _NAME), package.required_member(named, FileValue.text)
    namespace = package.member("namespace", FileValue.text)
    with package.locating_errors():
        return PackageId(format, namespace, name)


def _given_origin(package: FileValue) -> Origin | None:
    origin = package.member("originConfiguration", _origin)
    with package.locating_errors():
        return None if origin is None else arguments.origin(origin)


def _version(version: FileValue) -> _Keywords:
    """The keywords of a version that are in lists and in descriptions."""
    keywords = {
        "revision": version.member("revision", FileValue.text),
        "status": version.member("status", FileValue.text),
    }
    origin = version.member("origin", _version_origin) or {}
    return {key: value for key, value in {**keywords, **origin}.items() if value is not None}


def _version_origin(origin: FileValue) -> _Keywords:
    type = origin.member("originType", FileValue.text)
    entry = origin.member("domainEntryPoint", _entry_point) or {}
    if type == UNKNOWN:
        return {"origin_type": type}
    return {"origin_type": type, "entry_point": entry.get("connection" if type == EXTERNAL else "repository")}


def _entry_point(entry: FileValue) -> _Keywords:
    return {
        "repository": entry.member("repositoryName", FileValue.text),
        "connection": entry.member("externalConnectionName", FileValue.text),
    }


def _origin(origin: FileValue) -> Origin | None:
    return origin.member("restrictions", _switches)


def _switches(restrictions: FileValue) -> Origin:
    return Origin(restrictions.required_member("publish", _NAME), restrictions.required_member("upstream", _NAME))


def _licenses(licenses: FileValue) -> list[License]:
    return [
        License(license.member("name", FileValue.text) or "", license.member("url", FileValue.text))
        for license in licenses.items()
    ]


def _timestamp(printed: FileValue) -> dt.datetime:
    """A timestamp as the CLI prints it: a text, or seconds since the epoch."""
    if isinstance(printed.value, bool) or not isinstance(printed.value, (int, float)):
        return printed.absolute_time()
    try:
        return from_millis(round(printed.value * 1000))
    except (OverflowError, ValueError):
        raise printed.wrong(f"{shown(printed.value)} seconds since the epoch is not a valid timestamp.") from None


def _seed_or_complete(package: Package, name: str, keywords: _Keywords) -> None:
    """Seed a version, or complete an existing one. The given keywords override the known ones."""
    known = _existing_keywords(package, arguments.version_name(package.id, name))
    given = cast("VersionKeywords", {**known, **keywords})  # which are checked when they are used
    new_versions.put(pointer_of(package), name, given)


def _existing_keywords(package: Package, version: str) -> _Keywords:
    """The keywords of an existing version, none if it does not exist."""
    pointer = pointer_of(package)
    record = pointer.package().version(version)
    if record is None:
        return {}
    keywords = dumping.version_keywords(pointer.repository(), package.id.key, record)
    del keywords["version"]
    return keywords


def _replace_fields(package: Package, **fields: Any) -> None:
    pointer = pointer_of(package)
    with pointer.service.writing() as state:
        state.put_package(pointer.repository(), pointer.package()._replace(**fields))
