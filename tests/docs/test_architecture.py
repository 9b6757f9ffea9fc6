"""The pages for contributors are true: the rooms are those of the code, and the files and commands are there."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .. import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
PACKAGE = ROOT / "src" / "pytest_codeartifact"


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def rooms_of(layers: list[str]) -> list[str]:
    return [room for layer in layers for room in layer.split(" | ")]


def drawn_layers() -> list[str]:
    """The layers of the picture, from the top down; each arrow leads to the next."""
    (picture,) = re.findall(r"^```mermaid\nflowchart TD\n(.*?)^```", ARCHITECTURE, re.M | re.S)
    labels = dict(re.findall(r'(\w+)\["(.+?)"\]', picture))
    arrows = dict(re.findall(r'(\w+)(?:\[".+?"\])? --> (\w+)', picture))
    (box,) = labels.keys() - arrows.values()
    layers = [labels[box]]
    while box in arrows:
        box = arrows[box]
        layers.append(labels[box])
    return layers


def test_the_picture_has_the_layers_of_the_import_contract(project: dict[str, Any]) -> None:
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each.get("containers") == ["pytest_codeartifact"]]

    assert drawn_layers() == layers


def test_the_picture_has_every_room_of_the_package() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert sorted(rooms_of(drawn_layers())) == sorted(rooms - {"__init__"})


def test_the_table_describes_every_room_in_the_order_of_the_picture() -> None:
    (table,) = re.findall(r"^\| room \| .*\n\|---.*\n((?:\|.*\n)+)", ARCHITECTURE, re.M)

    assert re.findall(r"^\| `(\w+)` \| \S", table, re.M) == rooms_of(drawn_layers())


def test_the_table_of_process_state_names_every_module_with_such_a_variable() -> None:
    (section,) = re.findall(r"^## Process-wide state\n(.*)", ARCHITECTURE, re.M | re.S)
    files = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if has_variables(path)}

    assert len(files) > 5
    assert [file for file in sorted(files) if f"`{file}`" not in section] == []


def has_variables(path: Path) -> bool:
    """Whether a module replaces a global name, or has a context variable or one object of a class of its own."""
    tree = ast.parse(path.read_text())
    classes = {
        f"{node.name}()" for node in tree.body if isinstance(node, ast.ClassDef) and "def __init__" in ast.unparse(node)
    }
    made = {ast.unparse(node.value) for node in tree.body if isinstance(node, ast.Assign)}
    context = any(isinstance(node, ast.Name) and node.id == "ContextVar" for node in ast.walk(tree))
    return context or any(isinstance(node, ast.Global) for node in ast.walk(tree)) or bool(classes & made)


@pytest.mark.parametrize("page", [ARCHITECTURE, CONTRIBUTING], ids=["architecture", "contributing"])
def test_every_file_that_a_page_names_exists(page: str) -> None:
    named = set(re.findall(r"`([\w./-]+/[\w.-]*)`", page)) | set(re.findall(r"`([\w-]+\.(?:py|md|toml))`", page))

    assert len(named) > 10
    assert [name for name in sorted(named) if not is_there(name)] == []


def is_there(name: str) -> bool:
    """Whether a path from the root of the project, from the package, or of a door's file, exists."""
    return any((folder / name).exists() for folder in (ROOT, PACKAGE, PACKAGE / "doors", PACKAGE / "doors" / "server"))


def test_the_test_commands_name_folders_that_exist_and_options_that_pytest_has() -> None:
    commands = re.findall(r"`pytest (.+?)`", CONTRIBUTING)
    arguments = {argument for command in commands for argument in command.split()}
    options = {argument.partition("=")[0] for argument in arguments if argument.startswith("-")}
    help = subprocess.run([sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True).stdout

    assert len(commands) > 3
    assert options - set(re.findall(r"(?<!\S)--?[\w-]+", help)) == set()
    assert [path for path in sorted(arguments) if path.startswith("tests") and not (ROOT / path).exists()] == []


def test_the_tox_environments_of_the_page_exist() -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    sections = " ".join(tox.sections())

    environments = {name for names in re.findall(r"`tox run -e ([\w,-]+)`", CONTRIBUTING) for name in names.split(",")}
    assert environments
    assert [name for name in sorted(environments) if not re.search(rf"testenv:{name}\b", sections)] == []


def test_pre_commit_runs_the_commands_of_the_lint_environment_that_build_nothing() -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")

    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text())

    *without_a_build, build = tox["testenv:lint"]["commands"].split("\n")[1:]
    assert hooks == without_a_build
    assert "check_package.py" in build


def test_the_set_up_of_a_contributor_includes_the_tools_of_every_check(project: dict[str, Any]) -> None:
    (set_up,) = re.findall(r"pip install --group (\w+) -e '\.\[(?:\w+)\]'", CONTRIBUTING)

    included = {entry["include-group"] for entry in project["dependency-groups"][set_up] if isinstance(entry, dict)}
    assert included >= {"lint", "typing"}
