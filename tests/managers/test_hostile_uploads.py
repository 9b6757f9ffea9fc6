"""Broken, wrong and incomplete uploads are refused for every format, and store nothing."""

from __future__ import annotations

import gzip
import io
import socket
import tracemalloc
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, pypi

from ..support.package_managers import Endpoint, Endpoints, basic, form

UPLOADS = {
    "cargo": ("PUT", "api/v1/crates/new"),
    "maven": ("PUT", "org/example/tool/maven-metadata.xml"),
    "npm": ("PUT", "tool"),
    "pypi": ("POST", ""),
    "ruby": ("POST", "api/v1/gems"),
}
"""The method and the path of an upload that has to be read, by format."""

WELL_FORMED = {":action": "file_upload", "name": "tool", "version": "1.0"}


def head(endpoint: Endpoint, length: str, *more: str) -> bytes:
    """The head of an upload that claims a length."""
    method, path = UPLOADS[endpoint.format]
    lines = (
        f"{method} {endpoint.path}{path} HTTP/1.1",
        f"Host: {endpoint.host}",
        f"Authorization: {basic(endpoint.token)}",
        length,
        *more,
    )
    return "\r\n".join((*lines, "", "")).encode()


def connected(endpoint: Endpoint) -> socket.socket:
    """A connection to the server."""
    host, port = endpoint.host.split(":")
    return socket.create_connection((host, int(port)), timeout=20)


@pytest.fixture
def untouched(codeartifact: FakeCodeArtifact, endpoint: Endpoint) -> Iterator[None]:
    """Fails a test that changes anything of the fake."""
    events = len(codeartifact.events)
    with codeartifact.unchanged():
        yield
    assert len(codeartifact.events) == events


@pytest.mark.rule("PM-34")
def test_an_upload_that_breaks_off_is_neither_stored_nor_recorded(
    codeartifact: FakeCodeArtifact, endpoint: Endpoint, untouched: None
) -> None:
    before = len(codeartifact.calls)

    with connected(endpoint) as connection:
        connection.sendall(head(endpoint, "Content-Length: 1000000") + b"x" * 1000)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""

    assert len(codeartifact.calls) == before


def test_an_upload_whose_length_is_too_large_is_refused_before_its_body(endpoint: Endpoint, untouched: None) -> None:
    with connected(endpoint) as connection:
        connection.sendall(head(endpoint, f"Content-Length: {6 * 1024**3}"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_an_upload_without_a_token_is_refused_before_its_body(endpoint: Endpoint, untouched: None) -> None:
    with connected(endpoint) as connection:
        connection.sendall(head(endpoint.with_token("none"), f"Content-Length: {5 * 1024**3}", "Expect: 100-continue"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 401 ")


def test_a_slow_upload_does_not_delay_others(endpoint: Endpoint, untouched: None) -> None:
    with connected(endpoint) as connection:
        connection.sendall(head(endpoint, f"Content-Length: {5 * 1024**3}") + b"x")

        assert endpoint.get("nothing/at/all/here").status == 404


@pytest.mark.rule("PM-6")
def test_a_chunked_body_is_read_like_any_other(pypi_endpoint: Endpoint, team: Repository) -> None:
    body, content_type = form(WELL_FORMED, "tool-1.0.tar.gz", b"sdist")
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:10], body[10:]))

    with connected(pypi_endpoint) as connection:
        connection.sendall(head(pypi_endpoint, "Transfer-Encoding: chunked", f"Content-Type: {content_type}"))
        connection.sendall(chunks + b"0\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")

    assert team.packages[pypi("tool")].versions["1.0"].assets["tool-1.0.tar.gz"] == b"sdist"


@pytest.mark.rule("PM-6")
def test_a_client_that_expects_100_continue_gets_it(pypi_endpoint: Endpoint, team: Repository) -> None:
    body, content_type = form(WELL_FORMED, "tool-1.0.tar.gz", b"sdist")

    with connected(pypi_endpoint) as connection:
        expecting = (f"Content-Type: {content_type}", "Expect: 100-continue")
        connection.sendall(head(pypi_endpoint, f"Content-Length: {len(body)}", *expecting))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.rule("PM-21")
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        *(
            (body, "multipart/form-data; boundary=limit-of-a-part")
            for body in (b"", b"x", b"\0" * 1000, b"{}", b"{" * 100_000, b"--limit-of-a-part--\r\n", b"\xff\xfe")
        ),
        (b"--limit-of-a-part--\r\n", ""),
        (b"{}", "application/json"),
    ],
)
def test_a_body_that_is_not_an_upload_is_refused(
    endpoint: Endpoint, untouched: None, body: bytes, content_type: str
) -> None:
    method, path = UPLOADS[endpoint.format]

    answered = endpoint(method, path, body, {"Content-Type": content_type})

    assert answered.status == 400


BOUNDARIES = {
    "none": "multipart/form-data",
    "empty": "multipart/form-data; boundary=",
    "another": "multipart/form-data; boundary=other",
    "quoted open": 'multipart/form-data; boundary="limit-of-a-part',
    "with a break": 'multipart/form-data; boundary="a\tb"',
    "another kind": "multipart/mixed; boundary=limit-of-a-part",
    "too long": f"multipart/form-data; boundary={'x' * 5000}",
}


@pytest.mark.rule("PY-13")
@pytest.mark.parametrize("content_type", BOUNDARIES.values(), ids=BOUNDARIES.keys())
def test_a_form_with_an_invalid_boundary_is_refused(
    pypi_endpoint: Endpoint, team: Repository, content_type: str
) -> None:
    body, _ = form(WELL_FORMED, "tool-1.0.tar.gz", b"sdist")

    assert pypi_endpoint("POST", "", body, {"Content-Type": content_type}).status == 400
    assert set(team.packages) == set()


@pytest.mark.rule("PY-13")
def test_a_form_that_ends_early_is_refused(pypi_endpoint: Endpoint, team: Repository) -> None:
    body, content_type = form(WELL_FORMED, "tool-1.0.tar.gz", b"sdist")
    whole = body.rindex(b"--limit-of-a-part--") + len(b"--limit-of-a-part--")

    answers = {pypi_endpoint("POST", "", body[:end], {"Content-Type": content_type}).status for end in range(whole)}

    assert answers == {400}
    assert set(team.packages) == set()


@pytest.mark.rule("PY-15")
@pytest.mark.parametrize(
    "file",
    ["../tool-1.0.tar.gz", "/etc/tool-1.0.tar.gz", "..\\tool-1.0.tar.gz", "tool-1.0.tar.gz\0.exe", "%2e/tool-1.0.zip",
     "tool-1.0.tar.gz ", "tool-1.0.", "-1.0.tar.gz", f"tool-1.0+{'x' * 300}.tar.gz"],
)  # fmt: skip
def test_an_invalid_file_name_is_refused(pypi_endpoint: Endpoint, team: Repository, file: str) -> None:
    body, content_type = form(WELL_FORMED, file, b"sdist")

    assert pypi_endpoint("POST", "", body, {"Content-Type": content_type}).status == 400
    assert set(team.packages) == set()


@pytest.mark.rule("PM-54", "V-8")
@pytest.mark.parametrize("odd", ["x" * 250, "\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\ue000"])
def test_a_file_name_that_the_api_does_not_allow_is_refused(endpoints: Endpoints, team: Repository, odd: str) -> None:
    body, content_type = form(WELL_FORMED, f"tool-1.0-py3-none-{odd}.whl", b"wheel")

    uploaded = endpoints("pypi")("POST", "", body, {"Content-Type": content_type})
    deployed = endpoints("maven")("PUT", f"org/example/tool/1.0/tool-1.0-{quote(odd)}.jar", b"jar")
    read = endpoints("maven").get(f"org/example/tool/1.0/tool-1.0-{quote(odd)}.jar")

    assert (uploaded.status, deployed.status, read.status) == (400, 400, 404)
    assert set(team.packages) == set()


@pytest.mark.rule("PM-6")
def test_a_compressed_body_is_refused(endpoint: Endpoint, untouched: None) -> None:
    method, path = UPLOADS[endpoint.format]

    answered = endpoint(method, path, gzip.compress(b"content"), {"Content-Encoding": "gzip"})

    assert answered.status == 415
    assert "'gzip'" in answered.text


@pytest.mark.rule("PM-52")
def test_a_zip_bomb_is_stored_and_listed_without_being_unpacked(pypi_endpoint: Endpoint, team: Repository) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("tool/data.bin", "tool-1.0.dist-info/METADATA"):
            with archive.open(name, "w") as member:
                for _ in range(64):
                    member.write(bytes(1024 * 1024))
    wheel = "tool-1.0-py3-none-any.whl"
    body, content_type = form(WELL_FORMED, wheel, bomb.getvalue())

    tracemalloc.start()
    uploaded = pypi_endpoint("POST", "", body, {"Content-Type": content_type})
    listed = pypi_endpoint.get("simple/tool/")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (uploaded.status, listed.status) == (200, 200)
    assert wheel in listed.text
    assert most < 32 * 1024**2


@pytest.mark.rule("PM-21")
def test_a_file_beyond_the_quota_is_refused(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    codeartifact.quotas.asset_bytes = 10
    body, content_type = form(WELL_FORMED, "tool-1.0.tar.gz", b"eleven byte")

    answered = pypi_endpoint("POST", "", body, {"Content-Type": content_type})

    assert answered.status == 402
    assert set(team.packages) == set()


@pytest.mark.rule("PM-34")
def test_files_that_are_uploaded_at_the_same_time_are_all_stored(pypi_endpoint: Endpoint, team: Repository) -> None:
    names = [f"tool-1.0-{number}-py3-none-any.whl" for number in range(20)]

    def upload(name: str) -> int:
        body, content_type = form(WELL_FORMED, name, name.encode() * 100_000)
        return pypi_endpoint("POST", "", body, {"Content-Type": content_type}).status

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(upload, names)) == {200}
    assert set(team.packages[pypi("tool")].versions["1.0"].assets) == set(names)
