"""Reads and checks the authorization tokens that package managers send (rules PM-9 to PM-18)."""

from __future__ import annotations

import base64
import binascii

from ..clock import ServiceClock
from ..errors import AccessDeniedException, ServiceError
from ..http import Caller
from ..rules.authorization_tokens import Grant
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


def check(grant: Grant | None, state: State, clock: ServiceClock) -> Grant:
    """Return the grant of a valid token.

    :param grant: None if there is no token, or none that the fake has issued.
    :raises Unauthorized: there is none, it has expired, or its domain was deleted (rules PM-16 and PM-17).
    """
    domain_record = None if grant is None else state.domain(grant.region, grant.owner, grant.domain)
    if grant is None or domain_record is None or grant.uid != domain_record.uid or grant.expiration <= clock.millis():
        raise Unauthorized("Unauthorized. The token of GetAuthorizationToken is missing, unknown or expired.")
    return grant


def check_domain(grant: Grant, caller: Caller, address: Address) -> None:
    """Refuse a token of another domain than that of the address.

    :param caller: the account the token was issued to, in the region of the address.
    :raises AccessDeniedException: rule PM-15.
    """
    if (grant.region, grant.owner, grant.domain) != (caller.region, address.owner, address.domain):
        raise AccessDeniedException(
            f"The token is for domain '{grant.domain}' of account '{grant.owner}' in {grant.region}, not for domain "
            f"'{address.domain}' of account '{address.owner}' in {caller.region}."
        )


def _of_basic(encoded: str) -> str | None:
    try:
        user, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return token.strip() if user == _USER else None
