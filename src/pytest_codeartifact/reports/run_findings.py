"""Derives findings from the record of a run and the service's model: deletions, and errors that never occurred."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from .. import wire
from .call_list import count
from .run_record import Record

_REMOVING = ("Delete", "Dispose")


@functools.cache
def errors() -> tuple[str, ...]:
    """The errors of the model, in the order of the columns."""
    return tuple(sorted({error for name in wire.operation_names() for error in wire.operation(name).errors}))


def removed(record: Record) -> list[tuple[str, list[str]]]:
    """The repositories with deletions, and lines about the deleted contents."""
    lines: dict[str, list[str]] = {}
    for operation, domain, repository in sorted(record.deletions):
        key = operation, domain, repository
        packages, versions = record.deletions[key], record.deleted_versions[key]
        lines.setdefault(f"{domain}/{repository}", []).append(_removed(operation, packages, versions))
    return sorted(lines.items())


def _removed(operation: str, packages: int, versions: int) -> str:
    if operation == "DeletePackageVersions":
        return f"{count(versions, 'version')} of {count(packages, 'package')} ({operation})"
    return f"{count(packages, 'package')} with {count(versions, 'version')} ({operation})"


def errors_of(record: Record, operation: str) -> list[bool | None]:
    """Whether each error occurred, planned or not; None for errors that the operation does not have."""
    modelled, occurred = _modelled(operation), record.occurred()
    return [(operation, error) in occurred if error in modelled else None for error in errors()]


def never_called(record: Record) -> list[str]:
    """The operations that no test has called."""
    return sorted(wire.operation_names() - record.calls.keys())


def never_occurred(record: Record, operations: Iterable[str]) -> dict[str, list[str]]:
    """The errors of these operations in the model that never occurred, planned or not."""
    occurred = record.occurred()
    missing: dict[str, list[str]] = {}
    for name in sorted(operations):
        errors_missing = [error for error in sorted(_modelled(name)) if (name, error) not in occurred]
        if errors_missing:
            missing[name] = errors_missing
    return missing


def never_failed(record: Record) -> list[str]:
    """The called operations that delete, and that always succeeded."""
    failed = {operation for operation, _ in record.occurred()}
    return sorted(name for name in record.calls if name.startswith(_REMOVING) and name not in failed)


def _modelled(operation: str) -> frozenset[str]:
    """The errors that an operation may return; none for requests that match no operation."""
    return frozenset(wire.operation(operation).errors) if operation in wire.operation_names() else frozenset()
