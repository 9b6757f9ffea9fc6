"""The IAM permissions that calls need: actions on resources, and the smallest policy that allows them.

The resource types are those of AWS's service authorization reference for CodeArtifact. Permissions beyond the
operation's own action are from the user guide and the model. This module does not store calls and does not evaluate
policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from ..names.formats import FORMATS
from ..names.packages import PackageId
from ..rules import arns

Permission: TypeAlias = tuple[str, str]
"""An action, and a resource as in a policy: an ARN, perhaps with wildcards, or ``*``."""


class CallLike(Protocol):
    """The parts of a call that determine the permissions it needs."""

    @property
    def operation(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def response(self) -> Mapping[str, Any] | None: ...


def permissions(call: CallLike) -> Iterator[Permission]:
    """The permissions that a caller needs for a call; a permission may be repeated."""
    for resource in RESOURCES[call.operation](call):
        yield f"codeartifact:{call.operation}", resource
    if call.operation in _FURTHER_PERMISSIONS:
        yield from _FURTHER_PERMISSIONS[call.operation](call)


def policy(needed: Iterable[Permission], *, wildcards: bool) -> dict[str, Any]:
    """A policy document that allows exactly these permissions. Their order does not matter.

    Actions with the same resources share a statement. Its Sid is the name of the first one.

    :param wildcards: allow all packages of a repository and all package groups of a domain instead of single ones.
    """
    resources: dict[str, set[str]] = {}
    for action, resource in needed:
        resources.setdefault(action, set()).add(_generalised(resource) if wildcards else resource)
    statements: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for action in sorted(resources):
        statements.setdefault((action in _CONDITIONS, tuple(sorted(resources[action]))), []).append(action)
    return {
        "Version": "2012-10-17",
        "Statement": [_statement(actions, on) for (_, on), actions in statements.items()],
    }


def _statement(actions: list[str], resources: Iterable[str]) -> dict[str, Any]:
    statement = {"Sid": _sid(actions), "Effect": "Allow", "Action": actions, "Resource": list(resources)}
    condition = _CONDITIONS.get(actions[0])
    return statement if condition is None else {**statement, "Condition": condition}


def _sid(actions: list[str]) -> str:
    """The Sid of the statement of these actions."""
    first = actions[0].partition(":")[2]
    return first if len(actions) == 1 else f"{first}And{len(actions) - 1}More"


def _generalised(resource: str) -> str:
    """The resource with its siblings: ``package/acme/team/*``, ``package-group/acme/*``."""
    return _SIBLINGS.sub(r"\1*", resource)


_SIBLINGS = re.compile(
    r"^(arn:[^:]+:codeartifact:[^:]*:[^:]*:(?:package/[^/]+/[^/]+/|package-group/[^/]+/)).+$", re.DOTALL
)
"""The ARN of a package or a package group. Its group is the part that all siblings share."""

_BEARER = "sts:GetServiceBearerToken"

_CONDITIONS = {_BEARER: {"StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}}}
"""The conditions that limit actions of other services to CodeArtifact."""


# The resources of an operation's own action


def _anything(_: CallLike) -> list[str]:
    return ["*"]


def _domain(call: CallLike) -> list[str]:
    return [_exactly(arns.domain(*_domain_path(call)))]


def _repository(call: CallLike) -> list[str]:
    return _repositories(call, call.params["repository"])


def _package(call: CallLike) -> list[str]:
    """The package; none if a request of a package manager does not name one."""
    return [_package_in(call, call.params["repository"])] if "package" in call.params else []


def _copy(call: CallLike) -> list[str]:
    """The destination of a copy. For the source, see :func:`_reading_the_source`."""
    destination = call.params["destinationRepository"]
    return [_package_in(call, destination), *_repositories(call, destination)]


def _group(call: CallLike) -> list[str]:
    return [_exactly(arns.package_group(*_domain_path(call), call.params["packageGroup"]))]


def _associated_group(call: CallLike) -> list[str]:
    """The group that was found; all groups of the domain if none was found."""
    if call.response is not None:
        return [_exactly(call.response["packageGroup"]["arn"])]
    return [f"{_exactly(arns.package_group(*_domain_path(call), '/'))}*"]


def _tagged(call: CallLike) -> list[str]:
    return [_exactly(call.params["resourceArn"])]


RESOURCES: dict[str, Callable[[CallLike], list[str]]] = {
    # Resources that do not exist yet have no ARN, and lists of an account have no resource.
    **dict.fromkeys(
        ("CreateDomain", "CreatePackageGroup", "CreateRepository", "ListDomains", "ListRepositories"), _anything
    ),
    **dict.fromkeys(
        (
            "DeleteDomain",
            "DeleteDomainPermissionsPolicy",
            "DescribeDomain",
            "GetAuthorizationToken",
            "GetDomainPermissionsPolicy",
            "ListPackageGroups",
            "ListRepositoriesInDomain",
            "PutDomainPermissionsPolicy",
        ),
        _domain,
    ),
    **dict.fromkeys(
        (
            "AssociateExternalConnection",
            "DeleteRepository",
            "DeleteRepositoryPermissionsPolicy",
            "DescribeRepository",
            "DisassociateExternalConnection",
            "GetRepositoryEndpoint",
            "GetRepositoryPermissionsPolicy",
            "ListPackages",
            "PutRepositoryPermissionsPolicy",
            "ReadFromRepository",
            "UpdateRepository",
        ),
        _repository,
    ),
    **dict.fromkeys(
        (
            "DeletePackage",
            "DeletePackageVersions",
            "DescribePackage",
            "DescribePackageVersion",
            "DisposePackageVersions",
            "GetPackageVersionAsset",
            "GetPackageVersionReadme",
            "ListPackageVersionAssets",
            "ListPackageVersionDependencies",
            "ListPackageVersions",
            "PublishPackageVersion",
            "PutPackageMetadata",
            "PutPackageOriginConfiguration",
            "UpdatePackageVersionsStatus",
        ),
        _package,
    ),
    **dict.fromkeys(
        (
            "DeletePackageGroup",
            "DescribePackageGroup",
            "ListAllowedRepositoriesForGroup",
            "ListAssociatedPackages",
            "ListSubPackageGroups",
            "UpdatePackageGroup",
            "UpdatePackageGroupOriginConfiguration",
        ),
        _group,
    ),
    **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), _tagged),
    "CopyPackageVersions": _copy,
    "GetAssociatedPackageGroup": _associated_group,
}
"""The functions that return the resources of each operation's own action."""


# Further permissions of operations


def _reading_the_source(call: CallLike) -> Iterator[Permission]:
    for resource in _repositories(call, call.params["sourceRepository"]):
        yield "codeartifact:ReadFromRepository", resource


def _its_upstreams(call: CallLike) -> Iterator[Permission]:
    """The upstreams that a call sets, which are read too (rule R-3)."""
    names = [upstream["repositoryName"] for upstream in call.params.get("upstreams", [])]
    for resource in _repositories(call, *names):
        yield "codeartifact:AssociateWithDownstreamRepository", resource


def _new_domain(call: CallLike) -> Iterator[Permission]:
    yield from _its_tags(call, _domain)
    key = call.params.get("encryptionKey")
    if key is not None:
        for action in ("kms:CreateGrant", "kms:DescribeKey"):
            yield action, _kms_key(call, key)


def _new_repository(call: CallLike) -> Iterator[Permission]:
    yield from _its_tags(call, _repository)
    yield from _its_upstreams(call)


def _new_group(call: CallLike) -> Iterator[Permission]:
    yield from _its_tags(call, _group)


def _its_tags(call: CallLike, resources_of: Callable[[CallLike], list[str]]) -> Iterator[Permission]:
    if call.params.get("tags"):
        for resource in resources_of(call):
            yield "codeartifact:TagResource", resource


def _its_metadata(call: CallLike) -> Iterator[Permission]:
    """The metadata that mvn uploads last, without which its upload is incomplete (rule PM-31)."""
    if call.params["format"] == "maven":
        for resource in _package(call):
            yield "codeartifact:PutPackageMetadata", resource


def _bearer_token(_: CallLike) -> Iterator[Permission]:
    """The permission to get a bearer token (rule T-4)."""
    yield _BEARER, "*"


_FURTHER_PERMISSIONS: dict[str, Callable[[CallLike], Iterator[Permission]]] = {
    "CopyPackageVersions": _reading_the_source,
    "CreateDomain": _new_domain,
    "CreatePackageGroup": _new_group,
    "CreateRepository": _new_repository,
    "GetAuthorizationToken": _bearer_token,
    "PublishPackageVersion": _its_metadata,
    "UpdateRepository": _its_upstreams,
}


# Names become ARNs


def _domain_path(call: CallLike) -> tuple[str, str, str]:
    """Region, owner and name of the domain that was called (rule X-1)."""
    return call.region, call.params.get("domainOwner") or call.account, call.params["domain"]


def _repositories(call: CallLike, *names: str) -> list[str]:
    return [_exactly(arns.repository(*_domain_path(call), name)) for name in names]


def _package_in(call: CallLike, repository: str) -> str:
    """The package in its stored spelling (rule F-5), whatever the spelling of the call."""
    rules = FORMATS[call.params["format"]]
    id = PackageId.exact(rules.name, *rules.normalised(call.params.get("namespace"), call.params["package"]))
    return _exactly(arns.package(*_domain_path(call), repository, id))


def _kms_key(call: CallLike, key: str) -> str:
    """The ARN of the key. For an alias, all keys, because policies cannot name keys by alias."""
    if ":key/" in key:
        return _exactly(key)
    if "alias/" in key:
        return arns.kms_key(call.region, call.account, "*")
    return _exactly(arns.kms_key(call.region, call.account, key))


def _exactly(arn: str) -> str:
    """An ARN with escaped wildcards and variables, which names may contain."""
    return arn.translate(_LITERALLY)


_LITERALLY = str.maketrans({character: f"${{{character}}}" for character in "*?$"})
