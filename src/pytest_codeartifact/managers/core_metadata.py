"""What stands in the files of Python packages (rule PM-52): one member of an archive is read, nothing is unpacked."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from email.parser import BytesHeaderParser

from ..state.entities import Asset

_LARGEST = 1024 * 1024
"""As much of the metadata of a file is looked at, whatever the file says of its size."""


def requires_python(asset: Asset) -> str | None:
    """The versions of Python that a file says it needs; None if it says nothing or cannot be read."""
    if not isinstance(asset.content, bytes):
        return None
    try:
        head = _metadata(asset.name, asset.read())
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        return None
    return BytesHeaderParser().parsebytes(head)["Requires-Python"]


def _metadata(name: str, content: bytes) -> bytes:
    return _of_sdist(content) if name.endswith(".tar.gz") else _of_zip(content)


def _of_zip(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            if member.count("/") == 1 and member.endswith((".dist-info/METADATA", "/PKG-INFO")):
                with archive.open(member) as opened:
                    return opened.read(_LARGEST)
    return b""


def _of_sdist(content: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r|gz") as archive:
        for member in archive:
            if member.isfile() and member.name.count("/") == 1 and member.name.endswith("/PKG-INFO"):
                opened = archive.extractfile(member)
                return b"" if opened is None else opened.read(_LARGEST)
    return b""
