"""The statuses of package versions and what leads from one to another, as a table (behaviour reference, S-2, 9, 10)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, VersionStatus, generic

TOOL = {"domain": "acme", "repository": "team", "format": "generic", "namespace": "ns", "package": "tool"}

STATUSES: tuple[VersionStatus, ...] = ("Published", "Unfinished", "Unlisted", "Archived", "Disposed")
TARGETS = ("Published", "Unlisted", "Archived", "Disposed", "Deleted")

# What is possible from each status: everything, but nothing brings back what was disposed of.
ALLOWED = {
    "Published": ("Published", "Unlisted", "Archived", "Disposed", "Deleted"),
    "Unfinished": ("Published", "Unlisted", "Archived", "Disposed", "Deleted"),
    "Unlisted": ("Published", "Unlisted", "Archived", "Disposed", "Deleted"),
    "Archived": ("Published", "Unlisted", "Archived", "Disposed", "Deleted"),
    "Disposed": ("Deleted",),
}
STEPS = [(status, target) for status in STATUSES for target in ALLOWED[status]]
REFUSED = [(status, target) for status in STATUSES for target in TARGETS if target not in ALLOWED[status]]
MISMATCHES = [
    (status, expected, TARGETS[(row + column) % len(TARGETS)])  # each target meets each status
    for row, status in enumerate(STATUSES)
    for column, expected in enumerate((*STATUSES, "Deleted"))
    if expected != status
]


def lead(client: Any, target: str, versions: list[str], **guards: Any) -> Any:
    """Lead versions of the tool to a status, by the operation that does that."""
    if target == "Disposed":
        return client.dispose_package_versions(**TOOL, versions=versions, **guards)
    if target == "Deleted":
        return client.delete_package_versions(**TOOL, versions=versions, **guards)
    return client.update_package_versions_status(**TOOL, versions=versions, targetStatus=target, **guards)


def seed(team: Repository, **statuses: VersionStatus) -> None:
    """Seed the tool with versions of these statuses: `v1="Published"`."""
    tool = team.add_package(generic("ns", "tool"))
    for version, status in statuses.items():
        tool.add_version(version, status=status, assets={} if status == "Disposed" else {"tool": b"x"})


def stored(client: Any) -> list[Any]:
    """All there is to know of the versions of the tool, except how they were made."""
    versions = client.list_package_versions(**TOOL)["versions"]
    names = [version["version"] for version in versions]
    described = [client.describe_package_version(**TOOL, packageVersion=name)["packageVersion"] for name in names]
    contents = [client.list_package_version_assets(**TOOL, packageVersion=name)["assets"] for name in names]
    return [versions, described, contents]


@pytest.mark.rule("S-2", "S-3", "B-4", "B-8", "B-11", "Q-1", "Q-2")
@pytest.mark.parametrize("guarded", [False, True], ids=["", "expected"])
@pytest.mark.parametrize(("status", "target"), STEPS)
def test_an_allowed_transition_succeeds(
    client: Any, team: Repository, status: VersionStatus, target: str, guarded: bool
) -> None:
    seed(team, v1=status)
    revision = client.describe_package_version(**TOOL, packageVersion="v1")["packageVersion"]["revision"]

    response = lead(client, target, ["v1"], **({"expectedStatus": status} if guarded else {}))

    assert response["successfulVersions"] == {"v1": {"revision": revision, "status": target}}
    assert response["failedVersions"] == {}
    left = client.list_package_versions(**TOOL)["versions"]
    assert [(version["status"], version["revision"]) for version in left] == (
        [] if target == "Deleted" else [(target, revision)]
    )


@pytest.mark.rule("S-2", "B-3", "B-11")
@pytest.mark.parametrize("guarded", [False, True], ids=["", "expected"])
@pytest.mark.parametrize(("status", "target"), REFUSED)
def test_a_forbidden_transition_is_refused(
    client: Any, team: Repository, status: VersionStatus, target: str, guarded: bool
) -> None:
    seed(team, v1=status)
    before = stored(client)

    response = lead(client, target, ["v1"], **({"expectedStatus": status} if guarded else {}))

    assert response["successfulVersions"] == {}
    assert set(response["failedVersions"]) == {"v1"}
    assert response["failedVersions"]["v1"]["errorCode"] == "NOT_ALLOWED"
    assert "v1" in response["failedVersions"]["v1"]["errorMessage"]
    assert stored(client) == before


@pytest.mark.rule("S-2", "B-7")
@pytest.mark.parametrize("target", ["Unfinished", "Disposed", "Deleted"])
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_that_is_not_a_target_fails_the_whole_call(
    client: Any, team: Repository, status: VersionStatus, target: str
) -> None:
    seed(team, v1=status)
    before = stored(client)

    with pytest.raises(client.exceptions.ValidationException):
        client.update_package_versions_status(**TOOL, versions=["v1"], targetStatus=target)

    assert stored(client) == before


@pytest.mark.rule("B-3", "Q-1", "Q-4")
@pytest.mark.parametrize(("status", "expected", "target"), MISMATCHES)
def test_a_version_of_another_status_than_expected_is_not_changed(
    client: Any, team: Repository, status: VersionStatus, expected: str, target: str
) -> None:
    seed(team, v1=status)
    before = stored(client)

    response = lead(client, target, ["v1"], expectedStatus=expected)

    assert response["successfulVersions"] == {}
    assert response["failedVersions"] == {
        "v1": {
            "errorCode": "MISMATCHED_STATUS",
            "errorMessage": f"current status: {status}, expected status: {expected}",
        }
    }
    assert stored(client) == before


@pytest.mark.rule("B-1", "B-4", "Q-1")
@pytest.mark.parametrize("target", TARGETS)
def test_several_versions_are_changed_in_one_call(client: Any, team: Repository, target: str) -> None:
    seed(team, v1="Published", v2="Unlisted", v3="Archived", v4="Published")

    response = lead(client, target, ["v3", "v1", "v2"])

    changed = {version: entry["status"] for version, entry in response["successfulVersions"].items()}
    assert changed == {"v1": target, "v2": target, "v3": target}
    assert response["failedVersions"] == {}
    left = {version["version"]: version["status"] for version in client.list_package_versions(**TOOL)["versions"]}
    assert left == {**({} if target == "Deleted" else changed), "v4": "Published"}


@pytest.mark.rule("B-1", "B-3", "Q-4")
@pytest.mark.parametrize("target", TARGETS)
def test_a_version_of_another_status_fails_the_whole_batch(client: Any, team: Repository, target: str) -> None:
    seed(team, v1="Published", v2="Published", v3="Archived")
    before = stored(client)

    response = lead(client, target, ["v1", "v2", "v3"], expectedStatus="Published")

    assert response["successfulVersions"] == {}
    assert response["failedVersions"] == {
        "v1": {"errorCode": "SKIPPED", "errorMessage": "version v1 is skipped"},
        "v2": {"errorCode": "SKIPPED", "errorMessage": "version v2 is skipped"},
        "v3": {
            "errorCode": "MISMATCHED_STATUS",
            "errorMessage": "current status: Archived, expected status: Published",
        },
    }
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert stored(client) == before


@pytest.mark.rule("B-2", "Q-4")
@pytest.mark.parametrize("target", TARGETS)
def test_each_failing_version_has_its_own_error(client: Any, team: Repository, target: str) -> None:
    seed(team, v1="Published", v2="Archived")

    response = lead(client, target, ["v1", "v2"], expectedStatus="Unlisted")

    assert response["failedVersions"] == {
        "v1": {
            "errorCode": "MISMATCHED_STATUS",
            "errorMessage": "current status: Published, expected status: Unlisted",
        },
        "v2": {
            "errorCode": "MISMATCHED_STATUS",
            "errorMessage": "current status: Archived, expected status: Unlisted",
        },
    }


@pytest.mark.rule("B-1", "B-3", "B-9", "Q-4")
@pytest.mark.parametrize("target", TARGETS)
def test_a_missing_version_fails_the_whole_batch(client: Any, team: Repository, target: str) -> None:
    seed(team, v1="Published")
    before = stored(client)

    response = lead(client, target, ["v1", "v9"])

    failed = response["failedVersions"]
    assert response["successfulVersions"] == {}
    assert {version: entry["errorCode"] for version, entry in failed.items()} == {"v1": "SKIPPED", "v9": "NOT_FOUND"}
    assert "v9" in failed["v9"]["errorMessage"]
    assert stored(client) == before


@pytest.mark.rule("B-1", "B-2", "B-11")
@pytest.mark.parametrize("target", ["Published", "Unlisted", "Archived", "Disposed"])
def test_a_disposed_version_fails_the_whole_batch(client: Any, team: Repository, target: str) -> None:
    seed(team, v1="Published", v2="Disposed")
    before = stored(client)

    failed = lead(client, target, ["v1", "v2", "v9"])["failedVersions"]

    codes = {version: entry["errorCode"] for version, entry in failed.items()}
    assert codes == {"v1": "SKIPPED", "v2": "NOT_ALLOWED", "v9": "NOT_FOUND"}
    assert stored(client) == before


@pytest.mark.rule("B-1", "Q-4")
@pytest.mark.parametrize("target", ["Disposed", "Deleted"])
def test_a_call_that_changed_nothing_is_not_recorded_as_a_removal(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, target: str
) -> None:
    seed(team, v1="Published")

    lead(client, target, ["v1", "v9"])

    assert team.deleted_versions == set()
    assert team.disposed_versions == set()
    assert codeartifact.deletions == []


@pytest.mark.rule("B-9", "Q-4", "E-12", "E-25")
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.usefixtures("team")
def test_a_missing_package_is_not_found(client: Any, target: str) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        lead(client, target, ["v1"])

    assert (caught.value.response["resourceType"], caught.value.response["resourceId"]) == ("package", "tool")


@pytest.mark.rule("B-9")
@pytest.mark.parametrize("target", TARGETS)
def test_a_version_of_a_package_without_versions_is_not_found(client: Any, team: Repository, target: str) -> None:
    seed(team)

    failed = lead(client, target, ["v1"])["failedVersions"]

    assert {version: entry["errorCode"] for version, entry in failed.items()} == {"v1": "NOT_FOUND"}


@pytest.mark.rule("U-10", "B-9", "E-12")
@pytest.mark.parametrize("target", TARGETS)
def test_a_package_that_only_an_upstream_has_is_not_found(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, target: str
) -> None:
    upstream = codeartifact.domain("acme").add_repository("upstream")
    seed(upstream, v1="Published")
    client.update_repository(domain="acme", repository="team", upstreams=[{"repositoryName": "upstream"}])

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        lead(client, target, ["v1"])

    assert upstream.packages[generic("ns", "tool")].versions["v1"].status == "Published"
    assert team.upstreams == ["upstream"]


@pytest.mark.rule("S-2", "S-3", "P-14")
def test_a_version_keeps_its_revision_through_all_statuses(client: Any, team: Repository) -> None:
    seed(team, v1="Unfinished")
    revision = team.packages[generic("ns", "tool")].versions["v1"].revision
    way = ["Published", "Unlisted", "Archived", "Unlisted", "Published", "Archived", "Published", "Disposed", "Deleted"]

    answers = [lead(client, target, ["v1"])["successfulVersions"]["v1"] for target in way]

    assert answers == [{"revision": revision, "status": target} for target in way]
