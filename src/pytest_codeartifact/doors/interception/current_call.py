"""Tracks which call this thread or task sends or retries now. Functions that wait need it; botocore does not pass it.

Calls of other services are tracked too, because a handler may make one within a CodeArtifact call.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from . import botocore_internals
from .binding import Binding, binding_of, set_back_end
from .patches import Patches

_current_call: ContextVar[Binding | None] = ContextVar("pytest_codeartifact_current_call", default=None)


class MakeRequestPatches(Patches):
    """Replaces the methods that send the requests of a call, in botocore and in aiobotocore."""

    def extend(self) -> None:
        self.replace(botocore_internals.MAKE_REQUEST, _tracking_the_call)


def current_call() -> Binding | None:
    """The fake of the current call; None if the call belongs to no fake, or there is no call."""
    return _current_call.get()


def _tracking_the_call(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def make_request(endpoint: Any, operation_model: Any, request_dict: Any) -> Any:
        bound = binding_of(request_dict["context"])
        if bound is not None:
            set_back_end(request_dict["context"], endpoint.http_session)
        with _CurrentCall(bound):
            answer = original(endpoint, operation_model, request_dict)
        return _awaited(answer, bound) if inspect.iscoroutine(answer) else answer

    return make_request


async def _awaited(answer: Awaitable[Any], bound: Binding | None) -> Any:
    with _CurrentCall(bound):
        return await answer


class _CurrentCall:
    """Tracks a call within the block. A class instead of @contextmanager, which is slower; each call enters one."""

    __slots__ = ("_bound", "_outer")

    def __init__(self, bound: Binding | None) -> None:
        self._bound = bound

    def __enter__(self) -> None:
        self._outer = _current_call.get()
        _current_call.set(self._bound)

    def __exit__(self, *_: object) -> None:
        _current_call.set(self._outer)  # not by a token: an abandoned coroutine ends in another context
