"""The server serves its clients despite many, slow or disconnected others, large bodies and a lack of descriptors."""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import boto3
import freezegun
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_codeartifact import FakeCodeArtifact, Repository, Server, generic, pypi, slow

from ..support.acme import TEAM

pytest.importorskip("h11", reason="needs the extra 'server'")

SIGNED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/codeartifact/aws4_request, "
    f"SignedHeaders=host, Signature={64 * 'a'}\r\n"
)
ASSET = "/v1/package/version/asset?domain=acme&repository=team&format=pypi&package=big&version=1.0&asset=big.whl"
PUBLISH = (
    "/v1/package/version/publish?domain=acme&repository=team&format=generic&namespace=ns&package=built&version=1.0"
    "&asset=a.bin"
)
JSON = "Content-Type: application/json\r\n"
CROWD = 60
"""More clients than a pool of threads usually has threads."""

LONGEST_WAIT = 30
"""In seconds. Only a server that hangs takes so long."""

Connect = Callable[..., socket.socket]


@pytest.fixture
def connect(codeartifact_server: Server) -> Iterator[Connect]:
    """Connects to the server, and sends a request if one is given. The connection is closed after the test."""
    host, _, port = codeartifact_server.url.removeprefix("http://").partition(":")
    with ExitStack() as stack:

        def connect(line: str | None = None, headers: str = SIGNED) -> socket.socket:
            connection = stack.enter_context(socket.create_connection((host, int(port)), LONGEST_WAIT))
            if line is not None:
                connection.sendall(f"{line} HTTP/1.1\r\nHost: {host}:{port}\r\n{headers}\r\n".encode())
            return connection

        yield connect


@pytest.fixture
def another(codeartifact_server: Server, team: Repository) -> Any:
    """Another client than the ones under test."""
    return boto3.client(
        "codeartifact",
        endpoint_url=codeartifact_server.url,
        config=Config(read_timeout=LONGEST_WAIT, retries={"total_max_attempts": 1}),
    )


def until_end(connection: socket.socket) -> bytes:
    """All bytes until the server closes the connection."""
    received = b""
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            received += part
    return received


def test_unread_responses_delay_no_other_client(connect: Connect, another: Any, team: Repository) -> None:
    team.add_package(pypi("big")).add_version("1.0", assets={"big.whl": bytes(20_000_000)})
    for _ in range(CROWD):
        connect(f"GET {ASSET}")

    assert another.list_repositories()["repositories"][0]["name"] == "team"
    body = another.get_package_version_asset(
        **TEAM, format="pypi", package="big", packageVersion="1.0", asset="big.whl"
    )
    assert len(body["asset"].read()) == 20_000_000


def test_unread_responses_are_not_copied_in_memory(connect: Connect, another: Any, team: Repository) -> None:
    team.add_package(pypi("big")).add_version("1.0", assets={"big.whl": bytes(20_000_000)})
    another.list_domains()
    tracemalloc.start()
    try:
        for _ in range(CROWD):
            connect(f"GET {ASSET}").recv(1)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert grown < CROWD * 1_000_000


def test_slow_responses_delay_no_other_client(codeartifact: FakeCodeArtifact, connect: Connect, another: Any) -> None:
    codeartifact.fail("ListDomains", slow(dt.timedelta(hours=1)), times=CROWD)
    for _ in range(CROWD):
        connect("POST /v1/domains")
    while len(codeartifact.calls) < CROWD:
        another.list_repositories()  # served although other clients are waiting

    assert another.list_domains()["domains"][0]["name"] == "acme"


def test_a_condition_that_waits_delays_no_other_client(
    codeartifact: FakeCodeArtifact, connect: Connect, another: Any
) -> None:
    release = threading.Event()
    codeartifact.fail(
        "ListDomains", "ThrottlingException", times=None, when=lambda _: release.wait(LONGEST_WAIT) and False
    )
    waiting = [connect("POST /v1/domains") for _ in range(CROWD)]

    assert another.list_repositories()["repositories"][0]["name"] == "team"
    release.set()
    assert {connection.recv(12) for connection in waiting} == {b"HTTP/1.1 200"}
    for fault in codeartifact._service.faults:
        fault.cancel()


def test_clients_that_pipeline_without_end_delay_no_other(connect: Connect, another: Any) -> None:
    flooding = [connect() for _ in range(5)]
    host = f"127.0.0.1:{flooding[0].getpeername()[1]}"
    flood = f"POST /v1/domains HTTP/1.1\r\nHost: {host}\r\n{SIGNED}\r\n".encode() * 2000
    for connection in flooding:
        connection.setblocking(False)
        with suppress(BlockingIOError):
            connection.send(flood)

    assert another.list_domains()["domains"][0]["name"] == "acme"


# Bodies


@pytest.mark.parametrize("framing", ["Content-Length: 300000000\r\n", "Transfer-Encoding: chunked\r\n"])
def test_the_body_of_an_unsigned_request_is_not_read(connect: Connect, another: Any, framing: str) -> None:
    connection = connect(f"POST {PUBLISH}", framing)
    chunk = f"{1_000_000:x}\r\n".encode() + bytes(1_000_000) + b"\r\n"
    sent = 0
    tracemalloc.start()
    try:
        with suppress(ConnectionError):
            while sent < 300:
                connection.sendall(chunk if "chunked" in framing else bytes(1_000_000))
                sent += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sent < 300
    assert until_end(connection).startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert peak < 20_000_000
    assert another.list_domains()["domains"][0]["name"] == "acme"


def test_an_unsigned_client_with_a_large_body_gets_its_error(codeartifact_server: Server, another: Any) -> None:
    unsigned = boto3.client(
        "codeartifact",
        endpoint_url=codeartifact_server.url,
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    content = bytes(2_000_000)

    with pytest.raises(ClientError, match="Missing Authentication Token"):
        unsigned.publish_package_version(
            **TEAM, format="generic", namespace="ns", package="built", packageVersion="1.0", assetName="a.bin",
            assetContent=content, assetSHA256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip


def test_a_small_body_of_a_refused_request_does_not_end_the_connection(connect: Connect, another: Any) -> None:
    connection = connect("POST /v1/domains", "Content-Length: 2\r\n")
    connection.sendall(b"{}")
    first = connection.recv(65536)
    connection.sendall(
        f"POST /v1/domains HTTP/1.1\r\nHost: 127.0.0.1:{connection.getpeername()[1]}\r\n{SIGNED}\r\n".encode()
    )

    assert first.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("signed", "answers"), [(SIGNED, [b"HTTP/1.1 100", b"HTTP/1.1 200 OK"]), ("", [b"HTTP/1.1 403 Forbidden"])]
)
def test_a_client_that_expects_100_continue_is_told_to_continue_only_if_signed(
    connect: Connect, another: Any, signed: str, answers: list[bytes]
) -> None:
    sha256 = f"x-amz-content-sha256: {hashlib.sha256(b'content').hexdigest()}\r\n"
    connection = connect(f"POST {PUBLISH}", f"{signed}{sha256}Expect: 100-continue\r\nContent-Length: 7\r\n")

    received = [connection.recv(65536)]
    if signed:
        connection.sendall(b"content")
        received.append(connection.recv(65536))

    assert [part[: len(answer)] for part, answer in zip(received, answers, strict=True)] == answers


def test_a_chunked_body_is_accepted(connect: Connect, another: Any, team: Repository) -> None:
    content = os.urandom(300_000)
    sha256 = f"x-amz-content-sha256: {hashlib.sha256(content).hexdigest()}\r\n"
    connection = connect(f"POST {PUBLISH}", f"{SIGNED}{sha256}Transfer-Encoding: chunked\r\nConnection: close\r\n")
    for start in range(0, len(content), 70_000):
        part = content[start : start + 70_000]
        connection.sendall(f"{len(part):x};extension=1\r\n".encode() + part + b"\r\n")
    connection.sendall(b"0\r\nTrailer: x\r\n\r\n")

    assert until_end(connection).startswith(b"HTTP/1.1 200 OK\r\n")
    assert team.packages[generic("ns", "built")].versions["1.0"].assets["a.bin"] == content


def test_the_bodies_of_requests_are_not_kept_in_memory(connect: Connect, another: Any) -> None:
    connection = connect()
    host = f"127.0.0.1:{connection.getpeername()[1]}"
    unknown = f"POST /v1/unknown HTTP/1.1\r\nHost: {host}\r\n{SIGNED}Content-Length: 5000000\r\n\r\n".encode()
    tracemalloc.start()
    try:
        for _ in range(20):
            connection.sendall(unknown + bytes(5_000_000))
            assert connection.recv(65536).startswith(b"HTTP/1.1 400")
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 8_000_000  # the test's own 5 MB among them


def test_an_error_that_is_kept_for_the_test_keeps_no_objects_alive(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    class Held:
        pass

    held: list[weakref.ref[Held]] = []

    def broken(_: object) -> bool:
        in_hand = Held()
        held.append(weakref.ref(in_hand))
        try:
            raise KeyError(in_hand)
        except KeyError:
            raise LookupError("the condition is broken") from None

    codeartifact.fail("ListDomains", "ThrottlingException", when=broken)
    server = codeartifact.serve()
    client = boto3.client("codeartifact", endpoint_url=server.url, config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(ClientError):
        client.list_domains()
    gc.collect()

    assert [reference() for reference in held] == [None]
    with pytest.raises(LookupError) as raised:
        server.close()
    assert "in broken" in str(raised.value.__cause__)  # the place of the error in the message
    for fault in codeartifact._service.faults:
        fault.cancel()


# Disconnected clients, and a lack of descriptors


SERVING = """
import json, os, resource, socket, sys, time
from pytest_codeartifact import FakeCodeArtifact, pypi
fake = FakeCodeArtifact()
team = fake.add_domain("acme").add_repository("team")
team.add_package(pypi("big")).add_version("1.0", assets={"big.whl": bytes(10_000_000)})
with fake.serve() as server:
    if len(sys.argv) > 1:
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
    print(server.url, flush=True)
    for _ in sys.stdin:
        times = os.times()
        print(json.dumps({"cpu": times.user + times.system, "calls": len(fake.calls)}), flush=True)
"""


@pytest.fixture
def serving() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts processes with a server that print their own figures for each line of input, until the test ends."""
    started = []

    def serve(*arguments: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-X", "dev", "-c", SERVING, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        started.append(child)
        return child

    yield serve
    for child in started:
        child.kill()
        child.communicate()


def growth(child: subprocess.Popen[str]) -> Any:
    """The figures of a process about itself."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("\n")
    return json.loads(child.stdout.readline())


def address(child: subprocess.Popen[str]) -> tuple[str, int]:
    """The URL of the server of a process."""
    assert child.stdout is not None
    host, _, port = child.stdout.readline().strip().removeprefix("http://").partition(":")
    return host, int(port)


def test_clients_that_disconnect_at_any_byte_cause_no_output(serving: Any) -> None:
    child = serving()
    host, port = address(child)
    whole = f"POST /v1/domains HTTP/1.1\r\nHost: {host}:{port}\r\n{SIGNED}{JSON}Content-Length: 2\r\n\r\n{{}}".encode()
    for end in range(0, len(whole) + 1, 3):
        for linger in (b"", bytes([1, 0, 0, 0, 0, 0, 0, 0])):  # closed, or reset
            with socket.create_connection((host, port)) as connection:
                connection.sendall(whole[:end])
                if linger:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    with socket.create_connection((host, port)) as connection:
        connection.sendall(whole)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    _, err = child.communicate()

    assert (child.returncode, err) == (0, "")


def test_clients_that_disconnect_during_a_response_cause_no_output(serving: Any) -> None:
    child = serving()
    host, port = address(child)
    head = f"Host: {host}:{port}\r\n{SIGNED}\r\n"
    for _ in range(CROWD):
        with socket.create_connection((host, port)) as connection:
            connection.sendall(f"GET {ASSET} HTTP/1.1\r\n{head}".encode())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
    with socket.create_connection((host, port), LONGEST_WAIT) as connection:
        connection.sendall(f"POST /v1/domains HTTP/1.1\r\n{head}".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    _, err = child.communicate()

    assert (child.returncode, err) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_server_without_file_descriptors_closes_idle_connections_for_new_ones(serving: Any) -> None:
    child = serving("40")
    host, port = address(child)
    before = growth(child)
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(socket.create_connection((host, port), LONGEST_WAIT))
        # It is served although others keep their connections: the one that is idle for longest is closed.
        last = stack.enter_context(socket.create_connection((host, port), LONGEST_WAIT))
        last.sendall(f"POST /v1/domains HTTP/1.1\r\nHost: {host}:{port}\r\n{SIGNED}\r\n".encode())
        answer = last.recv(12)
    after = growth(child)
    _, err = child.communicate()

    assert answer == b"HTTP/1.1 200"
    assert after["cpu"] - before["cpu"] < 2  # in the seconds that it waited
    assert (child.returncode, err) == (0, "")


def test_a_slow_response_arrives_while_time_is_frozen(codeartifact: FakeCodeArtifact, another: Any) -> None:
    codeartifact.fail("ListDomains", slow(dt.timedelta(milliseconds=50)))

    with freezegun.freeze_time("2030-01-01"):
        assert another.list_domains()["domains"][0]["name"] == "acme"


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_forked_child_neither_stops_the_server_nor_keeps_it_open(codeartifact: FakeCodeArtifact) -> None:
    server = codeartifact.serve()
    host, _, port = server.url.removeprefix("http://").partition(":")
    context = multiprocessing.get_context("fork")
    ended = context.Event()

    def in_the_child() -> None:
        server.close()
        ended.wait(LONGEST_WAIT)

    with socket.create_connection((host, int(port)), LONGEST_WAIT) as connection:
        request = f"POST /v1/domains HTTP/1.1\r\nHost: {host}:{port}\r\n{SIGNED}\r\n".encode()
        connection.sendall(request)
        connection.recv(65536)
        child = context.Process(target=in_the_child)
        child.start()
        connection.sendall(request)
        assert connection.recv(12) == b"HTTP/1.1 200"
        assert Path(server.env["AWS_CONFIG_FILE"]).exists()

        server.close()  # while the child runs, which has inherited the sockets

        assert until_end(connection)[-1:] in (b"", b"}")
        with socket.socket() as probe:
            assert probe.connect_ex((host, int(port))) != 0
    ended.set()
    child.join()
    assert child.exitcode == 0


# Reports to the test


def test_a_warning_about_a_call_over_the_wire_names_the_operation_and_no_line(
    codeartifact_server: Server, team: Repository
) -> None:
    elsewhere = boto3.client("codeartifact", "eu-west-1", endpoint_url=codeartifact_server.url)

    received = "ListRepositoriesInDomain, called through the server: The call looked for domain 'acme'"
    with pytest.warns(UserWarning, match=received) as warned, pytest.raises(ClientError):
        elsewhere.list_repositories_in_domain(domain="acme")

    assert [warning.filename for warning in warned] == [codeartifact_server.url]


@pytest.mark.filterwarnings("error")
def test_a_warning_that_is_an_error_does_not_change_an_answer(codeartifact_server: Server, team: Repository) -> None:
    elsewhere = boto3.client("codeartifact", "eu-west-1", endpoint_url=codeartifact_server.url)

    with pytest.raises(ClientError, match="Domain not found"):
        elsewhere.list_repositories_in_domain(domain="acme")


def test_an_asset_whose_name_ends_with_a_blank_can_be_downloaded(another: Any, team: Repository) -> None:
    team.add_package(pypi("tool")).add_version("1.0", assets={"tool.whl ": b"content"})

    got = another.get_package_version_asset(
        **TEAM, format="pypi", package="tool", packageVersion="1.0", asset="tool.whl "
    )

    assert got["asset"].read() == b"content"


def test_server_can_be_named_without_the_extra() -> None:
    script = "import sys; sys.modules['h11'] = None; from pytest_codeartifact import *; print(Server.__name__)"

    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert child.stdout == "Server\n"
