"""The contents of a version: assets, readme, dependencies (behaviour reference, sections 15.1 to 15.3)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from pytest_codeartifact import (
    Dependency,
    Domain,
    PackageId,
    Repository,
    SeedError,
    VersionStatus,
    generic,
    maven,
    npm,
    nuget,
    pypi,
)

from ..support import acme
from ..support.acme import NO_REPOSITORY, ONE_OF_EACH_FORMAT, TEAM, coordinates, each_format

pytestmark = pytest.mark.every_case

READING_OPERATIONS = {
    "list_package_version_assets": {},
    "get_package_version_asset": {"asset": "a.bin"},
    "get_package_version_readme": {},
    "list_package_version_dependencies": {},
}

TOOL = pypi("tool")


def of(id: PackageId, version: str = "1.0.0") -> dict[str, str]:
    """A version in the repository `team`, as the SDK's parameters."""
    return {**acme.of(id), "packageVersion": version}


def answered(id: PackageId, revision: str, **content: Any) -> dict[str, Any]:
    """The members that all responses about the contents of version 1.0 have."""
    return {**coordinates(id), "version": "1.0.0", "versionRevision": revision, **content}


def body(response: dict[str, Any]) -> dict[str, Any]:
    """The response without the metadata of botocore."""
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


# Assets


@pytest.mark.rule("A-1", "W-4")
@each_format
def test_assets_are_listed_with_their_hashes(client: Any, team: Repository, id: PackageId) -> None:
    version = team.add_package(id).add_version("1.0.0", assets={"package.tgz": b"hello world"})

    response = client.list_package_version_assets(**of(id))

    hashes = {
        "MD5": "5eb63bbbe01eeed093cb22bb8f5acdc3",
        "SHA-1": "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed",
        "SHA-256": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        "SHA-512": (
            "309ecc489c12d6eb4cc40f50c902f2b4d0ed77ee511a7c7a9bcd3ca86d4cd86f"
            "989dd35bc5ff499670da34255b45b0cfd830e81f605dcf7dc5542e93ae9cd76f"
        ),
    }
    assert body(response) == answered(
        id, version.revision, assets=[{"name": "package.tgz", "size": 11, "hashes": hashes}]
    )


@pytest.mark.rule("A-1", "L-13")
def test_assets_are_listed_by_name(client: Any, team: Repository) -> None:
    names = ["tool-1.0.tar.gz", "tool-1.0-py3-none-any.whl", "tool-1.0-cp313-linux.whl"]
    team.add_package(TOOL).add_version("1.0.0", assets=dict.fromkeys(names, b""))

    assets = client.list_package_version_assets(**of(TOOL))["assets"]

    assert [asset["name"] for asset in assets] == [
        "tool-1.0-cp313-linux.whl",
        "tool-1.0-py3-none-any.whl",
        "tool-1.0.tar.gz",
    ]


@pytest.mark.rule("A-1", "B-10", "L-14")
def test_a_disposed_version_lists_no_assets(client: Any, team: Repository) -> None:
    version = team.add_package(TOOL).add_version("1.0.0", assets={"a.whl": b"a"})
    revision = version.revision
    client.dispose_package_versions(
        **TEAM, format="pypi", package="tool", versions=["1.0.0"], versionRevisions={"1.0.0": revision}
    )

    response = client.list_package_version_assets(**of(TOOL))

    assert body(response) == answered(TOOL, revision, assets=[])


@pytest.mark.rule("A-2")
@each_format
def test_an_asset_is_returned_with_its_version_and_revision(client: Any, team: Repository, id: PackageId) -> None:
    version = team.add_package(id).add_version("1.0.0", assets={"package.tgz": b"\x00\xff hello"})

    response = client.get_package_version_asset(**of(id), asset="package.tgz")

    assert response["asset"].read() == b"\x00\xff hello"
    assert response["assetName"] == "package.tgz"
    assert response["packageVersion"] == "1.0.0"
    assert response["packageVersionRevision"] == version.revision


@pytest.mark.rule("A-2", "F-5")
def test_an_asset_is_returned_with_the_normalised_version(client: Any, team: Repository) -> None:
    team.add_package(nuget("Tool")).add_version("1.01.1", assets={"tool.1.1.1.nupkg": b"x"})

    response = client.get_package_version_asset(**of(nuget("TOOL"), "1.1.01"), asset="tool.1.1.1.nupkg")

    assert response["packageVersion"] == "1.1.1"
    assert response["asset"].read() == b"x"


@pytest.mark.rule("A-2")
def test_an_asset_is_returned_for_the_current_revision_only(client: Any, team: Repository) -> None:
    version = team.add_package(TOOL).add_version("1.0.0", assets={"a.whl": b"a"})
    stale = version.revision
    team.publish(TOOL, "1.0.0", {"b.whl": b"b"})

    response = client.get_package_version_asset(**of(TOOL), asset="a.whl", packageVersionRevision=version.revision)
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_package_version_asset(**of(TOOL), asset="a.whl", packageVersionRevision=stale)

    assert response["asset"].read() == b"a"
    assert caught.value.response["resourceType"] == "package-version"
    assert "1.0.0" in caught.value.response["Error"]["Message"]


@pytest.mark.rule("A-2", "P-8")
@pytest.mark.parametrize(
    "name",
    [
        "with blank & more.bin",
        "a+b;c~d.bin",
        *(
            pytest.param(name, marks=pytest.mark.in_process("on the wire botocore reads headers as Latin-1"))
            for name in ("straße.bin", "文件.bin")
        ),
    ],
)
def test_an_asset_of_any_valid_name_can_be_downloaded(client: Any, team: Repository, name: str) -> None:
    id = generic("tools", "installer")
    team.add_package(id).add_version("1.0.0", assets={name: b"hello"})

    response = client.get_package_version_asset(**of(id), asset=name)

    assert response["asset"].read() == b"hello"
    assert response["assetName"] == name


@pytest.mark.rule("A-3")
@pytest.mark.parametrize("status", ["Published", "Unlisted", "Unfinished"])
def test_assets_of_published_unlisted_and_unfinished_versions_can_be_downloaded(
    client: Any, team: Repository, status: VersionStatus
) -> None:
    id = generic("tools", "installer")
    team.add_package(id).add_version("1.0.0", assets={"a.bin": b"a"}, status=status)

    response = client.get_package_version_asset(**of(id), asset="a.bin")

    assert response["asset"].read() == b"a"


@pytest.mark.rule("A-3", "S-1")
def test_assets_of_an_unfinished_maven_version_cannot_be_downloaded(client: Any, team: Repository) -> None:
    id = maven("com.acme", "app")
    team.publish(id, "1.0.0", {"app-1.0.0.jar": b"jar"}, unfinished=True)

    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Unfinished") as caught:
        client.get_package_version_asset(**of(id), asset="app-1.0.0.jar")
    assert caught.value.response["resourceType"] == "asset"
    assert [asset["name"] for asset in client.list_package_version_assets(**of(id))["assets"]] == ["app-1.0.0.jar"]

    team.publish(id, "1.0.0", {"app-1.0.0.pom": b"pom"})
    assert client.get_package_version_asset(**of(id), asset="app-1.0.0.jar")["asset"].read() == b"jar"


@pytest.mark.rule("A-3")
@pytest.mark.parametrize("status", ["Archived", "Disposed"])
def test_assets_of_archived_and_disposed_versions_cannot_be_downloaded(
    client: Any, team: Repository, status: str
) -> None:
    team.add_package(TOOL).add_version("1.0.0", assets={"a.whl": b"a"})
    package = {**TEAM, "format": "pypi", "package": "tool", "versions": ["1.0.0"]}
    if status == "Archived":
        client.update_package_versions_status(**package, targetStatus="Archived")
    else:
        client.dispose_package_versions(**package)

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_package_version_asset(**of(TOOL), asset="a.whl")

    assert caught.value.response["resourceType"] == "asset"
    assert "a.whl" in caught.value.response["Error"]["Message"]


@pytest.mark.rule("A-3")
def test_an_archived_version_that_is_restored_can_be_downloaded(client: Any, team: Repository) -> None:
    team.add_package(TOOL).add_version("1.0.0", assets={"a.whl": b"a"}, status="Archived")
    package = {**TEAM, "format": "pypi", "package": "tool", "versions": ["1.0.0"]}

    client.update_package_versions_status(**package, targetStatus="Unlisted")

    assert client.get_package_version_asset(**of(TOOL), asset="a.whl")["asset"].read() == b"a"


@pytest.mark.rule("A-4", "E-16", "E-25")
def test_an_unknown_asset_is_not_found(client: Any, team: Repository) -> None:
    team.add_package(TOOL, versions=["2.0.0"]).add_version("1.0.0", assets={"a.whl": b"a"})

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_package_version_asset(**of(TOOL), asset="A.whl")

    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert (response["resourceType"], response["resourceId"]) == ("asset", "A.whl")
    assert "A.whl" in response["Error"]["Message"]


@pytest.mark.rule("A-5", "W-2")
@pytest.mark.parametrize("content", [b"", b"hello", bytes(range(256)) * 1000], ids=len)
def test_an_asset_travels_as_raw_bytes(client: Any, team: Repository, content: bytes) -> None:
    version = team.add_package(TOOL).add_version("1.0.0", assets={"a.whl": content})

    response = client.get_package_version_asset(**of(TOOL), asset="a.whl")

    headers = response["ResponseMetadata"]["HTTPHeaders"]
    assert response["asset"].read() == content
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-length"] == str(len(content))
    assert headers["x-assetname"] == "a.whl"
    assert headers["x-packageversion"] == "1.0.0"
    assert headers["x-packageversionrevision"] == version.revision


# Readme


@pytest.mark.rule("A-6", "W-4")
@pytest.mark.parametrize("id", [id for id in ONE_OF_EACH_FORMAT if id.format != "maven"], ids=str)
@pytest.mark.parametrize("status", ["Published", "Archived"])
def test_the_readme_of_a_version_is_returned(
    client: Any, team: Repository, id: PackageId, status: VersionStatus
) -> None:
    version = team.add_package(id).add_version("1.0.0", readme="# Réadme\n\n\U0001f381\n", status=status)

    response = client.get_package_version_readme(**of(id))

    assert body(response) == answered(id, version.revision, readme="# Réadme\n\n\U0001f381\n")


@pytest.mark.rule("A-6", "A-7", "E-14")
@each_format
def test_the_readme_of_a_version_without_one_is_not_found(client: Any, team: Repository, id: PackageId) -> None:
    team.add_package(id, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_package_version_readme(**of(id))

    assert caught.value.response["Error"]["Message"].startswith("The readme file of this package version is not found")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.rule("A-6")
def test_a_maven_version_cannot_be_seeded_with_a_readme(team: Repository) -> None:
    package = team.add_package(maven("org.apache", "commons"))

    with pytest.raises(SeedError):
        package.add_version("1.0.0", readme="# No such thing")

    assert set(package.versions) == set()


# Dependencies


@pytest.mark.rule("A-8", "W-4")
def test_dependencies_are_listed(client: Any, team: Repository) -> None:
    version = team.add_package(npm("@types/tool")).add_version(
        "1.0.0",
        dependencies=[
            Dependency("helper-api-error", "1.8.5", "regular", "webassemblyjs"),
            Dependency("lodash", "^4.17.21", "dev"),
            Dependency("anything", "*"),
        ],
    )

    response = client.list_package_version_dependencies(**of(npm("@types/tool")))

    assert body(response) == answered(
        npm("@types/tool"),
        version.revision,
        dependencies=[
            {
                "namespace": "webassemblyjs",
                "package": "helper-api-error",
                "dependencyType": "regular",
                "versionRequirement": "1.8.5",
            },
            {"package": "lodash", "dependencyType": "dev", "versionRequirement": "^4.17.21"},
            {"package": "anything", "versionRequirement": "*"},
        ],
    )


@pytest.mark.rule("A-8")
@pytest.mark.parametrize(
    ("id", "type"),
    [
        *((npm("tool"), type) for type in ("regular", "dev", "peer", "optional")),
        *(
            (maven("org.apache", "tool"), type)
            for type in ("optional", "parent", "compile", "runtime", "test", "system", "provided")
        ),
        (pypi("tool"), "Requires-Dist"),
        (nuget("tool"), None),
    ],
    ids=str,
)
def test_dependencies_have_the_types_of_their_format(
    client: Any, team: Repository, id: PackageId, type: str | None
) -> None:
    team.add_package(id).add_version("1.0.0", dependencies=[Dependency("needed", ">=1.0", type)])

    [dependency] = client.list_package_version_dependencies(**of(id))["dependencies"]

    assert dependency == {
        "package": "needed",
        "versionRequirement": ">=1.0",
        **({} if type is None else {"dependencyType": type}),
    }


@pytest.mark.rule("A-8", "A-9", "L-14")
@each_format
def test_a_version_without_dependencies_lists_none(client: Any, team: Repository, id: PackageId) -> None:
    version = team.add_package(id).add_version("1.0.0")

    response = client.list_package_version_dependencies(**of(id))

    assert body(response) == answered(id, version.revision, dependencies=[])


@pytest.mark.rule("A-10")
def test_the_page_size_of_dependencies_cannot_be_chosen(client: Any, team: Repository) -> None:
    team.add_package(TOOL, versions=["1.0.0"])

    with pytest.raises(ParamValidationError, match="maxResults"):
        client.list_package_version_dependencies(**of(TOOL), maxResults=1)


# What is missing


@pytest.mark.rule("A-1", "A-2", "A-6", "A-8", "S-8", "E-10", "E-11", "E-12", "E-16")
@pytest.mark.parametrize(
    ("wrong", "message", "resource"),
    [
        (
            {"domain": "nowhere"},
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            ("domain", "nowhere"),
        ),
        (
            {"repository": "nowhere"},
            NO_REPOSITORY,
            ("repository", "nowhere"),
        ),
        (
            {"package": "nothing"},
            "The pypi package 'nothing' does not exist in repository 'team'.",
            ("package", "nothing"),
        ),
        ({"packageVersion": "9.9.0"}, None, ("package-version", "9.9.0")),
    ],
    ids=["domain", "repository", "package", "version"],
)
@pytest.mark.parametrize("operation", READING_OPERATIONS)
def test_missing_entities_are_named(
    client: Any,
    team: Repository,
    operation: str,
    wrong: dict[str, str],
    message: str | None,
    resource: tuple[str, str],
) -> None:
    team.add_package(TOOL).add_version("1.0.0", assets={"a.bin": b"a"}, readme="# Tool")

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(**{**of(TOOL), **READING_OPERATIONS[operation], **wrong})

    response = caught.value.response
    assert (response["resourceType"], response["resourceId"]) == resource
    assert message is None or response["Error"]["Message"] == message
    assert resource[1] in response["Error"]["Message"]


@pytest.mark.rule("A-1", "A-2", "A-6", "A-8", "U-10")
@pytest.mark.parametrize("operation", READING_OPERATIONS)
def test_contents_of_a_package_that_only_an_upstream_has_are_not_found(
    client: Any, acme: Domain, team: Repository, operation: str
) -> None:
    team.add_package(TOOL).add_version("1.0.0", assets={"a.bin": b"a"}, readme="# Tool")
    acme.add_repository("downstream", upstreams=[team])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(**{**of(TOOL), **READING_OPERATIONS[operation], "repository": "downstream"})

    assert caught.value.response["resourceType"] == "package"
