"""The AWS SDK for JavaScript v3 calls a fake that is seeded and checked in Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import (
    AccessDeniedException,
    Domain,
    FakeCodeArtifact,
    InternalServerException,
    Repository,
    ThrottlingException,
    cut_short,
    generic,
    npm,
    pypi,
)

from ..support.acme import ACCOUNT, NO_DOMAIN, NO_REPOSITORY, TEAM
from ..support.machines import Machine

Node = Callable[..., Any]

LONG_AGO = dt.datetime(2020, 1, 31, 12, 30, 15, 250_000, tzinfo=dt.timezone.utc)


def test_a_retention_job_pages_and_deletes(node: Node, codeartifact: FakeCodeArtifact, team: Repository) -> None:
    old = [pypi(f"old-{number}") for number in range(5)] + [npm("@ui/old-button")]
    team.add_packages([*old, pypi("requests"), npm("react")], versions=["1.0.0"])

    said = node("clean_up.mjs", {"repository": TEAM, "prefix": "old-", "pageSize": 4})

    assert said["pages"] == [["old-button", "old-0", "old-1", "old-2"], ["old-3", "old-4"]]
    assert team.deleted == set(old)
    assert set(team.packages) == {pypi("requests"), npm("react")}
    assert codeartifact.calls.operations == ["ListPackages"] * 2 + ["DeletePackage"] * 6
    assert [call.params["maxResults"] for call in codeartifact.calls.of("ListPackages")] == [4, 4]
    assert {(call.account, call.region) for call in codeartifact.calls} == {(ACCOUNT, "us-east-1")}


@pytest.mark.parametrize(
    ("operation", "input", "expected"),
    [
        (
            "DescribeDomain",
            {"domain": "nowhere"},
            ("ResourceNotFoundException", 404, NO_DOMAIN, {"resourceId": "nowhere", "resourceType": "domain"}),
        ),
        (
            "ListPackages",
            {"domain": "acme", "repository": "nowhere"},
            ("ResourceNotFoundException", 404, NO_REPOSITORY,
             {"resourceId": "nowhere", "resourceType": "repository"}),
        ),
        (
            "CreateDomain",
            {"domain": "acme"},
            ("ConflictException", 409, "Domain 'acme' already exists.",
             {"resourceId": "acme", "resourceType": "domain"}),
        ),
        (
            "CreateDomain",
            {"domain": "A"},
            ("ValidationException", 400, None, {"reason": "FIELD_VALIDATION_FAILED"}),
        ),
        (
            "CreateDomain",
            {"domain": "another"},
            ("ServiceQuotaExceededException", 402, None, {"resourceId": "another", "resourceType": "domain"}),
        ),
    ],
    ids=["no domain", "no repository", "conflict", "validation", "quota"],
)  # fmt: skip
def test_errors_have_the_classes_and_members_of_the_model(
    node: Node, codeartifact: FakeCodeArtifact, team: Repository, operation: str, input: Any, expected: Any
) -> None:
    codeartifact.quotas.domains = 1
    name, status, message, members = expected

    with codeartifact.unchanged():
        error = node("call.mjs", {"operation": operation, "input": input})["error"]

    assert (error["class"], error["name"], error["status"]) == (name, name, status)
    assert error["message"] == message or message is None
    assert error["members"] == members
    assert (error["attempts"], error["hasRequestId"], error["fault"]) == (1, True, "client")
    assert [call.operation for call in codeartifact.calls] == [operation]


@pytest.mark.parametrize(
    ("planned", "members"),
    [
        (AccessDeniedException("Not you"), {}),
        (ThrottlingException("Rate exceeded", retry_after_seconds=7), {"retryAfterSeconds": 7}),
        (InternalServerException("Something is wrong"), {}),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_planned_errors_have_the_classes_and_members_of_the_model(
    node: Node, codeartifact: FakeCodeArtifact, team: Repository, planned: Any, members: dict[str, Any]
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", planned)

    given = {"operation": "DeletePackage", "input": {**TEAM, "format": "pypi", "package": "tool"}}
    error = node("call.mjs", {**given, "config": {"maxAttempts": 1}})["error"]

    assert (error["class"], error["message"], error["status"]) == (planned.code, planned.message, planned.status)
    assert error["members"] == members
    assert [(call.error, call.attempts) for call in codeartifact.calls] == [(planned, 1)]
    assert team.deleted == set()


def test_retries_of_the_sdk_are_recorded_as_one_call(
    node: Node, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", ThrottlingException("Rate exceeded"))
    codeartifact.fail("DeletePackage", InternalServerException("Something is wrong"))

    given = {"operation": "DeletePackage", "input": {**TEAM, "format": "pypi", "package": "tool"}}
    said = node("call.mjs", {**given, "config": {"maxAttempts": 3}})

    assert said["attempts"] == 3
    assert [(call.operation, call.error, call.attempts) for call in codeartifact.calls] == [("DeletePackage", None, 3)]
    assert team.deleted == {pypi("tool")}


def test_the_sdk_retries_a_deletion_whose_response_was_lost(
    node: Node, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", cut_short(10))

    said = node("call.mjs", {"operation": "DeletePackage", "input": {**TEAM, "format": "pypi", "package": "tool"}})

    assert (said["error"]["class"], said["error"]["attempts"]) == ("ResourceNotFoundException", 2)
    assert team.deleted == {pypi("tool")}


def test_timestamps_are_dates_and_numbers_are_numbers(
    node: Node, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    version = team.add_package(npm("@ui/button")).add_version(
        "1.0.0", published=LONG_AGO, assets={"package.tgz": b"abc"}
    )
    id = {**TEAM, "format": "npm", "namespace": "ui", "package": "button", "packageVersion": "1.0.0"}

    described = node("call.mjs", {"operation": "DescribePackageVersion", "input": id})["answer"]["packageVersion"]
    domain = node("call.mjs", {"operation": "DescribeDomain", "input": {"domain": "acme"}})["answer"]["domain"]

    assert described["publishedTime"] == {"Date": "2020-01-31T12:30:15.250Z"}
    assert (described["revision"], described["namespace"]) == (version.revision, "ui")
    assert set(domain["createdTime"]) == {"Date"}
    assert (domain["assetSizeBytes"], domain["repositoryCount"]) == (3, 1)
    assert not codeartifact.calls.writes


def test_batches_return_maps_of_successful_and_failed_versions(
    node: Node, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    tool = team.add_package(pypi("tool"), versions=["1.0", "1.1"])
    tool.add_version("1.2", status="Archived")
    given = {**TEAM, "format": "pypi", "package": "tool", "versions": ["1.0", "1.2"], "expectedStatus": "Published"}

    refused = node("call.mjs", {"operation": "DeletePackageVersions", "input": given})["answer"]
    deleted = node("call.mjs", {"operation": "DeletePackageVersions", "input": {**given, "versions": ["1.1"]}})[
        "answer"
    ]

    assert {version: failed["errorCode"] for version, failed in refused["failedVersions"].items()} == {
        "1.0": "SKIPPED",
        "1.2": "MISMATCHED_STATUS",
    }
    assert list(deleted["successfulVersions"]) == ["1.1"]
    assert team.deleted_versions == {(pypi("tool"), "1.1")}


def test_assets_are_uploaded_and_downloaded_unchanged(
    node: Node, codeartifact: FakeCodeArtifact, team: Repository, machine: Machine
) -> None:
    content = bytes(range(256)) * 4096 * 3
    (machine.home / "installer.bin").write_bytes(content)
    version = {**TEAM, "format": "generic", "namespace": "tools", "package": "installer", "packageVersion": "1.0"}

    said = node("assets.mjs", {"version": version, "file": "installer.bin"})

    published = team.packages[generic("tools", "installer")].versions["1.0"]
    assert published.status == "Published"
    assert published.assets == {"memory.bin": content, "stream.bin": content}
    assert [(one["name"], one["status"], one["size"]) for one in said["published"]] == [
        ("memory.bin", "Unfinished", len(content)),
        ("stream.bin", "Published", len(content)),
    ]
    assert (said["downloaded"]["name"], said["downloaded"]["version"]) == ("stream.bin", "1.0")
    assert said["downloaded"]["same"]
    assert said["downloaded"]["pieces"] > 1
    assert codeartifact.calls.operations == ["PublishPackageVersion"] * 2 + ["GetPackageVersionAsset"]


def test_calls_have_the_account_and_region_of_the_client(
    node: Node, codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    codeartifact.register_access_key("AKIATHEIRS", account="210987654321")
    codeartifact.add_domain("theirs", account="210987654321", region="eu-west-1")
    keys = {"accessKeyId": "AKIATHEIRS", "secretAccessKey": "any"}

    said = node("call.mjs", {"operation": "ListDomains", "config": {"region": "eu-west-1", "credentials": keys}})

    assert [domain["name"] for domain in said["answer"]["domains"]] == ["theirs"]
    assert [(call.account, call.region) for call in codeartifact.calls] == [("210987654321", "eu-west-1")]
