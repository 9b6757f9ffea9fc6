"""What a retained version is given after its source was given it (behaviour reference, rules U-13 and U-14).

`team` has the upstream `middle`, which has the upstream `store`, which has the external connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    ExternalConnection,
    FakeCodeArtifact,
    Origin,
    OriginType,
    PackageId,
    Repository,
    ResourceNotFoundException,
    RestrictionType,
    SeedError,
    Version,
    maven,
    npm,
    pypi,
)

from ..support.acme import coordinates

TOOL, AAPT = pypi("tool"), maven("com.android.tools.build", "aapt2")
SOURCES: dict[PackageId, ExternalConnection] = {TOOL: "public:pypi", AAPT: "public:maven-central"}
EARLY, LATE = "early.whl", "late.whl"

both_formats = pytest.mark.parametrize("id", [TOOL, AAPT], ids=str)

Public = Callable[[PackageId], Version]


@pytest.fixture
def public(codeartifact: FakeCodeArtifact) -> Public:
    """Seeds a version with one asset in the public source of its format."""

    def seed(id: PackageId) -> Version:
        package = codeartifact.public_source(SOURCES[id]).add_package(id)
        return package.add_version("1.0", assets={EARLY: b"early"})

    return seed


def chain(domain: Domain, id: PackageId) -> list[Repository]:
    """The repositories `team`, `middle` and `store`."""
    store = domain.add_repository("store", external_connection=SOURCES[id])
    middle = domain.add_repository("middle", upstreams=[store])
    return [domain.add_repository("team", upstreams=[middle]), middle, store]


def fetch(repository: Repository, id: PackageId) -> None:
    """The request that retains a late asset: any install of a Python package, the asset itself of a Maven one."""
    repository.fetch(id, "1.0", asset=LATE if id is AAPT else None)


def assets(repositories: Iterable[Repository], id: PackageId) -> list[set[str] | None]:
    """The assets that each repository has; None where it does not even have the version."""
    return [
        set(repository.packages[id].versions["1.0"].assets) if id in repository.packages else None
        for repository in repositories
    ]


# Late assets, and the repositories that retain them


@pytest.mark.rule("U-13", "U-14", "U-9", "S-3", "S-7")
@both_formats
def test_a_late_public_asset_is_added_where_it_is_requested_and_at_the_connection(
    acme: Domain, public: Public, id: PackageId
) -> None:
    source, repositories = public(id), chain(acme, id)
    retained = repositories[0].fetch(id, "1.0")
    revision, published = retained.revision, retained.published
    source.add_asset(LATE, b"late")

    fetch(repositories[0], id)

    assert assets(repositories, id) == [{EARLY, LATE}, None, {EARLY, LATE}]
    assert retained.assets[LATE] == b"late"
    assert retained.revision != revision
    assert retained.revision == repositories[2].packages[id].versions["1.0"].revision
    assert (retained.status, retained.published) == ("Published", published)


@pytest.mark.rule("U-13", "U-14")
@both_formats
def test_a_late_asset_of_an_upstream_is_added(acme: Domain, id: PackageId) -> None:
    base = acme.add_repository("base")
    base.publish(id, "1.0", {EARLY: b"early"})
    middle = acme.add_repository("middle", upstreams=[base])
    team = acme.add_repository("team", upstreams=[middle])
    team.fetch(id, "1.0")
    base.publish(id, "1.0", {LATE: b"late"})

    fetch(team, id)

    assert assets([team, middle, base], id) == [{EARLY, LATE}, None, {EARLY, LATE}]
    assert team.packages[id].versions["1.0"].revision == base.packages[id].versions["1.0"].revision


@pytest.mark.rule("U-13", "U-14")
@both_formats
def test_a_repository_in_between_passes_versions_on_without_keeping_them(
    acme: Domain, public: Public, id: PackageId
) -> None:
    source, repositories = public(id), chain(acme, id)
    for repository in repositories:
        repository.fetch(id, "1.0")
    source.add_asset(LATE, b"late")

    fetch(repositories[0], id)

    assert assets(repositories, id) == [{EARLY, LATE}, {EARLY}, {EARLY, LATE}]


@pytest.mark.rule("U-13", "U-14")
@both_formats
def test_the_first_download_retains_assets_that_a_stale_upstream_lacks(
    acme: Domain, public: Public, id: PackageId
) -> None:
    source, repositories = public(id), chain(acme, id)
    repositories[2].fetch(id, "1.0")
    source.add_asset(LATE, b"late")

    fetch(repositories[0], id)

    assert assets(repositories, id) == [{EARLY, LATE}, None, {EARLY, LATE}]


@pytest.mark.rule("U-14")
def test_a_maven_version_gets_only_the_requested_late_asset(acme: Domain, public: Public) -> None:
    source, (team, _, store) = public(AAPT), chain(acme, AAPT)
    team.fetch(AAPT, "1.0")
    source.add_asset(LATE, b"late").add_asset("later.jar", b"later")

    team.fetch(AAPT, "1.0")
    team.fetch(AAPT, "1.0", asset=EARLY)
    assert assets([team, store], AAPT) == [{EARLY}, {EARLY}]
    team.fetch(AAPT, "1.0", asset=LATE)

    assert assets([team, store], AAPT) == [{EARLY, LATE}, {EARLY, LATE}]


@pytest.mark.rule("U-13")
def test_any_download_of_a_python_version_adds_all_its_late_assets(acme: Domain, public: Public) -> None:
    source, (team, _, store) = public(TOOL), chain(acme, TOOL)
    team.fetch(TOOL, "1.0")
    source.add_asset(LATE, b"late").add_asset("later.whl", b"later")

    team.fetch(TOOL, "1.0", asset=EARLY)

    assert assets([team, store], TOOL) == [{EARLY, LATE, "later.whl"}] * 2


@pytest.mark.rule("U-13", "U-14", "EV-2")
@both_formats
def test_a_late_asset_has_one_event_for_each_repository(
    codeartifact: FakeCodeArtifact, acme: Domain, public: Public, id: PackageId
) -> None:
    source, repositories = public(id), chain(acme, id)
    repositories[0].fetch(id, "1.0")
    source.add_asset(LATE, b"late")
    earlier = len(codeartifact.events)

    for _ in range(2):
        fetch(repositories[0], id)

    news = [event["detail"] for event in codeartifact.events[earlier:]]
    assert [(one["repositoryName"], one["operationType"]) for one in news] == [
        ("store", "Updated"),
        ("team", "Updated"),
    ]
    assert [one["changes"]["assetsAdded"] for one in news] == [1, 1]


@pytest.mark.rule("U-14")
@pytest.mark.parametrize("id", [AAPT, TOOL], ids=str)
def test_a_missing_asset_is_not_found_and_nothing_is_retained(acme: Domain, public: Public, id: PackageId) -> None:
    public(id)
    repositories = chain(acme, id)

    with pytest.raises(ResourceNotFoundException) as caught:
        repositories[0].fetch(id, "1.0", asset="nowhere.jar")

    assert (caught.value.resource_type, caught.value.resource_id) == ("asset", "nowhere.jar")
    assert assets(repositories, id) == [None, None, None]


@pytest.mark.rule("U-14", "F-7")
def test_other_formats_get_no_late_assets(codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    id = npm("lodash")
    codeartifact.public_source("public:npmjs").add_package(id).add_version("1.0.0", assets={"package.tgz": b"a"})
    store = acme.add_repository("store", external_connection="public:npmjs")

    assert store.fetch(id, "1.0.0", asset="package.tgz").assets == {"package.tgz": b"a"}
    with pytest.raises(ResourceNotFoundException):
        store.fetch(id, "1.0.0", asset="other.tgz")


# What keeps it away


@pytest.mark.rule("U-13", "U-14", "K-8")
@pytest.mark.parametrize("blocked", [0, 1, 2], ids=["here", "between", "connection"])
@both_formats
def test_a_package_that_blocks_upstreams_prevents_late_assets(
    acme: Domain, client: Any, public: Public, id: PackageId, blocked: int
) -> None:
    source, repositories = public(id), chain(acme, id)
    for repository in repositories:
        repository.fetch(id, "1.0")
    client.put_package_origin_configuration(
        domain="acme",
        repository=repositories[blocked].name,
        **coordinates(id),
        restrictions={"publish": "BLOCK", "upstream": "BLOCK"},
    )
    source.add_asset(LATE, b"late")

    assert comes(repositories[0], id) is False
    assert assets(repositories, id) == [{EARLY}, {EARLY}, {EARLY}]


@pytest.mark.rule("U-13", "U-14", "K-8")
@pytest.mark.parametrize("restriction", ["INTERNAL_UPSTREAM", "EXTERNAL_UPSTREAM"])
@both_formats
def test_a_package_group_that_blocks_upstreams_prevents_late_assets(
    acme: Domain, public: Public, id: PackageId, restriction: RestrictionType
) -> None:
    source, repositories = public(id), chain(acme, id)
    repositories[0].fetch(id, "1.0")
    acme.add_package_group(f"/{id.format}/*", restrictions={restriction: "BLOCK"})
    source.add_asset(LATE, b"late")

    assert comes(repositories[0], id) is False
    assert assets(repositories, id) == [{EARLY}, None, {EARLY}]


@pytest.mark.rule("U-13", "U-14", "S-1")
@pytest.mark.parametrize(("status", "expected"), [("Unlisted", True), ("Archived", False), ("Disposed", False)])
@both_formats
def test_the_status_upstream_decides_whether_late_assets_are_retained(
    acme: Domain, client: Any, public: Public, id: PackageId, status: str, expected: bool
) -> None:
    source, repositories = public(id), chain(acme, id)
    repositories[0].fetch(id, "1.0")
    lead(client, repositories[2], id, status)
    source.add_asset(LATE, b"late")

    assert comes(repositories[0], id) is expected


@pytest.mark.rule("U-13", "U-14", "S-1")
@both_formats
def test_an_unlisted_version_gets_late_assets_and_stays_unlisted(
    acme: Domain, client: Any, public: Public, id: PackageId
) -> None:
    source, repositories = public(id), chain(acme, id)
    retained = repositories[0].fetch(id, "1.0")
    lead(client, repositories[0], id, "Unlisted")
    source.add_asset(LATE, b"late")

    assert comes(repositories[0], id) is True
    assert retained.status == "Unlisted"


@pytest.mark.rule("U-13", "U-14", "S-4")
@both_formats
def test_a_version_that_was_published_directly_gets_no_late_assets(acme: Domain, public: Public, id: PackageId) -> None:
    store = acme.add_repository("store", external_connection=SOURCES[id])
    store.add_package(id, origin=Origin("ALLOW", "ALLOW")).add_version("1.0", assets={EARLY: b"own"})
    team = acme.add_repository("team", upstreams=[store])
    team.fetch(id, "1.0")
    public(id).add_asset(LATE, b"late")

    assert comes(store, id) is False
    assert comes(team, id) is False
    assert store.packages[id].versions["1.0"].assets == {EARLY: b"own"}


@pytest.mark.rule("U-13", "U-14", "S-4")
@both_formats
def test_a_version_that_was_published_here_gets_no_late_assets_from_its_own_copy(
    acme: Domain, client: Any, id: PackageId
) -> None:
    base = acme.add_repository("base")
    team = acme.add_repository("team", upstreams=[base])
    team.add_package(id, origin=Origin("ALLOW", "ALLOW"))
    team.publish(id, "1.0", {EARLY: b"early"})
    copy = {"sourceRepository": "team", "destinationRepository": "base", "versions": ["1.0"]}
    client.copy_package_versions(domain="acme", **coordinates(id), **copy)
    base.packages[id].versions["1.0"].add_asset(LATE, b"late")

    assert comes(team, id) is False


@pytest.mark.rule("U-13", "U-14", "S-4")
@pytest.mark.parametrize("origin_type", ["INTERNAL", "UNKNOWN"])
@both_formats
def test_a_version_of_another_origin_gets_no_late_assets(
    acme: Domain, public: Public, id: PackageId, origin_type: OriginType
) -> None:
    source, (team, _, store) = public(id), chain(acme, id)
    store.fetch(id, "1.0")
    entry_point = "elsewhere" if origin_type == "INTERNAL" else None
    package = team.add_package(id, origin=Origin("ALLOW", "ALLOW"))
    package.add_version("1.0", assets={EARLY: b"early"}, origin_type=origin_type, entry_point=entry_point)
    source.add_asset(LATE, b"late")

    assert comes(team, id) is False


@pytest.mark.rule("U-13", "U-14", "S-4")
@both_formats
def test_a_version_of_unknown_origin_gets_no_late_assets_of_another(acme: Domain, id: PackageId) -> None:
    base = acme.add_repository("base")
    team = acme.add_repository("team", upstreams=[base])
    for repository, names in ((base, [EARLY, LATE]), (team, [EARLY])):
        package = repository.add_package(id, origin=Origin("ALLOW", "ALLOW"))
        package.add_version("1.0", assets=dict.fromkeys(names, b"early"), origin_type="UNKNOWN")

    assert comes(team, id) is False


@pytest.mark.rule("U-13", "U-14", "R-8")
@both_formats
def test_retained_assets_are_served_while_an_upstream_does_not_exist(
    acme: Domain, client: Any, public: Public, id: PackageId
) -> None:
    source, (team, _, _) = public(id), chain(acme, id)
    team.fetch(id, "1.0")
    source.add_asset(LATE, b"late")
    client.delete_repository(domain="acme", repository="middle")

    assert team.fetch(id, "1.0").assets == {EARLY: b"early"}
    assert team.fetch(id, "1.0", asset=EARLY).assets == {EARLY: b"early"}
    with pytest.raises(ResourceNotFoundException, match="A repository referenced in your upstream graph") as caught:
        team.fetch(id, "1.0", asset=LATE)
    assert caught.value.resource_type == "repository"


@pytest.mark.rule("U-13", "C-5")
def test_a_copy_does_not_get_late_assets(acme: Domain, client: Any, public: Public) -> None:
    source, (team, _, store) = public(TOOL), chain(acme, TOOL)
    store.fetch(TOOL, "1.0")
    source.add_asset(LATE, b"late")
    acme.add_repository("copies")

    client.copy_package_versions(
        domain="acme",
        sourceRepository="team",
        destinationRepository="copies",
        format="pypi",
        package="tool",
        versions=["1.0"],
        includeFromUpstream=True,
    )

    assert assets([team, store, acme.repositories["copies"]], TOOL) == [None, {EARLY}, {EARLY}]


# Seeding


@pytest.mark.rule("U-13", "S-3")
def test_assets_and_details_can_be_added_to_a_seeded_public_version(codeartifact: FakeCodeArtifact) -> None:
    package = codeartifact.public_source("public:pypi").add_package(TOOL)
    package.add_version("1.0", assets={EARLY: b"early"}, summary="A tool", published="2020-01-31T12:00:00Z")

    version = package.add_version("1.0", assets={LATE: b"late", EARLY: b"early"}, home_page="https://tool.example")

    assert version.assets == {EARLY: b"early", LATE: b"late"}
    assert (version.summary, version.home_page) == ("A tool", "https://tool.example")
    assert version.published.year == 2020
    with pytest.raises(SeedError, match="other content"):
        package.add_version("1.0", assets={EARLY: b"other"})
    with pytest.raises(SeedError, match="already"):
        package.add_version("1.0")
    assert version.assets == {EARLY: b"early", LATE: b"late"}


@pytest.mark.rule("S-3", "F-7")
def test_an_asset_can_be_seeded_into_an_existing_version(
    codeartifact: FakeCodeArtifact, acme: Domain, team: Repository
) -> None:
    version = team.add_package(TOOL).add_version("1.0", assets={EARLY: b"early"}, revision="seeded")

    assert version.add_asset(LATE, b"late").add_asset(LATE, b"late") == version

    assert version.assets == {EARLY: b"early", LATE: b"late"}
    assert version.revision != "seeded"
    assert acme.asset_size_bytes == len(b"earlylate")
    assert codeartifact.events == []


@pytest.mark.rule("S-1", "F-7")
def test_impossible_assets_cannot_be_seeded(team: Repository) -> None:
    tool = team.add_package(TOOL)
    there, gone = tool.add_version("1.0", assets={EARLY: b"early"}), tool.add_version("2.0", status="Disposed")
    lodash = team.add_package(npm("lodash")).add_version("1.0.0", assets={"package.tgz": b"a"})

    for version, name in ((there, EARLY), (gone, LATE), (lodash, "other.tgz"), (there, "")):
        with pytest.raises(SeedError):
            version.add_asset(name, b"other")

    assert (dict(there.assets), dict(gone.assets)) == ({EARLY: b"early"}, {})
    assert lodash.assets == {"package.tgz": b"a"}


def lead(client: Any, repository: Repository, id: PackageId, status: str) -> None:
    """Lead the version to a status."""
    which = {"domain": "acme", "repository": repository.name, **coordinates(id), "versions": ["1.0"]}
    if status == "Disposed":
        client.dispose_package_versions(**which)
    else:
        client.update_package_versions_status(**which, targetStatus=status)


def comes(repository: Repository, id: PackageId) -> bool:
    """Whether the repository retains the late asset. Its own assets are served in any case."""
    with suppress(ResourceNotFoundException):
        fetch(repository, id)
    version = repository.packages[id].versions["1.0"]
    assert EARLY in version.assets
    return LATE in version.assets
