"""The server of a fake: how it starts and stops, what its clients get, and its errors."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from pytest_codeartifact import (
    Call,
    CodeArtifactPluginError,
    FakeCodeArtifact,
    Repository,
    SeedError,
    Server,
    cut_short,
    garbled,
    generic,
    pypi,
    slow,
)

from ..support.acme import ACME, TEAM

pytest.importorskip("h11", reason="needs the extra 'server'")

TOOL = {**TEAM, "format": "pypi", "package": "tool"}
ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5)

ANOTHER_SERVICE = (
    f"AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={64 * 'a'}"
)

LIST_DOMAINS = "import boto3; print([d['name'] for d in boto3.client('codeartifact').list_domains()['domains']])"


@pytest.fixture
def wired(codeartifact_server: Server) -> Any:
    """A client of this process that uses the server."""
    return boto3.client("codeartifact", endpoint_url=codeartifact_server.url, config=ONCE)


def port(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def is_listening(server: Server) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port(server))) == 0


def test_a_child_process_changes_the_fake_of_the_test(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, team: Repository
) -> None:
    team.add_packages([pypi("tool"), pypi("other")], versions=["1.0"])
    script = f"import boto3; boto3.client('codeartifact').delete_package(**{TOOL})"

    subprocess.run([sys.executable, "-c", script], env={**os.environ, **codeartifact_server.env}, check=True)

    assert team.deleted == {pypi("tool")}
    assert codeartifact.calls.operations == ["DeletePackage"]
    assert codeartifact.calls[0].where is None


def test_a_child_process_uses_the_server_whatever_its_environment_contains(
    codeartifact_server: Server, acme: Any, tmp_path: Any
) -> None:
    disturbing = {
        "HOME": str(tmp_path),
        "AWS_PROFILE": "nowhere",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "https://elsewhere.example",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "NO_PROXY": "example.com",
    }

    child = subprocess.run(
        [sys.executable, "-c", LIST_DOMAINS],
        env={**os.environ, **disturbing, **codeartifact_server.env},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (child.stdout, child.stderr) == ("['acme']\n", "")


def test_the_environment_of_a_server_has_no_keys_of_the_user(
    codeartifact_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("NO_PROXY", "internal.example")
    monkeypatch.setenv("no_proxy", "*")

    env = codeartifact_server.env

    assert env["AWS_ENDPOINT_URL_CODEARTIFACT"] == codeartifact_server.url
    assert env["AWS_DEFAULT_REGION"] == "us-east-1"
    assert env["AWS_EC2_METADATA_DISABLED"] == "true"
    assert (env["NO_PROXY"], env["no_proxy"]) == ("internal.example,127.0.0.1", "*")
    assert "AKIAREAL" not in env.values()
    assert "real" not in env.values()


def test_a_client_with_the_endpoint_of_the_server_sends_signed_requests(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, acme: Any
) -> None:
    codeartifact.register_access_key("AKIAOTHER", account="210987654321")
    sent: list[Any] = []
    client = boto3.client(
        "codeartifact",
        endpoint_url=codeartifact_server.url,
        region_name="eu-west-1",
        aws_access_key_id="AKIAOTHER",
        aws_secret_access_key="secret",
    )
    client.meta.events.register("before-send.codeartifact", lambda request, **_: sent.append(request))

    client.list_domains()

    assert codeartifact.calls[0][4:7] == ("210987654321", "eu-west-1", None)
    assert sent[0].headers["Authorization"].startswith(b"AWS4-HMAC-SHA256 Credential=AKIAOTHER/")


def test_the_fake_answers_in_process_and_through_its_server(
    codeartifact: FakeCodeArtifact, wired: Any, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("tool"), pypi("other")], versions=["1.0"])

    wired.delete_package(**TOOL)
    client.delete_package(**TEAM, format="pypi", package="other")

    assert team.deleted == {pypi("tool"), pypi("other")}
    assert [call.where is None for call in codeartifact.calls] == [True, False]


def test_a_server_serves_its_own_fake_whichever_is_open() -> None:
    served, opened = FakeCodeArtifact(), FakeCodeArtifact()
    served.add_domain("served")
    opened.add_domain("opened")

    with served.serve() as server, opened:
        over_the_wire = boto3.client("codeartifact", endpoint_url=server.url).list_domains()["domains"]
        in_process = boto3.client("codeartifact").list_domains()["domains"]

    assert [domain["name"] for domain in over_the_wire] == ["served"]
    assert [domain["name"] for domain in in_process] == ["opened"]


def test_several_servers_run_at_once() -> None:
    fakes = [FakeCodeArtifact(account=f"{number:012}") for number in range(3)]
    servers = [fake.serve() for fake in [*fakes, *fakes]]

    owners = [
        boto3.client("codeartifact", "us-east-1", endpoint_url=server.url, aws_access_key_id="x",
                     aws_secret_access_key="x").create_domain(domain=f"acme-{at}")["domain"]["owner"]
        for at, server in enumerate(servers)
    ]  # fmt: skip
    for server in servers:
        server.close()

    assert owners == ["000000000000", "000000000001", "000000000002"] * 2
    assert len({server.url for server in servers}) == 6


def test_a_server_listens_on_this_machine_only(codeartifact_server: Server) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.2", port(codeartifact_server)))  # is free: the server has not taken all addresses

    assert codeartifact_server.url.startswith("http://127.0.0.1:")


def test_a_closed_server_leaves_no_socket_file_or_thread() -> None:
    threads = set(threading.enumerate())
    server = FakeCodeArtifact().serve()
    connection = http.client.HTTPConnection("127.0.0.1", port(server))
    connection.request("POST", "/v1/domains")
    connection.getresponse().read()
    was_listening = is_listening(server)

    server.close()
    server.close()
    rest = connection.sock.recv(1)
    connection.close()

    assert was_listening
    assert not is_listening(server)
    assert not Path(server.env["AWS_CONFIG_FILE"]).exists()
    assert rest == b""
    assert set(threading.enumerate()) == threads


def test_a_server_closes_at_once_while_an_answer_is_slow(codeartifact: FakeCodeArtifact) -> None:
    server = codeartifact.serve()
    client = boto3.client("codeartifact", endpoint_url=server.url, config=ONCE)
    struck = threading.Event()

    def is_slowed(call: Call) -> bool:
        struck.set()
        return True

    codeartifact.fail("ListDomains", slow(dt.timedelta(hours=1)), when=is_slowed)

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.list_domains)
        struck.wait()
        server.close()
        error = answer.exception()

    assert isinstance(error, ConnectionClosedError)


def test_a_port_may_be_chosen() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]

    with FakeCodeArtifact().serve(port=free) as server:
        assert server.url == f"http://127.0.0.1:{free}"
        with pytest.raises(CodeArtifactPluginError, match=f"port {free}"):
            FakeCodeArtifact().serve(port=free)


@pytest.mark.parametrize("wrong", [-1, 65536, "8080", None, True])
def test_invalid_ports_are_refused(wrong: Any) -> None:
    with pytest.raises(SeedError, match="port"):
        FakeCodeArtifact().serve(port=wrong)


def test_connections_are_kept_alive(codeartifact_server: Server, wired: Any) -> None:
    for _ in range(5):
        wired.list_domains()
    (pool,) = wired._endpoint.http_session._manager.pools._container.values()

    assert pool.num_connections == 1
    assert pool.num_requests == 5


def test_a_server_supports_http_1_1_and_1_0(codeartifact_server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port(codeartifact_server))

    connection.request("POST", "/v1/domains")
    new = connection.getresponse()
    new.read()
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
    connection.request("POST", "/v1/domains")
    old = connection.getresponse()
    old.read()
    connection.close()

    assert (new.version, new.will_close) == (11, False)
    assert old.will_close


def test_many_threads_share_a_server(codeartifact: FakeCodeArtifact, wired: Any, team: Repository) -> None:
    ids = [pypi(f"package-{number}") for number in range(60)]
    team.add_packages(ids, versions=["1.0"])

    with ThreadPoolExecutor(8) as pool:
        for id in ids:
            pool.submit(wired.delete_package, **TEAM, format="pypi", package=id.name)

    assert team.deleted == set(ids)
    assert len(codeartifact.calls) == 60


def test_big_assets_can_be_uploaded_and_downloaded(wired: Any, team: Repository) -> None:
    content = os.urandom(1024) * (20 * 1024)
    sha256 = hashlib.sha256(content).hexdigest()
    version = {**TEAM, "format": "generic", "namespace": "ns", "package": "big", "packageVersion": "1.0"}

    wired.publish_package_version(**version, assetName="big.bin", assetContent=content, assetSHA256=sha256)
    body = wired.get_package_version_asset(**version, asset="big.bin")["asset"]
    first = body.read(1000)
    rest = body.read()

    assert first + rest == content
    assert team.packages[generic("ns", "big")].versions["1.0"].assets["big.bin"] == content


@pytest.mark.rule("N-6")
def test_an_endpoint_of_a_repository_is_on_the_server(
    codeartifact_server: Server, wired: Any, client: Any, team: Repository
) -> None:
    over_the_wire = wired.get_repository_endpoint(**TEAM, format="npm")["repositoryEndpoint"]
    dualstack = wired.get_repository_endpoint(**TEAM, format="pypi", endpointType="dualstack")["repositoryEndpoint"]
    in_process = client.get_repository_endpoint(**TEAM, format="npm")["repositoryEndpoint"]
    codeartifact_server.close()
    afterwards = client.get_repository_endpoint(**TEAM, format="npm")["repositoryEndpoint"]

    assert over_the_wire == in_process == f"{codeartifact_server.url}/npm/d/acme-123456789012/team/"
    assert dualstack == f"{codeartifact_server.url}/pypi/d/acme-123456789012/team/"
    assert afterwards == "https://acme-123456789012.d.codeartifact.us-east-1.amazonaws.com/npm/team/"


def test_a_package_manager_of_a_format_without_a_protocol_gets_status_501(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, wired: Any, team: Repository
) -> None:
    endpoint = wired.get_repository_endpoint(**TEAM, format="nuget")["repositoryEndpoint"]
    connection = http.client.HTTPConnection("127.0.0.1", port(codeartifact_server))

    connection.request("GET", f"{endpoint.removeprefix(codeartifact_server.url)}v3/index.json")
    response = connection.getresponse()
    body = response.read()
    connection.close()

    assert response.status == 501
    assert b"publish()" in body
    assert codeartifact.calls.operations == ["GetRepositoryEndpoint"]


def test_an_unsigned_request_is_refused_and_recorded(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server
) -> None:
    client = boto3.client(
        "codeartifact", endpoint_url=codeartifact_server.url, config=Config(signature_version=UNSIGNED)
    )

    with pytest.raises(ClientError) as caught:
        client.list_domains()

    assert caught.value.response["Error"]["Code"] == "MissingAuthenticationTokenException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert codeartifact.calls.operations == ["POST /v1/domains"]


def test_a_presigned_url_is_answered() -> None:
    fake = FakeCodeArtifact()
    fake.add_domain("acme")
    with fake.serve() as server:
        client = boto3.client(
            "codeartifact", "us-east-1", endpoint_url=server.url, aws_access_key_id="x", aws_secret_access_key="x"
        )
        url = client.generate_presigned_url("list_domains", HttpMethod="POST")
        connection = http.client.HTTPConnection("127.0.0.1", port(server))

        connection.request("POST", url.removeprefix(server.url))
        response = connection.getresponse()
        answer = response.read()
        connection.close()

    assert response.status == 200
    assert b'"name":"acme"' in answer


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Basic eDp5", "IncompleteSignature"),
        ("AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/codeartifact/aws4_request", "IncompleteSignature"),
        ("", "IncompleteSignature"),
        (ANOTHER_SERVICE, "InvalidSignatureException"),
    ],
)
def test_another_signature_is_refused(codeartifact_server: Server, authorization: str, code: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port(codeartifact_server))

    connection.request("POST", "/v1/domains", headers={"Authorization": authorization})
    response = connection.getresponse()
    response.read()
    connection.close()

    assert (response.status, response.getheader("x-amzn-errortype")) == (403, code)


# Faults on the wire


def test_a_planned_broken_connection_breaks_the_connection_of_the_client(
    codeartifact: FakeCodeArtifact, wired: Any, acme: Any
) -> None:
    codeartifact.fail("ListDomains", ConnectionClosedError(endpoint_url="https://codeartifact"))

    with pytest.raises(ConnectionClosedError):
        wired.list_domains()

    assert [domain["name"] for domain in wired.list_domains()["domains"]] == ["acme"]


def test_a_planned_cut_shortens_the_response(codeartifact: FakeCodeArtifact, wired: Any, team: Repository) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", cut_short(5))

    answer: dict[str, Any] = {}
    with suppress(ConnectionClosedError):  # newer versions of botocore do not compare with the length
        answer = wired.delete_package(**TOOL)

    assert "deletedPackage" not in answer
    assert team.deleted == {pypi("tool")}


def test_a_planned_cut_shortens_the_asset(codeartifact: FakeCodeArtifact, wired: Any, team: Repository) -> None:
    team.add_package(pypi("tool")).add_version("1.0", assets={"tool.whl": b"0123456789"})
    codeartifact.fail("GetPackageVersionAsset", cut_short(4))

    body = wired.get_package_version_asset(**TOOL, packageVersion="1.0", asset="tool.whl")["asset"]

    assert body.read(4) == b"0123"
    with pytest.raises((IncompleteReadError, ResponseStreamingError)):
        body.read()


def test_a_planned_garbled_response_arrives(codeartifact: FakeCodeArtifact, wired: Any, team: Repository) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", garbled(b"<html>proxy</html>"))

    assert "deletedPackage" not in wired.delete_package(**TOOL)
    assert team.deleted == {pypi("tool")}


def test_a_deletion_happens_though_its_response_exceeds_the_read_timeout(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    impatient = Config(retries={"total_max_attempts": 1}, read_timeout=0.2)
    client = boto3.client("codeartifact", endpoint_url=codeartifact_server.url, config=impatient)
    codeartifact.fail("DeletePackage", slow(dt.timedelta(hours=1)))

    with pytest.raises(ReadTimeoutError):
        client.delete_package(**TOOL)

    assert team.deleted == {pypi("tool")}


def test_a_retry_over_the_wire_is_one_call(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server, acme: Any
) -> None:
    client = boto3.client("codeartifact", endpoint_url=codeartifact_server.url)
    codeartifact.fail("DescribeDomain", "ThrottlingException", times=2)

    client.describe_domain(**ACME)

    assert [call.attempts for call in codeartifact.calls] == [3]


# Errors of ours


def test_an_error_in_the_server_is_raised_when_the_server_is_closed(codeartifact: FakeCodeArtifact) -> None:
    def broken(event: Any) -> None:
        raise LookupError("the listener is broken")

    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_package(pypi("tool"), versions=["1.0"])
    codeartifact.add_event_listener(broken)
    server = codeartifact.serve()
    client = boto3.client("codeartifact", endpoint_url=server.url, config=ONCE)

    with pytest.raises(ClientError) as seen:
        client.delete_package(**TOOL)
    with pytest.raises(LookupError, match="the listener is broken"):
        server.close()
    server.close()

    assert seen.value.response["Error"]["Code"] == "InternalFailure"
    assert "listener" not in seen.value.response["Error"]["Message"]


def test_an_error_in_the_server_fails_the_test_that_caused_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import boto3, pytest
        from botocore.config import Config
        from botocore.exceptions import ClientError

        def test_that_causes_it(codeartifact, codeartifact_server):
            def broken(call):
                raise LookupError("the condition is broken")

            codeartifact.fail("ListDomains", "ThrottlingException", when=broken)
            client = boto3.client("codeartifact", endpoint_url=codeartifact_server.url)
            with pytest.raises(ClientError):
                client.list_domains()

        def test_another(codeartifact, codeartifact_server):
            boto3.client("codeartifact", endpoint_url=codeartifact_server.url).list_domains()
    """)

    result = pytester.runpytest("-p", "no:asyncio")

    result.stdout.fnmatch_lines(
        ["*ERROR at teardown of test_that_causes_it*", "*LookupError: the condition is broken*"]
    )
    result.assert_outcomes(passed=2, errors=1)


def test_the_error_without_the_extra_says_what_to_install() -> None:
    script = """
import sys
sys.modules["h11"] = None
from pytest_codeartifact import CodeArtifactPluginError, FakeCodeArtifact
try:
    FakeCodeArtifact().serve()
except CodeArtifactPluginError as error:
    print(error)
"""

    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert child.stdout == "A server needs h11: pip install 'pytest-codeartifact[server]'.\n"
