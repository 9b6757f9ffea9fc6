"""What the tests of this project share. They talk to the fake through unmodified clients only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository

from .doors import DOORS

pytest_plugins = ["pytester"]

# How many examples the properties get: few in every run, many by hand (`tox run -e soak`).
settings.register_profile("run", max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("soak", max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("run")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--door", choices=DOORS, default="hook", help="the clients that tests get, see tests/doors.py")


@pytest.fixture(autouse=True)
def door(request: pytest.FixtureRequest) -> Iterator[None]:
    """The way that clients reach the fake in this run."""
    with DOORS[request.config.getoption("--door")]():
        yield


@pytest.fixture
def client(codeartifact_client: Any) -> Any:
    """A botocore client whose calls come from the fake's own account and region."""
    return codeartifact_client


@pytest.fixture
def acme(codeartifact: FakeCodeArtifact) -> Domain:
    """A domain."""
    return codeartifact.add_domain("acme")


@pytest.fixture
def team(acme: Domain) -> Repository:
    """A repository of that domain."""
    return acme.add_repository("team")
