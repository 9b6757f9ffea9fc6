"""Requests that no client would send: those of an unmodified client, changed before they are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from botocore.exceptions import ClientError

from pytest_codeartifact import FakeCodeArtifact, Repository

from .one_call_each import arguments, call

CANNOT_PARSE, FIELD, UNKNOWN = "CANNOT_PARSE", "FIELD_VALIDATION_FAILED", "UNKNOWN_OPERATION"

Change = Callable[[Any], None]
"""Changes a request before it is sent."""


def contents(fake: FakeCodeArtifact) -> Any:
    """The contents of a fake, for comparisons: the attributes of each entity by the names that lead to it."""
    found: dict[tuple[object, ...], object] = {}
    for domain in fake.domains.values():
        found[domain.name,] = domain.tags, domain.policy
        for group in domain.package_groups.values():
            attributes = group.restrictions, group.allowed_repositories, group.description, group.tags
            found[domain.name, "group", group.pattern] = attributes
        for repository in domain.repositories.values():
            found[domain.name, repository.name] = _attributes(repository)
            for id, package in repository.packages.items():
                found[domain.name, repository.name, id] = package.origin
                for version in package.versions.values():
                    path = domain.name, repository.name, id, version.version
                    found[path] = version.status, version.revision, dict(version.assets)
    return found


def _attributes(repository: Repository) -> tuple[object, ...]:
    sources = repository.description, repository.upstreams, repository.external_connection
    return (*sources, repository.tags, repository.policy)


_CLIENTS: WeakKeyDictionary[FakeCodeArtifact, Any] = WeakKeyDictionary()
"""One client for all requests to a fake, because creating one takes longer than the rest of such a test."""


def send(fake: FakeCodeArtifact, operation: str, change: Change) -> Any:
    """Change the request of a call that would succeed, and return the response, also of an error."""

    def changed(request: Any, **_: object) -> None:
        change(request)

    client = _CLIENTS.get(fake) or _CLIENTS.setdefault(fake, fake.client())
    client.meta.events.register("request-created.codeartifact", changed)
    try:
        return call(client, operation, **arguments(operation))
    except ClientError as error:
        return error.response
    finally:
        client.meta.events.unregister("request-created.codeartifact", changed)


def refused(fake: FakeCodeArtifact, operation: str, change: Change) -> str:
    """Check that a changed request is refused as invalid and changes nothing, and return the reason of the error."""
    before = contents(fake)

    response = send(fake, operation, change)

    assert response.get("Error", {}).get("Code") == "ValidationException", response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Message"]
    assert contents(fake) == before
    assert getattr(fake.calls[-1].error, "reason", None) == response["reason"]
    return str(response["reason"])


def body(content: bytes, content_type: str | None = "application/json") -> Change:
    """Send another body."""

    def change(request: Any) -> None:
        request.data = content
        header("Content-Type", content_type)(request)

    return change


def header(name: str, value: str | bytes | None) -> Change:
    """Send another header, or none."""

    def change(request: Any) -> None:
        del request.headers[name]
        if value is not None:
            request.headers[name] = value

    return change


def added_query(query: str) -> Change:
    """Send additional parameters in the query string."""

    def change(request: Any) -> None:
        request.url += f"{'&' if '?' in request.url else '?'}{query}"

    return change


def replaced(old: str, new: str) -> Change:
    """Send the request to another URL, in which a part is replaced."""

    def change(request: Any) -> None:
        assert old in request.url
        request.url = request.url.replace(old, new)

    return change


def method(name: str) -> Change:
    """Send another method."""

    def change(request: Any) -> None:
        request.method = name

    return change
