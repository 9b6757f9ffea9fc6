"""External connections (behaviour reference, section 5, rules U-1 to U-7); what comes in through them is in
test_upstreams.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain, ExternalConnection, Repository

from ..support.acme import NO_DOMAIN, NO_REPOSITORY, TEAM

ANY_OPERATION = pytest.mark.parametrize(
    "operation", ["associate_external_connection", "disassociate_external_connection"]
)
FORMATS = {
    "public:npmjs": "npm",
    "public:pypi": "pypi",
    "public:maven-central": "maven",
    "public:maven-googleandroid": "maven",
    "public:maven-gradleplugins": "maven",
    "public:maven-commonsware": "maven",
    "public:maven-clojars": "maven",
    "public:nuget-org": "nuget",
    "public:ruby-gems-org": "ruby",
    "public:crates-io": "cargo",
}


def entry(connection: str) -> dict[str, str]:
    """A connection in the description of its repository."""
    return {"externalConnectionName": connection, "packageFormat": FORMATS[connection], "status": "AVAILABLE"}


@pytest.mark.rule("U-4", "U-5", "U-6")
@pytest.mark.parametrize("connection", FORMATS)
def test_each_connection_is_shown_with_its_format(client: Any, team: Repository, connection: str) -> None:
    answered = client.associate_external_connection(**TEAM, externalConnection=connection)["repository"]

    assert answered["externalConnections"] == [entry(connection)]
    assert team.external_connection == connection


@pytest.mark.rule("U-6", "R-1")
def test_both_operations_return_the_repository_after_the_change(client: Any, acme: Domain) -> None:
    acme.add_repository("team", description="Ours")
    before = client.describe_repository(**TEAM)["repository"]

    connected = client.associate_external_connection(**TEAM, externalConnection="public:npmjs")["repository"]
    described = client.describe_repository(**TEAM)["repository"]
    disconnected = client.disassociate_external_connection(**TEAM, externalConnection="public:npmjs")["repository"]

    assert connected == described == {**before, "externalConnections": [entry("public:npmjs")]}
    assert disconnected == client.describe_repository(**TEAM)["repository"] == before


@pytest.mark.rule("U-4")
@pytest.mark.parametrize(
    "unknown", ["public:docker-hub", "public:swift", "public:generic", "npmjs", "public:NPMJS", "private:npmjs"]
)
def test_an_unknown_connection_is_refused(client: Any, team: Repository, unknown: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.associate_external_connection(**TEAM, externalConnection=unknown)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert unknown in caught.value.response["Error"]["Message"]
    assert team.external_connection is None


@pytest.mark.rule("U-1", "U-2", "U-7", "E-17")
@pytest.mark.parametrize("second", ["public:npmjs", "public:maven-central", "public:pypi"])
def test_a_second_connection_is_refused_for_any_format(client: Any, acme: Domain, second: str) -> None:
    team = acme.add_repository("team", external_connection="public:npmjs")

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.associate_external_connection(**TEAM, externalConnection=second)

    response = caught.value.response
    assert response["Error"]["Message"] == "ExternalConnections for repositories are currently limited to 1"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert team.external_connection == "public:npmjs"


@pytest.mark.rule("U-2", "U-7")
def test_a_connection_can_be_added_after_the_previous_one_was_removed(client: Any, acme: Domain) -> None:
    team = acme.add_repository("team", external_connection="public:npmjs")

    client.disassociate_external_connection(**TEAM, externalConnection="public:npmjs")
    client.associate_external_connection(**TEAM, externalConnection="public:pypi")

    assert team.external_connection == "public:pypi"


@pytest.mark.rule("U-4")
def test_many_repositories_may_have_the_same_connection(client: Any, acme: Domain, team: Repository) -> None:
    other = acme.add_repository("other", external_connection="public:npmjs")

    client.associate_external_connection(**TEAM, externalConnection="public:npmjs")

    assert team.external_connection == other.external_connection == "public:npmjs"


@pytest.mark.rule("U-1", "U-3")
def test_a_connection_is_refused_for_a_repository_with_upstreams(client: Any, acme: Domain) -> None:
    acme.add_repository("store")
    team = acme.add_repository("team", upstreams=["store"])

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.associate_external_connection(**TEAM, externalConnection="public:npmjs")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert (team.upstreams, team.external_connection) == (["store"], None)


@pytest.mark.rule("U-1", "U-3", "R-5")
def test_a_connection_is_accepted_after_the_upstreams_are_removed(client: Any, acme: Domain) -> None:
    acme.add_repository("store")
    team = acme.add_repository("team", upstreams=["store"])

    client.update_repository(**TEAM, upstreams=[])
    client.associate_external_connection(**TEAM, externalConnection="public:npmjs")

    assert (team.upstreams, team.external_connection) == ([], "public:npmjs")


@pytest.mark.rule("U-1", "U-3", "R-6")
def test_upstreams_are_refused_until_the_connection_is_removed(client: Any, acme: Domain) -> None:
    acme.add_repository("store")
    team = acme.add_repository("team", external_connection="public:npmjs")
    with pytest.raises(client.exceptions.ValidationException):
        client.update_repository(**TEAM, upstreams=[{"repositoryName": "store"}])

    client.disassociate_external_connection(**TEAM, externalConnection="public:npmjs")
    client.update_repository(**TEAM, upstreams=[{"repositoryName": "store"}])

    assert (team.upstreams, team.external_connection) == (["store"], None)


@pytest.mark.rule("U-7")
@pytest.mark.parametrize("there", [None, "public:pypi"])
def test_a_missing_connection_cannot_be_removed(client: Any, acme: Domain, there: ExternalConnection | None) -> None:
    team = acme.add_repository("team", external_connection=there)

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.disassociate_external_connection(**TEAM, externalConnection="public:npmjs")

    assert "public:npmjs" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert team.external_connection == there


@pytest.mark.rule("U-6", "E-10", "E-11")
@ANY_OPERATION
@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"domain": "nowhere"}, NO_DOMAIN), ({"repository": "nowhere"}, NO_REPOSITORY)],
    ids=["domain", "repository"],
)
@pytest.mark.usefixtures("team")
def test_a_missing_domain_or_repository_is_not_found(
    client: Any, operation: str, wrong: dict[str, str], message: str
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(**{**TEAM, **wrong}, externalConnection="public:npmjs")

    assert caught.value.response["Error"]["Message"] == message


@pytest.mark.rule("V-1", "V-8")
@ANY_OPERATION
@pytest.mark.parametrize("invalid", ["public npmjs", ":npmjs", "p" * 101], ids=str)
@pytest.mark.usefixtures("team")
def test_an_invalid_name_of_a_connection_is_refused(client: Any, operation: str, invalid: str) -> None:
    with pytest.raises(client.exceptions.ValidationException, match="externalConnection") as caught:
        getattr(client, operation)(**TEAM, externalConnection=invalid)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
