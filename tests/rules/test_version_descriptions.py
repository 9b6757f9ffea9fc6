"""Descriptions, origins and times of package versions (behaviour reference, section 14)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    ExternalConnection,
    FakeCodeArtifact,
    License,
    Origin,
    PackageId,
    Repository,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
)

from ..support.acme import TEAM, TOOL, coordinates, publish

VUE_UI = {**TEAM, "format": "npm", "namespace": "vue", "package": "ui"}

NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
DAY = dt.timedelta(days=1)

CONNECTED = [
    (npm("@vue/ui"), "public:npmjs"),
    (pypi("tool"), "public:pypi"),
    (maven("com.acme", "app"), "public:maven-central"),
    (nuget("Tool"), "public:nuget-org"),
    (ruby("tool"), "public:ruby-gems-org"),
    (cargo("tool"), "public:crates-io"),
]
"""A package of each format that has an external connection."""


def described(client: Any, version: str = "1.0", **package: str) -> Any:
    """A version as DescribePackageVersion shows it; by default of the generic tool in `team`."""
    return client.describe_package_version(**{**TOOL, **package}, packageVersion=version)["packageVersion"]


def copy(client: Any, package: dict[str, str], version: str, destination: str) -> None:
    """Copy a version from `team` to another repository."""
    coordinates = {name: value for name, value in package.items() if name != "repository"}
    client.copy_package_versions(
        **coordinates, sourceRepository="team", destinationRepository=destination, versions=[version]
    )


# Origin


@pytest.mark.rule("S-4")
def test_a_published_version_names_the_repository_it_was_published_to(client: Any, team: Repository) -> None:
    publish(client, "a")

    origin = described(client)["origin"]

    assert origin == {"domainEntryPoint": {"repositoryName": "team"}, "originType": "INTERNAL"}
    assert team.packages[generic("ns", "tool")].versions["1.0"].entry_point == "team"


@pytest.mark.rule("S-4", "C-8", "U-9")
def test_a_copied_or_retained_version_keeps_its_origin(client: Any, acme: Domain, team: Repository) -> None:
    team.publish(npm("@vue/ui"), "1.0.0")
    acme.add_repository("copied")
    retained = acme.add_repository("retained", upstreams=[team])

    copy(client, VUE_UI, "1.0.0", "copied")
    retained.fetch(npm("@vue/ui"), "1.0.0")

    for repository in ("copied", "retained"):
        origin = described(client, "1.0.0", **{**VUE_UI, "repository": repository})["origin"]
        assert origin == {"domainEntryPoint": {"repositoryName": "team"}, "originType": "INTERNAL"}


@pytest.mark.rule("S-4", "U-9")
def test_a_public_version_names_its_external_connection(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    codeartifact.public_source("public:npmjs").add_package(npm("@vue/ui"), versions=["1.0.0"])
    store = acme.add_repository("store", external_connection="public:npmjs")
    acme.add_repository("team", upstreams=[store]).fetch(npm("@vue/ui"), "1.0.0")

    origins = [
        described(client, "1.0.0", **{**VUE_UI, "repository": repository})["origin"] for repository in ("store", "team")
    ]

    ingested = {"domainEntryPoint": {"externalConnectionName": "public:npmjs"}, "originType": "EXTERNAL"}
    assert origins == [ingested, ingested]


@pytest.mark.rule("S-4", "W-4")
def test_a_version_of_unknown_origin_has_no_entry_point(client: Any, team: Repository) -> None:
    team.add_package(npm("@vue/ui")).add_version("1.0.0", origin_type="UNKNOWN")

    origin = described(client, "1.0.0", **VUE_UI)["origin"]

    assert origin == {"originType": "UNKNOWN"}


# Description


@pytest.mark.rule("S-5", "F-8", "W-3")
def test_a_version_with_all_attributes_is_described(client: Any, team: Repository) -> None:
    version = team.add_package(npm("@vue/ui")).add_version(
        "1.0.0",
        published=NEW_YEAR,
        summary="User interface",
        home_page="https://vuejs.org",
        source_code_repository="https://github.com/vuejs/ui.git",
        licenses=["MIT", License("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0")],
    )

    response = client.describe_package_version(**VUE_UI, packageVersion="1.0.0")

    response.pop("ResponseMetadata")
    assert response == {
        "packageVersion": {
            "format": "npm",
            "namespace": "vue",
            "packageName": "ui",
            "displayName": "@vue/ui",
            "version": "1.0.0",
            "summary": "User interface",
            "homePage": "https://vuejs.org",
            "sourceCodeRepository": "https://github.com/vuejs/ui.git",
            "publishedTime": NEW_YEAR,
            "licenses": [
                {"name": "MIT"},
                {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            ],
            "revision": version.revision,
            "status": "Published",
            "origin": {"domainEntryPoint": {"repositoryName": "team"}, "originType": "INTERNAL"},
        }
    }


@pytest.mark.rule("S-5", "W-4")
def test_unknown_attributes_of_a_version_are_absent(client: Any, team: Repository) -> None:
    team.add_package(pypi("requests"), versions=["2.0"])

    found = client.describe_package_version(**TEAM, format="pypi", package="requests", packageVersion="2.0")

    members = {"format", "packageName", "displayName", "version", "publishedTime", "licenses", "revision", "status"}
    assert set(found["packageVersion"]) == {*members, "origin"}
    assert found["packageVersion"]["licenses"] == []


@pytest.mark.rule("S-5")
@pytest.mark.usefixtures("team")
def test_a_generic_version_has_only_the_attributes_that_every_version_has(client: Any) -> None:
    publish(client, "a")

    found = described(client)

    identity = {"format", "namespace", "packageName", "version"}
    assert set(found) == {*identity, "publishedTime", "licenses", "revision", "status", "origin"}
    assert found["licenses"] == []


@pytest.mark.rule("S-8", "E-12", "E-25")
def test_a_version_of_a_missing_package_is_not_found(client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_package_version(**TEAM, format="pypi", package="requests", packageVersion="1.0")

    response = caught.value.response
    assert response["Error"]["Message"] == "The pypi package 'requests' does not exist in repository 'team'."
    assert (response["resourceType"], response["resourceId"]) == ("package", "requests")
    assert set(team.packages) == set()


@pytest.mark.rule("S-8", "E-16", "E-25")
def test_a_missing_version_is_not_found(client: Any, team: Repository) -> None:
    team.add_package(generic("ns", "tool"), versions=["1.0"], origin=Origin("ALLOW", "ALLOW"))

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        described(client, "2.0")

    response = caught.value.response
    assert "'2.0'" in response["Error"]["Message"]
    assert (response["resourceType"], response["resourceId"]) == ("package-version", "2.0")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


# The time of publishing


@pytest.mark.rule("S-7")
@pytest.mark.parametrize("by_update", [True, False], ids=["update", "publish"])
@pytest.mark.usefixtures("team")
def test_the_time_of_publishing_is_the_creation_until_the_version_is_finished(
    codeartifact: FakeCodeArtifact, client: Any, by_update: bool
) -> None:
    codeartifact.clock.set(NEW_YEAR)
    publish(client, "a", unfinished=True)
    codeartifact.clock.advance(DAY)
    publish(client, "b", unfinished=True)
    unfinished = described(client)["publishedTime"]

    codeartifact.clock.advance(DAY)
    if by_update:
        client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus="Published")
    else:
        publish(client, "c")

    assert unfinished == NEW_YEAR
    assert described(client)["publishedTime"] == NEW_YEAR + 2 * DAY


@pytest.mark.rule("S-7")
@pytest.mark.usefixtures("team")
def test_changes_of_status_keep_the_time_of_publishing(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.clock.set(NEW_YEAR)
    publish(client, "a")

    for status in ("Unlisted", "Published", "Archived", "Published"):
        codeartifact.clock.advance(DAY)
        client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus=status)

    assert described(client)["publishedTime"] == NEW_YEAR


@pytest.mark.rule("S-7", "C-8")
def test_a_copied_or_retained_version_keeps_its_time_of_publishing(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    codeartifact.clock.set(NEW_YEAR)
    team.publish(npm("@vue/ui"), "1.0.0")
    acme.add_repository("copied")
    retained = acme.add_repository("retained", upstreams=[team])
    codeartifact.clock.advance(DAY)

    copy(client, VUE_UI, "1.0.0", "copied")
    retained.fetch(npm("@vue/ui"), "1.0.0")

    for repository in ("copied", "retained"):
        assert described(client, "1.0.0", **{**VUE_UI, "repository": repository})["publishedTime"] == NEW_YEAR


@pytest.mark.rule("S-7")
def test_an_undated_public_version_has_the_time_when_it_was_fetched(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    codeartifact.clock.set(NEW_YEAR)
    codeartifact.public_source("public:npmjs").add_package(npm("@vue/ui"), versions=["1.0.0"])
    codeartifact.clock.advance(DAY)

    acme.add_repository("team", external_connection="public:npmjs").fetch(npm("@vue/ui"), "1.0.0")

    assert described(client, "1.0.0", **VUE_UI)["publishedTime"] == NEW_YEAR + DAY


@pytest.mark.rule("S-7")
@pytest.mark.parametrize("by_copy", [False, True], ids=["fetch", "copy"])
@pytest.mark.parametrize(("id", "connection"), CONNECTED, ids=str)
def test_a_dated_public_version_keeps_the_time_of_its_source(
    codeartifact: FakeCodeArtifact,
    client: Any,
    acme: Domain,
    id: PackageId,
    connection: ExternalConnection,
    by_copy: bool,
) -> None:
    codeartifact.public_source(connection).add_package(id).add_version("1.0.0", published=NEW_YEAR)
    codeartifact.clock.set(NEW_YEAR + 1000 * DAY)
    store = acme.add_repository("store", external_connection=connection)
    team = acme.add_repository("team", upstreams=[store])
    acme.add_repository("copies")
    package = {"domain": "acme", **coordinates(id)}

    if by_copy:
        repositories = {"sourceRepository": "team", "destinationRepository": "copies"}
        client.copy_package_versions(**package, **repositories, versions=["1.0.0"], includeFromUpstream=True)
    else:
        team.fetch(id, "1.0.0")

    for repository in ("store", "copies" if by_copy else "team"):
        version = client.describe_package_version(**package, repository=repository, packageVersion="1.0.0")
        assert version["packageVersion"]["publishedTime"] == NEW_YEAR


@pytest.mark.rule("S-7", "L-6", "L-8")
def test_dated_public_versions_are_sorted_by_the_time_of_their_source(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    package = codeartifact.public_source("public:npmjs").add_package(npm("@vue/ui"))
    package.add_version("1.0.0", published=NEW_YEAR)
    package.add_version("2.0.0", published=NEW_YEAR + DAY)
    team = acme.add_repository("team", external_connection="public:npmjs")

    for version in ("2.0.0", "1.0.0"):
        team.fetch(npm("@vue/ui"), version)

    listed = client.list_package_versions(**VUE_UI, sortBy="PUBLISHED_TIME")
    assert [version["version"] for version in listed["versions"]] == ["2.0.0", "1.0.0"]
    assert listed["defaultDisplayVersion"] == "2.0.0"


@pytest.mark.rule("S-7")
@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_the_time_of_a_public_version_survives_a_dump_and_a_fork(
    codeartifact: FakeCodeArtifact, tmp_path: Path, dated: bool
) -> None:
    package = codeartifact.public_source("public:npmjs").add_package(npm("@vue/ui"))
    package.add_version("1.0.0", published=NEW_YEAR if dated else None)
    codeartifact.dump(tmp_path / "seed.toml")
    loaded = FakeCodeArtifact()
    loaded.load(tmp_path / "seed.toml")

    for fake in (loaded, codeartifact.fork()):
        fake.clock.set(NEW_YEAR + DAY)
        store = fake.add_domain("acme").add_repository("store", external_connection="public:npmjs")
        assert fake.public_source("public:npmjs").packages[npm("@vue/ui")].default_display_version == "1.0.0"
        assert store.fetch(npm("@vue/ui"), "1.0.0").published == (NEW_YEAR if dated else NEW_YEAR + DAY)
