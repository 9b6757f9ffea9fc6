"""Real package managers, unmodified, in processes of their own, against a server of the test's fake.

`tox run -e managers` installs them all. Elsewhere the tests skip whose client is missing, and say what to install.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_codeartifact.doors.server import Server

from ...support.machines import Machine
from ...support.package_managers import Endpoint, Endpoints


@pytest.fixture
def machine(codeartifact_server: Server, tmp_path: Path) -> Machine:
    """A machine on which nothing is configured but the address of the server, also not for all users."""
    home = tmp_path / "home"
    home.mkdir()
    machine = Machine(codeartifact_server, home)
    machine.own |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return machine


@pytest.fixture
def pypi_endpoint(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for Python packages."""
    return endpoints("pypi")


def with_credentials(url: str, token: str) -> str:
    """A URL that contains the user and the token."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://aws:{token}@{rest}"
