"""Domains (behaviour reference, section 3)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository, pypi

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:us-east-1:123456789012:key/{KEY_ID}"
ANY_KEY_ARN = re.compile(r"arn:aws:kms:us-east-1:123456789012:key/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NEW_YEAR = dt.datetime(2026, 1, 1, 12, 30, 15, 123000, tzinfo=dt.timezone.utc)
NOT_FOUND = "Domain not found. Domain '{}' owned by account '{}' does not exist."


def names(response: dict[str, Any]) -> list[str]:
    return [domain["name"] for domain in response["domains"]]


@pytest.mark.rule("D-1", "D-2", "W-3")
def test_creating_a_domain_returns_its_description(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.clock.set(NEW_YEAR)

    created = client.create_domain(domain="acme")["domain"]

    assert ANY_KEY_ARN.fullmatch(created.pop("encryptionKey"))
    assert created == {
        "name": "acme",
        "owner": "123456789012",
        "arn": "arn:aws:codeartifact:us-east-1:123456789012:domain/acme",
        "status": "Active",
        "createdTime": NEW_YEAR,
        "repositoryCount": 0,
        "assetSizeBytes": 0,
        "s3BucketArn": "arn:aws:s3:::assets-123456789012-us-east-1",
    }


@pytest.mark.rule("D-1", "D-2")
def test_owner_and_region_of_a_domain_are_those_of_the_call(codeartifact: FakeCodeArtifact) -> None:
    elsewhere = codeartifact.client(account="210987654321", region="eu-west-1")

    created = elsewhere.create_domain(domain="acme")["domain"]

    assert created["owner"] == "210987654321"
    assert created["arn"] == "arn:aws:codeartifact:eu-west-1:210987654321:domain/acme"
    assert created["encryptionKey"].startswith("arn:aws:kms:eu-west-1:210987654321:key/")
    assert created["s3BucketArn"] == "arn:aws:s3:::assets-210987654321-eu-west-1"


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("given", [KEY_ID, KEY_ARN])
def test_an_encryption_key_is_shown_as_its_arn(client: Any, given: str) -> None:
    created = client.create_domain(domain="acme", encryptionKey=given)["domain"]

    assert created["encryptionKey"] == KEY_ARN


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("given", ["alias/mine", "arn:aws:kms:us-east-1:123456789012:alias/mine"])
def test_an_alias_of_a_key_is_shown_as_the_arn_of_a_key(client: Any, given: str) -> None:
    created = client.create_domain(domain="acme", encryptionKey=given)["domain"]

    assert ANY_KEY_ARN.fullmatch(created["encryptionKey"])
    assert client.describe_domain(domain="acme")["domain"]["encryptionKey"] == created["encryptionKey"]


@pytest.mark.rule("D-1")
def test_without_a_key_the_domain_has_the_one_that_aws_manages(client: Any) -> None:
    keys = [
        client.create_domain(domain=name, **key)["domain"]["encryptionKey"]
        for name, key in {
            "one": {},
            "other": {},
            "spelled-out": {"encryptionKey": "alias/aws/codeartifact"},
            "mine": {"encryptionKey": "alias/mine"},
        }.items()
    ]

    assert keys[0] == keys[1] == keys[2] != keys[3]


@pytest.mark.rule("D-5", "E-18")
@pytest.mark.parametrize(
    "given", ["aws/codeartifact", "no-such-key", "arn:aws:s3:::bucket", "arn:aws:kms:us-east-1:123456789012:grant/x"]
)
def test_an_unknown_key_is_refused(codeartifact: FakeCodeArtifact, client: Any, given: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.create_domain(domain="acme", encryptionKey=given)

    response = caught.value.response
    assert response["Error"]["Message"] == f"KMS key not found: {given}"
    assert response["reason"] == "ENCRYPTION_KEY_ERROR"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "acme" not in codeartifact.domains


@pytest.mark.rule("D-3")
def test_the_name_of_an_existing_domain_is_a_conflict(client: Any, acme: Domain) -> None:
    key = acme.encryption_key

    with pytest.raises(client.exceptions.ConflictException) as caught:
        client.create_domain(domain="acme", encryptionKey=KEY_ID, tags=[{"key": "team", "value": "blue"}])

    response = caught.value.response
    assert "acme" in response["Error"]["Message"]
    assert (response["resourceType"], response["resourceId"]) == ("domain", "acme")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert acme.encryption_key == key
    assert acme.tags == {}


@pytest.mark.rule("D-3", "X-4", "X-7")
@pytest.mark.parametrize("place", [{"account": "210987654321"}, {"region": "eu-west-1"}], ids=str)
def test_the_same_name_can_be_used_in_other_accounts_and_regions(
    codeartifact: FakeCodeArtifact, acme: Domain, place: dict[str, str]
) -> None:
    created = codeartifact.client(**place).create_domain(domain="acme")["domain"]

    assert created["arn"] != acme.arn
    assert codeartifact.at(**place).domain("acme").arn == created["arn"]


@pytest.mark.rule("D-4")
def test_an_account_has_ten_domains_in_a_region(codeartifact: FakeCodeArtifact, client: Any) -> None:
    for number in range(10):
        client.create_domain(domain=f"domain-{number}")

    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        client.create_domain(domain="one-more")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert len(codeartifact.domains) == 10


@pytest.mark.rule("D-4")
def test_domains_elsewhere_and_deleted_ones_do_not_count_towards_the_quota(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    codeartifact.quotas.domains = 1
    codeartifact.add_domain("theirs", account="210987654321")
    codeartifact.add_domain("far-away", region="eu-west-1")
    client.create_domain(domain="first")
    client.delete_domain(domain="first")

    client.create_domain(domain="second")

    assert set(codeartifact.domains) == {"second"}


@pytest.mark.rule("D-6", "G-15")
def test_a_new_domain_has_its_root_package_group(client: Any) -> None:
    client.create_domain(domain="acme")

    (root,) = client.list_package_groups(domain="acme")["packageGroups"]
    modes = {kind: entry["mode"] for kind, entry in root["originConfiguration"]["restrictions"].items()}
    assert root["pattern"] == "/*"
    assert modes == {"PUBLISH": "ALLOW", "EXTERNAL_UPSTREAM": "ALLOW", "INTERNAL_UPSTREAM": "ALLOW"}


@pytest.mark.rule("D-7", "D-1", "D-2")
def test_a_domain_is_described_as_it_was_when_it_was_created(client: Any) -> None:
    created = client.create_domain(domain="acme", encryptionKey="alias/mine")["domain"]

    assert client.describe_domain(domain="acme")["domain"] == created
    assert client.describe_domain(domain="acme", domainOwner="123456789012")["domain"] == created


@pytest.mark.rule("D-7")
@pytest.mark.usefixtures("acme")
def test_the_count_of_repositories_follows_creations_and_deletions(client: Any) -> None:
    counts = [client.describe_domain(domain="acme")["domain"]["repositoryCount"]]
    for change, name in [("create", "one"), ("create", "two"), ("delete", "one")]:
        getattr(client, f"{change}_repository")(domain="acme", repository=name)
        counts.append(client.describe_domain(domain="acme")["domain"]["repositoryCount"])

    assert counts == [0, 1, 2, 1]


@pytest.mark.rule("D-7")
def test_an_asset_counts_once_however_many_versions_have_it(client: Any, acme: Domain, team: Repository) -> None:
    package = team.add_package(pypi("tool"))
    package.add_version("1.0", assets={"a.whl": b"12345", "the same.whl": b"12345", "b.whl": b"123"})
    package.add_version("2.0", assets={"c.whl": b"12345"})
    acme.add_repository("other").add_package(pypi("copy")).add_version("1.0", assets={"d.whl": b"12345"})

    size = client.describe_domain(domain="acme")["domain"]["assetSizeBytes"]

    assert size == acme.asset_size_bytes == 8


@pytest.mark.rule("D-7")
@pytest.mark.parametrize("operation", ["dispose_package_versions", "delete_package_versions"])
def test_disposed_and_deleted_versions_do_not_count_towards_the_size(
    client: Any, team: Repository, operation: str
) -> None:
    package = team.add_package(pypi("tool"))
    package.add_version("1.0", assets={"a.whl": b"12345"})
    package.add_version("2.0", status="Archived", assets={"b.whl": b"123"})

    getattr(client, operation)(domain="acme", repository="team", format="pypi", package="tool", versions=["1.0"])

    assert client.describe_domain(domain="acme")["domain"]["assetSizeBytes"] == 3


@pytest.mark.rule("D-7", "E-10")
@pytest.mark.parametrize(
    ("asked", "owner"),
    [({"domain": "nowhere"}, "123456789012"), ({"domain": "acme", "domainOwner": "210987654321"}, "210987654321")],
    ids=["name", "owner"],
)
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
@pytest.mark.usefixtures("acme")
def test_a_missing_domain_is_named(client: Any, asked: dict[str, str], owner: str) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_domain(**asked)

    response = caught.value.response
    assert response["Error"]["Message"] == NOT_FOUND.format(asked["domain"], owner)
    assert (response["resourceType"], response["resourceId"]) == ("domain", asked["domain"])


@pytest.mark.rule("D-8", "D-2")
def test_listed_domains_show_no_counts_and_no_bucket(client: Any, acme: Domain, team: Repository) -> None:
    team.add_package(pypi("tool")).add_version("1.0", assets={"tool.whl": b"12345"})

    response = client.list_domains()

    assert response["domains"] == [
        {
            "name": "acme",
            "owner": "123456789012",
            "arn": acme.arn,
            "status": "Active",
            "createdTime": acme.created,
            "encryptionKey": acme.encryption_key,
        }
    ]
    assert "nextToken" not in response


@pytest.mark.rule("D-8", "X-7")
def test_only_domains_of_the_callers_account_and_region_are_listed(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.add_domain("theirs", account="210987654321").add_repository("shared", administrator="123456789012")
    codeartifact.add_domain("far-away", region="eu-west-1")
    for name in ("beta", "alpha"):
        client.create_domain(domain=name)

    assert sorted(names(client.list_domains())) == ["alpha", "beta"]
    assert names(codeartifact.client(account="210987654321").list_domains()) == ["theirs"]
    assert names(codeartifact.client(region="eu-west-1").list_domains()) == ["far-away"]
    assert names(codeartifact.client(region="ap-south-1").list_domains()) == []


@pytest.mark.rule("D-9", "E-15")
def test_a_domain_with_a_repository_cannot_be_deleted(client: Any, acme: Domain, team: Repository) -> None:
    with pytest.raises(client.exceptions.ConflictException) as caught:
        client.delete_domain(domain="acme")

    response = caught.value.response
    assert response["Error"]["Message"] == "Domain must contain 0 repositories before deletion"
    assert (response["resourceType"], response["resourceId"]) == ("domain", "acme")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert set(acme.repositories) == {team.name}


@pytest.mark.rule("D-9", "D-2")
def test_deleting_a_domain_returns_its_last_description(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    acme.add_repository("team").add_package(pypi("tool")).add_version("1.0", assets={"tool.whl": b"12345"})
    client.delete_repository(domain="acme", repository="team")
    described = client.describe_domain(domain="acme")["domain"]

    deleted = client.delete_domain(domain="acme")["domain"]

    assert deleted == {**described, "status": "Deleted", "repositoryCount": 0, "assetSizeBytes": 0}
    assert "acme" not in codeartifact.domains
    assert names(client.list_domains()) == []


@pytest.mark.rule("D-9", "TG-7", "PP-3")
def test_a_recreated_domain_has_nothing_of_the_deleted_one(codeartifact: FakeCodeArtifact, client: Any) -> None:
    policy = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "codeartifact:*"}}
    old = codeartifact.add_domain("acme", tags={"team": "blue"}, policy=policy)
    old.add_package_group("/npm/*", restrictions={"PUBLISH": "BLOCK"})
    client.delete_domain(domain="acme")

    created = client.create_domain(domain="acme")["domain"]

    assert created["status"] == "Active"
    assert client.list_tags_for_resource(resourceArn=created["arn"])["tags"] == []
    assert [group["pattern"] for group in client.list_package_groups(domain="acme")["packageGroups"]] == ["/*"]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_domain_permissions_policy(domain="acme")


@pytest.mark.rule("D-10")
@pytest.mark.parametrize("owner", [{}, {"domainOwner": "123456789012"}], ids=["omitted", "own"])
@pytest.mark.usefixtures("acme")
def test_deleting_a_domain_that_does_not_exist_succeeds_with_an_empty_response(
    codeartifact: FakeCodeArtifact, client: Any, owner: dict[str, str]
) -> None:
    response = client.delete_domain(domain="nowhere", **owner)

    metadata = response.pop("ResponseMetadata")
    assert response == {}
    assert metadata["HTTPStatusCode"] == 200
    assert set(codeartifact.domains) == {"acme"}


@pytest.mark.rule("D-10", "X-3", "E-10")
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
def test_a_missing_domain_of_another_account_is_not_found_when_deleted(client: Any, acme: Domain) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.delete_domain(domain="acme", domainOwner="210987654321")

    assert caught.value.response["Error"]["Message"] == NOT_FOUND.format("acme", "210987654321")
    assert acme.repositories == {}


@pytest.mark.rule("D-10", "X-3", "E-22")
def test_deleting_a_missing_domain_of_another_account_is_denied_if_set_up_to() -> None:
    with FakeCodeArtifact(foreign_domains="denied") as fake:
        client = fake.client()

        with pytest.raises(client.exceptions.AccessDeniedException) as caught:
            client.delete_domain(domain="theirs", domainOwner="210987654321")

    assert "codeartifact:DeleteDomain" in caught.value.response["Error"]["Message"]


@pytest.mark.rule("D-11")
def test_tags_policies_and_groups_do_not_change_the_description_of_a_domain(client: Any, acme: Domain) -> None:
    before = client.describe_domain(domain="acme")["domain"]

    client.tag_resource(resourceArn=acme.arn, tags=[{"key": "team", "value": "blue"}])
    client.put_domain_permissions_policy(
        domain="acme",
        policyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
        '"Action": "codeartifact:*", "Resource": "*"}]}',
    )
    client.create_package_group(domain="acme", packageGroup="/npm/*", description="for the browser")

    assert client.describe_domain(domain="acme")["domain"] == before
    assert acme.tags == {"team": "blue"}
    assert acme.policy["Version"] == "2012-10-17"
