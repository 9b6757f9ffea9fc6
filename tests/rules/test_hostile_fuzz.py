"""Random requests: whatever is sent, the service answers (see test_hostile_requests)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_codeartifact import FakeCodeArtifact

from ..support.hostile import Change, added_query, body, contents, header, send
from ..support.one_call_each import OPERATIONS, furnish
from .test_hostile_bodies import IN_BODIES, with_member

operations = st.sampled_from(sorted(OPERATIONS))
wire_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)
known = st.sampled_from(
    ["acme", "team", "other", "npm", "generic", "1.0.0+build", "/*", "/npm/*", "PUBLISH", "INHERIT", "ALLOW",
     "Published", "ALLOW_SPECIFIC_REPOSITORIES", "repositoryName", "originRestrictionType", "key", "value",
     "alias/x", "x" * 300]
)  # fmt: skip
free_text = st.text(st.characters(exclude_categories=()), max_size=8) | known
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | free_text,
    lambda items: st.lists(items, max_size=3) | st.dictionaries(free_text, items, max_size=3),
    max_leaves=8,
)


def assert_answered(operation: str, change: Change) -> None:
    """Whatever the answer is, it is the service's, and an error has changed nothing."""
    with FakeCodeArtifact() as fake:
        furnish(fake)
        before = contents(fake)

        answer = send(fake, operation, change)

        assert answer["ResponseMetadata"]["HTTPStatusCode"] in (200, 400, 403, 404, 409)
        assert "Error" not in answer or contents(fake) == before
        assert repr(fake.calls)


def _escaped(content: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in content)


@given(operation=operations, content=st.binary(max_size=100))
def test_any_body_gets_a_response(operation: str, content: bytes) -> None:
    assert_answered(operation, body(content))


@given(place=st.sampled_from(IN_BODIES), value=json_values)
def test_any_value_of_a_member_gets_a_response(place: tuple[str, str], value: Any) -> None:
    operation, member = place

    assert_answered(operation, with_member(member, value))


@given(operation=operations, query=st.lists(wire_text | st.just("%"), max_size=6).map("".join))
def test_any_query_gets_a_response(operation: str, query: str) -> None:
    assert_answered(operation, added_query(query))


@given(operation=operations, data=st.data())
def test_any_value_in_the_query_gets_a_response(operation: str, data: st.DataObject) -> None:
    def change(request: Any) -> None:
        base, mark, query = request.url.partition("?")
        pairs = [pair.partition("=") for pair in query.split("&") if pair]
        for at, (name, _, _) in enumerate(pairs):
            if data.draw(st.integers(0, 3)) == 0:
                pairs[at] = (name, "=", data.draw(wire_text | st.binary(max_size=4).map(_escaped)))
        request.url = base + mark + "&".join("".join(pair) for pair in pairs)

    assert_answered(operation, change)


@pytest.mark.in_process("an HTTP client refuses some of these headers itself")
@given(
    operation=st.sampled_from(["DeletePackageVersions", "PublishPackageVersion"]),
    name=st.sampled_from(["Content-Type", "x-amz-content-sha256", "Host", "amz-sdk-invocation-id"]),
    value=st.binary(max_size=10) | st.text(max_size=10),
)
def test_any_header_gets_a_response(operation: str, name: str, value: str | bytes) -> None:
    assert_answered(operation, header(name, value))
