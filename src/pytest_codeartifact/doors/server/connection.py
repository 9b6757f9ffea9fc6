"""One HTTP/1.1 connection: h11 parses requests, this module decides when to read, answer, wait and close.

::

    head of a request -> refused:  answered at once, and its body is discarded
                      -> accepted: body -> work, here or in its own thread -> answer, no faster than it is read

Everything except work that may take long runs in the thread of the event loop, and nothing here blocks. So a
slow or stalled client does not delay others.

Responses are written without h11, because its checks take as long as parsing the request. Each response is complete and
has a length before its first byte is written.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import responses
from typing import Protocol, TypeAlias, cast

import h11

from ...http import Disturbed, Response
from .messages import Head, read_head, response_head

_MAX_HEAD = 64 * 1024
_MAX_BODY = 5 * 1024**3 + 1  # the largest asset that the default quota allows
_CHUNK = 256 * 1024  # the part of an unread response that is buffered a second time

_MAX_DISCARDED_BODY = 64 * 1024
"""The maximum size of a discarded body. After a longer one, the connection is closed."""

_MAX_DISCARDED_AT_CLOSE = 16 * 1024 * 1024
"""The maximum size that is read and discarded before a connection is closed.

Closing it with unread data would make the client lose a response that it has not read yet.
"""

_REQUEST_TIMEOUT = 10
"""How long a client may leave a request unfinished without sending a byte."""

_KEEP_ALIVE_TIMEOUT = 75
"""How long a connection is kept for the next request."""

_CLOSE_TIMEOUT = 5
"""How long a client may take to close its side after we have closed ours."""


Answer: TypeAlias = "Response | Disturbed"

Work: TypeAlias = Callable[[bytes], Answer]
"""Returns the response to a request, given its body."""


class Application(Protocol):
    """Answers requests. Its own failures are responses too."""

    def accept(self, head: Head) -> Response | Work:
        """Refuse a request with a response, whose body is then discarded, or accept it with its work."""

    def may_be_long(self, size: int) -> bool:
        """Whether the work for a body of ``size`` bytes may take long or wait."""

    def failed(self, error: BaseException) -> object:
        """Report an error of the server outside of a request."""


_NOTHING: Iterator[bytes] = iter(())


@dataclass(slots=True)
class _Exchange:
    """How far a connection is with one request and its response.

    ``work`` is None for a request that is refused, or not yet known. ``closes_after``: the connection is closed after
    the response. ``is_truncated``: the body is shorter than its length.
    """

    method: str = ""
    work: Work | None = None
    body: io.BytesIO = field(default_factory=io.BytesIO)
    unsent: Iterator[bytes] = _NOTHING
    is_read: bool = False
    is_answered: bool = False
    closes_after: bool = False
    is_truncated: bool = False


RunInThread: TypeAlias = Callable[[Work, bytes, Callable[[Answer], None]], None]
"""Does work in a separate thread, and passes the response to a function in the thread of the event loop."""


class Connection(asyncio.Protocol):
    """A connection, from its acceptance until it is closed.

    :param connections: all connections of the server. The connection adds and removes itself.
    """

    transport: asyncio.Transport

    def __init__(
        self,
        application: Application,
        loop: asyncio.AbstractEventLoop,
        connections: set[Connection],
        run_in_thread: RunInThread,
    ) -> None:
        self._application, self._loop, self._connections = application, loop, connections
        self._run_in_thread = run_in_thread
        self._http = _parser()
        self._exchange = _Exchange()
        self._timer: asyncio.TimerHandle | None = None
        self.busy = False
        """Whether a response is being made or written."""
        self._blocked = False
        """Whether the client has not read all that was written."""
        self._discard_budget: int | None = None
        """The number of bytes that may still be discarded, None while requests are answered."""
        self._timeout: float = _REQUEST_TIMEOUT
        self.active = loop.time()
        """The time of the last activity."""

    @property
    def is_overdue(self) -> bool:
        """Whether the client has exceeded its time limit."""
        return not self.busy and self._loop.time() - self.active > self._timeout

    # Callbacks of the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=0)  # call pause_writing whenever something is not yet read
        self._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  # the signature is asyncio's
        """Drop the current request."""
        self._connections.discard(self)
        self._exchange = _Exchange()
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Continue with a request. Later requests wait in the socket until it is answered."""
        if self._discard_budget is not None:
            self._discard(len(data))
            return
        self.active, self._timeout = self._loop.time(), _REQUEST_TIMEOUT
        for start in range(0, len(data), _MAX_HEAD):  # h11 refuses a large head that is incomplete
            self._http.receive_data(data[start : start + _MAX_HEAD])
            self._read_on()
        if self.busy:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Answer complete requests, although the client sends nothing more.

        :returns: whether our side stays open.
        """
        if self._discard_budget is not None:
            return False
        self._http.receive_data(b"")
        self._read_on()
        return not self.transport.is_closing()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._blocked = True

    def resume_writing(self) -> None:
        """Continue with the response."""
        self._blocked, self.active = False, self._loop.time()
        self._write_on()

    # Reading

    def _read_on(self) -> None:
        while not self.busy and self._discard_budget is None and not self.transport.is_closing():
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                self._refuse_malformed(error.error_status_hint)
                return
            match event:
                case h11.Request():
                    self._begin(event)
                case h11.Data():
                    self._collect(event.data)
                case h11.EndOfMessage():
                    self._end()
                    return  # other connections are served before the next request
                case h11.ConnectionClosed():
                    self.transport.close()
                case _:  # there is no more for now
                    self.transport.resume_reading()
                    return

    def _begin(self, request: h11.Request) -> None:
        exchange, headers = self._exchange, _headers(request)
        exchange.method, exchange.closes_after = request.method.decode(), _wants_to_end(request, headers)
        status = _unacceptable(request, headers)
        if status is not None:
            self._refuse(status)
            return
        response_or_work = self._application.accept(read_head(exchange.method, request.target.decode(), headers))
        if isinstance(response_or_work, Response):
            exchange.closes_after |= (
                self._http.they_are_waiting_for_100_continue or _length(headers) > _MAX_DISCARDED_BODY
            )
            self._answer(response_or_work)
            return
        exchange.work = response_or_work
        if self._http.they_are_waiting_for_100_continue:
            self.transport.write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])))

    def _collect(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange.work is None:
            return
        if exchange.body.tell() + len(data) > _MAX_BODY:
            self._refuse(413)
        else:
            exchange.body.write(data)

    def _end(self) -> None:
        exchange = self._exchange
        work, exchange.work, exchange.is_read = exchange.work, None, True
        if work is None:
            self._next_or_idle()
            return
        body, exchange.body = exchange.body.getvalue(), io.BytesIO()  # a BytesIO that was only written to does not copy
        self.busy = True
        if self._application.may_be_long(len(body)):
            self._run_in_thread(work, body, self._on_answer)
        else:
            self._on_answer(work(body))

    def _discard(self, size: int) -> None:
        assert self._discard_budget is not None
        self._discard_budget -= size
        if self._discard_budget < 0:
            self.transport.abort()

    # Answering

    def _on_answer(self, answer: Answer) -> None:
        if isinstance(answer, Response):
            self._answer(answer)
        elif answer.seconds:
            self._timer = self._loop.call_later(answer.seconds, self._on_answer, answer._replace(seconds=0))
        elif answer.sent is None:
            self._half_close()
        else:
            self._answer(answer.sent)

    def _refuse_malformed(self, status: int) -> None:
        """Refuse data that is not HTTP. An incomplete request at the end of a connection is not answered."""
        if self._http.trailing_data[1]:
            self.transport.close()
        else:
            self._refuse(status)

    def _refuse(self, status: int) -> None:
        if self._exchange.is_answered:
            self._half_close()
            return
        text = f"{status} {responses[status]}\n".encode()
        self._exchange.closes_after = True
        self._answer(Response(status, {"content-type": "text/plain", "content-length": str(len(text))}, text))

    def _answer(self, response: Response) -> None:
        """Begin to write a response."""
        if self.transport.is_closing():
            return
        exchange = self._exchange
        body = b"" if exchange.method == "HEAD" else response.body
        exchange.is_truncated = exchange.method != "HEAD" and len(body) < int(response.headers["content-length"])
        if exchange.is_truncated and not body:
            self._half_close()
            return
        self.busy = exchange.is_answered = True
        exchange.unsent = _parts(response_head(response, closes_after=exchange.closes_after), body)
        self._write_on()

    def _write_on(self) -> None:
        while self.busy and not self._blocked and not self.transport.is_closing():
            part = next(self._exchange.unsent, None)
            if part is None:
                self._on_written()
            else:
                self.transport.write(part)

    def _on_written(self) -> None:
        self.busy = False
        if self._exchange.closes_after or self._exchange.is_truncated:
            self._half_close()
        else:
            self._next_or_idle()

    def _next_or_idle(self) -> None:
        """Continue with the next request if this one is completely read, otherwise with this one."""
        received, is_all = self._http.trailing_data
        if self._exchange.is_read:
            self._exchange, self._timeout = _Exchange(), _KEEP_ALIVE_TIMEOUT
            self._http = _parser(received, is_all)
        if received or is_all:
            self.transport.pause_reading()
            self._loop.call_soon(self._read_on)
        else:
            self.transport.resume_reading()

    def _half_close(self) -> None:
        """Close our side, and wait a while for the client to close its own."""
        self.busy, self._discard_budget, self._timeout = False, _MAX_DISCARDED_AT_CLOSE, _CLOSE_TIMEOUT
        self.active = self._loop.time()
        if self.transport.is_closing():
            return
        self.transport.write_eof()
        self.transport.resume_reading()


def _parser(received: bytes = b"", is_all: bool = False) -> h11.Connection:
    """A parser of one request.

    :param received: what was received of it already.
    :param is_all: whether the client sends nothing more.
    """
    http = h11.Connection(h11.SERVER, _MAX_HEAD - 1)
    if received:
        http.receive_data(received)
    if is_all:
        http.receive_data(b"")
    return http


def _parts(head: bytes, body: bytes) -> Iterator[bytes]:
    if len(body) <= _CHUNK:
        yield head + body
        return
    yield head
    whole = memoryview(body)
    for start in range(0, len(body), _CHUNK):
        yield cast("bytes", whole[start : start + _CHUNK])  # a view, so that nothing is copied


def _headers(request: h11.Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, value in request.headers.raw_items():
        name, text = raw_name.decode().lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def _wants_to_end(request: h11.Request, headers: Mapping[str, str]) -> bool:
    """Whether the client sends no other request on the connection."""
    options = headers.get("connection", "").lower().split(",")
    return request.http_version == b"1.0" or "close" in map(str.strip, options)


def _unacceptable(request: h11.Request, headers: Mapping[str, str]) -> int | None:
    """The status of a request that h11 accepts and we refuse, None if we accept it too."""
    is_chunked = "transfer-encoding" in headers
    if request.http_version not in (b"1.1", b"1.0") or (is_chunked and request.http_version == b"1.0"):
        return 400
    if is_chunked and "content-length" in headers:
        return 400  # ambiguous: two readers may parse two different requests (request smuggling)
    if len(request.target) + sum(map(len, headers)) + sum(map(len, headers.values())) > _MAX_HEAD:
        return 431
    return None if is_chunked or _length(headers) <= _MAX_BODY else 413


def _length(headers: Mapping[str, str]) -> float:
    """The length of the body, infinite for a chunked one."""
    return float("inf") if "transfer-encoding" in headers else int(headers.get("content-length", 0))
