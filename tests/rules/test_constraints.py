"""The constraints of the model, each at its limits (behaviour reference, rule V-8)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, RestrictionType, generic

from ..support.lax_client import violations
from ..support.one_call_each import ACME, OPERATIONS, arguments, members

STATUSES = ("Published", "Unfinished", "Unlisted", "Archived", "Disposed", "Deleted")
TYPES: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")


NAMES = {  # of the members that the service calls otherwise (rule V-3)
    "domain": "domainName",
    "format": "packageFormat",
    "namespace": "packageNamespace",
    "package": "packageName",
    "repository": "repositoryName",
}


def tags(number: int) -> list[dict[str, str]]:
    return [{"key": f"k{n}", "value": ""} for n in range(number)]


LEGAL: list[tuple[str, str, list[Any]]] = [
    ("DescribeDomain", "domain", ["ab", "a1", "a-b", "a--b", "a" * 50]),
    ("DescribeDomain", "domainOwner", ["000000000000", "999999999999"]),
    ("DescribeRepository", "repository", ["ab", "0.", "A_-.9", "r" * 100]),
    ("ListRepositories", "repositoryPrefix", ["ab", "te.", "te-", "r" * 100]),
    ("ListRepositoriesInDomain", "repositoryPrefix", ["ab", "te.", "te-", "r" * 100]),
    ("ListRepositoriesInDomain", "administratorAccount", ["000000000000"]),
    ("DescribePackage", "package", ["a", "@", "x" * 255]),
    ("DescribePackage", "namespace", ["a", "@", "x" * 255]),
    ("DescribePackageVersion", "packageVersion", ["1", "x" * 255]),
    ("GetPackageVersionAsset", "packageVersionRevision", ["r", "r" * 50, "ä/#=+"]),
    ("GetPackageVersionAsset", "asset", ["a", "a b", "a/b#c", "ü", "x" * 255]),
    ("DeletePackageVersions", "versions", [["1"], [str(n) for n in range(100)]]),
    ("PublishPackageVersion", "assetSHA256", ["0" * 64, "a" * 64]),
    ("CreateRepository", "description", ["", "a b/c#ü", "d" * 1000]),
    ("CreatePackageGroup", "contactInfo", ["", "a b <c@d.e>", "c" * 1000]),
    ("DescribePackageGroup", "packageGroup", ["/*", "xx", "p" * 520]),
    ("DeletePackageGroup", "packageGroup", ["", "x", "a b", "p" * 521]),
    ("ListPackageGroups", "prefix", ["", " ", "p" * 520]),
    ("AssociateExternalConnection", "externalConnection", ["ab", "public:x", "c" * 100]),
    ("PutDomainPermissionsPolicy", "policyDocument", ["x", "{\n\t}", "p" * 7168]),
    ("PutRepositoryPermissionsPolicy", "policyRevision", ["r", "r" * 100]),
    ("ListPackages", "nextToken", ["t", "t" * 2000]),
    ("ListTagsForResource", "resourceArn", ["a", "a" * 1011]),
    ("CreateDomain", "encryptionKey", ["k", "k" * 1011]),
    ("TagResource", "tags", [[], tags(200), [{"key": "k" * 128, "value": "v" * 256}], [{"key": " ü", "value": ""}]]),
    ("UntagResource", "tagKeys", [[], [f"k{n}" for n in range(200)], ["k" * 128]]),
    ("GetAuthorizationToken", "durationSeconds", [0, 900, 43200]),
    ("DescribePackage", "format", ["npm", "pypi", "maven", "nuget", "generic", "ruby", "swift", "cargo"]),
    ("ListPackageVersions", "status", [*STATUSES]),
    ("DeletePackageVersions", "expectedStatus", [*STATUSES]),
    ("UpdatePackageVersionsStatus", "targetStatus", [*STATUSES]),
    ("ListPackageVersions", "sortBy", ["PUBLISHED_TIME"]),
    ("ListPackageVersions", "originType", ["INTERNAL", "EXTERNAL", "UNKNOWN"]),
    ("GetRepositoryEndpoint", "endpointType", ["dualstack", "ipv4"]),
    ("ListAllowedRepositoriesForGroup", "originRestrictionType", [*TYPES]),
    ("ListPackages", "publish", ["ALLOW", "BLOCK"]),
]

ILLEGAL: list[tuple[str, str, list[Any]]] = [
    ("DescribeDomain", "domain", ["", "a", "A1", "1a", "a_b", "a.b", "-ab", "ab-", "a" * 51, "aä", "ab\n"]),
    (
        "DescribeDomain",
        "domainOwner",
        ["1", "12345678901", "1234567890123", "12345678901a", "\uff11" * 12],
    ),
    ("DescribeRepository", "repository", ["", "a", "-ab", ".ab", "_ab", "a b", "a/b", "aä", "r" * 101]),
    ("ListRepositories", "repositoryPrefix", ["a", "-te", "te*", "r" * 101]),
    ("ListRepositoriesInDomain", "repositoryPrefix", ["a", "-te", "te*", "r" * 101]),
    ("ListRepositoriesInDomain", "administratorAccount", ["me"]),
    ("DescribePackage", "package", ["", "a/b", "x" * 256]),
    ("DescribePackage", "namespace", ["", "a/b", "x" * 256]),
    ("DescribePackageVersion", "packageVersion", ["", "a/b", "x" * 256]),
    ("GetPackageVersionAsset", "packageVersionRevision", ["", "a b", "r" * 51]),
    ("GetPackageVersionAsset", "asset", ["", "a\tb", "a\x00", "a\u200b", "x" * 256]),
    ("DeletePackageVersions", "versions", [["1"] * 101, [""], ["a/b"], ["1", "x" * 256]]),
    ("DisposePackageVersions", "versionRevisions", [{"": "r"}, {"a/b": "r"}, {"1": ""}, {"1": "a b"}, {"1": "r" * 51}]),
    ("PublishPackageVersion", "assetSHA256", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64]),
    ("CreateRepository", "description", ["a\n", "a\x00", "d" * 1001]),
    ("CreateRepository", "upstreams", [[{"repositoryName": "a"}], [{"repositoryName": "a b"}], [{}]]),
    ("CreatePackageGroup", "contactInfo", ["a\n", "c" * 1001]),
    ("DescribePackageGroup", "packageGroup", ["", "/", "/ *", "/\u2003*", "/\x00*", "p" * 521]),
    ("ListPackageGroups", "prefix", ["a\n", "p" * 521]),
    ("AssociateExternalConnection", "externalConnection", ["", "a", ":ab", "public pypi", "c" * 101]),
    ("PutDomainPermissionsPolicy", "policyDocument", ["", "{\x00}", "p" * 7169]),
    ("PutRepositoryPermissionsPolicy", "policyRevision", ["", "a b", "r" * 101]),
    ("ListPackages", "nextToken", ["", "a b", "t" * 2001]),
    ("ListTagsForResource", "resourceArn", ["", "a b", "a" * 1012]),
    ("CreateDomain", "encryptionKey", ["", "a b", "k" * 1012]),
    ("TagResource", "tags", [tags(201), [{"key": "", "value": ""}], [{"key": "k" * 129, "value": ""}]]),
    ("TagResource", "tags", [[{"key": "k", "value": "v" * 257}], [{"key": "k\n", "value": ""}], [{"key": "k"}]]),
    ("CreateDomain", "tags", [tags(201), [{"key": "k", "value": "v\n"}]]),
    ("UntagResource", "tagKeys", [[""], ["k"] * 201, ["k" * 129], ["k\n"]]),
    ("GetAuthorizationToken", "durationSeconds", [-1, 43201]),
    ("DescribePackage", "format", ["", "NPM", "docker", "python"]),
    ("ListPackageVersions", "status", ["", "published", "Yanked"]),
    ("DeletePackageVersions", "expectedStatus", ["", "published"]),
    ("UpdatePackageVersionsStatus", "targetStatus", ["", "published"]),
    ("ListPackageVersions", "sortBy", ["", "PUBLISH_TIME", "published_time"]),
    ("ListPackageVersions", "originType", ["", "Internal"]),
    ("GetRepositoryEndpoint", "endpointType", ["", "ipv6", "IPV4"]),
    ("ListAllowedRepositoriesForGroup", "originRestrictionType", ["", "publish"]),
    ("ListPackages", "upstream", ["", "allow"]),
    (
        "PutPackageOriginConfiguration",
        "restrictions",
        [{"publish": "ALLOW", "upstream": "allow"}, {"publish": "ALLOW"}],
    ),
    ("UpdatePackageGroupOriginConfiguration", "restrictions", [{"PUBLISH": "DENY"}, {"ALL": "BLOCK"}]),
    (
        "UpdatePackageGroupOriginConfiguration",
        "addAllowedRepositories",
        [[{"repositoryName": "a", "originRestrictionType": "PUBLISH"}]],
    ),
    (
        "UpdatePackageGroupOriginConfiguration",
        "removeAllowedRepositories",
        [[{"repositoryName": "team", "originRestrictionType": "ALL"}]],
    ),
]


def each(table: list[tuple[str, str, list[Any]]]) -> list[Any]:
    """A parameter set per value."""
    return [
        pytest.param(operation, member, value, id=f"{operation}-{member}-{str(value)[:20]!a}")
        for operation, member, values in table
        for value in values
    ]


@pytest.mark.rule("V-8")
@pytest.mark.parametrize(("operation", "member", "value"), each(LEGAL))
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
def test_values_within_the_constraints_are_accepted(lax: Any, operation: str, member: str, value: Any) -> None:
    assert violations(lax, operation, **{member: value}) == []


@pytest.mark.rule("V-8")
@pytest.mark.parametrize(("operation", "member", "value"), each(ILLEGAL))
def test_values_outside_the_constraints_are_refused(
    codeartifact: FakeCodeArtifact, lax: Any, operation: str, member: str, value: Any
) -> None:
    before = sorted(codeartifact.domains)

    found = violations(lax, operation, **{member: value})

    assert found
    assert all(f"' at '{NAMES.get(member, member)}" in violation.replace("null", "''") for violation in found)
    assert sorted(codeartifact.domains) == before


@pytest.mark.rule("V-8")
@pytest.mark.parametrize("operation", sorted(name for name in OPERATIONS if "maxResults" in members(name)))
def test_every_list_takes_pages_of_1_to_1000(lax: Any, operation: str) -> None:
    for valid in (1, 1000):
        assert violations(lax, operation, maxResults=valid) == []
    for invalid in (-1, 0, 1001, 2**31, 2**63 - 1):
        assert len(violations(lax, operation, maxResults=invalid)) == 1


@pytest.mark.rule("V-8")
def test_hashes_have_the_length_of_their_algorithm(client: Any, team: Repository) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0.0+build", assets={"a": b"content"})

    hashes = client.list_package_version_assets(**arguments("ListPackageVersionAssets"))["assets"][0]["hashes"]

    assert {name: len(value) for name, value in hashes.items()} == {
        "MD5": 32,
        "SHA-1": 40,
        "SHA-256": 64,
        "SHA-512": 128,
    }
    assert hashes["SHA-512"] == hashlib.sha512(b"content").hexdigest()


@pytest.mark.rule("V-8")
def test_values_of_responses_are_valid_in_requests(codeartifact: FakeCodeArtifact, client: Any, lax: Any) -> None:
    revision = client.get_domain_permissions_policy(domain="acme")["policy"]["revision"]
    version = codeartifact.repository("acme", "team").packages[generic("ns", "tool")].versions["1.0.0+build"]

    assert violations(lax, "DeleteDomainPermissionsPolicy", policyRevision=revision) == []
    assert violations(lax, "GetPackageVersionAsset", packageVersionRevision=version.revision) == []
    assert violations(lax, "ListTagsForResource", resourceArn=ACME) == []
