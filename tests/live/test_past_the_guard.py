"""The guard of the plugin allows the calls of a run to the host of AWS. A proxy of the test answers them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from moto.server import ThreadedMotoServer

from pytest_codeartifact import FakeCodeArtifact

from .. import ROOT
from .recording import Recording


class Proxy(BaseHTTPRequestHandler):
    """Sends every request on to the port of the server that it belongs to, whatever host the request is for."""

    def __init__(self, *arguments: Any, port: int) -> None:
        self._port = port
        super().__init__(*arguments)

    def do_GET(self) -> None:
        url, length = urlsplit(self.path), int(self.headers.get("Content-Length", 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        there = HTTPConnection("127.0.0.1", self._port)
        there.request(self.command, f"{url.path}?{url.query}", self.rfile.read(length), headers)
        answer = there.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        there.close()

    do_POST = do_DELETE = do_GET  # noqa: N815  # the names that the base class looks for

    def log_message(self, *_: object) -> None:
        """Write no log."""


@pytest.fixture
def proxy(codeartifact: FakeCodeArtifact) -> Iterator[str]:
    """The address of a proxy that leads to a server of the fake."""
    with (
        codeartifact.serve() as served,
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Proxy, port=served.port)) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=[0.01])  # seconds until it sees its shutdown
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


HOST = "codeartifact.us-east-1.amazonaws.com"


@pytest.fixture
def sts() -> Iterator[str]:
    """The address of a server that answers for STS."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def test_the_guard_lets_all_calls_of_a_live_run_pass(
    codeartifact: FakeCodeArtifact, sts: str, proxy: str, tmp_path: Path
) -> None:
    """Also with those of the clean-up, which comes after the last test. Nobody looks the host up: the proxy would."""
    environment = {
        "AWS_ENDPOINT_URL_CODEARTIFACT": f"http://{HOST}",
        "AWS_ENDPOINT_URL_STS": sts,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
        "HTTP_PROXY": proxy,
        "NO_PROXY": "127.0.0.1",
    }
    options = ["--codeartifact-live", "--live-account=123456789012", f"--live-folder={tmp_path}", "-k", "tags-of-a-rep"]

    with codeartifact.unchanged():
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert done.returncode == 0, done.stdout
    (path,) = tmp_path.iterdir()
    assert Recording.read(path).aws
    assert codeartifact.calls.operations[:2] == ["DescribeDomain", "CreateDomain"]
    assert codeartifact.calls.operations[-1] == "DeleteDomain"
