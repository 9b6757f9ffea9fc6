"""DeletePackageVersions: remaining records, and versions that come back (behaviour reference, section 18).

What each status and each guard does is in test_state_machine.py, what is wrong with a request in
test_batch_requests.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    PackageId,
    Repository,
    ResourceNotFoundException,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    swift,
)

from ..support.acme import TEAM, of, upload

LODASH = {**TEAM, "format": "npm", "package": "lodash"}
TOOL = {**TEAM, "format": "generic", "namespace": "ns", "package": "tool"}


def publish(client: Any, content: bytes = b"x") -> Any:
    """Publish version 1.0 of the generic tool."""
    return upload(client, "tool", content, **TOOL, packageVersion="1.0")


def store_with_public_lodash(codeartifact: FakeCodeArtifact) -> Repository:
    """A repository behind which npm's public repository offers lodash 4.17.21."""
    codeartifact.public_source("public:npmjs").add_package(npm("lodash"), versions=["4.17.21"])
    return codeartifact.domain("acme").add_repository("store", external_connection="public:npmjs")


@pytest.mark.rule("Q-1", "Q-3", "W-6")
@pytest.mark.parametrize(
    "id",
    [npm("@types/node"), pypi("requests"), maven("org.apache", "commons"), nuget("Json"), swift("apple", "nio")],
    ids=str,
)
def test_deleted_versions_are_reported_and_not_listed(client: Any, team: Repository, id: PackageId) -> None:
    package = team.add_package(id, versions=["1.0.0", "1.1.0", "2.0.0"])
    revisions = {name: version.revision for name, version in package.versions.items()}

    response = client.delete_package_versions(**of(id), versions=["1.0.0", "2.0.0"])

    metadata = response.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 200
    assert response == {
        "successfulVersions": {
            "1.0.0": {"revision": revisions["1.0.0"], "status": "Deleted"},
            "2.0.0": {"revision": revisions["2.0.0"], "status": "Deleted"},
        },
        "failedVersions": {},
    }
    assert [version["version"] for version in client.list_package_versions(**of(id))["versions"]] == ["1.1.0"]
    assert team.deleted_versions == {(id, "1.0.0"), (id, "2.0.0")}


@pytest.mark.rule("Q-3", "S-8")
@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("describe_package_version", {}),
        ("list_package_version_assets", {}),
        ("list_package_version_dependencies", {}),
        ("get_package_version_readme", {}),
        ("get_package_version_asset", {"asset": "package.tgz"}),
    ],
)
def test_no_operation_finds_a_deleted_version(
    client: Any, team: Repository, operation: str, params: dict[str, str]
) -> None:
    package = team.add_package(npm("lodash"))
    package.add_version("1.0.0", assets={"package.tgz": b"x"}, readme="Read me.")
    getattr(client, operation)(**LODASH, packageVersion="1.0.0", **params)

    client.delete_package_versions(**LODASH, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(**LODASH, packageVersion="1.0.0", **params)
    assert caught.value.response["resourceType"] == "package-version"


@pytest.mark.rule("Q-3", "Q-4", "B-9")
def test_a_version_is_deleted_only_once(client: Any, team: Repository) -> None:
    team.add_package(npm("lodash"), versions=["1.0.0", "2.0.0"])
    client.delete_package_versions(**LODASH, versions=["1.0.0"])

    again = client.delete_package_versions(**LODASH, versions=["1.0.0"])

    assert again["successfulVersions"] == {}
    assert again["failedVersions"]["1.0.0"]["errorCode"] == "NOT_FOUND"
    assert team.deleted_versions == {(npm("lodash"), "1.0.0")}


@pytest.mark.rule("Q-3", "S-3")
@pytest.mark.parametrize("content", [b"x", b"y"], ids=["same", "other"])
def test_a_deleted_version_may_be_published_again(client: Any, team: Repository, content: bytes) -> None:
    first = publish(client, b"x")
    client.delete_package_versions(**TOOL, versions=["1.0"])

    second = publish(client, content)

    assert second["status"] == "Published"
    assert second["versionRevision"] != first["versionRevision"]
    assert team.packages[generic("ns", "tool")].versions["1.0"].assets["tool"] == content


@pytest.mark.rule("Q-5", "L-3", "L-5")
def test_a_package_remains_after_its_last_version_is_deleted(client: Any, team: Repository) -> None:
    team.add_package(npm("lodash"), versions=["1.0.0", "2.0.0"], origin=Origin("BLOCK", "ALLOW"))

    client.delete_package_versions(**LODASH, versions=["1.0.0", "2.0.0"])

    restrictions = {"publish": "BLOCK", "upstream": "ALLOW"}
    described = client.describe_package(**LODASH)["package"]
    assert described == {
        "format": "npm",
        "name": "lodash",
        "originConfiguration": {"restrictions": restrictions},
    }
    listed = client.list_packages(**TEAM)["packages"]
    assert listed == [{"format": "npm", "package": "lodash", "originConfiguration": {"restrictions": restrictions}}]
    versions = client.list_package_versions(**LODASH)
    assert versions["versions"] == []
    assert "defaultDisplayVersion" not in versions
    assert team.deleted == set()


@pytest.mark.rule("Q-5", "K-3")
def test_the_first_version_after_a_deletion_does_not_change_the_origin_configuration(
    client: Any, team: Repository
) -> None:
    client.put_package_origin_configuration(**TOOL, restrictions={"publish": "ALLOW", "upstream": "ALLOW"})
    publish(client)

    client.delete_package_versions(**TOOL, versions=["1.0"])
    publish(client)

    assert team.packages[generic("ns", "tool")].origin == Origin("ALLOW", "ALLOW")


@pytest.mark.rule("Q-6", "U-9", "D-7")
def test_other_repositories_keep_their_copies(client: Any, acme: Domain, team: Repository) -> None:
    copied = acme.add_repository("copied")
    retained = acme.add_repository("retained", upstreams=[team])
    team.add_package(npm("lodash")).add_version("1.0.0", assets={"package.tgz": b"12345"})
    client.copy_package_versions(
        domain="acme",
        sourceRepository="team",
        destinationRepository="copied",
        format="npm",
        package="lodash",
        versions=["1.0.0"],
    )
    retained.fetch(npm("lodash"), "1.0.0")

    client.delete_package_versions(**LODASH, versions=["1.0.0"])

    for repository in (copied, retained):
        version = repository.packages[npm("lodash")].versions["1.0.0"]
        assert (version.status, version.assets["package.tgz"]) == ("Published", b"12345")
        assert repository.deleted_versions == set()
    assert acme.asset_size_bytes == 5


@pytest.mark.rule("Q-6", "D-7")
def test_an_asset_is_counted_until_its_last_version_is_deleted(client: Any, acme: Domain, team: Repository) -> None:
    package = team.add_package(npm("lodash"))
    for version in ("1.0.0", "2.0.0"):
        package.add_version(version, assets={"package.tgz": b"12345"})

    sizes = []
    for version in ("1.0.0", "2.0.0"):
        client.delete_package_versions(**LODASH, versions=[version])
        sizes.append(acme.asset_size_bytes)

    assert sizes == [5, 0]


@pytest.mark.rule("Q-7", "K-7")
def test_a_version_that_the_public_source_still_has_is_ingested_again(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    store = store_with_public_lodash(codeartifact)
    downstream = acme.add_repository("downstream", upstreams=[store])
    downstream.fetch(npm("lodash"), "4.17.21")
    for repository in ("downstream", "store"):
        client.delete_package_versions(**{**LODASH, "repository": repository}, versions=["4.17.21"])

    downstream.fetch(npm("lodash"), "4.17.21")

    assert downstream.packages[npm("lodash")].versions["4.17.21"].origin_type == "EXTERNAL"
    assert store.packages[npm("lodash")].versions["4.17.21"].status == "Published"


@pytest.mark.rule("Q-7", "K-7")
@pytest.mark.parametrize("blocked", ["store", "downstream"])
def test_a_version_is_not_retained_again_if_the_upstream_is_blocked(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, blocked: str
) -> None:
    store = store_with_public_lodash(codeartifact)
    downstream = acme.add_repository("downstream", upstreams=[store])
    downstream.fetch(npm("lodash"), "4.17.21")
    for repository in ("downstream", "store"):
        client.delete_package_versions(**{**LODASH, "repository": repository}, versions=["4.17.21"])

    client.put_package_origin_configuration(
        **{**LODASH, "repository": blocked}, restrictions={"publish": "ALLOW", "upstream": "BLOCK"}
    )

    with pytest.raises(ResourceNotFoundException):
        downstream.fetch(npm("lodash"), "4.17.21")


@pytest.mark.rule("Q-8", "S-1")
def test_a_disposed_version_cannot_be_published_again_and_a_deleted_one_can(client: Any, team: Repository) -> None:
    publish(client)
    client.dispose_package_versions(**TOOL, versions=["1.0"])
    disposed = client.describe_package_version(**TOOL, packageVersion="1.0")["packageVersion"]

    with pytest.raises(client.exceptions.ConflictException):
        publish(client)
    client.delete_package_versions(**TOOL, versions=["1.0"])
    publish(client)

    assert disposed["status"] == "Disposed"
    assert team.disposed_versions == team.deleted_versions == {(generic("ns", "tool"), "1.0")}


@pytest.mark.rule("Q-3", "L-6")
def test_a_dist_tag_is_deleted_with_its_version(client: Any, team: Repository) -> None:
    package = team.add_package(npm("lodash"), versions=["1.0.0", "2.0.0"], dist_tags={"latest": "1.0.0"})

    client.delete_package_versions(**LODASH, versions=["1.0.0"])

    assert client.list_package_versions(**LODASH)["defaultDisplayVersion"] == "2.0.0"
    assert package.dist_tags == {}


@pytest.mark.rule("Q-1", "F-5")
def test_deletions_have_the_normalised_version(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(nuget("Json"), versions=["1.1", "2.0"])

    client.delete_package_versions(**TEAM, format="nuget", package="JSON", versions=["1.01"])

    assert team.deleted_versions == {(nuget("Json"), "1.1")}
    assert [(entry.operation, entry.package, entry.versions) for entry in codeartifact.deletions] == [
        ("DeletePackageVersions", nuget("Json"), ("1.1",))
    ]
