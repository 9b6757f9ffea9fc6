"""The workflows run all environments of tox.ini that belong to CI, on all tested interpreters."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from .. import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI = (ROOT / ".github" / "workflows" / "ci.yml").read_text()


@pytest.fixture(scope="module")
def tox() -> configparser.ConfigParser:
    """What tox.ini says."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini")
    return parser


def expanded(name: str) -> list[str]:
    """The environments that a name with one pair of braces stands for."""
    match = re.fullmatch(r"(.*)\{(.*)\}(.*)", name)
    return [f"{match[1]}{each}{match[3]}" for each in match[2].split(",")] if match else [name]


def environments_of(workflow: str) -> set[str]:
    """The environments that a workflow runs, by their names or by a matrix."""
    (matrix,) = re.findall(r"^ +environment:(?: \[(.+)\]|\n((?: +- .+\n)+))", workflow, re.M) or [("", "")]
    listed = re.findall(r"[\w-]*\w", re.sub(r"#.*|\s-\s", " ", " ".join(matrix)))
    return {*listed, *re.findall(r"tox run -e ([\w-]+)", workflow)}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_the_environments_of_a_workflow_exist(path: Path, tox: configparser.ConfigParser) -> None:
    defined = {name for section in tox.sections() for name in expanded(section.removeprefix("testenv:"))}
    run = environments_of(path.read_text())

    assert run
    assert run - {"py"} - defined == set()


def test_the_workflow_runs_every_environment_of_the_ci_label(tox: configparser.ConfigParser) -> None:
    (label,) = re.findall(r"^ci = (.+)$", tox["tox"]["labels"], re.M)

    assert set(label.split(", ")) - environments_of(CI) == set()


def test_the_workflow_runs_the_interpreters_of_the_matrix(tox: configparser.ConfigParser) -> None:
    (minors,) = re.findall(r"py3\{([\d,]+)\}", tox["tox"]["env_list"])

    assert re.findall(r'"(3\.\d+)"', re.findall(r"python: \[(.+)\]", CI)[0]) == [f"3.{n}" for n in minors.split(",")]


def test_every_file_for_github_is_checked_by_its_schema(tox: configparser.ConfigParser) -> None:
    checked = set(re.findall(r"\.github/\S+\.yml", tox["testenv:lint"]["commands"]))
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / ".github").rglob("*.yml")}

    assert files - checked == {".github/zizmor.yml"}  # zizmor reads it
    assert checked - files == set()
