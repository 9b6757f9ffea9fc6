"""Reads and checks the authorization tokens that package managers send (rules PM-9 to PM-18)."""

from __future__ import annotations

import base64
import binascii

from ..clock import ServiceClock
from ..errors import AccessDeniedException, ServiceError
from ..http import Caller
from ..state.entities import Grant, domain_key
from ..state.store import State
from .addresses import Address

_USER = "aws"


class Unauthorized(ServiceError):
    """The token is missing, unknown or expired (401)."""

    code = "Unauthorized"
    status = 401


def challenges(address: Address) -> tuple[tuple[str, str], ...]:
    """The headers that ask a client to authenticate. Two, because mvn does not parse both in one (rule PM-18)."""
    realm = f"{address.domain}/{address.repository}".replace("\\", r"\\").replace('"', r"\"")
    return tuple(("www-authenticate", f'{scheme} realm="{realm}"') for scheme in ("Bearer", "Basic"))


def presented(authorization: str | None, *, bare: bool) -> str | None:
    """The token in a header, None if there is none.

    :param bare: whether a token without a scheme is accepted (rule PM-12).
    """
    scheme, _, rest = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        return _of_basic(rest.strip())
    return scheme if bare and not rest else None


def grant(state: State, clock: ServiceClock, token: str | None) -> Grant:
    """The permission of a token.

    :raises Unauthorized: the fake has not issued it, or it has expired (rules PM-16 and PM-17).
    """
    held = None if token is None else state.grant(token)
    if held is None or held.expiration <= clock.millis():
        raise Unauthorized("Unauthorized. A token of GetAuthorizationToken is needed, and there is none or it expired.")
    return held


def check_domain(held: Grant, caller: Caller, address: Address) -> None:
    """Refuse a token of another domain than that of the address.

    :param caller: the account the token was issued to, in the region of the address.
    :raises AccessDeniedException: rule PM-15.
    """
    if held.domain_key != domain_key(caller.region, address.owner, address.domain):
        region, owner, name = held.domain_key.split("\0")
        raise AccessDeniedException(
            f"The token is for domain '{name}' of account '{owner}' in {region}, not for domain '{address.domain}' "
            f"of account '{address.owner}' in {caller.region}."
        )


def _of_basic(encoded: str) -> str | None:
    try:
        user, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return token.strip() if user == _USER else None
