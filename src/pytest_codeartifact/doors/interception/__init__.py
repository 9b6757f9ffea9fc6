"""The door through botocore's events: calls of clients in this process reach the fake that was opened last.

We handle four events of a call (see :mod:`..hook`). At the first, the call is bound to its fake. Its requests are then
not signed, so no credentials are looked up. Just before a request would be sent, within botocore's retries and before
its parser, it is answered. For a call without a fake, the guard is asked when the call begins, when it is signed and
when it is sent. aiobotocore has the same four events, and its clients await the answer.
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
