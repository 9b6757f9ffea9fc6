"""PublishPackageVersion, which is for generic packages only (behaviour reference, section 13)."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    Repository,
    RestrictionMode,
    RestrictionType,
    generic,
)

from ..support.acme import TEAM

TOOL = generic("tools", "installer")
OF_TOOL = {**TEAM, "format": "generic", "namespace": "tools", "package": "installer"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def publish(client: Any, content: bytes = b"hello", **params: Any) -> dict[str, Any]:
    """Publish an asset to version 1.0 of the generic package tools/installer in the repository `team`."""
    given = {
        **OF_TOOL,
        "packageVersion": "1.0",
        "assetName": "tool.bin",
        "assetContent": content,
        "assetSHA256": sha256(content),
    }
    response: dict[str, Any] = client.publish_package_version(**{**given, **params})
    return response


# What is published


@pytest.mark.rule("P-3", "P-4")
@pytest.mark.parametrize("params", [{}, {"unfinished": False}], ids=str)
def test_the_response_describes_the_version_and_the_asset(
    client: Any, team: Repository, params: dict[str, bool]
) -> None:
    response = publish(client, b"hello world", **params)

    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert response == {
        "format": "generic",
        "namespace": "tools",
        "package": "installer",
        "version": "1.0",
        "versionRevision": team.packages[TOOL].versions["1.0"].revision,
        "status": "Published",
        "asset": {
            "name": "tool.bin",
            "size": 11,
            "hashes": {
                "MD5": "5eb63bbbe01eeed093cb22bb8f5acdc3",
                "SHA-1": "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed",
                "SHA-256": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
                "SHA-512": (
                    "309ecc489c12d6eb4cc40f50c902f2b4d0ed77ee511a7c7a9bcd3ca86d4cd86f"
                    "989dd35bc5ff499670da34255b45b0cfd830e81f605dcf7dc5542e93ae9cd76f"
                ),
            },
        },
    }
    assert team.packages[TOOL].versions["1.0"].assets == {"tool.bin": b"hello world"}


@pytest.mark.rule("P-3")
def test_the_response_describes_the_asset_of_this_call_only(client: Any, team: Repository) -> None:
    publish(client, b"one", assetName="one.bin", unfinished=True)

    response = publish(client, b"three", assetName="three.bin")

    assert (response["asset"]["name"], response["asset"]["size"]) == ("three.bin", 5)
    assert team.packages[TOOL].versions["1.0"].assets == {"one.bin": b"one", "three.bin": b"three"}


@pytest.mark.rule("P-3", "S-4")
def test_a_published_version_names_its_repository_as_entry_point(client: Any, team: Repository) -> None:
    publish(client)

    described = client.describe_package_version(**OF_TOOL, packageVersion="1.0")["packageVersion"]
    assert described["origin"] == {"domainEntryPoint": {"repositoryName": "team"}, "originType": "INTERNAL"}
    assert team.packages[TOOL].versions["1.0"].entry_point == "team"


@pytest.mark.rule("P-3")
@pytest.mark.parametrize("content", [b"", bytes(range(256)), b'{"not": "json"}', b"\r\n" * 100_000], ids=len)
def test_content_is_stored_unchanged(client: Any, team: Repository, content: bytes) -> None:
    response = publish(client, content)

    assert response["asset"]["size"] == len(content)
    assert team.packages[TOOL].versions["1.0"].assets["tool.bin"] == content


@pytest.mark.rule("P-3")
def test_content_may_be_a_file(client: Any, team: Repository) -> None:
    publish(client, b"hello", assetContent=io.BytesIO(b"hello"))

    assert team.packages[TOOL].versions["1.0"].assets["tool.bin"] == b"hello"


@pytest.mark.rule("P-4", "P-13")
def test_assets_are_added_until_the_version_is_finished(client: Any, team: Repository) -> None:
    first = publish(client, b"1", assetName="1.bin", unfinished=True)
    second = publish(client, b"2", assetName="2.bin", unfinished=True)
    third = publish(client, b"3", assetName="3.bin")

    assert [step["status"] for step in (first, second, third)] == ["Unfinished", "Unfinished", "Published"]
    assert len({step["versionRevision"] for step in (first, second, third)}) == 3
    assert team.packages[TOOL].versions["1.0"].assets == {"1.bin": b"1", "2.bin": b"2", "3.bin": b"3"}
    assert team.packages[TOOL].versions["1.0"].status == "Published"


@pytest.mark.rule("P-4", "P-13")
def test_a_version_can_be_finished_by_its_status(client: Any, team: Repository) -> None:
    revision = publish(client, unfinished=True)["versionRevision"]

    response = client.update_package_versions_status(**OF_TOOL, versions=["1.0"], targetStatus="Published")

    assert response["successfulVersions"] == {"1.0": {"revision": revision, "status": "Published"}}
    assert team.packages[TOOL].versions["1.0"].revision == revision
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, b"more", assetName="more.bin")


@pytest.mark.rule("P-4", "P-5")
def test_a_published_version_never_becomes_unfinished_again(client: Any, team: Repository) -> None:
    publish(client)

    with pytest.raises(client.exceptions.ConflictException):
        publish(client, b"more", assetName="more.bin", unfinished=True)
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, unfinished=True)
    with pytest.raises(client.exceptions.ValidationException):
        client.update_package_versions_status(**OF_TOOL, versions=["1.0"], targetStatus="Unfinished")

    assert team.packages[TOOL].versions["1.0"].status == "Published"
    assert team.packages[TOOL].versions["1.0"].assets == {"tool.bin": b"hello"}


# Conflicts


@pytest.mark.rule("P-5", "P-14")
@pytest.mark.parametrize("status", ["Published", "Unlisted", "Archived", "Disposed"])
@pytest.mark.parametrize(("name", "content"), [("tool.bin", b"hello"), ("tool.bin", b"other"), ("other.bin", b"hello")])
def test_a_finished_version_cannot_be_published_again(
    client: Any, team: Repository, status: str, name: str, content: bytes
) -> None:
    publish(client)
    if status == "Disposed":
        client.dispose_package_versions(**OF_TOOL, versions=["1.0"])
    else:
        client.update_package_versions_status(**OF_TOOL, versions=["1.0"], targetStatus=status)
    version = team.packages[TOOL].versions["1.0"]
    assets, revision = dict(version.assets), version.revision

    with pytest.raises(client.exceptions.ConflictException) as caught:
        publish(client, content, assetName=name)

    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert response["resourceType"] == "package-version"
    assert "1.0" in response["Error"]["Message"]
    assert (version.status, version.revision) == (status, revision)
    assert version.assets == assets


@pytest.mark.rule("P-6", "P-13")
def test_the_same_asset_again_changes_nothing(client: Any, team: Repository) -> None:
    first = publish(client, unfinished=True)
    again = publish(client, unfinished=True)
    finished = publish(client)

    assert again["versionRevision"] == first["versionRevision"] == finished["versionRevision"]
    assert again["asset"] == first["asset"]
    assert [step["status"] for step in (again, finished)] == ["Unfinished", "Published"]
    assert team.packages[TOOL].versions["1.0"].assets == {"tool.bin": b"hello"}


@pytest.mark.rule("P-6")
@pytest.mark.parametrize("unfinished", [True, False])
def test_other_content_under_the_same_name_is_a_conflict(client: Any, team: Repository, unfinished: bool) -> None:
    revision = publish(client, unfinished=True)["versionRevision"]

    with pytest.raises(client.exceptions.ConflictException) as caught:
        publish(client, b"other", unfinished=unfinished)

    version = team.packages[TOOL].versions["1.0"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert "tool.bin" in caught.value.response["Error"]["Message"]
    assert version.assets == {"tool.bin": b"hello"}
    assert (version.status, version.revision) == ("Unfinished", revision)


# The package record and its origin configuration


@pytest.mark.rule("P-12", "K-3")
@pytest.mark.parametrize("unfinished", [True, False])
def test_the_first_version_creates_the_package(client: Any, team: Repository, unfinished: bool) -> None:
    publish(client, unfinished=unfinished)

    described = client.describe_package(**OF_TOOL)["package"]
    assert described["originConfiguration"] == {"restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}}
    assert team.packages[TOOL].origin == Origin("ALLOW", "BLOCK")


@pytest.mark.rule("P-12", "K-3")
@pytest.mark.parametrize("restriction", ["EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM"])
def test_a_new_package_of_a_restricted_group_is_open(
    client: Any, acme: Domain, team: Repository, restriction: RestrictionType
) -> None:
    acme.add_package_group("/generic/*", restrictions={restriction: "BLOCK"})

    publish(client)

    assert team.packages[TOOL].origin == Origin("ALLOW", "ALLOW")


@pytest.mark.rule("P-12")
def test_a_later_version_does_not_change_the_configuration(client: Any, team: Repository) -> None:
    team.add_package(TOOL, versions=["0.9"], origin=Origin("ALLOW", "ALLOW"))

    publish(client)

    assert team.packages[TOOL].origin == Origin("ALLOW", "ALLOW")
    assert set(team.packages[TOOL].versions) == {"0.9", "1.0"}


@pytest.mark.rule("P-10", "K-7")
@pytest.mark.parametrize("upstream", ["ALLOW", "BLOCK"])
def test_publishing_to_a_package_that_blocks_it_is_refused(
    client: Any, team: Repository, upstream: OriginSwitch
) -> None:
    team.add_package(TOOL, versions=["0.9"], origin=Origin("BLOCK", upstream))

    with pytest.raises(client.exceptions.ConflictException, match="This package is configured to block new versions"):
        publish(client)

    assert set(team.packages[TOOL].versions) == {"0.9"}


@pytest.mark.rule("P-10", "K-8")
@pytest.mark.parametrize(
    ("pattern", "restrictions"),
    [
        ("/generic/*", {"PUBLISH": "BLOCK"}),
        ("/generic/tools/installer$", {"PUBLISH": "BLOCK"}),
        ("/generic/tools/*", {"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"}),
        ("/generic/tools/Installer$", {"PUBLISH": "ALLOW"}),
    ],
    ids=["blocked format", "blocked package", "repository not listed", "weak match"],
)
def test_a_package_group_can_block_publishing(
    client: Any, acme: Domain, team: Repository, pattern: str, restrictions: dict[RestrictionType, RestrictionMode]
) -> None:
    acme.add_package_group(pattern, restrictions=restrictions)
    team.add_package(TOOL, versions=["0.9"], origin=Origin("ALLOW", "ALLOW"))

    with pytest.raises(client.exceptions.ConflictException, match="This package is configured to block new versions"):
        publish(client)
    with pytest.raises(client.exceptions.ConflictException):
        publish(client, unfinished=True)

    assert set(team.packages[TOOL].versions) == {"0.9"}


@pytest.mark.rule("P-10")
def test_repositories_on_the_list_of_the_group_may_publish(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_repository("other")
    acme.add_package_group(
        "/generic/*",
        restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"},
        allowed_repositories={"PUBLISH": ["team"]},
    )

    with pytest.raises(client.exceptions.ConflictException):
        publish(client, repository="other")
    publish(client)

    assert set(team.packages[TOOL].versions) == {"1.0"}


@pytest.mark.rule("P-11", "U-11", "K-7")
def test_a_generic_version_that_exists_upstream_can_be_published(client: Any, acme: Domain, team: Repository) -> None:
    team.add_package(TOOL, versions=["1.0"])
    downstream = acme.add_repository("downstream", upstreams=[team])
    downstream.add_package(TOOL, origin=Origin("ALLOW", "ALLOW"))

    publish(client, repository="downstream")

    assert downstream.packages[TOOL].versions["1.0"].assets == {"tool.bin": b"hello"}


# Quotas


@pytest.mark.rule("P-9")
def test_the_quota_of_an_asset_is_five_gigabytes(codeartifact: FakeCodeArtifact) -> None:
    assert codeartifact.quotas.asset_bytes == 5 * 1024**3


@pytest.mark.rule("P-9")
def test_an_asset_that_is_too_large_exceeds_a_quota(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    codeartifact.quotas.asset_bytes = 10

    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        publish(client, b"x" * 11)
    assert TOOL not in team.packages
    publish(client, b"x" * 10)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert team.packages[TOOL].versions["1.0"].assets == {"tool.bin": b"x" * 10}


@pytest.mark.rule("P-9")
@pytest.mark.parametrize(
    ("region", "most"),
    [
        *((region, 350) for region in ("us-east-1", "us-east-2", "ap-south-1")),
        *((region, 350) for region in ("eu-central-1", "eu-west-1", "eu-west-3")),
        *((region, 150) for region in ("us-west-2", "eu-west-2", "eu-north-1", "ap-northeast-1")),
    ],
)
def test_the_number_of_assets_is_limited_by_region(codeartifact: FakeCodeArtifact, region: str, most: int) -> None:
    client = codeartifact.client(region=region)
    package = codeartifact.add_domain("acme", region=region).add_repository("team").add_package(TOOL)
    seeded = {f"{number}.bin": b"" for number in range(most - 1)}
    version = package.add_version("1.0", status="Unfinished", assets=seeded)

    publish(client, unfinished=True)
    publish(client, unfinished=True)
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        publish(client, assetName="one too many", unfinished=True)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert len(version.assets) == most
    assert version.status == "Unfinished"


@pytest.mark.rule("S-3", "P-13", "B-6")
def test_a_seeded_revision_is_kept_until_the_content_changes(client: Any, team: Repository) -> None:
    team.add_package(TOOL).add_version("1.0", status="Unfinished", revision="seeded", assets={"a": b"a"})

    same = publish(client, b"a", assetName="a", unfinished=True)["versionRevision"]
    more = publish(client, b"b", assetName="b", unfinished=True)["versionRevision"]

    assert same == "seeded"
    assert more not in ("", "seeded")
    guarded = client.dispose_package_versions(**OF_TOOL, versions=["1.0"], versionRevisions={"1.0": "seeded"})
    assert guarded["failedVersions"]["1.0"]["errorCode"] == "MISMATCHED_REVISION"
