"""What the module of a format is written with: routes, what a handler is asked, and what it replies.

A handler has two steps. The first one understands the request: it reads path, headers and body, says what the request
is about (:meth:`Asked.about`), and refuses what is malformed. It returns the second one, which is carried out under the
lock, on the contents of the repository, after the faults that a test has planned (rule PM-20)::

    def _file(asked: Asked, *, name: str, version: str, file: str) -> Work:
        id = asked.about(name, version=version, asset=file)
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
from ..names.packages import MAX_LENGTH, PackageId, is_valid_asset_name, is_valid_name
from ..names.permissions import PUBLISH, PUT_METADATA, READ
from .addresses import check_segments, no_such_path
from .repository_view import RepositoryView

if TYPE_CHECKING:
    from ..literals import OperationName, PackageFormat


class Reply(NamedTuple):
    """An answer; its length and the id of the request are added (rule PM-25).

    ``error`` is set by a request that is refused but has changed something, which an error that is raised takes back.
    """

    body: bytes = b""
    content_type: str = "application/octet-stream"
    status: int = 200
    headers: Mapping[str, str] = {}
    error: ServiceError | None = None


PLAIN = "text/plain; charset=utf-8"
JSON = "application/json"


def json_reply(content: object, content_type: str = JSON, status: int = 200) -> Reply:
    """An answer in JSON."""
    return Reply(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"), content_type, status)


def plain_text(message: str) -> Reply:
    """A refusal in plain text (rule PM-22)."""
    return Reply(message.encode("utf-8", "surrogatepass"), PLAIN)


@dataclass
class Asked:
    """A request: what a handler sees of it, and what it has said of it.

    ``endpoint`` is the URL of the repository as it was asked, with the slash. ``headers`` are looked up in lower case.
    ``permission`` names the request: that of its route, or what the handler finds it to be.
    """

    format: PackageFormat
    endpoint: str
    headers: Mapping[str, str]
    query: str
    body: bytes
    permission: OperationName
    params: dict[str, Any] = field(default_factory=dict)
    """What the request is about, for the journal, for faults and for the IAM policy (rule PM-29)."""

    def about(
        self, name: str, namespace: str | None = None, *, version: str | None = None, asset: str | None = None
    ) -> PackageId:
        """Say what the request is about, as early as it is known; the package, normalised.

        :param version: its name as it is stored.
        :raises ResourceNotFoundException: a read of a package, a version or an asset that there cannot be (PM-54).
        :raises ValidationException: the same in any other request.
        """
        try:
            id = PackageId(self.format, namespace, name)
        except SeedError:
            raise self.impossible(f"'{name}' is not a valid name of a package.") from None
        known = {"namespace": id.namespace, "package": id.name, "packageVersion": version, "assetName": asset}
        self.params |= {key: value for key, value in known.items() if value is not None}
        objection = None if version is None else _objection(id, version)
        if objection is not None:
            raise self.impossible(objection)
        if asset is not None and not is_valid_asset_name(asset):
            raise self.impossible(f"'{asset}' is not a valid name of an asset: {_OF_ASSETS}.")
        return id

    def parameter(self, name: str) -> str | None:
        """A parameter of the query; None if it was not sent."""
        return dict(parse_qsl(self.query, keep_blank_values=True)).get(name)

    def impossible(self, why: str) -> ServiceError:
        """The refusal of what there cannot be, to a read or to any other request (rule PM-54)."""
        return ResourceNotFoundException(why) if self.permission == READ else ValidationException(why)


_OF_ASSETS = f"it must have 1 to {MAX_LENGTH} characters, and no control characters"


def _objection(id: PackageId, version: str) -> str | None:
    return id.objection_to(version) if is_valid_name(version) else f"'{version}' is not a valid version."


Work: TypeAlias = Callable[[RepositoryView], Reply]
"""The second step of a handler: carries a request out, all of it or nothing."""

Handler: TypeAlias = Callable[..., Work]
"""The first step: ``handler(asked, **parts of the path)``."""

Segments: TypeAlias = tuple[str, ...]

_PLACE = re.compile(r"\{(\w+)(\*?)\}")


class Route(NamedTuple):
    """A method and a path, what answers them, and the permission that names such a request (rule PM-28).

    A path is one like ``/simple/{project}/``, from the repository on; ``{group*}`` takes one segment or more, as a
    tuple. The empty path is the endpoint without its slash.
    """

    method: str
    path: str
    handler: Handler
    permission: OperationName

    def match(self, segments: Segments) -> dict[str, Any] | None:
        """The parts of a path that the handler takes; None if the path is another one."""
        wanted = self.path.split("/")[1:]
        found = _grouped(segments, wanted)
        if len(found) != len(wanted) or not all(starmap(_fits, zip(wanted, found, strict=True))):
            return None
        named = ((_PLACE.fullmatch(part), segment) for part, segment in zip(wanted, found, strict=True))
        return {place[1]: segment for place, segment in named if place is not None}


def _grouped(segments: Segments, wanted: list[str]) -> list[str | Segments]:
    """The segments, those together that one place of a path takes."""
    many = next((at for at, part in enumerate(wanted) if part.endswith("*}")), None)
    if many is None or len(segments) < len(wanted):
        return list(segments)
    after = len(segments) - (len(wanted) - many - 1)
    return [*segments[:many], segments[many:after], *segments[after:]]


def _fits(part: str, segment: str | Segments) -> bool:
    """Whether a segment is what a path has there; an empty one fits no place."""
    return bool(segment) if _PLACE.fullmatch(part) else part == segment


def get(path: str, handler: Handler) -> Route:
    """A route for what is read; HEAD is answered like GET (rule PM-26)."""
    return Route("GET", path, handler, READ)


def publish(method: str, path: str, handler: Handler) -> Route:
    """A route for what is uploaded."""
    return Route(method, path, handler, PUBLISH)


def put_metadata(method: str, path: str, handler: Handler) -> Route:
    """A route for what changes the metadata of what is there."""
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
    """What the package managers of a format speak.

    ``refusal`` is the body of an error (rule PM-22). ``bare_tokens``: they send the token with nothing before it (rule
    PM-12). ``segments`` is what their paths are taken for, which refuses escaped slashes if nothing else is said (rule
    PM-5). ``largest_body`` is the maximum size of a request in bytes, None without one of the format's own.
    """

    format: PackageFormat
    routes: tuple[Route, ...]
    refusal: Callable[[str], Reply]
    bare_tokens: bool = False
    segments: Callable[[Segments], Segments] = check_segments
    largest_body: int | None = None

    def route(self, method: str, path: Segments) -> tuple[Route, dict[str, Any]]:
        """What answers a request, and the parts of its path.

        :param path: what :attr:`segments` has made of it.
        :raises ResourceNotFoundException: there is no such path.
        :raises MethodNotAllowed: the path has other methods only (rule PM-24).
        """
        found = list(self._at(path))
        wanted = "GET" if method == "HEAD" else method
        for route, parts in found:
            if route.method == wanted:
                return route, parts
        if not found:
            raise no_such_path()
        methods = {route.method for route, _ in found}
        allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        raise MethodNotAllowed(f"{method} is not allowed here. Choose from: {allowed}.", allowed)

    def _at(self, path: Segments) -> Iterator[tuple[Route, dict[str, Any]]]:
        for route in self.routes:
            parts = route.match(path)
            if parts is not None:
                yield route, parts
