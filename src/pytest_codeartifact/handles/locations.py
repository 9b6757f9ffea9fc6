"""Locations: pairs of an account and a region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypedDict

from ..errors import SeedError, ServiceError
from ..http import Caller
from ..names.group_patterns import ROOT
from ..rules import arns
from . import arguments, timestamps
from .domains import Domain
from .handle import Handle
from .mappings import Entities
from .repositories import Repository

if TYPE_CHECKING:
    from ..literals import RestrictionMode, RestrictionType


class DomainSettings(TypedDict, total=False):
    """The keywords of :meth:`Location.add_domain`, which documents them."""

    encryption_key: str | None
    tags: Mapping[str, str] | None
    policy: Mapping[str, object] | str | None
    restrictions: Mapping[RestrictionType, RestrictionMode] | None
    created: timestamps.Timestamp | None
    policy_revision: str | None


class _Domains(Entities[str, Domain]):
    """The domains of an account in a region."""

    _kind = "domain"

    @property
    def _place(self) -> str:
        region, account = self._pointer.path
        return f"account {account} in {region}"

    def _find(self, key: str) -> Domain | None:
        region, account = self._pointer.path
        domain = self._pointer.service.state.domain(region, account, key)
        return None if domain is None else Domain(self._pointer.under(key))

    def _similar(self, key: str) -> Iterable[str]:  # noqa: ARG002  # few domains
        return self

    def __iter__(self) -> Iterator[str]:
        return (domain.name for domain in self._pointer.service.state.domains_of(*self._pointer.path))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Location(Handle):
    """An account in a region of a fake; see :meth:`.FakeCodeArtifact.at`."""

    __slots__ = ()

    @property
    def account(self) -> str:
        """The account, 12 digits."""
        return self._pointer.path[1]

    @property
    def region(self) -> str:
        """The region."""
        return self._pointer.path[0]

    def add_domain(
        self,
        name: str,
        *,
        encryption_key: str | None = None,
        tags: Mapping[str, str] | None = None,
        policy: Mapping[str, object] | str | None = None,
        restrictions: Mapping[RestrictionType, RestrictionMode] | None = None,
        created: timestamps.Timestamp | None = None,
        policy_revision: str | None = None,
    ) -> Domain:
        """Seed a domain. The quota of domains does not apply to seeds.

        :param encryption_key: as CreateDomain takes it: key id, key ARN, alias or alias ARN.
        :param restrictions: the modes of its root package group that are not ALLOW: ``{"PUBLISH": "BLOCK"}``.
        :param created: the time of creation, with a time zone. Default: the time of the clock.
        :param policy_revision: an opaque string. Default: derived from the name.
        :raises SeedError: an argument is not valid, or a domain of that name exists already.
        """
        arguments.check("DomainName", name, "domain name")
        checked_tags, modes = arguments.tags(tags), arguments.group_modes(ROOT, restrictions)
        try:
            key = arns.encryption_key(Caller(self.account, self.region), encryption_key)
        except ServiceError as error:
            raise SeedError(error.message) from None
        with self._pointer.service.writing() as state:
            if state.domain(self.region, self.account, name) is not None:
                raise SeedError(
                    f"There is a domain {name!r} in account {self.account}, region {self.region} already. "
                    f"Read it with domain({name!r})."
                )
            timestamp = timestamps.millis(created, self._pointer.service.clock.millis())
            domain = state.create_domain(self.region, self.account, name, timestamp, key)
            checked_policy = arguments.policy(policy, f"domain {name}", policy_revision)
            state.put_domain(domain._replace(tags=checked_tags, policy=checked_policy))
            root = domain.group(ROOT)
            assert root is not None, "a domain is created with it"
            state.put_group(domain, root._replace(modes=root.modes | modes))
        return Domain(self._pointer.under(name))

    @property
    def domains(self) -> Entities[str, Domain]:
        """The domains, by name."""
        return _Domains(self._pointer)

    def domain(self, name: str) -> Domain:
        """The domain of that name.

        :raises NotThere: there is none.
        """
        return self.domains[name]

    def repository(self, domain: str, name: str) -> Repository:
        """A repository by the names of its domain and its own.

        :raises NotThere: there is none.
        """
        return self.domains[domain].repositories[name]

    def __repr__(self) -> str:
        return f"<account {self.account} in {self.region}>"
