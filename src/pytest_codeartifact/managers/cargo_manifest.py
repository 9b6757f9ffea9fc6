"""Reads the ``Cargo.toml`` of a crate file, and converts it to the metadata of a publication (rule PM-52)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from ..state.entities import Asset
from .archives import member_of_tar
from .json_bodies import JsonObject

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest brings it there

_KINDS = {"dependencies": "normal", "dev-dependencies": "dev", "build-dependencies": "build"}


def publication(asset: Asset | None) -> JsonObject:
    """The metadata that cargo would have sent with the crate file; empty if the file cannot be read."""
    manifest = _manifest(asset)
    package = _table(manifest, "package")
    targets = _table(manifest, "target")
    dependencies = list(_dependencies(manifest, None))
    for target in targets:
        dependencies += _dependencies(_table(targets, target), target)
    return {
        "deps": dependencies,
        "features": _table(manifest, "features"),
        "links": package.get("links"),
        "rust_version": package.get("rust-version"),
    }


def _manifest(asset: Asset | None) -> JsonObject:
    if asset is None or not isinstance(asset.content, bytes):
        return {}
    content = member_of_tar(asset.content, lambda name: name.count("/") == 1 and name.endswith("/Cargo.toml"))
    try:
        return tomllib.loads((content or b"").decode())
    except (ValueError, RecursionError):
        return {}


def _table(table: Mapping[str, Any], name: str) -> JsonObject:
    """A table of a manifest, empty if the value is not a table."""
    value = table.get(name)
    return value if isinstance(value, dict) else {}


def _dependencies(tables: Mapping[str, Any], target: str | None) -> Iterator[JsonObject]:
    for member, kind in _KINDS.items():
        for name, requirement in _table(tables, member).items():
            table = requirement if isinstance(requirement, dict) else {"version": requirement}
            renamed = table.get("package")
            yield {
                "name": renamed or name,
                "version_req": str(table.get("version", "*")),
                "features": table.get("features", []),
                "optional": table.get("optional", False),
                "default_features": table.get("default-features", True),
                "target": target,
                "kind": kind,
                "registry": table.get("registry-index"),
                "explicit_name_in_toml": name if renamed else None,
            }
