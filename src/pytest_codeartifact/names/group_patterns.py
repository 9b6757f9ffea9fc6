"""The patterns of package groups: their grammar, the packages that they match, and their order by specificity.

Rules G-1 to G-8 of the behaviour reference. This module works on package coordinates only, not on existing groups.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from .formats import FORMATS, is_valid_name
from .packages import PackageId

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
    """The strength of a match (rule G-8): strong if it is exact, weak if it is only a variation."""

    WEAK = 0
    STRONG = 1


class InvalidPattern(ValueError):
    """The pattern has none of the six forms, or parts that its format does not have."""


class GroupPattern(NamedTuple):
    """A parsed pattern. The parts that its kind does not have are empty."""

    text: str
    kind: Kind
    format: str = ""
    namespace: str = ""
    name: str = ""

    def match(self, id: PackageId) -> Strength | None:
        """The strength of the match with a package, None if it does not match."""
        if self.kind is Kind.ALL:
            return Strength.STRONG
        if self.format != id.format:
            return None
        if self.kind is Kind.FORMAT:
            return Strength.STRONG
        in_namespace = _compare(self.namespace, id.namespace or "", prefix=self.kind is Kind.NAMESPACE_PREFIX)
        if in_namespace is None or self.kind in (Kind.NAMESPACE_PREFIX, Kind.NAMESPACE):
            return in_namespace
        of_name = _compare(self.name, id.name, prefix=self.kind is Kind.NAME_PREFIX)
        return None if of_name is None else min(in_namespace, of_name)

    @property
    def folded(self) -> str:
        """The pattern without the variations that matching ignores. Equal for patterns that differ only in these."""
        if self.kind is Kind.ALL:
            return self.text
        return _text(self.kind, self.format, variation_free(self.namespace), variation_free(self.name))

    def holds(self, begin: str) -> bool | None:
        """Whether the packages whose :attr:`.PackageId.key` begins with this text match, strongly or weakly.

        :returns: True if all of them match, False if none does, None if it depends on the rest of the key.
        """
        # Compared without the characters at the end that the rest of the key might still change.
        settled, wanted = variation_free(_stable_part(begin)), _key_prefix(self)
        if not settled.startswith(wanted):
            return None if wanted.startswith(settled) else False
        if self.kind in (Kind.ALL, Kind.FORMAT, Kind.NAMESPACE):
            return True
        if settled == wanted:  # the next character decides whether the word goes on
            return None
        return self.kind is not Kind.EXACT and not _is_word(settled[len(wanted)])

    def ancestors(self) -> Iterator[str]:
        """The possible patterns that contain this one, the most specific one first (rule G-6)."""
        for candidate in _containing(self.format, self.namespace, self.name, self.kind):
            if candidate != self.text:
                yield candidate


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> GroupPattern:
    """Parse a pattern.

    :raises InvalidPattern: with the reason.
    """
    if text == ROOT:
        return GroupPattern(text, Kind.ALL)
    suffix = text[-1:]
    if not text.startswith("/") or suffix not in ("*", "~", "$"):
        raise InvalidPattern("it must begin with '/' and end with '*', '~' or '$'")
    format, *parts = text[1:-1].split("/")
    if format not in FORMATS:
        raise InvalidPattern(f"{format!r} is not a package format")
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
    raise InvalidPattern(
        "it must be one of /*, /f/*, /f/namespace~, /f/namespace/*, /f/namespace/name~, /f/namespace/name$"
    )


def folded_candidates(id: PackageId) -> Iterator[str]:
    """The folded forms of all patterns that match a package, the most specific one first (rules G-6 and G-7)."""
    return _containing(id.format, variation_free(id.namespace or ""), variation_free(id.name), Kind.EXACT)


def variation_free(text: str) -> str:
    """A string without the variations that matching ignores (rule G-7): case, separators and look-alikes.

    Decision: look-alikes are the letters that Unicode's compatibility normalisation unifies, all dashes, and the
    letters below. AWS publishes no list.
    """
    plain = text.casefold().translate(_LOOK_ALIKES)  # before the normalisation, which changes a lunate sigma
    folded = unicodedata.normalize("NFKC", plain).casefold().translate(_LOOK_ALIKES)
    return re.sub(r"[-._]+", ".", folded)


_LOOK_ALIKES = {
    ord(other): letter
    for letter, others in {
        "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212",
        "a": "\u0251\u03b1\u0430",
        "c": "\u03f2\u0441",
        "d": "\u0501",
        "e": "\u0435",
        "g": "\u0261\u0581",
        "h": "\u04bb\u0570",
        "i": "\u0131\u0269\u03b9\u0456",
        "j": "\u03f3\u0458\u0575",
        "l": "1\u01c0\u04cf",
        "n": "\u0578",
        "o": "0\u03bf\u03c3\u043e\u0585",
        "p": "\u03c1\u0440",
        "q": "\u051b",
        "r": "\u0433",
        "s": "\u0455",
        "u": "\u028b\u03c5\u057d",
        "v": "\u03bd\u0475",
        "w": "\u051d",
        "x": "\u0445",
        "y": "\u03b3\u0443",
    }.items()
    for other in others
}


def _containing(format: str, namespace: str, name: str, kind: Kind) -> Iterator[str]:
    """The patterns of at most this kind that contain the coordinates, the most specific one first."""
    if kind is Kind.EXACT:
        yield _text(Kind.EXACT, format, namespace, name)
    if kind >= Kind.NAME_PREFIX:
        for prefix in _prefixes(name):
            yield _text(Kind.NAME_PREFIX, format, namespace, prefix)
    if kind >= Kind.NAMESPACE:
        yield _text(Kind.NAMESPACE, format, namespace)
    if kind >= Kind.NAMESPACE_PREFIX:
        for prefix in _prefixes(namespace):
            yield _text(Kind.NAMESPACE_PREFIX, format, prefix)
    if kind >= Kind.FORMAT:
        yield _text(Kind.FORMAT, format)
        yield ROOT


def _text(kind: Kind, format: str, namespace: str = "", name: str = "") -> str:
    """A pattern as it is written, from its parts."""
    return {
        Kind.EXACT: f"/{format}/{namespace}/{name}$",
        Kind.NAME_PREFIX: f"/{format}/{namespace}/{name}~",
        Kind.NAMESPACE: f"/{format}/{namespace}/*",
        Kind.NAMESPACE_PREFIX: f"/{format}/{namespace}~",
        Kind.FORMAT: f"/{format}/*",
    }[kind]


def _prefixes(part: str) -> Iterator[str]:
    """The prefixes that end at the end of a word, the longest one first (rule G-3)."""
    for end in range(len(part), 0, -1):
        if _ends_word(part[:end]) and not (end < len(part) and _is_word(part[end])):
            yield part[:end]


def _checked(pattern: GroupPattern) -> GroupPattern:
    rules = FORMATS[pattern.format]
    if pattern.namespace and rules.namespace == "none":
        raise InvalidPattern(f"{rules.name} packages have no namespace, so that part must be empty")
    if not pattern.namespace and rules.namespace == "required":
        raise InvalidPattern(f"{rules.name} packages have a namespace, so that part must not be empty")
    for part, rule in ((pattern.namespace, rules.namespace_rule), (pattern.name, rules.name_rule)):
        if part and not is_valid_name(part):
            raise InvalidPattern(f"{part!r} is not a valid part of a package path")
        if set(part) & set("*~$"):
            raise InvalidPattern(f"'*', '~' and '$' are only allowed at the end of a pattern, not in {part!r}")
        if rule(part) != part:
            raise InvalidPattern(f"{part!r} is not normalised; {rules.name} packages are stored as {rule(part)!r}")
    if pattern.text.endswith("~") and not _ends_word(pattern.text[:-1]):
        raise InvalidPattern(f"'~' must follow a letter or a digit; use '*' after '/'{_suggestion_for(pattern.text)}")
    if pattern.kind is Kind.EXACT and not pattern.name:
        raise InvalidPattern("'$' must follow the complete name of a package")
    return pattern


@functools.lru_cache(maxsize=4096)
def _key_prefix(pattern: GroupPattern) -> str:
    """The common prefix of the keys of all matching packages, without the variations that matching ignores."""
    of_kind = {
        Kind.ALL: "",
        Kind.FORMAT: f"{pattern.format}\0",
        Kind.NAMESPACE_PREFIX: f"{pattern.format}\0{pattern.namespace}",
        Kind.NAMESPACE: f"{pattern.format}\0{pattern.namespace}\0",
    }
    return variation_free(of_kind.get(pattern.kind, f"{pattern.format}\0{pattern.namespace}\0{pattern.name}"))


def _stable_part(key_prefix: str) -> str:
    """The part of a key prefix that further characters cannot change.

    A following combining mark may change everything from the last ASCII character on.
    """
    last = next((index for index in range(len(key_prefix) - 1, 0, -1) if key_prefix[index].isascii()), 0)
    return key_prefix[:last]


def _compare(wanted: str, actual: str, *, prefix: bool) -> Strength | None:
    if _covers(wanted, actual, prefix):
        return Strength.STRONG
    return Strength.WEAK if _covers(variation_free(wanted), variation_free(actual), prefix) else None


def _covers(wanted: str, actual: str, prefix: bool) -> bool:
    if not prefix or wanted == actual:
        return wanted == actual
    return actual.startswith(wanted) and not _is_word(actual[len(wanted)])


def _ends_word(text: str) -> bool:
    """Whether a string ends with a word (rule G-3): with a letter or a number, perhaps followed by combining marks."""
    while text and unicodedata.category(text[-1])[0] == "M":
        text = text[:-1]
    return text != "" and _is_word(text[-1])


def _suggestion_for(text: str) -> str:
    """A suggestion for a prefix that does not end with a word."""
    begin = text[:-1]
    while not begin.endswith("/") and not _ends_word(begin):
        begin = begin[:-1]
    word = begin.rpartition("/")[2]
    return f". Write {f'{begin}~'!r}: it matches {word} and {word}-anything" if word else ""


def _is_word(character: str) -> bool:
    """Whether the character belongs to a word (rule G-3): a letter, a number or a combining mark."""
    return unicodedata.category(character)[0] in "LNM"
