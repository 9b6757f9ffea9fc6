"""A package of one repository, for the rules about what comes in and goes out.

Knows how a call reads and stores it. :mod:`.publication`, :mod:`.retention` and :mod:`.listing` decide what is stored
and seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..names.packages import PackageId
from ..state.entities import Domain, Package, Repository, Version
from .origins import restriction_of
from .scope import Scope
from .storage import receiving


@dataclass(frozen=True, eq=False, repr=False)
class RepositoryPackage:
    """A package of one repository, as one call reads and writes it. The package need not exist.

    The call may have written since the record of the repository was read, so each use reads the current records.

    :param id: in the spelling of the request.
    """

    scope: Scope
    _repository: Repository
    id: PackageId

    def current(self) -> tuple[Domain, Repository, Package | None]:
        """The current records of the domain, the repository and the package."""
        domain, repository = self.scope.state.current(self._repository)
        return domain, repository, repository.package(self.id.key)

    @property
    def repository(self) -> Repository:
        """The current record of the repository."""
        return self.scope.state.current(self._repository)[1]

    @property
    def record(self) -> Package | None:
        """The current record of the package."""
        return self.repository.package(self.id.key)

    def version(self, name: str) -> Version | None:
        """A version as it is currently stored."""
        record = self.record
        return None if record is None else record.version(name)

    def on_a_fork(self) -> RepositoryPackage:
        """This package on a fork of the state. What is written there is dropped, and has no effects."""
        return replace(self, scope=replace(self.scope, state=self.scope.state.fork(), effects=[]))

    def take_in(
        self, version: Version, *, restriction: str | None = None, dist_tags: Mapping[str, str] | None = None
    ) -> None:
        """Store a version that enters by the call, and record the effect.

        :param restriction: the restriction that applied to the version, if that does not follow from its origin type.
        :param dist_tags: npm's tags that the package gets, besides those that it has.
        """
        domain, repository, record = self.current()
        before = None if record is None else record.version(version.version)
        if record is not None and not record.origin_is_decided:
            # A seed may leave the origin configuration open for further seeds. For clients it is decided (rule K-11).
            record = record.with_origin(record.origin)
        record = receiving(domain, self.id, record, restriction or restriction_of(version.entry_point.type))
        self.scope.state.put_version_and_record(repository, record.with_dist_tags(dist_tags or {}), version)
        if version != before:
            self.scope.changed(repository, self.id.key, before, version)
