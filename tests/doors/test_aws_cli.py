"""The unmodified AWS CLI, run in this process, uses the fake."""

from __future__ import annotations

import datetime as dt
import gc
import json
import logging
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, Package, PackageId, Repository, maven, npm, nuget, pypi

from ..support import acme

clidriver = pytest.importorskip("awscli.clidriver", reason="needs the AWS CLI")

LONG_AGO = dt.datetime(2020, 1, 31, 12, 30, tzinfo=dt.timezone.utc)

TEAM = ["--domain", "acme", "--repository", "team"]


@pytest.fixture
def aws(codeartifact: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `aws codeartifact ...` without any configuration, and returns its exit code and output."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)

    # The CLI leaves the file of --asset-content open, and the log records that pytest keeps would keep it alive.
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)

    def run(*arguments: str) -> tuple[int, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            code = clidriver.create_clidriver().main(["codeartifact", *arguments])
            if "--asset-content" in arguments:  # a garbage collection takes as long as the command
                gc.collect()
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else err.strip()

    return run


def test_delete_package_deletes_the_package_and_prints_it(aws: Any, team: Repository) -> None:
    team.add_package(npm("@types/node"), versions=["1.0.0"])
    team.add_package(npm("react"), versions=["1.0.0"])

    code, printed = aws("delete-package", *TEAM, "--format", "npm", "--namespace", "types", "--package", "node")

    assert code == 0
    assert printed == {
        "deletedPackage": {
            "format": "npm",
            "namespace": "types",
            "package": "node",
            "originConfiguration": {"restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}},
        }
    }
    assert team.deleted == {npm("@types/node")}
    assert list(team.packages) == [npm("react")]


def test_deleting_a_missing_package_prints_the_error_of_the_service(aws: Any, team: Repository) -> None:
    code, printed = aws("delete-package", *TEAM, "--format", "pypi", "--package", "nothing")

    assert code in (254, 255)  # the second major version of the CLI has a number for errors of the service
    assert printed.endswith(
        "An error occurred (ResourceNotFoundException) when calling the DeletePackage operation: "
        "The pypi package 'nothing' does not exist in repository 'team'."
    )


@pytest.mark.rule("W-4")
def test_list_packages_prints_all_pages(aws: Any, team: Repository) -> None:
    team.add_packages([pypi(f"package-{number:03}") for number in range(250)], versions=["1.0.0"])
    team.add_package(maven("org.apache", "commons"), versions=["1.0.0"])

    code, printed = aws("list-packages", *TEAM, "--package-prefix", "package-")

    assert code == 0
    assert [package["package"] for package in printed["packages"]] == [f"package-{number:03}" for number in range(250)]


@pytest.mark.rule("W-4")
def test_list_package_versions_prints_null_for_missing_members(aws: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0.0", "1.1.0"])

    code, printed = aws("list-package-versions", *TEAM, "--format", "pypi", "--package", "tool")

    assert code == 0
    assert [version["version"] for version in printed["versions"]] == ["1.0.0", "1.1.0"]
    assert (printed["defaultDisplayVersion"], printed["namespace"]) == ("1.1.0", None)


def test_a_sequence_of_commands_from_creation_to_deletion_succeeds(
    aws: Any, codeartifact: FakeCodeArtifact, tmp_path: Any
) -> None:
    (tmp_path / "tool.bin").write_bytes(b"content")
    sha256 = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    version = [*TEAM, "--format", "generic", "--namespace", "ns", "--package", "tool", "--package-version", "1.0.0"]
    steps = [
        ["create-domain", "--domain", "acme", "--tags", "key=cost,value=low"],
        ["create-repository", *TEAM, "--description", "Ours"],
        ["publish-package-version", *version, "--asset-name", "tool.bin",
         "--asset-content", str(tmp_path / "tool.bin"), "--asset-sha256", sha256],
        ["get-package-version-asset", *version, "--asset", "tool.bin", str(tmp_path / "downloaded.bin")],
        ["describe-package-version", *version],
        ["get-authorization-token", "--domain", "acme"],
        ["delete-repository", *TEAM],
        ["delete-domain", "--domain", "acme"],
    ]  # fmt: skip

    printed = [aws(*step) for step in steps]

    assert [code for code, _ in printed] == [0] * len(steps)
    assert (tmp_path / "downloaded.bin").read_bytes() == b"content"
    assert printed[4][1]["packageVersion"]["status"] == "Published"
    assert codeartifact.deletions[0].operation == "DeleteRepository"


def test_the_domain_size_is_printed(aws: Any, acme: Domain) -> None:
    code, printed = aws("describe-domain", "--domain", "acme")

    assert (code, printed["domain"]["assetSizeBytes"], printed["domain"]["arn"]) == (0, 0, acme.arn)


def test_the_output_of_the_cli_from_one_fake_seeds_another(
    aws: Any, codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path
) -> None:
    codeartifact.clock.set(LONG_AGO)
    for id in (npm("@ui/button"), pypi("Foo_Bar"), nuget("Newtonsoft.Json"), maven("org", "core")):
        package = team.add_package(id)
        assets = {"package.tgz": b""} if id.format == "npm" else {"a.bin": b""}
        package.add_version("1.0.0", summary="First", licenses=["MIT"], assets=assets)
        package.add_version("1.1.0", status="Unlisted", origin_type="UNKNOWN")
    with FakeCodeArtifact() as other:
        copy = other.add_domain("acme").add_repository("team")

    for answer in reversed(_printed(aws, team)):
        (tmp_path / "answer.json").write_text(json.dumps(answer))
        other.load_cli(tmp_path / "answer.json", into=copy)

    assert _answers(other, copy) == _answers(codeartifact, team)


def _printed(aws: Any, team: Repository) -> list[Any]:
    printed = [aws("describe-repository", *TEAM), aws("list-packages", *TEAM)]
    for id, package in team.packages.items():
        where = [*TEAM, "--format", id.format, "--package", id.name]
        where += [] if id.namespace is None else ["--namespace", id.namespace]
        printed += [aws("describe-package", *where), aws("list-package-versions", *where)]
        for version in package.versions:
            one = [*where, "--package-version", version]
            printed += [aws("describe-package-version", *one), aws("list-package-version-assets", *one)]
    assert {code for code, _ in printed} == {0}
    return [answer for _, answer in printed]


def _answers(fake: FakeCodeArtifact, team: Repository) -> list[Any]:
    with fake.fork() as fork:
        client = fork.client()
        said = [client.describe_repository(**acme.TEAM), client.list_packages(**acme.TEAM)]
        for id, package in team.packages.items():
            said += [client.describe_package(**acme.of(id)), client.list_package_versions(**acme.of(id))]
            said += _answers_about_versions(client, id, package)
    return [{name: value for name, value in answer.items() if name != "ResponseMetadata"} for answer in said]


def _answers_about_versions(client: Any, id: PackageId, package: Package) -> list[Any]:
    ones = [{**acme.of(id), "packageVersion": version} for version in package.versions]
    return [
        answer
        for one in ones
        for answer in (client.describe_package_version(**one), client.list_package_version_assets(**one))
    ]
