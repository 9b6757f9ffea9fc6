"""Writes the format of Ruby's ``Marshal.load``, version 4.8, as far as the index of a repository needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

_HEADER = b"\x04\x08"


class Symbol(NamedTuple):
    """A symbol."""

    name: str


class Object(NamedTuple):
    """An object that is written by its instance variables."""

    name: str
    variables: dict[str, object]


class MarshalDumped(NamedTuple):
    """An object that ``marshal_dump`` writes as another value."""

    name: str
    value: object


class UserDefined(NamedTuple):
    """An object that ``_load`` reads from bytes."""

    name: str
    content: bytes


def dump(value: object) -> bytes:
    """A document with one value: None, a bool, an int that is not negative, a str, a list, a dict or a class above."""
    return _HEADER + _value(value)


def _value(value: object) -> bytes:
    return _WRITERS[type(value)](value)


def _int(number: int) -> bytes:
    """An integer of Marshal: one byte up to 122, with an offset of 5; larger ones by their length and their bytes."""
    if number == 0:
        return b"\0"
    if number < 123:
        return bytes([number + 5])
    content = number.to_bytes((number.bit_length() + 7) // 8, "little")
    return bytes([len(content)]) + content


def _bytes(content: bytes) -> bytes:
    return _int(len(content)) + content


def _symbol(name: str) -> bytes:
    return b":" + _bytes(name.encode())


def _list(items: list[object]) -> bytes:
    return b"[" + _int(len(items)) + b"".join(map(_value, items))


def _dict(members: dict[object, object]) -> bytes:
    return b"{" + _int(len(members)) + b"".join(_value(name) + _value(value) for name, value in members.items())


def _object(instance: Object) -> bytes:
    variables = b"".join(_symbol(f"@{name}") + _value(value) for name, value in instance.variables.items())
    return b"o" + _symbol(instance.name) + _int(len(instance.variables)) + variables


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"0",
    bool: lambda value: b"T" if value else b"F",
    int: lambda value: b"i" + _int(value),
    # A string with one instance variable: its encoding is UTF-8.
    str: lambda text: b'I"' + _bytes(text.encode("utf-8", "replace")) + _int(1) + _symbol("E") + b"T",
    list: _list,
    dict: _dict,
    Symbol: lambda symbol: _symbol(symbol.name),
    Object: _object,
    MarshalDumped: lambda instance: b"U" + _symbol(instance.name) + _value(instance.value),
    UserDefined: lambda instance: b"u" + _symbol(instance.name) + _bytes(instance.content),
}
