"""Work follows what is asked for, not the size of what is there.

Work is counted, not timed: the calls of Python and C functions that something takes, resumed generators among them, at
one size and at ten times that size.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, NotThere, Repository, npm, pypi
from pytest_codeartifact.doors.interception import messages
from pytest_codeartifact.service.near_misses import near_miss

from ..support.acme import ACME, TEAM

Action = Callable[[], object]

FLAT = 2
"""At most so many times the work for ten times as much; maps become a level deeper, and there is one more digit."""

LINEAR = 12
"""At most so many times the work for ten times the work to do."""


def work(action: Action) -> int:
    """The number of calls of functions during an action."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    action()  # afterwards, nothing is read for the first time, such as the service's model
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


def growth(made: Callable[[int], Action], size: int) -> float:
    """The factor by which the work of an action grows when the state is ten times larger."""
    return work(made(size * 10)) / work(made(size))


TOOL = {**TEAM, "format": "pypi", "package": "tool"}


def repository() -> tuple[FakeCodeArtifact, Repository]:
    fake = FakeCodeArtifact()
    return fake, fake.add_domain("acme").add_repository("team")


def asked(fake: FakeCodeArtifact, ask: Callable[[Any], object]) -> Action:
    """An action that uses a client of a new fork. The work of creating both is not counted."""
    forks = (fake.fork() for _ in range(2))
    clients = [(fork, fork.client()) for fork in forks]
    return lambda: _answered(*clients.pop(), ask)


def _answered(fork: FakeCodeArtifact, client: Any, ask: Callable[[Any], object]) -> None:
    with fork:
        ask(client)


def name(number: int) -> str:
    return f"package-{number:07}"


class Compared(str):
    """A text whose comparisons are work that is counted; Python's own texts compare themselves in silence."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def missed(packages: Any, id: object) -> str:
    with pytest.raises(NotThere) as caught:
        packages[id]
    return str(caught.value)


def test_the_work_of_a_miss_does_not_grow_with_the_packages() -> None:
    def made(size: int) -> Action:
        _, team = repository()
        team.add_packages((pypi(name(number)) for number in range(size)), versions=["1.0"])
        return lambda: missed(team.packages, pypi("package-x"))

    assert growth(made, 1000) < FLAT


def test_the_work_of_get_and_in_does_not_grow_with_the_packages() -> None:
    def made(size: int) -> Action:
        _, team = repository()
        team.add_packages((pypi(name(number)) for number in range(size)), versions=["1.0"])
        return lambda: (team.packages.get(pypi("package-x")), pypi("package-x") in team.packages)

    assert growth(made, 100) < FLAT


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (pypi("requets"), pypi("requests")),
        (pypi("reqeusts"), pypi("requests")),
        (pypi("request"), pypi("requests")),
        (pypi("reqquests"), pypi("requests")),
        (pypi("pakage-0004321"), pypi("package-0004321")),
        (pypi("old-tol-clinet"), pypi("old-tool-client")),
        (pypi("oldtoolclient"), pypi("old-tool-client")),
        (npm("LeftPad"), npm("left-pad")),
        (npm("requests"), pypi("requests")),
        (npm("node"), npm("@types/node")),
        (npm("@type/node"), npm("@types/node")),
    ],
    ids=repr,
)
def test_a_miss_among_thousands_of_packages_suggests_a_similar_one(asked: Any, meant: Any) -> None:
    _, team = repository()
    team.add_packages(pypi(name(number)) for number in range(9000))
    team.add_packages([pypi("requests"), pypi("old-tool-client"), npm("left-pad"), npm("@types/node")])

    message = missed(team.packages, asked)

    assert f"There is no package {asked!r} in repository 'team'. Did you mean " in message
    assert repr(repr(meant)) in message


def test_a_miss_without_a_similar_package_says_how_many_there_are() -> None:
    _, team = repository()
    team.add_packages(pypi(name(number)) for number in range(9000))

    message = missed(team.packages, npm("zzz"))

    assert "Choose from: " in message
    assert message.endswith(" and 8990 more.")


def test_seeding_versions_takes_linear_work() -> None:
    def made(size: int) -> Action:
        fake, _ = repository()
        versions = [Compared(f"1.{number:05}") for number in range(size)]
        return lambda: fake.fork().repository("acme", "team").add_package(pypi("tool"), versions=versions)

    assert growth(made, 100) < LINEAR


def test_loading_packages_listed_by_the_cli_takes_linear_work() -> None:
    def made(size: int) -> Action:
        fake, _ = repository()
        listed = [{"format": "pypi", "package": name(number)} for number in range(size)]

        def load() -> None:
            fork = fake.fork()
            fork.load_cli({"packages": listed}, into=fork.repository("acme", "team"))

        return load

    assert growth(made, 30) < LINEAR


def test_loading_versions_listed_by_the_cli_takes_linear_work() -> None:
    def made(size: int) -> Action:
        fake, _ = repository()
        listed = [{"version": f"1.{number}", "status": "Published"} for number in range(size)]
        answer = {"format": "pypi", "package": "tool", "versions": listed}

        def load() -> None:
            fork = fake.fork()
            fork.load_cli(answer, into=fork.repository("acme", "team"))

        return load

    assert growth(made, 30) < LINEAR


def many_versions(size: int) -> FakeCodeArtifact:
    """A package with that number of versions, all published at the same time. The last one is the most recent."""
    fake, team = repository()
    team.add_package(pypi("tool"), versions=[f"1.{number}" for number in range(size)])
    return fake


def test_the_work_of_changing_a_few_statuses_does_not_grow_with_the_versions() -> None:
    def made(size: int) -> Action:
        newest = [f"1.{number}" for number in range(size - 50, size)]
        return asked(
            many_versions(size),
            lambda client: client.update_package_versions_status(**TOOL, versions=newest, targetStatus="Archived"),
        )

    assert growth(made, 200) < FLAT


@pytest.mark.parametrize("newest", [True, False], ids=["newest", "oldest"])
def test_the_work_of_deleting_a_few_versions_does_not_grow_with_the_versions(newest: bool) -> None:
    def made(size: int) -> Action:
        first = size - 50 if newest else 0
        versions = [f"1.{number}" for number in range(first, first + 50)]
        return asked(many_versions(size), lambda client: client.delete_package_versions(**TOOL, versions=versions))

    assert growth(made, 200) < FLAT


@pytest.mark.parametrize("status", [{}, {"status": "Published"}, {"status": "Archived"}], ids=str)
def test_the_work_of_a_page_of_versions_by_time_does_not_grow_with_the_versions(status: dict[str, str]) -> None:
    def made(size: int) -> Action:
        def second_page(client: Any) -> None:
            asked_for = {**TOOL, **status, "sortBy": "PUBLISHED_TIME", "maxResults": 10}
            token = (
                {"nextToken": token} if (token := client.list_package_versions(**asked_for).get("nextToken")) else {}
            )
            client.list_package_versions(**asked_for, **token)

        return asked(many_versions(size), second_page)

    assert growth(made, 200) < FLAT


def many_packages(size: int, *patterns: str) -> FakeCodeArtifact:
    """A domain with package groups, and that number of packages of two formats in two repositories."""
    fake, team = repository()
    acme = fake.domain("acme")
    for holder in (team, acme.add_repository("twin")):
        holder.add_packages(pypi(name(number)) for number in range(size))
        holder.add_packages(npm(f"@scope/{name(number)}") for number in range(size))
    for pattern in patterns:
        acme.add_package_group(pattern)
    return fake


@pytest.mark.parametrize(
    ("pattern", "others"),
    [
        ("/pypi//package-0000123$", []),
        ("/pypi//package-0000123$", ["/pypi/*", "/npm/*"]),
        ("/npm/SCOPE/package-0000123$", []),
        ("/npm/scope/*", []),
        ("/npm/other/*", []),
        ("/npm/*", ["/npm/scope/*"]),
        ("/*", ["/npm/*", "/pypi//package~"]),
    ],
    ids=str,
)
def test_the_work_of_a_page_of_associated_packages_does_not_grow(pattern: str, others: list[str]) -> None:
    def made(size: int) -> Action:
        patterns = [other for other in (pattern, *others) if other != "/*"]
        return asked(
            many_packages(size, *patterns),
            lambda client: client.list_associated_packages(**ACME, packageGroup=pattern, maxResults=20),
        )

    assert growth(made, 200) < FLAT


@pytest.mark.parametrize("pattern", ["/*", "/npm/*", "/npm/scope-0000007~", "/npm/scope-0000007/a~", "/npm//x$"])
def test_the_work_of_a_page_of_sub_groups_does_not_grow_with_the_groups(pattern: str) -> None:
    def made(size: int) -> Action:
        fake, _ = repository()
        acme = fake.domain("acme")
        for number in range(size):
            acme.add_package_group(f"/npm/scope-{number:07}/*")
        for other in ("/npm/*", "/npm/scope-0000007~", "/npm/scope-0000007/a~", "/npm/scope-0000007/a-b$", "/npm//x$"):
            acme.add_package_group(other)
        return asked(fake, lambda client: client.list_sub_package_groups(**ACME, packageGroup=pattern, maxResults=10))

    assert growth(made, 100) < FLAT


@pytest.mark.parametrize("domains", [1, 10], ids=["in-one-domain", "in-several"])
def test_the_work_of_the_last_page_of_repositories_does_not_grow(domains: int) -> None:
    def made(size: int) -> Action:
        fake = FakeCodeArtifact()
        for domain in range(domains):
            home = fake.add_domain(f"domain-{domain}")
            for number in range(size // domains):
                home.add_repository(name(number))
        with fake:
            pages = fake.client().get_paginator("list_repositories").paginate(PaginationConfig={"PageSize": 10})
            *_, before_last, _ = pages
        return lambda: _answered(
            fake, client, lambda client: client.list_repositories(maxResults=10, nextToken=before_last["nextToken"])
        )

    client = FakeCodeArtifact().client()
    assert growth(made, 60) < FLAT


def test_the_work_of_the_last_page_of_domains_does_not_grow() -> None:
    def made(size: int) -> Action:
        fake = FakeCodeArtifact()
        for number in range(size):
            fake.add_domain(name(number))
        with fake:
            *_, before_last, _ = fake.client().get_paginator("list_domains").paginate(PaginationConfig={"PageSize": 10})
        return lambda: _answered(
            fake, client, lambda client: client.list_domains(maxResults=10, nextToken=before_last["nextToken"])
        )

    client = FakeCodeArtifact().client()
    assert growth(made, 60) < FLAT


def bytes_of_calls(calls: Callable[[Any, int], object], number: int = 1000) -> float:
    """What a fake keeps for each of so many calls, made by a function of a client and the number of the call."""
    fake, team = repository()
    team.add_packages((pypi(name(number)) for number in range(number)), versions=["1.0"])
    with fake.fork() as other:  # fills the caches of the process, which are bounded and do not belong to a fake
        warming = other.client()
        for at in range(number):
            calls(warming, at)
    with fake:
        client = fake.client()
        calls(client, 0)  # afterwards, nothing is created for the first time
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for at in range(1, number):
                calls(client, at)
            gc.collect()
            return (tracemalloc.get_traced_memory()[0] - before) / (number - 1)
        finally:
            tracemalloc.stop()


def test_the_journal_keeps_less_than_600_bytes_of_a_deletion() -> None:
    def delete(client: Any, number: int) -> None:
        client.delete_package(**TEAM, format="pypi", package=name(number))

    assert bytes_of_calls(delete) < 600


def test_the_journal_keeps_less_than_600_bytes_and_the_response_of_a_list() -> None:
    answers: list[int] = []

    def list_some(client: Any, number: int) -> None:
        answer = client.list_packages(**TEAM, maxResults=3)
        answers.append(int(answer["ResponseMetadata"]["HTTPHeaders"]["content-length"]))

    assert bytes_of_calls(list_some) < 600 + sum(answers) / len(answers)


def test_reading_calls_and_deletions_takes_linear_work() -> None:
    def made(size: int) -> Action:
        fake, team = repository()
        ids = [pypi(name(number)) for number in range(size)]
        team.add_packages(ids, versions=["1.0"])
        with fake:
            client = fake.client()
            for id in ids:
                client.delete_package(**TEAM, format="pypi", package=id.name)

        def read() -> None:
            assert team.deleted == set(ids)
            assert [deletion.package for deletion in fake.deletions] == ids
            assert len(fake.calls.of("DeletePackage", package=ids[0])) == 1

        return read

    assert growth(made, 30) < LINEAR


def test_reading_a_set_of_deletions_after_each_call_takes_linear_work() -> None:
    def made(size: int) -> Action:
        fake, team = repository()
        ids = [pypi(name(number)) for number in range(size)]
        team.add_packages(ids, versions=["1.0"])
        fork, client = fake.fork(), fake.client()
        mine = fork.repository("acme", "team")

        def delete_all() -> None:
            with fork:
                for id in ids:
                    if id in mine.packages:
                        client.delete_package(**TEAM, format="pypi", package=id.name)
                    assert id in mine.deleted

        return delete_all

    assert growth(made, 30) < LINEAR


def test_the_work_of_deleting_a_repository_does_not_grow_with_other_groups() -> None:
    def made(size: int) -> Action:
        fake, _ = repository()
        acme = fake.domain("acme")
        acme.add_repository("other")
        for number in range(size):
            allowed: dict[Any, Any] = {"PUBLISH": ["other" if number else "team"]}
            modes: dict[Any, Any] = {"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"}
            acme.add_package_group(f"/npm/scope-{number}/*", restrictions=modes, allowed_repositories=allowed)
        return asked(fake, lambda client: client.delete_repository(**TEAM))

    assert growth(made, 60) < FLAT


def test_the_cache_of_file_names_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        messages, "_IS_USERS_FILE", {}
    )  # the process's own stays as it is, and the test can be run again
    fake, _ = repository()
    with fake:
        client = fake.client()
        call = "client.describe_repository(domain='acme', repository='team')"
        for number in range(3):
            exec(compile(call, f"<made-up-{number}>", "exec"), {"client": client, "__name__": "tests.made_up"})
        known = messages._MAX_FILES
        messages._IS_USERS_FILE.update((f"<made up before, {number}>", False) for number in range(known))
        exec(compile(call, "<made-up>", "exec"), {"client": client, "__name__": "tests.made_up"})

    assert len(messages._IS_USERS_FILE) < 100
    assert str(fake.calls[-1].where) == "<made-up>:1"


@pytest.mark.parametrize("suffix", [".json", ".toml"])
def test_a_dump_needs_no_more_memory_for_more_packages(tmp_path: Path, suffix: str) -> None:
    def peak(size: int) -> int:
        fake, team = repository()
        team.add_packages((pypi(name(number)) for number in range(size)), versions=["1.0"])
        gc.collect()
        tracemalloc.start()
        try:
            fake.dump(tmp_path / f"seed{suffix}")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # afterwards, nothing is imported for the first time
    # The text of the larger dump has 680 kB more; a part of one waits for the garbage collector in either case.
    assert peak(4000) < peak(1000) + 150_000


def test_loading_packages_of_a_file_takes_linear_work(tmp_path: Path) -> None:
    def made(size: int) -> Action:
        fake, team = repository()
        for number in range(size):
            team.add_package(pypi(name(number)), versions=["1.0"])
        fake.dump(path := tmp_path / f"{size}.json")
        return lambda: FakeCodeArtifact().load(path)

    assert growth(made, 30) < LINEAR


def test_progress_is_reported_after_each_package(tmp_path: Path) -> None:
    fake, team = repository()
    team.add_packages(map(pypi, ["one", "two"]))
    fake.public_source("public:pypi").add_package(pypi("three"))
    fake.dump(path := tmp_path / "seed.toml")
    reported: list[int] = []

    FakeCodeArtifact().load(path, progress=reported.append)

    assert reported == [1, 2, 3]


MISSES: dict[str, Callable[[Any], object]] = {
    "a typo": lambda client: client.describe_package(**TEAM, format="pypi", package="pakage-0004321"),
    "no namespace": lambda client: client.describe_package(**TEAM, format="npm", package="node"),
    "nothing like it": lambda client: client.describe_package(**TEAM, format="pypi", package="zzzzzzz"),
    "an empty list": lambda client: client.list_packages(**TEAM, packagePrefix="Pack"),
    "a version": lambda client: client.describe_package_version(
        **TEAM, format="npm", namespace="types", package="node", packageVersion="1.0.00"
    ),
}


@pytest.mark.parametrize("miss", MISSES.values(), ids=MISSES)
def test_the_work_of_a_hint_does_not_grow_with_the_repository(miss: Callable[[Any], object]) -> None:
    def hint(size: int) -> Action:
        fake, team = repository()
        team.add_packages(pypi(name(number)) for number in range(size))
        node = team.add_package(npm("@types/node"))
        for number in range(size):
            node.add_version(f"1.0.{number}")
        with fake, suppress(Exception):
            miss(fake.client())
        service, (call,) = fake._service, fake.calls
        return lambda: near_miss(service.state, service.journal, call)

    assert growth(hint, 200) <= FLAT
