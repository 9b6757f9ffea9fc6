"""The guide is true: the code of every page runs, every page is in the list, and its links lead somewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from .. import ROOT

DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "guide").glob("*.md"))
BLOCKS = {page: re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.S) for page in PAGES}
FILE = re.compile(r"# ([\w/]+\.py)\n")
"""The first line of a block that is the content of a file of its own."""


NEEDS = {"asynchronous": "aiobotocore"}
"""Modules that the blocks of a page import and that may not be installed."""


def files_of(page: Path) -> dict[str, str]:
    """The files that the blocks of a page make up, by name; blocks that name none continue one another in a test."""
    files: dict[str, list[str]] = defaultdict(list)
    for block in BLOCKS[page]:
        named = FILE.match(block)
        files[named.group(1) if named else f"test_{page.stem.replace('-', '_')}.py"].append(block)
    return {name: "\n\n".join(blocks) for name, blocks in files.items()}


def write(pytester: pytest.Pytester, files: dict[str, str]) -> None:
    for name, code in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)


def run(pytester: pytest.Pytester, files: dict[str, str]) -> None:
    """Run files in order, and expect that each of their tests passes."""
    write(pytester, files)

    result = pytester.runpytest_subprocess("--strict-markers", "-rA", "-p", "no:randomly", "-p", "no:asyncio")

    passed = set(re.findall(r"^PASSED \S+::(\w+)", result.stdout.str(), re.M))
    assert passed == set(re.findall(r"^ *(?:async )?def (test_\w+)", "\n".join(files.values()), re.M))
    assert result.ret == pytest.ExitCode.OK


ALONE = [page for page in PAGES if len(files_of(page)) > 1 or page.stem in NEEDS]
"""The pages with a conftest.py or another file, which the other pages must not see, or with needs of their own."""


def test_the_examples_run_as_they_are_printed(pytester: pytest.Pytester) -> None:
    run(pytester, {name: code for page in PAGES if page not in ALONE for name, code in files_of(page).items()})


@pytest.mark.parametrize("page", ALONE, ids=lambda page: page.stem)
def test_the_examples_of_a_page_with_several_files_run_as_they_are_printed(
    pytester: pytest.Pytester, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page.stem in NEEDS:
        pytest.importorskip(NEEDS[page.stem], reason=f"needs {NEEDS[page.stem]}, as in `tox run -e aio`")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")  # the machine's, which a conftest.py of the guide overrides

    run(pytester, files_of(page))


def test_setup_method_runs_before_the_fixtures_of_a_marker_as_the_guide_says(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest

        client = boto3.client("codeartifact", "us-east-1")

        @pytest.mark.usefixtures("codeartifact")
        class TestIt:
            def setup_method(self):
                client.list_domains()

            def test_it(self):
                client.list_domains()
        """
    )

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*RealCallRefused*"])


def test_the_index_of_the_guide_lists_every_page() -> None:
    listed = set(re.findall(r"\]\((\w[\w-]+\.md)\)", (DOCS / "guide" / "index.md").read_text()))

    assert listed == {page.name for page in PAGES} - {"index.md"}


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda page: str(page.relative_to(ROOT))
)
def test_the_links_of_a_page_lead_to_existing_files_and_headings(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text())

    assert [(file, heading) for file, heading in links if not leads_somewhere(page, file, heading)] == []


def leads_somewhere(page: Path, file: str, heading: str) -> bool:
    target = page.parent / file if file else page
    return target.exists() and (not heading or heading in headings(target))


def headings(page: Path) -> set[str]:
    """The anchors of the headings of a page."""
    titles = re.findall(r"^#+ (.*)", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
