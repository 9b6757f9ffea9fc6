"""botocore does less work while a fake is open, but its requests, events and handlers are the same."""

from __future__ import annotations

import gc
import io
import itertools
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.parsers import ResponseParser
from botocore.useragent import UserAgentComponent

from pytest_codeartifact import FakeCodeArtifact

from ..support.acme import ACME

pytestmark = pytest.mark.in_process("over the wire, botocore does all of its work")

HERE = {"endpoint_url": "http://127.0.0.1:1"}
"""The endpoint of a client that may make calls without a fake."""

CONFIGURATIONS = {
    "none": Config(),
    "an id of the application": Config(user_agent_appid="an app / 1"),
    "more of a user agent": Config(user_agent_extra="more/1.0"),
    "another user agent": Config(user_agent="mine/1.0"),
    "another mode of retries": Config(retries={"mode": "adaptive"}),
}


def make_client(session: Any = boto3, **keywords: Any) -> Any:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    return session.client("codeartifact", "us-east-1", **keys, **keywords)


def urls_of_requests(client: Any) -> list[str]:
    """A list that gets the URL of each request of a client."""
    urls: list[str] = []
    client.meta.events.register("before-send", lambda request, **_: urls.append(request.url))
    return urls


def test_a_handler_of_the_endpoint_is_called_at_every_call(codeartifact: FakeCodeArtifact) -> None:
    client = make_client()
    asked: list[tuple[str, dict[str, Any]]] = []
    client.meta.events.register(
        "before-endpoint-resolution.codeartifact", lambda model, params, **_: asked.append((model.name, params))
    )

    client.list_domains()
    client.list_domains(maxResults=7)
    client.create_domain(**ACME)

    assert asked == [("ListDomains", {}), ("ListDomains", {"maxResults": 7}), ("CreateDomain", ACME)]


def test_a_handler_can_change_the_endpoint_of_single_calls(codeartifact: FakeCodeArtifact) -> None:
    client = make_client()
    urls = urls_of_requests(client)
    endpoints = iter(("https://one.test", None, "https://two.test", "https://two.test", None))

    def change(builtins: dict[str, Any], **_: Any) -> None:
        builtins["SDK::Endpoint"] = next(endpoints)

    client.list_domains()
    client.meta.events.register("before-endpoint-resolution", change)
    for _ in range(5):
        client.list_domains()

    regional = "https://codeartifact.us-east-1.amazonaws.com"
    asked = [regional, "https://one.test", regional, "https://two.test", "https://two.test", regional]
    assert urls == [f"{endpoint}/v1/domains" for endpoint in asked]


def test_a_later_change_of_the_arguments_of_a_handler_does_not_change_the_endpoint(
    codeartifact: FakeCodeArtifact,
) -> None:
    client = make_client()
    urls = urls_of_requests(client)
    kept: list[dict[str, Any]] = []

    def change(builtins: dict[str, Any], **_: Any) -> None:
        kept.append(builtins)
        builtins["AWS::Region"] = "eu-west-1" if len(kept) == 1 else "us-east-1"

    client.meta.events.register("before-endpoint-resolution", change)
    client.list_domains()
    kept[0]["AWS::Region"] = "us-east-1"
    client.list_domains()

    hosts = [f"https://codeartifact.{region}.amazonaws.com/v1/domains" for region in ("eu-west-1", "us-east-1")]
    assert urls == hosts


def test_clients_of_one_session_have_their_own_endpoints(codeartifact: FakeCodeArtifact) -> None:
    session = boto3.session.Session()
    clients = [make_client(session), make_client(session, **HERE)]
    urls = list(map(urls_of_requests, clients))

    for client in clients * 2:
        client.list_domains()

    assert urls == [
        ["https://codeartifact.us-east-1.amazonaws.com/v1/domains"] * 2,
        ["http://127.0.0.1:1/v1/domains"] * 2,
    ]


@pytest.mark.parametrize("config", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_requests_are_the_same_as_without_a_fake(config: Config) -> None:
    with FakeCodeArtifact() as fake:
        client = make_client(config=config.merge(Config(signature_version=UNSIGNED)), **HERE)
        sent = requests_of(client)
        client.list_domains(maxResults=1)
        client.list_domains(maxResults=1)

    client.list_domains(maxResults=1)

    assert len(fake.calls) == 2
    assert sent[0] == sent[1] == sent[2]


def test_options_of_a_user_agent_that_are_set_later_are_sent(codeartifact: FakeCodeArtifact) -> None:
    client = make_client()
    sent = requests_of(client)

    client.list_domains()
    client.meta.config.user_agent_extra = "later/1.0"
    client.list_domains()

    assert [b"later/1.0" in request["User-Agent"] for request in sent] == [False, True]


def test_clients_of_one_session_have_their_own_user_agents(codeartifact: FakeCodeArtifact) -> None:
    session = boto3.session.Session()
    clients = [make_client(session, config=Config(user_agent_appid=name)) for name in ("first", "second")]
    sent = list(map(requests_of, clients))

    for client in clients * 2:
        client.list_domains()

    applications = [
        [request["User-Agent"].decode().partition("app/")[2].partition(" ")[0] for request in each] for each in sent
    ]
    assert applications == [["first", "first"], ["second", "second"]]


def test_features_that_a_handler_registers_are_in_the_user_agent_of_their_call_only(
    codeartifact: FakeCodeArtifact,
) -> None:
    pytest.importorskip("botocore.context", reason="older versions of botocore know no features")
    from botocore.useragent import register_feature_id

    client = make_client()
    sent = requests_of(client)
    features = iter(("WAITER", None, "PAGINATOR", "WAITER"))

    def register(**_: Any) -> None:
        feature = next(features)
        if feature is not None:
            register_feature_id(feature)

    client.meta.events.register("before-parameter-build", register)
    for _ in range(4):
        client.list_domains()

    agents = [request["User-Agent"] for request in sent]
    assert agents[0] == agents[3]
    assert len({*agents}) == 3


def test_a_patch_of_the_parts_of_a_user_agent_applies_to_each_call(
    codeartifact: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    sent = requests_of(client)
    numbers = itertools.count(1)

    def modify(components: list[Any]) -> list[Any]:
        return [*components, UserAgentComponent("number", str(next(numbers)))]

    client.list_domains()
    monkeypatch.setattr("botocore.useragent.modify_components", modify)
    client.list_domains()
    client.list_domains()

    agents = [request["User-Agent"].decode() for request in sent]
    assert ["number/" in agent for agent in agents] == [False, True, True]
    assert agents[1] != agents[2]


@pytest.mark.parametrize(
    "values", [("1", 1, True, 1.0), ("a b", b"a b"), ({"a": 1}, (1, 2)), ("\u00fc", "u\u0308")], ids=str
)
def test_query_values_of_any_type_from_a_handler_are_sent_as_without_a_fake(values: Any) -> None:
    client = make_client(config=Config(signature_version=UNSIGNED), **HERE)
    sent = requests_of(client)

    def change(params: dict[str, Any], **_: Any) -> None:
        params["query_string"] = {"x": list(values), **{f"x{at}": value for at, value in enumerate(values)}}

    client.meta.events.register("before-call", change)
    with FakeCodeArtifact():
        for _ in range(2):
            client.list_domains()
    client.list_domains()

    assert sent[0]["URL"] == sent[1]["URL"] == sent[2]["URL"]


def test_a_patched_parser_is_still_called(monkeypatch: pytest.MonkeyPatch) -> None:
    parse_shape = ResponseParser._parse_shape
    parsed: list[str] = []

    def watched(parser: Any, shape: Any, node: Any) -> Any:
        parsed.append(shape.type_name)
        return parse_shape(parser, shape, node)

    monkeypatch.setattr(ResponseParser, "_parse_shape", watched)
    with FakeCodeArtifact():
        make_client().list_domains()

    assert "list" in parsed


def test_a_call_leaves_no_request_for_the_garbage_collector(codeartifact: FakeCodeArtifact) -> None:
    client = make_client()
    client.list_domains()
    gc.collect()

    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        client.list_domains()
        gc.collect()
        left = [type(thing) for thing in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()

    assert AWSPreparedRequest not in left


def requests_of(client: Any) -> list[dict[str, Any]]:
    """A list that gets the URL and the headers of each request of a client. Without a fake, this answers them."""
    sent: list[dict[str, Any]] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        headers = {name: value for name, value in request.headers.items() if name != "amz-sdk-invocation-id"}
        sent.append({"URL": request.url, **headers})
        return AWSResponse(request.url, 200, {}, Body(b"{}"))

    client.meta.events.register_last("before-send.codeartifact", answer)
    return sent


class Body(io.BytesIO):
    """A body with the interface of urllib3's responses."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()
