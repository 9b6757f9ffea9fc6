"""Errors on the wire, which of them an operation answers, and which comes first (behaviour reference, section 1.3)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_codeartifact import (
    AccessDeniedException,
    ConflictException,
    ErrorName,
    FakeCodeArtifact,
    InternalServerException,
    OperationName,
    ResourceNotFoundException,
    ServiceError,
    ServiceQuotaExceededException,
    ThrottlingException,
    ValidationException,
    generic,
)

from ..support.one_call_each import MODEL, OPERATIONS, POLICY, Wire, arguments, call, furnish

pytestmark = pytest.mark.every_case

ABOUT = {"resourceId": "team", "resourceType": "repository"}

MODELLED: list[tuple[ServiceError, int, dict[str, str]]] = [
    (AccessDeniedException("No."), 403, {}),
    (ConflictException("No.", "team", "repository"), 409, ABOUT),
    (InternalServerException("No."), 500, {}),
    (ResourceNotFoundException("No.", "team", "repository"), 404, ABOUT),
    (ServiceQuotaExceededException("No.", "team", "repository"), 402, ABOUT),
    (ThrottlingException("No.", 7), 429, {}),
    (ValidationException("No.", "UNKNOWN_OPERATION"), 400, {"reason": "UNKNOWN_OPERATION"}),
]


def name_of(value: object) -> str:
    """What a parameter of a test is called in its id."""
    return value.code if isinstance(value, ServiceError) else str(value)


def listed(operation: str) -> list[str]:
    """The errors that appendix A, and so the model, lists for an operation."""
    return [shape.name for shape in MODEL.operation_model(operation).error_shapes]


@pytest.mark.rule("E-1", "E-3")
@pytest.mark.parametrize(("error", "status", "members"), MODELLED, ids=name_of)
def test_a_modelled_error_has_its_status_and_members(
    codeartifact: FakeCodeArtifact, codeartifact_client: Any, error: ServiceError, status: int, members: dict[str, str]
) -> None:
    wire = Wire(codeartifact_client)
    codeartifact.fail("ListDomains", error, times=None)

    with pytest.raises(getattr(codeartifact_client.exceptions, error.code)) as caught:
        codeartifact_client.list_domains()

    response, headers = caught.value.response, wire.response["headers"]
    assert response["Error"] == {"Code": error.code, "Message": "No."}
    assert response["message"] == "No."
    assert {name: response[name] for name in ("resourceId", "resourceType", "reason") if name in response} == members
    assert wire.response["status_code"] == response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert headers["content-type"] == "application/json"
    assert headers["x-amzn-errortype"] == error.code
    assert uuid.UUID(headers["x-amzn-requestid"])
    assert wire.json == {"message": "No.", **members}
    assert headers.get("Retry-After") == ("7" if error.code == "ThrottlingException" else None)


@pytest.mark.rule("E-3")
@pytest.mark.parametrize(
    "error",
    [
        ConflictException("No."),
        ResourceNotFoundException("No."),
        ServiceQuotaExceededException("No."),
        ValidationException("No.", None),
        ThrottlingException("No."),
    ],
    ids=name_of,
)
def test_members_without_a_value_are_omitted(
    codeartifact: FakeCodeArtifact, codeartifact_client: Any, error: ServiceError
) -> None:
    wire = Wire(codeartifact_client)
    codeartifact.fail("ListDomains", error, times=None)

    with pytest.raises(getattr(codeartifact_client.exceptions, error.code)):
        codeartifact_client.list_domains()

    assert wire.json == {"message": "No."}
    assert "Retry-After" not in wire.response["headers"]


@pytest.mark.rule("E-3")
@pytest.mark.parametrize(("error", "status", "_"), MODELLED, ids=name_of)
def test_botocore_retries_throttling_and_server_errors_only(
    codeartifact: FakeCodeArtifact, error: ServiceError, status: int, _: object
) -> None:
    client = boto3.client("codeartifact", config=Config(retries={"mode": "standard"}))
    fault = codeartifact.fail("ListDomains", error, times=None)

    with pytest.raises(ClientError):
        client.list_domains()

    assert fault.struck == codeartifact.calls[-1].attempts == (3 if status in (429, 500) else 1)


@pytest.mark.rule("E-2")
@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        ("UnknownOperationException", "UnknownOperationException", 404),
        ("ValidationError", "ValidationError", 400),
        (ServiceError("Slow down.", code="ThrottlingException", status=400), "ThrottlingException", 400),
        ("NotAuthorized", "NotAuthorized", 401),
        ("InternalFailure", "InternalFailure", 500),
        ("UnrecognizedClientException", "UnrecognizedClientException", None),
        ("ExpiredTokenException", "ExpiredTokenException", None),
    ],
    ids=name_of,
)
@pytest.mark.parametrize("operation", ["DescribeDomain", "DeletePackage"])
def test_common_errors_can_be_planned_for_any_operation(
    codeartifact: FakeCodeArtifact,
    codeartifact_client: Any,
    operation: OperationName,
    error: ServiceError | ErrorName,
    code: str,
    status: int | None,
) -> None:
    wire = Wire(codeartifact_client)
    codeartifact.fail(operation, error, times=None)

    with pytest.raises(ClientError) as caught:
        call(codeartifact_client, operation, **arguments(operation))

    answered = caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert caught.value.response["Error"]["Code"] == code == wire.response["headers"]["x-amzn-errortype"]
    assert answered == status or (status is None and 400 <= answered < 500)


@pytest.mark.rule("E-2")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ExpiredTokenException", 403),
        ("IncompleteSignature", 403),
        ("InternalFailure", 500),
        ("MalformedHttpRequestException", 400),
        ("NotAuthorized", 401),
        ("OptInRequired", 403),
        ("RequestAbortedException", 400),
        ("RequestEntityTooLargeException", 413),
        ("RequestExpired", 400),
        ("RequestTimeoutException", 408),
        ("ServiceUnavailable", 503),
        ("UnknownOperationException", 404),
        ("UnrecognizedClientException", 403),
        ("ValidationError", 400),
        ("AccessDeniedException", 403),
        ("ConflictException", 409),
        ("InternalServerException", 500),
        ("ResourceNotFoundException", 404),
        ("ServiceQuotaExceededException", 402),
        ("ThrottlingException", 429),
        ("ValidationException", 400),
    ],
)
def test_an_error_that_is_planned_by_its_name_has_its_status(
    codeartifact: FakeCodeArtifact, client: Any, name: ErrorName, status: int
) -> None:
    codeartifact.fail("ListDomains", name, times=None)

    with pytest.raises(ClientError) as caught:
        client.list_domains()

    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (name, status)
    assert response["Error"]["Message"]


@pytest.mark.rule("E-3", "E-4")
@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ("DeleteDomain", ResourceNotFoundException("No.", "team", "repository")),
        ("PutPackageOriginConfiguration", ConflictException("No.", "team", "repository")),
        ("PutPackageOriginConfiguration", ServiceQuotaExceededException("No.", "team", "repository")),
        ("UpdatePackageGroup", ConflictException("No.", "team", "repository")),
        ("UpdatePackageGroupOriginConfiguration", ConflictException("No.", "team", "repository")),
        ("GetAssociatedPackageGroup", ThrottlingException("No.")),
        ("ListAssociatedPackages", ThrottlingException("No.")),
        ("TagResource", InternalServerException("No.")),
        ("UntagResource", InternalServerException("No.")),
        ("ListTagsForResource", InternalServerException("No.")),
    ],
    ids=name_of,
)
def test_a_planned_error_that_the_operation_does_not_list_is_raised(
    codeartifact: FakeCodeArtifact, client: Any, operation: OperationName, error: ServiceError
) -> None:
    codeartifact.fail(operation, error, times=None)

    with pytest.raises(getattr(client.exceptions, error.code)) as caught:
        call(client, operation, **arguments(operation))

    assert error.code not in listed(operation)
    assert caught.value.response["Error"] == {"Code": error.code, "Message": "No."}


@pytest.mark.rule("E-3", "E-4")
@pytest.mark.parametrize("operation", ["DescribePackageVersion", "GetPackageVersionAsset"])
def test_two_read_operations_list_a_conflict(
    codeartifact: FakeCodeArtifact, client: Any, operation: OperationName
) -> None:
    codeartifact.fail(operation, ConflictException("No.", "1.0", "package-version"))

    with pytest.raises(client.exceptions.ConflictException) as caught:
        call(client, operation, **arguments(operation))

    assert "ConflictException" in listed(operation)
    assert (caught.value.response["resourceId"], caught.value.response["resourceType"]) == ("1.0", "package-version")


@pytest.mark.rule("E-4")
@pytest.mark.parametrize("there", ["nothing", "a package"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_returns_only_errors_that_it_lists(
    codeartifact: FakeCodeArtifact, client: Any, operation: str, there: str
) -> None:
    if there == "a package":
        codeartifact.add_domain("acme").add_repository("team").add_package(generic("ns", "tool"))

    try:
        call(client, operation, **arguments(operation))
    except ClientError as error:
        answered = error.response["Error"]["Code"]
    else:
        answered = "success"

    assert answered in ["success", *listed(operation)]


NOWHERE = {"domain": "nowhere"}
VERSION = {
    "domain": "acme", "repository": "team", "format": "generic", "namespace": "ns", "package": "tool",
    "packageVersion": "1.0.0+build",
}  # fmt: skip
INVALID, NOT_FOUND = "ValidationException", "ResourceNotFoundException"


@pytest.mark.rule("E-5")
@pytest.mark.parametrize(
    ("operation", "wrong", "first"),
    [
        ("DescribeDomain", {**NOWHERE, "domainOwner": "x" * 12}, (INVALID, None)),
        ("DescribeRepository", {**NOWHERE, "repository": "nowhere"}, (NOT_FOUND, "nowhere domain")),
        ("DescribePackage", {"repository": "nowhere", "package": "nothing"}, (NOT_FOUND, "nowhere repository")),
        ("PutRepositoryPermissionsPolicy", {**NOWHERE, "repository": "nowhere"}, (NOT_FOUND, "nowhere domain")),
        (
            "CopyPackageVersions",
            {"sourceRepository": "no-source", "destinationRepository": "nowhere"},
            (NOT_FOUND, "no-source repository"),
        ),
        (
            "CopyPackageVersions",
            {"destinationRepository": "nowhere", "package": "nothing"},
            (NOT_FOUND, "nowhere repository"),
        ),
        ("DescribePackageVersion", {"package": "nothing", "packageVersion": "9"}, (NOT_FOUND, "nothing package")),
        ("GetPackageVersionAsset", {"packageVersion": "9", "asset": "none"}, (NOT_FOUND, "9 package-version")),
        ("GetPackageVersionAsset", {"asset": "none"}, (NOT_FOUND, "none asset")),
        # What is there comes before what that forbids.
        (
            "CreateRepository",
            {"repository": "team", "upstreams": [{"repositoryName": "nowhere"}]},
            (NOT_FOUND, "nowhere repository"),
        ),
        (
            "UpdateRepository",
            {"repository": "connected", "upstreams": [{"repositoryName": "nowhere"}]},
            (NOT_FOUND, "nowhere repository"),
        ),
        (
            "UpdatePackageVersionsStatus",
            {"package": "nothing", "expectedStatus": "Archived"},
            (NOT_FOUND, "nothing package"),
        ),
    ],
    ids=str,
)
def test_a_container_is_looked_up_before_its_contents(
    codeartifact: FakeCodeArtifact, client: Any, operation: str, wrong: dict[str, Any], first: tuple[str, str | None]
) -> None:
    furnish(codeartifact)

    with pytest.raises(ClientError) as caught:
        call(client, operation, **{**arguments(operation), **wrong})

    response = caught.value.response
    about = f"{response['resourceId']} {response['resourceType']}" if "resourceId" in response else None
    assert (response["Error"]["Code"], about) == first


AN_UPSTREAM_TWICE = [{"repositoryName": "other"}, {"repositoryName": "other"}]


@pytest.mark.rule("E-5")
@pytest.mark.parametrize(
    ("operation", "invalid"),
    [
        ("DeletePackage", {"package": "a/b"}),
        ("DeletePackage", {"format": "pypi"}),  # which has no namespaces
        ("ListPackages", {"namespace": "ns"}),  # without a format
        ("DeletePackageVersions", {"versions": []}),
        ("DisposePackageVersions", {"versions": []}),
        ("UpdatePackageVersionsStatus", {"versions": []}),
        ("UpdatePackageVersionsStatus", {"targetStatus": "Disposed"}),
        ("UpdatePackageVersionsStatus", {"versions": ["1.0"], "versionRevisions": {"2.0": "x"}}),
        ("DisposePackageVersions", {"versions": ["1.0"], "versionRevisions": {"2.0": "x"}}),
        ("CopyPackageVersions", {"versions": ["1.0"], "versionRevisions": {"1.0": "x"}}),
        ("CopyPackageVersions", {"versions": []}),
        ("CopyPackageVersions", {"destinationRepository": "team"}),
        ("PublishPackageVersion", {"format": "npm"}),
        ("PublishPackageVersion", {"assetSHA256": "0" * 64}),
        ("PublishPackageVersion", {"assetName": "a/b"}),
        ("GetAuthorizationToken", {"durationSeconds": 899}),
        ("AssociateExternalConnection", {"externalConnection": "public:nothing"}),
        ("CreateRepository", {"upstreams": AN_UPSTREAM_TWICE}),
        ("UpdateRepository", {"upstreams": AN_UPSTREAM_TWICE}),
        ("CreateRepository", {"tags": [{"key": "aws:x", "value": ""}]}),
        ("TagResource", {"tags": [{"key": "aws:x", "value": ""}]}),
        ("TagResource", {"tags": [{"key": "x", "value": ""}, {"key": "x", "value": ""}]}),
        ("PutDomainPermissionsPolicy", {"policyDocument": "{"}),
        ("PutRepositoryPermissionsPolicy", {"policyDocument": "{"}),
        ("CreatePackageGroup", {"packageGroup": "npm"}),
        ("UpdatePackageGroupOriginConfiguration", {"packageGroup": "/*", "restrictions": {"PUBLISH": "INHERIT"}}),
    ],
    ids=str,
)
def test_errors_in_the_request_itself_come_before_any_look_up(
    client: Any, operation: str, invalid: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        call(client, operation, **{**arguments(operation), **invalid})

    assert caught.value.response["Error"]["Code"] == INVALID


@pytest.mark.rule("E-5", "X-3")
def test_authorization_comes_after_validation_and_before_any_look_up() -> None:
    theirs = {"domain": "theirs", "domainOwner": "210987654321", "repository": "nowhere"}
    with FakeCodeArtifact(foreign_domains="denied") as fake:
        client = fake.client()

        with pytest.raises(client.exceptions.AccessDeniedException):
            client.describe_repository(**theirs)
        with pytest.raises(client.exceptions.ValidationException):
            client.describe_repository(**{**theirs, "repository": "-" * 2})


@pytest.mark.rule("E-5")
def test_a_refused_call_changes_nothing(codeartifact: FakeCodeArtifact, client: Any) -> None:
    furnish(codeartifact)
    team = codeartifact.repository("acme", "team")

    with pytest.raises(client.exceptions.ConflictException):
        client.put_repository_permissions_policy(
            domain="acme", repository="team", policyDocument=POLICY.replace("Allow", "Deny"), policyRevision="stale"
        )

    assert team.policy == json.loads(POLICY)
