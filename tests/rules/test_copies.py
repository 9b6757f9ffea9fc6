"""CopyPackageVersions (behaviour reference, section 16)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pytest_codeartifact import (
    Dependency,
    Domain,
    FakeCodeArtifact,
    License,
    Origin,
    OriginType,
    PackageId,
    Repository,
    VersionStatus,
    generic,
    npm,
    nuget,
    pypi,
)

from ..support.acme import coordinates, each_format

ROUTE = {"domain": "acme", "sourceRepository": "source", "destinationRepository": "target"}


LODASH, REQUESTS = npm("lodash"), pypi("requests")


@pytest.fixture
def source(acme: Domain) -> Repository:
    return acme.add_repository("source")


@pytest.fixture
def target(acme: Domain) -> Repository:
    return acme.add_repository("target")


def copy(client: Any, id: PackageId, *versions: str, **params: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Copy versions, and return the maps of successful and of failed versions."""
    response = client.copy_package_versions(**{**ROUTE, **coordinates(id), "versions": list(versions), **params})
    return response["successfulVersions"], response["failedVersions"]


# What is copied


@pytest.mark.rule("C-3", "C-13")
@each_format
def test_versions_of_every_format_are_copied(
    client: Any, source: Repository, target: Repository, id: PackageId
) -> None:
    package = source.add_package(id, versions=["1.0.0", "2.0.0", "3.0.0"])

    successful, failed = copy(client, id, "1.0.0", "3.0.0")

    assert successful == {
        version: {"revision": package.versions[version].revision, "status": "Published"}
        for version in ("1.0.0", "3.0.0")
    }
    assert failed == {}
    assert set(target.packages[id].versions) == {"1.0.0", "3.0.0"}
    assert set(source.packages[id].versions) == {"1.0.0", "2.0.0", "3.0.0"}


@pytest.mark.rule("C-3")
def test_the_response_of_a_copy_has_the_two_maps_only(client: Any, source: Repository, target: Repository) -> None:
    source.add_package(LODASH, versions=["1.0.0"])

    response = client.copy_package_versions(**ROUTE, **coordinates(LODASH), versions=["1.0.0"])

    metadata = response.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 200
    assert set(response) == {"successfulVersions", "failedVersions"}
    assert "1.0.0" in target.packages[LODASH].versions


@pytest.mark.rule("C-13")
def test_all_assets_of_a_version_are_copied(client: Any, source: Repository, target: Repository) -> None:
    id = generic("tools", "installer")
    assets = {f"part {number}.bin": bytes([number]) * number for number in range(20)}
    source.add_package(id).add_version("1.0", assets=assets)

    copy(client, id, "1.0")

    assert target.packages[id].versions["1.0"].assets == assets
    assert source.packages[id].versions["1.0"].assets == assets


@pytest.mark.rule("C-8")
def test_a_copy_keeps_revision_metadata_origin_and_time(
    codeartifact: FakeCodeArtifact, client: Any, source: Repository, target: Repository
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 2, 1, tzinfo=dt.timezone.utc))
    package = source.add_package(LODASH)
    package.add_version(
        "4.17.21",
        published=dt.datetime(2021, 2, 20, 12, 30, tzinfo=dt.timezone.utc),
        origin_type="EXTERNAL",
        summary="Lodash modular utilities.",
        home_page="https://lodash.com/",
        source_code_repository="https://github.com/lodash/lodash",
        licenses=[License("MIT", "https://opensource.org/license/mit")],
        readme="# lodash",
        dependencies=[Dependency("left-pad", "^1.0.0", "regular")],
    )
    version = {**coordinates(LODASH), "packageVersion": "4.17.21"}
    codeartifact.clock.advance(dt.timedelta(days=1))

    copy(client, LODASH, "4.17.21")

    there = {"domain": "acme", "repository": "target", **version}
    here = {"domain": "acme", "repository": "source", **version}
    copied = client.describe_package_version(**there)["packageVersion"]
    assert copied == client.describe_package_version(**here)["packageVersion"]
    assert copied["publishedTime"] == dt.datetime(2021, 2, 20, 12, 30, tzinfo=dt.timezone.utc)
    assert copied["origin"] == {
        "domainEntryPoint": {"externalConnectionName": "public:npmjs"},
        "originType": "EXTERNAL",
    }
    assert client.get_package_version_readme(**there)["readme"] == "# lodash"
    assert target.packages[LODASH].versions["4.17.21"].dependencies == [Dependency("left-pad", "^1.0.0", "regular")]


@pytest.mark.rule("C-8", "S-4")
def test_a_copy_still_says_which_repository_it_was_published_to(
    client: Any, source: Repository, target: Repository
) -> None:
    source.publish(LODASH, "1.0.0")

    copy(client, LODASH, "1.0.0")

    assert target.packages[LODASH].versions["1.0.0"].entry_point == "source"


@pytest.mark.rule("C-8")
@pytest.mark.parametrize("status", ["Published", "Unlisted"])
def test_a_copy_has_the_status_of_the_original(
    client: Any, source: Repository, target: Repository, status: VersionStatus
) -> None:
    source.add_package(LODASH).add_version("1.0.0", status=status)

    successful, _ = copy(client, LODASH, "1.0.0")

    assert successful["1.0.0"]["status"] == status
    assert target.packages[LODASH].versions["1.0.0"].status == status


@pytest.mark.rule("C-8", "F-5")
def test_a_copy_keeps_the_spelling_of_the_name(client: Any, source: Repository, target: Repository) -> None:
    source.add_package(nuget("Newtonsoft.Json"), versions=["1.0.7"])

    successful, _ = copy(client, nuget("Newtonsoft.Json"), "1.00.7+r3456", package="NEWTONSOFT.Json")

    described = client.describe_package_version(
        domain="acme", repository="target", **coordinates(nuget("newtonsoft.json")), packageVersion="1.0.7"
    )
    assert set(successful) == {"1.0.7"}
    assert described["packageVersion"]["displayName"] == "Newtonsoft.Json"
    assert nuget("newtonsoft.json") in target.packages


@pytest.mark.rule("B-14")
def test_a_version_that_is_named_twice_is_copied_once(client: Any, source: Repository, target: Repository) -> None:
    source.add_package(LODASH, versions=["1.0.0"])

    successful, failed = copy(client, LODASH, "1.0.0", "1.0.0")

    assert (set(successful), failed) == ({"1.0.0"}, {})
    assert set(target.packages[LODASH].versions) == {"1.0.0"}


# npm's tags


@pytest.mark.rule("C-7")
def test_all_tags_on_the_version_are_copied_and_no_others(client: Any, source: Repository, target: Repository) -> None:
    source.add_package(
        LODASH,
        versions=["1.0.0", "2.0.0"],
        dist_tags={"lts": "1.0.0", "stable": "1.0.0", "next": "2.0.0", "latest": "2.0.0"},
    )

    copy(client, LODASH, "1.0.0")

    assert target.packages[LODASH].dist_tags == {"lts": "1.0.0", "stable": "1.0.0"}


@pytest.mark.rule("C-7", "L-6")
def test_copied_tags_override_those_of_the_destination(client: Any, source: Repository, target: Repository) -> None:
    source.add_package(LODASH, versions=["1.0.0"], dist_tags={"latest": "1.0.0"})
    target.add_package(LODASH, versions=["2.0.0"], dist_tags={"latest": "2.0.0", "next": "2.0.0"})

    copy(client, LODASH, "1.0.0")

    listed = client.list_package_versions(domain="acme", repository="target", **coordinates(LODASH))
    assert target.packages[LODASH].dist_tags == {"latest": "1.0.0", "next": "2.0.0"}
    assert listed["defaultDisplayVersion"] == "1.0.0"


# Origin controls


@pytest.mark.rule("C-9", "K-9")
@pytest.mark.parametrize("origin", [Origin("BLOCK", "ALLOW"), Origin("BLOCK", "BLOCK")], ids=str)
def test_the_publish_block_of_a_package_does_not_apply_to_copies(
    client: Any, source: Repository, target: Repository, origin: Origin
) -> None:
    source.add_package(LODASH, versions=["1.0.0-patched"])
    target.add_package(LODASH, origin=origin)

    successful, _ = copy(client, LODASH, "1.0.0-patched")

    assert set(successful) == {"1.0.0-patched"}
    assert target.packages[LODASH].origin == origin


@pytest.mark.rule("C-9", "K-9")
def test_the_publish_block_of_a_package_group_does_not_apply_to_copies(
    client: Any, acme: Domain, source: Repository, target: Repository
) -> None:
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": "BLOCK"})
    source.add_package(LODASH, versions=["1.0.0-patched"])

    successful, _ = copy(client, LODASH, "1.0.0-patched")

    assert set(successful) == {"1.0.0-patched"}
    assert "1.0.0-patched" in target.packages[LODASH].versions


@pytest.mark.rule("C-9", "K-4")
@pytest.mark.parametrize(
    ("origin_type", "origin"),
    [
        ("INTERNAL", Origin("ALLOW", "BLOCK")),
        ("EXTERNAL", Origin("BLOCK", "ALLOW")),
        ("UNKNOWN", Origin("ALLOW", "ALLOW")),
    ],
)
def test_the_origin_type_of_a_copied_version_decides_the_controls_of_a_new_package(
    client: Any, source: Repository, target: Repository, origin_type: OriginType, origin: Origin
) -> None:
    source.add_package(LODASH, origin=Origin("BLOCK", "BLOCK")).add_version("1.0.0", origin_type=origin_type)

    copy(client, LODASH, "1.0.0")

    assert target.packages[LODASH].origin == origin


# Existing versions in the destination


@pytest.mark.rule("C-4")
def test_an_identical_version_in_the_destination_is_in_neither_map(
    codeartifact: FakeCodeArtifact, client: Any, source: Repository, target: Repository
) -> None:
    content = {"package.tgz": b"the same bytes"}
    source.add_package(LODASH).add_version("0.2.1", assets=content, summary="Same.")
    source.packages[LODASH].add_version("0.2.0")
    codeartifact.clock.advance(dt.timedelta(days=1))
    present = target.add_package(LODASH).add_version("0.2.1", assets=content, summary="Same.", status="Unlisted")
    published = present.published

    successful, failed = copy(client, LODASH, "0.2.1", "0.2.0")

    assert (set(successful), failed) == ({"0.2.0"}, {})
    assert (present.status, present.published) == ("Unlisted", published)
    assert "0.2.0" in target.packages[LODASH].versions


@pytest.mark.rule("C-4", "C-7")
def test_nothing_is_copied_of_an_identical_version(client: Any, source: Repository, target: Repository) -> None:
    source.add_package(LODASH, versions=["1.0.0", "2.0.0"], dist_tags={"latest": "1.0.0"})
    target.add_package(LODASH, versions=["1.0.0", "2.0.0"], dist_tags={"latest": "2.0.0"})

    outcome = copy(client, LODASH, "1.0.0", allowOverwrite=True)

    assert outcome == ({}, {})
    assert target.packages[LODASH].dist_tags == {"latest": "2.0.0"}


@pytest.mark.rule("C-3", "C-4")
@pytest.mark.parametrize(
    "other",
    [
        {"assets": {"a.whl": b"other bytes"}},
        {"assets": {"a.whl": b"bytes", "b.whl": b"more"}},
        {"assets": {"b.whl": b"bytes"}},
        {"assets": {}},
        {"assets": {"a.whl": b"bytes"}, "summary": "Other."},
        {"assets": {"a.whl": b"bytes"}, "readme": "# Other"},
    ],
    ids=str,
)
def test_other_content_in_the_destination_is_not_overwritten(
    client: Any, source: Repository, target: Repository, other: dict[str, Any]
) -> None:
    source.add_package(REQUESTS).add_version("0.3.2", assets={"a.whl": b"bytes"})
    source.packages[REQUESTS].add_version("0.2.1")
    present = target.add_package(REQUESTS).add_version("0.3.2", **other)
    revision = present.revision

    successful, failed = copy(client, REQUESTS, "0.3.2", "0.2.1", allowOverwrite=False)

    assert successful == {}
    assert failed == {
        "0.3.2": {"errorCode": "ALREADY_EXISTS", "errorMessage": "Version 0.3.2 already exists"},
        "0.2.1": {"errorCode": "SKIPPED", "errorMessage": "Version 0.2.1 was skipped"},
    }
    assert (present.assets, present.revision) == (other["assets"], revision)
    assert set(target.packages[REQUESTS].versions) == {"0.3.2"}


@pytest.mark.rule("C-4")
def test_other_content_is_overwritten_with_allow_overwrite(client: Any, source: Repository, target: Repository) -> None:
    original = source.add_package(REQUESTS).add_version("0.3.2", assets={"a.whl": b"bytes"}, summary="New.")
    present = target.add_package(REQUESTS).add_version("0.3.2", assets={"b.whl": b"old"}, readme="# Old")

    successful, failed = copy(client, REQUESTS, "0.3.2", allowOverwrite=True)

    assert successful == {"0.3.2": {"revision": original.revision, "status": "Published"}}
    assert failed == {}
    assert present.assets == {"a.whl": b"bytes"}
    assert (present.summary, present.readme, present.revision) == ("New.", None, original.revision)


@pytest.mark.rule("C-4")
@pytest.mark.parametrize("allow_overwrite", [False, True])
def test_versions_with_the_same_content_are_identical_despite_seeded_revisions(
    client: Any, source: Repository, target: Repository, allow_overwrite: bool
) -> None:
    content = {"package.tgz": b"the same bytes"}
    source.add_package(LODASH).add_version("1.0.0", assets=content, revision="one")
    target.add_package(LODASH).add_version("1.0.0", assets=content, revision="two")

    outcome = copy(client, LODASH, "1.0.0", allowOverwrite=allow_overwrite)

    assert outcome == ({}, {})


@pytest.mark.rule("C-4")
def test_versions_with_other_content_differ_despite_equal_seeded_revisions(
    client: Any, source: Repository, target: Repository
) -> None:
    source.add_package(LODASH).add_version("1.0.0", assets={"package.tgz": b"bytes"}, revision="same")
    target.add_package(LODASH).add_version("1.0.0", assets={"package.tgz": b"other bytes"}, revision="same")

    successful, failed = copy(client, LODASH, "1.0.0")

    assert successful == {}
    assert failed["1.0.0"]["errorCode"] == "ALREADY_EXISTS"


@pytest.mark.rule("C-4", "Q-8")
def test_a_version_that_the_destination_has_disposed_of_is_not_identical(
    client: Any, source: Repository, target: Repository
) -> None:
    source.add_package(LODASH).add_version("1.0.0", assets={"package.tgz": b"bytes"})
    copy(client, LODASH, "1.0.0")
    client.dispose_package_versions(domain="acme", repository="target", **coordinates(LODASH), versions=["1.0.0"])

    successful, failed = copy(client, LODASH, "1.0.0")

    assert successful == {}
    assert failed["1.0.0"]["errorCode"] == "ALREADY_EXISTS"
    assert target.packages[LODASH].versions["1.0.0"].status == "Disposed"


@pytest.mark.rule("C-4")
def test_versions_with_the_same_assets_in_another_order_are_identical(
    client: Any, source: Repository, target: Repository
) -> None:
    names = [f"asset-{number:03}" for number in range(150)]
    source.add_package(generic("ns", "tool")).add_version("1.0", assets=dict.fromkeys(names, b"x"))
    target.add_package(generic("ns", "tool")).add_version("1.0", assets=dict.fromkeys(reversed(names), b"x"))

    assert copy(client, generic("ns", "tool"), "1.0") == ({}, {})
