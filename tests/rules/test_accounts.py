"""Accounts, regions and ARNs (behaviour reference, section 2)."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from pytest_codeartifact import (
    CodeArtifactWarning,
    Domain,
    FakeCodeArtifact,
    ForeignDomainsMode,
    ResourceNotFoundException,
    generic,
    npm,
    pypi,
)

OWN, OTHER, THIRD = "123456789012", "210987654321", "333333333333"

elsewhere_is_meant = pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")


def caller(access_key: str, region: str = "us-east-1") -> Any:
    """A client as code under test makes it."""
    return boto3.client(
        "codeartifact", region_name=region, aws_access_key_id=access_key, aws_secret_access_key="secret"
    )


def owners(client: Any, **params: Any) -> list[tuple[str, str]]:
    """Name and owner of the domains that a client lists."""
    return [(domain["name"], domain["owner"]) for domain in client.list_domains(**params)["domains"]]


def administered(client: Any) -> list[tuple[str, str, str]]:
    """Domain, its owner and name of the repositories that a client's account administers."""
    found = client.list_repositories()["repositories"]
    return [(each["domainName"], each["domainOwner"], each["name"]) for each in found]


@pytest.mark.rule("X-1")
def test_without_an_owner_the_domain_is_the_callers_own(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.add_domain("acme")
    codeartifact.add_domain("acme", account=OTHER)

    for account in (OWN, OTHER):
        described = codeartifact.client(account=account).describe_domain(domain="acme")["domain"]

        assert described["owner"] == account


@pytest.mark.rule("X-1")
@pytest.mark.parametrize(("account", "owner"), [(OWN, OWN), (OWN, OTHER), (OTHER, OWN), (OTHER, OTHER)])
def test_with_an_owner_the_domain_is_that_of_the_named_account(
    codeartifact: FakeCodeArtifact, account: str, owner: str
) -> None:
    for each in (OWN, OTHER):
        codeartifact.add_domain("acme", account=each).add_repository(f"of-{each}")
    client = codeartifact.client(account=account)

    described = client.describe_domain(domain="acme", domainOwner=owner)["domain"]
    listed = client.list_repositories_in_domain(domain="acme", domainOwner=owner)["repositories"]

    assert described["owner"] == owner
    assert [repository["name"] for repository in listed] == [f"of-{owner}"]


@pytest.mark.rule("X-1", "E-10")
@elsewhere_is_meant
def test_another_accounts_domain_is_not_found_without_its_owner(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.add_domain("theirs", account=OTHER)

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_domain(domain="theirs")

    message = f"Domain not found. Domain 'theirs' owned by account '{OWN}' does not exist."
    assert caught.value.response["Error"]["Message"] == message


@pytest.mark.rule("X-1")
def test_a_write_reaches_the_named_owners_domain_only(codeartifact: FakeCodeArtifact, client: Any) -> None:
    own, theirs = (codeartifact.add_domain("acme", account=account).add_repository("team") for account in (OWN, OTHER))
    for repository in (own, theirs):
        repository.add_package(pypi("tool"), versions=["1.0"])

    client.delete_package(domain="acme", domainOwner=OTHER, repository="team", format="pypi", package="tool")

    assert own.deleted == set()
    assert theirs.deleted == {pypi("tool")}
    assert pypi("tool") in own.packages


@pytest.mark.rule("X-2")
def test_a_repository_is_administered_by_the_account_that_created_it(codeartifact: FakeCodeArtifact) -> None:
    shared = codeartifact.add_domain("shared", account=OTHER)
    client = codeartifact.client()

    created = client.create_repository(domain="shared", domainOwner=OTHER, repository="team")["repository"]

    assert (created["administratorAccount"], created["domainOwner"]) == (OWN, OTHER)
    assert created["arn"] == f"arn:aws:codeartifact:us-east-1:{OTHER}:repository/shared/team"
    assert shared.repositories["team"].administrator == OWN
    assert shared.repositories["team"].arn == created["arn"]
    owner = codeartifact.client(account=OTHER)
    described = owner.describe_repository(domain="shared", repository="team")["repository"]
    assert described == created


@pytest.mark.rule("X-2", "R-11", "R-12")
def test_administrators_list_what_they_administer_in_domains_of_any_account(codeartifact: FakeCodeArtifact) -> None:
    shared = codeartifact.add_domain("shared", account=OTHER)
    shared.add_repository("theirs")
    shared.add_repository("ours", administrator=OWN)
    codeartifact.add_domain("acme").add_repository("team")

    assert administered(codeartifact.client()) == [("acme", OWN, "team"), ("shared", OTHER, "ours")]
    assert administered(codeartifact.client(account=OTHER)) == [("shared", OTHER, "theirs")]
    listed = codeartifact.client().list_repositories_in_domain(domain="shared", domainOwner=OTHER)["repositories"]
    assert [(each["name"], each["administratorAccount"]) for each in listed] == [("ours", OWN), ("theirs", OTHER)]


@pytest.mark.rule("X-3", "E-10", "E-11")
@pytest.mark.parametrize("foreign_domains", ["not-found", "denied"])
def test_in_a_domain_that_is_open_to_the_caller_a_wrong_name_is_not_found(foreign_domains: ForeignDomainsMode) -> None:
    with FakeCodeArtifact(foreign_domains=foreign_domains) as fake:
        fake.add_domain("shared", account=OTHER).add_repository("team")
        client = fake.client()

        with pytest.raises(client.exceptions.ResourceNotFoundException) as repository:
            client.describe_repository(domain="shared", domainOwner=OTHER, repository="nowhere")
        with pytest.raises(client.exceptions.ResourceNotFoundException) as domain:
            client.describe_domain(domain="nowhere", domainOwner=OWN)

    assert repository.value.response["Error"]["Message"] == (
        f"Repository not found. Repository 'nowhere' in domain 'shared' owned by account '{OTHER}' does not exist."
    )
    assert domain.value.response["Error"]["Message"] == (
        f"Domain not found. Domain 'nowhere' owned by account '{OWN}' does not exist."
    )


@pytest.mark.rule("X-3", "E-10")
def test_an_unknown_domain_of_another_account_is_not_found_by_default(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_repository(domain="theirs", domainOwner=OTHER, repository="team")

    message = f"Domain not found. Domain 'theirs' owned by account '{OTHER}' does not exist."
    assert caught.value.response["Error"]["Message"] == message


@pytest.mark.rule("X-3", "E-22")
@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_an_unknown_domain_of_another_account_is_denied_if_the_fake_is_set_up_to(region: str, partition: str) -> None:
    with FakeCodeArtifact(account=THIRD, region=region, foreign_domains="denied") as fake:
        client = fake.client()

        with pytest.raises(client.exceptions.AccessDeniedException) as caught:
            client.put_domain_permissions_policy(
                domain="theirs",
                domainOwner=OTHER,
                policyDocument='{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}',
            )

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert caught.value.response["Error"]["Message"] == (
        f"User: arn:{partition}:iam::{THIRD}:root is not authorized to perform: "
        f"codeartifact:PutDomainPermissionsPolicy on resource: "
        f"arn:{partition}:codeartifact:{region}:{OTHER}:domain/theirs because no resource-based policy allows the "
        f"codeartifact:PutDomainPermissionsPolicy action"
    )


@pytest.mark.rule("X-4", "X-7")
@pytest.mark.parametrize("account", [OWN, OTHER])
def test_a_domain_is_created_in_the_callers_account(codeartifact: FakeCodeArtifact, account: str) -> None:
    client = codeartifact.client(account=account, region="eu-west-1")

    created = client.create_domain(domain="fresh")["domain"]

    assert created["owner"] == account
    assert created["arn"] == f"arn:aws:codeartifact:eu-west-1:{account}:domain/fresh"
    places = [(each, region) for each in (OWN, OTHER) for region in ("us-east-1", "eu-west-1")]
    assert [place for place in places if "fresh" in codeartifact.at(*place).domains] == [(account, "eu-west-1")]


@pytest.mark.rule("X-4")
def test_a_domain_cannot_be_created_for_another_account(codeartifact: FakeCodeArtifact, client: Any) -> None:
    with pytest.raises(ParamValidationError):
        client.create_domain(domain="fresh", domainOwner=OTHER)

    assert len(codeartifact.calls) == 0


@pytest.mark.rule("X-4")
def test_an_owner_that_another_client_sends_with_create_domain_is_ignored(
    codeartifact: FakeCodeArtifact, codeartifact_client: Any
) -> None:
    def name_an_owner(request: Any, **_: object) -> None:
        request.url += f"&domain-owner={OTHER}"

    codeartifact_client.meta.events.register("request-created.codeartifact.CreateDomain", name_an_owner)

    assert codeartifact_client.create_domain(domain="fresh")["domain"]["owner"] == OWN
    assert list(codeartifact.at(account=OTHER).domains) == []


ARNS = [
    ("/*", "%2a"),
    ("/npm/*", "npm/%2a"),
    ("/npm//*", "npm//%2a"),
    ("/npm/space/*", "npm/space/%2a"),
    ("/maven/com.anycompany~", "maven/com.anycompany~"),
    ("/npm/space/anycompany-ui~", "npm/space/anycompany-ui~"),
    ("/nuget//alpha$", "nuget//alpha%24"),
    ("/nuget//alpha%beta%gamma~", "nuget//alpha%25beta%25gamma~"),
    ("/npm//100%25$", "npm//100%2525%24"),
    ("/npm//%2a~", "npm//%252a~"),
]


@pytest.mark.rule("X-5", "X-6")
@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("eu-central-1", "aws"),
        ("ca-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-gov-east-1", "aws-us-gov"),
    ],
)
def test_arns_name_partition_region_and_owner(region: str, partition: str) -> None:
    with FakeCodeArtifact(region=region) as fake:
        client = fake.client()
        domain = client.create_domain(domain="acme")["domain"]
        repository = client.create_repository(domain="acme", repository="team")["repository"]
        group = client.describe_package_group(domain="acme", packageGroup="/*")["packageGroup"]

        prefix = f"arn:{partition}:codeartifact:{region}:{OWN}"
        assert domain["arn"] == fake.domain("acme").arn == f"{prefix}:domain/acme"
        assert repository["arn"] == fake.repository("acme", "team").arn == f"{prefix}:repository/acme/team"
        assert group["arn"] == fake.domain("acme").package_groups["/*"].arn == f"{prefix}:package-group/acme/%2a"
        assert domain["encryptionKey"].startswith(f"arn:{partition}:kms:{region}:{OWN}:key/")
        assert domain["s3BucketArn"].startswith(f"arn:{partition}:s3:::")


@pytest.mark.rule("X-5")
@pytest.mark.parametrize(("pattern", "encoded"), ARNS)
def test_the_pattern_of_a_package_group_is_encoded_in_its_arn(
    codeartifact: FakeCodeArtifact, client: Any, pattern: str, encoded: str
) -> None:
    arn = f"arn:aws:codeartifact:us-east-1:{OWN}:package-group/acme/{encoded}"
    acme = codeartifact.add_domain("acme")
    if pattern != "/*":
        client.create_package_group(domain="acme", packageGroup=pattern)

    client.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "tools"}])

    assert client.describe_package_group(domain="acme", packageGroup=pattern)["packageGroup"]["arn"] == arn
    assert acme.package_groups[pattern].arn == arn
    assert acme.package_groups[pattern].tags == {"team": "tools"}
    listed = client.list_package_groups(domain="acme")["packageGroups"]
    assert {group["pattern"]: group["arn"] for group in listed}[pattern] == arn


@pytest.mark.rule("X-5")
def test_an_arn_has_the_owner_of_the_domain_wherever_it_is_shown(codeartifact: FakeCodeArtifact) -> None:
    shared = codeartifact.add_domain("shared", account=OTHER)
    shared.add_repository("team", administrator=OWN)
    shared.add_package_group("/npm/*")
    client, owner = codeartifact.client(), codeartifact.client(account=OTHER)
    where = {"domain": "shared", "domainOwner": OTHER}
    prefix = f"arn:aws:codeartifact:us-east-1:{OTHER}"

    group = client.describe_package_group(**where, packageGroup="/npm/*")["packageGroup"]

    assert owner.list_domains()["domains"][0]["arn"] == f"{prefix}:domain/shared"
    assert client.list_repositories()["repositories"][0]["arn"] == f"{prefix}:repository/shared/team"
    in_domain = client.list_repositories_in_domain(**where)["repositories"]
    assert in_domain[0]["arn"] == f"{prefix}:repository/shared/team"
    assert group["arn"] == f"{prefix}:package-group/shared/npm/%2a"
    assert group["parent"]["arn"] == f"{prefix}:package-group/shared/%2a"
    restriction = group["originConfiguration"]["restrictions"]["PUBLISH"]
    assert restriction["inheritedFrom"]["arn"] == f"{prefix}:package-group/shared/%2a"


@pytest.mark.rule("X-7", "D-8")
def test_every_account_has_its_own_domains_in_every_region(codeartifact: FakeCodeArtifact) -> None:
    places = [(account, region) for account in (OWN, OTHER) for region in ("us-east-1", "eu-west-1")]
    for account, region in places:
        codeartifact.client(account=account, region=region).create_domain(domain="acme")

    codeartifact.client(account=OTHER, region="eu-west-1").delete_domain(domain="acme")

    found = [owners(codeartifact.client(account=account, region=region)) for account, region in places]
    assert found == [[("acme", OWN)], [("acme", OWN)], [("acme", OTHER)], []]


@pytest.mark.rule("X-7")
@elsewhere_is_meant
def test_regions_do_not_share_domains(codeartifact: FakeCodeArtifact) -> None:
    team = codeartifact.add_domain("acme").add_repository("team")
    team.add_package(generic("ns", "tool"), versions=["1.0"])
    client = codeartifact.client(region="eu-west-1")

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_domain(domain="acme")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.tag_resource(resourceArn=team.arn, tags=[{"key": "team", "value": "tools"}])

    assert administered(client) == []
    assert team.tags == {}


@pytest.mark.rule("X-7", "D-3")
def test_a_domain_name_is_unique_in_its_account_and_region_only(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.add_domain("acme")

    for account, region in ((OWN, "eu-west-1"), (OTHER, "us-east-1")):
        created = codeartifact.client(account=account, region=region).create_domain(domain="acme")["domain"]
        assert (created["owner"], created["repositoryCount"]) == (account, 0)
    client = codeartifact.client()
    with pytest.raises(client.exceptions.ConflictException):
        client.create_domain(domain="acme")


@pytest.mark.rule("X-7")
def test_a_page_token_of_one_account_is_refused_in_another(codeartifact: FakeCodeArtifact) -> None:
    for account in (OWN, OTHER):
        for name in ("one", "two"):
            codeartifact.add_domain(name, account=account)
    token = codeartifact.client().list_domains(maxResults=1)["nextToken"]
    client = codeartifact.client(account=OTHER)

    with pytest.raises(client.exceptions.ValidationException):
        client.list_domains(maxResults=1, nextToken=token)


@pytest.mark.rule("X-1", "X-4")
def test_a_registered_access_key_calls_from_its_account(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.register_access_key("AKIAOTHER", account=OTHER)
    codeartifact.register_access_key("AKIATHIRD", account=THIRD)

    for key in ("AKIAOTHER", "AKIATHIRD", "AKIAUNKNOWN"):
        caller(key, "eu-west-1").create_domain(domain="acme")

    assert [(call.account, call.region) for call in codeartifact.calls] == [
        (OTHER, "eu-west-1"),
        (THIRD, "eu-west-1"),
        (OWN, "eu-west-1"),
    ]
    for account in (OTHER, THIRD, OWN):
        assert list(codeartifact.at(account, "eu-west-1").domains) == ["acme"]


@pytest.mark.rule("X-1")
def test_a_session_with_a_registered_access_key_calls_from_its_account(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.register_access_key("AKIAOTHER", account=OTHER)
    session = boto3.Session(aws_access_key_id="AKIAOTHER", aws_secret_access_key="secret", region_name="eu-west-1")

    session.client("codeartifact").create_domain(domain="acme")

    assert list(codeartifact.at(OTHER, "eu-west-1").domains) == ["acme"]


@pytest.mark.rule("X-1")
def test_an_access_key_may_be_registered_after_its_client_was_created(codeartifact: FakeCodeArtifact) -> None:
    client = caller("AKIAOTHER")

    codeartifact.register_access_key("AKIAOTHER", account=OTHER)
    client.create_domain(domain="acme")

    assert owners(client) == [("acme", OTHER)]


@pytest.mark.rule("X-1", "X-2")
def test_a_shared_domain_is_one_for_all_accounts(codeartifact: FakeCodeArtifact) -> None:
    shared = codeartifact.add_domain("shared", account=OTHER)
    where = {"domain": "shared", "domainOwner": OTHER}
    codeartifact.client().create_repository(**where, repository="team")
    shared.repositories["team"].publish(npm("react"), "1.0.0")

    for account in (OWN, OTHER, THIRD):
        listed = codeartifact.client(account=account).list_packages(**where, repository="team")["packages"]
        assert [package["package"] for package in listed] == ["react"]
    endpoint = codeartifact.client().get_repository_endpoint(**where, repository="team", format="npm")
    assert f"/shared-{OTHER}" in endpoint["repositoryEndpoint"]


@pytest.mark.rule("E-10")
def test_no_hint_is_given_if_a_planned_fault_denies_an_existing_domain(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, recwarn: pytest.WarningsRecorder
) -> None:
    codeartifact.fail("DescribeDomain", ResourceNotFoundException("Gone.", "acme", "domain"))

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_domain(domain="acme")

    assert [warning for warning in recwarn if warning.category is CodeArtifactWarning] == []
