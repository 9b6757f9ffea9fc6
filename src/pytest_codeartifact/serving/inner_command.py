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
"""The exit statuses of shells in these cases."""

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""The signals that end a program, as far as the platform has them."""


class Lifetime:
    """Waits until the server should end: for a signal, or for the command."""

    def __init__(self) -> None:
        self._signalled = threading.Event()
        self._command: subprocess.Popen[bytes] | None = None
        for name in _SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def wait(self) -> int:
        """Wait for a signal.

        :returns: 0, the only possible status.
        """
        while not self._signalled.wait(1):  # on Windows, signals do not interrupt a wait without a timeout
            pass
        return 0

    def run(self, command: Sequence[str], env: Mapping[str, str]) -> int:
        """Run a command to its end.

        :param env: the variables to add to our environment.
        :returns: its exit status, as a shell reports it.
        """
        try:
            self._command = subprocess.Popen(command, env={**os.environ, **env})  # noqa: S603  # the user's own
        except OSError as error:
            sys.stderr.write(f"{command[0]}: {error.strerror}\n")
            return _NOT_FOUND if isinstance(error, FileNotFoundError) else _CANNOT_RUN
        if self._signalled.is_set():  # the signal came before the command was started
            self._command.terminate()
        status = self._command.wait()
        return status if status >= 0 else _KILLED_BY - status

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self._signalled.set()
        if self._command is not None and not (number == signal.SIGINT and _is_in_foreground()):
            self._command.send_signal(number)


def _is_in_foreground() -> bool:
    """Whether a terminal sends Ctrl-C to this process, and therefore to the command too."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # Windows; no terminal; no standard input
        return sys.platform == "win32"
