"""The plugin among other plugins and pytest's own features, as a user's run has them."""

from __future__ import annotations

import sys

import pytest

SEEDED = """
import boto3
import pytest
from pytest_codeartifact import FakeCodeArtifact, pypi

client = boto3.client("codeartifact", region_name="us-east-1")
TEAM = dict(domain="acme", repository="team")


def clean_up():
    client.delete_package(**TEAM, format="pypi", package="old")


def seed(fake):
    team = fake.add_domain("acme").add_repository("team")
    team.add_packages([pypi("old"), pypi("new")])
    return team
"""

ONE_TEST = """
def test_it(codeartifact):
    team = seed(codeartifact)
    clean_up()
    assert team.deleted == {pypi("old")}
"""


def run(pytester: pytest.Pytester, code: str, *arguments: str, ini: str = "") -> pytest.RunResult:
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makepyfile(SEEDED + code)
    if "asyncio" in arguments:  # its plugin warns of its defaults
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", *arguments)


@pytest.mark.parametrize(
    ("option", "lines"),
    [
        (
            "--fixtures",
            [
                "codeartifact_seed*",
                "*seeded*",
                "codeartifact --*",
                "*An open fake AWS CodeArtifact*",
                "codeartifact_client --*",
            ],
        ),
        ("--markers", ["@pytest.mark.codeartifact(*page_size*", "@pytest.mark.codeartifact_real_calls:*"]),
        (
            "--help",
            [
                "*codeartifact_account*",
                "*codeartifact_region*",
                "*codeartifact_real_calls*",
                "*codeartifact_environment*",
            ],
        ),
    ],
)
def test_pytest_lists_the_fixtures_markers_and_options_of_the_plugin(
    pytester: pytest.Pytester, option: str, lines: list[str]
) -> None:
    run(pytester, "", option).stdout.fnmatch_lines(lines)


def test_strict_markers_and_warnings_as_errors_are_supported(pytester: pytest.Pytester) -> None:
    code = """
pytestmark = pytest.mark.codeartifact_real_calls

@pytest.mark.codeartifact(region="eu-west-1")
def test_marked(codeartifact):
    assert codeartifact.region == "eu-west-1"
"""
    result = run(
        pytester, code, "--strict-markers", "--strict-config", "-W", "error", ini="codeartifact_real_calls = forbid"
    )

    result.assert_outcomes(passed=1)


def test_the_plugin_can_be_disabled(pytester: pytest.Pytester) -> None:
    result = run(pytester, ONE_TEST, "-p", "no:codeartifact")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'codeartifact' not found*"])


def test_test_cases_of_unittest_can_use_a_fake(pytester: pytest.Pytester) -> None:
    code = """
import unittest

class TestCleanUp(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def fake(self, codeartifact):
        self.team = seed(codeartifact)

    def test_it(self):
        clean_up()
        self.assertEqual(self.team.deleted, {pypi("old")})

    def test_nothing_is_left_of_other_tests(self):
        self.assertEqual(self.team.deleted, set())


class TestWithoutTheFixture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.team = seed(cls.enterClassContext(FakeCodeArtifact()) if hasattr(cls, "enterClassContext") else cls.fake())

    @classmethod
    def fake(cls):
        fake = FakeCodeArtifact()
        fake.open()
        cls.addClassCleanup(fake.close)
        return fake

    def test_it(self):
        clean_up()
        self.assertIn(pypi("new"), self.team.packages)
"""
    run(pytester, code).assert_outcomes(passed=3)


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
def test_a_fixture_of_a_wider_scope_can_share_a_fake(pytester: pytest.Pytester, scope: str) -> None:
    code = f"""
@pytest.fixture(scope="{scope}")
def team():
    with FakeCodeArtifact() as fake:
        yield seed(fake)

class TestThem:
    def test_one(self, team):
        clean_up()

    def test_another(self, team):
        assert team.deleted == {{pypi("old")}}

    def test_a_separate_fake(self, team, codeartifact):
        assert client.list_domains()["domains"] == []
"""
    run(pytester, code, "-p", "no:randomly").assert_outcomes(passed=3)


def test_doctests_can_use_the_fixture(pytester: pytest.Pytester) -> None:
    code = '''
def test_nothing():
    """
    >>> fake = getfixture("codeartifact")
    >>> team = seed(fake)
    >>> clean_up()
    >>> team.deleted
    {pypi('old')}
    """
'''
    run(pytester, code, "--doctest-modules").assert_outcomes(passed=2)


def test_the_debugger_finds_the_fake_open(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SEEDED + ONE_TEST.replace('{pypi("old")}', "set()"))
    child = pytester.spawn_pytest("--pdb -p no:cacheprovider") if sys.platform != "win32" else None
    if child is None:
        pytest.skip("there is no pexpect on Windows")
    child.expect("Pdb")
    child.sendline("len(client.list_packages(**TEAM)['packages'])")
    child.expect("1")
    child.sendline("q")
    child.wait()


@pytest.mark.parametrize(
    ("plugin", "code", "arguments", "passed"),
    [
        (
            "pytest_asyncio",
            """
import asyncio

@pytest.mark.asyncio
async def test_it(codeartifact):
    team = seed(codeartifact)
    await asyncio.get_running_loop().run_in_executor(None, clean_up)
    assert team.deleted == {pypi("old")}
""",
            ("-p", "asyncio"),
            1,
        ),
        ("pytest_repeat", ONE_TEST, ("--count", "3"), 3),
        ("pytest_timeout", ONE_TEST, ("--timeout", "30"), 1),
        ("pytest_timeout", ONE_TEST, ("--timeout", "30", "--timeout-method", "thread"), 1),
    ],
    ids=["asyncio", "repeat", "timeout by signal", "timeout by thread"],
)
def test_the_fixture_works_with_other_plugins(
    pytester: pytest.Pytester, plugin: str, code: str, arguments: tuple[str, ...], passed: int
) -> None:
    pytest.importorskip(plugin)

    run(pytester, code, *arguments, ini="").assert_outcomes(passed=passed)


def test_tests_can_run_in_random_order(pytester: pytest.Pytester) -> None:
    pytest.importorskip("pytest_randomly")
    code = """
@pytest.mark.parametrize("number", range(20))
def test_it(codeartifact, number):
    team = seed(codeartifact)
    clean_up()
    assert len(codeartifact.calls) == 1
"""
    run(pytester, code, "-p", "randomly").assert_outcomes(passed=20)
