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
from .snapshots import EntityDict

_Record = TypeVar("_Record", Domain, Group, Repository, Package, Version, Asset)


def differences(before: State, after: State, own_caller: Caller) -> Iterator[Change]:
    """The differences of two states.

    :param own_caller: account and region of the fake, which are not printed.
    """
    for old, new in after.domains_since(before):
        record = _either(old, new)
        yield from _Comparison(Caller(record.owner, record.region), own_caller).domain(old, new)


class _Comparison:
    """Compares the entities of one account and region. Methods take the old and the new record, None if missing."""

    def __init__(self, caller: Caller, own_caller: Caller) -> None:
        self._caller = caller
        self._own_caller = own_caller

    def domain(self, old: Domain | None, new: Domain | None) -> Iterator[Change]:
        path = (_either(old, new).name,)
        if old is None or new is None or old.created != new.created:
            yield from self._added_or_removed(
                "domain", path, old, new, snapshots.domain_dict, lambda domain: tree.size(domain.repositories)
            )
            return
        yield from self._changed("domain", path, snapshots.domain_attributes(old), snapshots.domain_attributes(new))
        yield from self._policy(path, old.policy, new.policy)
        yield from self._tags(path, old.tags, new.tags)
        for _, old_entry, new_entry in tree.diff(old.groups, new.groups):
            yield from self._group(path, _record(Group, old_entry), _record(Group, new_entry))
        for _, old_entry, new_entry in tree.diff(old.repositories, new.repositories):
            yield from self._repository(path, _record(Repository, old_entry), _record(Repository, new_entry))

    def _group(self, path: Path, old: Group | None, new: Group | None) -> Iterator[Change]:
        path = (*path, _either(old, new).pattern)
        if old is None or new is None or old.created != new.created:
            yield from self._added_or_removed("package group", path, old, new, snapshots.group_dict)
            return
        attributes = snapshots.group_attributes
        yield from self._changed("package group", path, attributes(old), attributes(new))
        yield from self._tags(path, old.tags, new.tags)

    def _repository(self, path: Path, old: Repository | None, new: Repository | None) -> Iterator[Change]:
        path = (*path, _either(old, new).name)
        if old is None or new is None or old.uid != new.uid:
            yield from self._added_or_removed(
                "repository",
                path,
                old,
                new,
                snapshots.repository_dict,
                lambda repository: tree.size(repository.packages),
            )
            return
        # A reference to a repository that was deleted and created again is another one, even if the name is the same.
        always = {"upstreams"} if old.upstreams != new.upstreams else set()
        attributes = snapshots.repository_attributes
        yield from self._changed("repository", path, attributes(old), attributes(new), always)
        yield from self._policy(path, old.policy, new.policy)
        yield from self._tags(path, old.tags, new.tags)
        for _, old_entry, new_entry in tree.diff(old.packages, new.packages):
            yield from self._package(path, _record(Package, old_entry), _record(Package, new_entry))

    def _package(self, path: Path, old: Package | None, new: Package | None) -> Iterator[Change]:
        path = (*path, _either(old, new).id)
        if old is None or new is None:
            yield from self._added_or_removed(
                "package", path, old, new, snapshots.package_dict, lambda package: tree.size(package.versions)
            )
            return
        attributes = snapshots.package_attributes
        yield from self._changed("package", path, attributes(old), attributes(new))
        if old.origin != new.origin:
            yield self._change("origin configuration", path, old.origin, new.origin)
        for _, old_entry, new_entry in tree.diff(old.versions, new.versions):
            yield from self._version(path, old.key, _version(old, old_entry), _version(new, new_entry))

    def _version(self, path: Path, package: str, old: Version | None, new: Version | None) -> Iterator[Change]:
        path = (*path, _either(old, new).version)
        if old is None or new is None:
            snapshot = functools.partial(snapshots.version_dict, package)
            yield from self._added_or_removed(
                "version", path, old, new, snapshot, lambda version: tree.size(version.details.own_assets)
            )
            return
        attributes = functools.partial(snapshots.version_attributes, package)
        # The revision follows from the assets, so a new one alone would repeat the changes of the assets.
        if not _differ_in_assets_only(old, new):
            yield from self._changed("version", path, attributes(old), attributes(new))
        for name, old_entry, new_entry in tree.diff(old.assets, new.assets):
            yield self._change("asset", (*path, name), _content(old_entry), _content(new_entry))

    def _policy(self, path: Path, old: Policy | None, new: Policy | None) -> Iterator[Change]:
        if _canonical(old) != _canonical(new):
            yield self._change("policy", path, snapshots.parsed_policy(old), snapshots.parsed_policy(new))

    def _tags(self, path: Path, old: Tags, new: Tags) -> Iterator[Change]:
        old_tags, new_tags = dict(old), dict(new)
        for key in sorted(old_tags.keys() | new_tags.keys()):
            if old_tags.get(key) != new_tags.get(key):
                yield self._change("tag", (*path, key), old_tags.get(key), new_tags.get(key))

    def _added_or_removed(
        self,
        kind: str,
        path: Path,
        old: _Record | None,
        new: _Record | None,
        snapshot: Callable[[_Record], EntityDict],
        count_children: Callable[[_Record], int] = lambda _: 0,
    ) -> Iterator[Change]:
        """The changes if only one record exists, or if they are of different things: a removal, an addition or both."""
        callers = self._caller, self._own_caller
        if old is not None:
            yield ComputedChange(kind, path, *callers, functools.partial(snapshot, old), None, count_children(old))
        if new is not None:
            yield ComputedChange(kind, path, *callers, None, functools.partial(snapshot, new), count_children(new))

    def _changed(
        self, kind: str, path: Path, old: EntityDict, new: EntityDict, always: Iterable[str] = ()
    ) -> Iterator[Change]:
        """The change of a thing that still exists, if attributes differ or are among ``always``."""
        names = {**old, **new}
        differing = [name for name in names if old.get(name) != new.get(name) or name in always]
        if differing:
            yield self._change(kind, path, _members(old, differing), _members(new, differing))

    def _change(self, kind: str, path: Path, old: object, new: object) -> Change:
        return ComputedChange(kind, path, self._caller, self._own_caller, constant(old), constant(new), None)


def _either(old: _Record | None, new: _Record | None) -> _Record:
    record = old if old is not None else new
    assert record is not None, "at least one side of a difference exists"
    return record


def _members(snapshot: EntityDict, names: Iterable[str]) -> EntityDict:
    return {name: snapshot.get(name) for name in names}


def _record(kind: type[_Record], entry: tree.Entry | None) -> _Record | None:
    return None if entry is None else kind._make(entry)


def _version(package: Package, entry: tree.Entry | None) -> Version | None:
    return None if entry is None else Version._make((*entry, package.key))


def _content(entry: tree.Entry | None) -> bytes | AssetSummary | None:
    return None if entry is None else Asset._make(entry).content_or_summary


def _differ_in_assets_only(old: Version, new: Version) -> bool:
    """Whether two versions differ in nothing but their assets, from which the revision follows (rule S-3)."""
    old_rest, new_rest = (version.with_details(version.details._replace(assets=tree.EMPTY)) for version in (old, new))
    return old_rest == new_rest


def _canonical(policy: Policy | None) -> str | None:
    """A policy as canonical JSON."""
    return None if policy is None else json.dumps(snapshots.parsed_policy(policy), sort_keys=True)
