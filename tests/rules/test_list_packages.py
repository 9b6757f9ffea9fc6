"""ListPackages (behaviour reference, section 15.4)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    PackageId,
    Repository,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import NO_REPOSITORY, TEAM

SHELF = [
    npm("react"),
    npm("react-dom"),
    npm("@types/react"),
    npm("@types/node"),
    npm("@types-x/react"),
    npm("@vue/ui"),
    pypi("requests"),
    pypi("react-py"),
    maven("com.acme", "react"),
    maven("com.acme.tools", "runner"),
    maven("com.acmezon", "react"),
    maven("org.apache", "react"),
    nuget("Newtonsoft.Json"),
    nuget("React.Core"),
    generic("tools", "installer"),
    ruby("rails"),
    swift("apple", "swift-nio"),
    swift("vapor", "vapor"),
    cargo("reactor"),
]


def listed(client: Any, **params: Any) -> list[PackageId]:
    """The packages of the repository `team` that are listed, in order."""
    response = client.list_packages(**{**TEAM, **params})
    assert "nextToken" not in response
    return [
        PackageId(package["format"], package.get("namespace"), package["package"]) for package in response["packages"]
    ]


def expected(**filters: str) -> list[PackageId]:
    """The packages of the shelf that pass the filters on coordinates."""
    return sorted(
        id
        for id in SHELF
        if filters.get("format") in (None, id.format)
        and (id.namespace or "").startswith(filters.get("namespace", ""))
        and id.name.startswith(filters.get("packagePrefix", ""))
    )


# What is listed


@pytest.mark.rule("K-2", "W-4")
def test_listed_packages_have_their_coordinates_and_origin_configuration(client: Any, team: Repository) -> None:
    team.add_package(npm("@types/node"), versions=["1.0.0", "2.0.0"])
    team.add_package(nuget("Newtonsoft.Json"), origin=Origin("BLOCK", "ALLOW"))

    response = client.list_packages(**TEAM)

    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert response == {
        "packages": [
            {
                "format": "npm",
                "namespace": "types",
                "package": "node",
                "originConfiguration": {"restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}},
            },
            {
                "format": "nuget",
                "package": "newtonsoft.json",
                "originConfiguration": {"restrictions": {"publish": "BLOCK", "upstream": "ALLOW"}},
            },
        ]
    }


@pytest.mark.rule("L-14")
def test_an_empty_repository_lists_no_packages(client: Any, team: Repository) -> None:
    response = client.list_packages(**TEAM)

    assert response["packages"] == []
    assert "nextToken" not in response
    assert set(team.packages) == set()


@pytest.mark.rule("L-3", "K-5")
def test_packages_without_versions_are_listed(client: Any, team: Repository) -> None:
    client.put_package_origin_configuration(
        **TEAM, format="npm", package="reserved", restrictions={"publish": "ALLOW", "upstream": "BLOCK"}
    )
    team.add_package(pypi("empty"))

    assert listed(client) == [npm("reserved"), pypi("empty")]


@pytest.mark.rule("L-3", "Q-5")
def test_a_package_whose_versions_are_all_deleted_is_listed(client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    client.delete_package_versions(**TEAM, format="pypi", package="tool", versions=["1.0"])

    assert listed(client) == [pypi("tool")]


@pytest.mark.rule("L-3", "U-10")
def test_packages_that_only_exist_upstream_are_not_listed(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    codeartifact.public_source("public:pypi").add_package(pypi("requests"), versions=["2.32.3"])
    team.add_package(pypi("tool"), versions=["1.0"])
    gateway = acme.add_repository("gateway", external_connection="public:pypi")
    downstream = acme.add_repository("downstream", upstreams=[team, gateway])
    downstream.add_package(pypi("own"), versions=["1.0"])

    assert listed(client, repository="downstream") == [pypi("own")]
    assert listed(client, repository="gateway") == []


@pytest.mark.rule("L-4", "L-13")
def test_packages_are_listed_by_format_namespace_and_name(client: Any, team: Repository) -> None:
    for id in (
        pypi("b"),
        npm("@b/a"),
        npm("z"),
        npm("@a-b/a"),
        npm("@a/z"),
        npm("a"),
        npm("pat-test"),
        npm("path"),
        npm("patch-math3"),
        cargo("z"),
    ):
        team.add_package(id)

    assert listed(client) == [
        cargo("z"),
        npm("a"),
        npm("pat-test"),
        npm("patch-math3"),
        npm("path"),
        npm("z"),
        npm("@a/z"),
        npm("@a-b/a"),
        npm("@b/a"),
        pypi("b"),
    ]


# Filters


@pytest.mark.rule("L-1")
@pytest.mark.parametrize("format", ["npm", "pypi", "maven", "nuget", "generic", "ruby", "swift", "cargo"])
def test_packages_are_filtered_by_format(client: Any, team: Repository, format: str) -> None:
    team.add_packages(SHELF)

    found = listed(client, format=format)

    assert found == expected(format=format)
    assert found


@pytest.mark.rule("L-1")
@pytest.mark.parametrize(
    ("format", "namespace"),
    [
        ("npm", "types"),
        ("npm", "type"),
        ("npm", "types-x"),
        ("npm", "vue"),
        ("maven", "com.acme"),
        ("maven", "com.acme."),
        ("maven", "com"),
        ("maven", "o"),
        ("swift", "a"),
        ("generic", "tool"),
    ],
)
def test_packages_are_filtered_by_a_prefix_of_the_namespace(
    client: Any, team: Repository, format: str, namespace: str
) -> None:
    team.add_packages(SHELF)

    found = listed(client, format=format, namespace=namespace)

    assert found == expected(format=format, namespace=namespace)
    assert found


@pytest.mark.rule("L-1", "L-14")
@pytest.mark.parametrize(
    ("format", "namespace"),
    [("npm", "@types"), ("npm", "ypes"), ("npm", "Types"), ("npm", "react"), ("maven", "com.acmezone"), ("pypi", "a")],
)
def test_a_namespace_that_is_no_prefix_of_any_lists_nothing(
    client: Any, team: Repository, format: str, namespace: str
) -> None:
    team.add_packages(SHELF)

    assert listed(client, format=format, namespace=namespace) == []


@pytest.mark.rule("L-1")
@pytest.mark.parametrize("prefix", ["r", "react", "react-", "react.core", "u", "requests", "requestsx", "eact"])
def test_packages_of_all_formats_are_filtered_by_a_prefix_of_the_name(
    client: Any, team: Repository, prefix: str
) -> None:
    team.add_packages(SHELF)

    assert listed(client, packagePrefix=prefix) == expected(packagePrefix=prefix)


@pytest.mark.rule("L-1", "F-5")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"format": "nuget", "packagePrefix": "NewtonSOFT."}, [nuget("newtonsoft.json")]),
        ({"format": "swift", "namespace": "Apple"}, [swift("apple", "swift-nio")]),
        ({"format": "swift", "namespace": "VAPOR", "packagePrefix": "Vap"}, [swift("vapor", "vapor")]),
        ({"format": "npm", "packagePrefix": "React"}, []),
        ({"format": "pypi", "packagePrefix": "Requests"}, []),
    ],
    ids=str,
)
def test_prefixes_are_normalised_in_formats_that_normalise_names(
    client: Any, team: Repository, filters: dict[str, str], found: list[PackageId]
) -> None:
    team.add_packages(SHELF)

    assert listed(client, **filters) == found


@pytest.mark.rule("L-1", "V-5")
@pytest.mark.parametrize("others", [{}, {"packagePrefix": "re"}, {"publish": "ALLOW", "upstream": "BLOCK"}], ids=str)
def test_a_namespace_without_a_format_is_refused(client: Any, team: Repository, others: dict[str, str]) -> None:
    team.add_packages(SHELF)

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.list_packages(**TEAM, namespace="types", **others)

    assert caught.value.response["reason"] == "OTHER"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.rule("L-1", "L-2")
@pytest.mark.parametrize("publish", [None, "ALLOW", "BLOCK"])
@pytest.mark.parametrize("upstream", [None, "ALLOW", "BLOCK"])
@pytest.mark.parametrize(
    "coordinates",
    [
        {},
        {"format": "npm"},
        {"format": "npm", "namespace": "types"},
        {"packagePrefix": "re"},
        {"format": "npm", "packagePrefix": "re"},
        {"format": "npm", "namespace": "types", "packagePrefix": "re"},
    ],
    ids=str,
)
def test_any_other_combination_of_filters_is_accepted(
    client: Any, team: Repository, coordinates: dict[str, str], publish: str | None, upstream: str | None
) -> None:
    either: tuple[OriginSwitch, ...] = ("ALLOW", "BLOCK")
    origins = itertools.cycle(itertools.starmap(Origin, itertools.product(either, repeat=2)))
    origin_of = dict(zip(SHELF, origins, strict=False))
    for id, origin in origin_of.items():
        team.add_package(id, origin=origin)
    switches = {"publish": publish, "upstream": upstream}

    found = listed(client, **coordinates, **{name: value for name, value in switches.items() if value is not None})

    assert found == [
        id
        for id in expected(**coordinates)
        if publish in (None, origin_of[id].publish) and upstream in (None, origin_of[id].upstream)
    ]


@pytest.mark.rule("L-2")
def test_the_restrictions_of_package_groups_do_not_affect_the_filters(
    client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_package_group(
        "/npm/*", restrictions={"PUBLISH": "BLOCK", "INTERNAL_UPSTREAM": "BLOCK", "EXTERNAL_UPSTREAM": "BLOCK"}
    )
    team.add_package(npm("open"), origin=Origin("ALLOW", "ALLOW"))

    assert listed(client, publish="ALLOW") == listed(client, upstream="ALLOW") == [npm("open")]
    assert listed(client, publish="BLOCK") == listed(client, upstream="BLOCK") == []


@pytest.mark.rule("L-2", "K-5")
def test_origin_filters_follow_the_current_configuration(client: Any, team: Repository) -> None:
    team.publish(npm("tool"), "1.0.0")
    assert listed(client, upstream="BLOCK") == [npm("tool")]

    client.put_package_origin_configuration(
        **TEAM, format="npm", package="tool", restrictions={"publish": "BLOCK", "upstream": "ALLOW"}
    )

    assert listed(client, upstream="BLOCK") == []
    assert listed(client, publish="BLOCK", upstream="ALLOW") == [npm("tool")]


@pytest.mark.rule("L-11")
def test_pages_are_full_although_packages_are_filtered_out(client: Any, team: Repository) -> None:
    for number in range(100):
        origin = Origin("BLOCK", "ALLOW") if number % 10 == 9 else Origin("ALLOW", "BLOCK")
        team.add_package(pypi(f"package-{number:02}"), origin=origin)

    pages = list(
        client.get_paginator("list_packages").paginate(**TEAM, publish="BLOCK", PaginationConfig={"PageSize": 4})
    )

    assert [len(page["packages"]) for page in pages] == [4, 4, 2]
    assert [package["package"] for page in pages for package in page["packages"]] == [
        f"package-{number:02}" for number in range(9, 100, 10)
    ]


@pytest.mark.rule("L-1")
@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_a_filtered_list_is_the_same_in_small_pages(client: Any, team: Repository, page_size: int) -> None:
    team.add_packages(SHELF)
    paginator = client.get_paginator("list_packages")

    pages = paginator.paginate(**TEAM, packagePrefix="react", PaginationConfig={"PageSize": page_size})

    names = [(package["format"], package["package"]) for page in pages for package in page["packages"]]
    assert names == [(id.format, id.name) for id in expected(packagePrefix="react")]


# Errors


@pytest.mark.rule("E-10", "E-11")
@pytest.mark.parametrize(
    ("wrong", "message", "resource"),
    [
        (
            {"domain": "nowhere"},
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            ("domain", "nowhere"),
        ),
        (
            {"repository": "nowhere"},
            NO_REPOSITORY,
            ("repository", "nowhere"),
        ),
    ],
    ids=["domain", "repository"],
)
@pytest.mark.usefixtures("team")
def test_missing_entities_are_named(
    client: Any, wrong: dict[str, str], message: str, resource: tuple[str, str]
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.list_packages(**{**TEAM, **wrong})

    assert caught.value.response["Error"]["Message"] == message
    assert (caught.value.response["resourceType"], caught.value.response["resourceId"]) == resource


@pytest.mark.rule("L-1", "V-1", "V-4", "V-8")
@pytest.mark.parametrize(
    ("wrong", "member"),
    [
        ({"format": "docker"}, "packageFormat"),
        ({"format": "npm", "namespace": "a/b"}, "packageNamespace"),
        ({"packagePrefix": "a/b"}, "packagePrefix"),
        ({"packagePrefix": "x" * 256}, "packagePrefix"),
        ({"publish": "allow"}, "publish"),
        ({"upstream": "DENY"}, "upstream"),
    ],
    ids=str,
)
@pytest.mark.usefixtures("team")
def test_violations_of_constraints_are_refused(client: Any, wrong: dict[str, str], member: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.list_packages(**TEAM, **wrong)

    assert f"' at '{member}' failed to satisfy constraint: " in caught.value.response["Error"]["Message"]
    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
