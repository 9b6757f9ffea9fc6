"""What one call sees: the names on the wire become entities, or the service's errors for names that lead nowhere.

Knows who asks and where, in which order things are looked up (rule E-5) and how each miss is worded (rules E-10 to
E-16). Knows nothing of what is then done with the entities.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..clock import Clock
from ..errors import AccessDeniedException, ResourceNotFoundException, ValidationException
from ..http import Caller
from ..names.packages import FORMATS, PackageId
from ..state import tree
from ..state.entities import Asset, Domain, Group, Package, Repository, Version
from ..state.quotas import Quotas
from ..state.store import State
from ..state.tree import EMPTY, Entry, Node
from . import arns
from .paging import Page, Question, Tokens

if TYPE_CHECKING:
    from ..literals import EnvironmentMode, ForeignDomainsMode, UnusedFaultsMode

_Item = TypeVar("_Item")


class Change(NamedTuple):
    """What a call has done to a version: ``before`` is None when it made it, ``after`` when it deleted it.

    ``place`` is region, owner, domain and repository; ``moment`` is in milliseconds since the epoch. Holds no record
    that would keep a whole old state alive.
    """

    place: tuple[str, ...]
    administrator: str
    package_key: str
    moment: int
    before: Version | None
    after: Version | None


class Removal(NamedTuple):
    """What a call has removed from a repository, as the plain entries that it was: some versions of a package; the
    package with all of them (``versions`` is empty); or (``package`` is None) the repository with all its packages.

    ``place`` and ``moment`` are as in :class:`Change`. Holds no other version of the package, nor any other package.
    """

    place: tuple[str, ...]
    administrator: str
    moment: int
    package: Entry | None
    versions: tuple[Entry, ...] = ()
    packages: Node = EMPTY

    def each_package(self) -> Iterator[tuple[Package, tuple[str, ...]]]:
        """The packages that are gone, in whole or in part, and the names of the versions that went."""
        if self.package is not None:
            package = Package._make(self.package)
            names = (entry[0] for entry in self.versions) if self.versions else package.version_names()
            yield package, tuple(names)
        for package in map(Package._make, tree.scan(self.packages)):
            yield package, tuple(package.version_names())

    def removes(self, package_key: str | None, version: str | None) -> bool:
        """Whether it is this version, or the package with it, or the repository with that, that is gone."""
        if self.package is None:
            return True
        gone = not self.versions or any(entry[0] == version for entry in self.versions)
        return self.package[0] == package_key and gone

    def each_change(self) -> Iterator[Change]:
        """The versions of the package that are gone, one by one."""
        if self.package is not None:
            package = Package._make(self.package)
            for entry in self.versions or tree.scan(package.versions):
                version = Version._make((*entry, package.key))
                yield Change(self.place, self.administrator, package.key, self.moment, version, None)


@dataclass(frozen=True, slots=True)
class Options:
    """How a fake was set up where the service leaves, or a test wants, a choice."""

    page_size: int | None = None
    foreign_domains: ForeignDomainsMode = "not-found"
    unused_faults: UnusedFaultsMode = "fail"
    backoff: bool = False
    environment: EnvironmentMode = "prepare"


class PackageAt(NamedTuple):
    """A package and where it is."""

    repository: Repository
    id: PackageId
    package: Package


@dataclass(slots=True)
class Scope:
    """What one call sees and may write.

    ``operation`` and ``params`` are what was called, if it is an operation; ``served_at`` is as in the request.
    ``failing`` are the versions that a test wants to fail in a batch, and the codes they fail with.
    """

    state: State
    caller: Caller
    clock: Clock
    quotas: Quotas
    tokens: Tokens
    options: Options
    operation: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    served_at: str | None = None
    failing: Mapping[str, str] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)
    changes: list[Change | Removal] = field(default_factory=list)

    @property
    def now(self) -> int:
        """The moment, in milliseconds since the epoch."""
        return self.clock.millis()

    def domain(self, name: str, owner: str | None) -> Domain:
        """The domain of that name; without an owner the caller's own (rule X-1).

        :raises ResourceNotFoundException: rule E-10.
        :raises AccessDeniedException: rule X-3, for an unknown domain of another account, if the fake was made so.
        """
        owner = owner or self.caller.account
        found = self.state.domain(self.caller.region, owner, name)
        if found is not None:
            return found
        if owner != self.caller.account and self.options.foreign_domains == "denied":
            raise self.denied(arns.domain(self.caller.region, owner, name))
        raise self.no_domain(name, owner)

    def no_domain(self, name: str, owner: str) -> ResourceNotFoundException:
        """The answer for a domain that is not there (rule E-10)."""
        return ResourceNotFoundException(
            f"Domain not found. Domain '{name}' owned by account '{owner}' does not exist.", name, "domain"
        )

    def denied(self, resource_arn: str) -> AccessDeniedException:
        """The answer to a caller from another account whom no policy lets in (rule E-22)."""
        action = f"codeartifact:{self.operation}"
        return AccessDeniedException(
            f"User: arn:{arns.partition(self.caller.region)}:iam::{self.caller.account}:root is not authorized to "
            f"perform: {action} on resource: {resource_arn} because no resource-based policy allows the {action} action"
        )

    def repository(self, domain: str, domain_owner: str | None, name: str) -> Repository:
        """The repository of that name.

        :raises ResourceNotFoundException: rules E-10 and E-11.
        """
        return self.repository_in(self.domain(domain, domain_owner), name)

    def repository_in(self, domain: Domain, name: str) -> Repository:
        """The repository of that name in a domain.

        :raises ResourceNotFoundException: rule E-11.
        """
        found = domain.repository(name)
        if found is None:
            raise ResourceNotFoundException(
                f"Repository not found. Repository '{name}' in domain '{domain.name}' owned by account "
                f"'{domain.owner}' does not exist.",
                name,
                "repository",
            )
        return found

    def package_id(self, format: str, namespace: str | None, name: str) -> PackageId:
        """The coordinates on the wire, normalised where the API does so (rules F-1 to F-6).

        :raises ValidationException: a namespace where the format has none, or none where it needs one.
        """
        rules = FORMATS[format]
        if namespace is None and rules.namespace == "required":
            raise ValidationException(
                f"Namespace is required for packages of format '{format}'.",
                ValidationException.FIELD_VALIDATION_FAILED,
            )
        if namespace is not None and rules.namespace == "none":
            raise ValidationException(f"Packages of format '{format}' do not have a namespace.")
        if not rules.any_spelling:
            return PackageId.exact(rules.name, namespace, name)
        return PackageId.exact(rules.name, namespace and rules.namespace_rule(namespace), rules.name_rule(name), name)

    def package(
        self, domain: str, domain_owner: str | None, repository: str, format: str, namespace: str | None, package: str
    ) -> PackageAt:
        """The package of those coordinates in a repository.

        :raises ValidationException: rules F-2 and F-3.
        :raises ResourceNotFoundException: rules E-10 to E-12.
        """
        id = self.package_id(format, namespace, package)
        return self.package_in(self.repository(domain, domain_owner, repository), id)

    def package_in(self, repository: Repository, id: PackageId) -> PackageAt:
        """The package of those coordinates in a repository.

        :raises ResourceNotFoundException: rule E-12.
        """
        found = repository.package(id.key)
        if found is None:
            raise self.no_package(repository, id)
        return PackageAt(repository, id, found)

    def no_package(self, repository: Repository, id: PackageId) -> ResourceNotFoundException:
        """The answer for a package that is not there (rule E-12)."""
        return ResourceNotFoundException(
            f"The {id.format} package '{_printed(id)}' does not exist in repository '{repository.name}'.",
            id.name,
            "package",
        )

    def version(self, at: PackageAt, name: str) -> Version:
        """A version of a package.

        :raises ResourceNotFoundException: rules S-8 and E-16.
        """
        name = at.id.version_name(name)
        found = at.package.version(name)
        if found is None:
            raise ResourceNotFoundException(
                f"The {at.id.format} package version '{_printed(at.id)}' '{name}' does not exist in repository "
                f"'{at.repository.name}'.",
                name,
                "package-version",
            )
        return found

    def asset(self, at: PackageAt, version: Version, name: str) -> Asset:
        """An asset of a version.

        :raises ResourceNotFoundException: rules A-4 and E-16.
        """
        found = version.asset(name)
        if found is None:
            raise ResourceNotFoundException(
                f"The asset '{name}' does not exist in version '{version.version}' of package '{_printed(at.id)}'.",
                name,
                "asset",
            )
        return found

    def group(self, domain: Domain, pattern: str) -> Group:
        """The package group of that pattern.

        :raises ResourceNotFoundException: rules E-16 and G-25.
        """
        found = domain.group(pattern)
        if found is None:
            raise ResourceNotFoundException(
                f"Package group not found. Package group '{pattern}' in domain '{domain.name}' owned by account "
                f"'{domain.owner}' does not exist."
            )
        return found

    def page(
        self,
        after: Callable[[Any], Iterable[_Item]],
        position: Callable[[_Item], Any],
        *,
        limit: int,
        token: str | None,
        of: Hashable = None,
    ) -> Page[_Item]:
        """One page of the list that this call asks for; see :meth:`.Tokens.page`.

        :param of: the identity of what is listed, where its name alone does not tell (a re-created repository).
        """
        limit = min(limit, self.options.page_size or limit)
        return self.tokens.page(self._question(), of, after, position, limit, token)

    def check_token(self) -> None:
        """Refuse a page token that does not belong to what this call asks; part of the validation of the request.

        :raises ValidationException: rules V-7 and L-10.
        """
        token = self.params.get("nextToken")
        if token is not None:
            self.tokens.check(self._question(), token)

    def _question(self) -> Question:
        asked = {name: value for name, value in self.params.items() if name not in ("maxResults", "nextToken")}
        return Question(self.operation, (repr(sorted(asked.items())), self.caller))

    def removed_package(self, at: PackageAt) -> None:
        """Take down that the call removes a package, for whoever asserts on it and for the events that follow."""
        self._deleted(at.repository, tree.get(at.repository.packages, at.package.key))

    def removed_versions(self, at: PackageAt, names: Iterable[str]) -> None:
        """Take down which versions of a package the call removes, as :meth:`removed_package` does."""
        self._deleted(at.repository, at.package.without_versions, _versions(at.package, names))

    def disposed_versions(self, at: PackageAt, names: Iterable[str]) -> None:
        """Take down which versions the call disposes of, for whoever asserts on it."""
        versions = _versions(at.package, names)
        self.removals.append(self._removal(at.repository, at.package.without_versions, versions))

    def removed_repository(self, repository: Repository) -> None:
        """Take down that the call removes a repository, for whoever asserts on it."""
        self.removals.append(self._removal(repository, None)._replace(packages=repository.packages))

    def _deleted(self, repository: Repository, package: Entry | None, versions: tuple[Entry, ...] = ()) -> None:
        removal = self._removal(repository, package, versions)
        self.removals.append(removal)
        self.changes.append(removal)

    def _removal(self, repository: Repository, package: Entry | None, versions: tuple[Entry, ...] = ()) -> Removal:
        return Removal(repository.place, repository.administrator, self.now, package, versions)

    def changed(self, repository: Repository, package_key: str, before: Version | None, after: Version | None) -> None:
        """Take down what the call does to a version, for the events that follow from it (rule EV-1)."""
        change = Change(repository.place, repository.administrator, package_key, self.now, before, after)
        self.changes.append(change)


def _versions(package: Package, names: Iterable[str]) -> tuple[Entry, ...]:
    return tuple(entry for name in names if (entry := tree.get(package.versions, name)) is not None)


def _printed(id: PackageId) -> str:
    """A package in the service's messages (rule E-16).

    Decision: the one paste of a namespaced package, a Maven one, shows the bare name; npm's scope is kept, as nobody
    reads a scoped name without it.
    """
    return id.full_name if id.format == "npm" else id.name
