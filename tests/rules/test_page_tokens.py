"""Page tokens: their validity, and the refusal of others (behaviour reference, section 15)."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact
from pytest_codeartifact.rules import paging

from ..support.acme import TEAM
from ..support.paged_lists import ALL, Listing, each_list, each_paginated_list, fill, seed

# As ListPackageVersionDependencies has no maxResults, the pages of all lists are made short by the fake.
pytestmark = pytest.mark.codeartifact(page_size=1)

IN_A_REPOSITORY = [listing for listing in ALL if "repository" in listing.params]
ASKED_OTHERWISE = [(listing, others) for listing in ALL for others in listing.others]


GARBAGE = [
    "x",
    "item-000",
    "1",
    "%",
    "x" * 2000,
    base64.b64encode(b"{}").decode(),
    base64.b64encode(b'{"listPackageVersionsToken":"no-such-item"}').decode(),
]


@pytest.fixture
def world(codeartifact: FakeCodeArtifact) -> FakeCodeArtifact:
    seed(codeartifact)
    return codeartifact


def check_refused(client: Any, listing: Listing, token: str, **params: Any) -> None:
    """Check that the token is refused by rule E-20."""
    with pytest.raises(client.exceptions.ValidationException) as caught:
        listing.ask(client, nextToken=token, **params)

    response = caught.value.response
    assert response["Error"] == {"Code": "ValidationException", "Message": "Error de-serializing the token."}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


def check_violation(client: Any, listing: Listing, token: str, constraint: str) -> None:
    """Check that the token is refused by rule V-2."""
    with pytest.raises(client.exceptions.ValidationException) as caught:
        listing.ask(client, nextToken=token)

    response = caught.value.response
    assert response["Error"]["Message"] == (
        f"1 validation error detected: Value '{token}' at 'nextToken' failed to satisfy constraint: {constraint}"
    )
    assert response["reason"] == "FIELD_VALIDATION_FAILED"


@pytest.mark.rule("L-10", "V-8")
@each_list
@pytest.mark.usefixtures("world")
def test_tokens_are_unique_and_valid_by_the_model(client: Any, listing: Listing) -> None:
    tokens = [page["nextToken"] for page in listing.walk(client) if "nextToken" in page]

    assert tokens
    assert len(set(tokens)) == len(tokens)
    assert all(re.fullmatch(r"\S{1,2000}", token) for token in tokens)


@pytest.mark.rule("V-7", "E-20", "L-15")
@pytest.mark.parametrize(
    ("listing", "garbage"),
    [*((listing, "garbage") for listing in ALL), *((ALL[0], garbage) for garbage in GARBAGE)],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.usefixtures("world")
def test_invalid_tokens_are_refused(client: Any, listing: Listing, garbage: str) -> None:
    listing.ask(client)

    check_refused(client, listing, garbage)


@pytest.mark.rule("V-7", "E-20", "L-15")
@each_list
@pytest.mark.usefixtures("world")
def test_an_altered_token_is_refused(client: Any, listing: Listing) -> None:
    token = listing.ask(client)["nextToken"]

    for altered in (token[:-1], token + "=", token.swapcase(), token + token):
        check_refused(client, listing, altered)


@pytest.mark.rule("L-10", "E-20", "L-15")
@pytest.mark.parametrize(("listing", "others"), ASKED_OTHERWISE, ids=str)
@pytest.mark.usefixtures("world")
def test_a_token_from_other_parameters_is_refused(client: Any, listing: Listing, others: dict[str, Any]) -> None:
    token = listing.ask(client)["nextToken"]

    check_refused(client, listing, token, **others)


@pytest.mark.rule("L-10", "E-20")
@pytest.mark.parametrize(("listing", "others"), ASKED_OTHERWISE, ids=str)
@pytest.mark.usefixtures("world")
def test_a_token_for_other_parameters_is_refused_without_them(
    client: Any, listing: Listing, others: dict[str, Any]
) -> None:
    token = listing.ask(client, **others)["nextToken"]

    check_refused(client, listing, token)


@pytest.mark.rule("L-10", "E-20")
@each_list
@pytest.mark.usefixtures("world")
def test_a_token_from_another_operation_is_refused(client: Any, listing: Listing) -> None:
    listing.ask(client)

    for other in ALL:
        if str(other) != str(listing):
            check_refused(client, listing, other.ask(client)["nextToken"])


@pytest.mark.rule("L-10", "E-20")
@each_list
@pytest.mark.usefixtures("world")
def test_a_token_from_another_fake_is_refused(client: Any, listing: Listing) -> None:
    listing.ask(client)
    with FakeCodeArtifact(page_size=1) as other:
        seed(other)
        first = listing.ask(other.client())["nextToken"]
        second = listing.ask(other.client(), nextToken=first)["nextToken"]  # a token that this fake has not issued

    check_refused(client, listing, second)


@pytest.mark.rule("L-10", "E-20", "R-7")
@pytest.mark.parametrize("listing", IN_A_REPOSITORY, ids=str)
def test_a_token_is_not_valid_for_a_re_created_repository(
    world: FakeCodeArtifact, client: Any, listing: Listing
) -> None:
    token = listing.ask(client)["nextToken"]
    client.delete_repository(**TEAM)

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        listing.ask(client, nextToken=token)
    client.create_repository(**TEAM)
    fill(world.repository("acme", "team"))

    assert caught.value.response["resourceType"] == "repository"
    check_refused(client, listing, token)


@pytest.mark.rule("E-5", "E-20")
@each_list
def test_a_token_is_validated_before_anything_is_looked_up(client: Any, listing: Listing) -> None:
    check_refused(client, listing, "garbage")


@pytest.mark.rule("L-10", "E-20")
@pytest.mark.in_process("the number is changed for the test, as it takes ten thousand calls otherwise")
def test_a_token_stays_valid_until_too_many_others_were_issued(
    world: FakeCodeArtifact, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MAX_TOKENS", 3)
    listing = next(listing for listing in ALL if listing.operation == "list_packages")
    tokens = [page["nextToken"] for page in listing.walk(client) if "nextToken" in page]

    assert len(tokens) > 4
    check_refused(client, listing, tokens[-4])
    for token in tokens[-3:]:
        assert listing.ask(client, nextToken=token)["packages"]


# Tokens that the model does not allow


@pytest.mark.rule("V-2", "L-15")
@pytest.mark.parametrize(
    ("listing", "token"),
    [*((listing, "a b") for listing in ALL), *((ALL[0], token) for token in ("two tokens", " ", "a\tb", "trailing "))],
    ids=str,
)
@pytest.mark.usefixtures("world")
def test_a_token_with_a_blank_is_refused(client: Any, listing: Listing, token: str) -> None:
    check_violation(client, listing, token, r"Member must satisfy regular expression pattern: \S+")


@pytest.mark.rule("V-4", "V-8")
@each_list
@pytest.mark.usefixtures("world")
def test_a_token_that_is_too_long_is_refused(client: Any, listing: Listing) -> None:
    check_violation(client, listing, "x" * 2001, "Member must have length less than or equal to 2000")


@pytest.mark.rule("L-14", "W-5")
@each_paginated_list
@pytest.mark.usefixtures("world")
def test_a_paginator_resumes_after_its_starting_token(client: Any, listing: Listing) -> None:
    paginator = client.get_paginator(listing.operation)
    start = paginator.paginate(**listing.params, PaginationConfig={"MaxItems": 2}).build_full_result()

    rest = paginator.paginate(
        **listing.params, PaginationConfig={"StartingToken": start["NextToken"]}
    ).build_full_result()

    assert listing.names(start, rest) == listing.names(*listing.walk(client))
