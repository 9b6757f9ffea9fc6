"""What clients have asked of a fake, and what that has removed: the journal that tests assert on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, overload

from . import iam, wire
from .errors import SeedError, ServiceError, ValidationException, near
from .http import Response, Where
from .ids import PackageId, npm
from .scope import Removal, Scope
from .state import tree
from .state.entities import Origin, Package


class Call(NamedTuple):
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
    answer: Response | None = None

    @property
    def response(self) -> Mapping[str, Any] | None:
        """What the client got, under the SDK's member names and Python types; None after an error."""
        return None if self.answer is None else wire.operation(self.operation).as_returned(self.answer)

    def asks_for(self, params: Mapping[str, Any]) -> bool:
        """Whether it was made with these parameters, among others; ``package`` may be an id."""
        return all(
            _package_of(self) == value if _is_id(name, value) else self.params.get(name) == value
            for name, value in params.items()
        )

    def __repr__(self) -> str:
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

        ``package`` may be an id as well: ``calls.of("DeletePackage", package=npm("@scope/name"))``.

        :raises SeedError: no call could ever be found: there is no such operation, it has no such parameter, or that
            cannot have the value, and does not have it in any of these calls.
        """
        if operation in self._known:
            wire.operation(operation).check_names(params)
        elif operation not in self.operations:
            raise SeedError(f"There is no operation {operation!r}. {near(operation, self._known)}")
        of_it = self._those(call for call in self._calls if call.operation == operation)
        found = of_it._those(call for call in of_it if call.asks_for(params))
        if not found and operation in self._known:
            of_it._check_values(operation, params)
        return found

    def _check_values(self, operation: str, params: Mapping[str, Any]) -> None:
        """Refuse values that no call can have, unless one of these has it: calls that were refused are recorded too."""
        for name, value in params.items():
            refused = objection(operation, name, value)
            if refused is not None and not any(call.asks_for({name: value}) for call in self):
                instead = " or ".join(_as_keywords(params) for params in refused.instead)
                raise SeedError(
                    f"No call of {operation} can have {name}={value!r}. {refused.why}{instead and f' Write {instead}.'}"
                )

    def iam_policy(self) -> dict[str, Any]:
        """The least IAM policy that these calls need: a policy document, ready for ``json.dumps``.

        Calls that the service found invalid need nothing; those that it denied, or that found nothing, do. The
        resources are those that were called, so they are the names, accounts and regions of the test.
        """
        return iam.policy(permissions(self))

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

    def record(self, call: Call, headers: Mapping[str, str], scope: Scope | None = None) -> None:
        """Take down an attempt of a call.

        :param headers: what the attempts of one client call have in common is said by one of them, by most clients.
        :param scope: what a successful attempt has worked on.
        """
        may_be_retried = call.error is not None or self._retried
        invocation = headers.get("amz-sdk-invocation-id") if may_be_retried else None
        before = self._retried.pop(invocation, None) if invocation is not None else None
        if before is None:
            at = len(self._calls)
            self._calls.append(call)
        else:
            at = before
            self._calls[at] = call._replace(attempts=self._calls[at].attempts + 1, where=self._calls[at].where)
        if call.error is not None and invocation is not None:
            self._retried[invocation] = at
        if scope is not None:
            self._removals += [(removal, at) for removal in scope.removals]

    def deletions(self) -> list[Deletion]:
        """What was deleted, package by package, in order."""
        return [
            _deletion(removal.place, package, versions, self._calls[at])
            for removal, at in self._removals
            if self._calls[at].operation != "DisposePackageVersions"
            for package, versions in _packages_of(removal)
        ]

    def deleted(self, after: int = 0) -> Iterator[tuple[str, str, str, int]]:
        """How many packages were deleted, without looking at each: operation, domain, repository, number.

        :param after: how many removals of the journal to leave out.
        """
        for removal, at in self._removals[after:]:
            operation, (_, _, domain, repository) = self._calls[at].operation, removal.place
            if operation != "DisposePackageVersions":
                yield operation, domain, repository, 1 if removal.package else tree.size(removal.packages)

    @property
    def removals(self) -> int:
        """How many removals there are."""
        return len(self._removals)

    def removed_packages(self, place: tuple[str, ...]) -> list[PackageId]:
        """The packages that DeletePackage has removed from a repository."""
        return [_id(package) for package, _ in self._removed_by("DeletePackage", place)]

    def removed_versions(self, place: tuple[str, ...], operation: str) -> list[tuple[PackageId, str]]:
        """The versions that an operation on versions has removed from a repository."""
        removed = self._removed_by(operation, place)
        return [(_id(package), version) for package, versions in removed for version in versions]

    def removal_of(self, place: tuple[str, ...], package_key: str | None, version: str | None) -> Call | None:
        """The last call that removed a repository, a package or a version of it."""
        for removal, at in reversed(self._removals):
            if removal.place != place:
                continue
            package, call = removal.package, self._calls[at]
            if package is None:
                return call
            if package.key == package_key and (version in removal.versions or call.operation == "DeletePackage"):
                return call
        return None

    def _removed_by(self, operation: str, place: tuple[str, ...]) -> Iterator[tuple[Package, tuple[str, ...]]]:
        for removal, at in self._removals:
            if removal.package is not None and removal.place == place and self._calls[at].operation == operation:
                yield removal.package, removal.versions


def _packages_of(removal: Removal) -> Iterator[tuple[Package, tuple[str, ...]]]:
    if removal.package is not None:
        yield removal.package, removal.versions
        return
    for package in map(Package._make, tree.scan(removal.packages)):
        yield package, tuple(package.version_names())


def _deletion(place: tuple[str, ...], package: Package, versions: tuple[str, ...], call: Call) -> Deletion:
    _, _, domain, repository = place
    return Deletion(call.operation, domain, repository, _id(package), versions, package.origin, call)


def permissions(calls: Iterable[Call]) -> set[iam.Permission]:
    """What the callers must be allowed to do; see :meth:`.Calls.iam_policy`."""
    return {needed for call in calls if not _is_invalid(call) for needed in iam.permissions(call)}


def _is_invalid(call: Call) -> bool:
    """Whether the service answered before it looked at who asks."""
    return isinstance(call.error, ServiceError) and call.error.code == ValidationException.code


class Objection(NamedTuple):
    """Why no call that passes validation has a value for a parameter, and what may be meant instead of it."""

    why: str
    instead: tuple[Mapping[str, Any], ...] = ()


def objection(operation: str, name: str, value: object) -> Objection | None:
    """What speaks against looking for calls of an operation with this value for a parameter; None if nothing does."""
    if _is_id(name, value):
        return None
    if isinstance(value, PackageId):
        return Objection("An id stands for the parameter 'package' only.")
    why = wire.operation(operation).objection(name, value)
    if why is None:
        return None
    return Objection(why, tuple(_in_parts(value)) if name == "package" and isinstance(value, str) else ())


def _is_id(name: str, value: object) -> bool:
    return name == "package" and isinstance(value, PackageId)


def _in_parts(full_name: str) -> Iterator[Mapping[str, Any]]:
    """The parameters that a package has whose name was given with its namespace, as package managers write it."""
    namespace, slash, name = full_name.removeprefix("@").partition("/")
    if not slash or "/" in name:
        return
    yield {"namespace": namespace, "package": name}
    if full_name.startswith("@"):
        with suppress(SeedError):
            yield {"package": npm(full_name)}


def _as_keywords(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in params.items())


def _package_of(call: Call) -> PackageId | None:
    """The package that a call is about, if what it says can name one."""
    params = call.params
    try:
        return PackageId(params["format"], params.get("namespace"), params["package"])
    except (KeyError, SeedError):
        return None


def _id(package: Package) -> PackageId:
    return PackageId.from_key(package.key, package.display_name or "")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
