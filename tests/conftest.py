"""What the tests of this project share. They talk to the fake through unmodified clients only."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository

pytest_plugins = ["pytester"]


@pytest.fixture
def client(codeartifact_client: Any) -> Any:
    """A botocore client whose calls come from the fake's own account and region."""
    return codeartifact_client


@pytest.fixture
def acme(codeartifact: FakeCodeArtifact) -> Domain:
    """A domain."""
    return codeartifact.add_domain("acme")


@pytest.fixture
def team(acme: Domain) -> Repository:
    """A repository of that domain."""
    return acme.add_repository("team")
