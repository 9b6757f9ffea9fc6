"""The journal of a fake: the calls of clients, and what they have removed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, overload

from .. import wire
from ..errors import SeedError, ServiceError, ValidationException, shown
from ..http import Response, Where
from ..names.packages import PackageId, key_of
from ..rules.effects import Effect, Removal
from ..state.entities import Origin, Package
from ..state.store import State
from . import permissions, policy_evaluation
from .growing_sets import GrowingSet, Snapshot
from .parameters import check_names, check_operation, contradiction, is_id, objection

if TYPE_CHECKING:
    from ..literals import OperationName, PackageFormat

_MOST_RETRIED = 1000  # failed attempts whose retry is waited for


class Call(NamedTuple):
    """One call of a client.

    ``operation`` is the operation's name. A request that is refused before its operation is known is recorded under its
    method and path, for example ``DELETE /v1/package``, which its type does not admit.

    ``params`` are what arrived, under the SDK's member names; members that were not sent are absent. ``error`` is the
    last attempt's, None after a success. ``attempts`` counts the client's own retries as well. ``account`` and
    ``region`` are the caller's, ``where`` is the line of the user's code.

    ``via`` is ``"api"``, or the package format whose protocol the request came by: the operation is then the permission
    that it needs, there is no response, and ``params`` are those of rule PM-29.
    """

    operation: OperationName
    params: Mapping[str, Any]
    error: Exception | None
    attempts: int
    account: str
    region: str
    where: Where | None
    answer: Response | None = None
    via: Literal["api"] | PackageFormat = "api"

    @property
    def response(self) -> Mapping[str, Any] | None:
        """What the client got, under the SDK's member names and Python types; None after an error."""
        return None if self.answer is None else wire.operation(self.operation).as_returned(self.answer)

    @property
    def name(self) -> str:
        """What reports count it as: the operation, and the format that a request of a package manager came by."""
        return self.operation if self.via == "api" else f"{self.operation} by {self.via}"

    @property
    def _package_key(self) -> str | None:
        params = self.params
        return key_of(params.get("format"), params.get("namespace"), params.get("package"))

    def asks_for(self, params: Mapping[str, object]) -> bool:
        """Whether it was made with these parameters, among others; ``package`` may be an id."""
        return all(
            self._package_key == value.key if is_id(value, name) else self.params.get(name) == value
            for name, value in params.items()
        )

    def __repr__(self) -> str:
        params = ", ".join(f"{name}={_short(value)}" for name, value in self.params.items())
        outcome = f" -> {_short(self.error)}" if self.error is not None else ""
        attempts = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        where = f"  [{self.where}]" if self.where is not None else ""
        return f"{self.operation}({params}){outcome}{attempts}{where}"


class _Kind(NamedTuple):
    """What many calls have in common, so that a journal keeps it once: most of a call."""

    operation: OperationName
    names: tuple[str, ...]
    account: str
    region: str
    where: Where | None
    attempts: int
    via: Literal["api"] | PackageFormat


_Kept: TypeAlias = tuple[Any, ...]
"""A call as a journal keeps it: its :class:`_Kind`, error and answer, and the values of its parameters. Of the answer
it is the body, or all of it where the operation answers in headers as well."""


def _kept(call: Call, kinds: dict[_Kind, _Kept]) -> _Kept:
    """A call to keep.

    :param kinds: the last one of each kind, whose texts are shared.
    """
    kind = _Kind(call.operation, tuple(call.params), call.account, call.region, call.where, call.attempts, call.via)
    last = kinds.get(kind, (kind, None, None, *call.params.values()))
    pairs = zip(last[3:], call.params.values(), strict=True)
    values = (old if type(old) is str and old == new else new for old, new in pairs)
    kinds[kind] = kept = (last[0], call.error, _answer_to_keep(call), *values)
    return kept


def _answer_to_keep(call: Call) -> Response | bytes | None:
    if call.answer is None or wire.operation(call.operation).answers_in_headers:
        return call.answer
    return call.answer.body


def _call(kept: _Kept) -> Call:
    kind, error, answer, *values = kept
    params = dict(zip(kind.names, values, strict=True))
    response = Response(200, {}, answer) if isinstance(answer, bytes) else answer
    return Call(kind.operation, params, error, kind.attempts, kind.account, kind.region, kind.where, response, kind.via)


def is_write(operation: str) -> bool:
    """Whether an operation may change something: its name does not begin with Get, List, Describe or Read."""
    return not operation.startswith(("Get", "List", "Describe", "Read"))


class Calls(Sequence[Call]):
    """Calls in the order in which they were first answered."""

    def __init__(self, calls: Iterable[_Kept] = (), *, known: frozenset[OperationName] = frozenset()) -> None:
        self._calls = tuple(calls)
        self._known = known

    @property
    def operations(self) -> list[OperationName]:
        """The names of the operations, in order."""
        return [kept[0].operation for kept in self._calls]

    @property
    def writes(self) -> Calls:
        """The calls that may change something: those whose operations are not Get, List, Describe or Read."""
        return self._those(kept for kept in self._calls if is_write(kept[0].operation))

    def of(self, operation: OperationName, **params: object) -> Calls:
        """The calls of one operation, and with these parameters: ``calls.of("DeletePackage", package="x")``.

        :param operation: the name of an operation, an ``OperationName``.
        :param params: values of its parameters, under the SDK's member names; ``package`` may be an id as well:
            ``calls.of("DeletePackage", package=npm("@scope/name"))``.
        :raises SeedError: no call can match: there is no such operation, it has no such parameter, or that
            cannot have the value, and does not have it in any of these calls.
        """
        if operation in self._known:
            check_names(operation, params)
        elif operation not in self.operations:
            check_operation(operation)
        of_it = self._those(kept for kept in self._calls if kept[0].operation == operation)
        found = of_it._those(kept for kept in of_it._calls if not params or _call(kept).asks_for(params))
        if not found and operation in self._known:
            of_it._check_values(operation, params)
        return found

    def _check_values(self, operation: OperationName, params: Mapping[str, object]) -> None:
        """Refuse values that no call can have, unless one of these has it: calls that were refused are recorded too."""
        why = contradiction(params)
        if why is not None:
            raise SeedError(f"No call of {operation} can be found. {why}")
        for name, value in params.items():
            refused = objection(operation, name, value)
            if refused is not None and not any(call.asks_for({name: value}) for call in self):
                instead = " or ".join(_as_keywords(params) for params in refused.instead)
                raise SeedError(
                    f"No call of {operation} can have {name}={shown(value)}. {refused.why}"
                    f"{instead and f' Write {instead}.'}"
                )

    def iam_policy(self, *, wildcards: bool = False) -> dict[str, Any]:
        """The least IAM policy that these calls need: a policy document, ready for ``json.dumps``.

        Calls that the service found invalid need nothing; those that it denied, or that found nothing, do. The
        resources are those that were called, so they are the names, accounts and regions of the test.

        :param wildcards: allow all packages of a repository where one was called (``package/acme/team/*``), and all
            package groups of a domain.
        """
        return permissions.policy(permissions_needed(self), wildcards=wildcards)

    def assert_allowed_by(self, *policies: Mapping[str, Any] | str) -> None:
        """Assert that identity-based IAM policies allow what these calls need, as IAM evaluates them.

        Judges actions, resources, their negations and wildcards, and the usual conditions on ``aws:RequestedRegion``,
        ``aws:PrincipalAccount`` and ``sts:AWSServiceName``. Policies of resources are not considered.

        :param policies: policy documents, each a dict or JSON, that are attached together.
        :raises AssertionError: something is not allowed; names the calls, and what they need.
        :raises SeedError: a policy is not valid, or the result depends on something that is not known here, such as
            another condition or a policy variable.
        """
        __tracebackhide__ = True  # the message names the calls
        read = [policy_evaluation.read(policy) for policy in policies]
        problems: dict[str, None] = {}
        for call in self:
            for action, resource in sorted(permissions_needed([call])):
                asker = policy_evaluation.Asker(call.account, call.region)
                why = policy_evaluation.problem(read, (action, resource), asker)
                if why is not None:
                    problems[f"  {action} on {resource}: {why}{f'  [{call.where}]' if call.where else ''}"] = None
        if problems:
            raise AssertionError("\n".join(["The policy does not allow what these calls need:", *problems]))

    def _those(self, calls: Iterable[_Kept]) -> Calls:
        return Calls(calls, known=self._known)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        return self._those(self._calls[index]) if isinstance(index, slice) else _call(self._calls[index])

    def __iter__(self) -> Iterator[Call]:
        return map(_call, self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (Calls, list, tuple)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a sequence that compares by its items, like a list

    def __repr__(self) -> str:
        return f"[{', '.join(map(str, self))}]"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A package that a successful call has removed from a repository, in whole or some of its versions.

    ``operation`` is DeletePackage, DeletePackageVersions or DeleteRepository, ``origin`` the configuration at that
    time.
    """

    operation: OperationName
    domain: str
    repository: str
    package: PackageId
    versions: tuple[str, ...]
    origin: Origin
    call: Call = field(repr=False)


class Step(NamedTuple):
    """What a call has done: its number, and the state before and after it."""

    call: int
    before: State
    after: State


class Journal:
    """Records the calls of one fake. Not safe for threads by itself: its fake's lock is held."""

    def __init__(self, operations: frozenset[OperationName]) -> None:
        self._operations = operations
        self._calls: list[_Kept] = []
        self._kinds: dict[_Kind, _Kept] = {}
        self._removals: list[Removal] = []
        self._removed_by = array("q")  # the number of the call of each removal
        self._retried: dict[str, int] = {}
        self._found: dict[tuple[tuple[str, ...], str], tuple[int, GrowingSet[Any]]] = {}
        self.hints: dict[str, None] = {}  # in order, each once
        self._steps: list[list[Step]] = []
        self.counted: tuple[str, Collection[Any]] | None = None
        """The last set of removals, in words and itself, of which a test asked the size or whether it is empty."""
        self.on_record: Callable[[Call, Sequence[Effect]], object] | None = None
        """Is called with each attempt of a call and what it has done, for live displays."""

    @property
    def calls(self) -> Calls:
        return self.calls_since(0)

    @property
    def is_followed(self) -> bool:
        """Whether the steps of calls are recorded for a block."""
        return bool(self._steps)

    @contextmanager
    def followed(self) -> Iterator[list[Step]]:
        """A list that gets a step for each call that succeeds meanwhile."""
        steps: list[Step] = []
        self._steps = [*self._steps, steps]
        try:
            yield steps
        finally:
            self._steps = [others for others in self._steps if others is not steps]

    def follow(self, step: Step) -> None:
        """Tell those who follow what a call has done."""
        for steps in self._steps:
            steps.append(step)

    def calls_since(self, first: int) -> Calls:
        """The calls after the first ones.

        :param first: how many to leave out.
        """
        return Calls(self._calls[first:], known=self._operations)

    def record(self, call: Call, headers: Mapping[str, str], effects: Sequence[Effect] = ()) -> int:
        """Record an attempt of a call. Returns the number of the call.

        :param headers: what the attempts of one client call have in common is said by one of them, by most clients.
        :param effects: what a successful attempt has done.
        """
        may_be_retried = call.error is not None or self._retried
        invocation = headers.get("amz-sdk-invocation-id") if may_be_retried else None
        before = self._retried.pop(invocation, None) if invocation is not None else None
        if before is None:
            at = len(self._calls)
            self._calls.append(_kept(call, self._kinds))
        else:
            at, first = before, self._calls[before][0]
            call = call._replace(attempts=first.attempts + 1, where=first.where)
            self._calls[at] = _kept(call, self._kinds)
        if call.error is not None and invocation is not None:
            self._retried[invocation] = at
            if len(self._retried) > _MOST_RETRIED:  # the oldest of these is no longer retried
                del self._retried[next(iter(self._retried))]
        for effect in effects:
            if isinstance(effect, Removal):
                self._removed_by.append(at)  # first, as tests read the other list while threads of theirs still call
                self._removals.append(effect)
        if self.on_record is not None:
            self.on_record(call, effects)
        return at + 1

    def deletions(self) -> list[Deletion]:
        """What was deleted, package by package, in order."""
        return [
            _deletion(removal.place, package, versions, _call(kept))
            for removal, kept in self._removed(range(self.removals))
            if not removal.disposes
            for package, versions in removal.each_package()
        ]

    def deleted(self, after: int = 0) -> Iterator[tuple[OperationName, str, str, int, int]]:
        """How much was deleted: operation, domain, repository, number of packages and of versions.

        :param after: how many removals of the journal to leave out.
        """
        for removal, kept in self._removed(range(after, self.removals)):
            operation, (_, _, domain, repository) = kept[0].operation, removal.place
            if not removal.disposes:
                yield operation, domain, repository, removal.count_packages(), removal.count_versions()

    @property
    def removals(self) -> int:
        """How many removals there are."""
        return len(self._removals)

    def removed_packages(self, place: tuple[str, ...]) -> Snapshot[PackageId]:
        """The packages that DeletePackage has removed from a repository."""
        return self._removed_so_far(place, "DeletePackage", lambda package, _: [package.id])

    def removed_versions(self, place: tuple[str, ...], operation: OperationName) -> Snapshot[tuple[PackageId, str]]:
        """The versions that an operation on versions has removed from a repository."""
        return self._removed_so_far(
            place, operation, lambda package, versions: [(package.id, version) for version in versions]
        )

    def removal_of(
        self, place: tuple[str, ...], package_key: str | None, version: str | None, by: str | None = None
    ) -> int | None:
        """The number of the last call that removed a repository, a package or a version of it; see :meth:`call`.

        :param by: only calls of this operation.
        """
        for number in reversed(range(self.removals)):
            removal, at = self._removals[number], self._removed_by[number]
            is_of_it = removal.place == place and removal.removes(package_key, version)
            if is_of_it and by in (None, self._calls[at][0].operation):
                return at + 1
        return None

    def call(self, number: int) -> Call:
        """A call by its number; the first one is 1."""
        return _call(self._calls[number - 1])

    def _removed(self, numbers: Iterable[int]) -> Iterator[tuple[Removal, _Kept]]:
        for number in numbers:
            yield self._removals[number], self._calls[self._removed_by[number]]

    def _removed_so_far(
        self,
        place: tuple[str, ...],
        operation: OperationName,
        items: Callable[[Package, tuple[str, ...]], Iterable[Any]],
    ) -> Snapshot[Any]:
        """What an operation has removed from a repository: each removal is looked at once, however often this is asked.

        :param items: what there is to say of a package and of those of its versions that are gone.
        """
        seen, found = self._found.get((place, operation), (0, GrowingSet[Any]()))
        now = self.removals
        for removal, kept in self._removed(range(seen, now)):
            if removal.package is not None and removal.place == place and kept[0].operation == operation:
                for package, versions in removal.each_package():
                    found.add(items(package, versions))
        self._found[place, operation] = now, found
        return found.so_far()


def _deletion(place: tuple[str, ...], package: Package, versions: tuple[str, ...], call: Call) -> Deletion:
    _, _, domain, repository = place
    return Deletion(call.operation, domain, repository, package.id, versions, package.origin, call)


def permissions_needed(calls: Iterable[Call]) -> set[permissions.Permission]:
    """The permissions that callers need for these calls; see :meth:`.Calls.iam_policy`."""
    return {needed for call in calls if not _is_invalid(call) for needed in permissions.permissions(call)}


def _is_invalid(call: Call) -> bool:
    """Whether the service answered before it checked permissions."""
    return isinstance(call.error, ServiceError) and call.error.code == ValidationException.code


def _as_keywords(params: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in params.items())


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
