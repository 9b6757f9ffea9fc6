# pyright: strict
"""What an annotated test looks like; mypy and pyright check it in their strict modes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pytest_codeartifact import (
    Calls,
    FakeCodeArtifact,
    Origin,
    PackageId,
    Repository,
    ThrottlingException,
    cut_short,
    npm,
    pypi,
)


@pytest.fixture
def team(codeartifact: FakeCodeArtifact) -> Repository:
    return codeartifact.add_domain("acme").add_repository("team")


def test_deleting(codeartifact: FakeCodeArtifact, codeartifact_client: Any, team: Repository) -> None:
    team.add_package(npm("@ui/button"), origin=Origin(publish="ALLOW", upstream="BLOCK"))
    old = team.add_package(pypi("old"))
    old.add_version("1.0", published=timedelta(days=400), assets={"old-1.0.tar.gz": b"..."})
    where = {"domain": "acme", "repository": "team"}

    codeartifact_client.delete_package(**where, format="pypi", package="old")

    gone: set[PackageId] = {pypi("old")}
    calls: Calls = codeartifact.calls.of("DeletePackage", package=pypi("old"))
    assert team.deleted == gone
    assert [deletion.versions for deletion in codeartifact.deletions] == [("1.0",)]
    assert [call.params["package"] for call in calls] == ["old"]


def test_failing(codeartifact: FakeCodeArtifact, codeartifact_client: Any) -> None:
    codeartifact.fail(
        "ListDomains", ThrottlingException("Rate exceeded"), when=lambda call: "nextToken" not in call.params
    )
    codeartifact.fail("ListDomains", cut_short(2))

    assert codeartifact_client.list_domains()["domains"] == []
    assert codeartifact.calls[0].attempts == 3
