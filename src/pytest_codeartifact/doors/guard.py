"""The guard: decides which calls that no fake answers may leave the process, and words the refusals.

The plugin arms it when it is loaded, and it stays armed to the end of the process. The guard knows the policy and the
messages. Other modules intercept the calls and ask it.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import RealCallRefused

CLOSED_ENDPOINT = "http://127.0.0.1:1/a-fake-of-pytest-codeartifact-does-not-reach-child-processes"
"""Where a child process finds CodeArtifact while a fake is active in its parent: nowhere, and it says why."""

CLOSED_FOR_A_RUN = "http://127.0.0.1:1/pytest-codeartifact-lets-no-child-process-of-a-test-run-reach-aws"
"""Where it finds CodeArtifact during the rest of a pytest run."""

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
        """Whether the names of the service's hosts may not be looked up by whoever it is."""
        self.phase = "outside of any test"
        """What pytest is doing, for the message."""
        self.servers: set[str] = set()
        """The URLs of our own servers that run: scheme, address and port."""
        self._runs = 0

    def arm(self) -> None:
        """Guard calls from now on, to the end of the process: code under test also runs at exit."""
        if not self.armed:
            self.armed, self.phase = True, "while plugins were loaded"

    def begin_run(self, *, allowed: bool, refuses_look_ups: bool) -> Callable[[], None]:
        """Heed the configuration of a pytest run.

        :returns: a function that ends it. A run within a run then puts the outer one's back; after the outermost,
            what code does at exit is under the rules of the tests.
        """
        before = self.allowed, self.refuses_look_ups, self.phase
        self.allowed, self.refuses_look_ups = allowed, refuses_look_ups
        self._runs += 1

        def end() -> None:
            self._runs -= 1
            if self._runs:
                self.allowed, self.refuses_look_ups, self.phase = before
            else:
                self.phase = "after the last test"

        return end

    @property
    def forbids(self) -> bool:
        """Whether real calls are refused."""
        return self.armed and not self.allowed

    def check(self, operation: str, url: str, *, must_stay: bool = False) -> None:
        """Let a call pass or refuse it.

        :param must_stay: it has to stay on this machine, whether armed or not: a fake is open that does not see it.
        :raises RealCallRefused: it may not leave, and the endpoint is not on this machine.
        """
        if (must_stay or self.forbids) and not is_loopback(url):
            raise RealCallRefused(_message(operation, url, self.phase, _PAST_A_FAKE if must_stay else _WITHOUT_A_FAKE))

    def check_presigned(self, operation: str, url: str, *, must_stay: bool = False) -> None:
        """Let a URL be signed for others to open, or refuse it.

        :raises RealCallRefused: as :meth:`check`.
        """
        if (must_stay or self.forbids) and not is_loopback(url):
            raise RealCallRefused(_message(operation, url, self.phase, _PRESIGNED))

    def check_look_up(self, host: str) -> None:
        """Let a host of the service be looked up or refuse it.

        :raises RealCallRefused: it is to be refused, and real calls are not allowed.
        """
        if self.refuses_look_ups and self.forbids:
            raise RealCallRefused(_LOOKED_UP.format(host=host, phase=self.phase))

    def leads_to_our_server(self, url: str) -> bool:
        """Whether a call goes over the wire, to one of our own servers, and not to the fake that is active."""
        return bool(self.servers) and "/".join(url.split("/", 3)[:3]) in self.servers


GUARD = Guard()


def is_loopback(url: str) -> bool:
    """Whether an endpoint is a server on this machine, for example an emulator that the user has started."""
    try:
        import ipaddress  # here, because a run that never gets this far need not pay for it
        from urllib.parse import urlsplit
    except ImportError:
        return False  # said to a destructor, while the interpreter shuts down
    if url.startswith(CLOSED):
        return False
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:  # no address, or no URL
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

pytest-codeartifact lets no test call the real service by accident. Ways out:

* In a test, request the fixture `codeartifact`: while it is there, every CodeArtifact call is answered by the fake.
* In a fixture of a wider scope, or at import, open a fake of your own around the call:

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

The fake answers calls that are made by the methods of a client. This request was not made so, or has been sent
elsewhere on its way. Ways out:

* Call the operation by its method: `client.list_packages(...)`.
* If something else than botocore is to send it, point it at a server of the fake: the fixture `codeartifact_server`
  has its address in `.url`, and in `.env` what a child process needs.
"""

_PRESIGNED = (
    """\
{operation} would have been signed into a presigned URL at {host} {phase}. Whoever opens it reaches the real service.

A presigned URL carries a signature of the client's keys, and no fake can answer whoever opens it. Ways out:

* Call the operation by its method, with the fixture `codeartifact`: the fake answers it.
* If something else than botocore is to send the request, make the client with `endpoint_url=codeartifact_server.url`:
  its URLs lead to a server of the fake. URLs on this machine are never refused.
"""
    + _TO_THE_REAL_SERVICE
)

_LOOKED_UP = (
    """\
{host} would have been looked up {phase}. It is a host of the real CodeArtifact, and the pytest
configuration says `codeartifact_plain_http = refuse`.

Calls of botocore's clients are answered by a fake; this is a request of something else. Ways out:

* Point it at a server of the fake: the fixture `codeartifact_server` has its address in `.url`.
"""
    + _TO_THE_REAL_SERVICE
)
