"""Calls of every client reach the fake, also of clients that were created before it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from pytest_codeartifact import CodeArtifactPluginError, FakeCodeArtifact, Repository, generic, pypi

from ..support.acme import TEAM

MADE_AT_IMPORT = boto3.client("codeartifact", region_name="us-east-1")
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
SESSION_MADE_AT_IMPORT = boto3.Session(region_name="us-east-1")


def names_of_domains(client: Any) -> list[str]:
    return [domain["name"] for domain in client.list_domains()["domains"]]


def clients() -> Iterator[Any]:
    yield pytest.param(lambda: MADE_AT_IMPORT, id="made at import")
    yield pytest.param(lambda: SESSION_MADE_AT_IMPORT.client("codeartifact"), id="session made at import")
    yield pytest.param(lambda: boto3.client("codeartifact", region_name="us-east-1"), id="default session")
    yield pytest.param(lambda: boto3.Session(region_name="us-east-1").client("codeartifact"), id="new boto3 session")
    yield pytest.param(
        lambda: botocore.session.Session().create_client("codeartifact", "us-east-1"), id="new botocore session"
    )
    yield pytest.param(
        lambda: botocore.session.Session(include_builtin_handlers=False).create_client("codeartifact", "us-east-1"),
        id="session without built-in handlers",
    )
    yield pytest.param(
        lambda: boto3.client("codeartifact", region_name="us-east-1", endpoint_url="https://proxy.example/some/path"),
        id="endpoint with a path",
    )
    yield pytest.param(
        lambda: boto3.client("codeartifact", region_name="us-east-1", endpoint_url="http://localhost:4566"),
        id="endpoint on this machine",
    )
    yield pytest.param(
        lambda: boto3.client("codeartifact", region_name="us-east-1", config=Config(use_dualstack_endpoint=True)),
        id="dual-stack endpoint",
    )
    yield pytest.param(
        lambda: boto3.client("codeartifact", region_name="us-east-1", config=Config(user_agent_extra="x")),
        id="own config",
    )


@pytest.mark.parametrize("make_client", list(clients()))
def test_the_fake_answers_clients_wherever_they_were_created(codeartifact: FakeCodeArtifact, make_client: Any) -> None:
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_package(pypi("old"), versions=["1.0"])

    make_client().delete_package(**TEAM, format="pypi", package="old")

    assert team.deleted == {pypi("old")}


@pytest.mark.parametrize("retries", ["legacy", "standard", "adaptive"])
def test_retries_work_in_every_mode_without_waiting(codeartifact: FakeCodeArtifact, retries: str) -> None:
    config = Config(retries={"mode": retries, "total_max_attempts": 3})
    client = boto3.client("codeartifact", region_name="us-east-1", config=config)
    codeartifact.fail("ListDomains", "InternalServerException", times=2)

    client.list_domains()

    assert codeartifact.calls[-1].attempts == 3


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("event", ["needs-retry", "before-send"])
def test_a_call_of_another_service_within_a_call_waits_between_its_retries(
    codeartifact: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch, event: str, mode: str
) -> None:
    config = Config(retries={"mode": mode, "total_max_attempts": 2})
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url="http://127.0.0.1:1", config=config, **KEYS)
    client = boto3.client("codeartifact", region_name="us-east-1", config=config)
    slept: list[float] = []

    def call_s3(**_: object) -> None:
        with pytest.raises(EndpointConnectionError):
            s3.list_buckets()

    client.meta.events.register_first(f"{event}.codeartifact.ListDomains", call_s3)
    codeartifact.fail("ListDomains", "InternalServerException")
    monkeypatch.setattr(time, "sleep", slept.append)

    client.list_domains()

    assert codeartifact.calls[-1].attempts == 2
    assert len(slept) == 2, "once for each call of S3, and never for CodeArtifact"
    assert all(slept)


@pytest.mark.usefixtures("nothing_configured")
def test_a_client_needs_no_region_and_no_credentials(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.add_domain("acme")

    client = boto3.client("codeartifact")

    assert client.meta.region_name == "us-east-1"
    assert client.meta.endpoint_url == "https://codeartifact.us-east-1.amazonaws.com"
    assert names_of_domains(client) == ["acme"]


@pytest.mark.usefixtures("nothing_configured")
def test_credentials_are_not_looked_up(codeartifact: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        pytest.fail("credentials were looked up")

    monkeypatch.setattr("botocore.credentials.CredentialResolver.load_credentials", asked)

    boto3.client("codeartifact").list_domains()

    assert codeartifact.calls.operations == ["ListDomains"]


def test_credentials_that_a_session_has_looked_up_are_not_used(
    codeartifact: FakeCodeArtifact, nothing_configured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    codeartifact.register_access_key("AKIAREAL", account="210987654321")
    session = boto3.Session()
    assert session.get_credentials().access_key == "AKIAREAL"

    session.client("codeartifact").list_domains()

    assert codeartifact.calls[0].account == codeartifact.account
    assert session.get_credentials().access_key == "AKIAREAL"


@pytest.mark.parametrize("via", ["environment", "argument"])
def test_a_profile_that_this_machine_does_not_have_is_not_needed(
    codeartifact: FakeCodeArtifact, nothing_configured: None, monkeypatch: pytest.MonkeyPatch, via: str
) -> None:
    if via == "environment":
        monkeypatch.setenv("AWS_PROFILE", "nowhere")
        client = boto3.client("codeartifact")
    else:
        client = boto3.Session(profile_name="nowhere").client("codeartifact")

    assert names_of_domains(client) == []
    with pytest.raises(botocore.exceptions.ProfileNotFound):
        boto3.Session(profile_name="nowhere").client("s3")


@pytest.mark.usefixtures("nothing_configured")
def test_no_credentials_are_left_on_the_session_or_in_the_environment() -> None:
    before = dict(os.environ)

    with FakeCodeArtifact() as fake:
        boto3.client("codeartifact").list_domains()
        during = {name for name in os.environ if name not in before}
    after_session: Any = boto3.DEFAULT_SESSION

    assert fake.calls.operations == ["ListDomains"]
    assert not any("KEY" in name or "TOKEN" in name for name in during)
    assert dict(os.environ) == before
    assert after_session._session._credentials is None


def test_the_fake_opened_last_answers() -> None:
    with FakeCodeArtifact() as outer:
        outer.add_domain("outer")
        with FakeCodeArtifact() as inner:
            inner.add_domain("inner")
            during = names_of_domains(MADE_AT_IMPORT)
        after = names_of_domains(MADE_AT_IMPORT)

    assert (during, after) == (["inner"], ["outer"])
    assert (len(inner.calls), len(outer.calls)) == (1, 1)


def test_fakes_close_in_any_order() -> None:
    first, second = FakeCodeArtifact(), FakeCodeArtifact()
    first.add_domain("first")
    second.add_domain("second")
    first.open()
    second.open()

    first.close()
    still = names_of_domains(MADE_AT_IMPORT)
    second.close()

    assert still == ["second"]


def test_a_fake_that_is_open_cannot_be_opened_again() -> None:
    with FakeCodeArtifact() as fake:
        with pytest.raises(CodeArtifactPluginError, match="is already open"):
            fake.open()
        fake.close()
        fake.open()
        names_of_domains(MADE_AT_IMPORT)

    assert fake.calls.operations == ["ListDomains"]


def test_all_threads_reach_the_fake(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    ids = [pypi(f"package-{number}") for number in range(60)]
    team.add_packages(ids, versions=["1.0"])

    def delete(number: int) -> None:
        MADE_AT_IMPORT.delete_package(**TEAM, format="pypi", package=f"package-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(delete, range(60)))

    assert team.deleted == set(ids)
    assert len(codeartifact.calls) == 60
    assert len(codeartifact.deletions) == 60


def test_only_one_of_several_threads_deletes_a_package(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.add_package(pypi("wanted"), versions=["1.0"])
    barrier = threading.Barrier(6)

    def delete(_: int) -> str:
        barrier.wait()
        try:
            MADE_AT_IMPORT.delete_package(**TEAM, format="pypi", package="wanted")
        except MADE_AT_IMPORT.exceptions.ResourceNotFoundException:
            return "late"
        return "first"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(delete, range(6)))

    assert outcomes == ["first"] + ["late"] * 5
    assert len(codeartifact.deletions) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"content",
        bytearray(b"content"),
        io.BytesIO(b"content"),
        io.StringIO("content"),
        "content",
    ],
    ids=["bytes", "bytearray", "file", "file of text", "str"],
)
def test_every_kind_of_body_is_read(client: Any, team: Repository, body: Any) -> None:
    sha256 = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"

    client.publish_package_version(
        **TEAM, format="generic", namespace="ns", package="tool", packageVersion="1.0",
        assetName="tool.bin", assetContent=body, assetSHA256=sha256,
    )  # fmt: skip

    assert team.packages[generic("ns", "tool")].versions["1.0"].assets["tool.bin"] == b"content"


def test_a_file_is_read_from_its_position_and_again_on_a_retry(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, tmp_path: Any
) -> None:
    (tmp_path / "tool.bin").write_bytes(b"content")
    codeartifact.fail("PublishPackageVersion", "InternalServerException")

    with (tmp_path / "tool.bin").open("rb") as file:
        client.publish_package_version(
            **TEAM, format="generic", namespace="ns", package="tool", packageVersion="1.0", assetName="tool.bin",
            assetContent=file, assetSHA256="ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
        )  # fmt: skip

    assert team.packages[generic("ns", "tool")].versions["1.0"].assets["tool.bin"] == b"content"
    assert codeartifact.calls[-1].attempts == 2


def test_an_asset_is_downloaded_as_a_stream(client: Any, team: Repository) -> None:
    team.add_package(pypi("tool")).add_version("1.0", assets={"tool.whl": b"0123456789"})

    response = client.get_package_version_asset(
        **TEAM, format="pypi", package="tool", packageVersion="1.0", asset="tool.whl"
    )

    assert response["asset"].read(4) == b"0123"
    assert b"".join(response["asset"].iter_chunks(3)) == b"456789"
    assert response["assetName"] == "tool.whl"


def test_a_call_has_the_line_of_the_users_code(codeartifact: FakeCodeArtifact) -> None:
    for _page in MADE_AT_IMPORT.get_paginator("list_domains").paginate():
        pass

    where = codeartifact.calls[0].where
    assert where is not None
    assert where.file == __file__
    assert str(where) == f"{Path(__file__).relative_to(Path.cwd())}:{where.line}"


def test_loading_the_plugin_imports_only_the_top_of_botocore() -> None:
    script = (
        "import sys, pytest_codeartifact.plugin;"
        "print([m for m in sys.modules if m.split('.')[0] in ('botocore', 'boto3', 'urllib3', 'jmespath')])"
    )
    alone = "import sys, botocore; print([m for m in sys.modules if m.split('.')[0] == 'botocore'])"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    top = subprocess.run([sys.executable, "-c", alone], capture_output=True, text=True, check=True).stdout

    assert loaded == top


def test_the_fake_works_without_pytest() -> None:
    script = """
import sys, boto3
client = boto3.client("codeartifact", region_name="us-east-1")
from pytest_codeartifact import FakeCodeArtifact, pypi
with FakeCodeArtifact() as fake:
    team = fake.add_domain("acme").add_repository("team")
    team.add_package(pypi("old"), versions=["1.0"])
    client.delete_package(domain="acme", repository="team", format="pypi", package="old")
    assert team.deleted == {pypi("old")}
assert "pytest" not in sys.modules and "_pytest" not in sys.modules
"""

    subprocess.run([sys.executable, "-c", script], check=True)
