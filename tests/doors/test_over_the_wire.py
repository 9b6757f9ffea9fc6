"""Signed requests of boto3 to a server of a fake, from this process and from child processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    InternalServerException,
    Repository,
    ServiceError,
    ThrottlingException,
    cut_short,
    generic,
    npm,
    pypi,
)
from pytest_codeartifact.doors.server import Server

from ..support.acme import ACCOUNT, TEAM
from ..support.environments import ENVIRONMENTS

THEIRS = "210987654321"

Child = Callable[..., Any]


@pytest.fixture
def child(codeartifact_server: Server) -> Child:
    """Runs Python in another process, with the environment of the server, and returns what it prints, from JSON."""

    def run(code: str, *, developer: Mapping[str, str] | None = None, **variables: str) -> Any:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {**own, **(developer or {}), **codeartifact_server.env, **variables}
        start = "import json, boto3\nfrom botocore.config import Config\n"
        command = [sys.executable, "-c", start + textwrap.dedent(code)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return run


def client_of(server: Server, key: str = "AKIAANY", region: str = "us-east-1", **more: Any) -> Any:
    """A client of this process that sends its requests to the server."""
    keys = {"aws_access_key_id": key, "aws_secret_access_key": "any"}
    return boto3.client("codeartifact", region_name=region, endpoint_url=server.url, **keys, **more)


def test_calls_of_this_process_are_signed_and_arrive(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, team: Repository
) -> None:
    team.add_packages([pypi("old"), pypi("new")], versions=["1.0.0"])
    client = client_of(codeartifact_server)
    sent: list[str] = []
    client.meta.events.register(
        "before-send.codeartifact", lambda request, **_: sent.append(request.headers["Authorization"].decode())
    )

    deleted = client.delete_package(**TEAM, format="pypi", package="old")

    assert deleted["deletedPackage"]["package"] == "old"
    assert team.deleted == {pypi("old")}
    (authorization,) = sent
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIAANY/")
    assert "/us-east-1/codeartifact/aws4_request" in authorization


def test_the_access_key_identifies_the_account_and_the_signature_the_region(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server
) -> None:
    codeartifact.register_access_key("AKIATHEIRS", account=THEIRS)

    client_of(codeartifact_server, "AKIATHEIRS", "eu-west-1").create_domain(domain="theirs")
    client_of(codeartifact_server, "AKIAANY", "eu-west-1").create_domain(domain="ours")

    assert [(call.account, call.region) for call in codeartifact.calls] == [
        (THEIRS, "eu-west-1"),
        (ACCOUNT, "eu-west-1"),
    ]
    assert list(codeartifact.at(THEIRS, "eu-west-1").domains) == ["theirs"]
    assert list(codeartifact.at(region="eu-west-1").domains) == ["ours"]
    assert not codeartifact.domains


def test_calls_signed_with_temporary_keys_are_answered(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, acme: Domain
) -> None:
    client = client_of(codeartifact_server, "ASIATEMPORARY", aws_session_token="any")

    listed = client.list_domains()["domains"]

    assert [domain["name"] for domain in listed] == ["acme"]
    assert codeartifact.calls.operations == ["ListDomains"]


def test_unsigned_calls_are_refused_and_recorded(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    client = client_of(codeartifact_server, config=Config(signature_version=UNSIGNED))

    with codeartifact.unchanged(), pytest.raises(ClientError, match="Missing Authentication Token") as refused:
        client.delete_package(**TEAM, format="pypi", package="tool")

    assert refused.value.response["Error"]["Code"] == "MissingAuthenticationTokenException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    (call,) = codeartifact.calls
    assert call.operation == "DELETE /v1/package"  # type: ignore[comparison-overlap]  # it is no operation yet
    assert isinstance(call.error, ServiceError)
    assert team.deleted == set()


def test_a_client_that_finds_the_server_in_the_environment_goes_over_the_wire(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, acme: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in codeartifact_server.env.items():
        monkeypatch.setenv(name, value)
    client = boto3.Session().client("codeartifact")

    listed = client.list_domains()["domains"]

    assert client.meta.endpoint_url == codeartifact_server.url
    assert [domain["name"] for domain in listed] == ["acme"]
    assert codeartifact.calls[0].where is None  # which only a call in process has


def test_deletions_of_another_process_are_recorded(
    child: Child, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    old = [pypi(f"old-{number}") for number in range(7)] + [npm("@ui/old-button")]
    team.add_packages([*old, pypi("requests")], versions=["1.0.0"])

    pages = child(
        """
        client = boto3.client("codeartifact")
        where = {"domain": "acme", "repository": "team"}
        pages = list(client.get_paginator("list_packages").paginate(**where, packagePrefix="old-", maxResults=5))
        for package in [package for page in pages for package in page["packages"]]:
            named = {name: package[name] for name in ("format", "namespace", "package") if name in package}
            client.delete_package(**where, **named)
        print(json.dumps([len(page["packages"]) for page in pages]))
        """
    )

    assert pages == [5, 3]
    assert team.deleted == set(old)
    assert list(team.packages) == [pypi("requests")]
    assert [deletion.package for deletion in codeartifact.deletions] == [npm("@ui/old-button"), *old[:-1]]
    assert codeartifact.calls.operations == ["ListPackages"] * 2 + ["DeletePackage"] * 8


def test_threads_of_another_process_share_a_client(
    child: Child, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    packages = [pypi(f"package-{number}") for number in range(100)]
    team.add_packages(packages, versions=["1.0.0"])

    child(
        """
        from concurrent.futures import ThreadPoolExecutor
        client = boto3.client("codeartifact", config=Config(max_pool_connections=8))
        def delete(number):
            client.delete_package(domain="acme", repository="team", format="pypi", package=f"package-{number}")
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(delete, range(100)))
        """
    )

    assert team.deleted == set(packages)
    assert len(codeartifact.deletions) == 100


def test_another_process_may_pass_the_endpoint_and_its_own_region(
    child: Child, codeartifact: FakeCodeArtifact, codeartifact_server: Server
) -> None:
    codeartifact.add_domain("far", region="ap-south-1")

    listed = child(
        f"""
        client = boto3.client("codeartifact", endpoint_url="{codeartifact_server.url}", region_name="ap-south-1")
        print(json.dumps([domain["name"] for domain in client.list_domains()["domains"]]))
        """,
        AWS_ENDPOINT_URL_CODEARTIFACT="",
    )

    assert listed == ["far"]
    assert {(call.account, call.region) for call in codeartifact.calls} == {(ACCOUNT, "ap-south-1")}


def test_retries_of_another_process_are_one_call(
    child: Child, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", ThrottlingException("Rate exceeded"))
    codeartifact.fail("DeletePackage", InternalServerException("Something is wrong"))
    codeartifact.fail("ListDomains", cut_short(0))

    attempts = child(
        """
        client = boto3.client("codeartifact", config=Config(retries={"mode": "standard", "total_max_attempts": 3}))
        answers = [
            client.delete_package(domain="acme", repository="team", format="pypi", package="tool"),
            client.list_domains(),
        ]
        print(json.dumps([answer["ResponseMetadata"]["RetryAttempts"] for answer in answers]))
        """
    )

    assert attempts == [2, 1]
    assert [(call.operation, call.attempts) for call in codeartifact.calls] == [
        ("DeletePackage", 3),
        ("ListDomains", 2),
    ]
    assert team.deleted == {pypi("tool")}


def test_errors_have_their_class_and_members_in_another_process(
    child: Child, codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    refused = child(
        """
        client = boto3.client("codeartifact")
        try:
            client.list_packages(domain="acme", repository="nowhere")
        except client.exceptions.ResourceNotFoundException as error:
            print(json.dumps([error.response["resourceId"], error.response["resourceType"]]))
        """
    )

    assert refused == ["nowhere", "repository"]
    assert codeartifact.calls.of("ListPackages", repository="nowhere")[0].error is not None


def test_assets_are_uploaded_and_downloaded_unchanged(
    child: Child, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    same = child(
        """
        import hashlib, io
        client = boto3.client("codeartifact")
        content = bytes(range(256)) * 20_000
        version = dict(domain="acme", repository="team", format="generic", namespace="tools", package="installer",
                       packageVersion="1.0.0")
        client.publish_package_version(**version, assetName="a.bin", assetContent=io.BytesIO(content),
                                       assetSHA256=hashlib.sha256(content).hexdigest())
        body = client.get_package_version_asset(**version, asset="a.bin")["asset"]
        print(json.dumps(b"".join(body.iter_chunks(100_000)) == content))
        """
    )

    assert same is True
    assert team.packages[generic("tools", "installer")].versions["1.0.0"].assets["a.bin"] == bytes(range(256)) * 20_000
    assert codeartifact.calls.operations == ["PublishPackageVersion", "GetPackageVersionAsset"]


def test_a_presigned_url_of_another_process_is_answered(
    child: Child, codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    listed = child(
        """
        import urllib.request
        url = boto3.client("codeartifact", region_name="us-east-1").generate_presigned_url("list_domains")
        request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            print(answer.read().decode())
        """
    )

    assert [domain["name"] for domain in listed["domains"]] == ["acme"]
    assert [(call.operation, call.region) for call in codeartifact.calls] == [("ListDomains", "us-east-1")]


@pytest.mark.parametrize("developer", list(ENVIRONMENTS))
def test_the_environment_of_the_server_overrides_that_of_a_developer(
    child: Child, codeartifact: FakeCodeArtifact, acme: Domain, developer: str
) -> None:
    listed = child(
        """
        listed = boto3.client("codeartifact").list_domains()["domains"]
        keys = boto3.Session().get_credentials()
        print(json.dumps([[domain["name"] for domain in listed], keys.access_key, keys.token or None]))
        """,
        developer=ENVIRONMENTS[developer],
    )

    assert listed == [["acme"], "AKIAFAKECODEARTIFACT", None]
    assert [(call.account, call.region) for call in codeartifact.calls] == [(ACCOUNT, "us-east-1")]
