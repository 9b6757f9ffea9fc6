"""The operations that are implemented, by the name of their function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

OperationFunction: TypeAlias = Callable[..., Mapping[str, Any]]

IMPLEMENTED: dict[str, OperationFunction] = {}

_F = TypeVar("_F", bound=OperationFunction)


def operation(function: _F) -> _F:
    """Declare a function to be an operation of the service.

    Its name is the operation's in snake_case; after the scope its keywords are the input shape, required members
    without a default; it returns the output structure or raises a service error. Everything else follows from
    botocore's model.
    """
    IMPLEMENTED[function.__name__] = function
    return function
