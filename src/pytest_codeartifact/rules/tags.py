"""The rules of tags (behaviour reference, section 7): what may be added to what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..errors import ServiceQuotaExceededException, ValidationException
from ..state.entities import Tags

if TYPE_CHECKING:
    from ..literals import ResourceType


def checked(given: Iterable[Mapping[str, str]]) -> Tags:
    """Tags as they come over the wire, key and value (rule TG-4).

    :raises ValidationException: a key twice in one call, or one that is reserved for AWS.
    """
    added: dict[str, str] = {}
    for tag in given:
        key = tag["key"]
        if key in added:
            raise ValidationException(f"The tag key '{key}' occurs more than once.")
        if key.lower().startswith("aws:"):
            raise ValidationException(f"The tag key '{key}' is reserved: no key may begin with 'aws:'.")
        added[key] = tag["value"]
    return tuple(added.items())


def merged(existing: Tags, added: Tags, most: int, resource_id: str | None, resource_type: ResourceType | None) -> Tags:
    """The tags after adding some, which replace those with the same key (rules TG-3 and TG-4).

    :param most: how many tags a resource may have.
    :param resource_id: names the resource in an error, as ``resource_type`` does (rule E-25); a package group has none.
    :raises ServiceQuotaExceededException: more than ``most`` in all.
    """
    tags = tuple(({**dict(existing), **dict(added)}).items())
    if len(tags) > most:
        raise ServiceQuotaExceededException(
            f"A resource has at most {most} tags; this one would have {len(tags)}.", resource_id, resource_type
        )
    return tags


def without(existing: Tags, keys: Iterable[str]) -> Tags:
    """The tags but those with these keys; keys that are not there are ignored (rule TG-3)."""
    gone = set(keys)
    return tuple((key, value) for key, value in existing if key not in gone)
