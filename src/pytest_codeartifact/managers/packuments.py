"""The documents of npm about packages, called packuments, and the objects of versions in them.

The object of a version is the one that was published, or is read from the ``package.json`` in its tarball.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..clock import from_millis
from ..errors import ValidationException
from ..names.packages import PackageId
from ..state.entities import Asset, Version
from . import json_bodies
from .archives import member_of_tar
from .json_bodies import JsonObject
from .protocol import ProtocolRequest

TARBALL = "package.tgz"
MANIFEST, DEPRECATED, DEPRECATED_AT = "npm/manifest", "npm/deprecated", "npm/deprecated-at"
"""The names under which parts of a version are kept (rule PM-55)."""

LATEST = "latest"

_REPEATED_MEMBERS = (
    "description",
    "license",
    "homepage",
    "repository",
    "keywords",
    "author",
    "maintainers",
    "bugs",
    "readme",
)
"""The members of the latest version that a full packument repeats at its top (rule NPM-5)."""

_ABBREVIATED_MEMBERS = (
    *("name", "version", "deprecated", "bin", "directories", "engines", "os", "cpu", "libc", "funding", "dist"),
    *("dependencies", "devDependencies", "optionalDependencies", "bundleDependencies"),
    *("peerDependencies", "peerDependenciesMeta", "hasInstallScript", "_hasShrinkwrap"),
)
"""The members of each version in an abbreviated packument (rule NPM-6)."""


def full_packument(
    id: PackageId, versions: list[Version], objects: dict[str, JsonObject], tags: dict[str, str]
) -> JsonObject:
    """The full packument (rule NPM-5)."""
    latest = objects[tags[LATEST]]
    repeated = _members(latest, _REPEATED_MEMBERS)
    entries = {version: _without_readme(each) for version, each in objects.items()}
    identity = {"_id": id.full_name, "name": id.full_name, "dist-tags": tags}
    return {**identity, "versions": entries, "time": _times(versions), **repeated}


def _without_readme(version: JsonObject) -> JsonObject:
    return {name: value for name, value in version.items() if name != "readme"}


def _members(version: JsonObject, names: Iterable[str]) -> JsonObject:
    """The members of these names that a version has."""
    return {name: version[name] for name in names if name in version}


def abbreviated_packument(
    id: PackageId, versions: list[Version], objects: dict[str, JsonObject], tags: dict[str, str]
) -> JsonObject:
    """The abbreviated packument (rule NPM-6)."""
    times = _times(versions)
    entries = {version: _members(each, _ABBREVIATED_MEMBERS) for version, each in objects.items()}
    return {
        "name": id.full_name,
        "modified": times["modified"],
        "dist-tags": tags,
        "time": times,
        "versions": entries,
    }


def _times(versions: list[Version]) -> dict[str, str]:
    """When each version was published, and when the package was created and last changed (rule NPM-8)."""
    by_version = {version.version: published(version) for version in versions}
    deprecated = (int(version.note(DEPRECATED_AT) or 0) for version in versions)
    modified = max(*by_version.values(), *deprecated)
    times = {"created": min(by_version.values()), "modified": modified, **by_version}
    return {name: _iso(millis) for name, millis in times.items()}


def published(version: Version) -> int:
    """The time of publication of a listed version, in milliseconds since the epoch."""
    assert version.published is not None, "listed versions have a time of publication"
    return version.published


def _iso(millis: int) -> str:
    return from_millis(millis).strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03d}Z"


def version_object(request: ProtocolRequest, id: PackageId, version: Version) -> JsonObject:
    """A version in the form of packuments (rules NPM-7 and PM-52)."""
    asset = version.asset(TARBALL)
    deprecated = version.kept(DEPRECATED)
    return {
        **_manifest(version, asset),
        "name": id.full_name,
        "version": version.version,
        "_id": f"{id.full_name}@{version.version}",
        **({} if deprecated is None else {"deprecated": deprecated}),
        "dist": {"tarball": f"{request.endpoint}{id.full_name}/-/{file_name(id, version.version)}", **_hashes(asset)},
    }


def _manifest(version: Version, asset: Asset | None) -> JsonObject:
    kept = version.kept(MANIFEST)
    if kept is not None:
        manifest: JsonObject = json.loads(kept)
        return manifest
    details = {
        "description": version.details.summary,
        "homepage": version.details.home_page,
        "readme": version.details.readme,
    }
    return {**_manifest_in(asset), **{name: value for name, value in details.items() if value is not None}}


def _manifest_in(asset: Asset | None) -> JsonObject:
    """The ``package.json`` in a tarball; empty if it cannot be read."""
    if asset is None or not isinstance(asset.content, bytes):
        return {}
    try:
        manifest = json_bodies.parse(member_of_tarball(asset.content, "package.json"))
    except ValidationException:
        return {}
    return kept_members(manifest) if isinstance(manifest, dict) else {}


def member_of_tarball(tarball: bytes, name: str) -> bytes:
    """A file in the top folder of a package. The folder is usually ``package``, but npm accepts any name."""
    return member_of_tar(tarball, lambda member: member.count("/") == 1 and member.endswith(f"/{name}")) or b""


def kept_members(manifest: Mapping[str, Any]) -> JsonObject:
    """The parts of a manifest that are kept (rule NPM-11)."""
    return {
        name: value
        for name, value in manifest.items()
        if name not in ("dist", "deprecated") and (not name.startswith("_") or name == "_hasShrinkwrap")
    }


def _hashes(asset: Asset | None) -> dict[str, str]:
    if asset is None:
        return {}
    summary = asset.summary
    sha512 = None if summary.sha512 is None else f"sha512-{base64.b64encode(bytes.fromhex(summary.sha512)).decode()}"
    hashes = {"shasum": summary.sha1, "integrity": sha512}
    return {name: value for name, value in hashes.items() if value is not None}


def file_name(id: PackageId, version: str) -> str:
    """The name of a tarball in its URL. Its asset is always called :data:`TARBALL`."""
    return f"{id.name}-{version}.tgz"
