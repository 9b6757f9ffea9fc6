"""Intercepts the calls of clients in this process: the fake that was opened last answers them.

Four events of a call have handlers here (see :mod:`..hook`). The first one binds the call to its fake. The requests of
a bound call are not signed, so no credentials are looked up. The fake answers a request at ``before-send``, within
botocore's retries and before its parser. For a call without a fake, the guard is asked when the call begins, when it is
signed and when it is sent. aiobotocore has the same four events, and its clients await the answer.
"""

from .clients import make as client
from .messages import is_users, where
from .open_fakes import (
    active,
    all_active,
    at_first,
    at_last,
    before_call,
    before_send,
    before_sign,
    choose_signer,
    session_made,
    start,
    stop,
    tidy,
)

__all__ = [
    "active",
    "all_active",
    "at_first",
    "at_last",
    "before_call",
    "before_send",
    "before_sign",
    "choose_signer",
    "client",
    "is_users",
    "session_made",
    "start",
    "stop",
    "tidy",
    "where",
]
