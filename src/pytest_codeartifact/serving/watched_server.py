"""A server for manual use: each exchange is reported, and browsers get a page at ``/``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ..doors.server import Server
from ..doors.server.application import ServedFake
from ..doors.server.messages import Head
from ..http import Disturbed, Response
from ..journal.call import Call
from ..rules.effects import Effect
from ..service import Service
from ..service.near_misses import near_miss
from . import page
from .exchanges import Exchange, Exchanges, Recorded, exchange, exchange_without_call

if TYPE_CHECKING:
    from ..doors.server.connection import Work


class WatchedServer(Server):
    """A server that reports each exchange.

    :param report: called with each exchange, in the thread of the request.
    """

    def __init__(self, service: Service, port: int, report: Callable[[Exchange], object]) -> None:
        self.exchanges = Exchanges(report)
        super().__init__(service, port)

    def _application_at(self, port: int) -> ServedFake:
        return _WatchedFake(self._service, port, self.exchanges)


class _WatchedFake(ServedFake):
    """Answers the requests for the page, and reports all others."""

    def __init__(self, service: Service, port: int, exchanges: Exchanges) -> None:
        super().__init__(service, port)
        self._exchanges = exchanges
        self._last = _LastRecord()
        service.journal.on_record = self._last.record

    def accept(self, head: Head) -> Response | Work:
        """Answer the page for browsers, everything else as a fake does."""
        if page.is_page_request(head) and head.host == self.host:
            return page.response(self._service, self.port, self._exchanges)
        self._last.recorded = None
        response_or_work = super().accept(head)
        if isinstance(response_or_work, Response):
            self._report_exchange(head, response_or_work)
            return response_or_work
        return partial(self._work, head, response_or_work)

    def _work(self, head: Head, work: Work, body: bytes) -> Response | Disturbed:
        self._last.recorded = None
        answer = work(body)
        self._report_exchange(head, answer)
        return answer

    def _report_exchange(self, head: Head, answer: Response | Disturbed) -> None:
        sent = answer if isinstance(answer, Response) else answer.sent
        status, recorded = 0 if sent is None else sent.status, self._last.recorded
        if recorded is not None:
            hint = near_miss(self._service.state, self._service.journal, recorded.call)
            reported = exchange(status, recorded, hint, self._service.caller)
        else:
            reported = exchange_without_call(status, head.method, head.path, _message(sent))
        self._exchanges.add(reported)


def _message(sent: Response | None) -> str:
    """The message in the response to a refused request."""
    if sent is None or sent.status < 400:
        return ""
    with suppress(ValueError, TypeError, KeyError):
        return str(json.loads(sent.body)["message"])
    return ""


class _LastRecord(threading.local):
    """The last record of the request that this thread answers."""

    recorded: Recorded | None = None

    def record(self, call: Call, effects: Sequence[Effect]) -> None:
        self.recorded = Recorded(call, effects)
