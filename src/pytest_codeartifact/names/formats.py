"""The package formats and the rules of their names (behaviour reference, section 11).

Defines how each format spells and normalises names, and whether it has namespaces. Independent of stored packages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from . import java_patterns

if TYPE_CHECKING:
    from ..literals import ExternalConnection, PackageFormat

MAX_LENGTH = 255
"""The maximum length of a name, namespace or version, in characters (rule V-8)."""

MAVEN_METADATA = "maven-metadata.xml"
"""The document that a Maven client uploads last. Its upload makes versions Published (rule F-9)."""

EXTERNAL_CONNECTIONS: dict[ExternalConnection, PackageFormat] = {
    "public:npmjs": "npm",
    "public:pypi": "pypi",
    "public:maven-central": "maven",
    "public:maven-googleandroid": "maven",
    "public:maven-gradleplugins": "maven",
    "public:maven-commonsware": "maven",
    "public:maven-clojars": "maven",
    "public:nuget-org": "nuget",
    "public:ruby-gems-org": "ruby",
    "public:crates-io": "cargo",
}
"""The formats of the external connections (rule U-4)."""

_PUNCTUATION = frozenset("~!@^&()-_+[]{};,.` ")
_LETTERS_AND_DIGITS = frozenset({"Ll", "Lm", "Lo", "Lt", "Lu", "Nl", "Nd"})


def _as_is(text: str) -> str:
    return text


def _pep_503(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _nuget_version(version: str) -> str:
    core, dash, prerelease = version.partition("+")[0].partition("-")
    parts = core.split(".")
    if not all(part.isdecimal() for part in parts):
        return version
    numbers = [str(int(part)) for part in parts]
    if len(numbers) == 4 and numbers[3] == "0":
        del numbers[3]
    return ".".join(numbers) + dash + prerelease


class Numbering(NamedTuple):
    """The syntax of the versions of a format (rule F-10): a description, and a pattern for the whole version."""

    words: str
    pattern: str


_NUMBER, _IDENTIFIERS = r"(?:0|[1-9][0-9]*)", r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_BEFORE_RELEASE = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"

_SEMVER = Numbering(
    "a semantic version, such as '1.0.0' or '2.1.0-beta.1'",
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_BEFORE_RELEASE}(?:\.{_BEFORE_RELEASE})*)?(?:\+{_IDENTIFIERS})?",
)
_NUGET = Numbering(
    "a NuGet version, such as '1.0.0', '1.0.0.1' or '2.1.0-beta.1'",
    rf"[0-9]+(?:\.[0-9]+){{0,3}}(?:-{_IDENTIFIERS})?(?:\+{_IDENTIFIERS})?",
)
_GEM = Numbering(
    "a gem version, such as '1.0', '1.0.0' or '2.1.0.beta1'",
    r"[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z_.-]+)?",
)


class Format(NamedTuple):
    """The rules of one package format (rules F-1, F-5 and F-10).

    ``assets``: the names of the assets that its package manager uploads. ``any_spelling``: whether the API accepts
    names that are not normalised, and normalises them. ``numbering``: None if any string can be a version.
    """

    name: PackageFormat
    namespace: Literal["required", "optional", "none"]
    constructor: str
    assets: tuple[str, ...]
    name_rule: Callable[[str], str] = _as_is
    namespace_rule: Callable[[str], str] = _as_is
    version_rule: Callable[[str], str] = _as_is
    any_spelling: bool = False
    numbering: Numbering | None = None

    def normalised(self, namespace: str | None, name: str) -> tuple[str | None, str]:
        """A namespace and a name as they are stored (rule F-5)."""
        return namespace and self.namespace_rule(namespace), self.name_rule(name)


FORMATS: dict[str, Format] = {
    rules.name: rules
    for rules in (
        Format("npm", "optional", "npm('@scope/name') or npm('name')", ("package.tgz",), numbering=_SEMVER),
        Format(
            "pypi",
            "none",
            "pypi('name')",
            ("{module}-{version}-py3-none-any.whl", "{module}-{version}.tar.gz"),
            name_rule=_pep_503,
        ),
        Format(
            "maven",
            "required",
            "maven('group', 'artifact')",
            ("{package}-{version}.jar", "{package}-{version}.pom", MAVEN_METADATA),
        ),
        Format(
            "nuget",
            "none",
            "nuget('Name')",
            ("{package}.{version}.nupkg",),
            name_rule=str.lower,
            version_rule=_nuget_version,
            any_spelling=True,
            numbering=_NUGET,
        ),
        Format("generic", "required", "generic('namespace', 'name')", ("{package}-{version}.bin",)),
        Format("ruby", "none", "ruby('name')", ("{package}-{version}.gem",), numbering=_GEM),
        Format(
            "swift",
            "required",
            "swift('scope', 'name')",
            ("{package}-{version}.zip",),
            name_rule=str.lower,
            namespace_rule=str.lower,
            any_spelling=True,
            numbering=_SEMVER,
        ),
        Format("cargo", "none", "cargo('name')", ("{package}-{version}.crate",), numbering=_SEMVER),
    )
}


def is_valid_name(text: str) -> bool:
    """Whether a string is valid as a name, namespace or version of a package (rules V-6 and V-8)."""
    return len(text) <= MAX_LENGTH and java_patterns.matches(java_patterns.NAME, text)


def is_valid_asset_name(name: str) -> bool:
    """Whether an asset may have this name (rule V-8)."""
    return len(name) <= MAX_LENGTH and java_patterns.matches(java_patterns.ASSET_NAME, name)


def is_generic_asset_name(name: str) -> bool:
    """Whether an asset of a generic package may have this name (rule P-8)."""
    if name in (".", "..") or name != name.strip(" ") or "  " in name:
        return False
    return all(
        character in _PUNCTUATION or unicodedata.category(character) in _LETTERS_AND_DIGITS for character in name
    )
