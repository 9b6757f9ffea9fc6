"""The implemented operations, by the name of their function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

OperationFunction: TypeAlias = Callable[..., Mapping[str, Any]]

IMPLEMENTED: dict[str, OperationFunction] = {}

_F = TypeVar("_F", bound=OperationFunction)


def operation(function: _F) -> _F:
    """Register a function as an operation of the service.

    Its name is that of the operation in snake_case. Its keywords are the members of the input shape; required members
    have no default. It returns the output structure or raises a service error. Everything else is derived from
    botocore's model.
    """
    IMPLEMENTED[function.__name__] = function
    return function
