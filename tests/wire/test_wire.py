"""Round trips through botocore's own serialiser and parser, for every operation, in both directions.

The other end of the wire is a real one: requests come from an unmodified client, responses go to botocore's parser.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import importlib
import inspect
import io
from typing import Any

import botocore.loaders
import botocore.model
import botocore.parsers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_codeartifact import (
    AccessDeniedException,
    ConflictException,
    FakeCodeArtifact,
    InternalServerException,
    OperationNotImplemented,
    ResourceNotFoundException,
    ServiceError,
    ServiceQuotaExceededException,
    ThrottlingException,
    ValidationException,
    operations,
    wire,
)
from pytest_codeartifact.operations import IMPLEMENTED, implementation

pytestmark = pytest.mark.every_case

MODEL = botocore.model.ServiceModel(
    botocore.loaders.create_loader().load_service_model("codeartifact", "service-2"), "codeartifact"
)
OPERATIONS = sorted(MODEL.operation_names)

LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="/#")
# One text that fits each pattern of the model; what the patterns refuse has tests of its own.
BY_PATTERN = {
    None: st.text(max_size=40),
    r"[^#/\s]+": st.text(LETTERS, min_size=1, max_size=40),
    r"\S+": st.text(LETTERS, min_size=1, max_size=40),
    r"\P{C}+": st.text(LETTERS | st.just(" "), min_size=1, max_size=40),
    r"\P{C}*": st.text(LETTERS | st.just(" "), max_size=40),
    r"[0-9a-f]+": st.text("0123456789abcdef", min_size=64, max_size=64),
    r"[^\p{C}\p{IsWhitespace}]+": st.text(LETTERS, min_size=2, max_size=40),
    r"[\P{C}\s]+": st.text(LETTERS | st.sampled_from(" \n\t"), min_size=1, max_size=40),
}


def texts(shape: Any) -> st.SearchStrategy[str]:
    if shape.enum:
        return st.sampled_from(shape.enum)
    pattern, least = shape.metadata.get("pattern"), shape.metadata.get("min", 0)
    if pattern in BY_PATTERN:
        strategy = BY_PATTERN[pattern]
    else:
        strategy = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    return strategy.filter(lambda text: least <= len(text) <= shape.metadata.get("max", 10_000))


def values(shape: Any) -> st.SearchStrategy[Any]:
    """Values of a shape as the SDK takes and returns them."""
    match shape.type_name:
        case "structure":
            return structures(shape)
        case "list":
            return st.lists(values(shape.member), min_size=shape.metadata.get("min", 0), max_size=4)
        case "map":
            return st.dictionaries(values(shape.key), values(shape.value), max_size=4)
        case "string":
            return texts(shape)
        case "integer" | "long":
            return st.integers(shape.metadata.get("min", 0), shape.metadata.get("max", 2**40))
        case "boolean":
            return st.booleans()
        case "blob":
            return st.binary(max_size=60)
        case "timestamp":
            millis = st.integers(0, 4_000_000_000_000)
            return millis.map(
                lambda count: dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(0, 0, 0, count)
            )
    raise NotImplementedError(shape.type_name)


def structures(shape: Any, *, whole: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    members = {name: values(member) for name, member in shape.members.items()}
    required = {name: member for name, member in members.items() if whole or name in shape.required_members}
    return st.fixed_dictionaries(required, optional={k: v for k, v in members.items() if k not in required})


@functools.cache
def requests(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """The parameters of an operation. Kept, because to build a strategy takes longer than to draw from it."""
    return structures(MODEL.operation_model(name).input_shape)


@pytest.mark.rule("W-1", "W-2")
@pytest.mark.parametrize("name", OPERATIONS)
@given(data=st.data())
def test_the_parameters_of_every_request_arrive_unchanged(name: str, data: st.DataObject) -> None:
    params = data.draw(requests(name))

    with FakeCodeArtifact() as fake:
        client = fake.client()
        with contextlib.suppress(client.exceptions.ClientError):  # the names do not exist, only the parameters matter
            getattr(client, wire.keyword(name))(**params)

    (call,) = fake.calls
    assert (call.operation, call.params) == (name, params)


def in_millis(value: Any) -> Any:
    """A structure of the SDK as our operations return it."""
    match value:
        case dict():
            return {key: in_millis(item) for key, item in value.items()}
        case list():
            return [in_millis(item) for item in value]
        case dt.datetime():
            return round(value.timestamp() * 1000)
    return value


@functools.cache
def results(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """What an operation returns, in the SDK's types."""
    shape = MODEL.operation_model(name).output_shape
    # A response has its payload, and headers that HTTP can carry.
    in_headers = [member for member in shape.members.values() if member.serialization.get("location") == "header"]
    return structures(shape, whole=bool(in_headers))


@pytest.mark.rule("W-3", "W-4")
@pytest.mark.parametrize("name", OPERATIONS)
@given(data=st.data())
def test_botocore_parses_every_response_unchanged(name: str, data: st.DataObject) -> None:
    shape = MODEL.operation_model(name).output_shape
    result = data.draw(results(name))

    response = wire.operation(name).serialise({**in_millis(result), **absent(shape, result)})

    streaming: str | None = shape.serialization.get("payload")
    body = io.BytesIO(response.body) if streaming else response.body
    received = {"status_code": response.status, "headers": dict(response.headers), "body": body, "context": {}}
    parsed = botocore.parsers.create_parser("rest-json").parse(received, shape)
    if streaming:
        parsed[streaming] = parsed[streaming].read()
    assert parsed.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert parsed == result
    assert wire.operation(name).as_returned(response) == result


def absent(shape: Any, result: dict[str, Any]) -> dict[str, None]:
    """Members without a value, as our operations return them; they must not reach the wire."""
    return {name: None for name in shape.members if name not in result}


@pytest.mark.rule("E-1", "E-3")
@pytest.mark.parametrize(
    "error",
    [
        AccessDeniedException("No."),
        ConflictException("Taken.", "acme", "domain"),
        ConflictException("Taken."),
        InternalServerException("Oops."),
        ResourceNotFoundException("Gone.", "tool", "package"),
        ServiceQuotaExceededException("Full.", "team", "repository"),
        ThrottlingException("Slower.", retry_after_seconds=9),
        ThrottlingException("Slower."),
        ValidationException("Wrong.", "CANNOT_PARSE"),
        ValidationException("Wrong.", None),
        ServiceError("Expired.", code="ExpiredTokenException", status=403),
    ],
    ids=repr,
)
def test_botocore_parses_every_error_with_its_members(
    codeartifact: FakeCodeArtifact, client: Any, error: ServiceError
) -> None:
    codeartifact.fail("ListDomains", error, times=None)

    with pytest.raises(client.exceptions.ClientError) as caught:
        client.list_domains()

    response = caught.value.response
    metadata = response["ResponseMetadata"]
    members = {"resource_id": "resourceId", "resource_type": "resourceType", "reason": "reason"}
    assert type(caught.value).__name__ in (error.code, "ClientError")
    assert response["Error"] == {"Code": error.code, "Message": error.message}
    assert (metadata["HTTPStatusCode"], metadata["HTTPHeaders"]["x-amzn-errortype"]) == (error.status, error.code)
    assert {name: response.get(member) for name, member in members.items() if getattr(error, name, None)} == {
        name: getattr(error, name) for name in members if getattr(error, name, None)
    }
    assert response.get("retryAfterSeconds") == getattr(error, "retry_after_seconds", None)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_of_the_model_is_implemented_with_its_signature(name: str) -> None:
    shape = MODEL.operation_model(name).input_shape
    function = implementation(wire.keyword(name))
    assert function is not None
    parameters = inspect.signature(function).parameters

    keywords = {
        keyword: parameter.default is inspect.Parameter.empty
        for keyword, parameter in parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }

    assert keywords == {wire.keyword(member): member in shape.required_members for member in shape.members}


def test_no_operation_is_implemented_that_the_model_does_not_have() -> None:
    assert {wire.keyword(name) for name in OPERATIONS} == set(IMPLEMENTED)
    assert len(OPERATIONS) == 48


@pytest.mark.parametrize("home", sorted(set(IMPLEMENTED.values())))
def test_every_public_function_of_a_module_of_operations_is_registered(home: str) -> None:
    module = importlib.import_module(f"{operations.__name__}.{home}")
    defined = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }

    assert defined == {name for name in IMPLEMENTED if IMPLEMENTED[name] == home}


def test_an_operation_that_is_not_implemented_raises_an_error_with_its_name(
    codeartifact: FakeCodeArtifact, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(IMPLEMENTED, "list_domains")  # like an operation that botocore adds after our release
    implementation.cache_clear()

    with pytest.raises(OperationNotImplemented, match="ListDomains"):
        client.list_domains()
    implementation.cache_clear()
