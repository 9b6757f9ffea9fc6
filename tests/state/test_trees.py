"""Maps behave like dictionaries, and a comparison of two maps skips the nodes that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_codeartifact.state import tree
from pytest_codeartifact.state.tree import EMPTY, Node

Plain = dict[str, int]
Write = tuple[str, int | None]

NUMBERS = st.integers(0, 3999)
WRITE = st.tuples(NUMBERS.map("{:04}".format), st.sampled_from([None, 0, 1]))


@st.composite
def runs(draw: st.DrawFn) -> list[Write]:
    """Writes of many keys in a row, which split nodes, or thin them out."""
    start, count, value = draw(NUMBERS), draw(st.integers(1, 500)), draw(st.sampled_from([None, 0, 1]))
    return [(f"{number:04}", value) for number in range(start, start + count)]


WRITES = st.lists(WRITE.map(lambda write: [write]) | runs(), max_size=6).map(lambda parts: list(chain(*parts)))


def written(node: Node, plain: Plain, writes: list[Write]) -> tuple[Node, Plain]:
    """A map and a dictionary after the same writes; None removes what is there."""
    plain = dict(plain)
    for key, value in writes:
        if value is not None:
            node, plain[key] = tree.put(node, (key, value)), value
        elif plain.pop(key, None) is not None:
            node = tree.remove(node, key)
    return node, plain


def difference(before: Plain, after: Plain) -> list[tuple[str, Node | None, Node | None]]:
    """The expected result of `tree.diff`."""
    keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    entries = [{key: (key, value) for key, value in plain.items()} for plain in (before, after)]
    return [(key, entries[0].get(key), entries[1].get(key)) for key in keys]


def nodes(node: Node) -> Iterator[Node]:
    """The node and all nodes below it."""
    if node:
        yield node
        for branch in node[1:] if node[0] is None else ():
            yield from nodes(branch[2])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Node]:
    """The nodes that comparisons have opened so far."""
    seen: list[Node] = []
    opened: Callable[[Node], Iterator[Node]] = tree._opened

    def seen_and_opened(node: Node) -> Iterator[Node]:
        seen.append(node)
        return opened(node)

    monkeypatch.setattr(tree, "_opened", seen_and_opened)
    return seen


@given(size=st.sampled_from([0, 20, 700, 3000]), first=WRITES, then=WRITES)
def test_the_difference_of_two_maps_is_that_of_two_dictionaries(
    size: int, first: list[Write], then: list[Write]
) -> None:
    seed = {f"{number:04}": 0 for number in range(size)}
    before, was = written(tree.build(seed.items()), seed, first)
    after, is_now = written(before, was, then)

    assert list(tree.diff(before, after)) == difference(was, is_now)
    assert list(tree.diff(after, before)) == difference(is_now, was)


@given(size=st.sampled_from([0, 20, 700, 3000]), first=WRITES, left=WRITES, right=WRITES)
def test_a_comparison_does_not_open_nodes_that_both_maps_share(
    opened: list[Node], size: int, first: list[Write], left: list[Write], right: list[Write]
) -> None:
    seed = {f"{number:04}": 0 for number in range(size)}
    common, plain = written(tree.build(seed.items()), seed, first)
    before, was = written(common, plain, left)
    after, is_now = written(common, plain, right)
    opened.clear()

    assert list(tree.diff(before, after)) == difference(was, is_now)

    shared = set(map(id, nodes(before))) & set(map(id, nodes(after)))
    assert shared.isdisjoint(map(id, opened))
    assert len(set(map(id, opened))) == len(opened)


@given(first=WRITES)
def test_maps_of_another_shape_with_the_same_entries_do_not_differ(first: list[Write]) -> None:
    node, plain = written(EMPTY, {}, first)

    assert list(tree.diff(node, tree.build(sorted(plain.items())))) == []


def test_one_difference_among_a_million_entries_opens_at_most_ten_nodes(opened: list[Node]) -> None:
    before = tree.build((f"{number:06}", 0) for number in range(1_000_000))
    after = tree.remove(before, "500000")

    assert list(tree.diff(before, after)) == [("500000", ("500000", 0), None)]
    assert len(opened) <= 10


@given(size=st.sampled_from([0, 20, 700, 3000]), first=WRITES, key=NUMBERS.map("{:04}".format))
def test_a_map_can_be_scanned_forwards_and_backwards(size: int, first: list[Write], key: str) -> None:
    seed = {f"{number:04}": 0 for number in range(size)}
    node, plain = written(tree.build(seed.items()), seed, first)
    existing = sorted(plain.items())

    assert list(tree.scan(node, key)) == [entry for entry in existing if entry[0] >= key]
    assert list(tree.scan_back(node, key)) == [entry for entry in reversed(existing) if entry[0] < key]


@given(size=st.sampled_from([0, 20, 700, 3000]), first=WRITES, then=WRITES)
def test_entries_can_be_added_in_bulk(size: int, first: list[Write], then: list[Write]) -> None:
    seed = {f"{number:04}": 0 for number in range(size)}
    node, plain = written(tree.build(seed.items()), seed, first)
    new = {key: value for key, value in written(EMPTY, {}, then)[1].items() if key not in plain}

    grown = tree.put_new(node, sorted(new.items()))

    assert list(tree.scan(grown)) == sorted({**plain, **new}.items())
    assert tree.size(grown) == len(plain) + len(new)


@given(prefix=st.text(max_size=3), key=st.text(max_size=5))
def test_the_bound_of_a_prefix_is_above_all_keys_with_the_prefix_and_below_the_next_key(prefix: str, key: str) -> None:
    assert (key < tree.above(prefix)) == (key.startswith(prefix) or key < prefix)


@pytest.mark.parametrize("count", [0, 1, 3000])
def test_missing_keys_cannot_be_removed(count: int) -> None:
    node, _ = written(EMPTY, {}, [(f"{number:04}", 0) for number in range(count)])

    with pytest.raises(KeyError):
        tree.remove(node, "0500x")
