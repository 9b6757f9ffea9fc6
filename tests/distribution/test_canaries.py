"""What we use of pytest, pytest-xdist and the server's libraries: a release without one of it fails here by its name.

There are no ceilings on these libraries, see docs/policies.md. What we touch of the inside of botocore and aiobotocore
has such tests in tests/doors/test_botocore_internals.py.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest

from .. import ROOT

PACKAGE = ROOT / "src" / "pytest_codeartifact"
TREES = {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


def used(module: str) -> list[str]:
    """The dotted names that our sources take from a module at run time; annotations are not evaluated."""
    nodes = [node for tree in TREES.values() for node in at_run_time(tree)]
    names = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    return sorted(name for name in names if name.startswith(f"{module}.") and name.replace(".", "").isidentifier())


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is in it, without annotations."""
    yield node
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from at_run_time(child)


def imported_from(package: str) -> list[str]:
    """The dotted names that our sources import from the modules of a package."""
    statements = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return sorted(
        f"{node.module}.{alias.name}"
        for node in statements
        if node.level == 0 and (node.module or "").partition(".")[0] == package
        for alias in node.names
    )


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
def test_the_hook_has_the_arguments_that_the_plugin_uses(hook: str, arguments: tuple[str, ...]) -> None:
    source = importlib.import_module("_pytest.hookspec")
    if not hasattr(source, hook):
        pytest.importorskip("xdist")
        source = importlib.import_module("xdist.newhooks")

    assert set(arguments) <= set(inspect.signature(getattr(source, hook)).parameters)


@pytest.mark.parametrize("module", ["_pytest", "pluggy"])
def test_the_modules_that_reports_leave_out_run_the_tests(module: str) -> None:
    """The line of a call that a report names is that of the user, and not of a module of these."""
    frames = {frame.frame.f_globals["__name__"].partition(".")[0] for frame in inspect.stack()}

    assert module in frames


def test_a_test_item_has_the_attributes_that_the_plugin_reads(request: pytest.FixtureRequest) -> None:
    assert "request" in request.node.fixturenames
    assert request.node.originalname == request.node.name


@pytest.mark.parametrize("name", used("h11") or ["h11.Connection"])
def test_h11_has_the_public_name(name: str) -> None:
    h11 = pytest.importorskip("h11")

    assert name.removeprefix("h11.") in vars(h11)
    assert not name.removeprefix("h11.").startswith("_")


@pytest.mark.parametrize("name", [*imported_from("multipart"), *imported_from("packaging")])
def test_the_library_has_the_public_name(name: str) -> None:
    module, _, attribute = name.rpartition(".")

    assert attribute in vars(pytest.importorskip(module))
    assert not attribute.startswith("_")


def test_only_messages_names_private_modules_of_pytest() -> None:
    named: dict[Path, set[str]] = {}
    for path, tree in TREES.items():
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        named[path] = {text for text in texts if isinstance(text, str) and text.split(".")[0] == "_pytest"}

    assert [path.name for path, names in named.items() if names] == ["messages.py"]
