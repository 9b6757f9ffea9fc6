"""Child processes: a forked one has a copy of the fake, any other knows nothing of it and does not reach AWS."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, pypi

from ..support import children
from ..support.aws_configs import WITHOUT_KEYS, Machine, profile, variables

# A test that ran before may have left a thread, a server's for example.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

AWS = "codeartifact.us-east-1.amazonaws.com"

needs_fork = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")

MACHINES: dict[str, Machine] = {
    "nothing": variables(),
    "endpoints ignored": variables(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true"),
    "endpoints ignored in the profile": profile("p", "[profile p]\nignore_configured_endpoint_urls = true"),
    "endpoint in the profile": profile(
        "p", f"[profile p]\nservices = s\n[services s]\ncodeartifact =\n  endpoint_url = https://{AWS}"
    ),
    "endpoint of everything": variables(AWS_ENDPOINT_URL=f"https://{AWS}"),
    "endpoint of the service": variables(AWS_ENDPOINT_URL_CODEARTIFACT=f"https://{AWS}"),
    "FIPS": variables(AWS_USE_FIPS_ENDPOINT="true"),
    "dual-stack": variables(AWS_USE_DUALSTACK_ENDPOINT="true"),
}


def spawned(*arguments: str, **environment: str) -> list[str]:
    """What a child asks that is a program of its own."""
    child = subprocess.run(
        [sys.executable, children.__file__, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return child.stdout.splitlines()


@pytest.mark.usefixtures("nothing_configured")
@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_a_spawned_child_does_not_reach_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, machine: Machine) -> None:
    machine(monkeypatch, tmp_path)

    with FakeCodeArtifact() as fake:
        *asked, came_of_it = spawned()

    assert [who for who in asked if "127.0.0.1" not in who] == []
    assert "Error" in came_of_it
    assert fake.calls == []


def test_the_error_in_a_spawned_child_names_the_reason(codeartifact: FakeCodeArtifact) -> None:
    *_, came_of_it = spawned()

    assert came_of_it.startswith("EndpointConnectionError")
    assert "pytest-codeartifact-fakes-are-not-visible-in-child-processes" in came_of_it


ASKED_FOR_KEYS = {
    "role": "sts.",
    "web identity": "sts.",
    "container, relative": "169.254.170.2",
    "instance metadata only": "169.254.169.254",
}


@pytest.mark.usefixtures("nothing_configured")
@pytest.mark.parametrize("name", ASKED_FOR_KEYS)
def test_a_child_looks_up_credentials_unless_it_has_the_environment_of_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, codeartifact: FakeCodeArtifact
) -> None:
    pytest.importorskip("h11")
    codeartifact.add_domain("acme")
    WITHOUT_KEYS[name](monkeypatch, tmp_path)

    asked = spawned("without-keys", AWS_MAX_ATTEMPTS="1")  # a retry would only wait
    with codeartifact.serve() as server:
        domains = spawned("without-keys", **server.env)

    assert ASKED_FOR_KEYS[name] in "".join(asked)
    assert AWS not in "".join(asked)
    assert domains == ["acme"]


@pytest.mark.usefixtures("nothing_configured")
def test_a_child_behind_a_proxy_connects_to_the_proxy_only(codeartifact: FakeCodeArtifact) -> None:
    proxy = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://proxy.example:3128")

    *asked, came_of_it = spawned(**proxy)

    assert asked == ["proxy.example"]
    assert came_of_it.startswith("ProxyConnectionError")


@pytest.mark.usefixtures("nothing_configured")
def test_a_child_without_an_open_fake_calls_aws() -> None:
    """Without this, the tests above would also pass if the children did not get as far as to ask."""
    asked, _ = spawned()

    assert AWS in asked


@pytest.mark.usefixtures("nothing_configured")
def test_a_child_calls_aws_if_the_fake_leaves_the_environment() -> None:
    with FakeCodeArtifact(environment="leave"):
        asked, _ = spawned()

    assert AWS in asked


@pytest.mark.usefixtures("nothing_configured")
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_worker_that_is_not_forked_does_not_reach_aws(method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"needs {method}")

    with FakeCodeArtifact() as fake, pool(method) as workers:
        *asked, came_of_it = workers.submit(children.ask).result(60)

    assert [who for who in asked if "127.0.0.1" not in who] == []
    assert came_of_it.startswith("EndpointConnectionError")
    assert fake.calls == []


def pool(method: str) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method))


@needs_fork
def test_a_forked_worker_has_a_copy_of_the_fake(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.add_packages([pypi("old"), pypi("new")])

    with pool("fork") as workers:
        left = workers.submit(children.delete, "old").result(60)

    assert left == ["new"]
    assert list(team.packages) == [pypi("new"), pypi("old")]
    assert codeartifact.calls == []


@needs_fork
def test_a_forked_child_opens_no_socket_and_asks_for_no_credentials(
    nothing_configured: None, codeartifact: FakeCodeArtifact, asked: list[str]
) -> None:
    codeartifact.add_domain("acme")

    with pool("fork") as workers:
        domains = workers.submit(children.ask).result(60)

    assert domains == ["acme"]


@needs_fork
def test_a_forked_child_does_not_wait_for_a_lock_of_a_thread_of_its_parent(
    codeartifact: FakeCodeArtifact, team: Repository, seeding: Callable[[], None]
) -> None:
    seeding()  # holds the fake's lock, in a thread that the child does not have

    context = multiprocessing.get_context("fork")
    child: Any = context.Process(target=children.ask)
    child.start()
    child.join(20)
    waits = child.is_alive()
    child.kill()
    child.join()

    assert not waits
    assert child.exitcode == 0


@pytest.fixture
def seeding(team: Repository) -> Iterator[Callable[[], None]]:
    """Begin a seed in a thread; it ends with the test."""
    begun, end = threading.Event(), threading.Event()

    def ids() -> Iterator[Any]:
        begun.set()
        end.wait()
        yield pypi("late")

    thread = threading.Thread(target=team.add_packages, args=(ids(),))

    def begin() -> None:
        thread.start()
        begun.wait()

    yield begin
    end.set()
    thread.join()
