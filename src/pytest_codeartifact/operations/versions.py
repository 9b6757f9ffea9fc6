"""Package versions: listing, describing, deleting (behaviour reference, sections 14, 18 and 15.5)."""

from __future__ import annotations

from collections.abc import Iterator

from ..rules.scope import Scope
from ..state import tree
from ..state.entities import DELETED, Version
from . import views
from .batches import Failure, mismatched_status, run_batch, stored_names
from .views import Structure


def list_package_versions(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
    status: str | None = None,
    sort_by: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
    origin_type: str | None = None,
) -> Structure:
    """List the versions of a package (rules L-5 to L-11)."""
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)

    def by_name(last: str | None) -> Iterator[Version]:
        for version in existing.record.each_version(tree.after(last)):
            if status in (None, version.status) and origin_type in (None, version.entry_point.type):
                yield version

    def newest_first(last: tuple[str, str] | None) -> Iterator[Version]:
        for version in existing.record.newest_first(status, None if last is None else last[0]):
            if origin_type in (None, version.entry_point.type):
                yield version

    after, position = (by_name, _name) if sort_by is None else (newest_first, _age)
    page = scope.page(after, position, limit=max_results or 50, token=next_token, of=existing.repository.uid)
    return {
        "defaultDisplayVersion": existing.record.default_display_version,
        **views.coordinates(existing.record.key),
        "versions": [views.version_summary(existing.record.key, version) for version in page.items],
        "nextToken": page.next_token,
    }


def describe_package_version(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    package_version: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
) -> Structure:
    """Describe a version (rules S-5, S-6 and S-8)."""
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)
    version = scope.version(existing, package_version)
    return {"packageVersion": views.version_description(existing.id, existing.record, version)}


def delete_package_versions(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    versions: list[str],
    domain_owner: str | None = None,
    namespace: str | None = None,
    expected_status: str | None = None,
) -> Structure:
    """Delete versions (rules Q-1 to Q-8). The package record stays, even without any version."""

    def check(version: Version) -> Failure | None:
        return mismatched_status(version, expected_status)

    def delete(version: Version) -> Structure:
        scope.state.remove_version(existing.repository, existing.record.key, version.version)
        return views.changed_version(existing.record.key, version, DELETED)

    id = scope.package_id(format, namespace, package)
    names = stored_names(id, versions)
    existing = scope.package_in(scope.repository(domain, domain_owner, repository), id)
    result = run_batch(scope, existing, names, check, delete)
    if result["successfulVersions"]:
        scope.removed_versions(existing, result["successfulVersions"])
    return result


def _name(version: Version) -> str:
    return version.version


def _age(version: Version) -> tuple[str, str]:
    return version.recency, version.version
