"""Fixtures of tests of all operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact

from ..support.lax_client import unchecking_client
from ..support.one_call_each import furnish


@pytest.fixture
def furnished(codeartifact: FakeCodeArtifact) -> FakeCodeArtifact:
    """A fake on which every operation can succeed."""
    furnish(codeartifact)
    return codeartifact


@pytest.fixture
def lax(furnished: FakeCodeArtifact, shared: Callable[[Callable[[], Any]], Any]) -> Any:
    """A client without validation, on a fake where every operation can succeed."""
    return shared(unchecking_client)
