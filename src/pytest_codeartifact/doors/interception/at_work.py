"""Records the call that botocore sends or retries now in this thread or task, because its waits do not know the call.

Calls of other services are recorded too: a handler of a call may make another one, which waits as usual.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from . import botocore_internals
from .belonging import Belonging, belonging, set_back_end
from .patches import Patches

_at_work: ContextVar[Belonging | None] = ContextVar("pytest_codeartifact_at_work", default=None)


class Requests(Patches):
    """Replaces the methods that send the requests of a call, in botocore and in aiobotocore."""

    def extend(self) -> None:
        self.replace(botocore_internals.MAKE_REQUEST, _noting_the_call)


def at_work() -> Belonging | None:
    """The fake of the current call; None if the call belongs to no fake, or there is no call."""
    return _at_work.get()


def _noting_the_call(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def make_request(endpoint: Any, operation_model: Any, request_dict: Any) -> Any:
        bound = belonging(request_dict["context"])
        if bound is not None:
            set_back_end(request_dict["context"], endpoint.http_session)
        with _WorkingFor(bound):
            answer = original(endpoint, operation_model, request_dict)
        return _awaited(answer, bound) if inspect.iscoroutine(answer) else answer

    return make_request


async def _awaited(answer: Awaitable[Any], bound: Belonging | None) -> Any:
    with _WorkingFor(bound):
        return await answer


class _WorkingFor:
    """Within the block, a call is at work. A class, because each call enters one: a generator takes longer."""

    __slots__ = ("_before", "_bound")

    def __init__(self, bound: Belonging | None) -> None:
        self._bound = bound

    def __enter__(self) -> None:
        self._before = _at_work.get()
        _at_work.set(self._bound)

    def __exit__(self, *_: object) -> None:
        _at_work.set(self._before)  # not by a token: an abandoned coroutine ends in another context
