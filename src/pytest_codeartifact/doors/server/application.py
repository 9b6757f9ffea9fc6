"""Answers the requests to a server with a fake."""

from __future__ import annotations

import traceback
from functools import partial
from typing import TYPE_CHECKING

from ... import wire
from ...errors import ServiceError
from ...http import Caller, Disturbed, Response
from ...service import Service
from .messages import Head, caller_of
from .variables import ADDRESS

if TYPE_CHECKING:  # imports what needs the extra
    from .connection import Work

_LARGE_BODY = 1024 * 1024
"""A larger body is handled in a thread: hashing it takes as long as about ten calls."""


class ServedFake:
    """The application of a server, see :class:`.connection.Application`.

    Refuses requests for other hosts, except for those of AWS that package managers use.
    """

    def __init__(self, service: Service, port: int) -> None:
        from ...service.package_managers import Endpoints  # here, because it needs the extra

        self.port = port
        self.host = f"{ADDRESS}:{port}"
        self.url = f"http://{self.host}"
        self._service = service
        self._endpoints = Endpoints(service, self.host)
        self._error: BaseException | None = None

    def accept(self, head: Head) -> Response | Work:
        """Refuse a request for another host or without a signature, before its body is read."""
        try:
            return self._accept(head)
        except BaseException as error:
            return self.failed(error)

    def may_be_long(self, size: int) -> bool:
        """Whether the call may run functions of the test, or has a large body. Others need no thread."""
        return size > _LARGE_BODY or self._service.may_run_test_code

    def failed(self, error: BaseException) -> Response:
        """Keep an error, to raise it in the test. The client gets an InternalFailure without details."""
        if self._error is None:
            self._error = _without_frames(error)
        return wire.serialise_error(ServiceError("The fake failed. Closing the server raises the error in the test."))

    def raise_error(self) -> None:
        """Raise the first error, once.

        :raises BaseException: that of the fake, or of a listener or a condition of the test.
        """
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _accept(self, head: Head) -> Response | Work:
        endpoint = self._endpoints.find(head.host, head.path)
        if endpoint is not None:
            response_or_work = self._endpoints.take(head.request(self._service.caller, self.url), endpoint)
            if isinstance(response_or_work, Response):
                return response_or_work
            return partial(self._finish, response_or_work)
        if head.host != self.host:
            return wire.serialise_error(ServiceError(f"This is {self.host}.", code="AccessDeniedException", status=403))
        try:
            caller = caller_of(head, self._service.caller.account, self._service.accounts)
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
    """The traceback, as text, of an error that :meth:`.Server.close` raises."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _without_frames(error: BaseException) -> BaseException:
    """An error with its traceback as text, because frames would keep the request and the test's objects in memory."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    error.__cause__, error.__context__ = _BehindTheServer(text), None
    return error.with_traceback(None)
