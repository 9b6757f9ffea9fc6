"""The operations of the service: one function for each, one module for each resource."""

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
