"""The waits between botocore's retries, which nobody needs before another answer of a fake.

Retries themselves stay botocore's: how often, after which errors. Only the sleep in between is left out, in calls that
a fake answers; other services, and the user's own ``time.sleep``, sleep as ever.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import botocore.endpoint

from ..service import Service


class _Time:
    """The module ``time`` as :mod:`botocore.endpoint` sees it."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        self._active = active

    def sleep(self, seconds: float) -> None:
        service = self._active()
        operation = sys._getframe(1).f_locals.get("operation_model")
        answered = operation is not None and operation.service_model.service_name == "codeartifact"
        if service is None or service.options.backoff or not answered:
            time.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


_original: Any = None


def enter(active: Callable[[], Service | None]) -> None:
    """A first fake is opened."""
    global _original
    _original = botocore.endpoint.time
    botocore.endpoint.time = _Time(active)


def leave() -> None:
    """The last fake is closed."""
    botocore.endpoint.time = _original
