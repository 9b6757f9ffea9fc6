"""The README is true: its code runs, and its commands are those that CI and the tests use."""

from __future__ import annotations

import re

import pytest

from .. import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.M | re.S)
PYTHON = [code for language, code in BLOCKS if language == "python"]
SHELL = [code.strip() for language, code in BLOCKS if language == "sh"]


def test_the_examples_run_as_they_are_printed(pytester: pytest.Pytester) -> None:
    """The blocks continue one another, but for those of a conftest.py and one that needs an environment of its own."""
    tests = [code for code in PYTHON if not code.startswith("# conftest.py") and "aiobotocore" not in code]
    pytester.makepyfile("\n\n".join(tests))

    result = pytester.runpytest_subprocess("--strict-markers", "-p", "no:randomly")

    result.assert_outcomes(passed="\n".join(tests).count("\ndef test_"))


def test_the_example_of_asynchronous_clients_runs_as_it_is_printed(pytester: pytest.Pytester) -> None:
    pytest.importorskip("aiobotocore", reason="needs aiobotocore, as in `tox run -e aio`")
    (code,) = [code for code in PYTHON if "aiobotocore" in code]
    pytester.makepyfile(code)

    pytester.runpytest_subprocess("--strict-markers", "-p", "no:asyncio").assert_outcomes(passed=1)


def test_the_shared_seed_is_forked_for_every_test(pytester: pytest.Pytester) -> None:
    (conftest,) = [code for code in PYTHON if code.startswith("# conftest.py") and "codeartifact_seed" in code]
    pytester.makeconftest(conftest)
    pytester.makepyfile(
        """
        import pytest
        from pytest_codeartifact import pypi

        @pytest.mark.parametrize("number", range(2))
        def test_it(codeartifact, codeartifact_client, number):
            team = codeartifact.repository("shared", "team")
            codeartifact_client.delete_package(domain="shared", repository="team", format="pypi", package="a")
            assert list(team.packages) == [pypi("b"), pypi("c")]
        """
    )

    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_the_region_of_the_top_conftest_is_that_of_clients_made_at_import(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    (conftest,) = [code for code in PYTHON if code.startswith("# conftest.py") and "AWS_DEFAULT_REGION" in code]
    pytester.makeconftest(conftest)
    pytester.makepyfile(
        """
        import boto3
        made_at_import = boto3.client("codeartifact", aws_access_key_id="x", aws_secret_access_key="x")

        def test_it(codeartifact):
            assert made_at_import.meta.region_name == boto3.client("codeartifact").meta.region_name == "us-east-1"
        """
    )

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_first_example_is_short() -> None:
    lines = [line for line in PYTHON[0].splitlines() if line.strip()]

    assert len(lines) <= 16


def test_the_printed_report_is_what_a_failing_test_prints(pytester: pytest.Pytester) -> None:
    (report,) = [code for language, code in BLOCKS if language == "text"]
    pytester.makepyfile(
        cleanup="""
        import boto3
        client = boto3.client("codeartifact", region_name="us-east-1")
        def run(name):
            client.delete_package(domain="acme", repository="team", format="pypi", package=name)
        """,
        test_it="""
        import cleanup
        from pytest_codeartifact import pypi

        def test_it(codeartifact):
            team = codeartifact.add_domain("acme").add_repository("team")
            team.add_packages([pypi("old"), pypi("new")])
            cleanup.run("new")
            assert team.deleted == {pypi("old")}
        """,
    )

    printed = pytester.runpytest_subprocess().stdout.str()

    def simplified(text: str) -> list[str]:
        return [" ".join(re.sub(r"\[.*cleanup.py:\d+\]", "", line).split()) for line in text.splitlines()]

    assert set(simplified(report)) <= set(simplified(printed))


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    (command,) = [command for command in SHELL if "tox run" in command]

    assert command in (ROOT / ".ci" / "run").read_text()


def test_the_other_command_runs_the_example() -> None:
    (command,) = [command for command in SHELL if command.endswith(" examples")]

    assert "pip install -q . boto3" in command
