"""Undocumented behaviour, each rule a decision of low certainty (behaviour reference, rules that are marked I, low)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    Repository,
    ResourceNotFoundException,
    RestrictionType,
    generic,
    npm,
    pypi,
)

from ..support.acme import TEAM, coordinates

LODASH = npm("lodash")


def copy(client: Any, source: str, version: str = "1.0.0", **params: Any) -> Any:
    """Copy a version of lodash to `team`."""
    route = {"domain": "acme", "sourceRepository": source, "destinationRepository": "team"}
    return client.copy_package_versions(**{**route, **coordinates(LODASH), "versions": [version], **params})


@pytest.mark.rule("X-8")
@pytest.mark.parametrize("region", ["us-west-1", "eu-south-2", "xx-nowhere-9"])
def test_any_region_name_is_accepted(codeartifact: FakeCodeArtifact, region: str) -> None:
    client = codeartifact.client(region=region)

    client.create_domain(domain="acme")

    assert [domain["name"] for domain in client.list_domains()["domains"]] == ["acme"]
    assert not codeartifact.domains


@pytest.mark.rule("R-14", "R-8")
def test_a_deleted_upstream_fails_requests_for_a_package_that_blocks_upstreams(
    client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_repository("gone")
    client.update_repository(**TEAM, upstreams=[{"repositoryName": "gone"}])
    client.delete_repository(domain="acme", repository="gone")
    team.add_package(pypi("tool"), versions=["1.0"], origin=Origin(publish="ALLOW", upstream="BLOCK"))

    assert team.fetch(pypi("tool"), "1.0").version == "1.0"
    with pytest.raises(ResourceNotFoundException, match="no longer exists"):
        team.fetch(pypi("tool"), "2.0")
    with pytest.raises(ResourceNotFoundException, match="generic packages are not fetched from upstream"):
        team.fetch(generic("ns", "tool"), "1.0")


@pytest.mark.rule("U-15")
def test_a_fetched_version_brings_its_dist_tags_and_replaces_existing_ones(acme: Domain, team: Repository) -> None:
    store = acme.add_repository("store")
    store.add_package(
        LODASH, versions=["1.0.0", "2.0.0"], dist_tags={"latest": "2.0.0", "lts": "1.0.0", "old": "1.0.0"}
    )
    below = acme.add_repository("below", upstreams=[store])
    below.add_package(LODASH, versions=["0.1.0"], origin=Origin("ALLOW", "ALLOW"), dist_tags={"lts": "0.1.0"})

    below.fetch(LODASH, "1.0.0")

    assert below.packages[LODASH].dist_tags == {"lts": "1.0.0", "old": "1.0.0"}


@pytest.mark.rule("U-16", "U-4", "U-7")
def test_an_unknown_connection_cannot_be_removed(client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.disassociate_external_connection(**TEAM, externalConnection="public:nowhere")


@pytest.mark.rule("C-14", "C-9")
@pytest.mark.parametrize("restriction", ["PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM"])
def test_no_group_restriction_of_the_destination_refuses_a_copy(
    client: Any, acme: Domain, team: Repository, restriction: RestrictionType
) -> None:
    acme.add_repository("source").add_package(LODASH, versions=["1.0.0"])
    acme.add_package_group("/npm/*", restrictions={restriction: "BLOCK"})

    assert "1.0.0" in copy(client, "source")["successfulVersions"]
    assert "1.0.0" in team.packages[LODASH].versions


@pytest.mark.rule("C-15", "K-8")
@pytest.mark.parametrize("where", ["source", "team"])
def test_a_copy_from_upstream_depends_on_the_origin_controls_of_its_source(
    client: Any, acme: Domain, team: Repository, where: str
) -> None:
    acme.add_repository("store").add_package(LODASH, versions=["1.0.0"])
    source = acme.add_repository("source", upstreams=["store"])
    for repository in (source, team):
        upstream: OriginSwitch = "BLOCK" if repository.name == where else "ALLOW"
        repository.add_package(LODASH, origin=Origin("BLOCK", upstream))

    answer = copy(client, "source", includeFromUpstream=True)

    if where == "source":
        assert answer["failedVersions"]["1.0.0"]["errorCode"] == "NOT_FOUND"
    else:
        assert "1.0.0" in answer["successfulVersions"]


@pytest.mark.rule("C-16", "U-11")
def test_a_copy_finds_no_generic_package_upstream(client: Any, acme: Domain, team: Repository) -> None:
    tool = generic("ns", "tool")
    acme.add_repository("store").add_package(tool, versions=["1.0", "2.0"])
    source = acme.add_repository("source", upstreams=["store"])

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        copy(client, "source", "1.0", includeFromUpstream=True, **coordinates(tool))
    source.add_package(tool, versions=["2.0"])
    answer = copy(client, "source", "1.0", includeFromUpstream=True, **coordinates(tool))

    assert answer["failedVersions"]["1.0"]["errorCode"] == "NOT_FOUND"
    assert tool not in team.packages


@pytest.mark.rule("P-17", "P-10")
@pytest.mark.parametrize("asset", [{"a.whl": b"a"}, {"b.whl": b"b"}], ids=["same", "further"])
def test_a_publish_block_refuses_further_and_same_assets(team: Repository, asset: dict[str, bytes]) -> None:
    blocked = Origin(publish="BLOCK", upstream="ALLOW")
    version = team.add_package(pypi("tool"), origin=blocked).add_version("1.0", assets={"a.whl": b"a"})

    with pytest.raises(ConflictException, match="block new versions"):
        team.publish(pypi("tool"), "1.0", asset)

    assert version.assets == {"a.whl": b"a"}


@pytest.mark.rule("P-17", "P-4")
def test_a_publish_block_refuses_uploads_that_would_finish_a_version(team: Repository) -> None:
    tool = generic("ns", "tool")
    version = team.add_package(tool, origin=Origin("BLOCK", "BLOCK")).add_version("1.0", status="Unfinished")

    with pytest.raises(ConflictException, match="block new versions"):
        team.publish(tool, "1.0", {"a.bin": b"a"})

    assert version.status == "Unfinished"


@pytest.mark.rule("L-16", "L-9")
def test_versions_are_sorted_inside_a_page(client: Any, team: Repository) -> None:
    package = team.add_package(LODASH)
    for version in ("2.0.0", "10.0.0", "1.0.0"):
        package.add_version(version)

    listed = client.list_package_versions(**TEAM, **coordinates(LODASH))["versions"]

    assert [version["version"] for version in listed] == ["1.0.0", "10.0.0", "2.0.0"]


@pytest.mark.rule("L-16", "L-13", "G-18")
def test_allowed_repositories_are_sorted_by_name(client: Any, acme: Domain) -> None:
    group = {"domain": "acme", "packageGroup": "/npm/*"}
    names = [acme.add_repository(name).name for name in ("zeta", "alpha", "mu")]
    client.create_package_group(**group)

    updated = client.update_package_group_origin_configuration(
        **group,
        restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"},
        addAllowedRepositories=[{"repositoryName": name, "originRestrictionType": "PUBLISH"} for name in names],
    )
    listed = client.list_allowed_repositories_for_group(**group, originRestrictionType="PUBLISH")

    assert listed["allowedRepositories"] == ["alpha", "mu", "zeta"]
    assert updated["allowedRepositoryUpdates"]["PUBLISH"]["ADDED"] == ["alpha", "mu", "zeta"]
