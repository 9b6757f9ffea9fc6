"""The IAM policy with the permissions that calls need."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, PackageId, Repository, npm, pypi, wire
from pytest_codeartifact.journal import permissions
from pytest_codeartifact.names.permissions import MANAGER_PERMISSIONS

from ..support.acme import ACCOUNT, ACME, TEAM, each_format, of

ARN = f"arn:aws:codeartifact:us-east-1:{ACCOUNT}"
TEAM_ARN = f"{ARN}:repository/acme/team"
ELSEWHERE = "210987654321"


def allowed(fake: FakeCodeArtifact) -> dict[str, list[str]]:
    """The resources of each action that the policy of all calls allows."""
    statements = fake.calls.iam_policy()["Statement"]
    return {action: statement["Resource"] for statement in statements for action in statement["Action"]}


def test_every_operation_has_a_row_of_resources() -> None:
    assert permissions.RESOURCES.keys() == wire.operation_names() | MANAGER_PERMISSIONS


def test_a_policy_has_only_the_actions_and_resources_that_were_used(
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
def test_the_arn_of_a_package_has_its_normalised_name(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, id: PackageId
) -> None:
    team.add_package(id)

    client.delete_package(**{**of(id), "package": id.display_name})

    assert allowed(codeartifact) == {
        "codeartifact:DeletePackage": [f"{ARN}:package/acme/team/{id.format}/{id.namespace or ''}/{id.name}"]
    }


def test_wildcards_in_names_are_escaped(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package(**TEAM, format="generic", namespace="a*", package="${b}?")

    assert allowed(codeartifact)["codeartifact:DescribePackage"] == [
        f"{ARN}:package/acme/team/generic/a${{*}}/${{$}}{{b}}${{?}}"
    ]


def test_arns_have_the_owner_region_and_partition_of_the_domain(codeartifact: FakeCodeArtifact) -> None:
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
def test_a_token_needs_a_permission_of_sts(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
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


def test_a_copy_needs_permissions_on_its_source_and_destination(
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
def test_setting_upstreams_needs_a_permission_on_each_upstream(
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


def test_creating_a_resource_with_tags_needs_the_permission_to_tag_it(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
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
def test_creating_a_domain_with_a_key_needs_permissions_on_the_key(
    codeartifact: FakeCodeArtifact, client: Any, given: str, resource: str
) -> None:
    client.create_domain(**ACME, encryptionKey=given)

    assert allowed(codeartifact) == {
        "codeartifact:CreateDomain": ["*"],
        "kms:CreateGrant": [resource],
        "kms:DescribeKey": [resource],
    }


def test_the_arns_of_package_groups_are_encoded(codeartifact: FakeCodeArtifact, client: Any, acme: Domain) -> None:
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


def test_a_call_whose_group_is_unknown_needs_permission_for_all_groups(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_associated_package_group(**ACME, format="pypi", package="x")

    assert allowed(codeartifact) == {"codeartifact:GetAssociatedPackageGroup": [f"{ARN}:package-group/acme/*"]}


def test_tagging_needs_a_permission_on_the_named_resource(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    client.tag_resource(resourceArn=TEAM_ARN, tags=[{"key": "a", "value": "b"}])

    assert allowed(codeartifact) == {"codeartifact:TagResource": [TEAM_ARN]}


def test_failed_calls_need_permissions_unless_validation_refused_them(
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
