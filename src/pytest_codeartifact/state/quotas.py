"""The quotas of the service (behaviour reference, section 20)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ..errors import SeedError, near, shown

_REGIONS_WITH_350_ASSETS = frozenset({"us-east-1", "us-east-2", "ap-south-1", "eu-central-1", "eu-west-1", "eu-west-3"})


@dataclass
class Quotas:
    """The quotas, which a test can change. They limit operations, not seeds.

    ``assets_per_version`` None means 350 or 150, depending on the region. ``asset_bytes`` is 5 GiB.

    :raises SeedError: when an unknown quota or an invalid number is set.
    """

    domains: int = 10
    repositories_per_domain: int = 1000
    direct_upstreams: int = 10
    searched_repositories: int = 25
    assets_per_version: int | None = None
    asset_bytes: int = 5 * 1024**3
    tags: int = 50

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _NAMES:
            raise SeedError(f"There is no quota {name!r}. {near(name, _NAMES)}")
        unlimited = value is None and name == "assets_per_version"
        if not unlimited and (type(value) is not int or value < 0):
            raise SeedError(f"The quota {name} must be a number, 0 or more, not {shown(value)}.")
        super().__setattr__(name, value)


def assets_in(region: str, quotas: Quotas) -> int:
    """The maximum number of assets per package version in a region (rule P-9)."""
    if quotas.assets_per_version is not None:
        return quotas.assets_per_version
    return 350 if region in _REGIONS_WITH_350_ASSETS else 150


_NAMES = frozenset(field.name for field in dataclasses.fields(Quotas))  # computed once, because every fork needs it
