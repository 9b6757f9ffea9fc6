"""Creation, update and deletion of package groups, and their hierarchy (behaviour reference, section 10.3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, NotThere, Repository, RestrictionType, npm

TYPES: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")
ARN = "arn:aws:codeartifact:us-east-1:123456789012:package-group/acme"
INHERITED_FROM_ROOT = {
    type: {
        "mode": "INHERIT",
        "effectiveMode": "ALLOW",
        "inheritedFrom": {"arn": f"{ARN}/%2a", "pattern": "/*"},
        "repositoriesCount": 0,
    }
    for type in TYPES
}


def describe(client: Any, pattern: str) -> Any:
    return client.describe_package_group(domain="acme", packageGroup=pattern)["packageGroup"]


def parent(client: Any, pattern: str) -> str | None:
    """The pattern of a group's parent."""
    found: str | None = describe(client, pattern).get("parent", {}).get("pattern")
    return found


def children(client: Any, pattern: str) -> list[str]:
    found = client.list_sub_package_groups(domain="acme", packageGroup=pattern)["packageGroups"]
    return [group["pattern"] for group in found]


@pytest.mark.rule("D-6", "G-13", "G-15")
def test_a_new_domain_has_a_root_group_that_allows_everything(client: Any) -> None:
    client.create_domain(domain="acme")

    root = describe(client, "/*")

    created = root.pop("createdTime")
    assert created.tzinfo is not None
    assert root == {
        "arn": f"{ARN}/%2a",
        "pattern": "/*",
        "domainName": "acme",
        "domainOwner": "123456789012",
        "originConfiguration": {
            "restrictions": {
                type: {"mode": "ALLOW", "effectiveMode": "ALLOW", "repositoriesCount": 0} for type in TYPES
            }
        },
    }


@pytest.mark.rule("G-13", "G-14", "W-4")
def test_a_new_group_inherits_everything(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
    timestamp = dt.datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=dt.timezone.utc)
    codeartifact.clock.set(timestamp)

    response = client.create_package_group(domain="acme", packageGroup="/nuget/*")

    assert response["packageGroup"] == {
        "arn": f"{ARN}/nuget/%2a",
        "pattern": "/nuget/*",
        "domainName": "acme",
        "domainOwner": "123456789012",
        "createdTime": timestamp,
        "originConfiguration": {"restrictions": INHERITED_FROM_ROOT},
        "parent": {"arn": f"{ARN}/%2a", "pattern": "/*"},
    }
    assert set(response) == {"packageGroup", "ResponseMetadata"}
    assert acme.package_groups["/nuget/*"].restrictions == dict.fromkeys(TYPES, "INHERIT")
    assert acme.package_groups["/nuget/*"].allowed_repositories == {}


@pytest.mark.rule("G-13", "G-14", "TG-1")
def test_a_group_can_be_created_with_contact_description_and_tags(client: Any, acme: Domain) -> None:
    created = client.create_package_group(
        domain="acme",
        packageGroup="/nuget/*",
        contactInfo="contact@example.com | https://example.com",
        description="a new package group",
        tags=[{"key": "key1", "value": "value1"}],
    )["packageGroup"]

    assert (created["contactInfo"], created["description"]) == (
        "contact@example.com | https://example.com",
        "a new package group",
    )
    assert describe(client, "/nuget/*") == created
    tags = client.list_tags_for_resource(resourceArn=created["arn"])["tags"]
    assert tags == [{"key": "key1", "value": "value1"}]
    assert acme.package_groups["/nuget/*"].contact_info == "contact@example.com | https://example.com"


@pytest.mark.rule("G-14", "E-16")
@pytest.mark.parametrize("pattern", ["/npm/*", "/*"])
def test_a_pattern_is_unique_in_a_domain(client: Any, acme: Domain, pattern: str) -> None:
    acme.add_package_group("/npm/*", description="the first")

    with pytest.raises(client.exceptions.ConflictException) as caught:
        client.create_package_group(domain="acme", packageGroup=pattern, description="the second")

    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert pattern in response["Error"]["Message"]
    assert "resourceType" not in response
    assert acme.package_groups["/npm/*"].description == "the first"


@pytest.mark.rule("G-14")
def test_the_same_pattern_may_exist_in_another_domain(client: Any, codeartifact: FakeCodeArtifact) -> None:
    for name in ("acme", "other"):
        codeartifact.add_domain(name)
        client.create_package_group(domain=name, packageGroup="/npm/*", description=name)

    assert codeartifact.domain("acme").package_groups["/npm/*"].description == "acme"
    assert codeartifact.domain("other").package_groups["/npm/*"].description == "other"


@pytest.mark.rule("X-5", "G-13")
@pytest.mark.parametrize(
    ("pattern", "encoded"),
    [
        ("/*", "/%2a"),
        ("/npm/*", "/npm/%2a"),
        ("/npm//*", "/npm//%2a"),
        ("/nuget//alpha$", "/nuget//alpha%24"),
        ("/nuget//alpha%beta%gamma~", "/nuget//alpha%25beta%25gamma~"),
        ("/npm/100%/*", "/npm/100%25/%2a"),
        ("/generic/a-b/c%2ad$", "/generic/a-b/c%252ad%24"),
    ],
)
def test_some_characters_of_a_pattern_are_encoded_in_the_arn(
    client: Any, acme: Domain, pattern: str, encoded: str
) -> None:
    if pattern != "/*":
        client.create_package_group(domain="acme", packageGroup=pattern)

    assert describe(client, pattern)["arn"] == ARN + encoded
    assert acme.package_groups[pattern].arn == ARN + encoded


@pytest.mark.rule("G-17")
@pytest.mark.parametrize(
    ("given", "contact", "description"),
    [
        ({"contactInfo": "them"}, "them", "what"),
        ({"description": "that"}, "who", "that"),
        ({"contactInfo": "them", "description": "that"}, "them", "that"),
        ({"contactInfo": "", "description": ""}, "", ""),
        ({}, "who", "what"),
    ],
    ids=str,
)
def test_updating_a_group_keeps_omitted_members(
    client: Any, acme: Domain, given: dict[str, str], contact: str, description: str
) -> None:
    group = acme.add_package_group(
        "/npm/*", contact_info="who", description="what", restrictions={"PUBLISH": "BLOCK"}, tags={"a": "b"}
    )
    before = describe(client, "/npm/*")

    response = client.update_package_group(domain="acme", packageGroup="/npm/*", **given)

    assert response["packageGroup"] == {**before, "contactInfo": contact, "description": description}
    assert describe(client, "/npm/*") == response["packageGroup"]
    assert (group.contact_info, group.description, group.tags) == (contact, description, {"a": "b"})


@pytest.mark.rule("G-15", "G-17")
def test_the_root_group_can_be_modified(client: Any, acme: Domain) -> None:
    client.update_package_group(domain="acme", packageGroup="/*", description="all")

    client.update_package_group_origin_configuration(
        domain="acme", packageGroup="/*", restrictions={"EXTERNAL_UPSTREAM": "BLOCK"}
    )

    root = acme.package_groups["/*"]
    assert root.description == "all"
    assert root.restrictions == {"PUBLISH": "ALLOW", "EXTERNAL_UPSTREAM": "BLOCK", "INTERNAL_UPSTREAM": "ALLOW"}


@pytest.mark.rule("G-15")
def test_the_root_group_cannot_be_deleted(client: Any, acme: Domain) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        client.delete_package_group(domain="acme", packageGroup="/*")

    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-16")
def test_deleting_a_group_returns_its_description(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/*", description="gone soon", restrictions={"PUBLISH": "BLOCK"})
    before = describe(client, "/npm/*")

    response = client.delete_package_group(domain="acme", packageGroup="/npm/*")

    assert response["packageGroup"] == before
    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-16")
def test_the_handle_of_a_deleted_group_names_the_call_that_removed_it(client: Any, acme: Domain) -> None:
    group = acme.add_package_group("/npm/*", description="gone soon")
    client.delete_package_group(domain="acme", packageGroup="/npm/*")

    with pytest.raises(NotThere, match="DeletePackageGroup"):
        assert group.description


@pytest.mark.rule("G-16", "E-16", "G-25")
def test_a_deleted_group_is_not_found(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/*")
    client.delete_package_group(domain="acme", packageGroup="/npm/*")

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        describe(client, "/npm/*")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package_group(domain="acme", packageGroup="/npm/*")


@pytest.mark.rule("G-16")
def test_deleting_a_group_keeps_its_packages(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_package_group("/npm//react$")
    team.add_package(npm("react"), versions=["1.0.0"])

    client.delete_package_group(domain="acme", packageGroup="/npm//react$")

    assert set(team.packages[npm("react")].versions) == {"1.0.0"}
    found = client.get_associated_package_group(domain="acme", format="npm", package="react")
    assert found["packageGroup"]["pattern"] == "/*"


@pytest.mark.rule("G-16", "TG-7")
def test_a_recreated_group_has_nothing_of_the_deleted_one(client: Any, acme: Domain, team: Repository) -> None:
    arn = acme.add_package_group(
        "/npm/*",
        description="old",
        tags={"a": "b"},
        restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"},
        allowed_repositories={"PUBLISH": [team]},
    ).arn
    client.delete_package_group(domain="acme", packageGroup="/npm/*")

    created = client.create_package_group(domain="acme", packageGroup="/npm/*")["packageGroup"]

    assert "description" not in created
    assert created["originConfiguration"] == {"restrictions": INHERITED_FROM_ROOT}
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == []
    assert acme.package_groups["/npm/*"].allowed_repositories == {}


@pytest.mark.rule("G-16", "G-21", "G-24")
def test_the_children_of_a_deleted_group_become_children_of_its_parent(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": "BLOCK"})
    acme.add_package_group("/npm/space/*", restrictions={"PUBLISH": "ALLOW"})
    acme.add_package_group("/npm/space/foo~")
    acme.add_package_group("/npm/space/bar$", restrictions={"PUBLISH": "ALLOW"})
    acme.add_package_group("/npm/space/foo-bar$")
    assert describe(client, "/npm/space/foo-bar$")["originConfiguration"]["restrictions"]["PUBLISH"] == {
        "mode": "INHERIT",
        "effectiveMode": "ALLOW",
        "inheritedFrom": {"arn": f"{ARN}/npm/space/%2a", "pattern": "/npm/space/*"},
        "repositoriesCount": 0,
    }

    client.delete_package_group(domain="acme", packageGroup="/npm/space/*")

    assert children(client, "/npm/*") == ["/npm/space/bar$", "/npm/space/foo~"]
    assert children(client, "/npm/space/foo~") == ["/npm/space/foo-bar$"]
    modes = {
        pattern: describe(client, pattern)["originConfiguration"]["restrictions"]["PUBLISH"]
        for pattern in ("/npm/space/foo~", "/npm/space/foo-bar$", "/npm/space/bar$")
    }
    inherited = {
        "mode": "INHERIT",
        "effectiveMode": "BLOCK",
        "inheritedFrom": {"arn": f"{ARN}/npm/%2a", "pattern": "/npm/*"},
        "repositoriesCount": 0,
    }
    assert modes == {
        "/npm/space/foo~": inherited,
        "/npm/space/foo-bar$": inherited,
        "/npm/space/bar$": {"mode": "ALLOW", "effectiveMode": "ALLOW", "repositoriesCount": 0},
    }


@pytest.mark.rule("G-6", "G-21", "G-24")
def test_a_group_created_between_two_others_becomes_parent_of_the_lower_one(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/*")
    acme.add_package_group("/npm/space/foo$")
    acme.add_package_group("/npm/other/foo$")

    client.create_package_group(domain="acme", packageGroup="/npm/space/*")
    client.update_package_group_origin_configuration(
        domain="acme", packageGroup="/npm/space/*", restrictions={"PUBLISH": "BLOCK"}
    )

    assert children(client, "/npm/*") == ["/npm/other/foo$", "/npm/space/*"]
    assert parent(client, "/npm/space/foo$") == "/npm/space/*"
    restrictions = describe(client, "/npm/space/foo$")["originConfiguration"]["restrictions"]
    assert restrictions["PUBLISH"]["effectiveMode"] == "BLOCK"
    assert restrictions["PUBLISH"]["inheritedFrom"]["pattern"] == "/npm/space/*"
    assert restrictions["EXTERNAL_UPSTREAM"]["inheritedFrom"]["pattern"] == "/*"


@pytest.mark.rule("G-6", "G-13")
def test_the_parent_of_a_group_is_the_next_less_specific_existing_group(client: Any, acme: Domain) -> None:
    parents = {
        "/*": None,
        "/npm/*": "/*",
        "/pypi/*": "/*",
        "/pypi//foo$": "/pypi/*",
        "/maven/my/*": "/*",
        "/npm//*": "/npm/*",
        "/npm//foo~": "/npm//*",
        "/npm//food$": "/npm//*",
        "/npm//foo-bar$": "/npm//foo~",
        "/npm/my~": "/npm/*",
        "/npm/mystic/*": "/npm/*",
        "/npm/my.lib/*": "/npm/my~",
        "/npm/my-space~": "/npm/my~",
        "/npm/my-space/*": "/npm/my-space~",
        "/npm/my-space/foo~": "/npm/my-space/*",
        "/npm/my-space/food$": "/npm/my-space/*",
        "/npm/my-space/foo-bar~": "/npm/my-space/foo~",
        "/npm/my-space/foo$": "/npm/my-space/foo~",
        "/npm/my-space/foo-bar$": "/npm/my-space/foo-bar~",
        "/npm/my-space-age/foo$": "/npm/my-space~",
    }
    for pattern in list(parents)[1:]:
        acme.add_package_group(pattern)

    assert {pattern: parent(client, pattern) for pattern in parents} == parents


@pytest.mark.rule("X-1", "X-5", "G-13")
def test_the_groups_of_a_foreign_domain_belong_to_its_owner(codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    theirs = codeartifact.client(account="210987654321")

    created = theirs.create_package_group(domain="acme", domainOwner="123456789012", packageGroup="/npm/*")

    assert created["packageGroup"]["domainOwner"] == "123456789012"
    assert created["packageGroup"]["arn"] == f"{ARN}/npm/%2a"
    assert "/npm/*" in acme.package_groups
