"""botocore's model of the service, and what is derived from it for each operation."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import botocore
import botocore.loaders
import botocore.model
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from ..collector import paused
from ..errors import SeedError, ServiceError, ValidationException, near
from ..http import Request, Response
from .checks import Check, checker, internal, invalid, missing
from .readers import Reader, json_reader, read_json, read_query, text_reader, unreadable
from .values import objections
from .writers import Members, dump, from_seconds, new_headers, seconds, writer

if TYPE_CHECKING:
    from ..literals import OperationName

Params: TypeAlias = dict[str, Any]

_ENDPOINT = "https://codeartifact"


class Member(NamedTuple):
    """A member of an operation's input: its names in the SDK, in Python and on the wire, and where it travels."""

    name: str
    keyword: str
    wire_name: str
    location: str
    required: bool
    read: Reader
    check: Check


class Operation:
    """What the model says of one operation.

    ``name`` is AWS's, ``function_name`` Python's; ``members`` are those of the input, in the model's order; ``errors``
    are the names of the errors that it may answer.
    """

    def __init__(self, model: Any) -> None:
        self.name: OperationName = model.name
        self.function_name = keyword(model.name)
        self.errors = frozenset(shape.name for shape in model.error_shapes)
        given, returned = model.input_shape, model.output_shape
        self._given = given
        self._payload: str | None = given.serialization.get("payload")
        self.members = tuple(_member(given, name) for name in given.members if name != self._payload)
        self._in_query = {member.wire_name: member for member in self.members if member.location == "querystring"}
        self._in_headers = tuple(member for member in self.members if member.location == "header")
        self._in_body = {member.name: member for member in self.members if not member.location}
        self._keywords = {name: keyword(name) for name in given.members}
        self._write = writer(returned, seconds)
        self._read_returned = writer(returned, from_seconds)
        self._returned_payload: str | None = returned.serialization.get("payload")
        self._returned_headers = {
            name: member.serialization["name"]
            for name, member in returned.members.items()
            if member.serialization.get("location") == "header"
        }

    def read(self, request: Request) -> Params:
        """The parameters of a request under the SDK's member names, as the Python types of the SDK.

        :raises ValidationException: for what cannot be read.
        """
        params: Params = {}
        for name, text in read_query(request.query):
            member = self._in_query.get(name)
            if member is not None:
                if member.name in params:
                    raise unreadable(f"The query parameter '{name}' occurs more than once.")
                params[member.name] = member.read(text)
        for member in self._in_headers:
            value = request.headers.get(member.wire_name)
            if value is not None:
                params[member.name] = member.read(value)
        if self._payload is not None:
            params[self._payload] = request.body
        elif request.body:
            self._read_body(request, params)
        return params

    def check(self, params: Params) -> None:
        """Check parameters against the model's constraints.

        :raises ValidationException: with all that is wrong (rule V-2).
        """
        messages: list[str] = []
        for member in self.members:
            if member.name in params:
                messages += member.check(params[member.name])
            elif member.required:
                messages.append(missing(internal(member.name)))
        if messages:
            raise invalid(messages)

    @property
    def streams(self) -> bool:
        """Whether the answer's body is handed to the caller unread."""
        return self._returned_payload is not None

    @property
    def answers_in_headers(self) -> bool:
        """Whether something of the answer is not in its body."""
        return bool(self._returned_headers)

    @property
    def parameters(self) -> Collection[str]:
        """The SDK's names of the members of its input."""
        return self._keywords.keys()

    def check_names(self, names: Iterable[str]) -> None:
        """Refuse names that no parameter has.

        :raises SeedError: naming the nearest.
        """
        for name in names:
            if name not in self._keywords:
                raise SeedError(f"{self.name} has no parameter {name!r}. {near(name, self._keywords)}")

    def objection(self, name: str, value: object) -> str | None:
        """Why no request that passes :meth:`check` has this value for a parameter; None if one may.

        :param value: a value as it is read, None for a parameter that was not sent.
        """
        if value is None:
            return f"{missing(internal(name))}." if name in self._given.required_members else None
        return self._objections[name](value)

    @functools.cached_property
    def _objections(self) -> dict[str, Callable[[object], str | None]]:
        return {name: objections(shape, name) for name, shape in self._given.members.items()}

    def keywords(self, params: Params) -> Params:
        """The parameters as keywords of the function that implements the operation."""
        return {self._keywords[name]: value for name, value in params.items()}

    def as_returned(self, response: Response) -> Members:
        """A successful response as botocore's client returns it: under the SDK's member names and Python types."""
        given: Params = {
            name: response.headers[header]
            for name, header in self._returned_headers.items()
            if header in response.headers
        }
        if self._returned_payload is not None:
            return {**given, self._returned_payload: response.body}
        returned: Members = self._read_returned(json.loads(response.body))
        return {**given, **returned}

    def serialise(self, result: Members) -> Response:
        """A successful result as a response; members that are None are absent (rule W-4)."""
        result = self._write({name: value for name, value in result.items() if value is not None})
        headers = new_headers()
        for name, header in self._returned_headers.items():
            if name in result:
                headers[header] = result[name]
        if self._returned_payload is not None:
            headers["content-type"] = "application/octet-stream"
            body = result[self._returned_payload]
        else:
            body = dump(result)
        headers["content-length"] = str(len(body))
        return Response(200, headers, body)

    def _read_body(self, request: Request, params: Params) -> None:
        if request.method == "GET":
            raise unreadable("A GET request has no body.")
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise unreadable(f"The body must be application/json, not '{content_type[:100]}'.")
        for name, value in read_json(request.body).items():
            member = self._in_body.get(name)
            if member is not None and value is not None:
                params[name] = member.read(value)


def match(request: Request) -> Operation:
    """The operation that a request asks for.

    :raises ValidationException: when there is none.
    """
    name = _routes().get((request.method, request.path))
    if name is None:
        raise ValidationException(
            f"Unknown operation: {request.method[:20]} {request.path[:200]}", ValidationException.UNKNOWN_OPERATION
        )
    return operation(name)


@functools.cache
def operation(name: OperationName) -> Operation:
    """What the model says of the operation of that name."""
    return Operation(_service_model().operation_model(name))


@functools.cache
def operation_names() -> frozenset[OperationName]:
    """The names of the operations in the model."""
    return frozenset(_service_model().operation_names)


@functools.cache
def keyword(name: str) -> str:
    """A member's or an operation's name in Python."""
    return str(botocore.xform_name(name))


def enum(shape_name: str) -> tuple[str, ...]:
    """The values of a named shape of the model."""
    return tuple(_service_model().shape_for(shape_name).enum)


def connection_closed() -> Exception:
    """What a client sees of an answer whose connection breaks off."""
    error: Exception = ConnectionClosedError(endpoint_url=_ENDPOINT)
    return error


def read_timed_out() -> Exception:
    """What a client sees of an answer that takes longer than it waits."""
    error: Exception = ReadTimeoutError(endpoint_url=_ENDPOINT)
    return error


def violations(shape_name: str, value: object, member: str) -> list[str]:
    """What is wrong with a value of a named shape of the model, in the service's words; empty if nothing is."""
    return _checker(shape_name, member)(value)


@functools.cache
def _checker(shape_name: str, member: str) -> Check:
    return checker(_service_model().shape_for(shape_name), member)


def serialise_error(error: ServiceError) -> Response:
    """A service error as a response (rules E-1 and E-3)."""
    body: Params = {"message": error.message}
    headers = new_headers()
    headers["x-amzn-errortype"] = error.code
    for name, header in _error_members().get(error.code, {}).items():
        value = getattr(error, keyword(name), None)
        if value is not None and header is not None:
            headers[header] = str(value)
        elif value is not None:
            body[name] = value
    content = dump(body)
    headers["content-length"] = str(len(content))
    return Response(error.status, headers, content)


@functools.cache
def _service_model() -> Any:
    # botocore's own data only: a model in the user's ~/.aws/models would make a test run differently elsewhere.
    loader = botocore.loaders.Loader(
        extra_search_paths=[botocore.loaders.Loader.BUILTIN_DATA_PATH], include_default_search_paths=False
    )
    with paused():
        return botocore.model.ServiceModel(loader.load_service_model("codeartifact", "service-2"), "codeartifact")


@functools.cache
def _routes() -> dict[tuple[str, str], OperationName]:
    """The operations by method and path; no path of this model has a label in it."""
    models = map(_service_model().operation_model, _service_model().operation_names)
    return {(model.http["method"], model.http["requestUri"].rstrip("/")): model.name for model in models}


@functools.cache
def _error_members() -> dict[str, dict[str, str | None]]:
    """The members of each modelled error but its message, with the header of those that travel in one."""
    return {
        shape.name: {
            name: member.serialization["name"] if member.serialization.get("location") == "header" else None
            for name, member in shape.members.items()
            if name != "message"
        }
        for shape in _service_model().error_shapes
    }


def _member(shape: Any, name: str) -> Member:
    member = shape.members[name]
    location = member.serialization.get("location", "")
    wire_name = member.serialization.get("name", name)
    return Member(
        name,
        keyword(name),
        wire_name.lower() if location == "header" else wire_name,
        location,
        name in shape.required_members,
        text_reader(member, name) if location else json_reader(member, name),
        checker(member, internal(name)),
    )
