"""A compact form of calls, so that a journal of many calls needs little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from .. import wire
from ..http import Response, Where
from .call import Call

if TYPE_CHECKING:
    from ..literals import OperationName, PackageFormat


class Kind(NamedTuple):
    """The fields that many calls share. They are stored once."""

    operation: OperationName
    names: tuple[str, ...]
    account: str
    region: str
    where: Where | None
    attempts: int
    via: Literal["api"] | PackageFormat


KeptCall: TypeAlias = tuple[Any, ...]
"""A compact call: its :class:`Kind`, error and answer, and the values of its parameters. The answer is the body, or the
whole response if members of the output are in headers."""


def keep(call: Call, kinds: dict[Kind, KeptCall]) -> KeptCall:
    """Make a call compact.

    :param kinds: the last call of each kind, to share equal strings with.
    """
    kind = Kind(call.operation, tuple(call.params), call.account, call.region, call.where, call.attempts, call.via)
    values = [*call.params.values()]
    last = kinds.get(kind)
    if last is not None:
        # type() and not isinstance(): a subclass of str may look equal and behave differently.
        pairs = zip(last[3:], values, strict=True)
        values = [old if type(old) is str and old == new else new for old, new in pairs]
        kind = last[0]
    kinds[kind] = kept = (kind, call.error, _answer_to_keep(call), *values)
    return kept


def _answer_to_keep(call: Call) -> Response | bytes | None:
    if call.answer is None or wire.operation(call.operation).answers_in_headers:
        return call.answer
    return call.answer.body


def call_of(kept: KeptCall) -> Call:
    kind, error, answer, *values = kept
    params = dict(zip(kind.names, values, strict=True))
    response = Response(200, {}, answer) if isinstance(answer, bytes) else answer
    return Call(kind.operation, params, error, kind.attempts, kind.account, kind.region, kind.where, response, kind.via)
