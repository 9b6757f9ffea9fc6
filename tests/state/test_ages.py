"""The versions of a package are ordered by age, also many of them, and after changes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pytest_codeartifact.state import tree
from pytest_codeartifact.state.entities import INTERNAL, PUBLISHED, STATUSES, Package, Version

KEY = "pypi\0\0tool"

VERSIONS = st.builds(
    Version,
    st.one_of(
        st.integers(0, 60).map("1.{}".format), st.from_regex(r"[0-9]{1,3}([.a-c-][0-9]{0,2}){0,2}", fullmatch=True)
    ),
    st.sampled_from(STATUSES),
    st.sampled_from([-62135596800000, -1, 0, 1, 15, 16, 253402300799999]) | st.integers(0, 3),
    st.just((INTERNAL, "team", None)),
    st.just(0),
    st.none(),
    st.just(KEY),
)
"""Many versions with few names, so that some replace others."""


def by_age(version: Version) -> tuple[int, list[tuple[int, str]], str]:
    """The order of by_age: by timestamp, by the numbers in the name, by the name."""
    assert version.published is not None, "only public sources have versions without it"
    numbers = [(int(number or 0), text) for text, number in re.findall(r"(\D*)(\d*)", version.version)]
    return version.published, numbers, version.version


def put(package: Package, version: Version) -> Package:
    before = package.version(version.version)
    return package.with_versions(tree.put(package.versions, version.entry), before, version)


def removed(package: Package, name: str) -> Package:
    return package.with_versions(tree.remove(package.versions, name), package.version(name), None)


@given(VERSIONS, VERSIONS)
def test_versions_are_compared_by_time_then_number_then_name(one: Version, other: Version) -> None:
    assert (one.recency < other.recency) == (by_age(one) < by_age(other))


@given(st.lists(VERSIONS, max_size=120), st.data())
def test_versions_are_iterated_newest_first(versions: list[Version], data: st.DataObject) -> None:
    package, there = Package(KEY, None, "", ""), {}
    for version in versions:
        package, there[version.version] = put(package, version), version
    for name in data.draw(st.lists(st.sampled_from(sorted(there)), unique=True) if there else st.just([])):
        package = removed(package, name)
        del there[name]
    new = {version.version: version for version in data.draw(st.lists(VERSIONS, max_size=60))}
    new = {name: version for name, version in new.items() if name not in there}
    package = package.with_new_versions(list(new.values()))
    there.update(new)
    assert bool(package.by_age) != tree.is_leaf(
        package.versions
    )  # a page of many versions does not have to sort them all
    expected = sorted(there.values(), key=by_age, reverse=True)

    assert list(package.newest_first()) == expected
    for status in STATUSES:
        assert list(package.newest_first(status)) == [found for found in expected if found.status == status]
    assert package.newest == next((found.version for found in expected if found.status == PUBLISHED), None)
    for at, version in enumerate(expected):
        assert list(package.newest_first(before=version.recency)) == expected[at + 1 :]
