"""The valid versions of each format (behaviour reference, section 11, rule F-10)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import (
    FakeCodeArtifact,
    PackageId,
    Repository,
    ResourceNotFoundException,
    SeedError,
    ValidationException,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import TEAM, coordinates

NOT_SEMANTIC = [
    "latest",
    "one",
    "1",
    "1.0",
    "v1.0.0",
    "1.0.0.0",
    "01.0.0",
    "1.0.0-01",
    "1.0.0-",
    "1.0.0-a..b",
    "\uff11.0.0",
]
OF_EACH_NUMBERING = {
    npm("tool"): (["1.0.0", "0.0.0", "1.0.0-0.a-b.10", "1.0.0--", "1.0.0+001", "1.2.3-rc.1+x.y"], NOT_SEMANTIC),
    swift("apple", "tool"): (["1.0.0", "1.0.0-beta+5.sha"], NOT_SEMANTIC),
    cargo("tool"): (["1.0.0", "1.0.0-alpha.1"], NOT_SEMANTIC),
    nuget("tool"): (
        ["1", "1.0", "1.0.0.1", "01.0", "1.0.0-beta.01+x"],
        ["latest", "1.0.0.0.0", "1.0.0-", "v1.0", "1..0"],
    ),
    ruby("tool"): (["1", "1.0", "1.0.0.rc1", "1.0-java", "2.a"], ["latest", "v1.0", "a.1", "1..0", "1.0+x", "1."]),
}


def each_version(of: int) -> pytest.MarkDecorator:
    """Parameters of a test: every version of each numbering that there can be (0), or that there cannot be (1)."""
    cases = [(id, version) for id, versions in OF_EACH_NUMBERING.items() for version in versions[of]]
    return pytest.mark.parametrize(("id", "version"), cases, ids=str)


@pytest.mark.rule("F-10")
@each_version(0)
def test_a_version_that_is_valid_for_its_format_is_published(team: Repository, id: PackageId, version: str) -> None:
    assert team.publish(id, version).status == "Published"


@pytest.mark.rule("F-10", "V-5")
@each_version(1)
def test_a_version_that_is_not_valid_for_its_format_is_not_published(
    team: Repository, id: PackageId, version: str
) -> None:
    with pytest.raises(ValidationException) as caught:
        team.publish(id, version)

    assert repr(version) in str(caught.value)
    assert caught.value.reason == "OTHER"
    assert id not in team.packages


@pytest.mark.rule("F-10")
@each_version(1)
def test_a_version_that_is_not_valid_for_its_format_cannot_be_seeded(
    codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path, id: PackageId, version: str
) -> None:
    package = team.add_package(id)
    named = {"format": id.format, "name": id.name, **({} if id.namespace is None else {"namespace": id.namespace})}
    repository = {"name": "team", "packages": [{**named, "versions": [version]}]}
    file = tmp_path / "seed.json"
    file.write_text(json.dumps({"domains": [{"name": "other", "repositories": [repository]}]}))
    acme = codeartifact.domain("acme")

    for seed in (
        lambda: package.add_version(version),
        lambda: acme.add_repository("other").add_package(id, versions=[version]),
        lambda: acme.add_repository("bulk").add_packages([id], versions=[version]),
        lambda: codeartifact.load(file),
        lambda: codeartifact.load_cli({**coordinates(id), "versions": [{"version": version}]}, into=team),
    ):
        with pytest.raises(
            SeedError, match=re.escape(f"{version!r} is not a valid version of the {id.format} package")
        ):
            seed()

    assert not package.versions


@pytest.mark.rule("F-10")
def test_a_public_source_has_no_version_that_is_not_valid_for_its_format(codeartifact: FakeCodeArtifact) -> None:
    source = codeartifact.public_source("public:npmjs")

    with pytest.raises(SeedError, match="'one' is not a valid version of the npm package 'tool'"):
        source.add_package(npm("tool"), versions=["one"])

    assert not source.packages


@pytest.mark.rule("F-10")
@pytest.mark.parametrize("id", [pypi("tool"), maven("org.acme", "tool"), generic("ns", "tool")], ids=str)
def test_versions_of_other_formats_may_be_any_text(team: Repository, id: PackageId) -> None:
    assert team.publish(id, "latest").status == "Published"


@pytest.mark.rule("F-10", "S-8")
def test_an_impossible_version_is_not_found(client: Any, team: Repository) -> None:
    team.add_package(npm("tool"), versions=["1.0.0"])

    with pytest.raises(ResourceNotFoundException):
        team.fetch(npm("tool"), "one")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package_version(**TEAM, format="npm", package="tool", packageVersion="one")
