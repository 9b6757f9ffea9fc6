"""The origin configuration that a new package record gets (behaviour reference, rules K-3 to K-5)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginType,
    PackageId,
    Repository,
    RestrictionMode,
    RestrictionType,
    generic,
    npm,
    pypi,
)

from ..support.acme import publish

LODASH = npm("lodash")
BOTH, PUBLISH_ONLY, UPSTREAM_ONLY = Origin("ALLOW", "ALLOW"), Origin("ALLOW", "BLOCK"), Origin("BLOCK", "ALLOW")

RESTRICTIONS: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")
SPECIFIC: Final = "ALLOW_SPECIFIC_REPOSITORIES"


@pytest.fixture
def store(codeartifact: FakeCodeArtifact, acme: Domain) -> Repository:
    """A repository behind which npm's public repository offers lodash 1.0.0 and 2.0.0."""
    codeartifact.public_source("public:npmjs").add_package(LODASH, versions=["1.0.0", "2.0.0"])
    return acme.add_repository("store", external_connection="public:npmjs")


def shown(client: Any, repository: str) -> Origin:
    """The configuration of lodash in a repository, as DescribePackage shows it."""
    described = client.describe_package(domain="acme", repository=repository, format="npm", package="lodash")
    return Origin(**described["package"]["originConfiguration"]["restrictions"])


def copy(client: Any, source: str, destination: str) -> None:
    """Copy version 1.0.0 of lodash."""
    client.copy_package_versions(
        domain="acme",
        sourceRepository=source,
        destinationRepository=destination,
        format="npm",
        package="lodash",
        versions=["1.0.0"],
    )


@pytest.mark.rule("K-3", "P-12")
@pytest.mark.parametrize("unfinished", [False, True], ids=["published", "unfinished"])
def test_a_package_that_the_api_publishes_is_closed_to_upstream(
    client: Any, team: Repository, unfinished: bool
) -> None:
    publish(client, "tool", unfinished=unfinished)

    assert team.packages[generic("ns", "tool")].origin == PUBLISH_ONLY


@pytest.mark.rule("K-3")
@pytest.mark.parametrize("id", [LODASH, pypi("requests")], ids=str)
def test_a_package_that_a_package_manager_publishes_is_closed_to_upstream(team: Repository, id: PackageId) -> None:
    team.publish(id, "1.0.0")

    assert team.packages[id].origin == PUBLISH_ONLY


@pytest.mark.rule("K-3")
def test_a_package_that_is_ingested_is_closed_to_publishing(client: Any, store: Repository) -> None:
    store.fetch(LODASH, "1.0.0")

    assert shown(client, "store") == UPSTREAM_ONLY


@pytest.mark.rule("K-3", "K-4")
@pytest.mark.parametrize(
    ("origin_type", "origin"), [("INTERNAL", PUBLISH_ONLY), ("EXTERNAL", UPSTREAM_ONLY), ("UNKNOWN", BOTH)]
)
def test_a_seeded_package_follows_the_origin_of_its_first_version(
    client: Any, team: Repository, origin_type: OriginType, origin: Origin
) -> None:
    package = team.add_package(LODASH)
    package.add_version("1.0.0", origin_type=origin_type)

    package.add_version("2.0.0", origin_type="EXTERNAL")

    assert shown(client, "team") == package.origin == origin


@pytest.mark.rule("K-3")
@pytest.mark.parametrize("mode", ["BLOCK", SPECIFIC])
@pytest.mark.parametrize("restriction", RESTRICTIONS)
@pytest.mark.parametrize("pattern", ["/*", "/npm/*", "/npm//lodash$"])
def test_under_a_group_that_restricts_anything_a_new_package_is_open(
    client: Any,
    acme: Domain,
    team: Repository,
    store: Repository,
    pattern: str,
    restriction: RestrictionType,
    mode: str,
) -> None:
    """The group may inherit the mode. A restriction that allows the first version has the same effect."""
    if pattern != "/*":
        client.create_package_group(domain="acme", packageGroup=pattern)
    lists = [{"repositoryName": name, "originRestrictionType": restriction} for name in ("team", "store")]
    client.update_package_group_origin_configuration(
        domain="acme",
        packageGroup=pattern,
        restrictions={restriction: mode},
        **({"addAllowedRepositories": lists} if mode == SPECIFIC else {}),
    )
    seeded = team.add_package(LODASH, versions=["1.0.0"])
    ingested = store.add_package(LODASH)
    ingested.add_version("1.0.0", origin_type="EXTERNAL")

    assert seeded.origin == ingested.origin == BOTH
    assert acme.package_groups[pattern].restrictions[restriction] == mode


@pytest.mark.rule("K-3")
@pytest.mark.parametrize("restriction", RESTRICTIONS)
def test_a_package_whose_first_version_enters_by_an_allow_list_is_open(
    acme: Domain, team: Repository, store: Repository, restriction: RestrictionType
) -> None:
    acme.add_package_group(
        "/npm/*", restrictions={restriction: SPECIFIC}, allowed_repositories={restriction: [team, store]}
    )

    team.publish(LODASH, "1.0.0")
    store.fetch(LODASH, "1.0.0")

    assert team.packages[LODASH].origin == store.packages[LODASH].origin == BOTH


@pytest.mark.rule("K-3", "G-6", "G-21")
@pytest.mark.parametrize(
    ("modes", "origin"),
    [
        (dict.fromkeys(RESTRICTIONS, "ALLOW"), PUBLISH_ONLY),
        ({"INTERNAL_UPSTREAM": "ALLOW"}, PUBLISH_ONLY),
        ({"PUBLISH": "ALLOW", "EXTERNAL_UPSTREAM": "ALLOW"}, BOTH),
        ({}, BOTH),
    ],
    ids=["all", "what_is_blocked_above", "what_is_free_above", "nothing"],
)
def test_the_effective_modes_of_the_most_specific_group_decide(
    acme: Domain, team: Repository, modes: dict[RestrictionType, RestrictionMode], origin: Origin
) -> None:
    acme.add_package_group("/npm/*", restrictions={"INTERNAL_UPSTREAM": "BLOCK"})
    acme.add_package_group("/npm//lodash~", restrictions=modes)

    team.publish(LODASH, "1.0.0")

    assert team.packages[LODASH].origin == origin


@pytest.mark.rule("K-3")
def test_a_group_of_other_packages_does_not_affect_the_default_origin(acme: Domain, team: Repository) -> None:
    acme.add_package_group("/npm//react$", restrictions={"INTERNAL_UPSTREAM": "BLOCK"})

    team.publish(LODASH, "1.0.0")

    assert team.packages[LODASH].origin == PUBLISH_ONLY


@pytest.mark.rule("K-3")
def test_packages_that_are_seeded_in_bulk_have_the_default_origin_of_their_group(
    acme: Domain, team: Repository
) -> None:
    acme.add_package_group("/npm//react$", restrictions={"PUBLISH": "BLOCK"})

    team.add_packages([LODASH, npm("react"), pypi("requests")], versions=["1.0.0"])

    assert [team.packages[id].origin for id in (LODASH, npm("react"), pypi("requests"))] == [
        PUBLISH_ONLY,
        BOTH,
        PUBLISH_ONLY,
    ]


@pytest.mark.rule("K-4", "U-9")
def test_a_package_that_is_retained_from_an_internal_upstream_is_closed_to_publishing(
    client: Any, acme: Domain, team: Repository
) -> None:
    team.publish(LODASH, "1.0.0")

    acme.add_repository("downstream", upstreams=[team]).fetch(LODASH, "1.0.0")

    assert shown(client, "downstream") == UPSTREAM_ONLY
    assert shown(client, "team") == PUBLISH_ONLY


@pytest.mark.rule("K-3", "K-4", "U-9")
def test_a_package_from_a_public_source_is_closed_to_publishing_wherever_it_is_retained(
    client: Any, acme: Domain, store: Repository
) -> None:
    between = acme.add_repository("between", upstreams=[store])

    acme.add_repository("downstream", upstreams=[between]).fetch(LODASH, "1.0.0")

    assert shown(client, "store") == shown(client, "downstream") == UPSTREAM_ONLY
    assert LODASH not in between.packages


@pytest.mark.rule("K-4", "C-9")
@pytest.mark.parametrize(
    ("origin_type", "origin"), [("INTERNAL", PUBLISH_ONLY), ("EXTERNAL", UPSTREAM_ONLY), ("UNKNOWN", BOTH)]
)
def test_a_package_that_is_copied_follows_the_origin_of_its_version(
    client: Any, acme: Domain, team: Repository, origin_type: OriginType, origin: Origin
) -> None:
    acme.add_repository("copied")
    team.add_package(LODASH, origin=Origin("BLOCK", "BLOCK")).add_version("1.0.0", origin_type=origin_type)

    copy(client, "team", "copied")

    assert shown(client, "copied") == origin


@pytest.mark.rule("K-4", "K-5")
def test_a_copy_does_not_change_the_configuration_of_an_existing_package(
    client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_repository("copied").add_package(LODASH, origin=Origin("BLOCK", "BLOCK"))
    team.publish(LODASH, "1.0.0")

    copy(client, "team", "copied")

    assert shown(client, "copied") == Origin("BLOCK", "BLOCK")


@pytest.mark.rule("K-4", "G-9")
@pytest.mark.parametrize("origin_type", ["INTERNAL", "EXTERNAL"])
def test_a_package_that_matches_its_group_only_weakly_is_open(
    client: Any, acme: Domain, team: Repository, origin_type: OriginType
) -> None:
    acme.add_package_group("/npm//LODASH$")

    team.add_package(LODASH).add_version("1.0.0", origin_type=origin_type)

    associated = client.get_associated_package_group(domain="acme", format="npm", package="lodash")
    assert associated["associationType"] == "WEAK"
    assert shown(client, "team") == BOTH


@pytest.mark.rule("K-3", "K-5")
@pytest.mark.parametrize("origin", [BOTH, PUBLISH_ONLY], ids=str)
def test_a_package_that_was_configured_before_its_first_version_keeps_its_configuration(
    client: Any, team: Repository, origin: Origin
) -> None:
    client.put_package_origin_configuration(
        domain="acme",
        repository="team",
        format="npm",
        package="lodash",
        restrictions={"publish": origin.publish, "upstream": origin.upstream},
    )

    team.publish(LODASH, "1.0.0")

    assert shown(client, "team") == origin
