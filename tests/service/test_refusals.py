"""Error messages say what to write instead, and refused calls change nothing."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, SeedError, pypi

Act = Callable[[FakeCodeArtifact], object]


def fail(operation: Any, error: Any = "ThrottlingException", **how: Any) -> Act:
    return lambda fake: fake.fail(operation, error, **how)


REFUSED: dict[str, tuple[Act, str]] = {
    "the beginning of an error": (
        fail("DeletePackage", "Throttled"),
        "The service has no error 'Throttled'. Did you mean 'ThrottlingException'?",
    ),
    "a status": (
        fail("DeletePackage", 429),
        "A fault takes an error or its name, such as ThrottlingException('...') or 'ThrottlingException', not 429.",
    ),
    "a parameter that is like none": (
        fail("DeletePackage", when={"name": "a"}),
        "DeletePackage has no parameter 'name'. It has: domain, domainOwner, repository, format, namespace, package.",
    ),
    "a parameter with a typo": (
        fail("DeletePackage", when={"pakage": "a"}),
        "DeletePackage has no parameter 'pakage'. Did you mean 'package'?",
    ),
    "a method": (
        fail("delete_package"),
        "'delete_package' is a method of clients. Write the name of the operation in the API: 'DeletePackage'.",
    ),
    "a method of calls": (
        lambda fake: fake.calls.of("delete_package"),  # type: ignore[arg-type]  # that is refused
        "'delete_package' is a method of clients. Write the name of the operation in the API: 'DeletePackage'.",
    ),
    "no operation": (fail(5), "There is no operation 5. Choose from: "),
    "a prefix of a pattern": (
        lambda fake: fake.domain("acme").add_package_group("/pypi//acme-~"),
        "Write '/pypi//acme~': it matches acme and acme-anything.",
    ),
    "a number of days": (
        lambda fake: fake.clock.advance(90),  # type: ignore[arg-type]  # that is refused
        "by must be a datetime.timedelta, not 90. Write for example advance(days=90).",
    ),
    "another unit": (
        lambda fake: fake.clock.advance(months=3),  # type: ignore[call-arg]  # that is refused
        "advance(months=3): the keywords are days, seconds, microseconds, milliseconds, minutes, hours, weeks",
    ),
    "a unit that is no number": (
        lambda fake: fake.clock.advance(days="3"),  # type: ignore[arg-type]  # that is refused
        "advance(days='3'): the keywords are days,",
    ),
    "no time": (lambda fake: fake.clock.advance(), "by must be a datetime.timedelta, not None."),
}


@pytest.mark.parametrize(("act", "words"), REFUSED.values(), ids=REFUSED)
def test_a_refused_value_gets_an_error_that_says_what_to_write(
    codeartifact: FakeCodeArtifact, team: Repository, act: Act, words: str
) -> None:
    with pytest.raises(SeedError) as caught, codeartifact.unchanged():
        act(codeartifact)

    assert words in str(caught.value)


def test_a_clock_takes_the_keywords_of_timedelta(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, tzinfo=dt.timezone.utc))

    codeartifact.clock.advance(days=1, hours=2)
    codeartifact.clock.advance(weeks=-1)

    assert codeartifact.clock.now() == dt.datetime(2026, 1, 25, 2, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize(
    ("given", "write"),
    [
        ([pypi("a")], " Write == {pypi('a')}."),
        ((pypi("b"), pypi("a")), " Write == {pypi('a'), pypi('b')}."),
        (pypi("a"), " Write == {pypi('a')}."),
        ([], " Write == set()."),
        (["a"], ""),
        (5, ""),
    ],
)
def test_comparing_a_set_of_packages_with_another_type_says_what_to_write(
    team: Repository, given: object, write: str
) -> None:
    with pytest.raises(TypeError) as caught:
        assert team.deleted == given

    assert str(caught.value).endswith(f"must be compared with a set, not with {given!r}.{write}")


def test_comparing_a_set_of_versions_with_another_type_says_what_to_write(team: Repository) -> None:
    with pytest.raises(TypeError, match=r"Write == \{\(pypi\('a'\), '1'\)\}\."):
        assert team.deleted_versions == (pypi("a"), "1")


def test_the_server_can_be_named_in_annotations_without_the_extra() -> None:
    code = "import sys; sys.modules['h11'] = None\nfrom pytest_codeartifact import *\nprint(Server.__name__)"

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout == "Server\n"
