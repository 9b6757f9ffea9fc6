"""A line on a terminal that says how far a seed is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_BETWEEN = 0.2  # seconds from one word on progress to the next


class Progress:
    """Says how many packages a file has seeded so far; nothing where the output is no terminal."""

    def __init__(self, file: str) -> None:
        self._file, self._shown = file, -1.0

    def __enter__(self) -> Callable[[int], object]:
        self._show(f"Reading {self._file} ...")
        return self._report

    def __exit__(self, *_: object) -> None:
        self._show("", end="\r")

    def _report(self, packages: int) -> None:
        now = time.monotonic()
        if now - self._shown > _BETWEEN:
            self._shown = now
            self._show(f"Seeding from {self._file}: {packages:,} packages ...")

    def _show(self, line: str, end: str = "") -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{line}{end}")
            sys.stderr.flush()
