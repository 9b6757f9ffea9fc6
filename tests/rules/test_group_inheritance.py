"""The inheritance of restrictions by package groups (behaviour reference, section 10, G-21)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from pytest_codeartifact import Domain, Repository, RestrictionMode, RestrictionType

TYPES: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")
MODES = ("ALLOW", "BLOCK", "ALLOW_SPECIFIC_REPOSITORIES")
SPECIFIC: Final = "ALLOW_SPECIFIC_REPOSITORIES"


def update(client: Any, pattern: str, **changes: Any) -> Any:
    return client.update_package_group_origin_configuration(domain="acme", packageGroup=pattern, **changes)


def restriction(client: Any, pattern: str, type: str = "PUBLISH") -> Any:
    """A restriction of a group. The group that it is inherited from is shown by its pattern only."""
    group = client.describe_package_group(domain="acme", packageGroup=pattern)["packageGroup"]
    found = dict(group["originConfiguration"]["restrictions"][type])
    if "inheritedFrom" in found:
        found["inheritedFrom"] = found["inheritedFrom"]["pattern"]
    return found


@pytest.mark.rule("G-13", "G-21")
@pytest.mark.parametrize("mode", MODES)
def test_the_own_mode_of_a_group_is_its_effective_mode(client: Any, acme: Domain, mode: RestrictionMode) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": "BLOCK" if mode == "ALLOW" else "ALLOW"})
    acme.add_package_group("/npm//foo$", restrictions={"PUBLISH": mode})

    assert restriction(client, "/npm//foo$") == {"mode": mode, "effectiveMode": mode, "repositoriesCount": 0}


@pytest.mark.rule("G-13", "G-21")
@pytest.mark.parametrize("mode", MODES)
def test_a_group_inherits_the_mode_of_the_first_ancestor_that_has_one(
    client: Any, acme: Domain, mode: RestrictionMode
) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": mode})
    acme.add_package_group("/npm/space/*", restrictions={"EXTERNAL_UPSTREAM": "BLOCK"})
    acme.add_package_group("/npm/space/foo~")
    acme.add_package_group("/npm/space/foo-bar$")

    found = {type: restriction(client, "/npm/space/foo-bar$", type) for type in TYPES}

    inherited = {"mode": "INHERIT", "repositoriesCount": 0}
    assert found == {
        "PUBLISH": {**inherited, "effectiveMode": mode, "inheritedFrom": "/npm/*"},
        "EXTERNAL_UPSTREAM": {**inherited, "effectiveMode": "BLOCK", "inheritedFrom": "/npm/space/*"},
        "INTERNAL_UPSTREAM": {**inherited, "effectiveMode": "ALLOW", "inheritedFrom": "/*"},
    }


@pytest.mark.rule("G-21")
def test_a_changed_mode_of_an_ancestor_is_inherited_at_once(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/*")
    acme.add_package_group("/npm//foo$")

    found = []
    for pattern, mode in [("/*", "BLOCK"), ("/npm/*", "ALLOW"), ("/npm/*", SPECIFIC), ("/npm/*", "INHERIT")]:
        update(client, pattern, restrictions={"PUBLISH": mode})
        now = restriction(client, "/npm//foo$")
        found.append((now["effectiveMode"], now["inheritedFrom"]))

    assert found == [("BLOCK", "/*"), ("ALLOW", "/npm/*"), (SPECIFIC, "/npm/*"), ("BLOCK", "/*")]


@pytest.mark.rule("G-21", "G-22")
def test_the_allowed_repositories_of_an_ancestor_are_not_listed_for_the_group(
    client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": [team]})
    acme.add_package_group("/npm//foo$")

    own = client.list_allowed_repositories_for_group(
        domain="acme", packageGroup="/npm//foo$", originRestrictionType="PUBLISH"
    )

    assert own["allowedRepositories"] == []
    assert restriction(client, "/npm//foo$") == {
        "mode": "INHERIT",
        "effectiveMode": SPECIFIC,
        "inheritedFrom": "/npm/*",
        "repositoriesCount": 0,
    }


@pytest.mark.rule("G-19", "G-21")
def test_repositories_cannot_be_added_to_a_group_that_inherits_its_mode(
    client: Any, acme: Domain, team: Repository
) -> None:
    group = acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC})
    acme.add_package_group("/npm//foo$")

    with pytest.raises(client.exceptions.ValidationException):
        update(
            client,
            "/npm//foo$",
            addAllowedRepositories=[{"repositoryName": team.name, "originRestrictionType": "PUBLISH"}],
        )

    assert not group.allowed_repositories.get("PUBLISH")
