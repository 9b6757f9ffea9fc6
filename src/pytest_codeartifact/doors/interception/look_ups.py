"""Skips the look-ups of a session that a CodeArtifact client in a test does not need, or that are repeated for it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ProfileNotFound

from .botocore_internals import MONITOR

_skipping: ContextVar[bool] = ContextVar("pytest_codeartifact_skips_look_ups", default=False)
_cached_configs: ContextVar[dict[Any, Any] | None] = ContextVar("pytest_codeartifact_cached_configs", default=None)


def get_component(original: Callable[..., Any], prepares: Callable[[], bool]) -> Callable[..., Any]:
    """Return the data loader without looking up the profile, while a fake prepares the creation of clients.

    boto3's sessions ask for the data loader as soon as they are created.
    """

    @functools.wraps(original)
    def get_component(self: Any, name: str) -> Any:
        if name != "data_loader" or not prepares():
            return original(self, name)
        with skipped():
            return original(self, name)

    return get_component


def get_scoped_config(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return an empty configuration where the profile does not exist and look-ups are skipped."""

    def look_up(session: Any) -> Any:
        try:
            return original(session)
        except ProfileNotFound:
            if _skipping.get():
                return {}
            raise

    @functools.wraps(original)
    def get_scoped_config(self: Any) -> Any:
        cached = _cached_configs.get()
        if cached is None:
            return look_up(self)
        if self not in cached:
            cached[self] = look_up(self)
        return cached[self]

    return get_scoped_config


@functools.lru_cache(maxsize=2)  # the functions that are called with it are wrapped once, and not by each fake
def caching_scoped_config(original: Callable[..., Any]) -> Callable[..., Any]:
    """Look up the configuration of a session once per call of a function that looks it up for each variable."""

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        token = _cached_configs.set({})
        try:
            return original(*args, **kwargs)
        finally:
            _cached_configs.reset(token)

    return function


def get_auth_token(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return no bearer token, even if the profile uses SSO, because CodeArtifact needs none."""

    @functools.wraps(original)
    def get_auth_token(*args: Any, **kwargs: Any) -> Any:
        return None if _skipping.get() else original(*args, **kwargs)

    return get_auth_token


def get_internal_component(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return no monitor, even if client-side monitoring is enabled, because it opens a socket."""

    @functools.wraps(original)
    def get_internal_component(self: Any, name: str) -> Any:
        return None if name == MONITOR and _skipping.get() else original(self, name)

    return get_internal_component


@contextmanager
def skipped() -> Iterator[None]:
    """While a client is being created: look up no profile, token or monitoring agent."""
    token = _skipping.set(True)
    try:
        yield
    finally:
        _skipping.reset(token)
