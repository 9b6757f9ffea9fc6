"""What the operations on several versions of a package have in common: all or nothing, and a map of each outcome.

Rules B-1 to B-3, B-8, B-9, B-13 to B-15 and Q-4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from ..errors import ValidationException
from ..names.packages import PackageId
from ..rules.scope import PackageAt, Scope
from ..state.entities import Version
from .views import Structure

_Item = TypeVar("_Item")

MOST_VERSIONS = 100
"""Versions per call (section 20)."""


class Failure(NamedTuple):
    """Why a version cannot be changed: one of the model's ``PackageVersionErrorCode``, and the text for it."""

    code: str
    message: str


def not_found(version: str) -> Failure:
    return Failure("NOT_FOUND", f"Could not find version {version}")


def expected_revisions(id: PackageId, given: Mapping[str, str] | None) -> dict[str, list[str]]:
    """The revisions that the caller expects, by stored version name; two spellings of one name may expect two."""
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


def mismatch(version: Version, expected_status: str | None) -> Failure | None:
    """The failure of a version whose status is not the expected one."""
    if expected_status in (None, version.status):
        return None
    return Failure("MISMATCHED_STATUS", f"current status: {version.status}, expected status: {expected_status}")


def named(id: PackageId, versions: Iterable[str]) -> list[str]:
    """The names of the versions as they are stored, each once and sorted, as answers list them (F-5, B-14 and B-15).

    :raises ValidationException: for none at all (rule B-13), or too many; the model limits 'versions' but not the
        'versionRevisions' that CopyPackageVersions takes in their place.
    """
    names = sorted(set(map(id.version_name, versions)))
    if not names:
        raise ValidationException("At least one version must be given in 'versions'.")
    if len(names) > MOST_VERSIONS:
        raise ValidationException(f"At most {MOST_VERSIONS} versions can be given in one call; these are {len(names)}.")
    return names


def _planned(scope: Scope, id: PackageId, version: str) -> Failure | None:
    """The failure of a version that a test has planned."""
    for name, code in scope.failing.items():
        if id.version_name(name) == version:
            return not_found(version) if code == "NOT_FOUND" else Failure(code, f"version {version} failed: {code}")
    return None


def run_batch(
    scope: Scope,
    at: PackageAt,
    names: Iterable[str],
    check: Callable[[Version], Failure | None],
    change: Callable[[Version], Structure],
) -> Structure:
    """Change all the versions, or none of them if the check of one fails.

    :param names: as :func:`named` has them.
    """
    return all_or_nothing(scope, at.id, {name: at.package.version(name) for name in names}, check, change)


def all_or_nothing(
    scope: Scope,
    id: PackageId,
    items: Mapping[str, _Item | None],
    check: Callable[[_Item], Failure | None],
    change: Callable[[_Item], Structure | None],
    skipped: str = "version {} is skipped",
) -> Structure:
    """Change what was found for all the versions, or nothing if the check of one fails; the answer.

    :param items: by version, None for one that is not there.
    :param change: what the answer says of the version; None if there was nothing to do.
    :param skipped: the text for versions that fail because of others.
    """
    failures = {
        name: failure
        for name, item in items.items()
        if (failure := _planned(scope, id, name) or (check(item) if item is not None else not_found(name)))
    }
    if failures:
        return _outcome({}, failures, {name: skipped.format(name) for name in items})
    changed = {name: change(item) for name, item in items.items() if item is not None}
    return _outcome({name: answer for name, answer in changed.items() if answer is not None}, {}, {})


def _outcome(successful: Structure, failures: Mapping[str, Failure], skipped: Mapping[str, str]) -> Structure:
    """The two maps of the answer, both always there.

    :param skipped: the texts for all versions that were asked for; used for those that have no failure of their own.
    """
    failed = {name: failures.get(name) or Failure("SKIPPED", text) for name, text in skipped.items()}
    return {
        "successfulVersions": successful,
        "failedVersions": {
            name: {"errorCode": failure.code, "errorMessage": failure.message} for name, failure in failed.items()
        },
    }
