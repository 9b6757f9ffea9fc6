"""Pauses Python's garbage collector while many long-lived objects are created: modules, models and seeds.

Without the pause, each collection would traverse every object of the process again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Disable the garbage collector within the block, and enable it afterwards if it was enabled before."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
