"""The lists around package groups: groups, sub-groups and associated packages (section 10, G-10 to G-12 and G-23)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain, PackageId, Repository, maven, npm, nuget, pypi, swift

from ..support.acme import coordinates

GROUPS = ["/*", "/npm/*", "/npm//react~", "/npm/space/*", "/npm/space/foo$", "/pypi/*"]


@pytest.fixture
def groups(acme: Domain) -> Domain:
    """A domain with a few groups."""
    for pattern in reversed(GROUPS[1:]):
        acme.add_package_group(pattern)
    return acme


def patterns(response: Any) -> list[str]:
    return [group["pattern"] for group in response["packageGroups"]]


def associated(client: Any, pattern: str, **parameters: Any) -> list[tuple[str, str, str, str]]:
    """The packages of a group: format, namespace, name and strength."""
    pages = client.get_paginator("list_associated_packages").paginate(domain="acme", packageGroup=pattern, **parameters)
    return [
        (package["format"], package.get("namespace", ""), package["package"], package["associationType"])
        for page in pages
        for package in page["packages"]
    ]


@pytest.mark.rule("G-23", "L-13", "L-14")
@pytest.mark.usefixtures("groups")
def test_all_groups_are_listed_with_the_root_group(client: Any) -> None:
    response = client.list_package_groups(domain="acme")

    assert patterns(response) == sorted(GROUPS)
    assert set(response) == {"packageGroups", "ResponseMetadata"}


@pytest.mark.rule("G-13", "G-23")
def test_listed_groups_have_the_members_of_their_descriptions(client: Any, groups: Domain) -> None:
    groups.add_package_group("/nuget/*", contact_info="who", description="what", restrictions={"PUBLISH": "BLOCK"})

    listed = client.list_package_groups(domain="acme")["packageGroups"]
    below = client.list_sub_package_groups(domain="acme", packageGroup="/*")["packageGroups"]

    described = {
        pattern: client.describe_package_group(domain="acme", packageGroup=pattern)["packageGroup"]
        for pattern in groups.package_groups
    }
    assert {group["pattern"]: group for group in listed} == described
    assert {group["pattern"]: group for group in below} == {
        pattern: described[pattern] for pattern in ("/npm/*", "/nuget/*", "/pypi/*")
    }


@pytest.mark.rule("G-23")
@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", GROUPS),
        ("/", GROUPS),
        ("/n", ["/npm/*", "/npm//react~", "/npm/space/*", "/npm/space/foo$"]),
        ("/npm/s", ["/npm/space/*", "/npm/space/foo$"]),
        ("/npm/space/foo$", ["/npm/space/foo$"]),
        ("/*", ["/*"]),
        ("/NPM", []),
        ("npm", []),
        ("/npm/space/food", []),
    ],
)
@pytest.mark.usefixtures("groups")
def test_groups_are_filtered_by_the_prefix_of_their_pattern(client: Any, prefix: str, found: list[str]) -> None:
    response = client.list_package_groups(domain="acme", prefix=prefix)

    assert patterns(response) == sorted(found)


@pytest.mark.rule("G-23")
@pytest.mark.parametrize(
    ("pattern", "direct"),
    [
        ("/*", ["/npm/*", "/pypi/*"]),
        ("/npm/*", ["/npm//react~", "/npm/space/*"]),
        ("/npm/space/*", ["/npm/space/foo$"]),
        ("/npm/space/foo$", []),
        ("/pypi/*", []),
    ],
)
@pytest.mark.usefixtures("groups")
def test_only_direct_children_are_sub_groups(client: Any, pattern: str, direct: list[str]) -> None:
    response = client.list_sub_package_groups(domain="acme", packageGroup=pattern)

    assert patterns(response) == direct


@pytest.mark.rule("W-5", "L-14")
@pytest.mark.parametrize("size", [1, 2, 6, 7])
@pytest.mark.usefixtures("groups")
def test_groups_come_in_pages(client: Any, size: int) -> None:
    pages = list(
        client.get_paginator("list_package_groups").paginate(domain="acme", PaginationConfig={"PageSize": size})
    )

    assert [pattern for page in pages for pattern in patterns(page)] == sorted(GROUPS)
    assert [len(page["packageGroups"]) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert "nextToken" not in pages[-1]


@pytest.mark.rule("W-5", "G-23")
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.usefixtures("groups")
def test_sub_groups_come_in_pages(client: Any, size: int) -> None:
    pages = list(
        client.get_paginator("list_sub_package_groups").paginate(
            domain="acme", packageGroup="/npm/*", PaginationConfig={"PageSize": size}
        )
    )

    assert [pattern for page in pages for pattern in patterns(page)] == ["/npm//react~", "/npm/space/*"]
    assert len(pages) == (2 if size == 1 else 1)


@pytest.mark.rule("L-12")
def test_a_page_of_groups_has_50_unless_another_size_is_requested(client: Any, acme: Domain) -> None:
    for number in range(60):
        acme.add_package_group(f"/npm//package-{number}$")

    sizes = [
        len(client.list_package_groups(domain="acme")["packageGroups"]),
        len(client.list_sub_package_groups(domain="acme", packageGroup="/*")["packageGroups"]),
        len(client.list_package_groups(domain="acme", maxResults=1000)["packageGroups"]),
    ]

    assert sizes == [50, 50, 61]


@pytest.mark.rule("E-20", "L-15")
@pytest.mark.parametrize("operation", ["list_package_groups", "list_sub_package_groups", "list_associated_packages"])
@pytest.mark.usefixtures("groups")
def test_a_page_token_that_was_not_issued_is_refused(client: Any, operation: str) -> None:
    parameters = {} if operation == "list_package_groups" else {"packageGroup": "/*"}

    with pytest.raises(client.exceptions.ValidationException) as caught:
        getattr(client, operation)(domain="acme", nextToken="bm9ib2R5", **parameters)

    assert caught.value.response["Error"]["Message"] == "Error de-serializing the token."


@pytest.mark.rule("G-10", "G-1")
@pytest.mark.parametrize(
    ("id", "pattern"),
    [
        (npm("react-dom"), "/npm//react~"),
        (npm("@space/foo"), "/npm/space/foo$"),
        (npm("@space/bar"), "/npm/space/*"),
        (npm("@other/foo"), "/npm/*"),
        (pypi("requests"), "/pypi/*"),
        (maven("org.apache", "commons"), "/*"),
    ],
    ids=str,
)
def test_a_package_that_does_not_exist_has_an_associated_group(
    client: Any, groups: Domain, id: PackageId, pattern: str
) -> None:
    response = client.get_associated_package_group(domain="acme", **coordinates(id))

    described = client.describe_package_group(domain="acme", packageGroup=pattern)["packageGroup"]
    assert response["packageGroup"] == described
    assert response["associationType"] == "STRONG"
    assert set(response) == {"packageGroup", "associationType", "ResponseMetadata"}
    assert set(groups.repositories) == set()


@pytest.mark.rule("G-10", "F-2", "F-3")
@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "maven", "package": "x"},
        {"format": "generic", "package": "x"},
        {"format": "swift", "package": "x"},
        {"format": "pypi", "namespace": "space", "package": "x"},
        {"format": "cargo", "namespace": "space", "package": "x"},
        {"format": "docker", "package": "x"},
        {"format": "npm", "package": "@space/x"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("groups")
def test_impossible_coordinates_have_no_group(client: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        client.get_associated_package_group(domain="acme", **wrong)


@pytest.mark.rule("G-11", "G-12", "L-13")
@pytest.mark.usefixtures("groups")
def test_a_package_is_listed_for_its_most_specific_group_only(client: Any, team: Repository) -> None:
    ids = [npm("react"), npm("React"), npm("vue"), npm("@space/foo"), npm("@space/bar"), pypi("a"), nuget("b")]
    team.add_packages(ids, versions=["1.0.0"])

    listed = {pattern: associated(client, pattern) for pattern in GROUPS}

    assert listed == {
        "/*": [("nuget", "", "b", "STRONG")],
        "/npm/*": [("npm", "", "vue", "STRONG")],
        "/npm//react~": [("npm", "", "React", "WEAK"), ("npm", "", "react", "STRONG")],
        "/npm/space/*": [("npm", "space", "bar", "STRONG")],
        "/npm/space/foo$": [("npm", "space", "foo", "STRONG")],
        "/pypi/*": [("pypi", "", "a", "STRONG")],
    }


@pytest.mark.rule("G-11", "K-2")
@pytest.mark.usefixtures("groups")
def test_an_associated_package_has_its_coordinates_and_strength_only(client: Any, team: Repository) -> None:
    team.add_packages([npm("react"), npm("@space/foo")], versions=["1.0.0"])

    response = client.list_associated_packages(domain="acme", packageGroup="/npm//react~")
    scoped = client.list_associated_packages(domain="acme", packageGroup="/npm/space/foo$")

    assert set(response) == {"packages", "ResponseMetadata"}
    assert response["packages"] == [{"format": "npm", "package": "react", "associationType": "STRONG"}]
    assert scoped["packages"] == [
        {"format": "npm", "namespace": "space", "package": "foo", "associationType": "STRONG"}
    ]


@pytest.mark.rule("G-11", "L-14")
@pytest.mark.usefixtures("groups")
def test_a_group_without_packages_lists_none(client: Any, team: Repository) -> None:
    team.add_package(npm("vue"), versions=["1.0.0"])

    response = client.list_associated_packages(domain="acme", packageGroup="/pypi/*")

    assert response["packages"] == []
    assert "nextToken" not in response


@pytest.mark.rule("G-11", "W-5")
@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_a_package_is_listed_once_however_many_repositories_have_it(client: Any, groups: Domain, size: int) -> None:
    for name, ids in {
        "first": [npm("a"), npm("b"), npm("d"), npm("e")],
        "second": [npm("b"), npm("c"), npm("e"), pypi("a")],
        "third": [npm("b"), npm("e"), npm("f")],
    }.items():
        groups.add_repository(name).add_packages(ids, versions=["1.0.0"])

    listed = associated(client, "/npm/*", PaginationConfig={"PageSize": size})

    assert [name for _, _, name, _ in listed] == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.rule("G-11")
def test_packages_of_other_domains_are_not_listed(client: Any, codeartifact: Any, groups: Domain) -> None:
    codeartifact.add_domain("other").add_repository("team").add_package(npm("vue"), versions=["1.0.0"])
    groups.add_repository("team").add_package(npm("angular"), versions=["1.0.0"])

    assert associated(client, "/npm/*") == [("npm", "", "angular", "STRONG")]


@pytest.mark.rule("G-11")
@pytest.mark.usefixtures("groups")
def test_a_deleted_package_is_not_listed(client: Any, team: Repository) -> None:
    team.add_packages([npm("vue"), npm("angular")], versions=["1.0.0"])

    client.delete_package(domain="acme", repository="team", format="npm", package="vue")

    assert associated(client, "/npm/*") == [("npm", "", "angular", "STRONG")]


@pytest.mark.rule("G-11", "G-12")
def test_a_preview_shows_the_packages_of_a_group_that_does_not_exist_yet(
    client: Any, groups: Domain, team: Repository
) -> None:
    ids = [npm("@space/foo"), npm("@space/foo-bar"), npm("@space/FOO-baz"), npm("@space/food"), npm("foo"), pypi("foo")]
    team.add_packages(ids, versions=["1.0.0"])

    previewed = associated(client, "/npm/space/foo~", preview=True)

    assert previewed == [("npm", "space", "FOO-baz", "WEAK"), ("npm", "space", "foo-bar", "STRONG")]
    assert set(groups.package_groups) == set(GROUPS)
    client.create_package_group(domain="acme", packageGroup="/npm/space/foo~")
    assert associated(client, "/npm/space/foo~") == previewed


@pytest.mark.rule("G-11", "W-5")
@pytest.mark.usefixtures("acme")
def test_a_preview_comes_in_pages(client: Any, team: Repository) -> None:
    team.add_packages([npm(f"foo-{number}") for number in range(7)], versions=["1.0.0"])

    pages = list(
        client.get_paginator("list_associated_packages").paginate(
            domain="acme", packageGroup="/npm//foo~", preview=True, PaginationConfig={"PageSize": 3}
        )
    )

    assert [len(page["packages"]) for page in pages] == [3, 3, 1]
    assert [package["package"] for page in pages for package in page["packages"]] == [f"foo-{n}" for n in range(7)]


@pytest.mark.rule("G-11")
@pytest.mark.usefixtures("groups")
def test_a_preview_of_an_existing_group_shows_its_packages(client: Any, team: Repository) -> None:
    team.add_packages([npm("react"), npm("vue"), npm("@space/foo")], versions=["1.0.0"])

    assert associated(client, "/npm/*", preview=True) == associated(client, "/npm/*") == [("npm", "", "vue", "STRONG")]


@pytest.mark.rule("G-4", "G-11")
@pytest.mark.parametrize("pattern", ["/npm/foo", "/pypi//Foo$", "/npm//foo-~"])
@pytest.mark.usefixtures("groups")
def test_a_preview_of_an_invalid_pattern_is_refused(client: Any, pattern: str) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        client.list_associated_packages(domain="acme", packageGroup=pattern, preview=True)


@pytest.mark.rule("G-10", "G-11", "F-5")
def test_patterns_match_normalised_names(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_package_group("/nuget//newtonsoft.json$")
    acme.add_package_group("/pypi//py-hamcrest$")
    acme.add_package_group("/swift/apple/*")
    team.add_packages([nuget("Newtonsoft.Json"), pypi("Py_Hamcrest"), swift("Apple", "Swift-NIO")], versions=["1.0.0"])

    assert associated(client, "/nuget//newtonsoft.json$") == [("nuget", "", "newtonsoft.json", "STRONG")]
    assert associated(client, "/pypi//py-hamcrest$") == [("pypi", "", "py-hamcrest", "STRONG")]
    assert associated(client, "/swift/apple/*") == [("swift", "apple", "swift-nio", "STRONG")]
