"""Permissions policies of domains and repositories (behaviour reference, section 6). They are stored, not evaluated."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from ..errors import ConflictException, ResourceNotFoundException, ValidationException
from ..rules import arns
from ..rules.scope import Scope
from ..state.entities import Domain, Policy, Repository
from ..wire import parse_json
from . import views
from .views import Structure

if TYPE_CHECKING:
    from ..literals import ResourceType


def put_domain_permissions_policy(
    scope: Scope,
    *,
    domain: str,
    policy_document: str,
    domain_owner: str | None = None,
    policy_revision: str | None = None,
) -> Structure:
    """Set the permissions policy of a domain (rules PP-1, PP-2, PP-4 and PP-5).

    Known gap: policies are stored, but not evaluated.
    """
    _check_document(policy_document)
    resource = scope.domain(domain, domain_owner)
    policy = _put(scope, resource, arns.of(resource), policy_revision, policy_document)
    scope.state.put_domain(resource._replace(policy=policy))
    return views.policy(arns.of(resource), policy)


def get_domain_permissions_policy(scope: Scope, *, domain: str, domain_owner: str | None = None) -> Structure:
    """Return the permissions policy of a domain (rules PP-1 and PP-3)."""
    resource = scope.domain(domain, domain_owner)
    return views.policy(arns.of(resource), _attached(resource, arns.of(resource)))


def delete_domain_permissions_policy(
    scope: Scope, *, domain: str, domain_owner: str | None = None, policy_revision: str | None = None
) -> Structure:
    """Delete the permissions policy of a domain (rules PP-1, PP-3 and PP-4)."""
    resource = scope.domain(domain, domain_owner)
    policy = _attached(resource, arns.of(resource))
    _check_revision(resource, policy, policy_revision)
    scope.state.put_domain(resource._replace(policy=None))
    return views.policy(arns.of(resource), policy)


def put_repository_permissions_policy(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    policy_document: str,
    domain_owner: str | None = None,
    policy_revision: str | None = None,
) -> Structure:
    """Set the permissions policy of a repository (rules PP-1, PP-2, PP-4 and PP-5).

    Known gap: policies are stored, but not evaluated.
    """
    _check_document(policy_document)
    resource = scope.repository(domain, domain_owner, repository)
    policy = _put(scope, resource, arns.of(resource), policy_revision, policy_document)
    scope.state.put_repository(resource._replace(policy=policy))
    return views.policy(arns.of(resource), policy)


def get_repository_permissions_policy(
    scope: Scope, *, domain: str, repository: str, domain_owner: str | None = None
) -> Structure:
    """Return the permissions policy of a repository (rules PP-1 and PP-3)."""
    resource = scope.repository(domain, domain_owner, repository)
    return views.policy(arns.of(resource), _attached(resource, arns.of(resource)))


def delete_repository_permissions_policy(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    domain_owner: str | None = None,
    policy_revision: str | None = None,
) -> Structure:
    """Delete the permissions policy of a repository (rules PP-1, PP-3 and PP-4)."""
    resource = scope.repository(domain, domain_owner, repository)
    policy = _attached(resource, arns.of(resource))
    _check_revision(resource, policy, policy_revision)
    scope.state.put_repository(resource._replace(policy=None))
    return views.policy(arns.of(resource), policy)


def _put(scope: Scope, resource: Domain | Repository, arn: str, expected: str | None, document: str) -> Policy:
    if expected is not None:
        _check_revision(resource, resource.policy, expected)
    number = scope.state.new_uid()
    revision = base64.b64encode(hashlib.sha256(f"{arn}\0{number}".encode()).digest()).decode()
    return Policy(revision, document)


def _attached(resource: Domain | Repository, arn: str) -> Policy:
    if resource.policy is None:
        raise ResourceNotFoundException(f"No resource policy is attached to {arn}.", resource.name, _type_of(resource))
    return resource.policy


def _check_revision(resource: Domain | Repository, policy: Policy | None, expected: str | None) -> None:
    """Refuse a stale revision (rule PP-4)."""
    current = policy.revision if policy is not None else None
    if expected not in (None, current):
        raise ConflictException(
            f"The policy revision '{expected}' is not the current one of '{resource.name}'.",
            resource.name,
            _type_of(resource),
        )


def _type_of(resource: Domain | Repository) -> ResourceType:
    return "domain" if isinstance(resource, Domain) else "repository"


def _check_document(document: str) -> None:
    """Refuse a policy document that lacks an element of rule PP-5. Does not check resources and actions."""
    try:
        policy = parse_json(document)
    except (ValueError, RecursionError):
        raise _malformed("it is not JSON") from None
    statement = policy.get("Statement") if isinstance(policy, dict) else None
    statements = [statement] if isinstance(statement, dict) else statement
    if not isinstance(statements, list) or not statements:
        raise _malformed("it has no statement")
    for statement in statements:
        if not isinstance(statement, dict):
            raise _malformed("a statement is not an object")
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise _malformed("a statement has no effect")
        for element in ("Principal", "Action"):
            if not _names_something(statement.get(element)) and not _names_something(statement.get(f"Not{element}")):
                raise _malformed(f"a statement has no {element.lower()}")


def _names_something(element: object) -> bool:
    """Whether an element of a statement is a non-empty string, a list of such strings, or a map of either."""
    if isinstance(element, dict):
        return bool(element) and all(not isinstance(item, dict) and _names_something(item) for item in element.values())
    strings = element if isinstance(element, list) else [element]
    return bool(strings) and all(isinstance(string, str) and string for string in strings)


def _malformed(why: str) -> ValidationException:
    return ValidationException(f"The policy document is malformed: {why}.", ValidationException.CANNOT_PARSE)
