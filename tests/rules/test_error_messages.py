"""The messages of errors for missing, conflicting and forbidden requests (behaviour reference, section 1.5)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pytest_codeartifact import (
    AccessDeniedException,
    Domain,
    FakeCodeArtifact,
    PackageId,
    Repository,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import TEAM
from ..support.one_call_each import OPERATIONS, arguments, call, furnish, members

OWNER, OTHER = "123456789012", "210987654321"
TOOL = {**TEAM, "format": "generic", "namespace": "ns", "package": "tool"}
VERSION = {**TOOL, "packageVersion": "1.0"}

NEEDS_NO_DOMAIN = {"CreateDomain", "DeleteDomain", "ListDomains", "ListRepositories"}
NEEDS_NO_REPOSITORY = {"CreateRepository"}
NEEDS_NO_PACKAGE = {"GetAssociatedPackageGroup", "PublishPackageVersion", "PutPackageOriginConfiguration"}


def refusal(client: Any, operation: str, /, **params: Any) -> Any:
    """The error response to a call."""
    with pytest.raises(ClientError) as caught:
        call(client, operation, **params)
    return caught.value.response


def error_in(response: Any) -> tuple[str, int, str]:
    """Code, status and message of an error response."""
    error = response["Error"]
    return error["Code"], response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def about(response: Any) -> tuple[str | None, str | None]:
    """Type and id of the resource in an error response."""
    return response.get("resourceType"), response.get("resourceId")


@pytest.mark.rule("E-10", "E-25")
@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - NEEDS_NO_DOMAIN))
def test_every_operation_on_a_missing_domain_names_it(client: Any, operation: str) -> None:
    response = refusal(client, operation, **arguments(operation))

    message = "Domain not found. Domain 'acme' owned by account '123456789012' does not exist."
    assert error_in(response) == ("ResourceNotFoundException", 404, message)
    assert about(response) == ("domain", "acme")


@pytest.mark.rule("E-11", "E-25")
@pytest.mark.parametrize("member", ["repository", "sourceRepository", "destinationRepository"])
def test_every_operation_on_a_missing_repository_names_it(
    client: Any, acme: Domain, team: Repository, member: str
) -> None:
    team.add_package(generic("ns", "tool"), versions=["1.0+build"])
    acme.add_repository("other")
    operations = [name for name in OPERATIONS if member in members(name) and name not in NEEDS_NO_REPOSITORY]
    message = (
        "Repository not found. Repository 'nowhere' in domain 'acme' owned by account '123456789012' does not exist."
    )

    for operation in operations:
        response = refusal(client, operation, **{**arguments(operation), member: "nowhere"})

        assert error_in(response) == ("ResourceNotFoundException", 404, message), operation
        assert about(response) == ("repository", "nowhere"), operation
    assert operations
    assert "nowhere" not in acme.repositories


@pytest.mark.rule("E-11", "E-25")
@pytest.mark.parametrize("operation", ["CreateRepository", "UpdateRepository"])
def test_a_missing_upstream_is_a_missing_repository(client: Any, team: Repository, operation: str) -> None:
    name = {"CreateRepository": "fresh", "UpdateRepository": team.name}[operation]

    response = refusal(client, operation, domain="acme", repository=name, upstreams=[{"repositoryName": "nowhere"}])

    assert error_in(response)[2].startswith("Repository not found. Repository 'nowhere' in domain 'acme' ")
    assert about(response) == ("repository", "nowhere")


@pytest.mark.rule("E-12", "E-25")
@pytest.mark.parametrize(
    "operation",
    sorted(name for name in OPERATIONS if "package" in members(name) and name not in NEEDS_NO_PACKAGE),
)
def test_every_operation_on_a_missing_package_names_it(
    client: Any, acme: Domain, team: Repository, operation: str
) -> None:
    acme.add_repository("other")
    team.add_package(pypi("tool"))
    given = {name: value for name, value in arguments(operation).items() if name != "namespace"}

    response = refusal(client, operation, **{**given, "format": "pypi", "package": "alphadb"})

    message = "The pypi package 'alphadb' does not exist in repository 'team'."
    assert error_in(response) == ("ResourceNotFoundException", 404, message)
    assert about(response) == ("package", "alphadb")


@pytest.mark.rule("E-12", "E-25")
@pytest.mark.parametrize("id", [npm("alphadb"), pypi("alphadb"), nuget("alphadb"), ruby("alphadb"), cargo("alphadb")])
def test_the_format_of_a_missing_package_is_named(client: Any, acme: Domain, id: PackageId) -> None:
    acme.add_repository("alphadb-npm")

    response = refusal(
        client, "ListPackageVersions", domain="acme", repository="alphadb-npm", format=id.format, package=id.name
    )

    assert error_in(response)[2] == f"The {id.format} package 'alphadb' does not exist in repository 'alphadb-npm'."
    assert about(response) == ("package", "alphadb")


@pytest.mark.rule("E-12", "E-16", "E-25")
@pytest.mark.parametrize(
    "id", [npm("@scope/name"), maven("scope", "name"), generic("scope", "name"), swift("scope", "name")]
)
def test_a_missing_package_with_a_namespace_is_named(client: Any, team: Repository, id: PackageId) -> None:
    response = refusal(
        client,
        "DescribePackage",
        domain="acme",
        repository=team.name,
        format=id.format,
        namespace="scope",
        package="name",
    )

    code, status, message = error_in(response)
    assert (code, status, about(response)) == ("ResourceNotFoundException", 404, ("package", "name"))
    assert message.startswith(f"The {id.format} package '")
    assert message.endswith("name' does not exist in repository 'team'.")


@pytest.mark.rule("E-16", "E-25")
@pytest.mark.parametrize(
    "operation", sorted(name for name in OPERATIONS.keys() - NEEDS_NO_PACKAGE if "packageVersion" in members(name))
)
def test_every_operation_on_a_missing_version_names_it(client: Any, team: Repository, operation: str) -> None:
    team.add_package(generic("ns", "tool"), versions=["1.0"])

    response = refusal(client, operation, **{**arguments(operation), **VERSION, "packageVersion": "9.9"})

    code, status, message = error_in(response)
    assert (code, status, about(response)) == ("ResourceNotFoundException", 404, ("package-version", "9.9"))
    assert "'9.9'" in message
    assert "tool'" in message


@pytest.mark.rule("E-16", "E-25")
def test_a_missing_asset_is_named(client: Any, team: Repository) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0", assets={"there": b"x"})

    response = refusal(client, "GetPackageVersionAsset", **VERSION, asset="not there")

    code, status, message = error_in(response)
    assert (code, status, about(response)) == ("ResourceNotFoundException", 404, ("asset", "not there"))
    assert "'not there'" in message


@pytest.mark.rule("E-16", "G-25")
@pytest.mark.parametrize(
    "operation",
    sorted(name for name in OPERATIONS if "packageGroup" in members(name) and name != "CreatePackageGroup"),
)
def test_every_operation_on_a_missing_package_group_names_it(client: Any, acme: Domain, operation: str) -> None:
    assert "/npm/*" not in acme.package_groups

    response = refusal(client, operation, **arguments(operation))

    code, status, message = error_in(response)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert "'/npm/*'" in message
    assert "'acme'" in message
    assert "resourceType" not in response


@pytest.mark.rule("E-16", "E-25")
@pytest.mark.parametrize("verb", ["Get", "Delete"])
@pytest.mark.parametrize("kind", ["Domain", "Repository"])
def test_a_missing_policy_is_named_by_the_arn_of_its_resource(
    client: Any, acme: Domain, team: Repository, verb: str, kind: str
) -> None:
    operation = f"{verb}{kind}PermissionsPolicy"
    resource = acme if kind == "Domain" else team

    response = refusal(client, operation, **arguments(operation))

    code, status, message = error_in(response)
    assert (code, status, about(response)) == ("ResourceNotFoundException", 404, (kind.lower(), resource.name))
    assert resource.arn in message


@pytest.mark.rule("E-16", "E-25")
@pytest.mark.parametrize(
    ("operation", "wrong", "name", "resource"),
    [
        ("CreateDomain", {"domain": "acme"}, "acme", ("domain", "acme")),
        ("CreateRepository", {"repository": "team"}, "team", ("repository", "team")),
        ("CreatePackageGroup", {"packageGroup": "/npm/*"}, "/npm/*", None),
    ],
)
def test_creating_an_existing_resource_is_a_conflict(
    codeartifact: FakeCodeArtifact,
    client: Any,
    operation: str,
    wrong: dict[str, str],
    name: str,
    resource: tuple[str, str] | None,
) -> None:
    furnish(codeartifact)

    response = refusal(client, operation, **{**arguments(operation), **wrong})

    code, status, message = error_in(response)
    assert (code, status) == ("ConflictException", 409)
    assert f"'{name}'" in message
    assert about(response) == (resource or (None, None))


@pytest.mark.rule("E-14")
@pytest.mark.parametrize("id", [generic("ns", "tool"), npm("@ns/tool")], ids=str)
def test_a_missing_readme_is_not_found(client: Any, team: Repository, id: PackageId) -> None:
    team.add_package(id, versions=["1.0.0"])

    response = refusal(client, "GetPackageVersionReadme", **{**VERSION, "format": id.format, "packageVersion": "1.0.0"})

    code, status, message = error_in(response)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert message.rstrip(".") == "The readme file of this package version is not found"


@pytest.mark.rule("E-15")
def test_a_domain_with_repositories_cannot_be_deleted(client: Any, acme: Domain, team: Repository) -> None:
    response = refusal(client, "DeleteDomain", domain="acme")

    assert error_in(response) == ("ConflictException", 409, "Domain must contain 0 repositories before deletion")
    assert list(acme.repositories) == [team.name]


@pytest.mark.rule("E-17")
@pytest.mark.parametrize("second", ["public:npmjs", "public:pypi", "public:maven-central"])
def test_a_second_external_connection_is_refused(client: Any, acme: Domain, second: str) -> None:
    connected = acme.add_repository("connected", external_connection="public:pypi")

    response = refusal(
        client, "AssociateExternalConnection", domain="acme", repository="connected", externalConnection=second
    )

    message = "ExternalConnections for repositories are currently limited to 1"
    assert error_in(response) == ("ValidationException", 400, message)
    assert connected.external_connection == "public:pypi"


@pytest.mark.rule("E-18", "V-5")
@pytest.mark.parametrize("key", ["aws/codeartifact", "nothing", "arn:aws:s3:::bucket"])
def test_invalid_keys_are_repeated_in_the_message(codeartifact: FakeCodeArtifact, client: Any, key: str) -> None:
    response = refusal(client, "CreateDomain", domain="fresh", encryptionKey=key)

    assert error_in(response) == ("ValidationException", 400, f"KMS key not found: {key}")
    assert response["reason"] == "ENCRYPTION_KEY_ERROR"
    assert "fresh" not in codeartifact.domains


@pytest.mark.rule("E-19", "P-7")
def test_content_with_a_wrong_hash_is_refused(client: Any, team: Repository) -> None:
    sha256 = hashlib.sha256(b"other content").hexdigest()

    response = refusal(
        client, "PublishPackageVersion", **VERSION, assetName="a", assetContent=b"content", assetSHA256=sha256
    )

    code, status, message = error_in(response)
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith(
        "The provided content hashes do not match the calculated content hashes. "
        "Hash algorithm 'SHA-256', Expected hash"
    )
    assert sha256 in message
    assert generic("ns", "tool") not in team.packages


@pytest.mark.rule("E-20", "V-7", "L-15")
@pytest.mark.parametrize(
    ("operation", "token"),
    [
        *((name, "eyJub25zZW5zZSI6MX0=") for name in sorted(OPERATIONS) if "nextToken" in members(name)),
        *(("ListPackages", token) for token in ("%", "x" * 2000, "eyJsaXN0UGFja2FnZXNUb2tlbiI6InRvb2wifQ==")),
    ],
)
def test_a_page_token_that_no_list_has_issued_is_refused(
    codeartifact: FakeCodeArtifact, client: Any, operation: str, token: str
) -> None:
    furnish(codeartifact)

    response = refusal(client, operation, **arguments(operation), nextToken=token)

    assert error_in(response) == ("ValidationException", 400, "Error de-serializing the token.")


@pytest.mark.rule("E-21")
def test_a_denial_by_the_callers_own_policies_can_be_planned(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    denied = (
        "User: arn:aws:sts::123456789012:assumed-role/ci/job is not authorized to perform: codeartifact:DeletePackage "
        f"on resource: {team.arn} because no identity-based policy allows the codeartifact:DeletePackage action"
    )
    team.add_package(generic("ns", "tool"))
    codeartifact.fail("DeletePackage", AccessDeniedException(denied))

    response = refusal(client, "DeletePackage", **TOOL)

    assert error_in(response) == ("AccessDeniedException", 403, denied)
    assert generic("ns", "tool") in team.packages


@pytest.mark.rule("E-22", "X-3", "D-10")
@pytest.mark.parametrize("operation", sorted(name for name in OPERATIONS if "domainOwner" in members(name)))
def test_every_operation_is_denied_on_an_unknown_domain_of_another_account(operation: str) -> None:
    with FakeCodeArtifact(foreign_domains="denied") as fake:
        response = refusal(fake.client(), operation, **arguments(operation), domainOwner=OTHER)

    code, status, message = error_in(response)
    assert (code, status) == ("AccessDeniedException", 403)
    assert message.startswith("User: arn:aws:")
    assert (
        f" is not authorized to perform: codeartifact:{operation} on resource: arn:aws:codeartifact:us-east-1:{OTHER}:"
        in message
    )
    assert message.endswith(f" because no resource-based policy allows the codeartifact:{operation} action")
    assert OWNER in message
