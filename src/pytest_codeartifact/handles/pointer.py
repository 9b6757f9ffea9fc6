"""Pointers: a fake and the path of a thing in it. Each handle has one, and looks up the record at each use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NoReturn, cast

from ..errors import NotThere
from ..journal.call import Call
from ..names.formats import EXTERNAL_CONNECTIONS
from ..names.packages import PackageId
from ..service import Service
from ..state.entities import Domain, Group, Package, Repository, Version

if TYPE_CHECKING:
    from ..literals import ExternalConnection, OperationName


class Pointer(NamedTuple):
    """Points to a thing in a fake.

    ``path`` is one of these, or the beginning of one::

        (region, account, domain, repository, package key, version)
        (region, account, domain, pattern of a package group)
        ("", "", "", external connection, package key, version)

    The methods :meth:`domain` to :meth:`version` return the record of the thing, or of what contains it.

    :raises NotThere: (each of these methods) it does not exist any more; names the call that removed it.
    """

    service: Service
    path: tuple[str, ...]

    def under(self, *names: str) -> Pointer:
        """A pointer to something in this thing."""
        return Pointer(self.service, (*self.path, *names))

    @property
    def of_repository(self) -> Pointer:
        """A pointer to its repository."""
        return Pointer(self.service, self.path[:4])

    @property
    def of_package(self) -> Pointer:
        """A pointer to its package."""
        return Pointer(self.service, self.path[:5])

    @property
    def is_public(self) -> bool:
        """Whether it is in a public source, which is in no region."""
        return not self.path[0]

    @property
    def only_format(self) -> str | None:
        """The format of all packages of its public source; None in a repository."""
        return EXTERNAL_CONNECTIONS[cast("ExternalConnection", self.path[3])] if self.is_public else None

    @property
    def place(self) -> str:
        """Its repository or public source, in words."""
        return f"public source {self.path[3]!r}" if self.is_public else f"repository {self.path[3]!r}"

    @property
    def id(self) -> PackageId:
        """The coordinates of its package."""
        return PackageId.from_key(self.path[4])

    def domain(self) -> Domain:
        region, owner, name = self.path[:3]
        domain = self.service.state.domain(region, owner, name)
        if domain is None:
            _gone(f"domain {name!r}", self._call_on_the_domain("DeleteDomain"))
        return domain

    def group(self) -> Group:
        pattern = self.path[3]
        group = self.domain().group(pattern)
        if group is None:
            removed_by = self._call_on_the_domain("DeletePackageGroup", packageGroup=pattern)
            _gone(f"package group {pattern!r} of domain {self.path[2]!r}", removed_by)
        return group

    def repository(self) -> Repository:
        repository = self.domain().repository(self.path[3])
        if repository is None:
            _gone(f"{self.place} of domain {self.path[2]!r}", self._removing_call())
        return repository

    def package(self) -> Package:
        package = self.repository().package(self.path[4])
        if package is None:
            _gone(f"package {self.id!r} in repository {self.path[3]!r}", self._removing_call(self.path[4]))
        return package

    def version(self) -> Version:
        version = self.package().version(self.path[5])
        if version is None:
            what = f"version {self.path[5]!r} of {self.id!r} in repository {self.path[3]!r}"
            _gone(what, self._removing_call(*self.path[4:]))
        return version

    def _removing_call(self, package_key: str | None = None, version: str | None = None) -> Call | None:
        """The last call that removed the repository, or a package of it, or a version of that."""
        journal = self.service.journal
        number = journal.removal_of(self.path[:4], package_key, version)
        return None if number is None else journal.call(number)

    def _call_on_the_domain(self, operation: OperationName, **params: str) -> Call | None:
        """The last successful call of an operation on the domain."""
        region, owner, domain = self.path[:3]
        calls = self.service.journal.calls.of(operation, domain=domain, **params)
        for call in reversed(calls):
            if call.error is None and (call.region, call.params.get("domainOwner", call.account)) == (region, owner):
                return call
        return None


def _gone(what: str, removed_by: Call | None) -> NoReturn:
    why = f"It was removed by {removed_by}." if removed_by is not None else "Nothing in this fake has removed it."
    raise NotThere(f"There is no {what} any more. {why}")
