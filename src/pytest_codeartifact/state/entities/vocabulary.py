"""The vocabulary of the service (statuses, origins, modes), and the plain values that entities share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from ...literals import RestrictionType, VersionStatus

Tags = tuple[tuple[str, str], ...]

PUBLISHED: Final = "Published"
UNFINISHED: Final = "Unfinished"
UNLISTED: Final = "Unlisted"
ARCHIVED: Final = "Archived"
DISPOSED: Final = "Disposed"
DELETED: Final = "Deleted"
STATUSES: tuple[VersionStatus, ...] = (PUBLISHED, UNFINISHED, UNLISTED, ARCHIVED, DISPOSED)
"""The statuses of stored versions."""
DOWNLOADABLE: tuple[VersionStatus, ...] = (PUBLISHED, UNLISTED)
"""The statuses of versions that package managers can download (rule PM-35), and that can be copied (rule C-8).

Through the API more can be downloaded (rule A-3).
"""

INTERNAL: Final = "INTERNAL"
EXTERNAL: Final = "EXTERNAL"
UNKNOWN: Final = "UNKNOWN"

ALLOW: Final = "ALLOW"
BLOCK: Final = "BLOCK"
# Modes that only the restrictions of package groups have:
ALLOW_SPECIFIC_REPOSITORIES: Final = "ALLOW_SPECIFIC_REPOSITORIES"
INHERIT: Final = "INHERIT"

RESTRICTIONS: tuple[RestrictionType, ...] = ("PUBLISH", "EXTERNAL_UPSTREAM", "INTERNAL_UPSTREAM")
"""The restrictions of a package group (rule G-13)."""


class Policy(NamedTuple):
    """A permissions policy: the unmodified document, and its opaque revision."""

    revision: str
    document: str


def domain_key(region: str, owner: str, name: str) -> str:
    return f"{region}\0{owner}\0{name}"
