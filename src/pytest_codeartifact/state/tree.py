"""A persistent sorted map (a B+ tree), built of tuples only.

A write returns a new map that shares all untouched nodes with the old one. So a fork or snapshot of any size is one
reference, and a map never changes. The garbage collector stops tracking exact tuples of strings and numbers at its
first pass, so a million entries cost it nothing afterwards.

An *entry* is a tuple whose first item is its key, a str. A *leaf* is a sorted tuple of entries; an *inner node* is None
followed by sorted *branches* (first key below, number of entries below, child). The empty map is the empty leaf. Tuples
compare item by item and a shorter one sorts first, so ``(key,)`` finds an entry and ``(key, inf)`` a branch by
bisection. Removal never rebalances. It only drops empty nodes, so no path becomes longer.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, takewhile
from typing import Any, TypeAlias

Entry: TypeAlias = tuple[Any, ...]
Node: TypeAlias = tuple[Any, ...]

EMPTY: Node = ()

_WIDTH = 32  # entries of a leaf, branches of an inner node
_BULK_WIDTH = 24  # the same after a bulk build, so that the next writes need no splits
_INFINITY = float("inf")
_LAST = chr(sys.maxunicode)
_MAX_LENGTH = 2000  # characters; longer than any key


def get(node: Node, key: str) -> Entry | None:
    """The entry under ``key``."""
    while node and node[0] is None:  # an inner node
        node = node[_branch_of(node, key)][2]
    at = bisect_left(node, (key,))
    if at < len(node) and node[at][0] == key:
        entry: Entry = node[at]
        return entry
    return None


def put(node: Node, entry: Entry) -> Node:
    """The map with ``entry`` added, or replacing the one under the same key."""
    parts = _put(node, entry)
    return parts[0] if len(parts) == 1 else (None, *map(_branch, parts))


def put_new(node: Node, added: Sequence[Entry]) -> Node:
    """The map with many entries added, which must be sorted by key, and whose keys it must not have."""
    # A few are put one by one. For many, building a new map is faster than that many writes.
    if len(added) * 8 < size(node):
        for entry in added:
            node = put(node, entry)
        return node
    return build(sorted([*scan(node), *added]))


def remove(node: Node, key: str) -> Node:
    """The map without the entry under ``key``.

    :raises KeyError: there is no such entry.
    """
    if node and node[0] is None:
        at = _branch_of(node, key)
        _, entries, below = node[at]
        child = remove(below, key)
        # An empty child is dropped, and an inner node with one child replaced by it.
        shrunk = node[:at] + (((_first_key(child), entries - 1, child),) if child else ()) + node[at + 1 :]
        return shrunk[1][2] if len(shrunk) == 2 else shrunk
    at = bisect_left(node, (key,))
    if at == len(node) or node[at][0] != key:
        raise KeyError(key)
    return node[:at] + node[at + 1 :]


def scan(node: Node, start: str = "") -> Iterator[Entry]:
    """The entries in order of their keys, from the first key that is not below ``start``."""
    return chain.from_iterable(_leaves(node, start))  # no generator is resumed for a single entry


def scan_prefix(node: Node, prefix: str, start: str = "") -> Iterator[Entry]:
    """The entries whose keys begin with ``prefix``, in order, from the first key that is not below ``start``."""
    entries = scan(node, max(prefix, start))
    return takewhile(lambda entry: entry[0].startswith(prefix), entries) if prefix else entries


def scan_back(node: Node, below: str) -> Iterator[Entry]:
    """The entries in reverse order of their keys, from the last key below ``below``."""
    if node and node[0] is None:
        at = _branch_of(node, below)
        yield from scan_back(node[at][2], below)
        for branch in islice(reversed(node), len(node) - at, len(node) - 1):
            yield from _all_back(branch[2])
    else:
        yield from reversed(node[: bisect_left(node, (below,))])


def diff(before: Node, after: Node) -> Iterator[tuple[str, Entry | None, Entry | None]]:
    """The differences of two maps in order of the keys: the key, its entry before or None, its entry after or None.

    Shared nodes are skipped without opening them, so the cost depends on the number of differences only. Both maps are
    walked at once with a stack of nodes and entries for each. A shared node begins with the same key on both sides. To
    meet there, the side with the smaller next key advances, and at equal keys the side whose next node is higher. For
    two maps with leaves from ``a`` and from ``m``, of which only the second differs, the stacks are::

        old: root      new: root      the same key and height: both are opened
        old: m, a      new: m', a     the leaf from a is shared: it is skipped
        old: m         new: m'        both are opened, and their entries compared
    """
    old, new = ([root] if root else [] for root in (before, after))  # stacks: the next node or entry is the last item
    while old or new:
        # At equal ranks both sides advance, so that a shared node is seen on both at the same time.
        on_old = not new or (bool(old) and _rank(old[-1]) <= _rank(new[-1]))
        on_new = not old or (bool(new) and _rank(new[-1]) <= _rank(old[-1]))
        if on_old and on_new and old[-1] is new[-1]:  # shared, so there is no difference in it
            del old[-1], new[-1]
            continue
        old_entry, new_entry = _advance(old) if on_old else None, _advance(new) if on_new else None
        if old_entry != new_entry:  # both None: a node was opened; equal: the entry was rewritten
            yield (old_entry or new_entry or EMPTY)[0], old_entry, new_entry


def has_prefix(node: Node, prefix: str) -> bool:
    """Whether a key begins with ``prefix``."""
    return next(scan_prefix(node, prefix), None) is not None


def successor(key: str) -> str:
    """The smallest string above ``key``."""
    return key + "\0"


def after(last: str | None) -> str:
    """The start of a scan that continues after a key; of a complete scan, for None."""
    return "" if last is None else successor(last)


def above(prefix: str) -> str:
    """A string above all keys that begin with ``prefix``, and not above any larger key."""
    begin = prefix.rstrip(_LAST)
    return begin[:-1] + chr(ord(begin[-1]) + 1) if begin else prefix + _LAST * _MAX_LENGTH


def size(node: Node) -> int:
    """The number of entries."""
    if node and node[0] is None:
        return sum(branch[1] for branch in islice(node, 1, None))
    return len(node)


def is_leaf(node: Node) -> bool:
    """Whether all entries are in one leaf."""
    return not node or node[0] is not None


def build(entries: Iterable[Entry]) -> Node:
    """A map of entries, which must be sorted by key and without duplicates."""
    nodes = list(_chunked(entries))
    while len(nodes) > 1:
        nodes = [(None, *branches) for branches in _chunked(map(_branch, nodes))]
    return nodes[0] if nodes else EMPTY


def _put(node: Node, entry: Entry) -> tuple[Node, ...]:
    if node and node[0] is None:
        at = _branch_of(node, entry[0])
        grown = node[:at] + tuple(map(_branch, _put(node[at][2], entry))) + node[at + 1 :]
        if len(grown) <= _WIDTH + 1:
            return (grown,)
        half = len(grown) // 2  # both halves need the None at their start
        return grown[:half], (None, *grown[half:])
    at = bisect_left(node, (entry[0],))
    after = at + 1 if at < len(node) and node[at][0] == entry[0] else at
    grown = node[:at] + (entry,) + node[after:]
    if len(grown) <= _WIDTH:
        return (grown,)
    half = len(grown) // 2
    return grown[:half], grown[half:]


def _leaves(node: Node, start: str) -> Iterator[Node]:
    """The leaves in order, the first one from the first key that is not below ``start``."""
    if node and node[0] is None:
        at = _branch_of(node, start)
        yield from _leaves(node[at][2], start)
        for branch in islice(node, at + 1, None):
            yield from _leaves(branch[2], "")
    else:
        yield node[bisect_left(node, (start,)) :]


def _all_back(node: Node) -> Iterator[Entry]:
    if node[0] is None:
        for branch in node[:0:-1]:
            yield from _all_back(branch[2])
    else:
        yield from reversed(node)


def _advance(stack: list[Node]) -> Entry | None:
    """Take the next item from a stack. Return an entry; replace a node with its items and return None."""
    piece = stack.pop()
    if isinstance(piece[0], str):
        return piece
    stack += _opened(piece)
    return None


def _opened(node: Node) -> Iterator[Node]:
    """The children of an inner node or the entries of a leaf, in reverse order."""
    return (branch[2] for branch in node[:0:-1]) if node[0] is None else reversed(node)


def _rank(piece: Node) -> tuple[str, int]:
    """The first key of a node or an entry, and minus its height: of nodes with the same key, the higher sorts first.

    Descends to the first leaf each time, as many steps as the map has levels: about five for a million entries.
    """
    levels = 0
    while not isinstance(piece[0], str):
        piece = piece[1][2] if piece[0] is None else piece[0]
        levels -= 1
    return piece[0], levels


def _branch_of(node: Node, key: str) -> int:
    return max(1, bisect_right(node, (key, _INFINITY), 1) - 1)


def _branch(node: Node) -> Node:
    return (_first_key(node), size(node), node)


def _first_key(node: Node) -> Any:
    return node[1][0] if node[0] is None else node[0][0]


def _chunked(items: Iterable[Entry]) -> Iterator[Node]:
    iterator = iter(items)
    while chunk := tuple(islice(iterator, _BULK_WIDTH)):
        yield chunk
