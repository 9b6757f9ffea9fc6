"""Python's garbage collector, which is of no use while much is made that stays: modules, and the service's model.

It would go through all of that several times, together with all that the process has loaded before.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """A block without collections, unless there were none before it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
