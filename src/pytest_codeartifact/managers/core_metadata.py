"""Reads the core metadata in the files of Python packages (rule PM-52), without unpacking them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from email.parser import HeaderParser

from ..state.entities import Asset
from .archives import MAX_MEMBER_SIZE, member_of_tar


def requires_python(asset: Asset) -> str | None:
    """The field ``Requires-Python`` of a file. None if it is missing, or the file cannot be read."""
    if not isinstance(asset.content, bytes):
        return None
    metadata_of = _of_sdist if asset.name.endswith(".tar.gz") else _of_zip
    metadata = (metadata_of(asset.content) or b"").decode(errors="replace")
    field: str | None = HeaderParser().parsestr(metadata)["Requires-Python"]
    return None if field is None else " ".join(field.split())


def _of_zip(content: bytes) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if _is_metadata(member):
                    with archive.open(member) as opened:
                        return opened.read(MAX_MEMBER_SIZE)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError):
        return None
    return None


def _is_metadata(member: zipfile.ZipInfo) -> bool:
    """Whether a member is METADATA or PKG-INFO, stored or deflated."""
    name = member.filename
    at_its_place = name.count("/") == 1 and name.endswith((".dist-info/METADATA", "/PKG-INFO"))
    return at_its_place and member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _of_sdist(content: bytes) -> bytes | None:
    return member_of_tar(content, lambda member: member.count("/") == 1 and member.endswith("/PKG-INFO"))
