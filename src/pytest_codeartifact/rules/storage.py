"""Puts versions into a repository. The first one creates the package record and decides its origin configuration.

Rules K-3 and K-4. Seeds store versions in this way, and calls do through :mod:`.repository_package`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..names.packages import PackageId
from ..state.entities import Domain, Package, Repository, Version
from ..state.store import State
from .origins import default_origin, restriction_of


def store(
    state: State, repository: Repository, id: PackageId, version: Version, dist_tags: Mapping[str, str] | None = None
) -> None:
    """Put a version into a repository.

    :param dist_tags: npm's tags that the package gets, besides those that it has.
    """
    domain, target = state.current(repository)
    record = receiving(domain, id, target.package(id.key), restriction_of(version.entry_point.type))
    state.put_version_and_record(target, record.with_dist_tags(dist_tags or {}), version)


def store_new(state: State, repository: Repository, id: PackageId, versions: Sequence[Version]) -> None:
    """Put many versions that a package does not have into a repository, as :func:`store` does, in one write."""
    if versions:
        domain, target = state.current(repository)
        restriction = restriction_of(versions[0].entry_point.type)
        state.put_new_versions(target, receiving(domain, id, target.package(id.key), restriction), versions)


def receiving(domain: Domain, id: PackageId, record: Package | None, restriction: str | None) -> Package:
    """The record of a package that gets versions.

    :param record: the one that it has, None if these are its first versions.
    :param restriction: the restriction that applies to the first of the versions, None if unknown.
    """
    record = record or Package(id.key, None, "", "")
    if record.display_name is None:
        record = record._replace(display_name=id.other_spelling)
    if not record.origin_is_decided:
        record = record.with_origin(default_origin(domain, id, restriction))
    return record
