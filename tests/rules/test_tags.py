"""Tags on domains, repositories and package groups (behaviour reference, section 7, but for TG-5)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, PackageGroup, Repository

from ..support.acme import listed, tags_of

HERE = "arn:aws:codeartifact:us-east-1:123456789012"
ARNS = {
    "domain": f"{HERE}:domain/acme",
    "repository": f"{HERE}:repository/acme/team",
    "package group": f"{HERE}:package-group/acme/npm/%2a",
}

on_each_kind = pytest.mark.parametrize("kind", ["domain", "repository", "package group"])


@pytest.fixture
def arn(acme: Domain, team: Repository, kind: str) -> str:
    """The ARN of a resource of that kind."""
    group = acme.add_package_group("/npm/*")
    assert {"domain": acme.arn, "repository": team.arn, "package group": group.arn} == ARNS
    return ARNS[kind]


def create(client: Any, kind: str, tags: dict[str, str]) -> None:
    """Create the domain, or the repository or group in it."""
    if kind == "domain":
        client.create_domain(domain="acme", tags=listed(tags))
    elif kind == "repository":
        client.create_repository(domain="acme", repository="team", tags=listed(tags))
    else:
        client.create_package_group(domain="acme", packageGroup="/npm/*", tags=listed(tags))


@on_each_kind
@pytest.mark.rule("TG-6", "TG-1")
def test_a_new_resource_has_no_tags(client: Any, arn: str) -> None:
    response = client.list_tags_for_resource(resourceArn=arn)

    assert response["tags"] == []
    assert set(response) == {"tags", "ResponseMetadata"}


@on_each_kind
@pytest.mark.rule("TG-1", "TG-2", "TG-6")
def test_a_resource_can_be_tagged_at_creation(codeartifact: FakeCodeArtifact, client: Any, kind: str) -> None:
    if kind != "domain":
        codeartifact.add_domain("acme")
    tags = {"zeta": "1", "alpha": "", "Größe": "groß und weit"}

    create(client, kind, tags)

    assert tags_of(client, ARNS[kind]) == listed(tags)


@on_each_kind
@pytest.mark.rule("TG-1", "TG-2", "TG-3", "TG-6")
def test_tags_are_listed_in_the_order_in_which_they_were_added(client: Any, arn: str) -> None:
    client.tag_resource(resourceArn=arn, tags=listed({"zeta": "1"}))
    client.tag_resource(resourceArn=arn, tags=listed({"mu": "2", "alpha": "3"}))

    assert tags_of(client, arn) == listed({"zeta": "1", "mu": "2", "alpha": "3"})


@on_each_kind
@pytest.mark.rule("TG-3")
def test_a_tag_with_an_existing_key_replaces_its_value(client: Any, arn: str) -> None:
    client.tag_resource(resourceArn=arn, tags=listed({"a": "1", "b": "2"}))

    client.tag_resource(resourceArn=arn, tags=listed({"b": "3", "c": ""}))

    assert {tag["key"]: tag["value"] for tag in tags_of(client, arn)} == {"a": "1", "b": "3", "c": ""}
    assert len(tags_of(client, arn)) == 3


@on_each_kind
@pytest.mark.rule("TG-3")
def test_tags_are_removed_by_their_keys(client: Any, arn: str) -> None:
    client.tag_resource(resourceArn=arn, tags=listed({"a": "1", "b": "2", "c": "3"}))

    client.untag_resource(resourceArn=arn, tagKeys=["c", "a", "unknown", "a"])

    assert tags_of(client, arn) == listed({"b": "2"})


@on_each_kind
@pytest.mark.rule("TG-3", "W-6")
def test_the_responses_to_tagging_and_untagging_are_empty(client: Any, arn: str) -> None:
    responses = [
        client.tag_resource(resourceArn=arn, tags=listed({"a": "1"})),
        client.untag_resource(resourceArn=arn, tagKeys=["a"]),
        client.tag_resource(resourceArn=arn, tags=[]),
        client.untag_resource(resourceArn=arn, tagKeys=[]),
    ]

    assert [set(response) for response in responses] == [{"ResponseMetadata"}] * 4
    assert {response["ResponseMetadata"]["HTTPStatusCode"] for response in responses} == {200}


@on_each_kind
@pytest.mark.rule("TG-3", "TG-6")
def test_the_tags_of_a_handle_are_the_current_ones(
    client: Any, acme: Domain, team: Repository, arn: str, kind: str
) -> None:
    handles: dict[str, Domain | Repository | PackageGroup] = {
        "domain": acme,
        "repository": team,
        "package group": acme.package_groups["/npm/*"],
    }

    client.tag_resource(resourceArn=arn, tags=listed({"a": "1", "b": "2"}))
    client.untag_resource(resourceArn=arn, tagKeys=["a"])

    assert {name: handle.tags for name, handle in handles.items()} == {
        **{name: {} for name in handles},
        kind: {"b": "2"},
    }


@on_each_kind
@pytest.mark.rule("TG-1", "TG-3")
def test_tagging_changes_nothing_else(client: Any, codeartifact: FakeCodeArtifact, kind: str) -> None:
    acme = codeartifact.add_domain("acme", tags={"a": "1"}, policy={"Statement": []})
    team = acme.add_repository("team", tags={"a": "1"}, description="ours")
    group = acme.add_package_group("/npm/*", tags={"a": "1"}, restrictions={"PUBLISH": "BLOCK"})

    client.tag_resource(resourceArn=ARNS[kind], tags=listed({"b": "2"}))

    assert acme.policy == {"Statement": []}
    assert set(acme.repositories) == {"team"}
    assert team.description == "ours"
    assert group.restrictions["PUBLISH"] == "BLOCK"
    assert sorted(len(resource.tags) for resource in (acme, team, group)) == [1, 1, 2]


@on_each_kind
@pytest.mark.rule("TG-4")
def test_keys_and_values_are_case_sensitive(client: Any, arn: str) -> None:
    client.tag_resource(resourceArn=arn, tags=listed({"Env": "Prod", "env": "prod", "ENV": "PROD"}))

    client.untag_resource(resourceArn=arn, tagKeys=["ENV"])

    assert tags_of(client, arn) == listed({"Env": "Prod", "env": "prod"})


@on_each_kind
@pytest.mark.rule("TG-4")
def test_a_resource_has_at_most_50_tags(client: Any, arn: str) -> None:
    fifty = {f"key-{number:02}": "before" for number in range(50)}
    client.tag_resource(resourceArn=arn, tags=listed(fifty))

    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        client.tag_resource(resourceArn=arn, tags=listed({"key-00": "after", "one-more": "x"}))

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert tags_of(client, arn) == listed(fifty)
    client.tag_resource(resourceArn=arn, tags=listed(dict.fromkeys(fifty, "after")))
    assert tags_of(client, arn) == listed(dict.fromkeys(fifty, "after"))


@on_each_kind
@pytest.mark.rule("TG-4")
def test_a_resource_is_created_with_at_most_50_tags(codeartifact: FakeCodeArtifact, client: Any, kind: str) -> None:
    if kind != "domain":
        codeartifact.add_domain("acme")

    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        create(client, kind, {f"key-{number}": "" for number in range(51)})

    create(client, kind, {f"key-{number}": "" for number in range(50)})
    assert len(tags_of(client, ARNS[kind])) == 50


@on_each_kind
@pytest.mark.rule("TG-4", "V-8")
def test_a_call_has_at_most_200_tags(client: Any, arn: str) -> None:
    many = {f"key-{number}": "" for number in range(201)}

    with pytest.raises(client.exceptions.ValidationException) as tagging:
        client.tag_resource(resourceArn=arn, tags=listed(many))
    with pytest.raises(client.exceptions.ValidationException) as untagging:
        client.untag_resource(resourceArn=arn, tagKeys=list(many))
    client.untag_resource(resourceArn=arn, tagKeys=list(many)[:200])

    assert [caught.value.response["reason"] for caught in (tagging, untagging)] == ["FIELD_VALIDATION_FAILED"] * 2
    assert "200" in tagging.value.response["Error"]["Message"]


@on_each_kind
@pytest.mark.rule("TG-4")
@pytest.mark.parametrize("key", ["aws:", "aws:owner"])
def test_keys_with_the_prefix_of_aws_are_refused(client: Any, arn: str, key: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.tag_resource(resourceArn=arn, tags=listed({"fine": "1", key: "2"}))

    assert key in caught.value.response["Error"]["Message"]
    assert tags_of(client, arn) == []
    client.tag_resource(resourceArn=arn, tags=listed({"aws-owner": "1", "my:aws:owner": "2"}))
    assert len(tags_of(client, arn)) == 2


@on_each_kind
@pytest.mark.rule("TG-4")
def test_a_key_that_is_given_twice_in_one_call_is_refused(client: Any, arn: str) -> None:
    twice = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}, {"key": "a", "value": "1"}]

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.tag_resource(resourceArn=arn, tags=twice)

    assert "'a'" in caught.value.response["Error"]["Message"]
    assert tags_of(client, arn) == []


@on_each_kind
@pytest.mark.rule("TG-4")
@pytest.mark.parametrize(
    "tags",
    [[{"key": "aws:x", "value": "1"}], [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]],
    ids=["reserved", "twice"],
)
def test_a_resource_with_refused_tags_is_not_created(
    codeartifact: FakeCodeArtifact, client: Any, kind: str, tags: list[dict[str, str]]
) -> None:
    acme = codeartifact.add_domain("acme")
    creations = {
        "domain": lambda: client.create_domain(domain="another", tags=tags),
        "repository": lambda: client.create_repository(domain="acme", repository="team", tags=tags),
        "package group": lambda: client.create_package_group(domain="acme", packageGroup="/npm/*", tags=tags),
    }

    with pytest.raises(client.exceptions.ValidationException):
        creations[kind]()

    assert set(codeartifact.domains) == {"acme"}
    assert set(acme.repositories) == set()
    assert set(acme.package_groups) == {"/*"}


@on_each_kind
@pytest.mark.rule("V-8", "TG-4")
@pytest.mark.parametrize(
    "tag",
    [
        {"key": "k" * 129, "value": ""},
        {"key": "k", "value": "v" * 257},
        {"key": "a\tb", "value": ""},
        {"key": "k", "value": "a\nb"},
        {"key": "a\u200bb", "value": ""},
    ],
    ids=["long key", "long value", "tab", "line", "invisible"],
)
def test_invalid_keys_and_values_are_refused(client: Any, arn: str, tag: dict[str, str]) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.tag_resource(resourceArn=arn, tags=[tag])

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert tags_of(client, arn) == []
    client.tag_resource(resourceArn=arn, tags=listed({"k" * 128: "v" * 256, " with blanks ": " "}))
    assert len(tags_of(client, arn)) == 2


@on_each_kind
@pytest.mark.rule("TG-7")
def test_tags_are_deleted_with_their_resource(client: Any, arn: str, kind: str) -> None:
    client.tag_resource(resourceArn=arn, tags=listed({"a": "1"}))

    if kind == "package group":
        client.delete_package_group(domain="acme", packageGroup="/npm/*")
    else:
        client.delete_repository(domain="acme", repository="team")
    if kind == "domain":
        client.delete_domain(domain="acme")

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        tags_of(client, arn)
    create(client, kind, {})
    assert tags_of(client, arn) == []
