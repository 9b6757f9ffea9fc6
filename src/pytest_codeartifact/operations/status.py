"""Operations that change the status of package versions (behaviour reference, sections 14 and 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ValidationException
from ..names.packages import PackageId
from ..rules.scope import ExistingPackage, Scope
from ..state.entities import ARCHIVED, DISPOSED, PUBLISHED, UNLISTED, Version
from . import views
from .batches import Failure, expected_revisions, mismatched_revision, mismatched_status, run_batch, stored_names
from .views import Structure

if TYPE_CHECKING:
    from ..literals import VersionStatus

TARGETS = (PUBLISHED, UNLISTED, ARCHIVED)
"""The statuses that UpdatePackageVersionsStatus can set (rule S-2)."""


def update_package_versions_status(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    versions: list[str],
    target_status: VersionStatus,
    domain_owner: str | None = None,
    namespace: str | None = None,
    version_revisions: dict[str, str] | None = None,
    expected_status: str | None = None,
) -> Structure:
    """Change the status of versions, all or none (rules B-1 to B-14 and S-2)."""
    if target_status not in TARGETS:
        raise ValidationException(f"The target status must be one of {', '.join(TARGETS)}; it was {target_status}.")
    id = scope.package_id(format, namespace, package)
    names = stored_names(id, versions)
    revisions = _expected_revisions(id, names, version_revisions)
    existing = scope.package_in(scope.repository(domain, domain_owner, repository), id)

    def check(version: Version) -> Failure | None:
        return _mismatch(existing, version, expected_status, revisions) or _disposed(version)

    def update(version: Version) -> Structure:
        changed = version.with_status(target_status, scope.now)
        if changed != version:
            scope.state.put_version(existing.repository, existing.record.key, changed)
            scope.changed(existing.repository, existing.record.key, version, changed)
        return views.changed_version(existing.record.key, changed, target_status)

    return run_batch(scope, existing, names, check, update)


def dispose_package_versions(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    versions: list[str],
    domain_owner: str | None = None,
    namespace: str | None = None,
    version_revisions: dict[str, str] | None = None,
    expected_status: str | None = None,
) -> Structure:
    """Dispose of versions, all or none (rules B-1 to B-6 and B-8 to B-14).

    Deletes their assets, and keeps the records and their revisions.
    """
    id = scope.package_id(format, namespace, package)
    names = stored_names(id, versions)
    revisions = _expected_revisions(id, names, version_revisions)
    existing = scope.package_in(scope.repository(domain, domain_owner, repository), id)

    def check(version: Version) -> Failure | None:
        return _mismatch(existing, version, expected_status, revisions) or _disposed(version)

    def dispose(version: Version) -> Structure:
        disposed = version.disposed(scope.now)
        scope.state.put_version(existing.repository, existing.record.key, disposed)
        return views.changed_version(existing.record.key, disposed, DISPOSED)

    result = run_batch(scope, existing, names, check, dispose)
    if result["successfulVersions"]:
        scope.disposed_versions(existing, result["successfulVersions"])
    return result


def _expected_revisions(id: PackageId, names: list[str], given: dict[str, str] | None) -> dict[str, list[str]]:
    """The revisions that the caller expects, which must be those of the requested versions (rule B-5)."""
    expected = expected_revisions(id, given)
    if given is not None and expected.keys() != set(names):
        raise ValidationException("'versionRevisions' must name the same versions as 'versions'.")
    return expected


def _mismatch(
    existing: ExistingPackage, version: Version, expected_status: str | None, revisions: dict[str, list[str]]
) -> Failure | None:
    """The failure of a version with an unexpected status or, checked after that, an unexpected revision (rule B-8)."""
    return mismatched_status(version, expected_status) or mismatched_revision(
        version.revision(existing.record.key), revisions.get(version.version, ())
    )


def _disposed(version: Version) -> Failure | None:
    if version.status != DISPOSED:
        return None
    return Failure("NOT_ALLOWED", f"version {version.version} is disposed and its status cannot be changed")
