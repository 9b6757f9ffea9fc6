"""HTTP requests of package managers, including requests that no real client would send."""

from __future__ import annotations

import base64
import copy
import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pytest_codeartifact import FakeCodeArtifact
from pytest_codeartifact.doors.server import Server

from .acme import ACCOUNT


class Answered(NamedTuple):
    """A response. Several headers may have the same name."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body, parsed as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The value of a header that occurs at most once."""
        values = [value for header, value in self.headers if header.lower() == name.lower()]
        assert len(values) < 2, values
        return values[0] if values else None


class Endpoint:
    """The endpoint of a repository for one format.

    ``path`` ends with a slash. ``token`` is a token for the domain.
    """

    def __init__(
        self, server: Server, format: str, *, token: str, domain: str = "acme", repository: str = "team"
    ) -> None:
        self.format, self.token = format, token
        self.path = f"/{format}/d/{domain}-{ACCOUNT}/{repository}/"
        self.url = f"{server.url}{self.path}"
        self.host = server.url.removeprefix("http://")

    def with_token(self, token: str) -> Endpoint:
        """The same endpoint with another token."""
        other = copy.copy(self)
        other.token = token
        return other

    def __call__(
        self,
        method: str,
        path: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = "",
    ) -> Answered:
        """Send a request.

        :param path: relative to the endpoint, or to the server if it begins with a slash.
        :param token: instead of the token of the endpoint; None: without a token.
        """
        sent = dict(headers or {})
        if token is not None:
            sent.setdefault("Authorization", basic(token or self.token))
        return request(self.host, method, path if path.startswith("/") else f"{self.path}{path}", body, sent)

    def get(self, path: str = "", **headers: str) -> Answered:
        """Send a GET request."""
        return self("GET", path, headers=headers)


def request(
    host: str, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answered:
    """Send a request to a server."""
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        return Answered(response.status, response.reason, response.getheaders(), response.read())
    finally:
        connection.close()


def basic(token: str, user: str = "aws") -> str:
    """The value of an `Authorization` header with a user and a password."""
    return f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"


def mint(fake: FakeCodeArtifact, domain: str = "acme", **params: Any) -> str:
    """A token for a domain."""
    token: str = fake.client().get_authorization_token(domain=domain, **params)["authorizationToken"]
    return token


Endpoints = Callable[..., Endpoint]
"""Makes endpoints: ``endpoints("pypi", repository="other")``."""


def form(fields: Mapping[str, str | list[str]], filename: str | None = None, content: bytes = b"") -> tuple[bytes, str]:
    """A form as twine sends it, and its content type.

    :param filename: the file name of the part ``content``; None: without that part.
    """
    boundary = "limit-of-a-part"
    parts = [
        (f'form-data; name="{name}"', value.encode())
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    if filename is not None:
        parts.append((f'form-data; name="content"; filename="{filename}"', content))
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + value + b"\r\n"
        for disposition, value in parts
    )
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
