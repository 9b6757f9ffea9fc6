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
from ...http import Disturbed, Request, Response
from ...service import Service
from ...settings import DUMMY_KEYS
from ..guard import GUARD
from .messages import Head, host, sender, to_request

if TYPE_CHECKING:  # at run time when a server starts: Server can be imported without the extra
    from .connection import Work
    from .listener import Listener

_ADDRESS = "127.0.0.1"

_MUCH = 1024 * 1024
"""Bytes whose hashing takes as long as some ten calls."""

_CONFIGURATION = """\
# The AWS configuration of child processes of a test: there is nothing in it.
# They get AWS_PROFILE empty as well, so that a profile of the user's is not asked for. Most clients take that for no
# profile; botocore takes it for this one:
[profile ""]
"""


class Server:
    """A fake that is served to other processes, by :meth:`.FakeCodeArtifact.serve` or the fixture
    ``codeartifact_server``. It runs until it is closed.

    ``url`` is where: scheme, address and port.
    """

    def __init__(self, service: Service, port: int) -> None:
        from ...service.endpoints import Endpoints
        from .listener import Listener

        self._service = service
        self._process = os.getpid()
        self._error: BaseException | None = None
        self._listener: Listener | None = Listener(self, _ADDRESS, port)
        self._host = f"{_ADDRESS}:{self._listener.port}"
        self.url = f"http://{self._host}"
        self._endpoints = Endpoints(service, self._host)
        # A file of its own, because `aws configure set` in a child process writes to it.
        descriptor, self._configuration = tempfile.mkstemp(prefix="pytest-codeartifact-", suffix=".aws-config")
        os.close(descriptor)
        Path(self._configuration).write_text(_CONFIGURATION, encoding="utf-8")
        GUARD.servers.add(self.url)

    @property
    def env(self) -> dict[str, str]:
        """What a child process needs to find this server and nothing else: ``env={**os.environ, **server.env}``.

        Neither real keys nor profiles of the user come into play, and no proxy.
        """
        return {
            "AWS_ENDPOINT_URL_CODEARTIFACT": self.url,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_ACCESS_KEY_ID": DUMMY_KEYS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": DUMMY_KEYS["aws_secret_access_key"],
            "AWS_SESSION_TOKEN": "",
            "AWS_SECURITY_TOKEN": "",  # its older name
            "AWS_CREDENTIAL_EXPIRATION": "",
            "AWS_DEFAULT_REGION": self._service.caller.region,
            "AWS_REGION": self._service.caller.region,
            "AWS_PROFILE": "",
            "AWS_DEFAULT_PROFILE": "",
            "AWS_CONFIG_FILE": self._configuration,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_USE_FIPS_ENDPOINT": "false",
            "AWS_USE_DUALSTACK_ENDPOINT": "false",
            "NO_PROXY": _with_us("NO_PROXY"),
            "no_proxy": _with_us("no_proxy"),
        }

    def close(self) -> None:
        """Stop at once, whatever clients are doing.

        :raises BaseException: the first error of ours, or of a listener or a condition of the test, that a client only
            got to see as InternalFailure.
        """
        if os.getpid() != self._process:
            return  # a forked child has a copy of this, but the server runs in its parent
        GUARD.servers.discard(self.url)
        if self._listener is not None:
            listener, self._listener = self._listener, None
            listener.stop()
            Path(self._configuration).unlink(missing_ok=True)
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Server of a fake CodeArtifact at {self.url}>"

    # What the listener asks

    def take(self, head: Head) -> Response | Work:
        """Refuse a request that is not for us, or that nobody has signed, before its body is read."""
        try:
            return self._take(head)
        except BaseException as error:
            return self.failed(error)

    def may_be_long(self, size: int) -> bool:
        """Whether the test's own functions are called, or there is much to hash; all else takes less than a thread."""
        return size > _MUCH or self._service.calls_the_test

    def failed(self, error: BaseException) -> Response:
        """Keep an error to raise it in the test; the client is told no more than that."""
        if self._error is None:
            self._error = _without_frames(error)
        told = "The fake failed. What went wrong is raised in the test, when it closes the server."
        return wire.serialise_error(ServiceError(told))

    def _take(self, head: Head) -> Response | Work:
        meant, request = host(head), to_request(head, self._service.caller, self.url)
        taken = self._endpoints.take(request, meant or "")
        if taken is not None:
            return taken if isinstance(taken, Response) else partial(self._finish, taken)
        if meant != self._host:
            return wire.serialise_error(
                ServiceError(f"This is {self._host}.", code="AccessDeniedException", status=403)
            )
        try:
            caller = sender(request, self._service.accounts)
        except ServiceError as error:
            return self._service.refuse(request, error)
        return partial(self._finish, partial(self._answer, request._replace(caller=caller)))

    def _answer(self, request: Request, body: bytes) -> Response | Disturbed:
        return self._service.handle(request._replace(body=body))

    def _finish(self, work: Work, body: bytes) -> Response | Disturbed:
        try:
            return work(body)
        except BaseException as error:  # OperationNotImplemented is no Exception
            return self.failed(error)


def _with_us(variable: str) -> str:
    """Which hosts no proxy is used for: ours, and those for which none was used before."""
    others = os.environ.get(variable, "")
    return others if others == "*" else ",".join(filter(None, (others, _ADDRESS)))


class _BehindTheServer(Exception):
    """Where an error was raised that comes out of :meth:`Server.close`, in words."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _without_frames(error: BaseException) -> BaseException:
    """An error with its traceback as text: frames hold a request, and what the test's functions had in hand."""
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    error.__cause__, error.__context__ = _BehindTheServer(told), None
    return error.with_traceback(None)
