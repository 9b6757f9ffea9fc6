"""The fakes that are open, and the handlers of a call on its way through botocore."""

from __future__ import annotations

import functools
import os
import sys
import threading
import time
from collections.abc import Mapping
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

import botocore

from ...current_test import RUNNING
from ...errors import CodeArtifactPluginError
from ...http import Caller, Disturbed, Response
from .. import child_environment, hook
from ..guard import GUARD
from . import asynchronous, clients
from .binding import Binding, bind, binding_of, is_bound, mark_answered, pop_answered, record_fake, recorded_fake
from .botocore_internals import keep_context
from .clients import access_key
from .current_call import MakeRequestPatches
from .messages import context_of, read_body, to_request, to_response, where
from .patches import Patches
from .repeated_creation import RepeatedCreation
from .repeated_work import RepeatedWork
from .retries import RetryPatches

if TYPE_CHECKING:
    from ...service import Service  # not imported at run time, to keep the first session of a process fast

_is_awaited = functools.cache(iscoroutinefunction)  # of the functions that sign, one for each type of client

_lock = threading.Lock()
_open: tuple[Service, ...] = ()  # replaced, never changed: calls of other threads read it without the lock
_patches: tuple[Patches, ...] = ()


def active() -> Service | None:
    """The service of the fake that was opened last, which answers new calls of all threads. None if no fake is open."""
    return _open[-1] if _open else None


def all_active() -> tuple[Service, ...]:
    """The services of all fakes that are open."""
    return _open


def start(service: Service) -> None:
    """Let a service answer all calls that begin from now on."""
    global _open, _patches
    hook.install(_this_package)
    hook.arm()
    with _lock:
        if service in _open:
            raise CodeArtifactPluginError("This fake CodeArtifact is already open.")
        if not _open:
            _patches = MakeRequestPatches(), RetryPatches(), RepeatedCreation(), RepeatedWork()
        _open = (*_open, service)
        clients.sync_patches(active)
        RUNNING.opened.append(service)


def stop(service: Service) -> None:
    """Stop giving new calls to a service. It still answers calls that have begun. Fakes may close in any order."""
    global _open, _patches
    with _lock:
        _open = tuple(other for other in _open if other is not service)
        clients.sync_patches(active)
        if not _open:
            for patches in _patches:
                patches.undo()
            _patches = ()
    if RUNNING.on_close is not None:
        RUNNING.on_close(service)


def session_created() -> None:
    """Prepare the creation of clients by a new session, which may be the first one of aiobotocore."""
    with _lock:
        clients.sync_patches(active)
        for patches in _patches:
            patches.extend()


@functools.cache
def _this_package() -> Any:
    """The handlers that :mod:`..hook` calls: the functions of this package."""
    return sys.modules[__package__]


def tidy() -> None:
    """Restore the environment again if no fake is open, see :func:`..child_environment.tidy`."""
    if not _open:
        child_environment.tidy()


def _renew_locks() -> None:
    """Replace all locks in a forked child: threads of the parent may hold them, and the child lacks those threads."""
    global _lock
    _lock = threading.Lock()
    for service in _open:
        service.renew_locks()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_renew_locks)


def on_first_event(*, context: Any, **_: Any) -> None:
    """Record the open fake at the very beginning, because the user's handlers may wait before the next event."""
    record_fake(context, active())


def before_call(*, model: Any, params: Any, request_signer: Any, context: Any, **_: Any) -> None:
    """Bind a call to the fake that was opened last. Without a fake, ask the guard about it."""
    service = recorded_fake(context, otherwise=active())
    if service is None:
        GUARD.check(model.name, params["url"])
        bind(context, None)
        return
    key = access_key(request_signer)
    account = service.accounts.get(key, service.caller.account)
    is_awaited, uses_http = _is_awaited(type(request_signer).sign), GUARD.leads_to_our_server(params["url"])
    bind(context, Binding(service, account, key, is_awaited, uses_http))


def choose_signer(*, context: Any, **_: Any) -> Any:
    """Leave the requests that a fake answers unsigned, so that no credentials are looked up."""
    return botocore.UNSIGNED if _answering(context) else None


def before_sign(*, request: Any, operation_name: str, **_: Any) -> None:
    """Ask the guard about a request or a presigned URL that is about to be signed."""
    context = request.context
    keep_context(request)
    if _answering(context) is None:
        check = GUARD.check_presigned if context.get("is_presign_request") else GUARD.check
        check(operation_name, request.url, must_stay=_must_stay(context))


def before_send(*, request: Any, **_: Any) -> Any:
    """Answer the request; a client of aiobotocore awaits the answer."""
    context = context_of(request)
    bound = _answering(context)
    if bound is None:
        return None
    mark_answered(context, request)
    config = context["client_config"]
    caller = Caller(bound.account, context["client_region"])
    client = clients.record_of(config, bound.access_key)
    patience = config.read_timeout
    if bound.is_awaited:
        return asynchronous.answer(bound.service.handle, request, caller, client, where(), patience)
    answered = bound.service.handle(to_request(request, read_body(request.body), caller, client, where(), patience))
    return to_response(request.url, _delayed(answered))


def on_last_event(*, request: Any, event_name: str, **_: Any) -> None:
    """Ask the guard about a request that no fake answers. This is the last handler before it is sent."""
    context = context_of(request)
    if not pop_answered(context, request):
        GUARD.check(event_name.rpartition(".")[2], request.url, must_stay=_must_stay(context))


def _answering(context: Mapping[str, Any]) -> Binding | None:
    """The fake that answers a call in process, None if there is none."""
    bound = binding_of(context)
    return None if bound is None or bound.uses_http else bound


def _must_stay(context: Mapping[str, Any]) -> bool:
    """Whether a call may not leave this machine, even if the guard is unarmed: it has or bypasses an open fake."""
    return binding_of(context) is not None or (active() is not None and not is_bound(context))


def _delayed(answer: Response | Disturbed) -> Response:
    """The response as it arrives at the client, after its delay.

    :raises Exception: the planned exception that the client sees instead.
    """
    if isinstance(answer, Response):
        return answer
    time.sleep(answer.seconds)
    if isinstance(answer.seen, Exception):
        raise answer.seen
    return answer.seen
