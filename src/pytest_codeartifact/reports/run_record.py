"""The record of a whole run: counts of calls, so that it stays small, adds up and crosses processes.

It takes new entries from a fake's journal whenever a test ends or a fake closes, because a fake may be used by many
tests. Independent of pytest and of the layout of the report.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from ..doors import interception
from ..errors import ServiceError
from ..journal.call import Call
from ..journal.calls import permissions_needed
from ..service import Service
from ..service.faults import Fault, Trouble, batches

if TYPE_CHECKING:
    from ..literals import OperationName

OUTSIDE = "(outside of tests)"
"""The name under which calls are counted that no test has made, for example those of a collection."""

FAILED_VERSIONS = "(failed versions)"
"""The name under which batches are counted in which single versions have failed."""


class _Taken(NamedTuple):
    """How far a journal has been read."""

    calls: int = 0
    removals: int = 0


class Record:
    """The record of a run, or of a worker's part of it."""

    def __init__(self) -> None:
        self.tests_run: Counter[str] = Counter()
        """One for each test that has run, whether it called anything or not; a test that is repeated counts once."""
        self.calls: Counter[str] = Counter()
        """By operation; those of package managers by their permission and format (rule PM-30)."""
        self.tests: Counter[str] = Counter()
        """Calls, by the test that made them."""
        self.deletions: Counter[tuple[str, str, str]] = Counter()
        """Packages, by operation, domain and repository; counted as :attr:`.FakeCodeArtifact.deletions` does."""
        self.deleted_versions: Counter[tuple[str, str, str]] = Counter()
        """Versions, including those of deleted packages, in the same way."""
        self.faults: Counter[tuple[str, str]] = Counter()
        """Attempts to which planned faults were applied, by operation and error."""
        self.errors: Counter[tuple[str, str]] = Counter()
        """Calls that ended in an error, by operation and error."""
        self.permissions: set[tuple[str, str]] = set()
        """Actions and resources; see :mod:`.permissions`."""

    def add(self, part: dict[str, Any]) -> None:
        """Add what another record has given as :meth:`as_builtins`."""
        for name, counter in self._counters().items():
            counter.update(part[name])
        self.permissions |= part["permissions"]

    def as_builtins(self) -> dict[str, Any]:
        """The record in nothing but Python's own types, as pytest-xdist can send it."""
        return {name: dict(counter) for name, counter in self._counters().items()} | {"permissions": self.permissions}

    def exercised(self) -> set[tuple[str, str]]:
        """The operations and errors that met, whether a client saw the error or recovered from it by a retry."""
        return {*self.errors, *self.faults}

    def _counters(self) -> dict[str, Counter[Any]]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Counter)}


class Recorder:
    """Records what happens in this process."""

    def __init__(self) -> None:
        self.record = Record()
        self.test: str | None = None
        """The test that runs."""
        self._taken: WeakKeyDictionary[Service, _Taken] = WeakKeyDictionary()
        self._struck: WeakKeyDictionary[Fault, Counter[OperationName]] = WeakKeyDictionary()

    def begin(self, test: str) -> None:
        """Count the next calls as those of a test."""
        self.take_from_open()  # what was called since the last test is not this one's
        self.test = test
        self.record.tests_run[test] = 1

    def end(self) -> None:
        """End the test that runs."""
        self.take_from_open()
        self.test = None

    def take_from_open(self) -> None:
        """Take what is new in the fakes that are open."""
        for service in interception.all_active():
            self.take(service)

    def take(self, service: Service) -> None:
        """Take what is new in a fake."""
        journal, taken = service.journal, self._taken.get(service, _Taken())
        calls = journal.calls_since(taken.calls)
        self._taken[service] = _Taken(taken.calls + len(calls), journal.removals)
        for call in calls:
            self._count(call)
        self.record.permissions |= permissions_needed(calls)
        for operation, domain, repository, packages, versions in journal.deleted(taken.removals):
            self.record.deletions[operation, domain, repository] += packages
            self.record.deleted_versions[operation, domain, repository] += versions
        for fault in service.faults:
            self._take_fault(fault)

    def _count(self, call: Call) -> None:
        self.record.calls[call.name] += 1
        self.record.tests[self.test or OUTSIDE] += 1
        if call.error is not None:
            self.record.errors[call.name, _name(call.error)] += 1
        elif call.via == "api" and call.operation in batches() and (call.response or {}).get("failedVersions"):
            self.record.errors[call.name, FAILED_VERSIONS] += 1

    def _take_fault(self, fault: Fault) -> None:
        struck = Counter(fault.struck_by_operation)
        for operation, times in (struck - self._struck.get(fault, Counter())).items():
            self.record.faults[operation, _name(fault.error)] += times
        self._struck[fault] = struck


def _name(error: Exception | Trouble) -> str:
    """The service's name of its errors, Python's of whatever else happens to a call."""
    return error.code if isinstance(error, ServiceError) else type(error).__name__
