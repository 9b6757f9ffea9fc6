"""ListRepositories and ListRepositoriesInDomain (behaviour reference, rules R-11 to R-13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact

OURS, THEIRS = "123456789012", "210987654321"
BOTH_LISTS = pytest.mark.parametrize(
    "listing",
    [
        lambda client, **params: client.list_repositories(**params),
        lambda client, **params: client.list_repositories_in_domain(domain="acme", **params),
    ],
    ids=["list_repositories", "list_repositories_in_domain"],
)
Listing = Callable[..., dict[str, Any]]


def places(response: dict[str, Any]) -> list[str]:
    return [f"{repository['domainName']}/{repository['name']}" for repository in response["repositories"]]


@pytest.mark.rule("R-11", "R-12", "W-4")
@BOTH_LISTS
def test_listed_repositories_have_neither_upstreams_nor_connections(
    client: Any, acme: Domain, listing: Listing
) -> None:
    store = acme.add_repository("store", external_connection="public:npmjs")
    team = acme.add_repository("team", upstreams=[store], description="Ours", administrator=OURS)

    response = listing(client)

    common = {"administratorAccount": OURS, "domainName": "acme", "domainOwner": OURS}
    assert response["repositories"] == [
        {**common, "name": "store", "arn": store.arn, "createdTime": store.created},
        {**common, "name": "team", "arn": team.arn, "createdTime": team.created, "description": "Ours"},
    ]
    assert "nextToken" not in response


@pytest.mark.rule("R-11", "X-2")
def test_repositories_that_the_caller_administers_are_listed_in_domains_of_any_account(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    acme.add_repository("ours")
    acme.add_repository("of-a-guest", administrator=THEIRS)
    codeartifact.add_domain("beta").add_repository("ours-too")
    foreign = codeartifact.add_domain("theirs", account=THEIRS)
    foreign.add_repository("as-a-guest", administrator=OURS)
    foreign.add_repository("not-ours")

    assert sorted(places(client.list_repositories())) == ["acme/ours", "beta/ours-too", "theirs/as-a-guest"]
    seen_by_them = codeartifact.client(account=THEIRS).list_repositories()
    assert sorted(places(seen_by_them)) == ["acme/of-a-guest", "theirs/not-ours"]


@pytest.mark.rule("R-11", "X-7")
def test_only_repositories_of_the_callers_region_are_listed(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    acme.add_repository("here")
    codeartifact.add_domain("acme", region="eu-west-1").add_repository("far-away")

    assert places(client.list_repositories()) == ["acme/here"]
    assert places(codeartifact.client(region="eu-west-1").list_repositories()) == ["acme/far-away"]


@pytest.mark.rule("R-12", "X-2")
def test_a_domain_lists_the_repositories_of_all_administrators(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    acme.add_repository("ours")
    acme.add_repository("of-a-guest", administrator=THEIRS)
    codeartifact.add_domain("other").add_repository("elsewhere")

    response = client.list_repositories_in_domain(domain="acme")

    administrators = {entry["name"]: entry["administratorAccount"] for entry in response["repositories"]}
    assert administrators == {"ours": OURS, "of-a-guest": THEIRS}


@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"administratorAccount": OURS}, {"acme/npm-store", "acme/team"}),
        ({"administratorAccount": THEIRS}, {"acme/npm-guest"}),
        ({"administratorAccount": "111122223333"}, set()),
        ({"administratorAccount": OURS, "repositoryPrefix": "npm"}, {"acme/npm-store"}),
    ],
    ids=["ours", "theirs", "unknown", "ours with a prefix"],
)
def test_a_domain_lists_the_repositories_of_one_administrator(
    client: Any, acme: Domain, filters: dict[str, str], expected: set[str]
) -> None:
    acme.add_repository("npm-store")
    acme.add_repository("npm-guest", administrator=THEIRS)
    acme.add_repository("team")

    response = client.list_repositories_in_domain(domain="acme", **filters)

    assert set(places(response)) == expected


@pytest.mark.rule("R-12")
def test_a_domain_of_another_account_is_listed_under_its_owner(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.add_domain("theirs", account=THEIRS).add_repository("shared")

    response = client.list_repositories_in_domain(domain="theirs", domainOwner=THEIRS)

    assert places(response) == ["theirs/shared"]


@pytest.mark.rule("R-12", "E-10")
@pytest.mark.usefixtures("acme")
def test_listing_the_repositories_of_a_missing_domain_is_not_found(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.list_repositories_in_domain(domain="nowhere")

    assert caught.value.response["Error"]["Message"] == (
        "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist."
    )


@pytest.mark.rule("R-11", "R-12")
@BOTH_LISTS
@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("npm", {"acme/npm", "acme/npm-store", "acme/npm.old"}),
        ("npm-", {"acme/npm-store"}),
        ("np", {"acme/npm", "acme/npm-store", "acme/npm.old", "acme/np"}),
        ("NPM", {"acme/NPM"}),
        ("store", set()),
    ],
)
def test_lists_are_filtered_by_a_prefix_of_the_name(
    client: Any, acme: Domain, listing: Listing, prefix: str, expected: set[str]
) -> None:
    for name in ("npm", "npm-store", "npm.old", "np", "NPM", "nuget"):
        acme.add_repository(name)

    assert set(places(listing(client, repositoryPrefix=prefix))) == expected


@pytest.mark.rule("R-11", "R-12", "L-14")
@BOTH_LISTS
@pytest.mark.usefixtures("acme")
def test_without_repositories_the_list_is_empty(client: Any, listing: Listing) -> None:
    response = listing(client)

    assert response["repositories"] == []
    assert "nextToken" not in response


@pytest.mark.rule("R-13", "L-12", "L-14")
@BOTH_LISTS
@pytest.mark.parametrize(
    ("asked", "sizes"),
    [
        ({}, [50, 50, 20]),
        ({"maxResults": 100}, [100, 20]),
        ({"maxResults": 60}, [60, 60]),
        ({"maxResults": 1000}, [120]),
    ],
    ids=str,
)
def test_a_page_has_fifty_repositories_by_default(
    client: Any, acme: Domain, listing: Listing, asked: dict[str, int], sizes: list[int]
) -> None:
    for number in range(120):
        acme.add_repository(f"repository-{number}")

    pages = [listing(client, **asked)]
    while "nextToken" in pages[-1]:
        pages.append(listing(client, **asked, nextToken=pages[-1]["nextToken"]))

    assert [len(page["repositories"]) for page in pages] == sizes
    assert len({place for page in pages for place in places(page)}) == 120


@pytest.mark.rule("R-13")
@BOTH_LISTS
@pytest.mark.usefixtures("acme")
def test_a_page_has_a_thousand_repositories_at_most(client: Any, listing: Listing) -> None:
    with pytest.raises(client.exceptions.ValidationException, match="maxResults"):
        listing(client, maxResults=1001)


@pytest.mark.rule("R-13", "L-13")
def test_repositories_are_listed_by_domain_and_name(codeartifact: FakeCodeArtifact, client: Any) -> None:
    for name in ("zeta", "acme"):
        domain = codeartifact.add_domain(name)
        for repository in ("beta", "alpha"):
            domain.add_repository(repository)
    codeartifact.add_domain("middle", account=THEIRS).add_repository("guest", administrator=OURS)

    in_pages = [
        place
        for page in client.get_paginator("list_repositories").paginate(PaginationConfig={"PageSize": 2})
        for place in places(page)
    ]

    assert in_pages == ["acme/alpha", "acme/beta", "middle/guest", "zeta/alpha", "zeta/beta"]
    assert places(client.list_repositories_in_domain(domain="zeta")) == ["zeta/alpha", "zeta/beta"]


@pytest.mark.rule("L-13", "R-11")
def test_repositories_of_domains_with_one_name_are_sorted_together(codeartifact: FakeCodeArtifact, client: Any) -> None:
    for owner, names in ((OURS, "ace"), (THEIRS, "bdf")):
        domain = codeartifact.add_domain("acme", account=owner)
        for name in names:
            domain.add_repository(f"r-{name}", administrator=OURS)

    pages = client.get_paginator("list_repositories").paginate(PaginationConfig={"PageSize": 2})

    assert [place for page in pages for place in places(page)] == [f"acme/r-{name}" for name in "abcdef"]
