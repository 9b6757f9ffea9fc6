"""The permissions that requests of package managers need, by which such a request is named (rule PM-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..literals import OperationName

READ: Final = "ReadFromRepository"
PUBLISH: Final = "PublishPackageVersion"
PUT_METADATA: Final = "PutPackageMetadata"

OF_MANAGERS: frozenset[OperationName] = frozenset({READ, PUBLISH, PUT_METADATA})
"""What package managers need; the second is an operation of the API as well."""

PARAMETERS = (
    "domain",
    "domainOwner",
    "repository",
    "format",
    "namespace",
    "package",
    "packageVersion",
    "assetName",
    "httpMethod",
    "requestUri",
)
"""What is known of such a request, as far as it tells (rule PM-29)."""
