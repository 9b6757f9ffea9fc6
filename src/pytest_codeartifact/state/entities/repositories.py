"""Repositories and their upstreams."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .. import tree
from ..tree import EMPTY, Node
from .packages import Package
from .vocabulary import Policy, Tags, domain_key

if TYPE_CHECKING:
    from ...literals import ExternalConnection


class Upstream(NamedTuple):
    """A reference to a repository of the same domain, by name and by identity (rule R-8)."""

    name: str
    uid: int


class Repository(NamedTuple):
    """A repository with its packages, or the public source behind an external connection.

    ``uid`` differs from that of a deleted repository of the same name.
    """

    name: str
    region: str
    owner: str
    domain: str
    uid: int
    administrator: str
    created: int
    description: str | None = None
    upstreams: tuple[Upstream, ...] = ()
    external_connection: ExternalConnection | None = None
    tags: Tags = ()
    policy: Policy | None = None
    packages: Node = EMPTY  # the last one, see with_packages

    def with_packages(self, packages: Node) -> Repository:
        """The repository with other packages. Each write of a package calls this, and ``_replace`` is slower."""
        return Repository._make((*self[:-1], packages))

    @property
    def place(self) -> tuple[str, ...]:
        """Region, owner, domain and name. The tuple is cached, so that many references share it."""
        return _place(self.region, self.owner, self.domain, self.name)

    @property
    def domain_key(self) -> str:
        return domain_key(self.region, self.owner, self.domain)

    def each_package(self) -> Iterator[Package]:
        """The packages by key."""
        return map(Package._make, tree.scan(self.packages))

    def package(self, key: str) -> Package | None:
        entry = tree.get(self.packages, key)
        return None if entry is None else Package._make(entry)


@functools.lru_cache(maxsize=256)
def _place(*names: str) -> tuple[str, ...]:
    return names
