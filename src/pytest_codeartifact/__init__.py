"""A fake AWS CodeArtifact in memory, for tests: see :class:`FakeCodeArtifact` and the pytest fixture ``codeartifact``.

The public names are resolved on first use, because pytest imports this package at start-up, also for runs that never
use it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .collector import paused as _paused

if TYPE_CHECKING:
    from .clock import Clock
    from .decorator import fake_codeartifact
    from .doors.server import Server
    from .errors import (
        AccessDeniedException,
        CodeArtifactPluginError,
        ConflictException,
        InternalServerException,
        NotThere,
        OperationNotImplemented,
        RealCallRefused,
        ResourceNotFoundException,
        SeededWithoutContent,
        SeedError,
        ServiceError,
        ServiceQuotaExceededException,
        ThrottlingException,
        UnusedFaults,
        ValidationException,
    )
    from .fake import FakeCodeArtifact
    from .handles import Domain, Location, Package, PackageGroup, PublicSource, Repository, Version
    from .journal.call import Call
    from .journal.calls import Calls
    from .journal.change import Change
    from .journal.changes import Changes
    from .journal.journal import Deletion
    from .literals import (
        BatchOperation,
        EnvironmentMode,
        ErrorName,
        ExternalConnection,
        ForeignDomainsMode,
        OperationName,
        OriginSwitch,
        OriginType,
        PackageFormat,
        ResourceType,
        RestrictionMode,
        RestrictionType,
        UnusedFaultsMode,
        ValidationReason,
        VersionErrorCode,
        VersionStatus,
    )
    from .names.packages import PackageId, cargo, generic, maven, npm, nuget, pypi, ruby, swift
    from .service import CodeArtifactWarning
    from .service.faults import Fault, cut_short, garbled, slow
    from .state.entities import AssetSummary, Dependency, License, Origin
    from .state.quotas import Quotas

__version__ = "0.1.0"

_NAMES_BY_MODULE = {
    "journal.call": ("Call",),
    "journal.calls": ("Calls",),
    "journal.journal": ("Deletion",),
    "journal.changes": ("Changes",),
    "clock": ("Clock",),
    "decorator": ("fake_codeartifact",),
    "journal.change": ("Change",),
    "literals": (
        "BatchOperation",
        "EnvironmentMode",
        "ErrorName",
        "ExternalConnection",
        "ForeignDomainsMode",
        "OperationName",
        "OriginSwitch",
        "OriginType",
        "PackageFormat",
        "ResourceType",
        "RestrictionMode",
        "RestrictionType",
        "UnusedFaultsMode",
        "ValidationReason",
        "VersionErrorCode",
        "VersionStatus",
    ),
    "errors": (
        "AccessDeniedException",
        "CodeArtifactPluginError",
        "ConflictException",
        "InternalServerException",
        "NotThere",
        "OperationNotImplemented",
        "RealCallRefused",
        "ResourceNotFoundException",
        "SeedError",
        "SeededWithoutContent",
        "ServiceError",
        "ServiceQuotaExceededException",
        "ThrottlingException",
        "UnusedFaults",
        "ValidationException",
    ),
    "fake": ("FakeCodeArtifact",),
    "service.faults": ("Fault", "cut_short", "garbled", "slow"),
    "handles": ("Domain", "Location", "Package", "PackageGroup", "PublicSource", "Repository", "Version"),
    "names.packages": ("PackageId", "cargo", "generic", "maven", "npm", "nuget", "pypi", "ruby", "swift"),
    "doors.server": ("Server",),
    "service": ("CodeArtifactWarning",),
    "state.entities": ("AssetSummary", "Dependency", "License", "Origin"),
    "state.quotas": ("Quotas",),
}
_MODULE_BY_NAME = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}

__all__ = [
    "AccessDeniedException",
    "AssetSummary",
    "BatchOperation",
    "Call",
    "Calls",
    "Change",
    "Changes",
    "Clock",
    "CodeArtifactPluginError",
    "CodeArtifactWarning",
    "ConflictException",
    "Deletion",
    "Dependency",
    "Domain",
    "EnvironmentMode",
    "ErrorName",
    "ExternalConnection",
    "FakeCodeArtifact",
    "Fault",
    "ForeignDomainsMode",
    "InternalServerException",
    "License",
    "Location",
    "NotThere",
    "OperationName",
    "OperationNotImplemented",
    "Origin",
    "OriginSwitch",
    "OriginType",
    "Package",
    "PackageFormat",
    "PackageGroup",
    "PackageId",
    "PublicSource",
    "Quotas",
    "RealCallRefused",
    "Repository",
    "ResourceNotFoundException",
    "ResourceType",
    "RestrictionMode",
    "RestrictionType",
    "SeedError",
    "SeededWithoutContent",
    "Server",
    "ServiceError",
    "ServiceQuotaExceededException",
    "ThrottlingException",
    "UnusedFaults",
    "UnusedFaultsMode",
    "ValidationException",
    "ValidationReason",
    "Version",
    "VersionErrorCode",
    "VersionStatus",
    "cargo",
    "cut_short",
    "fake_codeartifact",
    "garbled",
    "generic",
    "maven",
    "npm",
    "nuget",
    "pypi",
    "ruby",
    "slow",
    "swift",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_BY_NAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _paused():
        value = getattr(import_module(f"{__name__}.{_MODULE_BY_NAME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
