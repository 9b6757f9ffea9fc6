"""Reads the JSON that clients send: what is of another type than the protocol says is refused by name."""

from __future__ import annotations

from typing import Any, TypeVar

from ..errors import ValidationException
from ..wire import parse_json

T = TypeVar("T")

_TYPES = {dict: "an object", list: "an array", str: "a string", int: "a number"}


def read(body: bytes) -> Any:
    """The JSON in a body.

    :raises ValidationException: it is none.
    """
    try:
        text = body.decode()
        text.encode()
        value = parse_json(text)
        _refuse_lone_surrogates(value)
    except (ValueError, RecursionError):
        raise ValidationException("The body cannot be read: it must be JSON, in UTF-8.") from None
    return value


def checked(value: object, wanted: type[T], where: str) -> T:
    """A value of the type that it must have.

    :param where: how the place of the value is called in the message.
    :raises ValidationException: it has another type.
    """
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise ValidationException(f"{where} must be {_TYPES[wanted]}.")
    return value


def text(members: dict[str, Any], name: str) -> str | None:
    """A member of an object if it is a text that is not empty. None otherwise: its place is optional."""
    value = members.get(name)
    return value if isinstance(value, str) and value else None


def _refuse_lone_surrogates(value: object) -> None:
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for name, member in value.items():
            name.encode()
            _refuse_lone_surrogates(member)
    elif isinstance(value, list):
        for member in value:
            _refuse_lone_surrogates(member)
