"""One HTTP/1.1 connection: h11 implements the protocol, this module decides when to read, answer, wait and close.

::

    head of a request -> refused:  answered at once, and its body is discarded
                      -> accepted: body -> work, here or in its own thread -> answer, no faster than it is read

Everything except work that may take long runs in the thread of the event loop, and nothing here blocks. So a client
that is slow, does not read or stops does not delay others.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping
from http.client import responses
from typing import Protocol, TypeAlias, cast

import h11

from ...http import Disturbed, Response
from .messages import Head

_LARGEST_HEAD = 64 * 1024
_LARGEST_BODY = 5 * 1024**3 + 1  # the largest asset that the default quota allows
_CHUNK = 256 * 1024  # of an answer that is not read is in memory a second time, at most

_THROWN_AWAY = 64 * 1024
"""As much of a body that nobody wants is read before the next request of the connection; a longer one ends it."""

_AFTER_THE_END = 16 * 1024 * 1024
"""As much is read and thrown away before a connection is closed: a client loses an answer that it has not read yet when
something that it has sent is unread."""

_SECONDS_TO_GO_ON = 10
"""How long a client may leave a request unfinished without sending a byte."""

_SECONDS_TO_COME_BACK = 75
"""How long a connection is kept for the next request."""

_SECONDS_TO_LEAVE = 5
"""How long a client may take to close its side, when ours is closed."""


Answer: TypeAlias = "Response | Disturbed"

Work: TypeAlias = Callable[[bytes], Answer]
"""What makes the answer to a request, given its body."""


class Application(Protocol):
    """What answers requests; whatever goes wrong there is an answer too."""

    def take(self, head: Head) -> Response | Work:
        """Refuse a request, whose body is then not kept, or take it."""

    def may_be_long(self, size: int) -> bool:
        """Whether the work for a request with a body of so many bytes may take long, or wait for something."""

    def failed(self, error: BaseException) -> object:
        """Be told of what has gone wrong here, where nobody can be answered."""


Aside: TypeAlias = Callable[[Work, bytes, Callable[[Answer], None]], None]
"""Does work in a thread of its own, and hands the answer to a function in the thread of the event loop."""


class Connection(asyncio.Protocol):
    """A connection, from the moment that it is accepted until it is closed.

    :param connections: all of the server, which it enters and leaves by itself.
    """

    transport: asyncio.Transport

    def __init__(
        self, application: Application, loop: asyncio.AbstractEventLoop, connections: set[Connection], aside: Aside
    ) -> None:
        self._application, self._loop, self._connections, self._aside = application, loop, connections, aside
        self._http = h11.Connection(h11.SERVER, _LARGEST_HEAD - 1)
        self._method = b""
        self._work: Work | None = None
        self._body = io.BytesIO()
        self._rest: Iterator[bytes] = iter(())
        self._breaks_off = False
        self._timer: asyncio.TimerHandle | None = None
        self.busy = False
        """Whether an answer is being made or written."""
        self._blocked = False
        """Whether the client has yet to read what was written."""
        self._leaving: int | None = None
        """How much may still be read and thrown away, once nothing is left to be answered."""
        self._patience: float = _SECONDS_TO_GO_ON
        self.active = loop.time()
        """When something has happened last."""

    @property
    def is_overdue(self) -> bool:
        """Whether the client has let its time pass."""
        return not self.busy and self._loop.time() - self.active > self._patience

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=0)  # to be told whenever something is not yet read
        self._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  # the signature is asyncio's
        """Forget what was to be answered."""
        self._connections.discard(self)
        self._rest, self._body, self._work = iter(()), io.BytesIO(), None
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Go on with a request; what follows it waits in the socket until it is answered."""
        if self._leaving is not None:
            self._throw_away(len(data))
            return
        self.active, self._patience = self._loop.time(), _SECONDS_TO_GO_ON
        for start in range(0, len(data), _LARGEST_HEAD):  # h11 refuses a large head that is not there to the end
            self._http.receive_data(data[start : start + _LARGEST_HEAD])
            self._read_on()
        if self.busy:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Answer what is there to the end, although the client sends nothing more.

        :returns: whether our side stays open.
        """
        if self._leaving is not None:
            return False
        self._http.receive_data(b"")
        self._read_on()
        return not self.transport.is_closing()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._blocked = True

    def resume_writing(self) -> None:
        """Go on with the answer."""
        self._blocked, self.active = False, self._loop.time()
        self._write_on()

    # Reading

    def _read_on(self) -> None:
        while not self.busy and self._leaving is None and not self.transport.is_closing():
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                self._misunderstand(error.error_status_hint)
                return
            match event:
                case h11.Request():
                    self._begin(event)
                case h11.Data():
                    self._collect(event.data)
                case h11.EndOfMessage():
                    self._end()
                    return  # others have their turn before the next request
                case h11.ConnectionClosed():
                    self.transport.close()
                case _:  # there is no more for now
                    return

    def _begin(self, request: h11.Request) -> None:
        self._method, headers = request.method, _headers(request)
        status = _unacceptable(request, headers)
        if status is not None:
            self._refuse(status)
            return
        taken = self._application.take(Head(request.method.decode(), request.target.decode(), headers))
        if isinstance(taken, Response):
            self._answer(taken, ends=_length(headers) > _THROWN_AWAY)
            return
        self._work = taken
        if self._http.they_are_waiting_for_100_continue:
            self.transport.write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])))

    def _collect(self, data: bytes) -> None:
        if self._work is None:
            return
        if self._body.tell() + len(data) > _LARGEST_BODY:
            self._refuse(413)
        else:
            self._body.write(data)

    def _end(self) -> None:
        if self._work is None:
            self._go_on()
            return
        work, body = self._work, self._body.getvalue()  # a BytesIO that was only written to does not copy
        self._work, self._body, self.busy = None, io.BytesIO(), True
        if self._application.may_be_long(len(body)):
            self._aside(work, body, self._worked)
        else:
            self._worked(work(body))

    def _throw_away(self, size: int) -> None:
        assert self._leaving is not None
        self._leaving -= size
        if self._leaving < 0:
            self.transport.abort()

    # Answering

    def _worked(self, answer: Answer) -> None:
        if isinstance(answer, Response):
            self._answer(answer)
        elif answer.seconds:
            self._timer = self._loop.call_later(answer.seconds, self._worked, answer._replace(seconds=0))
        elif answer.sent is None:
            self._leave()
        else:
            self._answer(answer.sent)

    def _misunderstand(self, status: int) -> None:
        """Refuse what is not HTTP; what breaks off in the middle is not answered."""
        if self._http.trailing_data[1]:
            self.transport.close()
        else:
            self._refuse(status)

    def _refuse(self, status: int) -> None:
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self._leave()
            return
        text = f"{status} {responses[status]}\n".encode()
        headers = {"content-type": "text/plain", "content-length": str(len(text))}
        self._answer(Response(status, headers, text), ends=True)

    def _answer(self, response: Response, *, ends: bool = False) -> None:
        """Begin to write an answer.

        :param ends: the connection ends with it.
        """
        if self.transport.is_closing():
            return
        body = b"" if self._method == b"HEAD" else response.body
        self._breaks_off = self._method != b"HEAD" and len(body) < int(response.headers["content-length"])
        if self._breaks_off and not body:
            self._leave()
            return
        self.busy = True
        # Bytes on the wire: the name of an asset may be in any script. Blanks around a value are none of it.
        lines = (*response.headers.items(), *response.repeated)
        headers = [(name.encode(), text.encode().strip(b" \t")) for name, text in lines]
        if ends or self._http.they_are_waiting_for_100_continue:
            headers.append((b"connection", b"close"))
        reason = responses.get(response.status, "").encode()
        head = self._http.send(h11.Response(status_code=response.status, headers=headers, reason=reason))
        self._rest = self._parts(head, body)
        self._write_on()

    def _parts(self, head: bytes, body: bytes) -> Iterator[bytes]:
        if len(body) <= _CHUNK:
            yield head + self._http.send(h11.Data(data=body)) if body else head
            return
        yield head
        whole = memoryview(body)
        for start in range(0, len(body), _CHUNK):
            part = h11.Data(data=cast("bytes", whole[start : start + _CHUNK]))
            yield from self._http.send_with_data_passthrough(part) or ()  # counted, and handed back as it is

    def _write_on(self) -> None:
        while self.busy and not self._blocked and not self.transport.is_closing():
            part = next(self._rest, None)
            if part is None:
                self._written()
            else:
                self.transport.write(part)

    def _written(self) -> None:
        self.busy = False
        if self._breaks_off:
            self._leave()
            return
        self._http.send(h11.EndOfMessage())
        self._go_on()

    def _go_on(self) -> None:
        """Go on with the next request when this one is read and answered to the end; until then, with this one."""
        if self._http.our_state is h11.MUST_CLOSE or self._http.their_state is h11.ERROR:
            self._leave()
            return
        if self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._patience = _SECONDS_TO_COME_BACK
        if not self.transport.is_reading():
            self.transport.resume_reading()
        if any(self._http.trailing_data):
            self._loop.call_soon(self._read_on)

    def _leave(self) -> None:
        """Close our side, and wait a while for the client to close its own."""
        self.busy, self._leaving, self._patience = False, _AFTER_THE_END, _SECONDS_TO_LEAVE
        self.active = self._loop.time()
        if self.transport.is_closing():
            return
        self.transport.write_eof()
        if not self.transport.is_reading():
            self.transport.resume_reading()


def _headers(request: h11.Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, value in request.headers:
        name, text = raw_name.decode(), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def _unacceptable(request: h11.Request, headers: Mapping[str, str]) -> int | None:
    """The status for what h11 lets pass and we do not."""
    is_chunked = "transfer-encoding" in headers
    if request.http_version not in (b"1.1", b"1.0") or (is_chunked and request.http_version == b"1.0"):
        return 400
    if is_chunked and "content-length" in headers:
        return 400  # two readers might see two different requests in it
    if len(request.target) + sum(map(len, headers)) + sum(map(len, headers.values())) > _LARGEST_HEAD:
        return 431
    return None if is_chunked or _length(headers) <= _LARGEST_BODY else 413


def _length(headers: Mapping[str, str]) -> float:
    """How long the body will be; chunks may go on without end."""
    return float("inf") if "transfer-encoding" in headers else int(headers.get("content-length", 0))
