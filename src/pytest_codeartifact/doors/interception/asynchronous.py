"""Answers for aiobotocore's clients, which await them.

This module imports neither aiobotocore nor its HTTP libraries and event loops. By the time aiobotocore calls
it, it has imported them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse

from ...http import Caller, Client, Disturbed, Request, Response, Where
from . import botocore_internals
from .binding import back_end
from .messages import context_of, read_body, to_request


async def answer(
    handle: Callable[[Request], Response | Disturbed],
    prepared: Any,
    caller: Caller,
    client: Client,
    where: Where | None,
    patience: float | None,
) -> AWSResponse:
    """Answer a prepared request. Other tasks run during a slow response.

    :raises Exception: the planned exception that the client sees instead of a response.
    """
    body = await _read(prepared.body)
    answered = handle(to_request(prepared, body, caller, client, where, patience))
    if isinstance(answered, Response):
        return _response(prepared, answered)
    if answered.seconds:
        await _sleep(answered.seconds)
    if isinstance(answered.seen, Exception):
        raise answered.seen
    return _response(prepared, answered.seen)


def _response(prepared: Any, response: Response) -> AWSResponse:
    httpx = botocore_internals.httpx_of(back_end(context_of(prepared))) if prepared.stream_output else None
    if httpx is None:
        raw = _Raw(prepared.url, response.body)
    else:
        # aiobotocore decides by the type of the raw response how to read the body.
        raw = httpx.Response(
            response.status,
            headers=dict(response.headers),
            stream=httpx.ByteStream(response.body),
            request=httpx.Request(prepared.method, prepared.url),
        )
    return _AwaitedResponse(prepared.url, response.status, response.headers, raw, response.body)


class _AwaitedResponse(AWSResponse):  # type: ignore[misc]  # botocore has no type information
    """A response as aiobotocore reads it."""

    def __init__(self, url: str, status: int, headers: Any, raw: Any, body: bytes) -> None:
        super().__init__(url, status, headers, raw)
        self._content = body

    @property
    def content(self) -> Any:
        return self._awaited(self._content)

    @property
    def text(self) -> Any:
        return self._awaited(self._content.decode())

    async def _awaited(self, value: Any) -> Any:
        return value


class _Raw:
    """A streamed response as aiobotocore uses those of aiohttp."""

    def __init__(self, url: str, body: bytes) -> None:
        self.url = url
        self.content = _Stream(body)

    async def read(self) -> bytes:
        return await self.content.read()

    def close(self) -> None:
        """Do nothing: there is no connection."""

    async def __aenter__(self) -> _Raw:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


class _Stream:
    """The body of a streamed response, read in parts."""

    def __init__(self, body: bytes) -> None:
        self._rest = memoryview(body)

    async def read(self, size: int = -1) -> bytes:
        size = len(self._rest) if size < 0 else size
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)

    def at_eof(self) -> bool:
        return not self._rest


async def _read(body: Any) -> bytes:
    """The body. In addition to botocore's types, the HTTP libraries of aiobotocore accept asynchronous iterables."""
    if hasattr(body, "__aiter__"):
        return b"".join([chunk async for chunk in body])
    return read_body(body)


async def _sleep(seconds: float) -> None:
    """Sleep on the running event loop. With a loop other than asyncio's, anyio is loaded and used."""
    import asyncio

    await (sys.modules.get("anyio") or asyncio).sleep(seconds)
