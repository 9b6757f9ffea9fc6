"""The protocol of cargo: a sparse index, and the web API of a registry (section 5).

The metadata of a version in the index is the published JSON, or is read from the ``Cargo.toml`` in its crate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..clock import from_millis
from ..errors import ConflictException, ResourceNotFoundException, ValidationException
from ..names.packages import PackageId
from ..state.entities import Asset, Dependency, Details, License, Version
from . import cargo_manifest, json_bodies, semver
from .json_bodies import JsonObject, checked
from .protocol import Protocol, ProtocolRequest, Reply, Work, get, json_reply, publish
from .repository_view import RepositoryView

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
_LENGTH = 4
"""The number of bytes of each length in the body of a publication."""

_PUBLICATION = "cargo/publication"
"""The name under which the JSON of a publication is kept (rule PM-55)."""

_OF_DEPENDENCIES = {
    "version_req": str,
    "optional": bool,
    "default_features": bool,
    "target": str,
    "kind": str,
    "registry": str,
    "explicit_name_in_toml": str,
}
"""The members of a dependency in a publication, and their types."""

_LINES = "text/plain; charset=utf-8"


def _config(request: ProtocolRequest) -> Work:
    """Serve config.json (rule CG-2)."""
    endpoint = request.endpoint
    return lambda _: json_reply({"dl": f"{endpoint}api/v1/crates", "api": endpoint.rstrip("/"), "auth-required": True})


# The index


def _index(request: ProtocolRequest, crate: str, first: str = "", second: str = "") -> Work:
    """The index file of a crate (rules CG-5 and CG-6)."""
    id = request.about(crate)
    if (first, second) != _prefix(crate.lower()):
        raise ResourceNotFoundException(f"The index has no file of crate '{crate}' at this path.")

    def answer(repository: RepositoryView) -> Reply:
        stored_id = repository.spelled(id, str.lower)
        versions = sorted(repository.listed(stored_id), key=lambda version: semver.precedence(version.version))
        lines = (json.dumps(_line(request, stored_id, version), ensure_ascii=False) for version in versions)
        return Reply("".join(f"{line}\n" for line in lines).encode(), _LINES)

    return answer


def _prefix(crate: str) -> tuple[str, str]:
    """The folders of a crate's index file."""
    if len(crate) < 3:
        return str(len(crate)), ""
    return ("3", crate[0]) if len(crate) == 3 else (crate[:2], crate[2:4])


def _line(request: ProtocolRequest, id: PackageId, version: Version) -> JsonObject:
    """The line of a version in an index file (rules CG-6 and CG-7)."""
    asset = version.asset(_file_name(id, version.version))
    published = _publication(version, asset)
    features = published.get("features", {})
    return {
        "name": id.name,
        "vers": version.version,
        "deps": [_index_dependency(request, dependency) for dependency in published.get("deps", ())],
        "cksum": "" if asset is None else asset.sha256,
        "features": features,
        "yanked": False,
        "links": published.get("links"),
        "rust_version": published.get("rust_version"),
        "v": 2 if any(map(_is_new, _enabled_features(features))) else 1,
    }


def _publication(version: Version, asset: Asset | None) -> JsonObject:
    kept = version.kept(_PUBLICATION)
    if kept is not None:
        published: JsonObject = json.loads(kept)
        return published
    return cargo_manifest.publication(asset)


def _index_dependency(request: ProtocolRequest, dependency: Mapping[str, Any]) -> JsonObject:
    """A dependency in the form of the index."""
    renamed = dependency.get("explicit_name_in_toml")
    registry = dependency.get("registry")
    return {
        "name": renamed or dependency["name"],
        "req": dependency.get("version_req", "*"),
        "features": dependency.get("features") or [],
        "optional": bool(dependency.get("optional")),
        "default_features": dependency.get("default_features", True),
        "target": dependency.get("target"),
        "kind": dependency.get("kind") or "normal",
        "registry": None if _is_own(request, registry) else registry,
        **({"package": dependency["name"]} if renamed else {}),
    }


def _is_own(request: ProtocolRequest, registry: object) -> bool:
    return isinstance(registry, str) and registry.removeprefix("sparse+").rstrip("/") == request.endpoint.rstrip("/")


def _enabled_features(features: Mapping[str, Any]) -> Iterable[str]:
    """The members of all features."""
    return (each for enabled in features.values() if isinstance(enabled, list) for each in enabled)


def _is_new(enabled: object) -> bool:
    """Whether older versions of cargo cannot parse this member of a feature."""
    return isinstance(enabled, str) and (enabled.startswith("dep:") or "?/" in enabled)


# The web API


def _file_name(id: PackageId, version: str) -> str:
    """The name of the asset of a crate (rule CG-8)."""
    return f"{id.name}-{version}.crate"


def _versions(request: ProtocolRequest, crate: str) -> Work:
    """List the versions of a crate (rule CG-13)."""
    id = request.about(crate)
    path = urlsplit(request.endpoint).path

    def answer(repository: RepositoryView) -> Reply:
        stored_id = repository.spelled(id, str.lower)
        newest_first = sorted(repository.listed(stored_id), key=lambda version: version.recency, reverse=True)
        return json_reply({"versions": [_version_entry(stored_id, version, path) for version in newest_first]})

    return answer


def _version_entry(id: PackageId, version: Version, path: str) -> JsonObject:
    asset = version.asset(_file_name(id, version.version))
    assert version.published is not None, "listed versions have a time of publication"
    created = from_millis(version.published).isoformat(timespec="microseconds")
    return {
        "crate": id.name,
        "num": version.version,
        "checksum": "" if asset is None else asset.sha256,
        "created_at": created,
        "updated_at": created,
        "yanked": False,
        "dl_path": f"{path}api/v1/crates/{id.name}/{version.version}/download",
    }


def _download(request: ProtocolRequest, crate: str, version: str) -> Work:
    id = request.about(crate, version=version)
    request.about(crate, version=version, asset=_file_name(id, version))

    def answer(repository: RepositoryView) -> Reply:
        stored_id = repository.spelled(id, str.lower)
        return Reply(repository.file(stored_id, version, _file_name(stored_id, version)).read())

    return answer


# Publication


class _PublishRequest(NamedTuple):
    """The two parts of a publication: metadata and crate file."""

    metadata: JsonObject
    crate: bytes


def _publish(request: ProtocolRequest) -> Work:
    sent = _split(request.body)
    name, version = (checked(sent.metadata.get(member), str, f"'{member}'") for member in ("name", "vers"))
    if _NAME.fullmatch(name) is None:
        raise ValidationException(
            f"'{name[:64]}' is not a valid name of a crate: it must begin with a letter and contain letters, "
            f"digits, '-' and '_' only, at most 64."
        )
    id = request.about(name, version=version, asset=f"{name}-{version}.crate")
    details = _details(sent.metadata).keeping({_PUBLICATION: json.dumps(sent.metadata)})

    def answer(repository: RepositoryView) -> Reply:
        _check_spelling(repository, id)
        _check_build(repository, id, version)
        repository.upload(id, version, {_file_name(id, version): sent.crate}, details)
        warnings: dict[str, list[str]] = {"invalid_categories": [], "invalid_badges": [], "other": []}
        return json_reply({"warnings": warnings})

    return answer


def _split(body: bytes) -> _PublishRequest:
    """Split a publication, whose parts follow their lengths (rule CG-9)."""
    metadata, rest = _part(body, "metadata")
    crate, rest = _part(rest, "crate")
    if rest:
        raise ValidationException(f"The body has {len(rest)} bytes after the lengths that it declares.")
    document = checked(json_bodies.parse(metadata), dict, "The metadata")
    json_bodies.check_optional(document, {"links": str, "rust_version": str}, "the metadata")
    for dependency in checked(document.get("deps", []), list, "'deps'"):
        _check_dependency(checked(dependency, dict, "A dependency"))
    for name, enabled in checked(document.get("features", {}), dict, "'features'").items():
        json_bodies.check_strings(enabled, f"feature '{name}'")
    return _PublishRequest(document, crate)


def _check_dependency(dependency: JsonObject) -> None:
    """Refuse a dependency that would make a line of the index which cargo cannot read."""
    checked(dependency.get("name"), str, "The name of a dependency")
    json_bodies.check_optional(dependency, _OF_DEPENDENCIES, "a dependency")
    json_bodies.check_strings(dependency.get("features") or [], "the features of a dependency")


def _part(body: bytes, what: str) -> tuple[bytes, bytes]:
    length = int.from_bytes(body[:_LENGTH], "little")
    end = _LENGTH + length
    if len(body) < _LENGTH or len(body) < end:
        raise ValidationException(f"The body ends before the {what}, whose length it declares.")
    return body[_LENGTH:end], body[end:]


def _check_spelling(repository: RepositoryView, id: PackageId) -> None:
    """Refuse a name that cargo considers equal to an existing one (rule CG-12)."""
    existing = repository.spelled(id, _canonical, upstream=False)
    if existing != id:
        raise ConflictException(f"The crate '{id.name}' already exists as '{existing.name}'.", id.name, "package")


def _canonical(character: str) -> str:
    return character.lower().replace("_", "-")


def _check_build(repository: RepositoryView, id: PackageId, version: str) -> None:
    """Refuse a version that cargo considers equal to an existing one (rule CG-11)."""
    package = repository.package(id)
    for name in package.version_names() if package is not None else ():
        if name != version and semver.without_build(name) == semver.without_build(version):
            raise ConflictException(
                f"Version '{version}' of the crate '{id.name}' already exists as '{name}'.", version, "package-version"
            )


def _details(metadata: JsonObject) -> Details:
    """The metadata that the API returns for a version (rule CG-16)."""
    license = json_bodies.text(metadata, "license")
    return Details(
        summary=json_bodies.text(metadata, "description"),
        home_page=json_bodies.text(metadata, "homepage"),
        source_code_repository=json_bodies.text(metadata, "repository"),
        licenses=() if license is None else (License(license),),
        readme=json_bodies.text(metadata, "readme"),
        dependencies=tuple(map(_dependency, metadata.get("deps", ()))),
    )


def _dependency(dependency: JsonObject) -> Dependency:
    kind = json_bodies.text(dependency, "kind")
    return Dependency(dependency["name"], json_bodies.text(dependency, "version_req") or "", kind)


def _refusal(message: str) -> Reply:
    return json_reply({"errors": [{"detail": message}]})


CARGO = Protocol(
    "cargo",
    (
        get("/config.json", _config),
        get("/api/v1/crates/{crate}/{version}/download", _download),
        get("/api/v1/crates/{crate}/versions", _versions),
        publish("PUT", "/api/v1/crates/new", _publish),
        get("/{first}/{crate}", _index),
        get("/{first}/{second}/{crate}", _index),
    ),
    refusal=_refusal,
    bare_tokens=True,
)
