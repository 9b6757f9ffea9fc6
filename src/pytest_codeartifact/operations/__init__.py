"""The rules of the service: one function per operation, one module per resource."""

from . import (
    contents,
    copies,
    domains,
    endpoints,
    group_origins,
    groups,
    packages,
    policies,
    publishing,
    repositories,
    status,
    tags,
    versions,
)
from .registry import IMPLEMENTED, OperationFunction

__all__ = [
    "IMPLEMENTED",
    "OperationFunction",
    "contents",
    "copies",
    "domains",
    "endpoints",
    "group_origins",
    "groups",
    "packages",
    "policies",
    "publishing",
    "repositories",
    "status",
    "tags",
    "versions",
]
