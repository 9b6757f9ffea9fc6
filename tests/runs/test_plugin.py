"""The plugin as a user's test run has it: fixtures, marker, configuration, reports, and pytest-xdist."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path
from typing import Literal, get_origin

import pytest

import pytest_codeartifact
from pytest_codeartifact import (
    CodeArtifactPluginError,
    FakeCodeArtifact,
    NotThere,
    OperationNotImplemented,
    RealCallRefused,
    ResourceNotFoundException,
    SeedError,
    ThrottlingException,
    UnusedFaults,
    ValidationException,
    pypi,
)

from ..support.printed import hints

HEAD = """
import boto3
import pytest
from pytest_codeartifact import FakeCodeArtifact, Origin, npm, pypi

client = boto3.client("codeartifact", region_name="us-east-1")
TEAM = dict(domain="acme", repository="team")
"""


def run(
    pytester: pytest.Pytester, code: str, *arguments: str, ini: str = "", conftest: str = "", apart: bool = False
) -> pytest.RunResult:
    """Run a test file: in this process, which is quick, or `apart` if it leaves something open or needs a new one."""
    pytester.makeini(f"[pytest]\n{ini}\n")
    if conftest:
        pytester.makeconftest(HEAD + conftest)
    pytester.makepyfile(HEAD + code)
    in_workers = "-n" in arguments
    start = pytester.runpytest_subprocess if apart or in_workers else pytester.runpytest_inprocess
    return start("-p", "no:cacheprovider", "-p", "no:asyncio", *arguments)


def test_every_test_gets_an_empty_fake(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.parametrize("number", range(3))
def test_it(codeartifact, number):
    assert list(codeartifact.domains) == []
    codeartifact.add_domain("acme")
    client.create_repository(**TEAM)
""",
    )

    result.assert_outcomes(passed=3)


def test_the_client_fixture_calls_the_fake_of_the_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact_client, codeartifact):
    codeartifact_client.create_domain(domain="acme")
    assert list(codeartifact.domains) == ["acme"]
""",
    )

    result.assert_outcomes(passed=1)


def test_a_marker_has_precedence_over_the_configuration(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_configured(codeartifact):
    assert (codeartifact.account, codeartifact.region) == ("111122223333", "eu-west-1")

@pytest.mark.codeartifact(account="999988887777", region="ap-south-1", page_size=1)
def test_marked(codeartifact, codeartifact_client):
    assert (codeartifact.account, codeartifact.region) == ("999988887777", "ap-south-1")
    assert codeartifact_client.meta.region_name == "ap-south-1"
    for name in ("one", "two"):
        codeartifact.add_domain(name)
    assert len(codeartifact_client.list_domains()["domains"]) == 1

@pytest.mark.codeartifact(region="ap-south-1")
class TestOfAClass:
    @pytest.mark.codeartifact(account="999988887777")
    def test_nearest_marker(self, codeartifact):
        assert (codeartifact.account, codeartifact.region) == ("999988887777", "ap-south-1")
""",
        "--strict-markers",
        ini="codeartifact_account = 111122223333\ncodeartifact_region = eu-west-1",
    )

    result.assert_outcomes(passed=3)


def test_variables_of_the_environment_do_not_change_the_region_of_a_fake(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")

    result = run(
        pytester,
        """
def test_it(codeartifact):
    assert (codeartifact.account, codeartifact.region) == ("123456789012", "us-east-1")
""",
    )

    result.assert_outcomes(passed=1)


def test_a_misspelled_keyword_of_a_marker_is_an_error(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.codeartifact(acount="111122223333")
def test_it(codeartifact): pass
""",
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*has no keyword 'acount'. Did you mean 'account'?*"])


SEEDED = """
@pytest.fixture(scope="session")
def codeartifact_seed():
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    team.add_packages([pypi(f"package-{number}") for number in range(100)], versions=["1.0"])
    return fake
"""


def test_every_test_gets_a_fork_of_the_seed(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.parametrize("number", range(3))
def test_it(codeartifact, number):
    team = codeartifact.repository("acme", "team")
    assert len(team.packages) == 100
    client.delete_package(**TEAM, format="pypi", package="package-7")
    assert team.deleted == {pypi("package-7")}
    assert codeartifact.calls.operations == ["DeletePackage"]

@pytest.mark.codeartifact(page_size=10)
def test_marked(codeartifact):
    assert len(client.list_packages(**TEAM)["packages"]) == 10
""",
        conftest=SEEDED,
    )

    result.assert_outcomes(passed=4)


def test_the_error_for_reading_deletions_of_the_seed_says_where_to_read_them(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact, codeartifact_seed):
    seeded = codeartifact_seed.repository("acme", "team")
    client.delete_package(**TEAM, format="pypi", package="package-7")
    assert seeded.deleted == set()
""",
        conftest=SEEDED,
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Read codeartifact.repository('acme', 'team').deleted instead.*"])


def test_a_failing_assertion_names_missing_and_unexpected_deletions(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact):
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_packages([pypi("old"), pypi("new")], versions=["1.0"])
    client.delete_package(**TEAM, format="pypi", package="new")
    assert team.deleted == {pypi("old")}
""",
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*packages deleted from repository 'team': {pypi('new')} == {pypi('old')}*",
            "*pypi('new') was removed, and should not have been*",
            "*pypi('old') should have been removed, and was not*",
            "*- CodeArtifact calls -*",
            "fake of account 123456789012 in us-east-1: 1 call, a write (>)",
            "> 1  DeletePackage(acme/team, pypi('new'))  -> ok",
            " *[[]...*_deletions.py:*]",
        ]
    )


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ("{pypi('old')} == team.deleted", "pypi('new') was removed, and should not have been"),
        ("pypi('old') in team.deleted", "pypi('old') should have been removed, and was not"),
        ("pypi('new') not in team.deleted", "pypi('new') was removed, and should not have been"),
        ("team.deleted_versions == {(pypi('old'), '1.0')}", "No such call was made."),
    ],
)
def test_failing_assertions_of_any_form_are_explained(pytester: pytest.Pytester, assertion: str, words: str) -> None:
    result = run(
        pytester,
        f"""
def test_it(codeartifact):
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_packages([pypi("old"), pypi("new")], versions=["1.0"])
    client.delete_package(**TEAM, format="pypi", package="new")
    assert {assertion}
""",
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{words}*"])


def test_the_calls_of_a_fake_that_the_test_opened_are_reported(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it():
    with FakeCodeArtifact():
        client.list_domains()
    assert False
""",
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- CodeArtifact calls -*", "  1  ListDomains()  -> 0 domains  *"])


def test_a_seed_in_another_region_than_the_client_is_reported(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact):
    codeartifact.add_domain("acme")
    boto3.client("codeartifact", region_name="eu-west-1").describe_domain(domain="acme")
""",
        apart=True,
    )

    result.assert_outcomes(failed=1, warnings=1)
    (hint,) = hints(result.stdout.lines)
    assert "looked for domain 'acme' in account 123456789012, region eu-west-1, but this fake has it in account" in hint
    result.stdout.fnmatch_lines(["*test_a_seed_in_another*CodeArtifactWarning: The call looked for domain 'acme'*"])


def test_an_unused_planned_fault_fails_the_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_planned(codeartifact):
    codeartifact.fail("DeletePackage", "ThrottlingException")

def test_cancelled(codeartifact):
    codeartifact.fail("DeletePackage", "ThrottlingException").cancel()

@pytest.mark.codeartifact(unused_faults="allow")
def test_allowed(codeartifact):
    codeartifact.fail("DeletePackage", "ThrottlingException")

def test_failed_anyway(codeartifact):
    codeartifact.fail("DeletePackage", "ThrottlingException")
    assert False
""",
    )

    result.assert_outcomes(passed=3, errors=1, failed=1)
    result.stdout.fnmatch_lines(["*UnusedFaults: A planned fault was never used.", "*fail('DeletePackage', *"])


def test_a_plugin_that_was_loaded_earlier_has_its_clients_intercepted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        early="""
import boto3
session = boto3.Session(region_name="us-east-1")
client = session.client("codeartifact")
"""
    )
    pytester.syspathinsert()

    result = run(
        pytester,
        """
import early

def test_it(codeartifact):
    early.client.create_domain(domain="acme")
    early.session.client("codeartifact").create_repository(**TEAM)
    assert list(codeartifact.domain("acme").repositories) == ["team"]
""",
        "-p",
        "early",
        apart=True,
    )

    result.assert_outcomes(passed=1)


def test_a_client_made_in_a_conftest_is_intercepted(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact, made_in_conftest):
    made_in_conftest.create_domain(domain="acme")
    assert list(codeartifact.domains) == ["acme"]
""",
        conftest="""
@pytest.fixture
def made_in_conftest():
    return client
""",
    )

    result.assert_outcomes(passed=1)


MANY = """
@pytest.mark.parametrize("number", range(24))
@pytest.mark.xdist_group("even")
def test_it(codeartifact, number):
    assert codeartifact.calls == []
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_package(pypi("old"), versions=["1.0"])
    client.delete_package(**TEAM, format="pypi", package="old")
    assert team.deleted == {pypi("old")}
"""


@pytest.mark.parametrize(("distribution", "passed"), [("loadgroup", 24), ("each", 48)])
def test_fakes_are_isolated_under_xdist(pytester: pytest.Pytester, distribution: str, passed: int) -> None:
    pytest.importorskip("xdist")

    result = run(pytester, MANY, "-n", "2", "--dist", distribution)

    result.assert_outcomes(passed=passed)


def test_errors_of_the_plugin_are_reported_from_workers_of_xdist(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")

    result = run(
        pytester,
        """
def test_refused(): client.list_domains()
def test_seed(codeartifact): codeartifact.add_domain("Acme")
def test_missing(codeartifact): codeartifact.domain("acme")
def test_service(codeartifact): client.describe_domain(domain="acme")
def test_unused(codeartifact): codeartifact.fail("DeletePackage", "ThrottlingException")
def test_compared(codeartifact):
    team = codeartifact.add_domain("acme").add_repository("team")
    assert team.deleted == {pypi("old")}
""",
        "-n",
        "2",
    )

    result.assert_outcomes(failed=5, passed=1, errors=1)
    result.stdout.fnmatch_lines_random(
        ["*RealCallRefused*", "*SeedError*", "*NotThere*", "*UnusedFaults*", "*should have been removed, and was not*"]
    )


@pytest.mark.parametrize(
    "error",
    [
        CodeArtifactPluginError("x"),
        SeedError("x"),
        NotThere("x"),
        UnusedFaults("x"),
        RealCallRefused("x"),
        OperationNotImplemented("x"),
        ResourceNotFoundException("x", "acme", "domain"),
        ThrottlingException("x", retry_after_seconds=3),
        ValidationException("x", "OTHER"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_can_be_pickled(error: BaseException) -> None:
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), vars(copy)) == (type(error), "x", vars(error))


def test_all_public_names_exist_and_an_unknown_one_raises() -> None:
    assert {name: getattr(pytest_codeartifact, name) for name in pytest_codeartifact.__all__}
    assert set(pytest_codeartifact.__all__) <= set(dir(pytest_codeartifact))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = pytest_codeartifact.nothing


def test_type_checkers_find_the_public_names_where_they_are_at_run_time() -> None:
    tree = ast.parse(Path(pytest_codeartifact.__file__).read_text(encoding="utf-8"))
    seen_by_checkers = {
        name.name: statement.module
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for name in statement.names
    }

    assert seen_by_checkers == pytest_codeartifact._MODULE_BY_NAME
    assert sorted(seen_by_checkers) == sorted(pytest_codeartifact.__all__)


def test_every_public_name_is_documented() -> None:
    undocumented = [
        f"{name}.{member}" if member else name
        for name in pytest_codeartifact.__all__
        for thing in [getattr(pytest_codeartifact, name)]
        if get_origin(thing) is not Literal  # what a checker shows of it is in the source, see test_docs
        for member in ["", *(vars(thing) if isinstance(thing, type) else ())]
        if not member.startswith("_")
        for documented in [getattr(thing, member) if member else thing]
        if (callable(documented) or isinstance(documented, property)) and not documented.__doc__
    ]

    assert undocumented == []


def test_the_fixtures_are_documented(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--fixtures")

    result.stdout.fnmatch_lines_random(["codeartifact --*", "codeartifact_client --*", "codeartifact_seed *--*"])


def test_the_example_in_the_docstring_of_the_class_works() -> None:
    with FakeCodeArtifact() as fake:
        team = fake.add_domain("acme").add_repository("team")

    assert pypi("anything") not in team.packages


def test_configured_values_are_the_defaults_of_every_fake(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact):
    with FakeCodeArtifact() as other, FakeCodeArtifact(region="eu-west-1") as elsewhere:
        assert codeartifact.domain("acme").arn == "arn:aws:codeartifact:eu-north-1:111122223333:domain/acme"
        assert (other.account, other.region) == ("111122223333", "eu-north-1")
        assert (elsewhere.account, elsewhere.region) == ("111122223333", "eu-west-1")
""",
        ini="codeartifact_account = 111122223333\ncodeartifact_region = eu-north-1",
        conftest="""
@pytest.fixture(scope="session")
def codeartifact_seed():
    fake = FakeCodeArtifact()
    fake.add_domain("acme")
    return fake
""",
    )

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("conftest", "code", "message"),
    [
        ("", "@pytest.mark.codeartifact('111122223333')", "*takes keywords only, not ('111122223333',)*"),
        (
            "",
            "@pytest.mark.codeartifact(region='nowhere')",
            "*The region must be a name like 'eu-west-1', not 'nowhere'*",
        ),
        (
            "@pytest.fixture(scope='session')\ndef codeartifact_seed():\n    return {}",
            "",
            "*codeartifact_seed must return a FakeCodeArtifact, not {}*",
        ),
    ],
)
def test_wrong_markers_and_seeds_are_errors_with_a_reason(
    pytester: pytest.Pytester, conftest: str, code: str, message: str
) -> None:
    result = run(pytester, f"{code}\ndef test_it(codeartifact):\n    pass\n", conftest=conftest)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_the_seed_of_all_tests_cannot_be_changed_by_a_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact, codeartifact_seed):
    with pytest.raises(ValueError, match="the seed that all tests share"):
        codeartifact_seed.add_domain("leak")
    codeartifact.add_domain("mine")

def test_another(codeartifact):
    assert not codeartifact.domains
""",
        conftest="""
@pytest.fixture(scope="session")
def codeartifact_seed():
    return FakeCodeArtifact()
""",
    )

    result.assert_outcomes(passed=2)


def test_the_traceback_of_an_impossible_seed_ends_at_the_line_of_the_test(
    pytester: pytest.Pytester,
) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact):
    codeartifact.add_domain("acme").add_repository("team").add_packages([npm("x")], versions="1.0")
""",
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">*add_packages(*", "E*SeedError: The versions of npm('x') must be a list*"])
    result.stdout.no_fnmatch_line("*seeding.py*")


def test_a_version_removed_by_another_operation_is_explained(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact):
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_package(pypi("x"), versions=["1", "2"])
    client.delete_package(**TEAM, format="pypi", package="x")
    assert team.deleted_versions == {(pypi("x"), "1")}
""",
    )

    result.stdout.fnmatch_lines(
        [
            "E*(pypi('x'), '1') was removed by another operation (call 1, below)",
            "> 1  DeletePackage(acme/team, pypi('x'))*",
        ]
    )


@pytest.mark.parametrize(("verbose", "named"), [((), 2), (("-vv",), 40)])
def test_a_long_difference_is_shortened_unless_verbose(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, verbose: tuple[str, ...], named: int
) -> None:
    monkeypatch.delenv("CI", raising=False)  # pytest cuts nothing off there
    result = run(
        pytester,
        """
def test_it(codeartifact):
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_packages([pypi(f"p{number:02}") for number in range(40)])
    for number in range(40):
        client.delete_package(**TEAM, format="pypi", package=f"p{number:02}")
    assert team.deleted == {pypi("missed")}
""",
        *verbose,
    )

    lines = [line for line in result.stdout.lines if line.startswith("E ") and "should not have been" in line]
    assert len(lines) == named
    result.stdout.fnmatch_lines(["E*pypi('missed') should have been removed, and was not"])


def test_a_hint_as_an_error_does_not_replace_the_response(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(codeartifact):
    codeartifact.add_domain("acme", region="eu-west-1")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_domain(domain="acme")
""",
        "-W", "error",
    )  # fmt: skip

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("assertion", ["not codeartifact.calls", "first == second", "codeartifact.calls == [first]"])
def test_reports_show_no_authorization_token(pytester: pytest.Pytester, assertion: str) -> None:
    result = run(
        pytester,
        f"""
def test_it(codeartifact):
    codeartifact.add_domain("acme")
    for duration in (900, 1000):
        client.get_authorization_token(domain="acme", durationSeconds=duration)
    first, second = codeartifact.calls
    assert first.response["authorizationToken"].startswith("eyJ")
    assert {assertion}
""",
        "-vv",
    )

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*eyJ2ZXIi*")
