"""Sets of removed packages and versions, to assert on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Set
from typing import Any, Generic, TypeVar

from ..names.packages import PackageId
from .calls import Call

_Item = TypeVar("_Item", bound=Hashable)


class RemovalSet(Set[_Item], Generic[_Item]):
    """What has been removed from one repository up to the moment of reading: immutable, and equal to a plain set.

    :raises TypeError: when it is asked about anything that could not be in it: ``"old-tool" not in team.deleted`` is a
        mistake, and must not be true.
    """

    def __init__(
        self,
        what: str,
        items: Collection[_Item],
        check: Callable[[object], _Item],
        calls: Callable[[], Iterable[Call]],
        otherwise: Callable[[_Item], Call | None],
    ) -> None:
        self._what = what
        self._so_far = items
        self._check = check
        self._calls = calls
        self._otherwise = otherwise

    @functools.cached_property
    def _items(self) -> frozenset[_Item]:
        return frozenset(self._so_far)

    @property
    def what(self) -> str:
        """Whose removals these are, in words."""
        return self._what

    @property
    def calls(self) -> list[Call]:
        """The calls that may have removed something."""
        return list(self._calls())

    def removed_otherwise(self, item: _Item) -> Call | None:
        """The call that removed something which is not among these: a version that went with its package."""
        return self._otherwise(item)

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> frozenset[Any]:
        return frozenset(items)

    def __contains__(self, item: object) -> bool:
        return self._check(item) in self._so_far

    def __iter__(self) -> Iterator[_Item]:
        return iter(sorted(self._items))  # type: ignore[type-var]  # ids and pairs of id and str both sort

    def __len__(self) -> int:
        return len(self._so_far)

    def __eq__(self, other: object) -> bool:
        return self._items == self._checked(other)

    def __hash__(self) -> int:
        return hash(self._items)

    def __le__(self, other: Set[Any]) -> bool:
        return self._items <= self._checked(other)

    def __lt__(self, other: Set[Any]) -> bool:
        return self._items < self._checked(other)

    def __ge__(self, other: Set[Any]) -> bool:
        return self._items >= self._checked(other)

    def __gt__(self, other: Set[Any]) -> bool:
        return self._items > self._checked(other)

    def __and__(self, other: Iterable[Any]) -> frozenset[_Item]:
        return self._items & self._checked(other)

    def __or__(self, other: Iterable[Any]) -> frozenset[Any]:
        return self._items | self._checked(other)

    def __sub__(self, other: Iterable[Any]) -> frozenset[_Item]:
        return self._items - self._checked(other)

    def __xor__(self, other: Iterable[Any]) -> frozenset[Any]:
        return self._items ^ self._checked(other)

    def __rsub__(self, other: Iterable[Any]) -> frozenset[Any]:
        return self._checked(other) - self._items

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        return self._items.isdisjoint(self._each_checked(other))

    def issubset(self, other: Iterable[Any]) -> bool:
        return self._items.issubset(self._each_checked(other))

    def issuperset(self, other: Iterable[Any]) -> bool:
        return self._items.issuperset(self._each_checked(other))

    def union(self, *others: Iterable[Any]) -> frozenset[Any]:
        return self._items.union(*map(self._each_checked, others))

    def intersection(self, *others: Iterable[Any]) -> frozenset[_Item]:
        return self._items.intersection(*map(self._each_checked, others))

    def difference(self, *others: Iterable[Any]) -> frozenset[_Item]:
        return self._items.difference(*map(self._each_checked, others))

    def symmetric_difference(self, other: Iterable[Any]) -> frozenset[Any]:
        return self._items.symmetric_difference(self._each_checked(other))

    def copy(self) -> frozenset[_Item]:
        return self._items

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}"

    def _checked(self, other: object) -> frozenset[Any]:
        if not isinstance(other, (set, frozenset, Set)):
            raise TypeError(f"{self._what} is compared with a set, not with {other!r}.")
        return self._each_checked(other)

    def _each_checked(self, others: Iterable[Any]) -> frozenset[Any]:
        """The items of any iterable, which methods take where operators want a set."""
        return others._items if isinstance(others, RemovalSet) else frozenset(map(self._check, others))


def check_package_id(item: object) -> PackageId:
    """A package id.

    :raises TypeError: showing how one is written.
    """
    if not isinstance(item, PackageId):
        raise TypeError(f"Packages go by their id, for example pypi('name') or npm('@scope/name'), not by {item!r}.")
    return item


def check_version_id(item: object) -> tuple[PackageId, str]:
    """A pair of a package id and a version, the latter as it is stored.

    :raises TypeError: showing how one is written.
    """
    if not (isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], PackageId) and isinstance(item[1], str)):
        raise TypeError(f"Versions go by package and version, for example (pypi('name'), '1.0'), not by {item!r}.")
    id, version = item
    return id, id.version_name(version)
