"""Finds keys of a map with a spelling close to that of a missing key, for suggestions.

The number of keys that are compared depends on the length of the missing key, not on the size of the map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import nsmallest
from itertools import islice

from ..errors import in_common
from . import tree
from .tree import Node

_MAX_LISTED = 100  # a map of at most so many keys is searched completely
_MAX_PREFIX = 10  # keys for a message without a close match
_MAX_TRIED = 4  # corrections with one edit that get a second edit
_MAX_NEIGHBOURS = 4  # keys before and after, in sorted order
_MAX_LETTERS = 64  # the maximum number of different letters tried after one prefix


def resembling(node: Node, key: str) -> Iterator[str]:
    """The keys of a map that may be meant by ``key``, unordered and perhaps repeated.

    All keys of a small map. Of a large map: the first keys, the neighbours in sorted order, the keys with an edit
    distance of 1 (or of 2, if there are none), and for packages those of the same name in another format or namespace.
    """
    if tree.size(node) <= _MAX_LISTED:
        yield from _keys(node)
        return
    yield from islice(_keys(node), _MAX_PREFIX)
    for spelled in dict.fromkeys((key, key.lower())):
        yield from _neighbours(node, spelled)
        yield from _corrected(node, spelled)
    yield from _other_namespaces(node, key)


def equivalent_keys(node: Node, key: str, canonical: Callable[[str], str], begin: str = "") -> Iterator[str]:
    """The keys of a map that differ from ``key`` only in equivalent characters, ``key`` itself first.

    :param canonical: maps equivalent characters to one.
    :param begin: the prefix of the keys.
    """
    if len(begin) == len(key):
        yield from (begin,) if tree.get(node, begin) is not None else ()
        return
    wanted = key[len(begin)]
    others = sorted({wanted.lower(), wanted.upper(), "-", "_"} - {wanted})
    for letter in (wanted, *(other for other in others if canonical(other) == canonical(wanted))):
        if tree.has_prefix(node, begin + letter):
            yield from equivalent_keys(node, key, canonical, begin + letter)


def _keys(node: Node, start: str = "") -> Iterator[str]:
    return (entry[0] for entry in tree.scan(node, start))


def _neighbours(node: Node, key: str) -> Iterator[str]:
    yield from islice(_keys(node, key), _MAX_NEIGHBOURS)
    yield from (entry[0] for entry in islice(tree.scan_back(node, key), _MAX_NEIGHBOURS))


def _corrected(node: Node, key: str) -> Iterator[str]:
    """The keys with an edit distance of 1. If there are none, those with a second edit of the most promising edits."""
    edited = list(dict.fromkeys(_edited(node, key)))
    existing = [candidate for candidate in edited if tree.get(node, candidate) is not None]
    yield from existing
    if not existing:
        for best in nsmallest(_MAX_TRIED, edited, lambda candidate: _left_over(node, candidate)):
            yield from _neighbours(node, best)
            yield from (candidate for candidate in _edited(node, best) if tree.get(node, candidate) is not None)


def _left_over(node: Node, key: str) -> int:
    """The length of a key without the longest prefix that it shares with a key of the map."""
    neighbours = [next(_keys(node, key), ""), next(tree.scan_back(node, key), ("",))[0]]
    return len(key) - max(in_common(key, other) for other in neighbours)


def _edited(node: Node, key: str) -> Iterator[str]:
    """The key with one letter inserted, deleted or replaced, or two swapped, as far as the map has such prefixes."""
    for index in range(len(key) + 1):
        begin, rest = key[:index], key[index:]
        yield begin + rest[1:]
        yield begin + rest[1:2] + rest[:1] + rest[2:]
        for letter in islice(_letters(node, begin), _MAX_LETTERS):
            yield begin + letter + rest
            yield begin + letter + rest[1:]
        if rest and not tree.has_prefix(node, begin + rest[0]):
            return  # no key has this prefix, so no edit after it leads to a key


def _letters(node: Node, begin: str) -> Iterator[str]:
    """The letters that follow a prefix in the keys of the map, each once."""
    start = begin
    while (entry := next(tree.scan_prefix(node, begin, start), None)) is not None:
        letter = entry[0][len(begin) : len(begin) + 1]
        start = tree.above(begin + letter) if letter else tree.successor(begin)
        yield letter


def _other_namespaces(node: Node, key: str) -> Iterator[str]:
    """The keys with the same name in other formats and namespaces (see :attr:`.PackageId.key`)."""
    name = key.rpartition("\0")[2]
    start = ""
    for _ in range(_MAX_LETTERS):
        other = next(_keys(node, start), None)
        if other is None or "\0" not in other:
            return
        within = other.rpartition("\0")[0]
        yield from _neighbours(node, f"{within}\0{name}")
        start = f"{within}\1"  # after all keys of this format and namespace
