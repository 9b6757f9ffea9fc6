"""The effect of the origin configuration of a package and of its group (behaviour reference, section 12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Origin,
    OriginSwitch,
    Repository,
    RestrictionMode,
    RestrictionType,
    ServiceError,
    generic,
    npm,
)

from ..support.acme import upload

LODASH = npm("lodash")
TOOL = {"domain": "acme", "repository": "team", "format": "generic", "namespace": "ns", "package": "tool"}

BOTH, PUBLISH_ONLY, UPSTREAM_ONLY, FROZEN = (
    Origin("ALLOW", "ALLOW"),
    Origin("ALLOW", "BLOCK"),
    Origin("BLOCK", "ALLOW"),
    Origin("BLOCK", "BLOCK"),
)
DONE, CONFLICT, NOT_FOUND = "done", "ConflictException", "ResourceNotFoundException"

SPECIFIC: Final = "ALLOW_SPECIFIC_REPOSITORIES"
MODES = [
    ("ALLOW", None, True),
    ("BLOCK", None, False),
    (SPECIFIC, "this", True),
    (SPECIFIC, "another", False),
    (SPECIFIC, "none", False),
]


def outcome(work: Callable[[], object]) -> str:
    """The result of an action: success, or the code of the service's error."""
    try:
        work()
    except ServiceError as error:
        return error.code
    return DONE


@pytest.fixture
def store(codeartifact: FakeCodeArtifact, acme: Domain) -> Repository:
    """A repository that has lodash 1.0.0 itself, and behind it npm's public repository with 2.0.0."""
    codeartifact.public_source("public:npmjs").add_package(LODASH, versions=["2.0.0"])
    store = acme.add_repository("store", external_connection="public:npmjs")
    store.add_package(LODASH, versions=["1.0.0"], origin=BOTH)
    return store


@pytest.fixture
def behind(acme: Domain, store: Repository) -> Repository:
    """The repository `team`, with the store as its upstream."""
    return acme.add_repository("team", upstreams=[store])


@pytest.mark.rule("K-7")
@pytest.mark.parametrize(
    ("origin", "published"), [(BOTH, DONE), (PUBLISH_ONLY, DONE), (UPSTREAM_ONLY, CONFLICT), (FROZEN, CONFLICT)]
)
def test_a_version_that_exists_nowhere_else_is_published_if_publishing_is_allowed(
    behind: Repository, origin: Origin, published: str
) -> None:
    package = behind.add_package(LODASH, versions=["0.1.0"], origin=origin)

    assert outcome(lambda: behind.publish(LODASH, "3.0.0")) == published
    assert ("3.0.0" in package.versions) == (published == DONE)


@pytest.mark.rule("K-7")
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"], ids=["internal", "public"])
@pytest.mark.parametrize(
    ("origin", "published"), [(BOTH, CONFLICT), (PUBLISH_ONLY, DONE), (UPSTREAM_ONLY, CONFLICT), (FROZEN, CONFLICT)]
)
def test_a_version_that_exists_upstream_is_published_only_if_the_upstream_is_blocked(
    behind: Repository, origin: Origin, published: str, version: str
) -> None:
    package = behind.add_package(LODASH, versions=["0.1.0"], origin=origin)

    assert outcome(lambda: behind.publish(LODASH, version)) == published
    assert (version in package.versions) == (published == DONE)


@pytest.mark.rule("K-7")
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"], ids=["internal", "public"])
@pytest.mark.parametrize(
    ("origin", "pulled"), [(BOTH, DONE), (PUBLISH_ONLY, NOT_FOUND), (UPSTREAM_ONLY, DONE), (FROZEN, NOT_FOUND)]
)
def test_versions_are_fetched_from_upstream_only_if_upstreams_are_allowed(
    behind: Repository, origin: Origin, pulled: str, version: str
) -> None:
    package = behind.add_package(LODASH, versions=["0.1.0"], origin=origin)

    assert outcome(lambda: behind.fetch(LODASH, version)) == pulled
    assert (version in package.versions) == (pulled == DONE)


@pytest.mark.rule("K-7")
@pytest.mark.parametrize("origin", [BOTH, PUBLISH_ONLY, UPSTREAM_ONLY, FROZEN])
def test_own_versions_can_be_downloaded_and_not_published_again(behind: Repository, origin: Origin) -> None:
    behind.add_package(LODASH, origin=origin).add_version("0.1.0", assets={"package.tgz": b"x"})

    assert outcome(lambda: behind.fetch(LODASH, "0.1.0")) == DONE
    assert outcome(lambda: behind.publish(LODASH, "0.1.0", {"package.tgz": b"y"})) == CONFLICT


@pytest.mark.rule("E-23", "K-7", "P-10")
@pytest.mark.parametrize("origin", [UPSTREAM_ONLY, FROZEN])
def test_the_conflict_says_that_the_package_blocks_new_versions(client: Any, team: Repository, origin: Origin) -> None:
    package = team.add_package(generic("ns", "tool"), versions=["1.0"], origin=origin)

    with pytest.raises(client.exceptions.ConflictException) as caught:
        upload(client, "tool", **TOOL, packageVersion="2.0")

    response = caught.value.response
    assert "This package is configured to block new versions" in response["Error"]["Message"]
    assert (response["resourceType"], response["resourceId"]) == ("package", "tool")
    assert set(package.versions) == {"1.0"}


# Package groups


@pytest.mark.rule("K-8", "P-10")
@pytest.mark.parametrize("switch", ["ALLOW", "BLOCK"])
@pytest.mark.parametrize(("mode", "listed", "admits"), MODES)
def test_a_package_or_its_group_can_block_publishing(
    acme: Domain, team: Repository, mode: RestrictionMode, listed: str | None, admits: bool, switch: OriginSwitch
) -> None:
    lists = {"this": [team], "another": [acme.add_repository("another")], "none": []}
    acme.add_package_group(
        "/npm/*",
        restrictions={"PUBLISH": mode},
        allowed_repositories={"PUBLISH": lists[listed]} if listed else {},
    )
    team.add_package(LODASH, versions=["0.1.0"], origin=Origin(switch, "ALLOW"))

    published = outcome(lambda: team.publish(LODASH, "3.0.0"))

    assert published == (DONE if admits and switch == "ALLOW" else CONFLICT)


@pytest.mark.rule("K-8")
@pytest.mark.parametrize("switch", ["ALLOW", "BLOCK"])
@pytest.mark.parametrize(("mode", "listed", "admits"), MODES)
@pytest.mark.parametrize(
    ("kind", "at", "version"), [("EXTERNAL_UPSTREAM", "store", "2.0.0"), ("INTERNAL_UPSTREAM", "team", "1.0.0")]
)
@pytest.mark.usefixtures("behind")
def test_a_package_or_its_group_can_block_versions_from_upstream(
    client: Any,
    acme: Domain,
    kind: RestrictionType,
    at: str,
    version: str,
    mode: RestrictionMode,
    listed: str | None,
    admits: bool,
    switch: str,
) -> None:
    repository = acme.repository(at)
    lists = {"this": [repository], "another": [acme.add_repository("another")], "none": []}
    acme.add_package_group(
        "/npm/*", restrictions={kind: mode}, allowed_repositories={kind: lists[listed]} if listed else {}
    )
    client.put_package_origin_configuration(
        domain="acme",
        repository=at,
        format="npm",
        package="lodash",
        restrictions={"publish": "BLOCK", "upstream": switch},
    )

    fetched = outcome(lambda: repository.fetch(LODASH, version))

    assert fetched == (DONE if admits and switch == "ALLOW" else NOT_FOUND)


@pytest.mark.rule("K-8")
@pytest.mark.parametrize(
    ("blocked", "external", "internal"),
    [("EXTERNAL_UPSTREAM", NOT_FOUND, DONE), ("INTERNAL_UPSTREAM", DONE, NOT_FOUND), ("PUBLISH", DONE, DONE)],
)
def test_a_group_blocks_one_kind_of_source_and_not_the_other(
    acme: Domain, store: Repository, behind: Repository, blocked: RestrictionType, external: str, internal: str
) -> None:
    acme.add_package_group("/npm/*", restrictions={blocked: "BLOCK"})

    assert outcome(lambda: store.fetch(LODASH, "2.0.0")) == external
    assert outcome(lambda: behind.fetch(LODASH, "1.0.0")) == internal


# Copies


@pytest.mark.rule("K-9", "C-9")
@pytest.mark.parametrize(
    ("switch", "mode"), [("BLOCK", "ALLOW"), ("ALLOW", "BLOCK"), ("BLOCK", "BLOCK")], ids=["package", "group", "both"]
)
def test_copies_are_allowed_where_publishing_is_blocked(
    client: Any, acme: Domain, team: Repository, switch: OriginSwitch, mode: RestrictionMode
) -> None:
    acme.add_repository("patched").add_package(LODASH, versions=["1.0.1"])
    package = team.add_package(LODASH, versions=["1.0.0"], origin=Origin(switch, "BLOCK"))
    acme.add_package_group("/npm/*", restrictions={"PUBLISH": mode})

    client.copy_package_versions(
        domain="acme",
        sourceRepository="patched",
        destinationRepository="team",
        format="npm",
        package="lodash",
        versions=["1.0.1"],
    )

    assert set(package.versions) == {"1.0.0", "1.0.1"}
    assert outcome(lambda: team.publish(LODASH, "1.0.2")) == CONFLICT
