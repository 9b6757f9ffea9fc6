"""Reads the specification of a gem in its ``metadata.gz`` (rules RB-3 and PM-52).

The YAML is read as plain data: strings, lists and mappings. Tags, which name classes of Ruby, are ignored.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from . import ruby_marshal
from .archives import MAX_MEMBER_SIZE, member_of_tar
from .ruby_marshal import MarshalDumped, Object, Symbol, UserDefined

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The loader that reads all scalars as strings; the one in C if it is available."""

NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
"""The names that a gem may have."""

_VERSION = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?", re.ASCII)
_OPERATORS = ("=", "!=", ">", "<", ">=", "<=", "~>")

_GZIP = 31  # the window bits of zlib for a gzip file
_ANY_VERSION = ((">=", "0"),)
_YAML_NULLS = ("", "~", "null")

Requirement = tuple[tuple[str, str], ...]


class GemDependency(NamedTuple):
    """A dependency; ``kind`` is ``runtime`` or ``development``."""

    name: str
    requirement: Requirement
    kind: str


class Specification(NamedTuple):
    """The specification of a gem."""

    name: str
    version: str
    platform: str = "ruby"
    summary: str | None = None
    homepage: str | None = None
    source_code: str | None = None
    licenses: tuple[str, ...] = ()
    dependencies: tuple[GemDependency, ...] = ()
    ruby: Requirement = _ANY_VERSION
    rubygems: Requirement = _ANY_VERSION
    authors: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The version as it is stored: with the platform, unless it is ``ruby`` (rule RB-3)."""
        return self.version if self.platform == "ruby" else f"{self.version}-{self.platform}"

    @property
    def runtime(self) -> list[GemDependency]:
        """The runtime dependencies, by name."""
        return sorted(dependency for dependency in self.dependencies if dependency.kind == "runtime")


def read(gem: bytes) -> Specification | None:
    """The specification in a gem; None if it is missing or cannot be read."""
    packed = member_of_tar(gem, lambda name: name == "metadata.gz", compressed=False)
    try:
        text = zlib.decompressobj(_GZIP).decompress(packed or b"", MAX_MEMBER_SIZE)
        document = yaml.load(text.decode(), Loader=_LOADER)  # noqa: S506  # makes plain data only
        return _specification(document) if isinstance(document, dict) else None
    except (zlib.error, ValueError, yaml.YAMLError, RecursionError):
        return None


def text_of(requirement: Requirement, between: str = ", ") -> str:
    """A requirement in the notation of Ruby: ``>= 1.0, < 2``."""
    return between.join(f"{operator} {version}" for operator, version in requirement)


def dump(specification: Specification) -> bytes:
    """A ``Gem::Specification`` in the form for ``Marshal.load`` (rule RB-13)."""
    fields = [
        "3.3.15",
        4,
        specification.name,
        _version(specification.version),
        None,  # the date
        specification.summary or "",
        _requirement(specification.ruby),
        _requirement(specification.rubygems),
        specification.platform,
        [_dependency(dependency) for dependency in specification.dependencies],
        "",  # the project on RubyForge, which was closed
        None,  # the e-mail
        list(specification.authors),
        None,  # the description
        specification.homepage,
        True,  # has documentation
        specification.platform,
        list(specification.licenses),
        {},
    ]
    return ruby_marshal.dump(UserDefined("Gem::Specification", ruby_marshal.dump(fields)))


def _version(version: str) -> MarshalDumped:
    return MarshalDumped("Gem::Version", [version])


def _requirement(requirement: Requirement) -> MarshalDumped:
    return MarshalDumped("Gem::Requirement", [[[operator, _version(version)] for operator, version in requirement]])


def _dependency(dependency: GemDependency) -> Object:
    requirement = _requirement(dependency.requirement)
    variables = {"requirement": requirement, "type": Symbol(dependency.kind), "prerelease": False}
    return Object("Gem::Dependency", {"name": dependency.name, **variables})


def _specification(document: dict[str, Any]) -> Specification | None:
    name, version = _text(document, "name"), _text(document.get("version"), "version")
    if name is None or version is None:
        return None
    return Specification(
        name,
        version,
        _text(document, "platform") or "ruby",
        _text(document, "summary"),
        _text(document, "homepage"),
        _text(document.get("metadata"), "source_code_uri"),
        _strings(document.get("licenses")),
        tuple(_dependencies(document.get("dependencies"))),
        _read_requirement(document.get("required_ruby_version")),
        _read_requirement(document.get("required_rubygems_version")),
        _strings(document.get("authors")),
    )


def _text(members: object, name: str) -> str | None:
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) and value not in _YAML_NULLS else None


def _strings(items: object) -> tuple[str, ...]:
    return tuple(item for item in items if isinstance(item, str)) if isinstance(items, list) else ()


def _dependencies(items: object) -> Iterator[GemDependency]:
    for item in items if isinstance(items, list) else ():
        name = _text(item, "name")
        if name is not None:
            _require(name, NAME.fullmatch(name))
            requirement = item.get("requirement") or item.get("version_requirements")
            kind = "development" if _text(item, "type") == ":development" else "runtime"
            yield GemDependency(name, _read_requirement(requirement), kind)


def _read_requirement(requirement: object) -> Requirement:
    pairs = requirement.get("requirements") if isinstance(requirement, dict) else None
    return tuple(_pairs(pairs)) or _ANY_VERSION


def _pairs(pairs: object) -> Iterator[tuple[str, str]]:
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str):
            version = _text(pair[1], "version")
            if version is not None:
                _require(f"{pair[0]} {version}", pair[0] in _OPERATORS and _VERSION.fullmatch(version))
                yield pair[0], version


def _require(text: str, fits: object) -> None:
    """Refuse a string that would corrupt the lines of an index."""
    if not fits:
        raise ValueError(text)
