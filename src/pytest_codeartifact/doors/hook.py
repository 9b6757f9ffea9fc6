"""Registers our handlers in every botocore session, existing and future.

Imports only the top package of botocore, which costs a run without AWS less than a millisecond. The handlers do nothing
until a pytest run or a fake arms them. Then they stay active to the end of the process, because a call may continue
after its fake was closed, and code at exit runs after the tests.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any, Protocol

import botocore


class Handlers(Protocol):
    """The handlers of the events of a call, and of a new session."""

    @property
    def on_first_event(self) -> Callable[..., None]: ...
    @property
    def before_call(self) -> Callable[..., Any]: ...
    @property
    def choose_signer(self) -> Callable[..., Any]: ...
    @property
    def before_sign(self) -> Callable[..., Any]: ...
    @property
    def before_send(self) -> Callable[..., Any]: ...
    @property
    def on_last_event(self) -> Callable[..., None]: ...
    @property
    def session_created(self) -> Callable[[], None]: ...


_inert = True  # negated, so that handlers stay armed at interpreter shutdown, when module variables may become None
_handlers: Callable[[], Handlers] | None = None


def install(handlers: Callable[[], Handlers]) -> None:
    """Register our handlers in all existing and future sessions and clients, once per process.

    :param handlers: returns the handlers. Called for the first session, because it imports botocore's client side.
    """
    global _handlers
    if _handlers is not None:
        return
    _handlers = handlers
    botocore.register_initializer(_register_in_session)  # aiobotocore's sessions call it too
    hooks = sys.modules.get("botocore.hooks")
    if hooks is None:
        return  # no session can exist yet
    for candidate in gc.get_objects():
        # Not isinstance(), which would resolve lazy proxies. Each client has its own copy of its session's emitter.
        if hooks.HierarchicalEmitter in type(candidate).__mro__:
            _register(candidate)


def arm() -> None:
    """Activate the handlers."""
    global _inert
    _inert = False
    if "botocore.session" in sys.modules:
        _installed_handlers().session_created()  # for the sessions that exist already


def _register_in_session(session: Any) -> None:
    _register(session.get_component("event_emitter"))
    if not _inert:
        _installed_handlers().session_created()


def _register(emitter: Any) -> None:
    for event, handler in _HANDLERS.items():
        name = f"{event}.codeartifact"
        emitter.register_first(name, handler, unique_id=f"pytest-codeartifact-{event}")
    # The first and the last handler of a call. Those in between may wait, for a rate limit or in the user's code.
    # botocore calls handlers of wildcards before those of names, and those of the longest wildcard first.
    emitter.register_first("*.*.*", _on_first_event, unique_id="pytest-codeartifact-at-first")
    emitter.register_last("before-send", _on_last_event, unique_id="pytest-codeartifact-at-last")


def _on_first_event(*, event_name: str, **event: Any) -> None:
    if not _inert and event_name.startswith("provide-client-params.codeartifact."):
        _installed_handlers().on_first_event(**event)


def _before_call(**event: Any) -> Any:
    return None if _inert else _installed_handlers().before_call(**event)


def _choose_signer(**event: Any) -> Any:
    return None if _inert else _installed_handlers().choose_signer(**event)


def _before_sign(**event: Any) -> Any:
    return None if _inert else _installed_handlers().before_sign(**event)


def _before_send(**event: Any) -> Any:
    return None if _inert else _installed_handlers().before_send(**event)


def _on_last_event(*, event_name: str, **event: Any) -> None:
    if not _inert and event_name.startswith("before-send.codeartifact."):
        _installed_handlers().on_last_event(event_name=event_name, **event)


def _installed_handlers() -> Handlers:
    assert _handlers is not None, "only install() registers our handlers"
    return _handlers()


_HANDLERS = {
    "before-call": _before_call,
    "choose-signer": _choose_signer,
    "before-sign": _before_sign,
    "before-send": _before_send,
}
