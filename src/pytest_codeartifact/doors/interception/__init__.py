"""The door through botocore's events: calls of clients in this process reach the fake that was opened last.

Five events of a call are ours (see :mod:`..hook`). When it begins, it is taken down to which fake it belongs; its
requests then go unsigned, so no credentials are asked; and just before one would be sent, inside botocore's retries and
in front of its parser, it is answered. Of a call that belongs to no fake the guard is asked when it begins, when it is
signed and when it is sent. aiobotocore's events are the same, and its clients await the answer.
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
    close,
    open,
    session_made,
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
    "close",
    "is_users",
    "open",
    "session_made",
    "tidy",
    "where",
]
