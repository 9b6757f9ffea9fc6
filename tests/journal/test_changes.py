"""What has changed: thing by thing, with nothing that only follows from it, and in no longer than it takes."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from pytest_codeartifact import (
    Change,
    Dependency,
    Domain,
    FakeCodeArtifact,
    License,
    Origin,
    Repository,
    generic,
    npm,
    pypi,
)

from ..support.acme import ACME, TEAM, of, upload

TOOL = of(pypi("tool"))
MOMENT = dt.datetime(2026, 1, 31, tzinfo=dt.timezone.utc)
POLICY = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "codeartifact:*", "Resource": "*"}]}
READ_ONLY = {"Statement": [{**POLICY["Statement"][0], "Action": "codeartifact:ReadFromRepository"}]}


def of_what(changes: list[Change]) -> list[tuple[object, ...]]:
    """The kind and the path of each change."""
    return [(change.kind, *change.path) for change in changes]


# What is no change


def test_reads_and_failed_calls_are_no_changes(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    with codeartifact.changes() as changes:
        client.list_packages(**TEAM)
        client.delete_package_versions(**TOOL, versions=["9.9"])
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.delete_package(**of(pypi("other")))

    assert not changes
    assert changes == []
    assert len(changes) == 0
    assert str(changes) == "no changes"


def test_repeating_the_same_calls_changes_nothing(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    store = acme.add_repository("store")
    group = acme.add_package_group("/npm/*")
    team.add_package(pypi("tool"), versions=["1.0", "2.0"])

    def run() -> None:
        for resource in (acme, team, group):
            tags = [{"key": "owner", "value": "me"}, {"key": "stage", "value": "test"}]
            client.tag_resource(resourceArn=resource.arn, tags=tags)
            client.untag_resource(resourceArn=resource.arn, tagKeys=["obsolete"])
        client.put_domain_permissions_policy(**ACME, policyDocument=json.dumps(POLICY))
        client.put_repository_permissions_policy(**TEAM, policyDocument=json.dumps(READ_ONLY))
        switches = {"publish": "BLOCK", "upstream": "BLOCK"}
        client.put_package_origin_configuration(**TOOL, restrictions=switches)
        client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus="Archived")
        client.update_repository(**TEAM, description="Ours", upstreams=[{"repositoryName": store.name}])
        client.update_package_group_origin_configuration(
            **ACME,
            packageGroup="/npm/*",
            restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"},
            addAllowedRepositories=[{"repositoryName": "team", "originRestrictionType": "PUBLISH"}],
        )

    with codeartifact.changes() as first:
        run()
    with codeartifact.unchanged():
        run()

    assert len(first) == 12


def test_a_policy_in_another_formatting_is_not_a_change(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    client.put_domain_permissions_policy(**ACME, policyDocument=json.dumps(POLICY))

    with codeartifact.unchanged():
        client.put_domain_permissions_policy(**ACME, policyDocument=json.dumps(POLICY, indent=4, sort_keys=True))


def test_undone_changes_are_not_reported(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    with codeartifact.unchanged():
        client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus="Archived")
        client.update_package_versions_status(**TOOL, versions=["1.0"], targetStatus="Published")
        team.add_package(npm("react"))
        client.delete_package(**of(npm("react")))


def test_the_clock_quotas_and_public_sources_are_no_changes(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    with codeartifact.unchanged():
        codeartifact.clock.advance(dt.timedelta(days=1))
        codeartifact.quotas.domains = 1
        codeartifact.public_source("public:pypi").add_package(pypi("requests"), versions=["2.0"])


def test_a_default_origin_that_the_first_version_decides_is_not_a_change(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    tool = team.add_package(generic("n", "tool"))

    with codeartifact.changes() as changes:
        tool.add_version("1.0")

    assert of_what(changes.added) == [("version", "acme", "team", generic("n", "tool"), "1.0")]
    assert len(changes) == 1


# Each kind


def test_added_and_removed_domains_are_listed_once_with_their_contents(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    codeartifact.add_domain("old", tags={"a": "b"})

    with codeartifact.changes() as changes:
        client.delete_domain(domain="old")
        client.create_domain(domain="new")
        client.create_repository(domain="new", repository="team", tags=[{"key": "a", "value": "b"}])
        client.create_package_group(domain="new", packageGroup="/npm/*")

    assert str(changes) == "+ domain new (1 repository)\n- domain old"
    (added,), (removed,) = changes.added, changes.removed
    assert (added.before, removed.after, changes.changed) == (None, None, [])
    assert removed.before["tags"] == {"a": "b"}
    assert added.after["repositories"]["team"]["tags"] == {"a": "b"}
    assert added.after["package_groups"].keys() == {"/*", "/npm/*"}
    assert (added.account, added.region) == ("123456789012", "us-east-1")


def test_a_recreated_domain_is_removed_and_added(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
    with codeartifact.changes() as changes:
        codeartifact.clock.advance(dt.timedelta(days=1))
        client.delete_domain(**ACME)
        client.create_domain(**ACME)

    assert str(changes) == "- domain acme\n+ domain acme"


def test_a_removed_repository_is_listed_once_with_its_contents(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    other = acme.add_repository("other", description="Old", tags={"a": "b"}, policy=READ_ONLY)
    tool = other.add_package(pypi("tool"), origin=Origin("BLOCK", "ALLOW"))
    tool.add_version("1.0", status="Unlisted", published=MOMENT, assets={"x.whl": b"content"})

    with codeartifact.changes() as changes:
        client.delete_repository(**ACME, repository="other")

    (removed,) = changes
    assert repr(removed) == "- repository acme/other (1 package)"
    assert removed.before["description"] == "Old"
    assert (removed.before["tags"], removed.before["policy"]) == ({"a": "b"}, READ_ONLY)
    package = removed.before["packages"][pypi("tool")]
    assert package["origin"] == Origin("BLOCK", "ALLOW")
    version = package["versions"]["1.0"]
    assert (version["status"], version["published"]) == ("Unlisted", MOMENT)
    assert version["assets"] == {"x.whl": b"content"}


def test_a_recreated_repository_is_removed_and_added(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b")], versions=["1.0"])

    with codeartifact.changes() as changes:
        client.delete_repository(**TEAM)
        client.create_repository(**TEAM)

    assert str(changes) == "- repository acme/team (2 packages)\n+ repository acme/team"
    assert of_what(changes.removed) == of_what(changes.added) == [("repository", "acme", "team")]


def test_a_changed_repository_is_reported_with_its_differences_only(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_repository("store")

    with codeartifact.changes() as changes:
        client.update_repository(**TEAM, description="What we build", upstreams=[{"repositoryName": "store"}])

    (changed,) = changes.changed
    assert changed.before == {"upstreams": [], "description": None}
    assert changed.after == {"upstreams": ["store"], "description": "What we build"}
    assert str(changed) == "~ repository acme/team: upstreams [] -> ['store'], description None -> 'What we build'"


def test_a_recreated_upstream_of_the_same_name_is_a_change(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    acme.add_repository("team", upstreams=[acme.add_repository("store")])
    client.delete_repository(**ACME, repository="store")
    client.create_repository(**ACME, repository="store")

    with codeartifact.changes() as changes:
        client.update_repository(**TEAM, upstreams=[{"repositoryName": "store"}])

    assert str(changes) == "~ repository acme/team: upstreams: same name, re-created"


def test_added_and_removed_packages_are_listed_once_with_their_versions(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("Old_Tool"), versions=["1.0", "1.1"])
    team.add_package(pypi("tool"))

    with codeartifact.changes() as changes:
        client.delete_package(**of(pypi("old-tool")))
        client.delete_package(**TOOL)
        team.publish(npm("@ui/button"), "1.0.0", {"package.tgz": b"content"})

    assert str(changes) == (
        "+ package acme/team/npm('@ui/button') (1 version)\n"
        "- package acme/team/pypi('old-tool') (2 versions)\n"
        "- package acme/team/pypi('tool')"
    )
    assert changes[1].before["versions"].keys() == {"1.0", "1.1"}
    assert changes[1].before["display_name"] == "Old_Tool"
    assert changes[0].after["dist_tags"] == {"latest": "1.0.0"}


def test_changed_dist_tags_are_an_attribute_of_their_package(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.publish(npm("button"), "1.0.0")

    with codeartifact.changes() as changes:
        team.publish(npm("button"), "1.1.0")

    assert str(changes) == (
        "~ package acme/team/npm('button'): dist_tags latest: 1.0.0 -> 1.1.0\n"
        "+ version acme/team/npm('button')/1.1.0 (1 asset)"
    )
    assert changes[0].after == {"dist_tags": {"latest": "1.1.0"}}


def test_a_new_display_name_is_a_change(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(pypi("big-tool"), versions=["1.0"])

    with codeartifact.changes() as changes:
        team.publish(pypi("Big_Tool"), "2.0", {})

    assert str(changes.changed[0]) == "~ package acme/team/pypi('big-tool'): display_name None -> Big_Tool"


def test_added_and_removed_versions_are_listed_with_their_attributes(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    tool = team.add_package(pypi("tool"), versions=["1.0"])

    with codeartifact.changes() as changes:
        client.delete_package_versions(**TOOL, versions=["1.0"])
        tool.add_version(
            "2.0",
            published=MOMENT,
            revision="r",
            origin_type="EXTERNAL",
            assets={"a": b"content"},
            display_name="Tool",
            summary="It is one",
            home_page="https://tool",
            source_code_repository="https://code",
            licenses=["MIT"],
            readme="# Tool",
            dependencies=[Dependency("x", ">=1")],
        )

    assert str(changes) == "- version acme/team/pypi('tool')/1.0\n+ version acme/team/pypi('tool')/2.0 (1 asset)"
    assert changes.added[0].after == {
        "status": "Published",
        "published": MOMENT,
        "revision": "r",
        "origin_type": "EXTERNAL",
        "entry_point": "public:pypi",
        "display_name": "Tool",
        "summary": "It is one",
        "home_page": "https://tool",
        "source_code_repository": "https://code",
        "licenses": [License("MIT")],
        "readme": "# Tool",
        "dependencies": [Dependency("x", ">=1")],
        "assets": {"a": b"content"},
    }


def test_a_changed_status_is_an_attribute_of_its_version(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("tool"), pypi("x")], versions=["1.0", "2.0"])

    with codeartifact.changes() as changes:
        client.update_package_versions_status(**TOOL, versions=["2.0"], targetStatus="Archived")

    assert str(changes) == "~ version acme/team/pypi('tool')/2.0: status Published -> Archived"
    assert changes == [
        Change("version", ("acme", "team", pypi("tool"), "2.0"), {"status": "Published"}, {"status": "Archived"})
    ]


def test_a_recreated_version_is_changed_by_its_revision(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    codeartifact.clock.set(MOMENT)
    tool = team.add_package(pypi("tool"), versions=["1.0"])

    with codeartifact.changes() as changes:
        client.delete_package_versions(**TOOL, versions=["1.0"])
        tool.add_version("1.0")

    (changed,) = changes.changed
    assert (changed.kind, changed.after) == ("version", {"revision": tool.versions["1.0"].revision})


def test_an_added_asset_is_listed_without_its_version(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    path = ("acme", "team", pypi("tool"), "1.0")
    team.add_package(pypi("tool")).add_version("1.0", assets={"a.whl": b"content"})

    with codeartifact.changes() as changes:
        team.publish(pypi("tool"), "1.0", {"lib/b.whl": b"x"})

    assert str(changes) == "+ asset acme/team/pypi('tool')/1.0/'lib/b.whl' (1 byte)"
    assert changes == [Change("asset", (*path, "lib/b.whl"), None, b"x")]


def test_an_asset_that_finishes_its_version_is_listed_with_it(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    id, content = generic("tools", "installer"), b"#!/bin/sh"
    codeartifact.clock.set(MOMENT)
    team.add_package(id).add_version("1.0", status="Unfinished", assets={"old": b""}, revision="seeded")

    with codeartifact.changes() as changes:
        upload(client, "install.sh", content, **of(id), packageVersion="1.0")

    version, asset = changes
    assert version.before == {"status": "Unfinished", "revision": "seeded"}
    assert (asset.path[-1], asset.after) == ("install.sh", content)


def test_disposal_is_a_changed_status_and_removed_assets(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool")).add_version("1.0", assets={"a": b"content", "b": b""})

    with codeartifact.changes() as changes:
        client.dispose_package_versions(**TOOL, versions=["1.0"])

    assert str(changes) == (
        "~ version acme/team/pypi('tool')/1.0: status Published -> Disposed\n"
        "- asset acme/team/pypi('tool')/1.0/a (7 bytes)\n"
        "- asset acme/team/pypi('tool')/1.0/b (0 bytes)"
    )


def test_an_overwritten_asset_is_listed_as_changed(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    staging = acme.add_repository("staging")
    for repository, content in ((staging, b"new content"), (team, b"content")):
        repository.add_package(pypi("tool")).add_version(
            "1.0", assets={"a": content}, published=MOMENT, entry_point="team"
        )

    with codeartifact.changes() as changes:
        client.copy_package_versions(
            **ACME,
            sourceRepository="staging",
            destinationRepository="team",
            format="pypi",
            package="tool",
            versions=["1.0"],
            allowOverwrite=True,
        )

    assert str(changes) == "~ asset acme/team/pypi('tool')/1.0/a: 7 bytes -> 11 bytes"
    assert (changes[0].before, changes[0].after) == (b"content", b"new content")


def test_a_changed_origin_configuration_is_shown_as_origins(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"], origin=Origin("ALLOW", "ALLOW"))

    with codeartifact.changes() as changes:
        client.put_package_origin_configuration(**TOOL, restrictions={"publish": "ALLOW", "upstream": "BLOCK"})

    path = ("acme", "team", pypi("tool"))
    assert changes == [Change("origin configuration", path, Origin("ALLOW", "ALLOW"), Origin("ALLOW", "BLOCK"))]
    assert str(changes) == "~ origin configuration acme/team/pypi('tool'): upstream ALLOW -> BLOCK"


def test_added_removed_and_changed_policies_are_listed(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    other = acme.add_repository("other", policy=READ_ONLY)
    client.put_repository_permissions_policy(**TEAM, policyDocument=json.dumps(READ_ONLY))

    with codeartifact.changes() as changes:
        client.put_domain_permissions_policy(**ACME, policyDocument=json.dumps(POLICY))
        client.put_repository_permissions_policy(**TEAM, policyDocument=json.dumps({**READ_ONLY, "Version": "2012"}))
        client.delete_repository_permissions_policy(**ACME, repository=other.name)

    assert changes == [
        Change("policy", ("acme",), None, POLICY),
        Change("policy", ("acme", "other"), READ_ONLY, None),
        Change("policy", ("acme", "team"), READ_ONLY, {**READ_ONLY, "Version": "2012"}),
    ]
    assert str(changes) == "+ policy acme\n- policy acme/other\n~ policy acme/team: Version None -> 2012"


def test_added_removed_and_changed_tags_are_listed(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    group = acme.add_package_group("/npm/*", tags={"owner": "me"})
    client.tag_resource(resourceArn=team.arn, tags=[{"key": "cost centre", "value": "41"}])

    with codeartifact.changes() as changes:
        client.tag_resource(resourceArn=acme.arn, tags=[{"key": "owner", "value": "you and me"}])
        client.tag_resource(resourceArn=team.arn, tags=[{"key": "cost centre", "value": "42"}])
        client.untag_resource(resourceArn=group.arn, tagKeys=["owner"])

    assert str(changes) == (
        "+ tag acme/owner: 'you and me'\n"
        "- tag acme/'/npm/*'/owner: me\n"
        "~ tag acme/team/'cost centre': 41 -> 42"
    )  # fmt: skip
    assert changes[2] == Change("tag", ("acme", "team", "cost centre"), "41", "42")


def test_added_removed_and_changed_package_groups_are_listed(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_package_group("/npm/*", description="Old")
    acme.add_package_group("/pypi/*")

    with codeartifact.changes() as changes:
        client.delete_package_group(**ACME, packageGroup="/npm/*")
        client.create_package_group(**ACME, packageGroup="/maven/*", contactInfo="us")
        client.update_package_group_origin_configuration(
            **ACME,
            packageGroup="/pypi/*",
            restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"},
            addAllowedRepositories=[{"repositoryName": "team", "originRestrictionType": "PUBLISH"}],
        )

    assert str(changes) == (
        "+ package group acme/'/maven/*'\n"
        "- package group acme/'/npm/*'\n"
        "~ package group acme/'/pypi/*': restrictions PUBLISH: INHERIT -> ALLOW_SPECIFIC_REPOSITORIES, "
        "allowed_repositories PUBLISH: None -> ['team']"
    )
    assert changes.added[0].after["contact_info"] == "us"
    assert changes.removed[0].before["description"] == "Old"
    assert changes.changed[0].after["allowed_repositories"] == {"PUBLISH": {"team"}}
