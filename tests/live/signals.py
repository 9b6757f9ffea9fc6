"""Holds back signals to stop while something is under way that must not be cut in two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_TO_STOP = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held(*, is_last: bool = False) -> Iterator[None]:
    """Obey a signal to stop at the end of the block, and not within it.

    Only the main thread can do that, and only it gets signals.

    :param is_last: what comes after the block is the end anyway, so that a signal needs no more.
    :raises KeyboardInterrupt: at the end of the block, if there was a signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, _: object) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in _TO_STOP}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came and not is_last:
        raise KeyboardInterrupt
