"""What all handles have in common: the fake they belong to and the path of the thing they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from ..errors import NotThere
from ..journal.call import Call
from ..service import Service
from ..state import entities

if TYPE_CHECKING:
    from ..literals import OperationName


class Handle:
    """The path of a thing in a fake. Handles with the same path are equal."""

    __slots__ = ("_path", "_service")

    def __init__(self, service: Service, *path: str) -> None:
        self._service = service
        self._path = path

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Handle):
            return NotImplemented
        return type(self) is type(other) and self._service is other._service and self._path == other._path

    def __hash__(self) -> int:
        return hash((type(self), self._path))

    def _domain(self) -> entities.Domain:
        region, owner, domain = self._path[:3]
        found = self._service.state.domain(region, owner, domain)
        if found is None:
            self._gone(f"domain {domain!r}", self._call_on_the_domain("DeleteDomain"))
        return found

    def _repository(self) -> entities.Repository:
        found = self._domain().repository(self._path[3])
        if found is None:
            self._gone(f"repository {self._path[3]!r} of domain {self._path[2]!r}", self._removing_call())
        return found

    def _gone(self, what: str, removed_by: Call | None) -> NoReturn:
        why = f"It was removed by {removed_by}." if removed_by is not None else "Nothing in this fake has removed it."
        raise NotThere(f"There is no {what} any more. {why}")

    def _removing_call(self, package_key: str | None = None, version: str | None = None) -> Call | None:
        """The last call that removed the repository, or a package of it, or a version of that."""
        journal = self._service.journal
        number = journal.removal_of(self._path[:4], package_key, version)
        return None if number is None else journal.call(number)

    def _call_on_the_domain(self, operation: OperationName, **params: str) -> Call | None:
        """The last successful call of an operation on this handle's domain."""
        region, owner, domain = self._path[:3]
        calls = self._service.journal.calls.of(operation, domain=domain, **params)
        for call in reversed(calls):
            if call.error is None and (call.region, call.params.get("domainOwner", call.account)) == (region, owner):
                return call
        return None
