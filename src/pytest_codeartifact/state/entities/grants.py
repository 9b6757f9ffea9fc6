"""The permissions of authorization tokens."""

from __future__ import annotations

import hashlib
from typing import NamedTuple


class Grant(NamedTuple):
    """The permission of an authorization token: its domain, the caller it was issued to, and its expiration.

    ``digest`` is the SHA-256 of the token. The token itself is not stored.
    """

    digest: str
    domain_key: str
    account: str
    region: str
    expiration: int


def digest_of(token: str) -> str:
    """The key of a :class:`Grant`."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
