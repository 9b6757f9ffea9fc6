"""One request of an unmodified client, and its response before botocore parses it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError
from botocore.model import OperationModel, Shape

from pytest_codeartifact import wire

from .names import ACCOUNT_WIDE, Names


class Response(NamedTuple):
    """A response: its HTTP status, the error's name, and the members of the body."""

    status: int
    error: str | None
    body: dict[str, Any]
    shape: Shape | None
    """That of the body."""


def exchange(client: Any, names: Names, operation: str, parameters: Mapping[str, Any]) -> Response:
    """Send a request, and all further ones that it takes to see the whole of an account-wide list.

    Of such a list only the run's own items are kept.

    :raises BotoCoreError: there is no response.
    """
    if operation not in ACCOUNT_WIDE:
        return _sent(client, operation, parameters)
    member, token, items = ACCOUNT_WIDE[operation], None, []
    while True:
        response = _sent(client, operation, {**parameters, **({"nextToken": token} if token else {})})
        items += names.own(operation, response.body.get(member, []))
        token = response.body.get("nextToken")
        if not token:
            return response._replace(body={member: items}) if response.error is None else response


def _sent(client: Any, operation: str, parameters: Mapping[str, Any]) -> Response:
    responses: list[Response] = []

    def keep(http_response: Any, parsed: dict[str, Any], model: OperationModel, **others: Any) -> None:
        responses.append(_response(http_response, parsed, model))

    client.meta.events.register("after-call.codeartifact", keep)
    try:
        getattr(client, wire.keyword(operation))(**parameters)
    except ClientError:
        pass  # it is in the response
    finally:
        client.meta.events.unregister("after-call.codeartifact", keep)
    return responses[-1]


def _response(http: Any, parsed: dict[str, Any], model: OperationModel) -> Response:
    status = http.status_code
    if status >= 300:
        code = parsed.get("Error", {}).get("Code", "Unknown")
        shapes = {shape.name: shape for shape in model.service_model.error_shapes}
        return Response(status, code, _body(http), shapes.get(code))
    if model.has_streaming_output:
        members = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        content = members.pop("asset").read()
        return Response(status, None, {**members, "sha256": hashlib.sha256(content).hexdigest()}, model.output_shape)
    return Response(status, None, _body(http), model.output_shape)


def _body(http: Any) -> dict[str, Any]:
    """The members of a body but the name of an error; none if it is no object of JSON, as that of a load balancer."""
    try:
        body = json.loads(http.content or b"{}")
    except ValueError:
        return {}
    return {name: value for name, value in body.items() if name != "__type"} if isinstance(body, dict) else {}
