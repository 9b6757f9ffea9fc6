"""Sets that only grow, and views of their earlier states in constant time."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

_Item = TypeVar("_Item", bound=Hashable)


class GrowingSet(Generic[_Item]):
    """A set that never shrinks, in the order of insertion. Needs no lock, because threads add the same items in the
    same order.
    """

    def __init__(self) -> None:
        self._numbers: dict[_Item, int] = {}

    def add(self, items: Iterable[_Item]) -> None:
        """Add the items that are missing."""
        for item in items:
            self._numbers.setdefault(item, len(self._numbers))

    def so_far(self) -> SetView[_Item]:
        """The current items, in constant time."""
        return SetView(self._numbers, len(self._numbers))


class SetView(Collection[_Item]):
    """An earlier state of a growing set: the items whose numbers are below its length at that time."""

    __slots__ = ("_length", "_numbers")

    def __init__(self, numbers: dict[_Item, int], length: int) -> None:
        self._numbers, self._length = numbers, length

    def __contains__(self, item: object) -> bool:
        return self._numbers.get(item, self._length) < self._length  # type: ignore[arg-type]  # an item of another type is not in it

    def __iter__(self) -> Iterator[_Item]:
        return iter(list(self._numbers)[: self._length])  # a copy, because another thread may add items meanwhile

    def __len__(self) -> int:
        return self._length
