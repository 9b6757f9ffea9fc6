"""What origin controls let in from upstream, and what they let be published beside it (rules K-7 and K-8).

Two upstreams stand behind `team`: `internal` has versions of its own, `store` has an external connection.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import (
    ConflictException,
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    Repository,
    ResourceNotFoundException,
    RestrictionMode,
    RestrictionType,
    npm,
)

LODASH = npm("lodash")
INTERNAL, PUBLIC = "1.0.0-internal", "2.0.0-public"
EVERY_SOURCE = pytest.mark.parametrize("version", [INTERNAL, PUBLIC])
IN_TEAM = {"domain": "acme", "repository": "team", "format": "npm", "package": "lodash"}


@pytest.fixture
def store(codeartifact: FakeCodeArtifact, acme: Domain) -> Repository:
    """The repository with the external connection, behind which there is a public version."""
    codeartifact.public_source("public:npmjs").add_package(LODASH, versions=[PUBLIC])
    return acme.add_repository("store", external_connection="public:npmjs")


@pytest.fixture
def team(acme: Domain, store: Repository) -> Repository:
    """The repository that package managers use."""
    internal = acme.add_repository("internal")
    internal.add_package(LODASH, versions=[INTERNAL])
    return acme.add_repository("team", upstreams=[internal, store])


def restrict(domain: Domain, kind: RestrictionType, mode: RestrictionMode, *allowed: str) -> None:
    """Seed a package group for all npm packages with one restriction."""
    lists = {kind: allowed} if allowed else None
    domain.add_package_group("/npm/*", restrictions={kind: mode}, allowed_repositories=lists)


def comes_in(repository: Repository, version: str) -> bool:
    """Whether a package manager gets the version through the repository, which then retains it."""
    try:
        repository.fetch(LODASH, version)
    except ResourceNotFoundException:
        assert LODASH not in repository.packages or version not in repository.packages[LODASH].versions
        return False
    assert version in repository.packages[LODASH].versions
    return True


def is_published(repository: Repository, version: str) -> bool:
    """Whether a package manager can publish the version to the repository."""
    try:
        repository.publish(LODASH, version)
    except ConflictException:
        assert LODASH not in repository.packages or version not in repository.packages[LODASH].versions
        return False
    return repository.packages[LODASH].versions[version].entry_point == repository.name


# The origin configuration of the package


@pytest.mark.rule("K-7")
@pytest.mark.parametrize(
    ("origin", "unknown", "known"),
    [
        (Origin("ALLOW", "ALLOW"), True, False),
        (Origin("ALLOW", "BLOCK"), True, True),
        (Origin("BLOCK", "ALLOW"), False, False),
        (Origin("BLOCK", "BLOCK"), False, False),
    ],
    ids=["ALLOW/ALLOW", "ALLOW/BLOCK", "BLOCK/ALLOW", "BLOCK/BLOCK"],
)
@EVERY_SOURCE
def test_the_restrictions_of_a_package_decide_which_versions_may_be_published(
    team: Repository, origin: Origin, version: str, unknown: bool, known: bool
) -> None:
    team.add_package(LODASH, origin=origin)

    assert is_published(team, "3.0.0") is unknown
    assert is_published(team, version) is known


@pytest.mark.rule("K-7")
@pytest.mark.parametrize("publish", ["ALLOW", "BLOCK"])
@pytest.mark.parametrize(("upstream", "admitted"), [("ALLOW", True), ("BLOCK", False)])
@EVERY_SOURCE
def test_the_upstream_restriction_of_a_package_decides_which_versions_are_fetched(
    team: Repository, publish: OriginSwitch, upstream: OriginSwitch, version: str, admitted: bool
) -> None:
    team.add_package(LODASH, origin=Origin(publish, upstream))

    assert comes_in(team, version) is admitted


@pytest.mark.rule("K-7")
def test_a_version_that_an_upstream_has_is_refused_with_a_conflict(team: Repository) -> None:
    with pytest.raises(ConflictException, match=INTERNAL) as caught:
        team.publish(LODASH, INTERNAL)

    assert caught.value.status == 409
    assert team.packages == {}


@pytest.mark.rule("K-7", "P-10")
@pytest.mark.parametrize("upstream", ["ALLOW", "BLOCK"])
def test_publishing_to_a_package_that_blocks_it_is_refused(team: Repository, upstream: OriginSwitch) -> None:
    team.add_package(LODASH, versions=["0.1.0"], origin=Origin("BLOCK", upstream))

    with pytest.raises(ConflictException, match="This package is configured to block new versions"):
        team.publish(LODASH, "3.0.0")


@pytest.mark.rule("K-7", "K-11")
@pytest.mark.parametrize("publish", ["ALLOW", "BLOCK"])
def test_a_package_that_blocks_upstreams_still_serves_its_own_versions(
    client: Any, team: Repository, publish: str
) -> None:
    team.fetch(LODASH, INTERNAL)

    client.put_package_origin_configuration(**IN_TEAM, restrictions={"publish": publish, "upstream": "BLOCK"})

    assert team.fetch(LODASH, INTERNAL).status == "Published"
    assert not comes_in(team, PUBLIC)


@pytest.mark.rule("K-7", "K-10", "U-8")
@pytest.mark.parametrize(("upstream", "seen"), [("ALLOW", True), ("BLOCK", False)])
@EVERY_SOURCE
def test_a_package_that_blocks_upstreams_hides_them_from_repositories_downstream(
    acme: Domain, team: Repository, upstream: OriginSwitch, seen: bool, version: str
) -> None:
    team.add_package(LODASH, versions=["0.1.0"], origin=Origin("ALLOW", upstream))
    bottom = acme.add_repository("bottom", upstreams=[team])

    assert comes_in(bottom, "0.1.0")
    assert comes_in(bottom, version) is seen


@pytest.mark.rule("K-10", "U-8")
def test_a_version_is_found_on_another_path_around_a_package_that_blocks_upstreams(
    acme: Domain, team: Repository
) -> None:
    team.add_package(LODASH, origin=Origin("ALLOW", "BLOCK"))
    bottom = acme.add_repository("bottom", upstreams=[team, "internal"])

    assert comes_in(bottom, INTERNAL)
    assert not comes_in(bottom, PUBLIC)


@pytest.mark.rule("K-7", "U-8")
def test_a_version_hidden_by_a_package_that_blocks_upstreams_may_be_published(acme: Domain, team: Repository) -> None:
    team.add_package(LODASH, origin=Origin("ALLOW", "BLOCK"))
    bottom = acme.add_repository("bottom", upstreams=[team])

    assert is_published(bottom, INTERNAL)


@pytest.mark.rule("K-7", "K-10", "C-5")
def test_a_version_hidden_by_a_package_that_blocks_upstreams_cannot_be_copied(
    client: Any, acme: Domain, team: Repository
) -> None:
    team.add_package(LODASH, origin=Origin("ALLOW", "BLOCK"))
    copies = acme.add_repository("copies")

    response = client.copy_package_versions(
        domain="acme",
        sourceRepository="team",
        destinationRepository="copies",
        format="npm",
        package="lodash",
        versions=[INTERNAL],
        includeFromUpstream=True,
    )

    assert response["failedVersions"][INTERNAL]["errorCode"] == "NOT_FOUND"
    assert copies.packages == {}


# The package group


@pytest.mark.rule("K-8")
@pytest.mark.parametrize(
    ("kind", "version", "other"), [("INTERNAL_UPSTREAM", INTERNAL, PUBLIC), ("EXTERNAL_UPSTREAM", PUBLIC, INTERNAL)]
)
def test_a_group_blocks_one_kind_of_source_and_not_the_other(
    acme: Domain, store: Repository, team: Repository, kind: RestrictionType, version: str, other: str
) -> None:
    asked = store if other == PUBLIC else team

    restrict(acme, kind, "BLOCK")

    assert not comes_in(team, version)
    assert comes_in(asked, other)


@pytest.mark.rule("K-8", "G-21")
@EVERY_SOURCE
def test_a_group_that_inherits_from_the_root_allows_everything(acme: Domain, team: Repository, version: str) -> None:
    acme.add_package_group("/npm/*")

    assert comes_in(team, version)


@pytest.mark.rule("K-8", "G-6")
@pytest.mark.parametrize("pattern", ["/pypi/*", "/npm//react$", "/npm/lodash/*"])
@EVERY_SOURCE
def test_the_groups_of_other_packages_block_nothing(acme: Domain, team: Repository, pattern: str, version: str) -> None:
    acme.add_package_group(pattern, restrictions={"INTERNAL_UPSTREAM": "BLOCK", "EXTERNAL_UPSTREAM": "BLOCK"})

    assert comes_in(team, version)


@pytest.mark.rule("K-8", "G-19")
@pytest.mark.parametrize(("allowed", "admitted"), [("team", True), ("internal", False), ("other", False)])
def test_only_the_listed_repositories_fetch_from_internal_upstreams(
    acme: Domain, team: Repository, allowed: str, admitted: bool
) -> None:
    other = acme.add_repository("other", upstreams=["internal"])

    restrict(acme, "INTERNAL_UPSTREAM", "ALLOW_SPECIFIC_REPOSITORIES", allowed)

    assert comes_in(team, INTERNAL) is admitted
    assert comes_in(other, INTERNAL) is (allowed == "other")


@pytest.mark.rule("K-8", "G-19")
@pytest.mark.parametrize(("allowed", "admitted"), [("store", True), ("team", False)])
@pytest.mark.parametrize("through", ["team", "store"])
def test_public_versions_are_fetched_through_listed_repositories_only(
    acme: Domain, store: Repository, team: Repository, allowed: str, admitted: bool, through: str
) -> None:
    restrict(acme, "EXTERNAL_UPSTREAM", "ALLOW_SPECIFIC_REPOSITORIES", allowed)

    assert comes_in(acme.repositories[through], PUBLIC) is admitted
    assert (LODASH in store.packages) is admitted
    assert comes_in(team, INTERNAL)


@pytest.mark.rule("K-8", "G-19", "U-8")
def test_the_search_continues_after_a_connection_that_is_not_on_the_list(
    acme: Domain, store: Repository, team: Repository
) -> None:
    listed = acme.add_repository("listed", external_connection="public:npmjs")
    bottom = acme.add_repository("bottom", upstreams=[team, listed])

    restrict(acme, "EXTERNAL_UPSTREAM", "ALLOW_SPECIFIC_REPOSITORIES", "listed")

    assert comes_in(bottom, PUBLIC)
    assert LODASH in listed.packages
    assert store.packages == {}


@pytest.mark.rule("K-8", "G-19")
@pytest.mark.parametrize("kind", ["INTERNAL_UPSTREAM", "EXTERNAL_UPSTREAM"])
def test_an_empty_list_allows_no_versions(acme: Domain, team: Repository, kind: RestrictionType) -> None:
    restrict(acme, kind, "ALLOW_SPECIFIC_REPOSITORIES")

    assert not comes_in(team, INTERNAL if kind == "INTERNAL_UPSTREAM" else PUBLIC)


@pytest.mark.rule("K-8")
@pytest.mark.parametrize(
    ("own", "of_group", "admitted"),
    [("ALLOW", "ALLOW", True), ("ALLOW", "BLOCK", False), ("BLOCK", "ALLOW", False), ("BLOCK", "BLOCK", False)],
)
@pytest.mark.parametrize(
    ("kind", "version", "asked"), [("INTERNAL_UPSTREAM", INTERNAL, "team"), ("EXTERNAL_UPSTREAM", PUBLIC, "store")]
)
@pytest.mark.usefixtures("team")
def test_a_version_is_fetched_only_if_package_and_group_allow_it(
    acme: Domain,
    own: OriginSwitch,
    of_group: RestrictionMode,
    admitted: bool,
    kind: RestrictionType,
    version: str,
    asked: str,
) -> None:
    repository = acme.repositories[asked]
    repository.add_package(LODASH, origin=Origin("ALLOW", own))

    restrict(acme, kind, of_group)

    assert comes_in(repository, version) is admitted


@pytest.mark.rule("K-8", "K-7")
@pytest.mark.parametrize(("mode", "refused"), [("ALLOW", True), ("BLOCK", False)])
@pytest.mark.parametrize(("kind", "version"), [("INTERNAL_UPSTREAM", INTERNAL), ("EXTERNAL_UPSTREAM", PUBLIC)])
def test_a_version_that_the_group_blocks_upstream_may_be_published(
    acme: Domain, team: Repository, kind: RestrictionType, version: str, mode: RestrictionMode, refused: bool
) -> None:
    team.add_package(LODASH, origin=Origin("ALLOW", "ALLOW"))

    restrict(acme, kind, mode)

    assert is_published(team, version) is not refused


@pytest.mark.rule("K-8", "K-11")
@EVERY_SOURCE
def test_existing_versions_are_served_after_the_group_blocks_upstreams(
    acme: Domain, team: Repository, version: str
) -> None:
    team.fetch(LODASH, version)

    acme.add_package_group("/npm/*", restrictions={"INTERNAL_UPSTREAM": "BLOCK", "EXTERNAL_UPSTREAM": "BLOCK"})

    assert team.fetch(LODASH, version).status == "Published"


@pytest.mark.rule("K-8", "G-18", "G-24")
def test_a_changed_restriction_of_a_group_applies_at_once(client: Any, acme: Domain, team: Repository) -> None:
    restrict(acme, "INTERNAL_UPSTREAM", "BLOCK")
    before = comes_in(team, INTERNAL)

    client.update_package_group_origin_configuration(
        domain="acme", packageGroup="/npm/*", restrictions={"INTERNAL_UPSTREAM": "ALLOW"}
    )

    assert (before, comes_in(team, INTERNAL)) == (False, True)
