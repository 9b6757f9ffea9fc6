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
from .values import FileValue, shown

_Keywords = dict[str, Any]
_Readers = Mapping[str, Callable[[FileValue], Any]]

_SUMMARY = {"size": FileValue.number, **dict.fromkeys(AssetSummary._fields[1:], FileValue.text)}
"""What is known of an asset without content."""

_Filling = tuple[Repository | PublicSource, Iterable[FileValue]]
"""What holds packages, and what a file says of these."""


def load(service: Service, file: FileValue, progress: Callable[[int], object]) -> None:
    """Seed what a file says.

    :param progress: told after each package how many there have been.
    :raises SeedError: naming the place.
    """
    numbers = itertools.count(1)
    given = file.keywords({"domains": FileValue.items, "public_sources": FileValue.items})
    for holder, packages in itertools.chain(
        itertools.chain.from_iterable(_domain(service, domain) for domain in given.get("domains", [])),
        (_public_source(service, source) for source in given.get("public_sources", [])),
    ):
        for package in packages:
            _package(holder, package)
            progress(next(numbers))


def _domain(service: Service, described: FileValue) -> Iterator[_Filling]:
    """Seed a domain with all but its packages; these, by repository."""
    given = described.keywords(DOMAIN, ["name"])
    groups, repositories = given.pop("package_groups", []), given.pop("repositories", [])
    with described.blamed():
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


def _repository(domain: Domain, described: FileValue) -> tuple[Repository, FileValue, _Keywords, Iterable[FileValue]]:
    """The repository, its place, and what is to be said of it when all are there: its sources and its packages."""
    given = described.keywords(REPOSITORY, ["name"])
    packages = given.pop("packages", [])
    sources = {"upstreams": given.pop("upstreams", []), "external_connection": given.pop("external_connection", None)}
    with described.blamed():
        return domain.add_repository(**given), described, sources, packages


def _group(domain: Domain, group: FileValue) -> None:
    given = group.keywords(PACKAGE_GROUP, ["pattern"])
    with group.blamed():
        if given["pattern"] == ROOT:
            domain._seed_group(**given)
        else:
            domain.add_package_group(**given)


def _public_source(service: Service, described: FileValue) -> _Filling:
    given = described.keywords(PUBLIC_SOURCE, ["name"])
    with described.blamed():
        source = PublicSource.named(service, given["name"])
    return source, given.get("packages", [])


def _package(holder: Repository | PublicSource, described: FileValue) -> None:
    given = described.keywords(PACKAGE, ["format", "name"])
    tags, versions, origin = given.pop("dist_tags", {}), given.pop("versions", []), given.pop("origin", None)
    names = {tag: place.text() for tag, place in tags.items()}
    with described.blamed():
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


def _version(version: FileValue) -> _Keywords:
    """A version as add_version takes it; the name by itself is one that is Published and has no more to it."""
    if isinstance(version.value, str):
        return {"version": version.value}
    return version.keywords(VERSION, ["version"])


def _policy(policy: FileValue) -> Any:
    if not isinstance(policy.value, (str, dict)):
        raise policy.wrong(f"a policy is a table, or the text of a JSON object, not {shown(policy.value)}.")
    return policy.plain()


def _upstreams(upstreams: FileValue) -> list[str | references.Gone]:
    return [_upstream(upstream) for upstream in upstreams.items()]


def _upstream(upstream: FileValue) -> str | references.Gone:
    if isinstance(upstream.value, dict):
        return references.Gone(upstream.keywords({"gone": FileValue.text}, ["gone"])["gone"])
    return upstream.text()


def _origin(origin: FileValue) -> Origin:
    return Origin(**origin.keywords({"publish": FileValue.text, "upstream": FileValue.text}))


def _license(license: FileValue) -> License:
    if isinstance(license.value, str):
        return License(license.value)
    return License(**license.keywords({"name": FileValue.text, "url": FileValue.text}, ["name"]))


def _dependency(dependency: FileValue) -> Dependency:
    readers = dict.fromkeys(Dependency._fields, FileValue.text)
    return Dependency(**dependency.keywords(readers, ["package", "version_requirement"]))


def _content(content: FileValue) -> bytes | AssetSummary:
    given = content.keywords({"text": FileValue.text, "base64": FileValue.text, **_SUMMARY})
    if given.keys() >= {"size", "sha256"} and given.keys() <= _SUMMARY.keys():
        return AssetSummary(**given)
    if len(given) != 1 or given.keys() & _SUMMARY.keys():
        raise content.wrong(
            "the content of an asset is { text = ... } or { base64 = ... }; of one without content, "
            "{ size = ..., sha256 = ... } is known, and sha1, md5 and sha512 if one likes."
        )
    if "text" in given:
        return str(given["text"]).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(given["base64"], validate=True)
    except ValueError:
        raise content.at("base64").wrong("this is no Base64.") from None


# What can be said, by key; docs/seeds.md promises that these are the keywords of Python.

DOMAIN: _Readers = {
    "name": FileValue.text,
    "account": FileValue.text,
    "region": FileValue.text,
    "created": FileValue.moment,
    "encryption_key": FileValue.text,
    "tags": FileValue.texts,
    "policy": _policy,
    "policy_revision": FileValue.text,
    "restrictions": FileValue.texts,
    "package_groups": FileValue.items,
    "repositories": FileValue.items,
}
"""The keywords of FakeCodeArtifact.add_domain, and what is in a domain."""

REPOSITORY: _Readers = {
    "name": FileValue.text,
    "administrator": FileValue.text,
    "created": FileValue.moment,
    "description": FileValue.text,
    "upstreams": _upstreams,
    "external_connection": FileValue.text,
    "tags": FileValue.texts,
    "policy": _policy,
    "policy_revision": FileValue.text,
    "packages": FileValue.items,
}
"""The keywords of Domain.add_repository, and what is in a repository."""

PACKAGE_GROUP: _Readers = {
    "pattern": FileValue.text,
    "created": FileValue.moment,
    "restrictions": FileValue.texts,
    "allowed_repositories": lambda lists: {
        restriction: names.list_of_texts() for restriction, names in lists.table().items()
    },
    "contact_info": FileValue.text,
    "description": FileValue.text,
    "tags": FileValue.texts,
}
"""The keywords of Domain.add_package_group."""

PACKAGE: _Readers = {
    "format": FileValue.text,
    "namespace": FileValue.text,
    "name": FileValue.text,
    "display_name": FileValue.text,
    "origin": _origin,
    "dist_tags": FileValue.table,
    "versions": FileValue.items,
}
"""The members of a PackageId, and the keywords of add_package."""

VERSION: _Readers = {
    "version": FileValue.text,
    "status": FileValue.text,
    "published": FileValue.moment,
    "origin_type": FileValue.text,
    "entry_point": FileValue.text,
    "revision": FileValue.text,
    "display_name": FileValue.text,
    "summary": FileValue.text,
    "home_page": FileValue.text,
    "source_code_repository": FileValue.text,
    "licenses": lambda licenses: list(map(_license, licenses.items())),
    "readme": FileValue.text,
    "dependencies": lambda dependencies: list(map(_dependency, dependencies.items())),
    "dist_tags": FileValue.list_of_texts,
    "kept": FileValue.texts,
    "notes": FileValue.texts,
    "assets": lambda assets: {name: _content(content) for name, content in assets.table().items()},
}
"""The keywords of Package.add_version."""

PUBLIC_SOURCE: _Readers = {"name": FileValue.text, "packages": FileValue.items}
"""The connection of FakeCodeArtifact.public_source, and what is in it."""
