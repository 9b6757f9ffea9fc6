"""The scripts of the project that are not in the package: those of its root, docs and scripts."""

from __future__ import annotations

import importlib.util
from typing import Any

from .. import ROOT


def script(name: str) -> Any:
    """A script as a module."""
    (path,) = (path for folder in (".", "docs", "scripts") for path in (ROOT / folder).glob(f"{name}.py"))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
