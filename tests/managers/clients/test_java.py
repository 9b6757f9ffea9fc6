"""mvn (docs/package-managers.md, section 8)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, maven
from pytest_codeartifact.state import minimal_packages

from ...support.machines import Done, Machine, require
from ...support.package_managers import Endpoint, Endpoints

TOOL = maven("org.example", "tool")

PLUGINS = Path("/usr/share/maven-repo")
"""The plugins in Debian, so that mvn does not download them."""

DEPLOY = "org.apache.maven.plugins:maven-deploy-plugin"
JAR = "org.apache.maven.plugins:maven-jar-plugin"
"""A goal that first resolves the dependencies of a project."""

SETTINGS = f"""\
<settings>
  <servers><server><id>ca</id><username>aws</username><password>${{env.CODEARTIFACT_TOKEN}}</password></server></servers>
  <mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>file://{PLUGINS}</url></mirror></mirrors>
</settings>
"""

PROJECT = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId><artifactId>user</artifactId><version>1.0</version>
  <repositories><repository><id>ca</id><url>{url}</url></repository></repositories>
  <dependencies>
    <dependency><groupId>org.example</groupId><artifactId>tool</artifactId><version>1.0</version></dependency>
  </dependencies>
</project>
"""

Run = Callable[..., Done]


def version_of(plugin: str) -> str:
    """The version of an installed plugin."""
    folder = PLUGINS / plugin.replace(".", "/").replace(":", "/")
    return next((path.name for path in sorted(folder.glob("[0-9]*"))), "")


@pytest.fixture
def maven_endpoint(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for Maven artifacts."""
    return endpoints("maven")


@pytest.fixture
def mvn(machine: Machine, maven_endpoint: Endpoint) -> Run:
    """mvn, which knows the token of the server `ca`."""
    program = machine.find("mvn")
    has_plugins = program and version_of(DEPLOY) and version_of(JAR)
    packages = "maven libmaven-deploy-plugin-java libmaven-jar-plugin-java"
    require(has_plugins, "mvn, or a plugin of it,", f"apt-get install {packages}")
    settings = machine.home / "settings.xml"
    settings.write_text(SETTINGS)
    options = ("-q", "-B", "-s", str(settings), f"-Dmaven.repo.local={machine.home / 'm2'}")

    def run(plugin: str, goal: str, **properties: str) -> Done:
        set_to = (f"-D{name}={value}" for name, value in properties.items())
        command = (program or "", *options, f"{plugin}:{version_of(plugin)}:{goal}", *set_to)
        return machine.run(*command, variables={"CODEARTIFACT_TOKEN": maven_endpoint.token})

    return run


@pytest.fixture
def artifact(machine: Machine) -> dict[str, str]:
    """A jar and its POM, as `deploy-file` takes them."""
    jar, pom = machine.home / "tool.jar", machine.home / "tool.pom"
    jar.write_bytes(minimal_packages.content(TOOL, "1.0", "tool-1.0.jar"))
    pom.write_bytes(minimal_packages.content(TOOL, "1.0", "tool-1.0.pom"))
    return {"file": str(jar), "pomFile": str(pom)}


@pytest.mark.rule("MV-6", "MV-7", "MV-11", "MV-13", "MV-15", "PM-19")
def test_mvn_deploys_and_gets_an_artifact(
    mvn: Run, machine: Machine, artifact: dict[str, str], maven_endpoint: Endpoint, team: Repository
) -> None:
    to = {"url": maven_endpoint.url, "repositoryId": "ca"}

    mvn(DEPLOY, "deploy-file", **artifact, **to).check()
    mvn(DEPLOY, "deploy-file", **artifact, **to).check()
    (machine.home / "pom.xml").write_text(PROJECT.format(url=maven_endpoint.url))
    mvn(JAR, "jar").check()

    version = team.packages[TOOL].versions["1.0"]
    assert version.status == "Published"
    assert {"tool-1.0.jar", "tool-1.0.pom"} <= set(version.assets)
    assert (machine.home / "m2" / "org" / "example" / "tool" / "1.0" / "tool-1.0.jar").exists()


@pytest.mark.rule("MV-11", "PM-22")
def test_mvn_stops_at_a_file_with_other_content(
    codeartifact: FakeCodeArtifact, mvn: Run, artifact: dict[str, str], maven_endpoint: Endpoint, team: Repository
) -> None:
    to = {"url": maven_endpoint.url, "repositoryId": "ca"}
    mvn(DEPLOY, "deploy-file", **artifact, **to).check()
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("other", "")
    Path(artifact["file"]).write_bytes(other.getvalue())

    with codeartifact.unchanged():
        done = mvn(DEPLOY, "deploy-file", **artifact, **to)

    assert done.code != 0
    assert "409 Conflict" in done.out + done.err


@pytest.mark.rule("PM-35")
def test_mvn_does_not_get_an_archived_artifact(
    mvn: Run, machine: Machine, maven_endpoint: Endpoint, team: Repository
) -> None:
    team.add_package(TOOL).add_version("1.0", status="Archived")
    (machine.home / "pom.xml").write_text(PROJECT.format(url=maven_endpoint.url))

    done = mvn(JAR, "jar")

    assert done.code != 0
    assert "Could not find artifact org.example:tool:jar:1.0" in done.out + done.err
