"""CopyPackageVersions (behaviour reference, section 16)."""

from __future__ import annotations

from ..errors import ValidationException
from ..names.packages import PackageId
from ..rules import retention
from ..rules.scope import Scope
from ..rules.upstreams import Find, find, has_package
from ..state.entities import DISPOSED, PUBLISHED, UNLISTED, Domain, Repository, Version
from . import views
from .batches import Failure, expected_revisions, mismatched_revision, named, not_found, outcome, planned
from .registry import operation
from .views import Structure


@operation
def copy_package_versions(
    scope: Scope,
    *,
    domain: str,
    source_repository: str,
    destination_repository: str,
    format: str,
    package: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
    versions: list[str] | None = None,
    version_revisions: dict[str, str] | None = None,
    allow_overwrite: bool | None = None,
    include_from_upstream: bool | None = None,
) -> Structure:
    """Rules C-1 to C-10 and C-13: all or nothing."""
    if (versions is None) == (version_revisions is None):
        raise ValidationException("Exactly one of 'versions' and 'versionRevisions' must be given.")
    if source_repository == destination_repository:
        raise ValidationException("The source and the destination repository must be different.")
    id = scope.package_id(format, namespace, package)
    names = named(id, versions or version_revisions or ())
    expected = expected_revisions(id, version_revisions)
    home = scope.domain(domain, domain_owner)
    source = scope.repository_in(home, source_repository)
    destination = scope.repository_in(home, destination_repository)
    found = {name: _locate(scope, home, source, id, name, bool(include_from_upstream)) for name in names}
    if source.package(id.key) is None and not (include_from_upstream and _is_reachable(scope, home, source, id)):
        raise scope.no_package(source, id)
    there = destination.package(id.key)
    present = {name: None if there is None else there.version(name) for name in names}
    failures = {
        name: failure
        for name in names
        if (
            failure := planned(scope, id, name)
            or _refusal(name, found[name], expected.get(name, []), present[name], bool(allow_overwrite))
        )
    }
    if failures:
        return outcome({}, failures, {name: f"Version {name} was skipped" for name in names})
    copied = {name: find for name, find in found.items() if find is not None and not _identical(find, present[name])}
    return outcome({name: _copy(scope, destination, find) for name, find in copied.items()}, {}, {})


def _locate(scope: Scope, home: Domain, source: Repository, id: PackageId, name: str, upstream: bool) -> Find | None:
    """The version in the source, or, if asked for, wherever the source would get it from (rule C-5)."""
    if upstream:
        return find(scope.state, home, source, id, name, scope.quotas.searched_repositories)
    package = source.package(id.key)
    version = None if package is None else package.version(name)
    return None if package is None or version is None else Find(source, package, version, None)


def _is_reachable(scope: Scope, home: Domain, source: Repository, id: PackageId) -> bool:
    return has_package(scope.state, home, source, id, scope.quotas.searched_repositories)


def _refusal(
    name: str, found: Find | None, expected: list[str], present: Version | None, overwrite: bool
) -> Failure | None:
    """Why a version cannot be copied, if it cannot (rules C-3, C-4 and C-8)."""
    if found is None:
        return not_found(name)
    mismatch = mismatched_revision(found.version.revision(found.package.key), expected)
    if mismatch is not None:
        return mismatch
    if found.version.status not in (PUBLISHED, UNLISTED):
        return Failure("NOT_ALLOWED", f"version {name} has the status {found.version.status} and cannot be copied")
    if present is None or _identical(found, present):
        return None
    if not overwrite:
        return Failure("ALREADY_EXISTS", f"Version {name} already exists")
    if present.status == DISPOSED:
        return Failure("NOT_ALLOWED", f"version {name} is disposed and cannot be overwritten")
    return None


def _identical(found: Find, present: Version | None) -> bool:
    """Whether the destination has the same assets and metadata (rule C-4)."""
    if present is None or present.status == DISPOSED:
        return False
    return found.version.content == present.content


def _copy(scope: Scope, destination: Repository, found: Find) -> Structure:
    if found.through is not None:
        found = retention.ingest(scope, found)
    retention.copy(scope, destination, found)
    return views.changed_version(found.package.key, found.version, found.version.status)
