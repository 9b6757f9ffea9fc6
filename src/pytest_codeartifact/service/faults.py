"""Planned faults: errors instead of a response, and disturbances of a response."""

from __future__ import annotations

import datetime as dt
import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import TYPE_CHECKING, TypeAlias, cast

from .. import wire
from ..errors import (
    AccessDeniedException,
    ConflictException,
    InternalServerException,
    ResourceNotFoundException,
    SeedError,
    ServiceError,
    ServiceQuotaExceededException,
    ThrottlingException,
    ValidationException,
    near,
    shown,
    without_frames,
)
from ..http import Response, Where
from ..journal.call import Call, has_params
from ..journal.parameters import check_names, check_operation, contradiction, objection_to
from ..operations import implementation

if TYPE_CHECKING:
    from ..literals import BatchOperation, ErrorName, OperationName, VersionErrorCode

_MODELLED: dict[ErrorName, Callable[[], ServiceError]] = {
    "AccessDeniedException": lambda: AccessDeniedException("Access denied."),
    "ConflictException": lambda: ConflictException("The resource was modified concurrently."),
    "InternalServerException": lambda: InternalServerException("An internal error occurred."),
    "ResourceNotFoundException": lambda: ResourceNotFoundException("The resource was not found."),
    "ServiceQuotaExceededException": lambda: ServiceQuotaExceededException("A service quota was exceeded."),
    "ThrottlingException": lambda: ThrottlingException("Rate exceeded"),
    "ValidationException": lambda: ValidationException("The request is not valid."),
}

_COMMON: dict[ErrorName, int] = {
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "InternalFailure": 500,
    "MalformedHttpRequestException": 400,
    "NotAuthorized": 401,
    "OptInRequired": 403,
    "RequestAbortedException": 400,
    "RequestEntityTooLargeException": 413,
    "RequestExpired": 400,
    "RequestTimeoutException": 408,
    "ServiceUnavailable": 503,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
    "ValidationError": 400,
}
"""The common errors of all AWS services, which are not in the model, with their HTTP status (rule E-2)."""


@functools.cache
def batch_operations() -> tuple[BatchOperation, ...]:
    """The batch operations: those with a parameter ``versions``."""
    functions = {name: implementation(wire.operation(name).function_name) for name in sorted(wire.operation_names())}
    return tuple(
        cast("BatchOperation", name)
        for name, function in functions.items()
        if function and "versions" in signature(function).parameters
    )


@dataclass(frozen=True)
class Trouble:
    """A fault of a call that is carried out: failing versions, or a disturbed response."""

    @property
    def failing(self) -> Mapping[str, VersionErrorCode]:
        """The error codes of the versions that fail, by version."""
        return {}

    @property
    def seconds(self) -> float:
        """The delay of the response, in seconds."""
        return 0.0

    @property
    def breaks_off(self) -> bool:
        """Whether the connection is closed before the whole response has arrived."""
        return False

    def arrived(self, response: Response) -> Response:
        """The response as it arrives at the client."""
        return response


@dataclass(frozen=True)
class CutShort(Trouble):
    """See :func:`cut_short`."""

    kept: int

    @property
    def breaks_off(self) -> bool:
        return True

    def arrived(self, response: Response) -> Response:
        return replace(response, body=response.body[: self.kept])  # content-length keeps the full length


@dataclass(frozen=True)
class Garbled(Trouble):
    """See :func:`garbled`."""

    body: bytes

    def arrived(self, response: Response) -> Response:
        return Response(200, {**response.headers, "content-length": str(len(self.body))}, self.body)


@dataclass(frozen=True)
class Slow(Trouble):
    """See :func:`slow`."""

    by: dt.timedelta

    @property
    def seconds(self) -> float:
        return self.by.total_seconds()


@dataclass(frozen=True)
class FailedVersions(Trouble):
    """See :meth:`.FakeCodeArtifact.fail_versions`."""

    codes: Mapping[str, VersionErrorCode]

    @property
    def failing(self) -> Mapping[str, VersionErrorCode]:
        return self.codes


def cut_short(kept: int) -> CutShort:
    """A connection that is closed after ``kept`` bytes of the response body. The call is carried out.

    A client in this process raises ``ConnectionClosedError``, which botocore retries. For an asset it returns the first
    bytes, and raises ``IncompleteReadError`` when more are read. A server closes the connection; the error then depends
    on the client. Newer versions of botocore accept the partial response.

    :raises SeedError: ``kept`` is not an integer of 0 or more.
    """
    if type(kept) is not int or kept < 0:
        raise SeedError(f"kept must be a number of bytes, 0 or more, not {shown(kept)}.")
    return CutShort(kept)


def garbled(body: bytes) -> Garbled:
    """A response with these bytes as its body and status 200. The call is carried out.

    :raises SeedError: ``body`` is not bytes.
    """
    if not isinstance(body, bytes):
        raise SeedError(f"body must be bytes, not {shown(body)}.")
    return Garbled(body)


def slow(by: dt.timedelta) -> Slow:
    """A response that is delayed. The call is carried out.

    If the delay is longer than the ``read_timeout`` of the client, the client raises ``ReadTimeoutError``, which
    botocore retries.

    :raises SeedError: ``by`` is not a positive timedelta.
    """
    if not isinstance(by, dt.timedelta) or by <= dt.timedelta():
        raise SeedError(f"by must be a positive datetime.timedelta, not {shown(by)}.")
    return Slow(by)


Condition: TypeAlias = Callable[[Call], bool] | Mapping[str, object]
"""The calls that a fault applies to: those with these parameters, or those for which a function returns true."""


class Fault:
    """A planned fault, returned by :meth:`.FakeCodeArtifact.fail`.

    ``operations``, ``error``, ``times``, ``after`` and ``when`` are the planned values, ``where`` is the line of the
    user's code that planned it.
    """

    def __init__(
        self,
        operations: frozenset[OperationName],
        error: Exception | Trouble,
        times: int | None,
        after: int,
        when: Condition | None,
        where: Where | None,
    ) -> None:
        self.operations = operations
        self.error = error
        self.times = times
        self.after = after
        self.when = when
        self.where = where
        self._left = times
        self._skipped = 0
        self._lock = threading.Lock()
        self.struck = 0
        """The number of attempts that it was applied to."""
        self.struck_by_operation: dict[OperationName, int] = {}
        """The same number for each operation."""

    def cancel(self) -> None:
        """Stop applying the fault. A cancelled fault does not count as unused."""
        with self._lock:
            self._left = 0

    @property
    def unused(self) -> bool:
        """Whether it was not applied to any attempt, and not cancelled."""
        return self.struck == 0 and self._left != 0

    @property
    def _failing(self) -> Mapping[str, VersionErrorCode]:
        """The planned error codes by version, if single versions fail."""
        return self.error.failing if isinstance(self.error, Trouble) else {}

    def __repr__(self) -> str:
        names = sorted(self.operations)
        method, planned = ("fail_versions", self._failing) if self._failing else ("fail", self.error)
        others = {"times": (self.times, 1), "after": (self.after, 0), "when": (self.when, None)}
        given = [f"{name}={shown(value)}" for name, (value, default) in others.items() if value != default]
        return f"{method}({', '.join([repr(names[0] if len(names) == 1 else names), repr(planned), *given])})"


class PlannedFault(Fault):
    """A fault with the methods by which the service applies it."""

    def matches(self, call: Call) -> bool:
        """Whether it is planned for such calls."""
        if call.operation not in self.operations or not _holds(self.when, call):
            return False
        named = {*call.params.get("versions", ()), *call.params.get("versionRevisions", ())}
        return not self._failing or not named.isdisjoint(self._failing)

    def claim(self, call: Call) -> bool:
        """Whether the fault applies to this attempt. If so, counts it."""
        # The condition is a function of the test, which may call the fake: it runs before the lock is taken.
        if self._left == 0 or not self.matches(call):
            return False
        with self._lock:
            if self._left == 0:
                return False
            if self._skipped < self.after:
                self._skipped += 1
                return False
            if self._left is not None:
                self._left -= 1
            self.struck += 1
            self.struck_by_operation[call.operation] = self.struck_by_operation.get(call.operation, 0) + 1
            return True

    def renew_lock(self) -> None:
        """See :meth:`.Service.renew_locks`."""
        self._lock = threading.Lock()


class Faults:
    """The planned faults of one fake. If several apply to a call, the one that was planned first is used."""

    def __init__(self) -> None:
        self._planned: list[PlannedFault] = []

    def plan(
        self,
        operation: OperationName | Sequence[OperationName],
        error: Exception | Trouble | ErrorName,
        *,
        times: int | None,
        after: int,
        when: Condition | None,
        where: Where | None,
    ) -> Fault:
        """See :meth:`.FakeCodeArtifact.fail`.

        :param where: the line of the user's code that plans it.
        """
        names = cast("list[OperationName]", _several(operation))
        for name in names:
            check_operation(name)
        if not names:
            raise SeedError("A fault needs at least one operation.")
        if times is not None and (type(times) is not int or times < 1):
            raise SeedError(f"times must be 1 or more, or None for all attempts, not times={shown(times)}.")
        if type(after) is not int or after < 0:
            raise SeedError(f"after must be 0 or more, not after={shown(after)}.")
        _check_when(when, names)
        fault = PlannedFault(frozenset(names), _error(error), times, after, when, where)
        self._planned.append(fault)
        return fault

    def plan_versions(
        self,
        operation: BatchOperation,
        failures: Mapping[str, VersionErrorCode],
        *,
        times: int | None,
        after: int,
        when: Condition | None,
        where: Where | None,
    ) -> Fault:
        """See :meth:`.FakeCodeArtifact.fail_versions`."""
        check_operation(operation)
        if operation not in batch_operations():
            raise SeedError(f"{shown(operation)} is not a batch operation. {near(operation, batch_operations())}")
        if not isinstance(failures, Mapping) or not failures:
            raise SeedError(f"failures must be a mapping from versions to error codes, not {shown(failures)}.")
        known = wire.enum("PackageVersionErrorCode")
        for version, code in failures.items():
            if not isinstance(version, str):
                raise SeedError(f"A version must be a str, not {shown(version)}.")
            if code not in known:
                raise SeedError(f"{shown(code)} is not an error code of a version. {near(code, known)}")
            objection = objection_to(operation, "versions", [version])
            if objection is not None:
                raise SeedError(f"No valid {operation} call has a version {shown(version)}. {objection.why}")

        trouble = FailedVersions(dict(failures))
        return self.plan(operation, trouble, times=times, after=after, when=when, where=where)

    def apply(self, call: Call) -> Trouble | Exception | None:
        """The disturbance or the exception of the first fault that applies to this attempt, None if none applies.

        :raises ServiceError: the fault is an error response.
        """
        for fault in self._planned:
            if fault.claim(call):
                if isinstance(fault.error, ServiceError):
                    raise fault.error
                return fault.error
        return None

    def renew_locks(self) -> None:
        """See :meth:`.Service.renew_locks`."""
        for fault in self._planned:
            fault.renew_lock()

    @property
    def planned(self) -> bool:
        return bool(self._planned)

    def __iter__(self) -> Iterator[PlannedFault]:
        return iter(self._planned)

    def unused(self) -> list[PlannedFault]:
        """The faults that were not applied to any attempt."""
        return [fault for fault in self._planned if fault.unused]


def _several(given: object) -> list[object]:
    """A single value as a list, or the items of a collection."""
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]


def _check_when(when: object, operations: Iterable[OperationName]) -> None:
    if isinstance(when, Mapping):
        for operation in operations:
            check_names(operation, when)
            why = contradiction(when)
            if why is not None:
                raise SeedError(f"The fault could never apply to {operation}. {why}")
            for name, value in when.items():
                objection = objection_to(operation, name, value)
                if objection is not None:
                    instead = " or ".join(f"when={params!r}" for params in objection.suggestions)
                    raise SeedError(
                        f"No valid {operation} call has {name}={shown(value)}, so the fault could never apply. "
                        f"{objection.why}{instead and f' Write {instead}.'}"
                    )
    elif when is not None and not callable(when):
        raise SeedError(
            f"when must be a mapping of parameters, for example when={{'package': 'x'}}, or a function of the call, "
            f"for example when=lambda call: call.params['package'] == 'x', not {shown(when)}."
        )


def _holds(when: Condition | None, call: Call) -> bool:
    if when is None:
        return True
    return has_params(call, when) if isinstance(when, Mapping) else bool(when(call))


def _error(error: Exception | Trouble | ErrorName) -> Exception | Trouble:
    if isinstance(error, Exception) and hasattr(error, "operation_name"):
        raise SeedError(
            f"{type(error).__name__} is the exception that botocore raises for an error response, after its retries. "
            f"Plan the error response, for example ThrottlingException('...') or 'AccessDeniedException'."
        )
    if isinstance(error, Exception):
        return error if _is_new(error) else without_frames(error)
    if isinstance(error, Trouble):
        return error
    if isinstance(error, type) and issubclass(error, Exception):
        raise SeedError(f"A fault needs an error, not its class: write {error.__name__}(...).")
    if isinstance(error, str) and error in _MODELLED:
        return _MODELLED[error]()
    if isinstance(error, str) and error in _COMMON:
        return ServiceError(f"{error}.", code=error, status=_COMMON[error])
    if isinstance(error, str):
        raise SeedError(f"The service has no error {shown(error)}. {near(error, names_of_errors())}")
    raise SeedError(
        f"A fault takes an error or its name, such as ThrottlingException('...') or 'ThrottlingException', not "
        f"{shown(error)}."
    )


def _is_new(error: Exception) -> bool:
    """Whether an error was never raised and is not chained to another one."""
    return (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)


def names_of_errors() -> Iterable[ErrorName]:
    """The names of errors that a fault can be planned with."""
    return (*_MODELLED, *_COMMON)
