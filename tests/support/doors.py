"""The doors through which clients reach the fake. `--door` runs the same tests through another door.

A door is a context manager that is entered for each test. Inside, sessions of botocore create the clients of the door,
which have the interface of botocore's own.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager, nullcontext
from typing import Any

import botocore.session

from pytest_codeartifact import FakeCodeArtifact, Server


@contextmanager
def aiobotocore() -> Iterator[None]:
    """Clients are unmodified clients of aiobotocore. An event loop runs during each of their calls."""
    loop = asyncio.new_event_loop()
    clients = AsyncExitStack()
    original = botocore.session.Session.create_client

    def create_client(self: Any, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        if service_name != "codeartifact":
            return original(self, service_name, region_name, **options)
        if self._credentials is not None and options.get("aws_access_key_id") is None:
            key = self._credentials.get_frozen_credentials()
            options.update(aws_access_key_id=key.access_key, aws_secret_access_key=key.secret_key)
        region = region_name or self.get_config_variable("region")
        made = _session().create_client(service_name, region, **options)
        return _Client(loop.run_until_complete(clients.enter_async_context(made)), loop.run_until_complete)

    botocore.session.Session.create_client = create_client
    try:
        yield
    finally:
        botocore.session.Session.create_client = original
        loop.run_until_complete(clients.aclose())
        loop.close()


@contextmanager
def server() -> Iterator[None]:
    """Clients are botocore's. Their requests go over HTTP to a server that each open fake has."""
    variable = "AWS_ENDPOINT_URL_CODEARTIFACT"
    servers: dict[int, tuple[Server, str]] = {}
    open_, stop = FakeCodeArtifact.open, FakeCodeArtifact._stop

    def open_served(fake: FakeCodeArtifact) -> None:
        open_(fake)
        servers[id(fake)] = fake.serve(), os.environ[variable]
        os.environ[variable] = servers[id(fake)][0].url

    def stop_served(fake: FakeCodeArtifact) -> None:
        if id(fake) in servers:
            served, os.environ[variable] = servers.pop(id(fake))
            served.close()
        stop(fake)

    _replace(open=open_served, _stop=stop_served)
    try:
        yield
    finally:
        _replace(open=open_, _stop=stop)
    assert not servers, "a server runs longer than its fake: its thread would slow every later test down"


def _replace(**methods: Callable[[FakeCodeArtifact], None]) -> None:
    for name, method in methods.items():
        setattr(FakeCodeArtifact, name, method)


DOORS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "hook": nullcontext,
    "aiobotocore": aiobotocore,
    "server": server,
}
"""By the name for `--door`; `hook` is botocore's own clients."""


@functools.cache
def _session() -> Any:
    from aiobotocore.session import get_session

    return get_session()


class _Facade:
    """An asynchronous object with a synchronous interface."""

    def __init__(self, real: Any, wait: Callable[[Awaitable[Any]], Any]) -> None:
        self._real = real
        self._wait = wait

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return functools.partial(self._call, found) if callable(found) else found

    def __dir__(self) -> list[str]:
        return dir(self._real)

    def _call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)
        return self._wait(result) if inspect.isawaitable(result) else result

    def _iterate(self, iterator: Any) -> Iterator[Any]:
        try:
            while True:
                yield self._wait(iterator.__anext__())
        except StopAsyncIteration:
            return
        finally:
            self._wait(iterator.aclose())


class _Client(_Facade):
    def _call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        response = super()._call(method, *args, **kwargs)
        if isinstance(response, dict) and hasattr(response.get("asset"), "iter_chunks"):
            response["asset"] = _Body(response["asset"], self._wait)
        return response

    def get_paginator(self, operation: str) -> Any:
        return _Paginator(self._real.get_paginator(operation), self._wait)


class _Paginator(_Facade):
    def paginate(self, **params: Any) -> Any:
        return _Pages(self._real.paginate(**params), self._wait)


class _Pages(_Facade):
    def __iter__(self) -> Iterator[Any]:
        return self._iterate(aiter(self._real))

    def search(self, expression: str) -> Iterator[Any]:
        return self._iterate(self._real.search(expression))


class _Body(_Facade):
    """The body of a downloaded asset."""

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        return self._iterate(self._real.iter_chunks(size))
