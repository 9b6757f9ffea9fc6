"""Gives the types of names the docstrings that stand behind them in ``literals.py``.

autodoc looks for such docstrings in the module that a name is imported from. There, public names are resolved on first
use.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

PACKAGE = "pytest_codeartifact"


def describe(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    documented = ModuleAnalyzer.for_module(f"{PACKAGE}.literals").find_attr_docs()
    lines[:] = documented.get(("", name.removeprefix(f"{PACKAGE}.")), lines)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", describe)
    return {"parallel_read_safe": True}
