"""The examples of docstrings run as they are printed."""

from __future__ import annotations

import doctest
import os
from importlib import import_module
from pathlib import Path

import pytest

from .. import ROOT

SOURCE = ROOT / "src"
WITH_EXAMPLES = sorted(path for path in SOURCE.rglob("*.py") if ">>> " in path.read_text())


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_a_module_run(path: Path) -> None:
    if path.name == "fake.py":
        pytest.importorskip("h11", reason="serves, which needs the extra `server`")

    result = doctest.testmod(import_module(module_name(path)), extraglobs={"os": os})

    assert result.attempted > 0
    assert result.failed == 0
