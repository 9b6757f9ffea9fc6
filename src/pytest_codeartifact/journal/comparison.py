"""Compares two states, entity by entity.

Only the parts that the two states do not share are compared. An added or removed entity is one change, with all its
contents. A repository, a domain or a package group that was deleted and created again is a different entity.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ..http import Caller
from ..state import tree
from ..state.entities import Asset, AssetSummary, Domain, Group, Package, Policy, Repository, Tags, Version
from ..state.store import State
from . import snapshots
from .change import Change, ComputedChange, Path, constant
from .snapshots import Snapshot

_Record = TypeVar("_Record", Domain, Group, Repository, Package, Version, Asset)


def differences(before: State, after: State, own_caller: Caller) -> Iterator[Change]:
    """The differences of two states.

    :param own_caller: account and region of the fake, which are not printed.
    """
    for was, is_now in after.domains_since(before):
        there = _either(was, is_now)
        yield from _Comparison((Caller(there.owner, there.region), own_caller)).domains(was, is_now)


class _Comparison:
    """Compares the entities of one account and region. Methods take the old and the new record, None if missing.

    Each method takes the previous and the current record of a thing, one of which may be None.
    """

    def __init__(self, place: tuple[Caller, Caller]) -> None:
        self._place = place

    def domains(self, was: Domain | None, is_now: Domain | None) -> Iterator[Change]:
        path = (_either(was, is_now).name,)
        if was is None or is_now is None or was.created != is_now.created:
            yield from self._added_or_removed(
                "domain", path, was, is_now, snapshots.domain, lambda domain: tree.size(domain.repositories)
            )
            return
        yield from self._changed("domain", path, snapshots.domain_attributes(was), snapshots.domain_attributes(is_now))
        yield from self._policies(path, was.policy, is_now.policy)
        yield from self._tags(path, was.tags, is_now.tags)
        for _, old, new in tree.diff(was.groups, is_now.groups):
            yield from self._groups(path, _record(Group, old), _record(Group, new))
        for _, old, new in tree.diff(was.repositories, is_now.repositories):
            yield from self._repositories(path, _record(Repository, old), _record(Repository, new))

    def _groups(self, path: Path, was: Group | None, is_now: Group | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).pattern)
        if was is None or is_now is None or was.created != is_now.created:
            yield from self._added_or_removed("package group", path, was, is_now, snapshots.group)
            return
        attributes = snapshots.group_attributes
        yield from self._changed("package group", path, attributes(was), attributes(is_now))
        yield from self._tags(path, was.tags, is_now.tags)

    def _repositories(self, path: Path, was: Repository | None, is_now: Repository | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).name)
        if was is None or is_now is None or was.uid != is_now.uid:
            yield from self._added_or_removed(
                "repository", path, was, is_now, snapshots.repository, lambda repository: tree.size(repository.packages)
            )
            return
        # A reference to a repository that was deleted and created again is another one, even if the name is the same.
        always = {"upstreams"} if was.upstreams != is_now.upstreams else set()
        attributes = snapshots.repository_attributes
        yield from self._changed("repository", path, attributes(was), attributes(is_now), always)
        yield from self._policies(path, was.policy, is_now.policy)
        yield from self._tags(path, was.tags, is_now.tags)
        for _, old, new in tree.diff(was.packages, is_now.packages):
            yield from self._packages(path, _record(Package, old), _record(Package, new))

    def _packages(self, path: Path, was: Package | None, is_now: Package | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).id)
        if was is None or is_now is None:
            yield from self._added_or_removed(
                "package", path, was, is_now, snapshots.package, lambda package: tree.size(package.versions)
            )
            return
        attributes = snapshots.package_attributes
        yield from self._changed("package", path, attributes(was), attributes(is_now))
        if was.origin != is_now.origin:
            yield self._change("origin configuration", path, was.origin, is_now.origin)
        for _, old, new in tree.diff(was.versions, is_now.versions):
            yield from self._versions(path, was.key, _version(was, old), _version(is_now, new))

    def _versions(self, path: Path, package: str, was: Version | None, is_now: Version | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).version)
        if was is None or is_now is None:
            snapshot = functools.partial(snapshots.version, package)
            yield from self._added_or_removed(
                "version", path, was, is_now, snapshot, lambda version: tree.size(version.details.own_assets)
            )
            return
        attributes = functools.partial(snapshots.version_attributes, package)
        # The revision follows from the assets, so a new one alone would repeat the changes of the assets.
        if not _differ_in_assets_only(was, is_now):
            yield from self._changed("version", path, attributes(was), attributes(is_now))
        for name, old, new in tree.diff(was.assets, is_now.assets):
            yield self._change("asset", (*path, name), _content(old), _content(new))

    def _policies(self, path: Path, was: Policy | None, is_now: Policy | None) -> Iterator[Change]:
        if _canonical(was) != _canonical(is_now):
            yield self._change("policy", path, snapshots.policy(was), snapshots.policy(is_now))

    def _tags(self, path: Path, was: Tags, is_now: Tags) -> Iterator[Change]:
        old, new = dict(was), dict(is_now)
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield self._change("tag", (*path, key), old.get(key), new.get(key))

    def _added_or_removed(
        self,
        kind: str,
        path: Path,
        was: _Record | None,
        is_now: _Record | None,
        snapshot: Callable[[_Record], Snapshot],
        counted: Callable[[_Record], int] = lambda _: 0,
    ) -> Iterator[Change]:
        """A thing was removed, or added, or replaced by another one."""
        if was is not None:
            yield ComputedChange(kind, path, self._place, functools.partial(snapshot, was), None, counted(was))
        if is_now is not None:
            yield ComputedChange(kind, path, self._place, None, functools.partial(snapshot, is_now), counted(is_now))

    def _changed(
        self, kind: str, path: Path, was: Snapshot, is_now: Snapshot, always: Iterable[str] = ()
    ) -> Iterator[Change]:
        """A thing still exists, and may have changed attributes."""
        names = {**was, **is_now}
        differing = [name for name in names if was.get(name) != is_now.get(name) or name in always]
        if differing:
            yield self._change(kind, path, _members(was, differing), _members(is_now, differing))

    def _change(self, kind: str, path: Path, was: object, is_now: object) -> Change:
        return ComputedChange(kind, path, self._place, constant(was), constant(is_now), None)


def _either(was: _Record | None, is_now: _Record | None) -> _Record:
    there = was if was is not None else is_now
    assert there is not None, "at least one side of a difference exists"
    return there


def _members(snapshot: Snapshot, names: Iterable[str]) -> Snapshot:
    return {name: snapshot.get(name) for name in names}


def _record(kind: type[_Record], entry: tree.Entry | None) -> _Record | None:
    return None if entry is None else kind._make(entry)


def _version(package: Package, entry: tree.Entry | None) -> Version | None:
    return None if entry is None else Version._make((*entry, package.key))


def _content(entry: tree.Entry | None) -> bytes | AssetSummary | None:
    return None if entry is None else Asset._make(entry).content_or_summary


def _differ_in_assets_only(was: Version, is_now: Version) -> bool:
    """Whether all else is the same, so that another revision only follows from the assets (rule S-3)."""
    old, new = (version.with_details(version.details._replace(assets=tree.EMPTY)) for version in (was, is_now))
    return old == new


def _canonical(policy: Policy | None) -> str | None:
    """A policy as canonical JSON."""
    return None if policy is None else json.dumps(snapshots.policy(policy), sort_keys=True)
