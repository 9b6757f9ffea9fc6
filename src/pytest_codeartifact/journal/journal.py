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
from .growing_sets import GrowingSet, SetView
from .kept_calls import CallKind, KeptCall, call_of, compact_call
from .kept_effects import KeptEffect

if TYPE_CHECKING:
    from ..literals import OperationName

_MAX_FAILED = 1000  # attempts that may still be retried


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


class DeletionCount(NamedTuple):
    """The numbers of packages and versions that a call has deleted from a repository."""

    operation: OperationName
    domain: str
    repository: str
    packages: int
    versions: int


class _Search(NamedTuple):
    """The items that an operation has removed from a repository, and the number of removals that were searched."""

    searched: int
    found: GrowingSet[Any]


class Journal:
    """Records the calls of one fake. Not thread-safe: the caller holds the lock of the fake."""

    def __init__(self, operations: frozenset[OperationName]) -> None:
        self._operations = operations
        self._calls: list[KeptCall] = []
        self._kinds: dict[CallKind, KeptCall] = {}
        self._removals: list[KeptEffect] = []
        self._removal_calls = array("q")  # for each removal, the index of its call
        self._failed: dict[str, int] = {}  # the index of the call, by invocation id
        self._searches: dict[tuple[tuple[str, ...], str], _Search] = {}  # by repository and operation
        self.hints: dict[str, None] = {}  # in order, each once
        self._step_lists: list[list[Step]] = []
        self.last_sized: tuple[str, Collection[Any]] | None = None
        """The last set of removals whose size or truth value a test has read, with its description."""
        self.on_record: Callable[[Call, Sequence[Effect]], object] | None = None
        """Called with each attempt of a call and its effects, for live displays."""

    @property
    def calls(self) -> Calls:
        return self.calls_since(0)

    @property
    def records_steps(self) -> bool:
        """Whether the steps of calls are recorded for a block."""
        return bool(self._step_lists)

    @contextmanager
    def recording_steps(self) -> Iterator[list[Step]]:
        """A list to which each successful call within the block adds a step."""
        steps: list[Step] = []
        self._step_lists = [*self._step_lists, steps]
        try:
            yield steps
        finally:
            self._step_lists = [others for others in self._step_lists if others is not steps]

    def add_step(self, step: Step) -> None:
        """Add a step to the lists of all blocks."""
        for steps in self._step_lists:
            steps.append(step)

    def calls_since(self, first: int) -> Calls:
        """The calls after the first ones.

        :param first: how many to skip.
        """
        return Calls(self._calls[first:], model_operations=self._operations)

    def record(self, call: Call, headers: Mapping[str, str], effects: Sequence[KeptEffect] = ()) -> int:
        """Record an attempt of a call, and return the number of the call.

        :param headers: of the request. Most clients send the same invocation id with all attempts of a call.
        :param effects: the effects of a successful attempt.
        """
        # A successful call without failed attempts needs no look-up of its id, and most calls are of that kind.
        may_be_retried = call.error is not None or self._failed
        invocation = headers.get("amz-sdk-invocation-id") if may_be_retried else None
        earlier = self._failed.pop(invocation, None) if invocation is not None else None
        if earlier is None:
            index = len(self._calls)
            self._calls.append(compact_call(call, self._kinds))
        else:
            index, kind = earlier, self._calls[earlier][0]
            call = call._replace(attempts=kind.attempts + 1, where=kind.where)
            self._calls[index] = compact_call(call, self._kinds)
        if call.error is not None and invocation is not None:
            self._await_retry(invocation, index)
        for kept in effects:
            if kept_effects.is_removal(kept):
                # The index first, because tests read the other list while their threads still call.
                self._removal_calls.append(index)
                self._removals.append(kept)
        if self.on_record is not None:
            self.on_record(call, [effect for kept in effects for effect in kept_effects.effects_of(kept)])
        return index + 1

    def _await_retry(self, invocation: str, index: int) -> None:
        self._failed[invocation] = index
        if len(self._failed) > _MAX_FAILED:  # the oldest one is not retried any more
            del self._failed[next(iter(self._failed))]

    def deletions(self) -> list[Deletion]:
        """The deletions by calls, package by package, in order."""
        deletions: list[Deletion] = []
        for removal, kept in self._removed(range(self.removal_count)):
            if not removal.disposes:
                call = call_of(kept)
                deletions += (
                    _deletion(removal.place, package, versions, call) for package, versions in removal.each_package()
                )
        return deletions

    def deletion_counts(self, after: int = 0) -> Iterator[DeletionCount]:
        """The numbers of deleted packages and versions, for each removal.

        :param after: how many removals to skip.
        """
        for removal, kept in self._removed(range(after, self.removal_count)):
            operation, (_, _, domain, repository) = kept[0].operation, removal.place
            if not removal.disposes:
                yield DeletionCount(operation, domain, repository, removal.count_packages(), removal.count_versions())

    @property
    def removal_count(self) -> int:
        """The number of removals."""
        return len(self._removals)

    def removed_packages(self, place: tuple[str, ...]) -> SetView[PackageId]:
        """The packages that DeletePackage has removed from a repository."""
        return self._removed_so_far(place, "DeletePackage", lambda package, _: [package.id])

    def removed_versions(self, place: tuple[str, ...], operation: OperationName) -> SetView[tuple[PackageId, str]]:
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
        for number in reversed(range(self.removal_count)):
            removal, index = self._removal(number), self._removal_calls[number]
            matches = removal.place == place and removal.removes(package_key, version)
            if matches and by in (None, self._calls[index][0].operation):
                return index + 1
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
    ) -> SetView[Any]:
        """The items that an operation has removed from a repository. Each removal is searched once only.

        :param items: returns the items of a package and its removed versions.
        """
        search = self._searches.get((place, operation)) or _Search(0, GrowingSet())
        removal_count = self.removal_count
        for removal, kept in self._removed(range(search.searched, removal_count)):
            if removal.package is not None and removal.place == place and kept[0].operation == operation:
                for package, versions in removal.each_package():
                    search.found.add(items(package, versions))
        self._searches[place, operation] = search._replace(searched=removal_count)
        return search.found.so_far()


def _deletion(place: tuple[str, ...], package: Package, versions: tuple[str, ...], call: Call) -> Deletion:
    _, _, domain, repository = place
    return Deletion(call.operation, domain, repository, package.id, versions, package.origin, call)
