"""Describes the state by the keywords that seed it, without default values."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from ..clock import from_millis
from ..handles.arguments import default_policy_revision
from ..http import Caller
from ..names.formats import EXTERNAL_CONNECTIONS
from ..names.group_patterns import ROOT
from ..names.packages import parts_of_key
from ..rules import arns
from ..rules.upstreams import alive
from ..state import entities, tree
from ..state.entities import DISPOSED, INTERNAL, PUBLISHED, AssetSummary, Details
from ..state.store import State

_Keywords = dict[str, Any]


def state_keywords(state: State, own_caller: Caller) -> _Keywords:
    """The whole state. The lists of domains, repositories and packages are iterators, to be read once, in order.

    :param own_caller: the account and region that are left out.
    """
    sources = filter(None, map(state.public_source, EXTERNAL_CONNECTIONS))
    return _without_defaults(
        {
            "domains": _none_if_empty(_domain(domain, own_caller) for domain in state.domains()),
            "public_sources": _none_if_empty(
                {"name": source.name, "packages": _packages(source)} for source in sources if source.packages
            ),
        }
    )


def _none_if_empty(items: Iterator[_Keywords]) -> Iterator[_Keywords] | None:
    """The items, None if there are none."""
    first = next(items, None)
    return None if first is None else itertools.chain((first,), items)


def version_keywords(repository: entities.Repository, package_key: str, version: entities.Version) -> _Keywords:
    """A version, with the contents of its assets as bytes, or their summaries."""
    entry_point, details = version.entry_point, version.details
    keywords = {
        "version": version.version,
        "status": None if version.status == PUBLISHED else version.status,
        "published": version.published_at,
        "origin_type": None if entry_point.type == INTERNAL else entry_point.type,
        "entry_point": None if entry_point.repository == repository.name else entry_point.name,
        # Without a revision, a new fake derives it from the content and from 0 removals, so it need not be written.
        "revision": None if version.revision_source == 0 else version.revision(package_key),
        **_details(details),
    }
    return {**_without_defaults(keywords), **_assets(package_key, version)}


def _assets(package_key: str, version: entities.Version) -> _Keywords:
    """The assets, unless they are the default."""
    assets = {asset.name: asset.content_or_summary for asset in version.details.each_own_asset()}
    has_none_anyway = version.status == DISPOSED or parts_of_key(package_key)[0] == "generic"
    return {} if version.has_default_assets or (not assets and has_none_anyway) else {"assets": assets}


def _domain(domain: entities.Domain, own_caller: Caller) -> _Keywords:
    place = Caller(domain.owner, domain.region)
    key = domain.encryption_key
    return _without_defaults(
        {
            "name": domain.name,
            "account": None if domain.owner == own_caller.account else domain.owner,
            "region": None if domain.region == own_caller.region else domain.region,
            "created": from_millis(domain.created),
            "encryption_key": None if key == arns.encryption_key(place, None) else key,
            "tags": dict(domain.tags),
            **_policy(domain.policy, f"domain {domain.name}"),
            "package_groups": _groups(domain),
            "repositories": _none_if_empty(_repository(domain, repository) for repository in domain.each_repository()),
        }
    )


def _groups(domain: entities.Domain) -> list[_Keywords]:
    groups = [_group(domain, group) for group in domain.each_group()]
    return [group for group in groups if group != {"pattern": ROOT}]


def _group(domain: entities.Domain, group: entities.Group) -> _Keywords:
    is_root = group.pattern == ROOT
    default = entities.ALLOW if is_root else entities.INHERIT
    created = None if is_root and group.created == domain.created else from_millis(group.created)
    return _without_defaults(
        {
            "pattern": group.pattern,
            "created": created,
            "restrictions": {restriction: mode for restriction, mode in group.modes.items() if mode != default},
            "allowed_repositories": {
                restriction: sorted(names) for restriction, names in sorted(group.allowed.items()) if names
            },
            "contact_info": group.contact_info,
            "description": group.description,
            "tags": dict(group.tags),
        }
    )


def _repository(domain: entities.Domain, repository: entities.Repository) -> _Keywords:
    return _without_defaults(
        {
            "name": repository.name,
            "administrator": None if repository.administrator == repository.owner else repository.administrator,
            "created": from_millis(repository.created),
            "description": repository.description,
            "upstreams": [
                upstream.name if alive(domain, upstream) is not None else {"gone": upstream.name}
                for upstream in repository.upstreams
            ],
            "external_connection": repository.external_connection,
            "tags": dict(repository.tags),
            **_policy(repository.policy, f"repository {repository.name}"),
            "packages": _packages(repository),
        }
    )


def _policy(policy: entities.Policy | None, owner: str) -> _Keywords:
    """The unmodified document, because clients read it unmodified."""
    if policy is None:
        return {}
    revision = None if policy.revision == default_policy_revision(owner) else policy.revision
    return {"policy": policy.document, "policy_revision": revision}


def _packages(repository: entities.Repository) -> Iterator[_Keywords] | None:
    return _none_if_empty(_package(repository, package) for package in repository.each_package())


def _package(repository: entities.Repository, package: entities.Package) -> _Keywords:
    format, namespace, name = parts_of_key(package.key)
    return _without_defaults(
        {
            "format": format,
            "namespace": namespace,
            "name": name,
            "display_name": package.display_name,
            "origin": package.origin._asdict() if package.origin_is_decided else {},
            "dist_tags": dict(package.dist_tags),
            "versions": [
                _for_file(version_keywords(repository, package.key, version)) for version in package.each_version()
            ],
        }
    )


def _for_file(version: _Keywords) -> _Keywords:
    """A version in the form of a file."""
    if "assets" not in version:
        return version
    return {**version, "assets": {name: _content(content) for name, content in version["assets"].items()}}


def _content(content: bytes | AssetSummary) -> _Keywords:
    """The content of an asset: as text if it is printable, else as Base64; without content its size and hashes."""
    if isinstance(content, AssetSummary):
        return _without_defaults(content._asdict())
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if all(character.isprintable() or character in "\n\t" for character in text):
        return {"text": text}
    return {"base64": base64.b64encode(content).decode()}


def _details(details: Details) -> _Keywords:
    return {
        "display_name": details.display_name,
        "summary": details.summary,
        "home_page": details.home_page,
        "source_code_repository": details.source_code_repository,
        "licenses": [name if url is None else {"name": name, "url": url} for name, url in details.licenses],
        "readme": details.readme,
        "dependencies": [_without_defaults(dependency._asdict()) for dependency in details.each_dependency()],
        "kept": dict(tree.scan(details.kept)),
        "notes": dict(tree.scan(details.notes)),
    }


def _without_defaults(keywords: Mapping[str, Any]) -> _Keywords:
    return {key: value for key, value in keywords.items() if value is not None and value != [] and value != {}}
