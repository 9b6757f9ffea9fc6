"""The whole state of one fake, as one immutable value that each write replaces.

So a fork costs one reference, and a reader never sees half a write. Code that works on a fork and adopts it at the end
changes everything or nothing.

The records that are passed to a write only identify what to change. The current record is looked up, because the
caller's may be older than the last write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from ..names.group_patterns import ROOT, parse
from . import tree
from .entities import (
    ALLOW,
    INHERIT,
    RESTRICTIONS,
    Asset,
    Domain,
    Group,
    Package,
    Repository,
    Version,
    allowing_entry,
    domain_key,
    folded_entry,
)
from .tree import EMPTY, Node

_PUBLIC = domain_key("", "", "")  # a hidden domain with the public sources, which sorts before all others

_Record = TypeVar("_Record", Domain, Repository, Package, Group)


def new_group(pattern: str, created: int) -> Group:
    """A new package group, with INHERIT for each restriction (rule G-14)."""
    return Group(pattern, created, parse(pattern).folded, dict.fromkeys(RESTRICTIONS, INHERIT), {})


class State:
    """The domains of every account and region."""

    __slots__ = ("_domains", "_next_uid", "removals")

    def __init__(self, domains: Node = EMPTY, next_uid: int = 1, removals: int = 0) -> None:
        self._domains = domains
        self._next_uid = next_uid
        self.removals = removals
        """The number of removals. It goes into revisions, so that a re-created version gets another one."""

    def fork(self) -> State:
        """An independent copy, in constant time."""
        return State(self._domains, self._next_uid, self.removals)

    def adopt(self, other: State) -> None:
        """Replace the contents with those of a fork."""
        self._domains, self._next_uid, self.removals = other._domains, other._next_uid, other.removals

    def new_uid(self) -> int:
        """A number that this state has not returned before, for a domain, a repository or a policy's revision."""
        self._next_uid += 1
        return self._next_uid - 1

    # Domains

    def domain(self, region: str, owner: str, name: str) -> Domain | None:
        return self._domain(domain_key(region, owner, name))

    def domains(self) -> Iterator[Domain]:
        """All domains, by (region, owner, name)."""
        return self._scan("", tree.successor(_PUBLIC))

    def domains_of(self, region: str, owner: str, start: str = "") -> Iterator[Domain]:
        """The domains of an account in a region, from the first name that is not below ``start``."""
        return self._scan(domain_key(region, owner, ""), domain_key(region, owner, start))

    def owners(self, region: str) -> Iterator[str]:
        """The accounts that have domains in a region."""
        start = within = f"{region}\0"
        while (domain := next(self._scan(within, start), None)) is not None:
            yield domain.owner
            start = tree.above(domain_key(region, domain.owner, ""))

    def domains_since(self, before: State) -> Iterator[tuple[Domain | None, Domain | None]]:
        """The domains that differ from another state: each as it was there and as it is here, None if missing."""
        for key, old, new in tree.diff(before._domains, self._domains):
            assert old is None or isinstance(old, Domain)
            assert new is None or isinstance(new, Domain)
            if key != _PUBLIC:
                yield old, new

    def create_domain(self, region: str, owner: str, name: str, created: int, encryption_key: str) -> Domain:
        """A new domain with its root package group (rules D-6 and G-15)."""
        domain = Domain(domain_key(region, owner, name), region, owner, name, created, encryption_key, self.new_uid())
        self.put_domain(domain)
        self.put_group(domain, new_group(ROOT, created)._replace(modes=dict.fromkeys(RESTRICTIONS, ALLOW)))
        return self._current_domain(domain.key)

    def put_domain(self, domain: Domain) -> None:
        self._domains = tree.put(self._domains, domain)

    def remove_domain(self, domain: Domain) -> None:
        self._domains = tree.remove(self._domains, domain.key)
        self.removals += 1

    # Public sources

    def public_source(self, connection: str) -> Repository | None:
        """The public repository behind an external connection. None before anything was seeded there."""
        domain_record = self._domain(_PUBLIC)
        return None if domain_record is None else domain_record.repository(connection)

    def create_public_source(self, connection: str) -> Repository:
        """A new, empty public source behind an external connection."""
        if self._domain(_PUBLIC) is None:
            self.create_domain("", "", "", 0, "")
        source = Repository(connection, "", "", "", self.new_uid(), "", 0)
        self.put_repository(source)
        return source

    # Package groups

    def put_group(self, domain: Domain, group: Group) -> None:
        """Add or replace a group, also in the maps by folded pattern and by allowed repository."""
        current = self._current_domain(domain.key)
        folded = tree.put(current.folded_groups, folded_entry(group))
        allowing = _updated_allow_lists(current, group.pattern, group.all_allowed)
        groups = tree.put(current.groups, group)
        self.put_domain(current._replace(groups=groups, folded_groups=folded, allowing_groups=allowing))

    def remove_group(self, domain: Domain, group: Group) -> None:
        """Remove a group from all maps of its domain."""
        current = self._current_domain(domain.key)
        folded = tree.remove(current.folded_groups, folded_entry(group)[0])
        allowing = _updated_allow_lists(current, group.pattern, frozenset())
        groups = tree.remove(current.groups, group.pattern)
        self.put_domain(current._replace(groups=groups, folded_groups=folded, allowing_groups=allowing))

    # Repositories

    def current(self, repository: Repository) -> tuple[Domain, Repository]:
        """The current records of a repository and its domain. The caller's may be older than the last write."""
        domain = self._current_domain(repository.domain_key)
        return domain, _existing(domain.repository(repository.name))

    def put_repository(self, repository: Repository) -> None:
        self.put_domain(self._current_domain(repository.domain_key).with_repository(repository))

    def remove_repository(self, repository: Repository) -> None:
        """Remove a repository with its packages, also from the lists of groups that allow it."""
        domain = self._current_domain(repository.domain_key)
        if domain.assets:  # a domain without assets need not visit a million packages
            for package in repository.each_package():
                domain = _without_assets(domain, package)
        self.put_domain(domain._replace(repositories=tree.remove(domain.repositories, repository.name)))
        # Decision: a list of allowed repositories means this repository, not a later one of the same name.
        for pattern in domain.patterns_that_allow(repository.name):
            group = _existing(domain.group(pattern))
            allowed = {restriction: names - {repository.name} for restriction, names in group.allowed.items()}
            self.put_group(domain, group._replace(allowed=allowed))
        self.removals += 1

    # Packages

    def put_package(self, repository: Repository, package: Package) -> None:
        """Add a package without versions, or change the record of one without changing its versions."""
        domain, current = self.current(repository)
        self._put_package(domain, current, _with_versions_of(current, package))

    def put_packages(self, repository: Repository, packages: Iterable[Package]) -> None:
        """Add many new packages, each once, with their versions."""
        domain, current = self.current(repository)
        added = sorted(map(tuple, packages))
        node = tree.put_new(current.packages, added)
        for assets in _own_assets(added):
            domain = _with_references(domain, assets, 1)
        self.put_domain(domain.with_repository(current.with_packages(node)))

    def remove_package(self, repository: Repository, package: Package) -> None:
        domain, current = self.current(repository)
        if domain.assets:
            domain = _without_assets(domain, package)
        remaining = tree.remove(current.packages, package.key)
        self.put_domain(domain.with_repository(current.with_packages(remaining)))
        self.removals += 1

    # Versions

    def put_version(self, repository: Repository, package_key: str, version: Version) -> None:
        """Add or replace a version of an existing package."""
        self.put_version_and_record(repository, _existing(self.current(repository)[1].package(package_key)), version)

    def put_version_and_record(self, repository: Repository, package: Package, version: Version) -> None:
        """Add or replace a version and its package record in one write."""
        domain, current = self.current(repository)
        package = _with_versions_of(current, package)
        before = package.version(version.version)
        versions = tree.put(package.versions, version.entry)
        domain = _recounted(domain, before, version)
        self._put_package(domain, current, package.with_versions(versions, before, version))

    def put_new_versions(self, repository: Repository, package: Package, versions: Sequence[Version]) -> None:
        """Add many versions that a package does not have, and its record, in one write."""
        domain, current = self.current(repository)
        for version in versions:
            domain = _recounted(domain, None, version)
        self._put_package(domain, current, _with_versions_of(current, package).with_new_versions(versions))

    def remove_version(self, repository: Repository, package_key: str, name: str) -> None:
        """Remove a version, with the dist-tags that point to it."""
        domain, current = self.current(repository)
        package = _existing(current.package(package_key))
        before = package.version(name)
        versions = tree.remove(package.versions, name)
        dist_tags = tuple((tag, version) for tag, version in package.dist_tags if version != name)
        domain = _recounted(domain, before, None)
        remaining = package.with_versions(versions, before, None)._replace(dist_tags=dist_tags)
        self._put_package(domain, current, remaining)
        self.removals += 1

    def _scan(self, prefix: str, start: str) -> Iterator[Domain]:
        for entry in tree.scan_prefix(self._domains, prefix, start):
            assert isinstance(entry, Domain)
            yield entry

    def _domain(self, key: str) -> Domain | None:
        entry = tree.get(self._domains, key)
        assert entry is None or isinstance(entry, Domain)
        return entry

    def _current_domain(self, key: str) -> Domain:
        return _existing(self._domain(key))

    def _put_package(self, domain: Domain, repository: Repository, package: Package) -> None:
        packages = tree.put(repository.packages, tuple(package))
        self.put_domain(domain.with_repository(repository.with_packages(packages)))


def _with_versions_of(repository: Repository, package: Package) -> Package:
    """A record of a package, with its current versions."""
    stored = repository.package(package.key)
    return package if stored is None else package._replace(versions=stored.versions, by_age=stored.by_age)


def _updated_allow_lists(domain: Domain, pattern: str, allowed: frozenset[str]) -> Node:
    """The map of groups by the repositories on their lists, after the lists of a group have changed."""
    group = domain.group(pattern)
    before = frozenset() if group is None else group.all_allowed
    allowing = domain.allowing_groups
    for repository in sorted(before ^ allowed):
        entry = allowing_entry(repository, pattern)
        allowing = tree.put(allowing, entry) if repository in allowed else tree.remove(allowing, entry[0])
    return allowing


def _recounted(domain: Domain, before: Version | None, after: Version | None) -> Domain:
    """The domain after a version of one of its packages was put, replaced or removed."""
    lost = before.details.own_assets if before is not None else EMPTY
    gained = after.details.own_assets if after is not None else EMPTY
    # Versions that share their assets, such as after a change of status, need no counting.
    return domain if lost is gained else _with_references(_with_references(domain, gained, 1), lost, -1)


def _own_assets(packages: Iterable[tree.Entry]) -> Iterator[Node]:
    """The assets of versions of these packages, without default assets."""
    for package in packages:
        for entry in tree.scan(package[-1]):
            if entry[-1] is not None:
                yield Version._make((*entry, package[0])).details.own_assets


def _without_assets(domain: Domain, package: Package) -> Domain:
    for version in package.each_version():
        domain = _with_references(domain, version.details.own_assets, -1)
    return domain


def _with_references(domain: Domain, assets: Node, by: int) -> Domain:
    """The domain with adjusted numbers of references to these assets (rules D-7 and DP-7)."""
    counted, total = domain.assets, domain.asset_bytes
    for asset in map(Asset._make, tree.scan(assets)):
        entry = tree.get(counted, asset.sha256)
        size = entry[1] if entry is not None else asset.size
        references = by + (entry[2] if entry is not None else 0)
        counted = (
            tree.put(counted, (asset.sha256, size, references)) if references else tree.remove(counted, asset.sha256)
        )
        if entry is None or not references:  # the first reference, or the last one
            total += by * size
    return domain._replace(assets=counted, asset_bytes=total)


def _existing(record: _Record | None) -> _Record:
    assert record is not None, "the caller has read the record, and holds the lock"
    return record
