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
    """The blocks continue one another."""
    pytester.makepyfile("\n\n".join(PYTHON))

    result = pytester.runpytest_subprocess("--strict-markers", "-p", "no:randomly")

    result.assert_outcomes(passed="\n".join(PYTHON).count("\ndef test_"))


def test_the_readme_has_less_than_700_words() -> None:
    words = re.findall(r"[a-z]{2,}", re.sub(r"^```.*?^```", "", README, flags=re.M | re.S), re.I)

    assert len(words) < 700


def test_the_first_example_has_at_most_16_lines() -> None:
    lines = [line for line in PYTHON[0].splitlines() if line.strip()]

    assert len(lines) <= 16
    assert "(codeartifact: FakeCodeArtifact)" in PYTHON[0]


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


def test_the_command_for_the_examples_installs_boto3() -> None:
    (command,) = [command for command in SHELL if command.endswith(" examples")]

    assert "pip install -q . boto3" in command
