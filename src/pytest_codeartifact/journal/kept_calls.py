"""A compact form of calls, so that a journal of many calls needs little memory."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from .. import wire
from ..http import Response, Where
from .call import Call

if TYPE_CHECKING:
    from ..literals import OperationName, PackageFormat


class CallKind(NamedTuple):
    """The fields that many calls share. They are stored once."""

    operation: OperationName
    names: tuple[str, ...]
    account: str
    region: str
    where: Where | None
    attempts: int
    via: Literal["api"] | PackageFormat


KeptCall: TypeAlias = tuple[Any, ...]
"""A compact call: its :class:`CallKind`, error and answer, and the values of its parameters. The answer is the body, or
the whole response if members of the output are in headers. If a parameter is a list or an object,
:class:`_CompactValues` takes the place of answer and values."""


class _CompactValues(bytes):
    """The body of an answer and the values of the parameters, compressed.

    They are compressed together, because a call on many versions has their names in both.
    """

    __slots__ = ()


def compact_call(call: Call, kinds: dict[CallKind, KeptCall]) -> KeptCall:
    """Make a call compact.

    :param kinds: the last call of each kind, to share equal strings with.
    """
    kind = CallKind(call.operation, tuple(call.params), call.account, call.region, call.where, call.attempts, call.via)
    values, answer = [*call.params.values()], _answer_to_keep(call)
    last = kinds.get(kind)
    if not isinstance(answer, Response) and any(isinstance(value, (list, dict)) for value in values):
        # The kind is shared. The Nones keep the length that a later call of the kind expects below.
        kind, *_ = kinds.setdefault(kind, (kind, None, None, *(None for _ in values)))
        return kind, call.error, _pack(answer, values)
    if last is not None:
        # type() and not isinstance(): a subclass of str may look equal and behave differently.
        pairs = zip(last[3:], values, strict=True)
        values = [old if type(old) is str and old == new else new for old, new in pairs]
        kind = last[0]
    kinds[kind] = kept = (kind, call.error, answer, *values)
    return kept


def _pack(answer: bytes | None, values: Iterable[object]) -> _CompactValues:
    content = [None if answer is None else answer.decode(), *values]
    return _CompactValues(zlib.compress(json.dumps(content, separators=(",", ":")).encode(), level=1))


def _unpack(packed: _CompactValues) -> tuple[bytes | None, list[Any]]:
    answer, *values = json.loads(zlib.decompress(packed))
    return None if answer is None else answer.encode(), values


def _answer_to_keep(call: Call) -> Response | bytes | None:
    if call.answer is None:
        return None
    headers = wire.operation(call.operation).returned_headers(call.answer)
    return Response(200, headers, call.answer.body) if headers else call.answer.body


def call_of(kept: KeptCall) -> Call:
    """Restore a call from its compact form."""
    kind, error, answer, *values = kept
    if isinstance(answer, _CompactValues):
        answer, values = _unpack(answer)
    params = dict(zip(kind.names, values, strict=True))
    response = Response(200, {}, answer) if isinstance(answer, bytes) else answer
    return Call(kind.operation, params, error, kind.attempts, kind.account, kind.region, kind.where, response, kind.via)
