"""The permissions of requests of package managers, which are their operation names (rule PM-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..literals import OperationName

READ: Final = "ReadFromRepository"
PUBLISH: Final = "PublishPackageVersion"
PUT_METADATA: Final = "PutPackageMetadata"

MANAGER_PERMISSIONS: frozenset[OperationName] = frozenset({READ, PUBLISH, PUT_METADATA})
"""The permissions of package managers. The second is also an operation of the API."""

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
"""The parameters of such a request (rule PM-29)."""
