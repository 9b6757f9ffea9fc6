"""The names of the resources of a run, and the check that requests concern no others."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

PREFIX = "pytest-codeartifact-live-"
TAG = "pytest-codeartifact-live"
"""The key of the tag of a domain that a run has made. Its value is the id of the run."""

ACCOUNT_WIDE = {"ListDomains": "domains", "ListRepositories": "repositories"}
"""The operations that also list resources of others, and the member with the list."""


class Trespass(Exception):
    """A scenario sends a request outside of the domain of its run."""


class Names(NamedTuple):
    """The names of a run."""

    account: str
    region: str
    run: str
    """12 random hexadecimal digits, in the name of each domain."""

    @classmethod
    def of_a_new_run(cls, account: str, region: str) -> Names:
        return cls(account, region, secrets.token_hex(6))

    @property
    def domain(self) -> str:
        """The domain of all scenarios."""
        return f"{PREFIX}{self.run}"

    def owns(self, domain: object) -> bool:
        """Whether a domain has a name of this run."""
        return isinstance(domain, str) and (domain == self.domain or domain.startswith(f"{self.domain}-"))

    def check(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """Refuse a request that could touch anything but the run's own domains.

        :raises Trespass: it could.
        """
        if operation in ACCOUNT_WIDE:
            return
        arn = re.fullmatch(r"arn:[\w-]+:codeartifact:[^:]*:[^:]*:[\w-]+/([^/]+).*", parameters.get("resourceArn", ""))
        domain = arn[1] if arn else parameters.get("domain")
        if not self.owns(domain) or parameters.get("domainOwner", self.account) != self.account:
            raise Trespass(f"{operation} of domain {domain!r} is no business of the run {self.run}.")

    def own(self, operation: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The items of an account-wide list that this run has created."""
        member = "name" if operation == "ListDomains" else "domainName"
        return [item for item in items if self.owns(item.get(member))]
