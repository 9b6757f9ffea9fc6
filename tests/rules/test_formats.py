"""Namespaces and names of the eight formats, on every operation that takes a package (behaviour reference, section 11).

How names and versions are normalised is in test_normalisation.py.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    PackageId,
    Repository,
    SeedError,
    ServiceError,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import coordinates, upload

TEAM = {"repository": "team"}
VERSION = {**TEAM, "packageVersion": "1.0.0"}

# Every operation on a package, and its further parameters.
OPERATIONS: dict[str, dict[str, Any]] = {
    "copy_package_versions": {
        "sourceRepository": "team",
        "destinationRepository": "other",
        "versions": ["1.0.0"],
    },
    "delete_package": TEAM,
    "delete_package_versions": {**TEAM, "versions": ["1.0.0"]},
    "describe_package": TEAM,
    "describe_package_version": VERSION,
    "dispose_package_versions": {**TEAM, "versions": ["1.0.0"]},
    "get_associated_package_group": {},
    "get_package_version_asset": VERSION,
    "get_package_version_readme": VERSION,
    "list_package_version_assets": VERSION,
    "list_package_version_dependencies": VERSION,
    "list_package_versions": TEAM,
    "put_package_origin_configuration": {**TEAM, "restrictions": {"publish": "ALLOW", "upstream": "ALLOW"}},
    "update_package_versions_status": {**TEAM, "versions": ["1.0.0"], "targetStatus": "Archived"},
}
WORK_FOR_WHAT_IS_NOT_THERE = {"put_package_origin_configuration", "get_associated_package_group"}
EACH_OPERATION = pytest.mark.parametrize("operation", OPERATIONS)

WITH_NAMESPACE = [maven("org.apache", "tool"), generic("ns", "tool"), swift("apple", "tool"), npm("@scope/tool")]
WITHOUT_NAMESPACE = [npm("tool"), pypi("tool"), nuget("tool"), ruby("tool"), cargo("tool")]


def call(client: Any, operation: str, **package: str) -> Any:
    """Call an operation on a package."""
    asset = {"asset": asset_of(str(package.get("format")))} if operation == "get_package_version_asset" else {}
    return getattr(client, operation)(**{"domain": "acme", **OPERATIONS[operation], **asset, **package})


def asset_of(format: str) -> str:
    """The name of the asset that :func:`seed` creates."""
    return "package.tgz" if format == "npm" else "tool"


def seed(repository: Repository, id: PackageId) -> None:
    """Seed version 1.0.0 of a package, with an asset and, where the format knows readmes, a readme."""
    readme = None if id.format == "maven" else "Read me."
    repository.add_package(id).add_version("1.0.0", assets={asset_of(id.format): b"x"}, readme=readme)


@pytest.fixture(autouse=True)
def other(acme: Domain) -> Repository:
    """Another repository, to copy to."""
    return acme.add_repository("other")


# Namespaces


@pytest.mark.rule("F-1")
@pytest.mark.parametrize(
    ("operation", "id"),
    [
        *((operation, id) for operation in OPERATIONS for id in (generic("ns", "tool"), npm("tool"))),
        *(("describe_package", id) for id in (*WITH_NAMESPACE, *WITHOUT_NAMESPACE)),
    ],
    ids=str,
)
def test_every_operation_finds_a_package_by_its_namespace_and_name(
    client: Any, team: Repository, operation: str, id: PackageId
) -> None:
    seed(team, id)

    answer = call(client, operation, **coordinates(id))

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.rule("F-1", "F-2", "V-5")
@EACH_OPERATION
@pytest.mark.parametrize("format", ["maven", "generic", "swift"])
def test_a_namespace_is_required_where_the_format_needs_one(
    client: Any, team: Repository, operation: str, format: str
) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        call(client, operation, format=format, package="tool")

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert format in caught.value.response["Error"]["Message"]
    assert set(team.packages) == set()


@pytest.mark.rule("F-1", "F-2", "P-2")
def test_a_namespace_is_required_to_publish(client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        upload(client, "tool", domain="acme", **TEAM, format="generic", package="tool", packageVersion="1.0.0")

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert set(team.packages) == set()


@pytest.mark.rule("F-1", "F-3")
@EACH_OPERATION
@pytest.mark.parametrize("id", [pypi("tool"), nuget("tool"), ruby("tool"), cargo("tool")], ids=str)
def test_a_namespace_is_refused_where_the_format_has_none(
    client: Any, team: Repository, operation: str, id: PackageId
) -> None:
    seed(team, id)

    with pytest.raises(client.exceptions.ValidationException):
        call(client, operation, **coordinates(id), namespace="any")

    assert team.packages[id].versions["1.0.0"].status == "Published"


@pytest.mark.rule("F-1")
def test_a_scope_is_part_of_the_identity_of_a_package(client: Any, team: Repository) -> None:
    for id in (npm("tool"), npm("@one/tool"), npm("@two/tool")):
        team.add_package(id, versions=["1.0.0"])

    call(client, "delete_package", format="npm", namespace="one", package="tool")

    assert set(team.packages) == {npm("tool"), npm("@two/tool")}


@pytest.mark.rule("F-2", "F-3", "E-5")
@pytest.mark.parametrize(
    "coordinates",
    [{"format": "maven", "package": "tool"}, {"format": "pypi", "namespace": "any", "package": "tool"}],
    ids=["missing", "superfluous"],
)
@EACH_OPERATION
def test_a_namespace_is_checked_before_anything_is_looked_up(
    client: Any, operation: str, coordinates: dict[str, str]
) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        call(client, operation, **coordinates, domain="nowhere")


# Slashes and at signs

SLASHES = [("npm", "types/node"), ("maven", "org.apache/commons"), ("pypi", "a/b")]


@pytest.mark.rule("F-4", "V-2", "V-3", "V-5")
@pytest.mark.parametrize(
    ("operation", "format", "package"),
    [
        *((operation, "npm", "@types/node") for operation in OPERATIONS),
        *(("delete_package", *named) for named in SLASHES),
    ],
)
def test_a_name_with_a_slash_is_refused(client: Any, operation: str, format: str, package: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        call(client, operation, format=format, package=package)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert caught.value.response["Error"]["Message"].startswith(
        f"1 validation error detected: Value '{package}' at 'packageName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
    )


@pytest.mark.rule("F-4")
@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - WORK_FOR_WHAT_IS_NOT_THERE))
def test_a_scope_with_an_at_sign_matches_nothing(client: Any, team: Repository, operation: str) -> None:
    seed(team, npm("@types/node"))

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        call(client, operation, format="npm", namespace="@types", package="node")

    assert caught.value.response["resourceType"] == "package"
    assert team.packages[npm("@types/node")].versions["1.0.0"].status == "Published"


@pytest.mark.rule("F-4")
def test_a_scope_with_an_at_sign_lists_nothing(client: Any, team: Repository) -> None:
    seed(team, npm("@types/node"))

    found = client.list_packages(domain="acme", repository="team", format="npm", namespace="@types")

    assert found["packages"] == []


# Assets and display names


@pytest.mark.rule("F-7")
def test_a_second_asset_of_an_npm_version_is_refused(client: Any, team: Repository) -> None:
    team.publish(npm("@types/node"), "1.0.0")

    listed = call(client, "list_package_version_assets", format="npm", namespace="types", package="node")
    with pytest.raises(ConflictException):
        team.publish(npm("@types/node"), "1.0.0", {"package.tgz": b"x"})

    assert [asset["name"] for asset in listed["assets"]] == ["package.tgz"]
    assert set(team.packages[npm("@types/node")].versions["1.0.0"].assets) == {"package.tgz"}


@pytest.mark.rule("F-7")
@pytest.mark.parametrize(
    "assets", [{"other.tgz": b"x"}, {"package.tgz": b"x", "other.tgz": b"x"}, {}], ids=["other", "two", "none"]
)
def test_an_npm_version_with_other_assets_is_not_published(team: Repository, assets: dict[str, bytes]) -> None:
    with pytest.raises((SeedError, ServiceError)):
        team.publish(npm("@types/node"), "1.0.0", assets)

    assert npm("@types/node") not in team.packages


@pytest.mark.rule("F-7")
def test_checksum_files_of_maven_are_not_assets(client: Any, team: Repository) -> None:
    id = maven("org.apache", "commons")
    files = ("commons-1.0.0.jar", "commons-1.0.0.jar.md5", "commons-1.0.0.jar.sha1", "commons-1.0.0.jar.sha256")

    team.publish(id, "1.0.0", dict.fromkeys(files, b"x"))

    listed = call(client, "list_package_version_assets", **coordinates(id))["assets"]
    assert [asset["name"] for asset in listed] == ["commons-1.0.0.jar"]


@pytest.mark.rule("F-7")
@pytest.mark.parametrize(
    ("id", "names"),
    [
        (maven("org.apache", "commons"), ["commons-1.0.0.jar", "commons-1.0.0.pom", "maven-metadata.xml"]),
        (pypi("my-tool"), ["my_tool-1.0.0-py3-none-any.whl", "my_tool-1.0.0.tar.gz"]),
        (nuget("Tool"), ["tool.1.0.0.nupkg"]),
    ],
    ids=str,
)
def test_published_assets_have_the_names_that_package_managers_use(
    client: Any, team: Repository, id: PackageId, names: list[str]
) -> None:
    team.publish(id, "1.0.0")

    listed = call(client, "list_package_version_assets", **coordinates(id))

    assert [asset["name"] for asset in listed["assets"]] == names


@pytest.mark.rule("F-7")
def test_an_asset_can_be_added_to_a_python_version_later(team: Repository) -> None:
    team.publish(pypi("tool"), "1.0.0", {"tool-1.0.0.tar.gz": b"x"})

    version = team.publish(pypi("tool"), "1.0.0", {"tool-1.0.0-py3-none-any.whl": b"y"})

    assert dict(version.assets) == {"tool-1.0.0-py3-none-any.whl": b"y", "tool-1.0.0.tar.gz": b"x"}
    assert version.status == "Published"


@pytest.mark.rule("F-7", "P-4", "P-5")
def test_assets_can_be_added_to_a_generic_version_while_it_is_unfinished(team: Repository) -> None:
    id = generic("ns", "tool")
    for number in range(20):
        team.publish(id, "1.0.0", {f"part-{number}": b"x"}, unfinished=True)

    version = team.publish(id, "1.0.0", {"last": b"x"})

    assert len(version.assets) == 21
    with pytest.raises(ConflictException):
        team.publish(id, "1.0.0", {"late": b"x"})


def display_name(client: Any, id: PackageId) -> str | None:
    """The display name of version 1.0.0 of a package."""
    name = call(client, "describe_package_version", **coordinates(id))["packageVersion"].get("displayName")
    assert name is None or isinstance(name, str)
    return name


@pytest.mark.rule("F-5", "F-8")
@pytest.mark.parametrize(
    ("id", "shown"),
    [
        (npm("@vue/ui"), "@vue/ui"),
        (npm("react"), "react"),
        (pypi("PyHamcrest"), "PyHamcrest"),
        (pypi("requests"), "requests"),
        (nuget("Newtonsoft.Json"), "Newtonsoft.Json"),
        (swift("Apple", "Swift-NIO"), "Swift-NIO"),
    ],
    ids=str,
)
@pytest.mark.parametrize("published", [False, True], ids=["seeded", "published"])
def test_the_display_name_is_the_original_spelling(
    client: Any, team: Repository, id: PackageId, shown: str, published: bool
) -> None:
    if published:
        team.publish(id, "1.0.0")
    else:
        team.add_package(id, versions=["1.0.0"])

    assert display_name(client, id) == shown


@pytest.mark.rule("F-5", "F-8", "K-5")
@pytest.mark.parametrize("id", [pypi("PyHamcrest"), nuget("Newtonsoft.Json"), swift("Apple", "Swift-NIO")], ids=str)
def test_the_original_spelling_is_shown_of_a_package_that_was_configured_first(
    client: Any, team: Repository, id: PackageId
) -> None:
    call(client, "put_package_origin_configuration", **coordinates(id))

    team.publish(id, "1.0.0")

    assert display_name(client, id) == id.display_name


@pytest.mark.rule("F-8", "C-8", "U-9")
def test_copies_keep_the_original_spelling(client: Any, acme: Domain, team: Repository, other: Repository) -> None:
    id = pypi("PyHamcrest")
    team.publish(id, "1.0.0")
    downstream = acme.add_repository("downstream", upstreams=[team])

    call(client, "copy_package_versions", **coordinates(id))
    downstream.fetch(id, "1.0.0")

    for repository in (other, downstream):
        described = client.describe_package_version(
            domain="acme", repository=repository.name, **coordinates(id), packageVersion="1.0.0"
        )
        assert described["packageVersion"]["displayName"] == "PyHamcrest"


@pytest.mark.rule("F-8")
def test_the_display_name_of_a_maven_package_is_the_one_in_its_pom(client: Any, team: Repository) -> None:
    id = maven("org.cdlib", "mrt-inventory")
    team.publish(id, "1.0.0", {"a.pom": b"x"}, unfinished=True, display_name="UC3-mrtInventoryWar")
    first = display_name(client, id)

    team.publish(id, "1.0.0", {"a.jar": b"x"})

    assert [first, display_name(client, id)] == ["UC3-mrtInventoryWar", "UC3-mrtInventoryWar"]


@pytest.mark.rule("F-5")
def test_an_id_is_immutable_and_can_be_a_key() -> None:
    id = pypi("a")

    with pytest.raises(dataclasses.FrozenInstanceError):
        id.name = "b"  # type: ignore[misc]  # that it is refused

    assert {id: 1}[pypi("A")] == 1


@pytest.mark.rule("F-5")
def test_ids_are_ordered_by_their_normalised_names() -> None:
    assert pypi("a") < pypi("b")
    assert not pypi("A") < pypi("a")
    assert not pypi("b") < pypi("a")
