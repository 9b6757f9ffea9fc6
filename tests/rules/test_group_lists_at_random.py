"""The lists around package groups, with random patterns and names, agree with the matching of each package."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_codeartifact import FakeCodeArtifact, PackageId, SeedError, npm, pypi
from pytest_codeartifact.names.group_patterns import InvalidPattern, parse

PART = st.text("abAo0-._!~\u00e9\u0301\u2122\u2460\u00df\u0430\u4e2d", min_size=1, max_size=4)
"""Characters that matching ignores, that combine with the previous one, or that end a word."""
WORD = st.builds(
    "{}{}".format, st.text("abAo0-._\u00e9\u0301\u2122", max_size=3), st.sampled_from("abo0\u00e9\u2460\u4e2d")
)
"""What can stand in front of a '~'."""


def _package(namespace: str | None, name: str) -> PackageId | None:
    try:
        return PackageId("npm", namespace, name)
    except SeedError:
        return None


def _legal(pattern: str) -> bool:
    try:
        parse(pattern)
    except InvalidPattern:
        return False
    return True


PACKAGES = st.lists(
    st.builds(_package, st.none() | PART, PART).filter(bool) | st.text("abo0", min_size=1, max_size=4).map(pypi),
    unique=True,
    max_size=25,
)
PATTERNS = st.lists(
    st.one_of(
        st.sampled_from(["/npm/*", "/pypi/*", "/npm//*"]),
        st.builds("/npm/{}~".format, WORD),
        st.builds("/npm/{}/*".format, PART),
        st.builds("/npm/{}/{}~".format, st.just("") | PART, WORD),
        st.builds("/npm/{}/{}$".format, st.just("") | PART, PART),
        st.builds("/pypi//{}~".format, st.text("abo0", min_size=1, max_size=3)),
    ).filter(_legal),
    unique=True,
    max_size=12,
)


def listed(client: Any, operation: str, key: str, pattern: str) -> list[Any]:
    pages = client.get_paginator(operation).paginate(domain="acme", packageGroup=pattern)
    return [item for page in pages for item in page[key]]


def group_of(client: Any, id: PackageId) -> tuple[str, str]:
    namespace = {} if id.namespace is None else {"namespace": id.namespace}
    found = client.get_associated_package_group(domain="acme", format=id.format, package=id.name, **namespace)
    return found["packageGroup"]["pattern"], found["associationType"]


@pytest.mark.rule("G-7", "G-8", "G-11", "G-23")
@given(packages=PACKAGES, patterns=PATTERNS, apart=st.integers(0, 25))
@example([npm("foo\u2122x"), npm("foo-x"), npm("foox")], ["/npm//foo~"], 1)
@example([npm("@FOO/a"), npm("@foo/a")], ["/npm/foo/*", "/npm/Foo/*"], 0)
def test_lists_of_groups_agree_with_groups_of_packages_and_parents_of_groups(
    packages: list[PackageId], patterns: list[str], apart: int
) -> None:
    with FakeCodeArtifact() as fake:
        acme = fake.add_domain("acme")
        acme.add_repository("one").add_packages(packages[:apart])
        acme.add_repository("two").add_packages(packages[apart // 2 :])
        for pattern in patterns:
            acme.add_package_group(pattern)
        client = fake.client()
        groups = {found["pattern"]: found for found in client.list_package_groups(domain="acme")["packageGroups"]}
        belong = {id: group_of(client, id) for id in sorted(packages)}

        for pattern in groups:
            children = listed(client, "list_sub_package_groups", "packageGroups", pattern)
            found = listed(client, "list_associated_packages", "packages", pattern)

            assert [child["pattern"] for child in children] == [
                other for other, group in groups.items() if group.get("parent", {}).get("pattern") == pattern
            ]
            assert [
                (package["format"], package.get("namespace"), package["package"], package["associationType"])
                for package in found
            ] == [
                (id.format, id.namespace, id.name, strength)
                for id, (group, strength) in belong.items()
                if group == pattern
            ]
