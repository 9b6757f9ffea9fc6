"""botocore's prepared request as ours, and our response as botocore's."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from botocore.awsrequest import AWSResponse

from ..http import Caller, Request, Response, Where

_NOT_THE_USERS = frozenset(
    ("pytest_codeartifact", "botocore", "boto3", "aiobotocore", "s3transfer", "awscli", "concurrent", "threading")
)
_USERS: dict[str, bool] = {}  # by file: whether it is the user's code; every call asks for some fifteen files


def to_request(prepared: Any, caller: Caller, where: Where | None, patience: float | None) -> Request:
    """A prepared request as the service takes it; its body stays readable for other handlers."""
    path, _, query = prepared.url.partition("?")
    # An endpoint_url may have a path of its own in front of the operation's.
    start = path.find("/v1/", path.find("//") + 2)
    return Request(
        prepared.method,
        path[start:] if start >= 0 else path,
        query,
        _Headers(prepared.headers),
        _content(prepared.body),
        caller,
        where,
        patience,
    )


def to_response(url: str, response: Response) -> AWSResponse:
    """A response of the service as botocore reads it."""
    return AWSResponse(url, response.status, response.headers, _Raw(response.body))


def where() -> Where | None:
    """The line of the user's code that makes the call which is being answered."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        users = _USERS.get(file)
        if users is None:
            users = _USERS[file] = frame.f_globals.get("__name__", "").partition(".")[0] not in _NOT_THE_USERS
        if users:
            return Where(file, frame.f_lineno)
        frame = frame.f_back
    return None


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


def _content(body: Any) -> bytes:
    """The body from where it stands; a file is put back there, as botocore rewinds it itself before a retry."""
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


def _is_seekable(body: Any) -> bool:
    return hasattr(body, "seek") and (not hasattr(body, "seekable") or bool(body.seekable()))
