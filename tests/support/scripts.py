"""Scripts of the project that are not in the package, but in its root, in docs and in scripts."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

from .. import ROOT


def script(name: str) -> Any:
    """Import a script as a module. As when it runs, it can import the modules in its directory."""
    (path,) = (path for folder in (".", "docs", "scripts") for path in (ROOT / folder).glob(f"{name}.py"))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module
