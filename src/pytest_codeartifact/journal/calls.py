"""Sequences of calls: selects calls, and asserts on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from ..errors import SeedError, ServiceError, ValidationException, shown
from .call import Call, has_params
from .kept_calls import KeptCall, call_of
from .parameters import check_names, check_operation, contradiction, objection_to

if TYPE_CHECKING:
    from ..literals import OperationName
    from .permissions import Permission


def is_write(operation: str) -> bool:
    """Whether an operation may change something: its name does not begin with Get, List, Describe or Read."""
    return not operation.startswith(("Get", "List", "Describe", "Read"))


class Calls(Sequence[Call]):
    """A read-only sequence of calls, ordered by their first attempt."""

    def __init__(
        self, calls: Iterable[KeptCall] = (), *, model_operations: frozenset[OperationName] = frozenset()
    ) -> None:
        self._calls = tuple(calls)
        self._model_operations = model_operations

    @property
    def operations(self) -> list[OperationName]:
        """The names of the operations, in order."""
        return [kept[0].operation for kept in self._calls]

    @property
    def writes(self) -> Calls:
        """The calls that may change something: those whose operations are not Get, List, Describe or Read."""
        return self._select(kept for kept in self._calls if is_write(kept[0].operation))

    def of(self, operation: OperationName, **params: object) -> Calls:
        """The calls of one operation, and with these parameters: ``calls.of("DeletePackage", package="x")``.

        :param operation: the name of an operation, an ``OperationName``.
        :param params: values of its parameters, under the SDK's member names; ``package`` may be an id as well:
            ``calls.of("DeletePackage", package=npm("@scope/name"))``.
        :raises SeedError: no call can match: the operation or the parameter does not exist, or the value is not valid
            for it, and no recorded call has it.
        """
        if operation in self._model_operations:
            check_names(operation, params)
        elif operation not in self.operations:
            check_operation(operation)
        same_operation = [kept for kept in self._calls if kept[0].operation == operation]
        matching = [kept for kept in same_operation if not params or has_params(call_of(kept), params)]
        if not matching and operation in self._model_operations:
            _check_values(operation, params, self._select(same_operation))
        return self._select(matching)

    def iam_policy(self, *, wildcards: bool = False) -> dict[str, Any]:
        """The least IAM policy that these calls need: a policy document, ready for ``json.dumps``.

        Calls that failed the validation need no permission. Calls that were denied, or whose resource does not exist,
        do. The resources have the names, accounts and regions of the test.

        :param wildcards: allow all packages of a repository instead of single ones (``package/acme/team/*``), and all
            package groups of a domain.
        """
        from .permissions import policy  # here, because few tests ask for permissions

        return policy(permissions_needed(self), wildcards=wildcards)

    def assert_allowed_by(self, *policies: Mapping[str, Any] | str) -> None:
        """Assert that identity-based IAM policies allow what these calls need, as IAM evaluates them.

        Evaluates actions, resources, their negations and wildcards, and conditions on ``aws:RequestedRegion``,
        ``aws:PrincipalAccount`` and ``sts:AWSServiceName``. Resource-based policies are not considered.

        :param policies: policy documents, each a dict or JSON, that are attached together.
        :raises AssertionError: something is not allowed; names the calls and their permissions.
        :raises SeedError: a policy is not valid, or the result depends on something that is not supported, such as
            another condition or a policy variable.
        """
        from . import policy_evaluation  # here, as in iam_policy()

        __tracebackhide__ = True  # the message names the calls
        parsed = [policy_evaluation.parse(policy) for policy in policies]
        problems: dict[str, None] = {}
        for call in self:
            for action, resource in sorted(permissions_needed([call])):
                principal = policy_evaluation.Principal(call.account, call.region)
                why = policy_evaluation.reason_denied(parsed, (action, resource), principal)
                if why is not None:
                    problems[f"  {action} on {resource}: {why}{f'  [{call.where}]' if call.where else ''}"] = None
        if problems:
            raise AssertionError("\n".join(["The policy does not allow what these calls need:", *problems]))

    def _select(self, calls: Iterable[KeptCall]) -> Calls:
        return Calls(calls, model_operations=self._model_operations)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        return self._select(self._calls[index]) if isinstance(index, slice) else call_of(self._calls[index])

    def __iter__(self) -> Iterator[Call]:
        return map(call_of, self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (Calls, list, tuple)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a sequence that compares by its items, like a list

    def __repr__(self) -> str:
        return f"[{', '.join(map(str, self))}]"


def _check_values(operation: OperationName, params: Mapping[str, object], calls: Calls) -> None:
    """Refuse values that are not valid, unless a recorded call has them: refused calls are recorded too."""
    why = contradiction(params)
    if why is not None:
        raise SeedError(f"No call of {operation} can be found. {why}")
    for name, value in params.items():
        objection = objection_to(operation, name, value)
        if objection is not None and not any(has_params(call, {name: value}) for call in calls):
            instead = " or ".join(_as_keywords(keywords) for keywords in objection.suggestions)
            raise SeedError(
                f"No call of {operation} can have {name}={shown(value)}. {objection.why}"
                f"{instead and f' Write {instead}.'}"
            )


def permissions_needed(calls: Iterable[Call]) -> set[Permission]:
    """The permissions that callers need for these calls; see :meth:`.Calls.iam_policy`."""
    from .permissions import permissions  # here, as in Calls.iam_policy()

    return {needed for call in calls if not _is_invalid(call) for needed in permissions(call)}


def _is_invalid(call: Call) -> bool:
    """Whether the service answered before it checked permissions."""
    return isinstance(call.error, ServiceError) and call.error.code == ValidationException.code


def _as_keywords(params: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in params.items())
