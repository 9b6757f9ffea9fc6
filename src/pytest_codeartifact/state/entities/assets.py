"""Assets, and the default assets of versions that were seeded without any."""

from __future__ import annotations

import functools
import hashlib
from typing import Any, NamedTuple

from ...errors import SeededWithoutContent
from ...names.formats import MAVEN_METADATA
from ...names.maven_snapshots import default_asset_names
from ...names.packages import PackageId
from .. import tree
from ..tree import Node

DEFAULT_ASSETS: Node = ("default",)
"""A marker for the default assets of a version: those that its package manager uploads, built when first read."""


class AssetSummary(NamedTuple):
    """An asset that is seeded without content: its size in bytes, and its hashes in lower-case hexadecimal."""

    size: int
    sha256: str
    sha1: str | None = None
    md5: str | None = None
    sha512: str | None = None


class Asset(NamedTuple):
    """An asset. If it was seeded without content, ``content`` has the fields of its summary."""

    name: str
    sha256: str
    content: bytes | tuple[Any, ...]

    @property
    def content_or_summary(self) -> bytes | AssetSummary:
        """The content, or the summary if it was seeded without content."""
        return self.content if isinstance(self.content, bytes) else self.summary

    @property
    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else AssetSummary._make(self.content).size

    @property
    def summary(self) -> AssetSummary:
        """Its size and hashes; of those it was seeded without, None."""
        if not isinstance(self.content, bytes):
            return AssetSummary._make(self.content)
        content = self.content
        md5, sha1 = (hashlib.new(name, content, usedforsecurity=False).hexdigest() for name in ("md5", "sha1"))
        return AssetSummary(len(content), self.sha256, sha1, md5, hashlib.sha512(content).hexdigest())

    def read(self) -> bytes:
        """The content.

        :raises SeededWithoutContent: the asset was seeded without content.
        """
        if not isinstance(self.content, bytes):
            raise SeededWithoutContent(
                f"The asset {self.name!r} was seeded without content, with its size and hashes only, so it cannot be "
                f"read. Seed it with its bytes: assets={{{self.name!r}: b'...'}}."
            )
        return self.content


def asset_entry(name: str, content: bytes) -> Asset:
    """An asset with its content."""
    return Asset(name, hashlib.sha256(content).hexdigest(), content)


def summary_entry(name: str, summary: AssetSummary) -> Asset:
    """An asset without content."""
    return Asset(name, summary.sha256, tuple(summary))


def default_names(package_key: str, version: str, unfinished: bool) -> tuple[str, ...]:
    """The names of the assets that a package manager uploads. An Unfinished Maven version lacks metadata (rule F-9)."""
    names = default_asset_names(PackageId.from_key(package_key), version)
    return tuple(sorted(name for name in names if not (unfinished and name == MAVEN_METADATA)))


@functools.lru_cache(maxsize=256)
def default_assets(package_key: str, version: str, unfinished: bool) -> Node:
    """The assets of :func:`default_names`, with generated contents. Cached."""
    from .. import minimal_packages  # here, because it needs archives and XML, and most tests read no asset

    id = PackageId.from_key(package_key)
    names = default_names(package_key, version, unfinished)
    return tree.build([tuple(asset_entry(name, minimal_packages.content(id, version, name))) for name in names])
