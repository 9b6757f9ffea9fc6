"""The Python values that a parameter may have, which are those that can pass the readers and checks of requests.

A value of another type is converted to what it equals: a member of an enumeration of str to its text, for example. An
object with its own equality (``mock.ANY``) may equal anything.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import ValidationException
from .checks import checker, internal
from .readers import json_reader


def objections(shape: Any, name: str) -> Callable[[object], str | None]:
    """Tells why a member of that shape cannot have a value, in the service's words; None if it can."""
    read = json_reader(shape, name)
    check = checker(shape, internal(name))

    def objection(value: object) -> str | None:
        if _equals_as_it_likes(value):
            return None
        plain = _plain(value)
        if isinstance(plain, int) and plain.bit_length() > 64:  # it may have more digits than Python writes
            return f"'{name}' must be a whole number of at most 64 bits."
        try:
            readable = read(plain)
        except ValidationException as error:
            return error.message
        if readable != plain:
            return f"'{name}' has a member that there is not, or one without a value."
        violations = check(readable)
        return f"{'; '.join(violations)}." if violations else None

    return objection


def _equals_as_it_likes(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_equals_as_it_likes, value))
    if isinstance(value, dict):
        return any(map(_equals_as_it_likes, value.values()))
    return inspect.isfunction(type(value).__eq__)  # and no slot of a type that is written in C


def _plain(value: Any) -> Any:
    """What a value equals, in the types that requests are read as."""
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
