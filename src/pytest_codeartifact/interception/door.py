"""The fakes that are open, and what happens to a call on its way through botocore."""

from __future__ import annotations

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
from . import asynchronous
from .clients import Clients, access_key
from .messages import content, to_request, to_response, where
from .patches import Patches
from .retries import Waits

_ACCOUNT = "pytest_codeartifact.account"
_AWAITED = "pytest_codeartifact.awaited"
_OVER_THE_WIRE = "pytest_codeartifact.over_the_wire"

_lock = threading.Lock()
_open: tuple[Service, ...] = ()  # replaced, never changed: calls of other threads read it without the lock
_patches: tuple[Patches, ...] = ()
_context: ContextVar[MutableMapping[str, Any]] = ContextVar("pytest_codeartifact_context")


def active() -> Service | None:
    """The service that answers: of the fake that was opened last, for all threads."""
    return _open[-1] if _open else None


def all_active() -> tuple[Service, ...]:
    """The services of all fakes that are open."""
    return _open


def open(service: Service) -> None:
    """Let a service answer all calls from now on."""
    global _open, _patches
    hook.install()
    with _lock:
        if service in _open:
            raise CodeArtifactPluginError("This fake CodeArtifact is open already.")
        if not _open:
            _patches = Clients(active), Waits(active)
            hook.session_made = _extend
        _open = (*_open, service)
        hook.opened.append(service)
    hook.arm()


def close(service: Service) -> None:
    """Stop a service from answering; fakes may close in any order."""
    global _open, _patches
    with _lock:
        _open = tuple(other for other in _open if other is not service)
        if not _open:
            hook.session_made = None
            for patches in _patches:
                patches.undo()
            _patches = ()
    hook.disarm()
    if hook.closing is not None:
        hook.closing(service)


def _extend() -> None:
    with _lock:
        for patches in _patches:
            patches.extend()


def before_call(*, model: Any, params: Any, request_signer: Any, context: Any, **_: Any) -> None:
    """Refuse the call, or take down who makes it."""
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
    """Leave the request unsigned, and carry its context along, which our oldest botocore keeps from ``before-send``."""
    if active() is None or _OVER_THE_WIRE in context:
        return None
    _context.set(context)
    return botocore.UNSIGNED


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
