"""What a test writes and what would come to nothing is refused: blocks, seeds, markers, keywords."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from pytest_codeartifact import CodeArtifactPluginError, FakeCodeArtifact, Location, Repository, SeedError, npm, pypi
from pytest_codeartifact.fake import Settings
from pytest_codeartifact.handles import DomainSettings
from pytest_codeartifact.handles.version_arguments import VersionDetails, details

from .test_plugin import HEAD, run


def run_all(pytester: pytest.Pytester, codes: Iterable[str], *arguments: str) -> pytest.RunResult:
    """Run them in one run, each in a file of its own: ``test_0.py`` and so on."""
    pytester.makepyfile(**{f"test_{number}": HEAD + code for number, code in enumerate(codes)})
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", *arguments)


def says(result: pytest.RunResult, message: str) -> int:
    """How many tests are reported with this error."""
    return sum(line.startswith("E ") and line.endswith(message) for line in result.stdout.lines)


# Blocks that are never entered

BLOCKS = {
    "of the fixture": "def test_it(codeartifact):\n    codeartifact.unchanged()  # here",
    "kept in a variable": "def test_it(codeartifact):\n    block = codeartifact.unchanged()  # here",
    "of a fork that is never opened": "def test_it(codeartifact):\n    codeartifact.fork().unchanged()  # here",
    "of a fake that is never opened": "def test_it():\n    FakeCodeArtifact().unchanged()  # here",
    "of a fake within": """
def test_it(codeartifact):
    with FakeCodeArtifact() as fake:
        fake.unchanged()  # here
""",
    "of a fake that is opened by hand": """
def test_it():
    fake = FakeCodeArtifact()
    fake.open()
    fake.unchanged()  # here
    fake.close()
""",
    "of a fake of a wider scope": """
@pytest.fixture(scope="module")
def fake():
    with FakeCodeArtifact() as fake:
        yield fake

def test_it(fake):
    fake.unchanged()  # here

def test_other(fake):
    pass
""",
    "in asynchronous code": """
import asyncio

def test_it(codeartifact):
    async def dry_run():
        codeartifact.unchanged()  # here
    asyncio.run(dry_run())
""",
    "in a generator that is never resumed": """
def test_it(codeartifact):
    def steps():
        block = codeartifact.unchanged()  # here
        yield
        with block:
            yield
    next(steps())
""",
    "in a test of unittest": """
import unittest

class TestOfUnittest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def fake(self, codeartifact):
        self.fake = codeartifact

    def test_it(self):
        self.fake.unchanged()  # here
""",
}


def test_a_block_that_is_never_entered_fails_its_test_with_its_line(pytester: pytest.Pytester) -> None:
    result = run_all(pytester, BLOCKS.values())

    result.assert_outcomes(errors=8, failed=2, passed=9)
    for number in range(len(BLOCKS)):
        lines = (pytester.path / f"test_{number}.py").read_text().splitlines()
        (line,) = (at for at, text in enumerate(lines, 1) if "# here" in text)
        message = (
            f"CodeArtifactPluginError: unchanged() was called without `with` at test_{number}.py:{line}, so it "
            f"asserted nothing. Write: with codeartifact.unchanged(): ..."
        )
        assert says(result, message) == 1
    for file in ("changes.py", "fake.py", "plugin.py"):
        result.stdout.no_fnmatch_line(f"*{file}:*")


def test_a_block_that_is_never_entered_is_not_reported_beside_another_failure(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.fixture
def mine():
    with FakeCodeArtifact() as fake:
        yield fake

def test_failed(codeartifact):
    codeartifact.unchanged()
    assert False

def test_failed_with_a_fixture_of_ones_own(mine):
    mine.unchanged()
    assert False

def test_failed_within():
    with FakeCodeArtifact() as fake:
        fake.unchanged()
        assert False

def test_failed_and_closed():
    fake = FakeCodeArtifact()
    fake.open()
    try:
        fake.unchanged()
        assert False
    finally:
        fake.close()

def test_skipped(codeartifact):
    codeartifact.unchanged()
    pytest.skip("not today")

@pytest.mark.xfail
def test_expected_to_fail(codeartifact):
    codeartifact.unchanged()
    assert False

def test_forgets_them(codeartifact):
    pass
""",
    )

    result.assert_outcomes(failed=4, skipped=1, xfailed=1, passed=1)
    result.stdout.no_fnmatch_line("*CodeArtifactPluginError*")


def test_unused_faults_of_a_users_fixture_are_not_reported_for_a_failed_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.fixture
def mine():
    with FakeCodeArtifact() as fake:
        yield fake

@pytest.fixture(scope="session")
def of_all_tests():
    with FakeCodeArtifact() as fake:
        fake.fail("ListDomains", "ThrottlingException")
        yield fake

def test_it(mine, of_all_tests):
    mine.fail("DeletePackage", "ThrottlingException")
    assert False

def test_last(of_all_tests):
    pytest.skip("so what is wrong with the fake of all tests is said")
""",
        "-p", "no:randomly",
    )  # fmt: skip

    result.assert_outcomes(failed=1, skipped=1, errors=1)
    result.stdout.fnmatch_lines(["E*UnusedFaults: A planned fault was never used.", "*fail('ListDomains', *"])
    result.stdout.no_fnmatch_line("*fail('DeletePackage*")


def test_closing_a_fake_reports_a_block_that_was_never_entered_once() -> None:
    fake = FakeCodeArtifact()
    fake.open()
    fake.unchanged()
    with fake.unchanged():
        pass

    with pytest.raises(
        CodeArtifactPluginError, match=r"without `with` at \S*test_misuse.py:\d+, so it asserted nothing"
    ):
        fake.close()
    fake.close()
    with fake:
        fake.changes()


# Seeds that are never returned

SILENT = {
    "forgets it": "def codeartifact_seed():\n    fake = FakeCodeArtifact()\n    fake.add_domain('acme')",
    "returns None": "def codeartifact_seed():\n    return None",
    "yields nothing": "def codeartifact_seed():\n    fake = FakeCodeArtifact()\n    yield",
    "takes ours": "def codeartifact_seed(codeartifact_seed):\n    assert not codeartifact_seed",
}


@pytest.mark.parametrize("in_conftest", [True, False])
def test_a_seed_that_is_not_returned_is_refused_in_every_test(pytester: pytest.Pytester, in_conftest: bool) -> None:
    fixtures = [f"@pytest.fixture(scope='session')\n{seed}\n" for seed in SILENT.values()]
    tests = "def test_it(codeartifact):\n    pass\ndef test_client(codeartifact_client):\n    pass\n"
    message = (
        "UsageError: codeartifact_seed has returned None. End it with `return fake`, or with `return "
        "FakeCodeArtifact()` for an empty fake."
    )

    if in_conftest:
        pytester.makeconftest(HEAD + fixtures[0])
        fixtures = [""]
    result = run_all(pytester, [fixture + tests for fixture in fixtures])

    result.assert_outcomes(errors=2 * len(fixtures))
    assert says(result, message) == 2 * len(fixtures)
    result.stdout.no_fnmatch_line("*plugin.py:*")


def test_a_seed_that_extends_another_one_must_be_returned_too(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
class TestIt:
    @pytest.fixture
    def codeartifact_seed(self, codeartifact_seed):
        codeartifact_seed.add_domain("acme")

    def test_it(self, codeartifact): pass
""",
        conftest="""
@pytest.fixture
def codeartifact_seed():
    return FakeCodeArtifact()
""",
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E*UsageError: codeartifact_seed has returned None. End it with*"])


def test_a_seed_may_be_empty_or_that_of_an_outer_scope(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
class TestEmpty:
    @pytest.fixture
    def codeartifact_seed(self):
        return FakeCodeArtifact()

    def test_it(self, codeartifact):
        assert not codeartifact.domains

class TestPassedOn:
    @pytest.fixture
    def codeartifact_seed(self, codeartifact_seed):
        return codeartifact_seed

    def test_it(self, codeartifact):
        assert not codeartifact.domains

    class TestMore:
        @pytest.fixture
        def codeartifact_seed(self):
            fake = FakeCodeArtifact()
            fake.add_domain("acme")
            return fake

        def test_it(self, codeartifact):
            assert list(codeartifact.domains) == ["acme"]
""",
    )

    result.assert_outcomes(passed=3)


# Markers without effect

USED = {
    "requested": "def test_it(codeartifact): pass",
    "through another fixture of ours": "def test_it(codeartifact_client): pass",
    "through a fixture of ones own": "@pytest.fixture\ndef mine(codeartifact): pass\ndef test_it(mine): pass",
    "by usefixtures": "@pytest.mark.usefixtures('codeartifact')\ndef test_it(): pass",
    "by usefixtures of the class": """
@pytest.mark.usefixtures("codeartifact")
class TestIt:
    @pytest.mark.codeartifact
    def test_it(self): pass
""",
    "by an autouse fixture": "@pytest.fixture(autouse=True)\ndef mine(codeartifact): pass\ndef test_it(): pass",
    "by a call of the test": "def test_it(request): request.getfixturevalue('codeartifact')",
    "by a call of a fixture": """
@pytest.fixture
def mine(request): request.getfixturevalue("codeartifact_client")

@pytest.mark.codeartifact
def test_it(mine): pass
""",
    "overridden": "@pytest.fixture\ndef codeartifact():\n    yield 1\ndef test_it(codeartifact): pass",
    "in a test of unittest": """
import unittest

class TestOfUnittest(unittest.TestCase):
    @pytest.mark.codeartifact
    @pytest.mark.usefixtures("codeartifact")
    def test_it(self): pass
""",
}


def marked(code: str) -> str:
    if "pytest.mark.codeartifact\n" in code:
        return code
    head, test, tail = code.rpartition("def test_it")
    return f"{head}{'' if head.endswith(chr(10)) or not head else chr(10)}@pytest.mark.codeartifact\n{test}{tail}"


def test_a_marker_is_accepted_however_the_fixture_is_requested(pytester: pytest.Pytester) -> None:
    result = run_all(pytester, map(marked, USED.values()), "--strict-markers")

    result.assert_outcomes(passed=len(USED))


UNUSED = {
    "a function": "@pytest.mark.codeartifact(region='eu-west-1')\ndef test_it(): pass",
    "a method": "class TestIt:\n    @pytest.mark.codeartifact\n    def test_it(self): pass",
    "a function with another fixture": "@pytest.mark.codeartifact\ndef test_it(tmp_path): pass",
    "one case": """
@pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.codeartifact)])
def test_it(number): pass
""",
    "a test of unittest": """
import unittest

class TestOfUnittest(unittest.TestCase):
    @pytest.mark.codeartifact
    def test_it(self): pass
""",
}


def test_a_marker_without_the_fixture_is_refused(pytester: pytest.Pytester) -> None:
    message = (
        " is marked with codeartifact, but does not use the fixture of that name. Write "
        "def test_it(codeartifact), or add @pytest.mark.usefixtures('codeartifact'); or remove the marker."
    )

    result = run_all(pytester, UNUSED.values())

    result.assert_outcomes(failed=len(UNUSED))
    assert says(result, message) == len(UNUSED)
    result.stdout.no_fnmatch_line("*markers.py:*")


def test_an_inherited_marker_applies_only_to_tests_with_the_fixture(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
pytestmark = pytest.mark.codeartifact(region="eu-west-1")

def test_without(): pass

def test_with(codeartifact):
    assert codeartifact.region == "eu-west-1"

@pytest.mark.codeartifact(account="111122223333")
class TestIt:
    def test_without(self): pass

    def test_with(self, codeartifact):
        assert (codeartifact.account, codeartifact.region) == ("111122223333", "eu-west-1")
""",
        conftest="""
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.codeartifact(backoff=True))
""",
    )

    result.assert_outcomes(passed=4)


def test_a_failed_or_skipped_test_with_a_useless_marker_keeps_its_outcome(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.codeartifact
def test_fails():
    assert "its own" == "failure"

@pytest.mark.codeartifact
def test_calls():
    client.list_domains()

@pytest.mark.codeartifact
def test_skips():
    pytest.skip("not today")
""",
    )

    result.assert_outcomes(failed=2, skipped=1)
    result.stdout.no_fnmatch_line("*UsageError*")


def test_a_marker_for_real_calls_is_refused_beside_the_fixture(pytester: pytest.Pytester) -> None:
    routes = [
        "def test_it(codeartifact): pass",
        "def test_it(codeartifact_client): pass",
        "@pytest.mark.usefixtures('codeartifact')\ndef test_it(): pass",
        "def test_it(request): request.getfixturevalue('codeartifact')",
    ]
    message = (
        "UsageError: test_it is marked with codeartifact_real_calls and has the fixture `codeartifact`, which answers "
        "every call. Remove the marker, or the fixture and what requests it."
    )

    result = run_all(pytester, [f"@pytest.mark.codeartifact_real_calls\n{code}" for code in routes])

    result.assert_outcomes(errors=3, failed=1)
    assert says(result, message) == len(routes)


def test_the_fixture_has_precedence_over_an_inherited_marker_for_real_calls(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
from pytest_codeartifact import RealCallRefused

def check(fake):
    client.create_domain(domain="acme")
    assert list(fake.domains) == ["acme"]
    fake.close()
    with pytest.raises(RealCallRefused):
        client.list_domains()

@pytest.fixture
def early():
    with pytest.raises(RealCallRefused):
        client.list_domains()

@pytest.mark.codeartifact_real_calls
class TestIt:
    def test_requested(self, early, codeartifact):
        check(codeartifact)

    def test_called(self, request):
        check(request.getfixturevalue("codeartifact"))
""",
    )

    result.assert_outcomes(passed=2)


# Keywords


def test_the_error_for_a_misspelt_keyword_of_the_marker_lists_the_valid_ones(pytester: pytest.Pytester) -> None:
    test = "@pytest.mark.codeartifact(acount='111122223333')\ndef test_it(codeartifact): pass"
    seed = "@pytest.fixture\ndef codeartifact_seed():\n    return FakeCodeArtifact()\n"
    message = (
        "UsageError: The marker codeartifact has no keyword 'acount'. Did you mean 'account'? Choose from: account, "
        "region, page_size, unused_faults, backoff, foreign_domains, environment."
    )

    result = run_all(pytester, [test, seed + test])

    result.assert_outcomes(errors=2)
    assert says(result, message) == 2
    result.stdout.no_fnmatch_line("*TypeError*")


def test_errors_of_a_marker_are_reported_without_source_of_the_plugin(pytester: pytest.Pytester) -> None:
    marked = "@pytest.mark.codeartifact({})\ndef test_it(codeartifact): pass"
    wrong = ["'eu-west-1'", "acount=1", "region='Europe'", "page_size=0", "backoff='no'", "unused_faults='alow'"]

    result = run_all(pytester, map(marked.format, wrong))

    result.assert_outcomes(errors=len(wrong))
    assert says(result, "UsageError: The marker codeartifact takes keywords only, not ('eu-west-1',).") == 1
    result.stdout.no_re_match_line(r".*(def settings|raise pytest\.|pytest_codeartifact/).*")


def test_an_error_on_closing_by_unittest_is_reported_without_source_of_the_plugin(pytester: pytest.Pytester) -> None:
    code = """
import unittest

class TestIt(unittest.TestCase):
    def test_it(self):
        fake = FakeCodeArtifact()
        fake.open()
        self.addCleanup(fake.close)
        fake.unchanged()
"""

    result = run_all(pytester, [code])

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*unchanged() was called without `with`*"])
    result.stdout.no_re_match_line(r".*(def close|self\._judge|pytest_codeartifact/).*")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda fake, team: fake.fork(pagesize=1),
            r"fork\(\) has no keyword 'pagesize'. Did you mean 'page_size'\? Choose from: account, region, page_size, ",
        ),
        (lambda fake, team: fake.fork(nothing=1), r"fork\(\) has no keyword 'nothing'. Choose from: account, region, "),
        (
            lambda fake, team: team.publish(npm("x"), "1.0", read_me="# X"),
            r"publish\(\) has no keyword 'read_me'. Did you mean 'readme'\? Choose from: assets, unfinished, ",
        ),
        (
            lambda fake, team: fake.add_domain("new", tag={}),
            r"add_domain\(\) has no keyword 'tag'. Did you mean 'tags'\? Choose from: account, region, ",
        ),
    ],
    ids=["fork", "fork, unlike any", "publish", "add_domain"],
)
def test_the_error_for_a_misspelt_keyword_lists_the_valid_ones(
    codeartifact: FakeCodeArtifact, team: Repository, call: Callable[[FakeCodeArtifact, Repository], Any], message: str
) -> None:
    with pytest.raises(SeedError, match=message), codeartifact.unchanged():
        call(codeartifact, team)


@pytest.mark.parametrize(
    ("keywords", "function", "others"),
    [
        (Settings, FakeCodeArtifact, set()),
        (DomainSettings, Location.add_domain, {"self", "name"}),
        (VersionDetails, details, {"id", "version", "assets", "kept", "notes"}),
    ],
    ids=["FakeCodeArtifact", "add_domain", "publish"],
)
def test_the_typed_keywords_are_the_parameters_of_the_functions(
    keywords: type, function: Callable[..., Any], others: set[str]
) -> None:
    assert keywords.__annotations__.keys() == inspect.signature(function).parameters.keys() - others


def test_keywords_of_fork_set_the_options_of_the_fork(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.add_domain("acme")

    fork = codeartifact.fork(account="111122223333", page_size=1)

    assert (fork.account, fork.region) == ("111122223333", codeartifact.region)
    assert list(fork.at(codeartifact.account).domains) == ["acme"]
    assert pypi("x") not in fork.at(codeartifact.account).domain("acme").add_repository("team").packages
