"""Sets that only grow, and what was in them at any earlier time."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

_Item = TypeVar("_Item", bound=Hashable)


class GrowingSet(Generic[_Item]):
    """A set that items are added to in an order that is always the same.

    So threads need no lock: two that add the same items at a time give each the number that it has in that order.
    """

    def __init__(self) -> None:
        self._numbers: dict[_Item, int] = {}

    def add(self, items: Iterable[_Item]) -> None:
        """Add those that are not there."""
        for item in items:
            self._numbers.setdefault(item, len(self._numbers))

    def so_far(self) -> Snapshot[_Item]:
        """What is in it now; takes no time, whatever the size."""
        return Snapshot(self._numbers, len(self._numbers))


class Snapshot(Collection[_Item]):
    """What was in a set that has grown since: the items whose numbers are below its length at that time."""

    __slots__ = ("_length", "_numbers")

    def __init__(self, numbers: dict[_Item, int], length: int) -> None:
        self._numbers, self._length = numbers, length

    def __contains__(self, item: object) -> bool:
        return self._numbers.get(item, self._length) < self._length  # type: ignore[arg-type]  # what is of another type misses

    def __iter__(self) -> Iterator[_Item]:
        return iter(list(self._numbers)[: self._length])  # a copy, as it may grow meanwhile

    def __len__(self) -> int:
        return self._length
