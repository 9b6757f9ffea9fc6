"""The record of a whole run: counts, and the permissions that calls needed. Small, and merged across processes.

It reads the new entries of a fake's journal when a test ends or a fake closes, because many tests may use one fake.
Independent of pytest and of the layout of the report.
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
from ..service.faults import Fault, Trouble, batch_operations

if TYPE_CHECKING:
    from ..literals import OperationName

OUTSIDE = "(outside of tests)"
"""The name for calls outside of tests, for example during collection."""

FAILED_VERSIONS = "(failed versions)"
"""The name for batches in which single versions have failed."""


class _Position(NamedTuple):
    """The position up to which a journal has been read."""

    calls: int = 0
    removals: int = 0


class Record:
    """The record of a run, or of one worker."""

    def __init__(self) -> None:
        self.tests_run: Counter[str] = Counter()
        """The tests that have run, with or without calls. A repeated test counts once."""
        self.calls: Counter[str] = Counter()
        """Calls by operation; those of package managers by permission and format (rule PM-30)."""
        self.tests: Counter[str] = Counter()
        """Calls by test."""
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
        """Add another record in the form of :meth:`as_builtins`."""
        for name, counter in self._counters().items():
            counter.update(part[name])
        self.permissions |= part["permissions"]

    def as_builtins(self) -> dict[str, Any]:
        """The record as built-in types, which pytest-xdist can send."""
        return {name: dict(counter) for name, counter in self._counters().items()} | {"permissions": self.permissions}

    def occurred(self) -> set[tuple[str, str]]:
        """The pairs of operation and error that occurred, also if a retry of the client succeeded."""
        return {*self.errors, *self.faults}

    def _counters(self) -> dict[str, Counter[Any]]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Counter)}


class Recorder:
    """Records the calls of this process."""

    def __init__(self) -> None:
        self.record = Record()
        self.test: str | None = None
        """The running test."""
        self._positions: WeakKeyDictionary[Service, _Position] = WeakKeyDictionary()
        self._struck: WeakKeyDictionary[Fault, Counter[OperationName]] = WeakKeyDictionary()

    def begin_test(self, test: str) -> None:
        """Attribute the next calls to a test."""
        self.read_open_fakes()  # calls since the last test do not belong to this one
        self.test = test
        self.record.tests_run[test] = 1

    def end_test(self) -> None:
        """End the running test."""
        self.read_open_fakes()
        self.test = None

    def read_open_fakes(self) -> None:
        """Read the new entries of open fakes."""
        for service in interception.all_active():
            self.read_new(service)

    def read_new(self, service: Service) -> None:
        """Read the new entries of a fake."""
        journal, position = service.journal, self._positions.get(service, _Position())
        calls = journal.calls_since(position.calls)
        self._positions[service] = _Position(position.calls + len(calls), journal.removal_count)
        for call in calls:
            self._count(call)
        self.record.permissions |= permissions_needed(calls)
        for operation, domain, repository, packages, versions in journal.deletion_counts(position.removals):
            self.record.deletions[operation, domain, repository] += packages
            self.record.deleted_versions[operation, domain, repository] += versions
        for fault in service.faults:
            self._read_fault(fault)

    def _count(self, call: Call) -> None:
        self.record.calls[call.name] += 1
        self.record.tests[self.test or OUTSIDE] += 1
        if call.error is not None:
            self.record.errors[call.name, _name(call.error)] += 1
        elif call.via == "api" and call.operation in batch_operations() and (call.response or {}).get("failedVersions"):
            self.record.errors[call.name, FAILED_VERSIONS] += 1

    def _read_fault(self, fault: Fault) -> None:
        struck = Counter(fault.struck_by_operation)
        for operation, times in (struck - self._struck.get(fault, Counter())).items():
            self.record.faults[operation, _name(fault.error)] += times
        self._struck[fault] = struck


def _name(error: Exception | Trouble) -> str:
    """The service's name of an error response, or the Python type of another exception."""
    return error.code if isinstance(error, ServiceError) else type(error).__name__
