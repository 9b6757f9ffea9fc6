"""With `codeartifact_plain_http = refuse`, HTTP libraries cannot look up hosts of CodeArtifact."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import pytest

from pytest_codeartifact.doors.plain_http import DNS_SUFFIXES, is_host_of_the_service

PARTITIONS = json.loads(Path(botocore.__file__).with_name("data").joinpath("partitions.json").read_text())["partitions"]

HEAD = """
import asyncio, http.client, socket, sys, urllib.request
import boto3, pytest, requests
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from pytest_codeartifact import RealCallRefused

HOST = "codeartifact.us-east-1.amazonaws.com"

class Unplugged(BaseException):
    pass

def audit(event, arguments):
    look_ups = "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"
    if event in look_ups and arguments[0] != "127.0.0.1":
        raise Unplugged(event)

sys.addaudithook(audit)

def in_a_loop():
    async def connect():
        await asyncio.open_connection(HOST, 443)
    asyncio.run(connect())
"""

WAYS = [
    "requests.get(f'https://{HOST}/v1/domains')",
    "requests.get('http://acme-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/team/simple/')",
    "urllib.request.urlopen(f'https://{HOST}')",
    "http.client.HTTPSConnection(HOST).request('GET', '/')",
    "URLLib3Session().send(AWSRequest('GET', f'https://{HOST}/v1/domains').prepare())",
    "socket.getaddrinfo(HOST.upper().encode(), 443)",
    "socket.gethostbyname(HOST + '.')",
    "socket.gethostbyname_ex(HOST)",
    "socket.gethostbyaddr(HOST)",
    "socket.getaddrinfo(HOST.replace('.', '\u3002'), 443)",
    "socket.gethostbyname(HOST.replace('code', '\uff43ode'))",
    "socket.create_connection((HOST, 443))",
    "in_a_loop()",
]


def run(pytester: pytest.Pytester, code: str, *options: str) -> None:
    pytester.makepyfile(HEAD + code)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)
    result.assert_outcomes(passed=len(WAYS))


EACH_WAY = f"@pytest.mark.parametrize('way', {WAYS!r})"


def test_look_ups_of_the_services_hosts_are_refused_by_name(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        f"""
{EACH_WAY}
def test_it(way):
    with pytest.raises(RealCallRefused) as caught:
        eval(way)
    assert "codeartifact" in str(caught.value).partition(" would have been looked up by test_")[0].lower()
    assert "codeartifact_plain_http = refuse" in str(caught.value)
""",
        "-ocodeartifact_plain_http=refuse",
    )


def test_look_ups_are_refused_while_a_fake_is_open_too(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        f"""
{EACH_WAY}
def test_it(way, codeartifact):
    boto3.client("codeartifact").list_domains()
    with pytest.raises(RealCallRefused):
        eval(way)
""",
        "-ocodeartifact_plain_http=refuse",
    )


@pytest.mark.parametrize(
    ("marker", "options"),
    [
        ("", []),
        ("", ["-ocodeartifact_plain_http=allow"]),
        ("@pytest.mark.codeartifact_real_calls", ["-ocodeartifact_plain_http=refuse"]),
        ("", ["-ocodeartifact_plain_http=refuse", "-ocodeartifact_real_calls=allow"]),
    ],
)
def test_look_ups_are_not_refused_by_default_and_where_real_calls_are_allowed(
    pytester: pytest.Pytester, marker: str, options: list[str]
) -> None:
    run(
        pytester,
        f"""
{marker}
{EACH_WAY}
def test_it(way):
    with pytest.raises(Unplugged):
        eval(way)
""",
        *options,
    )


def test_look_ups_are_not_refused_after_a_run_within_a_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        {HEAD.replace(chr(10), chr(10) + " " * 8)}
        pytest_plugins = ["pytester"]

        def test_it(pytester):
            pytester.makepyfile("def test_it(): pass")
            pytester.runpytest_inprocess("-p", "no:cacheprovider", "-ocodeartifact_plain_http=refuse")
            with pytest.raises(Unplugged):
                socket.getaddrinfo(HOST, 443)
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_a_wrong_value_is_a_usage_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")

    result = pytester.runpytest_subprocess("-ocodeartifact_plain_http=forbid")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*codeartifact_plain_http must be 'allow' or 'refuse', not 'forbid'.*"])


@pytest.mark.parametrize("partition", PARTITIONS, ids=lambda partition: str(partition["id"]))
def test_the_hosts_of_every_partition_are_known(partition: dict[str, dict[str, str]]) -> None:
    suffixes = {partition["outputs"]["dnsSuffix"], partition["outputs"]["dualStackDnsSuffix"]}

    assert suffixes <= set(DNS_SUFFIXES)


@pytest.mark.parametrize(
    "host",
    [
        "codeartifact.us-east-1.amazonaws.com",
        "CodeArtifact.US-East-1.AmazonAWS.com.",
        "codeartifact.cn-north-1.amazonaws.com.cn",
        "codeartifact-fips.us-gov-west-1.amazonaws.com",
        "codeartifact.us-east-1.api.aws",
        "acme-123456789012.d.codeartifact.us-east-1.amazonaws.com",
        "acme-123456789012.d.codeartifact.us-east-1.on.aws",
        "vpce-0123-abc.api.codeartifact.us-east-1.vpce.amazonaws.com",
        "vpce-0123-abc-us-east-1a.d.codeartifact.us-east-1.vpce.amazonaws.com",
    ],
)
def test_a_host_of_the_service_is_recognised(host: str) -> None:
    assert is_host_of_the_service(host)


@pytest.mark.parametrize(
    "host",
    [
        "s3.us-east-1.amazonaws.com",
        "codeartifact.example.com",
        "mycodeartifact.us-east-1.amazonaws.com",
        "codeartifact.us-east-1.amazonaws.com.example.com",
        "localhost",
        "127.0.0.1",
        "",
    ],
)
def test_another_host_is_not_taken_for_the_service(host: str) -> None:
    assert not is_host_of_the_service(host)
