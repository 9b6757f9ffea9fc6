"""Reads the core metadata in the files of Python packages (rule PM-52), without unpacking them."""

from __future__ import annotations

import io
import zipfile
import zlib
from email.parser import BytesHeaderParser

from ..state.entities import Asset
from .archives import LARGEST_MEMBER, member_of_tar


def requires_python(asset: Asset) -> str | None:
    """The field ``Requires-Python`` of a file. None if it is missing, or the file cannot be read."""
    if not isinstance(asset.content, bytes):
        return None
    read = _of_sdist if asset.name.endswith(".tar.gz") else _of_zip
    return BytesHeaderParser().parsebytes(read(asset.content) or b"")["Requires-Python"]


def _of_zip(content: bytes) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                if member.count("/") == 1 and member.endswith((".dist-info/METADATA", "/PKG-INFO")):
                    with archive.open(member) as opened:
                        return opened.read(LARGEST_MEMBER)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        return None
    return None


def _of_sdist(content: bytes) -> bytes | None:
    return member_of_tar(content, lambda member: member.count("/") == 1 and member.endswith("/PKG-INFO"))
