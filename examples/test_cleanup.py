"""Tests of a clean-up tool that cannot be tried on a real repository. Its code is unmodified."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cleanup import main

from pytest_codeartifact import FakeCodeArtifact, PackageId, Repository, ThrottlingException, generic, npm, pypi

NOW = datetime.now(timezone.utc)
YESTERDAY, LAST_YEAR, LONG_AGO = (NOW - timedelta(days=days) for days in (1, 400, 900))


@pytest.fixture
def team(codeartifact: FakeCodeArtifact) -> Repository:
    """A repository with something of everything."""
    team = codeartifact.add_domain("acme").add_repository("team")
    tool = team.add_package(pypi("tool"))
    tool.add_version("1.0", published=LONG_AGO)
    tool.add_version("1.1", published=LAST_YEAR)
    tool.add_version("2.0", published=YESTERDAY)
    team.add_package(npm("@ui/button")).add_version("1.0.0", published=LONG_AGO)
    team.add_package(pypi("abandoned")).add_version("0.1", status="Archived", published=LONG_AGO)
    team.add_package(generic("builds", "half-uploaded")).add_version("1", status="Unfinished", published=YESTERDAY)
    team.add_package(npm("reserved-name"))
    return team


def test_stale_versions_and_packages_without_a_published_version_are_deleted(team: Repository) -> None:
    assert main(["acme", "team"]) == 0

    assert team.deleted == {pypi("abandoned"), generic("builds", "half-uploaded"), npm("reserved-name")}
    assert team.deleted_versions == {(pypi("tool"), "1.0"), (pypi("tool"), "1.1")}


def test_the_newest_published_version_is_kept_at_any_age(team: Repository) -> None:
    main(["acme", "team", "--older-than", "0"])

    assert list(team.packages[npm("@ui/button")].versions) == ["1.0.0"]
    assert list(team.packages[pypi("tool")].versions) == ["2.0"]


def test_a_dry_run_writes_nothing(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    assert main(["acme", "team", "--dry-run"]) == 0

    assert codeartifact.calls.writes == []
    assert codeartifact.deletions == []


@pytest.mark.parametrize("kept", [pypi("tool"), npm("reserved-name"), generic("builds", "half-uploaded")], ids=repr)
def test_packages_on_the_keep_list_are_not_deleted(team: Repository, tmp_path: Path, kept: PackageId) -> None:
    keep = tmp_path / "keep.txt"
    keep.write_text("tool\nreserved-*\nbuilds/*\n")

    main(["acme", "team", "--keep", str(keep)])

    assert team.deleted == {pypi("abandoned")}
    assert team.deleted_versions == set()
    assert kept in team.packages


@pytest.mark.codeartifact(page_size=2)
def test_packages_of_all_pages_are_deleted(codeartifact: FakeCodeArtifact) -> None:
    team = codeartifact.add_domain("acme").add_repository("team")
    empty = [pypi(f"empty-{number}") for number in range(25)]
    team.add_packages(empty)

    main(["acme", "team"])

    assert team.deleted == set(empty)
    assert len(codeartifact.calls.of("ListPackages")) == 13


def test_throttling_is_retried(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    codeartifact.fail("DeletePackage", ThrottlingException("Rate exceeded"), times=2)

    assert main(["acme", "team"]) == 0

    assert len(team.deleted) == 3


def test_one_package_that_cannot_be_deleted_does_not_stop_the_others(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    codeartifact.fail("DeletePackage", "AccessDeniedException", when=lambda call: call.params["package"] == "abandoned")

    assert main(["acme", "team"]) == 1

    assert pypi("abandoned") in team.packages
    assert team.deleted == {generic("builds", "half-uploaded"), npm("reserved-name")}


def test_a_version_that_is_archived_meanwhile_is_not_deleted(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    """Another client archives 1.0 between the list and the deletion; the tool says which status it expects."""
    other = codeartifact.client()

    def meanwhile(_call: object) -> bool:
        other.update_package_versions_status(
            domain="acme", repository="team", format="pypi", package="tool", versions=["1.0"], targetStatus="Archived"
        )
        return False

    watch = codeartifact.fail("DeletePackageVersions", "ConflictException", when=meanwhile)
    assert main(["acme", "team"]) == 1
    watch.cancel()

    assert team.deleted_versions == set()
    assert team.packages[pypi("tool")].versions["1.0"].status == "Archived"
