"""Snapshots of Maven packages and their builds (behaviour reference, rule F-9)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    FakeCodeArtifact,
    Origin,
    Repository,
    ResourceNotFoundException,
    ValidationException,
    maven,
)

from ..support.acme import TEAM

APP = maven("com.acme", "app")
IN_TEAM = {**TEAM, "format": "maven", "namespace": "com.acme", "package": "app"}
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
SNAPSHOT = "1.0-SNAPSHOT"
BUILDS = ["1.0-20240101.101010-1", "1.0-20240102.101010-2", "1.0-20240103.101010-3"]

pytestmark = pytest.mark.rule("F-9")

each_kind = pytest.mark.parametrize("version", [SNAPSHOT, BUILDS[0]])


def files(build: str, content: bytes = b"jar") -> dict[str, bytes]:
    """The files that a client uploads for a build."""
    return {f"app-{build}.jar": content, f"app-{build}.pom": b"<project/>"}


def statuses(repository: Repository) -> dict[str, str]:
    """The status of each version."""
    return {version: handle.status for version, handle in repository.packages[APP].versions.items()}


def publish(repository: Repository, *builds: str) -> None:
    for build in builds:
        repository.publish(APP, SNAPSHOT, files(build))


# Publishing


def test_n_builds_of_a_snapshot_make_n_plus_one_versions(client: Any, team: Repository) -> None:
    publish(team, *BUILDS)

    assert statuses(team) == {**dict.fromkeys(BUILDS, "Unlisted"), SNAPSHOT: "Published"}
    versions = team.packages[APP].versions
    assert versions[SNAPSHOT].assets == versions[BUILDS[2]].assets == files(BUILDS[2])
    assert len({version.revision for version in versions.values()}) == 4
    assert client.list_package_versions(**IN_TEAM)["defaultDisplayVersion"] == SNAPSHOT


@pytest.mark.rule("S-1", "S-3", "A-3", "L-6")
def test_a_build_is_unfinished_until_its_metadata_is_uploaded(client: Any, team: Repository) -> None:
    build = team.publish(APP, SNAPSHOT, files(BUILDS[0]), unfinished=True)
    revision = build.revision

    assert build.version == BUILDS[0]
    assert statuses(team) == {BUILDS[0]: "Unfinished"}
    assert "defaultDisplayVersion" not in client.list_package_versions(**IN_TEAM)
    team.publish(APP, SNAPSHOT, files(BUILDS[0]))

    assert statuses(team) == {BUILDS[0]: "Unlisted", SNAPSHOT: "Published"}
    assert build.revision == revision != team.packages[APP].versions[SNAPSHOT].revision


def test_other_unfinished_builds_stay_unfinished(team: Repository) -> None:
    team.publish(APP, SNAPSHOT, files(BUILDS[0]), unfinished=True)

    publish(team, BUILDS[1])

    assert statuses(team) == {BUILDS[0]: "Unfinished", BUILDS[1]: "Unlisted", SNAPSHOT: "Published"}


@pytest.mark.parametrize(
    "name",
    [
        "app-1.0-SNAPSHOT.jar",
        "app-1.0.jar",
        "app-1.1-20240101.101010-1.jar",
        "other-1.0-20240101.101010-1.jar",
        "app-1.0-20240101-1.jar",
        "app-1.0-20240101.101010.jar",
        "app-1.0-20240101.101010-1",
        "app-1.0-20240101.101010-1sources.jar",
    ],
)
def test_other_names_than_those_of_unique_snapshots_are_refused(team: Repository, name: str) -> None:
    with pytest.raises(ValidationException) as caught:
        team.publish(APP, SNAPSHOT, {**files(BUILDS[0]), name: b"jar"})

    assert (caught.value.status, caught.value.message) == (400, "Invalid name for a Snapshot build asset")
    assert APP not in team.packages


@pytest.mark.parametrize("name", ["app-1.0-20240101.101010-1-sources.jar", "app-1.0-20240101.101010-1-a-b.tar.gz"])
def test_a_build_may_have_classifiers(team: Repository, name: str) -> None:
    version = team.publish(APP, SNAPSHOT, {name: b"x"})

    assert version.assets == {name: b"x"}


def test_metadata_and_checksums_are_not_assets_of_a_snapshot(team: Repository) -> None:
    uploaded = {**files(BUILDS[0]), f"app-{BUILDS[0]}.jar.sha1": b"", "maven-metadata.xml": b"<metadata/>"}

    version = team.publish(APP, SNAPSHOT, uploaded)

    assert version.assets == files(BUILDS[0])


def test_publishing_a_snapshot_without_assets_makes_the_next_build(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    codeartifact.clock.set(NEW_YEAR)
    publish(team, BUILDS[1])

    version = team.publish(APP, SNAPSHOT)

    assert version.version == SNAPSHOT
    assert all(name.startswith("app-1.0-20260101.000000-3.") for name in version.assets)
    assert statuses(team) == {BUILDS[1]: "Unlisted", "1.0-20260101.000000-3": "Unlisted", SNAPSHOT: "Published"}


def test_a_build_with_no_assets_is_refused(team: Repository) -> None:
    with pytest.raises(ValidationException, match="snapshot"):
        team.publish(APP, SNAPSHOT, {})

    assert APP not in team.packages


def test_publishing_a_build_publishes_the_snapshot(team: Repository) -> None:
    build = team.publish(APP, BUILDS[0], files(BUILDS[0]))

    assert build.version == BUILDS[0]
    assert statuses(team) == {BUILDS[0]: "Unlisted", SNAPSHOT: "Published"}
    with pytest.raises(ValidationException, match="Invalid name for a Snapshot build asset"):
        team.publish(APP, BUILDS[1], files(BUILDS[0]))


@pytest.mark.rule("P-16", "EV-2")
def test_the_same_build_again_changes_nothing(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    publish(team, BUILDS[0])
    codeartifact.clock.advance(dt.timedelta(days=1))

    with codeartifact.unchanged():
        publish(team, BUILDS[0])

    assert len(codeartifact.events) == 4
    with pytest.raises(ConflictException):
        team.publish(APP, SNAPSHOT, files(BUILDS[0], b"other"))


@pytest.mark.rule("S-7")
def test_a_snapshot_has_the_time_of_its_newest_build(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    codeartifact.clock.set(NEW_YEAR)
    publish(team, BUILDS[0])
    codeartifact.clock.advance(dt.timedelta(days=1))
    publish(team, BUILDS[1])

    published = {version: handle.published for version, handle in team.packages[APP].versions.items()}

    later = NEW_YEAR + dt.timedelta(days=1)
    assert published == {BUILDS[0]: NEW_YEAR, BUILDS[1]: later, SNAPSHOT: later}


@pytest.mark.rule("P-14")
@pytest.mark.parametrize(("status", "taken"), [("Unlisted", False), ("Archived", True), ("Disposed", True)])
def test_an_archived_or_disposed_snapshot_refuses_the_next_build(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, status: str, taken: bool
) -> None:
    publish(team, BUILDS[0])
    if status == "Disposed":
        client.dispose_package_versions(**IN_TEAM, versions=[SNAPSHOT])
    else:
        client.update_package_versions_status(**IN_TEAM, versions=[SNAPSHOT], targetStatus=status)

    if taken:
        with codeartifact.unchanged(), pytest.raises(ConflictException):
            publish(team, BUILDS[1])
    else:
        publish(team, BUILDS[1])
        assert team.packages[APP].versions[SNAPSHOT].status == "Published"


@pytest.mark.rule("Q-2")
def test_builds_can_be_deleted_by_their_status(client: Any, team: Repository) -> None:
    publish(team, *BUILDS)

    client.delete_package_versions(**IN_TEAM, versions=BUILDS, expectedStatus="Unlisted")

    assert statuses(team) == {SNAPSHOT: "Published"}
    assert team.packages[APP].versions[SNAPSHOT].assets == files(BUILDS[2])


@pytest.mark.rule("EV-2")
def test_a_build_and_its_snapshot_have_events(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    publish(team, *BUILDS[:2])

    details = [event["detail"] for event in codeartifact.events]
    assert [(one["packageVersion"], one["operationType"], one["packageVersionState"]) for one in details] == [
        (BUILDS[0], "Created", "Unfinished"),
        (BUILDS[0], "Updated", "Unfinished"),
        (BUILDS[0], "Updated", "Unlisted"),
        (SNAPSHOT, "Created", "Published"),
        (BUILDS[1], "Created", "Unfinished"),
        (BUILDS[1], "Updated", "Unfinished"),
        (BUILDS[1], "Updated", "Unlisted"),
        (SNAPSHOT, "Updated", "Published"),
    ]
    assert (details[-1]["changes"]["assetsAdded"], details[-1]["changes"]["assetsRemoved"]) == (2, 2)


def test_snapshots_survive_a_dump_and_a_fork(codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Any) -> None:
    publish(team, *BUILDS[:2])
    before = statuses(team)
    codeartifact.dump(tmp_path / "seed.json")

    with FakeCodeArtifact() as loaded:
        loaded.load(tmp_path / "seed.json")
        again = loaded.repository("acme", "team")
        assert statuses(again) == before
        publish(again, BUILDS[2])
        assert len(statuses(again)) == 4
    assert statuses(codeartifact.fork().repository("acme", "team")) == before


# Public sources


@pytest.fixture
def store(codeartifact: FakeCodeArtifact, acme: Domain) -> Repository:
    """A repository with an external connection, behind which there are a snapshot and a build."""
    package = codeartifact.public_source("public:maven-central").add_package(APP)
    for version in (SNAPSHOT, BUILDS[0]):
        package.add_version(version, assets=files(BUILDS[0]))
    return acme.add_repository("store", external_connection="public:maven-central")


@pytest.mark.rule("U-9")
@each_kind
def test_snapshots_are_not_fetched_through_an_external_connection(
    acme: Domain, store: Repository, version: str
) -> None:
    downstream = acme.add_repository("downstream", upstreams=[store])

    for repository in (store, downstream):
        with pytest.raises(ResourceNotFoundException, match="snapshots are not fetched") as caught:
            repository.fetch(APP, version)
        assert caught.value.resource_type == "package-version"
        assert APP not in repository.packages


@pytest.mark.rule("C-5")
@each_kind
def test_snapshots_are_not_copied_through_an_external_connection(
    acme: Domain, client: Any, store: Repository, version: str
) -> None:
    acme.add_repository("copies")

    answer = client.copy_package_versions(
        domain="acme",
        sourceRepository="store",
        destinationRepository="copies",
        format="maven",
        namespace="com.acme",
        package="app",
        versions=[version],
        includeFromUpstream=True,
    )

    assert answer["failedVersions"][version]["errorCode"] == "NOT_FOUND"
    assert APP not in acme.repositories["copies"].packages


@pytest.mark.rule("K-7")
@each_kind
def test_a_snapshot_that_exists_in_a_public_source_can_be_published(store: Repository, version: str) -> None:
    store.publish(APP, version, files(BUILDS[0]))

    assert statuses(store) == {BUILDS[0]: "Unlisted", SNAPSHOT: "Published"}


def test_releases_of_the_same_package_are_ingested(codeartifact: FakeCodeArtifact, store: Repository) -> None:
    codeartifact.public_source("public:maven-central").packages[APP].add_version("1.0", assets={"app-1.0.jar": b""})

    assert store.fetch(APP, "1.0").origin_type == "EXTERNAL"


# Upstreams in the domain


@pytest.fixture
def downstream(acme: Domain, team: Repository) -> Repository:
    """A repository behind `team`."""
    return acme.add_repository("downstream", upstreams=[team])


@pytest.mark.rule("U-9")
@each_kind
def test_snapshots_of_an_upstream_are_retained(team: Repository, downstream: Repository, version: str) -> None:
    publish(team, BUILDS[0])

    fetched = downstream.fetch(APP, version)

    assert fetched.assets == files(BUILDS[0])
    assert fetched.entry_point == "team"


@pytest.mark.rule("U-9")
def test_a_retained_snapshot_is_updated_from_its_upstream(team: Repository, downstream: Repository) -> None:
    publish(team, BUILDS[0])
    retained = downstream.fetch(APP, SNAPSHOT)
    publish(team, BUILDS[1])

    downstream.fetch(APP, SNAPSHOT, asset=f"app-{BUILDS[1]}.jar")

    assert retained.assets == files(BUILDS[1])
    assert retained.revision == team.packages[APP].versions[SNAPSHOT].revision
    assert statuses(downstream) == {SNAPSHOT: "Published"}


@pytest.mark.rule("U-9")
def test_an_asset_of_an_older_build_is_fetched_from_that_build(team: Repository, downstream: Repository) -> None:
    publish(team, *BUILDS[:2])
    asset = f"app-{BUILDS[0]}.jar"

    fetched = downstream.fetch(APP, SNAPSHOT, asset=asset)

    assert (fetched.version, asset in fetched.assets) == (BUILDS[0], True)
    assert statuses(downstream) == {BUILDS[0]: "Unlisted"}
    with pytest.raises(ResourceNotFoundException):
        downstream.fetch(APP, SNAPSHOT, asset=f"app-{BUILDS[2]}.jar")


@pytest.mark.rule("K-7")
def test_the_snapshot_of_the_upstream_is_served_unless_upstreams_are_blocked(
    client: Any, team: Repository, downstream: Repository
) -> None:
    publish(team, BUILDS[0])
    downstream.add_package(APP, origin=Origin("ALLOW", "ALLOW"))
    publish(downstream, BUILDS[1])

    assert downstream.fetch(APP, SNAPSHOT).assets == files(BUILDS[0])

    client.put_package_origin_configuration(
        **{**IN_TEAM, "repository": "downstream"}, restrictions={"publish": "ALLOW", "upstream": "BLOCK"}
    )
    publish(downstream, BUILDS[2])
    assert downstream.fetch(APP, SNAPSHOT).assets == files(BUILDS[2])
    with pytest.raises(ConflictException):
        downstream.publish(APP, SNAPSHOT, files(BUILDS[2], b"other"))


@pytest.mark.rule("K-7")
def test_a_build_that_exists_upstream_is_a_conflict(team: Repository, downstream: Repository) -> None:
    publish(team, BUILDS[0])
    downstream.add_package(APP, origin=Origin("ALLOW", "ALLOW"))

    with pytest.raises(ConflictException, match="20240101"):
        publish(downstream, BUILDS[0])


@pytest.mark.rule("S-1")
@pytest.mark.parametrize("status", ["Archived", "Disposed"])
def test_an_archived_or_disposed_snapshot_upstream_does_not_update_the_retained_one(
    client: Any, team: Repository, downstream: Repository, status: str
) -> None:
    publish(team, BUILDS[0])
    retained = downstream.fetch(APP, SNAPSHOT)
    publish(team, BUILDS[1])
    if status == "Archived":
        client.update_package_versions_status(**IN_TEAM, versions=[SNAPSHOT], targetStatus=status)
    else:
        client.dispose_package_versions(**IN_TEAM, versions=[SNAPSHOT])

    downstream.fetch(APP, SNAPSHOT)

    assert retained.assets == files(BUILDS[0])
