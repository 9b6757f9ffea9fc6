"""The quotas of the service and how tests change them (behaviour reference, section 20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Repository,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ThrottlingException,
    generic,
    npm,
    pypi,
)

from ..support.acme import upload

TOOL = generic("ns", "tool")
TEAM = {"domain": "acme", "repository": "team"}
AT_TOOL = {"domain": "acme", "repository": "team", "format": "generic", "namespace": "ns", "package": "tool"}
ROOMY = ["us-east-1", "us-east-2", "ap-south-1", "eu-central-1", "eu-west-1", "eu-west-3"]


def publish(client: Any, asset: str, content: bytes = b"x", version: str = "1.0") -> Any:
    return upload(client, asset, content, **AT_TOOL, packageVersion=version, unfinished=True)


def exceeded(call: Callable[[], object], client: Any) -> Any:
    """The error response to a call that exceeds a quota."""
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        call()
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 402
    return response


@pytest.mark.rule("D-4", "R-2", "R-3", "U-8", "P-9", "TG-4")
def test_the_quotas_are_those_of_the_service(codeartifact: FakeCodeArtifact) -> None:
    quotas = codeartifact.quotas

    assert (quotas.domains, quotas.repositories_per_domain, quotas.direct_upstreams) == (10, 1000, 10)
    assert (quotas.searched_repositories, quotas.tags) == (25, 50)
    assert quotas.asset_bytes == 5 * 2**30


@pytest.mark.rule("D-4", "E-1")
def test_an_account_has_at_most_10_domains_in_a_region(codeartifact: FakeCodeArtifact, client: Any) -> None:
    for number in range(10):
        client.create_domain(domain=f"domain-{number}")

    response = exceeded(lambda: client.create_domain(domain="one-more"), client)

    assert response["resourceType"] == "domain"
    assert len(codeartifact.domains) == 10


@pytest.mark.rule("D-4", "X-7")
def test_the_quota_of_domains_is_separate_for_each_account_and_region(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    codeartifact.quotas.domains = 1
    codeartifact.add_domain("theirs", account="210987654321")
    codeartifact.add_domain("elsewhere", region="eu-west-1")

    client.create_domain(domain="acme")

    exceeded(lambda: client.create_domain(domain="another"), client)
    exceeded(lambda: codeartifact.client(account="210987654321").create_domain(domain="another"), client)
    exceeded(lambda: codeartifact.client(region="eu-west-1").create_domain(domain="another"), client)


@pytest.mark.rule("D-4")
def test_a_deleted_domain_does_not_count_towards_the_quota(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.quotas.domains = 1
    client.create_domain(domain="acme")

    client.delete_domain(domain="acme")

    assert client.create_domain(domain="another")["domain"]["name"] == "another"


@pytest.mark.rule("R-2")
def test_a_domain_has_at_most_1000_repositories(client: Any, acme: Domain) -> None:
    for number in range(999):
        acme.add_repository(f"repository-{number}")
    client.create_repository(domain="acme", repository="the-last")

    response = exceeded(lambda: client.create_repository(domain="acme", repository="one-more"), client)

    assert response["resourceType"] == "repository"
    assert len(acme.repositories) == 1000


@pytest.mark.rule("R-2")
def test_the_quota_of_repositories_is_separate_for_each_domain(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.quotas.repositories_per_domain = 1
    for name in ("acme", "another"):
        codeartifact.add_domain(name)
        client.create_repository(domain=name, repository="team")

    exceeded(lambda: client.create_repository(domain="acme", repository="other"), client)
    client.delete_repository(domain="acme", repository="team")

    assert client.create_repository(domain="acme", repository="other")["repository"]["name"] == "other"


@pytest.mark.rule("R-3", "R-5")
def test_a_repository_has_at_most_10_direct_upstreams(client: Any, acme: Domain, team: Repository) -> None:
    names = [acme.add_repository(f"upstream-{number}").name for number in range(11)]
    upstreams = [{"repositoryName": name} for name in names]

    exceeded(lambda: client.create_repository(domain="acme", repository="below", upstreams=upstreams), client)
    exceeded(lambda: client.update_repository(domain="acme", repository="team", upstreams=upstreams), client)

    assert "below" not in acme.repositories
    assert team.upstreams == []
    client.create_repository(domain="acme", repository="below", upstreams=upstreams[:10])
    client.update_repository(domain="acme", repository="team", upstreams=upstreams[1:])
    assert acme.repository("below").upstreams == names[:10]
    assert team.upstreams == names[1:]


@pytest.mark.rule("P-9")
@pytest.mark.parametrize(
    ("region", "most"),
    [*((region, 350) for region in ROOMY), ("eu-west-2", 150), ("us-west-2", 150), ("ap-south-2", 150)],
)
def test_the_quota_of_assets_depends_on_the_region(codeartifact: FakeCodeArtifact, region: str, most: int) -> None:
    team = codeartifact.add_domain("acme", region=region).add_repository("team")
    client = codeartifact.client(region=region)
    assets = {f"asset-{number}": b"x" for number in range(most - 1)}
    version = team.add_package(TOOL).add_version("1.0", status="Unfinished", assets=assets)

    publish(client, "the-last")
    exceeded(lambda: publish(client, "one-more"), client)

    assert len(version.assets) == most
    assert "one-more" not in version.assets
    assert publish(client, "the-last")["status"] == "Unfinished"


@pytest.mark.rule("P-9")
@pytest.mark.usefixtures("team")
def test_the_quota_of_assets_can_be_changed(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.quotas.assets_per_version = 2
    publish(client, "first")
    publish(client, "second")

    exceeded(lambda: publish(client, "third"), client)

    publish(client, "third", version="2.0")
    codeartifact.quotas.assets_per_version = 3
    assert publish(client, "third")["asset"]["name"] == "third"


@pytest.mark.rule("E-25", "P-9", "R-3", "TG-4")
def test_the_error_names_the_resource_that_would_exceed_the_quota(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    codeartifact.quotas.assets_per_version = codeartifact.quotas.direct_upstreams = codeartifact.quotas.tags = 1
    tags = [{"key": "a", "value": ""}, {"key": "b", "value": ""}]
    upstreams = [{"repositoryName": acme.add_repository(f"upstream-{number}").name} for number in range(2)]
    publish(client, "first")

    for call, resource in {
        lambda: publish(client, "second"): ("1.0", "package-version"),
        lambda: client.update_repository(**TEAM, upstreams=upstreams): ("team", "repository"),
        lambda: client.create_repository(domain="acme", repository="new", upstreams=upstreams): ("new", "repository"),
        lambda: client.create_domain(domain="new", tags=tags): ("new", "domain"),
        lambda: client.create_repository(domain="acme", repository="new", tags=tags): ("new", "repository"),
        lambda: client.create_package_group(domain="acme", packageGroup="/npm/*", tags=tags): (None, None),
        lambda: client.tag_resource(resourceArn=acme.arn, tags=tags): ("acme", "domain"),
        lambda: client.tag_resource(resourceArn=team.arn, tags=tags): ("team", "repository"),
        lambda: client.tag_resource(resourceArn=acme.package_groups["/*"].arn, tags=tags): (None, None),
    }.items():
        response = exceeded(call, client)
        assert (response.get("resourceId"), response.get("resourceType")) == resource


@pytest.mark.rule("P-9", "E-25")
def test_the_size_of_an_asset_is_limited(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    codeartifact.quotas.asset_bytes = 10
    publish(client, "ten", b"x" * 10)

    response = exceeded(lambda: publish(client, "eleven", b"x" * 11), client)

    assert response["resourceType"] == "asset"
    assert "eleven" in response["Error"]["Message"]
    assert set(team.packages[TOOL].versions["1.0"].assets) == {"ten"}


@pytest.mark.rule("P-9")
def test_quotas_apply_to_package_managers(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    codeartifact.quotas.asset_bytes = 10
    codeartifact.quotas.assets_per_version = 2

    with pytest.raises(ServiceQuotaExceededException):
        team.publish(pypi("tool"), "1.0", {"tool-1.0.tar.gz": b"x" * 11})
    with pytest.raises(ServiceQuotaExceededException):
        team.publish(pypi("tool"), "1.0", {f"tool-1.0-{number}.whl": b"x" for number in range(3)})

    assert set(team.packages) == set()


@pytest.mark.rule("U-8", "U-9")
def test_at_most_25_repositories_are_searched(acme: Domain) -> None:
    names = [f"repository-{number:02}" for number in range(1, 27)]
    for place, name in reversed(list(enumerate(names))):
        acme.add_repository(name, upstreams=names[place + 1 : place + 2])
    acme.repository("repository-25").add_package(pypi("near"), versions=["1.0"])
    acme.repository("repository-26").add_package(pypi("far"), versions=["1.0"])

    assert acme.repository("repository-01").fetch(pypi("near"), "1.0").version == "1.0"
    with pytest.raises(ResourceNotFoundException):
        acme.repository("repository-01").fetch(pypi("far"), "1.0")
    assert acme.repository("repository-02").fetch(pypi("far"), "1.0").version == "1.0"


@pytest.mark.rule("U-8", "C-5")
def test_the_quota_of_searched_repositories_applies_to_copies(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    codeartifact.quotas.searched_repositories = 2
    acme.add_repository("third").add_package(npm("far"), versions=["1.0.0"])
    acme.add_repository("second", upstreams=["third"]).add_package(npm("near"), versions=["1.0.0"])
    source = acme.add_repository("first", upstreams=["second"])
    source.add_package(npm("far"))
    acme.add_repository("target")

    copied = {
        name: client.copy_package_versions(
            domain="acme",
            sourceRepository="first",
            destinationRepository="target",
            format="npm",
            package=name,
            versions=["1.0.0"],
            includeFromUpstream=True,
        )
        for name in ("near", "far")
    }

    assert set(copied["near"]["successfulVersions"]) == {"1.0.0"}
    assert copied["far"]["failedVersions"]["1.0.0"]["errorCode"] == "NOT_FOUND"


@pytest.mark.rule("TG-4")
def test_the_quota_of_tags_can_be_changed(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
    codeartifact.quotas.tags = 1
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]

    exceeded(lambda: client.tag_resource(resourceArn=acme.arn, tags=tags), client)
    exceeded(lambda: client.create_repository(domain="acme", repository="team", tags=tags), client)

    assert acme.tags == {}
    client.tag_resource(resourceArn=acme.arn, tags=tags[:1])
    exceeded(lambda: client.tag_resource(resourceArn=acme.arn, tags=tags[1:]), client)
    assert acme.tags == {"a": "1"}


@pytest.mark.rule("D-4", "R-2", "R-3", "P-9", "TG-4")
def test_quotas_do_not_apply_to_seeds(codeartifact: FakeCodeArtifact) -> None:
    quotas = codeartifact.quotas
    quotas.domains = quotas.repositories_per_domain = quotas.direct_upstreams = 1
    quotas.assets_per_version = quotas.asset_bytes = quotas.tags = 1
    tags = {"a": "1", "b": "2"}

    codeartifact.add_domain("other")
    acme = codeartifact.add_domain("acme", tags=tags)
    upstreams = [acme.add_repository(name, tags=tags) for name in ("one", "two")]
    team = acme.add_repository("team", upstreams=upstreams)
    version = team.add_package(TOOL).add_version("1.0", assets={"first": b"content", "second": b"content"})

    assert (len(codeartifact.domains), len(acme.repositories), team.upstreams) == (2, 3, ["one", "two"])
    assert (len(version.assets), acme.tags) == (2, tags)


@pytest.mark.rule("D-4", "R-2")
def test_seeds_count_towards_quotas(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
    codeartifact.quotas.domains = codeartifact.quotas.repositories_per_domain = 2
    codeartifact.add_domain("other")
    for name in ("one", "two", "three"):
        acme.add_repository(name)

    exceeded(lambda: client.create_domain(domain="another"), client)
    exceeded(lambda: client.create_repository(domain="acme", repository="four"), client)


def test_a_fork_has_its_own_copy_of_the_quotas(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.quotas.domains = 2

    fork = codeartifact.fork()
    fork.quotas.domains = 3
    fork.quotas.tags = 4

    assert (fork.quotas.domains, codeartifact.quotas.domains) == (3, 2)
    assert codeartifact.quotas.tags == 50
    assert codeartifact.fork().quotas.domains == 2


@pytest.mark.rule("V-2", "V-4", "V-8")
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("delete_package_versions", {}),
        ("dispose_package_versions", {}),
        ("update_package_versions_status", {"targetStatus": "Archived"}),
    ],
)
def test_a_batch_has_at_most_100_versions(
    client: Any, team: Repository, operation: str, parameters: dict[str, str]
) -> None:
    names = [f"1.{number}" for number in range(101)]
    package = team.add_package(TOOL, versions=names)

    with pytest.raises(client.exceptions.ValidationException) as caught:
        getattr(client, operation)(**AT_TOOL, versions=names, **parameters)

    response = caught.value.response
    assert response["reason"] == "FIELD_VALIDATION_FAILED"
    assert "'versions'" in response["Error"]["Message"]
    assert "100" in response["Error"]["Message"]
    assert {version.status for version in package.versions.values()} == {"Published"}
    successful = getattr(client, operation)(**AT_TOOL, versions=names[:100], **parameters)["successfulVersions"]
    assert set(successful) == set(names[:100])


@pytest.mark.rule("V-4", "V-8", "C-1")
def test_a_copy_has_at_most_100_versions(client: Any, acme: Domain, team: Repository) -> None:
    names = [f"1.{number}" for number in range(101)]
    team.add_package(TOOL, versions=names)
    target = acme.add_repository("target")
    to_copy = {
        "domain": "acme",
        "sourceRepository": "team",
        "destinationRepository": "target",
        "format": "generic",
        "namespace": "ns",
        "package": "tool",
    }

    with pytest.raises(client.exceptions.ValidationException, match="'versions'"):
        client.copy_package_versions(**to_copy, versions=names)

    assert set(target.packages) == set()
    client.copy_package_versions(**to_copy, versions=names[:100])
    assert len(target.packages[TOOL].versions) == 100


@pytest.mark.usefixtures("team")
def test_only_planned_faults_throttle_calls(codeartifact: FakeCodeArtifact, client: Any) -> None:
    for _ in range(250):
        client.list_packages(domain="acme", repository="team")
        client.get_authorization_token(domain="acme")

    assert {call.attempts for call in codeartifact.calls} == {1}
    assert {call.error for call in codeartifact.calls} == {None}


@pytest.mark.rule("E-1")
@pytest.mark.usefixtures("acme")
def test_planned_throttling_has_a_retry_after_header(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.fail("GetAuthorizationToken", ThrottlingException("Rate exceeded", retry_after_seconds=3), times=None)

    with pytest.raises(client.exceptions.ThrottlingException) as caught:
        client.get_authorization_token(domain="acme")

    metadata = caught.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 429
    assert metadata["HTTPHeaders"]["retry-after"] == "3"


@pytest.mark.rule("P-5", "P-9", "E-5")
@pytest.mark.parametrize("quota", ["assets_per_version", "asset_bytes"])
def test_a_conflict_is_reported_before_a_quota(
    client: Any, codeartifact: FakeCodeArtifact, team: Repository, quota: str
) -> None:
    team.add_package(TOOL).add_version("1.0", assets={"a": b"x"})
    setattr(codeartifact.quotas, quota, 1)

    with pytest.raises(client.exceptions.ConflictException):
        publish(client, "b", b"yy")


@pytest.mark.rule("TG-4", "E-5")
def test_existing_or_missing_resources_are_reported_before_a_quota(client: Any, team: Repository) -> None:
    tags = [{"key": str(number), "value": ""} for number in range(51)]

    with pytest.raises(client.exceptions.ConflictException):
        client.create_domain(domain="acme", tags=tags)
    with pytest.raises(client.exceptions.ConflictException):
        client.create_repository(domain="acme", repository="team", tags=tags)
    with pytest.raises(client.exceptions.ConflictException):
        client.create_package_group(domain="acme", packageGroup="/*", tags=tags)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.create_package_group(domain="nowhere", packageGroup="/npm/*", tags=tags)
