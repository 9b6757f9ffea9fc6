"""Which fake a call belongs to.

This is recorded when the call begins, in the context that botocore keeps for the call. The context follows the call
through its retries and into other threads and tasks, whichever fakes open and close meanwhile. A call never changes its
fake.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ...service import Service

_FIRST = "pytest_codeartifact.first"
_BELONGING = "pytest_codeartifact.belonging"
_ANSWERED = "pytest_codeartifact.answered"
_BACK_END = "pytest_codeartifact.back_end"


class Belonging(NamedTuple):
    """Who answers a call, to whom, and how."""

    service: Service
    account: str
    access_key: str
    """Empty if the client would have to ask somebody for it."""
    is_awaited: bool
    is_wired: bool
    """Whether it goes over the wire, to a server of ours, and is not answered in process."""


def note(context: MutableMapping[str, Any], service: Service | None) -> None:
    """Write down which fake is open before anybody else has a hand in a call, and may wait; None: there is none."""
    context[_FIRST] = service


def noted(context: Mapping[str, Any], otherwise: Service | None) -> Service | None:
    """The fake that was open then; a call that was made by another way than a client's method has not been noted."""
    service: Service | None = context.get(_FIRST, otherwise)
    return service


def begin(context: MutableMapping[str, Any], belonging: Belonging | None) -> None:
    """Write down to which fake a call belongs that begins; None: no fake was open."""
    context.setdefault(_BELONGING, belonging)


def has_begun(context: Mapping[str, Any]) -> bool:
    """Whether we have seen the call begin. What is signed or sent by other ways than a client's method has not."""
    return _BELONGING in context


def belonging(context: Mapping[str, Any]) -> Belonging | None:
    """To which fake a call belongs, if to one."""
    return context.get(_BELONGING)


def answer(context: MutableMapping[str, Any], request: Any) -> None:
    """Write down that a request of the call is answered: the one that is under way, of maybe several attempts."""
    context[_ANSWERED] = request


def is_answered(context: Mapping[str, Any], request: Any) -> bool:
    """Whether a request of the call is answered."""
    return context.get(_ANSWERED) is request


def set_back_end(context: MutableMapping[str, Any], http_session: Any) -> None:
    """Write down the HTTP session of the client that makes the call."""
    context[_BACK_END] = http_session


def back_end(context: Mapping[str, Any]) -> Any:
    """The HTTP session of the client that makes the call, if it is known."""
    return context.get(_BACK_END)
