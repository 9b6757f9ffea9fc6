"""Permissions policies of domains and repositories (behaviour reference, section 6)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pytest_codeartifact import Domain, Repository

ARNS = {
    "domain": "arn:aws:codeartifact:us-east-1:123456789012:domain/acme",
    "repository": "arn:aws:codeartifact:us-east-1:123456789012:repository/acme/team",
}
NAMES = {"domain": "acme", "repository": "team"}
STATEMENT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
    "Action": ["codeartifact:ReadFromRepository"],
    "Resource": "*",
}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})

on_both = pytest.mark.parametrize("kind", ["domain", "repository"])


NOBODY: list[Any] = [None, "", 5, [], [""], {}, {"AWS": []}, {"AWS": {"AWS": "*"}}]


class Policies:
    """The three operations on the policy of one resource, which differ in their names only."""

    def __init__(self, client: Any, kind: str) -> None:
        self.client, self.kind = client, kind
        self.where = {"domain": "acme"} if kind == "domain" else {"domain": "acme", "repository": "team"}

    def _call(self, verb: str, parameters: dict[str, str]) -> Any:
        operation = getattr(self.client, f"{verb}_{self.kind}_permissions_policy")
        return operation(**{**self.where, **parameters})

    def put(self, policyDocument: str = DOCUMENT, **parameters: str) -> Any:  # noqa: N803  # the SDK's name
        return self._call("put", {"policyDocument": policyDocument, **parameters})

    def get(self, **parameters: str) -> Any:
        return self._call("get", parameters)

    def delete(self, **parameters: str) -> Any:
        return self._call("delete", parameters)


@pytest.fixture
def policies(client: Any, team: Repository, kind: str) -> Policies:
    """The policy of the domain, or of a repository in it."""
    assert team.name == "team"
    return Policies(client, kind)


@on_both
@pytest.mark.rule("PP-1")
def test_the_responses_of_all_three_operations_have_the_same_form(policies: Policies, kind: str) -> None:
    put = policies.put()
    got = policies.get()
    deleted = policies.delete()

    assert set(put) == {"policy", "ResponseMetadata"}
    assert put["policy"] == got["policy"] == deleted["policy"]
    assert put["policy"] == {
        "resourceArn": ARNS[kind],
        "revision": put["policy"]["revision"],
        "document": DOCUMENT,
    }


@on_both
@pytest.mark.rule("PP-1")
@pytest.mark.parametrize(
    "document",
    [
        json.dumps({"Statement": STATEMENT}, indent=4),
        json.dumps({"Statement": [STATEMENT]}, separators=(",", ":")),
        "\n" + json.dumps({"Statement": [{**STATEMENT, "Sid": "größe"}]}, ensure_ascii=False) + "\n\t ",
        '{"Statement": [' + json.dumps(STATEMENT) + '], "Version": "2012-10-17", "Id": "\\u0041"}',
    ],
    ids=["indented", "compact", "blanks around", "escapes"],
)
def test_the_document_is_returned_unchanged(policies: Policies, document: str) -> None:
    put = policies.put(document)

    assert put["policy"]["document"] == document
    assert policies.get()["policy"]["document"] == document


@on_both
@pytest.mark.rule("PP-1")
def test_the_policy_of_a_handle_is_the_parsed_document(
    policies: Policies, acme: Domain, team: Repository, kind: str
) -> None:
    resource = acme if kind == "domain" else team
    assert resource.policy is None

    policies.put()

    assert resource.policy == {"Version": "2012-10-17", "Statement": [STATEMENT]}


@on_both
@pytest.mark.rule("PP-2")
def test_a_revision_is_32_bytes_in_base64(policies: Policies) -> None:
    revision = policies.put()["policy"]["revision"]

    assert len(revision) == 44
    assert len(base64.b64decode(revision, validate=True)) == 32


@on_both
@pytest.mark.rule("PP-2")
def test_every_change_has_a_different_revision(policies: Policies) -> None:
    other = json.dumps({"Statement": [{**STATEMENT, "Effect": "Deny"}]})

    revisions = [policies.put(document)["policy"]["revision"] for document in (DOCUMENT, other, DOCUMENT, DOCUMENT)]
    policies.delete()
    revisions.append(policies.put()["policy"]["revision"])

    assert len(set(revisions)) == len(revisions)


@pytest.mark.rule("PP-2", "PP-1")
def test_policies_of_different_resources_are_independent(client: Any, acme: Domain, team: Repository) -> None:
    acme.add_repository("other")
    domain, repository = Policies(client, "domain"), Policies(client, "repository")

    revisions = {domain.put()["policy"]["revision"], repository.put()["policy"]["revision"]}
    domain.delete()

    assert len(revisions) == 2
    assert repository.get()["policy"]["revision"] in revisions
    assert team.policy is not None
    assert acme.repository("other").policy is None


@on_both
@pytest.mark.rule("PP-3", "E-16", "E-25")
def test_a_policy_that_was_never_set_is_not_found(policies: Policies, kind: str) -> None:
    not_found = policies.client.exceptions.ResourceNotFoundException
    for operation in (policies.get, policies.delete):
        with pytest.raises(not_found) as caught:
            operation()

        response = caught.value.response
        assert ARNS[kind] in response["Error"]["Message"]
        assert (response["resourceType"], response["resourceId"]) == (kind, NAMES[kind])
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


@on_both
@pytest.mark.rule("PP-3")
def test_a_deleted_policy_cannot_be_read(policies: Policies) -> None:
    policies.put()
    policies.delete()

    not_found = policies.client.exceptions.ResourceNotFoundException
    with pytest.raises(not_found):
        policies.get()
    with pytest.raises(not_found):
        policies.delete()


@on_both
@pytest.mark.rule("PP-4")
def test_changes_with_the_current_revision_succeed(policies: Policies) -> None:
    first = policies.put()["policy"]["revision"]

    second = policies.put(policyRevision=first)["policy"]["revision"]
    deleted = policies.delete(policyRevision=second)

    assert deleted["policy"]["revision"] == second != first


@on_both
@pytest.mark.rule("PP-4")
def test_changes_without_a_revision_succeed(policies: Policies) -> None:
    first = policies.put()["policy"]["revision"]

    assert policies.put()["policy"]["revision"] != first
    policies.delete()

    with pytest.raises(policies.client.exceptions.ResourceNotFoundException):
        policies.get()


@on_both
@pytest.mark.rule("PP-4")
def test_a_stale_revision_changes_nothing(policies: Policies, kind: str) -> None:
    stale = policies.put()["policy"]["revision"]
    current = policies.put()["policy"]
    other = json.dumps({"Statement": [{**STATEMENT, "Effect": "Deny"}]})
    conflict = policies.client.exceptions.ConflictException

    with pytest.raises(conflict) as caught:
        policies.put(other, policyRevision=stale)
    with pytest.raises(conflict):
        policies.delete(policyRevision=stale)

    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert (response["resourceType"], response["resourceId"]) == (kind, NAMES[kind])
    assert policies.get()["policy"] == current


@on_both
@pytest.mark.rule("PP-4")
def test_a_revision_of_a_deleted_policy_is_stale(policies: Policies) -> None:
    stale = policies.put()["policy"]["revision"]
    policies.delete()
    policies.put()

    with pytest.raises(policies.client.exceptions.ConflictException):
        policies.put(policyRevision=stale)
    with pytest.raises(policies.client.exceptions.ConflictException):
        policies.delete(policyRevision=stale)


@on_both
@pytest.mark.rule("PP-4")
def test_a_change_with_a_revision_fails_if_there_is_no_policy(policies: Policies) -> None:
    with pytest.raises(policies.client.exceptions.ConflictException):
        policies.put(policyRevision="anything")
    with pytest.raises(policies.client.exceptions.ResourceNotFoundException):
        policies.delete(policyRevision="anything")
    with pytest.raises(policies.client.exceptions.ResourceNotFoundException):
        policies.get()


@on_both
@pytest.mark.rule("PP-2", "V-8")
@pytest.mark.parametrize("revision", ["x" * 101, "two words"])
def test_an_impossible_revision_is_refused(policies: Policies, revision: str) -> None:
    policies.put()

    with pytest.raises(policies.client.exceptions.ValidationException, match="policyRevision"):
        policies.put(policyRevision=revision)
    with pytest.raises(policies.client.exceptions.ValidationException, match="policyRevision"):
        policies.delete(policyRevision=revision)


@on_both
@pytest.mark.rule("PP-5", "V-5")
@pytest.mark.parametrize(
    "document",
    [
        "not JSON",
        "{",
        DOCUMENT + "}",
        DOCUMENT.replace('"', "'"),
        "null",
        "1",
        '"Allow"',
        "[]",
        "{}",
        json.dumps({"Version": "2012-10-17"}),
        json.dumps({"Version": "2012-10-17", "Statement": []}),
        json.dumps({"Statement": "Allow"}),
        json.dumps({"Statement": ["Allow"]}),
        json.dumps({"Statement": [None]}),
        *(
            json.dumps({"Statement": [STATEMENT, {key: value for key, value in STATEMENT.items() if key != missing}]})
            for missing in ("Effect", "Principal", "Action")
        ),
        *(json.dumps({"Statement": [{**STATEMENT, "Principal": principal}]}) for principal in NOBODY),
        *(json.dumps({"Statement": [{**STATEMENT, "Action": action}]}) for action in (None, "", [], 5, [5])),
        "[" * 7168,
    ],
    ids=lambda document: document[:40] + "..." + document[-20:] if len(document) > 60 else document,
)
def test_a_malformed_document_is_refused(policies: Policies, document: str) -> None:
    before = policies.put()["policy"]

    with pytest.raises(policies.client.exceptions.ValidationException) as caught:
        policies.put(document)

    assert caught.value.response["reason"] == "CANNOT_PARSE"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert policies.get()["policy"] == before


@on_both
@pytest.mark.rule("PP-5")
def test_a_document_may_have_a_single_statement_without_a_list(policies: Policies) -> None:
    document = json.dumps({"Statement": {**STATEMENT, "Principal": "*", "Action": "codeartifact:*"}})

    assert policies.put(document)["policy"]["document"] == document


@on_both
@pytest.mark.rule("PP-5", "V-8")
def test_a_document_of_more_than_7168_characters_is_refused(policies: Policies) -> None:
    longest = DOCUMENT + " " * (7168 - len(DOCUMENT))

    policies.put(longest)
    with pytest.raises(policies.client.exceptions.ValidationException) as caught:
        policies.put(longest + " ")

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert "policyDocument" in caught.value.response["Error"]["Message"]
    assert "7168" in caught.value.response["Error"]["Message"]
    assert policies.get()["policy"]["document"] == longest


@on_both
@pytest.mark.rule("V-8", "PP-5")
@pytest.mark.parametrize("character", ["\x00", "\x7f", "\u200b", "\ue000"], ids=ascii)
def test_a_document_with_a_control_character_is_refused(policies: Policies, character: str) -> None:
    with pytest.raises(policies.client.exceptions.ValidationException, match="policyDocument") as caught:
        policies.put(DOCUMENT + character)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"


# What AWS's service authorization reference knows of domains and package groups.
ON_DOMAINS = [
    "CreateDomain", "CreatePackageGroup", "CreateRepository", "DeleteDomain", "DeleteDomainPermissionsPolicy",
    "DeletePackageGroup", "DescribeDomain", "DescribePackageGroup", "GetAssociatedPackageGroup",
    "GetAuthorizationToken", "GetDomainPermissionsPolicy", "ListAllowedRepositoriesForGroup", "ListAssociatedPackages",
    "ListDomains", "ListPackageGroups", "ListRepositories", "ListRepositoriesInDomain", "ListSubPackageGroups",
    "PutDomainPermissionsPolicy", "UpdatePackageGroup", "UpdatePackageGroupOriginConfiguration",
]  # fmt: skip


@on_both
@pytest.mark.rule("PP-5")
@pytest.mark.parametrize(
    "about_domains",
    [
        {"Resource": ARNS["domain"]},
        {"Resource": ["*", ARNS["domain"]]},
        {"Resource": ARNS["domain"], "Action": "codeartifact:CreateRepository"},
        {"Resource": f"{ARNS['domain']}/*".replace(":domain/", ":package-group/")},
        {"Action": "codeartifact:DescribeDomain"},
        {"Resource": "arn:aws:codeartifact:us-east-1:123456789012:package-group/acme/npm/*"},
        {"Action": ["codeartifact:ReadFromRepository", "codeartifact:GetAuthorizationToken"]},
        *({"Action": f"codeartifact:{action}"} for action in ON_DOMAINS),
    ],
    ids=str,
)
def test_any_policy_may_name_the_domain(policies: Policies, about_domains: dict[str, Any]) -> None:
    document = json.dumps({"Statement": [STATEMENT, {**STATEMENT, **about_domains}]})

    assert policies.put(document)["policy"]["document"] == document
    assert policies.get()["policy"]["document"] == document


@on_both
@pytest.mark.rule("PP-5")
def test_any_policy_may_name_repositories(policies: Policies) -> None:
    document = json.dumps({"Statement": [{**STATEMENT, "Resource": [ARNS["repository"], f"{ARNS['repository']}2"]}]})

    assert policies.put(document)["policy"]["document"] == document


@on_both
@pytest.mark.rule("E-10", "X-1")
@pytest.mark.parametrize("wrong", [{"domain": "nowhere"}, {"domainOwner": "210987654321"}], ids=str)
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
def test_a_missing_domain_is_named(policies: Policies, wrong: dict[str, str]) -> None:
    policies.put()
    message = (
        f"Domain not found. Domain '{wrong.get('domain', 'acme')}' owned by account "
        f"'{wrong.get('domainOwner', '123456789012')}' does not exist."
    )

    for operation in (policies.put, policies.get, policies.delete):
        with pytest.raises(policies.client.exceptions.ResourceNotFoundException) as caught:
            operation(**wrong)
        assert caught.value.response["Error"]["Message"] == message
        assert caught.value.response["resourceType"] == "domain"


@pytest.mark.rule("E-11")
@pytest.mark.usefixtures("team")
def test_a_missing_repository_is_named(client: Any) -> None:
    policies = Policies(client, "repository")
    policies.put()

    for operation in (policies.put, policies.get, policies.delete):
        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            operation(repository="nowhere")
        assert caught.value.response["Error"]["Message"] == (
            "Repository not found. Repository 'nowhere' in domain 'acme' owned by account '123456789012' does not "
            "exist."
        )
        assert caught.value.response["resourceType"] == "repository"


@pytest.mark.rule("R-7", "D-9", "PP-3")
def test_a_policy_is_deleted_with_its_resource(client: Any, acme: Domain, team: Repository) -> None:
    repository, domain = Policies(client, "repository"), Policies(client, "domain")
    repository.put()
    domain.put()

    client.delete_repository(domain="acme", repository=team.name)
    client.delete_domain(domain=acme.name)
    client.create_domain(domain="acme")
    client.create_repository(domain="acme", repository="team")

    for policies in (domain, repository):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            policies.get()


@on_both
@pytest.mark.rule("PP-1", "PP-2", "PP-4")
def test_a_seeded_policy_can_be_read_and_deleted(client: Any, codeartifact: Any, kind: str) -> None:
    seeded = {"Statement": [STATEMENT]}
    domain = codeartifact.add_domain("acme", policy=seeded)
    domain.add_repository("team", policy=seeded)
    policies = Policies(client, kind)

    policy = policies.get()["policy"]

    assert policy["resourceArn"] == ARNS[kind]
    assert json.loads(policy["document"]) == seeded
    assert len(policy["revision"]) == 44
    assert policies.delete(policyRevision=policy["revision"])["policy"] == policy
