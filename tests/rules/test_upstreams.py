"""What a repository gets from its upstreams and what of it stays (behaviour reference, rules U-8, U-9 and U-12).

Repository.fetch plays a package manager's download. In the search order tests every repository that has a version has
published it itself, so the origin of a fetched version shows where it was found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    ExternalConnection,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    Repository,
    ResourceNotFoundException,
    RestrictionMode,
    maven,
    npm,
    pypi,
)

LODASH = npm("lodash")
TOOL = pypi("tool")
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
DOCUMENTED = {"E": [], "D": ["E"], "C": [], "B": [], "A": ["C", "D"], "my_repo": ["A", "B"]}
DOCUMENTED_ORDER = ["my_repo", "A", "C", "D", "E", "B"]


def add_graph(domain: Domain, graph: Mapping[str, list[str]]) -> None:
    """Repositories with their upstreams. Each upstream is listed before its repository."""
    for name, upstreams in graph.items():
        domain.add_repository(f"repo-{name}", upstreams=[f"repo-{upstream}" for upstream in upstreams])


def seed(domain: Domain, *names: str, version: str = "1.0") -> None:
    """Publish a version to each of these repositories of a graph."""
    for name in names:
        domain.repositories[f"repo-{name}"].add_package(TOOL, versions=[version])


def fetched_from(domain: Domain, name: str) -> str:
    """Fetch the version through a repository of a graph, and return where it was found."""
    point = domain.repositories[f"repo-{name}"].fetch(TOOL, "1.0").entry_point
    assert point is not None
    return point.removeprefix("repo-")


def holders(domain: Domain) -> set[str]:
    """The repositories that have any package."""
    return {name for name, repository in domain.repositories.items() if repository.packages}


def of(repository: str, package: str = "lodash", format: str = "npm") -> dict[str, str]:
    return {"domain": "acme", "repository": repository, "format": format, "package": package}


@pytest.fixture
def npmjs(codeartifact: FakeCodeArtifact) -> None:
    """The package in public:npmjs."""
    package = codeartifact.public_source("public:npmjs").add_package(LODASH)
    for version in ("4.17.20", "4.17.21"):
        package.add_version(version, assets={"package.tgz": version.encode()}, summary="Utilities")


@pytest.fixture
def chain(acme: Domain, npmjs: None) -> list[Repository]:
    """A repository, its upstream, and the upstream of that, which has an external connection."""
    store = acme.add_repository("store", external_connection="public:npmjs")
    middle = acme.add_repository("middle", upstreams=[store])
    return [acme.add_repository("team", upstreams=[middle]), middle, store]


# The order of the search


@pytest.mark.rule("U-8")
@pytest.mark.parametrize("nearest", range(6), ids=DOCUMENTED_ORDER)
def test_repositories_are_searched_depth_first_in_the_order_of_the_lists(acme: Domain, nearest: int) -> None:
    add_graph(acme, DOCUMENTED)
    seed(acme, *DOCUMENTED_ORDER[nearest:])

    assert fetched_from(acme, "my_repo") == DOCUMENTED_ORDER[nearest]


@pytest.mark.rule("U-8", "R-5")
def test_changing_the_order_of_the_list_changes_the_search(client: Any, acme: Domain) -> None:
    add_graph(acme, {"a": [], "z": [], "team": ["z", "a"]})
    seed(acme, "a", "z")
    before = fetched_from(acme, "team")
    client.delete_package(**of("repo-team", "tool", "pypi"))

    client.update_repository(
        domain="acme",
        repository="repo-team",
        upstreams=[{"repositoryName": "repo-a"}, {"repositoryName": "repo-z"}],
    )

    assert (before, fetched_from(acme, "team")) == ("z", "a")


@pytest.mark.rule("U-8")
@pytest.mark.parametrize(("having", "found"), [(["base", "right"], "base"), (["right"], "right"), (["base"], "base")])
def test_a_repository_that_two_upstreams_share_is_searched_after_the_first_one(
    acme: Domain, having: list[str], found: str
) -> None:
    add_graph(acme, {"base": [], "left": ["base"], "right": ["base"], "team": ["left", "right"]})
    seed(acme, *having)

    assert fetched_from(acme, "team") == found


@pytest.mark.rule("U-8")
def test_the_search_continues_after_a_repository_without_the_version(acme: Domain) -> None:
    add_graph(acme, {"near": [], "far": [], "team": ["near", "far"]})
    seed(acme, "near", version="2.0")
    seed(acme, "far", version="1.0")

    assert fetched_from(acme, "team") == "far"


@pytest.mark.rule("U-8")
@pytest.mark.usefixtures("npmjs")
def test_an_internal_version_in_an_earlier_upstream_is_preferred_to_a_public_one(acme: Domain) -> None:
    internal = acme.add_repository("internal")
    internal.add_package(LODASH, versions=["4.17.21"])
    store = acme.add_repository("store", external_connection="public:npmjs")
    team = acme.add_repository("team", upstreams=[internal, store])

    fetched = team.fetch(LODASH, "4.17.21")

    assert fetched.origin_type == "INTERNAL"
    assert store.packages == {}


@pytest.mark.rule("U-8")
@pytest.mark.parametrize(
    ("of_format", "connection"),
    [(maven("org.apache", "commons"), "public:maven-central"), (pypi("tool"), "public:pypi")],
    ids=str,
)
def test_a_connection_is_searched_for_packages_of_its_format_only(
    codeartifact: FakeCodeArtifact, acme: Domain, of_format: Any, connection: ExternalConnection
) -> None:
    codeartifact.public_source(connection).add_package(of_format, versions=["1.0"])
    acme.add_repository("npm-store", external_connection="public:npmjs")
    acme.add_repository("fitting-store", external_connection=connection)
    team = acme.add_repository("team", upstreams=["npm-store", "fitting-store"])

    assert team.fetch(of_format, "1.0").entry_point == connection
    assert holders(acme) == {"fitting-store", "team"}


@pytest.mark.rule("U-8", "R-4")
@pytest.mark.parametrize("cycle", [["team"], ["one", "team"], ["one", "two", "team"]], ids=len)
def test_the_search_ends_in_a_cycle(client: Any, acme: Domain, cycle: list[str]) -> None:
    outside = acme.add_repository("outside")
    outside.add_package(TOOL, versions=["1.0"])
    for name in ["team", "one", "two"]:
        acme.add_repository(name)
    for name, upstream in zip(["team", *cycle], cycle, strict=False):
        upstreams = [{"repositoryName": upstream}, {"repositoryName": "outside"}]
        client.update_repository(domain="acme", repository=name, upstreams=upstreams)
    team = acme.repositories["team"]

    assert team.fetch(TOOL, "1.0").entry_point == "outside"
    with pytest.raises(ResourceNotFoundException):
        team.fetch(TOOL, "2.0")


@pytest.mark.rule("U-8")
@pytest.mark.parametrize(("length", "found"), [(25, True), (26, False)])
def test_twenty_five_repositories_of_a_chain_are_searched(acme: Domain, length: int, found: bool) -> None:
    names = [f"{number}" for number in range(length)]
    add_graph(acme, {name: names[:number][-1:] for number, name in enumerate(names)})
    seed(acme, "0")
    last = acme.repositories[f"repo-{length - 1}"]

    if found:
        assert last.fetch(TOOL, "1.0").entry_point == "repo-0"
    else:
        with pytest.raises(ResourceNotFoundException, match="tool"):
            last.fetch(TOOL, "1.0")


@pytest.mark.rule("U-8")
@pytest.mark.parametrize(("missing_place", "found"), [(25, True), (26, False)])
def test_the_first_25_repositories_in_the_search_order_are_searched(
    acme: Domain, missing_place: int, found: bool
) -> None:
    sides: dict[str, list[str]] = {f"{side}{number}": [] for side in "abcd" for number in range(9)}
    tops = {side: [f"{side}{number}" for number in range(9)] for side in "abcd"}
    add_graph(acme, {**sides, **tops, "team": ["a", "b", "c", "d"]})
    order = ["team", *(name for side in "abcd" for name in [side, *tops[side]])]
    seed(acme, order[missing_place - 1])

    if found:
        assert fetched_from(acme, "team") == order[missing_place - 1]
    else:
        with pytest.raises(ResourceNotFoundException):
            fetched_from(acme, "team")


@pytest.mark.rule("U-8")
def test_a_repository_counts_once_however_many_paths_lead_to_it(codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    add_graph(acme, {"base": [], "a": ["base"], "b": ["base"], "c": ["base"], "team": ["a", "b", "c"]})
    seed(acme, "c")
    codeartifact.quotas.searched_repositories = 5

    assert fetched_from(acme, "team") == "c"


# What stays


@pytest.mark.rule("U-9", "S-4", "K-4")
def test_a_version_of_an_upstream_is_retained_only_in_the_requested_repository(acme: Domain) -> None:
    add_graph(acme, {"base": [], "middle": ["base"], "team": ["middle"], "bystander": ["base"]})
    base, team = acme.repositories["repo-base"], acme.repositories["repo-team"]
    published = base.publish(TOOL, "1.0", {"tool.whl": b"12345"}, summary="A tool")

    fetched = team.fetch(TOOL, "1.0")

    assert holders(acme) == {"repo-base", "repo-team"}
    assert dict(fetched.assets) == {"tool.whl": b"12345"}
    assert (fetched.revision, fetched.published, fetched.summary) == (
        published.revision,
        published.published,
        "A tool",
    )
    assert (fetched.origin_type, fetched.entry_point) == ("INTERNAL", "repo-base")
    assert team.packages[TOOL].origin == Origin(publish="BLOCK", upstream="ALLOW")
    assert acme.asset_size_bytes == 5


@pytest.mark.rule("U-9", "U-12", "S-4", "S-7", "K-3", "K-4")
def test_a_version_from_a_public_source_is_also_retained_by_the_connected_repository(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, chain: list[Repository]
) -> None:
    codeartifact.clock.set(NEW_YEAR)

    chain[0].fetch(LODASH, "4.17.21")

    assert holders(acme) == {"team", "store"}
    for repository in ("team", "store"):
        described = client.describe_package_version(**of(repository), packageVersion="4.17.21")["packageVersion"]
        assert described["origin"] == {
            "originType": "EXTERNAL",
            "domainEntryPoint": {"externalConnectionName": "public:npmjs"},
        }
        assert (described["publishedTime"], described["status"]) == (NEW_YEAR, "Published")
        package = client.describe_package(**of(repository))["package"]
        assert package["originConfiguration"]["restrictions"] == {"publish": "BLOCK", "upstream": "ALLOW"}


@pytest.mark.rule("U-9")
def test_only_the_requested_version_is_retained(acme: Domain, chain: list[Repository]) -> None:
    team, _, store = chain

    team.fetch(LODASH, "4.17.20")

    assert set(team.packages[LODASH].versions) == set(store.packages[LODASH].versions) == {"4.17.20"}
    assert acme.asset_size_bytes == len("4.17.20")


@pytest.mark.rule("U-9", "U-8")
def test_a_retained_version_keeps_its_time_and_revision_when_fetched_again(
    codeartifact: FakeCodeArtifact, acme: Domain, chain: list[Repository]
) -> None:
    codeartifact.clock.set(NEW_YEAR)
    first = chain[0].fetch(LODASH, "4.17.21")
    codeartifact.clock.advance(dt.timedelta(days=1))
    other = acme.add_repository("other", upstreams=["store"])

    second, again = other.fetch(LODASH, "4.17.21"), chain[0].fetch(LODASH, "4.17.21")

    assert second.published == again.published == NEW_YEAR
    assert second.revision == again.revision == first.revision


@pytest.mark.rule("U-9", "R-7")
@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("delete_repository", {"repository": "base"}),
        ("update_repository", {"repository": "team", "upstreams": []}),
        ("delete_package", of("base", "tool", "pypi")),
        ("delete_package_versions", {**of("base", "tool", "pypi"), "versions": ["1.0"]}),
        ("dispose_package_versions", {**of("base", "tool", "pypi"), "versions": ["1.0"]}),
        (
            "update_package_versions_status",
            {**of("base", "tool", "pypi"), "versions": ["1.0"], "targetStatus": "Archived"},
        ),
        (
            "put_package_origin_configuration",
            {**of("base", "tool", "pypi"), "restrictions": {"publish": "BLOCK", "upstream": "BLOCK"}},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_that_happens_upstream_affects_a_retained_version(
    client: Any, acme: Domain, operation: str, params: dict[str, Any]
) -> None:
    base = acme.add_repository("base")
    base.publish(TOOL, "1.0", {"tool.whl": b"12345"})
    team = acme.add_repository("team", upstreams=[base])
    team.fetch(TOOL, "1.0")
    before = client.describe_package_version(**of("team", "tool", "pypi"), packageVersion="1.0")["packageVersion"]

    getattr(client, operation)(**{"domain": "acme", **params})

    after = client.describe_package_version(**of("team", "tool", "pypi"), packageVersion="1.0")["packageVersion"]
    assert after == before
    assert team.packages[TOOL].origin == Origin(publish="BLOCK", upstream="ALLOW")
    assert team.fetch(TOOL, "1.0").assets["tool.whl"] == b"12345"


@pytest.mark.rule("U-9")
def test_public_versions_remain_after_the_connection_is_removed(client: Any, chain: list[Repository]) -> None:
    team, _, store = chain
    team.fetch(LODASH, "4.17.21")

    client.disassociate_external_connection(domain="acme", repository="store", externalConnection="public:npmjs")

    for repository in (team, store):
        assert repository.fetch(LODASH, "4.17.21").assets["package.tgz"] == b"4.17.21"
        with pytest.raises(ResourceNotFoundException):
            repository.fetch(LODASH, "4.17.20")


@pytest.mark.rule("Q-7", "Q-5", "U-12")
@pytest.mark.parametrize(("upstream", "comes_back"), [("ALLOW", True), ("BLOCK", False)])
def test_a_deleted_version_is_fetched_again_unless_the_package_blocks_upstreams(
    client: Any, chain: list[Repository], upstream: str, comes_back: bool
) -> None:
    store = chain[2]
    store.fetch(LODASH, "4.17.21")
    restrictions = {"publish": "BLOCK", "upstream": upstream}
    client.put_package_origin_configuration(**of("store"), restrictions=restrictions)
    client.delete_package_versions(**of("store"), versions=["4.17.21"])

    if comes_back:
        store.fetch(LODASH, "4.17.21")
    else:
        with pytest.raises(ResourceNotFoundException):
            store.fetch(LODASH, "4.17.21")

    assert ("4.17.21" in store.packages[LODASH].versions) is comes_back
    assert store.deleted_versions == {(LODASH, "4.17.21")}


@pytest.mark.rule("U-9", "L-6")
def test_a_version_from_an_upstream_keeps_its_dist_tags(acme: Domain) -> None:
    base = acme.add_repository("base")
    base.add_package(npm("lodash"), versions=["1.0.0", "2.0.0"], dist_tags={"lts": "1.0.0", "latest": "2.0.0"})
    team = acme.add_repository("team", upstreams=["base"])

    team.fetch(npm("lodash"), "1.0.0")

    assert team.packages[npm("lodash")].dist_tags == {"lts": "1.0.0"}


@pytest.mark.rule("U-9")
@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("BLOCK", "package group '/pypi/\\*' blocks internal upstreams"),
        ("ALLOW", "neither the repository nor anything upstream"),
    ],
)
def test_the_error_for_a_missing_package_gives_the_reason(acme: Domain, mode: RestrictionMode, why: str) -> None:
    acme.add_package_group("/pypi/*", restrictions={"INTERNAL_UPSTREAM": mode})
    acme.add_repository("base").add_package(TOOL, versions=["1.0"])
    team = acme.add_repository("team", upstreams=["base"])

    with pytest.raises(ResourceNotFoundException, match=why):
        team.fetch(TOOL, "9.9")


@pytest.mark.rule("U-9", "K-8")
@pytest.mark.parametrize(
    ("switch", "why"),
    [
        ("BLOCK", "the origin configuration of the package blocks its upstreams"),
        ("ALLOW", "neither the repository nor anything upstream"),
    ],
)
def test_the_error_for_a_missing_version_of_an_existing_package_gives_the_reason(
    acme: Domain, switch: OriginSwitch, why: str
) -> None:
    acme.add_repository("base").add_package(TOOL, versions=["1.0"])
    team = acme.add_repository("team", upstreams=["base"])
    team.add_package(TOOL, versions=["1.0"], origin=Origin("ALLOW", switch))

    with pytest.raises(ResourceNotFoundException, match=why):
        team.fetch(TOOL, "9.9")
