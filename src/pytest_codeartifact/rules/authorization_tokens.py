"""Issues and reads authorization tokens (rules T-2, PM-16 and PM-17).

A token is its own grant, encrypted and authenticated with a key of its fake, so a fake stores no tokens. The cipher
is homemade, which suffices for tests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from typing import NamedTuple

_LENGTH = 900
"""Bytes of the encrypted part. With it a token is as long as one of AWS."""


class Grant(NamedTuple):
    """The permission of an authorization token: its domain, the account it was issued to, and its expiration.

    ``uid`` is that of the domain. ``issued`` and ``expiration`` are in milliseconds since the epoch.
    """

    region: str
    owner: str
    domain: str
    uid: int
    account: str
    issued: int
    expiration: int


class AuthorizationTokens:
    """Issues and reads the tokens of one fake. No message, report or dump contains a key.

    :param inherited: the keys of the fakes that it was forked from, whose tokens it reads as well.
    """

    __slots__ = ("_keys",)

    def __init__(self, inherited: tuple[bytes, ...] = ()) -> None:
        self._keys = (os.urandom(32), *inherited)

    def fork(self) -> AuthorizationTokens:
        """The tokens of a fork, which also accepts those of this fake. This fake does not accept those of the fork."""
        return AuthorizationTokens(self._keys)

    def issue(self, grant: Grant) -> str:
        """The token of a grant: the same one for equal grants."""
        return _sealed(self._keys[0], grant)

    def read(self, token: str) -> Grant | None:
        """The permission of a token, also if it has expired. None for a string that is not a token of this fake."""
        return next(filter(None, (_opened(key, token) for key in self._keys)), None)


def _sealed(key: bytes, grant: Grant) -> str:
    content = json.dumps(grant).encode().ljust(_LENGTH)
    # The initialisation vector is derived from the content, so that none repeats for another content.
    seal = hmac.digest(key, content, "sha512")
    # Nobody reads the tag and the vector of the header, so they may overlap.
    iv, tag, wrapped_key, header_tag, header_iv = seal[:12], seal[12:28], seal[28:44], seal[44:60], seal[52:64]
    header = {
        "ver": 1,
        "isu": grant.issued // 1000,
        "enc": "A128GCM",
        "tag": _encoded(header_tag),
        "exp": grant.expiration // 1000,
        "alg": "A128GCMKW",
        "iv": _encoded(header_iv),
    }
    first = json.dumps(header, separators=(",", ":")).encode()
    return ".".join(map(_encoded, (first, wrapped_key, iv, _xor_with_keystream(key, iv, content), tag)))


def _opened(key: bytes, token: str) -> Grant | None:
    """The permission of a token that was sealed with this key."""
    try:
        _, _, iv, content, _ = map(_decoded, token.split("."))
        grant = Grant._make(json.loads(_xor_with_keystream(key, iv, content)))
        return grant if hmac.compare_digest(_sealed(key, grant).encode(), token.encode()) else None
    except (ValueError, TypeError, binascii.Error):  # not in the form of a token, or of another key
        return None


def _xor_with_keystream(key: bytes, iv: bytes, content: bytes) -> bytes:
    """XOR with a key stream, which encrypts and decrypts."""
    stream = hashlib.shake_256(key + iv).digest(len(content))
    return (int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(content), "big")


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
