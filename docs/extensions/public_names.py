"""Selects what autodoc shows of the public names, beyond its own rules.

* The types of names have docstrings behind them in ``literals.py``. autodoc looks for such docstrings in the module
  that a name is imported from, where public names are resolved on first use.
* Only the fake makes handles and its journal, so their arguments say nothing to a user.
* A field of a named tuple without a docstring is described by its class.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

PACKAGE = "pytest_codeartifact"
MADE_BY_THE_FAKE = {
    f"{PACKAGE}.{name}"
    for name in (
        *("Call", "Calls", "Changes", "Deletion", "Fault", "Server"),
        *("Domain", "Location", "Package", "PackageGroup", "PublicSource", "Repository", "Version"),
    )
}


def describe(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    documented = ModuleAnalyzer.for_module(f"{PACKAGE}.literals").find_attr_docs()
    lines[:] = documented.get(("", name.removeprefix(f"{PACKAGE}.")), lines)


def hide_arguments(
    app: Sphinx, what: str, name: str, thing: object, options: object, signature: str | None, result: str | None
) -> tuple[str, None] | None:
    return ("", None) if name in MADE_BY_THE_FAKE else None


def skip_fields(app: Sphinx, what: str, name: str, thing: object, skip: bool, options: object) -> bool | None:
    return True if (getattr(thing, "__doc__", None) or "").startswith("Alias for field number") else None


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", describe)
    app.connect("autodoc-process-signature", hide_arguments)
    app.connect("autodoc-skip-member", skip_fields)
    return {"parallel_read_safe": True}
