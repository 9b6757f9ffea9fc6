"""The site has an entry for each public name. That it can be built without a warning is seen by `tox run -e docs`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

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


def test_every_entry_is_of_the_kind_of_its_name() -> None:
    entries = re.findall(r"^\.\. (auto\w+):: (\S+)", REFERENCE, re.M)

    wrong = [name for kind, name in entries if kind in KINDS and not KINDS[kind](getattr(pytest_codeartifact, name))]
    assert wrong == []
