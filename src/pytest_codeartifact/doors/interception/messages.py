"""Converts botocore's prepared requests to ours, and our responses to botocore's."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, MutableMapping
from inspect import currentframe
from types import FrameType
from typing import Any

from botocore.awsrequest import AWSResponse

from ...http import Caller, Client, Request, Response, Where

_LIBRARIES = frozenset(
    ("pytest_codeartifact", "botocore", "boto3", "s3transfer", "awscli", "concurrent", "threading")
    + ("aiobotocore", "aioboto3", "aiohttp", "httpx", "httpx2", "asyncio", "uvloop", "anyio", "trio")
    + ("outcome", "pytest_asyncio")
)
_TEST_RUNNERS = frozenset(("_pytest", "pluggy"))
_IS_USERS_FILE: dict[str, bool | None] = {}  # cache by file name: a call walks about fifteen frames
_MAX_FILES = 4096  # a bound, because generated code may have any number of file names


def to_request(
    prepared: Any, body: bytes, caller: Caller, client: Client, where: Where | None, patience: float | None
) -> Request:
    """Convert a prepared request of botocore."""
    path, _, query = prepared.url.partition("?")
    # An endpoint_url may have a path, which precedes the path of the operation.
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
    """Convert a response to the class that botocore reads."""
    return AWSResponse(url, response.status, response.headers, _Raw(response.body))


def context_of(prepared: Any) -> MutableMapping[str, Any]:
    """The context of the call that a prepared request belongs to; empty for a request without a client."""
    return getattr(prepared, "context", None) or {}


def read_body(body: Any) -> bytes:
    """Read the body of a request from its current position. A file is reset to it, for a retry to read again."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if not hasattr(body, "read"):
        return b"".join(body)
    position = body.tell() if _is_seekable(body) else None
    content = body.read()
    if position is not None:
        body.seek(position)
    return content.encode() if isinstance(content, str) else bytes(content)


def where() -> Where | None:
    """The line of the user's code that makes the current call or uses a fake.

    None if no user's code is on the stack, for example in a task that an event loop runs for a test.
    """
    frame = currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        is_users = (
            _IS_USERS_FILE[file]
            if file in _IS_USERS_FILE
            else _classify_file(file, frame.f_globals.get("__name__", ""))
        )
        if is_users is None:
            return None
        if is_users:
            return Where(file, frame.f_lineno)
        frame = frame.f_back
    return None


def runs_users_code(frame: FrameType) -> bool:
    """Whether a frame runs the user's code, not code of ours, of botocore or of a test runner."""
    return _classify_file(frame.f_code.co_filename, frame.f_globals.get("__name__", "")) is True


def _classify_file(file: str, module: str) -> bool | None:
    """Whether a file has the user's code. None for the test runner's: no frame above is the user's."""
    package = module.partition(".")[0]
    if len(_IS_USERS_FILE) >= _MAX_FILES:
        _IS_USERS_FILE.clear()
    _IS_USERS_FILE[file] = None if package in _TEST_RUNNERS else package not in _LIBRARIES
    return _IS_USERS_FILE[file]


class _Headers(Mapping[str, str]):
    """botocore's headers, decoded on access because most are never read. Names are case-insensitive."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        try:
            return value.decode("latin-1") if isinstance(value, bytes) else str(value)
        except UnicodeError:  # email's parser could not decode the header
            return "\ufffd"

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


class _Raw(io.BytesIO):
    """A body with the reading methods of a file and of urllib3's responses."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


def _is_seekable(body: Any) -> bool:
    return hasattr(body, "seek") and (not hasattr(body, "seekable") or bool(body.seekable()))
