"""The script for releases reports everything that is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .. import ROOT

INIT = "src/pytest_codeartifact/__init__.py"


class Checkout:
    """A git repository with the files that the script reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("pyproject.toml", "CHANGELOG.md", INIT, "scripts/check_release.py", "scripts/check_package.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (folder / ".gitignore").write_text("__pycache__/\n")
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=self.folder, check=True, capture_output=True)

    def write(self, name: str, old: str, new: str) -> None:
        """Replace a text that occurs once."""
        path = self.folder / name
        before = path.read_text()
        assert before.count(old) == 1
        path.write_text(before.replace(old, new))

    def commit(self) -> None:
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "Release")

    def missing(self, tag: str | None = None) -> list[str]:
        code = f"import json, check_release; print(json.dumps(list(check_release.missing({tag!r}))))"
        printed = subprocess.run(
            [sys.executable, "-c", code], cwd=self.folder / "scripts", check=True, capture_output=True, text=True
        ).stdout
        sentences: list[str] = json.loads(printed)
        return sentences


@pytest.fixture
def ready(tmp_path: Path) -> Checkout:
    """A commit that can be released as 1.2.0."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    checkout = Checkout(tmp_path)
    (tmp_path / INIT).write_text('__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.0 (2027-01-31)\n\n## 1.1.0 (2026-12-24)\n")
    checkout.write("pyproject.toml", 'home = ""', 'home = "https://example.org/project"')
    checkout.commit()
    return checkout


def test_a_commit_that_is_ready_misses_nothing(ready: Checkout) -> None:
    assert ready.missing() == []


def test_a_tag_of_the_version_at_the_commit_is_accepted(ready: Checkout) -> None:
    ready.git("tag", "v1.2.0")

    assert ready.missing("v1.2.0") == []


def test_a_version_that_was_tagged_cannot_be_released_again(ready: Checkout) -> None:
    ready.git("tag", "v1.2.0")

    assert ready.missing() == ["There is a tag v1.2.0 already. Raise `__version__`."]


def test_a_tag_of_another_version_is_reported(ready: Checkout) -> None:
    assert ready.missing("v1.3.0") == ["The tag is v1.3.0, and the version is 1.2.0."]


def test_a_tag_at_another_commit_is_reported(ready: Checkout) -> None:
    ready.git("tag", "v1.2.0")
    ready.write("CHANGELOG.md", "2026-12-24", "2026-12-25")
    ready.commit()

    assert ready.missing("v1.2.0") == ["The tag v1.2.0 does not point to this commit."]


@pytest.mark.parametrize("first", ["1.2.0 (unreleased)", "1.1.0 (2027-01-31)", "1.2.0"])
def test_a_changelog_that_does_not_begin_with_the_version_and_its_date_is_reported(ready: Checkout, first: str) -> None:
    ready.write("CHANGELOG.md", "1.2.0 (2027-01-31)", first)
    ready.commit()

    assert ready.missing() == [
        f"CHANGELOG.md begins with '{first}'. Write '1.2.0 (YYYY-MM-DD)', with the day of the release."
    ]


def test_everything_that_is_missing_is_reported_at_once(ready: Checkout) -> None:
    ready.write(INIT, "1.2.0", "1.3.0.dev0")
    ready.write("pyproject.toml", "https://example.org/project", "")

    said = ready.missing()

    assert [sentence.split()[0] for sentence in said] == ["1.3.0.dev0", "CHANGELOG.md", "The", "The"]
    assert "working tree" in said[2]
    assert "address of the project" in said[3]
