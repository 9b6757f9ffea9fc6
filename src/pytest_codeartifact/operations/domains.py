"""Domains (behaviour reference, section 3)."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ConflictException, ServiceQuotaExceededException
from ..rules import arns
from ..rules import tags as tag_rules
from ..rules.scope import Scope
from ..state import tree
from ..state.entities import Domain
from . import views
from .views import Structure


def create_domain(
    scope: Scope, *, domain: str, encryption_key: str | None = None, tags: list[dict[str, str]] | None = None
) -> Structure:
    """Create a domain (rules D-1 to D-6 and X-4).

    Known gap: there is no KMS, so every key exists and is suitable.
    """
    region, account = scope.caller.region, scope.caller.account
    key = arns.encryption_key(scope.caller, encryption_key)
    requested_tags = tag_rules.checked(tags or [])
    if scope.state.domain(region, account, domain) is not None:
        raise ConflictException(f"Domain '{domain}' already exists.", domain, "domain")
    if sum(1 for _ in scope.state.domains_of(region, account)) >= scope.quotas.domains:
        raise ServiceQuotaExceededException(
            f"The limit of {scope.quotas.domains} domains per account and region is reached.", domain, "domain"
        )
    new_tags = tag_rules.merged((), requested_tags, scope.quotas.tags, domain, "domain")
    created = scope.state.create_domain(region, account, domain, scope.now, key)._replace(tags=new_tags)
    scope.state.put_domain(created)
    return {"domain": views.domain_description(created)}


def describe_domain(scope: Scope, *, domain: str, domain_owner: str | None = None) -> Structure:
    """Describe a domain (rule D-7).

    Known gap: default assets of seeded versions are not counted until another asset is added to the version.
    """
    return {"domain": views.domain_description(scope.domain(domain, domain_owner))}


def list_domains(scope: Scope, *, max_results: int | None = None, next_token: str | None = None) -> Structure:
    """List the domains of the caller's account (rules D-8, L-12 and L-13)."""
    region, account = scope.caller.region, scope.caller.account

    def after(last: str | None) -> Iterator[Domain]:
        return scope.state.domains_of(region, account, tree.after(last))

    page = scope.page(after, lambda domain: domain.name, limit=max_results or 50, token=next_token)
    return {"domains": [views.domain_summary(domain) for domain in page.items], "nextToken": page.next_token}


def delete_domain(scope: Scope, *, domain: str, domain_owner: str | None = None) -> Structure:
    """Delete an empty domain (rules D-9 and D-10).

    Succeeds for a domain of the caller that does not exist.
    """
    is_own = domain_owner in (None, scope.caller.account)
    if is_own and scope.state.domain(scope.caller.region, scope.caller.account, domain) is None:
        return {}
    deleted = scope.domain(domain, domain_owner)
    if tree.size(deleted.repositories):
        raise ConflictException("Domain must contain 0 repositories before deletion", deleted.name, "domain")
    scope.state.remove_domain(deleted)
    return {"domain": views.domain_description(deleted, status="Deleted")}
