"""Loads a seed file: domains with their contents, and public sources.

The handles check the values. This module has the keys and their types. References to repositories are resolved
after all repositories, so the order in a file does not matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import SeedError
from ..handles import Domain, Location, Repository, arguments, asset_arguments, package_records, references, updates
from ..handles.handle import pointer_of
from ..handles.package_records import NewVersion, PackageRecords
from ..handles.pointer import Pointer
from ..handles.repositories import public_source
from ..names.group_patterns import ROOT
from ..names.packages import PackageId
from ..service import Service
from ..state import entities
from ..state.entities import AssetSummary, Dependency, License, Origin
from .values import FileValue, described

_Keywords = dict[str, Any]
_Readers = Mapping[str, Callable[[FileValue], Any]]

_CONTENT: _Readers = {
    **dict.fromkeys(("text", "base64", *AssetSummary._fields[1:]), FileValue.text),
    "size": FileValue.number,
}
"""The keys of the content of an asset, or of its summary."""

_PackagesInFile = tuple[Pointer, Iterable[FileValue]]
"""A repository or a public source, and its packages in the file."""


def load(service: Service, file: FileValue, progress: Callable[[int], object]) -> None:
    """Seed the contents of a file.

    :param progress: called after each package with the number of packages so far.
    :raises SeedError: a value is not valid; the message has the place in the file.
    """
    numbers = itertools.count(1)
    for holder, packages in _holders(service, file.keywords(FILE)):
        service.state.put_packages(holder.repository(), _packages(holder, packages, lambda: progress(next(numbers))))


def _holders(service: Service, keywords: _Keywords) -> Iterator[_PackagesInFile]:
    """Seed a file without its packages. Yields the packages of each repository and public source."""
    for domain in keywords.get("domains", []):
        yield from _domain(service, domain)
    for source in keywords.get("public_sources", []):
        yield _public_source(service, source)


def _packages(
    holder: Pointer, packages: Iterable[FileValue], on_package: Callable[[], object]
) -> Iterator[entities.Package]:
    """The records of the packages of a repository or a public source, one by one.

    :param on_package: called after each package.
    """
    records = PackageRecords(holder)
    for package in packages:
        yield _package(records, package)
        on_package()


def _domain(service: Service, entry: FileValue) -> Iterator[_PackagesInFile]:
    """Seed a domain without its packages. Returns the packages by repository."""
    keywords = entry.keywords(DOMAIN, ["name"])
    groups, repositories = keywords.pop("package_groups", []), keywords.pop("repositories", [])
    with entry.locating_errors():
        location = arguments.caller(
            keywords.pop("account", service.caller.account), keywords.pop("region", service.caller.region)
        )
        domain = Location(Pointer(service, (location.region, location.account))).add_domain(**keywords)
    added = [_repository(domain, repository) for repository in repositories]
    # All repositories exist by now, so references between them can be resolved in any order.
    for repository, place, sources, _ in added:
        with place.locating_errors():
            updates.set_sources(repository, **sources)
    for group in groups:
        _group(domain, group)  # before the packages, whose configuration may follow from it
    # Packages are read when they are stored, after all repositories and groups.
    return ((pointer_of(repository), packages) for repository, _, _, packages in added)


def _repository(domain: Domain, entry: FileValue) -> tuple[Repository, FileValue, _Keywords, Iterable[FileValue]]:
    """The repository, its place in the file, and its references and packages, which are seeded later."""
    keywords = entry.keywords(REPOSITORY, ["name"])
    packages = keywords.pop("packages", [])
    sources = {
        "upstreams": keywords.pop("upstreams", []),
        "external_connection": keywords.pop("external_connection", None),
    }
    with entry.locating_errors():
        return domain.add_repository(**keywords), entry, sources, packages


def _group(domain: Domain, group: FileValue) -> None:
    keywords = group.keywords(PACKAGE_GROUP, ["pattern"])
    with group.locating_errors():
        if keywords["pattern"] == ROOT:
            updates.seed_group(pointer_of(domain), **keywords)
        else:
            domain.add_package_group(**keywords)


def _public_source(service: Service, entry: FileValue) -> _PackagesInFile:
    keywords = entry.keywords(PUBLIC_SOURCE, ["name"])
    with entry.locating_errors():
        source = public_source(service, keywords["name"])
    return pointer_of(source), keywords.get("packages", [])


def _package(records: PackageRecords, entry: FileValue) -> entities.Package:
    keywords = entry.keywords(PACKAGE, ["format", "name"])
    tags, versions, origin = keywords.pop("dist_tags", {}), keywords.pop("versions", ()), keywords.pop("origin", None)
    names = {tag: place.text() for tag, place in tags.items()}
    with entry.locating_errors():
        id = PackageId(**{"namespace": None, **keywords})
        records.check_new(id)
        if origin is not None:
            origin = arguments.origin(origin)
    new_versions: dict[str, NewVersion] = {}
    for version in versions:
        _add_version(new_versions, id, records, version)
    targets = {tag: id.version_name(name) for tag, name in names.items()}
    for tag, target in targets.items():
        if id.objection_to(target) is not None:
            raise tags[tag].wrong(f"the dist-tag points to {described(target)}, which cannot be a version.")
    with entry.locating_errors():
        return records.package(id, package_records.contents(new_versions), origin, targets)


def _add_version(versions: dict[str, NewVersion], id: PackageId, records: PackageRecords, entry: FileValue) -> None:
    """Add a version to those of a package. It is a name, or a table with the name in it or as its key."""
    if isinstance(entry.value, str):
        name, keywords = entry.value, {}
    elif isinstance(entry.key, str):
        name, keywords = entry.key, entry.keywords(NAMED_VERSION)
    else:
        keywords = _version_table(entry).keywords(VERSION, ["version"])
        name = keywords.pop("version")
    try:
        package_records.add(versions, id, records.version(id, name, keywords))
    except SeedError as error:
        raise entry.wrong(str(error)) from None


def _versions(versions: FileValue) -> Iterable[FileValue]:
    """A list of versions, or a table of them by name."""
    return versions.table().values() if isinstance(versions.value, dict) else versions.items()


def _version_table(version: FileValue) -> FileValue:
    if isinstance(version.value, (int, float)) and not isinstance(version.value, bool):
        raise version.wrong(
            f'expected a table, found {version.value!r}. A version must be a string: write "{version.value}".'
        )
    return version


def _policy(policy: FileValue) -> Any:
    if not isinstance(policy.value, (str, dict)):
        raise policy.wrong(f"a policy must be a table, or a string with a JSON object, not {described(policy.value)}.")
    return policy.plain()


def _upstreams(upstreams: FileValue) -> list[str | references.DeletedUpstream]:
    return [_upstream(upstream) for upstream in upstreams.items()]


def _upstream(upstream: FileValue) -> str | references.DeletedUpstream:
    if isinstance(upstream.value, dict):
        return references.DeletedUpstream(upstream.keywords({"gone": FileValue.text}, ["gone"])["gone"])
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
    keywords = content.keywords(_CONTENT)
    with (content.at("base64") if "base64" in keywords else content).locating_errors():
        return asset_arguments.asset_content(keywords)


# The readers of all keys, by table; docs/seeds.md promises that these are the keywords of Python.

FILE: _Readers = {"domains": FileValue.items, "public_sources": FileValue.items}
"""The keys of a file."""

DOMAIN: _Readers = {
    "name": FileValue.text,
    "account": FileValue.text,
    "region": FileValue.text,
    "created": FileValue.timestamp,
    "encryption_key": FileValue.text,
    "tags": FileValue.texts,
    "policy": _policy,
    "policy_revision": FileValue.text,
    "restrictions": FileValue.texts,
    "package_groups": FileValue.items,
    "repositories": FileValue.items,
}
"""The keywords of FakeCodeArtifact.add_domain, and the contents of a domain."""

REPOSITORY: _Readers = {
    "name": FileValue.text,
    "administrator": FileValue.text,
    "created": FileValue.timestamp,
    "description": FileValue.text,
    "upstreams": _upstreams,
    "external_connection": FileValue.text,
    "tags": FileValue.texts,
    "policy": _policy,
    "policy_revision": FileValue.text,
    "packages": FileValue.items,
}
"""The keywords of Domain.add_repository, and the contents of a repository."""

PACKAGE_GROUP: _Readers = {
    "pattern": FileValue.text,
    "created": FileValue.timestamp,
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
    "versions": _versions,
}
"""The members of a PackageId, and the keywords of add_package."""

VERSION: _Readers = {
    "version": FileValue.text,
    "status": FileValue.text,
    "published": FileValue.timestamp,
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

NAMED_VERSION: _Readers = {key: VERSION[key] for key in VERSION if key != "version"}
"""The keywords of a version whose name is the key of its table."""

PUBLIC_SOURCE: _Readers = {"name": FileValue.text, "packages": FileValue.items}
"""The connection of FakeCodeArtifact.public_source, and the contents of the public source."""
