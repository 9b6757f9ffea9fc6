"""Authorization tokens and repository endpoints (behaviour reference, sections 8 and 9)."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Repository

NOON = dt.datetime(2026, 1, 31, 12, 0, 0, tzinfo=dt.timezone.utc)
OWNER = "123456789012"
FORMATS = ["npm", "pypi", "maven", "nuget", "generic", "ruby", "swift", "cargo"]


@pytest.fixture
def noon(codeartifact: FakeCodeArtifact, acme: Domain) -> dt.datetime:
    """The time of the stopped clock; there is a domain."""
    assert acme.name == "acme"
    codeartifact.clock.set(NOON)
    return NOON


def decoded(part: str) -> bytes:
    """A part of a token; the alphabet of base64url only, and no padding."""
    assert set(part) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header(token: str) -> Any:
    return json.loads(decoded(token.split(".")[0]))


@pytest.mark.rule("T-3")
def test_a_token_comes_with_its_expiration(client: Any, noon: dt.datetime) -> None:
    response = client.get_authorization_token(domain="acme")

    assert set(response) == {"authorizationToken", "expiration", "ResponseMetadata"}
    assert response["expiration"] == noon + dt.timedelta(hours=12)


@pytest.mark.rule("T-1", "T-3")
@pytest.mark.parametrize(
    ("given", "seconds"),
    [({}, 43_200), *(({"durationSeconds": number}, number) for number in (900, 901, 3600, 43_199, 43_200))],
    ids=str,
)
def test_a_token_lasts_as_long_as_requested(
    client: Any, noon: dt.datetime, given: dict[str, int], seconds: int
) -> None:
    response = client.get_authorization_token(domain="acme", **given)

    assert response["expiration"] - noon == dt.timedelta(seconds=seconds)
    claims = header(response["authorizationToken"])
    assert claims["exp"] - claims["isu"] == seconds


@pytest.mark.rule("T-1")
def test_a_duration_of_zero_is_the_default(client: Any, noon: dt.datetime) -> None:
    response = client.get_authorization_token(domain="acme", durationSeconds=0)

    assert response["expiration"] - noon == dt.timedelta(hours=12)


@pytest.mark.rule("T-1")
@pytest.mark.parametrize("seconds", [1, 60, 899])
@pytest.mark.usefixtures("acme")
def test_a_token_lasts_at_least_15_minutes(client: Any, seconds: int) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.get_authorization_token(domain="acme", durationSeconds=seconds)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert str(seconds) in caught.value.response["Error"]["Message"]


@pytest.mark.rule("T-1", "V-4", "V-8")
@pytest.mark.parametrize("seconds", [43_201, 50_000, 2**31])
@pytest.mark.usefixtures("acme")
def test_a_token_lasts_at_most_12_hours(client: Any, seconds: int) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.get_authorization_token(domain="acme", durationSeconds=seconds)

    message = caught.value.response["Error"]["Message"]
    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert all(part in message for part in ("durationSeconds", str(seconds), "43200"))


@pytest.mark.rule("T-2")
def test_a_token_has_the_form_of_an_encrypted_web_token(client: Any, noon: dt.datetime) -> None:
    token = client.get_authorization_token(domain="acme")["authorizationToken"]

    assert token.startswith("eyJ2ZXIiOjEsImlzdSI6")
    assert 1000 <= len(token) <= 2000
    parts = token.split(".")
    assert len(parts) == 5
    assert all(decoded(part) for part in parts)
    claims = header(token)
    assert list(claims) == ["ver", "isu", "enc", "tag", "exp", "alg", "iv"]
    assert (claims["ver"], claims["enc"], claims["alg"]) == (1, "A128GCM", "A128GCMKW")
    assert claims["isu"] == int(noon.timestamp())
    assert claims["exp"] == int(noon.timestamp()) + 43_200


@pytest.mark.rule("T-3")
@pytest.mark.usefixtures("noon")
def test_tokens_of_two_domains_differ(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.add_domain("other")

    tokens = {client.get_authorization_token(domain=name)["authorizationToken"] for name in ("acme", "other")}

    assert len(tokens) == 2


@pytest.mark.rule("T-2", "T-3")
def test_a_later_token_differs_and_expires_later(
    codeartifact: FakeCodeArtifact, client: Any, noon: dt.datetime
) -> None:
    first = client.get_authorization_token(domain="acme")

    codeartifact.clock.advance(dt.timedelta(minutes=1))
    second = client.get_authorization_token(domain="acme")

    assert second["authorizationToken"] != first["authorizationToken"]
    assert second["expiration"] == noon + dt.timedelta(hours=12, minutes=1)


@pytest.mark.rule("T-4", "T-5", "E-10")
@pytest.mark.parametrize(
    ("domain", "owner"), [({"domain": "nowhere"}, "123456789012"), ({"domainOwner": "210987654321"}, "210987654321")]
)
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
@pytest.mark.usefixtures("acme")
def test_a_token_for_a_missing_domain_is_not_found(client: Any, domain: dict[str, str], owner: str) -> None:
    asked = {"domain": "acme", **domain}

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_authorization_token(**asked)

    response = caught.value.response
    assert response["Error"]["Message"] == (
        f"Domain not found. Domain '{asked['domain']}' owned by account '{owner}' does not exist."
    )
    assert response["resourceType"] == "domain"


@pytest.mark.rule("T-5")
def test_tokens_are_issued_when_all_quotas_are_exhausted(
    codeartifact: FakeCodeArtifact, client: Any, noon: dt.datetime
) -> None:
    codeartifact.quotas.domains = 0
    codeartifact.quotas.repositories_per_domain = 0

    expirations = {client.get_authorization_token(domain="acme")["expiration"] for _ in range(50)}

    assert expirations == {noon + dt.timedelta(hours=12)}


@pytest.mark.rule("X-1", "T-3")
@pytest.mark.usefixtures("acme")
def test_a_caller_of_another_account_gets_a_token_for_the_owners_domain(codeartifact: FakeCodeArtifact) -> None:
    theirs = codeartifact.client(account="210987654321")

    response = theirs.get_authorization_token(domain="acme", domainOwner="123456789012")

    assert header(response["authorizationToken"])["ver"] == 1


@pytest.mark.rule("N-1", "N-3")
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("given", [{}, {"endpointType": "ipv4"}], ids=str)
@pytest.mark.usefixtures("team")
@pytest.mark.in_process("a server names itself")
def test_an_endpoint_names_domain_owner_region_format_and_repository(
    client: Any, format: str, given: dict[str, str]
) -> None:
    response = client.get_repository_endpoint(domain="acme", repository="team", format=format, **given)

    assert set(response) == {"repositoryEndpoint", "ResponseMetadata"}
    assert response["repositoryEndpoint"] == (
        f"https://acme-123456789012.d.codeartifact.us-east-1.amazonaws.com/{format}/team/"
    )


@pytest.mark.rule("N-2", "N-3")
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.usefixtures("team")
@pytest.mark.in_process("a server names itself")
def test_a_dualstack_endpoint_has_its_own_host(client: Any, format: str) -> None:
    response = client.get_repository_endpoint(domain="acme", repository="team", format=format, endpointType="dualstack")

    assert response["repositoryEndpoint"] == (f"https://acme-123456789012.codeartifact.us-east-1.on.aws/{format}/team/")


@pytest.mark.rule("N-1", "N-5")
@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("eu-central-1", "eu-central-1.amazonaws.com"),
        ("us-gov-west-1", "us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "cn-north-1.amazonaws.com.cn"),
        ("cn-northwest-1", "cn-northwest-1.amazonaws.com.cn"),
    ],
)
@pytest.mark.in_process("a server names itself")
def test_an_endpoint_has_the_suffix_of_its_partition(codeartifact: FakeCodeArtifact, region: str, suffix: str) -> None:
    codeartifact.add_domain("acme", region=region).add_repository("team")

    response = codeartifact.client(region=region).get_repository_endpoint(
        domain="acme", repository="team", format="npm"
    )

    assert response["repositoryEndpoint"] == f"https://acme-123456789012.d.codeartifact.{suffix}/npm/team/"


@pytest.mark.rule("N-1", "X-1")
@pytest.mark.in_process("a server names itself")
def test_the_endpoint_of_a_foreign_domain_names_its_owner(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.add_domain("theirs", account="210987654321").add_repository("Team.One_x")

    response = client.get_repository_endpoint(
        domain="theirs", domainOwner="210987654321", repository="Team.One_x", format="maven"
    )

    assert response["repositoryEndpoint"] == (
        "https://theirs-210987654321.d.codeartifact.us-east-1.amazonaws.com/maven/Team.One_x/"
    )


@pytest.mark.rule("N-4", "E-10", "E-11")
@pytest.mark.parametrize(
    ("wrong", "message", "kind"),
    [
        (
            {"repository": "nowhere"},
            f"Repository not found. Repository 'nowhere' in domain 'acme' owned by account '{OWNER}' does not exist.",
            "repository",
        ),
        (
            {"domain": "nowhere"},
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            "domain",
        ),
        (
            {"domainOwner": "210987654321"},
            "Domain not found. Domain 'acme' owned by account '210987654321' does not exist.",
            "domain",
        ),
    ],
    ids=["repository", "domain", "owner"],
)
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
def test_the_endpoint_of_a_missing_repository_is_not_found(
    client: Any, team: Repository, wrong: dict[str, str], message: str, kind: str
) -> None:
    asked = {"domain": "acme", "repository": team.name, "format": "npm", **wrong}

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_repository_endpoint(**asked)

    assert caught.value.response["Error"]["Message"] == message
    assert caught.value.response["resourceType"] == kind


@pytest.mark.rule("N-3", "V-4", "V-8")
@pytest.mark.parametrize(
    ("wrong", "member"),
    [
        ({"format": "docker"}, "packageFormat"),
        ({"format": "NPM"}, "packageFormat"),
        ({"endpointType": "ipv6"}, "endpointType"),
    ],
)
@pytest.mark.usefixtures("team")
def test_unknown_formats_and_endpoint_types_are_refused(client: Any, wrong: dict[str, str], member: str) -> None:
    asked = {"domain": "acme", "repository": "team", "format": "npm", **wrong}

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.get_repository_endpoint(**asked)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert member in caught.value.response["Error"]["Message"]
