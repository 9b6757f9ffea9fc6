"""Parts of the output of pytest."""

from __future__ import annotations

import re
from collections.abc import Iterable

SECTION = "CodeArtifact calls"
"""The title of the section about the fakes of a failing test."""


def hints(lines: Iterable[str]) -> list[str]:
    """The hints of all sections, each on one line."""
    found: list[str] = []
    continues = False
    for line in lines:
        if line.startswith("hint: "):
            found.append(line)
        elif continues and line.startswith("      "):
            found[-1] += f" {line.strip()}"
        continues = line.startswith("hint: ") or (continues and line.startswith("      "))
    return found


def section(lines: Iterable[str]) -> list[str]:
    """The lines of the first section `CodeArtifact calls`."""
    following = iter(lines)
    for line in following:
        if f" {SECTION} " in line:
            break
    found = []
    for line in following:
        if line.startswith(("___", "===", "---")):
            break
        found.append(line)
    return found


def failures(lines: Iterable[str]) -> dict[str, list[str]]:
    """The lines of each failing test, by the name of the test."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        if title := re.fullmatch(r"_{3,} (\w+) _{3,}", line):
            name = title.group(1)
        elif line.startswith("==="):
            name = ""
        elif name:
            found.setdefault(name, []).append(line)
    return found
