"""The test that runs in this process, the fakes that it opens, and the recorder of the run report.

Outside of a pytest run nothing is recorded here. A fake that closes checks the outcome of the test, so that its own
error never hides another failure of the test.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any


class Outcome:
    """The outcome of one test, or of code outside of tests."""

    __slots__ = ("is_settled",)

    def __init__(self) -> None:
        self.is_settled = False
        """Whether the test has failed or was skipped. Its fakes then report no further errors."""


class Running:
    """The test that runs in this process. The plugin replaces its outcome and its fakes for each test."""

    __slots__ = ("on_close", "opened", "outcome")

    def __init__(self) -> None:
        self.outcome = Outcome()
        self.opened: deque[Any] = deque(maxlen=0)
        """The services of the fakes that the test opened last, for the report if it fails."""
        self.on_close: Callable[[Any], None] | None = None
        """A function that is called with the service of each closing fake, for the report of the whole run."""


RUNNING = Running()
