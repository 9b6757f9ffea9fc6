"""The entities of CodeArtifact, as immutable records.

The first field of each is its key in the map that holds it. Maps store packages and versions as exact tuples of plain
values, because a state may have millions. They become records again at each read (see :mod:`..tree`). Timestamps are
milliseconds since the epoch.
"""

from .assets import DEFAULT_ASSETS, Asset, AssetSummary, asset_entry, summary_entry
from .details import NO_DETAILS, Dependency, Details, License, text_of, texts
from .domains import Domain
from .groups import Group, allowing_entry, folded_entry
from .packages import Origin, Package, ages_of
from .repositories import Repository, Upstream
from .versions import EntryPoint, Version
from .vocabulary import (
    ALLOW,
    ALLOW_SPECIFIC_REPOSITORIES,
    ARCHIVED,
    BLOCK,
    DELETED,
    DISPOSED,
    DOWNLOADABLE,
    EXTERNAL,
    INHERIT,
    INTERNAL,
    PUBLISHED,
    RESTRICTIONS,
    STATUSES,
    UNFINISHED,
    UNKNOWN,
    UNLISTED,
    Policy,
    Tags,
    domain_key,
)

__all__ = [
    "ALLOW",
    "ALLOW_SPECIFIC_REPOSITORIES",
    "ARCHIVED",
    "BLOCK",
    "DEFAULT_ASSETS",
    "DELETED",
    "DISPOSED",
    "DOWNLOADABLE",
    "EXTERNAL",
    "INHERIT",
    "INTERNAL",
    "NO_DETAILS",
    "PUBLISHED",
    "RESTRICTIONS",
    "STATUSES",
    "UNFINISHED",
    "UNKNOWN",
    "UNLISTED",
    "Asset",
    "AssetSummary",
    "Dependency",
    "Details",
    "Domain",
    "EntryPoint",
    "Group",
    "License",
    "Origin",
    "Package",
    "Policy",
    "Repository",
    "Tags",
    "Upstream",
    "Version",
    "ages_of",
    "allowing_entry",
    "asset_entry",
    "domain_key",
    "folded_entry",
    "summary_entry",
    "text_of",
    "texts",
]
