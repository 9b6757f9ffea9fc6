"""The ARNs in calls about tags: valid, unknown and invalid ones (behaviour reference, TG-1, TG-5 and X-5)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, ForeignDomainsMode

from ..support.acme import listed, tags_of

OWNER = "123456789012"
HERE = f"arn:aws:codeartifact:us-east-1:{OWNER}"
OPERATIONS = [
    ("tag_resource", {"tags": [{"key": "a", "value": "b"}]}),
    ("untag_resource", {"tagKeys": ["a"]}),
    ("list_tags_for_resource", {}),
]
GROUPS = [
    "/npm/*",
    "/npm//*",
    "/npm//react$",
    "/npm/space/foo-bar~",
    "/npm/100%/*",
    "/generic/a%2a/b%24c%25$",
    "/generic/a:b/c:d$",
]


@pytest.mark.parametrize(("operation", "parameters"), OPERATIONS)
@pytest.mark.rule("TG-5", "E-10", "E-11")
@pytest.mark.parametrize(
    ("resource", "message", "kind"),
    [
        (
            "domain/nowhere",
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            "domain",
        ),
        (
            "repository/nowhere/team",
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            "domain",
        ),
        (
            "repository/acme/nowhere",
            f"Repository not found. Repository 'nowhere' in domain 'acme' owned by account '{OWNER}' does not exist.",
            "repository",
        ),
        (
            "package-group/nowhere/%2a",
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            "domain",
        ),
    ],
)
@pytest.mark.usefixtures("team")
def test_an_unknown_resource_is_not_found_and_named(
    client: Any, operation: str, parameters: dict[str, Any], resource: str, message: str, kind: str
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(resourceArn=f"{HERE}:{resource}", **parameters)

    assert caught.value.response["Error"]["Message"] == message
    assert caught.value.response["resourceType"] == kind


@pytest.mark.parametrize(("operation", "parameters"), OPERATIONS)
@pytest.mark.rule("TG-5", "G-25", "E-16")
@pytest.mark.usefixtures("acme")
def test_an_unknown_package_group_is_not_found_and_named(
    client: Any, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(resourceArn=f"{HERE}:package-group/acme/npm//100%25x%24", **parameters)

    assert "'/npm//100%x$'" in caught.value.response["Error"]["Message"]
    assert "resourceType" not in caught.value.response


@pytest.mark.parametrize(("operation", "parameters"), OPERATIONS)
@pytest.mark.rule("TG-1", "TG-5")
@pytest.mark.parametrize(
    "arn",
    [
        "acme",
        "arn:aws:s3:::acme",
        "arn:aws:iam::123456789012:domain/acme",
        f"{HERE}:package/acme/team/pypi//tool",
        f"{HERE}:domain/acme/team",
        f"{HERE}:domain/",
        f"{HERE}:domain",
        f"{HERE}:repository/acme",
        f"{HERE}:repository/acme/team/more",
        f"{HERE}:package-group/acme",
        "arn:aws-cn:codeartifact:us-east-1:123456789012:domain/acme",
        "aws:codeartifact:us-east-1:123456789012:domain/acme",
    ],
)
@pytest.mark.usefixtures("team")
def test_arns_of_untaggable_resources_are_refused(
    client: Any, operation: str, parameters: dict[str, Any], arn: str
) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        getattr(client, operation)(resourceArn=arn, **parameters)

    assert arn in caught.value.response["Error"]["Message"]


@pytest.mark.rule("TG-5")
@pytest.mark.parametrize("resource", ["domain/acme", "repository/acme/team", "package-group/acme/%2a"])
@pytest.mark.usefixtures("team")
def test_resources_of_another_account_can_be_tagged_and_untagged(codeartifact: FakeCodeArtifact, resource: str) -> None:
    arn = f"{HERE}:{resource}"
    theirs = codeartifact.client(account="210987654321")

    theirs.tag_resource(resourceArn=arn, tags=listed({"a": "1", "b": "2"}))
    theirs.untag_resource(resourceArn=arn, tagKeys=["a"])

    assert tags_of(theirs, arn) == tags_of(codeartifact.client(), arn) == listed({"b": "2"})
    assert theirs.describe_repository(domain="acme", domainOwner=OWNER, repository="team")


@pytest.mark.parametrize(("operation", "parameters"), OPERATIONS)
@pytest.mark.rule("TG-5", "X-3", "E-10")
@pytest.mark.parametrize(
    ("foreign_domains", "error"),
    [("not-found", "ResourceNotFoundException"), ("denied", "AccessDeniedException")],
)
@pytest.mark.parametrize("resource", ["domain/nowhere", "repository/nowhere/team", "package-group/nowhere/%2a"])
def test_tags_in_a_missing_domain_of_another_account_fail_as_its_description_does(
    operation: str, parameters: dict[str, Any], foreign_domains: ForeignDomainsMode, error: str, resource: str
) -> None:
    with FakeCodeArtifact(foreign_domains=foreign_domains) as fake:
        theirs = fake.client(account="210987654321")

        with pytest.raises(theirs.exceptions.ClientError) as caught:
            getattr(theirs, operation)(resourceArn=f"{HERE}:{resource}", **parameters)
        with pytest.raises(theirs.exceptions.ClientError) as described:
            theirs.describe_domain(domain="nowhere", domainOwner=OWNER)

    assert caught.value.response["Error"]["Code"] == described.value.response["Error"]["Code"] == error


@pytest.mark.rule("TG-5", "X-7")
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
def test_resources_of_another_region_can_be_tagged_in_that_region_only(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    twin = codeartifact.add_domain("acme", region="eu-west-1")

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.tag_resource(resourceArn=twin.arn, tags=listed({"a": "1"}))

    assert caught.value.response["resourceType"] == "domain"
    assert acme.tags == twin.tags == {}
    codeartifact.client(region="eu-west-1").tag_resource(resourceArn=twin.arn, tags=listed({"a": "1"}))
    assert (acme.tags, twin.tags) == ({}, {"a": "1"})


@pytest.mark.rule("X-5", "X-6", "TG-1")
@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_resources_of_other_partitions_can_be_tagged(codeartifact: FakeCodeArtifact, region: str) -> None:
    acme = codeartifact.add_domain("acme", region=region)
    client = codeartifact.client(region=region)

    for arn in (acme.arn, acme.add_repository("team").arn, acme.package_groups["/*"].arn):
        client.tag_resource(resourceArn=arn, tags=listed({"a": arn}))
        assert tags_of(client, arn) == listed({"a": arn})


@pytest.mark.rule("X-5", "TG-1")
@pytest.mark.parametrize("pattern", ["/*", *GROUPS])
def test_a_group_is_tagged_by_its_encoded_pattern(client: Any, acme: Domain, pattern: str) -> None:
    for other in GROUPS:
        acme.add_package_group(other)
    arn = client.describe_package_group(domain="acme", packageGroup=pattern)["packageGroup"]["arn"]

    client.tag_resource(resourceArn=arn, tags=listed({"pattern": "this one"}))

    assert [name for name, group in acme.package_groups.items() if group.tags] == [pattern]


@pytest.mark.parametrize(("operation", "parameters"), OPERATIONS)
@pytest.mark.rule("TG-5", "E-10", "X-7")
@pytest.mark.parametrize("resource", ["domain/acme", "repository/acme/team", "package-group/acme/npm/%2a"])
def test_resources_of_another_region_do_not_exist_in_this_one(
    client: Any, acme: Domain, operation: str, parameters: dict[str, Any], resource: str
) -> None:
    arn = f"arn:aws:codeartifact:eu-west-1:{OWNER}:{resource}"

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(resourceArn=arn, **parameters)

    assert caught.value.response["Error"]["Message"] == (
        f"Domain not found. Domain 'acme' owned by account '{OWNER}' does not exist."
    )
    assert caught.value.response["resourceType"] == "domain"


@pytest.mark.rule("TG-5")
def test_an_arn_without_an_account_is_refused(client: Any, acme: Domain) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        client.list_tags_for_resource(resourceArn="arn:aws:codeartifact:us-east-1::domain/acme")
