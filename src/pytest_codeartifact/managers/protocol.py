"""Routes, requests and replies, for the modules of the formats.

A handler has two steps. The first step parses path, headers and body, records the subject of the request
(:meth:`ProtocolRequest.about`), and refuses malformed requests. It returns the second step, a function of the
repository. The second step runs under the lock, after the planned faults (rule PM-20)::

    def _file(request: ProtocolRequest, *, name: str, version: str, file: str) -> Work:
        id = request.about(name, version=version, asset=file)
        return lambda repository: Reply(repository.file(id, version, file).read())

    ACME = Protocol("acme", (get("/{name}/{version}/{file}", _file),), refusal=plain_text)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import starmap
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl

from ..errors import ResourceNotFoundException, SeedError, ServiceError, ValidationException
from ..names.formats import MAX_LENGTH, is_valid_asset_name, is_valid_name
from ..names.packages import PackageId
from ..names.permissions import PUBLISH, PUT_METADATA, READ
from .addresses import check_segments, no_such_path
from .repository_view import RepositoryView

if TYPE_CHECKING:
    from ..literals import OperationName, PackageFormat


class Reply(NamedTuple):
    """A response, without its length and the id of the request (rule PM-25).

    ``error``: the refusal of a request whose changes stay. An exception would discard them.
    """

    body: bytes = b""
    content_type: str = "application/octet-stream"
    status: int = 200
    headers: Mapping[str, str] = {}
    error: ServiceError | None = None


PLAIN = "text/plain; charset=utf-8"
JSON = "application/json"


def json_reply(content: object, content_type: str = JSON, status: int = 200) -> Reply:
    """A reply in JSON."""
    return Reply(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"), content_type, status)


def plain_text(message: str) -> Reply:
    """A refusal in plain text (rule PM-22)."""
    return Reply(message.encode("utf-8", "surrogatepass"), PLAIN)


@dataclass
class ProtocolRequest:
    """A request of a package manager. The handler records its subject with :meth:`about`.

    ``endpoint`` is the URL of the repository with the slash and the host of the request. The names of ``headers`` are
    in lower case. ``permission`` is the permission that the request needs: that of its route, unless the handler
    replaces it.
    """

    format: PackageFormat
    endpoint: str
    headers: Mapping[str, str]
    query: str
    body: bytes
    permission: OperationName
    params: dict[str, Any] = field(default_factory=dict)
    """The parameters for the journal, for faults and for the IAM policy (rule PM-29)."""

    def about(
        self, name: str, namespace: str | None = None, *, version: str | None = None, asset: str | None = None
    ) -> PackageId:
        """Record the subject of the request, as early as it is known. Returns the normalised id of the package.

        :param version: its name as it is stored.
        :raises ResourceNotFoundException: a read of a package, a version or an asset that cannot exist (rule PM-54).
        :raises ValidationException: any other request of one that cannot exist.
        """
        try:
            id = PackageId(self.format, namespace, name)
        except SeedError:
            raise self.error_for_invalid_name(f"'{name}' is not a valid name of a package.") from None
        subject = {"namespace": id.namespace, "package": id.name, "packageVersion": version, "assetName": asset}
        self.params |= {key: value for key, value in subject.items() if value is not None}
        objection = None if version is None else _objection(id, version)
        if objection is not None:
            raise self.error_for_invalid_name(objection)
        if asset is not None and not is_valid_asset_name(asset):
            raise self.error_for_invalid_name(f"'{asset}' is not a valid name of an asset: {_OF_ASSETS}.")
        return id

    def parameter(self, name: str) -> str | None:
        """A parameter of the query; None if it was not sent."""
        return dict(parse_qsl(self.query, keep_blank_values=True)).get(name)

    def error_for_invalid_name(self, why: str) -> ServiceError:
        """The error for a name that cannot exist, which differs between reads and other requests (rule PM-54)."""
        return ResourceNotFoundException(why) if self.permission == READ else ValidationException(why)


_OF_ASSETS = f"it must have 1 to {MAX_LENGTH} characters, and no control characters"


def _objection(id: PackageId, version: str) -> str | None:
    return id.objection_to(version) if is_valid_name(version) else f"'{version}' is not a valid version."


Work: TypeAlias = Callable[[RepositoryView], Reply]
"""The second step of a handler: carries out a request completely, or raises."""

Handler: TypeAlias = Callable[..., Work]
"""The first step: ``handler(request, **parts of the path)``."""

Segments: TypeAlias = tuple[str, ...]

_PLACEHOLDER = re.compile(r"\{(\w+)(\*?)\}")


class Route(NamedTuple):
    """A method and a path, their handler, and the permission that such requests need (rule PM-28).

    A path is relative to the repository, for example ``/simple/{project}/``. ``{group*}`` matches one segment or more,
    and is passed as a tuple. The empty path is the endpoint without its slash.
    """

    method: str
    path: str
    handler: Handler
    permission: OperationName

    def match(self, segments: Segments) -> dict[str, Any] | None:
        """The arguments for the handler in a path; None if the path does not match."""
        wanted = self.path.split("/")[1:]
        grouped = _grouped(segments, wanted)
        if len(grouped) != len(wanted) or not all(starmap(_fits, zip(wanted, grouped, strict=True))):
            return None
        named = ((_PLACEHOLDER.fullmatch(part), segment) for part, segment in zip(wanted, grouped, strict=True))
        return {place[1]: segment for place, segment in named if place is not None}


def _grouped(segments: Segments, wanted: list[str]) -> list[str | Segments]:
    """The segments, with those that match ``{name*}`` as one tuple."""
    many = next((index for index, part in enumerate(wanted) if part.endswith("*}")), None)
    if many is None or len(segments) < len(wanted):
        return list(segments)
    after = len(segments) - (len(wanted) - many - 1)
    return [*segments[:many], segments[many:after], *segments[after:]]


def _fits(part: str, segment: str | Segments) -> bool:
    """Whether a segment matches a part of a path. An empty segment matches no placeholder."""
    return bool(segment) if _PLACEHOLDER.fullmatch(part) else part == segment


def get(path: str, handler: Handler) -> Route:
    """A route for reading. It also answers HEAD (rule PM-26)."""
    return Route("GET", path, handler, READ)


def publish(method: str, path: str, handler: Handler) -> Route:
    """A route for uploads."""
    return Route(method, path, handler, PUBLISH)


def put_metadata(method: str, path: str, handler: Handler) -> Route:
    """A route for changes of metadata."""
    return Route(method, path, handler, PUT_METADATA)


class MethodNotAllowed(ServiceError):
    """A path that does not have this method (405).

    :param allowed: the methods that it has.
    """

    code = "MethodNotAllowed"
    status = 405

    def __init__(self, message: str, allowed: str) -> None:
        super().__init__(message)
        self.allowed = allowed


class Protocol(NamedTuple):
    """The protocol of a format.

    ``refusal`` creates the response to an error from its message (rule PM-22). ``bare_tokens``: clients send the token
    without a scheme (rule PM-12). ``prepare_segments`` converts or refuses the segments of a path; by default it
    refuses escaped slashes (rule PM-5). ``largest_body`` is the maximum size of a request in bytes, None if the format
    has none of its own.
    """

    format: PackageFormat
    routes: tuple[Route, ...]
    refusal: Callable[[str], Reply]
    bare_tokens: bool = False
    prepare_segments: Callable[[Segments], Segments] = check_segments
    largest_body: int | None = None

    def route(self, method: str, path: Segments) -> tuple[Route, dict[str, Any]]:
        """The route of a request, and the arguments for its handler.

        :param path: as :attr:`prepare_segments` returns it.
        :raises ResourceNotFoundException: there is no such path.
        :raises MethodNotAllowed: the path exists, but not with this method (rule PM-24).
        """
        routes = list(self._at(path))
        wanted = "GET" if method == "HEAD" else method  # rule PM-26
        for route, parts in routes:
            if route.method == wanted:
                return route, parts
        if not routes:
            raise no_such_path()
        methods = {route.method for route, _ in routes}
        allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        raise MethodNotAllowed(f"{method} is not allowed here. Choose from: {allowed}.", allowed)

    def _at(self, path: Segments) -> Iterator[tuple[Route, dict[str, Any]]]:
        for route in self.routes:
            parts = route.match(path)
            if parts is not None:
                yield route, parts
