"""What is spared of botocore's work for each client shows nowhere: a client is as botocore makes it without a fake.

Each test with the fixture ``beside`` runs without a fake as well, where botocore does all of its work.
"""

from __future__ import annotations

import functools
import inspect
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.client import ClientCreator
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from pytest_codeartifact import FakeCodeArtifact

pytestmark = pytest.mark.in_process("over the wire, botocore does all of its work")

HERE = {"endpoint_url": "http://127.0.0.1:1"}
"""The endpoint of a client that may make calls without a fake."""

ONCE = Config(retries={"total_max_attempts": 1})

CONFIGURATIONS = {
    "none": Config(),
    "an id of the application": Config(user_agent_appid="app"),
    "retries": Config(retries={"mode": "adaptive", "total_max_attempts": 7}),
    "legacy retries": Config(retries={"mode": "legacy", "max_attempts": 2}),
    "proxies": Config(proxies={"https": "http://127.0.0.1:1"}),
    "time-outs": Config(connect_timeout=3, read_timeout=4, tcp_keepalive=True),
    "endpoints": Config(use_dualstack_endpoint=True, use_fips_endpoint=True),
    "options of another service": Config(s3={"addressing_style": "path"}),
}


@pytest.fixture(params=["without a fake", "with a fake"])
def beside(request: pytest.FixtureRequest) -> Iterator[None]:
    with nullcontext() if request.param == "without a fake" else FakeCodeArtifact():
        yield


def make_client(session: Any, service: str = "codeartifact", region: str = "us-east-1", **keywords: Any) -> Any:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    return session.create_client(service, region, **keys, **keywords)


@pytest.fixture
def session(nothing_configured: None) -> Any:
    return botocore.session.Session()


def test_creating_a_client_takes_less_than_60_percent_of_the_function_calls(session: Any) -> None:
    def calls() -> int:
        events: list[str] = []
        sys.setprofile(lambda frame, event, argument: events.append(event))
        make_client(session)
        sys.setprofile(None)
        return events.count("call")

    make_client(session)
    without = calls()
    with FakeCodeArtifact():
        make_client(session)
        assert calls() < 0.6 * without


# Handlers


def test_handlers_of_one_client_are_not_called_by_others_or_by_the_session(beside: None, session: Any) -> None:
    called: list[str] = []

    def handler(name: str) -> Any:
        return lambda **_: called.append(name)

    session.register("mine.codeartifact", handler("session, before"))
    one, other = make_client(session), make_client(session)
    one.meta.events.register("mine.codeartifact", handler("one"))
    one.meta.events.register_first("mine.codeartifact.more", handler("more of one"))
    session.register("mine.codeartifact", handler("session, after"))

    for emitter in (one.meta.events, other.meta.events, session.get_component("event_emitter")):
        emitter.emit("mine.codeartifact.more")
        called.append("-")

    assert called == [
        *("more of one", "session, before", "one", "-"),
        *("session, before", "-"),
        *("session, before", "session, after", "-"),
    ]


def test_a_handler_that_a_client_unregisters_stays_registered_in_its_session(beside: None, session: Any) -> None:
    called: list[str] = []
    session.register("mine.codeartifact", lambda **_: called.append("called"), unique_id="mine")
    client = make_client(session)

    client.meta.events.unregister("mine.codeartifact", unique_id="mine")
    client.meta.events.emit("mine.codeartifact")
    make_client(session).meta.events.emit("mine.codeartifact")

    assert called == ["called"]


class Handlers:
    def with_keywords(self, **_: Any) -> None: ...
    def without_keywords(self, event_name: str) -> None: ...
    def __call__(self, event_name: str) -> None: ...


def with_keywords(*_: Any, **keywords: Any) -> None: ...
def without_keywords(event_name: str) -> None: ...
def described(**_: Any) -> None: ...


described.__signature__ = inspect.signature(without_keywords)  # type: ignore[attr-defined]  # functions may have one


@pytest.mark.parametrize("handler", [with_keywords, Handlers().with_keywords, functools.partial(with_keywords, 1)])
def test_a_handler_that_accepts_any_keywords_is_registered(beside: None, session: Any, handler: Any) -> None:
    client = make_client(session)

    client.meta.events.register("mine", handler)

    assert [registered for registered, _ in client.meta.events.emit("mine")] == [handler]


@pytest.mark.parametrize("handler", [without_keywords, Handlers().without_keywords, Handlers(), described])
def test_a_handler_that_does_not_accept_any_keywords_is_refused(beside: None, session: Any, handler: Any) -> None:
    client = make_client(session)

    with pytest.raises(ValueError, match="must accept keyword arguments"):
        client.meta.events.register("mine", handler)


def test_a_handler_can_add_methods_and_base_classes_while_it_is_registered(beside: None, session: Any) -> None:
    class Base:
        pass

    def extend(class_attributes: dict[str, Any], base_classes: list[type], **_: Any) -> None:
        class_attributes["list_domains"] = lambda self: "mine"
        base_classes.insert(0, Base)

    make_client(session)
    session.register("creating-client-class.codeartifact", extend, unique_id="mine")
    extended = make_client(session)
    session.unregister("creating-client-class.codeartifact", unique_id="mine")

    assert (extended.list_domains(), isinstance(extended, Base)) == ("mine", True)
    assert not isinstance(make_client(session), Base)


# Methods


def test_methods_have_the_same_names_and_docstrings_as_without_a_fake(session: Any) -> None:
    def described(client: Any) -> dict[str, tuple[str | None, ...]]:
        methods = {name: getattr(client, name) for name in client.meta.method_to_api_mapping}
        return {
            name: (method.__name__, method.__qualname__, method.__module__, str(method.__doc__), inspect.getdoc(method))
            for name, method in methods.items()
        }

    without = described(make_client(session))
    with FakeCodeArtifact():
        assert described(make_client(session)) == described(make_client(session)) == without


def test_an_attribute_that_is_set_on_a_method_applies_to_one_client_only(beside: None, session: Any) -> None:
    one, other = make_client(session), make_client(session)

    one.list_domains.__func__.mine = "mine"
    one.list_domains.__func__.__doc__ = "mine"

    assert not hasattr(other.list_domains, "mine")
    assert not hasattr(make_client(session).list_domains, "mine")
    assert str(other.list_domains.__doc__) == str(make_client(session).list_domains.__doc__) != "mine"


def test_a_method_refuses_positional_arguments(beside: None, session: Any) -> None:
    with pytest.raises(TypeError, match=r"^list_domains\(\) only accepts keyword arguments"):
        make_client(session).list_domains("acme")


def test_methods_that_another_library_wraps_are_wrapped_for_each_client(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, wrapped = ClientCreator._create_api_method, []

    def create_and_wrap(*arguments: Any) -> Any:
        method = create(*arguments)

        @functools.wraps(method)
        def wrapper(client: Any, **keywords: Any) -> Any:
            wrapped.append(client)
            return method(client, **keywords)

        return wrapper

    monkeypatch.setattr(ClientCreator, "_create_api_method", create_and_wrap)
    with FakeCodeArtifact():
        clients = [make_client(session) for _ in range(2)]
        for client in clients:
            client.list_domains()

    assert wrapped == clients


# Configuration


@pytest.mark.parametrize("config", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_client_has_the_options_that_it_has_without_a_fake(session: Any, config: Config) -> None:
    without = make_client(session, config=config)
    with FakeCodeArtifact():
        with_a_fake = make_client(session, config=config)

    assert vars(with_a_fake.meta.config) == vars(without.meta.config)


def test_changed_variables_and_options_apply_to_the_next_client(
    beside: None, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = [attempts_of(make_client(session))]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    attempts.append(attempts_of(make_client(session)))
    session.set_default_client_config(Config(retries={"total_max_attempts": 9}))
    attempts.append(attempts_of(make_client(session)))

    assert attempts == [None, 7, 9]


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file of two profiles."""
    config = tmp_path / "config"
    config.write_text("[profile one]\nmax_attempts = 5\nretry_mode = standard\n[profile two]\nmax_attempts = 8\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))


def test_each_client_has_the_options_of_the_profile_at_its_creation(
    session: Any, profiles: None, beside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []
    for profile in ("one", "two", "one"):
        monkeypatch.setenv("AWS_PROFILE", profile)
        attempts.append(attempts_of(make_client(session)))
    session.set_config_variable("profile", "two")
    attempts.append(attempts_of(make_client(session)))

    assert attempts == [5, 8, 5, 8]


def test_clients_of_each_session_have_the_options_of_its_profile(
    nothing_configured: None, profiles: None, beside: None
) -> None:
    sessions = [botocore.session.Session(profile=name) for name in ("one", "two")]

    assert [attempts_of(make_client(session)) for session in sessions] == [5, 8]


@pytest.mark.parametrize("event", ["choose-service-name", "creating-client-class"])
def test_a_handler_can_change_the_profile_while_a_client_is_created(
    session: Any, profiles: None, beside: None, event: str
) -> None:
    session.set_config_variable("profile", "one")
    session.register(event, lambda **_: session.set_config_variable("profile", "two"))

    attempts = [attempts_of(make_client(session)) for _ in range(2)]

    assert attempts == [8, 8]


def test_impossible_time_outs_are_refused_when_a_client_is_created(beside: None, session: Any) -> None:
    with pytest.raises(ValueError, match="connect timeout"):
        make_client(session, config=Config(connect_timeout=-1))


def attempts_of(client: Any) -> Any:
    return client.meta.config.retries.get("total_max_attempts")


# Endpoints


def test_clients_of_other_services_and_regions_have_their_own_endpoints(beside: None, session: Any) -> None:
    made = [
        make_client(session, service, region).meta.endpoint_url
        for service in ("codeartifact", "sqs", "codeartifact")
        for region in ("us-east-1", "eu-west-1", "cn-north-1")
    ]

    def endpoints(service: str) -> list[str]:
        hosts = ("us-east-1.amazonaws.com", "eu-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn")
        return [f"https://{service}.{host}" for host in hosts]

    assert made == [*endpoints("codeartifact"), *endpoints("sqs"), *endpoints("codeartifact")]


def test_clients_of_each_session_have_the_endpoints_of_its_data(session: Any, tmp_path: Path) -> None:
    own = botocore.session.Session()
    data = botocore.loaders.Loader().load_service_model("codeartifact", "endpoint-rule-set-1")
    folder = tmp_path / "codeartifact" / own.get_service_model("codeartifact").api_version
    folder.mkdir(parents=True)
    (folder / "endpoint-rule-set-1.json").write_text(json.dumps(data).replace("https://codeartifact.", "https://own."))
    loader = botocore.loaders.Loader(extra_search_paths=[str(tmp_path)])
    own.register_component("data_loader", loader)
    urls: list[str] = []

    with FakeCodeArtifact():
        for each in (session, own, session):
            client = make_client(each)
            client.meta.events.register("before-send", lambda request, **_: urls.append(request.url))
            client.list_domains()

    assert [url.partition(".us-east-1")[0] for url in urls] == [
        "https://codeartifact",
        "https://own",
        "https://codeartifact",
    ]


# Connections


def test_a_client_sends_real_calls_through_the_proxy_that_was_set_when_it_was_created(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with first_bytes_sent() as (port, sent):
        with FakeCodeArtifact():
            before = make_client(session, **HERE, config=ONCE)
            monkeypatch.setenv("HTTP_proxy", f"http://127.0.0.1:{port}")
            client = make_client(session, **HERE, config=ONCE)
            monkeypatch.delenv("HTTP_proxy")
            client.list_domains()
        for each in (before, client):
            with pytest.raises(BotoCoreError):
                each.list_domains()

    assert [request[:35] for request in sent] == [b"POST http://127.0.0.1:1/v1/domains "]


def test_a_client_created_while_a_fake_is_open_makes_the_same_connections_later(session: Any) -> None:
    with first_bytes_sent() as (port, sent):
        keywords = {"endpoint_url": f"https://127.0.0.1:{port}", "config": ONCE}
        plain = make_client(session, **keywords)
        with FakeCodeArtifact() as fake:
            beside = make_client(session, **keywords)
            beside.list_domains()
        for client in (plain, beside):
            with pytest.raises(BotoCoreError):
                client.list_domains()

    assert len(fake.calls) == 1
    assert [handshake[:2] for handshake in sent] == [b"\x16\x03"] * 2
    assert [len(handshake) for handshake in sent] == [len(sent[0])] * 2
    sessions = [client._endpoint.http_session for client in (plain, beside)]
    assert type(sessions[0]) is type(sessions[1])
    contexts = [http_session._manager.connection_pool_kw["ssl_context"] for http_session in sessions]
    assert described_context(contexts[0]) == described_context(contexts[1])
    assert contexts[0] is not contexts[1]


def test_a_client_can_be_closed_before_its_first_real_call(beside: None, session: Any) -> None:
    client = make_client(session)

    client.close()

    assert client.meta.region_name == "us-east-1"


# Clients of boto3


def test_a_client_of_boto3_has_its_endpoint_operations_and_docstrings(beside: None, nothing_configured: None) -> None:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.session.Session().client("codeartifact", "eu-west-1", **keys)

    assert client.meta.endpoint_url == "https://codeartifact.eu-west-1.amazonaws.com"
    assert "DeletePackage" in client.meta.service_model.operation_names
    assert "Deletes a package" in str(inspect.getdoc(client.delete_package))


def described_context(context: Any) -> dict[str, Any]:
    names = ("options", "verify_mode", "check_hostname", "post_handshake_auth", "minimum_version", "keylog_filename")
    return {name: getattr(context, name) for name in names}


@contextmanager
def first_bytes_sent() -> Iterator[tuple[int, list[bytes]]]:
    """A local port that closes each connection, and a list of the first bytes of each."""
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    first = connection.recv(65536)
                if not first:
                    return
                sent.append(first)

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        try:
            yield port, sent
        finally:
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()
