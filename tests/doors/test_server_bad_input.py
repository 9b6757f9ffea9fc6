"""What no client sends on purpose: the server answers 4xx or hangs up, never shows its inside, and goes on serving."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_codeartifact import FakeCodeArtifact, Repository, Server, pypi
from pytest_codeartifact.doors.server.messages import response_head
from pytest_codeartifact.http import Response

pytest.importorskip("h11", reason="needs the extra 'server'")

SIGNED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/codeartifact/aws4_request, "
    f"SignedHeaders=host, Signature={64 * 'a'}\r\n"
)
DELETE = "DELETE /v1/package?domain=acme&repository=team&format=pypi&package=tool HTTP/1.1\r\n"

LONGEST_WAIT = 20
"""In seconds; nothing takes so long but a server that hangs."""


@pytest.fixture
def address(codeartifact_server: Server) -> tuple[str, int]:
    host, _, port = codeartifact_server.url.removeprefix("http://").partition(":")
    return host, int(port)


@pytest.fixture
def host(codeartifact_server: Server) -> str:
    """The header that leads to the server."""
    return f"Host: {codeartifact_server.url.removeprefix('http://')}\r\n"


@pytest.fixture(autouse=True)
def unharmed(codeartifact: FakeCodeArtifact, codeartifact_server: Server) -> Iterator[None]:
    """Whatever a test has sent has deleted nothing, and the next client is served."""
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_package(pypi("tool"), versions=["1.0"])
    yield
    assert pypi("tool") in team.packages
    client = boto3.client("codeartifact", endpoint_url=codeartifact_server.url)
    assert [domain["name"] for domain in client.list_domains()["domains"]] == ["acme"]


def exchange(address: tuple[str, int], sent: bytes | str, *, ends: bool = True) -> bytes:
    """What comes back until the server hangs up.

    :param ends: tell the server that nothing will follow.
    """
    received = b""
    with socket.create_connection(address, timeout=LONGEST_WAIT) as connection:
        try:
            connection.sendall(sent if isinstance(sent, bytes) else sent.encode("latin-1"))
            if ends:
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                received += part
        except (ConnectionResetError, BrokenPipeError):  # it has hung up already
            pass
    assert b"Traceback" not in received
    return received


def status(answer: bytes) -> int | None:
    """The status of an answer, None if there was none."""
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    assert found or not answer
    return int(found[1]) if found else None


CLOSE = "Connection: close\r\n"


@pytest.mark.parametrize(
    "line",
    [
        "DELETE",
        "DELETE /v1/package",
        "DELETE /v1/package HTTP/1.1 HTTP/1.1",
        "delete /v1/package HTTP/1.1",
        "DELETE  HTTP/1.1",
        "D\0LETE /v1/package HTTP/1.1",
        "DELETE /v1/pack\rage HTTP/1.1",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "{}",
        "PRI * HTTP/2.0",
        "POST /v1/domains HTTP/1.2",
        "GET /",
    ],
)
def test_a_malformed_request_line_is_a_bad_request(address: Any, host: str, line: str) -> None:
    assert status(exchange(address, f"{line}\r\n{host}{SIGNED}{CLOSE}\r\n")) == 400


@pytest.mark.parametrize(
    "header",
    [
        "no colon",
        "Name : blank before the colon",
        ": no name",
        "X-Folded: a\r\n b: c\0d",
        "X-Nul: a\0b",
        "X-Bare: a\rb",
        "Content-Length: -1",
        "Content-Length: +1",
        "Content-Length: 0x1",
        "Content-Length: one",
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: \x0bchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
        f"Content-Length: {'9' * 5000}",
        f"Content-Length: {'0' * 5000}",
        "Content-Length: ",
        "Content-Length: 0, 1",
    ],
)
def test_a_malformed_header_is_refused(address: Any, host: str, header: str) -> None:
    refused = status(exchange(address, f"{DELETE}{host}{SIGNED}{header}\r\n{CLOSE}\r\n"))

    assert refused in (400, 413, 501)


@pytest.mark.parametrize(
    "chunk", ["x\r\n", "-1\r\n", "5\r\nab\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n", "ffffffffffffffff\r\n"]
)
def test_malformed_chunks_are_refused_or_close_the_connection(address: Any, host: str, chunk: str) -> None:
    answer = exchange(address, f"{DELETE}{host}{SIGNED}Transfer-Encoding: chunked\r\n{CLOSE}\r\n{chunk}")

    assert status(answer) in (None, 400, 413)


@pytest.mark.parametrize(
    "huge",
    [
        f"{DELETE}X: {'x' * 100_000}\r\n\r\n",
        f"{DELETE}{'X: x' * 50_000}",
        f"DELETE /{'x' * 100_000} HTTP/1.1\r\n\r\n",
        "".join([DELETE, *(f"X-{number}: x\r\n" for number in range(10_000)), "\r\n"]),
    ],
    ids=["a long header", "a header without end", "a long path", "many headers"],
)
def test_huge_headers_are_refused_or_close_the_connection(address: Any, huge: str) -> None:
    assert status(exchange(address, huge, ends=False)) in (None, 431)  # None: hung up before all of it was sent


@pytest.mark.parametrize(
    "path",
    [
        "/../v1/package",
        "/v1/../v1/package",
        "/v1/./package",
        "//v1/package",
        "/v1//package",
        "/v1/package/",
        "/v1/package%00",
        "/v1/%70ackage",
        "/v1%2fpackage",
        "/v1\\package",
        "/V1/package",
        "/v1/package;a=b",
        "/v1/package#fragment",
        "/etc/passwd",
        "*",
        "v1/package",
        "http:/v1/package",
        "//[/v1/package",
        "http://[/v1/package",
    ],
)
def test_another_spelling_of_a_path_is_refused(address: Any, host: str, path: str) -> None:
    line = f"DELETE {path}?domain=acme&repository=team&format=pypi&package=tool HTTP/1.1\r\n"

    assert status(exchange(address, f"{line}{host}{SIGNED}{CLOSE}\r\n")) in (None, 400, 403)


@pytest.mark.parametrize("method", ["BREW", "PATCH", "TRACE", "OPTIONS", "HEAD", "CONNECT", "PUT", "X" * 1000])
def test_unknown_methods_are_refused(address: Any, host: str, method: str) -> None:
    line = DELETE.replace("DELETE", method)

    assert status(exchange(address, f"{line}{host}{SIGNED}{CLOSE}\r\n")) == 400


def test_the_response_to_head_has_no_body(address: Any, host: str) -> None:
    head = DELETE.replace("DELETE", "HEAD")

    answer = exchange(address, f"{head}{host}{SIGNED}\r\n{head}{host}{SIGNED}{CLOSE}\r\n")

    assert answer.count(b"HTTP/1.1 400") == 2
    assert b"{" not in answer


def test_the_error_for_a_malformed_request_has_a_body_also_after_a_head(address: Any, host: str) -> None:
    head = DELETE.replace("DELETE", "HEAD")

    assert exchange(address, f"{head}{host}{SIGNED}\r\n\x01\r\n\r\n").endswith(b"\r\n\r\n400 Bad Request\n")


def test_a_request_for_another_protocol_is_answered_in_http(address: Any, host: str) -> None:
    upgrade = f"POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    next_one = f"POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}{CLOSE}\r\n"

    assert exchange(address, f"{upgrade}{next_one}", ends=False).count(b"HTTP/1.1 200") == 2


def test_a_response_header_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        response_head(
            Response(200, {"content-length": "0", "x-assetname": "a\r\nset-cookie: b"}, b""), closes_after=False
        )


@pytest.mark.parametrize(
    "wrong",
    [
        "Host: \r\n",
        "Host: evil.example\r\n",
        "Host: localhost:{port}\r\n",
        "Host: 127.0.0.1\r\n",
        "Host: 127.0.0.1:1\r\n",
        "Host: 127.0.0.1:{port}.evil.example\r\n",
        "Host: evil.example@127.0.0.1:{port}\r\n",
    ],
)
def test_another_host_is_denied(address: Any, codeartifact: FakeCodeArtifact, wrong: str) -> None:
    named = wrong.format(port=address[1])

    assert status(exchange(address, f"{DELETE}{named}{SIGNED}{CLOSE}\r\n")) == 403
    assert codeartifact.calls == []


@pytest.mark.parametrize(
    "hosts", ["", "X-Forwarded-Host: 127.0.0.1:{port}\r\n", "Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n"]
)
def test_a_request_without_one_host_is_a_bad_request(address: Any, codeartifact: FakeCodeArtifact, hosts: str) -> None:
    named = hosts.format(port=address[1])

    assert status(exchange(address, f"{DELETE}{named}{SIGNED}{CLOSE}\r\n")) == 400  # as RFC 9112 has it
    assert status(exchange(address, f"{DELETE.replace('1.1', '1.0')}X: y\r\n{SIGNED}\r\n")) == 403
    assert codeartifact.calls == []


def test_the_host_of_an_absolute_url_has_precedence_over_the_header(
    address: Any, host: str, codeartifact: FakeCodeArtifact
) -> None:
    here = f"http://{address[0]}:{address[1]}"
    listing = "POST {}/v1/domains HTTP/1.1\r\n{}" + SIGNED + CLOSE + "\r\n"

    assert status(exchange(address, listing.format("http://evil.example", host))) == 403
    assert codeartifact.calls == []
    assert status(exchange(address, listing.format(here, "Host: evil.example\r\n"))) == 200
    assert codeartifact.calls.operations == ["ListDomains"]


def test_a_connection_whose_body_is_shorter_than_its_length_is_closed(address: Any, host: str) -> None:
    assert exchange(address, f"POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}Content-Length: 9\r\n\r\n{{}}") == b""


def test_a_body_longer_than_its_length_is_not_a_second_request(address: Any, host: str) -> None:
    posted = f"POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"

    answers = exchange(address, f"{posted}{{}}garbage\r\n\r\n", ends=False)

    assert re.findall(rb"HTTP/1\.[01] (\d{3})", answers) == [b"200", b"400"]


def test_the_connection_of_a_silent_client_is_closed(address: Any, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_codeartifact.doors.server.connection._REQUEST_TIMEOUT", 1)  # not ten
    unfinished = ["", "DEL", f"{DELETE}{host}", f"{DELETE}{host}{SIGNED}Content-Length: 9\r\n\r\n{{}}"]

    with ExitStack() as stack:
        connections = [stack.enter_context(socket.create_connection(address, LONGEST_WAIT)) for _ in unfinished]
        for connection, sent in zip(connections, unfinished, strict=True):
            connection.sendall(sent.encode())
        answers = [connection.recv(1) for connection in connections]

    assert answers == [b""] * len(unfinished)


def test_a_slow_client_delays_no_other(codeartifact_server: Server, address: Any, host: str) -> None:
    client = boto3.client("codeartifact", endpoint_url=codeartifact_server.url)
    request = f"POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}{CLOSE}\r\n".encode()

    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(address, LONGEST_WAIT)) for _ in range(30)]
        for at in range(len(request)):
            for connection in slow:
                connection.sendall(request[at : at + 1])
            if at % 20 == 0:
                client.list_domains()
        answers = [connection.recv(12) for connection in slow]

    assert answers == [b"HTTP/1.1 200"] * 30


def test_a_client_that_does_not_read_delays_no_other(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, address: Any, host: str
) -> None:
    team: Repository = codeartifact.repository("acme", "team")
    team.add_package(pypi("big")).add_version("1.0", assets={"big.whl": bytes(30_000_000)})
    asset = "domain=acme&repository=team&format=pypi&package=big&version=1.0&asset=big.whl"
    client = boto3.client("codeartifact", endpoint_url=codeartifact_server.url)

    with ExitStack() as stack:
        for _ in range(8):
            connection = stack.enter_context(socket.create_connection(address, LONGEST_WAIT))
            connection.sendall(f"GET /v1/package/version/asset?{asset} HTTP/1.1\r\n{host}{SIGNED}\r\n".encode())
        names = [domain["name"] for domain in client.list_domains()["domains"]]
        reader = stack.enter_context(socket.create_connection(address, LONGEST_WAIT))
        reader.sendall(f"GET /v1/package/version/asset?{asset} HTTP/1.1\r\n{host}{SIGNED}{CLOSE}\r\n".encode())
        read = sum(len(part) for part in iter(lambda: reader.recv(1_000_000), b""))

    assert names == ["acme"]
    assert read > 30_000_000


def test_a_thousand_connections_are_served(codeartifact_server: Server, address: Any, host: str) -> None:
    client = boto3.client("codeartifact", endpoint_url=codeartifact_server.url)
    request = f"POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}\r\n".encode()

    with ExitStack() as stack:
        connections = [stack.enter_context(socket.create_connection(address, LONGEST_WAIT)) for _ in range(1000)]
        names = [domain["name"] for domain in client.list_domains()["domains"]]
        for connection in connections:
            connection.sendall(request)
        answers = {connection.recv(12) for connection in connections}

    assert names == ["acme"]
    assert answers == {b"HTTP/1.1 200"}


def test_pipelined_requests_are_answered_in_order(address: Any, host: str) -> None:
    requests = [f"POST /v1/domain{'s' * (number % 2)} HTTP/1.1\r\n{host}{SIGNED}\r\n" for number in range(10)]

    answers = exchange(
        address, f"{''.join(requests)}POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}{CLOSE}\r\n", ends=False
    )

    assert re.findall(rb"HTTP/1\.[01] (\d{3})", answers) == [b"400", b"200"] * 5 + [b"200"]


@pytest.mark.hypothesis
@given(data=st.data())
def test_any_bytes_get_a_response(address: Any, host: str, data: st.DataObject) -> None:
    whole = f"POST /v1/domains HTTP/1.1\r\n{host}{SIGNED}Content-Length: 2\r\n\r\n{{}}".encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    sent = whole[:start] + data.draw(st.binary(max_size=200)) + whole[end:]

    began = time.monotonic()
    code = status(exchange(address, sent))

    assert code is None or code == 200 or 400 <= code < 500 or code == 501
    assert time.monotonic() - began < LONGEST_WAIT
