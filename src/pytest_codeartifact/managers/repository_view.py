"""A repository as the protocols see it: what it lists, what can be taken from it and put into it.

How versions are stored, retained and refused is up to the rules, which ``publish`` and ``fetch`` of a handle follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..names.packages import PackageId
from ..rules import publication, retention
from ..rules.listing import dist_tags, each_listed, listed, spelled
from ..rules.publication import current, store, stored, take_in
from ..rules.scope import Scope
from ..state.entities import NO_DETAILS, Asset, Details, Package, Repository, Version

if TYPE_CHECKING:
    from ..literals import PackageFormat


class RepositoryView:
    """The repository that a request asks, within one call.

    ``scope`` is what the call sees, for rules that a format has alone.
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
        """The record of the repository as it is now."""
        return current(self.scope.state, self._repository)[1]

    # What can be seen and taken

    def listed(self, id: PackageId) -> list[Version]:
        """The versions that a document shows, by name, see :func:`.listing.listed`; retains nothing.

        Each has its time of publication in milliseconds, its assets with their sizes and hashes, its details, and
        what was kept of it.

        :raises ResourceNotFoundException: there is none (rule PM-38), or the upstream graph is broken (rule PM-42).
        """
        return listed(self.scope, self._repository, id)

    def each_listed(self, format: PackageFormat) -> Iterator[tuple[PackageId, list[Version]]]:
        """Every package of a format of which something is listed, by name, see :func:`.listing.each_listed`.

        :raises ResourceNotFoundException: the upstream graph is broken (rule PM-42).
        """
        return each_listed(self.scope, self._repository, format)

    def file(self, id: PackageId, version: str, asset: str, *, retain: bool = True) -> Asset:
        """A file to serve, which is retained if it is found upstream (rules PM-35, PM-36, PM-39 and PM-40).

        :param version: its name as it is stored.
        :param retain: False leaves everything where it is; a HEAD does so anyway.
        :raises ResourceNotFoundException: as :func:`.retention.fetch`.
        """
        served = self.version_to_serve(id, version, asset, retain=retain).asset(asset)
        assert served is not None, "what is fetched has what was asked for"
        return served

    def version_to_serve(
        self, id: PackageId, version: str, asset: str | None = None, *, retain: bool = True
    ) -> Version:
        """The version that has a file to serve; see :meth:`file`."""
        how = retention.fetch if retain else retention.preview
        return how(self.scope, self._repository, id, version, asset)

    def package(self, id: PackageId) -> Package | None:
        """The record of a package that the repository itself has."""
        return self.repository.package(id.key)

    def version(self, id: PackageId, name: str) -> Version | None:
        """A version that the repository itself has, whatever its status."""
        return stored(self.scope, self._repository, id, name)

    def spelled(self, id: PackageId, folded: Callable[[str], str], *, upstream: bool = True) -> PackageId:
        """The first package in search order whose name is the same as this, but for its spelling; else ``id``.

        :param folded: what is the same for characters that count as the same.
        :param upstream: whether to look behind the repository as well.
        """
        return spelled(self.scope, self._repository, id, folded, upstream=upstream)

    def dist_tags(self, id: PackageId) -> Iterator[tuple[str, str]]:
        """The npm dist-tags of a package, those of the repository first. Of the same name, the last one counts, see
        :func:`.listing.dist_tags`.
        """
        return dist_tags(self.scope, self._repository, id)

    # What can be put in

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
        """Add assets to a version, which is made if it is not there, see :func:`.publication.upload` (rules PM-45 to
        PM-50).

        :param id: with the spelling that was sent.
        :param details: its metadata; its ``kept`` and ``notes`` go along with the assets (rule PM-55).
        """
        return publication.upload(
            self.scope, self._repository, id, version, assets, details, unfinished=unfinished, dist_tags=dist_tags
        )

    def change(self, id: PackageId, version: Version, details: Details) -> Version:
        """Give a version that the repository has other details: what is content changes its revision (rule S-3)."""
        changed = version.changed_to(details, self.scope.state.removals)
        take_in(self.scope, self._repository, id, changed)
        return changed

    def set_dist_tags(self, id: PackageId, tags: Mapping[str, str | None]) -> None:
        """Set npm dist-tags of a package that the repository has. None removes one."""
        package = self.package(id)
        assert package is not None, "the caller has looked"
        changed = {**dict(package.dist_tags), **tags}
        set_tags = tuple((tag, version) for tag, version in changed.items() if version is not None)
        self.scope.state.put_package(self.repository, package._replace(dist_tags=set_tags))

    def note(self, id: PackageId, version: Version, notes: Mapping[str, str | None]) -> None:
        """Note something on a version that the repository has. None removes a note. Nothing that others see changes."""
        noted = version.with_details(version.details.noting(notes))
        store(self.scope.state, self._repository, id, noted)

    def finish(self, id: PackageId, names: Iterable[str], document: bytes) -> None:
        """Publish Unfinished releases of Maven, see :func:`.publication.finish`."""
        publication.finish(self.scope, self._repository, id, names, document)

    def finish_build(self, id: PackageId, build: Version) -> None:
        """Publish a build of a snapshot of Maven, see :func:`.publication.finish_build`."""
        publication.finish_build(self.scope, self._repository, id, build)
