"""A client that leaves all validation to the service, and what the service then says."""

from __future__ import annotations

import re
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .one_call_each import arguments, call


def unchecking_client() -> Any:
    """A client that leaves all validation to the service, as those of other languages do."""
    return boto3.client("codeartifact", config=Config(parameter_validation=False))


def refusal(client: Any, operation: str, /, *without: str, **params: Any) -> Any:
    """The error answer to a call, None for a success; other parameters are those of a call that succeeds."""
    given = {name: value for name, value in arguments(operation).items() if name not in without}
    try:
        call(client, operation, **{**given, **params})
    except ClientError as error:
        return error.response
    return None


def violations(client: Any, operation: str, /, *without: str, **params: Any) -> list[str]:
    """The constraints that the service says a call violates."""
    response = refusal(client, operation, *without, **params)
    message = response["Error"]["Message"] if response is not None else ""
    counted = re.fullmatch(r"(\d+) validation errors? detected: (.*)", message, re.DOTALL)
    if counted is None:
        return []
    found = re.split(r"; (?=Value )", counted[2])
    assert response["Error"]["Code"] == "ValidationException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["reason"] == "FIELD_VALIDATION_FAILED"
    assert len(found) == int(counted[1])
    return found
