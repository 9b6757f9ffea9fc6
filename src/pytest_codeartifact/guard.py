"""The guard: which calls may leave the process while no fake is active, and what the others are told.

Armed by the plugin for the time of a pytest run. Knows policy and words; the calls come to it from elsewhere.
"""

from __future__ import annotations

from .errors import RealCallRefused

CLOSED_ENDPOINT = "http://127.0.0.1:1/a-fake-of-pytest-codeartifact-does-not-reach-child-processes"
"""Where a child process finds CodeArtifact while a fake is active in its parent: nowhere, and it says why."""


class Guard:
    """The guard of this process."""

    __slots__ = ("allowed", "armed", "phase", "servers")

    def __init__(self) -> None:
        self.armed = False
        self.allowed = False
        """Whether real calls are allowed, by the ini option or by the marker of the test that runs."""
        self.phase = "outside of any test"
        """What pytest is doing, for the message."""
        self.servers: set[str] = set()
        """The URLs of our own servers that run: scheme, address and port."""

    def check(self, operation: str, url: str) -> None:
        """Let a call pass or refuse it.

        :raises RealCallRefused: the guard is armed, real calls are not allowed, and the endpoint is not on this
        machine.
        """
        if self.armed and not self.allowed and not _is_loopback(url):
            raise RealCallRefused(_message(operation, url, self.phase))

    def leads_to_our_server(self, url: str) -> bool:
        """Whether a call goes over the wire, to one of our own servers, and not to the fake that is active."""
        return bool(self.servers) and "/".join(url.split("/", 3)[:3]) in self.servers


GUARD = Guard()


def _is_loopback(url: str) -> bool:
    """Whether the endpoint is a server on this machine, for example an emulator that the user has started."""
    import ipaddress  # here, because a run that never gets this far need not pay for it
    from urllib.parse import urlsplit

    if url.startswith(CLOSED_ENDPOINT):
        return False
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _message(operation: str, url: str, phase: str) -> str:
    return f"""\
{operation} would have been sent to {url.split("/")[2]} {phase}, but no fake CodeArtifact is active.

pytest-codeartifact lets no test call the real service by accident. Ways out:

* In a test, request the fixture `codeartifact`: while it is there, every CodeArtifact call is answered by the fake.
* In a fixture of a wider scope, or at import, open a fake of your own around the call:

      from pytest_codeartifact import FakeCodeArtifact

      @pytest.fixture(scope="session")
      def artifacts():
          with FakeCodeArtifact() as fake:
              fake.add_domain("my-domain").add_repository("my-repository")
              yield fake

* If the test is meant to call the real service, mark it with `@pytest.mark.codeartifact_real_calls`,
  or for the whole run set `codeartifact_real_calls = allow` in the pytest configuration.
"""
