"""Explains why a value can never equal a parameter of a valid request.

These are the values that pass the readers and checks of requests. A value of a subclass is converted first, for example
a member of a str enumeration to its string. An object with its own equality (``mock.ANY``) may equal anything.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import ValidationException
from .checks import checker, service_name
from .readers import json_reader
from .shapes import Shape


def objections(shape: Shape, name: str) -> Callable[[object], str | None]:
    """A function that returns the reason why a member of that shape cannot have a value, None if it can.

    The reasons are worded as the service words them.
    """
    read = json_reader(shape, name)
    check = checker(shape, service_name(name))

    def objection(value: object) -> str | None:
        if _has_custom_equality(value):
            return None
        plain = _plain(value)
        if isinstance(plain, int) and plain.bit_length() > 64:  # Python refuses to print very long numbers
            return f"'{name}' must be a whole number of at most 64 bits."
        try:
            readable = read(plain)
        except ValidationException as error:
            return error.message
        if readable != plain:
            return f"'{name}' has an unknown member, or a member without a value."
        violations = check(readable)
        return f"{'; '.join(violations)}." if violations else None

    return objection


def _has_custom_equality(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_has_custom_equality, value))
    if isinstance(value, dict):
        return any(map(_has_custom_equality, value.values()))
    return inspect.isfunction(type(value).__eq__)  # __eq__ is written in Python, so it is not that of a built-in type


def _plain(value: Any) -> Any:
    """An equal value in the types that requests are parsed into."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, list):
        return list(map(_plain, value))
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    return value
