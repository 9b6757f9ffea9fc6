"""Converts between HTTP heads and our requests and responses, and reads the caller from a signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.client import responses
from typing import NamedTuple
from urllib.parse import parse_qs

from ...errors import ServiceError
from ...http import Caller, Request, Response

_ABSOLUTE = re.compile("http://(?P<host>[^/?#]*)")

_SCOPE = re.compile(r"(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)/aws4_request")
_AUTHORIZATION = re.compile(
    rf"AWS4-HMAC-SHA256 +Credential={_SCOPE.pattern}, *SignedHeaders=[^,\s]+, *Signature=[0-9a-f]{{64}}"
)

_BLANKS = " \t"
_NOT_IN_A_LINE = re.compile("[\0\r\n]")


class Head(NamedTuple):
    """A request without its body. Header names are in lower case. Values of repeated headers are joined with commas.

    ``host`` is that of an absolute URL, otherwise that of the header. ``path`` is not unescaped: one with escapes
    matches no operation.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]

    def request(self, caller: Caller, served_at: str, body: bytes = b"") -> Request:
        """The whole request."""
        return Request(self.method, self.path, self.query, self.headers, body, caller, served_at=served_at)


def read_head(method: str, target: str, headers: Mapping[str, str]) -> Head:
    """The head of a request.

    :param target: its path and query, or an absolute URL.
    """
    absolute = _ABSOLUTE.match(target)
    host = headers.get("host", "") if absolute is None else absolute["host"]
    path, _, query = (target if absolute is None else target[absolute.end() :]).partition("?")
    return Head(method, host, path, query, headers)


def caller_of(head: Head, account: str, accounts: Mapping[str, str]) -> Caller:
    """The account that has signed a request, and the region that the signature is for.

    The signature itself is not checked, because the secret key is unknown.

    :param account: that of access keys that are not registered.
    :param accounts: the registered accounts, by access key.
    :raises ServiceError: the request is not signed, or not signed for this service.
    """
    authorization = head.headers.get("authorization")
    if authorization is None:
        scope = _SCOPE.fullmatch(parse_qs(head.query).get("X-Amz-Credential", [""])[0])  # a presigned URL
        if scope is None:
            raise ServiceError("Missing Authentication Token", code="MissingAuthenticationTokenException", status=403)
    else:
        scope = _AUTHORIZATION.fullmatch(authorization)
        if scope is None:
            raise ServiceError(
                "The request signature does not conform to AWS standards.", code="IncompleteSignature", status=403
            )
    key, region, service = scope.groups()
    if service != "codeartifact":
        raise ServiceError(
            "Credential should be scoped to correct service: 'codeartifact'.",
            code="InvalidSignatureException",
            status=403,
        )
    return Caller(accounts.get(key, account), region)


def response_head(response: Response, *, closes_after: bool) -> bytes:
    """The status line and the headers of a response. One header is the length of its body.

    Encoded as UTF-8, because the name of an asset may be in any script. HTTP strips white space around a value.

    :param closes_after: whether the connection is closed after it.
    :raises ValueError: a header does not fit on its line, so that a client would read another one after it.
    """
    lines = [f"{name}: {value.strip(_BLANKS)}" for name, value in (*response.headers.items(), *response.repeated)]
    if closes_after:
        lines.append("connection: close")
    if any(map(_NOT_IN_A_LINE.search, lines)):
        raise ValueError(f"A header of a response has a line break or a null character: {lines}")
    status = f"HTTP/1.1 {response.status} {responses.get(response.status, '')}"
    return "\r\n".join((status, *lines, "", "")).encode()
