"""The waits between botocore's retries, which nobody needs before another answer of a fake.

Retries themselves stay botocore's: how often, after which errors. Only the waits are left out, in calls that a fake
answers: the sleep between attempts, and in adaptive mode the wait for the rate to allow one. Other services, and the
user's own sleeps, wait as ever. aiobotocore waits in an endpoint and a bucket of its own, so these are seen to as well.

A client's quota of retries outlives the test when the client was made at import. What calls to a fake have used up of
it is given back when the last fake closes; otherwise a test of throttling would take the retries of later tests.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import botocore.endpoint
from botocore.retries.bucket import TokenBucket
from botocore.retries.quota import RetryQuota

from .belonging import belonging
from .messages import context_of
from .patches import Patches


class _Time:
    """The module ``time`` as :mod:`botocore.endpoint` sees it."""

    def sleep(self, seconds: float) -> None:
        if _waits(_retried(sys._getframe(1))):
            time.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class Waits(Patches):
    """What waits, in botocore and in aiobotocore."""

    def __init__(self) -> None:
        super().__init__()
        self._spent: dict[int, tuple[Any, int]] = {}
        self.extend()

    def extend(self) -> None:
        self.replace(botocore.endpoint, "time", lambda _: _Time())
        self.replace(RetryQuota, "acquire", self._spending)
        self.replace(TokenBucket, "acquire", self._waiting)
        self.replace(sys.modules.get("aiobotocore.endpoint"), "first_non_none_response", self._choosing)
        bucket = getattr(sys.modules.get("aiobotocore.retries.bucket"), "AsyncTokenBucket", None)
        self.replace(bucket, "acquire", self._awaiting)

    def undo(self) -> None:
        super().undo()
        for quota, capacity in self._spent.values():
            quota.release(capacity - quota.available_capacity)

    def _spending(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def acquire(quota: Any, *args: Any, **kwargs: Any) -> Any:
            retried = sys._getframe(1).f_locals.get("context")
            if belonging(getattr(retried, "request_context", {})):
                self._spent.setdefault(id(quota), (quota, quota.available_capacity))
            return original(quota, *args, **kwargs)

        return acquire

    def _waiting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
            return original(bucket, *args, **kwargs) if _waits(_sent(sys._getframe(1))) else True

        return acquire

    def _awaiting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def at_once() -> bool:
            return True

        def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
            return original(bucket, *args, **kwargs) if _waits(_sent(sys._getframe(1))) else at_once()

        return acquire

    def _choosing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Makes no seconds of the seconds that the handlers of ``needs-retry`` ask an endpoint of aiobotocore to sleep.

        So it need not be known on which event loop that sleeps, and others still have their turn before the retry.
        """

        def first_non_none_response(*args: Any, **kwargs: Any) -> Any:
            chosen = original(*args, **kwargs)
            is_delay = isinstance(chosen, (int, float)) and chosen > 0
            if is_delay and not _waits(_retried(sys._getframe(1))):
                return 0
            return chosen

        return first_non_none_response


def _waits(context: Mapping[str, Any]) -> bool:
    """Whether a call waits: all do but those of a fake that wants no waits."""
    bound = belonging(context)
    return bound is None or bound.service.options.backoff


def _retried(frame: FrameType) -> Mapping[str, Any]:
    """The context of the call that an endpoint is about to try again."""
    context: Mapping[str, Any] = frame.f_locals.get("request_dict", {}).get("context", {})
    return context


def _sent(frame: FrameType) -> Mapping[str, Any]:
    """The context of the call that a handler of ``before-send`` is at work for."""
    return context_of(frame.f_locals.get("request"))
