"""Converts botocore's prepared requests to ours, and our responses to botocore's."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, MutableMapping
from inspect import currentframe
from types import FrameType
from typing import Any

from botocore.awsrequest import AWSResponse

from ...http import Caller, Client, Request, Response, Where

_NOT_THE_USERS = frozenset(
    ("pytest_codeartifact", "botocore", "boto3", "s3transfer", "awscli", "concurrent", "threading")
    + ("aiobotocore", "aioboto3", "aiohttp", "httpx", "httpx2", "asyncio", "uvloop", "anyio", "trio")
    + ("outcome", "pytest_asyncio")
)
_RUNNERS = frozenset(("_pytest", "pluggy"))
_USERS: dict[str, bool | None] = {}  # by file, see below; every call asks for some fifteen files
_MOST_FILES = 4096  # code that a run makes up has names without end


def to_request(
    prepared: Any, body: bytes, caller: Caller, client: Client, where: Where | None, patience: float | None
) -> Request:
    """A prepared request as the service takes it."""
    path, _, query = prepared.url.partition("?")
    # An endpoint_url may have a path of its own in front of the operation's.
    start = path.find("/v1/", path.find("//") + 2)
    return Request(
        prepared.method,
        path[start:] if start >= 0 else path,
        query,
        _Headers(prepared.headers),
        body,
        caller,
        where,
        patience,
        client=client,
    )


def to_response(url: str, response: Response) -> AWSResponse:
    """A response of the service as botocore reads it."""
    return AWSResponse(url, response.status, response.headers, _Raw(response.body))


def context_of(prepared: Any) -> MutableMapping[str, Any]:
    """The context of the call that a prepared request is of; an empty one for a request that no client has made."""
    return getattr(prepared, "context", None) or {}


def content(body: Any) -> bytes:
    """A request's body from where it stands; a file is put back there, for other handlers and for a retry."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if not hasattr(body, "read"):
        return b"".join(body)
    position = body.tell() if _is_seekable(body) else None
    read = body.read()
    if position is not None:
        body.seek(position)
    return read.encode() if isinstance(read, str) else bytes(read)


def where() -> Where | None:
    """The line of the user's code that is at work: that makes the call which is being answered, or uses a fake.

    A task starts a chain of callers of its own; what an event loop runs for a test may so have no user behind it.
    """
    frame = currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        users = _USERS[file] if file in _USERS else _enter(file, frame.f_globals.get("__name__", ""))
        if users is None:
            return None
        if users:
            return Where(file, frame.f_lineno)
        frame = frame.f_back
    return None


def is_users(frame: FrameType) -> bool:
    """Whether a frame is of the user's code, and not of ours, of botocore or of what runs the user's."""
    return _enter(frame.f_code.co_filename, frame.f_globals.get("__name__", "")) is True


def _enter(file: str, module: str) -> bool | None:
    """Whether a file is of the user's code; None: it is of what runs the user's code, and so are its callers."""
    package = module.partition(".")[0]
    if len(_USERS) >= _MOST_FILES:
        _USERS.clear()
    _USERS[file] = None if package in _RUNNERS else package not in _NOT_THE_USERS
    return _USERS[file]


class _Headers(Mapping[str, str]):
    """botocore's headers, which know no case and hold bytes or str, read one by one: most are never asked for."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        try:
            return value.decode("latin-1") if isinstance(value, bytes) else str(value)
        except UnicodeError:  # of a header that email's parser could not make sense of
            return "\ufffd"

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


class _Raw(io.BytesIO):
    """A body that can be read at once, in parts, or as urllib3's responses are."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


def _is_seekable(body: Any) -> bool:
    return hasattr(body, "seek") and (not hasattr(body, "seekable") or bool(body.seekable()))
