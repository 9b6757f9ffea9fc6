"""Packages and their origin configuration (behaviour reference, sections 12, 19 and 15.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ValidationException
from ..names.formats import FORMATS
from ..names.packages import PackageId
from ..rules.scope import Scope
from ..state import tree
from ..state.entities import Origin, Package
from ..state.tree import Entry, Node
from . import views
from .views import Structure

if TYPE_CHECKING:
    from ..literals import OriginSwitch


def describe_package(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
) -> Structure:
    """Describe a package (rule K-1)."""
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)
    return {"package": views.package_description(existing.id, existing.record)}


def list_packages(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    domain_owner: str | None = None,
    format: str | None = None,
    namespace: str | None = None,
    package_prefix: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
    publish: str | None = None,
    upstream: str | None = None,
) -> Structure:
    """List the packages of a repository by format, namespace and name (rules L-1 to L-4 and U-10).

    Filters are prefixes, and pages are full.
    """
    if namespace is not None and format is None:
        raise ValidationException("A namespace can only be given together with a format.")
    name_prefix = package_prefix or ""
    if format is not None and FORMATS[format].any_spelling:
        namespace, name_prefix = FORMATS[format].normalised(namespace, name_prefix)
    listed = scope.repository(domain, domain_owner, repository)
    prefix = f"{format}\0{namespace or ''}" if format is not None else ""

    def has_switches(package: Package) -> bool:
        return publish in (None, package.origin.publish) and upstream in (None, package.origin.upstream)

    def after(last: str | None) -> Iterator[Package]:
        packages = map(Package._make, _scan(listed.packages, prefix, name_prefix, tree.after(last)))
        return packages if publish is upstream is None else filter(has_switches, packages)

    page = scope.page(after, lambda package: package.key, limit=max_results or 100, token=next_token, of=listed.uid)
    return {"packages": list(map(views.package_summary, page.items)), "nextToken": page.next_token}


def delete_package(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
) -> Structure:
    """Delete a package (rules DP-1 to DP-11).

    Deletes the record with its configuration, and all its versions of any status and origin.

    Other repositories keep the package.
    """
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)
    scope.state.remove_package(existing.repository, existing.record)
    scope.removed_package(existing)
    return {"deletedPackage": views.package_summary(existing.record)}


def put_package_origin_configuration(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    restrictions: dict[str, OriginSwitch],
    domain_owner: str | None = None,
    namespace: str | None = None,
) -> Structure:
    """Set the origin configuration of a package (rules K-5 to K-7 and K-11).

    Creates an empty record for a package that does not exist.
    """
    id = scope.package_id(format, namespace, package)
    target = scope.repository(domain, domain_owner, repository)
    record = target.package(id.key) or _new_record(id)
    changed = record.with_origin(Origin(**restrictions))
    scope.state.put_package(target, changed)
    return {"originConfiguration": views.origin_configuration(changed.origin)}


def _new_record(id: PackageId) -> Package:
    """An empty package record.

    :raises ValidationException: the name is not normalised, so it can never be published (rules F-5 and F-6).
    """
    normalised = FORMATS[id.format].name_rule(id.name)
    if normalised != id.name:
        raise ValidationException(f"'{id.name}' is not a normalised name of a {id.format} package; '{normalised}' is.")
    return Package(id.key, None, "", "")


def _scan(packages: Node, prefix: str, name_prefix: str, start: str) -> Iterator[Entry]:
    """The packages whose key begins with ``prefix`` and whose name begins with ``name_prefix``, from ``start`` on."""
    if name_prefix:
        return _scan_names(packages, prefix, name_prefix, start)
    return tree.scan_prefix(packages, prefix, start)


def _scan_names(packages: Node, prefix: str, name_prefix: str, start: str) -> Iterator[Entry]:
    """The packages whose names begin with a prefix.

    Names are sorted within a (format, namespace) only, so a name prefix is looked up in each of these. The cost depends
    on their number, not on the number of packages.
    """
    position = max(prefix, start)
    while (entry := next(tree.scan(packages, position), None)) is not None and entry[0].startswith(prefix):
        within = entry[0].rpartition("\0")[0]
        first = f"{within}\0{name_prefix}"
        if position <= first:
            yield from tree.scan_prefix(packages, first)
        elif entry[0].startswith(first):
            yield from tree.scan_prefix(packages, first, position)
        position = f"{within}\1"  # above all names of this namespace, below the next namespace
