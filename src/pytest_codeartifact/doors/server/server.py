"""A running server for one fake."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ...service import Service
from ..guard import GUARD
from .variables import ADDRESS, variables

if TYPE_CHECKING:  # imported when a server starts, so that Server can be imported without the extra
    from typing_extensions import Self

    from .dispatcher import Dispatcher
    from .listener import Listener

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
        from .listener import Listener

        self._service = service
        self._process = os.getpid()
        listening = socket.create_server((ADDRESS, port))
        self.port: int = listening.getsockname()[1]
        self._dispatcher = self._dispatcher_for(f"{ADDRESS}:{self.port}")
        self._listener: Listener | None = Listener(self._dispatcher, listening)
        self.url = self._dispatcher.url
        # A separate file per server, because `aws configure set` in a child process writes to it.
        descriptor, self.configuration = tempfile.mkstemp(prefix="pytest-codeartifact-", suffix=".aws-config")
        os.close(descriptor)
        Path(self.configuration).write_text(_CONFIGURATION, encoding="utf-8")
        GUARD.servers.add(self.url)
        service.servers.append(self.url)

    def _dispatcher_for(self, host: str) -> Dispatcher:
        from .dispatcher import Dispatcher

        return Dispatcher(self._service, host)

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
        if self._dispatcher.error is not None:
            error, self._dispatcher.error = self._dispatcher.error, None
            raise error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Server of a fake CodeArtifact at {self.url}>"
