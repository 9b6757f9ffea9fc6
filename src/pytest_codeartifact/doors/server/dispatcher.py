"""Passes requests to the service: to its API, or to its endpoints for package managers."""

from __future__ import annotations

import traceback
from functools import partial
from typing import TYPE_CHECKING

from ... import wire
from ...errors import ServiceError
from ...http import Caller, Disturbed, Response
from ...service import Service
from ...service.endpoints import Endpoints
from .messages import Head, sender

if TYPE_CHECKING:  # so that the module can be imported without the extra
    from .connection import Work

_MUCH = 1024 * 1024
"""A number of bytes whose hashing takes as long as about ten calls."""


class Dispatcher:
    """The application of a listener, for one service.

    :param host: the address and port of the server. Requests for other hosts are refused.
    """

    def __init__(self, service: Service, host: str) -> None:
        self._service, self._host = service, host
        self.url = f"http://{host}"
        self._endpoints = Endpoints(service, host)
        self.error: BaseException | None = None
        """The first error of the fake, or of a listener or a condition of the test."""

    def take(self, head: Head) -> Response | Work:
        """Refuse a request for another host or without a signature, before its body is read."""
        try:
            return self._take(head)
        except BaseException as error:
            return self.failed(error)

    def may_be_long(self, size: int) -> bool:
        """Whether the call may run functions of the test, or hashes much. Others are quicker than a new thread."""
        return size > _MUCH or self._service.calls_the_test

    def failed(self, error: BaseException) -> Response:
        """Keep an error, to raise it in the test. The response to the client says no more than that."""
        if self.error is None:
            self.error = _without_frames(error)
        return wire.serialise_error(ServiceError("The fake failed. Closing the server raises the error in the test."))

    def _take(self, head: Head) -> Response | Work:
        endpoint = self._endpoints.find(head.host, head.path)
        if endpoint is not None:
            taken = self._endpoints.take(head.request(self._service.caller, self.url), endpoint)
            return taken if isinstance(taken, Response) else partial(self._finish, taken)
        if head.host != self._host:
            return wire.serialise_error(
                ServiceError(f"This is {self._host}.", code="AccessDeniedException", status=403)
            )
        try:
            caller = sender(head, self._service.caller.account, self._service.accounts)
        except ServiceError as error:
            return self._service.refuse(head.request(self._service.caller, self.url), error)
        return partial(self._finish, partial(self._answer, head, caller))

    def _answer(self, head: Head, caller: Caller, body: bytes) -> Response | Disturbed:
        return self._service.handle(head.request(caller, self.url, body))

    def _finish(self, work: Work, body: bytes) -> Response | Disturbed:
        try:
            return work(body)
        except BaseException as error:  # OperationNotImplemented is not an Exception
            return self.failed(error)


class _BehindTheServer(Exception):
    """The traceback, as text, of an error that is raised when the server is closed."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _without_frames(error: BaseException) -> BaseException:
    """An error with its traceback as text, because frames would keep the request and the test's objects in memory."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    error.__cause__, error.__context__ = _BehindTheServer(text), None
    return error.with_traceback(None)
