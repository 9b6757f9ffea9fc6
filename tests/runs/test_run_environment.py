"""The environment of a whole run: child processes do not reach AWS, whenever they are started, unless that is allowed.

The children are real. Each records its look-ups and connections, and reaches nothing but this machine.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact.doors.guard import CLOSED_FOR_A_RUN

from ..support import children

ENDPOINT = "AWS_ENDPOINT_URL_CODEARTIFACT"
IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
AWS = "codeartifact.us-east-1.amazonaws.com"
USERS = "https://vpce-1.codeartifact.example"

pytestmark = pytest.mark.usefixtures("nothing_configured")

WAYS = """
import functools, json, multiprocessing, os, subprocess, sys
from concurrent.futures import ProcessPoolExecutor
import children

def spawned():
    "Whom a child asks that is started now. Its environment decides that, so one child is started for each."
    return spawned_in(frozenset(each for each in os.environ.items() if each[0] != "PYTEST_CURRENT_TEST"))

@functools.cache
def spawned_in(environment):
    child = [sys.executable, children.__file__]
    return subprocess.run(
        child, env=dict(environment), capture_output=True, text=True, check=True
    ).stdout.splitlines()

def pooled(method):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        return pool.submit(children.ask).result(60)

def note(when):
    "Ask in a child, and take down whom it asked."
    with open("asked", "a") as file:
        print(json.dumps([when, spawned()]), file=file)
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Any:
    """Run test files in which children can be started; their files are `test_it.py` and, perhaps, `conftest.py`."""
    pytester.makepyfile(children=Path(children.__file__).read_text(), ways=WAYS)

    def run(tests: str, *arguments: str, conftest: str = "", ini: str = "") -> pytest.RunResult:
        pytester.makeini(f"[pytest]\n{ini}\n")
        pytester.makeconftest(conftest)
        pytester.makepyfile(test_it=f"import json, os, pytest\nfrom ways import note, pooled, spawned\n{tests}")
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)

    return run


@pytest.fixture
def asked(pytester: pytest.Pytester) -> Any:
    """Whom the children have asked that the run took down: by when that was."""

    def asked() -> dict[str, list[str]]:
        lines = (pytester.path / "asked").read_text().splitlines()
        return {when: [who for who in found[:-1] if "127.0.0.1" not in who] for when, found in map(json.loads, lines)}

    return asked


AT_ANY_TIME = """
note("while tests are collected")

@pytest.fixture(scope="session")
def wide():
    note("in a fixture")
    yield
    note("in its end")

def test_it(wide):
    note("in a test")

def test_after_a_fake(codeartifact):
    codeartifact.close()
    note("when a fake is closed")

@pytest.mark.codeartifact(environment="leave")
def test_a_fake_that_leaves(codeartifact):
    note("while a fake is open that leaves the environment as it is")
"""
CONFTEST = """
from ways import note
note("while a conftest file is imported")
def pytest_sessionfinish(): note("at the end of the session")
"""


def test_a_child_process_does_not_reach_aws_at_any_time_of_a_run(run: Any, asked: Any) -> None:
    run(AT_ANY_TIME, conftest=CONFTEST).assert_outcomes(passed=3)

    assert len(asked()) == 8
    assert {when: who for when, who in asked().items() if who} == {}


@pytest.mark.parametrize("ini", ["codeartifact_real_calls = allow", "codeartifact_environment = leave"])
def test_child_processes_call_aws_if_the_environment_is_not_prepared(run: Any, asked: Any, ini: str) -> None:
    """Without this, the test above would also pass if the children did not get as far as to ask."""
    run(AT_ANY_TIME, conftest=CONFTEST, ini=ini).assert_outcomes(passed=3)

    assert {when for when, who in asked().items() if AWS in who} == asked().keys()


@pytest.mark.parametrize(
    "machine",
    [
        {IGNORE: "true"}, {ENDPOINT: USERS}, {ENDPOINT: USERS, IGNORE: "true"}, {"AWS_ENDPOINT_URL": USERS},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1/emulator", IGNORE: "true"}, {ENDPOINT: "http://["},
        {ENDPOINT: f"https://localhost.{AWS}"}, {"AWS_USE_FIPS_ENDPOINT": "true"},
    ],
    ids=str,
)  # fmt: skip
def test_a_child_process_does_not_reach_aws_despite_the_users_configuration(
    run: Any, monkeypatch: pytest.MonkeyPatch, machine: dict[str, str]
) -> None:
    for name, value in machine.items():
        monkeypatch.setenv(name, value)

    result = run("def test_it(): assert [who for who in spawned()[:-1] if '127.0.0.1' not in who] == []")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_worker_of_a_process_pool_does_not_reach_aws(run: Any, method: str) -> None:
    result = run(f"""
def test_it():
    try:
        *asked, came_of_it = pooled({method!r})
    except BaseException as error:  # of a forked worker, which has the guard
        asked, came_of_it = [], type(error).__name__
    assert [who for who in asked if "127.0.0.1" not in who] == []
    assert came_of_it == "RealCallRefused" or came_of_it.startswith("EndpointConnectionError")
""")

    result.assert_outcomes(passed=1)


def test_the_error_in_a_child_process_names_the_reason(run: Any) -> None:
    result = run("""
def test_it():
    came_of_it = spawned()[-1]
    assert came_of_it.startswith("EndpointConnectionError")
    assert "pytest-codeartifact-lets-no-child-process-of-a-test-run-reach-aws" in came_of_it
""")

    result.assert_outcomes(passed=1)


SWEEPING = """
import os
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
"""


def test_a_conftest_file_that_clears_the_environment_does_not_disable_the_guard(run: Any) -> None:
    result = run("def test_it(): assert 'codeartifact' not in str(spawned()[:-1])", conftest=SWEEPING)

    result.assert_outcomes(passed=1)


# What the user has


@pytest.mark.parametrize(
    "machine", [{ENDPOINT: "http://127.0.0.1:1/emulator"}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1/emulator"}], ids=str
)
def test_a_configured_emulator_on_this_machine_is_kept(
    run: Any, monkeypatch: pytest.MonkeyPatch, machine: dict[str, str]
) -> None:
    for name, value in machine.items():
        monkeypatch.setenv(name, value)

    result = run(f"""
def test_it():
    assert "http://127.0.0.1:1/emulator/v1/domains" in spawned()[-1]
    assert {{name: os.environ.get(name) for name in {list(machine)}}} == {machine}
""")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("machine", "arguments"),
    [({}, ()), ({ENDPOINT: USERS}, ()), ({ENDPOINT: USERS, IGNORE: "true"}, ("-n", "1"))],
    ids=["nothing", "an endpoint", "an endpoint that is ignored, xdist"],
)
def test_a_test_with_real_calls_and_its_children_have_the_users_environment(
    run: Any, monkeypatch: pytest.MonkeyPatch, machine: dict[str, str], arguments: tuple[str, ...]
) -> None:
    for name, value in machine.items():
        monkeypatch.setenv(name, value)
    whom = AWS if machine.keys() != {ENDPOINT} else USERS.removeprefix("https://")

    result = run(
        f"""
USERS = {machine}
def configured():
    return {{name: os.environ[name] for name in ({ENDPOINT!r}, {IGNORE!r}) if name in os.environ}}

def test_before():
    assert configured() != USERS

@pytest.mark.codeartifact_real_calls
def test_allowed():
    assert configured() == USERS
    assert {whom!r} in spawned()

@pytest.mark.codeartifact_real_calls
def test_allowed_too():
    assert configured() == USERS

def test_after():
    assert configured() != USERS
    assert {whom!r} not in spawned()
""",
        "--strict-markers",
        *arguments,
    )

    result.assert_outcomes(passed=4)


def test_child_processes_of_a_test_with_real_calls_do_not_reach_aws_while_a_fake_is_open(run: Any) -> None:
    result = run(
        f"""
from pytest_codeartifact import FakeCodeArtifact

@pytest.fixture(scope="module")
def wide():
    with FakeCodeArtifact() as fake:
        yield fake

@pytest.mark.codeartifact_real_calls
def test_its_own():
    assert {AWS!r} in spawned()
    with FakeCodeArtifact():
        assert {AWS!r} not in spawned()
    assert {AWS!r} in spawned()

@pytest.mark.codeartifact_real_calls
def test_opens_one_that_stays(wide):
    assert {AWS!r} not in spawned()

@pytest.mark.codeartifact_real_calls
def test_finds_one():
    assert {AWS!r} not in spawned()

def test_closes_it(wide):
    wide.close()

def test_after():
    assert {AWS!r} not in spawned()
"""
    )

    result.assert_outcomes(passed=5)


def test_a_variable_that_a_test_sets_applies_to_that_test_only(run: Any) -> None:
    result = run(
        f"""
def test_it(monkeypatch):
    monkeypatch.setenv({ENDPOINT!r}, "http://127.0.0.1:1/its-own")
    assert "http://127.0.0.1:1/its-own/v1" in spawned()[-1]

def test_next():
    assert os.environ[{ENDPOINT!r}] == {CLOSED_FOR_A_RUN!r}
"""
    )

    result.assert_outcomes(passed=2)


# The clients of this process


def test_clients_of_this_process_do_not_use_the_closed_endpoint(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")  # which botocore refuses along with a configured endpoint
    result = run(
        """
import boto3, botocore.session
from pytest_codeartifact import FakeCodeArtifact, RealCallRefused
keys = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}

def of(client): return client.meta.endpoint_url

at_import = boto3.client("codeartifact", **keys)

def urls():
    with FakeCodeArtifact(environment="leave"):
        left = boto3.client("codeartifact", **keys)
    return [of(client) for client in (at_import, made_in_conftest, boto3.client("codeartifact", **keys), left,
                                      botocore.session.Session().create_client("codeartifact", **keys))]

from conftest import made_in_conftest

def test_without_a_fake():
    assert set(urls()) == {"https://codeartifact-fips.us-east-1.amazonaws.com"}
    with pytest.raises(RealCallRefused, match="ListDomains would have been sent to codeartifact-fips.us-east-1"):
        boto3.client("codeartifact", **keys).list_domains()

@pytest.mark.codeartifact_real_calls
def test_allowed():
    assert set(urls()) == {"https://codeartifact-fips.us-east-1.amazonaws.com"}

def test_with_a_fake(codeartifact):
    assert set(urls()) == {"https://codeartifact-fips.us-east-1.amazonaws.com"}

def test_other_services_neither(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://localhost:9000")
    monkeypatch.delenv("AWS_USE_FIPS_ENDPOINT")
    assert of(boto3.client("s3", **keys)) == "http://localhost:9000"
""",
        conftest="""
import boto3
made_in_conftest = boto3.client("codeartifact", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
""",
    )

    result.assert_outcomes(passed=4)


def test_clients_of_other_services_ignore_configured_endpoints_if_the_user_says_so(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(IGNORE, "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://localhost:9000")

    result = run("""
import boto3
def test_it():
    s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    assert s3.meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"
""")

    result.assert_outcomes(passed=1)


# The end of the run

MAIN = """
import os
import pytest

names = "AWS_ENDPOINT_URL_CODEARTIFACT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_ENDPOINT_URL"
before = {name: os.environ.get(name) for name in names}
for argument in ("test_it.py", "--fixtures", "--no-such-option", "nowhere", "-ocodeartifact_region=x"):
    pytest.main([argument])
    after = {name: os.environ.get(name) for name in names}
    assert after == before, (argument, after)
"""


@pytest.mark.parametrize(
    "machine",
    [{}, {ENDPOINT: USERS, IGNORE: "true"}, {ENDPOINT: "http://localhost:1"}, {"AWS_ENDPOINT_URL": "http://[::1]:1"}],
    ids=str,
)
def test_the_environment_is_restored_at_the_end_of_a_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, machine: dict[str, str]
) -> None:
    for name, value in machine.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(test_it="def test_it(codeartifact): pass", main=MAIN)

    result = pytester.run(sys.executable, "main.py")

    assert result.ret == 0


def test_a_run_within_a_run_restores_the_environment(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, USERS)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    pytester.makepyfile(f"""
        import os, boto3
        def test_it(codeartifact):
            assert os.environ[{ENDPOINT!r}] != {USERS!r}
            assert boto3.client("codeartifact").meta.region_name == "us-east-1"
    """)

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio").assert_outcomes(passed=1)

    assert (os.environ[ENDPOINT], os.environ["AWS_DEFAULT_REGION"]) == (USERS, "eu-west-1")


def test_a_run_in_a_child_process_does_not_use_the_closed_endpoint_of_its_parent(
    run: Any, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, CLOSED_FOR_A_RUN)

    result = run(f"""
import boto3

@pytest.mark.codeartifact_real_calls
def test_allowed():
    assert {AWS!r} in spawned()

def test_it():
    client = boto3.client("codeartifact", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    assert client.meta.endpoint_url == "https://{AWS}"
    assert os.environ[{ENDPOINT!r}] == {CLOSED_FOR_A_RUN!r}
""")

    result.assert_outcomes(passed=2)
