"""Seeds one version: adds it, or replaces the one of its name."""

from __future__ import annotations

from ..errors import SeedError
from ..rules.storage import store
from ..state.entities import Version
from ..state.store import State
from . import version_arguments
from .package_records import NewVersion, PackageRecords, VersionKeywords
from .pointer import Pointer


def add(package: Pointer, name: str, given: VersionKeywords) -> Pointer:
    """Seed a version that does not exist. In a public source, one that exists gets more assets and attributes.

    :returns: a pointer to the version.
    :raises SeedError: it exists already, or a keyword is not valid.
    """
    with package.service.writing() as state:
        new = _new(package, name, given)
        existing, added = package.package().version(new.name), new.record(package.id.key)
        if existing is not None:
            added = _with_additions(package, existing, added, given, state.removals)
        _store(state, package, new, added)
    return package.under(new.name)


def put(package: Pointer, name: str, given: VersionKeywords) -> None:
    """Seed a version. Replaces the one of that name if it exists.

    :raises SeedError: a keyword is not valid.
    """
    with package.service.writing() as state:
        new = _new(package, name, given)
        _store(state, package, new, new.record(package.id.key))


def _new(package: Pointer, name: str, given: VersionKeywords) -> NewVersion:
    return PackageRecords(package.of_repository).version(package.id, name, given)


def _with_additions(package: Pointer, existing: Version, added: Version, given: VersionKeywords, nonce: int) -> Version:
    """The existing version of a public source with the additions (rule U-13)."""
    name, id = added.version, package.id
    if not package.is_public or not added.details.own_assets:
        raise SeedError(f"There is a version {name!r} of {id!r} already. Read it with versions[{name!r}].")
    # The new record with the existing details, so that assets and attributes are only added.
    added_to = added._replace(plain_details=existing.plain_details)
    completed = version_arguments.with_additions(id, added_to, added.details, nonce)
    return completed if given.get("published") is not None else completed._replace(published=existing.published)


def _store(state: State, package: Pointer, new: NewVersion, record: Version) -> None:
    tags = dict.fromkeys(new.tags, new.name)
    store(state, package.repository(), package.id, record, tags)
