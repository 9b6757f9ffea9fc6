"""The ledger of a run: what it is about to make is written down first, so that all of it can be removed later."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from .names import Names


class Entry(NamedTuple):
    """A domain, or a repository of it."""

    domain: str
    repository: str | None = None


class Ledger:
    """The ledger of one run, a file of JSON lines. Each line is on the disk before the request is sent."""

    def __init__(self, path: Path, names: Names, entries: list[Entry]) -> None:
        self.path, self.names, self.entries = path, names, entries

    @classmethod
    def begin(cls, folder: Path, names: Names) -> Ledger:
        """A new ledger in a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        ledger = cls(folder / f"{names.run}.ledger", names, [])
        ledger._write(names._asdict())
        return ledger

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """The ledger of an earlier run. If its last line is cut off, the resource of that line was not created."""
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        names, *entries = [json.loads(line) for line in lines]
        return cls(path, Names(**names), [Entry(**entry) for entry in entries])

    def add(self, domain: str, repository: str | None = None) -> None:
        """Write down the resource that will be created."""
        entry = Entry(domain, repository)
        self.entries.append(entry)
        self._write(entry._asdict())

    def close(self) -> None:
        """Remove the file, when all resources in it are deleted."""
        self.path.unlink()

    def _write(self, line: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
