r"""Regular expressions as AWS's models write them.

The models use Java's dialect: ``\s`` is ASCII only, ``\p{C}`` is Unicode's category Other (control, format, surrogate,
private use, unassigned) and ``\p{IsWhitespace}`` is Unicode's white space. Python's ``re`` has neither class. So a
pattern is translated, and each character outside ASCII is replaced by one representative of its class before matching.
A pattern always has to match the whole value.
"""

from __future__ import annotations

import functools
import re
import unicodedata

NAME = r"[^#/\p{C}\p{IsWhitespace}]+"
r"""The pattern of names of packages, namespaces and versions.

The service prints this pattern; the model has ``[^#/\s]+`` (rule V-6).
"""

ASSET_NAME = r"\P{C}+"
"""The pattern of names of assets."""

_OVERRIDES = {r"[^#/\s]+": NAME}

_OTHER, _WHITE, _PLAIN = "\x80", "\u2003", "\u00e9"  # the representatives: one character outside ASCII for each class
_JAVA = {
    r"\p{C}": r"\x00-\x1f\x7f-\x9f",
    r"\P{C}": r"\x20-\x7e\xa0-\U0010ffff",
    r"\p{IsWhitespace}": r"\t-\r\x20\x85\u2003",
    r"\s": r"\t-\r\x20",
    r"\S": r"\x00-\x08\x0e-\x1f\x21-\U0010ffff",
}
_CLASS = re.compile(r"\\p\{\w+\}|\\P\{\w+\}|\\s|\\S|\\.|\[|\]")


def printed(pattern: str) -> str:
    """The pattern as the service enforces and prints it."""
    return _OVERRIDES.get(pattern, pattern)


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches a pattern in the models' dialect."""
    if not value.isascii():
        value = "".join(map(_folded, value))
    return _compiled(pattern).fullmatch(value) is not None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    depth = 0  # within square brackets, a class is written without its own

    def translate(match: re.Match[str]) -> str:
        nonlocal depth
        piece = match.group()
        if piece in ("[", "]"):
            depth += 1 if piece == "[" else -1
        if piece not in _JAVA:
            return piece
        return _JAVA[piece] if depth else f"[{_JAVA[piece]}]"

    return re.compile(_CLASS.sub(translate, printed(pattern)))


def _folded(character: str) -> str:
    if character < "\x80":
        return character
    if unicodedata.category(character)[0] == "C":
        return _OTHER
    return _WHITE if character.isspace() else _PLAIN
