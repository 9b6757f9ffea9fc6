"""Sets of removed packages and versions, to assert on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ..errors import shown
from ..names.packages import PackageId
from .journal import Journal

if TYPE_CHECKING:
    from ..literals import OperationName

_Item = TypeVar("_Item", bound=Hashable)


class RemovalQuery(NamedTuple):
    """What a set contains: the removals in a journal, by one operation, from the repository with a path."""

    journal: Journal
    operation: OperationName
    place: tuple[str, ...]


class RemovalSet(Set[_Item], Generic[_Item]):
    """The packages or versions that were removed from one repository up to now. Immutable, and equal to a plain set.

    Membership tests and comparisons raise TypeError for a value that cannot be an item, so that
    ``"old-tool" not in team.deleted`` does not pass by mistake.

    :param what: a description for messages.
    :param check: returns an item as it is stored, or raises TypeError.
    """

    def __init__(
        self, what: str, items: Collection[_Item], check: Callable[[object], _Item], query: RemovalQuery
    ) -> None:
        self.what = what
        self._removed = items
        self._check = check
        self._query = query

    @functools.cached_property
    def _items(self) -> frozenset[_Item]:
        return frozenset(self._removed)

    @property
    def was_called(self) -> bool:
        """Whether the operation was called on the repository."""
        _, _, domain, repository = self._query.place
        return bool(self._query.journal.calls.of(self._query.operation, domain=domain, repository=repository))

    def removed_by(self, item: _Item) -> int | None:
        """The number of the call that removed an item: a call of the set's operation or, if the item is not in the set,
        of any."""
        package, version = item if isinstance(item, tuple) else (item, None)
        assert isinstance(package, PackageId), "the check refuses other types"
        journal, operation, place = self._query
        by = operation if item in self._items else None
        return journal.removal_of(place, package.key, version, by)

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> frozenset[Any]:
        return frozenset(items)

    def __contains__(self, item: object) -> bool:
        return self._check(item) in self._removed

    def __iter__(self) -> Iterator[_Item]:
        return iter(sorted(self._items))  # type: ignore[type-var]  # ids and pairs of id and str both sort

    def __len__(self) -> int:
        # For the report, because the assertion contains only a number.
        self._query.journal.last_sized = self.what, self._removed
        return len(self._removed)

    def __eq__(self, other: object) -> bool:
        return self._items == self._checked_set(other)

    def __hash__(self) -> int:
        return hash(self._items)

    def __le__(self, other: Set[object]) -> bool:
        return self._items <= self._checked_set(other)

    def __lt__(self, other: Set[object]) -> bool:
        return self._items < self._checked_set(other)

    def __ge__(self, other: Set[object]) -> bool:
        return self._items >= self._checked_set(other)

    def __gt__(self, other: Set[object]) -> bool:
        return self._items > self._checked_set(other)

    def __and__(self, other: Iterable[object]) -> frozenset[_Item]:
        return self._items & self._checked_set(other)

    def __or__(self, other: Iterable[object]) -> frozenset[_Item]:
        return self._items | self._checked_set(other)

    def __sub__(self, other: Iterable[object]) -> frozenset[_Item]:
        return self._items - self._checked_set(other)

    def __xor__(self, other: Iterable[object]) -> frozenset[_Item]:
        return self._items ^ self._checked_set(other)

    def __rsub__(self, other: Iterable[object]) -> frozenset[_Item]:
        return self._checked_set(other) - self._items

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def isdisjoint(self, other: Iterable[object]) -> bool:
        return self._items.isdisjoint(self._checked_items(other))

    def issubset(self, other: Iterable[object]) -> bool:
        return self._items.issubset(self._checked_items(other))

    def issuperset(self, other: Iterable[object]) -> bool:
        return self._items.issuperset(self._checked_items(other))

    def union(self, *others: Iterable[object]) -> frozenset[_Item]:
        return self._items.union(*map(self._checked_items, others))

    def intersection(self, *others: Iterable[object]) -> frozenset[_Item]:
        return self._items.intersection(*map(self._checked_items, others))

    def difference(self, *others: Iterable[object]) -> frozenset[_Item]:
        return self._items.difference(*map(self._checked_items, others))

    def symmetric_difference(self, other: Iterable[object]) -> frozenset[_Item]:
        return self._items.symmetric_difference(self._checked_items(other))

    def copy(self) -> frozenset[_Item]:
        return self._items

    def __repr__(self) -> str:
        return _as_set(self._items)

    def _checked_set(self, other: object) -> frozenset[_Item]:
        if not isinstance(other, (set, frozenset, Set)):
            raise TypeError(
                f"{self.what} must be compared with a set, not with {shown(other)}.{self._instead_of(other)}"
            )
        return self._checked_items(other)

    def _instead_of(self, other: object) -> str:
        """A suggestion if an item or a sequence of items was given instead of a set; empty for anything else."""
        for items in ([other], other):
            if isinstance(items, Sequence):
                with suppress(TypeError):
                    return f" Write == {_as_set(self._checked_items(items))}."
        return ""

    def _checked_items(self, others: Iterable[object]) -> frozenset[_Item]:
        """The items of an iterable. Methods accept any iterable, operators only sets."""
        if isinstance(others, RemovalSet):
            return frozenset(others)  # which were checked when they were removed
        return frozenset(map(self._check, others))


def _as_set(items: Iterable[Any]) -> str:
    return f"{{{', '.join(map(repr, sorted(items)))}}}" if items else "set()"


def check_package_id(item: object) -> PackageId:
    """A package id.

    :raises TypeError: the item is not one.
    """
    if not isinstance(item, PackageId):
        raise TypeError(
            f"A package must be identified by its id, for example pypi('name') or npm('@scope/name'), not by {item!r}."
        )
    return item


def check_version_id(item: object) -> tuple[PackageId, str]:
    """A pair of a package id and a version, the latter as it is stored.

    :raises TypeError: the item is not such a pair.
    """
    if not (isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], PackageId) and isinstance(item[1], str)):
        raise TypeError(
            f"A version must be identified by package and version, for example (pypi('name'), '1.0'), not by {item!r}."
        )
    id, version = item
    return id, id.version_name(version)
