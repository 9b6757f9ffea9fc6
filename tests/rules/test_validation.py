"""Values that the client refuses, and that the service refuses (behaviour reference, sections 1.2 and 1.4)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository, npm, pypi

from ..support.lax_client import refusal, violations
from ..support.one_call_each import OPERATIONS, arguments, call, furnish, members

FAILED = "failed to satisfy constraint: "


@pytest.mark.rule("V-1")
@pytest.mark.parametrize(
    ("operation", "wrong"),
    [
        ("DeletePackage", {"package": None}),
        ("DeletePackage", {"package": 1}),
        ("DeletePackage", {"package": ""}),
        ("DeletePackageVersions", {"versions": "1.0"}),
        ("DeletePackageVersions", {"versions": [1]}),
        ("DescribeDomain", {"domain": "a"}),
        ("ListRepositories", {"repositoryPrefix": "a"}),
        ("ListPackages", {"maxResults": 0}),
        ("ListPackages", {"maxResults": "1"}),
        ("PublishPackageVersion", {"assetSHA256": "abc"}),
        ("DescribeDomain", {"domainOwner": "123"}),
        ("GetAuthorizationToken", {"durationSeconds": -1}),
    ],
    ids=str,
)
def test_values_that_botocore_refuses_are_not_sent(
    codeartifact: FakeCodeArtifact, client: Any, operation: str, wrong: dict[str, Any]
) -> None:
    given = {name: value for name, value in {**arguments(operation), **wrong}.items() if value is not None}

    with pytest.raises(ParamValidationError):
        call(client, operation, **given)

    assert len(codeartifact.calls) == 0


@pytest.mark.rule("V-1", "V-8")
@pytest.mark.parametrize(
    ("operation", "wrong", "answer"),
    [
        ("DeletePackage", {"format": "docker"}, "ValidationException"),
        ("DeletePackage", {"package": "x" * 300}, "ValidationException"),
        ("DeletePackage", {"package": "@types/foo"}, "ValidationException"),
        ("ListPackages", {"maxResults": 5000}, "ValidationException"),
        ("DeletePackageVersions", {"versions": [f"1.{n}" for n in range(101)]}, "ValidationException"),
        ("DeletePackageVersions", {"versions": []}, "ValidationException"),
        ("GetAuthorizationToken", {"durationSeconds": 50000}, "ValidationException"),
        ("GetAuthorizationToken", {"durationSeconds": 100}, "ValidationException"),
        ("DeletePackageGroup", {"packageGroup": "x"}, "ResourceNotFoundException"),
        ("UntagResource", {"tagKeys": []}, "success"),
    ],
)
def test_values_that_botocore_accepts_are_checked_by_the_service(
    codeartifact: FakeCodeArtifact, client: Any, operation: str, wrong: dict[str, Any], answer: str
) -> None:
    furnish(codeartifact)

    response = refusal(client, operation, **wrong)

    assert (response["Error"]["Code"] if response is not None else "success") == answer
    assert [call.operation for call in codeartifact.calls] == [operation]


@pytest.mark.rule("V-2", "V-3")
def test_a_violated_constraint_has_the_message_of_the_service(client: Any, team: Repository) -> None:
    team.add_package(npm("@types/foobar"), versions=["1.0.0"])

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.delete_package_versions(
            domain="acme", repository="team", format="npm", package="@types/foobar", versions=["1.0.0"]
        )

    assert str(caught.value).startswith(
        "An error occurred (ValidationException) when calling the DeletePackageVersions operation: "
        "1 validation error detected: Value '@types/foobar' at 'packageName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
    )
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "1.0.0" in team.packages[npm("@types/foobar")].versions


@pytest.mark.rule("V-2", "V-3", "L-15")
@pytest.mark.parametrize("operation", sorted(name for name in OPERATIONS if "nextToken" in members(name)))
def test_a_token_with_a_blank_violates_its_pattern(lax: Any, operation: str) -> None:
    found = violations(lax, operation, nextToken="eyJ4IjoxfQ== eyJ4IjoyfQ==")

    assert found == [
        f"Value 'eyJ4IjoxfQ== eyJ4IjoyfQ==' at 'nextToken' {FAILED}Member must satisfy regular expression pattern: \\S+"
    ]


@pytest.mark.rule("V-2")
def test_an_invalid_item_of_a_list_is_reported_with_the_whole_list_and_all_constraints(lax: Any) -> None:
    found = violations(lax, "DeletePackageVersions", versions=["1.0", "@my-org/package1"])

    assert len(found) == 1
    assert found[0].startswith(
        f"Value '[1.0, @my-org/package1]' at 'versions' {FAILED}Member must satisfy constraint: ["
        "Member must have length less than or equal to 255, Member must have length greater than or equal to 1, "
        "Member must satisfy regular expression pattern: "
    )
    assert found[0].endswith("]")


@pytest.mark.rule("V-3")
@pytest.mark.parametrize(
    ("operation", "member", "name"),
    [
        ("DescribePackage", "domain", "domainName"),
        ("DescribePackage", "domainOwner", "domainOwner"),
        ("DescribePackage", "repository", "repositoryName"),
        ("DescribePackage", "format", "packageFormat"),
        ("DescribePackage", "namespace", "packageNamespace"),
        ("DescribePackage", "package", "packageName"),
        ("DescribePackageVersion", "packageVersion", "packageVersion"),
        ("GetPackageVersionAsset", "asset", "asset"),
        ("CopyPackageVersions", "sourceRepository", "sourceRepository"),
        ("CopyPackageVersions", "destinationRepository", "destinationRepository"),
        ("ListPackages", "packagePrefix", "packagePrefix"),
        ("ListPackages", "nextToken", "nextToken"),
        ("ListRepositories", "repositoryPrefix", "repositoryPrefix"),
        ("DescribePackageGroup", "packageGroup", "packageGroup"),
        ("TagResource", "resourceArn", "resourceArn"),
    ],
)
def test_a_violation_has_the_name_that_the_service_uses_for_the_member(
    lax: Any, operation: str, member: str, name: str
) -> None:
    found = violations(lax, operation, **{member: "\x00 "})

    assert found
    assert all(violation.startswith(f"Value '\x00 ' at '{name}' {FAILED}") for violation in found)


FORMATS = "[npm, pypi, maven, nuget, generic, ruby, swift, cargo]"


@pytest.mark.rule("V-4")
@pytest.mark.parametrize(
    ("operation", "member", "value", "name", "constraint"),
    [
        ("DescribePackage", "package", "x" * 256, "packageName", "Member must have length less than or equal to 255"),
        ("ListPackages", "nextToken", "x" * 2001, "nextToken", "Member must have length less than or equal to 2000"),
        ("ListPackages", "maxResults", 5000, "maxResults", "Member must have value less than or equal to 1000"),
        ("ListPackages", "maxResults", 0, "maxResults", "Member must have value greater than or equal to 1"),
        (
            "GetAuthorizationToken",
            "durationSeconds",
            43201,
            "durationSeconds",
            "Member must have value less than or equal to 43200",
        ),
        ("DescribePackage", "format", "docker", "packageFormat", f"Member must satisfy enum value set: {FORMATS}"),
        (
            "GetRepositoryEndpoint",
            "endpointType",
            "ipv6",
            "endpointType",
            "Member must satisfy enum value set: [dualstack, ipv4]",
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_every_kind_of_constraint_has_its_message(
    lax: Any, operation: str, member: str, value: Any, name: str, constraint: str
) -> None:
    assert violations(lax, operation, **{member: value}) == [f"Value '{value}' at '{name}' {FAILED}{constraint}"]


@pytest.mark.rule("V-4")
def test_a_list_that_is_too_long_is_refused(lax: Any) -> None:
    found = violations(lax, "DeletePackageVersions", versions=["1"] * 101)

    shown = ", ".join(["1"] * 101)
    assert found == [f"Value '[{shown}]' at 'versions' {FAILED}Member must have length less than or equal to 100"]


@pytest.mark.rule("V-4")
@pytest.mark.parametrize(
    ("operation", "member", "name"),
    [
        ("DescribeDomain", "domain", "domainName"),
        ("DeletePackage", "package", "packageName"),
        ("DeletePackageVersions", "versions", "versions"),
        ("PutDomainPermissionsPolicy", "policyDocument", "policyDocument"),
        ("PublishPackageVersion", "assetSHA256", "assetSHA256"),
    ],
)
def test_a_missing_member_is_reported_as_null(lax: Any, operation: str, member: str, name: str) -> None:
    assert violations(lax, operation, member) == [f"Value null at '{name}' {FAILED}Member must not be null"]


@pytest.mark.rule("V-4")
def test_a_text_that_is_too_short_is_refused(lax: Any) -> None:
    found = violations(lax, "DescribeDomain", domain="a")

    assert f"Value 'a' at 'domainName' {FAILED}Member must have length greater than or equal to 2" in found


@pytest.mark.rule("V-4")
def test_several_violations_are_reported_at_once(lax: Any) -> None:
    with pytest.raises(lax.exceptions.ValidationException) as caught:
        lax.list_package_versions(domain="acme", repository="team", format="docker", package="x" * 256, maxResults=5000)

    message = caught.value.response["Error"]["Message"]
    assert message.startswith("3 validation errors detected: Value '")
    assert message.count("; Value '") == 2
    assert all(f"at '{name}' {FAILED}" in message for name in ("packageFormat", "packageName", "maxResults"))


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    ("operation", "wrong", "reason"),
    [
        ("DescribePackage", {"format": "docker"}, "FIELD_VALIDATION_FAILED"),
        ("DescribePackage", {"package": ""}, "FIELD_VALIDATION_FAILED"),
        ("PutDomainPermissionsPolicy", {"policyDocument": "{"}, "CANNOT_PARSE"),
        ("PutRepositoryPermissionsPolicy", {"policyDocument": "no JSON"}, "CANNOT_PARSE"),
        ("DeletePackageVersions", {"versions": [1]}, "CANNOT_PARSE"),
        ("CreateDomain", {"encryptionKey": "nothing"}, "ENCRYPTION_KEY_ERROR"),
        ("AssociateExternalConnection", {"repository": "connected"}, "OTHER"),
        ("UpdateRepository", {"repository": "connected", "upstreams": []}, "OTHER"),
        ("ListDomains", {"nextToken": "nonsense"}, "OTHER"),
    ],
)
def test_each_kind_of_validation_error_has_its_reason(
    lax: Any, operation: str, wrong: dict[str, Any], reason: str
) -> None:
    response = refusal(lax, operation, **wrong)

    assert (response["Error"]["Code"], response["reason"]) == ("ValidationException", reason)


@pytest.mark.rule("V-6")
@pytest.mark.parametrize("name", ["a!b", "!", "größe", "@types", "a+b%20", "x" * 255, "a\\b", '"', "'", "名前"])
@pytest.mark.parametrize("member", ["package", "packageVersion"])
def test_names_with_any_character_that_the_current_pattern_allows_are_accepted(
    client: Any, team: Repository, member: str, name: str
) -> None:
    team.add_package(npm("there"))
    where = {"domain": "acme", "repository": "team", "format": "npm", "package": "there", "packageVersion": "1.0.0"}

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_package_version(**{**where, member: name})

    assert caught.value.response["resourceId"] == name


@pytest.mark.rule("V-6")
@pytest.mark.parametrize("name", ["a#b", "a/b", "a b", "a\tb", "a\n", "\n", "a\x00b", "a\x1f", "a\x7f", "a\x85", " "])
@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("DescribePackageVersion", "package"),
        ("DescribePackageVersion", "namespace"),
        ("DescribePackageVersion", "packageVersion"),
        ("ListPackages", "packagePrefix"),
    ],
)
def test_names_with_separators_blanks_or_control_characters_are_refused(
    lax: Any, operation: str, member: str, name: str
) -> None:
    assert violations(lax, operation, **{member: name})


@pytest.mark.rule("V-7", "L-10", "E-20")
@pytest.mark.parametrize("other", [{"format": "npm"}, {"packagePrefix": "t"}, {"repository": "other"}], ids=str)
def test_a_token_is_valid_only_for_the_list_that_issued_it(
    client: Any, acme: Domain, team: Repository, other: dict[str, str]
) -> None:
    acme.add_repository("other")
    team.add_packages([pypi("one"), pypi("two")])
    where = {"domain": "acme", "repository": "team"}
    token = client.list_packages(**where, maxResults=1)["nextToken"]

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.list_packages(**{**where, **other}, nextToken=token)

    assert caught.value.response["Error"]["Message"] == "Error de-serializing the token."
    assert len(client.list_packages(**where, nextToken=token)["packages"]) == 1
