"""The blocks `changes` and `unchanged`: their results during and after the block, and their error messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pytest_codeartifact import Change, CodeArtifactPluginError, Domain, FakeCodeArtifact, Repository, pypi
from pytest_codeartifact.state import tree

from ..support.acme import ACME, TEAM, of

TOOL = of(pypi("tool"))


def clean_up(client: Any, then: Callable[[], object] = lambda: None) -> None:
    """Delete the package `a`."""
    for package in client.list_packages(**TEAM)["packages"]:
        if package["package"] == "a":
            client.delete_package(**TEAM, format="pypi", package="a")
    then()


def test_an_open_block_shows_what_has_changed_so_far(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b"), pypi("c")])

    with codeartifact.changes() as changes:
        assert not changes
        client.delete_package(**of(pypi("a")))
        assert len(changes) == 1
        client.delete_package(**of(pypi("b")))
    client.delete_package(**of(pypi("c")))

    assert [change.path for change in changes.removed] == [("acme", "team", pypi("a")), ("acme", "team", pypi("b"))]
    assert list(changes) == changes.removed
    assert changes[1:] == [changes[1]]


def test_blocks_with_the_same_changes_are_equal(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_packages([pypi("a"), pypi("b")])
    fork = codeartifact.fork()
    with codeartifact.changes() as here:
        client.delete_package(**of(pypi("a")))
    with fork, fork.changes() as there:
        client.delete_package(**of(pypi("a")))
        one = list(there)
        client.delete_package(**of(pypi("b")))

    assert here == one
    assert here != there
    assert here != [*one, *one]
    assert {*here, *there} == set(there)
    assert here != 1
    assert here[0] != 1


def test_a_change_created_by_the_user_has_the_same_text() -> None:
    path = ("acme", "team", pypi("x"))

    assert (
        str(Change("package", path, {"versions": {"1": {}, "2": {}}})) == "- package acme/team/pypi('x') (2 versions)"
    )
    assert str(Change("package", path, None, {})) == "+ package acme/team/pypi('x')"
    assert str(Change("version", path, {"readme": "a" * 99}, {"readme": None})).endswith(f"{'a' * 57}... -> None")
    assert str(Change("domain", ("acme",), {}, region="eu-west-1")) == "- domain acme  [eu-west-1]"


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        ({}, ""),
        ({"repositories": {}}, ""),
        ({"repositories": {"team": {}}}, " (1 repository)"),
        ({"repositories": {"team": {}, "other": {}}}, " (2 repositories)"),
        ({"packages": {pypi("x"): {}}}, ""),
        ("anything else", ""),
    ],
    ids=str,
)
def test_a_change_created_by_the_user_counts_the_contents(contents: object, words: str) -> None:
    assert str(Change("domain", ("acme",), None, contents)) == f"+ domain acme{words}"
    assert str(Change("domain", ("acme",), contents, None)) == f"- domain acme{words}"
    assert str(Change("tag", ("acme", "x"), None, contents)).startswith("+ tag acme/x: ")


def test_changes_of_all_accounts_and_regions_are_listed(codeartifact: FakeCodeArtifact) -> None:
    theirs = codeartifact.at("210987654321", "eu-west-1")
    theirs.add_domain("acme").add_repository("team").add_package(pypi("tool"), versions=["1.0"])
    codeartifact.at(region="eu-west-1").add_domain("acme")

    with codeartifact.changes() as changes:
        theirs_client = codeartifact.client("210987654321", "eu-west-1")
        theirs_client.delete_package(**TOOL)
        codeartifact.client(region="eu-west-1").delete_domain(**ACME)
        codeartifact.client().create_domain(**ACME)

    assert str(changes) == (
        "- domain acme  [eu-west-1]\n"
        "- package acme/team/pypi('tool') (1 version)  [account 210987654321, eu-west-1]\n"
        "+ domain acme"
    )
    assert [(change.account, change.region) for change in changes] == [
        ("123456789012", "eu-west-1"),
        ("210987654321", "eu-west-1"),
        ("123456789012", "us-east-1"),
    ]


def test_changes_of_a_fork_are_not_those_of_its_original(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.add_package(pypi("tool"))

    with codeartifact.unchanged(), codeartifact.fork() as fork, fork.changes() as changes:
        fork.client().delete_package(**TOOL)

    assert str(changes) == "- package acme/team/pypi('tool')"


def test_a_closed_fake_has_changes_too() -> None:
    fake = FakeCodeArtifact()

    with fake.changes() as changes:
        fake.add_domain("acme")

    assert str(changes) == "+ domain acme"


def test_changes_of_a_closed_fake_with_an_open_fork_are_refused(codeartifact: FakeCodeArtifact) -> None:
    seed = FakeCodeArtifact()
    with seed.fork(), pytest.raises(CodeArtifactPluginError, match=r"codeartifact\.changes\(\)"):
        seed.changes()


def test_one_deletion_among_many_packages_is_found_without_reading_the_others(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.add_repository("other").add_packages([pypi(f"tool-{number}") for number in range(10_000)], versions=["1.0"])
    team.add_packages([pypi(f"tool-{number}") for number in range(100_000)], versions=["1.0"])
    opened = 0
    open_node: Callable[[Any], Iterator[Any]] = tree._opened

    def counted(node: Any) -> Iterator[Any]:
        nonlocal opened
        opened += 1
        return open_node(node)

    monkeypatch.setattr(tree, "_opened", counted)
    with codeartifact.changes() as changes:
        client.delete_package(**of(pypi("tool-500")))

    assert str(changes) == "- package acme/team/pypi('tool-500') (1 version)"
    assert opened <= 15


# Blocks that change nothing


def test_an_unexpected_change_is_reported_with_its_call(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b")], versions=["1.0"])
    client.delete_package(**of(pypi("b")))

    with pytest.raises(AssertionError) as caught, codeartifact.unchanged() as changes:
        clean_up(client)

    heading, change = str(caught.value).splitlines()
    assert heading == "1 change where none was expected: - package acme/team/pypi('a')"
    assert re.fullmatch(
        r"  - package acme/team/pypi\('a'\) \(1 version\)  by call 3 \[.*test_blocks_of_changes.py:\d+\]", change
    )
    assert len(changes) == 1


def test_each_change_names_the_last_call_that_made_it(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    team.add_package(pypi("a"), versions=["1.0"])
    acme.add_repository("prod", upstreams=["team"])

    def change() -> None:
        client.list_packages(**TEAM)
        client.update_package_versions_status(**of(pypi("a")), versions=["1.0"], targetStatus="Unlisted")
        client.update_package_versions_status(**of(pypi("a")), versions=["1.0"], targetStatus="Archived")
        acme.add_package_group("/npm/*")
        client.update_repository(**ACME, repository="prod", upstreams=[])

    with pytest.raises(AssertionError) as caught, codeartifact.unchanged():
        change()

    heading, *changes = (re.sub(r" \[[^\[]*\]$", "", line) for line in str(caught.value).splitlines())
    assert heading.startswith(
        "3 changes where none was expected: + package group acme/'/npm/*', ~ repository acme/prod, "
    )
    assert [change.rpartition("  ")[2] for change in changes] == ["by no call", "by call 4", "by call 3"]


def test_a_block_within_a_block_numbers_the_calls_of_the_whole_fake(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b")])

    def change() -> None:
        client.delete_package(**of(pypi("a")))
        with pytest.raises(AssertionError, match=r"pypi\('b'\)  by call 2"), codeartifact.unchanged():
            client.delete_package(**of(pypi("b")))

    with pytest.raises(AssertionError) as outer, codeartifact.unchanged():
        change()

    assert "pypi('a')  by call 1" in str(outer.value)
    assert "pypi('b')  by call 2" in str(outer.value)


def test_an_outer_block_reports_changes_after_an_inner_one_has_ended(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    def change() -> None:
        with codeartifact.unchanged():
            client.list_domains()
        client.delete_package(**TOOL)

    with pytest.raises(AssertionError, match=r"pypi\('tool'\) \(1 version\)  by call 2 "), codeartifact.unchanged():
        change()


def test_changes_without_a_call_are_reported_up_to_50(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    with pytest.raises(AssertionError) as caught, codeartifact.unchanged():
        team.add_packages([pypi(f"tool-{number:02}") for number in range(60)])

    lines = str(caught.value).splitlines()
    assert lines[0].startswith("60 changes where none was expected: + package acme/team/pypi('tool-00'), ")
    assert lines[0].endswith(", 57 more")
    assert lines[50:] == ["  + package acme/team/pypi('tool-49')  by no call", "  and 10 more"]


def test_an_exception_in_a_block_is_not_replaced_by_its_changes(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    with pytest.raises(ZeroDivisionError), codeartifact.unchanged():
        clean_up(client, then=lambda: 1 / 0)


def test_the_traceback_of_an_unexpected_change_ends_at_the_block(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(codeartifact):
            with codeartifact.unchanged():
                codeartifact.add_domain("acme")
        """
    )

    result = pytester.runpytest_inprocess()

    result.stdout.fnmatch_lines(
        ["E*AssertionError: 1 change where none was expected: + domain acme*", "E*  + domain acme  by no call"]
    )
    result.stdout.no_fnmatch_line("*def __exit__*")
