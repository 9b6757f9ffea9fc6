"""How the test that runs has fared so far: what a fake finds wrong in the end never covers another failure."""

from __future__ import annotations


class Outcome:
    """The outcome of one test, or of whatever runs outside of tests."""

    __slots__ = ("is_settled",)

    def __init__(self) -> None:
        self.is_settled = False
        """Whether the test has failed or was skipped: then nothing else is to be said of it."""


class Running:
    """The test that runs in this process; the plugin says when the next one begins."""

    __slots__ = ("outcome",)

    def __init__(self) -> None:
        self.outcome = Outcome()


RUNNING = Running()
