"""Removes the waits between botocore's retries of calls that a fake answers.

botocore still decides how often and after which errors it retries. Only the waits are removed: the sleep between
attempts and, in adaptive mode, the wait for the rate limit. Other services, and the user's own sleeps, wait as usual.
Two events show which call is in progress: ``needs-retry``, whose handlers return the delay, and ``before-send``, in
which adaptive mode waits. aiobotocore has the same events, and awaits them.

A client that was created at import time keeps its retry quota after the test. The quota that calls to a fake have used
is restored when the last fake closes. Otherwise a test of throttling would use up the retries of later tests.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from . import botocore_internals
from .belonging import belonging
from .messages import context_of
from .patches import Patches

Context: TypeAlias = Mapping[str, Any]
Responses: TypeAlias = list[tuple[Callable[..., Any], Any]]

_at_work: ContextVar[Context | None] = ContextVar("pytest_codeartifact_at_work", default=None)
"""The context of the call whose handlers of ``needs-retry`` or ``before-send`` are running."""


class _NoTime(float):
    """Zero seconds. Distinguishes a removed delay from a zero that the user's code sleeps."""


_NO_TIME = _NoTime()


class _Time:
    """Replaces the module ``time`` in :mod:`botocore.endpoint`: removed delays do not even call ``time.sleep``."""

    def sleep(self, seconds: float) -> None:
        if seconds is not _NO_TIME:
            time.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class Waits(Patches):
    """Replaces the functions that wait, in botocore and in aiobotocore."""

    def __init__(self) -> None:
        self._spent: dict[int, tuple[Any, int]] = {}
        super().__init__()

    def extend(self) -> None:
        self.replace(botocore_internals.EMIT, _emitting)
        self.replace(botocore_internals.SLEEP, lambda _: _Time())
        self.replace(botocore_internals.ACQUIRE_RETRY_QUOTA, self._spending)
        self.replace(botocore_internals.ACQUIRE_TOKEN, _waiting)
        self.replace(botocore_internals.ACQUIRE_TOKEN_ASYNC, _awaiting)

    def undo(self) -> None:
        super().undo()
        for quota, capacity in self._spent.values():
            botocore_internals.give_back(quota, capacity)

    def _spending(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def acquire(quota: Any, *args: Any, **kwargs: Any) -> Any:
            if belonging(_at_work.get() or {}):
                self._spent.setdefault(id(quota), (quota, botocore_internals.available(quota)))
            return original(quota, *args, **kwargs)

        return acquire


def _emitting(original: Callable[..., Any]) -> Callable[..., Any]:
    """Emit an event. While its handlers run, :data:`_at_work` has the context of the call."""

    @functools.wraps(original)
    def emit(emitter: Any, event_name: str, **event: Any) -> Any:
        context = _context_at(event_name, event)
        if context is None:
            return original(emitter, event_name, **event)
        with _working_for(context):
            responses = original(emitter, event_name, **event)
        if inspect.isawaitable(responses):
            return _emitted(responses, context)
        return _without_waits(responses, context)

    return emit


async def _emitted(responses: Awaitable[Responses], context: Context) -> Responses:
    with _working_for(context):
        return _without_waits(await responses, context)


def _context_at(event_name: str, event: Mapping[str, Any]) -> Context | None:
    """The context of the call, for the two events that wait or return a delay. None for any other event."""
    if event_name.startswith("needs-retry."):
        context: Context = event.get("request_dict", {}).get("context", {})
        return context
    return context_of(event.get("request")) if event_name.startswith("before-send.") else None


@contextmanager
def _working_for(context: Context) -> Iterator[None]:
    before = _at_work.get()
    _at_work.set(context)
    try:
        yield
    finally:
        _at_work.set(before)  # not by a token: an abandoned coroutine ends in another context


def _without_waits(responses: Responses, context: Context) -> Responses:
    """The responses of the handlers of an event, with every delay before a retry replaced by zero."""
    if _waits(context):
        return responses
    return [(handler, _NO_TIME if _is_wait(response) else response) for handler, response in responses]


def _is_wait(response: Any) -> bool:
    return isinstance(response, (int, float)) and response > 0


def _waiting(original: Callable[..., Any]) -> Callable[..., Any]:
    def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
        return original(bucket, *args, **kwargs) if _waits(_at_work.get()) else True

    return acquire


def _awaiting(original: Callable[..., Any]) -> Callable[..., Any]:
    async def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
        return await original(bucket, *args, **kwargs) if _waits(_at_work.get()) else True

    return acquire


def _waits(context: Context | None) -> bool:
    """Whether a call waits as usual: it has no fake, or its fake was created with ``backoff=True``."""
    bound = belonging(context or {})
    return bound is None or bound.service.options.backoff
