"""The repository for the protocols: lists, serves and stores versions.

The same rules apply as to ``publish`` and ``fetch`` of a handle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..names.packages import PackageId
from ..rules import listing, publication, retention
from ..rules.repository_package import RepositoryPackage
from ..rules.scope import Scope
from ..rules.storage import store
from ..state.entities import NO_DETAILS, Asset, Details, Package, Repository, Version

if TYPE_CHECKING:
    from ..literals import PackageFormat


class RepositoryView:
    """The repository of a request, during one call.

    ``scope`` is public for rules that only one format has.
    """

    def __init__(self, scope: Scope, repository: Repository) -> None:
        self.scope = scope
        self._repository = repository

    @property
    def now(self) -> int:
        """The current time in milliseconds since the epoch."""
        return self.scope.now

    @property
    def repository(self) -> Repository:
        """The current record of the repository."""
        return self.scope.state.current(self._repository)[1]

    # Reading

    def listed(self, id: PackageId) -> list[Version]:
        """The listed versions by name, see :func:`.listing.listed`. Does not retain them.

        :raises ResourceNotFoundException: there is none (rule PM-38), or the upstream graph is broken (rule PM-42).
        """
        return listing.listed(self._package(id))

    def each_listed(self, format: PackageFormat) -> Iterator[tuple[PackageId, list[Version]]]:
        """The packages of a format that have listed versions, by name, see :func:`.listing.each_listed`.

        :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
        """
        return listing.each_listed(self.scope, self._repository, format)

    def file(self, id: PackageId, version: str, asset: str, *, retain: bool = True) -> Asset:
        """A file to serve, which is retained if it is found upstream (rules PM-35, PM-36, PM-39 and PM-40).

        :param version: its name as it is stored.
        :param retain: whether to retain it. A HEAD request never does.
        :raises ResourceNotFoundException: as :func:`.retention.fetch`.
        """
        served = self.version_to_serve(id, version, asset, retain=retain).asset(asset)
        assert served is not None, "a fetched version has the asset"
        return served

    def version_to_serve(
        self, id: PackageId, version: str, asset: str | None = None, *, retain: bool = True
    ) -> Version:
        """The version that has a file to serve; see :meth:`file`."""
        serve = retention.fetch if retain else retention.preview
        return serve(self._package(id), version, asset)

    def package(self, id: PackageId) -> Package | None:
        """The record of a package that the repository itself has."""
        return self._package(id).record

    def version(self, id: PackageId, name: str) -> Version | None:
        """A version that the repository itself has, whatever its status."""
        return self._package(id).version(name)

    def spelled(self, id: PackageId, folded: Callable[[str], str], *, upstream: bool = True) -> PackageId:
        """The first package in search order whose name is equal up to its spelling; else ``id``.

        :param folded: maps equivalent spellings to one.
        :param upstream: whether to search upstream as well.
        """
        return listing.spelled(self._package(id), folded, upstream=upstream)

    def dist_tags(self, id: PackageId) -> Iterator[tuple[str, str]]:
        """The npm dist-tags of a package, those of the repository first. Later ones override earlier ones of the same
        name, see :func:`.listing.dist_tags`.
        """
        return listing.dist_tags(self._package(id))

    # Writing

    def upload(
        self,
        id: PackageId,
        version: str,
        assets: Mapping[str, bytes],
        details: Details = NO_DETAILS,
        *,
        unfinished: bool = False,
        dist_tags: Iterable[str] = (),
    ) -> Version:
        """Add assets to a version, and create it if needed, see :func:`.publication.upload` (rules PM-45 to PM-50).

        :param id: in the spelling of the request.
        :param details: its metadata. ``kept`` and ``notes`` are stored with the assets (rule PM-55).
        """
        return publication.upload(
            self._package(id), version, assets, details, unfinished=unfinished, dist_tags=dist_tags
        )

    def change(self, id: PackageId, version: Version, details: Details) -> Version:
        """Replace the details of a version of the repository. A change of content changes the revision (rule S-3)."""
        changed = version.with_changed_details(details, self.scope.state.removals)
        self._package(id).take_in(changed)
        return changed

    def set_dist_tags(self, id: PackageId, tags: Mapping[str, str | None]) -> None:
        """Set npm dist-tags of a package of the repository. None removes a tag."""
        record = self.package(id)
        assert record is not None, "the caller has checked it"
        self.scope.state.put_package(self.repository, record.with_dist_tags(tags))

    def note(self, id: PackageId, version: Version, notes: Mapping[str, str | None]) -> None:
        """Set notes on a version of the repository. None removes a note. The version stays the same for clients."""
        noted = version.with_details(version.details.noting(notes))
        store(self.scope.state, self._repository, id, noted)

    def finish(self, id: PackageId, names: Iterable[str], document: bytes) -> None:
        """Publish Unfinished Maven releases, see :func:`.publication.finish`."""
        publication.finish(self._package(id), names, document)

    def finish_build(self, id: PackageId, build: Version) -> None:
        """Publish a build of a Maven snapshot, see :func:`.publication.finish_build`."""
        publication.finish_build(self._package(id), build)

    def _package(self, id: PackageId) -> RepositoryPackage:
        return RepositoryPackage(self.scope, self._repository, id)
