"""Hints for the report of a failing test: possible reasons why a call was denied or did not find a domain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeGuard

from ..errors import AccessDeniedException, ResourceNotFoundException, ServiceError
from ..http import Request
from ..state.store import State

_CREDENTIAL = r"Credential=(\w+)/"


def domain_elsewhere(state: State, request: Request, error: ServiceError, params: Mapping[str, object]) -> str | None:
    """A hint if a missing domain exists in another account or region of this fake, None if it does not."""
    if not _is_about_a_domain(error):
        return None
    searched = params.get("domainOwner", request.caller.account), request.caller.region
    name = error.resource_id
    elsewhere = [(domain.owner, domain.region) for domain in state.domains() if domain.name == name]
    if not elsewhere or searched in elsewhere:
        return None
    elsewhere_in_words = " and ".join(f"account {account}, region {region}" for account, region in elsewhere)
    hint = (
        f"The call looked for domain {name!r} in account {searched[0]}, region {searched[1]}, but this fake has it in "
        f"{elsewhere_in_words}. If the call should find it, write add_domain({name!r}, account={searched[0]!r}, "
        f"region={searched[1]!r}), or create the client for the account and region of the domain."
    )
    regions = [region for account, region in elsewhere if account == searched[0] and region != searched[1]]
    return f"{hint} {_whose_region(request, regions[0])}".rstrip() if regions else hint


def _whose_region(request: Request, wanted: str) -> str:
    """Explain which region the client has and why, and how to give it the region of the domain."""
    client, region = request.client, request.caller.region
    if client.region_of == "fake" and client.session_region not in (None, region):
        return (
            f"The client was created without a region while the fake was open, so it has the region of the fake. The "
            f"region_name of its session is {client.session_region!r}, the region of this machine."
        )
    came_by = {
        "machine": f"with {region!r}, the region of this machine",
        "configuration": f"with {region!r}, because no region was configured",
    }.get(client.region_of)
    if came_by is None:
        return ""
    return (
        f"The client was created before the fake was open, {came_by}. For clients that are created at import, write "
        f'os.environ["AWS_DEFAULT_REGION"] = "{wanted}" at the top of the top conftest.py.'
    )


def unregistered_key(accounts: Mapping[str, str], request: Request, error: ServiceError) -> str | None:
    """A hint if a call of an assumed role is denied or does not find a domain, and its key is not registered.

    :param accounts: the registered accounts, by access key.
    """
    key = request.client.access_key or _signed_with(request)
    if not key.startswith("ASIA") or key in accounts:
        return None
    if not isinstance(error, AccessDeniedException) and not _is_about_a_domain(error):
        return None
    return (
        f"Access key {key!r} belongs to an assumed role and is not registered, so its calls come from the fake's "
        f"own account {request.caller.account}. If the role belongs to another account, write "
        f"codeartifact.register_access_key({key!r}, account=...)."
    )


def _signed_with(request: Request) -> str:
    """The access key of a request that came through a server."""
    match = re.search(_CREDENTIAL, request.headers.get("authorization") or "")
    return match[1] if match else ""


def _is_about_a_domain(error: ServiceError) -> TypeGuard[ResourceNotFoundException]:
    return isinstance(error, ResourceNotFoundException) and error.resource_type == "domain"
