"""Reads single members of archives without unpacking the rest (rule PM-52)."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable

MAX_MEMBER_SIZE = 1024 * 1024
"""The maximum number of bytes that are read from a member."""

_MAX_ARCHIVE = 64 * 1024 * 1024
"""The maximum number of decompressed bytes that are searched for a member, against decompression bombs."""


class _Limited(io.RawIOBase):
    """A stream that ends after :data:`_MAX_ARCHIVE` bytes."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        super().__init__()
        self._stream, self._left = stream, _MAX_ARCHIVE

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def member_of_tar(content: bytes, is_wanted: Callable[[str], bool], *, compressed: bool = True) -> bytes | None:
    """The start of the first member that is wanted. None if there is none, or the archive cannot be read.

    :param is_wanted: called with the name of a member.
    :param compressed: whether the archive is compressed with gzip.
    """
    stream = io.BytesIO(content)
    try:
        limited = _Limited(gzip.GzipFile(fileobj=stream)) if compressed else _Limited(stream)
        with tarfile.open(fileobj=limited, mode="r|") as archive:
            for member in archive:
                opened = archive.extractfile(member) if member.isfile() and is_wanted(member.name) else None
                if opened is not None:
                    return opened.read(MAX_MEMBER_SIZE)
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError):
        return None
    return None
