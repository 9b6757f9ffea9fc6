"""Repositories, their upstreams and external connections (behaviour reference, sections 4 and 5)."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from ..errors import ConflictException, ResourceNotFoundException, ServiceQuotaExceededException, ValidationException
from ..names.formats import EXTERNAL_CONNECTIONS
from ..rules import tags as tag_rules
from ..rules.scope import Scope
from ..rules.upstreams import alive
from ..state import tree
from ..state.entities import Domain, Repository, Upstream
from . import views
from .views import Structure

_UPSTREAMS_AND_CONNECTION = (
    "A repository has either upstream repositories or an external connection. Remove the other one first."
)


def create_repository(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    domain_owner: str | None = None,
    description: str | None = None,
    upstreams: list[dict[str, str]] | None = None,
    tags: list[dict[str, str]] | None = None,
) -> Structure:
    """Create a repository (rules R-1 to R-4).

    A new repository cannot be its own upstream, because it does not exist yet.
    """
    requested_tags = tag_rules.checked(tags or [])
    names = _names(upstreams or [])
    domain_record = scope.domain(domain, domain_owner)
    references = _references(scope, domain_record, repository, names)
    if domain_record.repository(repository) is not None:
        raise ConflictException(f"Repository '{repository}' already exists.", repository, "repository")
    limit = scope.quotas.repositories_per_domain
    if tree.size(domain_record.repositories) >= limit:
        raise ServiceQuotaExceededException(
            f"The limit of {limit} repositories per domain is reached.", repository, "repository"
        )
    created = Repository(
        repository,
        domain_record.region,
        domain_record.owner,
        domain_record.name,
        scope.state.new_uid(),
        scope.caller.account,
        scope.now,
        description,
        references,
        tags=tag_rules.merged((), requested_tags, scope.quotas.tags, repository, "repository"),
    )
    scope.state.put_repository(created)
    return {"repository": views.repository_description(created)}


def describe_repository(scope: Scope, *, domain: str, repository: str, domain_owner: str | None = None) -> Structure:
    """Describe a repository (rule R-10)."""
    return {"repository": views.repository_description(scope.repository(domain, domain_owner, repository))}


def update_repository(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    domain_owner: str | None = None,
    description: str | None = None,
    upstreams: list[dict[str, str]] | None = None,
) -> Structure:
    """Change the description and the upstreams of a repository (rules R-5, R-6 and R-8).

    Omitted members stay unchanged, but dead references are always removed.
    """
    names = _names(upstreams or [])
    domain_record = scope.domain(domain, domain_owner)
    existing = scope.repository_in(domain_record, repository)
    references = (
        _references(scope, domain_record, repository, names)
        if upstreams is not None
        else _existing_upstreams(domain_record, existing)
    )
    if upstreams is not None and existing.external_connection is not None:
        raise ValidationException(_UPSTREAMS_AND_CONNECTION)
    updated = existing._replace(
        upstreams=references, description=existing.description if description is None else description
    )
    scope.state.put_repository(updated)
    return {"repository": views.repository_description(updated)}


def list_repositories(
    scope: Scope,
    *,
    repository_prefix: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Structure:
    """List the repositories that the caller administers, in domains of any account (rules R-11 and R-13)."""
    region, account = scope.caller.region, scope.caller.account

    def owned(owner: str, domain: str, name: str) -> Iterator[Repository]:
        for domain_record in scope.state.domains_of(region, owner, domain):
            yield from domain_record.each_repository(
                repository_prefix or "", name if domain_record.name == domain else ""
            )

    def after(last: str | None) -> Iterator[Repository]:
        domain, name, _ = ("", "", "") if last is None else last.split("\0")
        of_owners = (owned(owner, domain, name) for owner in scope.state.owners(region))
        for repository in heapq.merge(*of_owners, key=_position):
            if repository.administrator == account and (last is None or _position(repository) > last):
                yield repository

    page = scope.page(after, _position, limit=max_results or 50, token=next_token)
    summaries = [views.repository_summary(repository) for repository in page.items]
    return {"repositories": summaries, "nextToken": page.next_token}


def list_repositories_in_domain(
    scope: Scope,
    *,
    domain: str,
    domain_owner: str | None = None,
    administrator_account: str | None = None,
    repository_prefix: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Structure:
    """List the repositories of a domain (rules R-12 and R-13)."""
    domain_record = scope.domain(domain, domain_owner)

    def after(last: str | None) -> Iterator[Repository]:
        for repository in domain_record.each_repository(repository_prefix or "", tree.after(last)):
            if administrator_account in (None, repository.administrator):
                yield repository

    page = scope.page(after, lambda repository: repository.name, limit=max_results or 50, token=next_token)
    summaries = [views.repository_summary(repository) for repository in page.items]
    return {"repositories": summaries, "nextToken": page.next_token}


def delete_repository(scope: Scope, *, domain: str, repository: str, domain_owner: str | None = None) -> Structure:
    """Delete a repository, even if it has packages or is an upstream of another one (rules R-7 to R-9)."""
    deleted = scope.repository(domain, domain_owner, repository)
    scope.state.remove_repository(deleted)
    scope.removed_repository(deleted)
    return {"repository": views.repository_description(deleted)}


def associate_external_connection(
    scope: Scope, *, domain: str, repository: str, external_connection: str, domain_owner: str | None = None
) -> Structure:
    """Add an external connection to a repository (rules U-1 to U-7)."""
    if external_connection not in EXTERNAL_CONNECTIONS:
        raise ValidationException(
            f"Unknown external connection '{external_connection}'. Choose from: {', '.join(EXTERNAL_CONNECTIONS)}."
        )
    existing = scope.repository(domain, domain_owner, repository)
    if existing.external_connection is not None:
        raise ValidationException("ExternalConnections for repositories are currently limited to 1")
    if existing.upstreams:
        raise ValidationException(_UPSTREAMS_AND_CONNECTION)
    connected = existing._replace(external_connection=external_connection)
    scope.state.put_repository(connected)
    return {"repository": views.repository_description(connected)}


def disassociate_external_connection(
    scope: Scope, *, domain: str, repository: str, external_connection: str, domain_owner: str | None = None
) -> Structure:
    """Remove the external connection of a repository (rules U-6 and U-7)."""
    existing = scope.repository(domain, domain_owner, repository)
    if existing.external_connection != external_connection:
        raise ResourceNotFoundException(
            f"Repository '{repository}' has no external connection '{external_connection}'.", repository, "repository"
        )
    disconnected = existing._replace(external_connection=None)
    scope.state.put_repository(disconnected)
    return {"repository": views.repository_description(disconnected)}


def _names(upstreams: list[dict[str, str]]) -> list[str]:
    """The names of the upstreams in a request, checked for repetitions (rule R-4)."""
    names = [upstream["repositoryName"] for upstream in upstreams]
    if len(set(names)) < len(names):
        raise ValidationException(f"An upstream repository occurs more than once: {', '.join(names)}.")
    return names


def _references(scope: Scope, domain_record: Domain, downstream: str, names: list[str]) -> tuple[Upstream, ...]:
    """References to the repositories of those names (rules R-3 and E-25)."""
    chosen = [scope.repository_in(domain_record, name) for name in names]
    limit = scope.quotas.direct_upstreams
    if len(chosen) > limit:
        raise ServiceQuotaExceededException(
            f"A repository has at most {limit} direct upstream repositories; '{downstream}' would have {len(chosen)}.",
            downstream,
            "repository",
        )
    return tuple(Upstream(repository.name, repository.uid) for repository in chosen)


def _existing_upstreams(domain_record: Domain, repository: Repository) -> tuple[Upstream, ...]:
    return tuple(upstream for upstream in repository.upstreams if alive(domain_record, upstream) is not None)


def _position(repository: Repository) -> str:
    """A string that sorts by domain and name (rule L-13), and is unique if domains of two accounts share a name."""
    return f"{repository.domain}\0{repository.name}\0{repository.owner}"
