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
    """A request without its body. Header names are in lower case. Values of repeated headers are joined with commas."""

    method: str
    target: str
    headers: Mapping[str, str]


def host(head: Head) -> str | None:
    """The host of a request: that of an absolute URL, otherwise that of the header."""
    absolute = _ABSOLUTE.match(head.target)
    return absolute["host"] if absolute else head.headers.get("host")


def to_request(head: Head, caller: Caller, served_at: str) -> Request:
    """Convert a request, still without its body.

    :param caller: the caller, as far as known.
    """
    # The path is not unescaped: a path with escapes matches no operation.
    path, _, query = _ABSOLUTE.sub("", head.target).partition("?")
    return Request(head.method, path, query, head.headers, b"", caller, served_at=served_at)


def sender(request: Request, accounts: Mapping[str, str]) -> Caller:
    """The account that has signed a request, and the region that the signature is for.

    The signature itself is not checked, because the secret key is unknown.

    :param accounts: the registered accounts, by access key.
    :raises ServiceError: the request is not signed, or not signed for this service.
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
