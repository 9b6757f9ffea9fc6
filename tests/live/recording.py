"""Recordings: files of JSON lines, the first about the run, each further one an exchange."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, NamedTuple

import botocore


class Exchange(NamedTuple):
    """A request of a scenario and its response, normalised."""

    scenario: str
    rules: list[str]
    """The rules of docs/behaviour.md that speak of the response."""
    operation: str
    request: dict[str, Any]
    response: dict[str, Any]


class Recording(NamedTuple):
    """The recording of a run."""

    region: str
    aws: bool
    """Whether it comes from AWS. Responses of other servers are no evidence."""
    exchanges: list[Exchange]

    def write(self, path: Path) -> None:
        """Write it to a file."""
        about = {
            "version": 1,
            "date": f"{dt.date.today()}",
            "botocore": botocore.__version__,
            "region": self.region,
            "aws": self.aws,
        }
        lines = [about, *(exchange._asdict() for exchange in self.exchanges)]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Read a file."""
        about, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return cls(about["region"], about["aws"], [Exchange(**line) for line in lines])
