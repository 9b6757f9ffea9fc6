"""``serve ... -- COMMAND``: runs one command beside the server, with signals passed on to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import FrameType

_NOT_FOUND, _CANNOT_RUN, _KILLED_BY = 127, 126, 128
"""The statuses with which shells say so."""

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those that end a program from outside, of which a platform has some."""


class Ending:
    """The end of the server: a signal from outside or, if there is a command, the end of that."""

    def __init__(self) -> None:
        self._signalled = threading.Event()
        self._command: subprocess.Popen[bytes] | None = None
        for name in _SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def wait(self) -> int:
        """Wait for a signal.

        :returns: 0, because there is no other way to end.
        """
        while not self._signalled.wait(1):  # on Windows, a wait without end is not interrupted
            pass
        return 0

    def run(self, command: Sequence[str], env: Mapping[str, str]) -> int:
        """Run a command to its end.

        :param env: what its environment has in addition to ours.
        :returns: its status, as a shell would give it.
        """
        try:
            self._command = subprocess.Popen(command, env={**os.environ, **env})  # noqa: S603  # the user's own
        except OSError as error:
            sys.stderr.write(f"{command[0]}: {error.strerror}\n")
            return _NOT_FOUND if isinstance(error, FileNotFoundError) else _CANNOT_RUN
        if self._signalled.is_set():  # before there was anything to pass it on to
            self._command.terminate()
        status = self._command.wait()
        return status if status >= 0 else _KILLED_BY - status

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self._signalled.set()
        if self._command is not None and not (number == signal.SIGINT and _is_in_foreground()):
            self._command.send_signal(number)


def _is_in_foreground() -> bool:
    """Whether a terminal sends Ctrl-C to us, and so to the command as well."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # Windows; no terminal; no standard input
        return sys.platform == "win32"
