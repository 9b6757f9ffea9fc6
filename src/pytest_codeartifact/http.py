"""A request and a response as the service sees them, independent of the door."""

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


class Client(NamedTuple):
    """What is known of the client that asks. For hints only: no answer depends on it.

    ``access_key`` is empty if it is not known. ``region_of`` says whose region a client has that was made without one:
    the ``"fake"``'s, the ``"machine"``'s or that of the ``"configuration"`` of the run; empty if it has one of its own.
    ``session_region`` is what its session says.
    """

    access_key: str = ""
    region_of: str = ""
    session_region: str | None = None


UNKNOWN = Client()


class Request(NamedTuple):
    """One HTTP request.

    ``query`` is the raw query string, ``headers`` are looked up in lower case, and ``body`` is read to the end.
    ``patience`` is how many seconds the client waits for the answer; None: for ever, or nobody knows. ``served_at`` is
    the URL of the server of ours that the request came to, None in process.
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
    """One HTTP response, which is equal to none but itself: what has this very body.

    Reports of failing tests show what is compared, so the body is not shown: it may hold an authorization token.
    ``repeated`` are headers of names that come several times, each on a line of its own.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    repeated: tuple[tuple[str, str], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Response) and self.body is other.body

    def __hash__(self) -> int:
        return id(self.body)


class Disturbed(NamedTuple):
    """What a planned fault makes of the answer to a request that may have been carried out.

    It arrives after ``seconds``. ``sent`` goes over the wire: less of the body than its headers promise when the
    connection breaks off, None when it does so before the first byte. ``seen`` is what a client in this process gets.
    """

    seconds: float
    sent: Response | None
    seen: Response | Exception
