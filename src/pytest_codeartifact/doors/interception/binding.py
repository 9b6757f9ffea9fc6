"""Records which fake a call belongs to.

The record is made when the call begins, in the context that botocore keeps for the call. The context follows the call
through its retries and into other threads and tasks. So a call keeps its fake, even if fakes open and close meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ...service import Service

_FIRST = "pytest_codeartifact.first"
_BINDING = "pytest_codeartifact.binding"
_ANSWERED = "pytest_codeartifact.answered"
_BACK_END = "pytest_codeartifact.back_end"


class Binding(NamedTuple):
    """The fake that answers a call, the caller, and the way in which the response is delivered."""

    service: Service
    account: str
    access_key: str
    """Empty if the client would have to look it up."""
    is_awaited: bool
    uses_http: bool
    """Whether the call goes over HTTP to a server of ours, instead of being answered in process."""


def record_fake(context: MutableMapping[str, Any], service: Service | None) -> None:
    """Record the open fake before any other handler of the call, which may wait. None: no fake is open."""
    context[_FIRST] = service


def recorded_fake(context: Mapping[str, Any], otherwise: Service | None) -> Service | None:
    """The recorded fake; ``otherwise`` for a request that was not made with a method of a client."""
    service: Service | None = context.get(_FIRST, otherwise)
    return service


def bind(context: MutableMapping[str, Any], binding: Binding | None) -> None:
    """Record the fake of a call that begins. None: no fake was open."""
    context.setdefault(_BINDING, binding)


def is_bound(context: Mapping[str, Any]) -> bool:
    """Whether the beginning of the call was recorded. It is not for requests made without a method of a client."""
    return _BINDING in context


def binding_of(context: Mapping[str, Any]) -> Binding | None:
    """The fake of a call, None if it has none."""
    return context.get(_BINDING)


def mark_answered(context: MutableMapping[str, Any], request: Any) -> None:
    """Record that a fake answers this request, which is one attempt of the call."""
    context[_ANSWERED] = request


def pop_answered(context: MutableMapping[str, Any], request: Any) -> bool:
    """Whether a fake answers this request of the call.

    Removes the record, because request and context would form a cycle that keeps the body in memory.
    """
    return context.pop(_ANSWERED, None) is request


def set_back_end(context: MutableMapping[str, Any], http_session: Any) -> None:
    """Record the HTTP session of the client that makes the call."""
    context[_BACK_END] = http_session


def back_end(context: Mapping[str, Any]) -> Any:
    """The HTTP session of the client that makes the call, None if unknown."""
    return context.get(_BACK_END)
