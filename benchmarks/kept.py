"""What a fake keeps, in bytes: of calls on many versions, and of the tests of a whole session."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import ClientError

from benchmarks.harness import Result
from pytest_codeartifact import FakeCodeArtifact, pypi

TEAM = {"domain": "acme", "repository": "team"}
VERSIONS = [f"1.{number}" for number in range(100)]
BATCHES: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "DeletePackageVersions": lambda client, asked: client.delete_package_versions(**TEAM, **asked),
    "DisposePackageVersions": lambda client, asked: client.dispose_package_versions(**TEAM, **asked),
    "UpdatePackageVersionsStatus": lambda client, asked: client.update_package_versions_status(
        **TEAM, **asked, targetStatus="Archived"
    ),
    "CopyPackageVersions": lambda client, asked: client.copy_package_versions(
        domain="acme", sourceRepository="team", destinationRepository="other", **asked
    ),
}


def kept() -> Iterator[Result]:
    """All rows."""
    for name, call in BATCHES.items():
        yield _batch(name, call)
    for tests in (1_000, 10_000):
        yield _session(tests)


def _batch(name: str, call: Callable[[Any, dict[str, Any]], Any], calls: int = 20) -> Result:
    """What stays of a call on 100 versions beside the state that it leaves."""
    fake = _seed(calls + 1, VERSIONS).fork()
    with _traced() as traced:
        with fake:
            client = fake.client()
            for number in range(calls + 1):
                answer = call(client, {"format": "pypi", "package": f"tool-{number}", "versions": VERSIONS})
        del client
        state, both = fake.fork(), traced()
        del fake
        bytes_kept = (both - traced()) / (calls + 1)
    assert state.domains
    size = int(answer["ResponseMetadata"]["HTTPHeaders"]["content-length"])
    return Result(f"journal of a {name} of 100", 0, notes={"bytes": round(bytes_kept), "those of the answer": size})


def _session(tests: int) -> Result:
    """What stays of so many tests that used forks of one seed: lists in pages, a token, a refused call, a deletion."""
    seed = _seed(3, ["1.0"])
    client = seed.client()
    with _traced() as traced:
        _test(seed, client)
        before = traced()
        for _ in range(tests):
            _test(seed, client)
        grown = traced() - before
    return Result(f"a seed after {tests:,} tests", 0, notes={"bytes": grown})


def _test(seed: FakeCodeArtifact, client: Any) -> None:
    with seed.fork():
        page = client.list_packages(**TEAM, maxResults=1)
        client.list_packages(**TEAM, maxResults=1, nextToken=page["nextToken"])
        client.get_authorization_token(domain="acme")
        with suppress(ClientError):
            client.describe_package(**TEAM, format="pypi", package="nothing")
        client.delete_package(**TEAM, format="pypi", package="tool-0")


def _seed(packages: int, versions: list[str]) -> FakeCodeArtifact:
    seed = FakeCodeArtifact()
    acme = seed.add_domain("acme")
    acme.add_repository("other")
    acme.add_repository("team").add_packages((pypi(f"tool-{number}") for number in range(packages)), versions=versions)
    return seed


@contextmanager
def _traced() -> Iterator[Callable[[], int]]:
    """A function that returns the bytes that were allocated in the block and are still in use."""

    def traced() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        yield traced
    finally:
        tracemalloc.stop()
