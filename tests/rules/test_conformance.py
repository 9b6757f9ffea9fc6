"""Published requests and responses of the real service, replayed (behaviour reference, section 23).

Each case says how exactly its answer is known. Placeholders are filled in; what must exist beforehand is seeded from
what the request names and the response shows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pytest_codeartifact import (
    Dependency,
    Domain,
    FakeCodeArtifact,
    ForeignDomainsMode,
    License,
    Origin,
    PackageId,
    Repository,
    wire,
)

from .. import ROOT

Case = dict[str, Any]

CASES: list[Case] = [
    json.loads(line) for line in (ROOT / "tests" / "data" / "conformance.jsonl").read_text().splitlines()
]
# The steps of these build on each other, in the order of the file.
FLOWS = {
    "getting started": "https://docs.aws.amazon.com/codeartifact/latest/ug/getting-started-cli.html",
    "live test of alchemy": "alchemy-run/alchemy packages/alchemy/test/AWS/CodeArtifact/",
}
SINGLE = [case for case in CASES if not case["source"].startswith(tuple(FLOWS.values()))]

# Members that the service has introduced since the older samples were published.
LATER = {"arn", "createdTime", "origin", "originConfiguration", "s3BucketArn", "domainOwner"}
# Members whose values differ from call to call; only their type is compared.
VOLATILE = re.compile(
    r"createdTime|publishedTime|expiration|encryptionKey|[rR]evision|hashes|nextToken|document|asset$"
)

pytestmark = [
    pytest.mark.every_case,
    pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning"),
]


def filled(value: Any) -> Any:
    """The case with valid names for its placeholders."""
    match value:
        case dict():
            return {key: filled(item) for key, item in value.items()}
        case list():
            return [filled(item) for item in value]
        case str():
            for placeholder, text in PLACEHOLDERS.items():
                value = value.replace(placeholder, text)
    return value


PLACEHOLDERS = {
    "my_domain": "my-domain",
    "$DOMAIN": "my-domain",
    "<missing domain>": "missing-domain",
    "<domain>": "my-domain",
    "<repo>": "my-repo",
    "<repo 1>": "repo-1",
    "<package>": "my-package",
    "<namespace>": "my-namespace",
    "<account>": "111122223333",
    "<caller account>": "444455556666",
    "ACCOUNT_1_ID": "111122223333",
    "region-id": "us-west-2",
    "<region>": "us-west-2",
    ":12345:": ":111122223333:",
    "<contents of policy.json>": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "codeartifact:*"}]}',
    "<undecodable string>": "undecodable",
    "<11 bytes>": "hello world",
    "<bytes>": "content",
    "<sha256 of the content>": hashlib.sha256(b"hello world").hexdigest(),
    "<a hash that does not match>": "0" * 64,
    "python": "pypi",
}


def texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for item in value.values():
                yield from texts(item)
        case list():
            for item in value:
                yield from texts(item)
        case str():
            yield value


def place_of(case: Case) -> tuple[str, str, str]:
    """The account of the caller, that of the domain, and the region, as the case shows them."""
    answer = case["response"] or case.get("error") or {}
    arn = next((text for text in texts(answer) if text.startswith(("arn:aws:codeartifact:", "arn:aws:kms:"))), None)
    region, owner = (arn.split(":")[3:5]) if arn is not None else ("us-west-2", "111122223333")
    administrators = re.findall(r'"administratorAccount": "(\d+)"', json.dumps(answer))
    caller = administrators[0] if administrators and case["operation"] != "ListRepositories" else owner
    return caller, case["request"].get("domainOwner", owner), region


class Stage:
    """Seeds what a case needs."""

    def __init__(self, fake: FakeCodeArtifact, case: Case) -> None:
        self.fake, self.case, self.request = fake, case, case["request"]
        self.answer = case["response"] or {}
        self.caller, self.owner, self.region = place_of(case)

    def domain(self) -> Domain:
        at = self.fake.at(self.owner, self.region)
        name = self.request["domain"]
        return at.domain(name) if name in at.domains else at.add_domain(name)

    def repository(self, name: str, shown: Case | None = None) -> Repository:
        shown, domain = shown or {}, self.domain()
        if name in domain.repositories:
            return domain.repository(name)
        for upstream in shown.get("upstreams", []):
            self.repository(upstream["repositoryName"])
        connections = [connection["externalConnectionName"] for connection in shown.get("externalConnections", [])]
        changes = self.case["operation"] in ("AssociateExternalConnection", "DisassociateExternalConnection")
        if self.case["operation"] == "DisassociateExternalConnection":
            connections = [self.request["externalConnection"]]
        elif changes:
            connections = []
        return domain.add_repository(
            name,
            upstreams=[upstream["repositoryName"] for upstream in shown.get("upstreams", [])],
            external_connection=connections[0] if connections else None,
            description=shown.get("description"),
            administrator=self.caller,
        )

    def versions(self, repository: str, tagged: str | None = None, **seeded: Any) -> None:
        """The versions that the request names or the answer shows, and one that is older but carries npm's tag."""
        request, answer = self.request, self.answer
        id = PackageId(request["format"], request.get("namespace"), request["package"])
        listed = {entry["version"]: entry for entry in answer.get("versions", [])}
        named = request.get("versions") or list(request.get("versionRevisions", {}))
        names = [*listed, *named, *([request["packageVersion"]] if "packageVersion" in request else [])]
        self.fake.clock.set(dt.datetime(2010, 1, 1, tzinfo=dt.timezone.utc))
        older, tags = ([tagged], {"latest": tagged}) if tagged is not None else ([], {})
        package = self.repository(repository).add_package(id, older, dist_tags=tags)
        for age, name in enumerate(names):
            entry = listed.get(name, {})
            package.add_version(
                name,
                published=dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc) - dt.timedelta(days=age),
                revision=request.get("versionRevisions", {}).get(name) or self.revision_of(name),
                **{"origin_type": entry["origin"]["originType"] if "origin" in entry else "INTERNAL", **seeded},
            )

    def revision_of(self, version: str) -> str | None:
        successful = self.answer.get("successfulVersions", {}).get(version, {})
        revision = successful.get("revision") or self.answer.get("versionRevision")
        return str(revision) if revision else None


def arrange(stage: Stage) -> None:
    case, request, answer = stage.case, stage.request, stage.answer
    operation, error = case["operation"], case.get("error")
    missing = (error or {}).get("message") or ""
    if missing.startswith(("Domain not found", "KMS", "User:", "Error de-serializing", "1 validation error")):
        return
    if request.get("domain") == "missing-domain":
        return
    match operation:
        case "CreateDomain":
            pass
        case "ListDomains":
            for domain in answer["domains"]:
                stage.fake.at(domain["owner"], stage.region).add_domain(domain["name"])
        case "DeleteDomain" | "DescribeDomain" | "GetDomainPermissionsPolicy" | "PutDomainPermissionsPolicy":
            domain = stage.domain()
            for number in range(answer.get("domain", {}).get("repositoryCount", 1 if error and missing else 0)):
                domain.add_repository(f"repository-{number}")
            if operation == "GetDomainPermissionsPolicy" and not error:
                stage.fake.at(stage.owner, stage.region)
                client(stage).put_domain_permissions_policy(
                    domain=domain.name, policyDocument=answer["policy"]["document"]
                )
        case "CreateRepository":
            stage.domain()
            for upstream in request.get("upstreams", []):
                stage.repository(upstream["repositoryName"])
        case "ListRepositories" | "ListRepositoriesInDomain":
            for shown in answer["repositories"]:
                stage.request = {"domain": shown["domainName"]}
                stage.repository(shown["name"], shown)
            stage.request = request
        case "AssociateExternalConnection" if error:
            stage.domain().add_repository(request["repository"], external_connection="public:npmjs")
        case "GetAuthorizationToken":
            stage.domain()
        case "DescribePackageGroup":
            if request["packageGroup"] != "/*":
                stage.domain().add_package_group(request["packageGroup"])
        case "CopyPackageVersions":
            arrange_copy(stage)
        case _:
            arrange_repository(stage)


def arrange_repository(stage: Stage) -> None:
    """What operations on a repository and on what is in it need."""
    operation, request, answer = stage.case["operation"], stage.request, stage.answer
    repository = stage.repository(request["repository"], answer.get("repository"))
    failing = stage.case.get("error") is not None
    match operation:
        case "GetRepositoryPermissionsPolicy" if not failing:
            client(stage).put_repository_permissions_policy(
                domain=request["domain"], repository=repository.name, policyDocument=answer["policy"]["document"]
            )
        case "ListPackages":
            for shown in answer["packages"]:
                repository.add_package(PackageId(shown["format"], shown.get("namespace"), shown["package"]))
        case "DeletePackage":
            repository.add_package(PackageId(request["format"], None, request["package"]), origin=Origin())
        case "DescribePackageVersion" if failing:
            upstream = stage.repository("upstream-repo")
            upstream.add_package(PackageId("npm", None, "lodash"), versions=["4.17.20"])
        case "DescribePackageVersion":
            shown = answer["packageVersion"]
            details = {"summary": shown["summary"], "home_page": shown["homePage"], "licenses": [License("MIT")]}
            stage.versions(repository.name, source_code_repository=shown["sourceCodeRepository"], **details)
        case "ListPackageVersions" if not failing:
            shown, tagged = [entry["version"] for entry in answer["versions"]], answer["defaultDisplayVersion"]
            stage.versions(repository.name, tagged=None if tagged in shown else tagged)
        case "ListPackageVersionDependencies":
            stage.versions(
                repository.name,
                dependencies=[
                    Dependency(
                        entry["package"], entry["versionRequirement"], entry["dependencyType"], entry["namespace"]
                    )
                    for entry in answer["dependencies"]
                ],
            )
        case "GetPackageVersionReadme":
            stage.versions(repository.name, readme=answer.get("readme"))
        case "ListPackageVersionAssets":
            stage.versions(repository.name, assets={shown["name"]: b"x" * shown["size"] for shown in answer["assets"]})
        case "GetPackageVersionAsset":
            stage.versions(repository.name, assets={request["asset"]: b"<raw bytes>"})
        case "DeletePackageVersions" | "DisposePackageVersions" if not failing:
            stage.versions(repository.name)


def arrange_copy(stage: Stage) -> None:
    """The setups of the copy samples: which versions the source and the destination have, and which are the same."""
    request, setup = stage.request, stage.case.get("setup", "")
    destination = stage.repository(request["destinationRepository"])
    if "source repository does not exist" in setup:
        return
    id = PackageId(request["format"], request.get("namespace"), request["package"])
    in_both = (
        {"0.2.1": "same"} if "identical 0.2.1" in setup else {"0.3.2": "other"} if "0.3.2 in both" in setup else {}
    )
    absent = {"5.6.7"}
    source = stage.repository(request["sourceRepository"]).add_package(id)
    names = request.get("versions") or list(request["versionRevisions"])
    for name in names:
        if name not in absent:
            revision = request.get("versionRevisions", {}).get(name) or stage.revision_of(name)
            source.add_version(name, assets={"package.tgz": b"same"}, revision=revision)
    for name, content in in_both.items():
        destination.add_package(id).add_version(name, assets={"package.tgz": content.encode()})


def client(stage: Stage) -> Any:
    return stage.fake.client(account=stage.caller, region=stage.region)


def play(stage: Stage) -> Any:
    """Send the request; the answer without the client's own additions."""
    request = dict(stage.request)
    if isinstance(request.get("assetContent"), str):
        request["assetContent"] = request["assetContent"].encode()
    response = getattr(client(stage), wire.keyword(stage.case["operation"]))(**request)
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    if "asset" in response and hasattr(response["asset"], "read"):
        response["asset"] = response["asset"].read().decode()
    return response


def compare(use: str, expected: Any, answer: Any, at: str = "") -> None:
    """Compare an answer with the published one, as exactly as that is known."""
    if VOLATILE.search(at) and at != ".asset":
        assert answer, at
        return
    match expected:
        case dict():
            assert expected.keys() <= answer.keys(), at
            if use == "strict":
                assert answer.keys() - expected.keys() <= LATER, at
            for key, item in expected.items():
                compare(use, item, answer[key], f"{at}.{key}")
        case list():
            assert len(answer) == len(expected), at
            for item, other in zip(in_order(expected), in_order(answer), strict=True):
                compare(use, item, other, f"{at}[]")
        case _ if use == "strict" or not isinstance(expected, str):
            assert answer == expected, at
        case _:
            assert isinstance(answer, str), at
            if use == "partial":
                assert answer == expected, at


def in_order(items: list[Any]) -> list[Any]:
    """The order of most lists is not known: compared as sets."""
    keys = ("version", "package", "name", "repositoryName", "externalConnectionName")
    return sorted(items, key=lambda item: next(item[key] for key in keys if key in item))


def replay(stage: Stage) -> None:
    case, error = stage.case, stage.case.get("error")
    if error is None:
        answer = play(stage)
        if case["response"] is not None:
            compare(case["use"], case["response"], answer)
        return
    with pytest.raises(client(stage).exceptions.ClientError) as caught:
        play(stage)
    response = caught.value.response
    assert response["Error"]["Code"] == error["code"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == error["status"]
    check_message(case["use"], error["message"], response["Error"]["Message"])


def check_message(use: str, expected: str | None, message: str) -> None:
    # The pattern of names has changed since, and one hole in the templates says who exactly the caller is.
    def settled(text: str) -> str:
        text = text.replace(r"[^!#/\s]+", r"[^#/\p{C}\p{IsWhitespace}]+")
        return re.sub(r"assumed-role/<role>/<session>|:sts:|:iam:|:root|because no .*-based", "", text)

    match use:
        case "error-exact" | "error-template":
            assert expected is not None
            assert settled(message) == settled(expected)
        case "error-prefix":
            assert expected is not None
            assert message.startswith(expected)
        case _:
            assert use == "error-kind"


@pytest.mark.parametrize("case", SINGLE, ids=[f"{case['id']}-{case['operation']}" for case in SINGLE])
def test_a_published_sample_is_reproduced(case: Case) -> None:
    if case["use"] == "error-template" and "identity-based" in case["error"]["message"]:
        pytest.skip("needs a model of IAM")
    case = filled(case)
    if case["request"].get("policyDocument") == "{...}":
        case["request"]["policyDocument"] = PLACEHOLDERS["<contents of policy.json>"]
    foreign: ForeignDomainsMode = "denied" if case["use"] == "error-template" else "not-found"
    caller, _, region = place_of(case)
    if foreign == "denied":
        caller = "444455556666"
    with FakeCodeArtifact(caller, region, foreign_domains=foreign) as fake:
        stage = Stage(fake, case)
        stage.caller = caller
        arrange(stage)
        replay(stage)


@pytest.mark.parametrize("flow", FLOWS)
def test_a_published_flow_is_reproduced_step_by_step(flow: str) -> None:
    steps = [filled(case) for case in CASES if case["source"].startswith(FLOWS[flow])]
    steps.sort(key=lambda case: case["id"] == "case-175")  # stands before the step that publishes what it asks for
    with FakeCodeArtifact("111122223333", "us-west-2") as fake:
        if flow != "getting started":
            domain = fake.add_domain("alchemy-test-ca-bind")
            for name in ("alchemy-test-ca-bind-repo", "alchemy-test-ca-bind-mirror"):
                domain.add_repository(name)
        for case in steps:
            stage = Stage(fake, case)
            stage.caller, stage.owner, stage.region = "111122223333", "111122223333", "us-west-2"
            if case["id"] == "case-053":  # "After npm install lodash"
                fake.repository("my-domain", "my-repo").add_package(
                    PackageId("npm", None, "lodash"), versions=["4.17.20"]
                )
            replay(stage)


def test_every_case_is_replayed_and_none_is_stale() -> None:
    flows = sum(case["source"].startswith(tuple(FLOWS.values())) for case in CASES)

    assert len(SINGLE) + flows == len(CASES) == 106
    assert not [case["id"] for case in CASES if case["use"] == "stale"]
