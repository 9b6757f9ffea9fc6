"""The origin configuration that a new package gets, depending on its package group (section 12, K-3 and K-4)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    Repository,
    RestrictionMode,
    RestrictionType,
    generic,
    npm,
    pypi,
)

from ..support.acme import publish

SPECIFIC: Final = "ALLOW_SPECIFIC_REPOSITORIES"
TOOL = generic("ns", "tool")


def restrict(client: Any, pattern: str, **modes: str) -> None:
    client.update_package_group_origin_configuration(domain="acme", packageGroup=pattern, restrictions=modes)


@pytest.mark.rule("K-3", "P-12")
def test_a_published_package_is_closed_to_upstreams_where_groups_allow_everything(
    client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_package_group("/generic/ns/*", restrictions={"PUBLISH": "ALLOW"})

    publish(client, "asset.bin")

    assert team.packages[TOOL].origin == Origin(publish="ALLOW", upstream="BLOCK")


@pytest.mark.rule("K-3")
@pytest.mark.parametrize("mode", ["BLOCK", SPECIFIC])
@pytest.mark.parametrize("type", ["EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM"])
@pytest.mark.parametrize("pattern", ["/*", "/generic/*", "/generic/ns/tool$"])
def test_a_published_package_is_open_where_a_group_restricts_anything(
    client: Any, acme: Domain, team: Repository, pattern: str, type: str, mode: str
) -> None:
    for group in {pattern, "/generic/ns/tool$"} - {"/*"}:
        acme.add_package_group(group)
    restrict(client, pattern, **{type: mode})

    team.publish(TOOL, "1.0")

    assert team.packages[TOOL].origin == Origin(publish="ALLOW", upstream="ALLOW")


@pytest.mark.rule("K-3")
def test_a_published_package_is_open_where_a_group_lists_its_repository(acme: Domain, team: Repository) -> None:
    acme.add_package_group("/generic/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": [team]})

    team.publish(TOOL, "1.0")

    assert team.packages[TOOL].origin == Origin(publish="ALLOW", upstream="ALLOW")


@pytest.mark.rule("K-3", "K-4")
@pytest.mark.parametrize(
    ("restrictions", "origin"),
    [({}, Origin("BLOCK", "ALLOW")), ({"PUBLISH": "BLOCK"}, Origin("ALLOW", "ALLOW"))],
    ids=["open", "restricted"],
)
def test_a_retained_package_is_open_to_publishing_only_where_a_group_restricts_anything(
    codeartifact: FakeCodeArtifact, acme: Domain, restrictions: dict[RestrictionType, RestrictionMode], origin: Origin
) -> None:
    codeartifact.public_source("public:npmjs").add_package(npm("lodash"), versions=["1.0.0"])
    central = acme.add_repository("central", external_connection="public:npmjs")
    below = acme.add_repository("below", upstreams=[central])
    acme.add_package_group("/npm/*", restrictions=restrictions)

    below.fetch(npm("lodash"), "1.0.0")

    assert central.packages[npm("lodash")].origin == origin
    assert below.packages[npm("lodash")].origin == origin


@pytest.mark.rule("K-4")
@pytest.mark.parametrize(
    ("restrictions", "origin"),
    [({}, Origin("BLOCK", "ALLOW")), ({"EXTERNAL_UPSTREAM": "BLOCK"}, Origin("ALLOW", "ALLOW"))],
    ids=["open", "restricted"],
)
def test_a_package_from_an_internal_upstream_gets_the_defaults_of_a_retained_one(
    acme: Domain, team: Repository, restrictions: dict[RestrictionType, RestrictionMode], origin: Origin
) -> None:
    acme.add_package_group("/pypi/*", restrictions=restrictions)
    below = acme.add_repository("below", upstreams=[team])
    team.publish(pypi("tool"), "1.0")

    below.fetch(pypi("tool"), "1.0")

    assert below.packages[pypi("tool")].origin == origin
    assert below.packages[pypi("tool")].versions["1.0"].origin_type == "INTERNAL"


@pytest.mark.rule("K-3")
def test_other_groups_do_not_affect_the_default_configuration(acme: Domain, team: Repository) -> None:
    acme.add_package_group("/generic/ns/tools$", restrictions={"PUBLISH": "BLOCK"})
    acme.add_package_group("/generic/ns~", restrictions={"INTERNAL_UPSTREAM": "BLOCK"})
    acme.add_package_group("/generic/ns/tool~", restrictions={"INTERNAL_UPSTREAM": "ALLOW"})

    team.publish(TOOL, "1.0")

    assert team.packages[TOOL].origin == Origin(publish="ALLOW", upstream="BLOCK")


@pytest.mark.rule("K-3", "K-11")
@pytest.mark.usefixtures("acme")
def test_a_later_restriction_does_not_change_the_default_configuration(client: Any, team: Repository) -> None:
    team.publish(TOOL, "1.0")
    restrict(client, "/*", EXTERNAL_UPSTREAM="BLOCK")

    team.publish(TOOL, "2.0")

    assert team.packages[TOOL].origin == Origin(publish="ALLOW", upstream="BLOCK")


@pytest.mark.rule("K-4")
def test_a_copied_package_that_matches_its_group_weakly_is_open(client: Any, acme: Domain, team: Repository) -> None:
    team.add_package(npm("React"), versions=["1.0.0"])
    acme.add_repository("target")
    acme.add_package_group("/npm//react$")

    client.copy_package_versions(
        domain="acme",
        sourceRepository="team",
        destinationRepository="target",
        format="npm",
        package="React",
        versions=["1.0.0"],
    )

    assert acme.repository("target").packages[npm("React")].origin == Origin(publish="ALLOW", upstream="ALLOW")


@pytest.mark.rule("K-3")
def test_seeds_get_the_default_configuration_of_their_group(acme: Domain, team: Repository) -> None:
    acme.add_package_group("/pypi//internal~", restrictions={"EXTERNAL_UPSTREAM": "BLOCK"})

    team.add_packages([pypi("internal-one"), pypi("other")], versions=["1.0"])
    team.add_package(pypi("internal-two"), versions=["1.0"])
    team.add_package(pypi("another"), versions=["1.0"])

    assert {id: team.packages[id].origin for id in team.packages} == {
        pypi("internal-one"): Origin("ALLOW", "ALLOW"),
        pypi("internal-two"): Origin("ALLOW", "ALLOW"),
        pypi("other"): Origin("ALLOW", "BLOCK"),
        pypi("another"): Origin("ALLOW", "BLOCK"),
    }
