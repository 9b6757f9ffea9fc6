"""The effect of the origin configuration of groups on packages (sections 12 and 10: G-9, G-21, K-8)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    Repository,
    ResourceNotFoundException,
    RestrictionMode,
    RestrictionType,
    generic,
    npm,
    pypi,
)

from ..support.acme import upload

TYPES: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")
SPECIFIC: Final = "ALLOW_SPECIFIC_REPOSITORIES"
EITHER_BLOCKS = [("ALLOW", "BLOCK"), ("BLOCK", "ALLOW"), ("BLOCK", "BLOCK")]
TOOL = generic("ns", "tool")
CONTENT = b"content"


@pytest.fixture
def central(acme: Domain) -> Repository:
    """A repository that is connected to the public npm registry."""
    return acme.add_repository("central", external_connection="public:npmjs")


@pytest.fixture
def below(acme: Domain, central: Repository) -> Repository:
    """A repository downstream of that one."""
    return acme.add_repository("below", upstreams=[central])


@pytest.fixture(autouse=True)
def public(codeartifact: FakeCodeArtifact) -> None:
    """The public npm registry."""
    source = codeartifact.public_source("public:npmjs")
    source.add_packages([npm("lodash"), npm("LoDash"), npm("@space/anycompany-ui")], versions=["1.0.0"])


def publish(client: Any, repository: str, package: str = "tool", version: str = "1.0") -> Any:
    where = {"domain": "acme", "repository": repository, "format": "generic", "namespace": "ns"}
    return upload(client, "asset.bin", CONTENT, **where, package=package, packageVersion=version)


def restrict(client: Any, pattern: str, **modes: str) -> None:
    client.update_package_group_origin_configuration(domain="acme", packageGroup=pattern, restrictions=modes)


@pytest.mark.rule("P-10", "G-24")
def test_a_restriction_of_a_group_blocks_publishing_at_once(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_package_group("/generic/ns/*")
    restrict(client, "/generic/ns/*", PUBLISH="BLOCK")

    with pytest.raises(client.exceptions.ConflictException) as caught:
        publish(client, "team")

    assert caught.value.response["resourceType"] == "package"
    assert caught.value.response["resourceId"] == "tool"
    assert set(team.packages) == set()
    restrict(client, "/generic/ns/*", PUBLISH="ALLOW")
    assert publish(client, "team")["status"] == "Published"


@pytest.mark.rule("P-10", "G-12")
@pytest.mark.usefixtures("team")
def test_only_the_most_specific_group_counts(client: Any, acme: Domain) -> None:
    acme.add_package_group("/generic/*", restrictions={"PUBLISH": "BLOCK"})
    acme.add_package_group("/generic/ns/tool~", restrictions={"PUBLISH": "ALLOW"})

    assert publish(client, "team", "tool-x")["status"] == "Published"
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "team", "toolbox")


@pytest.mark.rule("P-10", "G-21")
@pytest.mark.parametrize("pattern", ["/*", "/generic/*", "/generic/ns~", "/generic/ns/*", "/generic/ns/tool$"])
def test_only_the_listed_repositories_may_publish(client: Any, acme: Domain, team: Repository, pattern: str) -> None:
    acme.add_repository("other")
    if pattern != "/*":
        acme.add_package_group(pattern)
    if pattern != "/generic/ns/tool$":
        acme.add_package_group("/generic/ns/tool$")
    client.update_package_group_origin_configuration(
        domain="acme",
        packageGroup=pattern,
        restrictions={"PUBLISH": SPECIFIC},
        addAllowedRepositories=[{"repositoryName": "team", "originRestrictionType": "PUBLISH"}],
    )

    publish(client, "team")
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "other")

    assert TOOL in team.packages
    assert TOOL not in acme.repository("other").packages


@pytest.mark.rule("G-21", "P-10")
def test_the_own_list_of_a_group_replaces_the_inherited_one(client: Any, acme: Domain, team: Repository) -> None:
    other = acme.add_repository("other")
    acme.add_package_group("/generic/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": [team]})
    acme.add_package_group(
        "/generic/ns/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": [other]}
    )

    publish(client, "other")
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "team")


@pytest.mark.rule("P-10", "G-20")
@pytest.mark.usefixtures("team")
def test_an_empty_list_allows_no_repository(client: Any, acme: Domain) -> None:
    acme.add_package_group("/generic/*", restrictions={"PUBLISH": SPECIFIC})

    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "team")


@pytest.mark.rule("G-16", "G-21")
@pytest.mark.usefixtures("team")
def test_deleting_a_group_in_the_middle_changes_what_may_be_published(client: Any, acme: Domain) -> None:
    acme.add_package_group("/generic/*", restrictions={"PUBLISH": "BLOCK"})
    acme.add_package_group("/generic/ns/*", restrictions={"PUBLISH": "ALLOW"})
    acme.add_package_group("/generic/ns/tool$")
    publish(client, "team", version="1.0")

    client.delete_package_group(domain="acme", packageGroup="/generic/ns/*")

    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "team", version="2.0")


@pytest.mark.rule("P-10", "K-8")
@pytest.mark.parametrize(("package", "group"), EITHER_BLOCKS)
def test_a_block_of_the_package_or_of_the_group_prevents_publishing(
    client: Any, acme: Domain, team: Repository, package: OriginSwitch, group: RestrictionMode
) -> None:
    team.add_package(TOOL, origin=Origin(publish=package, upstream="ALLOW"))
    acme.add_package_group("/generic/ns/*", restrictions={"PUBLISH": group})

    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "team")

    assert set(team.packages[TOOL].versions) == set()


@pytest.mark.rule("G-9", "G-8")
def test_a_variation_is_blocked_though_the_group_allows_everything(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_package_group("/generic/ns/tool$", restrictions={"PUBLISH": "ALLOW"})

    publish(client, "team", "tool")
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "team", "Tool")

    assert set(team.packages) == {TOOL}
    client.create_package_group(domain="acme", packageGroup="/generic/ns/Tool$")
    assert publish(client, "team", "Tool")["status"] == "Published"


@pytest.mark.rule("G-9")
def test_a_variation_is_blocked_in_a_listed_repository_too(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_package_group(
        "/generic/ns/tool~", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": [team]}
    )

    publish(client, "team", "tool-x")
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "team", "tool_x".upper())


@pytest.mark.rule("G-9")
def test_a_variation_is_not_retained_from_anywhere(acme: Domain, central: Repository, below: Repository) -> None:
    acme.add_package_group("/npm//lodash$")
    acme.add_repository("side").add_package(npm("Lodash"), versions=["2.0.0"])
    besides = acme.add_repository("besides", upstreams=["side"])

    with pytest.raises(ResourceNotFoundException):
        central.fetch(npm("LoDash"), "1.0.0")
    with pytest.raises(ResourceNotFoundException):
        below.fetch(npm("LoDash"), "1.0.0")
    with pytest.raises(ResourceNotFoundException):
        besides.fetch(npm("Lodash"), "2.0.0")

    assert set(central.packages) == set(below.packages) == set(besides.packages) == set()
    assert below.fetch(npm("lodash"), "1.0.0").version == "1.0.0"


@pytest.mark.rule("G-9", "G-8")
def test_the_example_of_weak_matches_in_the_user_guide_works(acme: Domain, central: Repository) -> None:
    spicy, variation = npm("anycompany-spicy-client"), npm("AnyCompany-spicy-client")
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": "BLOCK"})
    acme.add_package_group(
        "/npm//anycompany-spicy-client$",
        restrictions={"PUBLISH": "ALLOW", "EXTERNAL_UPSTREAM": "BLOCK", "INTERNAL_UPSTREAM": "BLOCK"},
    )

    central.publish(spicy, "1.0.0")
    with pytest.raises(ConflictException):
        central.publish(variation, "1.0.0")
    with pytest.raises(ConflictException):
        central.publish(npm("another"), "1.0.0")

    assert set(central.packages) == {spicy}
    assert central.fetch(npm("lodash"), "1.0.0").origin_type == "EXTERNAL"


@pytest.mark.rule("K-8", "U-9")
def test_ingestion_is_allowed_through_one_repository_only(
    client: Any, acme: Domain, central: Repository, below: Repository
) -> None:
    ui = npm("@space/anycompany-ui")
    elsewhere = acme.add_repository("elsewhere", external_connection="public:npmjs")
    beside = acme.add_repository("beside", upstreams=["central"])
    acme.add_package_group("/npm/space/anycompany~")
    client.update_package_group_origin_configuration(
        domain="acme",
        packageGroup="/npm/space/anycompany~",
        restrictions={"PUBLISH": "BLOCK", "EXTERNAL_UPSTREAM": SPECIFIC, "INTERNAL_UPSTREAM": SPECIFIC},
        addAllowedRepositories=[
            {"repositoryName": "below", "originRestrictionType": "INTERNAL_UPSTREAM"},
            {"repositoryName": "central", "originRestrictionType": "EXTERNAL_UPSTREAM"},
        ],
    )

    below.fetch(ui, "1.0.0")

    assert ui in below.packages
    assert ui in central.packages
    with pytest.raises(ResourceNotFoundException):
        elsewhere.fetch(ui, "1.0.0")
    with pytest.raises(ResourceNotFoundException):
        beside.fetch(ui, "1.0.0")
    with pytest.raises(ConflictException):
        below.publish(ui, "2.0.0")
    assert set(elsewhere.packages) == set(beside.packages) == set()


@pytest.mark.rule("K-8")
@pytest.mark.parametrize(("package", "group"), EITHER_BLOCKS)
def test_a_block_of_the_package_or_of_the_group_prevents_external_upstreams(
    acme: Domain, central: Repository, package: OriginSwitch, group: RestrictionMode
) -> None:
    central.add_package(npm("lodash"), origin=Origin(publish="ALLOW", upstream=package))
    acme.add_package_group("/npm/*", restrictions={"EXTERNAL_UPSTREAM": group})

    with pytest.raises(ResourceNotFoundException):
        central.fetch(npm("lodash"), "1.0.0")

    assert set(central.packages[npm("lodash")].versions) == set()


@pytest.mark.rule("K-8")
@pytest.mark.parametrize(("package", "group"), EITHER_BLOCKS)
def test_a_block_of_the_package_or_of_the_group_prevents_internal_upstreams(
    acme: Domain, team: Repository, package: OriginSwitch, group: RestrictionMode
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    downstream = acme.add_repository("downstream", upstreams=[team])
    downstream.add_package(pypi("tool"), origin=Origin(publish="ALLOW", upstream=package))
    acme.add_package_group("/pypi/*", restrictions={"INTERNAL_UPSTREAM": group})

    with pytest.raises(ResourceNotFoundException):
        downstream.fetch(pypi("tool"), "1.0")

    assert set(downstream.packages[pypi("tool")].versions) == set()


@pytest.mark.rule("K-8", "K-7")
def test_versions_enter_in_every_way_if_package_and_group_allow_it(
    client: Any, acme: Domain, team: Repository, central: Repository, below: Repository
) -> None:
    acme.add_package_group("/npm/*", restrictions=dict.fromkeys(TYPES, "ALLOW"))
    team.add_package(TOOL, origin=Origin("ALLOW", "ALLOW"))
    for repository in (central, below):
        repository.add_package(npm("lodash"), origin=Origin("ALLOW", "ALLOW"))

    publish(client, "team")
    below.fetch(npm("lodash"), "1.0.0")

    assert set(team.packages[TOOL].versions) == {"1.0"}
    assert [repository.packages[npm("lodash")].versions["1.0.0"].origin_type for repository in (central, below)] == [
        "EXTERNAL",
        "EXTERNAL",
    ]


@pytest.mark.rule("K-8")
def test_each_of_the_two_upstream_restrictions_blocks_its_own_sources_only(
    client: Any, acme: Domain, central: Repository, below: Repository
) -> None:
    acme.add_package_group("/npm/*", restrictions={"EXTERNAL_UPSTREAM": "BLOCK"})
    with pytest.raises(ResourceNotFoundException):
        central.fetch(npm("lodash"), "1.0.0")

    central.add_package(npm("lodash"), origin=Origin("BLOCK", "ALLOW")).add_version("1.0.0", origin_type="EXTERNAL")
    assert below.fetch(npm("lodash"), "1.0.0").origin_type == "EXTERNAL"

    restrict(client, "/npm/*", EXTERNAL_UPSTREAM="ALLOW", INTERNAL_UPSTREAM="BLOCK")
    assert central.fetch(npm("@space/anycompany-ui"), "1.0.0").origin_type == "EXTERNAL"
    with pytest.raises(ResourceNotFoundException):
        below.fetch(npm("@space/anycompany-ui"), "1.0.0")


@pytest.mark.rule("K-11", "G-24")
def test_blocking_keeps_existing_versions(client: Any, acme: Domain, team: Repository) -> None:
    team.add_package(npm("lodash"), versions=["1.0.0"])
    acme.add_package_group("/npm/*", restrictions=dict.fromkeys(TYPES, "BLOCK"))

    assert team.fetch(npm("lodash"), "1.0.0").status == "Published"
    described = client.describe_package(domain="acme", repository="team", format="npm", package="lodash")["package"]
    assert described["originConfiguration"]["restrictions"] == {"publish": "ALLOW", "upstream": "BLOCK"}


@pytest.mark.rule("K-9")
@pytest.mark.usefixtures("team")
def test_copying_is_not_blocked_by_the_publish_restriction_of_a_group(client: Any, acme: Domain) -> None:
    target = acme.add_repository("target")
    publish(client, "team")
    acme.add_package_group("/generic/*", restrictions={"PUBLISH": "BLOCK"})

    copied = client.copy_package_versions(
        domain="acme",
        sourceRepository="team",
        destinationRepository="target",
        format="generic",
        namespace="ns",
        package="tool",
        versions=["1.0"],
    )

    assert set(copied["successfulVersions"]) == {"1.0"}
    assert TOOL in target.packages
