"""Minimal valid packages of each format: the assets of versions that were seeded without any (rule F-11).

Package managers can install them. The only code that runs is the build backend of an sdist, which copies a wheel. The
bytes depend on the id and the version only, not on the time, a compression library or the order of directories.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from ..names.maven_snapshots import snapshot_of
from ..names.packages import PackageId


def content(id: PackageId, version: str, asset: str) -> bytes:
    """The content of one of :func:`.uploaded_assets`.

    :param asset: the name of the asset. A generic asset contains only its own name.
    """
    for (format, ending), build in _BUILDERS.items():
        if format == id.format and asset.endswith(ending):
            return build(id, version)
    return f"{asset} of {id!r}".encode("utf-8", "surrogatepass")


def _npm(id: PackageId, version: str) -> bytes:
    manifest = json.dumps({"name": id.full_name, "version": version, "main": "index.js"}).encode()
    return _tgz({"package/package.json": manifest, "package/index.js": b"module.exports = {};\n"})


def _wheel(id: PackageId, version: str) -> bytes:
    dist_info = f"{_module(id)}-{version}.dist-info"
    files = {
        f"{_module(id)}.py": b"",
        f"{dist_info}/METADATA": _core_metadata(id, version),
        f"{dist_info}/WHEEL": (
            b"Wheel-Version: 1.0\nGenerator: pytest-codeartifact\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    recorded = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    record = "\n".join([*recorded, f"{dist_info}/RECORD,,", ""]).encode()
    return _zip({**files, f"{dist_info}/RECORD": record})


def _sdist(id: PackageId, version: str) -> bytes:
    """A source distribution with its own build backend and a finished wheel, so that a build needs nothing else."""
    top = f"{_module(id)}-{version}"
    wheel = f"{top}-py3-none-any.whl"
    project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    backend = (
        "import shutil\n\n\ndef build_wheel(wheel_directory, config_settings=None, metadata_directory=None):\n"
        f"    shutil.copy({wheel!r}, wheel_directory)\n    return {wheel!r}\n"
    )
    return _tgz(
        {
            f"{top}/PKG-INFO": _core_metadata(id, version),
            f"{top}/pyproject.toml": project.encode(),
            f"{top}/backend.py": backend.encode(),
            f"{top}/{wheel}": _wheel(id, version),
        }
    )


def _jar(id: PackageId, version: str) -> bytes:
    project_version = snapshot_of(version) or version
    manifest = (
        f"Manifest-Version: 1.0\r\nImplementation-Title: {id.name}\r\nImplementation-Version: {project_version}\r\n\r\n"
    )
    return _zip({"META-INF/MANIFEST.MF": manifest.encode()})


def _pom(id: PackageId, version: str) -> bytes:
    project_version = snapshot_of(version) or version  # the project of a build is that of its snapshot
    coordinates = _elements(
        modelVersion="4.0.0", groupId=id.namespace or "", artifactId=id.name, version=project_version
    )
    return _xml(f'<project xmlns="http://maven.apache.org/POM/4.0.0">{coordinates}</project>')


def _maven_metadata(id: PackageId, version: str) -> bytes:
    coordinates = _elements(groupId=id.namespace or "", artifactId=id.name)
    versions = f"{_elements(latest=version, release=version)}<versions>{_elements(version=version)}</versions>"
    return _xml(f"<metadata>{coordinates}<versioning>{versions}</versioning></metadata>")


def _nupkg(id: PackageId, version: str) -> bytes:
    metadata = _elements(id=id.name, version=version, authors="pytest-codeartifact", description=id.name)
    spec = f'<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>{metadata}</metadata></package>'
    types = "".join(
        f'<Default Extension="{extension}" ContentType="application/{type}"/>'
        for extension, type in {
            "rels": "vnd.openxmlformats-package.relationships+xml",
            "nuspec": "octet",
        }.items()
    )
    relation = (
        f'Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/{escape(id.name)}.nuspec" Id="R1"'
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    return _zip(
        {
            f"{id.name}.nuspec": _xml(spec),
            "[Content_Types].xml": _xml(f'<Types xmlns="{package}/content-types">{types}</Types>'),
            "_rels/.rels": _xml(
                f'<Relationships xmlns="{package}/relationships"><Relationship {relation}/></Relationships>'
            ),
        }
    )


def _gem(id: PackageId, version: str) -> bytes:
    zero = '!ruby/object:Gem::Version\n      version: "0"\n'
    anything = f'!ruby/object:Gem::Requirement\n  requirements:\n  - - ">="\n    - {zero}'
    specification = (
        f"--- !ruby/object:Gem::Specification\nname: {json.dumps(id.name)}\nversion: !ruby/object:Gem::Version\n"
        f"  version: {json.dumps(version)}\nplatform: ruby\nauthors:\n- pytest-codeartifact\n"
        f"summary: {json.dumps(id.name)}\nfiles:\n- {json.dumps(f'lib/{id.name}.rb')}\nrequire_paths:\n- lib\n"
        f"required_ruby_version: {anything}required_rubygems_version: {anything}specification_version: 4\n"
    )
    members = {
        "metadata.gz": _gzip(specification.encode()),
        "data.tar.gz": _tgz({f"lib/{id.name}.rb": b""}),
    }
    sums = "".join(f"  {name}: {hashlib.sha256(content).hexdigest()}\n" for name, content in members.items())
    return _tar({**members, "checksums.yaml.gz": _gzip(f"---\nSHA256:\n{sums}".encode())})


def _swift_archive(id: PackageId, version: str) -> bytes:
    target = '.target(name: "Library")'
    product = '.library(name: "Library", targets: ["Library"])'
    manifest = (
        "// swift-tools-version:5.5\nimport PackageDescription\n"
        f"let package = Package(name: {json.dumps(id.name)}, products: [{product}], targets: [{target}])\n"
    )
    top = f"{id.name}-{version}"
    return _zip({f"{top}/Package.swift": manifest.encode(), f"{top}/Sources/Library/Library.swift": b""})


def _crate(id: PackageId, version: str) -> bytes:
    manifest = f'[package]\nname = {json.dumps(id.name)}\nversion = {json.dumps(version)}\nedition = "2021"\n'
    top = f"{id.name}-{version}"
    return _tgz({f"{top}/Cargo.toml": manifest.encode(), f"{top}/src/lib.rs": b""})


_BUILDERS: dict[tuple[str, str], Callable[[PackageId, str], bytes]] = {
    ("npm", ".tgz"): _npm,
    ("pypi", ".whl"): _wheel,
    ("pypi", ".tar.gz"): _sdist,
    ("maven", ".jar"): _jar,
    ("maven", ".pom"): _pom,
    ("maven", ".xml"): _maven_metadata,
    ("nuget", ".nupkg"): _nupkg,
    ("ruby", ".gem"): _gem,
    ("swift", ".zip"): _swift_archive,
    ("cargo", ".crate"): _crate,
}
"""The function that builds an asset, by format and suffix of the name."""


def _module(id: PackageId) -> str:
    return id.name.replace("-", "_")


def _core_metadata(id: PackageId, version: str) -> bytes:
    return f"Metadata-Version: 2.1\nName: {id.name}\nVersion: {version}\n".encode()


def _digest(content: bytes) -> str:
    """A hash in the form of RECORD: URL-safe Base64 without padding (PEP 427)."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _elements(**contents: str) -> str:
    return "".join(f"<{name}>{escape(content)}</{name}>" for name, content in contents.items())


def _xml(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)  # by default dated 1980 and not compressed
            member.create_system, member.external_attr = 3, 0o100644 << 16  # Unix, on every platform
            archive.writestr(member, content)
    return buffer.getvalue()


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)  # by default dated 1970, without an owner, readable by all
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _tgz(files: Mapping[str, bytes]) -> bytes:
    return _gzip(_tar(files))


def _gzip(content: bytes) -> bytes:
    """A gzip file without compression, because the result of compression depends on the library."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=0, fileobj=buffer, mtime=0) as archive:
        archive.write(content)
    return buffer.getvalue()
