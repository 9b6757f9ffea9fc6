"""Package groups: their lifecycle and their packages (behaviour reference, sections 10.1 to 10.3)."""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterator

from ..errors import ConflictException, ValidationException
from ..names import group_patterns
from ..names.group_patterns import ROOT, GroupPattern, InvalidPattern
from ..names.packages import PackageId
from ..rules import origins
from ..rules import tags as tag_rules
from ..rules.scope import Scope
from ..state import tree
from ..state.entities import Domain, Group
from ..state.store import new_group
from ..state.tree import Node
from . import views
from .views import Structure


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
    """Create a package group (rules G-1 to G-5 and G-14)."""
    _check_pattern(package_group)
    requested_tags = tag_rules.checked(tags or [])
    domain_record = scope.domain(domain, domain_owner)
    if domain_record.group(package_group) is not None:
        raise ConflictException(f"Package group '{package_group}' already exists.")
    new_tags = tag_rules.merged((), requested_tags, scope.quotas.tags, None, None)
    group = new_group(package_group, scope.now)._replace(
        contact_info=contact_info, description=description, tags=new_tags
    )
    scope.state.put_group(domain_record, group)
    return {"packageGroup": views.package_group(scope.domain(domain, domain_owner), group)}


def describe_package_group(
    scope: Scope, *, domain: str, package_group: str, domain_owner: str | None = None
) -> Structure:
    """Describe a package group (rules G-13, G-21 and G-25)."""
    domain_record = scope.domain(domain, domain_owner)
    return {"packageGroup": views.package_group(domain_record, scope.group(domain_record, package_group))}


def update_package_group(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    contact_info: str | None = None,
    description: str | None = None,
) -> Structure:
    """Change the description and the contact of a package group (rule G-17). Omitted members stay unchanged."""
    domain_record = scope.domain(domain, domain_owner)
    group = scope.group(domain_record, package_group)
    updated = group._replace(
        contact_info=group.contact_info if contact_info is None else contact_info,
        description=group.description if description is None else description,
    )
    scope.state.put_group(domain_record, updated)
    return {"packageGroup": views.package_group(domain_record, updated)}


def delete_package_group(
    scope: Scope, *, domain: str, package_group: str, domain_owner: str | None = None
) -> Structure:
    """Delete a package group (rules G-15 and G-16). Its packages and its children move to its parent."""
    domain_record = scope.domain(domain, domain_owner)
    group = scope.group(domain_record, package_group)
    if package_group == ROOT:
        raise ValidationException("The root package group cannot be deleted.")
    scope.state.remove_group(domain_record, group)
    return {"packageGroup": views.package_group(domain_record, group)}


def list_package_groups(
    scope: Scope,
    *,
    domain: str,
    domain_owner: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
    prefix: str | None = None,
) -> Structure:
    """List the package groups of a domain, including the root (rule G-23).

    The prefix is one of the pattern as a string.
    """
    domain_record = scope.domain(domain, domain_owner)

    def after(last: str | None) -> Iterator[Group]:
        return domain_record.each_group(prefix or "", tree.after(last))

    return _page(scope, domain_record, after, max_results, next_token)


def list_sub_package_groups(
    scope: Scope,
    *,
    domain: str,
    package_group: str,
    domain_owner: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Structure:
    """List the direct children of a package group (rule G-23)."""
    domain_record = scope.domain(domain, domain_owner)
    scope.group(domain_record, package_group)

    def after(last: str | None) -> Iterator[Group]:
        return _children(domain_record, package_group, tree.after(last))

    return _page(scope, domain_record, after, max_results, next_token)


def get_associated_package_group(
    scope: Scope,
    *,
    domain: str,
    format: str,
    package: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
) -> Structure:
    """Return the package group of a package, which need not exist (rules G-6 to G-10).

    Known gap: AWS publishes no list of the characters that match weakly. The list of the fake may be shorter.
    """
    id = scope.package_id(format, namespace, package)
    domain_record = scope.domain(domain, domain_owner)
    group, strength = origins.association(domain_record, id)
    return {"packageGroup": views.package_group(domain_record, group), "associationType": strength.name}


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
    """List the packages of a package group (rules G-11 and G-12).

    Each package of the domain occurs once, however many repositories have it.
    """
    if preview:
        _check_pattern(package_group)
    domain_record = scope.domain(domain, domain_owner)
    if not preview:
        scope.group(domain_record, package_group)

    def after(last: str | None) -> Iterator[tuple[str, str]]:
        return _associated(domain_record, group_patterns.parse(package_group), tree.after(last))

    page = scope.page(after, lambda associated: associated[0], limit=max_results or 50, token=next_token)
    packages = [{**views.coordinates(key), "associationType": strength} for key, strength in page.items]
    return {"packages": packages, "nextToken": page.next_token}


def _check_pattern(pattern: str) -> None:
    """Check a pattern.

    :raises ValidationException: it is not valid (rule G-4).
    """
    try:
        group_patterns.parse(pattern)
    except InvalidPattern as reason:
        raise ValidationException(f"'{pattern}' is not a valid package group pattern: {reason}.") from None


def _page(
    scope: Scope,
    domain_record: Domain,
    after: Callable[[str | None], Iterator[Group]],
    max_results: int | None,
    next_token: str | None,
) -> Structure:
    page = scope.page(after, lambda group: group.pattern, limit=max_results or 50, token=next_token)
    return {
        "packageGroups": [views.package_group(domain_record, group) for group in page.items],
        "nextToken": page.next_token,
    }


def _children(domain_record: Domain, pattern: str, start: str) -> Iterator[Group]:
    """The direct children of a group, in order.

    Jumps over other subtrees instead of visiting their groups.
    """
    while (group := next(domain_record.each_group(pattern[:-1], start), None)) is not None:
        lineage = (group.pattern, *origins.lineage(domain_record, group.pattern))
        generations = lineage.index(pattern) if pattern in lineage else 0
        if generations == 1:
            yield group
            start = tree.successor(group.pattern)
        elif generations and lineage[generations - 1].endswith("*"):
            # A descendant of a child that ends with '*': continue at the child, or behind all that it contains.
            child = lineage[generations - 1]
            start = child if group.pattern < child else tree.above(child[:-1])
        else:
            # A descendant of another child, or a group elsewhere. All patterns with the same prefix and the same next
            # character are below the same child, or none of them is below this group: continue behind them.
            start = tree.above(group.pattern[: len(lineage[generations - 1] if generations else pattern)])


def _associated(domain_record: Domain, pattern: GroupPattern, start: str) -> Iterator[tuple[str, str]]:
    """The keys of the packages of a group and the strength of their match, in order. Each package occurs once."""
    lists = (
        _associated_in(repository.packages, domain_record, pattern, start)
        for repository in domain_record.each_repository()
    )
    return (next(same) for _, same in itertools.groupby(heapq.merge(*lists), key=lambda associated: associated[0]))


def _associated_in(
    packages: Node, domain_record: Domain, pattern: GroupPattern, start: str
) -> Iterator[tuple[str, str]]:
    """The packages of a group in one repository. Jumps over packages that do not match, or belong to another group."""
    while (entry := next(tree.scan(packages, start), None)) is not None:
        key = entry[0]
        if pattern.holds(key) is False:
            start = _next_position(key, pattern, holds=False)
            continue
        matches = list(origins.matches(domain_record, PackageId.from_key(key), extra=pattern))
        rank = next((index for index, match in enumerate(matches) if match.pattern == pattern.text), None)
        if rank == 0:
            yield key, matches[0].strength.name
        widest = group_patterns.parse(matches[rank - 1].pattern) if rank else None
        start = tree.successor(key) if widest is None else _next_position(key, widest, holds=True)


def _next_position(key: str, pattern: GroupPattern, *, holds: bool) -> str:
    """The first position after all keys that begin like ``key``, as far as its beginning decides about the pattern.

    That is the shortest prefix for which ``pattern.holds`` is already ``holds``, found by bisection.
    """
    length = bisect_left(range(len(key)), True, key=lambda end: pattern.holds(key[:end]) is holds)
    return tree.above(key[:length]) if pattern.holds(key[:length]) is holds else tree.successor(key)
