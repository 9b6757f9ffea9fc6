"""All lists with pages, and a seed in which each of them has items of the same names.

Shared by test_paging.py and test_page_tokens.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pytest_codeartifact import Dependency, FakeCodeArtifact, Repository, RestrictionType, maven, pypi

from .acme import ACME, TEAM

HOLDER = {**TEAM, "format": "pypi", "package": "holder"}
VERSION = {**HOLDER, "packageVersion": "item-000"}

_OLDEST = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)


@dataclass(frozen=True)
class Listing:
    """A call that returns pages.

    ``key`` is the member with the items, and ``name`` the member with the name of an item, None if an item is a name.
    ``default`` is the page size (rules L-1, L-5 and L-12), None if it is not documented. ``others`` are parameters of
    other lists, ``nothing`` those of an empty list. ``delete`` deletes an item by its name, if an operation can.
    """

    operation: str
    params: dict[str, Any]
    key: str
    name: str | None
    default: int | None
    nothing: dict[str, Any] | None
    others: tuple[dict[str, Any], ...] = ()
    delete: Callable[[Any, str], object] | None = None

    def ask(self, client: Any, **params: Any) -> dict[str, Any]:
        """One page."""
        response: dict[str, Any] = getattr(client, self.operation)(**{**self.params, **params})
        return response

    def walk(self, client: Any, **params: Any) -> Iterator[dict[str, Any]]:
        """All pages, also of a list for which botocore has no paginator."""
        page = self.ask(client, **params)
        yield page
        while "nextToken" in page:
            page = self.ask(client, **params, nextToken=page["nextToken"])
            yield page

    def names(self, *pages: dict[str, Any]) -> list[str]:
        """The names of the items of the given pages."""
        items = [item for page in pages for item in page[self.key]]
        return [item if self.name is None else item[self.name] for item in items]

    def __str__(self) -> str:
        return f"{self.operation} newest first" if "sortBy" in self.params else self.operation


def _delete_domain(client: Any, name: str) -> None:
    client.delete_domain(domain=name)


def _delete_repository(client: Any, name: str) -> None:
    client.delete_repository(**ACME, repository=name)


def _delete_package(client: Any, name: str) -> None:
    client.delete_package(**TEAM, format="pypi", package=name)


def _delete_package_everywhere(client: Any, name: str) -> None:
    for repository in ("team", "twin"):
        client.delete_package(domain="acme", repository=repository, format="pypi", package=name)


def _delete_version(client: Any, name: str) -> None:
    client.delete_package_versions(**HOLDER, versions=[name])


def _delete_group(client: Any, pattern: str) -> None:
    client.delete_package_group(**ACME, packageGroup=pattern)


def _disallow(client: Any, name: str) -> None:
    client.update_package_group_origin_configuration(
        **ACME,
        packageGroup="/maven/*",
        removeAllowedRepositories=[{"repositoryName": name, "originRestrictionType": "PUBLISH"}],
    )


_OTHER_PACKAGE = ({"repository": "twin"}, {"package": "holder-2"})
_OTHER_VERSION = (*_OTHER_PACKAGE, {"packageVersion": "item-001"})
_OTHER_VERSIONS = (*_OTHER_PACKAGE, {"status": "Published"}, {"originType": "INTERNAL"})
_WITHOUT_CONTENT = {"package": "holder", "packageVersion": "item-002"}

PAGINATED = [
    Listing("list_domains", {}, "domains", "name", 50, None, (), _delete_domain),
    Listing(
        "list_repositories",
        {},
        "repositories",
        "name",
        50,
        {"repositoryPrefix": "nothing"},
        ({"repositoryPrefix": "it"},),
        _delete_repository,
    ),
    Listing(
        "list_repositories_in_domain",
        ACME,
        "repositories",
        "name",
        50,
        {"repositoryPrefix": "nothing"},
        ({"repositoryPrefix": "it"}, {"administratorAccount": "123456789012"}),
        _delete_repository,
    ),
    Listing(
        "list_packages",
        TEAM,
        "packages",
        "package",
        100,
        {"packagePrefix": "nothing"},
        ({"repository": "twin"}, {"format": "pypi"}, {"packagePrefix": "it"}, {"publish": "ALLOW"}),
        _delete_package,
    ),
    Listing(
        "list_package_versions",
        HOLDER,
        "versions",
        "version",
        50,
        {"status": "Archived"},
        (*_OTHER_VERSIONS, {"sortBy": "PUBLISHED_TIME"}),
        _delete_version,
    ),
    Listing(
        "list_package_versions",
        {**HOLDER, "sortBy": "PUBLISHED_TIME"},
        "versions",
        "version",
        50,
        {"originType": "EXTERNAL"},
        _OTHER_VERSIONS,
        _delete_version,
    ),
    Listing("list_package_version_assets", VERSION, "assets", "name", 100, _WITHOUT_CONTENT, _OTHER_VERSION),
    Listing(
        "list_package_groups",
        ACME,
        "packageGroups",
        "pattern",
        50,
        {"prefix": "/swift"},
        ({"prefix": "/"},),
        _delete_group,
    ),
    Listing(
        "list_sub_package_groups",
        {**ACME, "packageGroup": "/*"},
        "packageGroups",
        "pattern",
        50,
        {"packageGroup": "/npm/item-000/*"},
        ({"packageGroup": "/maven/*"},),
        _delete_group,
    ),
    Listing(
        "list_associated_packages",
        {**ACME, "packageGroup": "/*"},
        "packages",
        "package",
        50,
        {"packageGroup": "/npm/item-000/*"},
        ({"packageGroup": "/maven/*"}, {"preview": True}),
        _delete_package_everywhere,
    ),
    Listing(
        "list_allowed_repositories_for_group",
        {**ACME, "packageGroup": "/maven/*", "originRestrictionType": "PUBLISH"},
        "allowedRepositories",
        None,
        50,
        {"originRestrictionType": "EXTERNAL_UPSTREAM"},
        ({"originRestrictionType": "INTERNAL_UPSTREAM"},),
        _disallow,
    ),
]
"""The lists for which botocore has paginators."""

DEPENDENCIES = Listing(
    "list_package_version_dependencies",
    VERSION,
    "dependencies",
    "package",
    None,
    _WITHOUT_CONTENT,
    _OTHER_VERSION,
)

ALL = [*PAGINATED, DEPENDENCIES]

each_list = pytest.mark.parametrize("listing", ALL, ids=str)
each_paginated_list = pytest.mark.parametrize("listing", PAGINATED, ids=str)


def seed(fake: FakeCodeArtifact, items: int = 5) -> None:
    """Seed that number of items for each list, with similar names and not in their order, and a few others."""
    names = _names(items)
    for name in names:
        fake.add_domain(name)
    acme = fake.add_domain("acme")
    for name in names:
        acme.add_repository(name)
        acme.add_package_group(f"/npm/{name}/*")
    for repository in ("team", "twin"):
        fill(acme.add_repository(repository), items)
    lists: dict[RestrictionType, list[str]] = {"PUBLISH": names, "INTERNAL_UPSTREAM": names}
    acme.add_package_group(
        "/maven/*", restrictions=dict.fromkeys(lists, "ALLOW_SPECIFIC_REPOSITORIES"), allowed_repositories=lists
    )
    for namespace in ("one", "two"):
        acme.add_package_group(f"/maven/{namespace}/*")
        acme.repositories["team"].add_package(maven("org.apache", namespace))


def fill(repository: Repository, items: int = 5) -> None:
    """Seed the packages, versions, assets and dependencies of a repository."""
    names = _names(items)
    for holder in (pypi("holder"), pypi("holder-2")):
        package = repository.add_package(holder)
        for name in names:
            has_content = name in ("item-000", "item-001")
            package.add_version(
                name,
                published=_OLDEST + dt.timedelta(hours=int(name[-3:])),
                assets=dict.fromkeys(names, b"") if has_content else {},
                dependencies=[Dependency(needed, "*", "Requires-Dist") for needed in names] if has_content else [],
            )
    repository.add_packages(map(pypi, names), versions=["1.0"])


def _names(items: int) -> list[str]:
    names = [f"item-{number:03}" for number in range(items)]
    return names[1::2] + names[::2]
