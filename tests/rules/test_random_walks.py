"""Random walks through a fake that is large enough for its maps to split and to thin out, against plain dictionaries.

`tox run -e soak` walks for longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pytest_codeartifact import FakeCodeArtifact, PackageId, VersionStatus, generic, maven, npm, pypi

from ..support.acme import ACME, TEAM, of

Contents = dict[PackageId, dict[str, str]]
"""The contents of a repository: the status of each version of each package."""

KINDS = [
    pypi,
    npm,
    lambda name: npm(f"@scope/{name}"),
    lambda name: maven("org.a", name),
    lambda name: generic("n", name),
]
NUMBERS = st.integers(0, 2999)
VERSIONS = st.sampled_from(["1.0.0", "1.1.0", "2.0.0-rc"])
STATUSES = st.sampled_from(["Published", "Unlisted", "Archived"])


def order(id: PackageId) -> tuple[str, str, str]:
    """Packages are listed by format, namespace and name (rule L-1)."""
    return id.format, id.namespace or "", id.name


@dataclass
class Listing:
    """A list of packages whose pages are asked for one by one, while other things happen."""

    params: dict[str, Any]
    candidates: set[PackageId] = field(default_factory=set)  # packages that exist since before its first page
    possible: set[PackageId] = field(default_factory=set)  # packages that existed at some time since
    seen: list[PackageId] = field(default_factory=list)
    token: str | None = None

    @classmethod
    def of(cls, there: Iterable[PackageId], **params: Any) -> Listing:
        """A list of some of the packages that are there; a parameter that is None is not sent."""
        listing = cls({name: value for name, value in params.items() if value is not None})
        listing.candidates.update(filter(listing.matches, there))
        listing.possible.update(listing.candidates)
        return listing

    def matches(self, id: PackageId) -> bool:
        """Whether such packages belong to the list."""
        asked = self.params
        return asked.get("format", id.format) == id.format and id.name.startswith(asked.get("packagePrefix", ""))


class Walk(RuleBasedStateMachine):
    """Actions of a client on a repository, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeCodeArtifact().__enter__()
        self.client = self.fake.client()
        acme = self.fake.add_domain("acme")
        self.team = acme.add_repository("team")
        self.there: Contents = {}
        self.deleted: set[PackageId] = set()
        self.listing: Listing | None = None

    def teardown(self) -> None:
        everything = self.walk_through(self.client)
        self.fake.__exit__(None, None, None)
        assert everything == sorted(self.there, key=order)

    def some_package(self, data: st.DataObject) -> PackageId:
        """An id, usually of an existing package."""
        there = sorted(self.there, key=order)
        kind, number = data.draw(st.sampled_from(KINDS)), data.draw(NUMBERS)
        if there and number % 5:
            return there[number % len(there)]
        id: PackageId = kind(f"tool-{number:04}")
        return id

    def walk_through(self, client: Any, **params: Any) -> list[PackageId]:
        """All packages that are listed."""
        pages = client.get_paginator("list_packages").paginate(**TEAM, **params)
        return [listed(package) for page in pages for package in page["packages"]]

    def come(self, *ids: PackageId) -> None:
        """Packages may appear on later pages of the list that has been begun."""
        if self.listing is not None:
            self.listing.possible.update(filter(self.listing.matches, ids))

    def delete(self, id: PackageId) -> None:
        """Delete a package that is there; it need not appear on later pages of the list that has been begun."""
        self.client.delete_package(**of(id))
        del self.there[id]
        self.deleted.add(id)
        if self.listing is not None:
            self.listing.candidates.discard(id)

    # Actions of a test and of a client

    @initialize(count=st.sampled_from([0, 20, 700, 3000]), kind=st.sampled_from(KINDS))
    def seed(self, count: int, kind: Any) -> None:
        ids = [kind(f"tool-{number:04}") for number in range(count)]
        self.team.add_packages(ids, versions=["1.0.0"])
        self.there = {id: {"1.0.0": "Published"} for id in ids}

    @rule(kind=st.sampled_from(KINDS), start=NUMBERS, count=st.integers(1, 400), step=st.integers(1, 7))
    def seed_more(self, kind: Any, start: int, count: int, step: int) -> None:
        ids = {kind(f"tool-{(start + number * step) % 3000:04}") for number in range(count)} - self.there.keys()
        self.team.add_packages(ids, versions=["1.0.0", "1.1.0"])
        self.there |= {id: {"1.0.0": "Published", "1.1.0": "Published"} for id in ids}
        self.come(*ids)

    @rule(data=st.data(), version=VERSIONS, status=STATUSES)
    def seed_version(self, data: st.DataObject, version: str, status: VersionStatus) -> None:
        id = self.some_package(data)
        if id not in self.there:
            self.team.add_package(id)
        if version not in self.there.setdefault(id, {}):
            self.team.packages[id].add_version(version, status=status)
            self.there[id][version] = status
        self.come(id)

    @rule(data=st.data())
    def delete_package(self, data: st.DataObject) -> None:
        id = self.some_package(data)
        if id in self.there:
            self.delete(id)
        else:
            with pytest.raises(ClientError, match="ResourceNotFoundException"):
                self.client.delete_package(**of(id))

    @rule(data=st.data(), count=st.integers(1, 300))
    def delete_many(self, data: st.DataObject, count: int) -> None:
        ids = sorted(self.there, key=order)
        start = data.draw(st.integers(0, len(ids)))
        for id in ids[start : start + count]:
            self.delete(id)

    @rule(data=st.data(), versions=st.sets(VERSIONS, min_size=1))
    def delete_versions(self, data: st.DataObject, versions: set[str]) -> None:
        id = self.some_package(data)
        if id not in self.there:
            return
        answer = self.client.delete_package_versions(**of(id), versions=sorted(versions))
        there = self.there[id]
        if versions <= there.keys():
            assert answer["successfulVersions"].keys() == versions
            self.there[id] = {version: status for version, status in there.items() if version not in versions}
        else:
            assert answer["failedVersions"].keys() == versions

    @rule(data=st.data(), version=VERSIONS, status=STATUSES)
    def update_status(self, data: st.DataObject, version: str, status: str) -> None:
        id = self.some_package(data)
        if version in self.there.get(id, {}):
            self.client.update_package_versions_status(**of(id), versions=[version], targetStatus=status)
            self.there[id][version] = status

    # Responses

    @rule(data=st.data())
    def versions_are_listed(self, data: st.DataObject) -> None:
        id = self.some_package(data)
        if id in self.there:
            listed = self.client.list_package_versions(**of(id))["versions"]
            assert {version["version"]: version["status"] for version in listed} == self.there[id]

    @rule(format=st.sampled_from([None, "npm", "pypi", "maven"]), prefix=st.sampled_from([None, "tool-1", "tool-042"]))
    def packages_are_listed(self, format: str | None, prefix: str | None) -> None:
        listing = Listing.of([], format=format, packagePrefix=prefix)
        assert self.walk_through(self.client, **listing.params) == sorted(
            filter(listing.matches, self.there), key=order
        )

    @rule(
        size=st.integers(1, 200),
        format=st.sampled_from([None, "npm", "pypi"]),
        prefix=st.sampled_from([None, "tool-", "tool-1"]),
    )
    def a_list_is_begun(self, size: int, format: str | None, prefix: str | None) -> None:
        self.listing = Listing.of(self.there, maxResults=size, format=format, packagePrefix=prefix)
        self.a_page_is_turned()

    @precondition(lambda self: self.listing is not None)
    @rule()
    def a_page_is_turned(self) -> None:
        listing = self.listing
        assert listing is not None
        token = {} if listing.token is None else {"nextToken": listing.token}
        page = self.client.list_packages(**TEAM, **listing.params, **token)
        assert len(page["packages"]) <= listing.params["maxResults"]
        listing.seen += map(listed, page["packages"])
        assert listing.seen == sorted(set(listing.seen), key=order)
        assert listing.possible.issuperset(listing.seen)
        listing.token = page.get("nextToken")
        if listing.token is None:
            assert listing.candidates.issubset(listing.seen)
            self.listing = None

    @rule(data=st.data())
    def a_fork_goes_its_own_way(self, data: st.DataObject) -> None:
        id = self.some_package(data)
        with self.fake.fork() as fork:
            client = fork.client()
            if id in self.there:
                client.delete_package(**of(id))
            else:
                fork.repository("acme", "team").add_package(id)
            assert set(fork.repository("acme", "team").packages) == self.there.keys() ^ {id}
            assert set(fork.repository("acme", "team").deleted) == {id} & self.there.keys()

    @invariant()
    def everything_is_counted(self) -> None:
        assert len(self.team.packages) == len(self.there)
        assert self.team.deleted == self.deleted
        assert self.client.describe_domain(**ACME)["domain"]["repositoryCount"] == 1


def listed(package: dict[str, Any]) -> PackageId:
    """The package that an item of a list speaks of."""
    return PackageId(package["format"], package.get("namespace"), package["package"])


TestWalk = Walk.TestCase
TestWalk.settings = settings(stateful_step_count=30)
