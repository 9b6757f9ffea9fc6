"""What clients have asked of a fake, and what that has removed: the journal that tests assert on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, overload

from .errors import SeedError, near
from .http import Where
from .ids import PackageId
from .scope import Removal
from .state import tree
from .state.entities import Origin, Package, Repository


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a client.

    ``params`` are what arrived, under the SDK's member names; members that were not sent are absent. ``error`` is the
    last attempt's, None after a success. ``attempts`` counts the client's own retries as well. ``account`` and
    ``region`` are the caller's, ``where`` is the line of the user's code.
    """

    operation: str
    params: Mapping[str, Any]
    error: Exception | None
    attempts: int
    account: str
    region: str
    where: Where | None
    answer: Callable[[], Mapping[str, Any]] | None = field(default=None, repr=False, compare=False)

    @property
    def response(self) -> Mapping[str, Any] | None:
        """What the client got, under the SDK's member names and Python types; None after an error."""
        return None if self.answer is None else self.answer()

    def __str__(self) -> str:
        params = ", ".join(f"{name}={_short(value)}" for name, value in self.params.items())
        outcome = f" -> {_short(self.error)}" if self.error is not None else ""
        attempts = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        where = f"  [{self.where}]" if self.where is not None else ""
        return f"{self.operation}({params}){outcome}{attempts}{where}"


class Calls(Sequence[Call]):
    """Calls in the order in which they were first answered."""

    def __init__(self, calls: Iterable[Call] = (), *, known: frozenset[str] = frozenset()) -> None:
        self._calls = tuple(calls)
        self._known = known

    @property
    def operations(self) -> list[str]:
        """The names of the operations, in order."""
        return [call.operation for call in self._calls]

    @property
    def writes(self) -> Calls:
        """The calls of operations that may change something: those that are not Get, List or Describe."""
        return self._those(call for call in self._calls if not call.operation.startswith(("Get", "List", "Describe")))

    def of(self, operation: str, **params: Any) -> Calls:
        """The calls of one operation, and with these parameters: ``calls.of("DeletePackage", package="x")``.

        :raises SeedError: when no operation has that name.
        """
        if operation not in self._known and operation not in self.operations:
            raise SeedError(f"There is no operation {operation!r}. {near(operation, self._known)}")
        wanted = params.items()
        return self._those(
            call
            for call in self._calls
            if call.operation == operation and all(call.params.get(name) == value for name, value in wanted)
        )

    def _those(self, calls: Iterable[Call]) -> Calls:
        return Calls(calls, known=self._known)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        return self._those(self._calls[index]) if isinstance(index, slice) else self._calls[index]

    def __len__(self) -> int:
        return len(self._calls)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Calls):
            return self._calls == other._calls
        return list(self._calls) == list(other) if isinstance(other, (list, tuple)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a sequence that compares by its items, like a list

    def __repr__(self) -> str:
        return f"[{', '.join(map(str, self._calls))}]"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A package that a successful call has removed from a repository, in whole or some of its versions.

    ``operation`` is DeletePackage, DeletePackageVersions or DeleteRepository, ``origin`` the configuration at that
    time.
    """

    operation: str
    domain: str
    repository: str
    package: PackageId
    versions: tuple[str, ...]
    origin: Origin
    call: Call = field(repr=False)


class Journal:
    """Takes down the calls of one fake. Not safe for threads by itself: its fake's lock is held."""

    def __init__(self, operations: frozenset[str]) -> None:
        self._operations = operations
        self._calls: list[Call] = []
        self._removals: list[tuple[Removal, int]] = []
        self._retried: dict[str, int] = {}
        self.hints: list[str] = []

    @property
    def calls(self) -> Calls:
        return Calls(self._calls, known=self._operations)

    def record(self, call: Call, invocation: str | None, removals: Iterable[Removal]) -> None:
        """Take down an attempt of a call.

        :param invocation: what the attempts of one client call have in common; None if the client does not say.
        """
        before = self._retried.pop(invocation, None) if invocation is not None else None
        if before is None:
            at = len(self._calls)
            self._calls.append(call)
        else:
            at = before
            self._calls[at] = replace(call, attempts=self._calls[at].attempts + 1, where=self._calls[at].where)
        if call.error is not None and invocation is not None:
            self._retried[invocation] = at
        self._removals += ((removal, at) for removal in removals)

    def deletions(self) -> list[Deletion]:
        """What was deleted, package by package, in order."""
        return [
            self._deletion(removal.repository, package, versions, self._calls[at])
            for removal, at in self._removals
            if self._calls[at].operation != "DisposePackageVersions"
            for package, versions in _packages_of(removal)
        ]

    def removed_packages(self, place: tuple[str, ...]) -> list[PackageId]:
        """The packages that DeletePackage has removed from a repository."""
        return [_id(removal.package) for removal in self._by("DeletePackage", place) if removal.package is not None]

    def removed_versions(self, place: tuple[str, ...], operation: str) -> list[tuple[PackageId, str]]:
        """The versions that an operation on versions has removed from a repository."""
        return [
            (_id(removal.package), version)
            for removal in self._by(operation, place)
            if removal.package is not None
            for version in removal.versions
        ]

    def removal_of(self, place: tuple[str, ...], package_key: str | None, version: str | None) -> Call | None:
        """The last call that removed a repository, a package or a version of it."""
        for removal, at in reversed(self._removals):
            if _place(removal.repository) != place:
                continue
            whole = removal.package is None
            same = removal.package is not None and removal.package.key == package_key
            if whole or (same and (version in removal.versions or self._calls[at].operation == "DeletePackage")):
                return self._calls[at]
        return None

    def _by(self, operation: str, place: tuple[str, ...]) -> Iterator[Removal]:
        for removal, at in self._removals:
            if self._calls[at].operation == operation and _place(removal.repository) == place:
                yield removal

    def _deletion(self, repository: Repository, package: Package, versions: tuple[str, ...], call: Call) -> Deletion:
        return Deletion(
            call.operation, repository.domain, repository.name, _id(package), versions, package.origin, call
        )  # fmt: skip


def frozen(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Parameters as a call keeps them."""
    return MappingProxyType(dict(params))


def _place(repository: Repository) -> tuple[str, ...]:
    return repository.region, repository.owner, repository.domain, repository.name


def _id(package: Package) -> PackageId:
    return PackageId.from_key(package.key, package.display_name or "")


def _packages_of(removal: Removal) -> Iterator[tuple[Package, tuple[str, ...]]]:
    if removal.package is not None:
        yield removal.package, removal.versions
        return
    for package in map(Package._make, tree.scan(removal.repository.packages)):
        yield package, tuple(version.version for version in package.each_version())


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
