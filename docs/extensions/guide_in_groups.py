"""Lists the pages of the guide in the sidebar as the guide's first page does: in its groups, and in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_GROUP = re.compile(r"^\| (?P<caption>.+) \| \|\n\|---\|---\|\n(?P<rows>(?:\|.*\n?)+)", re.M)
_PAGE = re.compile(r"^\| \[.*?\]\((.+?)\.md\)", re.M)


def groups(text: str) -> Iterator[tuple[str, list[str]]]:
    """The caption of each table, and the pages that it links to."""
    for group in _GROUP.finditer(text):
        yield group["caption"], _PAGE.findall(group["rows"])


class GuideInGroups(SphinxDirective):
    """The directive ``guide-in-groups``: a hidden toctree for each group of the page that it names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        first = self.arguments[0]
        path = Path(self.env.doc2path(first))
        self.env.note_dependency(str(path))
        lines = [*_toctree("Guide", [first])]
        for caption, pages in groups(path.read_text(encoding="utf-8")):
            lines += _toctree(caption, [f"{Path(first).parent.as_posix()}/{page}" for page in pages])
        return self.parse_text_to_nodes("\n".join(lines))


def _toctree(caption: str, pages: list[str]) -> list[str]:
    return ["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```", ""]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("guide-in-groups", GuideInGroups)
    return {"parallel_read_safe": True}
