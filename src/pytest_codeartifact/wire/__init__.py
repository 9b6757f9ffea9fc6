"""The server side of rest-json, derived from botocore's model of CodeArtifact; the same code for every operation.

It does the opposite of botocore's client. A request becomes the parameters of an operation, validated with the model's
constraints. A result or a service error becomes a response. What follows from the model is computed once per operation.
"""

from .checks import invalid
from .model import (
    Operation,
    Params,
    connection_closed,
    enum,
    keyword,
    match,
    operation,
    operation_names,
    read_timed_out,
    serialise_error,
    violations,
)
from .readers import parse_json
from .writers import Members, new_headers

__all__ = [
    "Members",
    "Operation",
    "Params",
    "connection_closed",
    "enum",
    "invalid",
    "keyword",
    "match",
    "new_headers",
    "operation",
    "operation_names",
    "parse_json",
    "read_timed_out",
    "serialise_error",
    "violations",
]
