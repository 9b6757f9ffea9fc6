"""The server side of rest-json, read off botocore's model of CodeArtifact; knows no operation by name.

What botocore's client does in one direction is done here in the other: a request becomes the parameters of an
operation, checked against the model's constraints as the service checks them, and a result or a service error becomes a
response. Everything that follows from the model is worked out once per operation.
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
from .writers import Members

__all__ = [
    "Members",
    "Operation",
    "Params",
    "connection_closed",
    "enum",
    "invalid",
    "keyword",
    "match",
    "operation",
    "operation_names",
    "parse_json",
    "read_timed_out",
    "serialise_error",
    "violations",
]
