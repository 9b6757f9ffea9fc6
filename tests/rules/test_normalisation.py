"""Which spellings of names and versions mean the same (behaviour reference, rules F-5 and F-6)."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
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

from ..support.acme import TEAM, coordinates

VERSION = {**TEAM, "packageVersion": "13.00.1.0"}
BATCH = {**TEAM, "versions": ["13.00.1.0"]}
ASSET = "newtonsoft.json.13.0.1.nupkg"

NAME, NUMBER = "newtonsoft.json", "13.0.1"
NAME_AND_NUMBER = {"package": NAME, "version": NUMBER}
SUCCESSFUL = {"keys(successfulVersions)": [NUMBER]}

# Every operation that takes a package that is there: what else it needs, and what its answer says of the package.
OPERATIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "delete_package": (TEAM, {"deletedPackage.package": NAME}),
    "delete_package_versions": (BATCH, SUCCESSFUL),
    "describe_package": (TEAM, {"package.name": NAME}),
    "describe_package_version": (
        VERSION,
        {"packageVersion.packageName": NAME, "packageVersion.version": NUMBER},
    ),
    "dispose_package_versions": (BATCH, SUCCESSFUL),
    "get_package_version_asset": ({**VERSION, "asset": ASSET}, {"packageVersion": NUMBER}),
    "get_package_version_readme": (VERSION, NAME_AND_NUMBER),
    "list_package_version_assets": (VERSION, NAME_AND_NUMBER),
    "list_package_version_dependencies": (VERSION, NAME_AND_NUMBER),
    "list_package_versions": (TEAM, {"package": NAME}),
    "update_package_versions_status": ({**BATCH, "targetStatus": "Archived"}, SUCCESSFUL),
    "copy_package_versions": (
        {
            "domain": "acme",
            "sourceRepository": "team",
            "destinationRepository": "other",
            "versions": ["13.00.1.0"],
        },
        SUCCESSFUL,
    ),
}
EACH_OPERATION = pytest.mark.parametrize("operation", OPERATIONS)


# Names


@pytest.mark.rule("F-5")
@pytest.mark.parametrize(
    ("given", "namespace", "name"),
    [
        (pypi("PyHamcrest"), None, "pyhamcrest"),
        (pypi("zope.interface"), None, "zope-interface"),
        (pypi("a-_.b__c"), None, "a-b-c"),
        (nuget("Newtonsoft.Json"), None, "newtonsoft.json"),
        (nuget("A__B--C"), None, "a__b--c"),
        (swift("Apple", "Swift_NIO"), "apple", "swift_nio"),
        (npm("@Scope/Tool_A"), "Scope", "Tool_A"),
        (maven("Org.Acme", "Tool_A"), "Org.Acme", "Tool_A"),
        (generic("Ns", "Tool_A"), "Ns", "Tool_A"),
        (ruby("RedCloth"), None, "RedCloth"),
        (cargo("Inflector_A"), None, "Inflector_A"),
    ],
    ids=str,
)
def test_packages_are_listed_under_their_normalised_names(
    client: Any, team: Repository, given: PackageId, namespace: str | None, name: str
) -> None:
    team.add_package(given, versions=["1.0.0"])

    (listed,) = client.list_packages(**TEAM)["packages"]

    assert (listed.get("namespace"), listed["package"]) == (namespace, name)


@pytest.mark.rule("F-5")
@EACH_OPERATION
def test_a_nuget_package_is_found_by_any_spelling_and_shown_normalised(
    client: Any, acme: Domain, team: Repository, operation: str
) -> None:
    acme.add_repository("other")
    package = team.add_package(nuget("Newtonsoft.Json"))
    package.add_version("13.0.1", assets={ASSET: b"x"}, readme="Read me.")
    params, normalised = OPERATIONS[operation]

    answer = getattr(client, operation)(**params, format="nuget", package="NewtonSoft.JSON")

    assert {path: jmespath.search(path, answer) for path in normalised} == normalised


@pytest.mark.rule("F-5")
@pytest.mark.parametrize(
    ("namespace", "name"), [("Apple", "swift-nio"), ("apple", "Swift-NIO"), ("APPLE", "SWIFT-NIO")]
)
def test_a_swift_package_is_found_by_any_spelling(client: Any, team: Repository, namespace: str, name: str) -> None:
    team.add_package(swift("apple", "swift-nio"), versions=["1.0.0"])
    spelled = {**TEAM, "format": "swift", "namespace": namespace, "package": name}

    described = client.describe_package(**spelled)["package"]
    client.delete_package_versions(**spelled, versions=["1.0.0"])

    assert (described["namespace"], described["name"]) == ("apple", "swift-nio")
    assert team.deleted_versions == {(swift("apple", "swift-nio"), "1.0.0")}


@pytest.mark.rule("F-5", "K-5")
@pytest.mark.parametrize("id", [nuget("Newtonsoft.Json"), swift("Apple", "Swift-NIO")], ids=str)
def test_configuring_a_package_creates_it_under_the_normalised_name(
    client: Any, team: Repository, id: PackageId
) -> None:
    spelled = {"namespace": "Apple", "package": "Swift-NIO"} if id.format == "swift" else {"package": id.display_name}

    client.put_package_origin_configuration(
        **TEAM, format=id.format, **spelled, restrictions={"publish": "ALLOW", "upstream": "BLOCK"}
    )

    assert set(team.packages) == {id}


@pytest.mark.rule("F-5", "L-1")
@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ({"format": "nuget", "packagePrefix": "NEWTON"}, "newtonsoft.json"),
        ({"format": "swift", "namespace": "APPLE"}, "swift-nio"),
        ({"format": "swift", "packagePrefix": "Swift-N"}, "swift-nio"),
    ],
    ids=str,
)
def test_packages_are_listed_by_prefixes_of_any_spelling(
    client: Any, team: Repository, spelled: dict[str, str], name: str
) -> None:
    team.add_packages([nuget("Newtonsoft.Json"), swift("Apple", "Swift-NIO"), nuget("other"), swift("other", "other")])

    listed = client.list_packages(**TEAM, **spelled)["packages"]

    assert [package["package"] for package in listed] == [name]


@pytest.mark.rule("F-5", "F-6", "E-12")
@pytest.mark.parametrize(
    ("id", "changed"),
    [
        (npm("@types/node"), {"package": "Node"}),
        (npm("@types/node"), {"namespace": "Types"}),
        (pypi("zope.interface"), {"package": "zope.interface"}),
        (pypi("zope.interface"), {"package": "zope_interface"}),
        (pypi("zope.interface"), {"package": "Zope-Interface"}),
        (maven("org.acme", "tool"), {"package": "Tool"}),
        (maven("org.acme", "tool"), {"namespace": "Org.Acme"}),
        (generic("ns", "tool"), {"package": "Tool"}),
        (generic("ns", "tool"), {"namespace": "NS"}),
        (ruby("RedCloth"), {"package": "redcloth"}),
        (cargo("serde_json"), {"package": "serde-json"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("operation", ["describe_package", "list_package_versions", "delete_package"])
def test_packages_of_other_formats_are_found_by_their_exact_name_only(
    client: Any, team: Repository, operation: str, id: PackageId, changed: dict[str, str]
) -> None:
    team.add_package(id, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        getattr(client, operation)(**TEAM, **{**coordinates(id), **changed})

    assert getattr(client, operation)(**TEAM, **coordinates(id))["ResponseMetadata"]["HTTPStatusCode"] == 200


# Versions


@pytest.mark.rule("F-5")
@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("1.0.0", "1.0.0"),
        ("1.01.1", "1.1.1"),
        ("001.000.00", "1.0.0"),
        ("10.20.30", "10.20.30"),
        ("1.0.01.0", "1.0.1"),
        ("1.0.1.00", "1.0.1"),
        ("1.0.0.1", "1.0.0.1"),
        ("1.0.0.010", "1.0.0.10"),
        ("1.0.7+r3456", "1.0.7"),
        ("1.0.07.0+r3456", "1.0.7"),
        ("1.0.7-beta", "1.0.7-beta"),
        ("1.00.7-beta.1+r3456", "1.0.7-beta.1"),
    ],
)
def test_nuget_versions_are_normalised(client: Any, team: Repository, given: str, stored: str) -> None:
    package = team.add_package(nuget("tool"))
    package.add_version(given)

    listed = client.list_package_versions(**TEAM, format="nuget", package="tool")["versions"]
    described = client.describe_package_version(**TEAM, format="nuget", package="tool", packageVersion=given)

    assert [version["version"] for version in listed] == [stored]
    assert described["packageVersion"]["version"] == stored
    assert package.versions[given] == package.versions[stored]


@pytest.mark.rule("F-5")
@pytest.mark.parametrize(
    ("id", "version", "other"),
    [
        *(
            (id, version, other)
            for id in (pypi("tool"), maven("org.acme", "tool"), generic("ns", "tool"))
            for version, other in {"1.01.1": "1.1.1", "1.0.1.0": "1.0.1", "1.0.7+r3456": "1.0.7"}.items()
        ),
        *((ruby("tool"), version, other) for version, other in {"1.01.1": "1.1.1", "1.0.1.0": "1.0.1"}.items()),
        *(
            (id, version, other)
            for id in (npm("tool"), swift("apple", "tool"), cargo("tool"))
            for version, other in {"1.0.7+r3456": "1.0.7", "1.0.0-RC.1": "1.0.0-rc.1"}.items()
        ),
    ],
    ids=str,
)
def test_versions_of_other_formats_are_exact(
    client: Any, team: Repository, id: PackageId, version: str, other: str
) -> None:
    team.add_package(id, versions=[version])

    described = client.describe_package_version(**TEAM, **coordinates(id), packageVersion=version)["packageVersion"]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package_version(**TEAM, **coordinates(id), packageVersion=other)

    assert described["version"] == version


# Assets


@pytest.mark.rule("F-5", "A-4")
def test_the_asset_of_a_nuget_package_is_found_by_its_normalised_name_only(client: Any, team: Repository) -> None:
    team.publish(nuget("Newtonsoft.Json"), "13.00.1.0")
    spelled = {**TEAM, "format": "nuget", "package": "Newtonsoft.Json", "packageVersion": "13.00.1.0"}

    listed = client.list_package_version_assets(**spelled)["assets"]
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_package_version_asset(**spelled, asset="Newtonsoft.Json.13.00.1.0.nupkg")

    assert [asset["name"] for asset in listed] == [ASSET]
    assert caught.value.response["resourceType"] == "asset"
    assert client.get_package_version_asset(**spelled, asset=ASSET)["assetName"] == ASSET


@pytest.mark.rule("F-5", "A-1")
@pytest.mark.parametrize("file", ["Foo.1.0.0.0.nupkg", "foo.1.0.0.nupkg", "Package.NUPKG"])
def test_the_asset_of_a_nuget_package_is_named_after_its_id_and_version(
    client: Any, acme: Domain, team: Repository, file: str
) -> None:
    seeded = acme.add_repository("seeded").add_package(nuget("Foo")).add_version("1.0.0.0", assets={file: b"zip"})

    published = team.publish(nuget("Foo"), "1.0.0.0", {file: b"zip"})

    assert published.assets == seeded.assets == {"foo.1.0.0.nupkg": b"zip"}
    listed = client.list_package_version_assets(**TEAM, format="nuget", package="foo", packageVersion="1.0.0")
    assert [asset["name"] for asset in listed["assets"]] == ["foo.1.0.0.nupkg"]


@pytest.mark.rule("F-5", "P-6")
def test_the_name_of_an_uploaded_nuget_file_does_not_matter(team: Repository) -> None:
    team.publish(nuget("Foo"), "1.0.0", {"Foo.1.0.0.nupkg": b"zip"})

    assert team.publish(nuget("foo"), "1.0.0.0", {"foo.nupkg": b"zip"}).assets == {"foo.1.0.0.nupkg": b"zip"}
    with pytest.raises(ConflictException):
        team.publish(nuget("foo"), "1.0.0", {"Foo.nupkg": b"other"})


@pytest.mark.rule("F-5")
def test_a_nuget_version_cannot_be_seeded_with_two_packages(team: Repository) -> None:
    with pytest.raises(SeedError, match=r"'b.nupkg' is stored as 'foo.1.0.0.nupkg' .* one of that name already"):
        team.add_package(nuget("Foo")).add_version("1.0.0", assets={"a.nupkg": b"", "b.nupkg": b""})
