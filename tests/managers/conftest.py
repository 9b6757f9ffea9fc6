"""Fixtures of the tests of package managers: a server, a token, and endpoints of its repositories."""

from __future__ import annotations

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository
from pytest_codeartifact.doors.server import Server
from pytest_codeartifact.managers import PROTOCOLS

from ..support.package_managers import Endpoint, Endpoints, mint

FORMATS = sorted(PROTOCOLS)

each_protocol = pytest.mark.parametrize("format", FORMATS)
"""Runs a test over every format that has a protocol."""


@pytest.fixture
def token(codeartifact: FakeCodeArtifact, team: Repository) -> str:
    """A token for the domain `acme`."""
    return mint(codeartifact)


@pytest.fixture
def endpoints(codeartifact_server: Server, token: str) -> Endpoints:
    """Creates endpoints of repositories of `acme`, by default of `team`."""

    def make(format: str, **names: str) -> Endpoint:
        return Endpoint(codeartifact_server, format, **{"token": token, **names})

    return make


@pytest.fixture(params=FORMATS)
def endpoint(request: pytest.FixtureRequest, endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team`, for each format that has a protocol."""
    return endpoints(request.param)


@pytest.fixture
def pypi_endpoint(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for Python packages."""
    return endpoints("pypi")
