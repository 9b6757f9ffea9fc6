"""Finds the blocks of ``unchanged()`` that a test has made and never entered."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ..errors import CodeArtifactPluginError
from ..http import Where


class Blocks:
    """The blocks of one fake that were made and not entered yet. One that never is asserts nothing."""

    _waiting: ClassVar[set[Blocks]] = set()  # of all fakes, those that have some

    def __init__(self) -> None:
        self._lines: dict[object, Where | None] = {}

    def make(self, where: Where | None) -> Callable[[], None]:
        """Enter a block in the list, by the line that makes it; the function returned takes it off."""
        block = object()
        self._lines[block] = where
        self._waiting.add(self)

        def entered() -> None:
            self._lines.pop(block, None)

        return entered

    def check(self) -> None:
        """Say which blocks were not entered, and forget them.

        :raises CodeArtifactPluginError: there are some.
        """
        __tracebackhide__ = True  # the message names the lines of the test
        lines = list(self._lines.values())
        self.forget()
        if lines:
            raise CodeArtifactPluginError(
                f"unchanged() asserts nothing by itself, and was called at {' and at '.join(map(str, lines))} for a "
                f"block that was never entered. Write: with codeartifact.unchanged(): ..."
            )

    def forget(self) -> None:
        """Judge the blocks up to now no more."""
        self._lines.clear()
        self._waiting.discard(self)

    @classmethod
    def check_all(cls) -> None:
        """Check those of all fakes, closed ones and such as were never open too; see :meth:`check`."""
        __tracebackhide__ = True
        for blocks in tuple(cls._waiting):
            blocks.check()

    @classmethod
    def forget_all(cls) -> None:
        """See :meth:`forget`."""
        for blocks in tuple(cls._waiting):
            blocks.forget()
