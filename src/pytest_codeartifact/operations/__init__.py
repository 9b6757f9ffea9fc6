"""The operations of the service: one function for each, one module for each resource.

A function has the name of its operation in snake_case. Its keywords are the members of the input shape; required
members have no default. It returns the output structure or raises a service error. Everything else is derived from
botocore's model.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeAlias

OperationFunction: TypeAlias = Callable[..., Mapping[str, Any]]

_OPERATIONS_BY_MODULE = {
    "contents": (
        "get_package_version_asset",
        "get_package_version_readme",
        "list_package_version_assets",
        "list_package_version_dependencies",
    ),
    "copies": ("copy_package_versions",),
    "domains": ("create_domain", "delete_domain", "describe_domain", "list_domains"),
    "endpoints": ("get_authorization_token", "get_repository_endpoint"),
    "group_origins": ("list_allowed_repositories_for_group", "update_package_group_origin_configuration"),
    "groups": (
        "create_package_group",
        "delete_package_group",
        "describe_package_group",
        "get_associated_package_group",
        "list_associated_packages",
        "list_package_groups",
        "list_sub_package_groups",
        "update_package_group",
    ),
    "packages": ("delete_package", "describe_package", "list_packages", "put_package_origin_configuration"),
    "policies": (
        "delete_domain_permissions_policy",
        "delete_repository_permissions_policy",
        "get_domain_permissions_policy",
        "get_repository_permissions_policy",
        "put_domain_permissions_policy",
        "put_repository_permissions_policy",
    ),
    "publishing": ("publish_package_version",),
    "repositories": (
        "associate_external_connection",
        "create_repository",
        "delete_repository",
        "describe_repository",
        "disassociate_external_connection",
        "list_repositories",
        "list_repositories_in_domain",
        "update_repository",
    ),
    "status": ("dispose_package_versions", "update_package_versions_status"),
    "tags": ("list_tags_for_resource", "tag_resource", "untag_resource"),
    "versions": ("delete_package_versions", "describe_package_version", "list_package_versions"),
}

IMPLEMENTED = {name: module for module, names in _OPERATIONS_BY_MODULE.items() for name in names}
"""The implemented operations, by the name of their function, and their modules."""


@functools.cache
def implementation(name: str) -> OperationFunction | None:
    """The function of an operation, None if it is not implemented.

    Imports its module at the first use, because a test uses few of them.
    """
    if name not in IMPLEMENTED:
        return None
    function: OperationFunction = getattr(import_module(f"{__name__}.{IMPLEMENTED[name]}"), name)
    return function
