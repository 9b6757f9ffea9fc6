"""Origin configuration of packages (behaviour reference, section 12).

What it does is in test_origin_controls.py, what it is by default in test_default_origins.py.
"""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import botocore.session
import pytest
from botocore.config import Config

from pytest_codeartifact import Domain, Origin, PackageId, Repository, npm, pypi

from ..support.acme import TEAM, coordinates, each_format, of

LODASH = {**TEAM, "format": "npm", "package": "lodash"}

FOUR = [Origin(publish, upstream) for publish in ("ALLOW", "BLOCK") for upstream in ("ALLOW", "BLOCK")]


def restrictions(origin: Origin) -> dict[str, str]:
    """An origin configuration as the SDK has it."""
    return {"publish": origin.publish, "upstream": origin.upstream}


@pytest.mark.rule("K-1", "K-5", "W-4", "W-6")
@each_format
def test_configuring_a_missing_package_creates_it(client: Any, team: Repository, id: PackageId) -> None:
    answer = client.put_package_origin_configuration(**of(id), restrictions={"publish": "BLOCK", "upstream": "ALLOW"})
    described = client.describe_package(**of(id))

    configuration = {"restrictions": {"publish": "BLOCK", "upstream": "ALLOW"}}
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert answer == {"originConfiguration": configuration}
    described.pop("ResponseMetadata")
    names = coordinates(id)
    assert described == {"package": {"name": names.pop("package"), **names, "originConfiguration": configuration}}
    assert client.list_package_versions(**of(id))["versions"] == []
    assert team.packages[id].origin == Origin("BLOCK", "ALLOW")


@pytest.mark.rule("K-5", "K-7")
@pytest.mark.parametrize("after", FOUR, ids=str)
@pytest.mark.parametrize("before", FOUR, ids=str)
def test_a_configuration_is_replaced(client: Any, team: Repository, before: Origin, after: Origin) -> None:
    team.add_package(npm("lodash"), versions=["1.0.0"], origin=before)

    answer = client.put_package_origin_configuration(**LODASH, restrictions=restrictions(after))

    assert answer["originConfiguration"] == {"restrictions": restrictions(after)}
    assert team.packages[npm("lodash")].origin == after


@pytest.mark.rule("K-2")
@pytest.mark.parametrize("id", [npm("lodash"), npm("@vue/ui"), pypi("requests")], ids=str)
def test_a_package_is_listed_with_its_configuration(client: Any, team: Repository, id: PackageId) -> None:
    team.add_package(id, versions=["1.0.0"], origin=Origin("BLOCK", "BLOCK"))

    listed = client.list_packages(**TEAM)["packages"]

    configuration = {"restrictions": {"publish": "BLOCK", "upstream": "BLOCK"}}
    assert listed == [{**coordinates(id), "originConfiguration": configuration}]


@pytest.mark.rule("K-5", "V-1")
@pytest.mark.parametrize("given", [{}, {"publish": "ALLOW"}, {"upstream": "BLOCK"}], ids=str)
def test_botocore_refuses_a_configuration_without_both_restrictions(
    client: Any, team: Repository, given: dict[str, str]
) -> None:
    with pytest.raises(botocore.exceptions.ParamValidationError):
        client.put_package_origin_configuration(**LODASH, restrictions=given)

    assert npm("lodash") not in team.packages


@pytest.mark.rule("K-5", "V-5")
@pytest.mark.parametrize(
    ("given", "absent"), [({"publish": "ALLOW"}, "upstream"), ({"upstream": "BLOCK"}, "publish")], ids=str
)
def test_the_service_refuses_a_configuration_without_both_restrictions(
    team: Repository, given: dict[str, str], absent: str
) -> None:
    unchecked = botocore.session.Session().create_client("codeartifact", config=Config(parameter_validation=False))

    with pytest.raises(unchecked.exceptions.ValidationException) as caught:
        unchecked.put_package_origin_configuration(**LODASH, restrictions=given)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert f"'restrictions.{absent}'" in caught.value.response["Error"]["Message"]
    assert npm("lodash") not in team.packages


@pytest.mark.rule("K-5", "V-2", "V-5")
@pytest.mark.parametrize("switch", ["publish", "upstream"])
def test_a_restriction_other_than_allow_and_block_is_refused(client: Any, team: Repository, switch: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.put_package_origin_configuration(
            **LODASH, restrictions={"publish": "ALLOW", "upstream": "ALLOW", switch: "MAYBE"}
        )

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert f"Value 'MAYBE' at 'restrictions.{switch}' failed to satisfy" in caught.value.response["Error"]["Message"]
    assert npm("lodash") not in team.packages


@pytest.mark.rule("K-5", "E-10", "E-11")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"domain": "nowhere"}, "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist."),
        (
            {"repository": "nil"},
            "Repository not found. Repository 'nil' in domain 'acme' owned by account '123456789012' does not exist.",
        ),
    ],
    ids=["domain", "repository"],
)
@pytest.mark.usefixtures("team")
def test_configuring_a_package_of_a_missing_repository_is_not_found(
    client: Any, wrong: dict[str, str], message: str
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.put_package_origin_configuration(
            **{**LODASH, **wrong}, restrictions={"publish": "ALLOW", "upstream": "ALLOW"}
        )

    assert caught.value.response["Error"]["Message"] == message


@pytest.mark.rule("K-1", "K-10", "E-12")
def test_a_package_of_an_upstream_cannot_be_described(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_repository("other", upstreams=[team])
    team.add_package(npm("lodash"), versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_package(**{**LODASH, "repository": "other"})

    response = caught.value.response
    assert response["Error"]["Message"] == "The npm package 'lodash' does not exist in repository 'other'."
    assert (response["resourceType"], response["resourceId"]) == ("package", "lodash")


@pytest.mark.rule("K-6")
def test_a_package_without_versions_is_deleted_with_its_configuration(client: Any, team: Repository) -> None:
    client.put_package_origin_configuration(**LODASH, restrictions={"publish": "ALLOW", "upstream": "BLOCK"})
    described = client.describe_package(**LODASH)["package"]

    client.delete_package(**LODASH)

    assert described["name"] == "lodash"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package(**LODASH)
    assert team.deleted == {npm("lodash")}


@pytest.mark.rule("K-10")
def test_a_configuration_applies_to_one_repository_only(client: Any, acme: Domain, team: Repository) -> None:
    other = acme.add_repository("other")
    for repository in (team, other):
        repository.add_package(npm("lodash"), versions=["1.0.0"])

    client.put_package_origin_configuration(**LODASH, restrictions={"publish": "BLOCK", "upstream": "BLOCK"})

    assert team.packages[npm("lodash")].origin == Origin("BLOCK", "BLOCK")
    assert other.packages[npm("lodash")].origin == Origin("ALLOW", "BLOCK")
    other.publish(npm("lodash"), "2.0.0")
    assert "2.0.0" in other.packages[npm("lodash")].versions


@pytest.mark.rule("K-11")
@pytest.mark.parametrize("origin", FOUR, ids=str)
def test_a_new_configuration_does_not_change_existing_versions(client: Any, team: Repository, origin: Origin) -> None:
    package = team.add_package(npm("lodash"), versions=["1.0.0"], dist_tags={"latest": "1.0.0"})
    package.add_version("2.0.0", status="Unlisted", origin_type="EXTERNAL", assets={"package.tgz": b"x"})
    before = client.list_package_versions(**LODASH)

    client.put_package_origin_configuration(**LODASH, restrictions=restrictions(origin))

    after = client.list_package_versions(**LODASH)
    for answer in (before, after):
        answer.pop("ResponseMetadata")
    assert after == before
    assert package.versions["2.0.0"].assets["package.tgz"] == b"x"


@pytest.mark.rule("K-3", "K-11")
def test_the_first_copied_version_does_not_change_the_configuration_of_its_package(
    client: Any, acme: Domain, team: Repository
) -> None:
    store = acme.add_repository("store")
    store.add_package(npm("lodash")).add_version("1.0.0", origin_type="EXTERNAL", entry_point="public:npmjs")
    team.add_package(npm("lodash"))
    before = client.describe_package(**LODASH)["package"]

    client.copy_package_versions(
        domain="acme", sourceRepository="store", destinationRepository="team", **coordinates(npm("lodash")),
        versions=["1.0.0"],
    )  # fmt: skip

    assert client.describe_package(**LODASH)["package"] == before


@pytest.mark.rule("K-5", "F-5", "F-6")
def test_a_missing_package_cannot_be_configured_under_a_name_that_is_not_normalised(
    client: Any, team: Repository
) -> None:
    with pytest.raises(client.exceptions.ValidationException, match="'foo-bar'"):
        client.put_package_origin_configuration(
            **TEAM, format="pypi", package="Foo_Bar", restrictions=restrictions(FOUR[0])
        )

    assert set(team.packages) == set()
