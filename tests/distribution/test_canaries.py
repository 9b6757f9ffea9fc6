"""What we use of pytest, pytest-xdist and h11, name by name: a release without one of them fails here by its name.

There are no ceilings on these libraries, see docs/policies.md. What we touch of the inside of botocore and aiobotocore
has such tests in tests/doors/test_botocore_internals.py.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import reduce
from pathlib import Path

import pytest

from .. import ROOT

PACKAGE = ROOT / "src" / "pytest_codeartifact"
TREES = {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


def used(module: str) -> list[str]:
    """The dotted names that our sources take from a module that they import by its name."""
    names = {ast.unparse(node) for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return sorted(name for name in names if name.startswith(f"{module}.") and name.replace(".", "").isidentifier())


def hooks() -> list[tuple[str, tuple[str, ...]]]:
    """The hooks that our plugins implement, with the arguments that they ask for."""
    functions = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return sorted(
        (node.name, tuple(argument.arg for argument in node.args.args if argument.arg != "self"))
        for node in functions
        if node.name.startswith("pytest_")
    )


@pytest.mark.parametrize("name", used("pytest"))
def test_pytest_has_the_public_name(name: str) -> None:
    assert reduce(getattr, name.split(".")[1:], pytest) is not None


@pytest.mark.parametrize(("hook", "arguments"), hooks(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_hook_has_the_arguments_that_we_ask_for(hook: str, arguments: tuple[str, ...]) -> None:
    source = importlib.import_module("_pytest.hookspec")
    if not hasattr(source, hook):
        pytest.importorskip("xdist")
        source = importlib.import_module("xdist.newhooks")

    assert set(arguments) <= set(inspect.signature(getattr(source, hook)).parameters)


@pytest.mark.parametrize("module", ["_pytest", "pluggy"])
def test_what_runs_tests_is_in_the_modules_that_reports_leave_out(module: str) -> None:
    """The line of a call that a report names is that of the user, and not of a module of these."""
    frames = {frame.frame.f_globals["__name__"].partition(".")[0] for frame in inspect.stack()}

    assert module in frames


def test_a_test_item_has_what_the_marker_asks_it(request: pytest.FixtureRequest) -> None:
    assert "request" in request.node.fixturenames
    assert request.node.originalname == request.node.name


@pytest.mark.parametrize("name", used("h11") or ["h11.Connection"])
def test_h11_has_the_public_name(name: str) -> None:
    h11 = pytest.importorskip("h11")

    assert name.removeprefix("h11.") in vars(h11)
    assert not name.removeprefix("h11.").startswith("_")


def test_only_the_modules_that_may_do_so_name_private_modules_of_pytest() -> None:
    named: dict[Path, set[str]] = {}
    for path, tree in TREES.items():
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        named[path] = {text for text in texts if isinstance(text, str) and text.split(".")[0] == "_pytest"}

    assert [path.name for path, names in named.items() if names] == ["messages.py"]
