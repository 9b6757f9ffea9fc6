"""PublishPackageVersion (behaviour reference, section 13): generic packages only."""

from __future__ import annotations

import hashlib

from ..errors import ValidationException
from ..names.formats import is_generic_asset_name
from ..rules import publication
from ..rules.repository_package import RepositoryPackage
from ..rules.scope import Scope
from . import views
from .views import Structure


def publish_package_version(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    package_version: str,
    asset_content: bytes,
    asset_name: str,
    asset_sha256: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
    unfinished: bool | None = None,
) -> Structure:
    """Publish an asset of a generic package version (rules P-1 to P-14)."""
    if format != "generic":
        raise ValidationException(
            f"Packages of format '{format}' cannot be published with this operation; only generic packages can."
        )
    id = scope.package_id(format, namespace, package)
    if not is_generic_asset_name(asset_name):
        raise ValidationException(f"'{asset_name}' is not a valid name for an asset of a generic package.")
    calculated = hashlib.sha256(asset_content).hexdigest()
    if calculated != asset_sha256:
        raise ValidationException(
            "The provided content hashes do not match the calculated content hashes. Hash algorithm 'SHA-256', "
            f"Expected hash '{asset_sha256}', calculated hash '{calculated}'."
        )
    target = RepositoryPackage(scope, scope.repository(domain, domain_owner, repository), id)
    content = {asset_name: asset_content}
    version = publication.upload(target, package_version, content, unfinished=bool(unfinished))
    return {
        **views.version_coordinates(id.key, version),
        "status": version.status,
        "asset": views.asset_summary(scope.asset(id, version, asset_name)),
    }
