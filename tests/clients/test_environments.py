"""With the variables of a server, every client uses the server and dummy keys, whatever else is set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact

from ..support.acme import ACCOUNT
from ..support.environments import ENVIRONMENTS
from ..support.machines import Done, Machine
from .conftest import Aws


@pytest.fixture(params=list(ENVIRONMENTS))
def developer(request: pytest.FixtureRequest, machine: Machine) -> None:
    """A machine with environment variables of a developer."""
    machine.own.update(ENVIRONMENTS[request.param])


def test_the_aws_cli_finds_the_server(developer: None, aws: Aws, codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    listed = aws("list-domains --query domains[].name")

    assert listed.printed == ["acme"]
    assert [(call.account, call.region) for call in codeartifact.calls] == [(ACCOUNT, "us-east-1")]


def test_the_sdk_for_javascript_finds_the_server(
    developer: None, node: Callable[..., Any], codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    said = node("call.mjs", {"operation": "ListDomains"})

    assert [domain["name"] for domain in said["answer"]["domains"]] == ["acme"]
    assert [(call.account, call.region) for call in codeartifact.calls] == [(ACCOUNT, "us-east-1")]


def test_keyrings_codeartifact_finds_the_server(
    developer: None, keyring: Callable[..., Done], codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    got = keyring("get", f"https://acme-{ACCOUNT}.d.codeartifact.us-east-1.amazonaws.com/pypi/team/simple/", "aws")

    assert (got.code, len(got.out) > 1000) == (0, True), got.err
    assert [(call.account, call.region) for call in codeartifact.calls] == [(ACCOUNT, "us-east-1")]
