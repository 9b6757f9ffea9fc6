"""keyrings.codeartifact, with which pip and twine get their tokens, in a process of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from pytest_codeartifact import AccessDeniedException, Domain, FakeCodeArtifact

from ..support.acme import ACCOUNT, NO_DOMAIN
from ..support.machines import Done, Machine


def url(domain: str, region: str = "us-east-1", account: str = ACCOUNT) -> str:
    """The index that pip is configured with."""
    return f"https://{domain}-{account}.d.codeartifact.{region}.amazonaws.com/pypi/team/simple/"


def test_keyring_prints_a_token(keyring: Callable[..., Done], codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    got = keyring("get", url("acme"), "aws")

    (call,) = codeartifact.calls
    assert call.response is not None
    assert (got.code, got.out.strip()) == (0, call.response["authorizationToken"])
    assert call.params == {"domain": "acme", "domainOwner": ACCOUNT, "durationSeconds": 3600}


def test_the_call_has_the_region_of_the_url_and_its_domain_owner(
    keyring: Callable[..., Done], codeartifact: FakeCodeArtifact
) -> None:
    codeartifact.add_domain("theirs", account="210987654321", region="eu-west-1")

    got = keyring("get", url("theirs", region="eu-west-1", account="210987654321"), "aws")

    assert got.code == 0
    assert [(call.operation, call.account, call.region) for call in codeartifact.calls] == [
        ("GetAuthorizationToken", ACCOUNT, "eu-west-1")
    ]


def test_the_configuration_of_keyring_sets_the_duration_and_the_keys(
    keyring: Callable[..., Done], codeartifact: FakeCodeArtifact, acme: Domain, machine: Machine
) -> None:
    codeartifact.register_access_key("AKIATHEIRS", account="210987654321")
    configuration = machine.home / ".config" / "python_keyring" / "keyringrc.cfg"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(
        "[codeartifact]\ntoken_duration = 1800\naws_access_key_id = AKIATHEIRS\naws_secret_access_key = secret\n"
    )

    got = keyring("get", url("acme"), "aws")

    (call,) = codeartifact.calls
    assert got.code == 0
    assert (call.params["durationSeconds"], call.account) == (1800, "210987654321")


@pytest.mark.parametrize("expired", [True, False])
def test_an_expired_token_is_not_printed(
    keyring: Callable[..., Done], codeartifact: FakeCodeArtifact, acme: Domain, expired: bool
) -> None:
    now = dt.datetime.now(dt.timezone.utc)
    codeartifact.clock.set(now - dt.timedelta(hours=1, minutes=5 if expired else -5))

    got = keyring("get", url("acme"), "aws")

    assert bool(got.out.strip()) is not expired
    assert ("Received an expired CodeArtifact token" in got.err) is expired
    assert codeartifact.calls.operations == ["GetAuthorizationToken"]


def test_errors_of_the_service_are_printed(
    keyring: Callable[..., Done], codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    codeartifact.fail("GetAuthorizationToken", AccessDeniedException("Not you"), when={"domain": "acme"})

    denied, missing = keyring("get", url("acme"), "aws"), keyring("get", url("nowhere"), "aws")

    assert denied.code != 0
    assert "(AccessDeniedException) when calling the GetAuthorizationToken operation: Not you" in denied.err
    assert missing.code != 0
    assert f"(ResourceNotFoundException) when calling the GetAuthorizationToken operation: {NO_DOMAIN}" in missing.err
    assert all(call.error is not None for call in codeartifact.calls)


def test_other_urls_cause_no_calls(keyring: Callable[..., Done], codeartifact: FakeCodeArtifact) -> None:
    got = keyring("get", "https://packages.example/simple/", "aws")

    assert (got.code, got.out) == (1, "")
    assert not codeartifact.calls
