"""Intercepts the calls of clients in this process: the fake that was opened last answers them.

Handles five events of a call (see :mod:`..hook`). ``provide-client-params`` notes the open fake before a handler of
the user can wait. ``before-call`` binds the call to that fake. The requests of a bound call are not signed, so no
credentials are looked up. The fake answers a request at ``before-send``, within botocore's retries and before its
parser. For a call without a fake, the guard is asked when the call begins, when it is signed and when it is sent.
aiobotocore emits the same events, and awaits the answer.
"""

from .clients import make as client
from .messages import runs_users_code, where
from .open_fakes import (
    active,
    all_active,
    before_call,
    before_send,
    before_sign,
    choose_signer,
    on_first_event,
    on_last_event,
    session_created,
    start,
    stop,
    tidy,
)

__all__ = [
    "active",
    "all_active",
    "before_call",
    "before_send",
    "before_sign",
    "choose_signer",
    "client",
    "on_first_event",
    "on_last_event",
    "runs_users_code",
    "session_created",
    "start",
    "stop",
    "tidy",
    "where",
]
