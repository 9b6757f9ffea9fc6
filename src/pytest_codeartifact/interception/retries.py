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
from collections.abc import Callable
from types import FrameType
from typing import Any

import botocore.endpoint
from botocore.retries.bucket import TokenBucket
from botocore.retries.quota import RetryQuota

from ..service import Service
from .patches import Patches


class _Time:
    """The module ``time`` as :mod:`botocore.endpoint` sees it."""

    def __init__(self, waits: Callable[[bool], bool]) -> None:
        self._waits = waits

    def sleep(self, seconds: float) -> None:
        if self._waits(_is_ours(sys._getframe(1).f_locals.get("operation_model"))):
            time.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class Waits(Patches):
    """What waits, in botocore and in aiobotocore."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        super().__init__()
        self._active = active
        self._spent: dict[int, tuple[Any, int]] = {}
        self.extend()

    def extend(self) -> None:
        self.replace(botocore.endpoint, "time", lambda _: _Time(self._waits))
        self.replace(RetryQuota, "acquire", self._spending)
        self.replace(TokenBucket, "acquire", self._waiting)
        self.replace(sys.modules.get("aiobotocore.endpoint"), "first_non_none_response", self._choosing)
        bucket = getattr(sys.modules.get("aiobotocore.retries.bucket"), "AsyncTokenBucket", None)
        self.replace(bucket, "acquire", self._awaiting)

    def undo(self) -> None:
        super().undo()
        for quota, capacity in self._spent.values():
            quota.release(capacity - quota.available_capacity)

    def _waits(self, is_ours: bool) -> bool:
        service = self._active()
        return service is None or service.options.backoff or not is_ours

    def _spending(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def acquire(quota: Any, *args: Any, **kwargs: Any) -> Any:
            context = sys._getframe(1).f_locals.get("context")
            if _is_ours(getattr(context, "operation_model", None)):
                self._spent.setdefault(id(quota), (quota, quota.available_capacity))
            return original(quota, *args, **kwargs)

        return acquire

    def _waiting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
            return original(bucket, *args, **kwargs) if self._waits(_sends_to_us(sys._getframe(1))) else True

        return acquire

    def _awaiting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def at_once() -> bool:
            return True

        def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
            return original(bucket, *args, **kwargs) if self._waits(_sends_to_us(sys._getframe(1))) else at_once()

        return acquire

    def _choosing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Makes no seconds of the seconds that the handlers of ``needs-retry`` ask an endpoint of aiobotocore to sleep.

        So it need not be known on which event loop that sleeps, and others still have their turn before the retry.
        """

        def first_non_none_response(*args: Any, **kwargs: Any) -> Any:
            chosen = original(*args, **kwargs)
            is_delay = isinstance(chosen, (int, float)) and chosen > 0
            if is_delay and not self._waits(_is_ours(sys._getframe(1).f_locals.get("operation_model"))):
                return 0
            return chosen

        return first_non_none_response


def _is_ours(operation_model: Any) -> bool:
    return operation_model is not None and operation_model.service_model.service_name == "codeartifact"


def _sends_to_us(frame: FrameType) -> bool:
    """Whether a handler of ``before-send`` is at work for a call of CodeArtifact."""
    event: str = frame.f_locals.get("kwargs", {}).get("event_name", "")
    return event.startswith("before-send.codeartifact.")
