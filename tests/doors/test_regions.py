"""Which region a client has that is made without one: the fake's in a test, whatever the machine says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ..support import aws_configs, printed
from ..support.aws_configs import Machine, profile, variables

IN_PROFILE = "[profile p]\nregion = eu-west-1\n[default]\nregion = eu-west-1"

WITH_A_REGION: dict[str, Machine] = {
    "in the environment": variables(AWS_DEFAULT_REGION="eu-west-1"),
    "in the environment, twice": variables(AWS_DEFAULT_REGION="eu-west-1", AWS_REGION="eu-west-1"),
    "in the profile": profile("p", IN_PROFILE),
    "in the default profile": profile("default", IN_PROFILE),
    "in both": profile("p", IN_PROFILE, AWS_DEFAULT_REGION="eu-north-1"),
}
NO_REGION: dict[str, Machine] = {
    "nothing": variables(),
    "empty": variables(AWS_DEFAULT_REGION=""),
    "a region that botocore does not read": variables(AWS_REGION="eu-west-1"),
}


@pytest.fixture
def machine(nothing_configured: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Machine], None]:
    """Make of this machine, which has nothing configured, another one."""
    return lambda machine: machine(monkeypatch, tmp_path)


def run(pytester: pytest.Pytester, code: str, *arguments: str, apart: bool = False, **files: str) -> pytest.RunResult:
    """Run a test file on this machine: in this process, which is quick, or `apart` if it changes the environment."""
    ini = files.pop("ini", "")
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makepyfile(test_it=IMPORTS + code, **files)
    start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
    return start("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)


IMPORTS = """
import os
import boto3, botocore.session
import pytest
from botocore.config import Config
from pytest_codeartifact import FakeCodeArtifact

def region(client): return client.meta.region_name
"""

# A client that is made in a test

MADE_WITHOUT = """
DEFAULT = boto3.Session()

def makes():
    return [
        boto3.client("codeartifact"),
        boto3.Session().client("codeartifact"),
        DEFAULT.client("codeartifact", config=Config(read_timeout=1)),
        botocore.session.get_session().create_client("codeartifact"),
        boto3.client("codeartifact", region_name=None),
    ]

def test_the_fakes(codeartifact):
    assert list(map(region, makes())) == ["us-east-1"] * 5

@pytest.mark.codeartifact(region="ap-south-1")
def test_the_markers(codeartifact, codeartifact_client):
    codeartifact.add_domain("acme")
    clients = makes()
    assert list(map(region, clients)) == ["ap-south-1"] * 5
    assert [client.describe_domain(domain="acme")["domain"]["name"] for client in clients] == ["acme"] * 5
    assert region(codeartifact_client) == "ap-south-1"

def test_that_of_the_fake_opened_last(codeartifact):
    with FakeCodeArtifact(region="sa-east-1"):
        assert list(map(region, makes())) == ["sa-east-1"] * 5

def test_other_services_have_the_machines(codeartifact):
    assert region(boto3.client("s3", aws_access_key_id="x", aws_secret_access_key="x")) == boto3.Session().region_name
"""


@pytest.mark.parametrize("name", WITH_A_REGION)
def test_a_client_created_without_a_region_has_that_of_the_fake(
    pytester: pytest.Pytester, machine: Callable[[Machine], None], name: str
) -> None:
    machine(WITH_A_REGION[name])

    run(pytester, MADE_WITHOUT).assert_outcomes(passed=4)


EXPLICIT = """
def with_default_config():
    session = botocore.session.Session()
    session.set_default_client_config(Config(region_name="ca-central-1"))
    return session.create_client("codeartifact", config=Config(read_timeout=1))

def with_variable():
    session = botocore.session.Session()
    session.set_config_variable("region", "ca-central-1")
    return session.create_client("codeartifact")

def with_default_session():
    boto3.setup_default_session(region_name="ca-central-1")
    return boto3.client("codeartifact")

def with_a_variable_of_its_own():
    return botocore.session.Session({"region": (None, "MY_REGION", None, None)}).create_client("codeartifact")

def with_a_default_of_its_own():
    return botocore.session.Session({"region": (None, None, "ca-central-1", None)}).create_client("codeartifact")

MADE_EARLIER = boto3.Session(region_name="ca-central-1")
MAKES = [
    lambda: boto3.client("codeartifact", "ca-central-1"),
    lambda: boto3.client("codeartifact", region_name="ca-central-1"),
    lambda: boto3.client("codeartifact", config=Config(region_name="ca-central-1")),
    lambda: boto3.Session(region_name="ca-central-1").client("codeartifact"),
    lambda: MADE_EARLIER.client("codeartifact"),
    with_default_config,
    with_variable,
    with_default_session,
    with_a_variable_of_its_own,
    with_a_default_of_its_own,
]

@pytest.mark.parametrize("make", MAKES)
def test_it(codeartifact, make):
    client = make()
    client.list_domains()
    assert region(client) == codeartifact.calls[0].region == "ca-central-1"
"""


def test_an_explicit_region_has_precedence(
    pytester: pytest.Pytester, machine: Callable[[Machine], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(WITH_A_REGION["in both"])
    monkeypatch.setenv("MY_REGION", "ca-central-1")

    run(pytester, EXPLICIT).assert_outcomes(passed=10)


SET_BY_A_TEST = """
def test_by_the_test(codeartifact, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-central-1")
    assert region(boto3.client("codeartifact")) == "ca-central-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert region(boto3.client("codeartifact")) == "us-east-1"

@pytest.fixture
def canada(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-central-1")

def test_by_a_fixture(canada, codeartifact):
    assert region(boto3.client("codeartifact")) == "ca-central-1"

def test_no_longer(codeartifact):
    assert region(boto3.client("codeartifact")) == "us-east-1"
"""


@pytest.mark.parametrize("machine_", ["in the environment", "in the profile", "nothing"])
def test_a_region_that_a_test_sets_in_the_environment_has_precedence(
    pytester: pytest.Pytester, machine: Callable[[Machine], None], machine_: str
) -> None:
    machine({**WITH_A_REGION, **NO_REGION}[machine_])

    run(pytester, SET_BY_A_TEST).assert_outcomes(passed=3)


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["", "xdist"])
@pytest.mark.parametrize("name", ["in both", "nothing"])
def test_a_region_that_the_top_conftest_sets_applies_to_all_clients(
    pytester: pytest.Pytester, machine: Callable[[Machine], None], name: str, arguments: tuple[str, ...]
) -> None:
    machine({**WITH_A_REGION, **NO_REGION}[name])

    result = run(
        pytester,
        """
at_import = boto3.client("codeartifact", aws_access_key_id="x", aws_secret_access_key="x")
def test_it(codeartifact):
    assert region(at_import) == region(boto3.client("codeartifact")) == "ca-central-1"
""",
        *arguments,
        apart=True,
        conftest='import os\nos.environ["AWS_DEFAULT_REGION"] = "ca-central-1"',
    )

    result.assert_outcomes(passed=1)


def test_a_fake_that_leaves_the_environment_does_not_change_the_region(
    pytester: pytest.Pytester, machine: Callable[[Machine], None]
) -> None:
    machine(WITH_A_REGION["in the environment"])

    result = run(
        pytester,
        """
@pytest.mark.codeartifact(environment="leave")
def test_it(codeartifact):
    assert region(boto3.client("codeartifact", aws_access_key_id="x", aws_secret_access_key="x")) == "eu-west-1"
""",
    )

    result.assert_outcomes(passed=1)


SCRIPT = """
import os
import boto3
from pytest_codeartifact import FakeCodeArtifact

with FakeCodeArtifact():
    print(boto3.client("codeartifact").meta.region_name)
    os.environ["AWS_DEFAULT_REGION"] = "ca-central-1"
    print(boto3.client("codeartifact").meta.region_name)
"""


@pytest.mark.parametrize("name", [*WITH_A_REGION, *NO_REGION])
def test_without_pytest_the_fake_takes_its_region_for_that_of_the_machine_at_import(
    machine: Callable[[Machine], None], name: str
) -> None:
    machine({**WITH_A_REGION, **NO_REGION}[name])

    printed = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout

    assert printed.split() == ["us-east-1", "ca-central-1"]


# A client that is made without a fake, and for which no region is to be found

LAMBDA = """
import boto3
client = boto3.client("codeartifact")
def handler(event, context):
    return [domain["name"] for domain in client.list_domains()["domains"]]
"""
TEST_OF_THEM = """
import early, late  # a conftest file has imported the first of them already
of_both = pytest.mark.parametrize("module", [early, late])

@of_both
def test_it(codeartifact, module):
    codeartifact.add_domain("acme")
    assert module.handler({}, None) == ["acme"]
    assert codeartifact.calls[0].region == region(module.client)

@of_both
def test_without_a_fake(module):
    with pytest.raises(BaseException, match="ListDomains would have been sent to codeartifact"):
        module.handler({}, None)
"""


@pytest.mark.parametrize("name", NO_REGION)
def test_a_client_created_at_import_without_a_region_has_the_configured_one(
    pytester: pytest.Pytester, machine: Callable[[Machine], None], name: str
) -> None:
    machine(NO_REGION[name])
    ini = "codeartifact_region = eu-central-1"

    result = run(pytester, TEST_OF_THEM, early=LAMBDA, late=LAMBDA, conftest="import early", ini=ini)

    result.assert_outcomes(passed=4)


ASKING = ("instance metadata only", "container, relative", "process", "role", "monitored", "automatic defaults")


@pytest.mark.parametrize("name", ASKING)
def test_a_client_created_at_import_without_a_region_makes_no_look_ups(
    pytester: pytest.Pytester, machine: Callable[[Machine], None], asked: list[str], name: str
) -> None:
    machine(aws_configs.ALL[name])

    result = run(
        pytester,
        """
import handler
def test_it(codeartifact):
    handler.client.list_domains()
    assert codeartifact.calls[0].account == codeartifact.account
""",
        handler=LAMBDA,
    )

    result.assert_outcomes(passed=1)
    assert asked == []


def test_a_client_created_at_import_without_a_region_keeps_its_explicit_keys(
    pytester: pytest.Pytester, nothing_configured: None
) -> None:
    result = run(
        pytester,
        """
client = boto3.client("codeartifact", aws_access_key_id="AKIAMINE", aws_secret_access_key="x")
of_session = boto3.Session(aws_access_key_id="AKIAMINE", aws_secret_access_key="x").client("codeartifact")
def test_it(codeartifact):
    codeartifact.register_access_key("AKIAMINE", account="111122223333")
    client.list_domains()
    of_session.list_domains()
    assert [call.account for call in codeartifact.calls] == ["111122223333"] * 2
""",
    )

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("name", ["in the environment", "in the profile"])
def test_a_client_with_a_region_that_was_created_at_import_is_left_to_botocore(
    pytester: pytest.Pytester, machine: Callable[[Machine], None], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    machine(WITH_A_REGION[name])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws_configs.REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    result = run(
        pytester,
        f"""
at_import = boto3.client("codeartifact")
def test_it(codeartifact):
    codeartifact.register_access_key({aws_configs.REAL_KEY!r}, account="111122223333")
    at_import.list_domains()
    assert codeartifact.calls[0].account == "111122223333"
    assert region(at_import) == boto3.Session().region_name
""",
    )

    result.assert_outcomes(passed=1)


STILL_NONE = """
from botocore.exceptions import NoRegionError

{marker}
def test_it({fixture}):
    with pytest.raises(NoRegionError):
        boto3.client("codeartifact", aws_access_key_id="x", aws_secret_access_key="x")
"""


@pytest.mark.parametrize(
    ("marker", "fixture", "ini"),
    [
        ("@pytest.mark.codeartifact_real_calls", "", ""),
        ("", "", "codeartifact_real_calls = allow"),
        ("", "", "codeartifact_environment = leave"),
        ("@pytest.mark.codeartifact(environment='leave')", "codeartifact", ""),
    ],
)
def test_with_real_calls_or_an_unchanged_environment_a_client_needs_a_region(
    pytester: pytest.Pytester, nothing_configured: None, marker: str, fixture: str, ini: str
) -> None:
    result = run(pytester, STILL_NONE.format(marker=marker, fixture=fixture), ini=ini)

    result.assert_outcomes(passed=1)


def test_other_services_still_need_a_region(pytester: pytest.Pytester, nothing_configured: None) -> None:
    result = run(
        pytester,
        """
from botocore.exceptions import NoRegionError
def test_it():
    with pytest.raises(NoRegionError):
        boto3.client("ecr", aws_access_key_id="x", aws_secret_access_key="x")
""",
    )

    result.assert_outcomes(passed=1)


# Hints for a client that finds nothing


def hints(result: pytest.RunResult) -> str:
    return "\n".join(printed.hints(result.stdout.lines))


def test_a_hint_names_the_region_of_a_client_created_before_the_fake(
    pytester: pytest.Pytester, machine: Callable[[Machine], None]
) -> None:
    machine(variables(AWS_DEFAULT_REGION="eu-west-1"))

    result = run(
        pytester,
        """
at_import = boto3.client("codeartifact", aws_access_key_id="x", aws_secret_access_key="x")
def test_it(codeartifact):
    codeartifact.add_domain("acme")
    for _ in range(2):
        try:
            at_import.describe_domain(domain="acme")
        except at_import.exceptions.ResourceNotFoundException:
            pass
    assert False
""",
    )

    assert "looked for domain 'acme' in account 123456789012, region eu-west-1" in hints(result)
    assert "The client was created before the fake was open, with 'eu-west-1', the region of this machine." in hints(
        result
    )
    assert 'os.environ["AWS_DEFAULT_REGION"] = "us-east-1" at the top of the top conftest.py' in hints(result)
    assert hints(result).count("hint: ") == 1


def test_a_hint_explains_the_region_of_a_client_created_without_one(
    pytester: pytest.Pytester, nothing_configured: None
) -> None:
    result = run(
        pytester,
        """
at_import = boto3.client("codeartifact")

@pytest.mark.codeartifact(region="eu-west-1")
def test_it(codeartifact):
    codeartifact.add_domain("acme")
    at_import.describe_domain(domain="acme")
""",
    )

    assert "created before the fake was open, with 'us-east-1', because no region was configured." in hints(result)
    assert 'os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"' in hints(result)


def test_a_hint_names_another_region_of_the_session(
    pytester: pytest.Pytester, machine: Callable[[Machine], None]
) -> None:
    machine(variables(AWS_DEFAULT_REGION="eu-west-1"))

    result = run(
        pytester,
        """
def test_it(codeartifact):
    codeartifact.add_domain("acme", region=boto3.Session().region_name)
    boto3.client("codeartifact").describe_domain(domain="acme")
""",
    )

    assert "The region_name of its session is 'eu-west-1', the region of this machine." in hints(result)


def test_a_hint_for_a_client_with_a_region_names_only_the_domain(
    pytester: pytest.Pytester, machine: Callable[[Machine], None]
) -> None:
    machine(variables(AWS_DEFAULT_REGION="eu-west-1"))

    result = run(
        pytester,
        """
given = boto3.client("codeartifact", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
def test_it(codeartifact):
    codeartifact.add_domain("acme")
    given.describe_domain(domain="acme")
""",
    )

    assert hints(result).endswith("or create the client for the account and region of the domain.")


def test_asynchronous_clients_have_the_same_regions(
    pytester: pytest.Pytester, machine: Callable[[Machine], None]
) -> None:
    pytest.importorskip("aiobotocore", reason="needs aiobotocore, as in `tox run -e aio`")
    machine(variables(AWS_DEFAULT_REGION="eu-west-1"))

    result = run(
        pytester,
        """
import asyncio
from aiobotocore.session import get_session

def made_by(session, *arguments, **keywords):
    async def make():
        async with session.create_client("codeartifact", *arguments, **keywords) as client:
            await client.list_domains()
            return region(client)
    return asyncio.run(make())

EARLIER = get_session()

def test_the_fakes(codeartifact):
    assert [made_by(EARLIER), made_by(get_session())] == ["us-east-1"] * 2

def test_explicit_ones(codeartifact, monkeypatch):
    EARLIER.set_config_variable("region", "ca-central-1")
    assert [made_by(EARLIER), made_by(get_session(), "ca-central-1")] == ["ca-central-1"] * 2
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")
    assert made_by(get_session()) == "sa-east-1"

def test_none(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(BaseException, match="would have been sent to codeartifact.us-east-1"):
        made_by(get_session())
""",
    )

    result.assert_outcomes(passed=3)
