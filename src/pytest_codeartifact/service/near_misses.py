"""Hints for calls that found nothing: similar names, or the call that removed the thing, and what to write.

A hint is computed when a report is written, from the state at that time, so calls are not slower. The number of
compared names does not depend on the size of the state (see :mod:`.spelling`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from ..errors import SeedError, ServiceError, near, shown, similar
from ..journal.call import Call
from ..journal.journal import Journal
from ..names.formats import FORMATS
from ..names.packages import PackageId, key_of
from ..state import tree
from ..state.entities import Domain, Package, Repository, Version
from ..state.spelling import resembling
from ..state.store import State
from ..state.tree import Node

_FINDS_NOTHING = ("ResourceNotFoundException", "ValidationException")
_REPOSITORIES = ("repository", "sourceRepository", "destinationRepository")


def near_miss(state: State, journal: Journal, call: Call) -> str | None:
    """The hint for a call that found nothing. None for other calls, and if nothing is similar.

    :param state: the current state.
    :param journal: for removed packages and versions.
    """
    if not _found_nothing(call):
        return None
    hint = next(_HintFinder(state, journal, call).hints(), None)
    if hint is None or call.via == "api":
        return hint
    return hint.partition(" Write ")[0]  # the suggested keywords are parameters of the API


def _found_nothing(call: Call) -> bool:
    if call.error is not None:
        return isinstance(call.error, ServiceError) and call.error.code in _FINDS_NOTHING
    response = call.response or {}
    failed = response.get("failedVersions", {}).values()
    lists = [value for value in response.values() if isinstance(value, list)]
    return any(failure["errorCode"] == "NOT_FOUND" for failure in failed) or lists == [[]]


class _Coordinates(NamedTuple):
    """The coordinates of a package in a call, valid or not."""

    format: str
    namespace: str | None
    name: str

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> _Coordinates | None:
        """The coordinates in a call; None if it has no package."""
        given = params.get("format"), params.get("namespace"), params.get("package")
        return cls(*given) if given[0] in FORMATS and isinstance(given[2], str) else None  # type: ignore[arg-type]  # checked here

    def __str__(self) -> str:
        with suppress(SeedError):
            PackageId(*self)  # type: ignore[arg-type]  # PackageId checks it
            return repr(PackageId.exact(*self))  # type: ignore[arg-type]  # in the spelling of the call
        return f"package with {_keywords(format=self.format, namespace=self.namespace, package=self.name)}"

    @property
    def key(self) -> str:
        """The key of the coordinates, valid or not."""
        return key_of(*self) or ""

    def possible_keys(self) -> Iterator[str]:
        """The possible keys: of names as package managers write them, and as the service stores them."""
        scope = self.namespace and self.namespace.removeprefix("@")
        yield key_of(self.format, scope, self.name) or ""
        for separator in "/:":
            namespace, was_split, name = self.name.removeprefix("@").partition(separator)
            if was_split:
                yield key_of(self.format, namespace, name) or ""
        if FORMATS[self.format].namespace == "none":
            yield key_of(self.format, None, self.name) or ""

    def keywords_for(self, other: PackageId) -> str:
        """The keywords for another package."""
        format = {} if other.format == self.format else {"format": other.format}
        keywords = _keywords(**format, namespace=other.namespace, package=other.name)
        return f"{keywords} without namespace" if self.namespace and not other.namespace else keywords


class _HintFinder:
    """Repeats the look-ups of a call up to the first thing that does not exist."""

    def __init__(self, state: State, journal: Journal, call: Call) -> None:
        self._state = state
        self._journal = journal
        self._call = call
        self._params = call.params
        self._owner = call.params.get("domainOwner") or call.account

    def hints(self) -> Iterator[str]:
        """The hints, beginning with the first look-up that failed."""
        if "domain" not in self._params:
            yield from self._lists_of_all()
            return
        domain = self._state.domain(self._call.region, self._owner, self._params["domain"])
        if domain is None:
            yield from self._no_domain(self._params["domain"])
            return
        yield from self._groups(domain)
        yield from self._listed_repositories(domain)
        for keyword in _REPOSITORIES:
            name = self._params.get(keyword)
            repository = None if name is None else domain.repository(name)
            if repository is not None and keyword != "destinationRepository":
                yield from self._packages(repository)
            elif name is not None and repository is None:
                yield from self._no_repository(domain, keyword, name)

    # Domains

    def _lists_of_all(self) -> Iterator[str]:
        region, account = self._call.region, self._call.account
        if self._call.operation not in ("ListDomains", "ListRepositories"):
            return
        if not any(self._state.domains_of(region, account)):
            elsewhere = [f"{_elsewhere(one)} has {one.name!r}" for one in self._state.domains()][:3]
            if elsewhere:
                yield f"Account {account} has no domains in {region}, but {', and '.join(elsewhere)}."
        for domain in self._state.domains_of(region, account):
            yield from self._listed_repositories(domain)

    def _no_domain(self, name: str) -> Iterator[str]:
        if any(domain.name == name for domain in self._state.domains()):
            return  # hints.py has warned about it
        names = {domain.name: domain for domain in self._state.domains()}
        missing = f"Account {self._owner} has no domain {name!r} in {self._call.region}."
        close = similar(name, names)
        similar_domain = names[close[0]] if close else None
        if similar_domain is None or (similar_domain.owner, similar_domain.region) == (self._owner, self._call.region):
            yield f"{missing} {_suggestion('domain', name, names)}"
        else:
            yield f"{missing} Did you mean {similar_domain.name!r} of {_elsewhere(similar_domain)}?"

    # Repositories and package groups

    def _no_repository(self, domain: Domain, keyword: str, name: str) -> Iterator[str]:
        missing = f"Domain {domain.name!r} has no repository {name!r}."
        removed = self._removal((domain.region, domain.owner, domain.name, name))
        others = [one.name for one in self._state.domains_of(domain.region, domain.owner) if one.repository(name)]
        if removed:
            yield f"{missing} {removed}"
        elif others:
            yield f"{missing} Domain {others[0]!r} has one. Write domain={others[0]!r}."
        else:
            yield f"{missing} {_suggestion(keyword, name, resembling(domain.repositories, name))}"

    def _listed_repositories(self, domain: Domain) -> Iterator[str]:
        prefix = self._params.get("repositoryPrefix")
        if prefix:
            yield from _prefix(
                f"Domain {domain.name!r} has no repository whose name", "repositoryPrefix", prefix, domain.repositories
            )

    def _groups(self, domain: Domain) -> Iterator[str]:
        pattern, prefix = self._params.get("packageGroup"), self._params.get("prefix")
        if pattern is not None and domain.group(pattern) is None:
            suggestion = _suggestion("packageGroup", pattern, resembling(domain.groups, pattern))
            yield f"Domain {domain.name!r} has no package group {pattern!r}. {suggestion}"
        elif prefix:
            yield from _prefix(
                f"Domain {domain.name!r} has no package group whose pattern", "prefix", prefix, domain.groups
            )

    # Packages

    def _packages(self, repository: Repository) -> Iterator[str]:
        if self._call.operation == "ListPackages":
            yield from self._listed_packages(repository)
        coordinates = _Coordinates.of(self._params)
        if coordinates is None or repository.name == self._params.get("destinationRepository"):
            return
        package = repository.package(coordinates.key) if coordinates.key in coordinates.possible_keys() else None
        if package is not None and self._is_exact_spelling(package, coordinates):
            yield from self._versions(repository, package)
        else:
            yield from self._no_package(repository, coordinates)

    def _is_exact_spelling(self, package: Package, coordinates: _Coordinates) -> bool:
        """Whether the API finds a package in the spelling of the call (rule F-6)."""
        return FORMATS[coordinates.format].any_spelling or package.key == "\0".join(
            (coordinates.format, coordinates.namespace or "", coordinates.name)
        )

    def _no_package(self, repository: Repository, coordinates: _Coordinates) -> Iterator[str]:
        missing = f"Repository {repository.name!r} has no {coordinates}."
        removed = self._removal(repository.place, coordinates.key)
        similar_packages = _packages_meant(repository, coordinates)
        if removed:
            yield f"{missing} {removed}"
        elif similar_packages:
            words = " or ".join(map(repr, similar_packages))
            keywords = coordinates.keywords_for(similar_packages[0])
            yield f"{missing} Did you mean {words}? {_rule(coordinates)}Write {keywords}."
        elif _rule(coordinates):
            yield f"{missing} {_rule(coordinates)}".rstrip()

    def _listed_packages(self, repository: Repository) -> Iterator[str]:
        """The first filter of a list that excludes all packages."""
        format, namespace = self._params.get("format"), self._params.get("namespace")
        formats = [name for name in FORMATS if tree.has_prefix(repository.packages, f"{name}\0")]
        missing = f"Repository {repository.name!r} has no package"
        if format is not None and format not in formats:
            if formats:
                yield f"{missing} of format {format!r}. {_suggestion('format', format, formats)}"
        elif namespace and not tree.has_prefix(repository.packages, f"{format}\0{namespace}"):
            known = _namespaces(repository, format, namespace)
            yield f"{missing} of namespace {namespace!r}. {_suggestion('namespace', namespace, known)}"
        elif self._params.get("packagePrefix"):
            prefix = self._params["packagePrefix"]
            keys = [key_of(one, namespace, prefix) or "" for one in ([format] if format else formats)]
            names = {id.name for key in keys for id in _ids_like(repository, key)}
            yield from _similar_prefix(f"{missing} whose name", "packagePrefix", prefix, names)

    # Versions and assets

    def _versions(self, repository: Repository, package: Package) -> Iterator[str]:
        name = self._params.get("packageVersion")
        batch = [*self._params.get("versions", ()), *self._params.get("versionRevisions", ())]
        for one in [name] if name is not None else batch:
            version = package.version(package.id.version_name(one))
            if version is None:
                yield from self._no_version(repository, package, one)
            elif self._params.get("asset") is not None:
                yield from self._no_asset(package, version, self._params["asset"])

    def _no_version(self, repository: Repository, package: Package, name: str) -> Iterator[str]:
        missing = f"{package.id!r} in repository {repository.name!r} has no version {name!r}."
        removed = self._removal(repository.place, package.key, package.id.version_name(name))
        if removed:
            yield f"{missing} {removed}"
            return
        keyword, form = ("packageVersion", "{!r}") if "packageVersion" in self._params else ("versions", "[{!r}]")
        yield f"{missing} {_suggestion(keyword, name, resembling(package.versions, name), form)}"

    def _no_asset(self, package: Package, version: Version, name: str) -> Iterator[str]:
        if version.asset(name) is None:
            suggestion = _suggestion("asset", name, resembling(version.assets, name))
            yield f"Version {version.version!r} of {package.id!r} has no asset {name!r}. {suggestion}"

    def _removal(self, place: tuple[str, ...], package_key: str | None = None, version: str | None = None) -> str:
        number = self._journal.removal_of(place, package_key, version)
        return "" if number is None else f"It was removed by call {number}."


def _packages_meant(repository: Repository, coordinates: _Coordinates) -> list[PackageId]:
    """The packages of a repository that may be meant: by another interpretation of the name, or a similar name."""
    exact = [key for key in dict.fromkeys(coordinates.possible_keys()) if repository.package(key) is not None]
    if exact:
        return [PackageId.from_key(exact[0])]
    ids = {id for reading in coordinates.possible_keys() for id in _ids_like(repository, reading)}
    bare = coordinates.name.removeprefix("@").replace(":", "/").rpartition("/")[2]
    namesakes = sorted(id for id in ids if id.name.lower() == bare.lower())
    if namesakes:
        return namesakes[:3]
    close = similar(bare, {id.name for id in ids})
    return sorted((id for id in ids if id.name in close), key=lambda one: (close.index(one.name), one))[:3]


def _ids_like(repository: Repository, key: str) -> Iterable[PackageId]:
    return map(PackageId.from_key, resembling(repository.packages, key))


def _namespaces(repository: Repository, format: str | None, namespace: str) -> set[str]:
    """The similar namespaces of a format."""
    ids = _ids_like(repository, f"{format}\0{namespace.removeprefix('@')}\0")
    return {id.namespace for id in ids if id.format == format and id.namespace is not None}


def _rule(coordinates: _Coordinates) -> str:
    """Explanations of names that are often misunderstood."""
    rules = FORMATS[coordinates.format]
    if rules.namespace == "none" and coordinates.namespace is not None:
        return f"A {coordinates.format} package has no namespace. "
    if coordinates.format == "npm" and "@" in f"{coordinates.namespace}{coordinates.name}":
        return "In calls, the scope of an npm package is its namespace, without the '@'. "
    if rules.namespace == "required" and coordinates.namespace is None:
        return f"A {coordinates.format} package has a namespace. "
    return ""


def _prefix(missing: str, keyword: str, prefix: str, node: Node) -> Iterator[str]:
    if not tree.has_prefix(node, prefix):
        yield from _similar_prefix(missing, keyword, prefix, resembling(node, prefix))


def _similar_prefix(missing: str, keyword: str, prefix: str, names: Iterable[str]) -> Iterator[str]:
    """The hint about a prefix that matches no name, if a name begins similarly."""
    beginnings = {name[: len(prefix)] for name in names}
    if prefix not in beginnings and similar(prefix, beginnings):
        yield f"{missing} begins with {prefix!r}. {_suggestion(keyword, prefix, beginnings)}"


def _suggestion(keyword: str, name: str, names: Iterable[str], form: str = "{!r}") -> str:
    """Similar names with the keyword to write, or the existing names."""
    known = list(names)
    close = similar(name, known)
    write = f" Write {keyword}={form.format(close[0])}." if close else ""
    return f"{near(name, known)}{write}"


def _keywords(**params: str | None) -> str:
    return ", ".join(f"{name}={shown(value)}" for name, value in params.items() if value is not None)


def _elsewhere(domain: Domain) -> str:
    return f"account {domain.owner} in {domain.region}"
