"""What a fake keeps of its calls, in bytes: at most 600 and the answer, whatever the operation."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, pypi

from ..support.one_call_each import OPERATIONS, arguments, call, furnish

BEYOND_THE_ANSWER = 600
CALLS = 2

VERSIONS = [f"1.{number}" for number in range(100)]
TEAM = {"domain": "acme", "repository": "team", "format": "pypi"}

BATCHES: dict[str, dict[str, Any]] = {
    "DeletePackageVersions": {**TEAM, "versions": VERSIONS},
    "DisposePackageVersions": {**TEAM, "versions": VERSIONS},
    "UpdatePackageVersionsStatus": {**TEAM, "versions": VERSIONS, "targetStatus": "Archived"},
    "CopyPackageVersions": {
        "domain": "acme",
        "sourceRepository": "team",
        "destinationRepository": "other",
        "format": "pypi",
        "versions": VERSIONS,
    },
}


def kept(seed: FakeCodeArtifact, ask: Callable[[Any, int], Any]) -> tuple[float, float]:
    """The bytes that a fake keeps of a call beside its state, and those of the answer.

    :param ask: makes a call; the number says which.
    """
    with seed.fork() as warming:  # fills the caches of the process, which belong to no fake
        client = warming.client()
        for number in range(CALLS + 1):
            ask(client, number)
    fake = seed.fork()
    with fake:
        client = fake.client()
        ask(client, CALLS)  # what is kept once for all calls of a kind
        gc.collect()
        tracemalloc.start()
        try:
            answers = [
                int(ask(client, number)["ResponseMetadata"]["HTTPHeaders"]["content-length"]) for number in range(CALLS)
            ]
            state = fake.fork()
            fake.close()
            gc.collect()
            with_calls = tracemalloc.get_traced_memory()[0]
            del fake, client
            gc.collect()
            without = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
    assert state.domains
    return (with_calls - without) / CALLS, sum(answers) / CALLS


@pytest.fixture(scope="module")
def furnished() -> FakeCodeArtifact:
    seed = FakeCodeArtifact()
    for number in range(CALLS + 1):
        furnish(seed, f"-{number}")
    return seed


@pytest.fixture(scope="module")
def many_versions() -> FakeCodeArtifact:
    seed = FakeCodeArtifact()
    acme = seed.add_domain("acme")
    acme.add_repository("other")
    acme.add_repository("team").add_packages((pypi(f"tool-{number}") for number in range(CALLS + 1)), versions=VERSIONS)
    return seed


@pytest.mark.parametrize("operation", OPERATIONS)
def test_of_any_call_600_bytes_and_the_answer_are_kept_at_most(furnished: FakeCodeArtifact, operation: str) -> None:
    size, answer = kept(furnished, lambda client, number: call(client, operation, **arguments(operation, f"-{number}")))

    assert size <= BEYOND_THE_ANSWER + answer


@pytest.mark.parametrize("operation", BATCHES)
def test_of_a_call_on_many_versions_600_bytes_and_the_answer_are_kept_at_most(
    many_versions: FakeCodeArtifact, operation: str
) -> None:
    size, answer = kept(
        many_versions, lambda client, number: call(client, operation, package=f"tool-{number}", **BATCHES[operation])
    )

    assert size <= BEYOND_THE_ANSWER + answer


@pytest.mark.parametrize("operation", BATCHES)
def test_a_refused_call_on_many_versions_is_kept_in_the_same_space(
    many_versions: FakeCodeArtifact, operation: str
) -> None:
    unknown = {"versions": [f"9.{number}" for number in range(100)]}

    size, answer = kept(
        many_versions,
        lambda client, number: call(client, operation, package=f"tool-{number}", **{**BATCHES[operation], **unknown}),
    )

    assert size <= BEYOND_THE_ANSWER + answer


def test_a_call_on_many_versions_is_read_as_it_was_made(many_versions: FakeCodeArtifact) -> None:
    tool = pypi("tool-0")
    with many_versions.fork() as fake:
        client = fake.client()
        archived = client.update_package_versions_status(
            **TEAM, package=tool.name, versions=VERSIONS, targetStatus="Archived"
        )
        deleted = client.delete_package_versions(**TEAM, package=tool.name, versions=VERSIONS)

    for made, answered in zip(fake.calls, (archived, deleted), strict=True):
        del answered["ResponseMetadata"]
        assert made.params["versions"] == VERSIONS
        assert made.params["package"] == tool.name
        assert made.response == answered
    assert len(fake.calls.of("DeletePackageVersions", versions=VERSIONS)) == 1
    assert fake.repository("acme", "team").deleted_versions == {(tool, version) for version in VERSIONS}
    (deletion,) = fake.deletions
    assert sorted(deletion.versions) == sorted(VERSIONS)
    changes = [event["detail"]["operationType"] for event in fake.events]
    assert changes == ["Updated"] * 100 + ["Deleted"] * 100
    assert all(event["detail"]["changes"]["statusChanged"] for event in fake.events[:100])
