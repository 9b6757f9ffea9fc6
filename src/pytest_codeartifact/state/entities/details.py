"""The metadata of a version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .. import tree
from ..tree import EMPTY, Node
from .assets import DEFAULT_ASSETS, Asset


class Dependency(NamedTuple):
    """A dependency of a version. ``dependency_type`` is one of the format's (rule A-8), None if it has none."""

    package: str
    version_requirement: str
    dependency_type: str | None = None
    namespace: str | None = None


class License(NamedTuple):
    """A licence of a version."""

    name: str
    url: str | None = None


class Details(NamedTuple):
    """The metadata and the assets of a version. Most versions of a large seed have none.

    ``kept`` and ``notes`` map names to strings that the protocols of package managers need and the API lacks
    (rule PM-55). ``kept`` is content and part of the revision, ``notes`` are not.
    """

    display_name: str | None = None
    summary: str | None = None
    home_page: str | None = None
    source_code_repository: str | None = None
    licenses: tuple[License, ...] = ()
    readme: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    kept: Node = EMPTY
    assets: Node = EMPTY
    notes: Node = EMPTY

    def updated(self, update: Details) -> Details:
        """The details, overridden by the fields that are set in ``update``."""
        updates = {name: value for name, value in update._asdict().items() if value != getattr(NO_DETAILS, name)}
        return self._replace(**updates, kept=self.kept, notes=self.notes).with_texts_of(update)

    def with_texts_of(self, update: Details) -> Details:
        """The details with the kept strings and notes of ``update`` added, or replaced if their names exist."""
        return self._replace(kept=_merged(self.kept, update.kept), notes=_merged(self.notes, update.notes))

    def keeping(self, texts: Mapping[str, str | None]) -> Details:
        """The details with these strings kept. None removes one."""
        return self._replace(kept=_with_texts(self.kept, texts))

    def noting(self, texts: Mapping[str, str | None]) -> Details:
        """The details with these notes. None removes one."""
        return self._replace(notes=_with_texts(self.notes, texts))

    def with_assets(self, entries: Iterable[tuple[object, ...]]) -> Details:
        """The details with these assets added, or replaced if their names exist."""
        node = self.assets
        for entry in entries:
            node = tree.put(node, tuple(entry))
        return self._replace(assets=node)

    def each_license(self) -> Iterator[License]:
        """The licences as records. Those of a stored version are plain tuples."""
        return map(License._make, self.licenses)

    def each_dependency(self) -> Iterator[Dependency]:
        """The dependencies as records. Those of a stored version are plain tuples."""
        return map(Dependency._make, self.dependencies)

    @property
    def metadata(self) -> tuple[object, ...]:
        """The content without the assets: the fields of the API and the kept strings."""
        *fields, kept, _, _ = self
        return (*fields, *tree.scan(kept))

    @property
    def own_assets(self) -> Node:
        """The assets that were seeded or published, without default assets."""
        return EMPTY if self.assets == DEFAULT_ASSETS else self.assets

    def each_own_asset(self) -> Iterator[Asset]:
        """The assets, by name."""
        return map(Asset._make, tree.scan(self.own_assets))


NO_DETAILS = Details()


def text_of(texts: Node, name: str) -> str | None:
    """The string under a name, None if there is none."""
    entry = tree.get(texts, name)
    return None if entry is None else entry[1]


def texts(strings: Mapping[str, str]) -> Node:
    """The strings as a map, see :class:`Details`."""
    return tree.build(sorted(strings.items()))


def _merged(texts: Node, others: Node) -> Node:
    for entry in tree.scan(others):
        texts = tree.put(texts, entry)
    return texts


def _with_texts(texts: Node, changed: Mapping[str, str | None]) -> Node:
    for name, text in changed.items():
        if text is not None:
            texts = tree.put(texts, (name, text))
        elif tree.get(texts, name) is not None:
            texts = tree.remove(texts, name)
    return texts
