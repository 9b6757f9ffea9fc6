"""`Repository.publish`, which publishes like package managers (behaviour reference, sections 12 and 13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    PackageId,
    Repository,
    SeedError,
    ServiceQuotaExceededException,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import ONE_OF_EACH_FORMAT, of

LODASH, REQUESTS, COMMONS = npm("lodash"), pypi("requests"), maven("org.apache", "commons")

each_of_the_other_formats = pytest.mark.parametrize(
    "id", [id for id in ONE_OF_EACH_FORMAT if id.format != "generic"], ids=str
)


# The published version


@pytest.mark.rule("P-15", "P-12", "K-3", "S-4")
@each_of_the_other_formats
def test_packages_of_every_format_can_be_published(client: Any, team: Repository, id: PackageId) -> None:
    version = team.publish(id, "1.0.0", {"package.tgz": b"a"}, summary="The first.")

    described = client.describe_package_version(**of(id), packageVersion="1.0.0")["packageVersion"]
    assert described["status"] == "Published"
    assert described["origin"] == {"domainEntryPoint": {"repositoryName": "team"}, "originType": "INTERNAL"}
    assert described["summary"] == "The first."
    assert described["revision"] == version.revision
    assert version.assets == {"package.tgz": b"a"}
    assert team.packages[id].origin == Origin("ALLOW", "BLOCK")


@pytest.mark.rule("K-3")
def test_a_new_package_of_a_restricted_group_is_open(acme: Domain, team: Repository) -> None:
    acme.add_package_group("/npm/*", restrictions={"EXTERNAL_UPSTREAM": "ALLOW_SPECIFIC_REPOSITORIES"})

    team.publish(LODASH, "1.0.0")

    assert team.packages[LODASH].origin == Origin("ALLOW", "ALLOW")


@pytest.mark.rule("F-7")
def test_a_version_published_without_assets_has_the_files_of_its_package_manager(team: Repository) -> None:
    assert set(team.publish(LODASH, "1.0.0").assets) == {"package.tgz"}
    assert set(team.publish(COMMONS, "1.0").assets) == {
        "commons-1.0.jar",
        "commons-1.0.pom",
        "maven-metadata.xml",
    }
    assert set(team.publish(pypi("flatten-json"), "0.1.7").assets) == {
        "flatten_json-0.1.7-py3-none-any.whl",
        "flatten_json-0.1.7.tar.gz",
    }


# Publishing again


@pytest.mark.rule("P-5", "S-3", "S-7")
@each_of_the_other_formats
def test_publishing_the_same_again_changes_nothing(
    codeartifact: FakeCodeArtifact, team: Repository, id: PackageId
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))
    first = team.publish(id, "1.0.0", {"package.tgz": b"a"})
    before = (first.revision, first.status, first.published, dict(first.assets))
    codeartifact.clock.advance(dt.timedelta(days=1))

    again = team.publish(id, "1.0.0", {"package.tgz": b"a"})

    assert (again.revision, again.status, again.published, dict(again.assets)) == before
    assert set(team.packages[id].versions) == {"1.0.0"}


@pytest.mark.rule("P-5")
def test_a_published_generic_version_cannot_be_published_again(team: Repository) -> None:
    version = team.publish(generic("tools", "installer"), "1.0", {"tool.bin": b"hello"})

    with pytest.raises(ConflictException) as caught:
        team.publish(generic("tools", "installer"), "1.0", {"tool.bin": b"hello"})

    assert (caught.value.resource_type, caught.value.resource_id) == ("package-version", "1.0")
    assert version.assets == {"tool.bin": b"hello"}


@pytest.mark.rule("P-6")
@each_of_the_other_formats
def test_other_content_under_the_same_name_is_a_conflict(team: Repository, id: PackageId) -> None:
    version = team.publish(id, "1.0.0", {"package.tgz": b"a"})
    revision = version.revision

    with pytest.raises(ConflictException) as caught:
        team.publish(id, "1.0.0", {"package.tgz": b"other"})

    assert caught.value.status == 409
    assert "package.tgz" in caught.value.message
    assert version.assets == {"package.tgz": b"a"}
    assert version.revision == revision


@pytest.mark.rule("P-14", "S-1", "Q-8")
@pytest.mark.parametrize("status", ["Archived", "Disposed"])
@each_of_the_other_formats
def test_an_archived_or_disposed_version_cannot_be_published_again(
    client: Any, team: Repository, id: PackageId, status: str
) -> None:
    version = team.publish(id, "1.0.0", {"package.tgz": b"a"})
    if status == "Archived":
        client.update_package_versions_status(**of(id), versions=["1.0.0"], targetStatus=status)
    else:
        client.dispose_package_versions(**of(id), versions=["1.0.0"])

    with pytest.raises(ConflictException) as caught:
        team.publish(id, "1.0.0", {"package.tgz": b"a"})

    assert "1.0.0" in caught.value.message
    assert version.status == status


@pytest.mark.rule("Q-3", "Q-8", "S-3")
@each_of_the_other_formats
def test_a_deleted_version_can_be_published_again(client: Any, team: Repository, id: PackageId) -> None:
    revision = team.publish(id, "1.0.0", {"package.tgz": b"a"}).revision
    client.delete_package_versions(**of(id), versions=["1.0.0"])

    version = team.publish(id, "1.0.0", {"package.tgz": b"a"})

    assert version.status == "Published"
    assert version.revision != revision


@pytest.mark.rule("P-16", "P-14")
@each_of_the_other_formats
def test_an_unlisted_version_accepts_further_assets_in_python_and_maven_only(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, id: PackageId
) -> None:
    version = team.publish(id, "1.0.0", {"package.tgz": b"a"})
    revision = version.revision
    client.update_package_versions_status(**of(id), versions=["1.0.0"], targetStatus="Unlisted")
    earlier = len(codeartifact.events)

    if id.format not in ("pypi", "maven"):
        with pytest.raises(ConflictException, match=r"1\.0\.0"):
            team.publish(id, "1.0.0", {"package.tgz": b"a"})
        return

    team.publish(id, "1.0.0", {"package.tgz": b"a"})
    assert (version.status, version.revision, len(codeartifact.events)) == ("Unlisted", revision, earlier)
    with pytest.raises(ConflictException, match=r"package\.tgz"):
        team.publish(id, "1.0.0", {"package.tgz": b"other", "more.zip": b"more"})
    team.publish(id, "1.0.0", {"more.zip": b"more"})
    assert version.assets == {"package.tgz": b"a", "more.zip": b"more"}
    assert version.status == "Unlisted"
    assert version.revision != revision


# Further assets


@pytest.mark.rule("F-7", "S-3", "S-7")
@pytest.mark.parametrize("id", [REQUESTS, COMMONS], ids=str)
def test_python_and_maven_versions_get_further_assets(
    codeartifact: FakeCodeArtifact, team: Repository, id: PackageId
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))
    version = team.publish(id, "1.0", {"package.tgz": b"a"}, summary="As it was.")
    revision, published = version.revision, version.published
    codeartifact.clock.advance(dt.timedelta(days=1))

    team.publish(id, "1.0", {"package.tgz": b"a", "b.bin": b"b"})

    assert version.assets == {"package.tgz": b"a", "b.bin": b"b"}
    assert version.revision != revision
    assert (version.status, version.published, version.summary) == ("Published", published, "As it was.")


@pytest.mark.rule("F-7")
@pytest.mark.parametrize("id", [nuget("tool"), ruby("tool"), swift("apple", "tool"), cargo("tool")], ids=str)
def test_versions_of_the_newer_formats_get_no_further_assets(team: Repository, id: PackageId) -> None:
    version = team.publish(id, "1.0.0", {"a": b"a"})

    with pytest.raises(ConflictException, match="already exists"):
        team.publish(id, "1.0.0", {"a": b"a", "b": b"b"})

    assert version.assets == {"a": b"a"}


@pytest.mark.rule("S-3")
def test_the_same_content_has_the_same_revision_if_uploaded_in_one_or_two_steps(acme: Domain, team: Repository) -> None:
    at_once = acme.add_repository("other").publish(REQUESTS, "1.0", {"a.whl": b"a", "b.whl": b"b"})
    one_by_one = team.publish(REQUESTS, "1.0", {"a.whl": b"a"})

    team.publish(REQUESTS, "1.0", {"b.whl": b"b"})

    assert one_by_one.revision == at_once.revision


@pytest.mark.rule("F-7")
@pytest.mark.parametrize("assets", [{"more.tgz": b"more"}, {"package.tgz": b"bytes", "more.tgz": b"more"}], ids=list)
def test_a_second_asset_of_an_npm_version_is_refused(team: Repository, assets: dict[str, bytes]) -> None:
    version = team.publish(LODASH, "1.0.0", {"package.tgz": b"bytes"})

    for number in ("1.0.0", "2.0.0"):
        with pytest.raises(SeedError, match=r"package\.tgz"):
            team.publish(LODASH, number, assets)

    assert version.assets == {"package.tgz": b"bytes"}
    assert set(team.packages[LODASH].versions) == {"1.0.0"}


@pytest.mark.rule("P-6", "F-7")
def test_one_asset_in_conflict_refuses_all_assets_of_the_upload(team: Repository) -> None:
    version = team.publish(REQUESTS, "1.0", {"a.whl": b"a"})

    with pytest.raises(ConflictException):
        team.publish(REQUESTS, "1.0", {"b.whl": b"b", "a.whl": b"other"})

    assert version.assets == {"a.whl": b"a"}


@pytest.mark.rule("S-1", "S-7", "P-4")
@pytest.mark.parametrize("id", [COMMONS, generic("tools", "installer")], ids=str)
def test_a_version_is_unfinished_until_the_upload_that_finishes_it(
    codeartifact: FakeCodeArtifact, team: Repository, id: PackageId
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))
    version = team.publish(id, "1.0", {"a.jar": b"a"}, unfinished=True)
    assert (version.status, version.published) == ("Unfinished", codeartifact.clock.now())
    codeartifact.clock.advance(dt.timedelta(minutes=1))

    team.publish(id, "1.0", {"a.pom": b"b"})

    assert (version.status, version.published) == ("Published", codeartifact.clock.now())
    assert version.assets == {"a.jar": b"a", "a.pom": b"b"}


@pytest.mark.rule("P-9")
def test_quotas_apply_to_package_managers(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    codeartifact.quotas.asset_bytes = 10
    codeartifact.quotas.assets_per_version = 2
    team.publish(REQUESTS, "1.0", {"a.whl": b"x" * 10, "b.whl": b""})

    with pytest.raises(ServiceQuotaExceededException):
        team.publish(REQUESTS, "1.0", {"c.whl": b""})
    with pytest.raises(ServiceQuotaExceededException):
        team.publish(REQUESTS, "2.0", {"a.whl": b"x" * 11})

    assert set(team.packages[REQUESTS].versions) == {"1.0"}
    assert set(team.packages[REQUESTS].versions["1.0"].assets) == {"a.whl", "b.whl"}


# npm's tags


@pytest.mark.rule("L-6", "P-5")
def test_publishing_the_same_version_again_does_not_move_the_latest_tag(team: Repository) -> None:
    team.publish(LODASH, "1.0.0")
    team.publish(LODASH, "2.0.0")

    team.publish(LODASH, "1.0.0")

    assert team.packages[LODASH].dist_tags == {"latest": "2.0.0"}


@pytest.mark.rule("L-6")
def test_publishing_moves_the_latest_tag(client: Any, team: Repository) -> None:
    team.publish(LODASH, "2.0.0")

    team.publish(LODASH, "1.9.1")

    assert team.packages[LODASH].dist_tags == {"latest": "1.9.1"}
    assert client.list_package_versions(**of(LODASH))["defaultDisplayVersion"] == "1.9.1"


@pytest.mark.rule("L-6")
def test_publishing_with_another_tag_does_not_move_the_latest_tag(client: Any, team: Repository) -> None:
    team.publish(LODASH, "1.0.0")

    team.publish(LODASH, "2.0.0-beta.1", dist_tag="beta")

    assert team.packages[LODASH].dist_tags == {"latest": "1.0.0", "beta": "2.0.0-beta.1"}
    assert client.list_package_versions(**of(LODASH))["defaultDisplayVersion"] == "1.0.0"


@pytest.mark.rule("L-6")
def test_other_formats_have_no_tags(team: Repository) -> None:
    team.publish(REQUESTS, "1.0")

    assert team.packages[REQUESTS].dist_tags == {}


# Origin controls


@pytest.mark.rule("P-10", "K-7")
@pytest.mark.parametrize("upstream", ["ALLOW", "BLOCK"])
@each_of_the_other_formats
def test_publishing_to_a_package_that_blocks_it_is_refused(
    team: Repository, id: PackageId, upstream: OriginSwitch
) -> None:
    team.add_package(id, versions=["0.9.0"], origin=Origin("BLOCK", upstream))

    with pytest.raises(ConflictException, match="This package is configured to block new versions") as caught:
        team.publish(id, "1.0.0")

    assert caught.value.resource_type == "package"
    assert set(team.packages[id].versions) == {"0.9.0"}


@pytest.mark.rule("K-10")
def test_a_publish_block_applies_to_one_repository_only(acme: Domain, team: Repository) -> None:
    team.add_package(REQUESTS, origin=Origin("BLOCK", "ALLOW"))

    acme.add_repository("other").publish(REQUESTS, "1.0")

    assert set(team.packages[REQUESTS].versions) == set()


@pytest.mark.rule("K-7")
@pytest.mark.parametrize("id", [LODASH, REQUESTS, COMMONS, nuget("Newtonsoft.Json")], ids=str)
def test_a_version_that_exists_upstream_is_a_conflict(acme: Domain, team: Repository, id: PackageId) -> None:
    team.add_package(id, versions=["1.0.0"])
    middle = acme.add_repository("middle", upstreams=[team])
    downstream = acme.add_repository("downstream", upstreams=[middle])
    downstream.add_package(id, origin=Origin("ALLOW", "ALLOW"))

    with pytest.raises(ConflictException) as caught:
        downstream.publish(id, "1.0.0")
    downstream.publish(id, "2.0.0")

    assert caught.value.status == 409
    assert "1.0.0" in caught.value.message
    assert set(downstream.packages[id].versions) == {"2.0.0"}


@pytest.mark.rule("K-7")
def test_a_version_that_a_public_repository_has_is_a_conflict(
    codeartifact: FakeCodeArtifact, acme: Domain, team: Repository
) -> None:
    codeartifact.public_source("public:npmjs").add_package(LODASH, versions=["4.17.21"])
    gateway = acme.add_repository("gateway", external_connection="public:npmjs")
    downstream = acme.add_repository("downstream", upstreams=[team, gateway])

    for repository in (gateway, downstream):
        with pytest.raises(ConflictException):
            repository.publish(LODASH, "4.17.21")

    assert LODASH not in gateway.packages
    assert LODASH not in downstream.packages


@pytest.mark.rule("K-7", "K-3")
def test_a_package_that_blocks_its_upstream_may_have_the_same_version(acme: Domain, team: Repository) -> None:
    team.add_package(LODASH, versions=["1.0.0"])
    downstream = acme.add_repository("downstream", upstreams=[team])
    downstream.publish(LODASH, "0.0.1-first")
    assert downstream.packages[LODASH].origin == Origin("ALLOW", "BLOCK")

    downstream.publish(LODASH, "1.0.0")

    assert set(downstream.packages[LODASH].versions) == {"0.0.1-first", "1.0.0"}


@pytest.mark.rule("K-7", "K-8")
@pytest.mark.parametrize("origin", [None, Origin("ALLOW", "ALLOW")], ids=str)
def test_a_group_that_blocks_internal_upstreams_allows_the_same_version(
    acme: Domain, team: Repository, origin: Origin | None
) -> None:
    acme.add_package_group("/npm/*", restrictions={"INTERNAL_UPSTREAM": "BLOCK"})
    team.add_package(LODASH, versions=["1.0.0"])
    downstream = acme.add_repository("downstream", upstreams=[team])
    if origin is not None:
        downstream.add_package(LODASH, origin=origin)

    downstream.publish(LODASH, "1.0.0")

    assert set(downstream.packages[LODASH].versions) == {"1.0.0"}


@pytest.mark.rule("K-7", "K-8")
@pytest.mark.parametrize("origin", [None, Origin("ALLOW", "ALLOW")], ids=str)
def test_a_group_that_blocks_external_upstreams_allows_the_same_version(
    codeartifact: FakeCodeArtifact, acme: Domain, origin: Origin | None
) -> None:
    acme.add_package_group("/npm/*", restrictions={"EXTERNAL_UPSTREAM": "BLOCK"})
    codeartifact.public_source("public:npmjs").add_package(LODASH, versions=["4.17.21"])
    gateway = acme.add_repository("gateway", external_connection="public:npmjs")
    if origin is not None:
        gateway.add_package(LODASH, origin=origin)

    gateway.publish(LODASH, "4.17.21")

    assert gateway.packages[LODASH].versions["4.17.21"].origin_type == "INTERNAL"
