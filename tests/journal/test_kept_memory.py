"""A recorded call of any operation needs at most 600 bytes in addition to its response."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pytest_codeartifact import FakeCodeArtifact, Repository, pypi

from ..support.kept_memory import BATCHES, NOT_IN_THE_ANSWER, VERSIONS
from ..support.one_call_each import OPERATIONS

BEYOND_THE_ANSWER = 600


def kept() -> dict[str, tuple[float, float]]:
    """The bytes of each recorded call, and those of its response."""
    measured = subprocess.run(
        [sys.executable, "-m", "tests.support.kept_memory"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    of_each: dict[str, tuple[float, float]] = json.loads(measured.stdout)
    return of_each


def test_a_call_keeps_at_most_600_bytes_beside_its_response() -> None:
    beyond = {
        what: size - answer - NOT_IN_THE_ANSWER.get(what, 0) for what, (size, answer) in kept().items() if size > 0
    }

    assert beyond.keys() == {*OPERATIONS, *BATCHES}
    assert {what: size for what, size in beyond.items() if size > BEYOND_THE_ANSWER} == {}


def test_a_call_on_many_versions_has_its_parameters_response_and_events(
    team: Repository, codeartifact: FakeCodeArtifact
) -> None:
    tool = pypi("tool")
    team.add_package(tool, versions=VERSIONS)
    with codeartifact.fork() as fake:
        client = fake.client()
        asked = {"domain": "acme", "repository": "team", "format": "pypi", "package": "tool", "versions": VERSIONS}
        archived = client.update_package_versions_status(**asked, targetStatus="Archived")
        deleted = client.delete_package_versions(**asked)

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
