"""Lists in pages: their sizes and their order (behaviour reference, section 15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from pytest_codeartifact import FakeCodeArtifact, SeedError, generic, npm, pypi

from ..support.acme import ACME, TEAM
from ..support.lax_client import unchecking_client
from ..support.paged_lists import ALL, HOLDER, PAGINATED, VERSION, Listing, each_list, each_paginated_list, seed

pytestmark = pytest.mark.every_case

DELETABLE = [listing for listing in PAGINATED if listing.delete is not None]

WITH_LONG_NAMES = [
    listing for listing in PAGINATED if listing.key in ("packages", "versions", "assets", "packageGroups")
]

each_list_of_what_can_be_deleted = pytest.mark.parametrize("listing", DELETABLE, ids=str)


@pytest.fixture
def world(codeartifact: FakeCodeArtifact) -> FakeCodeArtifact:
    seed(codeartifact)
    return codeartifact


def pages_of_one(client: Any, listing: Listing) -> Iterator[dict[str, Any]]:
    """All pages of botocore's paginator."""
    paginator = client.get_paginator(listing.operation)
    yield from paginator.paginate(**listing.params, PaginationConfig={"PageSize": 1})


def delete(client: Any, listing: Listing, name: str) -> None:
    assert listing.delete is not None
    listing.delete(client, name)


# Walks


@pytest.mark.rule("W-5")
def test_every_paginator_of_botocore_is_tested(client: Any) -> None:
    paginated = {name for name in dir(client) if name.startswith("list_") and client.can_paginate(name)}

    assert paginated == {listing.operation for listing in PAGINATED}
    assert len(paginated) == 10


@pytest.mark.rule("W-5", "L-14")
@each_paginated_list
@pytest.mark.usefixtures("world")
def test_pages_of_one_item_have_the_whole_list(client: Any, listing: Listing) -> None:
    pages = list(pages_of_one(client, listing))

    assert listing.names(*pages) == listing.names(listing.ask(client))
    assert [len(page[listing.key]) for page in pages] == [1] * len(pages)
    assert [page for page in pages if "nextToken" not in page] == pages[-1:]


@pytest.mark.rule("L-14", "A-8")
@pytest.mark.codeartifact(page_size=2)
@each_list
def test_no_page_is_longer_than_the_page_size_of_the_fake(
    world: FakeCodeArtifact, client: Any, listing: Listing
) -> None:
    pages = list(listing.walk(client))

    with world.fork(page_size=None) as unlimited:
        everything = listing.names(listing.ask(unlimited.client()))
    assert listing.names(*pages) == everything
    assert [len(page[listing.key]) for page in pages[:-1]] == [2] * (len(pages) - 1)
    assert 1 <= len(pages[-1][listing.key]) <= 2


@pytest.mark.rule("L-14")
@pytest.mark.codeartifact(page_size=2)
@each_paginated_list
@pytest.mark.usefixtures("world")
def test_the_smaller_of_both_page_sizes_applies(client: Any, listing: Listing) -> None:
    assert len(listing.ask(client, maxResults=1)[listing.key]) == 1
    assert len(listing.ask(client, maxResults=1000)[listing.key]) == 2


@pytest.mark.rule("L-12")
@pytest.mark.parametrize("page_size", [0, -1, 1001, "5", 1.5])
def test_an_impossible_page_size_is_refused(page_size: Any) -> None:
    with pytest.raises(SeedError, match="page_size"):
        FakeCodeArtifact(page_size=page_size)


@pytest.mark.rule("L-14")
@each_list_of_what_can_be_deleted
@pytest.mark.usefixtures("world")
def test_everything_can_be_deleted_while_listing(client: Any, listing: Listing) -> None:
    before = listing.names(listing.ask(client))
    seen = []

    for page in pages_of_one(client, listing):
        [name] = listing.names(page)
        seen.append(name)
        if "item-" in name:
            delete(client, listing, name)

    assert seen == before
    assert listing.names(listing.ask(client)) == [name for name in before if "item-" not in name]


@pytest.mark.rule("L-14")
@each_list_of_what_can_be_deleted
@pytest.mark.usefixtures("world")
def test_items_that_are_deleted_before_their_page_are_not_listed(client: Any, listing: Listing) -> None:
    before = listing.names(listing.ask(client))
    items = [name for name in before if "item-" in name]
    seen = []

    for page in pages_of_one(client, listing):
        seen += listing.names(page)
        if seen[-1:] == items[1:2]:
            for name in (items[0], items[1], items[2], items[4]):  # two before the position, and two after it
                delete(client, listing, name)

    assert seen == [name for name in before if name not in (items[2], items[4])]


@pytest.mark.rule("L-14")
@each_list_of_what_can_be_deleted
@pytest.mark.usefixtures("world")
def test_a_list_ends_when_all_its_items_are_deleted(client: Any, listing: Listing) -> None:
    items = [name for name in listing.names(listing.ask(client)) if "item-" in name]
    first = listing.ask(client, maxResults=2)

    for name in items:
        delete(client, listing, name)

    [*_, last] = listing.walk(client, nextToken=first["nextToken"])
    assert "nextToken" not in last
    assert [name for name in listing.names(last) if name in items] == []


@pytest.mark.rule("L-14", "B-10")
@pytest.mark.usefixtures("world")
def test_assets_that_are_disposed_of_before_their_page_are_not_listed(client: Any) -> None:
    pages = client.get_paginator("list_package_version_assets").paginate(**VERSION, PaginationConfig={"PageSize": 1})
    seen = []

    for page in pages:
        seen += [asset["name"] for asset in page["assets"]]
        if len(seen) == 2:
            client.dispose_package_versions(**HOLDER, versions=["item-000"])

    assert seen == ["item-000", "item-001"]


@pytest.mark.rule("L-4", "L-14")
def test_packages_that_are_added_after_the_position_are_listed_and_those_before_are_not(
    world: FakeCodeArtifact, client: Any
) -> None:
    team = world.repository("acme", "team")
    seen = []

    for page in client.get_paginator("list_packages").paginate(**TEAM, PaginationConfig={"PageSize": 1}):
        seen += [package["package"] for package in page["packages"]]
        if seen[-1] == "item-002":
            team.add_package(npm("zzz"))
            team.add_package(pypi("item-001-behind"))
            team.add_package(pypi("item-002-ahead"))

    assert seen[-4:] == ["item-002", "item-002-ahead", "item-003", "item-004"]
    assert "item-001-behind" not in seen
    assert "zzz" not in seen


@pytest.mark.rule("L-10", "L-14")
@each_paginated_list
@pytest.mark.usefixtures("world")
def test_a_token_can_be_used_again_and_with_another_page_size(client: Any, listing: Listing) -> None:
    everything = listing.names(listing.ask(client))
    token = listing.ask(client, maxResults=2)["nextToken"]
    list(listing.walk(client, maxResults=1))

    once, again = (listing.ask(client, maxResults=1, nextToken=token) for _ in range(2))
    rest = listing.ask(client, maxResults=1000, nextToken=token)

    assert listing.names(once) == listing.names(again) == everything[2:3]
    assert listing.names(rest) == everything[2:]


@pytest.mark.rule("L-14", "R-11", "W-5")
def test_repositories_of_one_name_in_many_domains_are_all_listed(codeartifact: FakeCodeArtifact, client: Any) -> None:
    domains = ["alpha", "bravo", "charlie", "delta"]
    for domain in domains:
        codeartifact.add_domain(domain).add_repository("team")
    paginator = client.get_paginator("list_repositories")

    pages = list(paginator.paginate(PaginationConfig={"PageSize": 1}))

    assert [page["repositories"][0]["domainName"] for page in pages] == domains


@pytest.mark.rule("L-14", "R-11")
def test_a_token_among_repositories_of_one_name_continues_at_the_same_one(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    for domain in ("alpha", "bravo", "charlie"):
        codeartifact.add_domain(domain).add_repository("team")
    token = client.list_repositories(maxResults=1)["nextToken"]

    first = client.list_repositories(maxResults=1, nextToken=token)
    again = client.list_repositories(maxResults=1, nextToken=token)

    assert first["repositories"][0]["domainName"] == again["repositories"][0]["domainName"] == "bravo"


@pytest.mark.rule("L-14", "V-8")
@pytest.mark.parametrize(
    ("listing", "length", "letter"),
    [
        *((listing, 255, "\U00020000") for listing in WITH_LONG_NAMES),
        *((WITH_LONG_NAMES[0], length, letter) for length in (241, 255) for letter in "xß文"),
    ],
    ids=str,
)
def test_items_with_the_longest_names_are_listed_in_pages(
    codeartifact: FakeCodeArtifact, client: Any, listing: Listing, length: int, letter: str
) -> None:
    names = [f"{number}{letter * (length - 1)}" for number in range(3)]
    acme = codeartifact.add_domain("acme")
    team = acme.add_repository("team")
    team.add_packages(generic("tools", name) for name in names)
    held = team.add_package(pypi("holder"), versions=names)
    held.add_version("item-000", assets=dict.fromkeys(names, b""))
    for name in names:
        acme.add_package_group(f"/cargo//{name}$")

    walked = listing.names(*listing.walk(client, maxResults=1))

    assert walked == listing.names(listing.ask(client))
    assert len(walked) >= 3


# Sizes


@pytest.mark.rule("L-1", "L-5", "L-12", "R-13")
@each_paginated_list
def test_pages_have_a_default_size(codeartifact: FakeCodeArtifact, client: Any, listing: Listing) -> None:
    seed(codeartifact, 101)

    page = listing.ask(client)

    assert len(page[listing.key]) == listing.default
    assert "nextToken" in page


@pytest.mark.rule("L-1", "L-5", "L-12", "R-13", "V-8")
@each_paginated_list
def test_more_than_100_items_are_listed_in_one_page_if_requested(
    codeartifact: FakeCodeArtifact, client: Any, listing: Listing
) -> None:
    seed(codeartifact, 101)

    page = listing.ask(client, maxResults=1000)

    assert listing.names(page) == listing.names(*listing.walk(client))
    assert len(page[listing.key]) > 100
    assert "nextToken" not in page


@pytest.mark.rule("V-4", "V-8")
@each_paginated_list
@pytest.mark.usefixtures("world")
def test_a_page_of_more_than_a_thousand_items_is_refused(client: Any, listing: Listing) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        listing.ask(client, maxResults=1001)

    assert caught.value.response["Error"]["Message"] == (
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have "
        "value less than or equal to 1000"
    )
    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"


@pytest.mark.rule("V-1")
@each_paginated_list
def test_a_page_of_no_items_is_refused_by_botocore(world: FakeCodeArtifact, client: Any, listing: Listing) -> None:
    with pytest.raises(ParamValidationError, match="maxResults"):
        listing.ask(client, maxResults=0)

    assert world.calls == []


@pytest.mark.rule("V-4", "V-8")
@each_paginated_list
@pytest.mark.usefixtures("world")
def test_a_page_of_no_items_is_refused_by_the_service(listing: Listing) -> None:
    careless = unchecking_client()

    with pytest.raises(careless.exceptions.ValidationException) as caught:
        listing.ask(careless, maxResults=0)

    assert caught.value.response["Error"]["Message"] == (
        "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value "
        "greater than or equal to 1"
    )


@pytest.mark.rule("L-14")
@each_paginated_list
@pytest.mark.usefixtures("world")
def test_a_last_page_that_is_full_has_no_token(client: Any, listing: Listing) -> None:
    everything = listing.names(listing.ask(client))

    exact = listing.ask(client, maxResults=len(everything))
    short = listing.ask(client, maxResults=len(everything) - 1)

    assert "nextToken" not in exact
    assert "nextToken" in short


@pytest.mark.rule("L-14")
@pytest.mark.parametrize("listing", [listing for listing in ALL if listing.nothing is not None], ids=str)
@pytest.mark.usefixtures("world")
def test_a_list_without_items_is_empty_and_has_no_token(client: Any, listing: Listing) -> None:
    page = listing.ask(client, **(listing.nothing or {}))

    assert page[listing.key] == []
    assert "nextToken" not in page


@pytest.mark.rule("L-14")
def test_a_region_without_domains_lists_no_domains_and_no_repositories(world: FakeCodeArtifact) -> None:
    client = world.client(region="eu-west-1")

    domains, repositories = client.list_domains(), client.list_repositories()
    del domains["ResponseMetadata"], repositories["ResponseMetadata"]

    assert domains == {"domains": []}
    assert repositories == {"repositories": []}


# Order


@pytest.mark.rule("L-13", "L-9", "A-1")
@pytest.mark.parametrize("listing", [listing for listing in PAGINATED if "sortBy" not in listing.params], ids=str)
def test_lists_are_in_the_order_of_their_names(codeartifact: FakeCodeArtifact, client: Any, listing: Listing) -> None:
    seed(codeartifact, 30)

    items = [name for name in listing.names(*listing.walk(client)) if "item-" in name]

    assert items == sorted(items)
    assert len(items) == 30


@pytest.mark.rule("L-13", "R-11")
def test_repositories_are_in_the_order_of_their_domains(codeartifact: FakeCodeArtifact, client: Any) -> None:
    for domain, account in (("zulu", "123456789012"), ("mike", "210987654321"), ("alpha", "333333333333")):
        codeartifact.clock.advance(dt.timedelta(days=1))
        made = codeartifact.add_domain(domain, account=account)
        for repository in ("b1", "a1"):
            made.add_repository(repository, administrator="123456789012")

    listed = client.list_repositories()["repositories"]

    assert [(repository["domainName"], repository["name"]) for repository in listed] == [
        ("alpha", "a1"),
        ("alpha", "b1"),
        ("mike", "a1"),
        ("mike", "b1"),
        ("zulu", "a1"),
        ("zulu", "b1"),
    ]


@pytest.mark.rule("L-13")
def test_associated_packages_are_in_the_order_of_their_coordinates(codeartifact: FakeCodeArtifact, client: Any) -> None:
    acme = codeartifact.add_domain("acme")
    one, two = acme.add_repository("zz-one"), acme.add_repository("aa-two")
    for repository, id in [
        (one, pypi("a")), (two, npm("@b/a")), (one, npm("z")), (two, npm("@a/z")), (one, npm("a")), (two, npm("a"))
    ]:  # fmt: skip
        repository.add_package(id)

    listed = client.list_associated_packages(**ACME, packageGroup="/*")["packages"]

    assert [(package["format"], package.get("namespace"), package["package"]) for package in listed] == [
        ("npm", None, "a"),
        ("npm", None, "z"),
        ("npm", "a", "z"),
        ("npm", "b", "a"),
        ("pypi", None, "a"),
    ]
