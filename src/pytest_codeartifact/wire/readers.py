"""Parses the query string, headers and JSON body of a request into Python values (rule W-2).

A request that cannot be parsed is answered with a service error, never with a Python exception.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeAlias
from urllib.parse import unquote_to_bytes

from ..errors import ValidationException
from .checks import service_name
from .shapes import Shape

Reader: TypeAlias = Callable[[Any], Any]

_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")

_SCALARS: dict[str, tuple[type, str]] = {
    "string": (str, "a string"),
    "boolean": (bool, "a boolean"),
    "integer": (int, "a whole number"),
    "long": (int, "a whole number"),
    "blob": (bytes, "bytes"),
}


def unreadable(message: str) -> ValidationException:
    """The error for a request that cannot be parsed (rule V-5)."""
    return ValidationException(message, ValidationException.CANNOT_PARSE)


def read_query(query: str) -> Iterator[tuple[str, str]]:
    """The names and values of a query string."""
    quoted = "%" in query or "+" in query
    for pair in query.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            yield (_unquoted(name), _unquoted(value)) if quoted else (name, value)


def read_json(body: bytes) -> Any:
    """The JSON object in a body."""
    try:
        value = parse_json(body.decode())
    except (ValueError, RecursionError):
        raise unreadable("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise unreadable("The body must be a JSON object.")
    return value


def parse_json(text: str) -> Any:
    """Parse strict JSON: without NaN, Infinity and numbers that become it, and without repeated members of an object.

    :raises ValueError: the text is not strict JSON.
    """
    return json.loads(text, parse_float=_finite, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repetition)


def text_reader(shape: Shape, name: str) -> Reader:
    """A reader for a member in the query string or in a header."""
    if shape.type_name in ("integer", "long"):
        return lambda text: _read_number(text, name)
    if shape.type_name == "boolean":
        return lambda text: _read_boolean(text, name)
    assert shape.type_name == "string", "the model has no other types in query strings and headers"
    return str


def json_reader(shape: Shape, name: str) -> Reader:
    """A reader for a member in JSON. It drops unknown members and nulls, and refuses values of another type."""
    of_type = {"structure": _structure_reader, "list": _list_reader, "map": _map_reader}
    return of_type.get(shape.type_name, _scalar_reader)(shape, name)


def _structure_reader(shape: Shape, name: str) -> Reader:
    members = {key: json_reader(member, key) for key, member in shape.members.items()}

    def read(value: Any) -> Any:
        _expect(isinstance(value, dict), name, "an object")
        return {key: members[key](item) for key, item in value.items() if key in members and item is not None}

    return read


def _list_reader(shape: Shape, name: str) -> Reader:
    read_item = json_reader(shape.member, name)

    def read(value: Any) -> Any:
        _expect(isinstance(value, list), name, "an array")
        return [read_item(item) for item in value]

    return read


def _map_reader(shape: Shape, name: str) -> Reader:
    read_value = json_reader(shape.value, name)

    def read(value: Any) -> Any:
        _expect(isinstance(value, dict), name, "an object")
        _expect(all(map(_is_text, value)), name, "an object of Unicode text")
        return {key: read_value(item) for key, item in value.items()}

    return read


def _scalar_reader(shape: Shape, name: str) -> Reader:
    wanted, words = _SCALARS[shape.type_name]

    def read(value: Any) -> Any:
        _expect(type(value) is wanted, name, words)
        if wanted is str:
            _expect(_is_text(value), name, "Unicode text")
        return value

    return read


def _read_number(text: str, name: str) -> int:
    digits = text.removeprefix("-")
    _expect(digits.isascii() and digits.isdecimal() and len(digits) < 20, name, "a whole number")
    return int(text)


def _read_boolean(text: str, name: str) -> bool:
    _expect(text in ("true", "false"), name, "true or false")
    return text == "true"


def _expect(is_valid: bool, name: str, words: str) -> None:
    if not is_valid:
        raise unreadable(f"'{service_name(name)}' must be {words}.")


def _unquoted(text: str) -> str:
    if _BROKEN_ESCAPE.search(text):
        raise unreadable("The query string has a '%' that is not followed by two hexadecimal digits.")
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError:
        raise unreadable("The query string is not UTF-8.") from None


def _is_text(value: str) -> bool:
    """Whether a string can be encoded: escapes in JSON can produce half of a surrogate pair."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def _refuse_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member occurs twice")
    return members
