"""Shows the Mermaid diagrams of our pages as HTML, so that a reader loads no script.

Layers become a stack of boxes. A sequence becomes a list of messages with sender and receiver, which also fits a phone.

A forge draws the same sources itself. Only what our diagrams use is understood. Anything else is a warning, which fails
the build.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_BOX = re.compile(r'(\w+)(?:\["(.+?)"\])?')
_PARTICIPANT = re.compile(r"participant (\w+)(?: as (.+))?")
_MESSAGE = re.compile(r"(\w+)(-?->>)(\w+): (.+)")


class Mermaid(SphinxDirective):
    """The block ``mermaid``."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        kind, *lines = [line.strip() for line in self.content if line.strip()]
        try:
            if kind == "flowchart TD":
                return [_stack(lines)]
            if kind == "sequenceDiagram":
                return [_list(lines)]
        except ValueError as error:
            return [self._warned(str(error))]
        return [self._warned(f"cannot show a diagram of the kind {kind!r}")]

    def _warned(self, text: str) -> nodes.Node:
        return self.state.document.reporter.warning(f"mermaid: {text}", line=self.lineno)


def _stack(lines: list[str]) -> nodes.Node:
    """Boxes from the top down; each line is an arrow from the box before to the next."""
    labels: dict[str, str] = {}
    for line in lines:
        for arrow in line.split(" --> "):
            match = _BOX.fullmatch(arrow)
            if match is None:
                raise ValueError(f"no arrow between boxes: {line!r}")
            labels[match[1]] = match[2] or labels.get(match[1], match[1])
    items = [nodes.list_item("", nodes.paragraph(label, label)) for label in labels.values()]
    return nodes.enumerated_list("", *items, classes=["layers"])


def _list(lines: list[str]) -> nodes.Node:
    """Messages in their order."""
    names: dict[str, str] = {}
    items = []
    for line in lines:
        if participant := _PARTICIPANT.fullmatch(line):
            names[participant[1]] = participant[2] or participant[1]
        elif message := _MESSAGE.fullmatch(line):
            items.append(_message(names[message[1]], names[message[3]], message[4], is_answer=message[2] == "-->>"))
        else:
            raise ValueError(f"neither a participant nor a message: {line!r}")
    return nodes.enumerated_list("", *items, classes=["sequence"])


def _message(sender: str, receiver: str, text: str, *, is_answer: bool) -> nodes.list_item:
    way = sender if sender == receiver else f"{sender} → {receiver}"
    line = nodes.paragraph("", "", nodes.strong(way, way), nodes.Text(f" {text}"))
    return nodes.list_item("", line, classes=["answer"] if is_answer else [])


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("mermaid", Mermaid)
    return {"parallel_read_safe": True}
