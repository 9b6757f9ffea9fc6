"""Checks the constraints of the model that botocore's client does not check (rules V-1 to V-8).

The messages are those of the service.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from ..errors import ValidationException
from ..names import java_patterns
from .shapes import Shape

Check: TypeAlias = Callable[[Any], list[str]]
"""Returns the violated constraints of a value."""

# The names of members in the service's messages, where they differ from those in the model (rule V-3).
_INTERNAL_NAMES = {
    "domain": "domainName",
    "repository": "repositoryName",
    "format": "packageFormat",
    "namespace": "packageNamespace",
    "package": "packageName",
}


_MAX_REMEMBERED = 1000


class _Constraint(NamedTuple):
    holds: Callable[[Any], bool]
    text: str


def service_name(name: str) -> str:
    """The name of a member in the service's messages (rule V-3)."""
    return _INTERNAL_NAMES.get(name, name)


def invalid(violations: list[str]) -> ValidationException:
    """The error for violated constraints (rules V-2 and V-4)."""
    errors = "error" if len(violations) == 1 else "errors"
    return ValidationException(
        f"{len(violations)} validation {errors} detected: {'; '.join(violations)}",
        ValidationException.FIELD_VALIDATION_FAILED,
    )


def missing_violation(path: str) -> str:
    """The violation for a missing required member."""
    return f"Value null at '{path}' failed to satisfy constraint: Member must not be null"


def checker(shape: Shape, path: str) -> Check:
    """The check of the values of a shape.

    :param path: the path of the value in the request, for the messages.
    """
    of_type = {"structure": _structure_checker, "list": _list_checker, "map": _map_checker}
    return of_type.get(shape.type_name, _scalar_checker)(shape, path)


def _structure_checker(shape: Shape, path: str) -> Check:
    members = {name: checker(member, f"{path}.{service_name(name)}") for name, member in shape.members.items()}
    required = tuple(shape.required_members)

    def check(value: Any) -> list[str]:
        violations = [missing_violation(f"{path}.{service_name(name)}") for name in required if name not in value]
        for name, item in value.items():
            violations += members[name](item)
        return violations

    return check


def _list_checker(shape: Shape, path: str) -> Check:
    constraints, of_item = _constraints(shape), _constraints(shape.member)
    below = checker(shape.member, f"{path}.member") if shape.member.type_name == "structure" else None

    def check(value: Any) -> list[str]:
        violations = _violated(constraints, value, path)
        if not _all_hold(of_item, value):
            violations.append(_violation(value, path, f"Member must satisfy constraint: {_bracketed(of_item)}"))
        if below is not None:
            for item in value:
                violations += below(item)
        return violations

    return check


def _map_checker(shape: Shape, path: str) -> Check:
    of_key, of_value = _constraints(shape.key), _constraints(shape.value)

    def check(value: Any) -> list[str]:
        violations = []
        if not _all_hold(of_key, value.keys()):
            violations.append(_violation(value, path, f"Map keys must satisfy constraint: {_bracketed(of_key)}"))
        if not _all_hold(of_value, value.values()):
            violations.append(_violation(value, path, f"Map value must satisfy constraint: {_bracketed(of_value)}"))
        return violations

    return check


def _scalar_checker(shape: Shape, path: str) -> Check:
    constraints = _constraints(shape)
    known_valid: set[object] = set()  # a cache, because most calls of a test have the same few domains and repositories

    def check(value: Any) -> list[str]:
        if value in known_valid:
            return []
        violations = _violated(constraints, value, path)
        if not violations and len(known_valid) < _MAX_REMEMBERED:
            known_valid.add(value)
        return violations

    return check


def _constraints(shape: Shape) -> tuple[_Constraint, ...]:
    return tuple(_number_constraints(shape) if shape.type_name in ("integer", "long") else _text_constraints(shape))


def _number_constraints(shape: Shape) -> Iterator[_Constraint]:
    if (maximum := shape.metadata.get("max")) is not None:
        yield _Constraint(lambda value: value <= maximum, f"Member must have value less than or equal to {maximum}")
    if (minimum := shape.metadata.get("min")) is not None:
        yield _Constraint(lambda value: value >= minimum, f"Member must have value greater than or equal to {minimum}")


def _text_constraints(shape: Shape) -> Iterator[_Constraint]:
    """The constraints of a string or a list."""
    if (maximum := shape.metadata.get("max")) is not None:
        yield _Constraint(
            lambda value: len(value) <= maximum, f"Member must have length less than or equal to {maximum}"
        )
    if (minimum := shape.metadata.get("min")) is not None:
        yield _Constraint(
            lambda value: len(value) >= minimum, f"Member must have length greater than or equal to {minimum}"
        )
    if (pattern := shape.metadata.get("pattern")) is not None:
        text = f"Member must satisfy regular expression pattern: {java_patterns.printed(pattern)}"
        yield _Constraint(functools.partial(java_patterns.matches, pattern), text)
    if values := tuple(shape.metadata.get("enum", ())):
        yield _Constraint(lambda value: value in values, f"Member must satisfy enum value set: [{', '.join(values)}]")


def _violated(constraints: tuple[_Constraint, ...], value: object, path: str) -> list[str]:
    return [_violation(value, path, constraint.text) for constraint in constraints if not constraint.holds(value)]


def _all_hold(constraints: tuple[_Constraint, ...], values: Iterable[object]) -> bool:
    return all(constraint.holds(value) for value in values for constraint in constraints)


def _violation(value: object, path: str, text: str) -> str:
    return f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: {text}"


def _bracketed(constraints: tuple[_Constraint, ...]) -> str:
    return f"[{', '.join(constraint.text for constraint in constraints)}]"


def _shown(value: object) -> str:
    """A value as the service prints it: lists as ``[a, b]``, maps as ``{k=v}``."""
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_shown(item)}' for key, item in value.items())}}}"
    return str(value)
