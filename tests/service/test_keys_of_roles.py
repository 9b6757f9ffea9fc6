"""Keys of assumed roles: the account of their calls, and the hints in reports."""

from __future__ import annotations

import pytest

from ..support import printed

IMPORTS = """
import boto3
import pytest
from pytest_codeartifact import FakeCodeArtifact

keys = {"aws_access_key_id": "ASIAROLEROLEROLEROLE", "aws_secret_access_key": "x", "aws_session_token": "x"}

def client_of(keys, **keywords):
    return boto3.client("codeartifact", region_name="us-east-1", **keys, **keywords)

def ask(client, **owner):
    try:
        client.describe_domain(domain="acme", **owner)
    except client.exceptions.ClientError:
        pass
"""

REPORTED = {
    "an unknown domain": "def test_it(codeartifact): ask(client_of(keys)); assert False",
    "a domain of another account": """
def test_it(codeartifact):
    codeartifact.add_domain("acme", account="111122223333")
    ask(client_of(keys))
    assert False
""",
    "a denial": """
@pytest.mark.codeartifact(foreign_domains="denied")
def test_it(codeartifact): ask(client_of(keys), domainOwner="111122223333"); assert False
""",
    "keys of a session": "def test_it(codeartifact): ask(boto3.Session(**keys).client('codeartifact')); assert False",
    "a client made at import": """
client = client_of(keys)
def test_it(codeartifact): ask(client); ask(client); assert False
""",
    "over the wire": """
def test_it(codeartifact, codeartifact_server):
    ask(client_of(keys, endpoint_url=codeartifact_server.url))
    assert False
""",
}


def hints(pytester: pytest.Pytester, tests: dict[str, str]) -> dict[str, list[str]]:
    """The hints about keys in the report of a run, in which all tests fail."""
    functions = {name: f"test_{name.replace(' ', '_')}" for name in tests}
    pytester.makepyfile(IMPORTS + "\n".join(code.replace("test_it", functions[name]) for name, code in tests.items()))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=len(tests), warnings=result.parseoutcomes().get("warnings", 0))
    failures = printed.failures(result.stdout.lines)
    return {
        name: [hint for hint in printed.hints(failures[function]) if hint.startswith("hint: Access key")]
        for name, function in functions.items()
    }


def test_a_hint_says_how_to_register_the_key_of_a_role(pytester: pytest.Pytester) -> None:
    hint = (
        "hint: Access key 'ASIAROLEROLEROLEROLE' belongs to an assumed role and is not registered, so its calls come "
        "from the fake's own account 123456789012. If the role belongs to another account, write "
        "codeartifact.register_access_key('ASIAROLEROLEROLEROLE', account=...)."
    )

    assert hints(pytester, REPORTED) == {name: [hint] for name in REPORTED}


NOT_REPORTED = {
    "registered keys": """
def test_it(codeartifact):
    codeartifact.register_access_key(keys["aws_access_key_id"], account="111122223333")
    ask(client_of(keys))
    assert False
""",
    "keys of a user": "def test_it(codeartifact): ask(client_of({**keys, 'aws_access_key_id': 'AKIAX'})); assert False",
    "no keys": "def test_it(codeartifact): ask(client_of({})); assert False",
    "a call that is answered": """
def test_it(codeartifact): codeartifact.add_domain("acme"); ask(client_of(keys)); assert False
""",
    "a repository that is not there": """
def test_it(codeartifact):
    codeartifact.add_domain("acme")
    client = client_of(keys)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_repository(domain="acme", repository="team")
    assert False
""",
}


def test_there_is_no_hint_about_keys_that_are_not_the_cause(pytester: pytest.Pytester) -> None:
    assert hints(pytester, NOT_REPORTED) == {name: [] for name in NOT_REPORTED}


def test_a_key_of_a_role_that_is_not_registered_calls_from_the_fakes_own_account(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        IMPORTS
        + """
from moto import mock_aws

def test_it(codeartifact):
    with mock_aws():
        assumed = boto3.client("sts", region_name="us-east-1").assume_role(
            RoleArn="arn:aws:iam::111122223333:role/x", RoleSessionName="job"
        )["Credentials"]
    assert assumed["AccessKeyId"].startswith("ASIA")
    client = client_of({"aws_access_key_id": assumed["AccessKeyId"], "aws_secret_access_key": "x"})
    client.list_domains()
    assert codeartifact.calls[0].account == codeartifact.account
"""
    )

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_a_planned_denial_of_a_foreign_domain_does_not_warn(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(IMPORTS + REPORTED["a denial"].replace("; assert False", ""))

    pytester.runpytest_inprocess("-W", "error", "-p", "no:cacheprovider").assert_outcomes(passed=1)
