"""The reports of a whole run: what the tests have asked of their fakes, in all processes together."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from ..runs.test_plugin import run

ACCOUNT_ARN = "arn:aws:codeartifact:us-east-1:123456789012"

SUITE = """
@pytest.fixture
def team(codeartifact):
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_packages([pypi("a"), pypi("b")], versions=["1.0", "1.1"])
    return team

def delete(name):
    client.delete_package(**TEAM, format="pypi", package=name)

def test_deletes(team):
    delete("a")
    delete("b")

def test_retries(team, codeartifact):
    codeartifact.fail("DeletePackage", "ThrottlingException", times=2)
    delete("a")

def test_misses(team):
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        delete("c")

def test_without_the_fixture():
    with FakeCodeArtifact() as fake:
        fake.add_domain("acme").add_repository("team").add_packages([pypi("x"), pypi("y")])
        client.delete_repository(**TEAM)

def test_calls_nothing(team):
    pass
"""
FILE = "test_the_record.py"
IN_ORDER = ("-p", "no:randomly")


def record(
    pytester: pytest.Pytester, code: str, *arguments: str, **how: Any
) -> tuple[dict[str, Any], pytest.RunResult]:
    """What a run of these tests writes as JSON."""
    result = run(pytester, code, *IN_ORDER, "--codeartifact-report-file=report.json", *arguments, **how)
    return json.loads((pytester.path / "report.json").read_text()), result


@pytest.fixture
def named(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the tests is called :data:`FILE`."""
    make = pytester.makepyfile
    monkeypatch.setattr(pytester, "makepyfile", lambda code="", **files: make(**(files or {FILE[:-3]: code})))


@pytest.mark.parametrize("arguments", ["", "-n 2"])
def test_a_run_report_is_the_same_from_one_process_and_from_several(
    pytester: pytest.Pytester, named: None, arguments: str
) -> None:
    if arguments:
        pytest.importorskip("xdist")

    report, result = record(pytester, SUITE, *arguments.split())

    result.assert_outcomes(passed=5)
    assert report["calls"] == {"DeletePackage": 4, "DeleteRepository": 1}
    assert report["tests"] == {
        f"{FILE}::test_deletes": 2,
        f"{FILE}::test_misses": 1,
        f"{FILE}::test_retries": 1,
        f"{FILE}::test_without_the_fixture": 1,
    }
    assert report["deletions"] == [
        {"operation": "DeletePackage", "domain": "acme", "repository": "team", "packages": 3, "versions": 6},
        {"operation": "DeleteRepository", "domain": "acme", "repository": "team", "packages": 2, "versions": 0},
    ]
    assert report["faults"] == [{"operation": "DeletePackage", "error": "ThrottlingException", "struck": 2}]
    assert report["lost_workers"] == []
    assert (report["version"], report["tests_run"]) == (1, 5)
    assert report["options"] == {"--codeartifact-report-file": ["report.json"]}
    assert report["never_failed"] == ["DeleteRepository"]


def test_the_report_lists_errors_of_the_model_that_never_occurred(pytester: pytest.Pytester, named: None) -> None:
    report, _ = record(pytester, SUITE)

    assert len(report["never_called"]) == 46
    assert "DeletePackage" not in report["never_called"]
    assert report["errors_never_exercised"]["DeletePackage"] == [
        "AccessDeniedException",
        "ConflictException",
        "InternalServerException",
        "ValidationException",
    ]
    assert "ThrottlingException" in report["errors_never_exercised"]["DeleteRepository"]
    assert len(report["errors_never_exercised"]) == 48


def reported(result: pytest.RunResult) -> list[str]:
    """The report in the terminal, without colours."""
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in result.stdout.lines]
    start = next(number for number, line in enumerate(plain) if re.fullmatch("=+ CodeArtifact =+", line))
    end = next(number for number, line in enumerate(plain) if number > start and line.startswith("==="))
    return "\n".join(plain[start + 1 : end]).rstrip().splitlines()


REPORT = f"""\
5 calls of 2 operations in 5 tests; planned faults struck 2 times

removed by calls
  acme/team  3 packages with 6 versions (DeletePackage), 2 packages with 0
    versions (DeleteRepository)

errors that occurred in a test: x yes, . no
operation         calls acc con int  nf quo thr val
DeletePackage         4   .   .   .   x       x   .
DeleteRepository      1   .   .   .   .       .   .

never called: 46 of 48 operations (-v lists them)
never failed, although they delete: DeleteRepository (try codeartifact.fail)
most calls: 2 by {FILE}::test_deletes (-v lists all)
"""


@pytest.mark.parametrize("arguments", ["--color=yes", "--color=no", "--color=no -n 1"])
def test_the_report_in_the_terminal_fits_80_columns(
    pytester: pytest.Pytester, named: None, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    if "-n" in arguments:
        pytest.importorskip("xdist")
    monkeypatch.setenv("COLUMNS", "80")

    result = run(pytester, SUITE, *IN_ORDER, "--codeartifact-report", *arguments.split())

    assert reported(result) == REPORT.splitlines()
    assert max(map(len, reported(result))) <= 80
    assert ("\x1b[32m   x" in result.stdout.str()) == ("yes" in arguments)


def test_a_verbose_report_lists_all_operations_and_tests(
    pytester: pytest.Pytester, named: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    lines = reported(run(pytester, SUITE, *IN_ORDER, "--codeartifact-report", "-v"))

    assert max(map(len, lines)) <= 60
    text = " ".join(" ".join(lines).split())
    assert "columns: acc AccessDeniedException, con ConflictException, " in text
    assert "never called: 46 of 48 operations AssociateExternalConnection, CopyPackageVersions, " in text
    assert lines[-5:] == [
        "calls by test",
        f"     2  {FILE}::test_deletes",
        f"     1  {FILE}::test_misses",
        f"     1  {FILE}::test_retries",
        f"     1  {FILE}::test_without_the_fixture",
    ]


def test_failed_versions_of_a_batch_count_as_failures(pytester: pytest.Pytester) -> None:
    report, _ = record(
        pytester,
        """
def test_it(codeartifact):
    codeartifact.add_domain("acme").add_repository("team").add_package(pypi("x"), versions=["1"])
    batch = {**TEAM, "format": "pypi", "package": "x"}
    client.dispose_package_versions(**batch, versions=["2"])
    client.delete_package_versions(**batch, versions=["1"])
""",
    )

    assert report["never_failed"] == ["DeletePackageVersions"]
    assert report["deletions"] == [
        {
            "operation": "DeletePackageVersions",
            "domain": "acme",
            "repository": "team",
            "packages": 1,
            "versions": 1,
        }
    ]


def test_the_report_can_be_written_as_markdown(pytester: pytest.Pytester, named: None) -> None:
    run(pytester, SUITE, *IN_ORDER, "--codeartifact-report-file=report.md")

    lines = (pytester.path / "report.md").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["## CodeArtifact", "", "5 calls of 2 operations in 5 tests; planned faults struck 2 times."]
    assert (
        "| acme/team | 3 packages with 6 versions (DeletePackage), 2 packages with 0 versions (DeleteRepository) |"
        in lines
    )
    assert "| DeletePackage | 4 | · | · | · | ✓ |  | ✓ | · |" in lines
    assert "**Never failed, although they delete:** DeleteRepository" in lines
    assert f"- 2 calls: `{FILE}::test_deletes`" in lines


def test_the_policy_can_name_repositories_in_place_of_packages(pytester: pytest.Pytester) -> None:
    run(pytester, SUITE, "--codeartifact-iam-policy=policy.json", "--codeartifact-iam-wildcards")

    statements = json.loads((pytester.path / "policy.json").read_text())["Statement"]
    assert [statement["Resource"] for statement in statements] == [
        [f"{ACCOUNT_ARN}:package/acme/team/*"],
        [f"{ACCOUNT_ARN}:repository/acme/team"],
    ]


@pytest.mark.parametrize("arguments", ["", "-n 2"])
def test_the_policy_allows_what_all_tests_need(pytester: pytest.Pytester, arguments: str) -> None:
    if arguments:
        pytest.importorskip("xdist")

    result = run(pytester, SUITE, "--codeartifact-iam-policy=policy.json", *arguments.split())

    assert json.loads((pytester.path / "policy.json").read_text())["Statement"] == [
        {
            "Sid": "DeletePackage",
            "Effect": "Allow",
            "Action": ["codeartifact:DeletePackage"],
            "Resource": [f"{ACCOUNT_ARN}:package/acme/team/pypi//{name}" for name in "abc"],
        },
        {
            "Sid": "DeleteRepository",
            "Effect": "Allow",
            "Action": ["codeartifact:DeleteRepository"],
            "Resource": [f"{ACCOUNT_ARN}:repository/acme/team"],
        },
    ]
    result.stdout.fnmatch_lines(["=* CodeArtifact =*", "IAM policy: *policy.json"])


@pytest.mark.parametrize("arguments", ["", "-n 2"])
def test_the_report_of_a_run_without_fakes_says_so(pytester: pytest.Pytester, arguments: str) -> None:
    if arguments:
        pytest.importorskip("xdist")

    result = run(
        pytester,
        "def test_it(): pass",
        "--codeartifact-report",
        "--codeartifact-iam-policy=policy.json",
        *arguments.split(),
    )

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["=* CodeArtifact =*", "No fake CodeArtifact was called."])
    assert json.loads((pytester.path / "policy.json").read_text()) == {"Version": "2012-10-17", "Statement": []}


def test_calls_to_a_fake_of_a_wider_scope_are_reported_by_test(pytester: pytest.Pytester, named: None) -> None:
    report, _ = record(
        pytester,
        """
@pytest.fixture(scope="module")
def fake():
    with FakeCodeArtifact(unused_faults="allow") as fake:
        fake.fail("ListDomains", "InternalServerException")
        yield fake
        client.list_repositories()

def test_first(fake):
    client.list_domains()

def test_both(fake, codeartifact):
    client.create_domain(domain="acme")
    codeartifact.close()
    client.list_domains()
    codeartifact.open()
    client.list_domains()

def test_last(fake):
    client.list_domains()
""",
    )

    assert report["calls"] == {"CreateDomain": 1, "ListDomains": 4, "ListRepositories": 1}
    assert report["tests"] == {f"{FILE}::test_first": 1, f"{FILE}::test_both": 3, f"{FILE}::test_last": 2}
    assert report["faults"] == [{"operation": "ListDomains", "error": "InternalServerException", "struck": 1}]


def test_deletions_from_a_fake_of_a_wider_scope_are_counted_once(pytester: pytest.Pytester, named: None) -> None:
    report, _ = record(
        pytester,
        """
@pytest.fixture(scope="module")
def team():
    with FakeCodeArtifact() as fake:
        team = fake.add_domain("acme").add_repository("team")
        team.add_packages([pypi("a"), pypi("b"), pypi("c")])
        yield team

@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_it(team, name):
    client.delete_package(**TEAM, format="pypi", package=name)
""",
    )

    assert report["deletions"] == [
        {"operation": "DeletePackage", "domain": "acme", "repository": "team", "packages": 3, "versions": 0}
    ]


def test_the_terminal_names_the_test_that_called_most(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.parametrize("number", range(54))
def test_it(codeartifact, number):
    client.list_domains()
""",
        "--codeartifact-report",
    )

    result.stdout.fnmatch_lines(["54 calls of 1 operation in 54 tests", "most calls: 1 by *test_it*"])


def test_calls_of_all_fakes_of_a_test_are_counted(pytester: pytest.Pytester, named: None) -> None:
    report, _ = record(
        pytester,
        """
def test_it():
    for _ in range(20):
        with FakeCodeArtifact() as fake, fake.fork():
            client.list_domains()
""",
    )

    assert report["tests"] == {f"{FILE}::test_it": 20}


def test_calls_outside_of_tests_are_counted_separately(pytester: pytest.Pytester, named: None) -> None:
    report, _ = record(
        pytester,
        """
with FakeCodeArtifact():
    client.list_domains()

def test_it(codeartifact):
    client.list_domains()
""",
        conftest="""
fake = FakeCodeArtifact()
fake.open()
client.list_domains()

def pytest_sessionfinish():
    client.list_domains()
""",
        apart=True,
    )

    assert report["tests"] == {"(outside of tests)": 3, f"{FILE}::test_it": 1}


def test_a_worker_that_crashed_is_named(pytester: pytest.Pytester, named: None) -> None:
    pytest.importorskip("xdist")

    report, result = record(
        pytester,
        SUITE
        + """
def test_crashes(team):
    import os
    delete("a")
    os._exit(1)
""",
        "-n",
        "1",
    )

    assert report["lost_workers"] == ["gw0"]
    assert f"{FILE}::test_crashes" not in report["tests"]
    result.stdout.fnmatch_lines(["The record of worker gw0 is missing: the worker ended too early."])


def test_the_records_of_other_workers_are_kept_when_one_crashes(pytester: pytest.Pytester, named: None) -> None:
    pytest.importorskip("xdist")

    report, _ = record(
        pytester,
        """
import os

def test_crashes(codeartifact):
    client.list_domains()
    if os.environ["PYTEST_XDIST_WORKER"] == "gw0":
        os._exit(1)

def test_lists(codeartifact):
    client.list_repositories()
""",
        "-n",
        "2",
        "--dist",
        "each",
    )

    assert report["lost_workers"] == ["gw0"]
    assert report["tests"].keys() == {f"{FILE}::test_crashes", f"{FILE}::test_lists"}


def test_a_run_that_stops_early_is_reported(pytester: pytest.Pytester, named: None) -> None:
    report, result = record(pytester, SUITE.replace('delete("b")', "assert False"), "-x")

    result.assert_outcomes(failed=1)
    assert report["calls"] == {"DeletePackage": 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--codeartifact-report-file=nowhere/x.json", "*--codeartifact-report-file: there is no directory *nowhere*"),
        ("--codeartifact-iam-policy=nowhere/x", "*--codeartifact-iam-policy: there is no directory *nowhere*"),
        ("--codeartifact-iam-policy=.", "*--codeartifact-iam-policy: * is a directory*"),
        ("--codeartifact-iam-policy=", "*--codeartifact-iam-policy needs the name of a file*"),
        ("--codeartifact-report-file=", "*--codeartifact-report-file needs the name of a file*"),
        ("--codeartifact-report-file=x.xml", "*the suffix of 'x.xml' names no format. Choose from: .json, .md.*"),
        ("--codeartifact-report-file=json", "*the suffix of 'json' names no format. Choose from: .json, .md.*"),
        ("--codeartifact-report=json:x.json", "*--codeartifact-report: ignored explicit argument 'json:x.json'*"),
        (
            "--codeartifact-report-file=a.json --codeartifact-report-file=./a.json",
            "*a.json would be written twice; write the report to another file.*",
        ),
        (
            "--codeartifact-report-file=a.json --codeartifact-iam-policy=a.json",
            "*a.json would be written twice; write the IAM policy to another file.*",
        ),
        (
            "--codeartifact-iam-wildcards",
            "*--codeartifact-iam-wildcards needs --codeartifact-iam-policy=FILE*",
        ),
        ("-n 1 --codeartifact-report-file=nowhere/x.json", "*: there is no directory *nowhere*"),
    ],
)
def test_invalid_options_and_paths_of_reports_are_usage_errors(
    pytester: pytest.Pytester, arguments: str, message: str
) -> None:
    if "-n" in arguments:
        pytest.importorskip("xdist")

    result = run(pytester, SUITE, *arguments.split())

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*passed*")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_directory_without_write_permission_is_a_usage_error(pytester: pytest.Pytester) -> None:
    Path(pytester.mkdir("closed")).chmod(0o500)

    result = run(pytester, SUITE, "--codeartifact-iam-policy=closed/policy.json")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*policy.json cannot be written*"])


@pytest.mark.parametrize("arguments", ["", "-n 1"])
def test_the_report_is_written_to_the_terminal_and_to_every_named_file(
    pytester: pytest.Pytester, arguments: str
) -> None:
    if arguments:
        pytest.importorskip("xdist")

    files = ("one.json", "two.JSON")
    options = [f"--codeartifact-report-file={file}" for file in files]
    result = run(pytester, SUITE, "--codeartifact-report", *options, *arguments.split())

    result.stdout.fnmatch_lines(["5 calls of 2 operations in 5 tests; *", "report: *one.json", "report: *two.JSON"])
    one, two = (json.loads((pytester.path / file).read_text()) for file in files)
    assert one == two
    assert one["calls"] == {"DeletePackage": 4, "DeleteRepository": 1}


def test_the_report_can_be_requested_in_the_configuration(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_other="def test_it(): assert False")

    result = run(
        pytester,
        SUITE,
        "test_the_report_can_be_requested_in_the_configuration.py",
        ini="addopts = --codeartifact-report",
    )

    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["5 calls of 2 operations in 5 tests; *"])


def test_a_run_that_only_collects_writes_no_files(pytester: pytest.Pytester) -> None:
    run(pytester, SUITE, "--codeartifact-iam-policy=policy.json", "--collect-only")

    assert not (pytester.path / "policy.json").exists()


def test_the_modules_of_the_report_are_not_loaded_without_a_report(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
import sys

def test_it(codeartifact):
    client.list_domains()
    assert "pytest_codeartifact.reports.run_record" not in sys.modules
""",
        apart=True,
    )

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*= CodeArtifact =*")


def test_a_run_within_a_run_does_not_end_the_record(pytester: pytest.Pytester, named: None) -> None:
    report, result = record(
        pytester,
        """
pytest_plugins = ["pytester"]

def test_outer(codeartifact, pytester):
    client.list_domains()
    pytester.makepyfile("def test_inner(codeartifact, codeartifact_client): codeartifact_client.list_repositories()")
    pytester.inline_run("--codeartifact-report", "-p", "no:asyncio").assertoutcome(passed=1)
    client.list_domains()

def test_after(codeartifact):
    client.list_domains()
""",
        apart=True,
    )

    result.assert_outcomes(passed=2)
    assert report["calls"] == {"ListDomains": 3}
