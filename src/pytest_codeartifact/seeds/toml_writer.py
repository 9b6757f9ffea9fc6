"""Writes the TOML that seeds need: arrays of tables with strings, timestamps, arrays and inline tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import shown

_LISTS_OF_TABLES = ("domains", "package_groups", "repositories", "packages", "versions", "public_sources")

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPED_IN_LINES = re.compile(r'\\|[\x00-\x09\x0b-\x1f\x7f]|"(?="")|"(?=\Z)')
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Unwritable(ValueError):
    """A string that TOML cannot hold."""


def lines(contents: Mapping[str, object]) -> Iterator[str]:
    """The lines of a document. Iterators in it are read one item at a time.

    :raises Unwritable: a string contains a lone surrogate.
    """
    table = _table(contents, "")
    yield next(table, "").lstrip("\n")
    yield from table


def timestamp(value: dt.datetime) -> str:
    """A timestamp in UTC in ISO 8601, with milliseconds if it has any."""
    unit = "milliseconds" if value.microsecond else "seconds"
    return value.replace(tzinfo=None).isoformat(timespec=unit) + "Z"


def _table(table: Mapping[str, Any], name: str) -> Iterator[str]:
    below = {key: value for key, value in table.items() if key in _LISTS_OF_TABLES}
    for key, value in table.items():
        if key not in below:
            yield f"{_key(key)} = {_lines(value) if isinstance(value, str) else _value(value)}"
    for key, tables in below.items():
        inner = f"{name}.{key}" if name else key
        for item in tables:
            yield f"\n[[{inner}]]"
            yield from _table(item, inner)


def _value(value: Any) -> str:
    match value:
        case str():
            return f'"{_escaped(_ESCAPED, value)}"'
        case dt.datetime():
            return timestamp(value)
        case int():
            return str(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            inner = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
            return f"{{ {inner} }}" if inner else "{}"
    raise AssertionError(f"seeds hold no {type(value)}")


def _lines(value: str) -> str:
    """A string, multi-line if it contains line breaks."""
    if "\n" not in value:
        return _value(value)
    return f'"""\n{_escaped(_ESCAPED_IN_LINES, value)}"""'


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _escaped(characters: re.Pattern[str], value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unwritable(
            f"TOML cannot hold the string {shown(value)}, which is not valid Unicode. Write a .json file."
        ) from None
    return characters.sub(
        lambda character: _ESCAPES.get(character.group()) or f"\\u{ord(character.group()):04X}", value
    )
