"""A server of h11 and asyncio that has one answer to everything: the floor for ours.

It does what h11's documentation shows and no more: one thread, h11 for requests and responses, no limits and no
timeouts. It reads a request to its end, and answers with the headers and the body of a response of ours.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import h11


class _Bare(asyncio.Protocol):
    def __init__(self, headers: list[tuple[str, str]], body: bytes) -> None:
        self._http, self._headers, self._body = h11.Connection(h11.SERVER), headers, body

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._http.receive_data(data)
        while (event := self._http.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.EndOfMessage):
                head = self._http.send(h11.Response(status_code=200, headers=self._headers, reason="OK"))
                self._transport.write(head + self._http.send(h11.Data(data=self._body)))
                self._http.send(h11.EndOfMessage())
                self._http.start_next_cycle()


@contextmanager
def bare_server(response: bytes) -> Iterator[int]:
    """Serve a response, with its headers, on a port of this machine."""
    head, _, body = response.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    listening = socket.create_server(("127.0.0.1", 0))
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        server = await loop.create_server(lambda: _Bare(headers, body), sock=listening)
        await stopping.wait()
        server.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
        loop.close()
