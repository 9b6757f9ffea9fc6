"""The guide is true: its code runs."""

from __future__ import annotations

import re

import pytest

from .. import ROOT

GUIDE = ROOT / "docs" / "guide.md"


def test_its_examples_run_as_they_are_printed(pytester: pytest.Pytester) -> None:
    """The blocks continue one another, but for a conftest.py."""
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.M | re.S)
    (conftest,) = [block for block in blocks if block.startswith("# conftest.py")]
    code = "\n\n".join(block for block in blocks if block != conftest)
    pytester.makeconftest(conftest)
    pytester.makepyfile(code)

    result = pytester.runpytest_subprocess("--strict-markers", "-p", "no:randomly", "-p", "no:asyncio")

    result.assert_outcomes(passed=len(re.findall(r"^def test_", code, re.M)) + 2)  # two have two cases each
