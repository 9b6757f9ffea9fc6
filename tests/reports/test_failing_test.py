"""The whole section about the fakes of a failing test: calls, hints and removals."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ..runs.test_plugin import run
from ..support import printed

SEEDED = """
from pytest_codeartifact import maven

@pytest.fixture
def team(codeartifact):
    acme = codeartifact.add_domain("acme")
    acme.add_package_group("/npm/ui/*")
    acme.add_repository("prod").add_package(npm("@ui/input"), versions=["1.0.0"])
    team = acme.add_repository("team")
    team.add_package(npm("@ui/button"), versions=["1.0.0"])
    team.add_packages([pypi("requests"), pypi("old-tool"), pypi("new")], versions=["2.31.0"])
    team.add_package(maven("org.apache", "commons"), versions=["1.0"])
    return team

def ask(operation, client=client, **params):
    try:
        return getattr(client, operation)(**params)
    except client.exceptions.ClientError:
        pass
"""


def section(pytester: pytest.Pytester, code: str, *arguments: str) -> list[str]:
    """The section of a test with this code at a width of 80 columns, without lines of code."""
    result = run(pytester, SEEDED + code, "-p", "no:randomly", *arguments)
    result.assert_outcomes(failed=1)
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in result.stdout.lines]
    found = printed.section(plain)
    assert max(map(len, found), default=0) <= 80
    return without_places(found)


def without_places(lines: list[str]) -> list[str]:
    return [left for line in lines if (left := re.sub(r" *\[\S*\.py:\d+\]$", "", line))]


def in_a_test(*calls: str) -> str:
    return "def test_it(team, codeartifact):\n" + "".join(f"    {call}\n" for call in calls) + "    assert False\n"


MISTAKES = {
    "npm without its namespace": (
        "ask('describe_package', **TEAM, format='npm', package='button')",
        (
            "Repository 'team' has no npm('button'). Did you mean npm('@ui/button')? Write namespace='ui', "
            "package='button'."
        ),
    ),
    "namespace with @": (
        "ask('describe_package', **TEAM, format='npm', namespace='@ui', package='button')",
        (
            "Repository 'team' has no package with format='npm', namespace='@ui', package='button'. Did you mean "
            "npm('@ui/button')? In calls, the scope of an npm package is its namespace, without the '@'. Write "
            "namespace='ui', package='button'."
        ),
    ),
    "the name with its scope": (
        "ask('describe_package', **TEAM, format='npm', package='@ui/button')",
        (
            "Repository 'team' has no package with format='npm', package='@ui/button'. Did you mean "
            "npm('@ui/button')? In "
            "calls, the scope of an npm package is its namespace, without the '@'. Write namespace='ui', "
            "package='button'."
        ),
    ),
    "a Maven coordinate": (
        "ask('describe_package', **TEAM, format='maven', package='org.apache:commons')",
        (
            "Repository 'team' has no package with format='maven', package='org.apache:commons'. Did you mean "
            "maven('org.apache', 'commons')? A maven package has a namespace. Write namespace='org.apache', "
            "package='commons'."
        ),
    ),
    "a namespace where there is none": (
        "ask('describe_package', **TEAM, format='pypi', namespace='x', package='requests')",
        (
            "Repository 'team' has no package with format='pypi', namespace='x', package='requests'. Did you mean "
            "pypi('requests')? A pypi package has no namespace. Write package='requests' without namespace."
        ),
    ),
    "a name that is not normalised": (
        "ask('describe_package', **TEAM, format='pypi', package='Old_Tool')",
        "Repository 'team' has no pypi('Old_Tool'). Did you mean pypi('old-tool')? Write package='old-tool'.",
    ),
    "a typo in a package": (
        "ask('describe_package', **TEAM, format='pypi', package='reqests')",
        "Repository 'team' has no pypi('reqests'). Did you mean pypi('requests')? Write package='requests'.",
    ),
    "another format": (
        "ask('describe_package', **TEAM, format='npm', package='requests')",
        (
            "Repository 'team' has no npm('requests'). Did you mean pypi('requests')? Write format='pypi', "
            "package='requests'."
        ),
    ),
    "a typo in a repository": (
        "ask('list_packages', domain='acme', repository='taem')",
        "Domain 'acme' has no repository 'taem'. Did you mean 'team'? Write repository='team'.",
    ),
    "the source of a copy": (
        (
            "ask('copy_package_versions', domain='acme', sourceRepository='taem', destinationRepository='prod', "
            "format='pypi', package='new', versions=['2.31.0'])"
        ),
        "Domain 'acme' has no repository 'taem'. Did you mean 'team'? Write sourceRepository='team'.",
    ),
    "a repository of another domain": (
        "codeartifact.add_domain('other'); ask('list_packages', domain='other', repository='team')",
        "Domain 'other' has no repository 'team'. Domain 'acme' has one. Write domain='acme'.",
    ),
    "a typo in a domain": (
        "ask('list_packages', domain='acne', repository='team')",
        "Account 123456789012 has no domain 'acne' in us-east-1. Did you mean 'acme'? Write domain='acme'.",
    ),
    "a typo in a domain of another region": (
        "ask('list_packages', boto3.client('codeartifact', region_name='eu-west-1'), domain='acne', repository='x1')",
        (
            "Account 123456789012 has no domain 'acne' in eu-west-1. Did you mean 'acme' of account 123456789012 in "
            "us-east-1?"
        ),
    ),
    "a shorter version": (
        "ask('describe_package_version', **TEAM, format='pypi', package='requests', packageVersion='2.31')",
        (
            "pypi('requests') in repository 'team' has no version '2.31'. Did you mean '2.31.0'? Write "
            "packageVersion='2.31.0'."
        ),
    ),
    "a shorter version in a batch": (
        "ask('delete_package_versions', **TEAM, format='pypi', package='requests', versions=['2.31'])",
        (
            "pypi('requests') in repository 'team' has no version '2.31'. Did you mean '2.31.0'? Write "
            "versions=['2.31.0']."
        ),
    ),
    "an asset": (
        (
            "ask('get_package_version_asset', **TEAM, format='npm', namespace='ui', package='button', "
            "packageVersion='1.0.0', asset='package.tar.gz')"
        ),
        (
            "Version '1.0.0' of npm('@ui/button') has no asset 'package.tar.gz'. Did you mean 'package.tgz'? Write "
            "asset='package.tgz'."
        ),
    ),
    "a package group without its end": (
        "ask('describe_package_group', domain='acme', packageGroup='/npm/ui')",
        "Domain 'acme' has no package group '/npm/ui'. Did you mean '/npm/ui/*'? Write packageGroup='/npm/ui/*'.",
    ),
    "a package group that is near": (
        "ask('describe_package_group', domain='acme', packageGroup='/npm/iu/*')",
        ("Domain 'acme' has no package group '/npm/iu/*'. Did you mean '/npm/ui/*'? Write packageGroup='/npm/ui/*'."),
    ),
    "an empty list of another format": (
        "ask('list_packages', **TEAM, format='nuget')",
        "Repository 'team' has no package of format 'nuget'. Choose from: 'maven', 'npm', 'pypi'.",
    ),
    "an empty list of a scope": (
        "ask('list_packages', **TEAM, format='npm', namespace='@ui')",
        "Repository 'team' has no package of namespace '@ui'. Did you mean 'ui'? Write namespace='ui'.",
    ),
    "an empty list of a prefix": (
        "ask('list_packages', **TEAM, format='pypi', packagePrefix='Old-')",
        (
            "Repository 'team' has no package whose name begins with 'Old-'. Did you mean 'old-'? Write "
            "packagePrefix='old-'."
        ),
    ),
    "an empty list of repositories": (
        "ask('list_repositories', repositoryPrefix='Tea')",
        (
            "Domain 'acme' has no repository whose name begins with 'Tea'. Did you mean 'tea'? Write "
            "repositoryPrefix='tea'."
        ),
    ),
    "an empty list of groups": (
        "ask('list_package_groups', domain='acme', prefix='/npm/iu')",
        (
            "Domain 'acme' has no package group whose pattern begins with '/npm/iu'. Did you mean '/npm/ui'? Write "
            "prefix='/npm/ui'."
        ),
    ),
    "an empty list of domains": (
        "ask('list_domains', boto3.client('codeartifact', region_name='eu-west-1'))",
        "Account 123456789012 has no domains in eu-west-1, but account 123456789012 in us-east-1 has 'acme'.",
    ),
    "an empty list of domains of another account": (
        "ask('list_domains', codeartifact.client(account='111122223333'))",
        "Account 111122223333 has no domains in us-east-1, but account 123456789012 in us-east-1 has 'acme'.",
    ),
    "what an earlier call has removed": (
        "[ask('delete_package', **TEAM, format='pypi', package='new') for _ in range(2)]",
        "Repository 'team' has no pypi('new'). It was removed by call 1.",
    ),
    "a repository that an earlier call has removed": (
        "[ask('delete_repository', **TEAM) for _ in range(2)]",
        "Domain 'acme' has no repository 'team'. It was removed by call 1.",
    ),
    "a version that an earlier call has removed": (
        "[ask('delete_package_versions', **TEAM, format='pypi', package='new', versions=['2.31.0']) for _ in range(2)]",
        "pypi('new') in repository 'team' has no version '2.31.0'. It was removed by call 1.",
    ),
    "what an earlier call has removed, beside a similar name": (
        (
            "team.add_package(pypi('request')); "
            "[ask('delete_package', **TEAM, format='pypi', package='requests') for _ in range(2)]"
        ),
        "Repository 'team' has no pypi('requests'). It was removed by call 1.",
    ),
    "a prefix that there is, with another filter": (
        "ask('list_packages', **TEAM, format='pypi', packagePrefix='old', publish='BLOCK')",
        None,
    ),
    "a list that is empty with good reason": (
        "ask('list_package_version_dependencies', **TEAM, format='pypi', package='new', packageVersion='2.31.0')",
        None,
    ),
    "nothing of that name": ("ask('describe_package', **TEAM, format='pypi', package='zzz')", None),
    "a call that finds what it asks for": ("ask('describe_package', **TEAM, format='pypi', package='new')", None),
}


@pytest.mark.parametrize(("call", "hint"), MISTAKES.values(), ids=MISTAKES)
def test_a_call_that_finds_nothing_gets_a_hint_of_what_to_write(
    pytester: pytest.Pytester, call: str, hint: str | None
) -> None:
    hints = printed.hints(section(pytester, in_a_test(call)))

    assert hints == ([] if hint is None else [f"hint: {hint}"])


@pytest.mark.parametrize("color", ["yes", "no"])
def test_the_section_has_the_messages_of_the_service_and_fits_a_terminal(pytester: pytest.Pytester, color: str) -> None:
    lines = section(
        pytester,
        in_a_test(
            "for _ in range(200): ask('list_packages', **TEAM)",
            "ask('delete_package', **TEAM, format='pypi', package='new')",
            "ask('delete_package_versions', **TEAM, format='pypi', package='requests', versions=['2.31'])",
            "ask('list_domains', boto3.client('codeartifact', region_name='eu-west-1'))",
            "ask('list_domains', codeartifact.client(account='111122223333'))",
            "ask('delete_package', **TEAM, format='pypi', package='reqests')",
            "codeartifact.fail('DescribeDomain', 'ThrottlingException', times=2)",
            "ask('describe_domain', domain='acme')",
        ),
        f"--color={color}",
    )

    assert lines == [
        "fake of account 123456789012 in us-east-1: 206 calls, 3 of them writes (>)",
        "  1-200  ListPackages(acme/team)  x200  -> 5 packages",
        "> 201    DeletePackage(acme/team, pypi('new'))  -> ok",
        "> 202    DeletePackageVersions(acme/team, pypi('requests'), ['2.31'])",
        "           -> 1 of 1 failed: 2.31 NOT_FOUND",
        "  203    ListDomains()  in eu-west-1  -> 0 domains",
        "  204    ListDomains()  of account 111122223333  -> 0 domains",
        "> 205    DeletePackage(acme/team, pypi('reqests'))",
        "           -> ResourceNotFoundException: The pypi package 'reqests' does not",
        "           exist in repository 'team'.",
        "  206    DescribeDomain(acme)  -> ok (3 attempts)",
        "hint: pypi('requests') in repository 'team' has no version '2.31'. Did you mean",
        "      '2.31.0'? Write versions=['2.31.0'].",
        "hint: Account 123456789012 has no domains in eu-west-1, but account 123456789012",
        "      in us-east-1 has 'acme'.",
        "hint: Account 111122223333 has no domains in us-east-1, but account 123456789012",
        "      in us-east-1 has 'acme'.",
        "hint: Repository 'team' has no pypi('reqests'). Did you mean pypi('requests')?",
        "      Write package='requests'.",
    ]


def test_only_a_domain_in_another_account_or_region_causes_a_warning(pytester: pytest.Pytester) -> None:
    calls = "".join(
        f"    {call}\n" for call, _ in MISTAKES.values() if "region_name" not in call and "delete_" not in call
    )

    result = run(pytester, f"{SEEDED}def test_it(team, codeartifact):\n{calls}", "-W", "error")

    result.assert_outcomes(passed=1)


def test_writes_and_failures_are_listed_if_other_calls_are_left_out(pytester: pytest.Pytester) -> None:
    lines = section(
        pytester,
        in_a_test(
            "ask('delete_package', **TEAM, format='pypi', package='new')",
            "for number in range(1000): ask('list_packages', **TEAM, packagePrefix=str(number))",
            "ask('describe_domain', domain='acne')",
            "for number in range(60): ask('list_packages', **TEAM, packagePrefix=str(number))",
        ),
    )

    calls = [line for line in lines if re.match(r"(>| ) \d| +\.\.\.", line)]
    assert calls[:4] == [
        "> 1     DeletePackage(acme/team, pypi('new'))  -> ok",
        "  ... 1,000 calls left out ...",
        "  1002  DescribeDomain(acne)",
        "  ... 12 calls left out ...",
    ]
    assert len(calls) == 52


def test_a_long_path_is_truncated_from_the_left(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("a_directory_with_a_very_long_name_indeed") / "retention_job.py").write_text(
        "def clean_up(client):\n    client.list_domains()\n"
    )
    pytester.syspathinsert("a_directory_with_a_very_long_name_indeed")

    result = run(
        pytester,
        "import retention_job\ndef test_it(codeartifact):\n    retention_job.clean_up(client)\n    assert False",
    )

    assert printed.section(result.stdout.lines)[1] == "  1  ListDomains()  -> 0 domains  [.../retention_job.py:2]"


def test_a_long_path_of_a_request_is_truncated(pytester: pytest.Pytester) -> None:
    code = """
import http.client
from contextlib import closing


def test_it(codeartifact_server):
    with closing(http.client.HTTPConnection(codeartifact_server.url.removeprefix("http://"))) as connection:
        connection.request("GET", f"/v1/{'a' * 10_000}")
        connection.getresponse().read()
    assert False
"""

    lines = section(pytester, code)

    assert "(10,008" in " ".join(lines)
    assert len(lines) < 12


def test_a_test_that_calls_nothing_has_no_section(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_it(codeartifact): codeartifact.add_domain('x')")

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line(f"*{printed.SECTION}*")


@pytest.mark.parametrize("arguments", ["", "-n 1"])
def test_the_section_is_in_junit_xml(pytester: pytest.Pytester, arguments: str) -> None:
    if arguments:
        pytest.importorskip("xdist")

    run(pytester, SEEDED + in_a_test("client.list_packages(**TEAM)"), "--junitxml=report.xml", *arguments.split())

    failure = ElementTree.parse(pytester.path / "report.xml").find(".//failure")
    assert failure is not None
    assert failure.text is not None
    assert "CodeArtifact calls" in failure.text
    assert "  1  ListPackages(acme/team)  -> 5 packages" in failure.text


# What was removed

DELETES_NEW = "client.delete_package(**TEAM, format='pypi', package='new')"
NOT_OLD = "  pypi('old-tool') should have been removed, and was not"
NEW = "  pypi('new') was removed, and should not have been (by call 1, below)"


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ("team.deleted == {pypi('old-tool')}", [NEW, NOT_OLD]),
        ("{pypi('old-tool')} == team.deleted", [NEW, NOT_OLD]),
        ("team.deleted >= {pypi('old-tool')}", [NOT_OLD]),
        ("{pypi('old-tool')} <= team.deleted", [NOT_OLD]),
        ("team.deleted <= {pypi('old-tool')}", [NEW]),
        ("{pypi('old-tool')} > team.deleted", [NEW]),
        ("team.deleted < {pypi('new')}", ["  they are equal"]),
        ("team.deleted != {pypi('new')}", ["  they are equal"]),
        ("team.deleted == team.packages.keys()", None),
    ],
)
def test_a_failed_comparison_names_each_difference_and_its_call(
    pytester: pytest.Pytester, assertion: str, words: list[str] | None
) -> None:
    result = run(pytester, f"{SEEDED}def test_it(team):\n    {DELETES_NEW}\n    assert {assertion}\n")

    result.assert_outcomes(failed=1)
    explained = [line[10:] for line in result.stdout.lines if line.startswith("E           ")]
    if words is not None:
        assert explained == words
    lines = printed.section(result.stdout.lines)
    assert without_places(lines)[1:] == ["> 1  DeletePackage(acme/team, pypi('new'))  -> ok"]


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ("self.assertEqual(team.deleted, {pypi('old-tool')})", [NEW, NOT_OLD]),
        ("self.assertEqual({pypi('old-tool')}, team.deleted)", [NEW, NOT_OLD]),
        ("self.assertGreaterEqual(team.deleted, {pypi('old-tool')})", [NOT_OLD]),
        ("self.assertLessEqual(team.deleted, {pypi('old-tool')})", [NEW]),
        ("self.assertIn(pypi('old-tool'), team.deleted)", [NOT_OLD]),
        ("self.assertNotIn(pypi('new'), team.deleted)", [NEW]),
        ("self.assertFalse(team.deleted)", []),
        ("self.assertEqual(len(team.deleted), 2)", []),
    ],
)
def test_assertions_of_unittest_have_the_same_explanation(
    pytester: pytest.Pytester, assertion: str, words: list[str]
) -> None:
    result = run(
        pytester,
        f"""
import unittest

class TestIt(unittest.TestCase):
    def test_it(self):
        with FakeCodeArtifact() as fake:
            team = fake.add_domain("acme").add_repository("team")
            team.add_packages([pypi("old-tool"), pypi("new")])
            {DELETES_NEW}
            {assertion}
""",
    )

    result.assert_outcomes(failed=1)
    heading, *lines = printed.section(result.stdout.lines)
    assert heading.startswith("packages deleted from repository 'team': ")
    assert "{pypi('new')}" in heading
    assert lines[: len(words)] == words
    assert lines[len(words)].startswith("fake of account ")


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ("len(team.deleted) == 2", "packages deleted from repository 'team': {pypi('new')}"),
        ("not team.deleted", "packages deleted from repository 'team': {pypi('new')}"),
        ("team.deleted_versions", "versions deleted from repository 'team': set()"),
        ("team.disposed_versions", "versions disposed of from repository 'team': set()"),
    ],
)
def test_assertions_on_size_and_truth_value_show_the_set(pytester: pytest.Pytester, assertion: str, words: str) -> None:
    result = run(pytester, f"{SEEDED}def test_it(team):\n    {DELETES_NEW}\n    assert {assertion}\n")

    assert printed.section(result.stdout.lines)[0] == words


# Unused faults, and refused calls


@pytest.mark.parametrize("color", ["yes", "no"])
def test_an_unused_fault_is_reported_with_its_line_and_the_nearest_call(pytester: pytest.Pytester, color: str) -> None:
    result = run(
        pytester,
        SEEDED
        + """
def test_it(team, codeartifact):
    codeartifact.fail("DeletePackage", "ThrottlingException", times=2, when={"package": "x", "format": "pypi"})
    codeartifact.fail("ListPackages", "ThrottlingException", after=3)
    codeartifact.fail_versions("DeletePackageVersions", {"9": "NOT_ALLOWED"})
    ask("delete_package", **TEAM, format="pypi", package="new")
    ask("delete_package", **TEAM, format="npm", package="button")
    ask("list_packages", **TEAM)
""",
        f"--color={color}",
    )

    result.assert_outcomes(passed=1, errors=1)
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in result.stdout.lines]
    start = next(number for number, line in enumerate(plain) if "UnusedFaults:" in line)
    end = next(number for number, line in enumerate(plain) if f" {printed.SECTION} " in line)
    assert [re.sub(r"\[\S*py:(\d+)\]", r"[:\1]", line[4:]) for line in plain[start:end]] == [
        "pytest_codeartifact.errors.UnusedFaults: 3 planned faults were never used.",
        "  fail('DeletePackage', ThrottlingException('Rate exceeded'), times=2,",
        "    when={'package': 'x', 'format': 'pypi'})",
        "    [:28]",
        "    Calls of DeletePackage: 2, none of which matched; the nearest one is:",
        "      DeletePackage(acme/team, pypi('new'))",
        "      [:23]",
        "  fail('ListPackages', ThrottlingException('Rate exceeded'), after=3)",
        "    [:29]",
        "    Attempts of ListPackages: 1, but after=3 lets the first 3 pass.",
        "  fail_versions('DeletePackageVersions', {'9': 'NOT_ALLOWED'})",
        "    [:30]",
        "    DeletePackageVersions was never called. The calls were DeletePackage,",
        "      ListPackages.",
        "Not needed? Remove it or call .cancel(). To allow unused faults, write",
        '  @pytest.mark.codeartifact(unused_faults="allow")',
    ]
    assert not any("hidden" in line for line in plain)


@pytest.mark.parametrize(
    "code",
    [
        "@pytest.fixture\ndef it():\n    client.list_domains()\n\ndef test_it(it): pass",
        "def helper():\n    client.list_domains()\n\ndef test_it():\n    helper()",
        "import unittest\nclass TestIt(unittest.TestCase):\n    def test_it(self):\n        client.list_domains()",
        "import asyncio\nasync def work():\n    client.list_domains()\n\ndef test_it():\n    asyncio.run(work())",
        "def test_it():\n    list(client.get_paginator('list_domains').paginate())",
        "def test_it():\n    with pytest.raises(ValueError):\n        client.list_domains()",
    ],
    ids=["fixture", "helper", "unittest", "async", "paginator", "raises"],
)
def test_the_traceback_of_a_refused_call_ends_at_the_line_of_the_user(pytester: pytest.Pytester, code: str) -> None:
    lines = run(pytester, code).stdout.lines

    error = next(number for number, line in enumerate(lines) if "RealCallRefused: " in line)
    assert lines[error - 1].strip().endswith(".paginate())" if "paginate" in code else "client.list_domains()")
    assert "botocore" not in "\n".join(
        lines[lines.index(next(line for line in lines if line.startswith("___"))) : error]
    )
