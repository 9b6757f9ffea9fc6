"""Checks the names and values in conditions on calls, as in ``calls.of`` and ``when=``.

A request of a package manager has other parameters (rule PM-29), which can have any value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from .. import wire
from ..errors import SeedError, near, shorten_middle, shown
from ..names.packages import PackageId, npm
from ..names.permissions import MANAGER_PERMISSIONS, PARAMETERS

if TYPE_CHECKING:
    from ..literals import OperationName


def check_operation(name: object) -> None:
    """Refuse the name of an operation that does not exist.

    :raises SeedError: there is no such operation. The message suggests a similar one.
    """
    names = wire.operation_names() | MANAGER_PERMISSIONS
    if name in names:
        return
    operations_by_method = {wire.keyword(operation): operation for operation in names}
    if isinstance(name, str) and name in operations_by_method:
        operation = operations_by_method[name]
        message = f"{name!r} is a method of clients. Write the name of the operation in the API: {operation!r}."
    else:
        message = f"There is no operation {shown(name)}. {near(name, names)}"
    raise SeedError(message)


def check_names(operation: OperationName, names: Iterable[str]) -> None:
    """Refuse parameters that do not exist.

    :raises SeedError: a parameter is unknown. The message suggests a similar one.
    """
    if operation not in MANAGER_PERMISSIONS:
        wire.operation(operation).check_names(names)
        return
    known = {*PARAMETERS, *_api_parameters(operation)}
    for name in names:
        if name not in known:
            raise SeedError(f"{operation} has no parameter {shown(name)}. {near(name, known)}")


def _api_parameters(operation: str) -> Collection[str]:
    """The parameters of an operation of the API; none for a permission that is not an operation."""
    return wire.operation(operation).parameters if operation in wire.operation_names() else ()


class Objection(NamedTuple):
    """The reason why a value is not valid for a parameter, and suggestions."""

    why: str
    suggestions: tuple[Mapping[str, object], ...] = ()


def objection_to(operation: str, name: str, value: object) -> Objection | None:
    """The objection to a value of a parameter, None if a valid call can have it."""
    if is_id(value, name):
        return None
    if isinstance(value, PackageId):
        return Objection("Only the parameter 'package' can be a package id.")
    why = wire.operation(operation).objection(name, value) if name in _api_parameters(operation) else None
    if why is None:
        return None
    return Objection(
        shorten_middle(why), tuple(_in_parts(value)) if name == "package" and isinstance(value, str) else ()
    )


def contradiction(params: Mapping[str, Any]) -> str | None:
    """The reason why these parameters exclude each other, None if they do not.

    A package id contains a format and a namespace, which may contradict the other parameters.
    """
    id = params.get("package")
    coordinates = {name: params[name] for name in ("format", "namespace") if name in params}
    if not isinstance(id, PackageId) or not all(
        value is None or isinstance(value, str) for value in coordinates.values()
    ):
        return None
    with suppress(SeedError):
        if replace(id, **coordinates) == id:
            return None
    others = " and ".join(f"{name}={shown(value)}" for name, value in coordinates.items())
    return f"package={id!r} and {others} contradict each other. Write package={id!r} alone."


def is_id(value: object, name: str) -> TypeGuard[PackageId]:
    """Whether the value of a parameter is a package id."""
    return name == "package" and isinstance(value, PackageId)


def _in_parts(full_name: str) -> Iterator[Mapping[str, object]]:
    """The parameters for a package name that was given with its namespace, as package managers write it."""
    namespace, slash, name = full_name.removeprefix("@").partition("/")
    if not slash or "/" in name:
        return
    yield {"namespace": namespace, "package": name}
    if full_name.startswith("@"):
        with suppress(SeedError):
            yield {"package": npm(full_name)}
