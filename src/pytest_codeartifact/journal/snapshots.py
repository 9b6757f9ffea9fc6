"""Converts entities to plain dicts, with the keywords that seed them.

A function ``..._dict`` includes the contents of the entity. A function ``..._attributes`` returns the attributes by
which two records of one entity are compared. Neither includes derived values or the time of creation.
"""

from __future__ import annotations

import json
from typing import Any

from ..state import entities, tree
from ..state.entities import ALLOW_SPECIFIC_REPOSITORIES, RESTRICTIONS

EntityDict = dict[str, Any]


def domain_attributes(domain: entities.Domain) -> EntityDict:
    """The attributes of a domain, without its contents."""
    return {"encryption_key": domain.encryption_key}


def domain_dict(domain: entities.Domain) -> EntityDict:
    """A domain with its package groups and its repositories."""
    return {
        **domain_attributes(domain),
        **_tags_and_policy(domain),
        "package_groups": {group.pattern: group_dict(group) for group in domain.each_group()},
        "repositories": {repository.name: repository_dict(repository) for repository in domain.each_repository()},
    }


def group_attributes(group: entities.Group) -> EntityDict:
    """The attributes of a package group, without its tags."""
    with_lists = [name for name in RESTRICTIONS if group.modes[name] == ALLOW_SPECIFIC_REPOSITORIES]
    return {
        "restrictions": {restriction: group.modes[restriction] for restriction in RESTRICTIONS},
        "allowed_repositories": {restriction: set(group.allowed.get(restriction, ())) for restriction in with_lists},
        "contact_info": group.contact_info,
        "description": group.description,
    }


def group_dict(group: entities.Group) -> EntityDict:
    """A package group."""
    return {**group_attributes(group), "tags": dict(group.tags)}


def repository_attributes(repository: entities.Repository) -> EntityDict:
    """The attributes of a repository, without its contents."""
    return {
        "upstreams": [upstream.name for upstream in repository.upstreams],
        "external_connection": repository.external_connection,
        "description": repository.description,
        "administrator": repository.administrator,
    }


def repository_dict(repository: entities.Repository) -> EntityDict:
    """A repository with its packages."""
    return {
        **repository_attributes(repository),
        **_tags_and_policy(repository),
        "packages": {package.id: package_dict(package) for package in repository.each_package()},
    }


def package_attributes(package: entities.Package) -> EntityDict:
    """The attributes of a package, without its origin configuration and its versions."""
    return {"display_name": package.display_name, "dist_tags": dict(package.dist_tags)}


def package_dict(package: entities.Package) -> EntityDict:
    """A package with its versions."""
    return {
        "origin": package.origin,
        **package_attributes(package),
        "versions": {version.version: version_dict(package.key, version) for version in package.each_version()},
    }


def version_attributes(package_key: str, version: entities.Version) -> EntityDict:
    """The attributes of a version, without its assets."""
    details, entry_point = version.details, version.entry_point
    return {
        "status": version.status,
        "published": version.published_at,
        "revision": version.revision(package_key),
        "origin_type": entry_point.type,
        "entry_point": entry_point.name,
        "display_name": details.display_name,
        "summary": details.summary,
        "home_page": details.home_page,
        "source_code_repository": details.source_code_repository,
        "licenses": list(details.each_license()),
        "readme": details.readme,
        "dependencies": list(details.each_dependency()),
        **{name: dict(tree.scan(texts)) for name, texts in _texts(details) if texts},
    }


def _texts(details: entities.Details) -> tuple[tuple[str, tree.Node], ...]:
    """The data of package managers for which the API has no members (rule PM-55)."""
    return ("kept", details.kept), ("notes", details.notes)


def version_dict(package_key: str, version: entities.Version) -> EntityDict:
    """A version with the contents of its assets, except default assets (rule F-11)."""
    assets = {asset.name: asset.content_or_summary for asset in version.details.each_own_asset()}
    return {**version_attributes(package_key, version), "assets": assets}


def parsed_policy(policy: entities.Policy | None) -> Any:
    """A policy as parsed JSON; None if there is none."""
    return None if policy is None else json.loads(policy.document)


def _tags_and_policy(resource: entities.Domain | entities.Repository) -> EntityDict:
    return {"tags": dict(resource.tags), "policy": parsed_policy(resource.policy)}
