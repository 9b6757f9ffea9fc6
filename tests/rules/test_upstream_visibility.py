"""The API does not show packages of upstreams, and generic packages never come from them (rules U-10 to U-12)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    PackageId,
    Repository,
    ResourceNotFoundException,
    generic,
    npm,
)

LODASH = npm("lodash")
INSTALLER = generic("tools", "installer")
IN_TEAM = {"domain": "acme", "repository": "team", "format": "npm", "package": "lodash"}
COPY = {"domain": "acme", "sourceRepository": "team", "destinationRepository": "copies"}
VERSION = {"packageVersion": "4.17.21"}
ON_PACKAGES: list[tuple[str, dict[str, Any]]] = [
    ("delete_package", {}),
    ("delete_package_versions", {"versions": ["4.17.21"]}),
    ("describe_package", {}),
    ("describe_package_version", VERSION),
    ("get_package_version_asset", {**VERSION, "asset": "package.tgz"}),
    ("get_package_version_readme", VERSION),
    ("list_package_version_assets", VERSION),
    ("list_package_version_dependencies", VERSION),
    ("list_package_versions", {}),
    ("update_package_versions_status", {"versions": ["4.17.21"], "targetStatus": "Archived"}),
]


def seed(repository: Any, id: PackageId = LODASH) -> None:
    """A version with everything that an operation can return."""
    repository.add_package(id).add_version("4.17.21", assets={"package.tgz": b"12345"}, readme="Read me")


@pytest.fixture
def store(acme: Domain) -> Repository:
    """The upstream of `team`."""
    return acme.add_repository("store")


@pytest.fixture
def team(acme: Domain, store: Repository) -> Repository:
    return acme.add_repository("team", upstreams=[store])


# The API reads the named repository only


@pytest.mark.rule("U-10", "E-12")
@pytest.mark.parametrize(("operation", "params"), ON_PACKAGES, ids=[operation for operation, _ in ON_PACKAGES])
@pytest.mark.usefixtures("team")
def test_packages_of_an_upstream_are_not_found(
    client: Any, store: Repository, operation: str, params: dict[str, Any]
) -> None:
    seed(store)

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(**IN_TEAM, **params)

    assert caught.value.response["Error"]["Message"] == "The npm package 'lodash' does not exist in repository 'team'."
    assert caught.value.response["resourceType"] == "package"
    assert store.packages[LODASH].versions["4.17.21"].status == "Published"


@pytest.mark.rule("U-10", "S-8")
@pytest.mark.parametrize(
    ("operation", "params"),
    [(operation, params) for operation, params in ON_PACKAGES if "packageVersion" in params],
    ids=[operation for operation, params in ON_PACKAGES if "packageVersion" in params],
)
def test_a_version_that_only_an_upstream_has_is_not_found(
    client: Any, store: Repository, team: Repository, operation: str, params: dict[str, Any]
) -> None:
    seed(store)
    team.add_package(LODASH, versions=["4.17.20"])

    with pytest.raises(client.exceptions.ResourceNotFoundException, match=r"4\.17\.21") as caught:
        getattr(client, operation)(**IN_TEAM, **params)

    assert caught.value.response["resourceType"] == "package-version"


@pytest.mark.rule("U-10", "L-3")
def test_lists_have_only_the_packages_of_the_repository_itself(
    client: Any, store: Repository, team: Repository
) -> None:
    seed(store)
    store.add_package(npm("react"), versions=["18.0.0"])
    team.add_package(LODASH, versions=["4.17.20"])

    packages = client.list_packages(domain="acme", repository="team")["packages"]
    versions = client.list_package_versions(**IN_TEAM)["versions"]

    assert [package["package"] for package in packages] == ["lodash"]
    assert [version["version"] for version in versions] == ["4.17.20"]


@pytest.mark.rule("U-10", "U-12", "L-3")
def test_a_fetched_version_is_listed_at_once(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    seed(codeartifact.public_source("public:npmjs"))
    client.associate_external_connection(domain="acme", repository="store", externalConnection="public:npmjs")
    shown_before = client.list_packages(domain="acme", repository="store")["packages"]

    team.fetch(LODASH, "4.17.21")

    assert shown_before == []
    for repository in acme.repositories:
        (package,) = client.list_packages(domain="acme", repository=repository)["packages"]
        assert package["package"] == "lodash"
        answer = client.get_package_version_asset(
            **{**IN_TEAM, "repository": repository}, **VERSION, asset="package.tgz"
        )
        assert answer["asset"].read() == b"12345"


def test_public_sources_are_not_domains(codeartifact: FakeCodeArtifact, client: Any) -> None:
    seed(codeartifact.public_source("public:npmjs"))

    assert client.list_domains()["domains"] == []
    assert client.list_repositories()["repositories"] == []
    assert codeartifact.domains == {}


@pytest.mark.rule("U-10", "C-5", "C-6")
def test_a_package_is_copied_from_an_upstream_only_on_request(client: Any, acme: Domain, store: Repository) -> None:
    acme.add_repository("team", upstreams=[acme.add_repository("middle", upstreams=[store])])
    copies = acme.add_repository("copies")
    seed(store)
    asked = {**COPY, "format": "npm", "package": "lodash", "versions": ["4.17.21"]}

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.copy_package_versions(**asked)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.copy_package_versions(**asked, includeFromUpstream=False)
    response = client.copy_package_versions(**asked, includeFromUpstream=True)

    assert set(response["successfulVersions"]) == {"4.17.21"}
    assert copies.packages[LODASH].versions["4.17.21"].entry_point == "store"


@pytest.mark.rule("U-10", "C-5", "C-3")
def test_a_version_is_not_copied_from_an_upstream_by_default(
    client: Any, acme: Domain, store: Repository, team: Repository
) -> None:
    copies = acme.add_repository("copies")
    seed(store)
    team.add_package(LODASH, versions=["4.17.20"])

    response = client.copy_package_versions(**COPY, format="npm", package="lodash", versions=["4.17.21"])

    assert response["failedVersions"] == {
        "4.17.21": {"errorCode": "NOT_FOUND", "errorMessage": "Could not find version 4.17.21"}
    }
    assert copies.packages == {}


@pytest.mark.rule("U-8", "C-5")
@pytest.mark.parametrize("own", [True, False], ids=["its own", "the first upstream's"])
def test_copies_prefer_the_source_and_then_the_first_upstream(client: Any, acme: Domain, own: bool) -> None:
    for name in ("first", "second"):
        seed(acme.add_repository(name))
    team = acme.add_repository("team", upstreams=["first", "second"])
    if own:
        seed(team)
    copies = acme.add_repository("copies")

    client.copy_package_versions(**COPY, format="npm", package="lodash", versions=["4.17.21"], includeFromUpstream=True)

    assert copies.packages[LODASH].versions["4.17.21"].entry_point == ("team" if own else "first")


@pytest.mark.rule("U-9", "C-5")
def test_a_version_copied_from_a_public_source_is_retained_at_the_connection(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    seed(codeartifact.public_source("public:npmjs"))
    acme.add_repository("npm-store", external_connection="public:npmjs")
    acme.add_repository("team", upstreams=["npm-store"])
    acme.add_repository("copies")

    client.copy_package_versions(**COPY, format="npm", package="lodash", versions=["4.17.21"], includeFromUpstream=True)

    for name in ("npm-store", "copies"):
        assert acme.repositories[name].packages[LODASH].versions["4.17.21"].entry_point == "public:npmjs"


# Generic packages


@pytest.mark.rule("U-11")
@pytest.mark.parametrize("upstream", ["ALLOW", "BLOCK"])
def test_a_generic_version_is_never_fetched_from_upstream(
    store: Repository, team: Repository, upstream: OriginSwitch
) -> None:
    seed(store, INSTALLER)
    team.add_package(INSTALLER, origin=Origin("ALLOW", upstream))

    with pytest.raises(ResourceNotFoundException):
        team.fetch(INSTALLER, "4.17.21")

    assert team.packages[INSTALLER].versions == {}
    assert store.fetch(INSTALLER, "4.17.21").assets["package.tgz"] == b"12345"


@pytest.mark.rule("U-11", "P-11")
@pytest.mark.parametrize("upstream", ["ALLOW", "BLOCK"])
def test_a_generic_version_is_published_even_if_it_exists_upstream(
    store: Repository, team: Repository, upstream: OriginSwitch
) -> None:
    seed(store, INSTALLER)
    team.add_package(INSTALLER, origin=Origin("ALLOW", upstream))

    published = team.publish(INSTALLER, "4.17.21", {"installer.bin": b"123"})

    assert published.entry_point == "team"
    assert dict(published.assets) == {"installer.bin": b"123"}


@pytest.mark.rule("U-11", "C-13")
def test_a_generic_version_can_be_copied(client: Any, acme: Domain, team: Repository) -> None:
    copies = acme.add_repository("copies")
    seed(team, INSTALLER)

    response = client.copy_package_versions(
        **COPY, format="generic", namespace="tools", package="installer", versions=["4.17.21"]
    )

    assert set(response["successfulVersions"]) == {"4.17.21"}
    assert dict(copies.packages[INSTALLER].versions["4.17.21"].assets) == {"package.tgz": b"12345"}


@pytest.mark.rule("U-11")
@pytest.mark.usefixtures("team")
def test_a_generic_version_is_never_copied_from_upstream(client: Any, acme: Domain, store: Repository) -> None:
    copies = acme.add_repository("copies")
    seed(store, INSTALLER)
    asked = {"format": "generic", "namespace": "tools", "package": "installer", "versions": ["4.17.21"]}

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.copy_package_versions(**COPY, **asked, includeFromUpstream=True)

    assert copies.packages == {}
