"""The AWS CLI in a child process: every writing command, and its effect."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from pytest_codeartifact import Domain, FakeCodeArtifact, Origin, Repository, generic, npm, pypi

from ..support.acme import ACCOUNT
from ..support.machines import Machine
from .conftest import Aws

ACME = "--domain acme"
TEAM = f"{ACME} --repository team"
TOOL = f"{TEAM} --format pypi --package tool"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def test_domains_and_repositories_are_created_updated_and_deleted(aws: Aws, codeartifact: FakeCodeArtifact) -> None:
    created = aws(f"create-domain {ACME} --tags key=cost,value=low").printed["domain"]
    repository = aws(f"create-repository {TEAM} --description", "What we build").printed["repository"]
    team = codeartifact.repository("acme", "team")
    updated = aws(f"update-repository {TEAM} --description", "What we built").printed["repository"]
    description = team.description
    gone = aws(f"delete-repository {TEAM}").printed["repository"], aws(f"delete-domain {ACME}").printed["domain"]

    assert (created["owner"], created["status"]) == (ACCOUNT, "Active")
    assert (repository["description"], updated["description"], description) == (
        "What we build",
        "What we built",
        "What we built",
    )
    assert (gone[0]["arn"], gone[1]["status"]) == (repository["arn"], "Deleted")
    assert not codeartifact.domains
    assert codeartifact.calls.operations == [
        "CreateDomain",
        "CreateRepository",
        "UpdateRepository",
        "DeleteRepository",
        "DeleteDomain",
    ]


def test_policies_are_put_and_deleted(aws: Aws, acme: Domain, team: Repository, machine: Machine) -> None:
    (machine.home / "policy.json").write_text(json.dumps(POLICY))

    put = aws(f"put-domain-permissions-policy {ACME} --policy-document file://policy.json").printed["policy"]
    aws(f"put-repository-permissions-policy {TEAM} --policy-document file://policy.json").check()
    there = (acme.policy, team.policy)
    stale = aws(f"delete-domain-permissions-policy {ACME} --policy-revision stale")
    aws(f"delete-domain-permissions-policy {ACME} --policy-revision {put['revision']}").check()
    aws(f"delete-repository-permissions-policy {TEAM}").check()

    assert there == (POLICY, POLICY)
    assert "(ConflictException)" in stale.err
    assert (acme.policy, team.policy) == (None, None)


def test_resources_are_tagged_and_untagged(aws: Aws, acme: Domain) -> None:
    aws(f"tag-resource --resource-arn {acme.arn} --tags key=cost,value=low key=team,value=ours").check()
    tagged = acme.tags
    aws(f"untag-resource --resource-arn {acme.arn} --tag-keys cost").check()

    assert tagged == {"cost": "low", "team": "ours"}
    assert acme.tags == {"team": "ours"}


def test_upstreams_are_set_and_external_connections_added_and_removed(aws: Aws, acme: Domain, team: Repository) -> None:
    acme.add_repository("store")

    aws(f"associate-external-connection {ACME} --repository store --external-connection public:pypi").check()
    connected = acme.repository("store").external_connection
    aws(f"update-repository {TEAM} --upstreams repositoryName=store").check()
    aws(f"disassociate-external-connection {ACME} --repository store --external-connection public:pypi").check()

    assert connected == "public:pypi"
    assert acme.repository("store").external_connection is None
    assert team.upstreams == ["store"]


def test_package_groups_are_created_configured_and_deleted(aws: Aws, acme: Domain, team: Repository) -> None:
    group = f"{ACME} --package-group /npm/ui/*"

    created = aws(f"create-package-group {group} --contact-info ui@example.com").printed["packageGroup"]
    aws(f"update-package-group {group} --description", "The look of it").check()
    configured = aws(
        f"update-package-group-origin-configuration {group} --restrictions PUBLISH=ALLOW_SPECIFIC_REPOSITORIES"
        " --add-allowed-repositories repositoryName=team,originRestrictionType=PUBLISH"
    ).printed
    seen = acme.package_groups["/npm/ui/*"]
    known = (seen.description, seen.contact_info, seen.restrictions["PUBLISH"], seen.allowed_repositories["PUBLISH"])
    aws(f"delete-package-group {group}").check()

    assert created["pattern"] == "/npm/ui/*"
    assert configured["allowedRepositoryUpdates"] == {"PUBLISH": {"ADDED": ["team"]}}
    assert known == ("The look of it", "ui@example.com", "ALLOW_SPECIFIC_REPOSITORIES", {"team"})
    assert list(acme.package_groups) == ["/*"]


def test_assets_are_published_and_downloaded(aws: Aws, team: Repository, machine: Machine) -> None:
    content = bytes(range(256)) * 1000
    (machine.home / "tool.bin").write_bytes(content)
    version = f"{TEAM} --format generic --namespace tools --package installer --package-version 1.0"
    sha256 = hashlib.sha256(content).hexdigest()

    published = aws(
        f"publish-package-version {version} --asset-name tool.bin --asset-content tool.bin --asset-sha256 {sha256}"
        " --unfinished"
    ).printed
    status = team.packages[generic("tools", "installer")].versions["1.0"].status
    aws(
        f"publish-package-version {version} --asset-name more.bin --asset-content tool.bin --asset-sha256 {sha256}"
    ).check()
    downloaded = aws(f"get-package-version-asset {version} --asset tool.bin copy.bin").printed

    assert (published["asset"]["size"], published["asset"]["hashes"]["SHA-256"]) == (len(content), sha256)
    assert (status, team.packages[generic("tools", "installer")].versions["1.0"].status) == ("Unfinished", "Published")
    assert team.packages[generic("tools", "installer")].versions["1.0"].assets["more.bin"] == content
    assert (machine.home / "copy.bin").read_bytes() == content
    assert (downloaded["assetName"], downloaded["packageVersion"]) == ("tool.bin", "1.0")


def test_versions_are_changed_in_batches(aws: Aws, codeartifact: FakeCodeArtifact, team: Repository) -> None:
    codeartifact.domain("acme").add_repository("release")
    tool = team.add_package(pypi("tool"), versions=["1.0", "1.1", "1.2", "1.3"])

    copied = aws(
        f"copy-package-versions {ACME} --source-repository team --destination-repository release --format pypi"
        " --package tool --versions 1.3"
    ).printed
    archive = f"update-package-versions-status {TOOL} --versions 1.0 1.1 --target-status Archived"
    refused = aws(f"{archive} --version-revisions 1.0={tool.versions['1.0'].revision},1.1=stale").printed
    archived = aws(archive).printed
    status = tool.versions["1.1"].status
    disposed = aws(f"dispose-package-versions {TOOL} --versions 1.0").printed
    deleted = aws(f"delete-package-versions {TOOL} --versions 1.2 --expected-status Published").printed

    assert list(copied["successfulVersions"]) == ["1.3"]
    assert list(codeartifact.repository("acme", "release").packages[pypi("tool")].versions) == ["1.3"]
    codes = {version: failed["errorCode"] for version, failed in refused["failedVersions"].items()}
    assert codes == {"1.0": "SKIPPED", "1.1": "MISMATCHED_REVISION"}
    assert (sorted(archived["successfulVersions"]), status) == (["1.0", "1.1"], "Archived")
    assert disposed["successfulVersions"]["1.0"]["status"] == "Disposed"
    assert team.disposed_versions == {(pypi("tool"), "1.0")}
    assert deleted["successfulVersions"]["1.2"]["status"] == "Deleted"
    assert team.deleted_versions == {(pypi("tool"), "1.2")}


def test_packages_are_deleted_and_their_origins_changed(
    aws: Aws, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_packages([npm("@ui/button"), npm("react"), pypi("tool")], versions=["1.0.0"])

    changed = aws(f"put-package-origin-configuration {TOOL} --restrictions publish=BLOCK,upstream=ALLOW").printed[
        "originConfiguration"
    ]
    deleted = aws(f"delete-package {TEAM} --format npm --namespace ui --package button").printed["deletedPackage"]

    assert changed == {"restrictions": {"publish": "BLOCK", "upstream": "ALLOW"}}
    assert team.packages[pypi("tool")].origin == Origin(publish="BLOCK", upstream="ALLOW")
    assert (deleted["namespace"], deleted["package"]) == ("ui", "button")
    assert team.deleted == {npm("@ui/button")}
    assert list(team.packages) == [npm("react"), pypi("tool")]
    assert codeartifact.calls.of("DeletePackage", package=npm("@ui/button"))


def test_tokens_expire_by_the_clock_of_the_fake(aws: Aws, codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    codeartifact.clock.set(dt.datetime(2030, 1, 1, tzinfo=dt.timezone.utc))

    token = aws(f"get-authorization-token {ACME} --duration-seconds 900").printed

    assert token["expiration"] == dt.datetime(2030, 1, 1, 0, 15, tzinfo=dt.timezone.utc).timestamp()
    assert len(token["authorizationToken"]) > 1000
    assert codeartifact.calls[0].params["durationSeconds"] == 900


def test_a_call_can_be_read_from_a_file_that_was_made_of_its_skeleton(
    aws: Aws, team: Repository, machine: Machine
) -> None:
    team.add_packages([pypi("tool"), pypi("other")], versions=["1.0"])
    skeleton = aws("delete-package --generate-cli-skeleton").printed
    call: dict[str, Any] = {**skeleton, "domain": "acme", "domainOwner": ACCOUNT, "repository": "team"}
    call |= {"format": "pypi", "package": "tool"}
    del call["namespace"]
    (machine.home / "call.json").write_text(json.dumps(call))

    done = aws("delete-package --cli-input-json file://call.json --query deletedPackage.package --output text")

    assert (done.code, done.out) == (0, "tool\n")
    assert team.deleted == {pypi("tool")}
