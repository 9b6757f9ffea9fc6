"""With other tools that replace HTTP, calls of CodeArtifact reach the fake, and other requests reach the tool."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import boto3
import pytest
import requests
import requests_mock
import responses
import vcr
from botocore.stub import Stubber
from pytest_httpserver import HTTPServer

from pytest_codeartifact import FakeCodeArtifact, Repository, pypi

from ..support.acme import clean_up

MADE_AT_IMPORT = boto3.client("codeartifact", region_name="us-east-1")
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}


@pytest.fixture
def team(team: Repository) -> Repository:
    """The repository, with a package to delete."""
    team.add_packages([pypi("old"), pypi("new")])
    return team


# Stubber


def test_a_stubber_answers_for_another_service_beside_the_fake(team: Repository) -> None:
    sts = boto3.client("sts", **KEYS)

    with Stubber(sts) as stubber:
        stubber.add_response("get_caller_identity", {"Account": "210987654321"})
        account = sts.get_caller_identity()["Account"]
        clean_up(MADE_AT_IMPORT)

    assert account == "210987654321"
    assert team.deleted == {pypi("old")}


@pytest.mark.parametrize("made", ["before the fake", "with the fake"])
def test_a_stubber_on_a_client_has_precedence_as_long_as_it_is_active(made: str) -> None:
    client = boto3.client("codeartifact", region_name="us-east-1") if made == "before the fake" else None
    with FakeCodeArtifact() as fake:
        fake.add_domain("acme")
        client = client or boto3.client("codeartifact")

        with Stubber(client) as stubber:
            stubber.add_response("list_domains", {"domains": [{"name": "stubbed"}]})
            stubbed = client.list_domains()["domains"]
        calls = len(fake.calls)
        after = client.list_domains()["domains"]

    assert (stubbed[0]["name"], after[0]["name"]) == ("stubbed", "acme")
    assert calls == 0


def test_a_stubber_without_responses_fails_as_usual(codeartifact: FakeCodeArtifact) -> None:
    client = boto3.client("codeartifact")

    with Stubber(client), pytest.raises(Exception, match="Unexpected API Call"):
        client.list_domains()

    assert codeartifact.calls == []


# Tools that replace HTTP libraries


def test_a_cassette_of_vcr_records_only_http_requests(team: Repository, tmp_path: Path) -> None:
    with HTTPServer() as server, vcr.use_cassette(str(tmp_path / "cassette.yaml")):
        server.expect_request("/report").respond_with_data("reported")
        with urllib.request.urlopen(server.url_for("/report")) as answer:
            reported = answer.read()
        clean_up(MADE_AT_IMPORT)
        clean_up(boto3.client("codeartifact"))

    assert reported == b"reported"
    assert team.deleted == {pypi("old")}
    cassette = (tmp_path / "cassette.yaml").read_text()
    assert "/report" in cassette
    assert "/v1/" not in cassette


@pytest.mark.parametrize("mode", ["none", "once", "new_episodes", "all"])
def test_no_cassette_is_needed_or_written_for_the_fake(team: Repository, tmp_path: Path, mode: str) -> None:
    with vcr.use_cassette(str(tmp_path / "cassette.yaml"), record_mode=mode):
        clean_up(boto3.client("codeartifact"))

    assert team.deleted == {pypi("old")}
    assert list(tmp_path.iterdir()) == []


def test_the_library_responses_works_beside_the_fake(team: Repository) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mocked:
        mocked.get("https://hooks.example/deleted", body="answer")
        clean_up(boto3.client("codeartifact"))
        answer = requests.get("https://hooks.example/deleted", timeout=5).text

    assert answer == "answer"
    assert team.deleted == {pypi("old")}


def test_requests_mock_works_beside_the_fake(team: Repository) -> None:
    with requests_mock.Mocker() as mocked:
        mocked.get("https://hooks.example/deleted", text="answer")
        clean_up(boto3.client("codeartifact"))
        answer = requests.get("https://hooks.example/deleted", timeout=5).text

    assert answer == "answer"
    assert mocked.call_count == 1
    assert team.deleted == {pypi("old")}


# Plugins of pytest

SOCKETS = """
import socket
import boto3
import pytest

client = boto3.client("codeartifact", region_name="us-east-1")

def test_ours(codeartifact):
    codeartifact.add_domain("acme")
    assert client.list_domains()["domains"][0]["name"] == "acme"
    assert boto3.client("codeartifact").list_domains()["domains"][0]["name"] == "acme"

def test_sockets_are_refused(codeartifact):
    with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="socket"):
        socket.socket()
"""


def test_the_fake_works_while_pytest_socket_disables_sockets(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SOCKETS)

    result = pytester.runpytest_subprocess("-p", "socket", "-p", "no:asyncio", "--disable-socket")

    result.assert_outcomes(passed=2)


HTTP_SERVER = """
import boto3
from botocore.config import Config

def test_it(codeartifact, httpserver):
    codeartifact.add_domain("acme")
    httpserver.expect_request("/bucket/key").respond_with_data("theirs")
    ours = boto3.client("codeartifact", endpoint_url=httpserver.url_for("/"))
    theirs = boto3.client("s3", endpoint_url=httpserver.url_for("/"), region_name="us-east-1",
                          aws_access_key_id="x", aws_secret_access_key="x")

    assert ours.list_domains()["domains"][0]["name"] == "acme"
    assert theirs.get_object(Bucket="bucket", Key="key")["Body"].read() == b"theirs"
    assert [request.path for request, _ in httpserver.log] == ["/bucket/key"]

def test_without_the_fake(httpserver):
    httpserver.expect_request("/v1/domains").respond_with_json({"domains": [{"name": "theirs"}]})
    client = boto3.client("codeartifact", endpoint_url=httpserver.url_for("/"), region_name="us-east-1",
                          aws_access_key_id="x", aws_secret_access_key="x")

    assert client.list_domains()["domains"][0]["name"] == "theirs"
"""


def test_pytest_httpserver_works_beside_the_fake(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HTTP_SERVER)

    result = pytester.runpytest_subprocess("-p", "pytest_httpserver", "-p", "no:asyncio")

    result.assert_outcomes(passed=2)
