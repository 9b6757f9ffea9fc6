"""What package managers wait for: an index and a file of it, among few and many others, and a whole installation."""

from __future__ import annotations

import functools
import http.client
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from benchmarks.harness import Contender, Result, compare
from pytest_codeartifact import FakeCodeArtifact, npm, pypi
from pytest_codeartifact.doors.server import Server
from pytest_codeartifact.state import minimal_packages

TOOL = pypi("tool")
WHEEL = "tool-1.0-py3-none-any.whl"
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
PAGE = "/pypi/d/acme-123456789012/team/simple/tool/"
PACKUMENT = "/npm/d/acme-123456789012/team/tool"


def installs() -> Iterator[Result]:
    """All rows."""
    with repository(1_000_000, 1) as large, repository(1_000, 1) as small:
        index, other = "index and file of a package among 1,000,000", "the same among 1,000"
        yield grown({index: large, other: small}, (PAGE, f"{PAGE}1.0/{WHEEL}"), calls=100, wanted="flat")
    with repository(0, 10_000) as large, repository(0, 1_000) as small:
        for what, path in (("index", PAGE), ("packument", PACKUMENT)):
            document, other = f"{what} of a package with 10,000 versions", "the same with 1,000"
            yield grown({document: large, other: small}, (path,), calls=1, wanted="10 at most")
    yield pip_install()


def grown(servers: dict[str, Server], paths: tuple[str, ...], *, calls: int, wanted: str) -> Result:
    """The same requests to two servers, in turns."""
    contenders = {name: reading(server, paths) for name, server in servers.items()}
    result = compare(contenders, calls=calls, turns=5)[0]
    result.notes["wanted"] = wanted
    return result


@contextmanager
def repository(packages: int, versions: int) -> Iterator[Server]:
    """A server of a repository that has a package with so many versions among so many others."""
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    team.add_packages((pypi(f"package-{number:07}") for number in range(packages)), versions=["1.0"])
    wheel, tarball = (
        minimal_packages.content(TOOL, "1.0", WHEEL),
        minimal_packages.content(npm("tool"), "1.0.0", ".tgz"),
    )
    wheels = {f"1.{number}": {f"tool-1.{number}-py3-none-any.whl": wheel} for number in range(versions)}
    team.add_package(TOOL, {version: {"assets": assets} for version, assets in wheels.items()})
    tarballs = {f"1.{number}.0": {"assets": {"package.tgz": tarball}} for number in range(versions)}
    team.add_package(npm("tool"), tarballs)
    with fake.serve() as server:
        yield server


def token(server: Server) -> str:
    """A token for the domain, which the server has minted."""
    client = boto3.client("codeartifact", "us-east-1", endpoint_url=server.url, **KEYS)
    minted: str = client.get_authorization_token(domain="acme")["authorizationToken"]
    return minted


def reading(server: Server, paths: tuple[str, ...]) -> Contender:
    """Reads these paths over a connection that stays open."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    headers = {"Authorization": f"Bearer {token(server)}"}

    def read() -> None:
        for path in paths:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            assert response.status == 200, response.status

    return read


def pip_install() -> Result:
    """pip against us and against a server of plain files; what a user waits, as most of it passes in pip."""
    with tempfile.TemporaryDirectory() as folder, repository(0, 1) as ours, static_files(Path(folder)) as theirs:
        index = ours.url.replace("//", f"//aws:{token(ours)}@") + PAGE.removesuffix("tool/")
        contenders = {
            "pip install from the server": installing(index, folder),
            "the same from static files": installing(f"{theirs}/simple/", folder),
        }
        return compare(contenders, calls=1, turns=7, clock=time.perf_counter)[0]


def installing(index: str, folder: str) -> Contender:
    """Installs the package into a folder."""
    options = ["--isolated", "--no-cache-dir", "--no-deps", "--disable-pip-version-check", "--upgrade", "-q"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *options,
        "--target",
        f"{folder}/site",
        "--index-url",
        index,
        "tool",
    ]

    def install() -> None:
        subprocess.run(command, check=True, env={**os.environ, "PIP_CONFIG_FILE": os.devnull}, capture_output=True)

    return install


@contextmanager
def static_files(folder: Path) -> Iterator[str]:
    """The same index as files, behind the standard library's server."""
    project = folder / "simple" / "tool"
    project.mkdir(parents=True)
    (project / WHEEL).write_bytes(minimal_packages.content(TOOL, "1.0", WHEEL))
    (project / "index.html").write_text(f'<!DOCTYPE html>\n<a href="{WHEEL}">{WHEEL}</a>\n')
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
