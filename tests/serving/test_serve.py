"""The command ``serve``: its output, its seeds and dumps, and its end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_codeartifact import FakeCodeArtifact, npm, pypi
from pytest_codeartifact.serving.command_line import main

from .. import ROOT
from .conftest import Start

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEAM = {"domain": "acme", "repository": "team"}
BUTTON = "npm('@ui/button')"
SKIPPED = "2 of 2 failed: 1.0.0 SKIPPED, 2.0.0 NOT_FOUND"
NO_DOMAIN = "Domain not found. Domain 'acm' owned by account '123456789012' does not exist."


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A seed file: one repository with two packages."""
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    team.add_package(pypi("requests"), versions=["2.31.0", "2.32.3"])
    team.add_package(npm("@ui/button"), versions=["1.0.0"])
    fake.dump(tmp_path / "seed.toml")
    return tmp_path / "seed.toml"


def client(url: str, **settings: Any) -> Any:
    """A client of this process that uses a server."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return boto3.client("codeartifact", **{"region_name": "us-east-1", "endpoint_url": url, **keys, **settings})


def next_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().rstrip("\n")


def lines_until(stream: IO[str] | None, last: str) -> list[str]:
    """The lines of a stream up to one that begins so."""
    lines = [next_line(stream)]
    while not lines[-1].startswith(last):
        lines.append(next_line(stream))
    return lines


def url_in(lines: list[str]) -> str:
    return lines[-1].removeprefix("In a browser: ").rstrip("/")


def test_serve_prints_its_address_its_contents_and_the_env_command(start: Start, seed: Path) -> None:
    printed = lines_until(start("serve", "--seed", "seed.toml").stdout, "In a browser")

    port = url_in(printed).rpartition(":")[2]
    assert printed[:2] == [
        f"Fake AWS CodeArtifact on http://127.0.0.1:{port}, account 123456789012, us-east-1. Ctrl-C ends it.",
        "seed.toml: 1 domain, 1 repository, 2 packages, 3 versions",
    ]
    assert f'  eval "$(python -m pytest_codeartifact env {port})"' in printed[4]


def test_each_request_has_a_line(start: Start, seed: Path) -> None:
    child = start("serve", "--seed", "seed.toml")
    wired = client(url_in(lines_until(child.stdout, "In a browser")))
    button = {**TEAM, "format": "npm", "namespace": "ui", "package": "button"}

    wired.list_packages(**TEAM)
    wired.delete_package(**TEAM, format="pypi", package="requests")
    wired.delete_package_versions(**button, versions=["1.0.0", "2.0.0"])
    wired.update_package_versions_status(**button, versions=["1.0.0"], targetStatus="Archived")
    with pytest.raises(ClientError):
        client(wired.meta.endpoint_url, region_name="eu-west-1").describe_domain(domain="acm")

    lines = [re.split(" {2,}", next_line(child.stderr)) for _ in range(5)]
    assert [line[1:] for line in lines] == [
        ["200", "ListPackages", "acme/team", "2 packages"],
        ["200", "DeletePackage", "acme/team", "pypi('requests')", "2 versions deleted"],
        ["200", "DeletePackageVersions", "acme/team", f"{BUTTON} 1.0.0, 2.0.0", SKIPPED, lines[2][-1]],
        ["200", "UpdatePackageVersionsStatus", "acme/team", f"{BUTTON} 1.0.0", "1 version Published -> Archived"],
        ["404", "DescribeDomain", "acm", "(account 123456789012, eu-west-1)", NO_DOMAIN, lines[4][-1]],
    ]
    assert "Did you mean '1.0.0'?" in lines[2][-1]
    assert "Did you mean 'acme'" in lines[4][-1]


def test_serve_prints_the_deletions_at_its_end(start: Start, seed: Path) -> None:
    child = start("serve", "--seed", "seed.toml")
    wired = client(url_in(lines_until(child.stdout, "In a browser")))
    wired.delete_package(**TEAM, format="pypi", package="requests")
    child.send_signal(signal.SIGINT)

    _, err = child.communicate(timeout=10)
    assert err.splitlines()[1:] == [
        "1 request; deleted:",
        "  DeletePackage  acme/team  pypi('requests')  2 versions",
        "(--dump FILE writes the remaining state.)",
    ]


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_the_remaining_state_is_dumped_at_the_end(
    start: Start, seed: Path, tmp_path: Path, ended_by: signal.Signals
) -> None:
    child = start("serve", "-q", "--seed", "seed.toml", "--dump", "left.toml", "--port", "0")
    wired = client(next_line(child.stdout))
    wired.delete_package(**TEAM, format="pypi", package="requests")
    child.send_signal(ended_by)

    assert (child.wait(10), child.communicate()) == (0, ("", ""))
    fake = FakeCodeArtifact()
    fake.load(tmp_path / "left.toml")
    assert list(fake.repository("acme", "team").packages) == [npm("@ui/button")]


def test_the_page_size_can_be_set(start: Start, seed: Path) -> None:
    child = start("serve", "-q", "--seed", "seed.toml", "--page-size", "1")

    pages = client(next_line(child.stdout)).get_paginator("list_packages").paginate(**TEAM)

    assert [len(page["packages"]) for page in pages] == [1, 1]


def test_control_characters_of_a_request_are_escaped(start: Start) -> None:
    child = start("serve")
    url = url_in(lines_until(child.stdout, "In a browser"))
    wired = client(url, config=Config(parameter_validation=False))

    with pytest.raises(ClientError):
        wired.describe_domain(domain="a\x1b[2J\nb")

    line = next_line(child.stderr)
    assert "a\\x1b[2J\\nb" in line
    assert line.isprintable()


def test_an_unknown_request_is_printed_with_its_path_and_without_its_query(start: Start) -> None:
    child = start("serve")
    url = url_in(lines_until(child.stdout, "In a browser"))

    with pytest.raises(HTTPError, match="403") as refused:
        urlopen(f"{url}/v1/nothing?X-Amz-Signature=secret")
    refused.value.close()

    line = next_line(child.stderr)
    assert re.split(" {2,}", line)[1:] == ["403", "GET /v1/nothing", "Missing Authentication Token"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pexpect on Windows")
def test_the_progress_of_a_seed_is_shown_on_a_terminal(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    fake = FakeCodeArtifact()
    fake.add_domain("acme").add_repository("team").add_packages(pypi(f"package-{number}") for number in range(300))
    fake.dump(tmp_path / "seed.json")

    child = pexpect.spawn(
        sys.executable, ["-m", "pytest_codeartifact", "serve", "--seed", "seed.json"], cwd=str(tmp_path)
    )
    try:
        child.expect_exact("Reading seed.json ...")
        child.expect(r"Seeding from seed.json: [\d,]+ packages ...")
        child.expect_exact("Fake AWS CodeArtifact on")
    finally:
        child.close(force=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seed", "nowhere.toml"], "nowhere.toml"),
        (["--port", "70000"], "70000"),
        (["--account", "1"], "account"),
        (["--page-size", "0"], "page_size"),
        (["--dump", "left.txt"], ".json or .toml"),
        (["--dump", "nowhere/left.toml"], "there is no folder"),
    ],
)
def test_a_server_that_cannot_start_prints_the_reason(start: Start, arguments: list[str], said: str) -> None:
    child = start("serve", *arguments)
    out, err = child.communicate(timeout=30)

    assert (child.returncode, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--port", "x"], "invalid int value"),
        (["serve", "--sead", "x"], "unrecognized arguments"),
        (["serve", "--"], "only `serve` takes a command"),
        (["env", "--", "true"], "only `serve` takes a command"),
        (["env", "--shell", "tcsh"], "invalid choice"),
        ([], "required"),
    ],
)
def test_invalid_arguments_are_refused(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_the_console_script_runs_the_main_function(capsys: pytest.CaptureFixture[str]) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]

    assert scripts == {"pytest-codeartifact": "pytest_codeartifact.__main__:main"}
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.startswith("pytest-codeartifact 0.")


def test_the_guide_names_every_option_of_serve() -> None:
    page = (ROOT / "docs" / "guide" / "serve.md").read_text()
    help = subprocess.run(
        [sys.executable, "-m", "pytest_codeartifact", "serve", "--help"], capture_output=True, text=True, check=True
    ).stdout

    options = set(re.findall(r"(?:^  |, )(--?[a-z-]+)", help, re.M)) - {"-h", "--help", "--quiet"}
    assert len(options) == 7
    assert [option for option in sorted(options) if f"`{option}" not in page] == []
