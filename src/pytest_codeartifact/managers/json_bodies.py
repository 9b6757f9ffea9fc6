"""Parses JSON bodies and checks the types of their members."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

from ..errors import ValidationException
from ..wire import parse_json

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object. Its members have any JSON type."""

_T = TypeVar("_T")

_TYPES = {dict: "an object", list: "an array", str: "a string", int: "a number", bool: "true or false"}


def parse(body: bytes) -> Any:
    """Parse the JSON in a body.

    :raises ValidationException: it is not valid JSON.
    """
    try:
        value = parse_json(body.decode())
        _refuse_lone_surrogates(value)
    except (ValueError, RecursionError):
        raise ValidationException("The body cannot be read: it must be JSON, in UTF-8.") from None
    return value


def checked(value: object, wanted: type[_T], label: str) -> _T:
    """A value, checked to have a type.

    :param label: the name of the value in the message.
    :raises ValidationException: it has another type.
    """
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise ValidationException(f"{label} must be {_TYPES[wanted]}.")
    return value


def check_optional(members: JsonObject, wanted: dict[str, type], label: str) -> None:
    """Check the types of members of an object that may be missing or null.

    :param label: what the object is, in the message.
    :raises ValidationException: one has another type.
    """
    for name, type in wanted.items():
        if members.get(name) is not None:
            checked(members[name], type, f"'{name}' of {label}")


def check_strings(values: object, label: str) -> None:
    """Check that a value is an array of strings.

    :raises ValidationException: it is not.
    """
    for value in checked(values, list, label):
        checked(value, str, f"A value in {label}")


def text(members: JsonObject, name: str) -> str | None:
    """A member of an object if it is a non-empty string, else None. For optional members."""
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
