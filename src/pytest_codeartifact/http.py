"""A request and a response as the service sees them, whichever door they came through."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Where(NamedTuple):
    """A line of the user's code."""

    file: str
    line: int

    def __str__(self) -> str:
        here = os.getcwd() + os.sep  # noqa: PTH109  # paths as pytest prints them, and no pathlib on the way
        return f"{self.file.removeprefix(here)}:{self.line}"


class Caller(NamedTuple):
    """Who asks, and where: the account of the credentials and the region of the client."""

    account: str
    region: str


class Request(NamedTuple):
    """One HTTP request.

    ``query`` is the raw query string, ``headers`` are looked up in lower case, and ``body`` is read to the end.
    ``patience`` is how many seconds the client waits for the answer, None for ever.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    caller: Caller
    where: Where | None = None
    patience: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response, which its headers tell from any other: each has an id of its own.

    Reports of failing tests show what is compared, so the body takes no part: it may hold an authorization token.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False, compare=False)
