"""Reads the JSON that clients send: what is of another type than the protocol says is refused by name."""

from __future__ import annotations

from typing import Any, TypeVar

from ..errors import ValidationException
from ..wire import parse_json

T = TypeVar("T")

_TYPES = {dict: "an object", list: "an array", str: "a string", int: "a number", bool: "true or false"}


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
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise ValidationException(f"{where} must be {_TYPES[wanted]}.")
    return value


def check_optional(members: dict[str, Any], wanted: dict[str, type], where: str) -> None:
    """Refuse members of an object that are there and not null, and have another type than they must have.

    :param where: what the object is, in the message.
    :raises ValidationException: there is one.
    """
    for name, type in wanted.items():
        if members.get(name) is not None:
            checked(members[name], type, f"'{name}' of {where}")


def check_texts(values: object, where: str) -> None:
    """Refuse what is no array of strings.

    :raises ValidationException: it is none.
    """
    for value in checked(values, list, where):
        checked(value, str, f"A value in {where}")


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
