"""Finds the keys of a map that are spelled almost like a missing one, for suggestions.

The number of keys that are compared depends on the length of the missing key, not on the size of the map.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from itertools import islice

from . import tree
from .tree import Node

_FEW = 100  # of so many keys each is looked at
_FIRST = 10  # for a message that has nothing nearer to name
_TRIED = 4  # corrections that are to be corrected once more
_NEIGHBOURS = 4  # before and behind, in the order of the keys
_LETTERS = 64  # that may follow on the same beginning; of more, the first ones


def resembling(node: Node, key: str) -> Iterator[str]:
    """Keys of a map that may be what ``key`` was meant to be, without order, some of them more than once.

    All of a small map. Of a large one the first ones, those that stand beside it, those that are one letter away or,
    without such, two, and those that have the same name in another format or namespace, if the keys are of packages.
    """
    if tree.size(node) <= _FEW:
        yield from _keys(node)
        return
    yield from islice(_keys(node), _FIRST)
    for spelled in dict.fromkeys((key, key.lower())):
        yield from _beside(node, spelled)
        yield from _corrected(node, spelled)
    yield from _elsewhere(node, key)


def _keys(node: Node, start: str = "") -> Iterator[str]:
    return (entry[0] for entry in tree.scan(node, start))


def _beside(node: Node, key: str) -> Iterator[str]:
    yield from islice(_keys(node, key), _NEIGHBOURS)
    yield from (entry[0] for entry in islice(tree.scan_back(node, key), _NEIGHBOURS))


def _corrected(node: Node, key: str) -> Iterator[str]:
    """The keys that are one letter away, or those that are one letter away from what is then right the furthest."""
    edited = list(dict.fromkeys(_edited(node, key)))
    right = [one for one in edited if tree.get(node, one) is not None]
    yield from right
    if not right:
        for best in nsmallest(_TRIED, edited, lambda one: _left_over(node, one)):
            yield from _beside(node, best)
            yield from (one for one in _edited(node, best) if tree.get(node, one) is not None)


def _left_over(node: Node, key: str) -> int:
    """How much of a key follows on the longest beginning that it has in common with one of the map."""
    beside = [next(_keys(node, key), ""), next(tree.scan_back(node, key), ("",))[0]]
    return len(key) - max(_in_common(key, other) for other in beside)


def _in_common(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _edited(node: Node, key: str) -> Iterator[str]:
    """The key with a letter more, less or exchanged, or two of them swapped, as far as the map has such beginnings."""
    for at in range(len(key) + 1):
        begin, rest = key[:at], key[at:]
        yield begin + rest[1:]
        yield begin + rest[1:2] + rest[:1] + rest[2:]
        for letter in islice(_letters(node, begin), _LETTERS):
            yield begin + letter + rest
            yield begin + letter + rest[1:]
        if rest and not _has(node, begin + rest[0]):
            return


def _letters(node: Node, begin: str) -> Iterator[str]:
    """What follows on a beginning, each letter once."""
    start = begin
    while (entry := next(tree.scan_prefix(node, begin, start), None)) is not None:
        letter = entry[0][len(begin) : len(begin) + 1]
        start = tree.above(begin + letter) if letter else tree.successor(begin)
        yield letter


def _has(node: Node, begin: str) -> bool:
    return next(tree.scan_prefix(node, begin), None) is not None


def _elsewhere(node: Node, key: str) -> Iterator[str]:
    """The keys with the same last part, after other parts; parts end with NUL (see :attr:`.PackageId.key`)."""
    name = key.rpartition("\0")[2]
    start = ""
    for _ in range(_LETTERS):
        other = next(_keys(node, start), None)
        if other is None or "\0" not in other:
            return
        within = other.rpartition("\0")[0]
        yield from _beside(node, f"{within}\0{name}")
        start = f"{within}\1"
