"""UpdatePackageVersionsStatus and DisposePackageVersions beyond the table of states (behaviour reference, section 17).

What each step of the state machine does is in test_state_machine.py, what is wrong with a request in
test_batch_requests.py.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import botocore.exceptions
import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository, VersionStatus, npm, pypi

TOOL = {"domain": "acme", "repository": "team", "format": "pypi", "package": "tool"}

UPDATE: dict[str, Any] = {"targetStatus": "Archived"}
BOTH = pytest.mark.parametrize("operation", ["update_package_versions_status", "dispose_package_versions"])
ALL_THREE = pytest.mark.parametrize(
    "operation", ["update_package_versions_status", "dispose_package_versions", "delete_package_versions"]
)


def call(client: Any, operation: str, **params: Any) -> Any:
    """Call one of the operations on several versions; Update archives by default."""
    target = UPDATE if operation == "update_package_versions_status" else {}
    return getattr(client, operation)(**{**TOOL, **target, **params})


def seed(team: Repository, **revisions: str) -> None:
    """Seed the tool with Published versions of these revisions: `v1="abc="`."""
    tool = team.add_package(pypi("tool"))
    for version, revision in revisions.items():
        tool.add_version(version, revision=revision)


def statuses(team: Repository) -> dict[str, str]:
    """The status of each version of the tool."""
    return {name: version.status for name, version in team.packages[pypi("tool")].versions.items()}


@pytest.mark.rule("B-1", "B-4", "W-6")
@BOTH
def test_the_response_has_the_two_maps_only(client: Any, team: Repository, operation: str) -> None:
    seed(team, v1="abc=")

    response = call(client, operation, versions=["v1"])

    metadata = response.pop("ResponseMetadata")
    assert set(response) == {"successfulVersions", "failedVersions"}
    assert metadata["HTTPStatusCode"] == 200


# Revisions


@pytest.mark.rule("B-4", "B-6")
@BOTH
def test_versions_of_the_expected_revisions_are_changed(client: Any, team: Repository, operation: str) -> None:
    seed(team, v1="abc=", v2="def=")

    response = call(client, operation, versions=["v1", "v2"], versionRevisions={"v2": "def=", "v1": "abc="})

    changed = {version: entry["revision"] for version, entry in response["successfulVersions"].items()}
    assert changed == {"v1": "abc=", "v2": "def="}
    assert "Published" not in statuses(team).values()


@pytest.mark.rule("B-1", "B-3", "B-6")
@pytest.mark.parametrize("given", ["abc", "abC=", "abc==", "xyz="], ids=["short", "case", "long", "other"])
@BOTH
def test_a_revision_is_compared_byte_for_byte(client: Any, team: Repository, operation: str, given: str) -> None:
    seed(team, v1="abc=", v2="def=")

    response = call(client, operation, versions=["v1", "v2"], versionRevisions={"v1": given, "v2": "def="})

    assert response["successfulVersions"] == {}
    assert response["failedVersions"] == {
        "v1": {
            "errorCode": "MISMATCHED_REVISION",
            "errorMessage": f"current revision: abc=, expected revision: {given}",
        },
        "v2": {"errorCode": "SKIPPED", "errorMessage": "version v2 is skipped"},
    }
    assert statuses(team) == {"v1": "Published", "v2": "Published"}


@pytest.mark.rule("B-8")
@BOTH
def test_the_status_is_compared_before_the_revision(client: Any, team: Repository, operation: str) -> None:
    seed(team, v1="abc=")

    response = call(client, operation, versions=["v1"], versionRevisions={"v1": "other="}, expectedStatus="Unlisted")

    assert response["failedVersions"]["v1"]["errorCode"] == "MISMATCHED_STATUS"


@pytest.mark.rule("B-6", "B-9")
@BOTH
def test_a_missing_version_with_an_expected_revision_is_not_found(
    client: Any, team: Repository, operation: str
) -> None:
    seed(team, v1="abc=")

    response = call(client, operation, versions=["v9"], versionRevisions={"v9": "abc="})

    assert response["failedVersions"]["v9"]["errorCode"] == "NOT_FOUND"


@pytest.mark.rule("B-5")
@pytest.mark.parametrize(
    "revisions",
    [{}, {"v1": "abc="}, {"v1": "abc=", "v2": "def=", "v3": "ghi="}, {"v1": "abc=", "v3": "ghi="}],
    ids=["none", "fewer", "more", "others"],
)
@BOTH
def test_revisions_must_name_exactly_the_given_versions(
    client: Any, team: Repository, operation: str, revisions: dict[str, str]
) -> None:
    seed(team, v1="abc=", v2="def=", v3="ghi=")

    with pytest.raises(client.exceptions.ValidationException) as caught:
        call(client, operation, versions=["v1", "v2"], versionRevisions=revisions)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert set(statuses(team).values()) == {"Published"}


@pytest.mark.rule("B-5", "V-1")
@BOTH
def test_revisions_without_versions_are_refused_by_botocore(client: Any, team: Repository, operation: str) -> None:
    seed(team, v1="abc=")

    with pytest.raises(botocore.exceptions.ParamValidationError, match="versions"):
        call(client, operation, versionRevisions={"v1": "abc="})

    assert statuses(team) == {"v1": "Published"}


# Further effects of a change


@pytest.mark.rule("B-12", "L-6")
@pytest.mark.parametrize("target", ["Unlisted", "Archived"])
def test_the_default_display_version_skips_unlisted_and_archived_versions(
    client: Any, team: Repository, target: str
) -> None:
    of_npm = {**TOOL, "format": "npm"}
    team.add_package(npm("tool"), versions=["1.0.0", "2.0.0"], dist_tags={"latest": "2.0.0"})

    call(client, "update_package_versions_status", **of_npm, versions=["2.0.0"], targetStatus=target)
    without = client.list_package_versions(**of_npm)["defaultDisplayVersion"]
    call(client, "update_package_versions_status", **of_npm, versions=["2.0.0"], targetStatus="Published")
    again = client.list_package_versions(**of_npm)["defaultDisplayVersion"]

    assert (without, again) == ("1.0.0", "2.0.0")


@pytest.mark.rule("B-12", "L-6")
@ALL_THREE
def test_the_default_display_version_follows_each_change(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, operation: str
) -> None:
    tool = team.add_package(pypi("tool"))
    for version in ("2.0", "1.0", "3.0"):
        tool.add_version(version, published=codeartifact.clock.now())
        codeartifact.clock.advance(dt.timedelta(days=1))

    seen = [client.list_package_versions(**TOOL).get("defaultDisplayVersion")]
    for version in ("3.0", "1.0", "2.0"):
        call(client, operation, **TOOL, versions=[version])
        seen.append(client.list_package_versions(**TOOL).get("defaultDisplayVersion"))

    assert seen == ["3.0", "1.0", "2.0", None]


@pytest.mark.rule("B-10", "S-1", "S-6")
def test_disposal_removes_the_assets_and_keeps_the_description(client: Any, team: Repository) -> None:
    team.add_package(pypi("tool")).add_version("1.0.0", assets={"package.tgz": b"x"}, summary="A tool.")
    before = client.describe_package_version(**TOOL, packageVersion="1.0.0")["packageVersion"]

    client.dispose_package_versions(**TOOL, versions=["1.0.0"])

    listed = client.list_package_version_assets(**TOOL, packageVersion="1.0.0")
    assert (listed["assets"], listed["versionRevision"]) == ([], before["revision"])
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_package_version_asset(**TOOL, packageVersion="1.0.0", asset="package.tgz")
    after = client.describe_package_version(**TOOL, packageVersion="1.0.0")["packageVersion"]
    assert after == {**before, "status": "Disposed"}
    assert team.disposed_versions == {(pypi("tool"), "1.0.0")}
    assert team.deleted_versions == set()


@pytest.mark.rule("B-10", "D-7")
def test_disposal_keeps_the_assets_of_other_repositories(client: Any, acme: Domain, team: Repository) -> None:
    other = acme.add_repository("other")
    for repository in (team, other):
        repository.add_package(pypi("tool")).add_version("1.0.0", assets={"package.tgz": b"12345"})

    sizes = []
    for repository in (team, other):
        client.dispose_package_versions(**{**TOOL, "repository": repository.name}, versions=["1.0.0"])
        sizes.append(client.describe_domain(domain="acme")["domain"]["assetSizeBytes"])
        if repository is team:
            assert other.packages[pypi("tool")].versions["1.0.0"].assets["package.tgz"] == b"12345"
            assert other.packages[pypi("tool")].versions["1.0.0"].status == "Published"

    assert sizes == [5, 0]


@pytest.mark.rule("B-10", "U-9")
def test_disposal_keeps_the_assets_of_copied_and_retained_versions(client: Any, acme: Domain, team: Repository) -> None:
    copied, retained = acme.add_repository("copied"), acme.add_repository("retained", upstreams=[team])
    team.add_package(pypi("tool")).add_version("1.0.0", assets={"package.tgz": b"x"})
    source = {name: value for name, value in TOOL.items() if name != "repository"}
    client.copy_package_versions(**source, sourceRepository="team", destinationRepository="copied", versions=["1.0.0"])
    retained.fetch(pypi("tool"), "1.0.0")

    client.dispose_package_versions(**TOOL, versions=["1.0.0"])

    for repository in (copied, retained):
        assert repository.packages[pypi("tool")].versions["1.0.0"].assets["package.tgz"] == b"x"


@pytest.mark.rule("S-1", "S-3")
@pytest.mark.parametrize("target", ["Unlisted", "Archived"])
def test_another_status_keeps_the_assets(client: Any, team: Repository, target: str) -> None:
    team.add_package(pypi("tool")).add_version("1.0.0", assets={"package.tgz": b"x"})
    before = client.list_package_version_assets(**TOOL, packageVersion="1.0.0")["assets"]

    call(client, "update_package_versions_status", versions=["1.0.0"], targetStatus=target)

    assert client.list_package_version_assets(**TOOL, packageVersion="1.0.0")["assets"] == before


@pytest.mark.rule("B-8", "EV-1")
def test_setting_the_same_status_again_succeeds_without_an_event(
    client: Any, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    seed(team, v1="abc=")

    again = call(client, "update_package_versions_status", versions=["v1"], targetStatus="Published")
    assert again["successfulVersions"] == {"v1": {"revision": "abc=", "status": "Published"}}
    assert codeartifact.events == []

    call(client, "update_package_versions_status", versions=["v1"])
    assert [event["detail"]["packageVersionState"] for event in codeartifact.events] == ["Archived"]


@pytest.mark.rule("S-2", "S-7")
@pytest.mark.parametrize("first", ["Published", "Unlisted", "Archived"])
def test_the_time_of_publishing_is_when_an_unfinished_version_was_finished(
    client: Any, codeartifact: FakeCodeArtifact, team: Repository, first: str
) -> None:
    begun = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
    version = team.add_package(pypi("tool")).add_version("v1", status="Unfinished", published=begun)
    finished = begun + dt.timedelta(days=1)
    codeartifact.clock.set(finished)

    call(client, "update_package_versions_status", versions=["v1"], targetStatus=first)
    codeartifact.clock.advance(dt.timedelta(days=1))
    call(client, "update_package_versions_status", versions=["v1"], targetStatus="Published")

    assert version.published == finished


@pytest.mark.rule("S-7", "B-11")
@pytest.mark.parametrize("status", ["Unfinished", "Published"])
def test_disposing_an_unfinished_version_sets_its_time_of_publishing(
    client: Any, codeartifact: FakeCodeArtifact, team: Repository, status: VersionStatus
) -> None:
    begun = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
    version = team.add_package(pypi("tool")).add_version("v1", status=status, published=begun)
    finished = begun + dt.timedelta(days=1)
    codeartifact.clock.set(finished)

    call(client, "dispose_package_versions", versions=["v1"])
    codeartifact.clock.advance(dt.timedelta(days=1))

    assert version.published == (finished if status == "Unfinished" else begun)
