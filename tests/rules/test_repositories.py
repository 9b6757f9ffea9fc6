"""Repositories (behaviour reference, section 4); dangling upstreams are in test_dangling_upstreams.py."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository, npm, pypi

from ..support.acme import NO_DOMAIN, NO_REPOSITORY, TEAM

POLICY = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "codeartifact:ReadFromRepository"}}
NEW_YEAR = dt.datetime(2026, 1, 1, 12, 30, 15, 123000, tzinfo=dt.timezone.utc)
EACH_MISS = pytest.mark.parametrize(
    ("wrong", "message", "kind"),
    [({"domain": "nowhere"}, NO_DOMAIN, "domain"), ({"repository": "nowhere"}, NO_REPOSITORY, "repository")],
    ids=["domain", "repository"],
)
SETTING_UPSTREAMS = pytest.mark.parametrize(
    ("operation", "name"), [("create_repository", "new"), ("update_repository", "team")], ids=["create", "update"]
)


def references(*names: str) -> list[dict[str, str]]:
    """Upstreams as they are on the wire."""
    return [{"repositoryName": name} for name in names]


def names(response: dict[str, Any]) -> list[str]:
    return [repository["name"] for repository in response["repositories"]]


@pytest.mark.rule("R-1", "R-2", "W-3")
@pytest.mark.usefixtures("acme")
def test_a_plain_repository_has_empty_lists_and_no_description(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.clock.set(NEW_YEAR)

    created = client.create_repository(**TEAM)["repository"]

    assert created == {
        "name": "team",
        "administratorAccount": "123456789012",
        "domainName": "acme",
        "domainOwner": "123456789012",
        "arn": "arn:aws:codeartifact:us-east-1:123456789012:repository/acme/team",
        "upstreams": [],
        "externalConnections": [],
        "createdTime": NEW_YEAR,
    }
    assert client.describe_repository(**TEAM)["repository"] == created


@pytest.mark.rule("R-1", "R-2", "R-3", "TG-1")
def test_a_repository_is_described_as_it_was_created(client: Any, acme: Domain) -> None:
    for upstream in ("one", "two"):
        acme.add_repository(upstream)

    created = client.create_repository(
        **TEAM,
        description="Ours",
        upstreams=references("two", "one"),
        tags=[{"key": "team", "value": "blue"}],
    )["repository"]

    assert created["description"] == "Ours"
    assert created["upstreams"] == references("two", "one")
    assert created["externalConnections"] == []
    assert client.describe_repository(**TEAM)["repository"] == created
    assert acme.repositories["team"].tags == {"team": "blue"}


@pytest.mark.rule("R-1", "R-2", "X-2")
@pytest.mark.usefixtures("acme")
def test_the_creator_of_a_repository_in_a_shared_domain_administers_it(codeartifact: FakeCodeArtifact) -> None:
    guest = codeartifact.client(account="210987654321")

    created = guest.create_repository(**TEAM, domainOwner="123456789012")["repository"]

    assert created["administratorAccount"] == "210987654321"
    assert created["domainOwner"] == "123456789012"
    assert created["arn"] == "arn:aws:codeartifact:us-east-1:123456789012:repository/acme/team"


@pytest.mark.rule("R-2")
def test_the_name_of_an_existing_repository_is_a_conflict(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_repository("other")

    with pytest.raises(client.exceptions.ConflictException) as caught:
        client.create_repository(**TEAM, description="Mine", upstreams=references("other"))

    response = caught.value.response
    assert "team" in response["Error"]["Message"]
    assert (response["resourceType"], response["resourceId"]) == ("repository", "team")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert (team.description, team.upstreams) == (None, [])


@pytest.mark.rule("R-2")
@pytest.mark.usefixtures("team")
def test_the_same_name_can_be_used_in_another_domain(codeartifact: FakeCodeArtifact, client: Any) -> None:
    other = codeartifact.add_domain("other")

    client.create_repository(domain="other", repository="team")

    assert set(other.repositories) == {"team"}


@pytest.mark.rule("R-2", "E-10")
def test_a_repository_cannot_be_created_in_a_missing_domain(client: Any, acme: Domain) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.create_repository(domain="nowhere", repository="team")

    assert caught.value.response["Error"]["Message"] == NO_DOMAIN
    assert caught.value.response["resourceType"] == "domain"
    assert acme.repositories == {}


@pytest.mark.rule("R-2")
def test_a_domain_has_at_most_a_thousand_repositories(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain
) -> None:
    codeartifact.add_domain("other").add_repository("does-not-count")
    for number in range(999):
        acme.add_repository(f"repository-{number}")
    client.create_repository(domain="acme", repository="the-last")

    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        client.create_repository(domain="acme", repository="one-more")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert len(acme.repositories) == 1000


@pytest.mark.rule("R-2")
@pytest.mark.usefixtures("acme")
def test_a_new_repository_is_usable_at_once(client: Any) -> None:
    client.create_repository(**TEAM)

    assert client.list_packages(**TEAM)["packages"] == []
    assert names(client.list_repositories_in_domain(domain="acme")) == ["team"]
    client.create_repository(domain="acme", repository="downstream", upstreams=references("team"))


@pytest.mark.rule("R-3", "E-11")
@SETTING_UPSTREAMS
def test_a_repository_that_the_domain_does_not_have_is_refused_as_an_upstream(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository, operation: str, name: str
) -> None:
    codeartifact.add_domain("other").add_repository("nowhere")
    acme.add_repository("there")

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(domain="acme", repository=name, upstreams=references("there", "nowhere"))

    response = caught.value.response
    assert response["Error"]["Message"] == NO_REPOSITORY
    assert (response["resourceType"], response["resourceId"]) == ("repository", "nowhere")
    assert set(acme.repositories) == {"team", "there"}
    assert team.upstreams == []


@pytest.mark.rule("R-3")
@SETTING_UPSTREAMS
def test_a_repository_has_at_most_ten_direct_upstreams(
    client: Any, acme: Domain, team: Repository, operation: str, name: str
) -> None:
    upstreams = [f"upstream-{number}" for number in range(11)]
    for upstream in upstreams:
        acme.add_repository(upstream)

    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        getattr(client, operation)(domain="acme", repository=name, upstreams=references(*upstreams))

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert "new" not in acme.repositories
    assert team.upstreams == []
    getattr(client, operation)(domain="acme", repository=name, upstreams=references(*upstreams[:10]))
    assert acme.repositories[name].upstreams == upstreams[:10]


@pytest.mark.rule("R-4")
@SETTING_UPSTREAMS
def test_an_upstream_that_is_given_twice_is_refused(
    client: Any, acme: Domain, team: Repository, operation: str, name: str
) -> None:
    for upstream in ("one", "two"):
        acme.add_repository(upstream)

    with pytest.raises(client.exceptions.ValidationException):
        getattr(client, operation)(domain="acme", repository=name, upstreams=references("one", "two", "one"))

    assert "new" not in acme.repositories
    assert team.upstreams == []


@pytest.mark.rule("R-4", "E-5")
@SETTING_UPSTREAMS
def test_a_list_with_one_upstream_twice_is_refused_before_anything_is_looked_up(
    client: Any, operation: str, name: str
) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        getattr(client, operation)(domain="nowhere", repository=name, upstreams=references("one", "one"))


@pytest.mark.rule("R-4")
def test_a_repository_may_be_its_own_upstream(client: Any, team: Repository) -> None:
    updated = client.update_repository(**TEAM, upstreams=references("team"))["repository"]

    assert updated["upstreams"] == references("team")
    assert team.upstreams == ["team"]


@pytest.mark.rule("R-4")
def test_upstreams_may_form_a_cycle(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_repository("other", upstreams=[team])

    updated = client.update_repository(**TEAM, upstreams=references("other"))["repository"]

    assert updated["upstreams"] == references("other")
    assert client.describe_repository(domain="acme", repository="other")["repository"]["upstreams"] == references(
        "team"
    )


@pytest.mark.rule("R-5")
@pytest.mark.parametrize("upstreams", [["three"], ["two", "one"], ["one", "two", "three"], []], ids=str)
def test_given_upstreams_replace_the_list(client: Any, acme: Domain, upstreams: list[str]) -> None:
    for upstream in ("one", "two", "three"):
        acme.add_repository(upstream)
    team = acme.add_repository("team", upstreams=["one", "two"], description="Ours")

    updated = client.update_repository(**TEAM, upstreams=references(*upstreams))["repository"]

    assert updated["upstreams"] == references(*upstreams)
    assert team.upstreams == upstreams
    assert team.description == "Ours"


@pytest.mark.rule("R-5")
@pytest.mark.parametrize("description", ["Theirs", ""])
def test_a_given_description_replaces_the_old_one(client: Any, acme: Domain, description: str) -> None:
    acme.add_repository("upstream")
    team = acme.add_repository("team", upstreams=["upstream"], description="Ours")

    updated = client.update_repository(**TEAM, description=description)["repository"]

    assert updated.get("description", "") == description
    assert team.description == description
    assert team.upstreams == ["upstream"]


@pytest.mark.rule("R-5", "R-1")
@pytest.mark.parametrize("name", ["team", "plain"])
def test_an_update_without_changes_returns_the_unchanged_description(client: Any, acme: Domain, name: str) -> None:
    acme.add_repository("plain")
    acme.add_repository("team", upstreams=["plain"], description="Ours", tags={"team": "blue"})
    described = client.describe_repository(domain="acme", repository=name)["repository"]

    updated = client.update_repository(domain="acme", repository=name)["repository"]

    assert updated == described
    assert client.describe_repository(domain="acme", repository=name)["repository"] == described
    assert acme.repositories["team"].tags == {"team": "blue"}


@pytest.mark.rule("R-5", "E-10", "E-11")
@EACH_MISS
def test_updating_a_missing_domain_or_repository_is_not_found(
    client: Any, team: Repository, wrong: dict[str, str], message: str, kind: str
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.update_repository(**{**TEAM, **wrong}, description="Ours")

    assert caught.value.response["Error"]["Message"] == message
    assert caught.value.response["resourceType"] == kind
    assert team.description is None


@pytest.mark.rule("R-6", "U-3")
@pytest.mark.parametrize("upstreams", [["other"], []], ids=["one", "none"])
def test_upstreams_are_refused_for_a_repository_with_an_external_connection(
    client: Any, acme: Domain, upstreams: list[str]
) -> None:
    acme.add_repository("other")
    team = acme.add_repository("team", external_connection="public:pypi")

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.update_repository(**TEAM, upstreams=references(*upstreams), description="Ours")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert (team.upstreams, team.external_connection, team.description) == ([], "public:pypi", None)


@pytest.mark.rule("R-6", "R-5")
def test_the_description_of_a_repository_with_an_external_connection_can_be_updated(client: Any, acme: Domain) -> None:
    team = acme.add_repository("team", external_connection="public:pypi")

    updated = client.update_repository(**TEAM, description="Ours")["repository"]

    assert updated["description"] == team.description == "Ours"
    assert [entry["externalConnectionName"] for entry in updated["externalConnections"]] == ["public:pypi"]


@pytest.mark.rule("R-7")
@pytest.mark.parametrize("how", [{"upstreams": ["store"]}, {"external_connection": "public:npmjs"}], ids=str)
def test_deleting_a_repository_returns_its_last_description(client: Any, acme: Domain, how: dict[str, Any]) -> None:
    acme.add_repository("store")
    acme.add_repository("team", description="Ours", **how).add_package(npm("lodash"), versions=["4.17.21"])
    described = client.describe_repository(**TEAM)["repository"]

    deleted = client.delete_repository(**TEAM)["repository"]

    assert deleted == described
    assert set(acme.repositories) == {"store"}


@pytest.mark.rule("R-7", "TG-7", "PP-3")
def test_a_re_created_repository_has_nothing_of_the_deleted_one(client: Any, acme: Domain) -> None:
    old = acme.add_repository("team", tags={"team": "blue"}, policy=POLICY, description="Ours")
    old.add_package(pypi("tool")).add_version("1.0", assets={"tool.whl": b"12345"})
    client.delete_repository(**TEAM)

    created = client.create_repository(**TEAM)["repository"]

    assert "description" not in created
    assert client.list_packages(**TEAM)["packages"] == []
    assert client.list_tags_for_resource(resourceArn=created["arn"])["tags"] == []
    assert client.describe_domain(domain="acme")["domain"]["assetSizeBytes"] == 0
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_repository_permissions_policy(**TEAM)


@pytest.mark.rule("R-7")
def test_a_repository_that_is_an_upstream_can_be_deleted(client: Any, acme: Domain, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    acme.add_repository("downstream", upstreams=[team])

    client.delete_repository(**TEAM)

    assert set(acme.repositories) == {"downstream"}


@pytest.mark.rule("R-9", "R-10", "E-10", "E-11")
@pytest.mark.parametrize("operation", ["describe_repository", "delete_repository"])
@EACH_MISS
@pytest.mark.usefixtures("team")
def test_describing_or_deleting_a_missing_domain_or_repository_is_not_found(
    client: Any, operation: str, wrong: dict[str, str], message: str, kind: str
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(**{**TEAM, **wrong})

    response = caught.value.response
    assert response["Error"] == {"Code": "ResourceNotFoundException", "Message": message}
    assert (response["resourceType"], response["resourceId"]) == (kind, "nowhere")


@pytest.mark.rule("R-9")
@pytest.mark.usefixtures("team")
def test_a_deleted_repository_cannot_be_deleted_again(client: Any) -> None:
    client.delete_repository(**TEAM)

    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Repository 'team'"):
        client.delete_repository(**TEAM)
