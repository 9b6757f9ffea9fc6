"""Requests and responses of the service, independent of how they arrive."""

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
    """The caller of an operation: the account of the credentials, and the region of the client."""

    account: str
    region: str


class Client(NamedTuple):
    """The client that makes a call. Used for hints only: no response depends on it.

    ``access_key`` is empty if unknown. ``region_of`` is the source of the region of a client that was created without
    one: ``"fake"``, ``"machine"`` or ``"configuration"`` (of the run). It is empty if the client was created with a
    region. ``session_region`` is the region of its session.
    """

    access_key: str = ""
    region_of: str = ""
    session_region: str | None = None


UNKNOWN = Client()


class Request(NamedTuple):
    """One HTTP request.

    ``query`` is the raw query string, ``headers`` are looked up in lower case, and ``body`` is the complete body.
    ``patience`` is the read timeout of the client in seconds, None if it has none or it is unknown. ``served_at`` is
    the URL of our server that received the request, None in process.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    caller: Caller
    where: Where | None = None
    patience: float | None = None
    served_at: str | None = None
    client: Client = UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """One HTTP response. Two responses are equal if their bodies are.

    Its repr, which reports of failing tests show, leaves the body out: it may contain an authorization token.
    ``repeated`` has the headers that occur several times, one line each.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    repeated: tuple[tuple[str, str], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Response) and self.body == other.body

    def __hash__(self) -> int:
        return hash(self.body)


class Disturbed(NamedTuple):
    """The response to a call with a planned fault.

    It arrives after ``seconds``. A server sends ``sent``: a body shorter than its content-length if the connection is
    to be closed early, None if it is to be closed before the first byte. A client in this process gets ``seen``.
    """

    seconds: float
    sent: Response | None
    seen: Response | Exception
