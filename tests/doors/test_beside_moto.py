"""With each mode of moto, calls of CodeArtifact reach the fake, and calls of other services reach moto."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.moto_proxy.proxy3 import ProxyRequestHandler
from moto.server import ThreadedMotoServer

from pytest_codeartifact import FakeCodeArtifact, Repository, pypi

from ..support.acme import clean_up

MADE_AT_IMPORT = boto3.client("codeartifact", region_name="us-east-1")
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}


def report(s3: Any) -> bytes:
    """Code under test that also uses S3: it stores a report in a bucket, and returns the stored text."""
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key="deleted", Body=b"old")
    content: bytes = s3.get_object(Bucket="reports", Key="deleted")["Body"].read()
    return content


@pytest.fixture
def team(team: Repository) -> Repository:
    """The repository, with a package to delete."""
    team.add_packages([pypi("old"), pypi("new")])
    return team


@pytest.mark.parametrize("moto_first", [True, False], ids=["moto first", "the fake first"])
@pytest.mark.parametrize("made_at_import", [True, False], ids=["client made at import", "client made here"])
def test_moto_and_the_fake_answer_their_own_services(moto_first: bool, made_at_import: bool) -> None:
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    team.add_packages([pypi("old"), pypi("new")])
    contexts: list[Any] = [mock_aws(), fake] if moto_first else [fake, mock_aws()]

    with contexts[0], contexts[1]:
        clean_up(MADE_AT_IMPORT if made_at_import else boto3.client("codeartifact", region_name="us-east-1"))
        reported = report(boto3.client("s3", region_name="us-east-1"))

    assert team.deleted == {pypi("old")}
    assert reported == b"old"


def test_moto_and_the_fake_may_end_in_any_order() -> None:
    fake, moto = FakeCodeArtifact(), mock_aws()
    fake.add_domain("acme")
    moto.start()
    fake.open()
    moto.stop()
    without_moto = MADE_AT_IMPORT.list_domains()["domains"]
    moto.start()
    fake.close()
    without_the_fake = boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"]
    moto.stop()

    assert [domain["name"] for domain in without_moto] == ["acme"]
    assert without_the_fake == []


@mock_aws
def test_moto_may_decorate_a_test_with_the_fixture(team: Repository) -> None:
    clean_up(boto3.client("codeartifact"))
    reported = report(boto3.client("s3", region_name="us-east-1"))

    assert team.deleted == {pypi("old")}
    assert reported == b"old"


def test_moto_may_decorate_a_function_within_a_test(team: Repository) -> None:
    @mock_aws
    def decorated() -> bytes:
        clean_up(boto3.client("codeartifact"))
        return report(boto3.client("s3", region_name="us-east-1"))

    reported = decorated()

    assert team.deleted == {pypi("old")}
    assert reported == b"old"


@pytest.fixture
def moto_server() -> Iterator[str]:
    """moto's server."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_the_fake_answers_clients_that_point_at_the_server_of_moto(team: Repository, moto_server: str) -> None:
    clean_up(boto3.client("codeartifact", endpoint_url=moto_server))
    reported = report(boto3.client("s3", endpoint_url=moto_server, **KEYS))

    assert team.deleted == {pypi("old")}
    assert reported == b"old"


def test_the_fake_answers_when_the_environment_points_at_the_server_of_moto(
    team: Repository, moto_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server)

    clean_up(boto3.client("codeartifact"))
    reported = report(boto3.client("s3", **KEYS))

    assert team.deleted == {pypi("old")}
    assert reported == b"old"


class Proxy(ThreadingHTTPServer):
    """moto's proxy, which records its requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ProxyRequestHandler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.connections = 0

    def process_request(self, *arguments: Any) -> None:
        self.connections += 1
        super().process_request(*arguments)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])  # seconds until it sees its shutdown
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def by_config(proxy: Proxy, _: pytest.MonkeyPatch) -> Config:
    return Config(proxies={"http": proxy.url, "https": proxy.url})


def by_environment(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Config:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, proxy.url)
    return Config()


@pytest.mark.parametrize("configure", [by_config, by_environment])
def test_calls_to_the_fake_do_not_go_through_the_proxy_of_moto(
    team: Repository,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    configure: Callable[[Proxy, pytest.MonkeyPatch], Config],
) -> None:
    config = configure(proxy, monkeypatch)

    clean_up(boto3.client("codeartifact", config=config))
    connections = proxy.connections
    reported = report(boto3.client("s3", config=config, use_ssl=False, **KEYS))

    assert team.deleted == {pypi("old")}
    assert connections == 0
    assert reported == b"old"
    assert proxy.connections > 0


IN_A_MODE = """
import threading
import boto3
import pytest
from http.server import ThreadingHTTPServer
from moto import mock_aws
from moto.moto_proxy.proxy3 import ProxyRequestHandler
from moto.server import ThreadedMotoServer

@pytest.fixture(autouse=True)
def mode(monkeypatch):
    {start}
    yield
    server.{stop}()

@pytest.mark.parametrize("config", [{{}}, {{"config": boto3.session.Config(read_timeout=7)}}])
def test_it(codeartifact, config):
    codeartifact.add_domain("acme")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", use_ssl=False)
        s3.create_bucket(Bucket="reports")
        buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
        client = boto3.client("codeartifact", **config)
        domains = [domain["name"] for domain in client.list_domains()["domains"]]
    assert (buckets, domains) == (["reports"], ["acme"])
    assert codeartifact.calls.operations == ["ListDomains"]
"""

SERVER_MODE = """
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    monkeypatch.setenv("TEST_SERVER_MODE_ENDPOINT", "http://%s:%s" % server.get_host_and_port())
"""

PROXY_MODE = """
    server = ThreadingHTTPServer(("127.0.0.1", 0), ProxyRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("MOTO_PROXY_PORT", str(server.server_port))
"""


@pytest.mark.parametrize(
    ("variable", "start", "stop"),
    [("TEST_SERVER_MODE", SERVER_MODE, "stop"), ("TEST_PROXY_MODE", PROXY_MODE, "server_close")],
    ids=["server", "proxy"],
)
def test_the_fake_answers_in_the_server_and_proxy_modes_of_moto(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, variable: str, start: str, stop: str
) -> None:
    monkeypatch.setenv(variable, "true")
    pytester.makepyfile(IN_A_MODE.format(start=start.strip(), stop=stop))

    pytester.runpytest_subprocess("-p", "no:asyncio").assert_outcomes(passed=2)
