"""The ids of packages. Independent of stored packages."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import SeedError, near, shown
from .formats import FORMATS, MAX_LENGTH, Format, is_valid_name

if TYPE_CHECKING:
    from ..literals import PackageFormat


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class PackageId:
    """The coordinates of a package within a repository: hashable, sortable, normalised (rule F-5).

    ``display_name`` keeps the original spelling and is not compared.

    :raises SeedError: the format is unknown, the namespace is missing or not allowed, or a name is not valid.
    """

    format: PackageFormat
    namespace: str | None
    name: str
    display_name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        rules = FORMATS.get(self.format)
        if rules is None:
            raise SeedError(f"There is no package format {shown(self.format)}. {near(self.format, FORMATS)}")
        if self.namespace is None and rules.namespace == "required":
            raise SeedError(
                f"A package of format {rules.name!r} needs a namespace, and {self.name!r} has none. "
                f"Write {rules.constructor}."
            )
        if self.namespace is not None:
            if rules.namespace == "none":
                raise SeedError(
                    f"A package of format {rules.name!r} cannot have a namespace, and {self.name!r} has "
                    f"{self.namespace!r}. "
                    f"Write {rules.constructor}."
                )
            self._check("namespace", self.namespace, rules)
            if rules.name == "npm" and self.namespace.startswith("@"):
                raise SeedError(
                    f"The namespace of an npm package is its scope without the '@', not {self.namespace!r}. "
                    f"Write {rules.constructor}."
                )
        self._check("name", self.name, rules)
        if rules.name == "npm" and self.name.startswith("@"):
            raise SeedError(
                f"{self.name!r} begins with '@' but has no '/': it is a scope without a name. "
                f"Write {rules.constructor}."
            )
        if not self.display_name:
            object.__setattr__(self, "display_name", self.name)
        namespace, name = rules.normalised(self.namespace, self.name)
        object.__setattr__(self, "namespace", namespace)
        object.__setattr__(self, "name", name)

    @staticmethod
    def _check(what: str, text: str, rules: Format) -> None:
        if not isinstance(text, str):
            raise SeedError(
                f"The {what} of a package of format {rules.name!r} must be a str, not {shown(text)}. "
                f"Write {rules.constructor}."
            )
        if not is_valid_name(text):
            raise SeedError(
                f"{shown(text)} is not a valid {what} of a package of format {rules.name!r}. It must have 1 to "
                f"{MAX_LENGTH} characters, without '/', '#', white space or control characters. "
                f"Write {rules.constructor}."
            )

    @classmethod
    def exact(cls, format: PackageFormat, namespace: str | None, name: str, display_name: str = "") -> PackageId:
        """Coordinates that are known to be valid and normalised. They are not checked."""
        id = cls.__new__(cls)
        object.__setattr__(id, "format", format)
        object.__setattr__(id, "namespace", namespace)
        object.__setattr__(id, "name", name)
        object.__setattr__(id, "display_name", display_name or name)
        return id

    @classmethod
    def from_key(cls, key: str, display_name: str = "") -> PackageId:
        """The inverse of :attr:`key`."""
        return cls.exact(*parts_of_key(key), display_name)

    @property
    def key(self) -> str:
        """The coordinates as one string that sorts like (format, namespace or "", name). No valid name contains NUL."""
        return f"{self.format}\0{self.namespace or ''}\0{self.name}"

    @property
    def other_spelling(self) -> str | None:
        """The display name, None if it is the name."""
        return None if self.display_name == self.name else self.display_name

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PackageId):
            return NotImplemented
        return self.key < other.key

    def __repr__(self) -> str:
        if self.format == "npm":
            return f"npm({self.full_name!r})"
        if self.namespace is None:
            return f"{self.format}({self.name!r})"
        return f"{self.format}({self.namespace!r}, {self.name!r})"

    def version_name(self, version: str) -> str:
        """The name of a version as it is stored (rule F-5)."""
        return FORMATS[self.format].version_rule(version)

    def objection_to(self, version: str) -> str | None:
        """The reason why a version is not valid for this package (rule F-10), as a sentence. None if it is valid."""
        numbering = FORMATS[self.format].numbering
        if numbering is None or re.fullmatch(numbering.pattern, version):
            return None
        return (
            f"{version!r} is not a valid version of the {self.format} package {self.full_name!r}: "
            f"it must be {numbering.words}."
        )

    @property
    def full_name(self) -> str:
        """The name as its package manager writes it on one line, for example ``@vue/ui``."""
        if self.namespace is None:
            return self.name
        return f"@{self.namespace}/{self.name}" if self.format == "npm" else f"{self.namespace}/{self.name}"


def parts_of_key(key: str) -> tuple[PackageFormat, str | None, str]:
    """Format, namespace and name from a :attr:`PackageId.key`."""
    parts: list[Any] = key.split("\0")
    format, namespace, name = parts
    return format, namespace or None, name


def key_of(format: object, namespace: object, name: object) -> str | None:
    """The :attr:`PackageId.key` of the coordinates in a request, None if they are not valid coordinates."""
    rules = FORMATS.get(format) if isinstance(format, str) else None
    if rules is None or not isinstance(namespace, (str, type(None))) or not isinstance(name, str):
        return None
    return PackageId.exact(rules.name, *rules.normalised(namespace, name)).key


def uploaded_assets(id: PackageId, version: str) -> tuple[str, ...]:
    """The names of the assets that a package manager uploads for a version."""
    names = {"package": id.name, "module": id.name.replace("-", "_"), "version": version}
    return tuple(asset.format(**names) for asset in FORMATS[id.format].assets)


def asset_name(id: PackageId, version: str, name: str) -> str:
    """The name of an asset as it is stored. For a NuGet package it is built from its id and version (rule F-5)."""
    if id.format != "nuget" or not name.lower().endswith(".nupkg"):
        return name
    return uploaded_assets(id, version)[0]


def npm(name: str) -> PackageId:
    """An npm package: ``npm("react")``, or with a scope ``npm("@types/node")``."""
    if not isinstance(name, str) or "/" not in name:
        return PackageId("npm", None, name)
    scope, _, bare = name.partition("/")
    if not scope.startswith("@"):
        raise SeedError(f"{shown(name)} has a '/' but no '@': a scoped npm package is written npm('@{name}').")
    return PackageId("npm", scope[1:], bare)


def pypi(name: str) -> PackageId:
    """A Python package. The name is normalised (PEP 503); the original spelling becomes the display name."""
    return PackageId("pypi", None, name)


def maven(group: str, artifact: str) -> PackageId:
    """A Maven package: groupId and artifactId."""
    return PackageId("maven", group, artifact)


def nuget(name: str) -> PackageId:
    """A NuGet package. The name is lower-cased; the original spelling becomes the display name."""
    return PackageId("nuget", None, name)


def generic(namespace: str, name: str) -> PackageId:
    """A generic package."""
    return PackageId("generic", namespace, name)


def ruby(name: str) -> PackageId:
    """A Ruby gem."""
    return PackageId("ruby", None, name)


def swift(scope: str, name: str) -> PackageId:
    """A Swift package. Scope and name are lower-cased; the spelling of the name becomes the display name."""
    return PackageId("swift", scope, name)


def cargo(name: str) -> PackageId:
    """A Rust crate."""
    return PackageId("cargo", None, name)
