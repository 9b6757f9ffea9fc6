"""The least IAM policy that calls need."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, PackageId, Repository, npm, pypi, wire
from pytest_codeartifact.journal import permissions
from pytest_codeartifact.names.permissions import OF_MANAGERS

from ..support.acme import ACCOUNT, ACME, TEAM, each_format, of

ARN = f"arn:aws:codeartifact:us-east-1:{ACCOUNT}"
TEAM_ARN = f"{ARN}:repository/acme/team"
ELSEWHERE = "210987654321"


def allowed(fake: FakeCodeArtifact) -> dict[str, list[str]]:
    """The resources of each action that the policy of all calls allows."""
    statements = fake.calls.iam_policy()["Statement"]
    return {action: statement["Resource"] for statement in statements for action in statement["Action"]}


def test_every_operation_has_its_resources() -> None:
    assert permissions.RESOURCES.keys() == wire.operation_names() | OF_MANAGERS


def test_a_policy_names_what_was_used_and_no_more(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("b"), pypi("a"), npm("@ui/button")], versions=["1.0.0"])
    for name in ("b", "a", "a"):
        client.describe_package(**TEAM, format="pypi", package=name)
        client.list_package_versions(**TEAM, format="pypi", package=name)
    client.list_packages(**TEAM)
    client.delete_package(**of(npm("@ui/button")))

    policy = codeartifact.calls.iam_policy()

    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DeletePackage",
                "Effect": "Allow",
                "Action": ["codeartifact:DeletePackage"],
                "Resource": [f"{ARN}:package/acme/team/npm/ui/button"],
            },
            {
                "Sid": "DescribePackageAnd1More",
                "Effect": "Allow",
                "Action": ["codeartifact:DescribePackage", "codeartifact:ListPackageVersions"],
                "Resource": [f"{ARN}:package/acme/team/pypi//a", f"{ARN}:package/acme/team/pypi//b"],
            },
            {
                "Sid": "ListPackages",
                "Effect": "Allow",
                "Action": ["codeartifact:ListPackages"],
                "Resource": [TEAM_ARN],
            },
        ],
    }
    assert json.loads(json.dumps(policy)) == policy


def test_the_order_of_the_calls_does_not_matter(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    client.list_packages(**TEAM)
    client.describe_domain(**ACME)
    client.list_domains()
    forwards = codeartifact.calls

    backwards = forwards[::-1]

    assert json.dumps(backwards.iam_policy()) == json.dumps(forwards.iam_policy())


def test_a_policy_can_be_of_some_calls_only(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    client.list_packages(**TEAM)
    client.update_repository(**TEAM, description="x")

    (statement,) = codeartifact.calls.writes.iam_policy()["Statement"]

    assert statement["Action"] == ["codeartifact:UpdateRepository"]
    assert codeartifact.calls.of("DescribeDomain").iam_policy()["Statement"] == []


@each_format
@pytest.mark.rule("X-5", "DP-10")
def test_packages_have_arns_of_what_is_stored(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, id: PackageId
) -> None:
    team.add_package(id)

    client.delete_package(**{**of(id), "package": id.display_name})

    assert allowed(codeartifact) == {
        "codeartifact:DeletePackage": [f"{ARN}:package/acme/team/{id.format}/{id.namespace or ''}/{id.name}"]
    }


def test_a_name_is_not_a_wildcard(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package(**TEAM, format="generic", namespace="a*", package="${b}?")

    assert allowed(codeartifact)["codeartifact:DescribePackage"] == [
        f"{ARN}:package/acme/team/generic/a${{*}}/${{$}}{{b}}${{?}}"
    ]


def test_a_policy_speaks_of_the_domain_that_was_called(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.at(account=ELSEWHERE, region="cn-north-1").add_domain("theirs").add_repository("shared")
    here = codeartifact.client(region="cn-north-1")
    there = codeartifact.client(account=ELSEWHERE, region="cn-north-1")

    here.describe_repository(domain="theirs", domainOwner=ELSEWHERE, repository="shared")
    there.describe_domain(domain="theirs")

    assert allowed(codeartifact) == {
        "codeartifact:DescribeDomain": [f"arn:aws-cn:codeartifact:cn-north-1:{ELSEWHERE}:domain/theirs"],
        "codeartifact:DescribeRepository": [f"arn:aws-cn:codeartifact:cn-north-1:{ELSEWHERE}:repository/theirs/shared"],
    }


@pytest.mark.rule("T-4")
def test_a_token_needs_another_one_of_sts(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
    client.list_domains()
    client.get_authorization_token(**ACME)

    assert codeartifact.calls.iam_policy()["Statement"] == [
        {
            "Sid": "GetAuthorizationToken",
            "Effect": "Allow",
            "Action": ["codeartifact:GetAuthorizationToken"],
            "Resource": [f"{ARN}:domain/acme"],
        },
        {"Sid": "ListDomains", "Effect": "Allow", "Action": ["codeartifact:ListDomains"], "Resource": ["*"]},
        {
            "Sid": "GetServiceBearerToken",
            "Effect": "Allow",
            "Action": ["sts:GetServiceBearerToken"],
            "Resource": ["*"],
            "Condition": {"StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}},
        },
    ]


def test_a_copy_reads_from_one_repository_and_writes_to_another(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_repository("prod")
    team.add_package(pypi("tool"), versions=["1.0.0"])

    client.copy_package_versions(
        **ACME, sourceRepository="team", destinationRepository="prod", format="pypi", package="tool", versions=["1.0.0"]
    )

    assert allowed(codeartifact) == {
        "codeartifact:CopyPackageVersions": [f"{ARN}:package/acme/prod/pypi//tool", f"{ARN}:repository/acme/prod"],
        "codeartifact:ReadFromRepository": [TEAM_ARN],
    }


@pytest.mark.rule("R-3")
def test_an_upstream_is_associated_with_its_downstream(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    acme.add_repository("store")
    client.create_repository(**ACME, repository="new", upstreams=[{"repositoryName": "team"}])
    client.update_repository(**ACME, repository="new", upstreams=[{"repositoryName": "store"}])
    client.update_repository(**ACME, repository="new", upstreams=[])

    assert allowed(codeartifact) == {
        "codeartifact:AssociateWithDownstreamRepository": [f"{ARN}:repository/acme/store", TEAM_ARN],
        "codeartifact:CreateRepository": ["*"],
        "codeartifact:UpdateRepository": [f"{ARN}:repository/acme/new"],
    }


def test_a_resource_that_is_created_with_tags_is_tagged(codeartifact: FakeCodeArtifact, client: Any) -> None:
    tags = [{"key": "a", "value": "b"}]
    client.create_domain(**ACME, tags=tags)
    client.create_repository(**TEAM, tags=tags)
    client.create_package_group(**ACME, packageGroup="/npm/*", tags=tags)
    client.create_package_group(**ACME, packageGroup="/pypi/*")

    assert allowed(codeartifact)["codeartifact:TagResource"] == [
        f"{ARN}:domain/acme",
        f"{ARN}:package-group/acme/npm/%2a",
        TEAM_ARN,
    ]


KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key"


@pytest.mark.parametrize(
    ("given", "resource"),
    [
        (f"{KEY}/1234abcd-12ab-34cd-56ef-1234567890ab", f"{KEY}/1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", f"{KEY}/1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("alias/mine", f"{KEY}/*"),
    ],
)
def test_a_key_of_ones_own_is_used(codeartifact: FakeCodeArtifact, client: Any, given: str, resource: str) -> None:
    client.create_domain(**ACME, encryptionKey=given)

    assert allowed(codeartifact) == {
        "codeartifact:CreateDomain": ["*"],
        "kms:CreateGrant": [resource],
        "kms:DescribeKey": [resource],
    }


def test_groups_have_encoded_arns(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm/ui/*")
    client.describe_package_group(**ACME, packageGroup="/npm/ui/*")
    client.get_associated_package_group(**ACME, format="npm", namespace="ui", package="button")
    client.list_sub_package_groups(**ACME, packageGroup="/*")
    client.list_package_groups(**ACME)

    assert allowed(codeartifact) == {
        "codeartifact:DescribePackageGroup": [f"{ARN}:package-group/acme/npm/ui/%2a"],
        "codeartifact:GetAssociatedPackageGroup": [f"{ARN}:package-group/acme/npm/ui/%2a"],
        "codeartifact:ListPackageGroups": [f"{ARN}:domain/acme"],
        "codeartifact:ListSubPackageGroups": [f"{ARN}:package-group/acme/%2a"],
    }


def test_an_unknown_group_in_an_error_could_be_any(codeartifact: FakeCodeArtifact, client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_associated_package_group(**ACME, format="pypi", package="x")

    assert allowed(codeartifact) == {"codeartifact:GetAssociatedPackageGroup": [f"{ARN}:package-group/acme/*"]}


def test_tags_are_of_the_resource_that_was_named(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    client.tag_resource(resourceArn=TEAM_ARN, tags=[{"key": "a", "value": "b"}])

    assert allowed(codeartifact) == {"codeartifact:TagResource": [TEAM_ARN]}


def test_a_call_that_failed_after_it_was_let_in_counts(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    codeartifact.fail("ListPackages", "AccessDeniedException")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package(**TEAM, format="pypi", package="x")
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.list_packages(**TEAM)
    with pytest.raises(client.exceptions.ValidationException):
        client.describe_package(**TEAM, format="docker", package="x")

    assert list(allowed(codeartifact)) == ["codeartifact:DeletePackage", "codeartifact:ListPackages"]
