"""The guard: refuses calls to the real service that no fake answers.

The plugin arms the guard when pytest loads it, and the guard stays armed to the end of the process. Other modules
intercept the calls and ask the guard.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import RealCallRefused

CLOSED_ENDPOINT = "http://127.0.0.1:1/pytest-codeartifact-fakes-are-not-visible-in-child-processes"
"""The endpoint of child processes while a fake is open in their parent. Nothing listens there; the path says why."""

CLOSED_FOR_A_RUN = "http://127.0.0.1:1/pytest-codeartifact-lets-no-child-process-of-a-test-run-reach-aws"
"""The endpoint of child processes during the rest of a pytest run."""

CLOSED = (CLOSED_ENDPOINT, CLOSED_FOR_A_RUN)


class Guard:
    """The guard of this process."""

    __slots__ = ("_runs", "allowed", "armed", "phase", "refuses_look_ups", "servers")

    def __init__(self) -> None:
        self.armed = False
        """Whether calls are refused at all."""
        self.allowed = False
        """Whether real calls are allowed, by the ini option or by the marker of the test that runs."""
        self.refuses_look_ups = False
        """Whether look-ups of the service's hosts are refused, whichever library makes them."""
        self.phase = "outside of any test"
        """The phase of the pytest run, for the message."""
        self.servers: set[str] = set()
        """The URLs of our own running servers: scheme, address and port."""
        self._runs = 0

    def arm(self) -> None:
        """Guard calls from now on to the end of the process, because code under test also runs at exit."""
        if not self.armed:
            self.armed, self.phase = True, "while plugins were loaded"

    def begin_run(self, *, allowed: bool, refuses_look_ups: bool) -> Callable[[], None]:
        """Apply the configuration of a pytest run.

        :returns: a function that ends the run. At the end of a nested run it restores the configuration of the outer
            run. At the end of the outermost run it keeps the configuration, because code at exit obeys it too.
        """
        previous = self.allowed, self.refuses_look_ups, self.phase
        self.allowed, self.refuses_look_ups = allowed, refuses_look_ups
        self._runs += 1

        def end() -> None:
            self._runs -= 1
            if self._runs:
                self.allowed, self.refuses_look_ups, self.phase = previous
            else:
                self.phase = "after the last test"

        return end

    @property
    def forbids(self) -> bool:
        """Whether real calls are refused."""
        return self.armed and not self.allowed

    def check(self, operation: str, url: str, *, must_stay: bool = False) -> None:
        """Allow or refuse a call.

        :param must_stay: the call bypasses an open fake, so it may not leave this machine even if the guard is unarmed.
        :raises RealCallRefused: the call may not leave this machine, and its endpoint is elsewhere.
        """
        if (must_stay or self.forbids) and not is_loopback(url):
            raise RealCallRefused(_message(operation, url, self.phase, _PAST_A_FAKE if must_stay else _WITHOUT_A_FAKE))

    def check_presigned(self, operation: str, url: str, *, must_stay: bool = False) -> None:
        """Allow or refuse a presigned URL.

        :raises RealCallRefused: as :meth:`check`.
        """
        if (must_stay or self.forbids) and not is_loopback(url):
            raise RealCallRefused(_message(operation, url, self.phase, _PRESIGNED))

    def check_look_up(self, host: str) -> None:
        """Allow or refuse the look-up of a host of the service.

        :raises RealCallRefused: look-ups are refused, and real calls are not allowed.
        """
        if self.refuses_look_ups and self.forbids:
            raise RealCallRefused(_LOOKED_UP.format(host=host, phase=self.phase))

    def leads_to_our_server(self, url: str) -> bool:
        """Whether a URL is that of one of our own servers, so that the call uses HTTP instead of the open fake."""
        return bool(self.servers) and "/".join(url.split("/", 3)[:3]) in self.servers


GUARD = Guard()


def is_loopback(url: str) -> bool:
    """Whether an endpoint is a server on this machine, for example an emulator that the user has started."""
    try:
        import ipaddress  # imported here to keep the start of pytest fast
        from urllib.parse import urlsplit
    except ImportError:
        return False  # the interpreter is shutting down, and a destructor makes the call
    if url.startswith(CLOSED):
        return False
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:  # not an IP address, or not a URL
        return False


def _message(operation: str, url: str, phase: str, text: str) -> str:
    return text.format(operation=operation, host=url.split("/")[2], phase=phase)


_TO_THE_REAL_SERVICE = """\
* If the test is meant to call the real service, mark it with `@pytest.mark.codeartifact_real_calls`,
  or for the whole run set `codeartifact_real_calls = allow` in the pytest configuration.
"""

_WITHOUT_A_FAKE = (
    """\
{operation} would have been sent to {host} {phase}, but no fake CodeArtifact was open when the call began.

pytest-codeartifact prevents tests from calling the real service by accident. What you can do:

* In a test, request the fixture `codeartifact`. The fake then answers every CodeArtifact call.
* In a fixture of a wider scope, or at import, open a fake around the call:

      from pytest_codeartifact import FakeCodeArtifact

      @pytest.fixture(scope="session")
      def artifacts():
          with FakeCodeArtifact() as fake:
              fake.add_domain("my-domain").add_repository("my-repository")
              yield fake

"""
    + _TO_THE_REAL_SERVICE
)

_PAST_A_FAKE = """\
{operation} would have been sent to {host} {phase}, past the fake CodeArtifact that is open.

The fake answers calls that are made with the methods of a client. This request was made in another way, or it was
redirected. What you can do:

* Call the operation by its method: `client.list_packages(...)`.
* If something other than botocore sends the request, point it at a server of the fake: the fixture
  `codeartifact_server` has the address in `.url`, and the variables for a child process in `.env`.
"""

_PRESIGNED = (
    """\
{operation} would have been signed into a presigned URL at {host} {phase}. Opening that URL calls the real service.

A presigned URL contains a signature made with the client's keys, and no fake can answer its requests. What you can do:

* Call the operation by its method, with the fixture `codeartifact`. The fake then answers it.
* If something other than botocore sends the request, create the client with `endpoint_url=codeartifact_server.url`.
  Its URLs then point to a server of the fake. URLs on this machine are never refused.
"""
    + _TO_THE_REAL_SERVICE
)

_LOOKED_UP = (
    """\
{host} would have been looked up {phase}. It is a host of the real CodeArtifact, and the pytest
configuration says `codeartifact_plain_http = refuse`.

A fake answers the calls of botocore's clients. This request comes from another HTTP client. What you can do:

* Point that client at a server of the fake: the fixture `codeartifact_server` has the address in `.url`.
"""
    + _TO_THE_REAL_SERVICE
)
