"""What is measured: each case returns results."""

from __future__ import annotations

import gc
import hashlib
import io
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from typing import Any

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.stub import Stubber

from benchmarks.bare_server import bare_server
from benchmarks.harness import Contender, Result, children_time, compare, gc_pauses, measure, resident_bytes
from pytest_codeartifact import FakeCodeArtifact, Repository, pypi

TEAM = {"domain": "acme", "repository": "team"}
PACKAGE = {**TEAM, "format": "pypi", "package": "tool"}
DELETED = {
    "format": "pypi",
    "package": "tool",
    "originConfiguration": {"restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}},
}
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}


_FIRST_FAKE = """\
import time, pytest, boto3, pytest_codeartifact.plugin
boto3.client("codeartifact", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
start = time.process_time()
from pytest_codeartifact import FakeCodeArtifact
imported = time.process_time()
with FakeCodeArtifact():
    opened = time.process_time()
print(({}) * 1e6)
"""


def plugin_load() -> list[Result]:
    """What the plugin costs a run that does not use it."""
    script = (
        "import time, pytest; start = time.process_time(); import pytest_codeartifact.plugin;"
        "print((time.process_time() - start) * 1e6)"
    )

    empty = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "benchmarks/empty.py"]

    def run(*arguments: str) -> None:
        subprocess.run([*empty, *arguments], capture_output=True, check=False)

    loads = sorted(_in_a_process(script) for _ in range(9))
    whole = compare(
        {
            "empty pytest run, with the plugin": run,
            "empty pytest run, -p no:codeartifact": lambda: run("-p", "no:codeartifact"),
        },
        calls=1,
        clock=children_time,
    )
    return [Result("import of the plugin, after pytest", loads[4]), *whole]


def _in_a_process(script: str) -> float:
    """The number that a script prints."""
    return float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)


def first_fake() -> list[Result]:
    """What the first fake of a process takes, after pytest and the first client: our modules, and the model."""
    steps = {"import of the first fake": "imported - start", "opening of the first fake": "opened - imported"}
    return [
        Result(name, statistics.median(_in_a_process(_FIRST_FAKE.format(time)) for _ in range(9)))
        for name, time in steps.items()
    ]


def set_up() -> list[Result]:
    """What a test pays before its first line, and a fork of a seed of any size."""
    seed = FakeCodeArtifact()
    seed.add_domain("acme").add_repository("team").add_packages(
        (pypi(f"package-{number}") for number in range(1000)), versions=["1.0"]
    )

    def fixture() -> None:
        with FakeCodeArtifact():
            pass

    fake, session = FakeCodeArtifact(), botocore.session.Session()
    clients = compare(
        {
            "codeartifact_client, in a second test": fake.client,
            "a client of botocore": lambda: session.create_client("codeartifact", "us-east-1", **KEYS),
        },
        calls=20,
        turns=25,
        around={"codeartifact_client, in a second test": fake},
    )
    return [
        measure("fixture: make, open, close", fixture, calls=500),
        *clients,
        measure("fork", seed.fork, calls=2000),
    ]


def one_call() -> list[Result]:
    """Single calls against their floor, see :func:`_floor`; a DeletePackage against a Stubber as well."""
    calls, turns = 300, 15
    names = [f"package-{number:04}" for number in range(calls * (turns + 1) + 1000)]
    to_delete = iter(names[1000:])
    fake = FakeCodeArtifact()
    fake.add_domain("acme").add_repository("team").add_packages(map(pypi, names), versions=["1.0"])
    client, stubbed_client = (boto3.client("codeartifact", "us-east-1", **KEYS) for _ in range(2))
    stubber = Stubber(stubbed_client)
    described = {**PACKAGE, "package": names[0]}

    def stubbed() -> None:
        stubber.add_response("delete_package", {"deletedPackage": DELETED}, PACKAGE)
        stubbed_client.delete_package(**PACKAGE)

    deleting = compare(
        {
            "DeletePackage": lambda: client.delete_package(**{**PACKAGE, "package": next(to_delete)}),
            "DeletePackage, canned answer": _floor(fake, lambda floor: floor.delete_package(**described)),
            "DeletePackage, Stubber": stubbed,
        },
        calls=calls,
        turns=turns,
        around={"DeletePackage": fake, "DeletePackage, Stubber": stubber},
    )
    return [
        *deleting,
        *_against_floor(fake.fork(), "DescribePackage", lambda client: client.describe_package(**described), 300),
        *_against_floor(fake.fork(), "ListPackages of 100", lambda client: client.list_packages(**TEAM), 50),
    ]


def _against_floor(fake: FakeCodeArtifact, name: str, call: Callable[[Any], object], calls: int) -> list[Result]:
    client, floor = boto3.client("codeartifact", "us-east-1", **KEYS), _floor(fake, call)
    contenders: dict[str, Contender] = {name: lambda: call(client), f"{name}, canned answer": floor}
    return compare(contenders, calls=calls, turns=15, around={name: fake})


def _floor(fake: FakeCodeArtifact, call: Callable[[Any], object]) -> Contender:
    """The same call of a client that signs nothing either, and whose handler of before-send answers with the same
    bytes. To be run while the fake is closed: an open one would answer first, and changes what botocore does besides.
    """
    client = boto3.client("codeartifact", "us-east-1", config=Config(signature_version=UNSIGNED), **KEYS)
    with fake.fork() as fork:
        call(client)
        answer = fork.calls[-1].answer
    assert answer is not None
    headers = {"content-type": "application/json", "content-length": str(len(answer.body)), "x-amzn-requestid": "1"}

    def canned(request: Any, **_: object) -> AWSResponse:
        return AWSResponse(request.url, 200, dict(headers), _Raw(answer.body))

    client.meta.events.register("before-send.codeartifact", canned)
    return lambda: call(client)


def over_the_wire() -> list[Result]:
    """A server's life, and the same request to it and to a server of the same library that does nothing else."""
    fake = FakeCodeArtifact()
    fake.add_domain("acme")
    request = (
        "POST /v1/domains HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: "
        "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/codeartifact/aws4_request, SignedHeaders=host, "
        f"Signature={64 * 'a'}\r\n\r\n"
    )
    with ExitStack() as stack:

        def client(port: int) -> Callable[[], bytes]:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            sent = request.format(port).encode()

            def call() -> bytes:
                connection.sendall(sent)
                return connection.recv(65536)

            return call

        server = stack.enter_context(fake.serve())
        ours = client(int(server.url.rpartition(":")[2]))
        bare = client(stack.enter_context(bare_server(ours())))
        calls = compare({"ListDomains, raw HTTP": ours, "a bare server of h11 and asyncio": bare}, calls=500)
    return [measure("server: start, stop", lambda: fake.serve().close(), calls=50), *calls]


def threads() -> list[Result]:
    """Deletes by several threads that share a client, against the same number by one."""
    calls, at_once, turns = 400, 8, 9
    names = [f"package-{number:05}" for number in range(2 * calls * (turns + 1))]
    to_delete = iter(names)  # the next one of it is taken by one thread at a time
    fake = FakeCodeArtifact()
    fake.add_domain("acme").add_repository("team").add_packages(map(pypi, names), versions=["1.0"])
    client = boto3.client("codeartifact", "us-east-1", **KEYS)

    def delete(name: str) -> None:
        client.delete_package(**{**PACKAGE, "package": name})

    def by_threads() -> None:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(delete, islice(to_delete, calls)))

    def by_one() -> None:
        for name in islice(to_delete, calls):
            delete(name)

    several, one = f"{calls} deletes by {at_once} threads", f"{calls} deletes by one"
    results = compare({several: by_threads, one: by_one}, calls=1, turns=turns, around={several: fake, one: fake})
    assert len(fake.calls) == len(names)
    return results


def large_asset() -> list[Result]:
    """An asset of 500 MB that is published and read, against the hashing of it."""
    content = bytes(500_000_000)
    digest = hashlib.sha256(content).hexdigest()
    version = {**TEAM, "format": "generic", "namespace": "ns", "package": "tool", "packageVersion": "1.0"}
    fake = FakeCodeArtifact()
    fake.add_domain("acme").add_repository("team")
    client = boto3.client("codeartifact", "us-east-1", **KEYS)

    def publish_and_read() -> None:
        with fake.fork():
            client.publish_package_version(**version, assetName="a", assetSHA256=digest, assetContent=content)
            body = client.get_package_version_asset(**version, asset="a")["asset"]
            assert sum(map(len, body.iter_chunks(1_000_000))) == len(content)

    before = resident_bytes()
    contenders: dict[str, Contender] = {
        "an asset of 500 MB, published and read": publish_and_read,
        "SHA-256 of 500 MB": lambda: hashlib.sha256(content).digest(),
    }
    results = compare(contenders, calls=1, turns=2)
    results[0].notes["MB that stay"] = round((resident_bytes() - before) / 1e6)
    return results


def whole_test() -> list[Result]:
    """A whole test: make the client, seed five packages, list them, delete them."""
    names = [f"package-{number}" for number in range(5)]
    shown = [{**DELETED, "package": name} for name in names]

    def clean_up(client: Any) -> None:
        for package in client.list_packages(**TEAM)["packages"]:
            client.delete_package(**TEAM, format=package["format"], package=package["package"])

    def ours() -> None:
        with FakeCodeArtifact() as fake:
            client = boto3.client("codeartifact", "us-east-1", **KEYS)
            team = fake.add_domain("acme").add_repository("team")
            for name in names:
                team.add_package(pypi(name), versions=["1.0"])
            clean_up(client)
            assert team.deleted == set(map(pypi, names))

    def stubber() -> None:
        client = boto3.client("codeartifact", "us-east-1", **KEYS)
        with Stubber(client) as stub:
            stub.add_response("list_packages", {"packages": shown}, TEAM)
            for package in shown:
                stub.add_response(
                    "delete_package", {"deletedPackage": package}, {**PACKAGE, "package": package["package"]}
                )
            clean_up(client)
            stub.assert_no_pending_responses()

    against_stubber = compare({"whole test": ours, "whole test, Stubber": stubber}, calls=3, turns=25)

    from moto import mock_aws  # here, because its objects slow the garbage collector down

    def moto() -> None:
        with mock_aws():
            ecr = boto3.client("ecr", "us-east-1")
            for name in names:
                ecr.create_repository(repositoryName=name)
            for repository in ecr.describe_repositories()["repositories"]:
                ecr.delete_repository(repositoryName=repository["repositoryName"])

    return [*against_stubber, *compare({"whole test": ours, "whole test, moto's ECR": moto}, calls=3, turns=5)]


def scale(packages: int) -> list[Result]:
    """Lists and deletes in a large repository, its memory, and the pauses of the garbage collector."""
    gc.collect()
    before = resident_bytes()
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    with gc_pauses() as pauses:
        start = time.perf_counter()
        team.add_packages((pypi(f"package-{number:07}") for number in range(packages)), versions=["1.0.0"])
        seeded = (time.perf_counter() - start) * 1e6
    gc.collect()
    size = f"{packages:,} packages"
    seeding = Result(
        f"seed {size}",
        seeded,
        notes={
            "bytes per package": round((resident_bytes() - before) / packages),
            "longest gc pause, ms": round(max(pauses, default=0), 1),
        },
    )
    with gc_pauses() as pauses:
        gc.collect()
    results = [seeding, Result(f"full gc beside {size}", max(pauses) * 1e3)]
    results.append(measure(f"fork of {size}", fake.fork, calls=1000))
    with fake.fork() as fork, gc_pauses() as pauses:
        results += _in_use(fork.client(), fork.repository("acme", "team"), packages, size)
    results[-1].notes["longest gc pause in use, ms"] = round(max(pauses, default=0), 1)
    return results


def _in_use(client: Any, team: Repository, packages: int, size: str) -> Iterator[Result]:
    calls, step = 100, max(1, packages // 1000)
    names = (f"package-{number:07}" for number in range(0, packages, step))
    prefix = f"package-{packages // 2:07}"[:-2]
    yield measure(f"list 100 of {size}", lambda: client.list_packages(**TEAM), calls=20)
    yield measure(f"list by prefix in {size}", lambda: client.list_packages(**TEAM, packagePrefix=prefix), calls=20)

    def delete() -> None:
        client.delete_package(**{**PACKAGE, "package": next(names)})

    def list_and_delete() -> None:
        client.list_packages(**TEAM, maxResults=1)
        delete()

    yield measure(f"delete in {size}", delete, calls=calls, turns=4)
    yield measure(f"list one and delete, in turn, in {size}", list_and_delete, calls=calls, turns=3)
    assert len(team.packages) == packages - calls * 9


class _Raw(io.BytesIO):
    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()
