"""The page at `/`: its contents and its security. The server runs in this process."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from html.parser import HTMLParser
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_codeartifact import FakeCodeArtifact, Server, generic, pypi
from pytest_codeartifact.fake import service_of, start_server
from pytest_codeartifact.serving.exchanges import Exchange
from pytest_codeartifact.serving.watched_server import WatchedServer

HTML = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def reported() -> list[Exchange]:
    """The exchanges of the server."""
    return []


@pytest.fixture
def server(codeartifact: FakeCodeArtifact, reported: list[Exchange]) -> Iterator[WatchedServer]:
    """The server that `serve` runs."""
    with start_server(service_of(codeartifact), partial(WatchedServer, report=reported.append), 0) as server:
        yield server


@pytest.fixture
def wired(server: WatchedServer) -> Any:
    """A client that uses it."""
    return boto3.client("codeartifact", endpoint_url=server.url)


def get(server: Server, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request(method, path, headers={**HTML, **headers})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


class _Reader(HTMLParser):
    """Collects the elements and the text of a page as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def text_of(page: str) -> str:
    return " ".join(_Reader(page).text.split())


def test_the_page_shows_the_state(codeartifact: FakeCodeArtifact, server: WatchedServer) -> None:
    acme = codeartifact.add_domain("acme")
    store = acme.add_repository("store", external_connection="public:pypi")
    tool = acme.add_repository("team", upstreams=[store]).add_package(pypi("tool"))
    tool.add_version("1.0", status="Archived")
    codeartifact.add_domain("theirs", account="111122223333", region="eu-west-1")

    status, headers, page = get(server)

    shown = text_of(page)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    for expected in (
        "2 domains, 2 repositories, 1 package",
        "acme account 123456789012, us-east-1",
        "store 0 packages; upstream: public:pypi",
        "team 1 package; upstream: store",
        "pypi('tool') 1 version 1.0 Archived",
        "theirs account 111122223333, eu-west-1",
        f"env {server.port}",
    ):
        assert expected in shown


def test_the_page_shows_the_last_calls_first(server: WatchedServer, wired: Any, reported: list[Exchange]) -> None:
    wired.create_domain(domain="acme")
    wired.list_domains()

    shown = text_of(get(server)[2])

    assert "2 requests" in shown
    assert shown.index("ListDomains") < shown.index("CreateDomain")
    assert [exchange.operation for exchange in reported] == ["CreateDomain", "ListDomains"]


def test_requests_of_package_managers_are_reported_without_their_token(
    codeartifact: FakeCodeArtifact, server: WatchedServer, wired: Any, reported: list[Exchange]
) -> None:
    codeartifact.add_domain("acme").add_repository("team").add_package(pypi("tool"), versions=["1.0"])
    token = wired.get_authorization_token(domain="acme")["authorizationToken"]
    simple = "/pypi/d/acme-123456789012/team/simple"

    get(server, f"{simple}/tool/", authorization=f"Bearer {token}")
    get(server, f"{simple}/tool/", authorization="Bearer wrong")

    assert [(exchange.status, exchange.operation, exchange.about) for exchange in reported[1:]] == [
        (200, "ReadFromRepository", "acme/team  pypi('tool')  via pypi"),
        (401, f"GET {simple}/tool/", ""),
    ]
    assert token not in get(server)[2]


def test_requests_for_the_page_are_not_recorded(
    server: WatchedServer, codeartifact: FakeCodeArtifact, reported: list[Exchange]
) -> None:
    get(server)

    assert "0 requests" in text_of(get(server)[2])
    assert (reported, list(codeartifact.calls)) == ([], [])


HOSTILE = ("<script>alert(1)", "\"'>&lt;<b/onload=x>".replace("/", "_"), "<svg/onload=1>".replace("/", "_"))


def test_html_in_names_is_shown_as_text(codeartifact: FakeCodeArtifact, server: WatchedServer, wired: Any) -> None:
    at_first = {tag for tag, _ in _Reader(get(server)[2]).elements}
    namespace, name, version = HOSTILE
    codeartifact.add_domain("acme").add_repository("team").add_package(generic(namespace, name), versions=[version])
    wired.delete_package(domain="acme", repository="team", format="generic", namespace=namespace, package=name)
    codeartifact.repository("acme", "team").add_package(generic(namespace, name), versions=[version])
    get(server, "/<img src=x onerror=alert(1)>".replace(" ", "+"))

    page = _Reader(get(server)[2])

    ours = ["details", "summary", "strong", "span", "ul", "li", "div", "table", "tr", "th", "td"]
    assert {tag for tag, _ in page.elements} - at_first <= set(ours)
    attributes = {name for _, given in page.elements for name in given}
    assert attributes - {"lang", "charset", "name", "content", "rel", "href"} <= {
        "id",
        "class",
        "role",
        "data-key",
        "open",
    }
    assert repr(generic(namespace, name)) in page.text
    assert version in page.text


def test_the_content_security_policy_allows_the_pages_own_style_and_script_only(server: WatchedServer) -> None:
    _, headers, page = get(server)

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    ours = {name: re.findall(rf"<{name}>(.*?)</{name}>", page, re.S) for name in ("style", "script")}
    hashes = {
        name: [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts]
        for name, texts in ours.items()
    }
    assert policy == {
        "default-src": "'none'",
        "style-src": hashes["style"][0],
        "script-src": hashes["script"][0],
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert [len(found) for found in hashes.values()] == [1, 1]
    assert "http" not in "".join(ours["script"])
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_shows_no_tokens(server: WatchedServer, wired: Any, reported: list[Exchange]) -> None:
    wired.create_domain(domain="acme")
    wired.create_repository(domain="acme", repository="one")
    wired.create_repository(domain="acme", repository="two")
    token = wired.get_authorization_token(domain="acme")["authorizationToken"]
    page_token = wired.list_repositories(maxResults=1)["nextToken"]
    wired.list_repositories(maxResults=1, nextToken=page_token)
    get(server, "/?X-Amz-Security-Token=secret")

    everything = get(server)[2] + "".join(map(str, reported))

    assert [secret for secret in (token, page_token, "secret") if secret in everything] == []


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1"])
def test_a_request_with_another_host_is_refused(server: WatchedServer, host: str) -> None:
    """So no website can read it that lets a name of its own resolve to this machine."""
    status, headers, page = get(server, host=host)

    assert status == 403
    assert headers["content-type"] == "application/json"
    assert "This is 127.0.0.1" in page


@pytest.mark.parametrize(
    ("path", "method", "accept"),
    [
        ("/", "POST", "text/html"),
        ("/", "DELETE", "text/html"),
        ("/", "HEAD", "text/html"),
        ("/", "GET", "*/*"),
        ("/", "GET", "application/json"),
        ("/index.html", "GET", "text/html"),
        ("/?a=b", "GET", "text/html"),
        ("//", "GET", "text/html"),
    ],
)
def test_other_paths_methods_and_media_types_do_not_get_the_page(
    server: WatchedServer, path: str, method: str, accept: str
) -> None:
    status, headers, _ = get(server, path, method, accept=accept)

    assert (status, headers["content-type"]) == (403, "application/json")


def test_a_server_of_a_test_has_no_page(codeartifact_server: Server) -> None:
    assert get(codeartifact_server)[0] == 403


def test_a_large_state_is_shown_in_part(codeartifact: FakeCodeArtifact, server: WatchedServer) -> None:
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_packages([pypi(f"tool-{number:04}") for number in range(1234)], versions=["1.0"])
    team.add_package(pypi("many"), versions=[f"1.{number}" for number in range(150)])

    shown = text_of(get(server)[2])

    assert "team 1,235 packages" in shown
    assert "and 1,135 more" in shown
    assert "and 50 more" in shown
    assert "tool-0099" not in shown


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ({"domain": "acm", "repository": "team"}, "Did you mean 'acme'?"),
        ({"domain": "acme", "repository": "taem"}, "Did you mean 'team'?"),
        ({"domain": "acme", "repository": "team", "packagePrefix": "tol"}, "Did you mean 'too'?"),
    ],
)
def test_the_line_of_a_failed_request_has_a_suggestion(
    codeartifact: FakeCodeArtifact, wired: Any, reported: list[Exchange], asked: dict[str, str], hint: str
) -> None:
    codeartifact.add_domain("acme").add_repository("team").add_package(pypi("tool"))

    with suppress(ClientError):
        wired.list_packages(**asked)

    assert hint in reported[0].outcome


JUNK = [
    5,
    "text",
    None,
    {},
    [1, None, {"a": []}],
    {"versions": 5},
    {"versions": {"a": 1}},
    {"versions": [[1], 2, None]},
]


@pytest.mark.parametrize("body", JUNK, ids=str)
def test_a_request_of_any_content_has_a_line(server: WatchedServer, reported: list[Exchange], body: object) -> None:
    signature = "AKIA/20260101/us-east-1/codeartifact/aws4_request, SignedHeaders=host, Signature=" + 64 * "a"
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    where = "domain=acme&repository=team&format=pypi&package=tool&namespace=%00"
    headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={signature}"}
    connection.request("POST", f"/v1/package/versions/delete?{where}", json.dumps(body), headers)

    status = connection.getresponse().status
    connection.close()

    assert [exchange.status for exchange in reported] == [status]
    assert str(reported[0]).isprintable()
