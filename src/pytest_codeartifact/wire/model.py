"""botocore's model of the service, and the parser and serialiser of each operation that are derived from it."""

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
from ..errors import SeedError, ServiceError, ValidationException, shown, similar
from ..http import Request, Response
from .checks import Check, checker, invalid, missing_violation, service_name
from .impossible_values import objections
from .readers import Reader, json_reader, read_json, read_query, text_reader, unreadable
from .shapes import Shape
from .writers import Members, dump, from_seconds, new_headers, to_seconds, writer

if TYPE_CHECKING:
    from ..literals import OperationName

Params: TypeAlias = dict[str, Any]

_SERVICE = "codeartifact"
_ENDPOINT = f"https://{_SERVICE}"


class Member(NamedTuple):
    """A member of the input of an operation: its names in the SDK, in Python and in the request, and its location."""

    name: str
    keyword: str
    wire_name: str
    location: str
    required: bool
    read: Reader
    check: Check


class Operation:
    """One operation of the model.

    ``function_name`` is ``name`` in snake_case. ``members`` are those of the input, in the order of the model.
    ``errors`` are the names of its modelled errors.
    """

    def __init__(self, model: Any) -> None:
        self.name: OperationName = model.name
        self.function_name = keyword(model.name)
        self.errors = frozenset(shape.name for shape in model.error_shapes)
        input_shape, output_shape = model.input_shape, model.output_shape
        self._input_shape = input_shape
        self._payload: str | None = input_shape.serialization.get("payload")
        self.members = tuple(_member(input_shape, name) for name in input_shape.members if name != self._payload)
        self._in_query = {member.wire_name: member for member in self.members if member.location == "querystring"}
        self._in_headers = tuple(member for member in self.members if member.location == "header")
        self._in_body = {member.name: member for member in self.members if not member.location}
        self._keywords = {name: keyword(name) for name in input_shape.members}
        self._write = writer(output_shape, to_seconds)
        self._read_returned = writer(output_shape, from_seconds)
        self._returned_payload: str | None = output_shape.serialization.get("payload")
        self._returned_headers = {
            name: member.serialization["name"]
            for name, member in output_shape.members.items()
            if member.serialization.get("location") == "header"
        }

    def read(self, request: Request) -> Params:
        """Parse the parameters of a request. Names and Python types are those of the SDK.

        :raises ValidationException: the request cannot be parsed.
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
        """Check parameters against the constraints of the model.

        :raises ValidationException: a constraint is violated; the message has all violations (rule V-2).
        """
        messages: list[str] = []
        for member in self.members:
            if member.name in params:
                messages += member.check(params[member.name])
            elif member.required:
                messages.append(missing_violation(service_name(member.name)))
        if messages:
            raise invalid(messages)

    @property
    def streams(self) -> bool:
        """Whether the body of the response is a stream."""
        return self._returned_payload is not None

    def returned_headers(self, response: Response) -> dict[str, str]:
        """The headers of a response that are members of the output."""
        return {
            header: response.headers[header] for header in self._returned_headers.values() if header in response.headers
        }

    @property
    def parameters(self) -> Collection[str]:
        """The SDK's names of the members of its input."""
        return self._keywords.keys()

    def check_names(self, names: Iterable[str]) -> None:
        """Check names of parameters.

        :raises SeedError: a name is unknown; the message suggests a similar one, or lists all.
        """
        for name in names:
            if name not in self._keywords:
                similar_names = similar(name, self._keywords, cutoff=0.75)
                suggestion = (
                    f"Did you mean {similar_names[0]!r}?" if similar_names else f"It has: {', '.join(self._keywords)}."
                )
                raise SeedError(f"{self.name} has no parameter {shown(name)}. {suggestion}")

    def objection(self, name: str, value: object) -> str | None:
        """The reason why no valid request has this value for a parameter, None if a value is valid.

        :param value: a parsed value, None for a missing parameter.
        """
        if value is None:
            return f"{missing_violation(service_name(name))}." if name in self._input_shape.required_members else None
        return self._objections[name](value)

    @functools.cached_property
    def _objections(self) -> dict[str, Callable[[object], str | None]]:
        return {name: objections(shape, name) for name, shape in self._input_shape.members.items()}

    def keywords(self, params: Params) -> Params:
        """The parameters as keyword arguments of the function that implements the operation."""
        return {self._keywords[name]: value for name, value in params.items()}

    def as_returned(self, response: Response) -> Members:
        """A successful response as botocore's client returns it."""
        members: Params = {
            name: response.headers[header]
            for name, header in self._returned_headers.items()
            if header in response.headers
        }
        if self._returned_payload is not None:
            return {**members, self._returned_payload: response.body}
        body: Members = self._read_returned(json.loads(response.body))
        return {**members, **body}

    def serialise(self, result: Members) -> Response:
        """The response for a successful result; members that are None are left out (rule W-4)."""
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
    """The operation of a request.

    :raises ValidationException: there is no operation with this method and path.
    """
    name = _routes().get((request.method, request.path))
    if name is None:
        raise ValidationException(
            f"Unknown operation: {request.method[:20]} {request.path[:200]}", ValidationException.UNKNOWN_OPERATION
        )
    return operation(name)


@functools.cache
def operation(name: OperationName) -> Operation:
    """The operation of that name, cached."""
    return Operation(_service_model().operation_model(name))


@functools.cache
def operation_names() -> frozenset[OperationName]:
    """The names of all operations in the model."""
    return frozenset(_service_model().operation_names)


@functools.cache
def keyword(name: str) -> str:
    """The name of a member or an operation in snake_case."""
    return str(botocore.xform_name(name))


def enum(shape_name: str) -> tuple[str, ...]:
    """The values of an enumeration of the model."""
    return tuple(_service_model().shape_for(shape_name).enum)


def connection_closed() -> Exception:
    """The exception of a client whose connection is closed before the response is complete."""
    error: Exception = ConnectionClosedError(endpoint_url=_ENDPOINT)
    return error


def read_timed_out() -> Exception:
    """The exception of a client whose read timeout has expired."""
    error: Exception = ReadTimeoutError(endpoint_url=_ENDPOINT)
    return error


def violations(shape_name: str, value: object, member: str) -> list[str]:
    """Check a value against a shape of the model; return the violations in the service's words."""
    return _checker(shape_name, member)(value)


@functools.cache
def _checker(shape_name: str, member: str) -> Check:
    return checker(_service_model().shape_for(shape_name), member)


def serialise_error(error: ServiceError) -> Response:
    """The response for a service error (rules E-1 and E-3)."""
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
    # Only botocore's own data, because tests must not depend on a model in ~/.aws/models of this machine.
    loader = _Loader(extra_search_paths=[_Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    with paused():
        return botocore.model.ServiceModel(loader.load_service_model(_SERVICE, "service-2"), _SERVICE)


class _Loader(botocore.loaders.Loader):  # type: ignore[misc]  # botocore has no type information
    """Loads the model of one service, without a search for those of all others, which takes longer than the model."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  # the signature is botocore's
        return [_SERVICE]


@functools.cache
def _routes() -> dict[tuple[str, str], OperationName]:
    """The operations by method and path. No path of this model contains parameters."""
    models = map(_service_model().operation_model, _service_model().operation_names)
    return {(model.http["method"], model.http["requestUri"].rstrip("/")): model.name for model in models}


@functools.cache
def _error_members() -> dict[str, dict[str, str | None]]:
    """The members of each modelled error without its message, and the header of each, None for those in the body."""
    return {shape.name: _headers_by_member(shape) for shape in _service_model().error_shapes}


def _headers_by_member(shape: Shape) -> dict[str, str | None]:
    headers: dict[str, str | None] = {}
    for name, member in shape.members.items():
        if name != "message":
            in_header = member.serialization.get("location") == "header"
            headers[name] = member.serialization["name"] if in_header else None
    return headers


def _member(shape: Shape, name: str) -> Member:
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
        checker(member, service_name(name)),
    )
