"""Package versions: status, age, revision, content."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...clock import from_millis
from .. import tree
from ..tree import EMPTY, Node
from .assets import DEFAULT_ASSETS, Asset, default_assets, default_names
from .details import NO_DETAILS, Details, text_of
from .vocabulary import DISPOSED, INTERNAL, UNFINISHED

if TYPE_CHECKING:
    from ...literals import OriginType, VersionStatus

_BEFORE_ALL = 1 << 46  # milliseconds, added to each timestamp so that none is negative (year 1 is about -2**45.8)
_AFTER_ALL = 1 << 55  # in place of an unknown time of publication


_DEFAULT_DETAILS = Details(assets=DEFAULT_ASSETS)


class EntryPoint(NamedTuple):
    """How a version first entered its domain (rule S-4): published to a repository, or through a connection."""

    type: OriginType = INTERNAL
    repository: str | None = None
    external_connection: str | None = None

    @property
    def name(self) -> str | None:
        """The repository or the external connection; None if unknown."""
        return self.repository or self.external_connection


class Version(NamedTuple):
    """One version of a package in one repository.

    ``revision_source`` is the seeded revision (a str), or a number that is hashed into the revision, so that a
    re-created version gets another one. ``published`` is None in a public source without times of publication.
    ``package_key`` is not stored, because the package has it (see :attr:`entry`).
    """

    version: str
    status: VersionStatus
    published: int | None
    plain_entry_point: tuple[OriginType, str | None, str | None]
    revision_source: str | int
    plain_details: tuple[object, ...] | None
    package_key: str = ""

    @property
    def entry(self) -> tuple[object, ...]:
        """The tuple that is stored."""
        return self[:-1]

    @property
    def details(self) -> Details:
        return NO_DETAILS if self.plain_details is None else Details._make(self.plain_details)

    @property
    def assets(self) -> Node:
        if not self.has_default_assets:
            return self.details.assets
        return default_assets(self.package_key, self.version, self.status == UNFINISHED)

    @property
    def has_default_assets(self) -> bool:
        return self.plain_details is not None and self.details.assets == DEFAULT_ASSETS

    @property
    def has_only_defaults(self) -> bool:
        """Whether it has default assets, and no metadata or other assets."""
        return self.plain_details == _DEFAULT_PLAIN

    @property
    def asset_names(self) -> tuple[str, ...]:
        """The names of the assets in order. Does not build default assets."""
        if self.has_default_assets:
            return default_names(self.package_key, self.version, self.status == UNFINISHED)
        return tuple(entry[0] for entry in tree.scan(self.assets))

    @property
    def full_details(self) -> Details:
        """The details with default assets as real ones, so that further assets do not replace them."""
        return self.details._replace(assets=self.assets)

    @property
    def content(self) -> tuple[tuple[object, ...], tuple[tuple[str, str], ...]]:
        """The metadata, and the names and SHA-256 hashes of the assets in order of their names, for comparisons."""
        return self.details.metadata, tuple((asset[0], asset[1]) for asset in tree.scan(self.assets))

    @property
    def entry_point(self) -> EntryPoint:
        return EntryPoint._make(self.plain_entry_point)

    @property
    def published_at(self) -> dt.datetime | None:
        """The time of publication in UTC, None if unknown."""
        return None if self.published is None else from_millis(self.published)

    @property
    def recency(self) -> str:
        """A string that sorts versions by age. Of versions of the same millisecond, the higher number is more recent.

        It is unique within a package, so the order never depends on the order of insertion.
        """
        since = _AFTER_ALL if self.published is None else self.published + _BEFORE_ALL
        return f"{since:014x}{_numbers(self.version)}{self.version}"

    @property
    def age_entry(self) -> tuple[str, str]:
        """The entry in the map of a package's versions by age."""
        return f"{self.status}\0{self.recency}", self.version

    def with_details(self, details: Details) -> Version:
        plain = None if details == NO_DETAILS else _DEFAULT_PLAIN if details == _DEFAULT_DETAILS else _plain(details)
        return self._replace(plain_details=plain)

    def with_changed_details(self, details: Details, nonce: int) -> Version:
        """The version with changed details. A seeded revision is replaced if the content changes (rule S-3)."""
        changed = self.with_details(details)
        if changed.content == self.content:  # keep the marker of default assets; only the notes are new
            return self.with_details(self.details._replace(notes=details.notes))
        return changed._replace(revision_source=nonce) if isinstance(self.revision_source, str) else changed

    def with_status(self, status: VersionStatus, now: int) -> Version:
        """The version in another status. When it leaves Unfinished, it gets its time of publication (rule S-7)."""
        return self._replace(status=status, published=now if self.status == UNFINISHED != status else self.published)

    def disposed(self, now: int) -> Version:
        """The version as Disposed, without assets. The revision stays (rule S-3)."""
        without_assets = self.with_details(self.details._replace(assets=EMPTY))
        return without_assets.with_status(DISPOSED, now)._replace(revision_source=self.revision(self.package_key))

    def revision(self, package_key: str) -> str:
        """Base64 of 32 bytes that depend on assets and metadata, but not on the status (rule S-3)."""
        if isinstance(self.revision_source, str):
            return self.revision_source
        metadata, assets = (self.details.metadata, ()) if self.has_default_assets else self.content
        content = repr((package_key, self.version, metadata, assets, self.revision_source))
        return base64.b64encode(hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()).decode()

    def asset(self, name: str) -> Asset | None:
        entry = tree.get(self.assets, name)
        return None if entry is None else Asset._make(entry)

    def each_asset(self, start: str = "") -> Iterator[Asset]:
        """The assets by name, from the first name that is not below ``start``."""
        return map(Asset._make, tree.scan(self.assets, start))

    def kept(self, name: str) -> str | None:
        """A kept string of the version, see :class:`Details`."""
        return text_of(self.details.kept, name)

    def note(self, name: str) -> str | None:
        """A note on the version, see :class:`Details`."""
        return text_of(self.details.notes, name)


def _plain(record: tuple[object, ...]) -> tuple[object, ...]:
    """The record as nested exact tuples, which the garbage collector stops tracking."""
    return tuple(_plain(item) if isinstance(item, tuple) else item for item in record)


@functools.lru_cache(maxsize=16384)
def _numbers(version: str) -> str:
    """A string that sorts like the numbers in a version."""
    parts = [(str(int(number or 0)), text) for text, number in re.findall(r"(\D*)(\d*)", version)]
    return "".join(f"{len(number):02x}{number}{text}\0" for number, text in parts)


_DEFAULT_PLAIN = _plain(_DEFAULT_DETAILS)
