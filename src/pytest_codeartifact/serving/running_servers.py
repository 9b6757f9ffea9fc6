"""A note of each running server of ``serve``, in a temporary folder that only its user can read and write.

``env`` finds a server by its note. A shell evaluates the output of ``env``, so a folder of another user is refused.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from ..doors.server.variables import ADDRESS, variables
from ..errors import CodeArtifactPluginError


class RunningServer(NamedTuple):
    """The address of a server, and the path of the AWS configuration for its clients."""

    port: int
    region: str
    configuration: str

    @property
    def variables(self) -> dict[str, str]:
        """The variables that a shell sets to use it."""
        return variables(f"http://{ADDRESS}:{self.port}", self.region, self.configuration)


@contextmanager
def noted(server: RunningServer) -> Iterator[None]:
    """Let ``env`` find a server while the block runs."""
    note = _folder() / f"{server.port}.json"
    note.write_text(json.dumps(server), encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def running(port: int | None) -> RunningServer:
    """The server on a port, or the only running one.

    :raises CodeArtifactPluginError: there is none, or there are several.
    """
    servers = {server.port: server for server in _noted() if _is_listening(server.port)}
    if port in servers:
        return servers[port]
    if port is None and len(servers) == 1:
        return next(iter(servers.values()))
    ports = ", ".join(map(str, sorted(servers)))
    if not servers:
        problem = "No server runs" if port is None else f"No server runs on port {port}"
        raise CodeArtifactPluginError(f"{problem}. Start one in another shell: python -m pytest_codeartifact serve")
    if port is None:
        raise CodeArtifactPluginError(f"Several servers run. Write the port of one of them: {ports}.")
    raise CodeArtifactPluginError(f"No server of `serve` runs on port {port}. Those that run are on: {ports}.")


def _noted() -> Iterator[RunningServer]:
    for note in _folder().glob("*.json"):
        with suppress(OSError, ValueError, TypeError):  # the server has ended meanwhile, or was killed while writing
            yield RunningServer(*json.loads(note.read_text(encoding="utf-8")))


def _is_listening(port: int) -> bool:
    """Whether a server still runs. A killed server leaves its note."""
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) == 0


def _folder() -> Path:
    """The folder of the notes. It is created if it does not exist.

    :raises CodeArtifactPluginError: another user could write to it.
    """
    user = os.getuid() if hasattr(os, "getuid") else None  # on Windows, each user has a folder for temporary files
    folder = Path(tempfile.gettempdir()) / f"pytest-codeartifact-servers-{'' if user is None else user}".rstrip("-")
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or (user is not None and (status.st_uid != user or status.st_mode & 0o022)):
        raise CodeArtifactPluginError(f"{folder} belongs to another user, or others may write to it. Remove it.")
    return folder
