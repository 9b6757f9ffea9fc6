"""Finds the blocks of ``unchanged()`` that a test has made and never entered."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ..errors import CodeArtifactPluginError
from ..http import Where


class UnenteredBlocks:
    """The blocks of one fake that were created and not entered yet. A block that is never entered asserts nothing."""

    _waiting: ClassVar[set[UnenteredBlocks]] = set()  # the lists with blocks, of all fakes

    def __init__(self) -> None:
        self._lines: dict[object, Where | None] = {}

    def add(self, where: Where | None) -> Callable[[], None]:
        """Add a block to the list, with the line that creates it. The returned function removes it."""
        block = object()
        self._lines[block] = where
        self._waiting.add(self)

        def entered() -> None:
            self._lines.pop(block, None)

        return entered

    def check(self) -> None:
        """Refuse blocks that were never entered, and clear the list.

        :raises CodeArtifactPluginError: there are such blocks.
        """
        __tracebackhide__ = True  # the message names the lines of the test
        lines = list(self._lines.values())
        self.forget()
        if lines:
            raise CodeArtifactPluginError(
                f"unchanged() was called without `with` at {' and at '.join(map(str, lines))}, so it asserted nothing. "
                f"Write: with codeartifact.unchanged(): ..."
            )

    def forget(self) -> None:
        """Clear the list without a check."""
        self._lines.clear()
        self._waiting.discard(self)

    @classmethod
    def check_all(cls) -> None:
        """Check the blocks of all fakes, open or not; see :meth:`check`."""
        __tracebackhide__ = True
        for blocks in tuple(cls._waiting):
            blocks.check()

    @classmethod
    def forget_all(cls) -> None:
        """See :meth:`forget`."""
        for blocks in tuple(cls._waiting):
            blocks.forget()
