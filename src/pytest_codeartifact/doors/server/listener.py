"""A listening socket and the thread that serves it, with asyncio.

An idle connection costs one file descriptor. When those run out, the connections that were idle longest are closed.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

from .connection import Answer, Application, Connection, Work

_BACKLOG = 1024
_SECONDS_BETWEEN_ROUNDS = 1

_CLOSED_WHEN_FULL = 100
"""How many connections are closed when file descriptors run out."""

_SECONDS_FOR_WORK = 1
"""How long running calls may take to end when the server is stopped. A condition of a test may never end."""


class _EventLoop(asyncio.SelectorEventLoop):
    """An event loop whose time runs even if freezegun stops that of asyncio."""

    if hasattr(time, "clock_gettime"):

        def time(self) -> float:
            """A monotonic time in seconds."""
            return time.clock_gettime(time.CLOCK_MONOTONIC)


_Application = TypeVar("_Application", bound=Application)


class Listener(Generic[_Application]):
    """A listening socket with its thread.

    :param application_at: returns the application that answers the requests to a port.
    :param port: the port, 0 for a free one.
    :raises OSError: the port is taken.
    """

    def __init__(self, application_at: Callable[[int], _Application], address: str, port: int) -> None:
        self._socket = socket.create_server((address, port))
        self.port: int = self._socket.getsockname()[1]
        self.application = application_at(self.port)
        self._connections: set[Connection] = set()
        self._workers: set[threading.Thread] = set()
        self._stopping = asyncio.Event()
        self._loop = _EventLoop()
        self._loop.set_debug(False)  # Python's development mode would log internals of the server
        self._loop.set_exception_handler(self._handle_exception)
        self._thread = threading.Thread(target=self._run, name="pytest-codeartifact server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close all connections and end all threads, whatever clients are doing."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        deadline = time.monotonic() + _SECONDS_FOR_WORK
        for thread in list(self._workers):
            thread.join(max(0, deadline - time.monotonic()))

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(self._connection, sock=self._socket, backlog=_BACKLOG)
        self._make_rounds()
        await self._stopping.wait()
        for listening in server.sockets:
            _shut_down(listening)
        while being_accepted := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(being_accepted)  # a closed server would drop these connections without closing them
        server.close()
        for connection in self._connections:
            _shut_down(connection.transport.get_extra_info("socket"))
            connection.transport.abort()
        await asyncio.sleep(0)  # let the loop call connection_lost

    def _connection(self) -> Connection:
        return Connection(self.application, self._loop, self._connections, self._run_in_thread)

    def _make_rounds(self) -> None:
        """Close overdue connections, repeatedly."""
        for connection in [connection for connection in self._connections if connection.is_overdue]:
            connection.transport.abort()
        self._loop.call_later(_SECONDS_BETWEEN_ROUNDS, self._make_rounds)

    def _handle_exception(self, _: object, context: dict[str, Any]) -> None:
        """Handle an exception in the event loop.

        When file descriptors run out, close the connections that were idle longest. asyncio accepts again in a second.
        """
        error = context.get("exception")
        if "socket" in context and isinstance(error, OSError):
            for connection in sorted(self._connections, key=lambda each: (each.busy, each.active))[:_CLOSED_WHEN_FULL]:
                connection.transport.abort()
        elif error is not None and not isinstance(error, OSError) and not self._stopping.is_set():
            self.application.failed(error)

    def _run_in_thread(self, work: Work, body: bytes, then: Callable[[Answer], None]) -> None:
        def run() -> None:
            answer = work(body)
            self._workers.discard(threading.current_thread())
            with suppress(RuntimeError):  # the server has been stopped meanwhile
                self._loop.call_soon_threadsafe(then, answer)

        thread = threading.Thread(target=run, name="pytest-codeartifact call", daemon=True)
        self._workers.add(thread)
        thread.start()


def _shut_down(open_socket: socket.socket) -> None:
    """Shut a socket down, also in forked child processes that have inherited it."""
    with suppress(OSError):  # the client has closed it already
        open_socket.shutdown(socket.SHUT_RDWR)
