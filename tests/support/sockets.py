"""A machine that is unplugged, and takes down who tried: any socket, any look-up of a name, any process.

An audit hook sees them all, however they come about, and cannot be removed; so it is one with a switch.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_PROCESSES = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.system")


class Unplugged(BaseException):
    """Raised by each look-up. No code catches it to try again."""


_asked: list[str] | None = None
_installed = False


@contextmanager
def unplugged() -> Iterator[list[str]]:
    """Take down what is asked of the machine, and refuse it."""
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
