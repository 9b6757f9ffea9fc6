"""The protocol of Maven: the layout of its repositories, with metadata that is generated on request (section 4).

A deployment consists of many requests. The files of a version are uploaded first, and leave it Unfinished. The metadata
is uploaded last, and makes the version Published.
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import re
from collections.abc import Callable
from typing import NamedTuple

from ..errors import ResourceNotFoundException, ServiceError, ValidationException
from ..names.formats import MAVEN_METADATA
from ..names.maven_snapshots import build_of, is_moving, is_snapshot
from ..names.packages import PackageId
from ..names.permissions import PUT_METADATA
from ..state.entities import NO_DETAILS, UNFINISHED, Asset, Version
from . import maven_documents, xml_documents
from .protocol import Protocol, ProtocolRequest, Reply, Segments, Work, get, plain_text, publish
from .repository_view import RepositoryView

_DIGESTS: dict[str, Callable[[Asset], str | None]] = {
    "md5": lambda asset: asset.summary.md5,
    "sha1": lambda asset: asset.summary.sha1,
    "sha256": lambda asset: asset.sha256,
    "sha512": lambda asset: asset.summary.sha512,
}
"""The checksums, by suffix of their files (rule MV-15)."""

_ID = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_NOT_IN_VERSIONS = set('\\/:"<>|?*[](){},')
"""The characters that Maven refuses in versions. It accepts only those of ``_ID`` in groupIds and artifactIds."""

_TYPES = {".pom": "application/xml", ".xml": "application/xml", ".jar": "application/java-archive"}
_TEXT = "text/plain"


class _Target(NamedTuple):
    """What a path addresses: a file of a version, or maven-metadata.xml of a snapshot or of an artifact (``version`` is
    None).

    ``checksum`` is set if the target is a checksum of the file.
    """

    id: PackageId
    version: str | None
    file: str
    checksum: str | None

    @property
    def is_metadata(self) -> bool:
        """Whether the file is ``maven-metadata.xml``."""
        return self.file == MAVEN_METADATA


def _parse_path(request: ProtocolRequest, path: Segments) -> _Target:
    """Parse a path (rules MV-1 to MV-3)."""
    file, _, ending = path[-1].rpartition(".")
    checksum = ending if ending in _DIGESTS else None
    file = path[-1] if checksum is None else file
    of_artifact = file == MAVEN_METADATA and not (len(path) > 1 and path[-2].endswith("-SNAPSHOT"))
    *group, artifact = (path[:-1] if of_artifact else path[:-2]) or ("",)
    if not group or not file:
        raise request.error_for_invalid_name("Not found. The path of a file is group/artifact/version/file.")
    if any("." in segment for segment in group):
        raise request.error_for_invalid_name("The path has a '.' in a folder of the group, where a '/' belongs.")
    version = None if of_artifact else path[-2]
    id = request.about(artifact, ".".join(group), version=version, asset=None if of_artifact else path[-1])
    return _Target(id, version, file, checksum)


# Reading


def _read(request: ProtocolRequest, path: Segments) -> Work:
    target = _parse_path(request, path)

    def answer(repository: RepositoryView) -> Reply:
        return _document(repository, target) if target.is_metadata else _file(repository, target)

    return answer


def _file(repository: RepositoryView, target: _Target) -> Reply:
    """A file of a version, or its checksum, which is not retained (rules MV-15, MV-19 and MV-26)."""
    id, name, file, checksum = target
    assert name is not None, "files belong to versions"
    version = repository.version_to_serve(id, name, file, retain=checksum is None)
    asset = version.asset(file)
    assert asset is not None, "the version to serve has the file"
    if checksum is not None:
        digest = _DIGESTS[checksum](asset)
        if digest is None:
            raise ResourceNotFoundException(f"'{file}' was seeded without its {checksum}.")
        return Reply(digest.encode(), _TEXT)
    published = repository.now if version.published is None else version.published
    return Reply(
        asset.read(), _type_of(file), headers={"last-modified": email.utils.formatdate(published // 1000, usegmt=True)}
    )


def _type_of(file: str) -> str:
    """The content type of a file (rule MV-4)."""
    return next((kind for ending, kind in _TYPES.items() if file.endswith(ending)), "application/octet-stream")


def _document(repository: RepositoryView, target: _Target) -> Reply:
    """The generated metadata, or its checksum (rules MV-18, MV-20 and MV-23)."""
    content = _of_artifact(repository, target.id) if target.version is None else _of_snapshot(repository, target)
    if target.checksum is not None:
        return Reply(hashlib.new(target.checksum, content, usedforsecurity=False).hexdigest().encode(), _TEXT)
    return Reply(content, _type_of(MAVEN_METADATA))


def _of_artifact(repository: RepositoryView, id: PackageId) -> bytes:
    versions = sorted(repository.listed(id), key=lambda version: (version.published or 0, version.recency))
    return maven_documents.artifact_metadata(id, versions, repository.now)


def _of_snapshot(repository: RepositoryView, target: _Target) -> bytes:
    assert target.version is not None, "a snapshot is a version"
    version = repository.version_to_serve(target.id, target.version, retain=False)
    document = maven_documents.snapshot_metadata(target.id, target.version, version.asset_names)
    if document is None:
        raise ResourceNotFoundException(f"'{target.version}' has no build.")
    return document


# Publication


def _put(request: ProtocolRequest, path: Segments) -> Work:
    """Store an uploaded file (rule MV-5)."""
    if path[-1] == MAVEN_METADATA and maven_documents.is_of_group(xml_documents.parse(request.body)):
        request.permission = PUT_METADATA
        return lambda _: Reply()
    target = _parse_path(request, path)
    _check_coordinates(target)
    if target.checksum is not None:
        return _put_checksum(request, target)
    if not target.is_metadata:
        return _put_file(request, target)
    request.permission = PUT_METADATA
    return _put_snapshot(request, target) if target.version is not None else _put_metadata(request, target.id)


def _check_coordinates(target: _Target) -> None:
    """Refuse coordinates that are not valid in a POM (rule PM-54)."""
    for coordinate in (target.id.namespace or "", target.id.name):
        if _ID.fullmatch(coordinate) is None:
            raise ValidationException(f"'{coordinate}' is not a valid groupId or artifactId.")
    if _NOT_IN_VERSIONS & set(target.version or ""):
        raise ValidationException(f"'{target.version}' is not a valid version of a Maven package.")


def _put_file(request: ProtocolRequest, target: _Target) -> Work:
    id, file = target.id, target.file
    version = _version_of(target)
    request.about(id.name, id.namespace, version=version)
    details = maven_documents.details(request.body) if file.endswith(".pom") else NO_DETAILS

    def answer(repository: RepositoryView) -> Reply:
        existing = repository.version(id, version)
        unfinished = existing is None or existing.status == UNFINISHED
        repository.upload(id, version, {file: request.body}, details, unfinished=unfinished)
        return Reply()

    return answer


def _version_of(target: _Target) -> str:
    """The version that a file is added to: for a snapshot, the build (rules MV-2 and MV-21)."""
    id, folder, file, _ = target
    assert folder is not None, "files belong to versions"
    if is_moving(id, folder):
        build = build_of(id, folder, file)
        if build is None:
            raise ValidationException("Invalid name for a Snapshot build asset")
        return build
    if is_snapshot(id, folder) or not file.startswith((f"{id.name}-{folder}.", f"{id.name}-{folder}-")):
        raise ValidationException(f"'{file}' is not the name of a file of version '{folder}' of '{id.name}'.")
    return folder


def _put_metadata(request: ProtocolRequest, id: PackageId) -> Work:
    """Publish the Unfinished versions in the document (rules MV-7 to MV-9 and MV-17)."""
    names = maven_documents.versions_in(xml_documents.parse(request.body), id)

    def answer(repository: RepositoryView) -> Reply:
        existing_versions = list(filter(None, (repository.version(id, name) for name in names)))
        for version in existing_versions:
            _check_no_refused_checksum(version)
        repository.finish(id, names, request.body)
        if existing_versions:
            _note_digests(repository, id, existing_versions[-1].version, request.body, None)
        return Reply()

    return answer


def _put_snapshot(request: ProtocolRequest, target: _Target) -> Work:
    """Publish the build in the document (rule MV-22)."""
    id, snapshot = target.id, target.version
    assert snapshot is not None, "a snapshot is a version"
    document = maven_documents.snapshot_in(xml_documents.parse(request.body), id, snapshot)

    def answer(repository: RepositoryView) -> Reply:
        build = repository.version(id, document.build)
        names = {f"{id.name}-{document.build}{f'-{kind}' if kind else ''}.{ending}" for kind, ending in document.files}
        if build is None or not names & set(build.asset_names):
            raise ValidationException(f"The document names no file of a build of '{snapshot}' in this repository.")
        _check_no_refused_checksum(build)
        repository.finish_build(id, build)
        _note_digests(repository, id, snapshot, request.body, snapshot)
        return Reply()

    return answer


# Checksums


def _refused_checksum_note(file: str, checksum: str) -> str:
    """The name of the note on a refused checksum (rule MV-17)."""
    return f"refused-checksum/{file}.{checksum}"


def _check_no_refused_checksum(version: Version) -> None:
    """Refuse to publish a version with a file whose checksum was refused (rule MV-17)."""
    if version.status == UNFINISHED:
        for file in version.asset_names:
            for checksum in _DIGESTS:
                if version.note(_refused_checksum_note(file, checksum)) is not None:
                    raise ValidationException(
                        f"The checksum '{file}.{checksum}' of version '{version.version}' did not match its file."
                    )


def _put_checksum(request: ProtocolRequest, target: _Target) -> Work:
    """Compare a checksum with the stored file (rules MV-16 to MV-18)."""
    sent = next(iter(request.body.decode("utf-8", "replace").split()), "")
    if target.is_metadata:
        request.permission = PUT_METADATA
        return lambda repository: _compare_with_metadata(repository, target, sent)
    version = _version_of(target)
    request.about(target.id.name, target.id.namespace, version=version)
    return lambda repository: _compare(repository, target, version, sent)


def _compare(repository: RepositoryView, target: _Target, name: str, sent: str) -> Reply:
    id, _, file, checksum = target
    assert checksum is not None, "this is about a checksum"
    version = repository.version(id, name)
    asset = None if version is None else version.asset(file)
    if version is None or asset is None:
        raise ResourceNotFoundException(f"'{file}' is not in version '{name}' of '{id.name}' in this repository.")
    fits = _DIGESTS[checksum](asset) == sent
    if version.status == UNFINISHED:
        repository.note(id, version, {_refused_checksum_note(file, checksum): None if fits else sent})
    return Reply() if fits else Reply(error=_mismatch(file, checksum))


def _compare_with_metadata(repository: RepositoryView, target: _Target, sent: str) -> Reply:
    id, snapshot, file, checksum = target
    assert checksum is not None, "this is about a checksum"
    package = repository.package(id)
    if package is None:
        return Reply()  # of a group of plugins, whose metadata is not stored (rule MV-3)
    name = _digests_note(snapshot)
    holders = package.each_version() if snapshot is None else filter(None, [package.version(snapshot)])
    uploaded = next(filter(None, (holder.note(name) for holder in holders)), None)
    if uploaded is None:
        raise ResourceNotFoundException(f"'{file}' has not been uploaded.")
    if json.loads(uploaded)[checksum] != sent:
        raise _mismatch(file, checksum)
    return Reply()


def _mismatch(file: str, checksum: str) -> ServiceError:
    return ValidationException(f"The checksum '{file}.{checksum}' does not match the file.")


def _digests_note(snapshot: str | None) -> str:
    """The name of a note with the digests of the metadata that was uploaded last (rule MV-18)."""
    return f"maven/metadata-of-{'artifact' if snapshot is None else 'snapshot'}"


def _note_digests(
    repository: RepositoryView, id: PackageId, holder: str, document: bytes, snapshot: str | None
) -> None:
    """Store the digests of uploaded metadata on one version, and remove those of earlier uploads from all others."""
    digests = {name: hashlib.new(name, document, usedforsecurity=False).hexdigest() for name in _DIGESTS}
    package = repository.package(id)
    assert package is not None, "the version that holds it is in the repository"
    for version in package.each_version():
        if version.version == holder:
            repository.note(id, version, {_digests_note(snapshot): json.dumps(digests)})
        elif snapshot is None and version.note(_digests_note(snapshot)) is not None:
            repository.note(id, version, {_digests_note(snapshot): None})


MAVEN = Protocol("maven", (get("/{path*}", _read), publish("PUT", "/{path*}", _put)), refusal=plain_text)
