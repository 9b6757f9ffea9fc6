"""DeletePackage (behaviour reference, section 19)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    FakeCodeArtifact,
    InternalServerException,
    Origin,
    PackageId,
    Repository,
    ThrottlingException,
    VersionStatus,
    generic,
    npm,
    nuget,
    pypi,
    swift,
)

from ..support.acme import ACCOUNT, TEAM, coordinates, each_format, of


@pytest.mark.rule("DP-1", "DP-2", "K-2")
@each_format
def test_deleting_a_package_removes_it_and_returns_its_summary(client: Any, team: Repository, id: PackageId) -> None:
    team.add_package(id, versions=["1.0.0", "2.0.0"])

    response = client.delete_package(**of(id))

    deleted = response["deletedPackage"]
    assert deleted == {
        **coordinates(id),
        "originConfiguration": {"restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}},
    }
    assert id not in team.packages
    assert team.deleted == {id}


@pytest.mark.rule("DP-2", "W-6")
def test_the_response_has_nothing_but_the_deleted_package(client: Any, team: Repository) -> None:
    team.add_package(pypi("old"), versions=["1.0"])

    response = client.delete_package(**of(pypi("old")))

    metadata = response.pop("ResponseMetadata")
    assert set(response) == {"deletedPackage"}
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RequestId"]


@pytest.mark.rule("DP-2")
def test_the_response_shows_the_origin_configuration_of_the_deleted_package(client: Any, team: Repository) -> None:
    team.add_package(npm("frozen"), origin=Origin(publish="BLOCK", upstream="BLOCK"))

    response = client.delete_package(**of(npm("frozen")))

    restrictions = response["deletedPackage"]["originConfiguration"]["restrictions"]
    assert restrictions == {"publish": "BLOCK", "upstream": "BLOCK"}


@pytest.mark.rule("DP-3", "K-6")
def test_a_package_without_versions_can_be_deleted(client: Any, team: Repository) -> None:
    restrictions = {"publish": "ALLOW", "upstream": "BLOCK"}
    client.put_package_origin_configuration(**of(npm("reserved")), restrictions=restrictions)
    assert client.describe_package(**of(npm("reserved")))["package"]["name"] == "reserved"

    client.delete_package(**of(npm("reserved")))

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package(**of(npm("reserved")))


@pytest.mark.rule("DP-4", "U-10", "E-12")
def test_a_package_that_only_an_upstream_has_is_not_found(client: Any, acme: Domain, team: Repository) -> None:
    downstream = acme.add_repository("downstream", upstreams=[team])
    team.add_package(pypi("shared"), versions=["1.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.delete_package(**{**of(pypi("shared")), "repository": "downstream"})

    assert caught.value.response["Error"]["Message"] == (
        "The pypi package 'shared' does not exist in repository 'downstream'."
    )
    assert caught.value.response["resourceType"] == "package"
    assert pypi("shared") in team.packages
    assert downstream.deleted == set()


@pytest.mark.rule("DP-5")
def test_no_operation_finds_a_deleted_package(client: Any, team: Repository) -> None:
    team.add_package(pypi("old"), versions=["1.0"])
    team.add_package(pypi("new"), versions=["1.0"])

    client.delete_package(**of(pypi("old")))

    not_found = client.exceptions.ResourceNotFoundException
    with pytest.raises(not_found):
        client.describe_package(**of(pypi("old")))
    with pytest.raises(not_found):
        client.list_package_versions(**of(pypi("old")))
    with pytest.raises(not_found):
        client.describe_package_version(**of(pypi("old")), packageVersion="1.0")
    with pytest.raises(not_found):
        client.delete_package(**of(pypi("old")))
    assert [package["package"] for package in client.list_packages(**TEAM)["packages"]] == ["new"]


@pytest.mark.rule("DP-6")
@pytest.mark.parametrize("status", ["Published", "Unfinished", "Unlisted", "Archived", "Disposed"])
def test_no_status_of_a_version_prevents_deletion(client: Any, team: Repository, status: VersionStatus) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0", status=status)

    client.delete_package(**of(generic("ns", "tool")))

    assert generic("ns", "tool") not in team.packages


@pytest.mark.rule("DP-6")
def test_a_version_from_outside_does_not_prevent_deletion(client: Any, team: Repository) -> None:
    team.add_package(npm("lodash")).add_version("4.17.21", origin_type="EXTERNAL")

    response = client.delete_package(**of(npm("lodash")))

    restrictions = response["deletedPackage"]["originConfiguration"]["restrictions"]
    assert restrictions == {"publish": "BLOCK", "upstream": "ALLOW"}


@pytest.mark.rule("DP-7")
def test_deleting_a_package_leaves_other_repositories_alone(client: Any, acme: Domain, team: Repository) -> None:
    content = {"tool.whl": b"the same bytes"}
    team.add_package(pypi("tool")).add_version("1.0", assets=content)
    other = acme.add_repository("other")
    other.add_package(pypi("tool")).add_version("1.0", assets=content)

    client.delete_package(**of(pypi("tool")))

    assert other.packages[pypi("tool")].versions["1.0"].assets["tool.whl"] == b"the same bytes"
    assert other.deleted == set()


@pytest.mark.rule("DP-7", "D-7")
def test_the_size_of_the_domain_falls_when_the_last_copy_of_an_asset_is_deleted(
    client: Any, acme: Domain, team: Repository
) -> None:
    for repository in (team, acme.add_repository("other")):
        repository.add_package(pypi("tool")).add_version("1.0", assets={"tool.whl": b"12345"})

    sizes = [client.describe_domain(domain="acme")["domain"]["assetSizeBytes"]]
    for name in ("team", "other"):
        client.delete_package(**{**of(pypi("tool")), "repository": name})
        sizes.append(client.describe_domain(domain="acme")["domain"]["assetSizeBytes"])

    assert sizes == [5, 5, 0]


@pytest.mark.rule("DP-8", "K-3", "Q-3")
def test_a_deleted_package_that_is_published_again_is_a_new_package(client: Any, team: Repository) -> None:
    id = generic("ns", "tool")
    package = team.add_package(id, origin=Origin("ALLOW", "ALLOW"))
    package.add_version("1.0", assets={"tool": b"x"})
    revision = package.versions["1.0"].revision
    client.delete_package(**of(id))

    team.publish(id, "1.0", {"tool": b"x"})

    assert team.packages[id].origin == Origin("ALLOW", "BLOCK")
    assert team.packages[id].versions["1.0"].revision != revision
    assert team.deleted == {id}


@pytest.mark.rule("DP-9", "G-16")
def test_package_groups_stay_after_their_packages_are_deleted(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_package_group("/npm//lodash$", restrictions={"PUBLISH": "BLOCK"})
    team.add_package(npm("lodash"), versions=["1.0.0"])

    client.delete_package(**of(npm("lodash")))

    assert acme.package_groups["/npm//lodash$"].restrictions["PUBLISH"] == "BLOCK"


@pytest.mark.rule("DP-9")
def test_the_dist_tags_of_a_package_are_lost_with_it(client: Any, team: Repository) -> None:
    team.add_package(npm("lodash"), versions=["1.0.0", "2.0.0"], dist_tags={"latest": "1.0.0"})
    client.delete_package(**of(npm("lodash")))

    team.add_package(npm("lodash"), versions=["1.0.0", "2.0.0"])

    assert client.list_package_versions(**of(npm("lodash")))["defaultDisplayVersion"] == "2.0.0"


@pytest.mark.rule("DP-11", "F-5")
@pytest.mark.parametrize(
    ("id", "spelled"),
    [
        (nuget("newtonsoft.json"), {"package": "Newtonsoft.JSON"}),
        (swift("apple", "swift-nio"), {"namespace": "Apple", "package": "Swift-NIO"}),
    ],
    ids=str,
)
def test_the_response_shows_normalised_names(
    client: Any, team: Repository, id: PackageId, spelled: dict[str, str]
) -> None:
    team.add_package(id, versions=["1.0.0"])

    deleted = client.delete_package(**{**of(id), **spelled})["deletedPackage"]

    assert (deleted.get("namespace"), deleted["package"]) == (id.namespace, id.name)
    assert team.deleted == {id}


@pytest.mark.rule("DP-11", "F-6")
def test_python_packages_are_found_by_their_normalised_name_only(client: Any, team: Repository) -> None:
    team.add_package(pypi("PyHamcrest"), versions=["2.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package(**TEAM, format="pypi", package="PyHamcrest")

    client.delete_package(**TEAM, format="pypi", package="pyhamcrest")
    assert team.deleted == {pypi("PyHamcrest")}


@pytest.mark.rule("DP-11", "F-1", "F-2")
@pytest.mark.parametrize("format", ["maven", "generic", "swift"])
def test_a_namespace_is_required_where_the_format_needs_one(client: Any, team: Repository, format: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.delete_package(**TEAM, format=format, package="tool")

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"


@pytest.mark.rule("DP-11", "F-1", "F-3")
@pytest.mark.parametrize("format", ["pypi", "nuget", "ruby", "cargo"])
def test_a_namespace_is_refused_where_the_format_has_none(client: Any, team: Repository, format: str) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        client.delete_package(**TEAM, format=format, namespace="any", package="tool")


@pytest.mark.rule("F-4")
def test_a_scope_is_written_without_its_at_sign(client: Any, team: Repository) -> None:
    team.add_package(npm("@types/node"), versions=["1.0.0"])

    with pytest.raises(client.exceptions.ValidationException, match="packageName"):
        client.delete_package(**TEAM, format="npm", package="@types/node")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package(**TEAM, format="npm", namespace="@types", package="node")

    client.delete_package(**TEAM, format="npm", namespace="types", package="node")
    assert team.deleted == {npm("@types/node")}


@pytest.mark.rule("E-5", "E-10", "E-11", "E-12", "E-25")
@pytest.mark.parametrize(
    ("wrong", "message", "resource"),
    [
        (
            {"domain": "nowhere"},
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            ("domain", "nowhere"),
        ),
        (
            {"domainOwner": "210987654321"},
            "Domain not found. Domain 'acme' owned by account '210987654321' does not exist.",
            ("domain", "acme"),
        ),
        (
            {"repository": "nowhere"},
            f"Repository not found. Repository 'nowhere' in domain 'acme' owned by account '{ACCOUNT}' does not exist.",
            ("repository", "nowhere"),
        ),
        (
            {"package": "nothing"},
            "The pypi package 'nothing' does not exist in repository 'team'.",
            ("package", "nothing"),
        ),
    ],
    ids=["domain", "owner", "repository", "package"],
)
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
def test_missing_entities_are_named(
    client: Any, team: Repository, wrong: dict[str, str], message: str, resource: tuple[str, str]
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.delete_package(**{**of(pypi("tool")), **wrong})

    response = caught.value.response
    assert response["Error"] == {"Code": "ResourceNotFoundException", "Message": message}
    assert (response["resourceType"], response["resourceId"]) == resource
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert team.deleted == set()


@pytest.mark.rule("V-1", "V-8")
@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "docker"},
        {"package": "x" * 256},
        {"package": "a/b"},
        {"package": "a b"},
        {"domain": "Acme"},
        {"domain": "a" * 51},
        {"repository": "-team"},
        {"namespace": "a#b"},
        {"domainOwner": "abcdefghijkl"},
    ],
    ids=str,
)
def test_violations_of_constraints_are_refused(client: Any, team: Repository, wrong: dict[str, str]) -> None:
    team.add_package(npm("tool"), versions=["1.0.0"])

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.delete_package(**{**of(npm("tool")), **wrong})

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert npm("tool") in team.packages


@pytest.mark.rule("X-3", "E-22")
def test_a_foreign_domain_is_denied_if_the_fake_is_set_up_to() -> None:
    with FakeCodeArtifact(foreign_domains="denied") as fake:
        client = fake.client()

        with pytest.raises(client.exceptions.AccessDeniedException) as caught:
            client.delete_package(
                domain="theirs", domainOwner="210987654321", repository="team", format="pypi", package="tool"
            )

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert caught.value.response["Error"]["Message"] == (
        "User: arn:aws:iam::123456789012:root is not authorized to perform: codeartifact:DeletePackage on resource: "
        "arn:aws:codeartifact:us-east-1:210987654321:domain/theirs because no resource-based policy allows the "
        "codeartifact:DeletePackage action"
    )


@pytest.mark.rule("E-1")
def test_a_conflict_can_be_planned_and_deletes_nothing(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    codeartifact.fail("DeletePackage", ConflictException("Somebody was faster.", "tool", "package"))

    with pytest.raises(client.exceptions.ConflictException) as caught:
        client.delete_package(**of(pypi("tool")))

    assert caught.value.response["Error"]["Message"] == "Somebody was faster."
    assert (caught.value.response["resourceId"], caught.value.response["resourceType"]) == ("tool", "package")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert pypi("tool") in team.packages


@pytest.mark.rule("E-1", "E-3")
@pytest.mark.parametrize(
    ("error", "status"),
    [(ThrottlingException("Rate exceeded", retry_after_seconds=7), 429), (InternalServerException("Oops"), 500)],
    ids=["throttling", "internal"],
)
def test_throttling_and_internal_errors_are_retried_by_botocore(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, error: Exception, status: int
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    always = codeartifact.fail("DeletePackage", error, times=None)

    with pytest.raises(client.exceptions.ClientError) as caught:
        client.delete_package(**of(pypi("tool")))

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    call = codeartifact.calls[-1]
    assert call.attempts == always.struck == 1 + caught.value.response["ResponseMetadata"]["RetryAttempts"] > 1
    assert call.error is error
    assert team.deleted == set()

    always.cancel()
    client.delete_package(**of(pypi("tool")))
    assert team.deleted == {pypi("tool")}
