"""The waits between botocore's retries, which nobody needs before another answer of a fake.

Retries themselves stay botocore's: how often, after which errors. Only the waits are left out, in calls that a fake
answers: the sleep between attempts, and in adaptive mode the wait for the rate to allow one. Other services, and the
user's own ``time.sleep``, wait as ever.

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


class _Time:
    """The module ``time`` as :mod:`botocore.endpoint` sees it."""

    def __init__(self, waits: Callable[[bool], bool]) -> None:
        self._waits = waits

    def sleep(self, seconds: float) -> None:
        if self._waits(_is_ours(sys._getframe(1).f_locals.get("operation_model"))):
            time.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class _Patches:
    """What has been replaced, to be put back."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        self._time, self._spend, self._wait = botocore.endpoint.time, RetryQuota.acquire, TokenBucket.acquire
        self._spent: dict[int, tuple[Any, int]] = {}

        def waits(is_ours: bool) -> bool:
            service = active()
            return service is None or service.options.backoff or not is_ours

        def spend(quota: Any, *args: Any, **kwargs: Any) -> Any:
            context = sys._getframe(1).f_locals.get("context")
            if _is_ours(getattr(context, "operation_model", None)):
                self._spent.setdefault(id(quota), (quota, quota.available_capacity))
            return self._spend(quota, *args, **kwargs)

        def wait(bucket: Any, *args: Any, **kwargs: Any) -> Any:
            return self._wait(bucket, *args, **kwargs) if waits(_sends_to_us(sys._getframe(1))) else True

        botocore.endpoint.time = _Time(waits)
        RetryQuota.acquire, TokenBucket.acquire = spend, wait

    def undo(self) -> None:
        botocore.endpoint.time = self._time
        RetryQuota.acquire, TokenBucket.acquire = self._spend, self._wait
        for quota, capacity in self._spent.values():
            quota.release(capacity - quota.available_capacity)


_patches: _Patches | None = None


def enter(active: Callable[[], Service | None]) -> None:
    """A first fake is opened."""
    global _patches
    _patches = _Patches(active)


def leave() -> None:
    """The last fake is closed."""
    global _patches
    if _patches is not None:
        _patches.undo()
        _patches = None


def _is_ours(operation_model: Any) -> bool:
    return operation_model is not None and operation_model.service_model.service_name == "codeartifact"


def _sends_to_us(frame: FrameType) -> bool:
    """Whether a handler of ``before-send`` is at work for a call of CodeArtifact."""
    event: str = frame.f_locals.get("kwargs", {}).get("event_name", "")
    return event.startswith("before-send.codeartifact.")
