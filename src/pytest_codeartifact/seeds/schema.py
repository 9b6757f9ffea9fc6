"""The JSON Schema of seed files, with which editors complete and check them. Derived from the keys of the loader.

`seed.schema.json` beside this module is the same as a file; `docs/generate_schema.py` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..handles import timestamps
from ..names.formats import EXTERNAL_CONNECTIONS, FORMATS
from ..state.entities import (
    ALLOW,
    ALLOW_SPECIFIC_REPOSITORIES,
    BLOCK,
    EXTERNAL,
    INHERIT,
    INTERNAL,
    RESTRICTIONS,
    STATUSES,
    UNKNOWN,
    Dependency,
)
from . import loading
from .values import FileValue

FILE = Path(__file__).with_name("seed.schema.json")
"""The published schema."""

_Schema = dict[str, Any]

_TEXT: _Schema = {"type": "string"}


def schema() -> _Schema:
    """The schema, as JSON Schema of 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Seed file of pytest-codeartifact",
        **_table(loading.FILE, _FILE),
        "$defs": {
            "domain": _table(loading.DOMAIN, _DOMAIN, ["name"], {"policy_revision": ["policy"]}),
            "package_group": _table(loading.PACKAGE_GROUP, _PACKAGE_GROUP, ["pattern"]),
            "repository": _table(loading.REPOSITORY, _REPOSITORY, ["name"], {"policy_revision": ["policy"]}),
            "package": _table(loading.PACKAGE, _PACKAGE, ["format", "name"]),
            "version": _table(loading.VERSION, _VERSION, ["version"]),
            "named_version": _table(loading.NAMED_VERSION, _VERSION),
            "asset": {"oneOf": [_closed({"text": _TEXT}), _closed({"base64": _BASE64}), _SUMMARY]},
            "public_source": _table(loading.PUBLIC_SOURCE, _PUBLIC_SOURCE, ["name"]),
        },
    }


def _table(
    readers: Mapping[str, Callable[[FileValue], Any]],
    special: Mapping[str, _Schema],
    required: Sequence[str] = (),
    dependent: Mapping[str, list[str]] | None = None,
) -> _Schema:
    """A table with the keys that the loader reads.

    :param special: the schemas of values that their reader alone does not determine.
    """
    properties = {key: special[key] if key in special else _OF_READERS[reader] for key, reader in readers.items()}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": list(required),
        "dependentRequired": dict(dependent or {}),
    }


def _closed(properties: _Schema, required: Sequence[str] | None = None) -> _Schema:
    """A table with exactly these keys. By default all are required."""
    required_member = list(properties if required is None else required)
    return {"type": "object", "properties": properties, "required": required_member, "additionalProperties": False}


def _list_of(items: _Schema) -> _Schema:
    return {"type": "array", "items": items}


def _map_of(values: _Schema) -> _Schema:
    return {"type": "object", "additionalProperties": values}


def _one_of(names: Sequence[str]) -> _Schema:
    return {"enum": list(names)}


def _defined(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


def _hex(digits: int) -> _Schema:
    return {"type": "string", "pattern": f"^[0-9a-f]{{{digits}}}$"}


_OF_READERS: dict[Any, _Schema] = {
    FileValue.text: _TEXT,
    FileValue.texts: _map_of(_TEXT),
    FileValue.list_of_texts: _list_of(_TEXT),
    FileValue.timestamp: {
        "type": "string",
        "pattern": f"^(?:{timestamps.PATTERN})$",
        "description": f"A timestamp with a time zone, or an age: {timestamps.FORMS}.",
    },
}
"""The schemas of values, by the function that reads them."""

_BASE64: _Schema = {"type": "string", "contentEncoding": "base64", "pattern": "^[A-Za-z0-9+/]*={0,2}$"}
_SUMMARY = _closed(
    {
        "size": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
        "sha256": _hex(64),
        "sha1": _hex(40),
        "md5": _hex(32),
        "sha512": _hex(128),
    },
    ["size", "sha256"],
)
_POLICY: _Schema = {"type": ["object", "string"], "description": "A policy, or its text."}
_ACCOUNT: _Schema = {"type": "string", "pattern": "^[0-9]{12}$"}
_SWITCH = _one_of([ALLOW, BLOCK])


def _by_restriction(values: _Schema) -> _Schema:
    return {"type": "object", "properties": dict.fromkeys(RESTRICTIONS, values), "additionalProperties": False}


_MODES = _by_restriction(_one_of([ALLOW, BLOCK, ALLOW_SPECIFIC_REPOSITORIES, INHERIT]))

_FILE = {"domains": _list_of(_defined("domain")), "public_sources": _list_of(_defined("public_source"))}
_DOMAIN = {
    "account": _ACCOUNT,
    "policy": _POLICY,
    "restrictions": _by_restriction(_one_of([ALLOW, BLOCK, ALLOW_SPECIFIC_REPOSITORIES])),
    "package_groups": _list_of(_defined("package_group")),
    "repositories": _list_of(_defined("repository")),
}
_PACKAGE_GROUP = {
    "restrictions": _MODES,
    "allowed_repositories": _by_restriction(_list_of(_TEXT)),
}
_REPOSITORY = {
    "administrator": _ACCOUNT,
    "upstreams": _list_of({"anyOf": [_TEXT, _closed({"gone": _TEXT})]}),
    "external_connection": _one_of([*EXTERNAL_CONNECTIONS]),
    "policy": _POLICY,
    "packages": _list_of(_defined("package")),
}
_PACKAGE = {
    "format": _one_of([*FORMATS]),
    "origin": _closed({"publish": _SWITCH, "upstream": _SWITCH}, []),
    "dist_tags": _map_of(_TEXT),
    "versions": {"anyOf": [_list_of({"anyOf": [_TEXT, _defined("version")]}), _map_of(_defined("named_version"))]},
}
_VERSION = {
    "status": _one_of(STATUSES),
    "origin_type": _one_of([INTERNAL, EXTERNAL, UNKNOWN]),
    "licenses": _list_of({"anyOf": [_TEXT, _closed({"name": _TEXT, "url": _TEXT}, ["name"])]}),
    "dependencies": _list_of(_closed(dict.fromkeys(Dependency._fields, _TEXT), ["package", "version_requirement"])),
    "assets": _map_of(_defined("asset")),
}
_PUBLIC_SOURCE = {"name": _one_of([*EXTERNAL_CONNECTIONS]), "packages": _list_of(_defined("package"))}
