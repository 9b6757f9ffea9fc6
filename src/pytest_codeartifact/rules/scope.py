"""What one call can see: resolves names to entities, or raises the service's errors.

Defines the caller, the order of look-ups (rule E-5) and the message of each miss (rules E-10 to E-16). What is done
with the entities is up to the operations.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from ..clock import Clock
from ..errors import AccessDeniedException, ResourceNotFoundException, ValidationException
from ..http import Caller
from ..names.packages import FORMATS, PackageId
from ..settings import Options
from ..state import tree
from ..state.entities import Asset, Domain, Group, Package, Repository, Version
from ..state.quotas import Quotas
from ..state.store import State
from ..state.tree import Entry
from . import arns
from .effects import Effect, Removal, VersionChange
from .paging import Page, Question, Tokens

_Item = TypeVar("_Item")


class PackageAt(NamedTuple):
    """A package and where it is."""

    repository: Repository
    id: PackageId
    package: Package


@dataclass(slots=True)
class Scope:
    """What one call sees and may write.

    ``operation`` and ``params`` are what was called, if it is an operation; ``served_at`` is as in the request.
    ``failing`` are the versions that a test wants to fail in a batch, and the codes they fail with. ``effects`` is what
    the call has done so far.
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
    effects: list[Effect] = field(default_factory=list)

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
        home = self.state.domain(self.caller.region, owner, name)
        if home is not None:
            return home
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
        repository = domain.repository(name)
        if repository is None:
            raise ResourceNotFoundException(
                f"Repository not found. Repository '{name}' in domain '{domain.name}' owned by account "
                f"'{domain.owner}' does not exist.",
                name,
                "repository",
            )
        return repository

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
        package = repository.package(id.key)
        if package is None:
            raise self.no_package(repository, id)
        return PackageAt(repository, id, package)

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
        version = at.package.version(name)
        if version is None:
            raise ResourceNotFoundException(
                f"The {at.id.format} package version '{_printed(at.id)}' '{name}' does not exist in repository "
                f"'{at.repository.name}'.",
                name,
                "package-version",
            )
        return version

    def asset(self, at: PackageAt, version: Version, name: str) -> Asset:
        """An asset of a version.

        :raises ResourceNotFoundException: rules A-4 and E-16.
        """
        asset = version.asset(name)
        if asset is None:
            raise ResourceNotFoundException(
                f"The asset '{name}' does not exist in version '{version.version}' of package '{_printed(at.id)}'.",
                name,
                "asset",
            )
        return asset

    def group(self, domain: Domain, pattern: str) -> Group:
        """The package group of that pattern.

        :raises ResourceNotFoundException: rules E-16 and G-25.
        """
        group = domain.group(pattern)
        if group is None:
            raise ResourceNotFoundException(
                f"Package group not found. Package group '{pattern}' in domain '{domain.name}' owned by account "
                f"'{domain.owner}' does not exist."
            )
        return group

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

    def changed(self, repository: Repository, package_key: str, before: Version | None, after: Version | None) -> None:
        """Record what the call does to a version."""
        change = VersionChange(repository.place, repository.administrator, package_key, self.now, before, after)
        self.effects.append(change)

    def removed_package(self, at: PackageAt) -> None:
        """Record that the call removes a package with all its versions."""
        self._removed(at.repository, tree.get(at.repository.packages, at.package.key))

    def removed_versions(self, at: PackageAt, names: Iterable[str]) -> None:
        """Record which versions of a package the call removes."""
        self._removed(at.repository, at.package.without_versions, versions=_entries(at.package, names))

    def disposed_versions(self, at: PackageAt, names: Iterable[str]) -> None:
        """Record which versions of a package the call disposes of."""
        versions = _entries(at.package, names)
        self._removed(at.repository, at.package.without_versions, versions=versions, disposes=True)

    def removed_repository(self, repository: Repository) -> None:
        """Record that the call removes a repository with all its packages."""
        self._removed(repository, None, packages=repository.packages)

    def _removed(self, repository: Repository, package: Entry | None, **what: Any) -> None:
        self.effects.append(Removal(repository.place, repository.administrator, self.now, package, **what))


def _entries(package: Package, names: Iterable[str]) -> tuple[Entry, ...]:
    return tuple(entry for name in names if (entry := tree.get(package.versions, name)) is not None)


def _printed(id: PackageId) -> str:
    """A package in the service's messages (rule E-16).

    Decision: the one paste of a namespaced package, a Maven one, shows the bare name; npm's scope is kept, as nobody
    reads a scoped name without it.
    """
    return id.full_name if id.format == "npm" else id.name
