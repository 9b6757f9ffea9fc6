"""Errors of this package that fail a test even if the code under test catches them, and their reports."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_codeartifact import OperationNotImplemented, RealCallRefused

from ..runs.test_plugin import run

SHARED = """
@pytest.fixture(scope="module")
def shared():
    try:
        return client.list_domains()
    except Exception:
        return None
"""
REFUSED = "E*RealCallRefused: ListDomains would have been sent to codeartifact.us-east-1.amazonaws.com by *"


@pytest.mark.parametrize("error", [RealCallRefused, OperationNotImplemented])
def test_errors_of_the_guard_are_failures_of_pytest_and_not_exceptions(error: type[BaseException]) -> None:
    assert issubclass(error, pytest.fail.Exception)
    assert not issubclass(error, Exception)


@pytest.mark.parametrize("scope", ["module", "session", "class"])
def test_every_test_that_shares_a_failed_fixture_reports_the_reason(pytester: pytest.Pytester, scope: str) -> None:
    result = run(
        pytester,
        SHARED.replace("module", scope)
        + """
class TestIt:
    @pytest.mark.parametrize("number", range(3))
    def test_it(self, shared, number):
        pass
""",
    )

    result.assert_outcomes(errors=3)
    assert sum("RealCallRefused: ListDomains would have been sent" in line for line in result.stdout.lines) == 3
    result.stdout.no_fnmatch_line("*AssertionError*")


def test_the_reason_is_reported_from_workers_of_xdist(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")

    result = run(pytester, f"{SHARED}\ndef test_it(shared): pass\ndef test_again(shared): pass\n", "-n", "1")

    result.assert_outcomes(errors=2)
    assert sum("RealCallRefused: ListDomains would have been sent" in line for line in result.stdout.lines) == 2


def test_except_exception_does_not_catch_a_refused_call(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
import unittest

def clean_up():
    try:
        client.list_domains()
    except Exception:
        pass

def test_it(): clean_up()

class TestOfUnittest(unittest.TestCase):
    def test_it(self): clean_up()
""",
    )

    result.assert_outcomes(failed=2)


def test_a_test_may_expect_a_refused_call(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
from pytest_codeartifact import RealCallRefused

def test_it():
    with pytest.raises(RealCallRefused, match="no fake CodeArtifact was open"):
        client.list_domains()

@pytest.mark.xfail(raises=RealCallRefused, strict=True)
def test_expected():
    client.list_domains()
""",
    )

    result.assert_outcomes(passed=1, xfailed=1)


WAYS = {
    "in a test": """
def test_it():
    client.list_domains()
""",
    "in a thread": """
from concurrent.futures import ThreadPoolExecutor

def work():
    client.list_domains()

def test_it():
    ThreadPoolExecutor(1).submit(work).result()
""",
    "wrapped": """
def test_it():
    try:
        client.list_domains()
    except BaseException as refused:
        raise ValueError("wrapped") from refused
""",
}


@pytest.mark.parametrize("code", WAYS.values(), ids=WAYS)
def test_the_traceback_of_a_refused_call_ends_at_the_line_of_the_user(pytester: pytest.Pytester, code: str) -> None:
    result = run(pytester, code)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">  *client.list_domains()*", REFUSED])
    for file in ("client.py", "hooks.py", "door.py", "guard.py", "hook.py"):
        result.stdout.no_fnmatch_line(f"*{file}:*")


def test_the_debugger_stops_at_the_line_of_the_user(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\n")
    pytester.makepyfile(
        """
import boto3

def test_it():
    mine = "a local variable"
    boto3.client("codeartifact", region_name="us-east-1").list_domains()
"""
    )

    result = pytester.run(
        *(sys.executable, "-m", "pytest", "-p", "no:asyncio", "--pdb"), stdin=b"print('It is', mine)\nquit\n"
    )

    result.stdout.fnmatch_lines([REFUSED, "*It is a local variable*"])


def test_unused_faults_are_reported_without_internal_source(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_fixture(codeartifact):
    codeartifact.fail("DeletePackage", "ThrottlingException")

def test_block():
    with FakeCodeArtifact() as fake:
        fake.fail("DeletePackage", "ThrottlingException")
""",
    )

    result.assert_outcomes(passed=1, errors=1, failed=1)
    assert sum("UnusedFaults: A planned fault was never used." in line for line in result.stdout.lines) == 2
    for file in ("plugin.py", "fake.py"):
        result.stdout.no_fnmatch_line(f"*{file}:*")


# Without pytest

WITHOUT_PYTEST = """
import pickle, sys
from pytest_codeartifact import OperationNotImplemented, RealCallRefused

assert "pytest" not in sys.modules
assert [error.__bases__ for error in (RealCallRefused, OperationNotImplemented)] == [(BaseException,)] * 2
"""


def without_pytest(code: str, *arguments: str) -> str:
    script = [sys.executable, "-c", WITHOUT_PYTEST + code, *arguments]
    return subprocess.run(script, check=True, capture_output=True, text=True).stdout


def test_errors_of_the_guard_do_not_import_pytest() -> None:
    assert without_pytest('print(repr(RealCallRefused("why")))') == "RealCallRefused('why')\n"


@pytest.mark.parametrize("error", [RealCallRefused("why"), OperationNotImplemented("why")])
def test_errors_of_the_guard_can_be_pickled_to_a_process_without_pytest_and_back(
    error: BaseException, tmp_path: Path
) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(pickle.dumps(error))

    without_pytest(
        """
error = pickle.load(open(sys.argv[1], "rb"))
assert str(error) == "why" and type(error).__name__ == sys.argv[3]
pickle.dump(type(error)("because"), open(sys.argv[2], "wb"))
""",
        *(str(there), str(back), type(error).__name__),
    )

    copy = pickle.loads(back.read_bytes())
    assert (type(copy), str(copy)) == (type(error), "because")
    assert isinstance(copy, pytest.fail.Exception)
    assert copy.pytrace
