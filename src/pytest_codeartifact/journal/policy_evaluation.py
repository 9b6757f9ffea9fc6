"""Evaluates identity-based IAM policies against the permissions of calls.

It is never more permissive than IAM. A statement matches a permission on a resource with wildcards partially if it
applies to some of the resources only: that counts for a Deny and not for an Allow. Unsupported elements, such as policy
variables and other conditions, raise an error if the result depends on them. Resource-based policies, permissions
boundaries and the policies of an organisation are not considered.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..errors import SeedError, near, shown
from .permissions import Permission

_ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
_VERSION = "2012-10-17"


class Principal(NamedTuple):
    """The account and the region of a caller, for conditions."""

    account: str
    region: str


def reason_denied(policies: Sequence[Policy], permission: Permission, principal: Principal) -> str | None:
    """The reason why these policies together do not allow a permission; None if they do.

    :raises SeedError: the result depends on something that is not supported.
    """
    statements = [statement for policy in policies for statement in policy]
    unsupported: list[SeedError] = []
    for statement in statements:
        if statement.denies and statement.may_match(permission) and statement.holds(principal, permission):
            return f"denied by {statement.name}"
    for statement in statements:
        if not statement.denies and statement.matches(permission):
            try:
                if statement.holds(principal, permission):
                    return None
            except SeedError as error:
                unsupported.append(error)
    if unsupported:
        raise unsupported[0]
    return "allowed by no statement"


class Statement(NamedTuple):
    """A statement of a policy."""

    name: str
    denies: bool
    actions: _Patterns
    resources: _Patterns
    conditions: Mapping[str, Mapping[str, object]]

    def matches(self, permission: Permission) -> bool:
        """Whether it applies to an action on all resources that match a resource with wildcards."""
        action, resource = permission
        return self.actions.matches_all(action) and self.resources.matches_all(resource)

    def may_match(self, permission: Permission) -> bool:
        """Whether it may apply to an action on some resources that match a resource with wildcards."""
        action, resource = permission
        return self.actions.matches_some(action) and self.resources.matches_some(resource)

    def holds(self, principal: Principal, permission: Permission) -> bool:
        """Whether its conditions are met.

        :raises SeedError: one is not supported, unless another one is not met.
        """
        context = _context(principal, permission)
        unsupported: list[str] = []
        each = [(operator, key, values) for operator, keys in self.conditions.items() for key, values in keys.items()]
        for operator, key, values in each:
            why = _unsupported(operator, key, context, permission)
            if why is not None:
                unsupported.append(why)
            elif not _is_met(operator, context[key.lower()], _several(values)):
                return False
        if unsupported:
            raise SeedError(f"{self.name} cannot be evaluated: {unsupported[0]}.")
        return True


Policy = Sequence[Statement]


class _Patterns(NamedTuple):
    """The patterns of an element, or of its negation: ``Action`` or ``NotAction``."""

    patterns: tuple[str, ...]
    negated: bool
    ignores_case: bool
    """Whether the comparison is case-insensitive, as for the names of actions."""

    def matches_all(self, text: str) -> bool:
        """Whether the element certainly includes everything that ``text`` matches."""
        matches = self._any(_overlaps if self.negated else _matches_all, text)
        return matches != self.negated

    def matches_some(self, text: str) -> bool:
        """Whether the element may include something that ``text`` matches."""
        matches = self._any(_matches_all if self.negated else _overlaps, text)
        return matches != self.negated

    def _any(self, matches: Callable[[str, str], bool], text: str) -> bool:
        spelling = str.lower if self.ignores_case else str
        return any(matches(spelling(pattern), spelling(text)) for pattern in self.patterns)


# Parsing


def parse(policy: object) -> Policy:
    """Parse a policy document, a dict or JSON.

    :raises SeedError: it is not an identity-based policy, or has elements that are unknown.
    """
    document = _document(policy)
    unknown = sorted(document.keys() - {"Version", "Id", "Statement"})
    if unknown:
        raise SeedError(f"A policy has no element {unknown[0]!r}. {near(unknown[0], ('Version', 'Id', 'Statement'))}")
    if document.get("Version") != _VERSION:
        raise SeedError(f"The Version of a policy must be {_VERSION!r}, not {shown(document.get('Version'))}.")
    statements = document.get("Statement")
    each = statements if isinstance(statements, list) else [statements]
    return [_statement(number, statement) for number, statement in enumerate(each, 1)]


def _document(policy: object) -> Mapping[str, object]:
    document = policy
    if isinstance(policy, str):
        try:
            document = json.loads(policy)
        except ValueError as error:
            raise SeedError(f"A policy must be a dict or JSON, and this is not valid JSON: {error}.") from None
    if not isinstance(document, Mapping):
        raise SeedError(f"A policy must be a dict, or a JSON object as a str, not {shown(policy)}.")
    return document


def _statement(number: int, statement: object) -> Statement:
    if not isinstance(statement, Mapping):
        raise SeedError(f"Statement {number} of the policy must be an object, not {shown(statement)}.")
    name = f"statement {statement['Sid']!r}" if isinstance(statement.get("Sid"), str) else f"statement {number}"
    for element in statement:
        if element in ("Principal", "NotPrincipal"):
            raise SeedError(
                f"{name} has a {element}, so the policy is resource-based. Only identity-based policies are evaluated."
            )
        if element not in _ELEMENTS:
            raise SeedError(f"{name} has an unknown element {shown(element)}. {near(element, _ELEMENTS)}")
    effect = statement.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise SeedError(f"The Effect of {name} must be 'Allow' or 'Deny', not {shown(effect)}.")
    return Statement(
        name,
        effect == "Deny",
        _patterns(name, statement, "Action", ignores_case=True),
        _patterns(name, statement, "Resource", ignores_case=False),
        _conditions(name, statement.get("Condition", {})),
    )


def _patterns(name: str, statement: Mapping[str, object], element: str, *, ignores_case: bool) -> _Patterns:
    present = [candidate for candidate in (element, f"Not{element}") if candidate in statement]
    if len(present) != 1:
        raise SeedError(f"{name} must have exactly one of {element} and Not{element}.")
    patterns: list[str] = []
    for pattern in _several(statement[present[0]]):
        if not isinstance(pattern, str):
            raise SeedError(f"{present[0]} of {name} must be a str or a list of str, not {shown(pattern)}.")
        variable = re.search(r"\$\{(?![*?$]\})[^}]*\}?", pattern)
        if variable is not None:
            raise SeedError(f"{name} cannot be evaluated: the value of the policy variable {variable[0]} is unknown.")
        patterns.append(pattern)
    return _Patterns(tuple(patterns), present[0] != element, ignores_case)


def _conditions(name: str, conditions: object) -> Mapping[str, Mapping[str, object]]:
    if not isinstance(conditions, Mapping) or not all(isinstance(keys, Mapping) for keys in conditions.values()):
        raise SeedError(f"The Condition of {name} must be an object of operators, each an object of keys.")
    return conditions


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


# Matching


_STAR, _QUESTION = "\ue000", "\ue001"
"""Private-use characters in place of the wildcards of a requested resource, so that a pattern does not match them as
literals."""


@functools.lru_cache(maxsize=1024)
def _tokens(text: str) -> str:
    """A pattern or a resource with marks for its wildcards, so that ``${*}`` is a letter."""
    marks = {"*": _STAR, "?": _QUESTION}
    return re.sub(r"\$\{([*?$])\}|[*?]", lambda match: match[1] or marks[match[0]], text)


def _matches_all(pattern: str, text: str) -> bool:
    """Whether a pattern matches everything that ``text`` matches."""
    if text == "*":
        return set(pattern) == {"*"}  # an action without resources needs a statement on all resources
    letters = {_STAR: ".*", _QUESTION: f"[^{_STAR}]"}
    regex = "".join(letters.get(letter) or re.escape(letter) for letter in _tokens(pattern))
    return re.fullmatch(regex, _tokens(text), re.DOTALL) is not None


def _overlaps(pattern: str, text: str) -> bool:
    """Whether a string exists that both a pattern and ``text`` match."""
    if text == "*":
        return _matches_all(pattern, text)
    other = _tokens(text)
    # The positions in `other` that a prefix of the pattern can reach: both may contain wildcards.
    reached = _skipped({0}, other)
    for letter in _tokens(pattern):
        reached = (
            set(range(min(reached), len(other) + 1)) if letter == _STAR and reached else _step(letter, reached, other)
        )
        reached = _skipped(reached, other)
    return len(other) in reached


def _step(letter: str, reached: Iterable[int], other: str) -> set[int]:
    """The possible positions in the other pattern after one more letter."""
    steps = {_STAR: 0}
    return {
        position + steps.get(other[position], 1)
        for position in reached
        if position < len(other) and (letter == _QUESTION or other[position] in (letter, _QUESTION, _STAR))
    }


def _skipped(reached: Iterable[int], other: str) -> set[int]:
    """Add the positions behind wildcards that match the empty string."""
    positions = set(reached)
    for position in sorted(positions):
        while position < len(other) and other[position] == _STAR:
            position += 1
            positions.add(position)
    return positions


# Conditions


def _unsupported(operator: str, key: str, context: Mapping[str, str], permission: Permission) -> str | None:
    """The reason why a condition cannot be evaluated; None if it can."""
    if operator not in _OPERATORS:
        return f"the condition operator {operator!r} is not supported"
    if key.lower() not in context:
        return f"the condition key {key!r} is not supported for {permission[0]}"
    return None


def _is_met(operator: str, value: str, wanted: list[object]) -> bool:
    test = _OPERATORS[operator]
    return any(test.matches(str(pattern), value) for pattern in wanted) != test.negated


def _context(principal: Principal, permission: Permission) -> Mapping[str, str]:
    """The supported condition keys of a call, in lower case, and their values."""
    if permission[0].startswith("sts:"):
        return {"aws:principalaccount": principal.account, "sts:awsservicename": "codeartifact.amazonaws.com"}
    if permission[0].startswith("codeartifact:"):
        return {"aws:principalaccount": principal.account, "aws:requestedregion": principal.region}
    return {}


class _Operator(NamedTuple):
    matches: Callable[[str, str], bool]
    negated: bool = False


def _equal(pattern: str, value: str) -> bool:
    return pattern == value


def _equal_in_any_case(pattern: str, value: str) -> bool:
    return pattern.lower() == value.lower()


_OPERATORS = {
    "StringEquals": _Operator(_equal),
    "StringNotEquals": _Operator(_equal, negated=True),
    "StringEqualsIgnoreCase": _Operator(_equal_in_any_case),
    "StringNotEqualsIgnoreCase": _Operator(_equal_in_any_case, negated=True),
    "StringLike": _Operator(_matches_all),
    "StringNotLike": _Operator(_matches_all, negated=True),
}
"""The supported operators."""
