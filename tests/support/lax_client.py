"""A client without validation of parameters, and the errors that the service returns to it."""

from __future__ import annotations

import re
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .one_call_each import arguments, call


def unchecking_client() -> Any:
    """A client that does not validate parameters, like the SDKs of other languages."""
    return boto3.client("codeartifact", config=Config(parameter_validation=False))


def refusal(client: Any, operation: str, /, *without: str, **params: Any) -> Any:
    """The error response to a call, or None if it succeeds. Parameters that are not given are valid ones."""
    given = {name: value for name, value in arguments(operation).items() if name not in without}
    try:
        call(client, operation, **{**given, **params})
    except ClientError as error:
        return error.response
    return None


def violations(client: Any, operation: str, /, *without: str, **params: Any) -> list[str]:
    """The violated constraints in the error message of a call."""
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
