"""Check the sources and the distributions before a release, and print everything that is missing at once.

    python scripts/check_release.py        before the tag is made
    python scripts/check_release.py v1.2.0 for a tag that points to this commit

Needs git and the dependency group ``lint``. docs/policies.md describes how a release is cut. Ends with 1 if anything is
missing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from check_package import ROOT, failed_checks

RELEASED = re.compile(r"\d+\.\d+\.\d+")


def version() -> str:
    """The version of the package, from its source."""
    source = (ROOT / "src" / "pytest_codeartifact" / "__init__.py").read_text(encoding="utf-8")
    (found,) = re.findall(r'^__version__ = "(.+)"$', source, re.M)
    return str(found)


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def missing(tag: str | None) -> Iterator[str]:
    """The requirements of a release that the sources do not meet, a sentence each.

    :param tag: the tag that is released; None if it is still to be made.
    """
    number = version()
    yield from _of_the_version(number)
    yield from _of_the_tag(number, tag)
    if git("status", "--porcelain"):
        yield "The working tree has changes or new files. Commit or remove them."
    if not re.search(r'^home = "https://', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M):
        yield "The address of the project is not filled in: `home` in pyproject.toml."


def missing_of_the_package() -> Iterator[str]:
    """The requirements that the distributions do not meet."""
    with tempfile.TemporaryDirectory() as folder:
        yield from (f"The distributions do not pass {check}." for check in failed_checks(Path(folder)))


def _of_the_version(number: str) -> Iterator[str]:
    if not RELEASED.fullmatch(number):
        yield f"{number} is not a version of three numbers, such as 1.2.0. Change `__version__`."
    (first, *_) = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    if not re.fullmatch(rf"{re.escape(number)} \(\d{{4}}-\d\d-\d\d\)", first):
        yield f"CHANGELOG.md begins with '{first}'. Write '{number} (YYYY-MM-DD)', with the day of the release."


def _of_the_tag(number: str, tag: str | None) -> Iterator[str]:
    if tag is None:
        if git("tag", "--list", f"v{number}"):
            yield f"There is a tag v{number} already. Raise `__version__`."
    elif tag != f"v{number}":
        yield f"The tag is {tag}, and the version is {number}."
    elif tag not in git("tag", "--points-at", "HEAD").splitlines():
        yield f"The tag {tag} does not point to this commit."


if __name__ == "__main__":
    found = [*missing(sys.argv[1] if len(sys.argv) > 1 else None), *missing_of_the_package()]
    sys.exit("\n".join(["This commit cannot be released:", *(f"* {each}" for each in found)]) if found else 0)
