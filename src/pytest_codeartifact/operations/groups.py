"""Package groups: their lifecycle, and which packages they hold (behaviour reference, sections 15.1 to 15.3)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from .. import group_patterns, origins, tagging, views
from ..errors import ConflictException, ValidationException
from ..group_patterns import ROOT, IllegalPattern, Kind
from ..ids import PackageId
from ..scope import Scope
from ..state import tree
from ..state.entities import Domain, Group, Repository
from ..state.store import new_group
from ..views import Structure
from .registry import operation


@operation
def create_package_group(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    contact_info: str | None = None,
    description: str | None = None,
    tags: list[dict[str, str]] | None = None,
) -> Structure:
    """Rules G-1 to G-5 and G-14."""
    _check_pattern(package_group)
    given = tagging.checked(tags or [])
    home = scope.domain(domain, domain_owner)
    if home.group(package_group) is not None:
        raise ConflictException(f"Package group '{package_group}' already exists.")
    given = tagging.merged((), given, scope.quotas.tags, None, None)
    group = new_group(package_group, scope.now)._replace(contact_info=contact_info, description=description, tags=given)
    scope.state.put_group(home, group)
    return {"packageGroup": views.package_group(scope.domain(domain, domain_owner), group)}


@operation
def describe_package_group(
    scope: Scope, *, domain: str, package_group: str, domain_owner: str | None = None
) -> Structure:
    """Rules G-13, G-21 and G-25."""
    home = scope.domain(domain, domain_owner)
    return {"packageGroup": views.package_group(home, scope.group(home, package_group))}


@operation
def update_package_group(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    contact_info: str | None = None,
    description: str | None = None,
) -> Structure:
    """Rule G-17: what is omitted stays."""
    home = scope.domain(domain, domain_owner)
    group = scope.group(home, package_group)
    updated = group._replace(
        contact_info=group.contact_info if contact_info is None else contact_info,
        description=group.description if description is None else description,
    )
    scope.state.put_group(home, updated)
    return {"packageGroup": views.package_group(home, updated)}


@operation
def delete_package_group(
    scope: Scope, *, domain: str, package_group: str, domain_owner: str | None = None
) -> Structure:
    """Rules G-15 and G-16: its packages and its children go to what was above it."""
    home = scope.domain(domain, domain_owner)
    group = scope.group(home, package_group)
    if package_group == ROOT:
        raise ValidationException("The root package group cannot be deleted.")
    scope.state.remove_group(home, group)
    return {"packageGroup": views.package_group(home, group)}


@operation
def list_package_groups(
    scope: Scope,
    *,
    domain: str,
    domain_owner: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
    prefix: str | None = None,
) -> Structure:
    """Rule G-23: all groups, the root among them; the prefix is one of the pattern's text."""
    home = scope.domain(domain, domain_owner)

    def after(last: str | None) -> Iterator[Group]:
        return _groups(home, prefix or "", last)

    return _page(scope, home, after, max_results, next_token)


@operation
def list_sub_package_groups(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Structure:
    """Rule G-23: the direct children."""
    home = scope.domain(domain, domain_owner)
    scope.group(home, package_group)

    def after(last: str | None) -> Iterator[Group]:
        groups = _groups(home, "", last)
        return (group for group in groups if origins.parent(home, group.pattern) == package_group)

    return _page(scope, home, after, max_results, next_token)


@operation
def get_associated_package_group(
    scope: Scope,
    *,
    domain: str,
    format: str,
    package: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
) -> Structure:
    """Rules G-6 to G-10: the package need not exist.

    Known gap: AWS names no list of the characters that it confuses; ours may be shorter.
    """
    id = scope.package_id(format, namespace, package)
    home = scope.domain(domain, domain_owner)
    group, strength = origins.association(home, id)
    return {"packageGroup": views.package_group(home, group), "associationType": strength.name}


@operation
def list_associated_packages(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
    preview: bool | None = None,
) -> Structure:
    """Rules G-11 and G-12: each package of the domain once, however many repositories have it."""
    if preview:
        _check_pattern(package_group)
    home = scope.domain(domain, domain_owner)
    if preview and home.group(package_group) is None:
        imagined = scope.state.fork()
        imagined.put_group(home, new_group(package_group, scope.now))
        home = imagined.domain(home.region, home.owner, home.name) or home
    scope.group(home, package_group)

    def after(last: str | None) -> Iterator[tuple[str, str]]:
        for key in _package_keys(home, package_group, last):
            group, strength = origins.association(home, PackageId.from_key(key))
            if group.pattern == package_group:
                yield key, strength.name

    page = scope.page(after, lambda found: found[0], limit=max_results or 50, token=next_token)
    packages = [{**views.coordinates(key), "associationType": strength} for key, strength in page.items]
    return {"packages": packages, "nextToken": page.next_token}


def _check_pattern(pattern: str) -> None:
    """Refuse what is no pattern.

    :raises ValidationException: rule G-4.
    """
    try:
        group_patterns.parse(pattern)
    except IllegalPattern as reason:
        raise ValidationException(f"'{pattern}' is not a valid package group pattern: {reason}.") from None


def _page(
    scope: Scope,
    home: Domain,
    after: Callable[[str | None], Iterator[Group]],
    max_results: int | None,
    next_token: str | None,
) -> Structure:
    page = scope.page(after, lambda group: group.pattern, limit=max_results or 50, token=next_token)
    return {"packageGroups": [views.package_group(home, group) for group in page.items], "nextToken": page.next_token}


def _groups(home: Domain, prefix: str, last: str | None) -> Iterator[Group]:
    for entry in tree.scan_prefix(home.groups, prefix, "" if last is None else tree.successor(last)):
        assert isinstance(entry, Group)
        yield entry


def _package_keys(home: Domain, pattern: str, last: str | None) -> Iterator[str]:
    """The packages of all repositories of the domain that the pattern could hold, in order, each once."""
    parsed = group_patterns.parse(pattern)
    prefix = "" if parsed.kind is Kind.ALL else f"{parsed.format}\0"
    start = "" if last is None else tree.successor(last)
    repositories = map(Repository._make, tree.scan(home.repositories))
    scans = (tree.scan_prefix(repository.packages, prefix, start) for repository in repositories)
    previous = None
    for key in heapq.merge(*((entry[0] for entry in scan) for scan in scans)):
        if key != previous:
            yield key
        previous = key
