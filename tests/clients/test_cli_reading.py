"""The AWS CLI in a child process: every reading command, and the formats of its output."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Origin, Repository, generic, npm, pypi
from pytest_codeartifact.doors.server import Server

from ..support.acme import ACCOUNT
from .conftest import Aws

LONG_AGO = dt.datetime(2020, 1, 31, 12, 30, tzinfo=dt.timezone.utc)
ARN = f"arn:aws:codeartifact:us-east-1:{ACCOUNT}"
ALLOW = {"publish": "ALLOW", "upstream": "ALLOW"}

TEAM = "--domain acme --repository team"
BUTTON = f"{TEAM} --format npm --namespace ui --package button"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def seeded(codeartifact: FakeCodeArtifact) -> Repository:
    """A repository with an entity of each kind, in a domain with package groups."""
    codeartifact.clock.set(LONG_AGO)
    acme = codeartifact.add_domain("acme", policy=POLICY)
    store = acme.add_repository("store", external_connection="public:npmjs")
    team = acme.add_repository("team", upstreams=[store], description="Ours", tags={"cost": "low"}, policy=POLICY)
    button = team.add_package(npm("@ui/button"), origin=Origin(publish="ALLOW", upstream="ALLOW"))
    button.add_version("1.0.0", published=LONG_AGO, readme="# A button", licenses=["MIT"], assets={"package.tgz": b"b"})
    button.add_version("1.1.0-rc.1", status="Unlisted")
    team.add_packages([pypi("requests"), generic("tools", "installer")], versions=["1.0"])
    acme.add_package_group("/npm/ui/*", description="The look", contact_info="ui@example.com")
    acme.add_package_group("/npm/ui/button$")
    return team


def test_domains_repositories_and_groups_are_described(
    aws: Aws, codeartifact: FakeCodeArtifact, codeartifact_server: Server, seeded: Repository
) -> None:
    answers: dict[str, Any] = {
        "list-domains --query domains[].[name,owner,status]": [["acme", ACCOUNT, "Active"]],
        "describe-domain --domain acme --query domain.[arn,repositoryCount,assetSizeBytes,createdTime]":
            [f"{ARN}:domain/acme", 2, 1, LONG_AGO.timestamp()],
        "get-domain-permissions-policy --domain acme --query policy.resourceArn": f"{ARN}:domain/acme",
        "list-repositories --query repositories[].name": ["store", "team"],
        "list-repositories-in-domain --domain acme --repository-prefix te --query repositories[].description": ["Ours"],
        f"describe-repository {TEAM} --query repository.upstreams": [{"repositoryName": "store"}],
        f"get-repository-permissions-policy {TEAM} --query policy.resourceArn": f"{ARN}:repository/acme/team",
        f"get-repository-endpoint {TEAM} --format npm":
            {"repositoryEndpoint": f"{codeartifact_server.url}/npm/d/acme-{ACCOUNT}/team/"},
        f"list-tags-for-resource --resource-arn {ARN}:repository/acme/team":
            {"tags": [{"key": "cost", "value": "low"}]},
        "list-package-groups --domain acme --query packageGroups[].pattern": ["/*", "/npm/ui/*", "/npm/ui/button$"],
        "describe-package-group --domain acme --package-group /npm/ui/*"
        " --query packageGroup.[contactInfo,parent.pattern]": ["ui@example.com", "/*"],
        "list-sub-package-groups --domain acme --package-group /npm/ui/* --query packageGroups[].pattern":
            ["/npm/ui/button$"],
        "list-associated-packages --domain acme --package-group /npm/ui/button$ --query packages":
            [{"format": "npm", "namespace": "ui", "package": "button", "associationType": "STRONG"}],
        "get-associated-package-group --domain acme --format npm --namespace ui --package link"
        " --query [packageGroup.pattern,associationType]": ["/npm/ui/*", "STRONG"],
        "list-allowed-repositories-for-group --domain acme --package-group /npm/ui/*"
        " --origin-restriction-type PUBLISH": {"allowedRepositories": []},
    }  # fmt: skip

    with codeartifact.unchanged():
        printed = aws.each(answers)

    assert {command: done.printed for command, done in zip(answers, printed, strict=True)} == answers
    assert all(call.error is None for call in codeartifact.calls)


def test_packages_and_versions_are_described(aws: Aws, codeartifact: FakeCodeArtifact, seeded: Repository) -> None:
    version = f"{BUTTON} --package-version 1.0.0"
    answers: dict[str, Any] = {
        f"list-packages {TEAM} --query packages[].package": ["installer", "button", "requests"],
        f"list-packages {TEAM} --format npm --query packages[]":
            [{"format": "npm", "namespace": "ui", "package": "button",
              "originConfiguration": {"restrictions": ALLOW}}],
        f"describe-package {BUTTON} --query package.[name,originConfiguration.restrictions]": ["button", ALLOW],
        f"list-package-versions {BUTTON} --status Unlisted --query versions[].[version,status]":
            [["1.1.0-rc.1", "Unlisted"]],
        f"list-package-versions {BUTTON} --sort-by PUBLISHED_TIME --query defaultDisplayVersion": "1.0.0",
        f"describe-package-version {version} --query packageVersion.[status,publishedTime,licenses[0].name]":
            ["Published", LONG_AGO.timestamp(), "MIT"],
        f"list-package-version-assets {version} --query assets[].[name,size]": [["package.tgz", 1]],
        f"list-package-version-dependencies {version} --query dependencies": [],
        f"get-package-version-readme {version} --query readme": "# A button",
    }  # fmt: skip

    with codeartifact.unchanged():
        printed = aws.each(answers)

    assert {command: done.printed for command, done in zip(answers, printed, strict=True)} == answers
    assert all(call.error is None for call in codeartifact.calls)


def test_a_list_is_read_page_by_page_to_the_end(aws: Aws, codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.add_packages([pypi(f"package-{number:03}") for number in range(250)], versions=["1.0"])

    listed = aws(f"list-packages {TEAM} --page-size 100 --query packages[].package")

    assert listed.printed == [f"package-{number:03}" for number in range(250)]
    assert [call.params["maxResults"] for call in codeartifact.calls] == [100, 100, 100]
    assert ["nextToken" in call.params for call in codeartifact.calls] == [False, True, True]


def test_a_list_can_be_continued_with_a_token(aws: Aws, codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.add_packages(map(pypi, "abcdefg"), versions=["1.0"])
    whole = f"list-packages {TEAM}"

    first = aws(f"{whole} --page-size 2 --max-items 3").printed
    second = aws(f"{whole} --page-size 2 --max-items 3 --starting-token {first['NextToken']}").printed
    one_page = aws(f"{whole} --no-paginate --max-results 4").printed
    next_page = aws(f"{whole} --next-token {one_page['nextToken']}").printed

    assert [_names(listed) for listed in (first, second)] == ["abc", "def"]
    assert [_names(listed) for listed in (one_page, next_page)] == ["abcd", "efg"]
    assert "nextToken" not in next_page
    assert len(codeartifact.calls) == 2 + 2 + 1 + 1


def _names(listed: Any) -> str:
    return "".join(package["package"] for package in listed["packages"])


def test_lists_can_be_printed_as_tables_and_text(aws: Aws, codeartifact: FakeCodeArtifact, seeded: Repository) -> None:
    table, text = aws.each(
        [
            f"list-package-versions {BUTTON} --query versions[].[version,status] --output table",
            f"list-packages {TEAM} --query packages[].[format,namespace,package] --output text",
        ]
    )

    assert "|  1.0.0      |  Published  |" in table.out
    assert text.out == "generic\ttools\tinstaller\nnpm\tui\tbutton\npypi\tNone\trequests\n"
    assert sorted(codeartifact.calls.operations[-2:]) == ["ListPackageVersions", "ListPackages"]
