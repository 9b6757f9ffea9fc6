"""The fakes that are open, and what happens to a call on its way through botocore."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import MutableMapping
from contextvars import ContextVar
from inspect import iscoroutinefunction
from typing import Any

import botocore

from .. import hook
from ..errors import CodeArtifactPluginError
from ..guard import GUARD
from ..http import Caller, Disturbed, Response
from ..service import Service
from . import asynchronous, clients, environment
from .clients import access_key
from .messages import content, to_request, to_response, where
from .retries import Waits

_ACCOUNT = "pytest_codeartifact.account"
_AWAITED = "pytest_codeartifact.awaited"
_OVER_THE_WIRE = "pytest_codeartifact.over_the_wire"

_lock = threading.Lock()
_open: tuple[Service, ...] = ()  # replaced, never changed: calls of other threads read it without the lock
_waits: Waits | None = None
_context: ContextVar[MutableMapping[str, Any]] = ContextVar("pytest_codeartifact_context")


def active() -> Service | None:
    """The service that answers: of the fake that was opened last, for all threads."""
    return _open[-1] if _open else None


def all_active() -> tuple[Service, ...]:
    """The services of all fakes that are open."""
    return _open


def open(service: Service) -> None:
    """Let a service answer all calls from now on."""
    global _open, _waits
    hook.install()
    with _lock:
        if service in _open:
            raise CodeArtifactPluginError("This fake CodeArtifact is open already.")
        if not _open:
            _waits = Waits(active)
            hook.session_made = _extend
        _open = (*_open, service)
        clients.follow(active)
        hook.opened.append(service)
    hook.arm()


def close(service: Service) -> None:
    """Stop a service from answering; fakes may close in any order."""
    global _open, _waits
    with _lock:
        _open = tuple(other for other in _open if other is not service)
        clients.follow(active)
        if not _open:
            hook.session_made = None
            if _waits is not None:
                _waits.undo()
                _waits = None
    hook.disarm()
    if hook.closing is not None:
        hook.closing(service)


def _extend() -> None:
    with _lock:
        clients.extend()
        if _waits is not None:
            _waits.extend()


def tidy() -> None:
    """Look after what fakes have left behind in the environment, if none is open."""
    if not _open:
        environment.tidy()


def _renew_locks() -> None:
    """Begin anew in a forked child, which lacks the threads of its parent that may have held the locks."""
    global _lock
    _lock = threading.Lock()
    for service in _open:
        service.renew_locks()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_renew_locks)


def before_call(*, model: Any, params: Any, request_signer: Any, context: Any, **_: Any) -> None:
    """Refuse the call, or take down who makes it, and whether its answer is awaited.

    Its context is carried along, which our oldest botocore keeps from ``before-send``.
    """
    _context.set(context)
    service = active()
    if service is None:
        GUARD.check(model.name, params["url"])
    elif GUARD.leads_to_our_server(params["url"]):
        context[_OVER_THE_WIRE] = True
    elif service.accounts:
        context[_ACCOUNT] = service.accounts.get(access_key(request_signer), service.caller.account)
    if iscoroutinefunction(request_signer.sign):
        context[_AWAITED] = True


def choose_signer(*, context: Any, **_: Any) -> Any:
    """Leave the request unsigned."""
    return None if active() is None or _OVER_THE_WIRE in context else botocore.UNSIGNED


def before_send(*, request: Any, **_: Any) -> Any:
    """Answer the request; a client of aiobotocore awaits the answer."""
    service = active()
    if service is None or GUARD.leads_to_our_server(request.url):
        return None
    context = _context.get()
    caller = Caller(context.get(_ACCOUNT, service.caller.account), context["client_region"])
    patience = context["client_config"].read_timeout
    if _AWAITED in context:
        return asynchronous.answer(service.handle, request, caller, where(), patience)
    answer = service.handle(to_request(request, content(request.body), caller, where(), patience))
    return to_response(request.url, _arrived(answer))


def _arrived(answer: Response | Disturbed) -> Response:
    """What arrives of an answer, when it does.

    :raises Exception: what the client sees in its place.
    """
    if isinstance(answer, Response):
        return answer
    time.sleep(answer.seconds)
    if isinstance(answer.seen, Exception):
        raise answer.seen
    return answer.seen
