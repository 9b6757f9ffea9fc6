"""Fixtures of the tests of the doors. Each test gets a new client."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def client(codeartifact_client: Any) -> Any:
    """A botocore client of this test only, whose calls come from the fake's own account and region."""
    return codeartifact_client
