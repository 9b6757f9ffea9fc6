"""Output of the AWS CLI can be loaded as a seed. In test_aws_cli.py it comes from the real CLI."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, License, NotThere, Origin, Repository, SeedError, npm, pypi

from ..rules.test_conformance import CASES, filled
from ..support.acme import TEAM

LONG_AGO = dt.datetime(2020, 1, 31, 12, 30, 0, 125000, tzinfo=dt.timezone.utc)

TAKEN = {"ListPackages", "ListPackageVersions", "DescribePackage", "DescribePackageVersion", "DescribeRepository",
         "ListPackageVersionAssets"}  # fmt: skip
SAMPLES = [case for case in map(filled, CASES) if case["operation"] in TAKEN and case["use"] in ("strict", "shape")
           and case.get("response") and not case.get("error")]  # fmt: skip

LISTED: dict[str, Any] = {
    "defaultDisplayVersion": "1.0.0",
    "format": "npm",
    "namespace": None,
    "package": "tool",
    "versions": [
        {"version": "1.0.0", "revision": "R1", "status": "Published"},
        {"version": "2.0.0", "revision": "R2", "status": "Unlisted", "origin": {
            "domainEntryPoint": {"externalConnectionName": "public:npmjs"}, "originType": "EXTERNAL"}},
    ],
    "nextToken": None,
}  # fmt: skip
DESCRIBED = {
    "packageVersion": {
        "format": "npm",
        "packageName": "tool",
        "displayName": "tool",
        "version": "1.0.0",
        "summary": "Says hi",
        "homePage": "https://tool.example",
        "sourceCodeRepository": None,
        "publishedTime": 1580473800.125,
        "licenses": [{"name": "MIT"}, {"name": "Own", "url": "https://own.example"}],
        "revision": "R9",
        "status": "Archived",
        "origin": {"domainEntryPoint": {"repositoryName": "store"}, "originType": "INTERNAL"},
        "somethingNew": {"a": 1},
    },
    "ResponseMetadata": {},
}
ASSETS = {
    "format": "npm",
    "package": "tool",
    "version": "1.0.0",
    "versionRevision": "R9",
    "assets": [{"name": "package.tgz", "size": 5, "hashes": {}}],
}
PACKAGE = {
    "package": {
        "format": "npm",
        "name": "tool",
        "originConfiguration": {"restrictions": {"publish": "BLOCK", "upstream": "ALLOW"}},
    }
}


@pytest.mark.parametrize("case", SAMPLES, ids=[f"{case['id']}-{case['operation']}" for case in SAMPLES])
def test_a_published_sample_is_loaded(codeartifact: FakeCodeArtifact, team: Repository, case: dict[str, Any]) -> None:
    for upstream in case["response"].get("repository", {}).get("upstreams", []):
        codeartifact.domain("acme").add_repository(upstream["repositoryName"])

    codeartifact.load_cli(case["response"], into=team)

    answer = getattr(codeartifact.client(), _method(case["operation"]))(**_asked(case))
    if case["operation"] == "ListPackageVersions":
        shown = {entry["version"] for entry in case["response"]["versions"]}
        assert {entry["version"] for entry in answer["versions"]} == shown
        if case["response"]["defaultDisplayVersion"] in shown:
            assert answer["defaultDisplayVersion"] == case["response"]["defaultDisplayVersion"]
    elif case["operation"] == "ListPackages":
        listed = [(entry["format"], entry["package"]) for entry in answer["packages"]]
        assert listed == [(entry["format"], entry["package"]) for entry in case["response"]["packages"]]
    elif case["operation"] == "ListPackageVersionAssets":
        names = [asset["name"] for asset in answer["assets"]]
        assert names == [asset["name"] for asset in case["response"]["assets"]]
        assert answer["versionRevision"] == case["response"]["versionRevision"]
    elif case["operation"] == "DescribePackageVersion":
        shown = case["response"]["packageVersion"]
        assert {name: answer["packageVersion"][name] for name in shown.keys() - {"publishedTime"}} == {
            name: value for name, value in shown.items() if name != "publishedTime"
        }
    else:
        assert case["operation"] == "DescribeRepository"
        for name in ("administratorAccount", "description", "upstreams", "externalConnections"):
            assert answer["repository"].get(name) == case["response"]["repository"].get(name)


def _method(operation: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]


def _asked(case: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in case["request"].items() if name != "domainOwner"}, **TEAM}


@pytest.mark.parametrize("order", list(itertools.permutations([LISTED, DESCRIBED, ASSETS, PACKAGE])), ids=lambda _: "")
def test_outputs_of_the_cli_can_be_loaded_in_any_order(
    codeartifact: FakeCodeArtifact, team: Repository, order: tuple[dict[str, Any], ...]
) -> None:
    for answer in order:
        codeartifact.load_cli(answer, into=team)

    tool = team.packages[npm("tool")]
    version = tool.versions["1.0.0"]
    assert tool.origin == Origin("BLOCK", "ALLOW")
    assert tool.dist_tags == {"latest": "1.0.0"}
    assert (version.status, version.revision, version.published) == ("Archived", "R9", LONG_AGO)
    assert (version.origin_type, version.entry_point) == ("INTERNAL", "store")
    assert (version.summary, version.home_page) == ("Says hi", "https://tool.example")
    assert version.licenses == [License("MIT"), License("Own", "https://own.example")]
    assert dict(version.assets) == {"package.tgz": b""}
    assert (tool.versions["2.0.0"].status, tool.versions["2.0.0"].entry_point) == ("Unlisted", "public:npmjs")


def test_loading_completes_a_seed_and_keeps_its_other_attributes(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    version = team.add_package(npm("tool")).add_version("1.0.0", assets={"package.tgz": b"content"}, readme="# Tool")

    for answer in (LISTED, ASSETS, DESCRIBED):
        codeartifact.load_cli(answer, into=team)

    assert (version.readme, version.summary) == ("# Tool", "Says hi")
    assert dict(version.assets) == {"package.tgz": b"content"}


def test_the_default_display_version_of_a_loaded_list_is_the_newest(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    listed = {
        **LISTED,
        "format": "pypi",
        "versions": [{"version": "1.0.0", "status": "Published"}, {"version": "2.0.0"}],
    }

    codeartifact.load_cli(listed, into=team)

    assert team.packages[pypi("tool")].default_display_version == "1.0.0"


@pytest.mark.parametrize("seeded", [0, 1, 40])
@pytest.mark.parametrize("listed", [50, 1000])
def test_loading_a_list_adds_the_missing_versions(
    client: Any, codeartifact: FakeCodeArtifact, team: Repository, seeded: int, listed: int
) -> None:
    tool = team.add_package(pypi("tool"))
    for number in range(seeded):
        tool.add_version(f"1.{number}", status="Archived", published=LONG_AGO, origin_type="EXTERNAL")
    newest = f"1.{listed - 2}"
    statuses = {f"1.{number}": "Published" if number % 2 else "Unlisted" for number in range(listed)}
    versions = [{"version": name, "status": status} for name, status in statuses.items()]
    versions.append({"version": newest, "status": "Disposed"})  # again, as on two pages between which it changed

    codeartifact.load_cli(
        {"format": "pypi", "package": "tool", "defaultDisplayVersion": newest, "versions": versions}, into=team
    )

    pages = client.get_paginator("list_package_versions").paginate(
        **TEAM, format="pypi", package="tool", sortBy="PUBLISHED_TIME"
    )
    shown = {version["version"]: version["status"] for page in pages for version in page["versions"]}
    assert shown == {**statuses, **dict.fromkeys(list(statuses)[:seeded], "Archived")}
    assert next(iter(shown)) == newest


def test_the_first_version_of_a_loaded_list_decides_the_origin_configuration(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    first, second = LISTED["versions"]

    codeartifact.load_cli(LISTED, into=team)
    codeartifact.load_cli({**LISTED, "package": "other", "versions": [second, first]}, into=team)

    assert team.packages[npm("tool")].origin == Origin("ALLOW", "BLOCK")
    assert team.packages[npm("other")].origin == Origin("BLOCK", "ALLOW")


def test_the_description_of_a_repository_is_loaded(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    codeartifact.domain("acme").add_repository("store")
    described = {
        "name": "elsewhere",
        "administratorAccount": "210987654321",
        "description": "Theirs",
        "upstreams": [{"repositoryName": "store"}],
        "externalConnections": [],
        "createdTime": "2020-01-31T13:30:00.125000+01:00",
    }

    codeartifact.load_cli({"repository": described}, into=team)

    assert (team.name, team.administrator, team.description) == ("team", "210987654321", "Theirs")
    assert (team.upstreams, team.external_connection, team.created) == (["store"], None, LONG_AGO)


REFUSED: dict[str, tuple[Any, str]] = {
    "something else": ({"domains": []}, "load_cli takes what the AWS CLI prints for list-packages, "),
    "another answer": ({"package": "x", "dependencies": []}, "load_cli takes what the AWS CLI prints"),
    "nothing": ({}, "load_cli takes what the AWS CLI prints"),
    "no list": ({"packages": {}}, "packages: expected a list, found a table."),
    "no format": ({"packages": [{"package": "x"}]}, "packages[0]: the member 'format' is missing."),
    "format": ({"packages": [{"format": "python", "package": "x"}]}, "packages[0]: There is no package format"),
    "origin": (
        {"package": {**PACKAGE["package"], "originConfiguration": {"restrictions": {"publish": "ALLOW"}}}},
        "package.originConfiguration.restrictions: the member 'upstream' is missing.",
    ),
    "switch": (
        {"package": {**PACKAGE["package"],
                     "originConfiguration": {"restrictions": {"publish": "ALLOW", "upstream": "NO"}}}},
        "package: upstream cannot be 'NO'.",
    ),
    "status": (
        {**LISTED, "versions": [{"version": "1.0.0", "status": "Gone"}]},
        "versions[0]: status cannot be 'Gone'.",
    ),
    "version": ({**LISTED, "versions": [{"version": 1}]}, "versions[0].version: expected a string, found 1."),
    "timestamp": (
        {"packageVersion": {**DESCRIBED["packageVersion"], "publishedTime": 1e300}},
        "packageVersion.publishedTime: 1e+300 seconds since the epoch is not a valid timestamp.",
    ),
    "not a timestamp": (
        {"packageVersion": {**DESCRIBED["packageVersion"], "publishedTime": True}},
        "packageVersion.publishedTime: true or false is not a valid timestamp. Write",
    ),
    "asset": ({**ASSETS, "assets": [{}]}, "assets[0]: the member 'name' is missing."),
    "upstream": (
        {"repository": {"upstreams": [{"repositoryName": "store"}]}},
        "repository: upstreams has 'store', but there is no such repository in domain 'acme'.",
    ),
    "connections": (
        {"repository": {"externalConnections": [{"externalConnectionName": f"public:{name}"} for name in "ab"]}},
        "repository.externalConnections: a repository has one external connection at most",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_invalid_outputs_are_refused_with_their_position(
    codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path, case: str
) -> None:
    answer, expected = REFUSED[case]
    path = tmp_path / "answer.txt"
    path.write_text(json.dumps(answer))

    for given, source in [(answer, "load_cli"), (path, str(path))]:
        with pytest.raises(SeedError) as caught:
            codeartifact.load_cli(given, into=team)
        assert str(caught.value).startswith(f"{source}: {expected}")

    assert not team.packages


def test_loading_into_anything_but_a_repository_of_this_fake_is_refused(
    client: Any, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    with pytest.raises(SeedError, match="needs a repository of this fake, not 'team'"):
        codeartifact.load_cli(LISTED, into="team")  # type: ignore[arg-type]
    with pytest.raises(SeedError, match="needs a repository of this fake, not <repository"):
        codeartifact.fork().load_cli(LISTED, into=team)
    client.delete_repository(**TEAM)
    with pytest.raises(NotThere, match="no repository 'team'"):
        codeartifact.load_cli(LISTED, into=team)
