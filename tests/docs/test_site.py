"""The site has an entry for each public name. That it can be built without a warning is seen by `tox run -e docs`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import pytest

import pytest_codeartifact

from .. import ROOT

REFERENCE = (ROOT / "docs" / "reference.md").read_text()


def test_the_reference_has_every_public_name_once_and_no_other() -> None:
    entries = re.findall(r"^\.\. auto\w+:: (\S+)", REFERENCE, re.M)

    assert sorted(entries) == sorted(pytest_codeartifact.__all__)


KINDS: dict[str, Callable[[object], bool]] = {
    "autoclass": inspect.isclass,
    "autoexception": inspect.isclass,
    "autofunction": inspect.isroutine,
}


def test_every_entry_of_the_reference_has_the_directive_for_its_kind() -> None:
    entries = re.findall(r"^\.\. (auto\w+):: (\S+)", REFERENCE, re.M)

    wrong = [name for kind, name in entries if kind in KINDS and not KINDS[kind](getattr(pytest_codeartifact, name))]
    assert wrong == []


def test_the_members_that_the_reference_leaves_out_exist() -> None:
    left_out = re.findall(r"^\.\. autoclass:: (\w+)\n   :exclude-members: (.+)$", REFERENCE, re.M)

    assert left_out
    assert [(of, name) for of, names in left_out for name in names.split(", ") if not has_member(of, name)] == []


def has_member(of: str, name: str) -> bool:
    thing = getattr(pytest_codeartifact, of)
    return hasattr(thing, name) or name in thing.__annotations__


def test_the_reference_has_every_option_and_marker(pytester: pytest.Pytester) -> None:
    options = pytester.runpytest_subprocess("--help").stdout.str()
    markers = pytester.runpytest_subprocess("--markers").stdout.str()
    declared = re.findall(r"^  (--codeartifact[\w-]+|codeartifact\w+)", options, re.M)
    declared += re.findall(r"^@pytest\.mark\.(codeartifact\w*)", markers, re.M)
    section = REFERENCE.partition("## Options and markers")[2].partition("\n## ")[0]

    listed = [name for row in re.findall(r"^\| (`.*?) \|", section, re.M) for name in re.findall(r"`(.*?)`", row)]
    assert sorted(listed) == sorted(declared)


def test_every_block_of_python_is_on_a_page_whose_blocks_are_run() -> None:
    """Those of the README and of the guide are run by test_readme.py and test_guide.py."""
    pages = [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")]

    assert [page.name for page in pages if "```python" in page.read_text()] == []
