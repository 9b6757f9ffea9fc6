"""Where real clients run, in processes of their own: machines on which nothing is configured."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_codeartifact.doors.server import Server

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
        alien = (
            "VIRTUAL_ENV",
            "AWS_",
            "CARGO_",
            "MAVEN_",
            "NPM_CONFIG_",
            "PIP_",
            "PNPM_",
            "POETRY_",
            "TWINE_",
            "UV_",
            "YARN_",
        )
        own = {name: value for name, value in os.environ.items() if not name.upper().startswith(alien)}
        own["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), own.get("PATH", os.defpath)))
        own.update(dict.fromkeys(("HOME", "USERPROFILE"), str(home)))
        own.update(dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home / ".config")))
        own["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"  # npm would ask the registry for itself now and then
        self.own = own
        self._server = server

    def run(self, *command: str, variables: dict[str, str] | None = None, folder: Path | None = None) -> Done:
        """Run a command to its end.

        :param variables: of the environment, on top of all others.
        :param folder: where it runs, if not in the home.
        """
        environment = {**self.own, **self._server.env, **(variables or {})}
        done = subprocess.run(
            command, cwd=folder or self.home, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr.strip())

    def find(self, name: str) -> str | None:
        """The path of a program, None if there is none."""
        return shutil.which(name, path=self.own["PATH"])


def require(found: object, what: str, how: str) -> None:
    """Skip the test if a client is missing; fail it where all must be there."""
    if not found:
        end = pytest.fail if os.environ.get(REQUIRED) else pytest.skip
        end(f"{what} is not installed: {how}, or `tox run -e clients,managers`")


def installed(distribution: str) -> bool:
    """Whether something of PyPI is installed."""
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
