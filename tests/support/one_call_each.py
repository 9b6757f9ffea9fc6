"""A successful call of each operation, and the seed that it needs (behaviour reference, appendix A)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import botocore.session
from botocore import xform_name

from pytest_codeartifact import FakeCodeArtifact, generic, npm

OPERATIONS = {  # appendix A: method, path, members of the body (all others but header and blob are in the query)
    "AssociateExternalConnection": ("POST", "/v1/repository/external-connection", ""),
    "CopyPackageVersions": (
        "POST", "/v1/package/versions/copy", "versions versionRevisions allowOverwrite includeFromUpstream"
    ),
    "CreateDomain": ("POST", "/v1/domain", "encryptionKey tags"),
    "CreatePackageGroup": ("POST", "/v1/package-group", "packageGroup contactInfo description tags"),
    "CreateRepository": ("POST", "/v1/repository", "description upstreams tags"),
    "DeleteDomain": ("DELETE", "/v1/domain", ""),
    "DeleteDomainPermissionsPolicy": ("DELETE", "/v1/domain/permissions/policy", ""),
    "DeletePackage": ("DELETE", "/v1/package", ""),
    "DeletePackageGroup": ("DELETE", "/v1/package-group", ""),
    "DeletePackageVersions": ("POST", "/v1/package/versions/delete", "versions expectedStatus"),
    "DeleteRepository": ("DELETE", "/v1/repository", ""),
    "DeleteRepositoryPermissionsPolicy": ("DELETE", "/v1/repository/permissions/policies", ""),
    "DescribeDomain": ("GET", "/v1/domain", ""),
    "DescribePackage": ("GET", "/v1/package", ""),
    "DescribePackageGroup": ("GET", "/v1/package-group", ""),
    "DescribePackageVersion": ("GET", "/v1/package/version", ""),
    "DescribeRepository": ("GET", "/v1/repository", ""),
    "DisassociateExternalConnection": ("DELETE", "/v1/repository/external-connection", ""),
    "DisposePackageVersions": ("POST", "/v1/package/versions/dispose", "versions versionRevisions expectedStatus"),
    "GetAssociatedPackageGroup": ("GET", "/v1/get-associated-package-group", ""),
    "GetAuthorizationToken": ("POST", "/v1/authorization-token", ""),
    "GetDomainPermissionsPolicy": ("GET", "/v1/domain/permissions/policy", ""),
    "GetPackageVersionAsset": ("GET", "/v1/package/version/asset", ""),
    "GetPackageVersionReadme": ("GET", "/v1/package/version/readme", ""),
    "GetRepositoryEndpoint": ("GET", "/v1/repository/endpoint", ""),
    "GetRepositoryPermissionsPolicy": ("GET", "/v1/repository/permissions/policy", ""),
    "ListAllowedRepositoriesForGroup": ("GET", "/v1/package-group-allowed-repositories", ""),
    "ListAssociatedPackages": ("GET", "/v1/list-associated-packages", ""),
    "ListDomains": ("POST", "/v1/domains", "maxResults nextToken"),
    "ListPackageGroups": ("POST", "/v1/package-groups", ""),
    "ListPackageVersionAssets": ("POST", "/v1/package/version/assets", ""),
    "ListPackageVersionDependencies": ("POST", "/v1/package/version/dependencies", ""),
    "ListPackageVersions": ("POST", "/v1/package/versions", ""),
    "ListPackages": ("POST", "/v1/packages", ""),
    "ListRepositories": ("POST", "/v1/repositories", ""),
    "ListRepositoriesInDomain": ("POST", "/v1/domain/repositories", ""),
    "ListSubPackageGroups": ("POST", "/v1/package-groups/sub-groups", ""),
    "ListTagsForResource": ("POST", "/v1/tags", ""),
    "PublishPackageVersion": ("POST", "/v1/package/version/publish", ""),
    "PutDomainPermissionsPolicy": (
        "PUT", "/v1/domain/permissions/policy", "domain domainOwner policyRevision policyDocument"
    ),
    "PutPackageOriginConfiguration": ("POST", "/v1/package", "restrictions"),
    "PutRepositoryPermissionsPolicy": ("PUT", "/v1/repository/permissions/policy", "policyRevision policyDocument"),
    "TagResource": ("POST", "/v1/tag", "tags"),
    "UntagResource": ("POST", "/v1/untag", "tagKeys"),
    "UpdatePackageGroup": ("PUT", "/v1/package-group", "packageGroup contactInfo description"),
    "UpdatePackageGroupOriginConfiguration": (
        "PUT",
        "/v1/package-group-origin-configuration",
        "restrictions addAllowedRepositories removeAllowedRepositories",
    ),
    "UpdatePackageVersionsStatus": (
        "POST", "/v1/package/versions/update_status", "versions versionRevisions expectedStatus targetStatus"
    ),
    "UpdateRepository": ("PUT", "/v1/repository", "description upstreams"),
}  # fmt: skip

WIRE_NAMES = {  # members whose name in the query differs from the name in the SDK
    "administratorAccount": "administrator-account",
    "assetName": "asset",
    "destinationRepository": "destination-repository",
    "domainOwner": "domain-owner",
    "durationSeconds": "duration",
    "externalConnection": "external-connection",
    "maxResults": "max-results",
    "nextToken": "next-token",
    "packageGroup": "package-group",
    "packagePrefix": "package-prefix",
    "packageVersion": "version",
    "packageVersionRevision": "revision",
    "policyRevision": "policy-revision",
    "repositoryPrefix": "repository-prefix",
    "sourceRepository": "source-repository",
}

ACME = "arn:aws:codeartifact:us-east-1:123456789012:domain/acme"
POLICY = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "codeartifact:ReadFromRepository", "Resource": "*"}]}
)

SAMPLES: dict[str, Any] = {  # a valid value of every member
    "addAllowedRepositories": [{"repositoryName": "team", "originRestrictionType": "PUBLISH"}],
    "administratorAccount": "123456789012",
    "allowOverwrite": True,
    "asset": "tool.bin",
    "assetContent": b"\x00\xff\r\n{}",
    "assetName": "new tool.bin",
    "assetSHA256": hashlib.sha256(b"\x00\xff\r\n{}").hexdigest(),
    "contactInfo": "tools@example.org",
    "description": "Tools & more: +100 %, größer",
    "destinationRepository": "other",
    "domain": "acme",
    "domainOwner": "123456789012",
    "durationSeconds": 900,
    "encryptionKey": "alias/mine",
    "endpointType": "dualstack",
    "expectedStatus": "Published",
    "externalConnection": "public:pypi",
    "format": "generic",
    "includeFromUpstream": False,
    "maxResults": 7,
    "namespace": "ns",
    "nextToken": "a+b/c==",
    "originRestrictionType": "PUBLISH",
    "originType": "INTERNAL",
    "package": "tool",
    "packageGroup": "/npm/*",
    "packagePrefix": "t&=+%o",
    "packageVersion": "1.0.0+build",
    "packageVersionRevision": "cmV2aXNpb24+/w==",
    "policyDocument": POLICY,
    "policyRevision": "cG9saWN5+/8=",
    "prefix": "/npm/ü",
    "preview": False,
    "publish": "ALLOW",
    "removeAllowedRepositories": [{"repositoryName": "other", "originRestrictionType": "PUBLISH"}],
    "repository": "team",
    "repositoryPrefix": "te",
    "resourceArn": ACME,
    "sortBy": "PUBLISHED_TIME",
    "sourceRepository": "team",
    "status": "Published",
    "tagKeys": ["team", "größe"],
    "tags": [{"key": "größe", "value": "a b"}, {"key": "empty", "value": ""}],
    "targetStatus": "Archived",
    "unfinished": True,
    "upstream": "BLOCK",
    "upstreams": [{"repositoryName": "other"}],
    "versionRevisions": {"1.0.0+build": "cmV2aXNpb24+/w=="},
    "versions": ["1.0.0+build", "2.0.0"],
}

FITTING: dict[str, dict[str, Any]] = {  # values for calls that do not succeed with SAMPLES
    "AssociateExternalConnection": {"repository": "other"},
    "CopyPackageVersions": {"versions": ["1.0.0+build"]},
    "CreateDomain": {"domain": "fresh"},
    "CreatePackageGroup": {"packageGroup": "/pypi/*"},
    "CreateRepository": {"repository": "fresh"},
    "DeleteDomain": {"domain": "empty"},
    "DeletePackageVersions": {"versions": ["1.0.0+build"]},
    "DisassociateExternalConnection": {"repository": "connected"},
    "DisposePackageVersions": {"versions": ["1.0.0+build"]},
    "GetPackageVersionReadme": {"format": "npm"},
    "PublishPackageVersion": {"packageVersion": "2.0.0"},
    "PutPackageOriginConfiguration": {"restrictions": {"publish": "ALLOW", "upstream": "ALLOW"}},
    "UpdatePackageGroupOriginConfiguration": {"restrictions": {"PUBLISH": "BLOCK"}},
    "UpdatePackageVersionsStatus": {"versions": ["1.0.0+build"]},
}


def furnish(fake: FakeCodeArtifact, suffix: str = "") -> None:
    """Seed what the calls of all operations need to succeed.

    :param suffix: is added to the names of the domains.
    """
    fake.add_domain(f"empty{suffix}")
    acme = fake.add_domain(f"acme{suffix}", tags={"team": "tools"}, policy=POLICY)
    team = acme.add_repository("team", policy=POLICY)
    acme.add_repository("other")
    acme.add_repository("connected", external_connection="public:pypi")
    acme.add_package_group("/npm/*")
    tool = team.add_package(generic("ns", "tool"))
    tool.add_version("1.0.0+build", assets={"tool.bin": SAMPLES["assetContent"]})
    team.add_package(npm("@ns/tool")).add_version("1.0.0+build", readme="# Tool")


MODEL: Any = botocore.session.get_session().get_service_model("codeartifact")


def members(operation: str) -> set[str]:
    """The members of an operation's input."""
    return set(MODEL.operation_model(operation).input_shape.members)


def arguments(operation: str, suffix: str = "") -> dict[str, Any]:
    """The parameters of a call that succeeds after ``furnish`` with the same suffix."""
    namespace = {"namespace"} if {"package", "namespace"} <= members(operation) else set()
    required = {*MODEL.operation_model(operation).input_shape.required_members, *namespace}
    fitting = FITTING.get(operation, {})
    given = {**{name: SAMPLES[name] for name in sorted(required - fitting.keys())}, **fitting}
    return {name: f"{value}{suffix}" if name in ("domain", "resourceArn") else value for name, value in given.items()}


def call(client: Any, operation: str, **params: Any) -> Any:
    """Call an operation by its name in AWS, such as `DeletePackage`."""
    return getattr(client, xform_name(operation))(**params)


class Wire:
    """The last request of a client, and the response before botocore parses it."""

    def __init__(self, client: Any) -> None:
        self.request: Any = None
        self.response: Any = None
        client.meta.events.register("request-created.codeartifact", self._sent)
        client.meta.events.register("before-parse.codeartifact", self._answered)

    def _sent(self, request: Any, **_: object) -> None:
        self.request = request

    def _answered(self, response_dict: Any, **_: object) -> None:
        self.response = response_dict

    @property
    def json(self) -> Any:
        """The body of the response."""
        return json.loads(self.response["body"])
