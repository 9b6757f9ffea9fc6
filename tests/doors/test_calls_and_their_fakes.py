"""A call belongs to the fake that was open when it began, to its end; what belongs to no fake meets the guard."""

from __future__ import annotations

import http.server
import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.hooks import HierarchicalEmitter

from pytest_codeartifact import FakeCodeArtifact, RealCallRefused, slow

from ..support.sockets import unplugged

pytestmark = pytest.mark.in_process("over the wire, calls are answered by the server that they have been sent to")

SESSION = boto3.session.Session()
KEYS = {"aws_access_key_id": "AKIAREAL", "aws_secret_access_key": "real"}
MODES = ("legacy", "standard", "adaptive")
WHILE_UNDER_WAY = (
    *("provide-client-params", "before-parameter-build", "before-call"),
    *("request-created", "choose-signer", "before-sign", "before-send"),
    *("before-parse", "response-received", "needs-retry"),
)
"""The events of a call, from its beginning to its end."""


def make_client(mode: str = "standard", **keywords: Any) -> Any:
    config = Config(retries={"mode": mode, "total_max_attempts": 3}, read_timeout=0.1)
    return SESSION.client("codeartifact", "us-east-1", config=config, **KEYS, **keywords)


def when(client: Any, event: str, do: Callable[..., object], operation: str = "ListDomains") -> None:
    """Do something the first time that a call of an operation gets so far; before the fake has its turn."""
    once(client, f"{event}.codeartifact.{operation}", do)


def once(client: Any, events: str, do: Callable[..., object]) -> None:
    """Do something at the first of some events."""
    done: list[bool] = []

    def handler(**given: Any) -> None:
        if not done:
            done.append(True)
            do(**given)

    client.meta.events.register_first(events, handler)


def names_of_domains(client: Any) -> list[str]:
    return [domain["name"] for domain in client.list_domains()["domains"]]


@pytest.fixture
def fakes() -> Iterator[tuple[FakeCodeArtifact, FakeCodeArtifact]]:
    """An open fake with a domain `first`, whose next call is tried twice, and a closed one with a domain `second`."""
    first, second = FakeCodeArtifact(unused_faults="allow"), FakeCodeArtifact()
    first.add_domain("first")
    first.fail("ListDomains", "ThrottlingException")
    second.add_domain("second")
    with first:
        yield first, second
    second.close()


def close(first: FakeCodeArtifact, second: FakeCodeArtifact) -> None:
    first.close()


def open_another(first: FakeCodeArtifact, second: FakeCodeArtifact) -> None:
    second.open()


def close_and_open_another(first: FakeCodeArtifact, second: FakeCodeArtifact) -> None:
    first.close()
    second.open()


CHANGES = [
    (mode, event, change)
    for mode in MODES
    for event in WHILE_UNDER_WAY
    for change in (close, open_another, close_and_open_another)
    # Where no fake is open, waits between attempts are real, up to 2 seconds: once for each mode.
    if change is not close or event == "before-call"
]


@pytest.mark.parametrize("event", WHILE_UNDER_WAY)
def test_a_call_keeps_a_fake_that_is_closed(event: str) -> None:
    client = make_client()
    with FakeCodeArtifact() as fake:
        fake.add_domain("first")
        when(client, event, lambda **_: fake.close())

        with unplugged() as asked:
            names = names_of_domains(client)

    assert names == ["first"]
    assert asked == []


@pytest.mark.parametrize(("mode", "event", "change"), CHANGES)
def test_a_call_keeps_its_fake(
    fakes: tuple[FakeCodeArtifact, FakeCodeArtifact],
    mode: str,
    event: str,
    change: Callable[[FakeCodeArtifact, FakeCodeArtifact], None],
) -> None:
    client = make_client(mode)
    when(client, event, lambda **_: change(*fakes))

    with unplugged() as asked:
        names = names_of_domains(client)

    assert names == ["first"]
    assert [call.attempts for call in fakes[0].calls] == [2]
    assert fakes[1].calls == []
    assert asked == []


@pytest.mark.parametrize("events", ["*", "*.*.*", "provide-client-params", "*.codeartifact", "before-call.*.*"])
def test_a_call_is_bound_to_its_fake_before_any_handler_of_the_user_runs(
    fakes: tuple[FakeCodeArtifact, FakeCodeArtifact], asked: list[str], events: str
) -> None:
    client = make_client()
    once(client, events, lambda **_: close_and_open_another(*fakes))

    names = names_of_domains(client)

    assert names == ["first"]
    assert fakes[1].calls == []
    assert asked == []


@pytest.mark.parametrize("mode", MODES)
def test_a_call_that_waits_between_retries_keeps_its_fake(mode: str, asked: list[str]) -> None:
    fake, client = FakeCodeArtifact(backoff=True), make_client(mode)
    fake.fail("ListDomains", "InternalServerException")
    when(client, "needs-retry", lambda **_: fake.close())

    with fake:
        client.list_domains()

    assert fake.calls[0].attempts == 2
    assert asked == []


def test_a_call_that_times_out_and_is_retried_keeps_its_fake(asked: list[str]) -> None:
    fake, client = FakeCodeArtifact(), make_client()
    fake.fail("ListDomains", slow(timedelta(seconds=5)))
    when(client, "needs-retry", lambda **_: fake.close())

    with fake:
        client.list_domains()

    assert fake.calls[0].attempts == 2
    assert asked == []


def test_a_thread_that_outlives_its_test_does_not_affect_the_next_fake(asked: list[str]) -> None:
    client, arrived, go_on = make_client(), threading.Event(), threading.Event()

    def wait(**_: Any) -> None:
        arrived.set()
        go_on.wait(60)

    when(client, "before-send", wait, "DeleteDomain")
    with FakeCodeArtifact() as first:
        first.add_domain("acme")
        thread = threading.Thread(target=client.delete_domain, kwargs={"domain": "acme"})
        thread.start()
        arrived.wait(60)

    with FakeCodeArtifact() as second:
        second.add_domain("acme")
        go_on.set()
        thread.join()

        assert list(second.domains) == ["acme"]
    assert list(first.domains) == []
    assert asked == []


def test_a_call_within_a_call_is_a_separate_call(asked: list[str]) -> None:
    inner, outer, client = FakeCodeArtifact(), FakeCodeArtifact(), make_client()
    inner.add_domain("inner")
    outer.add_domain("outer")
    within: list[list[str]] = []

    def ask(**_: Any) -> None:
        with inner:
            within.append(names_of_domains(client))

    when(client, "before-send", ask)
    with outer:
        names = names_of_domains(client)

    assert (names, within) == (["outer"], [["inner"]])
    assert (len(outer.calls), len(inner.calls)) == (1, 1)
    assert asked == []


def test_a_paginator_is_refused_at_the_next_page_after_its_fake_is_closed(asked: list[str]) -> None:
    client = make_client()
    with FakeCodeArtifact(page_size=1) as fake:
        fake.add_domain("first")
        fake.add_domain("second")
        pages = iter(client.get_paginator("list_domains").paginate())
        next(pages)

    with pytest.raises(RealCallRefused, match="ListDomains"):
        next(pages)
    assert asked == []


# What began without a fake


@pytest.fixture
def emulator() -> Iterator[tuple[str, list[str]]]:
    """A server of the user's own on this machine, which fails the first time: its URL, and what it was asked for."""
    heard: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)
            body = b'{"domains": [{"name": "emulated"}]}'
            self.send_response(500 if len(heard) == 1 else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])  # seconds until it sees its shutdown
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("event", WHILE_UNDER_WAY)
def test_a_call_that_began_without_a_fake_is_not_answered_by_one_that_opens(
    emulator: tuple[str, list[str]], event: str
) -> None:
    client, fake = make_client(endpoint_url=emulator[0]), FakeCodeArtifact()
    when(client, event, lambda **_: fake.open())

    names = names_of_domains(client)
    fake.close()

    assert names == ["emulated"]
    assert emulator[1] == ["/v1/domains", "/v1/domains"]
    assert fake.calls == []


def send_elsewhere(request: Any, **_: Any) -> None:
    request.url = "https://codeartifact.us-east-1.amazonaws.com/v1/domains"


@pytest.mark.parametrize("event", ["request-created", "before-sign", "before-send"])
def test_a_call_to_this_machine_that_a_handler_redirects_to_aws_is_refused(
    emulator: tuple[str, list[str]], event: str
) -> None:
    client = make_client(endpoint_url=emulator[0])
    when(client, event, send_elsewhere)

    with unplugged() as asked, pytest.raises(RealCallRefused, match="ListDomains"):
        client.list_domains()

    assert asked == []


# What goes over the wire


def test_a_call_that_began_over_the_wire_stays_there_when_the_server_closes(codeartifact: FakeCodeArtifact) -> None:
    with codeartifact.serve() as server:
        client = make_client(endpoint_url=server.url)
        when(client, "request-created", lambda **_: server.close())

        with pytest.raises(EndpointConnectionError):
            client.list_domains()

    assert codeartifact.calls == []


@pytest.mark.parametrize("event", ["request-created", "before-sign", "before-send"])
def test_a_call_to_the_server_that_a_handler_redirects_to_aws_is_refused(
    codeartifact: FakeCodeArtifact, event: str
) -> None:
    with codeartifact.serve() as server:
        client = make_client(endpoint_url=server.url)
        when(client, event, send_elsewhere)

        with unplugged() as asked, pytest.raises(RealCallRefused, match="past the fake"):
            client.list_domains()

    assert asked == []


# What goes by ways that no fake sees


def request_of(client: Any) -> dict[str, Any]:
    """A request as a client's methods prepare it."""
    request = {"url_path": "/v1/domains", "query_string": {}, "method": "POST", "headers": {}, "body": b"{}"}
    prepare_request_dict(request, client.meta.endpoint_url, {"client_config": client.meta.config})
    return request


def through_the_endpoint(client: Any) -> None:
    model = client.meta.service_model.operation_model("ListDomains")
    client._endpoint.make_request(model, request_of(client))


def with_the_signer(client: Any) -> None:
    client._request_signer.sign("ListDomains", create_request_object(request_of(client)))


def with_a_url_of_the_signer(client: Any) -> None:
    client._request_signer.generate_presigned_url(request_of(client), "ListDomains")


def with_another_emitter(client: Any) -> None:
    client.meta.events, original = HierarchicalEmitter(), client.meta.events
    try:
        client.list_domains()
    finally:
        client.meta.events = original


def without(*events: str) -> Callable[[Any], None]:
    def unregister_and_call(client: Any) -> None:
        for event in events:
            client.meta.events.unregister(f"{event}.codeartifact", unique_id=f"pytest-codeartifact-{event}")
        client.list_domains()

    return unregister_and_call


def with_a_cleared_context(client: Any) -> None:
    when(client, "request-created", lambda request, **_: setattr(request, "context", {}))
    client.list_domains()


PAST_THE_FAKE: dict[str, Callable[[Any], None]] = {
    "the endpoint": through_the_endpoint,
    "the signer": with_the_signer,
    "a URL of the signer": with_a_url_of_the_signer,
    "another emitter": with_another_emitter,
    "no handler before the call": without("before-call"),
    "no handler before the call and at signing": without("before-call", "choose-signer", "before-sign"),
    "no handler that answers": without("before-send"),
    "another context": with_a_cleared_context,
}


@pytest.mark.parametrize("way", [way for name, way in PAST_THE_FAKE.items() if name != "another context"])
def test_requests_without_a_fake_are_refused(asked: list[str], way: Callable[[Any], None]) -> None:
    with pytest.raises(RealCallRefused, match="ListDomains would have been sent to codeartifact"):
        way(make_client())

    assert asked == []


@pytest.mark.parametrize("way", PAST_THE_FAKE.values(), ids=PAST_THE_FAKE)
def test_requests_past_an_open_fake_are_refused(
    codeartifact: FakeCodeArtifact, asked: list[str], way: Callable[[Any], None]
) -> None:
    with pytest.raises(RealCallRefused, match=r"ListDomains would have been sent to .* past the fake"):
        way(make_client())

    assert codeartifact.calls == []
    assert asked == []


# Presigned URLs


def test_a_presigned_url_is_refused_without_a_fake(asked: list[str]) -> None:
    with pytest.raises(RealCallRefused) as caught:
        make_client().generate_presigned_url("delete_domain", {"domain": "acme"})

    message = str(caught.value)
    assert message.startswith("DeleteDomain would have been signed into a presigned URL at codeartifact.us-east-1.")
    assert "codeartifact_server" in message
    assert asked == []


@pytest.mark.parametrize("make", [make_client, lambda: boto3.client("codeartifact")], ids=["own keys", "no keys"])
def test_a_presigned_url_is_refused_under_a_fake(codeartifact: FakeCodeArtifact, make: Callable[[], Any]) -> None:
    with pytest.raises(RealCallRefused, match="ListDomains would have been signed into a presigned URL"):
        make().generate_presigned_url("list_domains")


@pytest.mark.codeartifact_real_calls
def test_a_presigned_url_is_signed_where_real_calls_are_allowed() -> None:
    url = make_client().generate_presigned_url("list_domains")

    assert url.startswith("https://codeartifact.us-east-1.amazonaws.com/v1/domains?")
    assert "X-Amz-Signature" in url


@pytest.mark.codeartifact_real_calls
def test_a_presigned_url_is_refused_under_a_fake_even_where_real_calls_are_allowed() -> None:
    with FakeCodeArtifact(), pytest.raises(RealCallRefused, match="presigned URL"):
        make_client().generate_presigned_url("list_domains")


def test_a_presigned_url_may_lead_to_this_machine(codeartifact: FakeCodeArtifact) -> None:
    with codeartifact.serve() as server:
        url = make_client(endpoint_url=server.url).generate_presigned_url("list_domains")

    assert url.startswith(server.url)


def test_presigned_urls_of_other_services_are_signed(codeartifact: FakeCodeArtifact) -> None:
    s3 = boto3.client("s3", "us-east-1", **KEYS)

    assert "Signature" in s3.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})


def test_botocore_emits_no_events_during_a_call_but_the_tested_ones() -> None:
    """So that a gate that botocore adds is looked at."""
    client, seen = make_client(), []
    client.meta.events.register("*", lambda event_name, **_: seen.append(event_name.partition(".")[0]))
    with FakeCodeArtifact() as fake:
        fake.fail("ListDomains", "ThrottlingException")
        client.meta.events.register("before-call.codeartifact", lambda **_: seen.clear())
        client.list_domains()

    during = set(itertools.takewhile(lambda event: event != "after-call", seen))
    assert during
    assert during <= set(WHILE_UNDER_WAY)
