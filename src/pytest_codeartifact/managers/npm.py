"""The protocol of npm, pnpm and yarn: the registry API of npm (section 3).

The documents about packages are in :mod:`.packuments`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from ..errors import ResourceNotFoundException, ValidationException
from ..names.formats import is_valid_name
from ..names.packages import PackageId
from ..names.permissions import PUT_METADATA
from ..state.entities import DISPOSED, Dependency, Details, License, Version
from . import json_bodies, semver
from .addresses import refuse_slashes
from .archives import member_of_tar
from .json_bodies import JsonObject, checked
from .packuments import (
    DEPRECATED,
    DEPRECATED_AT,
    LATEST,
    MANIFEST,
    TARBALL,
    abbreviated_packument,
    file_name,
    full_packument,
    kept_members,
    published,
    version_object,
)
from .protocol import (
    JSON,
    MethodNotAllowed,
    Protocol,
    ProtocolRequest,
    Reply,
    Route,
    Work,
    get,
    json_reply,
    publish,
    put_metadata,
)
from .repository_view import RepositoryView

_ABBREVIATED = "application/vnd.npm.install-v1+json"
_MAX_BODY = 2 * 1024**3
"""The maximum size of a publish request (rule NPM-13)."""

_MAX_NAME_LENGTH = 214
_PUBLISHABLE = re.compile(
    r"(?:@[a-z0-9_.-]+/[a-z0-9_-]|(?!node_modules$|favicon\.ico$)[a-z0-9-])[a-z0-9_.-]*", re.ASCII
)
"""The names that a new package may have (rule NPM-24)."""

_SCOPED = re.compile(r"@([^@/]+)/([^/]+)")

_DEPENDENCIES = {
    "dependencies": "regular",
    "devDependencies": "dev",
    "peerDependencies": "peer",
    "optionalDependencies": "optional",
}


def _segments(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path with each scoped name as one segment, however its slash is written (rule NPM-2)."""
    parts: list[str] = []
    for segment in path:
        if parts and parts[-1].startswith("@") and "/" not in parts[-1] and segment:
            parts[-1] += f"/{segment}"
        else:
            parts.append(segment)
    refuse_slashes(part for part in parts if not _SCOPED.fullmatch(part))
    return tuple(parts)


def _about(request: ProtocolRequest, package: str, version: str | None = None, asset: str | None = None) -> PackageId:
    """Record the subject of a request.

    :param package: the full name, with the scope if there is one.
    """
    scoped = _SCOPED.fullmatch(package)
    namespace, name = scoped.groups() if scoped else (None, package)
    return request.about(name, namespace, version=version, asset=asset)


# Packuments


def _packument(request: ProtocolRequest, package: str) -> Work:
    id = _about(request, package)
    accepted = (part.partition(";")[0].strip() for part in request.headers.get("accept", "").lower().split(","))
    abbreviated = _ABBREVIATED in accepted

    def answer(repository: RepositoryView) -> Reply:
        versions = sorted(repository.listed(id), key=lambda version: semver.precedence(version.version))
        tags = _tags(repository, id, versions)
        objects = {version.version: version_object(request, id, version) for version in versions}
        content = abbreviated_packument if abbreviated else full_packument
        return json_reply(content(id, versions, objects, tags), _ABBREVIATED if abbreviated else JSON)

    return answer


# Tags


def _tags(repository: RepositoryView, id: PackageId, versions: list[Version]) -> dict[str, str]:
    """The tags of a document: ``latest``, and those whose targets it lists, in the order of :func:`.listing.dist_tags`
    (rules NPM-15 to NPM-17).
    """
    listed_names = {version.version for version in versions}
    tags = {tag: target for tag, target in repository.dist_tags(id) if target in listed_names}
    newest = max(versions, key=lambda version: (published(version), version.recency))
    return {LATEST: newest.version, **tags}


def _list_tags(request: ProtocolRequest, package: str) -> Work:
    id = _about(request, package)
    return lambda repository: json_reply(_tags(repository, id, repository.listed(id)))


def _set_tag(request: ProtocolRequest, package: str, tag: str) -> Work:
    """Set a dist-tag (rule NPM-18)."""
    id = _about(request, package)
    name = checked(json_bodies.parse(request.body), str, "The body")
    _check_tag(tag)
    _about(request, package, name)

    def answer(repository: RepositoryView) -> Reply:
        version = repository.version(id, name)
        if version is None or version.status == DISPOSED:
            raise ResourceNotFoundException(f"Version '{name}' of '{id.full_name}' is not in this repository.")
        repository.set_dist_tags(id, {tag: name})
        return json_reply({"ok": True}, status=201)

    return answer


def _check_tag(tag: str) -> None:
    """Refuse a name that no tag can have (rule NPM-18)."""
    if not is_valid_name(tag) or semver.is_range(tag):
        raise ValidationException(f"'{tag}' cannot be a tag: it is a range of versions, or not a valid name.")


def _remove_tag(request: ProtocolRequest, package: str, tag: str) -> Work:
    id = _about(request, package)
    if tag == LATEST:
        raise ValidationException(f"The tag '{LATEST}' cannot be removed.")

    def answer(repository: RepositoryView) -> Reply:
        record = repository.package(id)
        if record is None or tag not in dict(record.dist_tags):
            raise ResourceNotFoundException(f"'{id.full_name}' has no tag '{tag}' in this repository.")
        repository.set_dist_tags(id, {tag: None})
        return json_reply({"ok": True})

    return answer


# Tarballs


def _tarball(request: ProtocolRequest, package: str, file: str) -> Work:
    """Serve a tarball (rule NPM-7)."""
    id = _about(request, package)
    version = file.rpartition("/")[2].removeprefix(f"{id.name}-").removesuffix(".tgz")
    if file.rpartition("/")[2] != file_name(id, version):
        raise ResourceNotFoundException(f"'{file}' is not the name of a tarball of '{id.full_name}'.")
    _about(request, package, version, TARBALL)
    return lambda repository: Reply(repository.file(id, version, TARBALL).read())


# Publication and deprecation


class _Publication(NamedTuple):
    """The contents of a publish request."""

    version: str
    manifest: JsonObject
    tarball: bytes
    tags: tuple[str, ...]


def _put(request: ProtocolRequest, package: str) -> Work:
    document = checked(json_bodies.parse(request.body), dict, "The body")
    if document.get("_attachments"):
        return _publish(request, package, document)
    request.permission = PUT_METADATA
    return _deprecate(request, package, document)


def _publish(request: ProtocolRequest, package: str, document: JsonObject) -> Work:
    if _PUBLISHABLE.fullmatch(package) is None or len(package) > _MAX_NAME_LENGTH:
        raise ValidationException(
            f"'{package[:_MAX_NAME_LENGTH]}' cannot be published: names have at most {_MAX_NAME_LENGTH} characters, "
            f"which are lower-case letters, digits, '-', '_' and '.', and do not begin with '_' or '.'."
        )
    id = _about(request, package)
    sent = _publication(id, document)
    _about(request, package, sent.version, TARBALL)
    manifest = kept_members(sent.manifest)
    readme = json_bodies.text(sent.manifest, "readme") or json_bodies.text(document, "readme")
    details = _details(manifest, readme or _readme_in(sent.tarball))
    kept_manifest = {**manifest, **({} if readme is None else {"readme": readme})}
    deprecated = _deprecation(sent.manifest, sent.version)
    details = details.keeping({MANIFEST: json.dumps(kept_manifest), DEPRECATED: deprecated})

    def answer(repository: RepositoryView) -> Reply:
        repository.upload(id, sent.version, {TARBALL: sent.tarball}, details, dist_tags=sent.tags)
        return json_reply({"success": True})

    return answer


def _publication(id: PackageId, document: JsonObject) -> _Publication:
    """Parse a publish request, and check that it is consistent (rules NPM-10 and NPM-14)."""
    versions = checked(document.get("versions"), dict, "versions")
    if len(versions) != 1:
        raise ValidationException(f"A request must publish one version, not {len(versions)}.")
    ((version, manifest),) = versions.items()
    manifest = checked(manifest, dict, f"versions['{version}']")
    for declared in (document.get("name"), manifest.get("name")):
        if declared != id.full_name:
            raise ValidationException(
                f"The package is named {declared!r} in the body, and '{id.full_name}' in the URL."
            )
    if manifest.get("version") != version:
        raise ValidationException(f"versions['{version}'] says that it is version {manifest.get('version')!r}.")
    targets = checked(document.get("dist-tags", {}), dict, "dist-tags")
    tags = tuple(tag for tag, target in targets.items() if target == version)
    for tag in tags:
        _check_tag(tag)
    tarball = _attached(checked(document["_attachments"], dict, "_attachments"))
    _check_hashes(tarball, manifest.get("dist"))
    return _Publication(version, manifest, tarball, tags)


def _attached(attachments: JsonObject) -> bytes:
    """The tarball among the attachments. Others, such as the provenance, are ignored."""
    tarballs = [attachment for name, attachment in attachments.items() if name.endswith(".tgz")]
    if len(tarballs) != 1:
        raise ValidationException(f"A request must have one attachment that ends in '.tgz', not {len(tarballs)}.")
    attachment = checked(tarballs[0], dict, "An attachment")
    try:
        content = base64.b64decode(checked(attachment.get("data"), str, "The data of an attachment"), validate=True)
    except (binascii.Error, ValueError):
        raise ValidationException("The data of the attachment is not Base64.") from None
    if attachment.get("length", len(content)) != len(content):
        raise ValidationException(f"The attachment has {len(content)} bytes, and not the length that it says.")
    return content


def _check_hashes(tarball: bytes, dist: object) -> None:
    """Compare the hashes that were sent."""
    if dist is None:
        return
    declared = checked(dist, dict, "dist")
    shasum = hashlib.sha1(tarball, usedforsecurity=False).hexdigest()
    if declared.get("shasum", shasum) != shasum:
        raise ValidationException("dist.shasum is not the SHA-1 of the tarball.")
    integrity = declared.get("integrity")
    if integrity is not None and not _fits(tarball, checked(integrity, str, "dist.integrity")):
        raise ValidationException("dist.integrity is not a hash of the tarball.")


def _fits(tarball: bytes, integrity: str) -> bool:
    """Whether every hash in a Subresource Integrity string is a hash of the tarball."""
    hashes = [each.partition("-") for each in integrity.split()]
    return bool(hashes) and all(
        algorithm in ("sha1", "sha256", "sha384", "sha512")
        and value.partition("?")[0] == base64.b64encode(hashlib.new(algorithm, tarball).digest()).decode()
        for algorithm, _, value in hashes
    )


def _readme_in(tarball: bytes) -> str | None:
    content = member_of_tar(tarball, lambda name: bool(re.fullmatch(r"[^/]+/readme(\.md|\.txt)?", name.lower())))
    return content.decode(errors="replace") if content else None


def _details(manifest: JsonObject, readme: str | None) -> Details:
    """The metadata that the API returns for a version (rule NPM-21)."""
    repository = manifest.get("repository")
    source = json_bodies.text(repository, "url") if isinstance(repository, dict) else repository
    return Details(
        summary=json_bodies.text(manifest, "description"),
        home_page=json_bodies.text(manifest, "homepage"),
        source_code_repository=source.removeprefix("git+") if isinstance(source, str) and source else None,
        licenses=tuple(_licenses(manifest)),
        readme=readme,
        dependencies=tuple(_dependencies(manifest)),
    )


def _licenses(manifest: JsonObject) -> Iterable[License]:
    licenses = manifest.get("license") or manifest.get("licenses")
    for license in licenses if isinstance(licenses, list) else [licenses]:
        if isinstance(license, str) and license:
            yield License(license)
        elif isinstance(license, dict) and isinstance(license.get("type"), str):
            yield License(license["type"], json_bodies.text(license, "url"))


def _dependencies(manifest: JsonObject) -> Iterable[Dependency]:
    optional = manifest.get("optionalDependencies")
    for member, kind in _DEPENDENCIES.items():
        required = manifest.get(member)
        for name, requirement in required.items() if isinstance(required, dict) else ():
            if kind == "regular" and isinstance(optional, dict) and name in optional:
                continue  # npm lists optional ones among these as well
            scoped = _SCOPED.fullmatch(name)
            namespace, bare = scoped.groups() if scoped else (None, name)
            yield Dependency(bare, requirement if isinstance(requirement, str) else "", kind, namespace)


def _deprecate(request: ProtocolRequest, package: str, document: JsonObject) -> Work:
    """Deprecate versions (rules NPM-19 and NPM-20)."""
    id = _about(request, package)
    versions = checked(document.get("versions"), dict, "versions")
    wanted = {name: _deprecation(checked(entry, dict, f"versions['{name}']"), name) for name, entry in versions.items()}
    if len(wanted) == 1:
        request.params["packageVersion"] = next(iter(wanted))

    def answer(repository: RepositoryView) -> Reply:
        if repository.package(id) is None:
            raise ResourceNotFoundException(f"'{id.full_name}' is not in this repository.")
        for name, text in wanted.items():
            version = repository.version(id, name)
            if version is not None and version.status != DISPOSED and version.kept(DEPRECATED) != text:
                changed = version.details.keeping({DEPRECATED: text}).noting({DEPRECATED_AT: str(repository.now)})
                repository.change(id, version, changed)
        return json_reply({"ok": True})

    return answer


def _deprecation(entry: JsonObject, version: str) -> str | None:
    """The text of a deprecation. None if the version is not deprecated."""
    text = entry.get("deprecated")
    if text is None or text is False:
        return None
    return checked(text, str, f"versions['{version}'].deprecated") or None


# Other requests


def _ping(_: ProtocolRequest) -> Work:
    return lambda _: json_reply({})


def _unpublish(request: ProtocolRequest, package: str, **_: str) -> Work:
    """Refuse to unpublish (rule NPM-3). After a 404 npm would report a removal, although the package still exists."""
    _about(request, package)
    raise MethodNotAllowed("Packages cannot be unpublished by npm. Delete them with DeletePackageVersions.", "")


def _refusal(message: str) -> Reply:
    return json_reply({"error": message, "message": message})


NPM = Protocol(
    "npm",
    (
        get("/-/ping", _ping),
        get("/-/package/{package}/dist-tags", _list_tags),
        put_metadata("PUT", "/-/package/{package}/dist-tags/{tag}", _set_tag),
        put_metadata("DELETE", "/-/package/{package}/dist-tags/{tag}", _remove_tag),
        get("/{package}", _packument),
        publish("PUT", "/{package}", _put),
        get("/{package}/-/{file}", _tarball),
        Route("PUT", "/{package}/-rev/{revision}", _unpublish, PUT_METADATA),
        Route("DELETE", "/{package}/-rev/{revision}", _unpublish, PUT_METADATA),
        Route("DELETE", "/{package}/-/{file}/-rev/{revision}", _unpublish, PUT_METADATA),
    ),
    refusal=_refusal,
    prepare_segments=_segments,
    largest_body=_MAX_BODY,
)
