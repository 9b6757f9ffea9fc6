"""Validates the assets of seeds, and the files that package managers upload."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from ..errors import SeedError, shown
from ..names.formats import is_generic_asset_name
from ..names.packages import PackageId, asset_name, uploaded_assets
from ..state import tree
from ..state.entities import DEFAULT_ASSETS, Asset, AssetSummary, asset_entry, summary_entry
from .arguments import check

_CHECKSUMS = (".md5", ".sha1", ".sha256", ".sha512")

_NPM_ASSET = "package.tgz"

_HASHES = {"sha256": 64, "sha1": 40, "md5": 32, "sha512": 128}
"""The hashes of an asset, and their numbers of hex digits."""


def uploads(id: PackageId, version: str) -> dict[str, bytes]:
    """The files that the package manager of a format uploads for a version that is published without files."""
    from ..state import minimal_packages  # here, for the same reason as in the state

    return {name: minimal_packages.content(id, version, name) for name in uploaded_assets(id, version)}


def uploaded(id: PackageId, assets: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The uploaded files that the service stores as assets (rule F-7).

    :raises SeedError: the package manager of that format would not upload them.
    """
    _check_mapping(assets)
    if id.format == "npm" and list(assets) != [_NPM_ASSET]:
        names = f"not {', '.join(map(repr, assets))}" if assets else "and there is none"
        raise SeedError(f"npm uploads one asset, {_NPM_ASSET!r}, {names}.")
    if id.format != "maven":
        return assets
    return {name: content for name, content in assets.items() if not name.endswith(_CHECKSUMS)}


def check_asset_names(id: PackageId, assets: tree.Node) -> None:
    """Refuse assets that a version cannot have (rule F-7)."""
    for name, *_ in tree.scan(assets) if id.format == "npm" else ():
        if name != _NPM_ASSET:
            raise SeedError(f"A version of an npm package has one asset, {_NPM_ASSET!r}, so {id!r} has no {name!r}.")


def default_assets(id: PackageId) -> tree.Node:
    """The assets of a version that is seeded without any (rule F-11). Generic versions have none."""
    return tree.EMPTY if id.format == "generic" else DEFAULT_ASSETS


def assets_of(id: PackageId, version: str, contents: Mapping[str, bytes | AssetSummary]) -> tree.Node:
    """The assets of a version, from their contents by name.

    :raises SeedError: a name or a content is not valid, or two names are stored as one (rule F-5).
    """
    _check_mapping(contents)
    node = tree.EMPTY
    for name, content in contents.items():
        check("AssetName", name, "asset name")
        if id.format == "generic" and not is_generic_asset_name(name):
            raise SeedError(
                f"{shown(name)} is not a valid name for an asset of a generic package (no '/', no consecutive spaces)."
            )
        stored = asset_name(id, version, name)
        if tree.get(node, stored) is not None:
            raise SeedError(
                f"{shown(name)} is stored as {shown(stored)} (rule F-5), and there is one of that name already."
            )
        node = tree.put(node, tuple(_asset(stored, content)))
    return node


def asset_content(table: Mapping[str, Any]) -> bytes | AssetSummary:
    """The content of an asset, from a table with a string, Base64, or its size and hashes only.

    :raises SeedError: the table has other keys, or its Base64 is not valid.
    """
    if table.keys() >= {"size", "sha256"} and table.keys() <= set(AssetSummary._fields):
        return AssetSummary(**table)
    if table.keys() == {"text"} and isinstance(table["text"], str):
        return table["text"].encode("utf-8", "surrogatepass")
    if table.keys() != {"base64"} or not isinstance(table["base64"], str):
        raise SeedError(
            'the content of an asset must be {"text": ...} or {"base64": ...}. Without content, write {"size": ..., '
            '"sha256": ...}; "sha1", "md5" and "sha512" are optional.'
        )
    try:
        return base64.b64decode(table["base64"], validate=True)
    except ValueError:
        raise SeedError("this is not valid Base64.") from None


def _check_mapping(assets: object) -> None:
    if not isinstance(assets, Mapping):
        raise SeedError(f"Assets must be a mapping of name to bytes, not {shown(assets)}.")


def _asset(name: str, content: object) -> Asset:
    if isinstance(content, Mapping):
        content = asset_content(content)
    if isinstance(content, (bytes, bytearray)):
        return asset_entry(name, bytes(content))
    if not isinstance(content, AssetSummary):
        instead = f" Write {content.encode()!r}." if isinstance(content, str) and len(content) < 100 else ""
        raise SeedError(
            f"The content of asset {shown(name)} must be bytes, or its AssetSummary(size, sha256), "
            f"not {shown(content)}.{instead}"
        )
    size = content.size
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**63:
        raise SeedError(f"The size of asset {name!r} must be a number of bytes below 2**63, not {shown(size)}.")
    for hash, length in _HASHES.items():
        digits = getattr(content, hash)
        if digits is None and hash != "sha256":
            continue
        if not isinstance(digits, str) or not re.fullmatch(f"[0-9a-f]{{{length}}}", digits):
            raise SeedError(
                f"The {hash} of asset {name!r} must be {length} hex digits in lower case, not {shown(digits)}."
            )
    return summary_entry(name, content)
