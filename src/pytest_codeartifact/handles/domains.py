"""Domains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..clock import from_millis
from ..errors import SeedError, shown
from ..journal import snapshots
from ..rules import arns
from ..state import entities, tree
from . import arguments, references, timestamps, updates
from .groups import PackageGroup
from .handle import Handle
from .mappings import Entities, NamedEntities
from .repositories import Repository

if TYPE_CHECKING:
    from ..literals import ExternalConnection, RestrictionMode, RestrictionType

_Value = TypeVar("_Value")


class _InDomain(NamedEntities[_Value]):
    """Entities of a domain."""

    @property
    def _place(self) -> str:
        return f"domain {self._pointer.path[2]!r}"


class _Repositories(_InDomain[Repository]):
    """The repositories of a domain."""

    _kind = "repository"

    def _find(self, key: str) -> Repository | None:
        repository = self._pointer.domain().repository(key)
        return None if repository is None else Repository(self._pointer.under(key))

    @property
    def _map(self) -> tree.Node:
        return self._pointer.domain().repositories


class _PackageGroups(_InDomain[PackageGroup]):
    """The package groups of a domain."""

    _kind = "package group"

    def _find(self, key: str) -> PackageGroup | None:
        group = self._pointer.domain().group(key)
        return None if group is None else PackageGroup(self._pointer.under(key))

    @property
    def _map(self) -> tree.Node:
        return self._pointer.domain().groups


class Domain(Handle):
    """A domain."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self._pointer.path[2]

    @property
    def account(self) -> str:
        """The account that owns it."""
        return self._pointer.path[1]

    @property
    def region(self) -> str:
        """The region it is in."""
        return self._pointer.path[0]

    @property
    def arn(self) -> str:
        """Its ARN (rule X-5)."""
        return arns.of(self._pointer.domain())

    @property
    def encryption_key(self) -> str:
        """The ARN of its key (rule D-1)."""
        return self._pointer.domain().encryption_key

    @property
    def created(self) -> dt.datetime:
        """When it was created, in UTC."""
        return from_millis(self._pointer.domain().created)

    @property
    def asset_size_bytes(self) -> int:
        """The size of all its distinct assets (rule D-7)."""
        return self._pointer.domain().asset_bytes

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, as a copy."""
        return dict(self._pointer.domain().tags)

    @property
    def policy(self) -> Any:
        """The permissions policy as parsed JSON; None if there is none."""
        return snapshots.parsed_policy(self._pointer.domain().policy)

    def add_repository(
        self,
        name: str,
        *,
        upstreams: Iterable[str | Repository | Mapping[str, str]] = (),
        external_connection: ExternalConnection | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        policy: Mapping[str, object] | str | None = None,
        administrator: str | None = None,
        created: timestamps.Timestamp | None = None,
        policy_revision: str | None = None,
    ) -> Repository:
        """Seed a repository. The quotas do not apply to seeds.

        :param upstreams: repositories of this domain, in the order in which they are searched. ``{"gone": "name"}`` is
            one that was deleted and is still listed (rule R-8).
        :param external_connection: an ``ExternalConnection``, such as ``"public:npmjs"`` (rule U-4).
        :param administrator: the account that administers it. Default: the owner of the domain (rule X-2).
        :param created: the time of creation, with a time zone. Default: the time of the clock.
        :param policy_revision: an opaque string. Default: derived from the name.
        :raises SeedError: an argument is not valid, the repository exists already, an upstream or the external
            connection does not exist, or upstreams and an external connection are both given (rule U-1).
        """
        arguments.check("RepositoryName", name, "repository name")
        if administrator is not None:
            arguments.check("AccountId", administrator, "account")
        checked_tags = arguments.tags(tags)
        with self._pointer.service.writing() as state:
            sources = references.sources(state, self._pointer.domain(), upstreams, external_connection)
            if self._pointer.domain().repository(name) is not None:
                raise SeedError(
                    f"There is a repository {name!r} in domain {self.name!r} already. "
                    f"Read it with repositories[{name!r}]."
                )
            state.put_repository(
                entities.Repository(
                    name,
                    self.region,
                    self.account,
                    self.name,
                    state.new_uid(),
                    administrator or self.account,
                    timestamps.millis(created, self._pointer.service.clock.millis()),
                    arguments.description(description),
                    sources,
                    external_connection,
                    checked_tags,
                    arguments.policy(policy, f"repository {name}", policy_revision),
                )
            )
        return Repository(self._pointer.under(name))

    def add_package_group(
        self,
        pattern: str,
        *,
        restrictions: Mapping[RestrictionType, RestrictionMode] | None = None,
        allowed_repositories: Mapping[RestrictionType, Iterable[str | Repository]] | None = None,
        contact_info: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        created: timestamps.Timestamp | None = None,
    ) -> PackageGroup:
        """Seed a package group.

        :param restrictions: the modes that are not INHERIT, by type: ``{"PUBLISH": "BLOCK"}``, a
            ``RestrictionMode`` by ``RestrictionType`` (rule G-18).
        :param allowed_repositories: by restriction type with mode ALLOW_SPECIFIC_REPOSITORIES.
        :param created: the time of creation, with a time zone. Default: the time of the clock.
        :raises SeedError: an argument is not valid, the group exists already, or a repository does not exist.
        """
        if self._pointer.domain().group(pattern) is not None:
            raise SeedError(f"There is a package group {shown(pattern)} in domain {self.name!r} already.")
        updates.seed_group(
            self._pointer,
            pattern,
            created=created,
            restrictions=restrictions,
            allowed_repositories=allowed_repositories,
            contact_info=contact_info,
            description=description,
            tags=tags,
        )
        return PackageGroup(self._pointer.under(pattern))

    @property
    def repositories(self) -> Entities[str, Repository]:
        """The repositories, by name."""
        return _Repositories(self._pointer)

    def repository(self, name: str) -> Repository:
        """The repository of that name.

        :raises NotThere: there is none.
        """
        return self.repositories[name]

    @property
    def package_groups(self) -> Entities[str, PackageGroup]:
        """The package groups, by pattern; the root group ``/*`` is among them."""
        return _PackageGroups(self._pointer)

    def __repr__(self) -> str:
        return f"<domain {self.name!r} of {self.account} in {self.region}>"
