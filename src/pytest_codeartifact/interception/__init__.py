"""The door through botocore's events: calls of clients in this process reach the fake that was opened last.

Three events of a call are ours (see :mod:`..hook`). Before the call the guard has its say, or the caller is taken down;
the request then goes unsigned, so no credentials are asked; and just before it would be sent, inside botocore's retries
and in front of its parser, it is answered. aiobotocore's events are the same three, and its clients await the answer.
"""

from .clients import make as client
from .door import active, all_active, before_call, before_send, choose_signer, close, open, tidy
from .messages import is_users, where

__all__ = [
    "active",
    "all_active",
    "before_call",
    "before_send",
    "choose_signer",
    "client",
    "close",
    "is_users",
    "open",
    "tidy",
    "where",
]
