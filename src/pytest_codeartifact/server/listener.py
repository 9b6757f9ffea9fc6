"""waitress, set up for a server that is there for a test: it bears whatever clients do, and closes at once.

waitress reads requests in one thread, whatever the number of connections and however slow they are, and refuses by
itself what is not HTTP. Its worker threads only get whole requests.
"""

from __future__ import annotations

import logging
import select
import threading
from collections.abc import Callable

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

ADDRESS = "127.0.0.1"

_LARGEST_HEADER = 64 * 1024
_LARGEST_BODY = 5 * 1024**3 + 1  # the largest asset that the default quota allows
_MOST_WAITING = 2 * 1024**2  # bytes of an answer that its client has not read yet; what exceeds it waits for him

_SECONDS_FOR_MORE = 5
"""How long a client may leave a request unfinished without sending a byte."""

_quiet = logging.getLogger(f"{__name__}.queue")
_quiet.setLevel(logging.CRITICAL)  # that calls queue up is nothing that a test can mend


class Listener(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """A listening socket with its threads.

    :param port: the port, 0 for a free one.
    :raises OSError: the port is taken, or is no port.
    """

    def __init__(self, application: Callable[..., object], port: int) -> None:
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.queue_logger = _quiet
        adjustments = Adjustments(
            listen=f"{ADDRESS}:{port}",
            ident=None,
            log_socket_errors=False,
            asyncore_use_poll=hasattr(select, "poll"),  # select() cannot do a thousand connections
            connection_limit=4000,
            max_request_header_size=_LARGEST_HEADER,
            max_request_body_size=_LARGEST_BODY,
            outbuf_high_watermark=_MOST_WAITING,
            outbuf_overflow=2 * _MOST_WAITING,
            channel_timeout=75,
            cleanup_interval=1,
        )
        sockets: dict[int, object] = {}
        try:
            super().__init__(application, map=sockets, dispatcher=dispatcher, adj=adjustments)
        except OSError:
            wasyncore.close_all(sockets)
            raise
        dispatcher.set_thread_count(16)  # as many answers can be slow at a time
        self._stopping = False
        self._thread = threading.Thread(target=self.run, name="pytest-codeartifact server", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Read and write; runs in a thread of its own."""
        while not self._stopping:
            wasyncore.loop(self.adj.asyncore_loop_timeout, self.adj.asyncore_use_poll, self._map, count=1)

    def maintenance(self, now: float) -> None:
        """Close connections on which nothing has happened for a while; called every second."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            unfinished = channel.request is not None or channel.last_activity == channel.creation_time
            if unfinished and not channel.requests and channel.last_activity < now - _SECONDS_FOR_MORE:
                channel.will_close = True

    def stop(self) -> None:
        """Close all connections and end all threads; the pipe that wakes the loop is closed when nobody writes to it
        any more."""
        self.trigger.pull_trigger(self._hang_up)
        self.task_dispatcher.shutdown()
        self._stopping = True
        self.trigger.pull_trigger()
        self._thread.join()
        wasyncore.close_all(self._map)

    def _hang_up(self) -> None:
        self.accepting = False
        for channel in list(self.active_channels.values()):
            channel.handle_close()
