"""Planned faults: errors that replace the service's answer, and troubles that disturb it on its way."""

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
from ..http import Response
from ..journal.calls import Call
from ..journal.parameters import check_names, contradiction, objection
from ..operations.registry import IMPLEMENTED

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
"""Errors that every operation may answer though no model names them, and their status (rule E-2)."""


@functools.cache
def batches() -> tuple[BatchOperation, ...]:
    """The operations that take several versions, which fail one by one."""
    functions = {name: IMPLEMENTED.get(wire.operation(name).function_name) for name in sorted(wire.operation_names())}
    return tuple(
        cast("BatchOperation", name)
        for name, function in functions.items()
        if function and "versions" in signature(function).parameters
    )


@dataclass(frozen=True)
class Trouble:
    """What happens to a call that is carried out, other than an error in place of the answer."""

    @property
    def failing(self) -> Mapping[str, VersionErrorCode]:
        """The versions of the call that fail, and their codes."""
        return {}

    @property
    def seconds(self) -> float:
        """How long the answer takes."""
        return 0.0

    @property
    def breaks_off(self) -> bool:
        """Whether the connection does, before the whole answer has arrived."""
        return False

    def arrived(self, response: Response) -> Response:
        """The answer as it arrives."""
        return response


@dataclass(frozen=True)
class CutShort(Trouble):
    """See :func:`cut_short`."""

    kept: int

    @property
    def breaks_off(self) -> bool:
        return True

    def arrived(self, response: Response) -> Response:
        return replace(response, body=response.body[: self.kept])  # and the length stays in the headers


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
    """A connection that breaks off after so many bytes of the answer's body: the call is carried out, its answer lost.

    A client in this process sees ``ConnectionClosedError``, which botocore retries; of an asset it sees the first
    bytes, and ``IncompleteReadError`` when it reads on. Over the wire the connection is closed there, and what a client
    makes of it is its own affair: newer versions of botocore take what has come for the whole answer.

    :raises SeedError: for anything but a number, 0 or more.
    """
    if type(kept) is not int or kept < 0:
        raise SeedError(f"An answer is cut short after a number of bytes, 0 or more, not after {kept!r}.")
    return CutShort(kept)


def garbled(body: bytes) -> Garbled:
    """An answer that arrives as these bytes instead, with status 200: the call is carried out.

    :raises SeedError: for anything but bytes.
    """
    if not isinstance(body, bytes):
        raise SeedError(f"A garbled answer is bytes, not {body!r}.")
    return Garbled(body)


def slow(by: dt.timedelta) -> Slow:
    """An answer that takes so long. Beyond the client's ``read_timeout`` it is lost, though the call is carried out:
    the client sees ``ReadTimeoutError``, which botocore retries.

    :raises SeedError: for anything but a positive timedelta.
    """
    if not isinstance(by, dt.timedelta) or by <= dt.timedelta():
        raise SeedError(f"An answer is slow by a positive datetime.timedelta, not by {by!r}.")
    return Slow(by)


Condition: TypeAlias = Callable[[Call], bool] | Mapping[str, object]
"""Which calls a fault strikes: those that a function is true of, or that are made with these parameters."""


class Fault:
    """A planned fault; made by :meth:`.FakeCodeArtifact.fail`."""

    def __init__(
        self,
        operations: frozenset[OperationName],
        error: Exception | Trouble,
        times: int | None,
        after: int,
        when: Condition | None,
    ) -> None:
        self.operations = operations
        self.error = error
        self._left = times
        self._spared = after
        self._when = when
        self._lock = threading.Lock()
        self.struck = 0
        """How many attempts it has struck."""
        self.struck_by_operation: dict[OperationName, int] = {}
        """How many of them were attempts of each operation."""

    def cancel(self) -> None:
        """Strike no more. A cancelled fault does not count as unused."""
        with self._lock:
            self._left = 0

    @property
    def unused(self) -> bool:
        """Whether it still waits for its first stroke."""
        return self.struck == 0 and self._left != 0

    def strikes(self, call: Call) -> bool:
        """Whether this attempt is struck; counts it."""
        if call.operation not in self.operations or self._left == 0:
            return False
        if not _holds(self._when, call):
            return False
        with self._lock:
            if self._left == 0:
                return False
            if self._spared:
                self._spared -= 1
                return False
            if self._left is not None:
                self._left -= 1
            self.struck += 1
            self.struck_by_operation[call.operation] = self.struck_by_operation.get(call.operation, 0) + 1
            return True

    def __repr__(self) -> str:
        return f"fail({', '.join(sorted(self.operations))}, {self.error!r})"


class Faults:
    """The planned faults of one fake; of several that could strike, the one planned first does."""

    def __init__(self, operations: frozenset[OperationName]) -> None:
        self._operations = operations
        self._planned: list[Fault] = []

    def plan(
        self,
        operation: OperationName | Sequence[OperationName],
        error: Exception | Trouble | ErrorName,
        *,
        times: int | None,
        after: int,
        when: Condition | None,
    ) -> Fault:
        """See :meth:`.FakeCodeArtifact.fail`."""
        names = [operation] if isinstance(operation, str) else list(operation)
        for name in names:
            if name not in self._operations:
                raise SeedError(f"There is no operation {shown(name)}. {near(name, self._operations)}")
        if not names:
            raise SeedError("A fault needs an operation to strike.")
        if times is not None and (type(times) is not int or times < 1):
            raise SeedError(f"A fault strikes at least once, or always with times=None; not times={shown(times)}.")
        if type(after) is not int or after < 0:
            raise SeedError(f"A fault spares no attempt or some at first, not after={shown(after)}.")
        _check_when(when, names)
        fault = Fault(frozenset(names), _error(error), times, after, when)
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
    ) -> Fault:
        """See :meth:`.FakeCodeArtifact.fail_versions`."""
        if operation not in batches():
            raise SeedError(f"{shown(operation)} has no versions that fail one by one. {near(operation, batches())}")
        if not isinstance(failures, Mapping) or not failures:
            raise SeedError(f"Failures are a mapping of version to code, not {shown(failures)}.")
        known = wire.enum("PackageVersionErrorCode")
        for version, code in failures.items():
            if not isinstance(version, str):
                raise SeedError(f"Versions go by their name, a str, not by {shown(version)}.")
            if code not in known:
                raise SeedError(f"A version cannot fail with {shown(code)}. {near(code, known)}")
            refused = objection(operation, "versions", [version])
            if refused is not None:
                raise SeedError(f"No {operation} has a version {shown(version)}. {refused.why}")

        _check_when(when, [operation])

        def asks_for_one(call: Call) -> bool:
            named = {*call.params.get("versions", ()), *call.params.get("versionRevisions", ())}
            return not named.isdisjoint(failures) and _holds(when, call)

        trouble = FailedVersions(dict(failures))
        return self.plan(operation, trouble, times=times, after=after, when=asks_for_one)

    def strike(self, call: Call) -> Trouble | Exception | None:
        """What the first fault that strikes this attempt does to it, or what is seen in place of its answer.

        :raises ServiceError: it is an error answer.
        """
        for fault in self._planned:
            if fault.strikes(call):
                if isinstance(fault.error, ServiceError):
                    raise fault.error
                return fault.error
        return None

    def renew_locks(self) -> None:
        """See :meth:`.Service.renew_locks`."""
        for fault in self._planned:
            fault._lock = threading.Lock()

    @property
    def planned(self) -> bool:
        return bool(self._planned)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._planned)

    def unused(self) -> list[Fault]:
        """The faults that have not struck at all."""
        return [fault for fault in self._planned if fault.unused]


def _check_when(when: object, operations: Iterable[OperationName]) -> None:
    if isinstance(when, Mapping):
        for operation in operations:
            check_names(operation, when)
            why = contradiction(when)
            if why is not None:
                raise SeedError(f"No {operation} would ever be struck. {why}")
            for name, value in when.items():
                refused = objection(operation, name, value)
                if refused is not None:
                    instead = " or ".join(f"when={params!r}" for params in refused.instead)
                    raise SeedError(
                        f"No {operation} that gets as far as a fault has {name}={shown(value)}, so it would never "
                        f"strike. {refused.why}{instead and f' Write {instead}.'}"
                    )
    elif when is not None and not callable(when):
        raise SeedError(
            f"When a fault strikes is told by parameters, for example when={{'package': 'x'}}, or by a function of the "
            f"call, for example when=lambda call: call.params['package'] == 'x', not by {shown(when)}."
        )


def _holds(when: Condition | None, call: Call) -> bool:
    if when is None:
        return True
    return call.asks_for(when) if isinstance(when, Mapping) else bool(when(call))


def _error(error: Exception | Trouble | ErrorName) -> Exception | Trouble:
    if isinstance(error, Exception) and hasattr(error, "operation_name"):
        raise SeedError(
            f"{type(error).__name__} is what botocore makes of an error answer, after its retries. Plan the answer: "
            f"ThrottlingException('...'), 'AccessDeniedException' or alike."
        )
    if isinstance(error, Exception):
        return error if _is_new(error) else without_frames(error)
    if isinstance(error, Trouble):
        return error
    if isinstance(error, type) and issubclass(error, Exception):
        raise SeedError(f"A fault needs an error, not a class of them: write {error.__name__}(...).")
    if isinstance(error, str) and error in _MODELLED:
        return _MODELLED[error]()
    if isinstance(error, str) and error in _COMMON:
        return ServiceError(f"{error}.", code=error, status=_COMMON[error])
    raise SeedError(f"The service has no error {shown(error)}. {near(error, names_of_errors())}")


def _is_new(error: Exception) -> bool:
    """Whether an error was never raised, nor chained to another one."""
    return (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)


def names_of_errors() -> Iterable[ErrorName]:
    """The names that a fault can be planned by."""
    return (*_MODELLED, *_COMMON)
