"""Calls before the first test and after the last one: as long as the plugin exists, none leaves the process."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

# Usable keys, and a machine that records look-ups and connections. Imported before everything else.
RECORDER = """
import os, sys

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_ACCESS_KEY_ID="AKIAREAL", AWS_SECRET_ACCESS_KEY="real", AWS_CONFIG_FILE=os.devnull,
                  AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_MAX_ATTEMPTS="1")
LOG = os.open("asked", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

class Unplugged(BaseException):
    pass

def audit(event, arguments, write=os.write, error=Unplugged):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect"):
        write(LOG, f"{event} {arguments}\\n".encode())
        raise error(event)

sys.addaudithook(audit)
"""

CALL = """
import boto3
client = boto3.client("codeartifact", region_name="us-east-1")

def call():
    client.list_domains()
"""

REFUSED = "ListDomains would have been sent to codeartifact.us-east-1.amazonaws.com"


def run(pytester: pytest.Pytester, *arguments: str, **files: str) -> tuple[str, str]:
    """Run the tests of some files: what was said, and whom the run has asked for."""
    pytester.makepyfile(recorder=RECORDER, **{"test_it": "def test_it(): pass", **files})
    result = pytester.run(
        sys.executable,
        "-c",
        "import recorder, sys, pytest; sys.exit(pytest.main())",
        "-p",
        "no:cacheprovider",
        *arguments,
    )
    return result.stdout.str() + result.stderr.str(), Path(pytester.path, "asked").read_text()


def test_a_call_at_the_import_of_the_top_conftest_is_a_usage_error(pytester: pytest.Pytester) -> None:
    said, asked = run(pytester, conftest=f"{CALL}\ncall()")

    assert f"conftest.py:5: {REFUSED} while conftest files were loaded" in said
    assert said.rstrip().splitlines()[-1].startswith("  or for the whole run")
    assert "Traceback" not in said
    assert asked == ""


CALL_AND_TELL = """
import boto3, os
client = boto3.client("codeartifact", region_name="us-east-1")
FILE = os.open("came_of_it", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def call(list_domains=client.list_domains, write=os.write, file=FILE):
    try:
        list_domains()
        came_of_it = "It was answered."
    except BaseException as error:
        came_of_it = str(error)
    write(file, f"NAME: {came_of_it.splitlines()[0]}\\n".encode())
"""

BEFORE_THE_TESTS = {
    "pytest_configure": "def pytest_configure(config): call()",
    "pytest_sessionstart": "def pytest_sessionstart(session): call()",
    "pytest_collection": "def pytest_collection(session): call()",
    "pytest_generate_tests": "def pytest_generate_tests(metafunc): call()",
    "a fixture": "import pytest\n@pytest.fixture(scope='session', autouse=True)\ndef domains(): call()",
}

AFTER_THE_TESTS = {
    "pytest_sessionfinish": "def pytest_sessionfinish(session): call()",
    "pytest_terminal_summary": "def pytest_terminal_summary(): call()",
    "pytest_unconfigure": "def pytest_unconfigure(config): call()",
    "a cleanup of the configuration": "def pytest_configure(config): config.add_cleanup(call)",
    "atexit": "import atexit; atexit.register(call)",
    "a finalizer": """
import weakref
class Thing: pass
thing = Thing()
weakref.finalize(thing, call)
""",
    "a destructor in a cycle": """
class Thing:
    def __del__(self): call()
thing = Thing()
thing.itself = thing
del thing
""",
    "a thread that runs longer than the run": """
import threading
def wait_and_call():
    threading.main_thread().join()
    call()
def pytest_unconfigure(config): threading.Thread(target=wait_and_call).start()
""",
    "an executor": """
from concurrent.futures import ThreadPoolExecutor
def pytest_unconfigure(config): ThreadPoolExecutor().submit(call)
""",
    "the hook for uncaught errors": """
import threading
def fail(): raise ValueError
def pytest_unconfigure(config):
    before, threading.excepthook = threading.excepthook, lambda *_: call()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    threading.excepthook = before
""",
    "a signal": """
import os, signal
def pytest_unconfigure(config):
    signal.signal(signal.SIGINT, lambda *_: call())
    os.kill(os.getpid(), signal.SIGINT)
""",
    "a forked child": """
import os
def pytest_unconfigure(config):
    if os.fork() == 0:
        try:
            call()
        finally:
            os._exit(0)
    os.wait()
""",
    "a multiprocessing finalizer": """
from multiprocessing.util import Finalize
Finalize(None, call, exitpriority=1)
""",
}

WITH_A_FAKE = {
    "atexit, after a fake": """
import atexit
from pytest_codeartifact import FakeCodeArtifact
atexit.register(call)
fake = FakeCodeArtifact()
fake.open()
atexit.register(fake.close)
""",
    "a destructor": """
from pytest_codeartifact import FakeCodeArtifact
with FakeCodeArtifact():
    client.list_domains()  # so that botocore itself has all that it needs
class Thing:
    call = staticmethod(call)
    def __del__(self): self.call()
thing = Thing()
""",
}


def came_of(pytester: pytest.Pytester, codes: dict[str, str]) -> tuple[dict[str, str], str]:
    """Run the plugins of a conftest file, each of which calls once.

    :returns: what came of each call, by its name, and whom the run has asked for.
    """
    plugins = {
        f"plugin_{number}": CALL_AND_TELL.replace("NAME", name) + code
        for number, (name, code) in enumerate(codes.items())
    }
    _, asked = run(pytester, conftest=f"pytest_plugins = {list(plugins)}", **plugins)
    lines = Path(pytester.path, "came_of_it").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines), asked


def check_refused(pytester: pytest.Pytester, codes: dict[str, str]) -> None:
    came_of_it, asked = came_of(pytester, codes)

    assert {name: came_of_it.get(name, "It was never made.")[: len(REFUSED)] for name in codes} == dict.fromkeys(
        codes, REFUSED
    )
    assert asked == ""


def test_a_call_before_the_first_test_is_refused(pytester: pytest.Pytester) -> None:
    check_refused(pytester, BEFORE_THE_TESTS)


def test_a_call_after_the_last_test_is_refused(pytester: pytest.Pytester) -> None:
    check_refused(pytester, AFTER_THE_TESTS)


@pytest.mark.parametrize("name", WITH_A_FAKE)
def test_a_call_after_the_last_test_is_refused_if_a_fake_was_open(pytester: pytest.Pytester, name: str) -> None:
    check_refused(pytester, {name: WITH_A_FAKE[name]})


def test_the_error_of_a_refused_call_in_a_hook_is_shown(pytester: pytest.Pytester) -> None:
    said, asked = run(pytester, conftest=f"{CALL}\ndef pytest_sessionfinish(session): call()")

    assert REFUSED in said
    assert asked == ""


def test_a_call_at_the_import_of_a_module_of_tests_is_refused(pytester: pytest.Pytester) -> None:
    said, asked = run(pytester, test_it=f"{CALL}\ncall()")

    assert f"{REFUSED} while tests were collected" in said
    assert asked == ""


def test_a_call_at_the_import_of_a_conftest_further_down_is_refused(pytester: pytest.Pytester) -> None:
    pytester.mkpydir("below").joinpath("conftest.py").write_text(f"{CALL}\ncall()")
    pytester.path.joinpath("below", "test_below.py").write_text("def test_it(): pass")

    said, asked = run(pytester)

    assert REFUSED in said
    assert asked == ""


@pytest.mark.parametrize("name", ["pytest_codeartifact.plugin", "codeartifact"])
def test_a_call_at_the_import_of_a_plugin_is_refused_if_ours_is_named_first(
    pytester: pytest.Pytester, name: str
) -> None:
    said, asked = run(pytester, "-p", name, "-p", "mine", mine=f"{CALL}\ncall()")

    assert f"{REFUSED} while plugins were loaded" in said
    assert asked == ""


def test_the_installed_plugin_may_also_be_named_with_p(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(codeartifact): pass")

    result = pytester.runpytest_subprocess("-p", "pytest_codeartifact.plugin")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("option", ["-ocodeartifact_real_calls=allow", "-ocodeartifact_plain_http=refuse"])
def test_options_of_the_guard_apply_from_the_first_conftest_to_the_exit(pytester: pytest.Pytester, option: str) -> None:
    asking = "\ntry:\n    call()\nexcept BaseException as error:\n    print(type(error).__name__)\n"
    at_exit = "import atexit\natexit.register(call)\n"

    _, asked = run(pytester, option, conftest=CALL + asking + at_exit)

    assert asked.count("codeartifact.us-east-1.amazonaws.com") == (2 if "allow" in option else 0)


LEFT_BEHIND = f"""
import pytest, threading
{CALL}
arrived, go_on, came_of_it = threading.Event(), threading.Event(), []

def wait(**_):
    arrived.set()
    go_on.wait(60)

def call_and_tell():
    try:
        call()
    except BaseException as error:
        came_of_it.append(type(error).__name__)

@pytest.mark.codeartifact_real_calls
def test_that_leaves_a_thread_behind():
    client.meta.events.register_first("EVENT.codeartifact", wait)
    threading.Thread(target=call_and_tell).start()
    arrived.wait(60)

def test_next(FIXTURE):
    go_on.set()
    next(thread for thread in threading.enumerate() if thread is not threading.main_thread()).join()
    assert came_of_it == ["RealCallRefused"]
"""


def test_an_allowed_call_that_outlives_its_test_is_refused_before_it_is_signed_or_sent(
    pytester: pytest.Pytester,
) -> None:
    files = {
        f"test_{event.replace('-', '_')}_{fixture or 'without'}": LEFT_BEHIND.replace("EVENT", event).replace(
            "FIXTURE", fixture
        )
        for event in ("request-created", "choose-signer", "before-sign", "before-send")
        for fixture in ("", "codeartifact")
    }

    said, asked = run(pytester, "-rA", **files)

    assert sorted(re.findall(r"^PASSED (\w+)\.py::test_next", said, re.M)) == sorted(files)
    assert asked == ""


# Runs within runs, and programs that run pytest


def refused(call: str = "call()") -> str:
    return f"\ntry:\n    {call}\nexcept BaseException as error:\n    print('came of it:', type(error).__name__)\n"


def test_the_guard_stays_armed_for_a_program_that_continues_after_a_run(pytester: pytest.Pytester) -> None:
    program = pytester.makepyfile(program=f"import recorder, pytest\npytest.main(['test_it.py'])\n{CALL}{refused()}")
    pytester.makepyfile(recorder=RECORDER, test_it="def test_it(): pass")

    result = pytester.runpython(program)

    result.stdout.fnmatch_lines(["came of it: RealCallRefused"])
    assert Path(pytester.path, "asked").read_text() == ""


def test_real_calls_stay_allowed_for_a_program_that_continues_after_a_run(pytester: pytest.Pytester) -> None:
    allow = "'-ocodeartifact_real_calls=allow', 'test_it.py'"
    program = pytester.makepyfile(program=f"import recorder, pytest\npytest.main([{allow}])\n{CALL}{refused()}")
    pytester.makepyfile(recorder=RECORDER, test_it="def test_it(): pass")

    result = pytester.runpython(program)

    result.stdout.fnmatch_lines(["came of it: Unplugged"])


INNER = {
    "passes": {"test_inner": "def test_it(): pass"},
    "fails at a conftest": {"conftest": "raise ValueError", "test_inner": "def test_it(): pass"},
    "has a wrong option": {"setup": ""},
}


@pytest.mark.parametrize(("outer", "inner"), [("forbid", "allow"), ("allow", "forbid")])
def test_a_run_within_a_run_restores_the_permission_of_the_outer_one(
    pytester: pytest.Pytester, outer: str, inner: str
) -> None:
    came_of_it = f"{REFUSED} by test_it.py::test_it[" if outer == "forbid" else "socket.getaddrinfo"
    code = f"""
import pytest
pytest_plugins = ["pytester"]
INNER = {INNER!r}
{CALL}
@pytest.mark.parametrize("inner", INNER)
def test_it(pytester, inner):
    pytester.makepyfile(**INNER[inner])
    wrong = "--wrong" if inner == "has a wrong option" else "-q"
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-ocodeartifact_real_calls={inner}", wrong)
    with pytest.raises(BaseException) as caught:
        call()
    assert {came_of_it!r} in str(caught.value)
"""

    said, asked = run(pytester, f"-ocodeartifact_real_calls={outer}", test_it=code)

    assert "3 passed" in said
    assert (asked == "") == (outer == "forbid")
