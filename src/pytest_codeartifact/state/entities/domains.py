"""Domains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import tree
from ..tree import EMPTY, Node
from .groups import Group
from .repositories import Repository
from .vocabulary import Policy, Tags


class Domain(NamedTuple):
    """A domain with its groups, repositories and assets.

    ``folded_groups`` maps folded patterns to groups, ``allowing_groups`` maps repositories to the groups that allow
    them. ``assets`` counts the references to each content: (sha256, size, references). ``uid`` differs from that of a
    deleted domain of the same name.
    """

    key: str
    region: str
    owner: str
    name: str
    created: int
    encryption_key: str
    uid: int
    tags: Tags = ()
    policy: Policy | None = None
    groups: Node = EMPTY
    folded_groups: Node = EMPTY
    allowing_groups: Node = EMPTY
    assets: Node = EMPTY
    asset_bytes: int = 0
    repositories: Node = EMPTY  # the last one, see with_repository

    def with_repository(self, repository: Repository) -> Domain:
        """The domain with this repository added, or replacing the one of its name."""
        return Domain._make((*self[:-1], tree.put(self.repositories, repository)))

    def each_repository(self, prefix: str = "", start: str = "") -> Iterator[Repository]:
        """The repositories whose names begin with ``prefix``, by name, from ``start`` on."""
        for entry in tree.scan_prefix(self.repositories, prefix, start):
            assert isinstance(entry, Repository)
            yield entry

    def repository(self, name: str) -> Repository | None:
        entry = tree.get(self.repositories, name)
        assert entry is None or isinstance(entry, Repository)
        return entry

    def patterns_that_allow(self, repository: str) -> list[str]:
        """The groups that have a repository on one of their lists."""
        return [entry[1] for entry in tree.scan_prefix(self.allowing_groups, f"{repository}\0")]

    def patterns_that_fold_to(self, folded: str) -> Iterator[str]:
        return (entry[1] for entry in tree.scan_prefix(self.folded_groups, f"{folded}\0"))

    def each_group(self, prefix: str = "", start: str = "") -> Iterator[Group]:
        """The package groups whose patterns begin with ``prefix``, by pattern, from ``start`` on."""
        for entry in tree.scan_prefix(self.groups, prefix, start):
            assert isinstance(entry, Group)
            yield entry

    def group(self, pattern: str) -> Group | None:
        entry = tree.get(self.groups, pattern)
        assert entry is None or isinstance(entry, Group)
        return entry
