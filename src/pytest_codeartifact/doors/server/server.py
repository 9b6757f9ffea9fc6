"""A running server for one fake."""

from __future__ import annotations

import os
import tempfile
import traceback
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ... import wire
from ...errors import ServiceError
from ...http import Caller, Disturbed, Response
from ...service import Service
from ..guard import GUARD
from .messages import Head, sender
from .variables import ADDRESS, variables

if TYPE_CHECKING:  # imported when a server starts, so that Server can be imported without the extra
    from typing_extensions import Self

    from .connection import Work
    from .listener import Listener

_MUCH = 1024 * 1024
"""A number of bytes whose hashing takes as long as about ten calls."""

_CONFIGURATION = """\
# The empty AWS configuration of child processes of a test.
# Their AWS_PROFILE is empty too, so that no profile of the user is read. Most clients treat this as no profile;
# botocore looks for a profile with an empty name, which is this one:
[profile ""]
"""


class Server:
    """A fake that is served to other processes, by :meth:`.FakeCodeArtifact.serve` or the fixture
    ``codeartifact_server``. It runs until it is closed.

    ``url`` is its scheme, address and ``port``. ``configuration`` is the path of the empty AWS configuration of its
    clients.
    """

    def __init__(self, service: Service, port: int) -> None:
        from ...service.endpoints import Endpoints
        from .listener import Listener

        self._service = service
        self._process = os.getpid()
        self._error: BaseException | None = None
        self._listener: Listener | None = Listener(self, ADDRESS, port)
        self.port: int = self._listener.port
        self._host = f"{ADDRESS}:{self.port}"
        self.url = f"http://{self._host}"
        self._endpoints = Endpoints(service, self._host)
        # A separate file per server, because `aws configure set` in a child process writes to it.
        descriptor, self.configuration = tempfile.mkstemp(prefix="pytest-codeartifact-", suffix=".aws-config")
        os.close(descriptor)
        Path(self.configuration).write_text(_CONFIGURATION, encoding="utf-8")
        GUARD.servers.add(self.url)
        service.servers.append(self.url)

    @property
    def env(self) -> dict[str, str]:
        """The environment variables for a child process that uses this server: ``env={**os.environ, **server.env}``.

        The child process sees none of the user's credentials, profiles and proxies.
        """
        return variables(self.url, self._service.caller.region, self.configuration)

    def close(self) -> None:
        """Stop at once, even during calls.

        :raises BaseException: the first error of the fake, or of a listener or a condition of the test. The client that
            caused it got an InternalFailure.
        """
        if os.getpid() != self._process:
            return  # this is a copy in a forked child process, and the server runs in the parent
        GUARD.servers.discard(self.url)
        if self.url in self._service.servers:
            self._service.servers.remove(self.url)
        if self._listener is not None:
            listener, self._listener = self._listener, None
            listener.stop()
            Path(self.configuration).unlink(missing_ok=True)
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Server of a fake CodeArtifact at {self.url}>"

    # The application of the listener

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
        if self._error is None:
            self._error = _without_frames(error)
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
    """The traceback, as text, of an error that :meth:`Server.close` raises."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _without_frames(error: BaseException) -> BaseException:
    """An error with its traceback as text, because frames would keep the request and the test's objects in memory."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    error.__cause__, error.__context__ = _BehindTheServer(text), None
    return error.with_traceback(None)
