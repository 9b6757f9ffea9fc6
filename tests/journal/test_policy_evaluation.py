"""Whether IAM policies allow what calls need, never more leniently than IAM. Unsupported elements are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository, SeedError, generic, npm, pypi

from ..support.acme import ACCOUNT, ACME, TEAM, of

ARN = f"arn:aws:codeartifact:us-east-1:{ACCOUNT}"
OLD = f"{ARN}:package/acme/team/pypi//old"


@pytest.fixture
def deleted(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> FakeCodeArtifact:
    """A fake in which pypi('old') was deleted."""
    team.add_package(pypi("old"))
    client.delete_package(**of(pypi("old")))
    return codeartifact


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "codeartifact:DeletePackage", resource: Any = OLD, **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: Any = "codeartifact:DeletePackage", resource: Any = OLD, **others: Any) -> dict[str, Any]:
    return {**allow(action, resource, **others), "Effect": "Deny"}


def without(statement: dict[str, Any], element: str) -> dict[str, Any]:
    """The statement with the negation of an element in its place."""
    return {f"Not{name}" if name == element else name: value for name, value in statement.items()}


ANYTHING = allow("*", "*")
NOT_HERE = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
IN_US_EAST_1 = {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "us-east-2"]}}


@pytest.mark.parametrize(
    "statements",
    [
        (allow(),),
        (allow("codeartifact:*", "*"),),
        (ANYTHING,),
        (allow("CODEARTIFACT:deletepackage"),),
        (allow("codeartifact:Delete?ackage", f"{ARN}:package/acme/*/pypi//o?d"),),
        (allow(["codeartifact:ListPackages", "codeartifact:DeletePackage"], [f"{ARN}:repository/*", OLD]),),
        (allow(resource=f"{ARN}:package/acme/team/*"), deny("codeartifact:DeletePackageVersions")),
        (without(allow("codeartifact:ListPackages"), "Action"),),
        (without(allow(resource=f"{ARN}:package/acme/team/npm/*"), "Resource"),),
        (ANYTHING, without(deny(), "Action")),
        (ANYTHING, without(deny(), "Resource")),
        (allow(Condition=IN_US_EAST_1),),
        (allow(Condition={"StringLike": {"AWS:REQUESTEDREGION": "us-*"}}),),
        (allow(Condition={"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}),),
        (ANYTHING, deny(Condition={"StringNotEqualsIgnoreCase": {"aws:RequestedRegion": "US-EAST-1"}})),
        (ANYTHING, allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        (ANYTHING, deny("codeartifact:*", "*", Condition={"Bool": {"x": "y"}, **NOT_HERE})),
    ],
)  # fmt: skip
def test_a_policy_that_allows_the_call_is_accepted(deleted: FakeCodeArtifact, statements: Any) -> None:
    deleted.calls.assert_allowed_by(policy(*statements))
    deleted.calls.assert_allowed_by(json.dumps(policy(*statements)))


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ((), "allowed by no statement"),
        ((allow("codeartifact:DeletePackageVersions"),), "allowed by no statement"),
        ((allow(resource=OLD.upper()),), "allowed by no statement"),
        ((allow(resource=f"{ARN}:repository/acme/team"),), "allowed by no statement"),
        ((allow("codeartifact:DeletePackag"),), "allowed by no statement"),
        ((ANYTHING, deny(Sid="Keep")), "denied by statement 'Keep'"),
        ((deny("codeartifact:Delete*", "*"), ANYTHING), "denied by statement 1"),
        ((ANYTHING, without(deny("codeartifact:List*"), "Action")), "denied by statement 2"),
        ((ANYTHING, without(deny(resource=f"{ARN}:repository/*"), "Resource")), "denied by statement 2"),
        ((without(allow(), "Action"),), "allowed by no statement"),
        ((without(allow(), "Resource"),), "allowed by no statement"),
        ((allow(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),), "allowed by no statement"),
        ((ANYTHING, deny(Condition=IN_US_EAST_1)), "denied by statement 2"),
        ((allow(Condition={"Bool": {"x": "y"}, "StringLike": {"aws:PrincipalAccount": "1*0"}}),), "allowed by no"),
    ],
)  # fmt: skip
def test_a_policy_that_does_not_allow_the_call_is_reported(
    deleted: FakeCodeArtifact, statements: Any, why: str
) -> None:
    with pytest.raises(AssertionError) as caught:
        deleted.calls.assert_allowed_by(policy(*statements))

    heading, line = str(caught.value).splitlines()
    assert heading == "The policy does not allow what these calls need:"
    assert line.startswith(f"  codeartifact:DeletePackage on {OLD}: {why}")
    assert "test_policy_evaluation.py:" in line


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            policy(allow(Condition={"Bool": {"aws:SecureTransport": "true"}})),
            "condition operator 'Bool' is not supported",
        ),
        (
            policy(ANYTHING, deny(Condition={"StringEquals": {"aws:username": "me"}})),
            "condition key 'aws:username' is not supported for codeartifact:DeletePackage",
        ),
        (policy(allow(resource=f"{ARN}:package/acme/${{aws:username}}/*")), "policy variable ${aws:username}"),
        (policy(allow(Principal="*")), "has a Principal"),
        (policy({"Effect": "Allow", "Action": "*"}), "exactly one of Resource and NotResource"),
        (policy({**ANYTHING, "NotAction": "x"}), "exactly one of Action and NotAction"),
        (policy({**ANYTHING, "Effect": "allow"}), "not 'allow'"),
        (policy({**ANYTHING, "Resources": []}), "Did you mean 'Resource' or"),
        (policy(allow(resource=[5])), "not 5"),
        (policy(allow(Condition=["x"])), "The Condition of statement 1"),
        ({"Statement": [ANYTHING]}, "The Version of a policy must be '2012-10-17', not None."),
        ({"Version": "2012-10-17", "Statements": []}, "Did you mean 'Statement'?"),
        ("{", "not valid JSON"),
        ([ANYTHING], "A policy must be a dict"),
        (policy("x"), "Statement 1 of the policy must be an object, not 'x'."),  # type: ignore[arg-type]  # that is refused
    ],
)
def test_unsupported_elements_of_a_policy_are_refused_by_name(
    deleted: FakeCodeArtifact, given: Any, words: str
) -> None:
    with pytest.raises(SeedError) as caught:
        deleted.calls.assert_allowed_by(given)

    assert words in str(caught.value)


def test_the_policy_of_the_calls_allows_them(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    team.add_package(npm("@ui/button"), versions=["1.0.0"])
    acme.add_package_group("/npm/ui/*")
    client.list_domains()
    client.create_domain(domain="other", encryptionKey="alias/mine", tags=[{"key": "a", "value": "b"}])
    client.get_authorization_token(**ACME)
    client.describe_package_group(**ACME, packageGroup="/npm/ui/*")
    client.delete_package(**of(npm("@ui/button")))
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_associated_package_group(domain="nowhere", format="npm", package="x")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package(**TEAM, format="generic", namespace="a*", package="${b}?")

    codeartifact.calls.assert_allowed_by(codeartifact.calls.iam_policy())
    codeartifact.calls.assert_allowed_by(codeartifact.calls.iam_policy(wildcards=True))


@pytest.mark.parametrize("missing", range(7))
def test_the_policy_of_the_calls_allows_no_more_than_they_need(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository, missing: int
) -> None:
    team.add_package(npm("@ui/button"))
    client.list_domains()
    client.create_domain(domain="other", encryptionKey="alias/mine")
    client.get_authorization_token(**ACME)
    client.delete_package(**of(npm("@ui/button")))
    client.list_packages(**TEAM)
    document = codeartifact.calls.iam_policy()
    assert len(document["Statement"]) == 6
    left = [statement for number, statement in enumerate(document["Statement"]) if number != missing]

    if missing == 6:
        codeartifact.calls.assert_allowed_by(policy(*left))
    else:
        with pytest.raises(AssertionError, match="allowed by no statement"):
            codeartifact.calls.assert_allowed_by(policy(*left))


def test_several_policies_are_evaluated_together(deleted: FakeCodeArtifact, client: Any) -> None:
    client.list_packages(**TEAM)
    reads, writes = policy(allow("codeartifact:List*", "*")), policy(allow())

    deleted.calls.assert_allowed_by(reads, writes)
    with pytest.raises(AssertionError, match="denied by statement 1"):
        deleted.calls.assert_allowed_by(reads, writes, policy(deny("*", "*")))
    with pytest.raises(AssertionError):
        deleted.calls.assert_allowed_by()


def test_a_call_on_many_resources_needs_permission_for_all_of_them(codeartifact: FakeCodeArtifact, client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_associated_package_group(**ACME, format="pypi", package="x")
    group, action = f"{ARN}:package-group/acme", "codeartifact:GetAssociatedPackageGroup"

    codeartifact.calls.assert_allowed_by(policy(allow(action, f"{group}/*")))
    for statements in (
        (allow(action, f"{group}/?"),),
        (allow(action, f"{group}/pypi*"),),
        (ANYTHING, deny(action, f"{group}/pypi/*")),
        (ANYTHING, deny(action, "arn:*:package-group/*/p?pi*x")),
        (without(allow(action, f"{group}/npm*"), "Resource"),),
        (ANYTHING, without(deny(action, f"{group}/npm*"), "Resource")),
    ):
        with pytest.raises(AssertionError):
            codeartifact.calls.assert_allowed_by(policy(*statements))


def test_a_call_without_a_resource_needs_permission_for_all_resources(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    client.list_domains()

    codeartifact.calls.assert_allowed_by(policy(allow("*", "*"), deny("*", f"{ARN}:*")))
    for resource in ("arn:*", "?", f"{ARN}:domain/*"):
        with pytest.raises(AssertionError, match=r"ListDomains on \*"):
            codeartifact.calls.assert_allowed_by(policy(allow("*", resource)))


def test_a_wildcard_in_the_name_of_a_package_is_a_literal_character(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package(**of(generic("ns", "a*")))
    resource = f"{ARN}:package/acme/team/generic/ns/a"

    codeartifact.calls.assert_allowed_by(policy(allow(resource=f"{resource}${{*}}")))
    codeartifact.calls.assert_allowed_by(policy(allow(resource=f"{resource}?")))
    codeartifact.calls.assert_allowed_by(policy(ANYTHING, deny(resource=f"{resource}b")))
    with pytest.raises(AssertionError):
        codeartifact.calls.assert_allowed_by(policy(ANYTHING, deny(resource=f"{resource}${{*}}")))


def test_a_policy_with_wildcards_names_repositories_and_domains(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    team.add_packages([pypi("a"), npm("@ui/button")])
    for id in (pypi("a"), npm("@ui/button")):
        client.delete_package(**of(id))
    client.list_packages(**TEAM)
    client.describe_package_group(**ACME, packageGroup="/*")

    statements = codeartifact.calls.iam_policy(wildcards=True)["Statement"]

    assert [(statement["Sid"], statement["Resource"]) for statement in statements] == [
        ("DeletePackage", [f"{ARN}:package/acme/team/*"]),
        ("DescribePackageGroup", [f"{ARN}:package-group/acme/*"]),
        ("ListPackages", [f"{ARN}:repository/acme/team"]),
    ]
