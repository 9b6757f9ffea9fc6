"""The events that EventBridge would deliver (behaviour reference, section 21)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    FakeCodeArtifact,
    PackageId,
    Repository,
    SeedError,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import TEAM, upload

TOOL = {**TEAM, "format": "generic", "namespace": "ns", "package": "tool"}

pytestmark = pytest.mark.rule("EV-1")


def publish(client: Any, name: str, content: bytes, **more: Any) -> None:
    upload(client, name, content, **TOOL, packageVersion="1.0", **more)


def changes(codeartifact: FakeCodeArtifact) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (event["detail"]["operationType"], event["detail"]["packageVersionState"], event["detail"]["changes"])
        for event in codeartifact.events
    ]


def counts(added: int = 0, removed: int = 0, updated: int = 0, *, metadata: bool = False, status: bool = False) -> Any:
    return {
        "assetsAdded": added, "assetsRemoved": removed, "assetsUpdated": updated, "metadataUpdated": metadata,
        "statusChanged": status,
    }  # fmt: skip


def test_an_event_has_the_members_that_the_user_guide_shows(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, 12, 30, 15, 999_000, tzinfo=dt.timezone.utc))

    publish(client, "tool.bin", b"content")

    (event,) = codeartifact.events
    assert event.pop("id")
    assert event["detail"].pop("eventDeduplicationId")
    assert event == {
        "version": "0",
        "detail-type": "CodeArtifact Package Version State Change",
        "source": "aws.codeartifact",
        "account": "123456789012",
        "time": "2026-01-31T12:30:15Z",
        "region": "us-east-1",
        "resources": ["arn:aws:codeartifact:us-east-1:123456789012:package/acme/team/generic/ns/tool"],
        "detail": {
            "domainName": "acme",
            "domainOwner": "123456789012",
            "repositoryName": "team",
            "repositoryAdministrator": "123456789012",
            "packageFormat": "generic",
            "packageNamespace": "ns",
            "packageName": "tool",
            "packageVersion": "1.0",
            "packageVersionState": "Published",
            "packageVersionRevision": team.packages[generic("ns", "tool")].versions["1.0"].revision,
            "changes": counts(added=1, metadata=True, status=True),
            "operationType": "Created",
            "sequenceNumber": 1,
        },
    }


def test_each_change_of_a_version_emits_an_event(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    publish(client, "a.bin", b"a", unfinished=True)
    publish(client, "a.bin", b"a", unfinished=True)  # changes nothing
    publish(client, "b.bin", b"b")
    for target in ("Unlisted", "Archived"):
        client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus=target)
    client.dispose_package_versions(**TOOL, versions=["1.0"])
    client.delete_package_versions(**TOOL, versions=["1.0"])

    assert changes(codeartifact) == [
        ("Created", "Unfinished", counts(added=1, metadata=True, status=True)),
        ("Updated", "Published", counts(added=1, status=True)),
        ("Updated", "Unlisted", counts(status=True)),
        ("Updated", "Archived", counts(status=True)),
        ("Updated", "Disposed", counts(removed=2, status=True)),
        ("Deleted", "Disposed", counts()),
    ]
    assert [event["detail"]["sequenceNumber"] for event in codeartifact.events] == [1, 2, 3, 4, 5, 6]
    assert len({event["id"] for event in codeartifact.events}) == 6
    assert len({event["detail"]["eventDeduplicationId"] for event in codeartifact.events}) == 6


def test_deleting_a_package_emits_one_event_for_each_version(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0", "2.0"]).add_version("3.0", assets={"a.whl": b"", "b.whl": b""})

    client.delete_package(**TEAM, format="pypi", package="tool")

    assert [event["detail"]["packageVersion"] for event in codeartifact.events] == ["1.0", "2.0", "3.0"]
    assert changes(codeartifact)[2] == ("Deleted", "Published", counts(removed=2))
    assert codeartifact.events[0]["detail"]["packageNamespace"] is None
    assert codeartifact.events[0]["resources"] == [
        "arn:aws:codeartifact:us-east-1:123456789012:package/acme/team/pypi//tool"
    ]


def test_new_and_overwriting_copies_emit_events(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    other = acme.add_repository("other")
    for repository, content in ((team, b"new"), (other, b"old")):
        repository.add_package(npm("tool")).add_version("1.0.0", assets={"package.tgz": content})
    team.packages[npm("tool")].add_version("2.0.0", assets={"package.tgz": b"x"})
    copy = {"domain": "acme", "sourceRepository": "team", "destinationRepository": "other", "format": "npm"}

    for _ in range(2):  # the second time everything is identical
        client.copy_package_versions(**copy, package="tool", versions=["1.0.0", "2.0.0"], allowOverwrite=True)

    assert changes(codeartifact) == [
        ("Updated", "Published", counts(updated=1)),
        ("Created", "Published", counts(added=1, metadata=True, status=True)),
    ]
    assert {event["detail"]["repositoryName"] for event in codeartifact.events} == {"other"}


@pytest.mark.rule("EV-2")
def test_a_maven_version_emits_an_event_for_each_request(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    id = maven("com.acme", "app")
    half = {"app-1.0.jar": b"jar", "app-1.0.jar.sha1": b"sha1"}

    team.publish(id, "1.0", half, unfinished=True)
    assert len(codeartifact.events) == 1
    team.publish(id, "1.0", {**half, "app-1.0.pom": b"pom", "maven-metadata.xml": b"<metadata/>"})
    team.publish(id, "1.0", {"app-1.0-sources.jar": b"late", "maven-metadata.xml": b"<later/>"})

    assert changes(codeartifact) == [
        ("Created", "Unfinished", counts(added=1, metadata=True, status=True)),
        ("Updated", "Unfinished", counts(added=1)),
        ("Updated", "Published", counts(status=True)),
        ("Updated", "Published", counts(added=1)),
    ]
    assert set(team.packages[id].versions["1.0"].assets) == {
        "app-1.0.jar",
        "app-1.0.pom",
        "app-1.0-sources.jar",
        "maven-metadata.xml",
    }
    assert team.packages[id].versions["1.0"].assets["maven-metadata.xml"] == b"<metadata/>"


@pytest.mark.rule("EV-2")
@pytest.mark.parametrize(("id", "first"), [(pypi("tool"), "Published"), (generic("ns", "tool"), "Unfinished")], ids=str)
def test_assets_of_python_and_generic_versions_emit_one_event_each(
    codeartifact: FakeCodeArtifact, team: Repository, id: PackageId, first: str
) -> None:
    team.publish(id, "1.0", {"a.whl": b"a", "b.whl": b"b"}, summary="A tool")

    assert changes(codeartifact) == [
        ("Created", first, counts(added=1, metadata=True, status=True)),
        ("Updated", "Published", counts(added=1, status=first != "Published")),
    ]


@pytest.mark.rule("EV-2")
def test_assets_of_an_unfinished_generic_version_emit_one_event_each(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.publish(generic("ns", "tool"), "1.0", {"a": b"a", "b": b"b"}, unfinished=True)

    assert [state for _, state, _ in changes(codeartifact)] == ["Unfinished", "Unfinished"]


@pytest.mark.rule("EV-2")
@pytest.mark.parametrize(
    "id", [npm("tool"), nuget("Tool"), ruby("tool"), swift("acme", "tool"), cargo("tool")], ids=str
)
def test_a_version_of_the_other_formats_emits_one_event(
    codeartifact: FakeCodeArtifact, team: Repository, id: PackageId
) -> None:
    team.publish(id, "1.0.0", {"package.tgz": b"a"})

    assert changes(codeartifact) == [("Created", "Published", counts(added=1, metadata=True, status=True))]


@pytest.mark.rule("EV-2")
def test_a_publication_with_one_refused_asset_emits_no_event(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.publish(pypi("tool"), "1.0", {"a.whl": b"a"})

    with pytest.raises(ConflictException):
        team.publish(pypi("tool"), "1.0", {"b.whl": b"b", "a.whl": b"other"})

    assert len(codeartifact.events) == 1
    assert set(team.packages[pypi("tool")].versions["1.0"].assets) == {"a.whl"}


def test_fetching_a_public_version_emits_an_event_for_each_repository(
    codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    codeartifact.public_source("public:npmjs").add_package(npm("lodash"), versions=["4.17.21"])
    store = acme.add_repository("store", external_connection="public:npmjs")
    team = acme.add_repository("team", upstreams=[store])

    for _ in range(2):
        team.fetch(npm("lodash"), "4.17.21")

    assert [event["detail"]["repositoryName"] for event in codeartifact.events] == ["store", "team"]


def test_the_owner_and_the_administrator_each_get_an_event(codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    theirs = acme.add_repository("theirs", administrator="210987654321")

    theirs.publish(generic("ns", "tool"), "1.0")

    owner, administrator = codeartifact.events
    assert (owner["account"], administrator["account"]) == ("123456789012", "210987654321")
    assert owner["id"] != administrator["id"]
    assert owner["detail"] == administrator["detail"]
    assert owner["detail"]["repositoryAdministrator"] == "210987654321"


def test_seeds_failed_batches_and_origin_configurations_emit_no_events(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    client.delete_package_versions(**TEAM, format="pypi", package="tool", versions=["1.0", "9.9"])
    client.put_package_origin_configuration(
        **TEAM, format="pypi", package="tool", restrictions={"publish": "ALLOW", "upstream": "ALLOW"}
    )

    assert codeartifact.events == []
    assert codeartifact.fork().events == []


def test_a_listener_receives_every_event_after_its_call(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(ruby("tool"), versions=["1", "2"])
    heard: list[tuple[str, int]] = []

    def listen(event: dict[str, Any]) -> None:
        # The state is the one after the call, and listeners may call the service themselves.
        left = client.list_package_versions(**TEAM, format="ruby", package="tool")["versions"]
        heard.append((event["detail"]["packageVersion"], len(left)))

    stop = codeartifact.add_event_listener(listen)
    client.delete_package_versions(**TEAM, format="ruby", package="tool", versions=["1"])
    team.publish(ruby("tool"), "3", {"tool-3.gem": b"gem"})
    stop()
    client.delete_package_versions(**TEAM, format="ruby", package="tool", versions=["2"])

    assert heard == [("1", 1), ("3", 2)]
    assert [event["detail"]["packageVersion"] for event in codeartifact.events] == ["1", "3", "2"]


def test_an_exception_of_a_listener_is_raised_by_the_call(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1"])

    def listen(event: dict[str, Any]) -> None:
        raise RuntimeError(event["detail"]["operationType"])

    codeartifact.add_event_listener(listen)

    with pytest.raises(RuntimeError, match="Deleted"):
        client.delete_package(**TEAM, format="pypi", package="tool")
    assert pypi("tool") not in team.packages


def test_event_for_returns_the_event_of_the_publication_of_a_version(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc))
    version = team.publish(npm("@ui/tool"), "1.0.0")

    assert [codeartifact.event_for(version)] == codeartifact.events


def test_event_for_numbers_the_events_of_seeded_versions_by_age(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 4, 1, tzinfo=dt.timezone.utc))
    by_age = {"2.0": {"published": dt.timedelta(days=1), "status": "Unlisted"}, "1.0": {"published": "90 days ago"}}
    versions = team.add_package(pypi("tool"), versions=by_age).versions

    newer, older = (codeartifact.event_for(versions[name]) for name in ("2.0", "1.0"))

    assert [event["detail"]["sequenceNumber"] for event in (older, newer)] == [1, 2]
    assert [event["time"] for event in (older, newer)] == ["2026-01-01T00:00:00Z", "2026-03-31T00:00:00Z"]
    assert newer["detail"]["packageVersionState"] == "Unlisted"
    assert newer["detail"]["operationType"] == "Created"
    assert newer["id"] != older["id"]
    assert codeartifact.event_for(versions["2.0"]) == newer
    assert codeartifact.events == []


def test_event_for_refuses_anything_but_a_version_of_the_fake(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    public = codeartifact.public_source("public:pypi").add_package(pypi("tool"), versions=["1.0"])
    elsewhere = codeartifact.fork().repository("acme", "team").add_package(pypi("tool"), versions=["1.0"])

    for given in ("1.0", pypi("tool"), elsewhere.versions["1.0"]):
        with pytest.raises(SeedError, match=r"event_for takes a version of this fake, not .*versions\['1.0'\]"):
            codeartifact.event_for(given)  # type: ignore[arg-type]  # what a user may pass
    with pytest.raises(SeedError, match="public source, which sends no events"):
        codeartifact.event_for(public.versions["1.0"])
