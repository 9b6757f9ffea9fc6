"""The versions in requests of the three operations on several versions (behaviour reference, 9, 10).

What they do with good versions is in test_state_machine.py and test_status.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain, Repository, npm, nuget

TOOL = {"domain": "acme", "repository": "team", "format": "npm", "package": "tool"}
NUGET = {"domain": "acme", "repository": "team", "format": "nuget", "package": "Tool"}

UPDATE: dict[str, Any] = {"targetStatus": "Archived"}
BOTH = pytest.mark.parametrize("operation", ["update_package_versions_status", "dispose_package_versions"])
ALL_THREE = pytest.mark.parametrize(
    "operation", ["update_package_versions_status", "dispose_package_versions", "delete_package_versions"]
)


def call(client: Any, operation: str, **params: Any) -> Any:
    """Call one of the operations on several versions; Update archives by default."""
    target = UPDATE if operation == "update_package_versions_status" else {}
    return getattr(client, operation)(**{**TOOL, **target, **params})


def seed(team: Repository) -> None:
    """Seed the tool with one Published version."""
    team.add_package(npm("tool")).add_version("1.0.0", revision="abc=")


def statuses(team: Repository) -> dict[str, str]:
    """The status of each version of the tool."""
    return {name: version.status for name, version in team.packages[npm("tool")].versions.items()}


# The list of versions


@pytest.mark.rule("B-13", "V-1")
@ALL_THREE
def test_an_empty_list_of_versions_is_refused(client: Any, team: Repository, operation: str) -> None:
    seed(team)

    with pytest.raises(client.exceptions.ValidationException):
        call(client, operation, versions=[])

    assert statuses(team) == {"1.0.0": "Published"}


@pytest.mark.rule("B-14")
@ALL_THREE
def test_a_version_that_is_given_twice_counts_once(client: Any, team: Repository, operation: str) -> None:
    team.add_package(npm("tool"), versions=["1.0.0", "2.0.0"])

    response = call(client, operation, versions=["1.0.0", "2.0.0", "1.0.0"])

    assert set(response["successfulVersions"]) == {"1.0.0", "2.0.0"}
    assert response["failedVersions"] == {}


@pytest.mark.rule("B-14", "B-5")
@BOTH
def test_a_version_that_is_given_twice_is_compared_with_one_expected_revision(
    client: Any, team: Repository, operation: str
) -> None:
    seed(team)

    response = call(client, operation, versions=["1.0.0", "1.0.0"], versionRevisions={"1.0.0": "abc="})

    assert set(response["successfulVersions"]) == {"1.0.0"}


@pytest.mark.rule("V-8")
@ALL_THREE
def test_a_hundred_versions_are_changed_in_one_call(client: Any, team: Repository, operation: str) -> None:
    versions = [f"1.0.{patch}" for patch in range(100)]
    team.add_package(npm("tool"), versions=versions)

    response = call(client, operation, versions=versions)

    assert set(response["successfulVersions"]) == set(versions)
    assert "Published" not in statuses(team).values()


@pytest.mark.rule("V-2", "V-5", "V-8")
@pytest.mark.parametrize("distinct", [True, False], ids=["distinct", "the_same"])
@ALL_THREE
def test_more_than_a_hundred_versions_are_refused(
    client: Any, team: Repository, operation: str, distinct: bool
) -> None:
    versions = [f"1.0.{patch if distinct else 0}" for patch in range(101)]
    team.add_package(npm("tool"), versions=sorted(set(versions)))

    with pytest.raises(client.exceptions.ValidationException) as caught:
        call(client, operation, versions=versions)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert caught.value.response["Error"]["Message"].startswith(
        f"1 validation error detected: Value '[{', '.join(versions)}]' at 'versions' failed to satisfy constraint: "
    )
    assert set(statuses(team).values()) == {"Published"}


@pytest.mark.rule("V-5", "V-8")
@pytest.mark.parametrize(
    "wrong",
    [
        {"versions": ["1 0"]},
        {"versions": ["x" * 256]},
        {"expectedStatus": "published"},
        {"expectedStatus": "Gone"},
    ],
    ids=["blank", "long", "case", "unknown"],
)
@ALL_THREE
def test_violations_of_constraints_are_refused(
    client: Any, team: Repository, operation: str, wrong: dict[str, Any]
) -> None:
    seed(team)

    with pytest.raises(client.exceptions.ValidationException) as caught:
        call(client, operation, **{"versions": ["1.0.0"], **wrong})

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert statuses(team) == {"1.0.0": "Published"}


@pytest.mark.rule("B-7", "V-2", "V-8")
def test_an_unknown_target_status_is_refused(client: Any, team: Repository) -> None:
    seed(team)

    with pytest.raises(client.exceptions.ValidationException) as caught:
        call(client, "update_package_versions_status", versions=["1.0.0"], targetStatus="Gone")

    assert caught.value.response["Error"]["Message"].startswith(
        "1 validation error detected: Value 'Gone' at 'targetStatus' failed to satisfy constraint: "
    )
    assert statuses(team) == {"1.0.0": "Published"}


@pytest.mark.rule("E-5", "B-5", "B-7", "B-13")
@pytest.mark.parametrize(
    ("operation", "wrong"),
    [
        ("update_package_versions_status", {"versions": []}),
        ("update_package_versions_status", {"versions": ["1.0.0"], "versionRevisions": {"2.0.0": "abc="}}),
        ("update_package_versions_status", {"versions": ["1.0.0"], "targetStatus": "Deleted"}),
        ("dispose_package_versions", {"versions": []}),
        ("dispose_package_versions", {"versions": ["1.0.0"], "versionRevisions": {"2.0.0": "abc="}}),
        ("delete_package_versions", {"versions": []}),
    ],
)
def test_a_request_is_validated_before_anything_is_looked_up(
    client: Any, operation: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        call(client, operation, **wrong)


@pytest.mark.rule("E-5", "E-10", "E-11", "X-1")
@pytest.mark.parametrize(
    ("wrong", "resource"),
    [
        ({"domain": "nowhere"}, ("domain", "nowhere")),
        ({"domainOwner": "210987654321"}, ("domain", "acme")),
        ({"repository": "nowhere"}, ("repository", "nowhere")),
    ],
    ids=["domain", "owner", "repository"],
)
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
@ALL_THREE
def test_missing_entities_are_named(
    client: Any, team: Repository, operation: str, wrong: dict[str, str], resource: tuple[str, str]
) -> None:
    seed(team)

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        call(client, operation, versions=["1.0.0"], **wrong)

    assert (caught.value.response["resourceType"], caught.value.response["resourceId"]) == resource
    assert statuses(team) == {"1.0.0": "Published"}


# NuGet's version numbers


@pytest.mark.rule("F-5", "B-14")
@ALL_THREE
def test_a_nuget_version_may_be_spelled_in_any_way(client: Any, team: Repository, operation: str) -> None:
    package = team.add_package(nuget("Tool"), versions=["1.1.1", "1.0.1"])
    revisions = {name: version.revision for name, version in package.versions.items()}

    response = call(client, operation, **NUGET, versions=["1.01.1", "1.0.01.0", "1.1.1+r3456"])

    changed = {name: entry["revision"] for name, entry in response["successfulVersions"].items()}
    assert changed == revisions
    assert response["failedVersions"] == {}


@pytest.mark.rule("F-5", "B-1")
@ALL_THREE
def test_failures_are_listed_under_the_normalised_version(client: Any, team: Repository, operation: str) -> None:
    team.add_package(nuget("Tool"), versions=["1.1"])

    failed = call(client, operation, **NUGET, versions=["1.01", "2.00"])["failedVersions"]

    codes = {version: entry["errorCode"] for version, entry in failed.items()}
    assert codes == {"1.1": "SKIPPED", "2.0": "NOT_FOUND"}
    assert failed["1.1"]["errorMessage"] == "version 1.1 is skipped"


@pytest.mark.rule("F-5", "B-5")
@BOTH
def test_an_expected_revision_may_be_given_for_any_spelling_of_a_nuget_version(
    client: Any, team: Repository, operation: str
) -> None:
    team.add_package(nuget("Tool")).add_version("1.1", revision="abc=")

    response = call(client, operation, **NUGET, versions=["1.01"], versionRevisions={"1.1+build": "abc="})

    assert response["successfulVersions"]["1.1"]["revision"] == "abc="


@pytest.mark.rule("F-5", "B-6")
@pytest.mark.parametrize("spelled", [["1.1", "1.01"], ["1.01", "1.1"]], ids=["right_last", "wrong_last"])
@BOTH
def test_expected_revisions_of_two_spellings_must_both_match(
    client: Any, team: Repository, operation: str, spelled: list[str]
) -> None:
    team.add_package(nuget("Tool")).add_version("1.1", revision="abc=")
    revisions = {name: "abc=" if name == "1.01" else "other=" for name in spelled}

    response = call(client, operation, **NUGET, versions=["1.1", "1.01"], versionRevisions=revisions)

    assert response["successfulVersions"] == {}
    assert response["failedVersions"]["1.1"]["errorCode"] == "MISMATCHED_REVISION"


@pytest.mark.rule("B-15")
@ALL_THREE
def test_the_maps_are_sorted_by_version(client: Any, team: Repository, operation: str) -> None:
    versions = ["2.0.0", "10.0.0", "1.0.0", "1.0.0-beta"]
    team.add_package(npm("tool"), versions=versions)

    failed = call(client, operation, versions=["9.0.0", *versions, "0.1.0"])["failedVersions"]
    successful = call(client, operation, versions=versions)["successfulVersions"]

    assert list(failed) == ["0.1.0", "1.0.0", "1.0.0-beta", "10.0.0", "2.0.0", "9.0.0"]
    assert list(successful) == ["1.0.0", "1.0.0-beta", "10.0.0", "2.0.0"]


@pytest.mark.rule("B-15", "C-3")
def test_the_maps_of_a_copy_are_sorted_by_version(client: Any, team: Repository, acme: Domain) -> None:
    team.add_package(npm("tool"), versions=["2.0.0", "10.0.0", "1.0.0"])
    acme.add_repository("target")
    route = {"domain": "acme", "sourceRepository": "team", "destinationRepository": "target"}

    def copied(*versions: str) -> Any:
        return client.copy_package_versions(**route, format="npm", package="tool", versions=list(versions))

    assert list(copied("2.0.0", "9.0.0", "10.0.0")["failedVersions"]) == ["10.0.0", "2.0.0", "9.0.0"]
    assert list(copied("2.0.0", "10.0.0", "1.0.0")["successfulVersions"]) == ["1.0.0", "10.0.0", "2.0.0"]
