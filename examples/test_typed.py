# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Annotated tests, which mypy and pyright check in their strict modes.

The lines that they refuse have a comment that ignores the error. Both report a comment that ignores nothing, so each
comment proves that they refuse its line.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from pytest_codeartifact import (
    Calls,
    ErrorName,
    FakeCodeArtifact,
    OperationName,
    Origin,
    PackageId,
    Repository,
    SeedError,
    ThrottlingException,
    VersionStatus,
    cut_short,
    fake_codeartifact,
    npm,
    pypi,
)


@pytest.fixture
def team(codeartifact: FakeCodeArtifact) -> Repository:
    return codeartifact.add_domain("acme").add_repository("team")


def test_a_deletion_is_recorded(codeartifact: FakeCodeArtifact, codeartifact_client: Any, team: Repository) -> None:
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


def test_planned_faults_are_retried(codeartifact: FakeCodeArtifact, codeartifact_client: Any) -> None:
    codeartifact.fail(
        "ListDomains", ThrottlingException("Rate exceeded"), when=lambda call: "nextToken" not in call.params
    )
    codeartifact.fail("ListDomains", cut_short(2))

    assert codeartifact_client.list_domains()["domains"] == []
    assert codeartifact.calls[0].attempts == 3


@pytest.mark.parametrize("operation", ["ListDomains", "ListRepositories"])
@pytest.mark.parametrize("error", ["ThrottlingException", "ServiceUnavailable"])
def test_names_of_operations_and_errors_may_come_from_a_table(
    codeartifact: FakeCodeArtifact, codeartifact_client: Any, operation: OperationName, error: ErrorName
) -> None:
    codeartifact.fail(operation, error)

    assert codeartifact_client.list_domains()["domains"] == []
    assert codeartifact_client.list_repositories()["repositories"] == []
    assert [call.attempts for call in codeartifact.calls.of(operation)] == [2]


@pytest.mark.parametrize("status", ["Archived", "Unlisted"])
def test_a_status_may_come_from_a_table(team: Repository, status: VersionStatus) -> None:
    version = team.add_package(pypi("tool")).add_version("1.0", status=status)

    assert version.status == status


@pytest.mark.parametrize("operation", ["ListDomains", "DescribeDomain"])
def test_a_plain_str_is_accepted_as_the_name_of_an_operation(codeartifact: FakeCodeArtifact, operation: str) -> None:
    assert codeartifact.calls.of(operation) == []  # type: ignore[arg-type]


def test_invalid_names_are_refused(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    """Type checkers refuse them, and so does the fake."""
    acme = codeartifact.domain("acme")
    with pytest.raises(SeedError):
        codeartifact.fail("DeletePackag", "ThrottlingException")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        codeartifact.fail(["ListDomains", "DeletePackag"], "ThrottlingException")  # type: ignore[list-item]
    with pytest.raises(SeedError):
        codeartifact.fail("DeletePackage", "Throttled")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        codeartifact.fail_versions("DeletePackage", {"1.0": "NOT_FOUND"})  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        codeartifact.fail_versions("DeletePackageVersions", {"1.0": "GONE"})  # type: ignore[dict-item]
    with pytest.raises(SeedError):
        codeartifact.calls.of("DeletePackag")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        codeartifact.public_source("public:npm")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        codeartifact.fork(foreign_domains="hidden")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        FakeCodeArtifact(unused_faults="ignore")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        FakeCodeArtifact(environment="off")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        acme.add_repository("new", external_connection="npmjs")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        acme.add_package_group("/npm/*", restrictions={"PUBLISH": "DENY"})  # type: ignore[dict-item]
    with pytest.raises(SeedError):
        acme.add_package_group("/npm/*", restrictions={"UPSTREAM": "BLOCK"})  # type: ignore[dict-item]
    with pytest.raises(SeedError):
        team.add_package(pypi("tool")).add_version("1.0", status="Deleted")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        team.add_package(pypi("other")).add_version("1.0", origin_type="PUBLIC")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        team.add_package(pypi("another"), origin=Origin("DENY"))  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        PackageId("docker", None, "tool")  # type: ignore[arg-type]
    with pytest.raises(SeedError):
        team.publish(pypi("tool"), "2.0", sumary="...")  # type: ignore[call-arg]


@fake_codeartifact
def rehearse(name: str, *, times: int = 1) -> list[str]:
    return [name] * times


@fake_codeartifact(region="eu-west-1", page_size=2)
async def rehearse_later(name: str) -> list[str]:
    return rehearse(name)


def test_a_decorated_function_keeps_its_types() -> None:
    names: list[str] = rehearse("acme", times=2)
    later: list[str] = asyncio.run(rehearse_later("acme"))
    wrong: list[int] = rehearse("acme")  # type: ignore[assignment]
    with pytest.raises(TypeError):
        rehearse("acme", time=2)  # type: ignore[call-arg]

    assert (names, later, len(wrong)) == (["acme", "acme"], ["acme"], 1)


def test_type_checkers_refuse_a_comparison_with_an_unknown_operation(
    codeartifact: FakeCodeArtifact, codeartifact_client: Any
) -> None:
    codeartifact_client.list_domains()

    calls = codeartifact.calls
    domains = [call for call in calls if call.operation == "ListDomains"]
    misspelt = [call for call in calls if call.operation == "ListDomain"]  # type: ignore[comparison-overlap]

    assert (len(domains), len(misspelt)) == (1, 0)
