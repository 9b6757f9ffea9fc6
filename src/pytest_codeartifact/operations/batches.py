"""Shared code of the operations on several versions of a package: all or nothing, with an outcome for each version.

Rules B-1 to B-3, B-8, B-9, B-13 to B-15 and Q-4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from ..errors import ValidationException
from ..names.packages import PackageId
from ..rules.scope import ExistingPackage, Scope
from ..state.entities import Version
from .views import Structure

_Item = TypeVar("_Item")

MAX_VERSIONS = 100
"""The maximum number of versions per call (section 20)."""


class Failure(NamedTuple):
    """The reason why a version cannot be changed: a ``PackageVersionErrorCode`` of the model, and a message."""

    code: str
    message: str


def not_found(version: str) -> Failure:
    return Failure("NOT_FOUND", f"Could not find version {version}")


def expected_revisions(id: PackageId, given: Mapping[str, str] | None) -> dict[str, list[str]]:
    """The revisions that the caller expects, by stored version name. A name may occur in several spellings."""
    expected: dict[str, list[str]] = {}
    for name, revision in (given or {}).items():
        expected.setdefault(id.version_name(name), []).append(revision)
    return expected


def mismatched_revision(current: str, expected: Iterable[str]) -> Failure | None:
    """The failure of a version whose revision is not as expected (rule B-6)."""
    wrong = next((revision for revision in expected if revision != current), None)
    if wrong is None:
        return None
    return Failure("MISMATCHED_REVISION", f"current revision: {current}, expected revision: {wrong}")


def mismatched_status(version: Version, expected_status: str | None) -> Failure | None:
    """The failure of a version whose status is not the expected one."""
    if expected_status in (None, version.status):
        return None
    return Failure("MISMATCHED_STATUS", f"current status: {version.status}, expected status: {expected_status}")


def stored_names(id: PackageId, versions: Iterable[str]) -> list[str]:
    """The stored names of the requested versions, unique and sorted, as responses list them (F-5, B-14 and B-15).

    :raises ValidationException: there are none (rule B-13), or too many. The model limits 'versions', but not
        'versionRevisions', which CopyPackageVersions accepts instead.
    """
    names = sorted(set(map(id.version_name, versions)))
    if not names:
        raise ValidationException("At least one version must be given in 'versions'.")
    if len(names) > MAX_VERSIONS:
        raise ValidationException(f"At most {MAX_VERSIONS} versions can be given in one call; these are {len(names)}.")
    return names


def _planned_failure(scope: Scope, id: PackageId, version: str) -> Failure | None:
    """The failure that a test has planned for a version, None if it has not."""
    for name, code in scope.planned_failures.items():
        if id.version_name(name) == version:
            return not_found(version) if code == "NOT_FOUND" else Failure(code, f"version {version} failed: {code}")
    return None


def run_batch(
    scope: Scope,
    package: ExistingPackage,
    names: Iterable[str],
    check: Callable[[Version], Failure | None],
    change: Callable[[Version], Structure],
) -> Structure:
    """Change all versions, or none of them if one check fails.

    :param names: the result of :func:`stored_names`.
    """
    versions = {name: package.record.version(name) for name in names}
    return all_or_nothing(scope, package.id, versions, check, change)


def all_or_nothing(
    scope: Scope,
    id: PackageId,
    items: Mapping[str, _Item | None],
    check: Callable[[_Item], Failure | None],
    change: Callable[[_Item], Structure | None],
    skipped: str = "version {} is skipped",
) -> Structure:
    """Change all items, or none of them if one check fails.

    :param items: the items by version, None for a version that does not exist.
    :param change: changes an item. Returns its entry for the response, None if there was nothing to do.
    :param skipped: the message for versions that are skipped because others fail.
    :returns: the response.
    """
    # All items are checked before the first one is changed. Planned failures precede those of the rules.
    failures = {
        name: failure
        for name, item in items.items()
        if (failure := _planned_failure(scope, id, name) or (check(item) if item is not None else not_found(name)))
    }
    if failures:
        return _outcome({}, failures, {name: skipped.format(name) for name in items})
    changed = {name: change(item) for name, item in items.items() if item is not None}
    return _outcome({name: answer for name, answer in changed.items() if answer is not None}, {}, {})


def _outcome(successful: Structure, failures: Mapping[str, Failure], skipped: Mapping[str, str]) -> Structure:
    """The two maps of the response, which are always present.

    :param skipped: the messages for all requested versions. Used for those without a failure.
    """
    failed = {name: failures.get(name) or Failure("SKIPPED", text) for name, text in skipped.items()}
    return {
        "successfulVersions": successful,
        "failedVersions": {
            name: {"errorCode": failure.code, "errorMessage": failure.message} for name, failure in failed.items()
        },
    }
