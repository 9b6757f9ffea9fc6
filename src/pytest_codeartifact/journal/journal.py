"""The journal of a fake: the calls of clients, and the packages and versions that they have removed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ..names.packages import PackageId
from ..rules.effects import Effect, Removal
from ..state.entities import Origin, Package
from ..state.store import State
from . import kept_effects
from .call import Call
from .calls import Calls
from .growing_sets import GrowingSet, Snapshot
from .kept_calls import CallKind, KeptCall, call_of, compact_call
from .kept_effects import KeptEffect

if TYPE_CHECKING:
    from ..literals import OperationName

_MAX_RETRIED = 1000  # failed attempts that may still be retried


@dataclass(frozen=True, slots=True)
class Deletion:
    """A package of which a successful call has removed all or some versions.

    ``operation`` is DeletePackage, DeletePackageVersions or DeleteRepository, ``origin`` the origin configuration
    before the call.
    """

    operation: OperationName
    domain: str
    repository: str
    package: PackageId
    versions: tuple[str, ...]
    origin: Origin
    call: Call = field(repr=False)


class Step(NamedTuple):
    """The number of a call, and the state before and after it."""

    call: int
    before: State
    after: State


class Journal:
    """Records the calls of one fake. Not thread-safe: the caller holds the lock of the fake."""

    def __init__(self, operations: frozenset[OperationName]) -> None:
        self._operations = operations
        self._calls: list[KeptCall] = []
        self._kinds: dict[CallKind, KeptCall] = {}
        self._removals: list[KeptEffect] = []
        self._removal_calls = array("q")  # for each removal, the index of its call
        self._retried: dict[str, int] = {}
        # How many removals were searched for items that an operation has removed from a repository, and these items.
        self._removed_by_place: dict[tuple[tuple[str, ...], str], tuple[int, GrowingSet[Any]]] = {}
        self.hints: dict[str, None] = {}  # in order, each once
        self._steps: list[list[Step]] = []
        self.last_sized: tuple[str, Collection[Any]] | None = None
        """The last set of removals whose size or truth value a test has read, with its description."""
        self.on_record: Callable[[Call, Sequence[Effect]], object] | None = None
        """Called with each attempt of a call and its effects, for live displays."""

    @property
    def calls(self) -> Calls:
        return self.calls_since(0)

    @property
    def is_followed(self) -> bool:
        """Whether the steps of calls are recorded for a block."""
        return bool(self._steps)

    @contextmanager
    def followed(self) -> Iterator[list[Step]]:
        """A list to which each successful call within the block adds a step."""
        steps: list[Step] = []
        self._steps = [*self._steps, steps]
        try:
            yield steps
        finally:
            self._steps = [others for others in self._steps if others is not steps]

    def follow(self, step: Step) -> None:
        """Add a step to the lists of all blocks."""
        for steps in self._steps:
            steps.append(step)

    def calls_since(self, first: int) -> Calls:
        """The calls after the first ones.

        :param first: how many to skip.
        """
        return Calls(self._calls[first:], known=self._operations)

    def record(self, call: Call, headers: Mapping[str, str], effects: Sequence[KeptEffect] = ()) -> int:
        """Record an attempt of a call. Returns the number of the call.

        :param headers: of the request. Most clients send the same invocation id with all attempts of a call.
        :param effects: the effects of a successful attempt.
        """
        # A successful call without failed attempts needs no look-up of its id, and most calls are of that kind.
        may_be_retried = call.error is not None or self._retried
        invocation = headers.get("amz-sdk-invocation-id") if may_be_retried else None
        before = self._retried.pop(invocation, None) if invocation is not None else None
        if before is None:
            at = len(self._calls)
            self._calls.append(compact_call(call, self._kinds))
        else:
            at, first = before, self._calls[before][0]
            call = call._replace(attempts=first.attempts + 1, where=first.where)
            self._calls[at] = compact_call(call, self._kinds)
        if call.error is not None and invocation is not None:
            self._retried[invocation] = at
            if len(self._retried) > _MAX_RETRIED:  # the oldest one is not retried any more
                del self._retried[next(iter(self._retried))]
        for kept in effects:
            if kept_effects.is_removal(kept):
                self._removal_calls.append(
                    at
                )  # first, because tests read the other list while their threads still call
                self._removals.append(kept)
        if self.on_record is not None:
            self.on_record(call, [effect for kept in effects for effect in kept_effects.effects_of(kept)])
        return at + 1

    def deletions(self) -> list[Deletion]:
        """The deletions by calls, package by package, in order."""
        return [
            _deletion(removal.place, package, versions, call_of(kept))
            for removal, kept in self._removed(range(self.removals))
            if not removal.disposes
            for package, versions in removal.each_package()
        ]

    def deleted(self, after: int = 0) -> Iterator[tuple[OperationName, str, str, int, int]]:
        """The numbers of deletions: operation, domain, repository, packages and versions.

        :param after: how many removals to skip.
        """
        for removal, kept in self._removed(range(after, self.removals)):
            operation, (_, _, domain, repository) = kept[0].operation, removal.place
            if not removal.disposes:
                yield operation, domain, repository, removal.count_packages(), removal.count_versions()

    @property
    def removals(self) -> int:
        """The number of removals."""
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
            removal, at = self._removal(number), self._removal_calls[number]
            is_of_it = removal.place == place and removal.removes(package_key, version)
            if is_of_it and by in (None, self._calls[at][0].operation):
                return at + 1
        return None

    def call(self, number: int) -> Call:
        """A call by its number; the first one is 1."""
        return call_of(self._calls[number - 1])

    def _removed(self, numbers: Iterable[int]) -> Iterator[tuple[Removal, KeptCall]]:
        for number in numbers:
            yield self._removal(number), self._calls[self._removal_calls[number]]

    def _removal(self, number: int) -> Removal:
        (removal,) = kept_effects.effects_of(self._removals[number])
        assert isinstance(removal, Removal)
        return removal

    def _removed_so_far(
        self,
        place: tuple[str, ...],
        operation: OperationName,
        items: Callable[[Package, tuple[str, ...]], Iterable[Any]],
    ) -> Snapshot[Any]:
        """The items that an operation has removed from a repository. Each removal is searched once only.

        :param items: returns the items of a package and its removed versions.
        """
        seen, removed = self._removed_by_place.get((place, operation), (0, GrowingSet[Any]()))
        removal_count = self.removals
        for removal, kept in self._removed(range(seen, removal_count)):
            if removal.package is not None and removal.place == place and kept[0].operation == operation:
                for package, versions in removal.each_package():
                    removed.add(items(package, versions))
        self._removed_by_place[place, operation] = removal_count, removed
        return removed.so_far()


def _deletion(place: tuple[str, ...], package: Package, versions: tuple[str, ...], call: Call) -> Deletion:
    _, _, domain, repository = place
    return Deletion(call.operation, domain, repository, package.id, versions, package.origin, call)
