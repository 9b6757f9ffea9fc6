"""The documents of Maven: writes and parses the metadata of artifacts and snapshots, and parses POMs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from ..clock import from_millis
from ..errors import ValidationException
from ..names.packages import PackageId
from ..state.entities import NO_DETAILS, Dependency, Details, License, Version
from . import xml_documents
from .xml_documents import elements_at, local_name, text_at

_SNAPSHOT = "-SNAPSHOT"
_BUILD = re.compile(r"([0-9]{8}\.[0-9]{6})-([0-9]+)(?:-([^.]+))?\.(.+)")


class Build(NamedTuple):
    """A file of a build of a snapshot, by its name."""

    timestamp: str
    number: str
    classifier: str | None
    extension: str

    @property
    def name(self) -> str:
        """The part of the version after its base."""
        return f"{self.timestamp}-{self.number}"


class SnapshotMetadata(NamedTuple):
    """The contents of an uploaded document about a snapshot: the build, and its files by classifier and extension."""

    build: str
    files: frozenset[tuple[str | None, str]]


# Documents that are served


def artifact_metadata(id: PackageId, versions: list[Version], now: int) -> bytes:
    """The document about an artifact (rule MV-20).

    :param versions: those that it lists, in the order of publication.
    """
    names = [version.version for version in versions]
    releases = [name for name in names if not name.endswith(_SNAPSHOT)]
    versioning = (
        _element("latest", names[-1])
        + "".join(_element("release", name) for name in releases[-1:])
        + f"<versions>{''.join(_element('version', name) for name in names)}</versions>"
        + _element("lastUpdated", f"{from_millis(now):%Y%m%d%H%M%S}")
    )
    return _metadata(id, "", versioning)


def snapshot_metadata(id: PackageId, snapshot: str, files: Iterable[str]) -> bytes | None:
    """The document about a snapshot (rule MV-23). None if no file belongs to a build."""
    base = snapshot.removesuffix(_SNAPSHOT)
    builds = list(_builds(id, base, files))
    if not builds:
        return None
    newest = max(builds, key=lambda build: (build.timestamp, int(build.number)))
    versioning = (
        f"<snapshot>{_element('timestamp', newest.timestamp)}{_element('buildNumber', newest.number)}</snapshot>"
        + _element("lastUpdated", newest.timestamp.replace(".", ""))
        + f"<snapshotVersions>{''.join(_snapshot_version(base, build) for build in builds)}</snapshotVersions>"
    )
    return _metadata(id, _element("version", snapshot), versioning)


def _builds(id: PackageId, base: str, files: Iterable[str]) -> Iterator[Build]:
    for file in files:
        match = _BUILD.fullmatch(file.removeprefix(f"{id.name}-{base}-"))
        if match is not None:
            yield Build(*match.groups())


def _snapshot_version(base: str, build: Build) -> str:
    classifier = "" if build.classifier is None else _element("classifier", build.classifier)
    value = _element("value", f"{base}-{build.name}")
    updated = _element("updated", build.timestamp.replace(".", ""))
    return f"<snapshotVersion>{classifier}{_element('extension', build.extension)}{value}{updated}</snapshotVersion>"


def _metadata(id: PackageId, version: str, versioning: str) -> bytes:
    names = _element("groupId", id.namespace or "") + _element("artifactId", id.name) + version
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<metadata>{names}<versioning>{versioning}</versioning></metadata>\n'
    ).encode()


def _element(tag: str, content: str) -> str:
    return f"<{tag}>{escape(content)}</{tag}>"


# Documents that are uploaded


def is_of_group(document: Element) -> bool:
    """Whether a document is about a group of plugins, and not about an artifact (rule MV-3)."""
    return any(elements_at(document, "plugins")) and not any(elements_at(document, "versioning"))


def versions_in(document: Element, id: PackageId) -> list[str]:
    """The versions in a document about an artifact.

    :raises ValidationException: it is about another artifact (rule MV-8).
    """
    _check_artifact(document, id)
    return [
        version for item in elements_at(document, "versioning", "versions", "version") if (version := text_at(item))
    ]


def snapshot_in(document: Element, id: PackageId, snapshot: str) -> SnapshotMetadata:
    """Parse a document about a snapshot.

    :raises ValidationException: it is about another artifact, or has no build (rule MV-22).
    """
    _check_artifact(document, id)
    timestamp = text_at(document, "versioning", "snapshot", "timestamp")
    number = text_at(document, "versioning", "snapshot", "buildNumber")
    build = f"{snapshot.removesuffix(_SNAPSHOT)}-{timestamp}-{number}"
    files = frozenset(
        (text_at(item, "classifier"), text_at(item, "extension") or "")
        for item in elements_at(document, "versioning", "snapshotVersions", "snapshotVersion")
        if text_at(item, "value") == build
    )
    return SnapshotMetadata(build, files)


def _check_artifact(document: Element, id: PackageId) -> None:
    for member, expected in (("groupId", id.namespace), ("artifactId", id.name)):
        declared = text_at(document, member)
        if local_name(document) != "metadata" or declared != expected:
            raise ValidationException(f"The document says that its {member} is {declared!r}, and the URL {expected!r}.")


def details(pom: bytes) -> Details:
    """The metadata that the API returns for a version (rule MV-14); empty if the POM cannot be read."""
    try:
        project = xml_documents.parse(pom)
    except ValidationException:
        return NO_DETAILS
    return Details(
        display_name=text_at(project, "name"),
        summary=text_at(project, "description"),
        home_page=text_at(project, "url"),
        source_code_repository=text_at(project, "scm", "url"),
        licenses=tuple(_licenses(project)),
        dependencies=(*_dependencies(project, "dependencies", "dependency"), *_dependencies(project, "parent")),
    )


def _licenses(project: Element) -> Iterator[License]:
    for license in elements_at(project, "licenses", "license"):
        label = text_at(license, "name") or text_at(license, "url")
        if label is not None:
            yield License(label, text_at(license, "url"))


def _dependencies(project: Element, *path: str) -> Iterator[Dependency]:
    for item in elements_at(project, *path):
        artifact = text_at(item, "artifactId")
        if artifact is not None:
            optional = "optional" if text_at(item, "optional") == "true" else text_at(item, "scope") or "compile"
            kind = "parent" if path == ("parent",) else optional
            yield Dependency(artifact, text_at(item, "version") or "", kind, text_at(item, "groupId"))
