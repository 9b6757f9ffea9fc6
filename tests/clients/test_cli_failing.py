"""The AWS CLI in a child process: errors are printed, and nothing changes."""

from __future__ import annotations

import pytest

from pytest_codeartifact import (
    AccessDeniedException,
    Domain,
    FakeCodeArtifact,
    InternalServerException,
    Repository,
    ServiceError,
    ThrottlingException,
    cut_short,
    pypi,
)

from ..support.acme import NO_DOMAIN, NO_REPOSITORY
from .conftest import Aws

TEAM = "--domain acme --repository team"

SERVICE_ERRORS = (254, 255)
"""The second major version of the CLI has a number for errors of the service."""


def said(operation: str, code: str, message: str) -> str:
    """The output of the CLI for an error of the service."""
    return f"An error occurred ({code}) when calling the {operation} operation: {message}"


def test_errors_of_the_service_are_printed_and_change_nothing(
    aws: Aws, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    codeartifact.quotas.domains = 1
    refused = {
        "describe-domain --domain nowhere": said("DescribeDomain", "ResourceNotFoundException", NO_DOMAIN),
        "list-packages --domain acme --repository nowhere":
            said("ListPackages", "ResourceNotFoundException", NO_REPOSITORY),
        f"delete-package {TEAM} --format pypi --package nothing":
            said("DeletePackage", "ResourceNotFoundException",
                 "The pypi package 'nothing' does not exist in repository 'team'."),
        f"create-repository {TEAM}":
            said("CreateRepository", "ConflictException", "Repository 'team' already exists."),
        "delete-domain --domain acme":
            said("DeleteDomain", "ConflictException", "Domain must contain 0 repositories before deletion"),
        "create-domain --domain another":
            said("CreateDomain", "ServiceQuotaExceededException", ""),
        f"describe-package {TEAM} --format cobol --package tool":
            said("DescribePackage", "ValidationException",
                 "1 validation error detected: Value 'cobol' at 'packageFormat' failed to satisfy constraint: Member "
                 "must satisfy enum value set: [npm, pypi, maven, nuget, generic, ruby, swift, cargo]"),
        f"list-packages {TEAM} --starting-token garbage":
            said("ListPackages", "ValidationException", "Error de-serializing the token."),
        "list-domains --no-sign-request":
            said("ListDomains", "MissingAuthenticationTokenException", "Missing Authentication Token"),
    }  # fmt: skip

    with codeartifact.unchanged():
        done = aws.each(refused)

    assert all(error in one.err for error, one in zip(refused.values(), done, strict=True)), [one.err for one in done]
    assert {one.code for one in done} <= set(SERVICE_ERRORS)
    assert len(codeartifact.calls) == len(refused)
    assert all(isinstance(call.error, ServiceError) for call in codeartifact.calls)


@pytest.mark.parametrize(
    "error",
    [
        AccessDeniedException("Not you"),
        ThrottlingException("Rate exceeded", retry_after_seconds=1),
        InternalServerException("Something is wrong"),
    ],
    ids=lambda error: error.code,
)
def test_planned_errors_are_printed(
    aws: Aws, codeartifact: FakeCodeArtifact, team: Repository, error: ServiceError
) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", error)

    done = aws(f"delete-package {TEAM} --format pypi --package tool", AWS_MAX_ATTEMPTS="1")

    assert done.code in SERVICE_ERRORS
    assert said("DeletePackage", error.code, error.message) in done.err.replace(" (reached max retries: 0)", "")
    assert [call.error for call in codeartifact.calls] == [error]
    assert team.deleted == set()


def test_the_cli_retries_throttling_and_lost_responses(
    aws: Aws, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b")])
    codeartifact.fail("ListPackages", ThrottlingException("Rate exceeded"))
    codeartifact.fail("ListPackages", cut_short(0))

    done = aws(f"list-packages {TEAM} --query packages[].package", AWS_RETRY_MODE="standard")

    assert done.printed == ["a", "b"]
    assert [call.attempts for call in codeartifact.calls] == [3]


def test_values_that_the_cli_refuses_are_not_sent(aws: Aws, codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    too_short, missing, unknown = aws.each(["describe-domain --domain a", "describe-domain", "frobnicate"])

    assert (too_short.code in (252, 255), "valid min length: 2" in too_short.err) == (True, True)
    assert (missing.code in (2, 252), "required: --domain" in missing.err) == (True, True)
    assert (unknown.code in (2, 252), "Invalid choice" in unknown.err) == (True, True)
    assert not codeartifact.calls
