"""Real clients in child processes, in an environment without any configuration."""

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
"""The environment variable that makes a missing client a failure."""


class Done(NamedTuple):
    """The result of a process."""

    code: int
    out: str
    err: str

    def check(self) -> None:
        """Fail the test if the process has failed."""
        assert self.code == 0, self.err

    @property
    def printed(self) -> Any:
        """The JSON on stdout of a process that has succeeded."""
        self.check()
        return json.loads(self.out)


class Machine:
    """An empty home directory, and an environment without settings of AWS or of package managers.

    Each process gets that environment, ``own``, and the variables of the server.
    """

    def __init__(self, server: Server, home: Path) -> None:
        self.home = home
        settings = (
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
        own = {name: value for name, value in os.environ.items() if not name.upper().startswith(settings)}
        own["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), own.get("PATH", os.defpath)))
        own.update(dict.fromkeys(("HOME", "USERPROFILE"), str(home)))
        own.update(dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home / ".config")))
        own["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"  # npm would sometimes look for a newer npm
        self.own = own
        self._server = server

    def run(self, *command: str, variables: dict[str, str] | None = None, folder: Path | None = None) -> Done:
        """Run a command and wait for its end.

        :param variables: environment variables in addition to all others.
        :param folder: the working directory, by default the home directory.
        """
        environment = {**self.own, **self._server.env, **(variables or {})}
        done = subprocess.run(
            command, cwd=folder or self.home, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr.strip())

    def find(self, name: str) -> str | None:
        """The path of a program, or None if it is not installed."""
        return shutil.which(name, path=self.own["PATH"])


def require(found: object, what: str, how: str) -> None:
    """Skip the test if a client is missing, or fail it if all clients are required."""
    if not found:
        end = pytest.fail if os.environ.get(REQUIRED) else pytest.skip
        end(f"{what} is not installed: {how}, or `tox run -e clients,managers`")


def installed(distribution: str) -> bool:
    """Whether a Python distribution is installed."""
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
