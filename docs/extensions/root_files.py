"""Links to files of the repository that are not pages of the site, such as ``examples``.

They lead to the project's home if that is known (``home`` in pyproject.toml, see hatch_build.py). Until then they are
plain text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

ROOT = Path(__file__).resolve().parents[2]


def home() -> str:
    """The address of the repository; empty if it is not known."""
    (address,) = re.findall(r'^home = "(.*?)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    return str(address)


class RootFiles(SphinxPostTransform):
    """Replaces such links before MyST looks for a page of that name, and warns that there is none."""

    default_priority = 8  # MyST's is 9

    def run(self, **kwargs: Any) -> None:
        for link in list(self.document.findall(pending_xref)):
            path = ROOT / link["reftarget"]
            if link["reftype"] == "myst" and link["reftarget"] and path.exists():
                link.replace_self(self._to(path, link.children))

    def _to(self, path: Path, text: list[nodes.Node]) -> list[nodes.Node]:
        if not home():
            return text
        address = f"{home()}/blob/v{self.config.release}/{path.relative_to(ROOT).as_posix()}"
        return [nodes.reference("", "", *text, refuri=address)]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(RootFiles)
    return {"parallel_read_safe": True}
