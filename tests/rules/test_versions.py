"""Package versions: statuses and revisions (behaviour reference, section 14).

How a version gets from one status to another is in test_state_machine.py, how it is described in
test_version_descriptions.py.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    PackageId,
    Repository,
    ResourceNotFoundException,
    SeedError,
    VersionStatus,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import TEAM, TOOL, publish

STATUSES: tuple[VersionStatus, ...] = ("Published", "Unfinished", "Unlisted", "Archived", "Disposed")


def described(client: Any, **package: str) -> Any:
    """Version 1.0 as DescribePackageVersion shows it; by default of the generic tool."""
    return client.describe_package_version(**{**TOOL, **package}, packageVersion="1.0")["packageVersion"]


# Statuses


@pytest.mark.rule("S-1", "A-3")
@pytest.mark.parametrize("status", ["Published", "Unfinished", "Unlisted"])
def test_assets_of_published_unfinished_and_unlisted_versions_can_be_downloaded(
    client: Any, team: Repository, status: VersionStatus
) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0", status=status, assets={"tool": b"x"})

    response = client.get_package_version_asset(**TOOL, packageVersion="1.0", asset="tool")

    assert response["asset"].read() == b"x"


@pytest.mark.rule("S-1", "A-3")
def test_assets_of_an_archived_version_can_be_downloaded_once_it_is_restored(client: Any, team: Repository) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0", status="Archived", assets={"tool": b"x"})

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_package_version_asset(**TOOL, packageVersion="1.0", asset="tool")
    client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus="Published")

    assert caught.value.response["resourceType"] == "asset"
    response = client.get_package_version_asset(**TOOL, packageVersion="1.0", asset="tool")
    assert response["asset"].read() == b"x"


@pytest.mark.rule("S-1", "A-3")
def test_assets_of_a_disposed_version_cannot_be_restored(client: Any, team: Repository) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0", assets={"tool": b"x"})

    client.dispose_package_versions(**TOOL, versions=["1.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_package_version_asset(**TOOL, packageVersion="1.0", asset="tool")
    assert caught.value.response["resourceType"] == "asset"
    assert dict(team.packages[generic("ns", "tool")].versions["1.0"].assets) == {}


@pytest.mark.rule("S-1")
@pytest.mark.parametrize("downstream", [True, False], ids=["downstream", "itself"])
@pytest.mark.parametrize("status", STATUSES)
def test_package_managers_download_published_and_unlisted_versions_only(
    acme: Domain, team: Repository, status: VersionStatus, downstream: bool
) -> None:
    id = maven("org.acme", "tool")
    team.add_package(id).add_version("1.0", status=status)
    asked = acme.add_repository("downstream", upstreams=[team]) if downstream else team

    if status in ("Published", "Unlisted"):
        assert asked.fetch(id, "1.0").status == status
    else:
        with pytest.raises(ResourceNotFoundException):
            asked.fetch(id, "1.0")


@pytest.mark.rule("S-1", "P-14")
@pytest.mark.parametrize(
    ("id", "status"),
    [
        (generic("ns", "tool"), "Published"),
        (generic("ns", "tool"), "Unlisted"),
        (generic("ns", "tool"), "Archived"),
        (generic("ns", "tool"), "Disposed"),
        (pypi("tool"), "Archived"),
        (pypi("tool"), "Disposed"),
        (npm("tool"), "Archived"),
        (npm("tool"), "Disposed"),
    ],
    ids=str,
)
def test_an_existing_version_of_any_status_cannot_be_published_again(
    team: Repository, id: PackageId, status: VersionStatus
) -> None:
    team.add_package(id).add_version("1.0.0", status=status)

    with pytest.raises(ConflictException):
        team.publish(id, "1.0.0")

    assert team.packages[id].versions["1.0.0"].status == status


@pytest.mark.rule("S-1", "P-4")
def test_a_generic_version_is_unfinished_until_its_last_asset(client: Any, team: Repository) -> None:
    answers = [publish(client, "a", unfinished=True), publish(client, "b", unfinished=True), publish(client, "c")]

    assert [answer["status"] for answer in answers] == ["Unfinished", "Unfinished", "Published"]
    assert set(team.packages[generic("ns", "tool")].versions["1.0"].assets) == {"a", "b", "c"}


@pytest.mark.rule("S-1")
def test_a_maven_version_without_metadata_is_unfinished(client: Any, team: Repository) -> None:
    team.publish(maven("org.acme", "tool"), "1.0", unfinished=True)

    of_maven = {**TEAM, "format": "maven", "namespace": "org.acme", "package": "tool"}

    assert described(client, **of_maven)["status"] == "Unfinished"


@pytest.mark.rule("S-1")
@pytest.mark.parametrize(
    "id", [npm("tool"), pypi("tool"), nuget("tool"), ruby("tool"), swift("apple", "tool"), cargo("tool")], ids=str
)
def test_versions_of_other_formats_cannot_be_unfinished(team: Repository, id: PackageId) -> None:
    with pytest.raises(SeedError):
        team.publish(id, "1.0.0", unfinished=True)

    assert id not in team.packages


@pytest.mark.rule("S-1", "L-5")
def test_versions_are_listed_by_their_status_and_none_is_deleted(client: Any, team: Repository) -> None:
    package = team.add_package(generic("ns", "tool"))
    for status in STATUSES:
        package.add_version(status, status=status)

    listed = {status: client.list_package_versions(**TOOL, status=status)["versions"] for status in STATUSES}
    deleted = client.list_package_versions(**TOOL, status="Deleted")["versions"]

    assert {status: [version["version"] for version in found] for status, found in listed.items()} == {
        status: [status] for status in STATUSES
    }
    assert deleted == []


@pytest.mark.rule("S-6")
@pytest.mark.parametrize("status", STATUSES)
def test_a_version_of_any_status_can_be_described(client: Any, team: Repository, status: VersionStatus) -> None:
    version = team.add_package(generic("ns", "tool")).add_version("1.0", status=status)

    found = described(client)

    assert (found["version"], found["status"], found["revision"]) == ("1.0", status, version.revision)


# Revisions


@pytest.mark.rule("S-3")
def test_a_revision_is_the_base64_of_32_bytes(client: Any, team: Repository) -> None:
    team.add_package(generic("ns", "tool"), versions=["1.0"])

    revision = described(client)["revision"]

    assert len(revision) == 44
    assert len(base64.b64decode(revision, validate=True)) == 32


@pytest.mark.rule("S-3", "P-13")
def test_a_new_asset_changes_the_revision_and_a_new_status_does_not(client: Any, team: Repository) -> None:
    revisions = [publish(client, name, unfinished=True)["versionRevision"] for name in ("a", "b", "b")]
    client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus="Published")

    assert revisions[0] != revisions[1] == revisions[2]
    assert described(client)["revision"] == revisions[2]
    assert team.packages[generic("ns", "tool")].versions["1.0"].revision == revisions[2]


@pytest.mark.rule("S-3", "F-7")
def test_an_asset_that_is_added_to_a_published_version_changes_the_revision(team: Repository) -> None:
    before = team.publish(pypi("tool"), "1.0", {"tool-1.0.tar.gz": b"x"}).revision

    after = team.publish(pypi("tool"), "1.0", {"tool-1.0-py3-none-any.whl": b"y"}).revision

    assert before != after


@pytest.mark.rule("S-3")
def test_versions_whose_assets_have_different_names_have_different_revisions(acme: Domain, team: Repository) -> None:
    there = acme.add_repository("other").add_package(pypi("tool"))

    first = team.add_package(pypi("tool")).add_version("1.0", assets={"tool.whl": b"x"})
    second = there.add_version("1.0", assets={"tool.tar.gz": b"x"})

    assert first.revision != second.revision


@pytest.mark.rule("S-3")
@pytest.mark.parametrize(
    "other",
    [
        {"assets": {"package.tgz": b"y"}},
        {"assets": {}},
        {"summary": "Another tool."},
        {"licenses": ["MIT"]},
        {"readme": "Read me."},
        {"dependencies": [{"package": "lodash", "versionRequirement": "^4"}]},
    ],
    ids=str,
)
def test_versions_of_different_content_have_different_revisions(
    acme: Domain, team: Repository, other: dict[str, Any]
) -> None:
    one: dict[str, Any] = {"assets": {"package.tgz": b"x"}, "summary": "A tool."}
    there = acme.add_repository("other").add_package(npm("tool"))

    first = team.add_package(npm("tool")).add_version("1.0.0", **one)
    second = there.add_version("1.0.0", **{**one, **other})

    assert first.revision != second.revision


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("revision", ["REVISION-SAMPLE-1-C7F4S5E9B772FC", "x" * 50])
def test_a_seeded_revision_is_kept(client: Any, team: Repository, revision: str) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0", revision=revision)

    client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus="Archived")

    assert described(client)["revision"] == revision
