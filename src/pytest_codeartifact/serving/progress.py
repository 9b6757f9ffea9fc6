"""Shows the progress of a seed on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_BETWEEN = 0.2  # seconds between two updates


class Progress:
    """Shows how many packages of a file have been seeded, if the output is a terminal."""

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
