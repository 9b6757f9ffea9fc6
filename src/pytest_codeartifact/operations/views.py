"""Converts entities to the structures of AWS's model.

Members that have no value are left out (rule W-4), see :func:`_without_none`. Timestamps are in milliseconds here,
and are sent in seconds.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..names.formats import EXTERNAL_CONNECTIONS
from ..names.packages import PackageId, parts_of_key
from ..rules import arns, origins
from ..state import tree
from ..state.entities import RESTRICTIONS, Asset, Domain, Group, Origin, Package, Policy, Repository, Tags, Version

if TYPE_CHECKING:
    from ..literals import RestrictionType

Structure = dict[str, Any]


def _without_none(**members: Any) -> Structure:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value is not None}


def domain_description(domain: Domain, status: str = "Active") -> Structure:
    """A DomainDescription (rules D-1, D-2 and D-7)."""
    return {
        **domain_summary(domain, status),
        "repositoryCount": tree.size(domain.repositories),
        "assetSizeBytes": domain.asset_bytes,
        "s3BucketArn": arns.asset_bucket(domain.region, domain.owner),
    }


def domain_summary(domain: Domain, status: str = "Active") -> Structure:
    """A DomainSummary (rule D-8)."""
    return {
        "name": domain.name,
        "owner": domain.owner,
        "arn": arns.of(domain),
        "status": status,
        "createdTime": domain.created,
        "encryptionKey": domain.encryption_key,
    }


def repository_description(repository: Repository) -> Structure:
    """A RepositoryDescription (rules R-1, R-8 and U-5)."""
    connection = repository.external_connection
    return {
        **repository_summary(repository),
        "upstreams": [{"repositoryName": upstream.name} for upstream in repository.upstreams],
        "externalConnections": [
            {
                "externalConnectionName": connection,
                "packageFormat": EXTERNAL_CONNECTIONS[connection],
                "status": "AVAILABLE",
            }
        ]
        if connection is not None
        else [],
    }


def repository_summary(repository: Repository) -> Structure:
    """A RepositorySummary (rule R-11)."""
    return {
        "name": repository.name,
        "administratorAccount": repository.administrator,
        "domainName": repository.domain,
        "domainOwner": repository.owner,
        "arn": arns.of(repository),
        "createdTime": repository.created,
        **_without_none(description=repository.description),
    }


def coordinates(package_key: str) -> Structure:
    """The first members of most responses about a package (rule K-2)."""
    format, namespace, name = parts_of_key(package_key)
    if namespace is None:
        return {"format": format, "package": name}
    return {"format": format, "package": name, "namespace": namespace}


@functools.cache
def origin_configuration(origin: Origin) -> Mapping[str, Any]:
    """A PackageOriginConfiguration (rule K-7). Cached: there are only four, and each package in a list has one."""
    return {"restrictions": {"publish": origin.publish, "upstream": origin.upstream}}


def package_summary(package: Package) -> Structure:
    """A PackageSummary (rule K-2)."""
    summary = coordinates(package.key)
    summary["originConfiguration"] = origin_configuration(package.origin)
    return summary


def package_description(id: PackageId, package: Package) -> Structure:
    """A PackageDescription (rule K-1). Like a summary, but the member is called ``name`` instead of ``package``."""
    configuration = origin_configuration(package.origin)
    return _without_none(format=id.format, namespace=id.namespace, name=id.name, originConfiguration=configuration)


def version_summary(package_key: str, version: Version) -> Structure:
    """A PackageVersionSummary (rule L-7)."""
    return {
        "version": version.version,
        "revision": version.revision(package_key),
        "status": version.status,
        "origin": _version_origin(version),
    }


def version_description(id: PackageId, package: Package, version: Version) -> Structure:
    """A PackageVersionDescription (rules S-5 and F-8)."""
    details = version.details
    return {
        "format": id.format,
        "packageName": id.name,
        "licenses": [_without_none(name=name, url=url) for name, url in details.licenses],
        **_without_none(
            namespace=id.namespace,
            displayName=details.display_name or _display_name(id, package),
            summary=details.summary,
            homePage=details.home_page,
            sourceCodeRepository=details.source_code_repository,
            publishedTime=version.published,
        ),
        **version_summary(id.key, version),
    }


def version_coordinates(package_key: str, version: Version) -> Structure:
    """The first members of responses about the contents of a version."""
    return {**coordinates(package_key), "version": version.version, "versionRevision": version.revision(package_key)}


def asset_summary(asset: Asset) -> Structure:
    """An AssetSummary (rule A-1)."""
    summary = asset.summary
    hashes = {"MD5": summary.md5, "SHA-1": summary.sha1, "SHA-256": summary.sha256, "SHA-512": summary.sha512}
    return {
        "name": asset.name,
        "size": summary.size,
        "hashes": {algorithm: digits for algorithm, digits in hashes.items() if digits is not None},
    }


def dependencies(version: Version) -> list[Structure]:
    """A PackageDependencyList (rule A-8)."""
    return [
        _without_none(namespace=namespace, package=package, dependencyType=type, versionRequirement=requirement)
        for package, requirement, type, namespace in version.details.dependencies
    ]


def changed_version(package_key: str, version: Version, status: str) -> Structure:
    """The entry of a changed version in the response of a batch (rules B-4 and Q-1)."""
    return {"revision": version.revision(package_key), "status": status}


def package_group(domain: Domain, group: Group) -> Structure:
    """The description or the summary of a package group, which have the same members (rule G-13)."""
    return {
        "arn": arns.of_group(domain, group.pattern),
        "pattern": group.pattern,
        "domainName": domain.name,
        "domainOwner": domain.owner,
        "createdTime": group.created,
        **_without_none(contactInfo=group.contact_info, description=group.description),
        "originConfiguration": {
            "restrictions": {restriction: _restriction(domain, group, restriction) for restriction in RESTRICTIONS}
        },
        **_without_none(parent=_group_reference(domain, origins.parent(domain, group.pattern))),
    }


def _restriction(domain: Domain, group: Group, restriction: RestrictionType) -> Structure:
    effective = origins.effective_restriction(domain, group, restriction)
    return _without_none(
        mode=group.modes[restriction],
        effectiveMode=effective.mode,
        inheritedFrom=_group_reference(domain, effective.inherited_from),
        repositoriesCount=len(group.allowed.get(restriction, ())),
    )


def policy(resource_arn: str, policy: Policy) -> Structure:
    """A ResourcePolicy (rule PP-1)."""
    return {"policy": {"resourceArn": resource_arn, "revision": policy.revision, "document": policy.document}}


def tags(tags: Tags) -> list[Structure]:
    """A TagList (rule TG-2)."""
    return [{"key": key, "value": value} for key, value in tags]


def _version_origin(version: Version) -> Structure:
    type, repository, connection = version.plain_entry_point
    entered = _without_none(repositoryName=repository, externalConnectionName=connection)
    return {"domainEntryPoint": entered, "originType": type} if entered else {"originType": type}


def _display_name(id: PackageId, package: Package) -> str | None:
    if id.format in ("generic", "maven"):
        return None
    return package.display_name or (id.full_name if id.format == "npm" else id.name)


def _group_reference(domain: Domain, pattern: str | None) -> Structure | None:
    return None if pattern is None else {"arn": arns.of_group(domain, pattern), "pattern": pattern}
