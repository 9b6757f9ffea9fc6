"""Removes the waits between botocore's retries of calls that a fake answers.

botocore still decides how often and after which errors it retries. Only the waits are removed: the sleep between
attempts and, in adaptive mode, the wait for the rate limit. Other services, and the user's own sleeps, wait as usual.
aiobotocore has the same parts, and awaits them.

A client that was created at import time keeps its retry quota after the test. The quota that calls to a fake have used
is restored when the last fake closes. Otherwise a test of throttling would use up the retries of later tests.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from . import botocore_internals
from .current_call import current_call
from .patches import Patches


class _NoTime(float):
    """Zero seconds. Marks a removed delay, so that ``sleep(0)`` of the user's code is not skipped."""


_NO_TIME = _NoTime()


class _Time:
    """Replaces ``time`` in :mod:`botocore.endpoint`, so that a test that counts calls of ``time.sleep`` sees none."""

    def sleep(self, seconds: float) -> None:
        if seconds is not _NO_TIME:
            time.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class RetryPatches(Patches):
    """Replaces the functions that wait, in botocore and in aiobotocore."""

    def __init__(self) -> None:
        self._spent: dict[int, tuple[Any, int]] = {}
        super().__init__()

    def extend(self) -> None:
        # A handler of needs-retry returns the delay, and botocore passes it to time.sleep. Both ends are replaced:
        # the delay by a marked zero, and the sleep by one that recognises the mark.
        self.replace(botocore_internals.FIRST_RESPONSE, _without_delay)
        self.replace(botocore_internals.FIRST_RESPONSE_ASYNC, _without_delay)
        self.replace(botocore_internals.SLEEP, lambda _: _Time())
        self.replace(botocore_internals.ACQUIRE_RETRY_QUOTA, self._recording_quota)
        self.replace(botocore_internals.ACQUIRE_TOKEN, _skipping_rate_limit)
        self.replace(botocore_internals.ACQUIRE_TOKEN_ASYNC, _skipping_rate_limit_async)

    def undo(self) -> None:
        super().undo()
        for quota, capacity in self._spent.values():
            botocore_internals.give_back(quota, capacity)

    def _recording_quota(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def acquire(quota: Any, *args: Any, **kwargs: Any) -> Any:
            if current_call() is not None:  # the call of a fake; other services keep what they use
                self._spent.setdefault(id(quota), (quota, botocore_internals.available(quota)))
            return original(quota, *args, **kwargs)

        return acquire


def _without_delay(original: Callable[..., Any]) -> Callable[..., Any]:
    """The first response of an event's handlers. A delay before a retry is replaced by zero."""

    @functools.wraps(original)
    def first_non_none_response(*args: Any, **kwargs: Any) -> Any:
        response = original(*args, **kwargs)
        return _NO_TIME if _is_delay(response) and not _call_waits() else response

    return first_non_none_response


def _is_delay(response: Any) -> bool:
    return isinstance(response, (int, float)) and response > 0


def _skipping_rate_limit(original: Callable[..., Any]) -> Callable[..., Any]:
    def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
        return original(bucket, *args, **kwargs) if _call_waits() else True

    return acquire


def _skipping_rate_limit_async(original: Callable[..., Any]) -> Callable[..., Any]:
    async def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
        return await original(bucket, *args, **kwargs) if _call_waits() else True

    return acquire


def _call_waits() -> bool:
    """Whether the current call waits: all calls except those to a fake without back-off."""
    bound = current_call()
    return bound is None or bound.service.options.backoff
