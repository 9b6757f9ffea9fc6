"""Tags on domains, repositories and package groups (behaviour reference, section 19)."""

from __future__ import annotations

from collections.abc import Callable

from .. import arns, tagging, views
from ..errors import ValidationException
from ..scope import Scope
from ..state.entities import Domain, Group, Repository, Tags
from ..views import Structure
from .registry import operation


@operation
def tag_resource(scope: Scope, *, resource_arn: str, tags: list[dict[str, str]]) -> Structure:
    """Rules TG-1 to TG-5."""
    added = tagging.checked(tags)
    resource, put = _resource(scope, resource_arn)
    put(tagging.merged(resource.tags, added, scope.quotas.tags))
    return {}


@operation
def untag_resource(scope: Scope, *, resource_arn: str, tag_keys: list[str]) -> Structure:
    """Rules TG-3 and TG-5."""
    resource, put = _resource(scope, resource_arn)
    put(tagging.without(resource.tags, tag_keys))
    return {}


@operation
def list_tags_for_resource(scope: Scope, *, resource_arn: str) -> Structure:
    """Rules TG-5 and TG-6."""
    resource, _ = _resource(scope, resource_arn)
    return {"tags": views.tags(resource.tags)}


def _resource(scope: Scope, arn: str) -> tuple[Domain | Repository | Group, Callable[[Tags], None]]:
    """The resource that an ARN names, and how its tags are put."""
    parsed = arns.parse(arn)
    if parsed is None:
        raise ValidationException(
            f"'{arn}' is not the ARN of a domain, a repository or a package group of CodeArtifact."
        )
    if parsed.owner != scope.caller.account:
        raise scope.denied(arn)
    if parsed.region != scope.caller.region:
        raise scope.no_domain(parsed.domain, parsed.owner)  # what another region has does not exist in this one
    state, home = scope.state, scope.domain(parsed.domain, parsed.owner)
    if parsed.name is None:
        return home, lambda tags: state.put_domain(home._replace(tags=tags))
    if parsed.kind == "repository":
        repository = scope.repository_in(home, parsed.name)
        return repository, lambda tags: state.put_repository(repository._replace(tags=tags))
    group = scope.group(home, parsed.name)
    return group, lambda tags: state.put_group(home, group._replace(tags=tags))
