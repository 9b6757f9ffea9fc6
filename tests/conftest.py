"""Fixtures and options of all tests. Tests call the fake through unmodified clients only."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import boto3
import pytest
from hypothesis import HealthCheck, Phase, settings

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository
from pytest_codeartifact.settings import DEFAULTS

from .live import options as live
from .support import sockets
from .support.doors import DOORS

Create: TypeAlias = Callable[[], Any]

pytest_plugins = ["pytester"]

# The number of examples for property tests: few in a usual run, many in `tox run -e soak`.
settings.register_profile("run", max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("soak", max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
# For mutation tests, in which any failing example is enough: examples are not shrunk.
settings.register_profile("mutants", settings.get_profile("run"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("run")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--door", choices=DOORS, default="hook", help="the clients that tests get, see support/doors.py")
    parser.addoption("--rule", action="append", help="run the tests that cite this rule of docs/behaviour.md only")
    parser.addoption("--first-cases", action="store_true", help="run only the first case of most parametrised tests")
    live.declare(parser)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    return live.clean(config) if config.getoption("--live-clean") else None


def pytest_configure(config: pytest.Config) -> None:
    if live.is_live(config):
        live.open_to_the_service(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asked = set(config.getoption("--rule") or ())
    chosen = [item for item in items if not asked or not asked.isdisjoint(rules_of(item))]
    if config.getoption("--first-cases"):
        chosen = list({_case_group(item): item for item in reversed(chosen)}.values())[::-1]
    config.hook.pytest_deselected(items=list(set(items).difference(chosen)))
    items[:] = chosen


def _case_group(item: pytest.Item) -> str:
    """What the cases of a test have in common, if one of them stands for all of them."""
    return item.nodeid if item.get_closest_marker("every_case") else item.nodeid.partition("[")[0]


def pytest_collection_finish() -> None:
    """Exclude the thousands of collected tests from garbage collection, which runs often."""
    gc.collect()
    gc.freeze()


def rules_of(item: pytest.Item) -> set[str]:
    """The rules of docs/behaviour.md that a test cites."""
    return {rule for marker in item.iter_markers("rule") for rule in marker.args}


@pytest.fixture(autouse=True)
def door(request: pytest.FixtureRequest) -> Iterator[None]:
    """The door through which clients reach the fake in this run."""
    name = request.config.getoption("--door")
    in_process = request.node.get_closest_marker("in_process")
    if in_process is not None and name == "server":
        pytest.skip(in_process.args[0])
    with DOORS[name]():
        yield


@pytest.fixture(autouse=True)
def untraced_children() -> Iterator[None]:
    """Coverage is not measured in child processes: it would double their time, and would find few further lines."""
    with pytest.MonkeyPatch.context() as environment:  # the fixture monkeypatch would keep the fakes of a test alive
        environment.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """pytest's own fixture, without other plugins in its runs, because loading them would take most of the time."""
    unasked = ("anyio", "asyncio", "hypothesispytest", "pytest_httpserver", "requests_mock", "socket")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{plugin}" for plugin in unasked))
    return pytester


def _created(create: Create) -> Any:
    return create()


_shared = functools.cache(_created)


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Callable[[Create], Any]:
    """Returns the client that a function creates. All tests share it, if clients of the door can outlive fakes.

    Creating a client takes longer than most tests. A test that registers handlers uses `codeartifact_client` instead.
    """
    return _shared if request.config.getoption("--door") == "hook" else _created


@pytest.fixture
def client(codeartifact: FakeCodeArtifact, shared: Callable[[Create], Any]) -> Any:
    """A botocore client whose calls come from the fake's own account and region."""
    usual = (codeartifact.account, codeartifact.region) == (DEFAULTS.account, DEFAULTS.region)
    return shared(usual_client) if usual else codeartifact.client()


def usual_client() -> Any:
    """A client of the default account and the default region."""
    return FakeCodeArtifact().client()


@pytest.fixture
def acme(codeartifact: FakeCodeArtifact) -> Domain:
    """A domain."""
    return codeartifact.add_domain("acme")


@pytest.fixture
def team(acme: Domain) -> Repository:
    """A repository of that domain."""
    return acme.add_repository("team")


@pytest.fixture
def nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without credentials, region and profile, whose metadata service would never answer."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The attempts of the test to open sockets and to start processes. All of them are refused."""
    with sockets.unplugged() as asked:
        yield asked
