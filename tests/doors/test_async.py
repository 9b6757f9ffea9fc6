"""Calls of aiobotocore's clients reach the same fake, on both of its HTTP back ends and on both event loops."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import gc
import hashlib
import inspect
import io
import os
import subprocess
import sys
import time
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    IncompleteReadError,
    ProfileNotFound,
    ReadTimeoutError,
)

from pytest_codeartifact import (
    FakeCodeArtifact,
    RealCallRefused,
    Repository,
    ThrottlingException,
    cut_short,
    garbled,
    generic,
    pypi,
    slow,
)

from ..support.acme import TEAM
from ..support.sockets import unplugged

get_session = pytest.importorskip("aiobotocore.session", reason="needs aiobotocore, as in `tox run -e aio`").get_session
AioConfig = pytest.importorskip("aiobotocore.config").AioConfig
anyio = pytest.importorskip("anyio")

pytestmark = pytest.mark.anyio

TOOL = {**TEAM, "format": "generic", "namespace": "ns", "package": "tool", "packageVersion": "1.0"}
SESSION_MADE_AT_IMPORT = get_session()
BACKENDS = ["aiohttp", "httpx", "httpx on trio"]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The HTTP back end, and its event loop."""
    if request.param != "aiohttp":
        session = pytest.importorskip("aiobotocore.httpxsession", reason="this aiobotocore knows aiohttp only")
        if session.httpx is None:
            pytest.skip("httpx is not installed")
        if not hasattr(sys.modules["aiobotocore.response"], "AioHttpxStreamingBody"):
            pytest.skip("this aiobotocore's httpx back end cannot read an asset in parts")
    if request.param == "httpx on trio":
        pytest.importorskip("trio")
        if not hasattr(sys.modules["aiobotocore.endpoint"], "AnyioEndpoint"):
            pytest.skip("this aiobotocore runs on asyncio only")
    return str(request.param)


@pytest.fixture
def anyio_backend(backend: str) -> str:
    """The event loop on which anyio runs the test."""
    return "trio" if backend == "httpx on trio" else "asyncio"


@pytest.fixture
def options(backend: str) -> dict[str, Any]:
    """The options of a client's configuration that choose the back end."""
    if backend == "aiohttp":
        return {}
    from aiobotocore.httpxsession import HttpxSession

    return {"http_session_cls": HttpxSession}


@pytest.fixture
async def client(codeartifact: FakeCodeArtifact, options: dict[str, Any]) -> AsyncIterator[Any]:
    """An asynchronous client whose calls come from the fake's own account and region."""
    async with get_session().create_client("codeartifact", config=AioConfig(**options)) as client:
        yield client


@pytest.fixture
def nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without credentials, region and profile, whose metadata service would never answer."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)


async def names_of_domains(client: Any) -> list[str]:
    return [domain["name"] for domain in (await client.list_domains())["domains"]]


# Calls


async def test_clients_of_both_kinds_share_a_fake(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b"), pypi("c")])
    blocking = boto3.client("codeartifact")

    await client.delete_package(**TEAM, format="pypi", package="a")
    blocking.delete_package(**TEAM, format="pypi", package="b")

    assert team.deleted == {pypi("a"), pypi("b")}
    assert [p["package"] for p in (await client.list_packages(**TEAM))["packages"]] == ["c"]
    assert codeartifact.calls.operations == ["DeletePackage", "DeletePackage", "ListPackages"]


async def test_an_error_is_raised_as_an_exception_of_the_client(codeartifact: FakeCodeArtifact, client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Domain not found") as caught:
        await client.describe_domain(domain="nowhere")

    assert caught.value.response["resourceType"] == "domain"


async def test_handlers_of_events_see_the_usual_responses(codeartifact: FakeCodeArtifact, client: Any) -> None:
    texts = []

    async def look(http_response: Any, **_: object) -> None:
        texts.append(await http_response.text)

    client.meta.events.register("after-call.codeartifact.ListDomains", look)
    await client.list_domains()

    assert texts == ['{"domains":[]}']


async def test_paginators_return_all_pages(client: Any, team: Repository) -> None:
    team.add_packages([pypi(f"package-{number}") for number in range(5)])
    names = [f"package-{number}" for number in range(5)]
    paginate = functools.partial(
        client.get_paginator("list_packages").paginate, **TEAM, PaginationConfig={"PageSize": 2}
    )

    walked = [[package["package"] for package in page["packages"]] async for page in paginate()]
    searched = [name async for name in paginate().search("packages[].package")]
    full = await paginate().build_full_result()

    assert walked == [names[:2], names[2:4], names[4:]]
    assert searched == names
    assert [package["package"] for package in full["packages"]] == names


async def test_tasks_may_call_at_the_same_time(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    ids = [pypi(f"package-{number}") for number in range(60)]
    team.add_packages(ids, versions=["1.0"])

    async def delete(name: str) -> None:
        await client.delete_package(**TEAM, format="pypi", package=name)

    async with anyio.create_task_group() as tasks:
        for id in ids:
            tasks.start_soon(delete, id.name)

    assert team.deleted == set(ids)
    assert len(codeartifact.calls) == 60


def test_calls_may_be_gathered(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    ids = [pypi(f"package-{number}") for number in range(60)]
    team.add_packages(ids)

    async def clean_up() -> None:
        async with get_session().create_client("codeartifact") as client:
            await asyncio.gather(
                *(client.delete_package(**TEAM, format="pypi", package=id.name) for id in ids)
            )  # fmt: skip

    asyncio.run(clean_up())

    assert team.deleted == set(ids)


async def test_a_call_has_the_line_of_the_users_code(codeartifact: FakeCodeArtifact, client: Any) -> None:
    async for _page in client.get_paginator("list_domains").paginate():
        pass

    where = codeartifact.calls[0].where
    assert where is not None
    assert where.file == __file__


def test_a_gathered_call_has_the_line_that_runs_the_event_loop(codeartifact: FakeCodeArtifact) -> None:
    async def ask() -> None:
        async with get_session().create_client("codeartifact") as client:
            await asyncio.gather(client.list_domains())

    asyncio.run(ask())

    where = codeartifact.calls[0].where
    assert where is not None
    assert where.file == __file__
    assert "asyncio.run" in Path(__file__).read_text().splitlines()[where.line - 1]


async def test_a_call_without_code_of_the_user_has_no_line(codeartifact: FakeCodeArtifact, client: Any) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(client.list_domains)

    assert codeartifact.calls[0].where is None


# Contents


@pytest.fixture
def content(team: Repository) -> bytes:
    """The content of the asset `tool.bin`."""
    team.add_package(generic("ns", "tool")).add_version("1.0", assets={"tool.bin": b"0123456789"})
    return b"0123456789"


async def test_an_asset_is_downloaded_as_a_stream(client: Any, content: bytes) -> None:
    body = (await client.get_package_version_asset(**TOOL, asset="tool.bin"))["asset"]

    assert await body.read(4) == content[:4]
    assert [chunk async for chunk in body.iter_chunks(4)] == [content[4:8], content[8:]]
    assert await body.read() == b""


async def test_an_asset_can_be_read_as_a_context_manager(client: Any, content: bytes) -> None:
    response = await client.get_package_version_asset(**TOOL, asset="tool.bin")

    async with response["asset"] as body:
        assert await body.read() == content


async def test_the_body_of_an_asset_has_the_type_of_its_back_end(client: Any, content: bytes, backend: str) -> None:
    body = (await client.get_package_version_asset(**TOOL, asset="tool.bin"))["asset"]

    closed = body.close()
    if backend != "aiohttp":
        await closed

    assert ("Httpx" in type(body).__name__) == (backend != "aiohttp")


async def test_the_body_of_an_asset_is_readable_until_its_end(client: Any, content: bytes) -> None:
    body = (await client.get_package_version_asset(**TOOL, asset="tool.bin"))["asset"]
    if not hasattr(body, "raw_stream"):
        pytest.skip("the bodies of this aiobotocore cannot tell")

    before = body.readable()
    await body.read()

    assert (before, body.readable()) == (True, False)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


class AsyncFile:
    """A file with asynchronous methods, as of libraries for asynchronous files."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = chunks(*parts)

    async def read(self) -> bytes:
        return b"".join([part async for part in self._parts])

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._parts


@pytest.mark.parametrize(
    "body",
    [
        lambda: b"content",
        lambda: bytearray(b"content"),
        lambda: io.BytesIO(b"content"),
        lambda: "content",
        lambda: AsyncFile(b"con", b"tent"),
    ],
    ids=["bytes", "bytearray", "file", "str", "asynchronous file"],
)
async def test_every_kind_of_body_is_read(client: Any, team: Repository, body: Any) -> None:
    sha256 = hashlib.sha256(b"content").hexdigest()

    await client.publish_package_version(**TOOL, assetName="tool.bin", assetContent=body(), assetSHA256=sha256)

    assert team.packages[generic("ns", "tool")].versions["1.0"].assets["tool.bin"] == b"content"


async def test_a_file_is_read_again_on_a_retry(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, tmp_path: Path
) -> None:
    (tmp_path / "tool.bin").write_bytes(b"content")
    codeartifact.fail("PublishPackageVersion", "InternalServerException")
    sha256 = hashlib.sha256(b"content").hexdigest()

    with (tmp_path / "tool.bin").open("rb") as file:
        await client.publish_package_version(**TOOL, assetName="tool.bin", assetContent=file, assetSHA256=sha256)

    assert team.packages[generic("ns", "tool")].versions["1.0"].assets["tool.bin"] == b"content"
    assert codeartifact.calls[-1].attempts == 2


# Faults and retries


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
async def test_retries_work_in_every_mode_without_waiting(
    codeartifact: FakeCodeArtifact, options: dict[str, Any], mode: str
) -> None:
    config = AioConfig(retries={"mode": mode, "total_max_attempts": 10}, **options)
    codeartifact.fail("ListDomains", ThrottlingException("Rate exceeded", retry_after_seconds=1), times=9)

    before = time.monotonic()
    async with get_session().create_client("codeartifact", config=config) as client:
        await client.list_domains()
        await client.list_domains()

    assert time.monotonic() - before < 5, "would be a minute, on average"
    assert [call.attempts for call in codeartifact.calls] == [10, 1]


@pytest.mark.codeartifact(backoff=True)
async def test_retries_wait_with_backoff(codeartifact: FakeCodeArtifact, options: dict[str, Any]) -> None:
    config = AioConfig(retries={"mode": "standard", "total_max_attempts": 5}, **options)
    codeartifact.fail("ListDomains", "ThrottlingException", times=None)

    with anyio.move_on_after(0.2) as waited:
        async with get_session().create_client("codeartifact", config=config) as client:
            with pytest.raises(client.exceptions.ThrottlingException):
                await client.list_domains()

    assert waited.cancelled_caught


async def test_the_retry_quota_that_a_test_has_used_is_restored(options: dict[str, Any]) -> None:
    config = AioConfig(retries={"mode": "standard", "total_max_attempts": 3}, **options)
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}

    async with get_session().create_client("codeartifact", "us-east-1", config=config, **keys) as client:
        for _ in range(3):
            with FakeCodeArtifact() as fake:
                fake.fail("ListDomains", "ThrottlingException", times=None)
                for _ in range(60):
                    with pytest.raises(client.exceptions.ThrottlingException):
                        await client.list_domains()

                assert fake.calls[0].attempts == 3
                assert fake.calls[-1].attempts < 3  # the quota is botocore's own, and is used up in one test


async def test_retries_of_other_services_wait(codeartifact: FakeCodeArtifact, options: dict[str, Any]) -> None:
    config = AioConfig(retries={"mode": "standard", "total_max_attempts": 10}, **options)
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    s3 = get_session().create_client("s3", "us-east-1", endpoint_url="http://127.0.0.1:1", config=config, **keys)

    with anyio.move_on_after(0.5) as waited:
        async with s3 as client:
            with pytest.raises(EndpointConnectionError):
                await client.list_buckets()

    assert waited.cancelled_caught


async def test_a_planned_connection_error_is_retried(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.fail("ListDomains", EndpointConnectionError(endpoint_url="https://codeartifact"))

    await client.list_domains()

    assert codeartifact.calls[0].attempts == 2


async def test_a_deletion_happens_though_its_response_is_lost(
    codeartifact: FakeCodeArtifact, options: dict[str, Any], team: Repository
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", cut_short(5))
    config = AioConfig(retries={"total_max_attempts": 1}, **options)

    async with get_session().create_client("codeartifact", config=config) as client:
        with pytest.raises(ConnectionClosedError):
            await client.delete_package(**TEAM, format="pypi", package="tool")

    assert team.deleted == {pypi("tool")}
    assert isinstance(codeartifact.calls[0].error, ConnectionClosedError)


@pytest.mark.parametrize("kept", [0, 3])
async def test_an_asset_that_is_cut_short_can_be_read_up_to_the_cut(
    codeartifact: FakeCodeArtifact, client: Any, content: bytes, kept: int
) -> None:
    codeartifact.fail("GetPackageVersionAsset", cut_short(kept))

    body = (await client.get_package_version_asset(**TOOL, asset="tool.bin"))["asset"]

    assert await body.read(kept) == content[:kept]
    with pytest.raises(IncompleteReadError):
        await body.read()


async def test_a_garbled_response_arrives_as_planned(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", garbled(b"<html>proxy</html>"))

    assert "deletedPackage" not in await client.delete_package(**TEAM, format="pypi", package="tool")
    assert team.deleted == {pypi("tool")}


async def test_other_tasks_run_during_a_slow_response(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.fail("ListDomains", slow(dt.timedelta(milliseconds=200)))
    answered = []

    async def ask(operation: str) -> None:
        await getattr(client, operation)()
        answered.append(operation)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, "list_domains")
        tasks.start_soon(ask, "list_repositories")

    assert answered == ["list_repositories", "list_domains"]


async def test_a_deletion_happens_though_its_response_exceeds_the_read_timeout(
    codeartifact: FakeCodeArtifact, options: dict[str, Any], team: Repository
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", slow(dt.timedelta(hours=1)))
    config = AioConfig(read_timeout=0.05, retries={"total_max_attempts": 1}, **options)

    async with get_session().create_client("codeartifact", config=config) as client:
        with pytest.raises(ReadTimeoutError):
            await client.delete_package(**TEAM, format="pypi", package="tool")

    assert team.deleted == {pypi("tool")}


# Making clients


@pytest.mark.parametrize("session", [SESSION_MADE_AT_IMPORT, None], ids=["session made at import", "new session"])
@pytest.mark.usefixtures("nothing_configured")
async def test_a_client_needs_no_region_and_no_credentials(
    codeartifact: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], session: Any
) -> None:
    def asked(*_: object) -> None:
        pytest.fail("credentials were looked up")

    monkeypatch.setattr("aiobotocore.credentials.AioCredentialResolver.load_credentials", asked)
    codeartifact.add_domain("acme")
    session = session or get_session()

    async with session.create_client("codeartifact", config=AioConfig(**options)) as client:
        assert client.meta.region_name == "us-east-1"
        assert client.meta.endpoint_url == "https://codeartifact.us-east-1.amazonaws.com"
        assert await names_of_domains(client) == ["acme"]

    assert session._credentials is None


async def test_a_client_keeps_its_back_end(client: Any, options: dict[str, Any]) -> None:
    from aiobotocore.httpsession import AIOHTTPSession

    assert type(client._endpoint.http_session) is options.get("http_session_cls", AIOHTTPSession)


@pytest.mark.usefixtures("nothing_configured")
async def test_a_profile_that_this_machine_does_not_have_is_not_needed(codeartifact: FakeCodeArtifact) -> None:
    session = type(get_session())(profile="nowhere")

    async with session.create_client("codeartifact") as client:
        assert await names_of_domains(client) == []
    with pytest.raises(ProfileNotFound):
        async with session.create_client("s3"):
            pass


@pytest.mark.parametrize(
    "plan", [None, ThrottlingException("Rate exceeded"), ConnectionClosedError(endpoint_url="https://x"), cut_short(3)]
)
async def test_a_failed_call_does_not_keep_objects_of_its_caller_alive(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, plan: Any
) -> None:
    if plan is not None:
        codeartifact.fail("DescribeRepository", plan, times=None)

    async def caller() -> weakref.ref[Any]:
        held = io.BytesIO()  # an object that the code under test holds
        with suppress(Exception):
            await client.describe_repository(domain="acme", repository="team" if plan else "nowhere")
            pytest.fail("it did not fail")
        return weakref.ref(held)

    left = await caller()
    gc.collect()

    assert left() is None
    assert [call.error is not None for call in codeartifact.calls] == [True]


async def test_a_client_created_before_the_fake_was_opened_reaches_it(options: dict[str, Any]) -> None:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    config = AioConfig(**options)

    async with get_session().create_client("codeartifact", "us-east-1", config=config, **keys) as client:
        with FakeCodeArtifact() as fake:
            fake.add_domain("acme")
            assert await names_of_domains(client) == ["acme"]
        with pytest.raises(RealCallRefused, match="ListDomains would have been sent to"):
            await client.list_domains()


def test_aiobotocore_may_be_imported_while_a_fake_is_open() -> None:
    script = """
import asyncio, os, sys
from pytest_codeartifact import FakeCodeArtifact
assert "aiobotocore" not in sys.modules

async def ask():
    import aiobotocore.endpoint
    from aiobotocore.session import AioSession, get_session
    before = AioSession._create_client, aiobotocore.endpoint.first_non_none_response
    async with get_session().create_client("codeartifact") as client:
        fake.fail("ListDomains", "ThrottlingException", times=2)
        assert (await client.list_domains())["domains"] == []
    assert fake.calls[0].attempts == 3
    return before

with FakeCodeArtifact() as fake:
    before = asyncio.run(ask())
from aiobotocore.session import AioSession
import aiobotocore.endpoint
assert before == (AioSession._create_client, aiobotocore.endpoint.first_non_none_response)
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, timeout=30, env={**environment, **files})


# Whose calls they are


async def test_a_registered_access_key_calls_from_its_account(
    codeartifact: FakeCodeArtifact, options: dict[str, Any]
) -> None:
    codeartifact.register_access_key("AKIAOTHER", account="210987654321")
    config = AioConfig(**options)
    session = get_session()
    session.set_credentials("AKIAOTHER", "secret")
    keys = {"aws_access_key_id": "AKIAOTHER", "aws_secret_access_key": "secret"}

    async with session.create_client("codeartifact", "eu-west-1", config=config) as client:
        await client.create_domain(domain="of-the-session")
    async with get_session().create_client("codeartifact", "eu-west-1", config=config, **keys) as client:
        await client.create_domain(domain="of-the-client")

    assert list(codeartifact.at("210987654321", "eu-west-1").domains) == ["of-the-client", "of-the-session"]


async def test_credentials_that_a_session_has_looked_up_are_not_used(
    codeartifact: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    session = get_session()
    assert (await session.get_credentials()).access_key == "AKIAREAL"

    async with session.create_client("codeartifact", config=AioConfig(**options)) as client:
        await client.list_domains()
        assert client._request_signer._credentials.access_key != "AKIAREAL"

    assert session._credentials.access_key == "AKIAREAL"


async def test_credentials_of_a_session_are_not_refreshed(
    codeartifact: FakeCodeArtifact, options: dict[str, Any]
) -> None:
    session = get_session()
    session._credentials = RefreshableCredentials(
        "AKIAOLD", "x", "x", dt.datetime.now(dt.timezone.utc), lambda: pytest.fail("credentials were refreshed"), "x"
    )

    async with session.create_client("codeartifact", config=AioConfig(**options)) as client:
        await client.list_domains()

    assert codeartifact.calls[0].account == codeartifact.account


# Calls over the wire


async def test_a_call_to_the_server_goes_over_the_wire(
    request: pytest.FixtureRequest, codeartifact: FakeCodeArtifact, team: Repository, options: dict[str, Any]
) -> None:
    pytest.importorskip("h11", reason="needs the extra 'server'")
    url = request.getfixturevalue("codeartifact_server").url
    team.add_package(generic("ns", "tool")).add_version("1.0", assets={"tool.bin": b"0123456789"})

    async with get_session().create_client("codeartifact", endpoint_url=url, config=AioConfig(**options)) as client:
        body = (await client.get_package_version_asset(**TOOL, asset="tool.bin"))["asset"]
        assert await body.read() == b"0123456789"

    assert [(call.operation, call.where) for call in codeartifact.calls] == [("GetPackageVersionAsset", None)]


# aioboto3


async def test_aioboto3_reaches_the_fake(codeartifact: FakeCodeArtifact, team: Repository, backend: str) -> None:
    aioboto3 = pytest.importorskip("aioboto3")
    team.add_packages([pypi("a"), pypi("b")])

    async with aioboto3.Session().client("codeartifact") as client:
        async for page in client.get_paginator("list_packages").paginate(**TEAM):
            for package in page["packages"]:
                await client.delete_package(**TEAM, format=package["format"], package=package["package"])

    assert team.deleted == {pypi("a"), pypi("b")}


# A call and its fake

KEYS = {"aws_access_key_id": "AKIAREAL", "aws_secret_access_key": "real"}
WHILE_UNDER_WAY = [
    *("provide-client-params", "before-parameter-build", "before-call"),
    *("request-created", "choose-signer", "before-sign", "before-send"),
    *("before-parse", "response-received", "needs-retry"),
]


def when(client: Any, event: str, do: Callable[[], object]) -> None:
    """Run or await a function once, in a call of ListDomains, before the fake handles this event."""
    done: list[bool] = []

    async def handler(**_: Any) -> None:
        if not done:
            done.append(True)
            result = do()
            if inspect.isawaitable(result):
                await result

    client.meta.events.register_first(f"{event}.codeartifact.ListDomains", handler)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("event", WHILE_UNDER_WAY)
async def test_a_call_keeps_its_fake(options: dict[str, Any], mode: str, event: str) -> None:
    first, second = FakeCodeArtifact(), FakeCodeArtifact()
    first.add_domain("first")
    first.fail("ListDomains", "ThrottlingException")
    config = AioConfig(retries={"mode": mode, "total_max_attempts": 3}, **options)

    def change() -> None:
        first.close()
        second.open()

    async with get_session().create_client("codeartifact", "us-east-1", config=config, **KEYS) as client:
        when(client, event, change)
        first.open()
        with unplugged() as asked:
            names = await names_of_domains(client)
        second.close()

    assert names == ["first"]
    assert [call.attempts for call in first.calls] == [2]
    assert second.calls == []
    assert asked == []


async def test_tasks_that_outlive_their_test_do_not_affect_the_next_fake(options: dict[str, Any]) -> None:
    arrived, go_on, ended = anyio.Event(), anyio.Event(), anyio.Event()

    async def wait() -> None:
        arrived.set()
        await go_on.wait()

    async def call(client: Any) -> None:
        await client.list_domains()
        ended.set()

    async with (
        get_session().create_client("codeartifact", "us-east-1", config=AioConfig(**options), **KEYS) as client,
        anyio.create_task_group() as tasks,
    ):
        when(client, "before-send", wait)
        with FakeCodeArtifact(unused_faults="allow") as first:
            first.fail("ListDomains", "ThrottlingException")
            tasks.start_soon(call, client)
            await arrived.wait()
        with FakeCodeArtifact() as second, unplugged() as asked:
            go_on.set()
            second.fail("ListDomains", "ThrottlingException", times=2)
            await client.list_domains()
            await ended.wait()

    assert [call.attempts for call in first.calls] == [2]
    assert [call.attempts for call in second.calls] == [3]
    assert asked == []


async def test_a_cancelled_call_is_not_sent(codeartifact: FakeCodeArtifact, client: Any) -> None:
    when(client, "before-send", anyio.sleep_forever)

    with unplugged() as asked, anyio.move_on_after(0.05):
        await client.list_domains()
    await client.list_domains()

    assert len(codeartifact.calls) == 1
    assert asked == []


async def test_a_presigned_url_is_refused_with_and_without_a_fake(options: dict[str, Any]) -> None:
    async with get_session().create_client("codeartifact", "us-east-1", config=AioConfig(**options), **KEYS) as client:
        with pytest.raises(RealCallRefused, match="ListDomains would have been signed into a presigned URL"):
            await client.generate_presigned_url("list_domains")
        with FakeCodeArtifact(), pytest.raises(RealCallRefused, match="presigned URL"):
            await client.generate_presigned_url("list_domains")


@pytest.mark.parametrize("event", ["before-call", "choose-signer", "before-sign"])
async def test_a_call_without_the_handlers_of_the_fake_is_refused(options: dict[str, Any], event: str) -> None:
    async with get_session().create_client("codeartifact", "us-east-1", config=AioConfig(**options), **KEYS) as client:
        for removed in ("before-call", event):
            client.meta.events.unregister(f"{removed}.codeartifact", unique_id=f"pytest-codeartifact-{removed}")

        with unplugged() as asked:
            with pytest.raises(RealCallRefused, match="ListDomains"):
                await client.list_domains()
            with FakeCodeArtifact(), pytest.raises(RealCallRefused, match="past the fake"):
                await client.list_domains()

    assert asked == []
