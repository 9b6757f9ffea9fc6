"""A running server of one fake."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import responses
from pathlib import Path
from types import TracebackType
from typing import Any

from .. import wire
from ..defaults import DUMMY_KEYS
from ..errors import ServiceError
from ..guard import GUARD
from ..http import Disturbed, Response
from ..service import Service
from .listener import ADDRESS, Listener
from .messages import host, is_of_package_manager, sender, to_request

_CHUNK = 256 * 1024

_CONFIGURATION = """\
# The AWS configuration of child processes of a test: there is nothing in it.
# They get AWS_PROFILE empty as well, so that a profile of the user's is not asked for. Most clients take that for no
# profile; botocore takes it for this one:
[profile ""]
"""

_NO_PACKAGE_MANAGERS = (
    "This server of pytest-codeartifact answers the API of CodeArtifact, not yet the protocols of package managers. "
    "In a test, Repository.publish() and Repository.fetch() do what package managers do."
)


class Server:
    """A fake that is served to other processes, by :meth:`.FakeCodeArtifact.serve` or the fixture
    ``codeartifact_server``. It runs until it is closed.

    ``url`` is where: scheme, address and port.
    """

    def __init__(self, service: Service, port: int) -> None:
        self._service = service
        self._errors: list[BaseException] = []
        self._closing = threading.Event()
        self._listener = Listener(self._application, port)
        self._host = f"{ADDRESS}:{self._listener.effective_port}"
        self.url = f"http://{self._host}"
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
        GUARD.servers.discard(self.url)
        if not self._closing.is_set():
            self._closing.set()
            self._listener.stop()
            Path(self._configuration).unlink(missing_ok=True)
        if self._errors:
            first, self._errors = self._errors[0], []
            raise first

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Server of a fake CodeArtifact at {self.url}>"

    def _application(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            response = self._respond(environ)
        except BaseException as error:  # OperationNotImplemented is no Exception
            self._errors.append(error)
            told = "The fake failed. What went wrong is raised in the test, when it closes the server."
            response = wire.serialise_error(ServiceError(told))
        if response is None:
            raise ConnectionAbortedError  # of all OSErrors waitress makes a closed connection
        status = f"{response.status} {responses.get(response.status, '')}"
        # Header values are bytes on the wire, and Latin-1 in WSGI.
        start_response(status, [(name, text.encode().decode("latin-1")) for name, text in response.headers.items()])
        return _chunks(response) if environ["REQUEST_METHOD"] != "HEAD" else ()

    def _respond(self, environ: Mapping[str, Any]) -> Response | None:
        """What is sent, None for nothing at all."""
        if host(environ) != self._host:
            return wire.serialise_error(
                ServiceError(f"This is {self._host}.", code="AccessDeniedException", status=403)
            )
        request = to_request(environ, self._service.caller, self.url)
        if is_of_package_manager(request):
            return wire.serialise_error(ServiceError(_NO_PACKAGE_MANAGERS, code="NotImplemented", status=501))
        try:
            caller = sender(request, self._service.accounts)
        except ServiceError as error:
            return self._service.refuse(request, error)
        answer = self._service.handle(request._replace(caller=caller))
        if isinstance(answer, Disturbed):
            return None if self._closing.wait(answer.seconds) else answer.sent
        return answer


def _chunks(response: Response) -> Iterator[bytes]:
    body = response.body
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]
    if len(body) < int(response.headers["content-length"]):
        raise ConnectionAbortedError


def _with_us(variable: str) -> str:
    """Which hosts no proxy is used for: ours, and those for which none was used before."""
    others = os.environ.get(variable, "")
    return others if others == "*" else ",".join(filter(None, (others, ADDRESS)))
