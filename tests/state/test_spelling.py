"""A similar name is suggested for an unknown one, also among more names than can be compared one by one."""

from __future__ import annotations

import pytest

from pytest_codeartifact import Domain, NotThere


@pytest.fixture(scope="module")
def many_names() -> list[str]:
    """More than are compared completely. The first ones, and the neighbours of each misspelling, are not meant."""
    return [*(f"zone-m-{number:03}" for number in range(150)), "zone-z-tools"]


@pytest.mark.parametrize(
    "misspelt",
    [
        "zone-a-tools", "zone--tools", "zone-az-tools", "zone--ztools", "one-z-tools", "azone-z-tools", "ozne-z-tools",
        "ZONE-Z-TOOLS",
        "zone-a-tols", "zone-a-toools", "one-a-tools", "zone-az-tols", "zone--ztols",
    ],
)  # fmt: skip
def test_a_name_with_one_or_two_typos_is_suggested_among_many_names(
    acme: Domain, many_names: list[str], misspelt: str
) -> None:
    for name in many_names:
        acme.add_repository(name)

    with pytest.raises(NotThere, match=r"Did you mean 'zone-z-tools'"):
        acme.repository(misspelt)


def test_the_first_of_many_names_are_listed_if_none_is_similar(acme: Domain, many_names: list[str]) -> None:
    for name in many_names:
        acme.add_repository(name)

    with pytest.raises(NotThere) as caught:
        acme.repository("q")

    listed = ", ".join(repr(f"zone-m-{number:03}") for number in range(10))
    assert str(caught.value).endswith(f"Choose from: {listed} and 141 more.")


def test_a_name_with_many_typos_is_suggested_among_few_names(acme: Domain) -> None:
    for number in range(25):
        acme.add_repository(f"zone-m-{number:03}")
        acme.add_repository(f"zonea-{number:03}")
    acme.add_repository("zone-z-toolsmith")

    with pytest.raises(NotThere, match=r"Did you mean 'zone-z-toolsmith'"):
        acme.repository("xonexzxtoolxmith")
