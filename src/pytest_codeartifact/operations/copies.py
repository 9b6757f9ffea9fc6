"""CopyPackageVersions (behaviour reference, section 16)."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import ValidationException
from ..rules import retention
from ..rules.repository_package import RepositoryPackage
from ..rules.scope import Scope
from ..rules.upstreams import LocatedVersion, is_reachable, locate
from ..state.entities import DISPOSED, DOWNLOADABLE, Repository, Version
from . import views
from .batches import Failure, all_or_nothing, expected_revisions, mismatched_revision, stored_names
from .views import Structure


class _Plan(NamedTuple):
    """A version to copy: its source, the version that the destination has, and the revisions that the caller expects.

    All versions are planned before the first one is copied, so that a failure of one leaves everything unchanged.
    """

    source: LocatedVersion
    present: Version | None
    expected: list[str]
    may_overwrite: bool

    @property
    def is_done(self) -> bool:
        """Whether the destination already has the same assets and metadata (rule C-4)."""
        if self.present is None or self.present.status == DISPOSED:
            return False
        return self.source.version.content == self.present.content


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
    """Copy versions to another repository of the domain, all or none (rules C-1 to C-10 and C-13)."""
    if (versions is None) == (version_revisions is None):
        raise ValidationException("Exactly one of 'versions' and 'versionRevisions' must be given.")
    if source_repository == destination_repository:
        raise ValidationException("The source and the destination repository must be different.")
    id = scope.package_id(format, namespace, package)
    names = stored_names(id, versions or version_revisions or ())
    expected = expected_revisions(id, version_revisions)
    domain_record = scope.domain(domain, domain_owner)
    source = RepositoryPackage(scope, scope.repository_in(domain_record, source_repository), id)
    destination = scope.repository_in(domain_record, destination_repository)
    existing = destination.package(id.key)

    def plan(name: str) -> _Plan | None:
        located = locate(source, name, upstream=bool(include_from_upstream))  # rule C-5
        present = None if existing is None else existing.version(name)
        return None if located is None else _Plan(located, present, expected.get(name, []), bool(allow_overwrite))

    def copy(plan: _Plan) -> Structure | None:
        return None if plan.is_done else _copy(scope, destination, plan.source)

    # The versions are located first: a dead reference upstream is an error of the whole call (rule R-8).
    plans = {name: plan(name) for name in names}
    if source.record is None and not (include_from_upstream and is_reachable(source)):
        raise scope.package_not_found(source.repository, id)
    return all_or_nothing(scope, id, plans, _refusal, copy, skipped="Version {} was skipped")


def _refusal(plan: _Plan) -> Failure | None:
    """The reason why a version cannot be copied, None if it can (rules C-3, C-4 and C-8)."""
    version, present = plan.source.version, plan.present
    name = version.version
    mismatch = mismatched_revision(version.revision(plan.source.record.key), plan.expected)
    if mismatch is not None:
        return mismatch
    if version.status not in DOWNLOADABLE:
        return Failure("NOT_ALLOWED", f"version {name} has the status {version.status} and cannot be copied")
    if present is None or plan.is_done:
        return None
    if not plan.may_overwrite:
        return Failure("ALREADY_EXISTS", f"Version {name} already exists")
    if present.status == DISPOSED:
        return Failure("NOT_ALLOWED", f"version {name} is disposed and cannot be overwritten")
    return None


def _copy(scope: Scope, destination: Repository, located: LocatedVersion) -> Structure:
    if located.through is not None:  # the repository with the external connection retains the version first
        located = retention.ingest(scope, located)
    retention.copy(scope, destination, located)
    return views.changed_version(located.record.key, located.version, located.version.status)
