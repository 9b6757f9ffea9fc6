"""CopyPackageVersions: what cannot be copied, and what is found upstream (behaviour reference, section 16)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    PackageId,
    Repository,
    VersionStatus,
    generic,
    maven,
    npm,
    nuget,
    pypi,
)

from ..support.acme import NO_REPOSITORY, coordinates

ROUTE = {"domain": "acme", "sourceRepository": "source", "destinationRepository": "target"}

LODASH = npm("lodash")


@pytest.fixture
def source(acme: Domain) -> Repository:
    return acme.add_repository("source")


@pytest.fixture
def target(acme: Domain) -> Repository:
    return acme.add_repository("target")


def copy(client: Any, id: PackageId, *versions: str, **params: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Copy versions, and return the maps of successful and of failed versions."""
    response = client.copy_package_versions(**{**ROUTE, **coordinates(id), "versions": list(versions), **params})
    return response["successfulVersions"], response["failedVersions"]


# The request


@pytest.mark.rule("C-1")
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"versions": ["1.0.0"], "versionRevisions": {"1.0.0": "x"}},
        {"versions": [], "versionRevisions": {"1.0.0": "x"}},
        {"versions": []},
        {"versionRevisions": {}},
    ],
    ids=str,
)
def test_exactly_one_of_versions_and_revisions_is_required(
    client: Any, source: Repository, target: Repository, params: dict[str, Any]
) -> None:
    source.add_package(LODASH).add_version("1.0.0", revision="x")

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.copy_package_versions(**ROUTE, **coordinates(LODASH), **params)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert set(target.packages) == set()


@pytest.mark.rule("C-1")
def test_versions_can_be_named_by_their_revisions(client: Any, source: Repository, target: Repository) -> None:
    package = source.add_package(LODASH, versions=["1.0.0", "2.0.0", "3.0.0"])
    revisions = {version: package.versions[version].revision for version in ("1.0.0", "2.0.0")}

    response = client.copy_package_versions(**ROUTE, **coordinates(LODASH), versionRevisions=revisions)

    assert response["successfulVersions"] == {
        version: {"revision": revision, "status": "Published"} for version, revision in revisions.items()
    }
    assert set(target.packages[LODASH].versions) == {"1.0.0", "2.0.0"}


@pytest.mark.rule("C-10")
def test_versions_cannot_be_copied_to_their_own_repository(client: Any, source: Repository) -> None:
    source.add_package(LODASH, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ValidationException) as caught:
        copy(client, LODASH, "1.0.0", destinationRepository="source")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.rule("V-4", "V-8")
def test_at_most_a_hundred_versions_are_copied_in_one_call(client: Any, source: Repository, target: Repository) -> None:
    versions = [f"1.0.{number}" for number in range(101)]
    source.add_package(LODASH, versions=versions)

    with pytest.raises(client.exceptions.ValidationException) as caught:
        copy(client, LODASH, *versions)
    successful, _ = copy(client, LODASH, *versions[:100])

    message = caught.value.response["Error"]["Message"]
    assert message.startswith("1 validation error detected: Value '[1.0.0, 1.0.1, ")
    assert message.endswith(
        "]' at 'versions' failed to satisfy constraint: Member must have length less than or equal to 100"
    )
    assert len(successful) == 100


# What is missing


@pytest.mark.rule("C-2", "E-5", "E-10", "E-11")
@pytest.mark.parametrize(
    ("wrong", "message", "resource"),
    [
        (
            {"domain": "nowhere"},
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            ("domain", "nowhere"),
        ),
        (
            {"sourceRepository": "nowhere"},
            NO_REPOSITORY,
            ("repository", "nowhere"),
        ),
        (
            {"destinationRepository": "nowhere"},
            NO_REPOSITORY,
            ("repository", "nowhere"),
        ),
        (
            {"sourceRepository": "no-source", "destinationRepository": "no-target", "package": "nothing"},
            NO_REPOSITORY.replace("nowhere", "no-source"),
            ("repository", "no-source"),
        ),
        (
            {"destinationRepository": "nowhere", "package": "nothing"},
            NO_REPOSITORY,
            ("repository", "nowhere"),
        ),
    ],
    ids=["domain", "source", "target", "source first", "repositories before packages"],
)
@pytest.mark.usefixtures("target")
def test_missing_entities_are_named(
    client: Any, source: Repository, wrong: dict[str, str], message: str, resource: tuple[str, str]
) -> None:
    source.add_package(LODASH, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        copy(client, LODASH, "1.0.0", **wrong)

    response = caught.value.response
    assert response["Error"]["Message"] == message
    assert (response["resourceType"], response["resourceId"]) == resource
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.rule("C-1")
def test_source_and_destination_must_be_in_the_same_domain(
    codeartifact: FakeCodeArtifact, client: Any, source: Repository
) -> None:
    source.add_package(LODASH, versions=["1.0.0"])
    codeartifact.add_domain("other").add_repository("target")

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        copy(client, LODASH, "1.0.0")

    assert caught.value.response["Error"]["Message"] == (
        "Repository not found. Repository 'target' in domain 'acme' owned by account '123456789012' does not exist."
    )


@pytest.mark.rule("C-6", "E-12")
def test_a_package_that_the_source_does_not_have_is_not_found(
    client: Any, source: Repository, target: Repository
) -> None:
    target.add_package(LODASH, versions=["1.0.0"])
    source.add_package(pypi("lodash"), versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        copy(client, LODASH, "1.0.0")

    assert (
        caught.value.response["Error"]["Message"] == "The npm package 'lodash' does not exist in repository 'source'."
    )
    assert caught.value.response["resourceType"] == "package"


@pytest.mark.rule("C-3")
def test_missing_versions_fail_and_the_others_are_skipped(client: Any, source: Repository, target: Repository) -> None:
    source.add_package(npm("array-unique"), versions=["0.2.0"])

    successful, failed = copy(client, npm("array-unique"), "0.2.0", "5.6.7", "7.8.9")

    assert successful == {}
    assert failed == {
        "0.2.0": {"errorCode": "SKIPPED", "errorMessage": "Version 0.2.0 was skipped"},
        "5.6.7": {"errorCode": "NOT_FOUND", "errorMessage": "Could not find version 5.6.7"},
        "7.8.9": {"errorCode": "NOT_FOUND", "errorMessage": "Could not find version 7.8.9"},
    }
    assert npm("array-unique") not in target.packages


@pytest.mark.rule("C-3")
def test_another_revision_than_the_expected_one_is_not_copied(
    client: Any, source: Repository, target: Repository
) -> None:
    package = source.add_package(LODASH, versions=["1.0.0", "2.0.0"])
    current = package.versions["1.0.0"].revision

    response = client.copy_package_versions(
        **ROUTE,
        **coordinates(LODASH),
        versionRevisions={"1.0.0": current[:-1], "2.0.0": package.versions["2.0.0"].revision, "3.0.0": "any"},
    )

    assert response["successfulVersions"] == {}
    failed = response["failedVersions"]
    assert {version: failure["errorCode"] for version, failure in failed.items()} == {
        "1.0.0": "MISMATCHED_REVISION",
        "2.0.0": "SKIPPED",
        "3.0.0": "NOT_FOUND",
    }
    assert current in failed["1.0.0"]["errorMessage"]
    assert LODASH not in target.packages


@pytest.mark.rule("C-3", "C-8")
@pytest.mark.parametrize("status", ["Unfinished", "Archived", "Disposed"])
def test_a_version_that_cannot_be_downloaded_cannot_be_copied(
    client: Any, source: Repository, target: Repository, status: VersionStatus
) -> None:
    id = maven("org.apache", "commons")
    source.add_package(id, versions=["1.0"]).add_version("2.0", status=status)

    successful, failed = copy(client, id, "1.0", "2.0", allowOverwrite=True)

    assert successful == {}
    assert failed["2.0"]["errorCode"] == "NOT_ALLOWED"
    assert "2.0" in failed["2.0"]["errorMessage"]
    assert failed["1.0"] == {"errorCode": "SKIPPED", "errorMessage": "Version 1.0 was skipped"}
    assert id not in target.packages


# What is upstream


@pytest.mark.rule("C-5")
@pytest.mark.parametrize("params", [{}, {"includeFromUpstream": False}], ids=str)
def test_upstreams_are_not_searched_unless_requested(
    client: Any, acme: Domain, target: Repository, params: dict[str, bool]
) -> None:
    upstream = acme.add_repository("upstream")
    upstream.add_package(LODASH, versions=["1.0.0", "2.0.0"])
    acme.add_repository("source", upstreams=[upstream]).add_package(
        LODASH, versions=["1.0.0"], origin=Origin("ALLOW", "ALLOW")
    )

    successful, failed = copy(client, LODASH, "1.0.0", "2.0.0", **params)

    assert successful == {}
    assert failed["2.0.0"] == {"errorCode": "NOT_FOUND", "errorMessage": "Could not find version 2.0.0"}
    assert failed["1.0.0"] == {"errorCode": "SKIPPED", "errorMessage": "Version 1.0.0 was skipped"}
    assert LODASH not in target.packages


@pytest.mark.rule("C-5", "C-6")
def test_a_package_that_only_an_upstream_has_is_found_with_include_from_upstream_only(
    client: Any, acme: Domain, target: Repository
) -> None:
    upstream = acme.add_repository("upstream")
    upstream.add_package(LODASH, versions=["1.0.0"])
    acme.add_repository("source", upstreams=[upstream])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        copy(client, LODASH, "1.0.0")
    successful, _ = copy(client, LODASH, "1.0.0", includeFromUpstream=True)

    assert (
        caught.value.response["Error"]["Message"] == "The npm package 'lodash' does not exist in repository 'source'."
    )
    assert set(successful) == set(target.packages[LODASH].versions) == {"1.0.0"}


@pytest.mark.rule("C-5", "U-8")
def test_the_chain_of_upstreams_is_searched_depth_first_after_the_source(
    client: Any, acme: Domain, target: Repository
) -> None:
    e = acme.add_repository("e-repo")
    d = acme.add_repository("d-repo", upstreams=[e])
    c = acme.add_repository("c-repo")
    b = acme.add_repository("b-repo")
    a = acme.add_repository("a-repo", upstreams=[c, d])
    source = acme.add_repository("source", upstreams=[a, b])
    chain = [source, a, c, d, e, b]
    for depth, repository in enumerate(chain):
        package = repository.add_package(LODASH, origin=Origin("ALLOW", "ALLOW"))
        for version in range(depth + 1):  # so version n is found at position n of the chain
            package.add_version(f"{version}.0.0", summary=repository.name)

    copy(client, LODASH, *(f"{version}.0.0" for version in range(len(chain))), includeFromUpstream=True)

    copied = target.packages[LODASH].versions
    assert [copied[f"{version}.0.0"].summary for version in range(len(chain))] == [
        repository.name for repository in chain
    ]


@pytest.mark.rule("C-5", "C-6")
def test_a_version_that_a_reachable_package_lacks_fails_on_its_own(
    client: Any, acme: Domain, target: Repository
) -> None:
    upstream = acme.add_repository("upstream")
    upstream.add_package(LODASH, versions=["1.0.0"])
    acme.add_repository("source", upstreams=[upstream])

    _, failed = copy(client, LODASH, "9.9.9", includeFromUpstream=True)

    assert failed == {"9.9.9": {"errorCode": "NOT_FOUND", "errorMessage": "Could not find version 9.9.9"}}
    assert LODASH not in target.packages


@pytest.mark.rule("C-5", "C-6")
def test_a_package_that_neither_the_source_nor_its_upstreams_have_is_not_found(
    client: Any, acme: Domain, target: Repository
) -> None:
    upstream = acme.add_repository("upstream")
    acme.add_repository("source", upstreams=[upstream])
    acme.add_repository("aside").add_package(LODASH, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        copy(client, LODASH, "1.0.0", includeFromUpstream=True)

    assert (
        caught.value.response["Error"]["Message"] == "The npm package 'lodash' does not exist in repository 'source'."
    )
    assert LODASH not in target.packages


@pytest.mark.rule("C-5", "C-8", "S-4")
def test_a_copy_from_a_public_source_keeps_its_origin_type_and_entry_point(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, target: Repository
) -> None:
    codeartifact.public_source("public:npmjs").add_package(LODASH, versions=["4.17.21"])
    gateway = acme.add_repository("gateway", external_connection="public:npmjs")
    acme.add_repository("source", upstreams=[gateway])

    successful, failed = copy(client, LODASH, "4.17.21", includeFromUpstream=True)

    copied = target.packages[LODASH].versions["4.17.21"]
    assert successful == {"4.17.21": {"revision": copied.revision, "status": "Published"}}
    assert failed == {}
    assert (copied.origin_type, copied.entry_point) == ("EXTERNAL", "public:npmjs")
    assert target.packages[LODASH].origin == Origin("BLOCK", "ALLOW")


@pytest.mark.rule("C-5", "U-11")
def test_generic_packages_are_never_taken_from_upstream(client: Any, acme: Domain, target: Repository) -> None:
    id = generic("tools", "installer")
    upstream = acme.add_repository("upstream")
    upstream.add_package(id, versions=["1.0", "2.0"], origin=Origin("ALLOW", "ALLOW"))
    acme.add_repository("source", upstreams=[upstream]).add_package(
        id, versions=["1.0"], origin=Origin("ALLOW", "ALLOW")
    )

    _, failed = copy(client, id, "2.0", includeFromUpstream=True)

    assert failed == {"2.0": {"errorCode": "NOT_FOUND", "errorMessage": "Could not find version 2.0"}}
    assert id not in target.packages


@pytest.mark.rule("C-3", "C-4")
@pytest.mark.parametrize(("params", "code"), [({}, "ALREADY_EXISTS"), ({"allowOverwrite": True}, "NOT_ALLOWED")])
def test_a_disposed_version_in_the_destination_is_never_overwritten(
    client: Any, source: Repository, target: Repository, params: dict[str, Any], code: str
) -> None:
    source.add_package(LODASH).add_version("1.0.0", assets={"package.tgz": b"new"})
    target.add_package(LODASH).add_version("1.0.0", status="Disposed")

    successful, failed = copy(client, LODASH, "1.0.0", **params)

    assert (successful, failed["1.0.0"]["errorCode"]) == ({}, code)
    assert target.packages[LODASH].versions["1.0.0"].status == "Disposed"


@pytest.mark.rule("C-1", "V-8")
def test_at_most_a_hundred_versions_are_copied_by_revision(client: Any, source: Repository, target: Repository) -> None:
    package = source.add_package(LODASH, versions=[f"1.0.{number}" for number in range(101)])
    revisions = {name: version.revision for name, version in package.versions.items()}

    with pytest.raises(client.exceptions.ValidationException):
        client.copy_package_versions(**ROUTE, **coordinates(LODASH), versionRevisions=revisions)
    assert LODASH not in target.packages

    del revisions["1.0.100"]
    client.copy_package_versions(**ROUTE, **coordinates(LODASH), versionRevisions=revisions)
    assert len(target.packages[LODASH].versions) == 100


@pytest.mark.rule("C-3", "F-5")
@pytest.mark.parametrize("spellings", [("2.00", "2.0"), ("2.0", "2.00")])
def test_expected_revisions_of_two_spellings_must_both_match(
    client: Any, source: Repository, target: Repository, spellings: tuple[str, str]
) -> None:
    source.add_package(nuget("tool")).add_version("2.0", revision="right")

    answer = client.copy_package_versions(
        **ROUTE, **coordinates(nuget("tool")), versionRevisions=dict(zip(spellings, ("wrong", "right"), strict=True))
    )

    assert answer["failedVersions"]["2.0"]["errorCode"] == "MISMATCHED_REVISION"
