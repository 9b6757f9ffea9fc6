"""The contents of a package version: assets, readme, dependencies (behaviour reference, sections 15.1 to 15.3)."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ResourceNotFoundException
from ..rules.scope import Scope
from ..state import tree
from ..state.entities import ARCHIVED, DISPOSED, UNFINISHED, Asset
from . import views
from .views import Structure


def list_package_version_assets(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    package_version: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Structure:
    """List the assets of a version (rules A-1, B-10 and L-12)."""
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)
    version = scope.version(existing, package_version)

    def after(last: str | None) -> Iterator[Asset]:
        return version.each_asset(tree.after(last))

    page = scope.page(
        after, lambda asset: asset.name, limit=max_results or 100, token=next_token, of=existing.repository.uid
    )
    return {
        **views.version_coordinates(existing.record.key, version),
        "assets": list(map(views.asset_summary, page.items)),
        "nextToken": page.next_token,
    }


def get_package_version_asset(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    package_version: str,
    asset: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
    package_version_revision: str | None = None,
) -> Structure:
    """Return the content of an asset (rules A-2 to A-5)."""
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)
    version = scope.version(existing, package_version)
    revision = version.revision(existing.record.key)
    if package_version_revision not in (None, revision):
        raise ResourceNotFoundException(
            f"Version '{version.version}' of package '{existing.id.name}' has no revision "
            f"'{package_version_revision}'.",
            version.version,
            "package-version",
        )
    if version.status in (ARCHIVED, DISPOSED) or (version.status == UNFINISHED and format == "maven"):
        raise ResourceNotFoundException(
            f"The asset '{asset}' of version '{version.version}' of package '{existing.id.name}' cannot be downloaded, "
            f"because the version is {version.status}.",
            asset,
            "asset",
        )
    stored = scope.asset(existing.id, version, asset)
    return {
        "asset": stored.read(),
        "assetName": stored.name,
        "packageVersion": version.version,
        "packageVersionRevision": revision,
    }


def get_package_version_readme(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    package_version: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
) -> Structure:
    """Return the readme of a version (rules A-6 and A-7)."""
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)
    version = scope.version(existing, package_version)
    if version.details.readme is None:
        raise ResourceNotFoundException(
            "The readme file of this package version is not found", version.version, "package-version"
        )
    return {**views.version_coordinates(existing.record.key, version), "readme": version.details.readme}


def list_package_version_dependencies(
    scope: Scope,
    *,
    domain: str,
    repository: str,
    format: str,
    package: str,
    package_version: str,
    domain_owner: str | None = None,
    namespace: str | None = None,
    next_token: str | None = None,
) -> Structure:
    """List the dependencies of a version (rules A-8 to A-10).

    Decision: 1,000 per page, because the request has no limit and botocore has no paginator.
    """
    existing = scope.package(domain, domain_owner, repository, format, namespace, package)
    version = scope.version(existing, package_version)
    dependencies = views.dependencies(version)

    def after(last: tuple[int, str] | None) -> Iterator[tuple[int, Structure]]:
        start = 0 if last is None else last[0] + 1
        return iter(list(enumerate(dependencies))[start:])

    page = scope.page(
        after,
        lambda item: (item[0], str(item[0])),
        limit=1000,
        token=next_token,
        of=(existing.repository.uid, version.revision(existing.record.key)),
    )
    return {
        **views.version_coordinates(existing.record.key, version),
        "dependencies": [dependency for _, dependency in page.items],
        "nextToken": page.next_token,
    }
