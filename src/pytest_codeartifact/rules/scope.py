"""The context of one call: finds entities by name, or raises the service's errors.

Defines the order of look-ups (rule E-5) and the message for each missing entity (rules E-10 to E-16). The operations
decide what they do with the entities.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from ..clock import ServiceClock
from ..errors import AccessDeniedException, ResourceNotFoundException, ValidationException
from ..http import Caller
from ..names.formats import FORMATS
from ..names.packages import PackageId
from ..settings import Options
from ..state import tree
from ..state.entities import Asset, Domain, Group, Package, Repository, Version
from ..state.quotas import Quotas
from ..state.store import State
from ..state.tree import EMPTY, Entry, Node
from . import arns
from .authorization_tokens import AuthorizationTokens
from .effects import Effect, Removal, VersionChange
from .paging import ListKey, Page, Tokens

_Item = TypeVar("_Item")


class ExistingPackage(NamedTuple):
    """The records of a repository and of a package in it, as an operation finds them.

    ``id`` is in the spelling of the request.
    """

    repository: Repository
    id: PackageId
    record: Package


@dataclass(eq=False, repr=False)
class Scope:
    """The state and the context of one call.

    ``operation`` and ``params`` are those of the call, empty for ``publish`` and ``fetch`` of a handle. ``served_at``
    is the base URL of repository endpoints: that of the server of this request, or of the server that was opened last,
    None without a server. ``planned_failures`` has the planned error codes of versions in a batch. ``effects`` are the
    effects of the call so far.
    """

    state: State
    caller: Caller
    clock: ServiceClock
    quotas: Quotas
    tokens: Tokens
    authorization_tokens: AuthorizationTokens
    options: Options
    operation: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    served_at: str | None = None
    planned_failures: Mapping[str, str] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)

    @property
    def now(self) -> int:
        """The current time in milliseconds since the epoch."""
        return self.clock.millis()

    def domain(self, name: str, owner: str | None) -> Domain:
        """The domain of that name. Without an owner, the caller's own (rule X-1).

        :raises ResourceNotFoundException: rule E-10.
        :raises AccessDeniedException: rule X-3, for an unknown domain of another account, if the fake was created with
            ``foreign_domains="denied"``.
        """
        owner = owner or self.caller.account
        domain_record = self.state.domain(self.caller.region, owner, name)
        if domain_record is not None:
            return domain_record
        if owner != self.caller.account and self.options.foreign_domains == "denied":
            raise self.denied(arns.domain(self.caller.region, owner, name))
        raise self.domain_not_found(name, owner)

    def domain_not_found(self, name: str, owner: str) -> ResourceNotFoundException:
        """The error for a domain that does not exist (rule E-10)."""
        return ResourceNotFoundException(
            f"Domain not found. Domain '{name}' owned by account '{owner}' does not exist.", name, "domain"
        )

    def denied(self, resource_arn: str) -> AccessDeniedException:
        """The error for a caller from another account without permission (rule E-22)."""
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
        """The coordinates of a request, normalised for the formats whose names the API normalises (rules F-1 to F-6).

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
        return PackageId.exact(rules.name, *rules.normalised(namespace, name), name)

    def package(
        self, domain: str, domain_owner: str | None, repository: str, format: str, namespace: str | None, package: str
    ) -> ExistingPackage:
        """The package of those coordinates in a repository.

        :raises ValidationException: rules F-2 and F-3.
        :raises ResourceNotFoundException: rules E-10 to E-12.
        """
        id = self.package_id(format, namespace, package)
        return self.package_in(self.repository(domain, domain_owner, repository), id)

    def package_in(self, repository: Repository, id: PackageId) -> ExistingPackage:
        """The package of those coordinates in a repository.

        :raises ResourceNotFoundException: rule E-12.
        """
        record = repository.package(id.key)
        if record is None:
            raise self.package_not_found(repository, id)
        return ExistingPackage(repository, id, record)

    def package_not_found(self, repository: Repository, id: PackageId) -> ResourceNotFoundException:
        """The error for a package that does not exist (rule E-12)."""
        return ResourceNotFoundException(
            f"The {id.format} package '{_printed(id)}' does not exist in repository '{repository.name}'.",
            id.name,
            "package",
        )

    def version(self, package: ExistingPackage, name: str) -> Version:
        """A version of a package.

        :raises ResourceNotFoundException: rules S-8 and E-16.
        """
        name = package.id.version_name(name)
        version = package.record.version(name)
        if version is None:
            raise ResourceNotFoundException(
                f"The {package.id.format} package version '{_printed(package.id)}' '{name}' does not exist in "
                f"repository '{package.repository.name}'.",
                name,
                "package-version",
            )
        return version

    def asset(self, id: PackageId, version: Version, name: str) -> Asset:
        """An asset of a version.

        :raises ResourceNotFoundException: rules A-4 and E-16.
        """
        asset = version.asset(name)
        if asset is None:
            raise ResourceNotFoundException(
                f"The asset '{name}' does not exist in version '{version.version}' of package '{_printed(id)}'.",
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
        """One page of the list that this call requests, see :meth:`.Tokens.page`.

        :param of: the identity of the listed resource, to distinguish a re-created repository from the previous one.
        """
        limit = min(limit, self.options.page_size or limit)
        return self.tokens.page(self._list_key(), of, after, position, limit, token)

    def check_token(self) -> None:
        """Refuse a page token that does not belong to this request. Part of the validation of the request.

        :raises ValidationException: rules V-7 and L-10.
        """
        token = self.params.get("nextToken")
        if token is not None:
            self.tokens.check(self._list_key(), token)

    def _list_key(self) -> ListKey:
        params = {name: value for name, value in self.params.items() if name not in ("maxResults", "nextToken")}
        return ListKey(self.operation, (repr(sorted(params.items())), self.caller))  # repr: values may be lists

    def changed(self, repository: Repository, package_key: str, before: Version | None, after: Version | None) -> None:
        """Record that the call creates, changes or deletes a version."""
        change = VersionChange(repository.place, repository.administrator, package_key, self.now, before, after)
        self.effects.append(change)

    def removed_package(self, package: ExistingPackage) -> None:
        """Record that the call removes a package with all its versions."""
        self._removed(package.repository, tree.get(package.repository.packages, package.record.key))

    def removed_versions(self, package: ExistingPackage, names: Iterable[str]) -> None:
        """Record that the call removes versions of a package."""
        self._removed(package.repository, package.record.without_versions, versions=_entries(package.record, names))

    def disposed_versions(self, package: ExistingPackage, names: Iterable[str]) -> None:
        """Record that the call disposes of versions of a package."""
        versions = _entries(package.record, names)
        self._removed(package.repository, package.record.without_versions, versions=versions, disposes=True)

    def removed_repository(self, repository: Repository) -> None:
        """Record that the call removes a repository with all its packages."""
        self._removed(repository, None, packages=repository.packages)

    def _removed(
        self,
        repository: Repository,
        package: Entry | None,
        *,
        versions: tuple[Entry, ...] = (),
        packages: Node = EMPTY,
        disposes: bool = False,
    ) -> None:
        removal = Removal(repository.place, repository.administrator, self.now, package, versions, packages, disposes)
        self.effects.append(removal)


def _entries(record: Package, names: Iterable[str]) -> tuple[Entry, ...]:
    return tuple(entry for name in names if (entry := tree.get(record.versions, name)) is not None)


def _printed(id: PackageId) -> str:
    """The name of a package in the service's messages (rule E-16).

    Decision: in the only known message about a package with a namespace, a Maven one, the name stands alone. Names of
    npm packages keep their scope here, because a scoped name is hard to recognise without it.
    """
    return id.full_name if id.format == "npm" else id.name
