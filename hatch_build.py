"""Builds the metadata for the package index: the long description, and the links beside it.

The long description is README.md. On the index a link into the repository leads nowhere, so it becomes plain text until
the project's home is known. The one place where that is to be filled in is ``home`` in pyproject.toml, in the table
``[tool.hatch.metadata.hooks.custom]``. With it, these links lead to the files of the released version.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_FENCED = re.compile(r"(^```.*?^```$)", re.M | re.S)
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)(?: \"[^\"]*\")?\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
# What can hold an address besides the links above: a definition, and an attribute of HTML.
_OTHER_ADDRESSES = re.compile(r"^\[[^\]]+\]:\s*(\S+)|\b(?:href|src)=[\"']([^\"']+)", re.M | re.I)


class ProjectHome(MetadataHookInterface):
    """Sets the fields ``readme`` and ``urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        home = self.config["home"].rstrip("/")
        files = f"{home}/blob/v{metadata['version']}" if home else None
        text = long_description((Path(self.root) / "README.md").read_text(encoding="utf-8"), files)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = {"Source": home, "Changelog": f"{files}/CHANGELOG.md"} if home else {}


def long_description(readme: str, files: str | None) -> str:
    """The text for the index, without links that are dead there.

    :param readme: Markdown whose links into the repository are relative to its root.
    :param files: the address under which the files of the repository are found; None if there is none yet.
    :raises ValueError: a relative address is written in a way that is not a link of the form ``[text](address)``.
    """
    parts = _FENCED.split(readme)
    parts[::2] = [_linked(part, files) for part in parts[::2]]  # the others are code
    return "".join(parts)


def _linked(prose: str, files: str | None) -> str:
    for addresses in _OTHER_ADDRESSES.findall(prose):
        for address in filter(None, addresses):
            if not _ELSEWHERE.match(address):
                raise ValueError(f"README.md: write [text]({address}), which the package index can show without a link")

    def link(match: re.Match[str]) -> str:
        text, address = match.groups()
        if _ELSEWHERE.match(address):
            return match.group()
        if files is None or address.startswith("#"):  # the index gives headings no names
            return _linked(text, files)
        return f"{match.group().partition('[')[0]}[{_linked(text, files)}]({files}/{address.removeprefix('./')})"

    return _LINK.sub(link, prose)
