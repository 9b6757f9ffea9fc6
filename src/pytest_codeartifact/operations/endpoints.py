"""The endpoint of a repository and the authorization token for package managers (sections 8 and 9)."""

from __future__ import annotations

import base64
import hashlib
import json

from ..errors import ValidationException
from ..http import Caller
from ..rules import arns
from ..rules.scope import Scope
from ..state.entities import Domain, Grant, digest_of
from .registry import operation
from .views import Structure

_DEFAULT_SECONDS = 43_200
_LEAST_SECONDS = 900


@operation
def get_repository_endpoint(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    domain_owner: str | None = None,
    endpoint_type: str | None = None,
) -> Structure:
    """Rules N-1 to N-6."""
    target = scope.repository(domain, domain_owner, repository)
    if scope.served_at is not None:
        url = f"{scope.served_at}/{format}/d/{target.domain}-{target.owner}/{target.name}/"
        return {"repositoryEndpoint": url}
    in_china = arns.partition(target.region) == "aws-cn"
    if endpoint_type == "dualstack":
        suffix = f"codeartifact.{target.region}.on.{'amazonwebservices.com.cn' if in_china else 'aws'}"
    else:
        suffix = f"d.codeartifact.{target.region}.amazonaws.com{'.cn' if in_china else ''}"
    url = f"https://{target.domain}-{target.owner}.{suffix}/{format}/{target.name}/"
    return {"repositoryEndpoint": url}


@operation
def get_authorization_token(
    scope: Scope, *, domain: str, domain_owner: str | None = None, duration_seconds: int | None = None
) -> Structure:
    """Rules T-1 to T-4.

    Known gap: root users, and callers without `sts:GetServiceBearerToken`, are not refused.
    """
    if duration_seconds and duration_seconds < _LEAST_SECONDS:
        raise ValidationException(
            f"Invalid duration: {duration_seconds} seconds. It is 0, or between {_LEAST_SECONDS} and "
            f"{_DEFAULT_SECONDS} seconds."
        )
    home = scope.domain(domain, domain_owner)
    issued = scope.now
    expiration = issued + (duration_seconds or _DEFAULT_SECONDS) * 1000
    token = _token(home, scope.caller, issued, expiration)
    scope.state.put_grant(Grant(digest_of(token), home.key, *scope.caller, expiration))
    return {"authorizationToken": token, "expiration": expiration}


def _token(domain: Domain, caller: Caller, issued: int, expiration: int) -> str:
    """A text in the form of a token (rule T-2). It depends on the domain, the caller and the time only."""

    def part(name: str, size: int) -> str:
        known = f"{domain.key}\0{caller.account}\0{issued}\0{expiration}\0{name}"
        content = hashlib.shake_256(known.encode()).digest(size)
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    header = {
        "ver": 1,
        "isu": issued // 1000,
        "enc": "A128GCM",
        "tag": part("header tag", 16),
        "exp": expiration // 1000,
        "alg": "A128GCMKW",
        "iv": part("header iv", 12),
    }
    first = base64.urlsafe_b64encode(json.dumps(header, separators=(",", ":")).encode()).rstrip(b"=").decode()
    return ".".join((first, part("key", 16), part("iv", 12), part("content", 900), part("tag", 16)))
