"""The rules for adding and removing tags (behaviour reference, section 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..errors import ServiceQuotaExceededException, ValidationException
from ..state.entities import Tags

if TYPE_CHECKING:
    from ..literals import ResourceType


def checked(tags: Iterable[Mapping[str, str]]) -> Tags:
    """The tags of a request, checked (rule TG-4).

    :raises ValidationException: a key occurs twice, or is reserved for AWS.
    """
    added: dict[str, str] = {}
    for tag in tags:
        key = tag["key"]
        if key in added:
            raise ValidationException(f"The tag key '{key}' occurs more than once.")
        if key.lower().startswith("aws:"):
            raise ValidationException(f"The tag key '{key}' is reserved: no key may begin with 'aws:'.")
        added[key] = tag["value"]
    return tuple(added.items())


def merged(
    existing: Tags, added: Tags, limit: int, resource_id: str | None, resource_type: ResourceType | None
) -> Tags:
    """The existing tags and the added ones, which replace those with the same key (rules TG-3 and TG-4).

    :param limit: the maximum number of tags of a resource.
    :param resource_id: the resource in an error, with its ``resource_type`` (rule E-25). None for a package group.
    :raises ServiceQuotaExceededException: there would be more than ``limit`` tags.
    """
    tags = tuple(({**dict(existing), **dict(added)}).items())
    if len(tags) > limit:
        raise ServiceQuotaExceededException(
            f"A resource has at most {limit} tags; this one would have {len(tags)}.", resource_id, resource_type
        )
    return tags


def without(existing: Tags, keys: Iterable[str]) -> Tags:
    """The tags except those with these keys. Keys that do not exist are ignored (rule TG-3)."""
    removed = set(keys)
    return tuple((key, value) for key, value in existing if key not in removed)
