"""The server side of the rest-json protocol, derived from botocore's model of CodeArtifact.

It is the counterpart of botocore's client, with the same code for every operation. It parses a request into the
parameters of an operation, checks them with the constraints of the model, and serialises a result or a service error.
Everything that depends on the model only is computed once per operation.
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
