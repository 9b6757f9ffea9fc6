"""The endpoint of a repository and the authorization token for package managers (sections 8 and 9)."""

from __future__ import annotations

from ..errors import ValidationException
from ..rules import arns
from ..rules.authorization_tokens import Grant
from ..rules.scope import Scope
from .views import Structure

_MIN_SECONDS = 900
_MAX_SECONDS = 43_200  # the default, too


def get_repository_endpoint(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    domain_owner: str | None = None,
    endpoint_type: str | None = None,
) -> Structure:
    """Return the URL for the package managers of a format (rules N-1 to N-6)."""
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


def get_authorization_token(
    scope: Scope, *, domain: str, domain_owner: str | None = None, duration_seconds: int | None = None
) -> Structure:
    """Issue an authorization token for a domain (rules T-1 to T-4).

    Known gap: root users, and callers without `sts:GetServiceBearerToken`, are not refused.
    """
    if duration_seconds and duration_seconds < _MIN_SECONDS:
        raise ValidationException(
            f"Invalid duration: {duration_seconds} seconds. It must be 0, or between {_MIN_SECONDS} and "
            f"{_MAX_SECONDS} seconds."
        )
    domain_record = scope.domain(domain, domain_owner)
    expiration = scope.now + (duration_seconds or _MAX_SECONDS) * 1000
    grant = Grant(
        domain_record.region,
        domain_record.owner,
        domain_record.name,
        domain_record.uid,
        scope.caller.account,
        scope.now,
        expiration,
    )
    return {"authorizationToken": scope.authorization_tokens.issue(grant), "expiration": expiration}
