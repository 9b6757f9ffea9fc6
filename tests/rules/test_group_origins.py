"""The origin configuration of package groups: modes and lists (section 10, G-18 to G-22)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from pytest_codeartifact import Domain, Repository, RestrictionMode, RestrictionType

TYPES: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")
SPECIFIC: Final = "ALLOW_SPECIFIC_REPOSITORIES"


@pytest.fixture
def repositories(acme: Domain) -> list[str]:
    """The names of three repositories."""
    return [acme.add_repository(name).name for name in ("one", "two", "three")]


def update(client: Any, pattern: str, **changes: Any) -> Any:
    return client.update_package_group_origin_configuration(domain="acme", packageGroup=pattern, **changes)


def listed(*names: str, type: str = "PUBLISH") -> list[dict[str, str]]:
    """Repositories as members of additions and removals."""
    return [{"repositoryName": name, "originRestrictionType": type} for name in names]


def allowed(client: Any, pattern: str, type: str = "PUBLISH") -> list[str]:
    response = client.list_allowed_repositories_for_group(
        domain="acme", packageGroup=pattern, originRestrictionType=type
    )
    found: list[str] = response["allowedRepositories"]
    return found


def restriction(client: Any, pattern: str, type: str = "PUBLISH") -> Any:
    """A restriction of a group. The group that it is inherited from is shown by its pattern only."""
    group = client.describe_package_group(domain="acme", packageGroup=pattern)["packageGroup"]
    found = dict(group["originConfiguration"]["restrictions"][type])
    if "inheritedFrom" in found:
        found["inheritedFrom"] = found["inheritedFrom"]["pattern"]
    return found


@pytest.mark.rule("G-18", "G-13")
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("mode", ["ALLOW", "BLOCK", SPECIFIC, "INHERIT"])
def test_one_restriction_can_be_changed_alone(
    client: Any, acme: Domain, type: RestrictionType, mode: RestrictionMode
) -> None:
    before: dict[RestrictionType, RestrictionMode] = dict.fromkeys(TYPES, "BLOCK")
    group = acme.add_package_group("/npm/*", restrictions=before)

    response = update(client, "/npm/*", restrictions={type: mode})

    assert group.restrictions == {**before, type: mode}
    assert set(response) == {"packageGroup", "allowedRepositoryUpdates", "ResponseMetadata"}
    described = client.describe_package_group(domain="acme", packageGroup="/npm/*")["packageGroup"]
    assert response["packageGroup"] == described
    assert response["allowedRepositoryUpdates"] == {}


@pytest.mark.rule("G-18")
def test_several_restrictions_can_be_changed_at_once(client: Any, acme: Domain) -> None:
    group = acme.add_package_group("/npm/*")
    modes = {"PUBLISH": "BLOCK", "EXTERNAL_UPSTREAM": SPECIFIC, "INTERNAL_UPSTREAM": "ALLOW"}

    update(client, "/npm/*", restrictions=modes)

    assert group.restrictions == modes


@pytest.mark.rule("G-18")
def test_an_update_of_nothing_changes_nothing(client: Any, acme: Domain, repositories: list[str]) -> None:
    group = acme.add_package_group(
        "/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": repositories}
    )
    before = client.describe_package_group(domain="acme", packageGroup="/npm/*")["packageGroup"]

    response = update(client, "/npm/*")

    assert response["packageGroup"] == before
    assert response["allowedRepositoryUpdates"] == {}
    assert group.allowed_repositories == {"PUBLISH": set(repositories)}


@pytest.mark.rule("G-18", "G-22")
def test_repositories_are_added_and_removed(client: Any, acme: Domain, repositories: list[str]) -> None:
    group = acme.add_package_group(
        "/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": ["one"]}
    )

    response = update(
        client,
        "/npm/*",
        restrictions={"INTERNAL_UPSTREAM": SPECIFIC},
        addAllowedRepositories=[*listed("two", "three"), *listed("three", type="INTERNAL_UPSTREAM")],
        removeAllowedRepositories=listed("one"),
    )

    updates = {
        type: {kind: sorted(names) for kind, names in by_kind.items()}
        for type, by_kind in response["allowedRepositoryUpdates"].items()
    }
    assert updates == {
        "PUBLISH": {"ADDED": ["three", "two"], "REMOVED": ["one"]},
        "INTERNAL_UPSTREAM": {"ADDED": ["three"]},
    }
    assert {type: allowed(client, "/npm/*", type) for type in TYPES} == {
        "PUBLISH": ["three", "two"],
        "EXTERNAL_UPSTREAM": [],
        "INTERNAL_UPSTREAM": ["three"],
    }
    assert {type: names for type, names in group.allowed_repositories.items() if names} == {
        "PUBLISH": {"two", "three"},
        "INTERNAL_UPSTREAM": {"three"},
    }
    counts = {type: restriction(client, "/npm/*", type)["repositoriesCount"] for type in TYPES}
    assert counts == {"PUBLISH": 2, "EXTERNAL_UPSTREAM": 0, "INTERNAL_UPSTREAM": 1}
    assert len(repositories) == 3


@pytest.mark.rule("G-18")
@pytest.mark.usefixtures("repositories")
def test_the_root_group_can_list_allowed_repositories(client: Any, acme: Domain) -> None:
    update(client, "/*", restrictions={"PUBLISH": SPECIFIC}, addAllowedRepositories=listed("one"))

    assert acme.package_groups["/*"].allowed_repositories["PUBLISH"] == {"one"}
    assert restriction(client, "/*") == {"mode": SPECIFIC, "effectiveMode": SPECIFIC, "repositoriesCount": 1}


@pytest.mark.rule("G-20")
@pytest.mark.usefixtures("repositories")
def test_updates_without_an_effect_are_not_in_the_response(client: Any, acme: Domain) -> None:
    group = acme.add_package_group(
        "/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": ["one"]}
    )

    response = update(
        client, "/npm/*", addAllowedRepositories=listed("one"), removeAllowedRepositories=listed("two", "nowhere")
    )

    assert response["allowedRepositoryUpdates"] == {}
    assert group.allowed_repositories == {"PUBLISH": {"one"}}


@pytest.mark.rule("G-20")
@pytest.mark.usefixtures("repositories")
def test_a_repository_named_twice_is_added_once(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC})

    response = update(client, "/npm/*", addAllowedRepositories=listed("one", "one"))

    assert response["allowedRepositoryUpdates"] == {"PUBLISH": {"ADDED": ["one"]}}
    assert restriction(client, "/npm/*")["repositoriesCount"] == 1


@pytest.mark.rule("G-20")
@pytest.mark.parametrize("before", [[], ["two"]], ids=["absent", "present"])
@pytest.mark.usefixtures("repositories")
def test_a_repository_that_is_added_and_removed_in_one_call_is_removed(
    client: Any, acme: Domain, before: list[str]
) -> None:
    group = acme.add_package_group(
        "/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": before}
    )

    response = update(
        client, "/npm/*", addAllowedRepositories=listed("one", "two"), removeAllowedRepositories=listed("two")
    )

    assert group.allowed_repositories == {"PUBLISH": {"one"}}
    assert response["packageGroup"]["originConfiguration"]["restrictions"]["PUBLISH"]["repositoriesCount"] == 1
    assert response["allowedRepositoryUpdates"]["PUBLISH"]["REMOVED"] == ["two"]


@pytest.mark.rule("G-18", "G-20")
@pytest.mark.usefixtures("repositories")
def test_lists_of_different_restrictions_are_independent(client: Any, acme: Domain) -> None:
    acme.add_package_group(
        "/npm/*",
        restrictions=dict.fromkeys(TYPES, SPECIFIC),
        allowed_repositories={type: ["one"] for type in TYPES},
    )

    update(
        client,
        "/npm/*",
        addAllowedRepositories=listed("two", type="EXTERNAL_UPSTREAM"),
        removeAllowedRepositories=listed("one", type="INTERNAL_UPSTREAM"),
    )

    lists = {type: allowed(client, "/npm/*", type) for type in TYPES}
    assert lists == {"PUBLISH": ["one"], "EXTERNAL_UPSTREAM": ["one", "two"], "INTERNAL_UPSTREAM": []}


@pytest.mark.rule("G-20", "E-11")
@pytest.mark.usefixtures("repositories")
def test_an_unknown_repository_cannot_be_allowed(client: Any, acme: Domain) -> None:
    group = acme.add_package_group("/npm/*")

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        update(client, "/npm/*", restrictions={"PUBLISH": SPECIFIC}, addAllowedRepositories=listed("one", "nowhere"))

    assert caught.value.response["Error"]["Message"] == (
        "Repository not found. Repository 'nowhere' in domain 'acme' owned by account '123456789012' does not exist."
    )
    assert caught.value.response["resourceType"] == "repository"
    assert group.restrictions["PUBLISH"] == "INHERIT"
    assert group.allowed_repositories == {}


@pytest.mark.rule("G-20", "E-11")
def test_a_repository_of_another_domain_cannot_be_allowed(client: Any, codeartifact: Any, acme: Domain) -> None:
    codeartifact.add_domain("other").add_repository("theirs")
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC})

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        update(client, "/npm/*", addAllowedRepositories=listed("theirs"))


@pytest.mark.rule("G-19")
@pytest.mark.parametrize("mode", ["ALLOW", "BLOCK", "INHERIT"])
@pytest.mark.usefixtures("repositories")
def test_repositories_can_only_be_added_where_specific_ones_are_allowed(
    client: Any, acme: Domain, mode: RestrictionMode
) -> None:
    group = acme.add_package_group("/npm/*", restrictions={"PUBLISH": mode, "INTERNAL_UPSTREAM": SPECIFIC})

    with pytest.raises(client.exceptions.ValidationException) as caught:
        update(client, "/npm/*", addAllowedRepositories=listed("one"))

    assert "PUBLISH" in caught.value.response["Error"]["Message"]
    assert group.restrictions["PUBLISH"] == mode
    assert {name for names in group.allowed_repositories.values() for name in names} == set()


@pytest.mark.rule("G-19")
@pytest.mark.usefixtures("repositories")
def test_additions_are_checked_against_the_modes_of_the_same_call(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/*", restrictions={"EXTERNAL_UPSTREAM": SPECIFIC})

    update(client, "/npm/*", restrictions={"PUBLISH": SPECIFIC}, addAllowedRepositories=listed("one"))

    assert allowed(client, "/npm/*") == ["one"]
    with pytest.raises(client.exceptions.ValidationException):
        update(client, "/npm/*", restrictions={"PUBLISH": "ALLOW"}, addAllowedRepositories=listed("two"))
    assert allowed(client, "/npm/*") == ["one"]


@pytest.mark.rule("G-19", "G-22")
@pytest.mark.parametrize("mode", ["ALLOW", "BLOCK", "INHERIT"])
def test_a_list_is_dropped_when_the_mode_changes(client: Any, acme: Domain, repositories: list[str], mode: str) -> None:
    acme.add_package_group(
        "/npm/*",
        restrictions={"PUBLISH": SPECIFIC, "INTERNAL_UPSTREAM": SPECIFIC},
        allowed_repositories={"PUBLISH": repositories, "INTERNAL_UPSTREAM": ["one"]},
    )

    update(client, "/npm/*", restrictions={"PUBLISH": mode})

    assert allowed(client, "/npm/*") == []
    assert restriction(client, "/npm/*")["repositoriesCount"] == 0
    assert allowed(client, "/npm/*", "INTERNAL_UPSTREAM") == ["one"]
    update(client, "/npm/*", restrictions={"PUBLISH": SPECIFIC})
    assert allowed(client, "/npm/*") == []


@pytest.mark.rule("G-19", "R-7")
def test_a_deleted_repository_is_no_longer_allowed_even_if_recreated(
    client: Any, acme: Domain, repositories: list[str]
) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": ["one"]})

    client.delete_repository(domain="acme", repository="one")
    acme.add_repository("one")

    assert allowed(client, "/npm/*") == []


@pytest.mark.rule("G-19")
def test_a_list_is_kept_when_the_same_mode_is_set_again(client: Any, acme: Domain, repositories: list[str]) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": repositories})

    update(client, "/npm/*", restrictions={"PUBLISH": SPECIFIC, "EXTERNAL_UPSTREAM": "BLOCK"})

    assert allowed(client, "/npm/*") == sorted(repositories)


@pytest.mark.rule("G-18")
def test_100_repositories_can_be_added_and_removed_in_one_call(client: Any, acme: Domain) -> None:
    names = [acme.add_repository(f"repository-{number:03}").name for number in range(101)]
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": names[:50]})

    update(
        client,
        "/npm/*",
        addAllowedRepositories=listed(*names[50:100]),
        removeAllowedRepositories=listed(*names[:50]),
    )

    pages = client.get_paginator("list_allowed_repositories_for_group").paginate(
        domain="acme", packageGroup="/npm/*", originRestrictionType="PUBLISH"
    )
    assert [name for page in pages for name in page["allowedRepositories"]] == names[50:100]


@pytest.mark.rule("G-18")
@pytest.mark.parametrize("additions", [0, 1, 50, 101])
def test_101_changes_of_repositories_in_one_call_are_refused(client: Any, acme: Domain, additions: int) -> None:
    names = [acme.add_repository(f"repository-{number:03}").name for number in range(101)]
    group = acme.add_package_group(
        "/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": names[additions:]}
    )

    with pytest.raises(client.exceptions.ValidationException) as caught:
        update(
            client,
            "/npm/*",
            addAllowedRepositories=listed(*names[:additions]),
            removeAllowedRepositories=listed(*names[additions:]),
        )

    assert "100" in caught.value.response["Error"]["Message"]
    assert group.allowed_repositories == {"PUBLISH": set(names[additions:])}


@pytest.mark.rule("G-15")
@pytest.mark.parametrize("type", TYPES)
def test_the_root_group_cannot_inherit(client: Any, acme: Domain, type: str) -> None:
    root = acme.package_groups["/*"]

    with pytest.raises(client.exceptions.ValidationException):
        update(client, "/*", restrictions={**dict.fromkeys(TYPES, "BLOCK"), type: "INHERIT"})

    assert root.restrictions == dict.fromkeys(TYPES, "ALLOW")


@pytest.mark.rule("V-1", "V-4")
@pytest.mark.parametrize(
    "changes",
    [
        {"restrictions": {"PUBLISH": "MAYBE"}},
        {"restrictions": {"DOWNLOAD": "ALLOW"}},
        {"restrictions": {"publish": "ALLOW"}},
        {"addAllowedRepositories": listed("one", type="DOWNLOAD")},
        {"removeAllowedRepositories": listed("one", type="DOWNLOAD")},
        {"addAllowedRepositories": listed("no/name")},
    ],
    ids=str,
)
@pytest.mark.usefixtures("repositories")
def test_unknown_types_and_modes_are_refused(client: Any, acme: Domain, changes: dict[str, Any]) -> None:
    group = acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC})

    with pytest.raises(client.exceptions.ValidationException) as caught:
        update(client, "/npm/*", **changes)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert group.restrictions["PUBLISH"] == SPECIFIC


@pytest.mark.rule("G-22", "L-13", "W-5")
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_allowed_repositories_come_in_pages(client: Any, acme: Domain, repositories: list[str], size: int) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": repositories})

    pages = list(
        client.get_paginator("list_allowed_repositories_for_group").paginate(
            domain="acme", packageGroup="/npm/*", originRestrictionType="PUBLISH", PaginationConfig={"PageSize": size}
        )
    )

    assert [name for page in pages for name in page["allowedRepositories"]] == ["one", "three", "two"]
    assert [len(page["allowedRepositories"]) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert "nextToken" not in pages[-1]


@pytest.mark.rule("G-22")
@pytest.mark.parametrize("mode", ["ALLOW", "BLOCK", "INHERIT"])
def test_no_allowed_repositories_are_listed_in_other_modes(client: Any, acme: Domain, mode: RestrictionMode) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": mode})

    response = client.list_allowed_repositories_for_group(
        domain="acme", packageGroup="/npm/*", originRestrictionType="PUBLISH"
    )

    assert response["allowedRepositories"] == []
    assert "nextToken" not in response


@pytest.mark.rule("L-12", "G-22")
def test_a_page_of_allowed_repositories_has_50(client: Any, acme: Domain) -> None:
    names = [acme.add_repository(f"repository-{number:03}").name for number in range(60)]
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": SPECIFIC}, allowed_repositories={"PUBLISH": names})

    assert allowed(client, "/npm/*") == names[:50]


@pytest.mark.rule("G-22", "V-4")
@pytest.mark.usefixtures("acme")
def test_allowed_repositories_of_an_unknown_restriction_type_are_refused(client: Any) -> None:
    with pytest.raises(client.exceptions.ValidationException, match="originRestrictionType"):
        allowed(client, "/*", "DOWNLOAD")


@pytest.mark.rule("G-18", "X-1")
def test_a_caller_of_another_account_can_change_the_group_with_the_owner(
    codeartifact: Any, acme: Domain, team: Repository
) -> None:
    theirs = codeartifact.client(account="210987654321")

    theirs.update_package_group_origin_configuration(
        domain="acme",
        domainOwner="123456789012",
        packageGroup="/*",
        restrictions={"PUBLISH": SPECIFIC},
        addAllowedRepositories=listed(team.name),
    )

    assert acme.package_groups["/*"].allowed_repositories == {"PUBLISH": {"team"}}


@pytest.mark.rule("G-19", "G-20", "E-5")
@pytest.mark.parametrize("names", [("one", "nowhere"), ("nowhere", "one")])
def test_a_missing_repository_is_named_before_a_wrong_mode(
    client: Any, repositories: list[str], names: tuple[str, str]
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        update(client, "/*", addAllowedRepositories=listed(*names))
