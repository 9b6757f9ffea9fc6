"""Converts the head of an HTTP request to our request, and identifies the caller by its signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from ...errors import ServiceError
from ...http import Caller, Request

_ABSOLUTE = re.compile("http://(?P<host>[^/?#]*)")

_SCOPE = re.compile(r"(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)/aws4_request")
_AUTHORIZATION = re.compile(
    rf"AWS4-HMAC-SHA256 +Credential={_SCOPE.pattern}, *SignedHeaders=[^,\s]+, *Signature=[0-9a-f]{{64}}"
)


class Head(NamedTuple):
    """A request without its body. Header names are in lower case; values of one name are joined, as HTTP has it."""

    method: str
    target: str
    headers: Mapping[str, str]


def host(head: Head) -> str | None:
    """The host that a request is meant for: that of an absolute URL, else of the header."""
    absolute = _ABSOLUTE.match(head.target)
    return absolute["host"] if absolute else head.headers.get("host")


def to_request(head: Head, caller: Caller, served_at: str) -> Request:
    """A request as the service takes it, yet without its body.

    :param caller: who sends it, as far as is known.
    """
    # As it was sent: a path with escapes is another path than one without.
    path, _, query = _ABSOLUTE.sub("", head.target).partition("?")
    return Request(head.method, path, query, head.headers, b"", caller, served_at=served_at)


def sender(request: Request, accounts: Mapping[str, str]) -> Caller:
    """Who has signed a request, and for which region.

    The signature itself cannot be checked: the secret key is not known.

    :param accounts: by access key.
    :raises ServiceError: it is not signed, or not for this service.
    """
    authorization = request.headers.get("authorization")
    if authorization is None:
        scope = _SCOPE.fullmatch(parse_qs(request.query).get("X-Amz-Credential", [""])[0])  # a presigned URL
        if scope is None:
            raise ServiceError("Missing Authentication Token", code="MissingAuthenticationTokenException", status=403)
    else:
        scope = _AUTHORIZATION.fullmatch(authorization)
        if scope is None:
            raise ServiceError(
                "The request signature does not conform to AWS standards.", code="IncompleteSignature", status=403
            )
    if scope["service"] != "codeartifact":
        raise ServiceError(
            "Credential should be scoped to correct service: 'codeartifact'.",
            code="InvalidSignatureException",
            status=403,
        )
    return Caller(accounts.get(scope["key"], request.caller.account), scope["region"])
