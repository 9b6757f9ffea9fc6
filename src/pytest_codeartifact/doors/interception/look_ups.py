"""Skips what a session looks up when it creates a client, and a CodeArtifact client in a test does not need."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ProfileNotFound

from .botocore_internals import MONITOR

_skipping: ContextVar[bool] = ContextVar("pytest_codeartifact_skips_look_ups", default=False)


def get_component(original: Callable[..., Any], prepares: Callable[[], bool]) -> Callable[..., Any]:
    """Gives boto3's sessions, which ask for it as soon as they are made, a data loader without asking for the
    profile, while a fake prepares the making of clients."""

    @functools.wraps(original)
    def get_component(self: Any, name: str) -> Any:
        if name != "data_loader" or not prepares():
            return original(self, name)
        with skipped():
            return original(self, name)

    return get_component


def get_scoped_config(original: Callable[..., Any]) -> Callable[..., Any]:
    """Reads the configuration of the profile; there is none where it may be done without."""

    @functools.wraps(original)
    def get_scoped_config(self: Any) -> Any:
        try:
            return original(self)
        except ProfileNotFound:
            if _skipping.get():
                return {}
            raise

    return get_scoped_config


def get_auth_token(original: Callable[..., Any]) -> Callable[..., Any]:
    """Finds a bearer token, which CodeArtifact has no use for, where the profile logs in with SSO."""

    @functools.wraps(original)
    def get_auth_token(*args: Any, **kwargs: Any) -> Any:
        return None if _skipping.get() else original(*args, **kwargs)

    return get_auth_token


def get_internal_component(original: Callable[..., Any]) -> Callable[..., Any]:
    """Opens a socket for client-side monitoring if that is switched on."""

    @functools.wraps(original)
    def get_internal_component(self: Any, name: str) -> Any:
        return None if name == MONITOR and _skipping.get() else original(self, name)

    return get_internal_component


@contextmanager
def skipped() -> Iterator[None]:
    """A client is being made that must do with what there is."""
    before = _skipping.set(True)
    try:
        yield
    finally:
        _skipping.reset(before)
