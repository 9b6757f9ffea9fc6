"""The patterns of package groups: their grammar, what they match and which of two is the more specific.

Rules G-1 to G-8 of the behaviour reference. Knows package coordinates only; nothing of groups that exist, of domains or
of what a group does to its packages.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from enum import IntEnum
from typing import NamedTuple

from .ids import FORMATS, PackageId, is_legal_name

ROOT = "/*"


class Kind(IntEnum):
    """The six allowed forms (rule G-2), from the least specific to the most specific."""

    ALL = 0
    FORMAT = 1
    NAMESPACE_PREFIX = 2
    NAMESPACE = 3
    NAME_PREFIX = 4
    EXACT = 5


class Strength(IntEnum):
    """How a package matches (rule G-8): as it is written, or only as a variation."""

    WEAK = 0
    STRONG = 1


class IllegalPattern(ValueError):
    """Not one of the six forms, or parts that the format does not have."""


class GroupPattern(NamedTuple):
    """A pattern taken apart; the parts that its kind does not speak of are empty."""

    text: str
    kind: Kind
    format: str = ""
    namespace: str = ""
    name: str = ""

    def match(self, id: PackageId) -> Strength | None:
        """How the package matches, None if it does not."""
        return self._match(id.format, id.namespace or "", id.name)

    def contains(self, other: GroupPattern) -> bool:
        """Whether the other pattern is a more specific one below this one (rule G-6)."""
        return (
            self.specificity < other.specificity
            and self._match(other.format, other.namespace, other.name) is Strength.STRONG
        )

    @property
    def specificity(self) -> tuple[Kind, int]:
        """Grows with how few packages the pattern speaks of: of two that match one package, the greater one has it."""
        part = self.namespace if self.kind is Kind.NAMESPACE_PREFIX else self.name
        return self.kind, len(variation_free(part))

    def _match(self, format: str, namespace: str, name: str) -> Strength | None:
        if self.kind is Kind.ALL:
            return Strength.STRONG
        if self.format != format:
            return None
        if self.kind is Kind.FORMAT:
            return Strength.STRONG
        in_namespace = _compare(self.namespace, namespace, prefix=self.kind is Kind.NAMESPACE_PREFIX)
        if in_namespace is None or self.kind in (Kind.NAMESPACE_PREFIX, Kind.NAMESPACE):
            return in_namespace
        of_name = _compare(self.name, name, prefix=self.kind is Kind.NAME_PREFIX)
        return None if of_name is None else min(in_namespace, of_name)


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> GroupPattern:
    """Take a pattern apart.

    :raises IllegalPattern: with the reason.
    """
    if text == ROOT:
        return GroupPattern(text, Kind.ALL)
    suffix = text[-1:]
    if not text.startswith("/") or suffix not in ("*", "~", "$"):
        raise IllegalPattern("it begins with '/' and ends with one of '*', '~' and '$'")
    format, *parts = text[1:-1].split("/")
    if format not in FORMATS:
        raise IllegalPattern(f"{format!r} is no package format")
    if suffix == "*" and parts == [""]:
        return GroupPattern(text, Kind.FORMAT, format)
    if suffix == "*" and len(parts) == 2 and not parts[1]:
        return _checked(GroupPattern(text, Kind.NAMESPACE, format, parts[0]))
    if suffix == "~" and len(parts) == 1:
        return _checked(GroupPattern(text, Kind.NAMESPACE_PREFIX, format, parts[0]))
    if suffix == "~" and len(parts) == 2:
        return _checked(GroupPattern(text, Kind.NAME_PREFIX, format, *parts))
    if suffix == "$" and len(parts) == 2:
        return _checked(GroupPattern(text, Kind.EXACT, format, *parts))
    raise IllegalPattern(
        "it is none of /*, /f/*, /f/namespace~, /f/namespace/*, /f/namespace/name~, /f/namespace/name$"
    )


def variation_free(text: str) -> str:
    """The text without what matching ignores (rule G-7): case, the choice and number of separators, look-alikes.

    Decision: look-alikes are those that Unicode's compatibility normalisation unifies and the ones below; AWS names no
    list.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LOOK_ALIKES)
    return re.sub(r"[-._]+", ".", folded)


_LOOK_ALIKES = str.maketrans(
    "01\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u04bb\u03bf\u03b1\u03bd\u03c1\u03b9",
    "olaeopcyxijsdqhoavpi",
)


def _checked(pattern: GroupPattern) -> GroupPattern:
    rules = FORMATS[pattern.format]
    if pattern.namespace and rules.namespace == "none":
        raise IllegalPattern(f"{rules.name} packages have no namespace, so that part stays empty")
    if not pattern.namespace and rules.namespace == "required":
        raise IllegalPattern(f"{rules.name} packages have a namespace, so that part cannot be empty")
    for part, rule in ((pattern.namespace, rules.namespace_rule), (pattern.name, rules.name_rule)):
        if part and not is_legal_name(part):
            raise IllegalPattern(f"{part!r} is no legal part of a package path")
        if rule(part) != part:
            raise IllegalPattern(f"{part!r} is not normalised; {rules.name} packages are stored as {rule(part)!r}")
    if pattern.text.endswith("~") and not _is_word(pattern.text[-2]):
        raise IllegalPattern("'~' follows a letter or a digit; use '*' after '/'")
    if pattern.kind is Kind.EXACT and not pattern.name:
        raise IllegalPattern("'$' follows the whole name of a package")
    return pattern


def _compare(wanted: str, there: str, *, prefix: bool) -> Strength | None:
    if _covers(wanted, there, prefix):
        return Strength.STRONG
    return Strength.WEAK if _covers(variation_free(wanted), variation_free(there), prefix) else None


def _covers(wanted: str, there: str, prefix: bool) -> bool:
    if not prefix or wanted == there:
        return wanted == there
    return there.startswith(wanted) and not _is_word(there[len(wanted)])


def _is_word(character: str) -> bool:
    """Whether the character belongs to a word (rule G-3): a letter or a number, or a mark that follows one."""
    return unicodedata.category(character)[0] in "LNM"
