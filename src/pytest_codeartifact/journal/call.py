"""A call of a client, as a test reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .. import wire
from ..http import Response, Where
from ..names.packages import key_of
from .parameters import is_id

if TYPE_CHECKING:
    from ..literals import OperationName, PackageFormat


class Call(NamedTuple):
    """One call of a client.

    ``operation`` is the name of the operation. If a request matches no operation, it is the method and the path, for
    example ``DELETE /v1/package``, despite the annotation.

    ``params`` are the received members of the input, under the SDK's names. ``error`` is that of the last attempt, None
    after a success. ``attempts`` counts the client's own retries as well. ``account`` and ``region`` are the caller's,
    ``where`` is the line of the user's code.

    ``via`` is ``"api"``, or the format of the package manager that sent the request. In that case the operation is the
    permission that the request needs, there is no response, and ``params`` are those of rule PM-29.
    """

    operation: OperationName
    params: Mapping[str, Any]
    error: Exception | None
    attempts: int
    account: str
    region: str
    where: Where | None
    answer: Response | None = None
    via: Literal["api"] | PackageFormat = "api"

    @property
    def response(self) -> Mapping[str, Any] | None:
        """The response of the client, with the SDK's member names and Python types; None after an error."""
        return None if self.answer is None else wire.operation(self.operation).as_returned(self.answer)

    @property
    def name(self) -> str:
        """The name in reports: the operation and, for a request of a package manager, the format."""
        return self.operation if self.via == "api" else f"{self.operation} by {self.via}"

    def __repr__(self) -> str:
        params = ", ".join(f"{name}={_short(value)}" for name, value in self.params.items())
        outcome = f" -> {_short(self.error)}" if self.error is not None else ""
        attempts = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        where = f"  [{self.where}]" if self.where is not None else ""
        return f"{self.operation}({params}){outcome}{attempts}{where}"


def has_params(call: Call, params: Mapping[str, object]) -> bool:
    """Whether a call was made with these parameters, among others; ``package`` may be an id."""
    return all(
        _package_key(call) == value.key if is_id(value, name) else call.params.get(name) == value
        for name, value in params.items()
    )


def _package_key(call: Call) -> str | None:
    return key_of(call.params.get("format"), call.params.get("namespace"), call.params.get("package"))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
