"""The files, the metadata and the long description of the distributions are complete and correct."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

from .. import ROOT
from ..support.scripts import script

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel."""
    folder = tmp_path_factory.mktemp("distributions")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def in_the_sdist(built: Path) -> set[str]:
    """The files of the source distribution, from its root."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.fixture(scope="module")
def metadata(built: Path) -> Message:
    """The metadata of the wheel for the package index."""
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The contents of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


# The files


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="compares with the files of a git repository")
def test_the_source_distribution_has_every_file_of_the_repository(in_the_sdist: set[str]) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()

    assert len(tracked) > 100
    assert [name for name in tracked if (ROOT / name).exists() and name not in in_the_sdist] == []


def test_a_source_distribution_can_be_built_from_its_own_files(in_the_sdist: set[str]) -> None:
    assert {"hatch_build.py", "pyproject.toml", "README.md", "LICENSE"} <= in_the_sdist


def test_the_files_that_the_type_checker_names_are_in_the_source_distribution(
    in_the_sdist: set[str], project: dict[str, Any]
) -> None:
    named = project["tool"]["mypy"]["files"]

    assert [name for name in named if not any(f"{file}/".startswith(f"{name}/") for file in in_the_sdist)] == []


def test_the_wheel_has_the_package_with_its_types_and_nothing_else(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())

    source = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "pytest_codeartifact").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert {name for name in names if ".dist-info/" not in name} == source
    assert "pytest_codeartifact/py.typed" in source


# The metadata


def values(metadata: Message, field: str) -> str:
    """The values of a field with one value a line."""
    return "\n".join(metadata.get_all(field, []))


def test_the_authors_are_the_contributors(metadata: Message) -> None:
    assert metadata["Author"] == "pytest-codeartifact contributors"


def test_the_interpreters_of_the_metadata_are_those_of_the_test_matrix(metadata: Message) -> None:
    """The matrix may be ahead: a newer interpreter is tested where a machine has it, before it is claimed."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    (minors,) = re.findall(r"py3\{([\d,]+)\}", tox["tox"]["env_list"])
    tested = [f"3.{minor}" for minor in minors.split(",")]

    claimed = re.findall(r"^Programming Language :: Python :: (3\.\d+)$", values(metadata, "Classifier"), re.M)

    assert claimed == tested[: len(claimed)]
    assert metadata["Requires-Python"] == f">={tested[0]}"


def test_the_oldest_required_versions_are_those_that_are_tested(metadata: Message) -> None:
    """A floor may have fewer numbers: pytest 8 is tested as 8.0.0."""
    pins = dict(re.findall(r"^(\w+)==(.+)$", (ROOT / "tests" / "oldest.txt").read_text(), re.M))
    required = dict(re.findall(r"^([\w-]+)>=([\d.]+)", values(metadata, "Requires-Dist"), re.M))

    untested = [name for name, floor in required.items() if not f"{pins.get(name)}.".startswith(f"{floor}.")]
    assert untested == ["pytest-xdist"]  # an extra without requirements of a version


def test_all_tests_can_run_without_the_extra_for_the_server(project: dict[str, Any]) -> None:
    """What it brings is in the group of the tests, so that nothing has to be known to run the source distribution."""
    assert set(project["project"]["optional-dependencies"]["server"]) <= set(project["dependency-groups"]["test"])


# The text for the package index

LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_the_long_description_is_the_readme_without_relative_links(metadata: Message) -> None:
    text = str(metadata.get_payload())
    readme = (ROOT / "README.md").read_text()

    assert [address for address in LINK.findall(prose_of(text)) if not address.startswith("https://")] == []
    assert code_of(text) == code_of(readme)
    assert re.findall(r"^#+ .*", prose_of(text), re.M) == re.findall(r"^#+ .*", prose_of(readme), re.M)


def prose_of(markdown: str) -> str:
    return re.sub(r"^```.*?^```$", "", markdown, flags=re.M | re.S)


def code_of(markdown: str) -> list[str]:
    return re.findall(r"^```.*?^```$", markdown, re.M | re.S)


PAGE = """\
See [the guide](docs/guide.md#a-table), [`below`](#seed) and [Python](https://docs.python.org/3/).
![a picture](docs/picture.png) [![status](docs/badge.svg)](docs/trust.md)

```python
known = links["x"](docs)
```
"""
UNLINKED = """\
See the guide, `below` and [Python](https://docs.python.org/3/).
a picture status
"""
LINKED = """\
See [the guide](HOME/docs/guide.md#a-table), `below` and [Python](https://docs.python.org/3/).
![a picture](HOME/docs/picture.png) [![status](HOME/docs/badge.svg)](HOME/docs/trust.md)
"""
FILES = "https://example.org/project/blob/v1.0.0"


@pytest.mark.parametrize(
    ("files", "expected"),
    [(None, UNLINKED), (FILES, LINKED.replace("HOME", FILES))],
    ids=["home unknown", "home known"],
)
def test_relative_links_are_kept_only_if_the_address_of_the_repository_is_known(
    files: str | None, expected: str
) -> None:
    text = script("hatch_build").long_description(PAGE, files)

    assert prose_of(text).strip() == expected.strip()
    assert code_of(text) == code_of(PAGE)


@pytest.mark.parametrize("line", ["[guide]: docs/guide.md", '<a href="docs/guide.md">guide</a>', "<img src='a.png'>"])
def test_a_link_in_another_form_stops_the_build(line: str) -> None:
    with pytest.raises(ValueError, match=r"README\.md: write \[text\]\("):
        script("hatch_build").long_description(f"# Title\n\n{line}\n", None)
