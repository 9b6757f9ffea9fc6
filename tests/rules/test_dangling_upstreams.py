"""Upstreams that were deleted, and those that came back under the same name (behaviour reference, rule R-8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository, ResourceNotFoundException, npm, pypi

from ..support.acme import TEAM

TOOL = pypi("tool")
GONE = (
    "A repository referenced in your upstream graph no longer exists. To fix this issue, use the UpdateRepository API "
    "with your new desired upstream configuration. Note that if an upstream repository was deleted and recreated using "
    "the same name, UpdateRepository must still be called to reference the new repository. This issue may be present "
    "in any repository in the upstream graph."
)
REQUESTS = pytest.mark.parametrize(
    "request_of",
    [lambda team: team.fetch(TOOL, "1.0"), lambda team: team.publish(TOOL, "3.0")],
    ids=["download", "publish"],
)


def references(*names: str) -> list[dict[str, str]]:
    """Upstreams as they are on the wire."""
    return [{"repositoryName": name} for name in names]


@pytest.fixture
def team(client: Any, acme: Domain) -> Repository:
    """A repository with two upstreams, the first of which was deleted; the second has version 1.0 of a tool."""
    acme.add_repository("gone")
    acme.add_repository("there").add_package(TOOL, versions=["1.0"])
    team = acme.add_repository("team", upstreams=["gone", "there"], description="Ours")
    client.delete_repository(domain="acme", repository="gone")
    return team


@pytest.mark.rule("R-8", "E-24")
@REQUESTS
def test_requests_fail_while_an_upstream_does_not_exist(
    team: Repository, request_of: Callable[[Repository], Any]
) -> None:
    with pytest.raises(ResourceNotFoundException) as caught:
        request_of(team)

    assert caught.value.message == GONE
    assert team.packages == {}


@pytest.mark.rule("R-8", "E-24", "R-7")
@REQUESTS
def test_a_new_repository_of_the_same_name_does_not_replace_a_deleted_upstream(
    client: Any, acme: Domain, team: Repository, request_of: Callable[[Repository], Any]
) -> None:
    client.create_repository(domain="acme", repository="gone")
    acme.repositories["gone"].add_package(TOOL, versions=["1.0"])

    with pytest.raises(ResourceNotFoundException) as caught:
        request_of(team)

    assert caught.value.message == GONE
    assert team.packages == {}


@pytest.mark.rule("R-8")
@pytest.mark.parametrize("recreated", [False, True])
def test_the_name_of_a_deleted_upstream_is_shown_until_the_repository_is_updated(
    client: Any, team: Repository, recreated: bool
) -> None:
    if recreated:
        client.create_repository(domain="acme", repository="gone")

    described = client.describe_repository(**TEAM)["repository"]

    assert described["upstreams"] == references("gone", "there")
    assert team.upstreams == ["gone", "there"]


@pytest.mark.rule("R-8", "R-5")
@pytest.mark.parametrize("change", [{}, {"description": "Healed"}], ids=str)
@pytest.mark.parametrize("recreated", [False, True])
def test_any_update_drops_the_deleted_upstreams_and_keeps_the_others(
    client: Any, team: Repository, change: dict[str, str], recreated: bool
) -> None:
    if recreated:
        client.create_repository(domain="acme", repository="gone")

    updated = client.update_repository(**TEAM, **change)["repository"]

    assert updated["upstreams"] == references("there")
    assert client.describe_repository(**TEAM)["repository"]["upstreams"] == references("there")
    assert team.fetch(TOOL, "1.0").entry_point == "there"


@pytest.mark.rule("R-8", "R-5", "U-8")
def test_an_update_that_names_the_recreated_upstream_refers_to_it(client: Any, acme: Domain, team: Repository) -> None:
    client.create_repository(domain="acme", repository="gone")
    acme.repositories["gone"].add_package(TOOL, versions=["1.0"])

    client.update_repository(**TEAM, upstreams=references("gone", "there"))

    assert team.upstreams == ["gone", "there"]
    assert team.fetch(TOOL, "1.0").entry_point == "gone"


@pytest.mark.rule("R-8", "R-3", "E-11")
def test_an_update_cannot_name_a_deleted_repository(client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Repository 'gone' in domain 'acme'"):
        client.update_repository(**TEAM, upstreams=references("gone", "there"))

    assert team.upstreams == ["gone", "there"]


@pytest.mark.rule("R-8", "E-24")
@pytest.mark.usefixtures("team")
def test_the_repository_that_lost_its_upstream_must_be_updated_itself(client: Any, acme: Domain) -> None:
    bottom = acme.add_repository("bottom", upstreams=["there", "team"])
    client.update_repository(domain="acme", repository="bottom", description="Updated")
    with pytest.raises(ResourceNotFoundException, match="no longer exists"):
        bottom.fetch(TOOL, "1.0")

    client.update_repository(**TEAM)

    assert bottom.upstreams == ["there", "team"]
    assert bottom.fetch(TOOL, "1.0").entry_point == "there"


@pytest.mark.rule("R-8", "U-8", "E-24")
def test_a_deleted_upstream_is_noticed_in_a_graph_that_is_too_large_to_be_searched(client: Any, acme: Domain) -> None:
    acme.add_repository("gone")
    acme.add_repository("near", upstreams=["gone"])
    acme.add_repository("link-0")
    for number in range(1, 30):
        acme.add_repository(f"link-{number}", upstreams=[f"link-{number - 1}"])
    acme.repositories["link-29"].add_package(TOOL, versions=["1.0"])
    team = acme.add_repository("team", upstreams=["near", "link-29"])
    client.delete_repository(domain="acme", repository="gone")

    with pytest.raises(ResourceNotFoundException) as caught:
        team.fetch(TOOL, "1.0")

    assert caught.value.message == GONE


@pytest.mark.rule("R-8", "U-8")
def test_a_deleted_upstream_beyond_the_searched_repositories_is_not_noticed(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    acme.add_repository("gone")
    acme.add_repository("far", upstreams=["gone"])
    acme.add_repository("near", upstreams=["far"]).add_package(TOOL, versions=["1.0"])
    team = acme.add_repository("team", upstreams=["near"])
    client.delete_repository(domain="acme", repository="gone")
    codeartifact.quotas.searched_repositories = 2

    assert team.fetch(TOOL, "1.0").entry_point == "near"


@pytest.mark.rule("R-8", "U-9")
def test_versions_that_were_retained_before_the_upstream_was_deleted_are_still_served(
    client: Any, acme: Domain
) -> None:
    acme.add_repository("store").add_package(TOOL).add_version("1.0", assets={"tool.whl": b"12345"})
    team = acme.add_repository("team", upstreams=["store"])
    team.fetch(TOOL, "1.0")

    client.delete_repository(domain="acme", repository="store")

    assert team.fetch(TOOL, "1.0").assets["tool.whl"] == b"12345"


@pytest.mark.rule("R-8", "U-10")
def test_packages_can_be_listed_and_deleted_while_an_upstream_does_not_exist(client: Any, team: Repository) -> None:
    team.add_package(npm("lodash"), versions=["4.17.21"])

    packages = client.list_packages(**TEAM)["packages"]
    client.delete_package(**TEAM, format="npm", package="lodash")

    assert [package["package"] for package in packages] == ["lodash"]
    assert team.deleted == {npm("lodash")}
