"""Loads a seed file: domains with their contents, and public sources.

The handles check what may be seeded. This module has the keys and their types. References to repositories are resolved
after all repositories, so the order in a file does not matter.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..handles import Domain, Location, PublicSource, Repository, arguments, references
from ..names.group_patterns import ROOT
from ..names.packages import PackageId
from ..service import Service
from ..state.entities import AssetSummary, Dependency, License, Origin
from .values import Found, shown

_Keywords = dict[str, Any]
_Readers = Mapping[str, Callable[[Found], Any]]

_SUMMARY = {"size": Found.number, **dict.fromkeys(AssetSummary._fields[1:], Found.text)}
"""What is known of an asset without content."""

_Filling = tuple[Repository | PublicSource, Iterable[Found]]
"""What holds packages, and what a file says of these."""


def load(service: Service, file: Found, progress: Callable[[int], object]) -> None:
    """Seed what a file says.

    :param progress: told after each package how many there have been.
    :raises SeedError: naming the place.
    """
    numbers = itertools.count(1)
    given = file.keywords({"domains": Found.items, "public_sources": Found.items})
    for holder, packages in itertools.chain(
        itertools.chain.from_iterable(_domain(service, found) for found in given.get("domains", [])),
        (_public_source(service, found) for found in given.get("public_sources", [])),
    ):
        for found in packages:
            _package(holder, found)
            progress(next(numbers))


def _domain(service: Service, found: Found) -> Iterator[_Filling]:
    """Seed a domain with all but its packages; these, by repository."""
    given = found.keywords(DOMAIN, ["name"])
    groups, repositories = given.pop("package_groups", []), given.pop("repositories", [])
    with found.blamed():
        home = arguments.caller(
            given.pop("account", service.caller.account), given.pop("region", service.caller.region)
        )
        domain = Location(service, home.region, home.account).add_domain(**given)
    added = [_repository(domain, repository) for repository in repositories]
    for repository, place, sources, _ in added:
        with place.blamed():
            references.connect(repository, **sources)
    for group in groups:
        _group(domain, group)  # before the packages, whose configuration may follow from it
    return ((repository, packages) for repository, _, _, packages in added)


def _repository(domain: Domain, found: Found) -> tuple[Repository, Found, _Keywords, Iterable[Found]]:
    """The repository, its place, and what is to be said of it when all are there: its sources and its packages."""
    given = found.keywords(REPOSITORY, ["name"])
    packages = given.pop("packages", [])
    sources = {
        "upstreams": given.pop("upstreams", []), "external_connection": given.pop("external_connection", None)
    }  # fmt: skip
    with found.blamed():
        return domain.add_repository(**given), found, sources, packages


def _group(domain: Domain, found: Found) -> None:
    given = found.keywords(PACKAGE_GROUP, ["pattern"])
    with found.blamed():
        if given["pattern"] == ROOT:
            references.seed_group(domain, **given)
        else:
            domain.add_package_group(**given)


def _public_source(service: Service, found: Found) -> _Filling:
    given = found.keywords(PUBLIC_SOURCE, ["name"])
    with found.blamed():
        source = PublicSource.named(service, given["name"])
    return source, given.get("packages", [])


def _package(holder: Repository | PublicSource, found: Found) -> None:
    given = found.keywords(PACKAGE, ["format", "name"])
    tags, versions, origin = given.pop("dist_tags", {}), given.pop("versions", []), given.pop("origin", None)
    names = {tag: place.text() for tag, place in tags.items()}
    with found.blamed():
        id = PackageId(**{"namespace": None, **given})
        package = holder.add_package(id, origin=origin)
    targets = {tag: id.version_name(name) for tag, name in names.items()}
    for version in versions:
        keywords = _version(version)
        with version.blamed():
            name = arguments.version_name(id, keywords["version"])
            of_package = [tag for tag, target in targets.items() if target == name]
            package.add_version(**{**keywords, "dist_tags": [*keywords.get("dist_tags", ()), *of_package]})
    for tag, target in targets.items():
        if target not in package.versions:
            raise tags[tag].wrong(f"the dist-tag points to {shown(target)}, which is none of the versions.")


def _version(found: Found) -> _Keywords:
    """A version as add_version takes it; the name by itself is one that is Published and has no more to it."""
    if isinstance(found.value, str):
        return {"version": found.value}
    return found.keywords(VERSION, ["version"])


def _policy(found: Found) -> Any:
    if not isinstance(found.value, (str, dict)):
        raise found.wrong(f"a policy is a table, or the text of a JSON object, not {shown(found.value)}.")
    return found.plain()


def _upstreams(found: Found) -> list[str | references.Gone]:
    return [_upstream(upstream) for upstream in found.items()]


def _upstream(found: Found) -> str | references.Gone:
    if isinstance(found.value, dict):
        return references.Gone(found.keywords({"gone": Found.text}, ["gone"])["gone"])
    return found.text()


def _origin(found: Found) -> Origin:
    return Origin(**found.keywords({"publish": Found.text, "upstream": Found.text}))


def _license(found: Found) -> License:
    if isinstance(found.value, str):
        return License(found.value)
    return License(**found.keywords({"name": Found.text, "url": Found.text}, ["name"]))


def _dependency(found: Found) -> Dependency:
    readers = dict.fromkeys(Dependency._fields, Found.text)
    return Dependency(**found.keywords(readers, ["package", "version_requirement"]))


def _content(found: Found) -> bytes | AssetSummary:
    given = found.keywords({"text": Found.text, "base64": Found.text, **_SUMMARY})
    if given.keys() >= {"size", "sha256"} and given.keys() <= _SUMMARY.keys():
        return AssetSummary(**given)
    if len(given) != 1 or given.keys() & _SUMMARY.keys():
        raise found.wrong(
            "the content of an asset is { text = ... } or { base64 = ... }; of one without content, "
            "{ size = ..., sha256 = ... } is known, and sha1, md5 and sha512 if one likes."
        )
    if "text" in given:
        return str(given["text"]).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(given["base64"], validate=True)
    except ValueError:
        raise found.at("base64").wrong("this is no Base64.") from None


# What can be said, by key; docs/seeds.md promises that these are the keywords of Python.

DOMAIN: _Readers = {
    "name": Found.text,
    "account": Found.text,
    "region": Found.text,
    "created": Found.moment,
    "encryption_key": Found.text,
    "tags": Found.texts,
    "policy": _policy,
    "policy_revision": Found.text,
    "restrictions": Found.texts,
    "package_groups": Found.items,
    "repositories": Found.items,
}
"""The keywords of FakeCodeArtifact.add_domain, and what is in a domain."""

REPOSITORY: _Readers = {
    "name": Found.text,
    "administrator": Found.text,
    "created": Found.moment,
    "description": Found.text,
    "upstreams": _upstreams,
    "external_connection": Found.text,
    "tags": Found.texts,
    "policy": _policy,
    "policy_revision": Found.text,
    "packages": Found.items,
}
"""The keywords of Domain.add_repository, and what is in a repository."""

PACKAGE_GROUP: _Readers = {
    "pattern": Found.text,
    "created": Found.moment,
    "restrictions": Found.texts,
    "allowed_repositories": lambda lists: {
        restriction: names.list_of_texts() for restriction, names in lists.table().items()
    },
    "contact_info": Found.text,
    "description": Found.text,
    "tags": Found.texts,
}
"""The keywords of Domain.add_package_group."""

PACKAGE: _Readers = {
    "format": Found.text,
    "namespace": Found.text,
    "name": Found.text,
    "display_name": Found.text,
    "origin": _origin,
    "dist_tags": Found.table,
    "versions": Found.items,
}
"""The members of a PackageId, and the keywords of add_package."""

VERSION: _Readers = {
    "version": Found.text,
    "status": Found.text,
    "published": Found.moment,
    "origin_type": Found.text,
    "entry_point": Found.text,
    "revision": Found.text,
    "display_name": Found.text,
    "summary": Found.text,
    "home_page": Found.text,
    "source_code_repository": Found.text,
    "licenses": lambda licenses: list(map(_license, licenses.items())),
    "readme": Found.text,
    "dependencies": lambda dependencies: list(map(_dependency, dependencies.items())),
    "dist_tags": Found.list_of_texts,
    "assets": lambda assets: {name: _content(content) for name, content in assets.table().items()},
}
"""The keywords of Package.add_version."""

PUBLIC_SOURCE: _Readers = {"name": Found.text, "packages": Found.items}
"""The connection of FakeCodeArtifact.public_source, and what is in it."""
