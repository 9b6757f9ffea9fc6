"""Shows the fixtures of the plugin with their docstrings, from its source: pytest wraps them, so autodoc cannot."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

PLUGIN = Path(__file__).resolve().parents[2] / "src" / "pytest_codeartifact" / "plugin.py"


def fixtures() -> Iterator[tuple[str, str]]:
    """The public fixtures and what they are, in the order of the source."""
    for node in ast.parse(PLUGIN.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and _is_fixture(node) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or ""


def _is_fixture(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator).startswith("pytest.fixture") for decorator in function.decorator_list)


class Fixtures(SphinxDirective):
    """The directive ``fixtures``: a list of names with their docstrings."""

    def run(self) -> list[nodes.Node]:
        lines = [line for name, text in fixtures() for line in (f"``{name}``", *_indented(text), "")]
        content = nodes.container()
        self.state.nested_parse(StringList(lines, str(PLUGIN)), 0, content)
        return content.children


def _indented(text: str) -> list[str]:
    return [f"    {line}".rstrip() for line in text.replace("`", "``").splitlines()]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("fixtures", Fixtures)
    return {"parallel_read_safe": True}
