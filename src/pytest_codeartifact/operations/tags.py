"""Tags on domains, repositories and package groups (behaviour reference, section 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ValidationException
from ..rules import arns
from ..rules import tags as tag_rules
from ..rules.scope import Scope
from ..state.entities import Tags
from . import views
from .views import Structure

if TYPE_CHECKING:
    from ..literals import ResourceType


class _Tagged(NamedTuple):
    """The tags of a resource, a function that replaces them, and the id and type that errors name (rule E-25).

    ``resource_id`` and ``resource_type`` are None for a package group.
    """

    tags: Tags
    put: Callable[[Tags], None]
    resource_id: str | None
    resource_type: ResourceType | None


def tag_resource(scope: Scope, *, resource_arn: str, tags: list[dict[str, str]]) -> Structure:
    """Add tags to a resource (rules TG-1 to TG-5)."""
    added = tag_rules.checked(tags)
    tagged = _resource(scope, resource_arn)
    tagged.put(tag_rules.merged(tagged.tags, added, scope.quotas.tags, tagged.resource_id, tagged.resource_type))
    return {}


def untag_resource(scope: Scope, *, resource_arn: str, tag_keys: list[str]) -> Structure:
    """Remove tags from a resource (rules TG-3 and TG-5)."""
    tagged = _resource(scope, resource_arn)
    tagged.put(tag_rules.without(tagged.tags, tag_keys))
    return {}


def list_tags_for_resource(scope: Scope, *, resource_arn: str) -> Structure:
    """List the tags of a resource (rules TG-5 and TG-6)."""
    return {"tags": views.tags(_resource(scope, resource_arn).tags)}


def _resource(scope: Scope, arn: str) -> _Tagged:
    """The resource of an ARN, in a domain of any account (rule TG-5)."""
    parsed = arns.parse(arn)
    if parsed is None:
        raise ValidationException(
            f"'{arn}' is not the ARN of a domain, a repository or a package group of CodeArtifact."
        )
    if parsed.region != scope.caller.region:
        raise scope.domain_not_found(parsed.domain, parsed.owner)  # domains of another region do not exist in this one
    state, domain_record = scope.state, scope.domain(parsed.domain, parsed.owner)
    if parsed.name is None:
        return _Tagged(
            domain_record.tags,
            lambda tags: state.put_domain(domain_record._replace(tags=tags)),
            domain_record.name,
            "domain",
        )
    if parsed.kind == "repository":
        repository = scope.repository_in(domain_record, parsed.name)
        return _Tagged(
            repository.tags,
            lambda tags: state.put_repository(repository._replace(tags=tags)),
            repository.name,
            "repository",
        )
    group = scope.group(domain_record, parsed.name)
    return _Tagged(group.tags, lambda tags: state.put_group(domain_record, group._replace(tags=tags)), None, None)
