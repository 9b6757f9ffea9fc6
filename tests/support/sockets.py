"""Refuses and records each socket, each look-up of a name and each new process.

An audit hook sees all of them. It cannot be removed, so it can be switched off.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_PROCESSES = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.system")


class Unplugged(BaseException):
    """Refuses an attempt. It is not an Exception, so that no code catches it and tries again."""


_asked: list[str] | None = None
_installed = False


@contextmanager
def unplugged() -> Iterator[list[str]]:
    """Refuse each attempt, and record it in the list."""
    global _asked, _installed
    if not _installed:
        sys.addaudithook(_audit)
        _installed = True
    _asked = []
    try:
        yield _asked
    finally:
        _asked = None


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _asked is not None and (event.startswith("socket.") or event in _PROCESSES):
        _asked.append(f"{event} {arguments}")
        raise Unplugged(event)
