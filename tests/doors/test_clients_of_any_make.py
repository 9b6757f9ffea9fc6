"""Clients of every configuration and region get responses of an open fake, and open no socket."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import EndpointResolutionError, EndpointVariantError
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import Loader

from pytest_codeartifact import FakeCodeArtifact, RealCallRefused, pypi

from ..support.acme import TEAM

SESSION = botocore.session.Session()
CONFIG = Config(retries={"mode": "adaptive", "total_max_attempts": 7}, proxies={"https": "http://proxy.example:1"})


class OwnSession(boto3.Session):  # type: ignore[misc]  # boto3 has no types
    """A session that gives the same settings to all of its clients."""

    def client(self, *arguments: Any, **keywords: Any) -> Any:
        return super().client(*arguments, **{"config": CONFIG, **keywords})


class OwnBotocoreSession(botocore.session.Session):  # type: ignore[misc]  # nor has botocore
    def create_client(self, *arguments: Any, **keywords: Any) -> Any:
        return super().create_client(*arguments, **keywords)

    def get_credentials(self) -> Any:
        pytest.fail("credentials were looked up")


class OwnCredentials:
    def load_credentials(self) -> Any:
        pytest.fail("credentials were looked up")


def configured(config: Config, **keywords: Any) -> Any:
    return SESSION.create_client("codeartifact", "us-east-1", config=config, **keywords)


def with_default_config() -> Any:
    session = botocore.session.Session()
    session.set_default_client_config(Config(region_name="eu-west-1", defaults_mode="auto"))
    return session.create_client("codeartifact", config=Config(read_timeout=1))


def with_own(component: str, instance: Any) -> Any:
    session = botocore.session.Session()
    session.register_component(component, instance)
    return session.create_client("codeartifact", "us-east-1")


def with_variables() -> Any:
    session = botocore.session.Session(session_vars={"profile": (None, "MY_PROFILE", None, None)})
    session.set_config_variable("defaults_mode", "auto")
    session.set_config_variable("profile", "nowhere")
    return session.create_client("codeartifact")


def with_default_session() -> Any:
    boto3.setup_default_session(profile_name="nowhere", region_name="eu-central-1")
    return boto3.client("codeartifact")


def in_a_thread() -> Any:
    made: list[Any] = []
    thread = threading.Thread(target=lambda: made.append(boto3.client("codeartifact")))
    thread.start()
    thread.join()
    return made[0]


MAKES: dict[str, Callable[[], Any]] = {
    "deep-copied config": lambda: configured(copy.deepcopy(CONFIG)),
    "pickled config": lambda: configured(pickle.loads(pickle.dumps(CONFIG))),
    "merged config": lambda: configured(CONFIG.merge(Config(max_pool_connections=1))),
    "config of the session": with_default_config,
    "legacy retries": lambda: configured(Config(retries={"mode": "legacy", "max_attempts": 9})),
    "standard retries": lambda: configured(Config(retries={"mode": "standard"})),
    "adaptive retries": lambda: configured(Config(retries={"mode": "adaptive"})),
    "no retries": lambda: configured(Config(retries={"total_max_attempts": 1})),
    "no timeouts": lambda: configured(Config(connect_timeout=None, read_timeout=None)),
    "automatic defaults": lambda: configured(Config(defaults_mode="auto")),
    "defaults": lambda: configured(Config(defaults_mode="cross-region")),
    "unsigned": lambda: configured(Config(signature_version=UNSIGNED)),
    "another signature": lambda: configured(Config(signature_version="v4a")),
    "no validation": lambda: configured(Config(parameter_validation=False)),
    "keep-alive": lambda: configured(Config(tcp_keepalive=True)),
    "configured endpoints ignored": lambda: configured(Config(ignore_configured_endpoint_urls=True)),
    "configured endpoints used": lambda: configured(Config(ignore_configured_endpoint_urls=False)),
    "proxies": lambda: configured(
        Config(proxies={"https": "http://proxy.example:1"}, proxies_config={"proxy_client_cert": "/nowhere"})
    ),
    "endpoint": lambda: configured(CONFIG, endpoint_url="https://vpce-1.d.codeartifact.us-east-1.vpce.amazonaws.com"),
    "endpoint with a path": lambda: configured(CONFIG, endpoint_url="https://gateway.example/some/path"),
    "endpoint that is an address": lambda: configured(CONFIG, endpoint_url="http://[2001:db8::1]:8080"),
    "no TLS": lambda: configured(CONFIG, use_ssl=False),
    "unverified": lambda: configured(CONFIG, verify=False),
    "own certificates": lambda: configured(CONFIG, verify="/nowhere"),
    "version of the API": lambda: configured(CONFIG, api_version="2018-09-22"),
    "own keys": lambda: configured(CONFIG, aws_access_key_id="x", aws_secret_access_key="x"),
    "only a token": lambda: configured(CONFIG, aws_session_token="x"),
    "subclass of boto3's session": lambda: OwnSession(profile_name="nowhere").client("codeartifact"),
    "subclass of botocore's session": lambda: OwnBotocoreSession().create_client("codeartifact"),
    "boto3's session around one": lambda: boto3.Session(botocore_session=OwnBotocoreSession()).client("codeartifact"),
    "default session": with_default_session,
    "session with variables": with_variables,
    "session with an emitter": lambda: botocore.session.Session(event_hooks=HierarchicalEmitter()).create_client(
        "codeartifact"
    ),
    "session with a loader": lambda: with_own("data_loader", Loader()),
    "session with credentials of its own": lambda: with_own("credential_provider", OwnCredentials()),
    "region of its own": lambda: SESSION.create_client("codeartifact", "mx-central-1"),
    "made in a thread": in_a_thread,
}


@pytest.mark.usefixtures("nothing_configured")
@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_the_fake_answers_a_client_however_it_was_created(
    codeartifact: FakeCodeArtifact, asked: list[str], make: Callable[[], Any]
) -> None:
    client = make()
    region = client.meta.region_name
    team = codeartifact.at(region=region).add_domain("acme").add_repository("team")
    team.add_package(pypi("old"), versions=["1.0"])

    client.delete_package(**TEAM, format="pypi", package="old")

    assert team.deleted == {pypi("old")}
    assert codeartifact.calls[0].region == region
    assert asked == []


@pytest.mark.usefixtures("nothing_configured")
@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_calls_and_presigned_urls_of_any_client_are_refused_without_a_fake(
    asked: list[str], make: Callable[[], Any]
) -> None:
    with FakeCodeArtifact():
        client = make()

    with pytest.raises(RealCallRefused, match="DeletePackage would have been sent"):
        client.delete_package(**TEAM, format="pypi", package="old")
    with pytest.raises(RealCallRefused, match="DeletePackage would have been signed"):
        client.generate_presigned_url("delete_package", {**TEAM, "format": "pypi", "package": "old"})
    assert asked == []


VARIANTS = {
    "plain": Config(),
    "FIPS": Config(use_fips_endpoint=True),
    "dual-stack": Config(use_dualstack_endpoint=True),
    "both": Config(use_fips_endpoint=True, use_dualstack_endpoint=True),
}


@pytest.mark.usefixtures("nothing_configured")
@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("partition", SESSION.get_available_partitions())
def test_the_fake_answers_in_every_region_that_botocore_knows(
    codeartifact: FakeCodeArtifact, asked: list[str], partition: str, config: Config
) -> None:
    """Regions without CodeArtifact are included, because AWS may add it there."""
    known = SESSION.get_component("data_loader").load_data("endpoints")["partitions"]
    regions = next(found for found in known if found["partition"] == partition)["regions"]

    unknown = [region for region in regions if not is_known_to_botocore(region, config)]

    assert [call.region for call in codeartifact.calls] == [region for region in regions if region not in unknown]
    assert unknown == [] or (partition.startswith("aws-iso") and config.use_dualstack_endpoint)
    assert asked == []


def is_known_to_botocore(region: str, config: Config) -> bool:
    """Call a region, if botocore knows its endpoint: some partitions have no dual-stack endpoints."""
    try:
        SESSION.create_client("codeartifact", region, config=config).list_domains()
    except (EndpointVariantError, EndpointResolutionError):
        return False
    return True


EVENTS = {
    "provide-client-params", "before-parameter-build", "before-call", "request-created", "before-sign", "before-send",
    "response-received", "needs-retry", "after-call",
}  # fmt: skip


@pytest.mark.parametrize("register", ["register", "register_first", "register_last"])
def test_handlers_of_the_user_see_every_event_of_a_call(
    codeartifact: FakeCodeArtifact, asked: list[str], register: str
) -> None:
    seen: list[str] = []
    client = SESSION.create_client("codeartifact", "us-east-1")
    for event in EVENTS:
        getattr(client.meta.events, register)(f"{event}.codeartifact", lambda event_name, **_: seen.append(event_name))

    client.list_domains()

    assert {name.partition(".")[0] for name in seen} == EVENTS
    assert len(seen) == len(EVENTS)
    assert codeartifact.calls.operations == ["ListDomains"]
    assert asked == []


def test_a_retry_that_a_handler_requests_does_not_wait(codeartifact: FakeCodeArtifact, asked: list[str]) -> None:
    asked_after: list[int] = []

    def once_more(attempts: int, **_: Any) -> int | None:
        asked_after.append(attempts)
        return 3600 if attempts < 3 else None

    client = SESSION.create_client("codeartifact", "us-east-1")
    client.meta.events.register_first("needs-retry.codeartifact", once_more)

    client.list_domains()

    assert asked_after == [1, 2, 3]
    assert asked == []


def test_the_changes_of_a_handler_to_the_request_are_kept(codeartifact: FakeCodeArtifact) -> None:
    def rename(params: dict[str, Any], **_: Any) -> None:
        params["domain"] = f"test-{params['domain']}"

    client = SESSION.create_client("codeartifact", "us-east-1")
    client.meta.events.register("provide-client-params.codeartifact.CreateDomain", rename)

    client.create_domain(domain="acme")

    assert list(codeartifact.domains) == ["test-acme"]


def test_a_handler_of_the_user_may_answer_before_the_fake(codeartifact: FakeCodeArtifact) -> None:
    client = SESSION.create_client("codeartifact", "us-east-1")
    client.meta.events.register(
        "before-call.codeartifact", lambda **_: (type("Http", (), {"status_code": 200})(), {"domains": ["mine"]})
    )

    answer = client.list_domains()

    assert answer["domains"] == ["mine"]
    assert codeartifact.calls == []


def test_a_custom_signer_is_supported(codeartifact: FakeCodeArtifact, asked: list[str]) -> None:
    client = SESSION.create_client("codeartifact", "eu-west-1")
    client.meta.events.register_first("choose-signer.codeartifact", lambda **_: "v4")

    client.list_domains()

    assert codeartifact.calls[0].region == "eu-west-1"
    assert asked == []
