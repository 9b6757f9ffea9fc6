"""The test that runs in this process, the fakes that it opens, and the recorder of the run report.

Outside of a pytest run nothing is recorded here. An error that a fake reports on closing never hides another failure of
its test.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any


class Outcome:
    """The outcome of one test, or of whatever runs outside of tests."""

    __slots__ = ("is_settled",)

    def __init__(self) -> None:
        self.is_settled = False
        """Whether the test has failed or was skipped: then nothing else is to be said of it."""


class Running:
    """The test that runs in this process; the plugin says when the next one begins."""

    __slots__ = ("on_close", "opened", "outcome")

    def __init__(self) -> None:
        self.outcome = Outcome()
        self.opened: deque[Any] = deque(maxlen=0)
        """The services of the fakes that the test has opened last, for the report if it fails."""
        self.on_close: Callable[[Any], None] | None = None
        """Is called with the service of each fake that closes, for the report of the whole run."""


RUNNING = Running()
