"""Planned faults: answers that a test wants instead of the service's own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from .calls import Call
from .errors import (
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
)

_MODELLED: dict[str, Callable[[], ServiceError]] = {
    "AccessDeniedException": lambda: AccessDeniedException("Access denied."),
    "ConflictException": lambda: ConflictException("The resource was modified concurrently."),
    "InternalServerException": lambda: InternalServerException("An internal error occurred."),
    "ResourceNotFoundException": lambda: ResourceNotFoundException("The resource was not found."),
    "ServiceQuotaExceededException": lambda: ServiceQuotaExceededException("A service quota was exceeded."),
    "ThrottlingException": lambda: ThrottlingException("Rate exceeded"),
    "ValidationException": lambda: ValidationException("The request is not valid."),
}

_COMMON = {
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "InternalFailure": 500,
    "MalformedHttpRequestException": 400,
    "NotAuthorized": 400,
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


class Fault:
    """A planned fault; made by :meth:`.FakeCodeArtifact.fail`."""

    def __init__(
        self,
        operations: frozenset[str],
        error: Exception,
        times: int | None,
        after: int,
        when: Callable[[Call], bool] | None,
    ) -> None:
        self.operations = operations
        self.error = error
        self._left = times
        self._spared = after
        self._when = when
        self._lock = threading.Lock()
        self.struck = 0
        """How many attempts it has struck."""

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
        if self._when is not None and not self._when(call):
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
            return True

    def __repr__(self) -> str:
        return f"fail({', '.join(sorted(self.operations))}, {self.error!r})"


class Faults:
    """The planned faults of one fake; of several that could strike, the one planned first does."""

    def __init__(self, operations: frozenset[str]) -> None:
        self._operations = operations
        self._planned: list[Fault] = []

    def plan(
        self,
        operation: str | Sequence[str],
        error: Exception | str,
        *,
        times: int | None,
        after: int,
        when: Callable[[Call], bool] | None,
    ) -> Fault:
        """See :meth:`.FakeCodeArtifact.fail`."""
        names = [operation] if isinstance(operation, str) else list(operation)
        for name in names:
            if name not in self._operations:
                raise SeedError(f"There is no operation {name!r}. {near(str(name), self._operations)}")
        if not names:
            raise SeedError("A fault needs an operation to strike.")
        if times is not None and (type(times) is not int or times < 1):
            raise SeedError(f"A fault strikes at least once, or always with times=None; not times={times!r}.")
        if type(after) is not int or after < 0:
            raise SeedError(f"A fault spares no attempt or some at first, not after={after!r}.")
        if when is not None and not callable(when):
            raise SeedError(
                f"When a fault strikes is told by a function of the call, for example "
                f"when=lambda call: call.params['package'] == 'x', not by {when!r}."
            )
        fault = Fault(frozenset(names), _error(error), times, after, when)
        self._planned.append(fault)
        return fault

    def strike(self, call: Call) -> None:
        """Raise the error of the first fault that strikes this attempt."""
        for fault in self._planned:
            if fault.strikes(call):
                raise fault.error.with_traceback(None)

    @property
    def planned(self) -> bool:
        return bool(self._planned)

    def unused(self) -> list[Fault]:
        """The faults that have not struck at all."""
        return [fault for fault in self._planned if fault.unused]


def _error(error: Exception | str) -> Exception:
    if isinstance(error, Exception) and hasattr(error, "operation_name"):
        raise SeedError(
            f"{type(error).__name__} is what botocore makes of an error answer, after its retries. Plan the answer: "
            f"ThrottlingException('...'), 'AccessDeniedException' or alike."
        )
    if isinstance(error, Exception):
        return error
    if isinstance(error, type) and issubclass(error, Exception):
        raise SeedError(f"A fault needs an error, not a class of them: write {error.__name__}(...).")
    if error in _MODELLED:
        return _MODELLED[error]()
    if error in _COMMON:
        return ServiceError(f"{error}.", code=error, status=_COMMON[error])
    raise SeedError(f"The service has no error {error!r}. {near(str(error), names_of_errors())}")


def names_of_errors() -> Iterable[str]:
    """The names that a fault can be planned by."""
    return (*_MODELLED, *_COMMON)
