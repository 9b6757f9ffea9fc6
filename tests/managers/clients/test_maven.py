"""Maven (docs/package-managers.md, section 8)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, maven

from ...support.acme import TEAM
from ...support.machines import Done, Machine, require
from ...support.package_managers import Endpoint, Endpoints

TOOL = maven("com.acme", "tool")
PLUGINS = Path("/usr/share/maven-repo/org/apache/maven/plugins")
"""Where Debian keeps Maven's plugins, so that none is downloaded."""

SETTINGS = """<settings>
<localRepository>{home}/repository</localRepository>
<servers><server><id>ca</id><username>aws</username><password>${{env.TOKEN}}</password></server></servers>
<mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>file:///usr/share/maven-repo</url></mirror></mirrors>
<profiles><profile><id>ca</id><repositories><repository><id>ca</id><url>{url}</url></repository></repositories></profile>
</profiles><activeProfiles><activeProfile>ca</activeProfile></activeProfiles></settings>"""

PROJECT = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>com.acme</groupId><artifactId>application</artifactId><version>1.0</version>
<dependencies><dependency><groupId>com.acme</groupId><artifactId>tool</artifactId><version>{version}</version>
</dependency></dependencies></project>"""

Run = Callable[..., Done]


@pytest.fixture
def endpoint(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for Maven."""
    return endpoints("maven")


@pytest.fixture
def mvn(machine: Machine, endpoint: Endpoint) -> Run:
    """mvn, with a local repository of its own, and Debian's plugins."""
    program = machine.find("mvn")
    require(program, "mvn", "apt-get install maven")
    for plugin in ("deploy", "jar"):
        require(
            (PLUGINS / f"maven-{plugin}-plugin").exists(),
            f"Maven's {plugin} plugin",
            f"apt-get install libmaven-{plugin}-plugin-java",
        )
    (machine.home / "settings.xml").write_text(SETTINGS.format(home=machine.home, url=endpoint.url))

    def run(plugin: str, goal: str, *arguments: str) -> Done:
        versions = [path.name for path in (PLUGINS / f"maven-{plugin}-plugin").iterdir() if path.name[0].isdigit()]
        version = max(versions, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])
        what = f"org.apache.maven.plugins:maven-{plugin}-plugin:{version}:{goal}"
        options = ("-q", "-B", "-U", "-s", "settings.xml", f"-Duser.home={machine.home}")
        return machine.run(program or "", *options, what, *arguments, variables={"TOKEN": endpoint.token})

    return run


@pytest.fixture
def deploy(machine: Machine, mvn: Run, endpoint: Endpoint) -> Run:
    """Deploys a JAR file as a version of the tool."""
    with zipfile.ZipFile(machine.home / "tool.jar", "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")

    def run(version: str) -> Done:
        named = {"groupId": "com.acme", "artifactId": "tool", "version": version, "description": "Deployed"}
        what = {**named, "file": "tool.jar", "repositoryId": "ca", "url": endpoint.url}
        return mvn("deploy", "deploy-file", *(f"-D{name}={value}" for name, value in what.items()))

    return run


@pytest.fixture
def build(machine: Machine, mvn: Run) -> Run:
    """Builds a project that depends on a version of the tool."""

    def run(version: str) -> Done:
        (machine.home / "pom.xml").write_text(PROJECT.format(version=version))
        return mvn("jar", "jar")

    return run


def resolved(machine: Machine, version: str) -> list[str]:
    """The JAR files of a version of the tool in the local repository."""
    return sorted(path.name for path in (machine.home / "repository/com/acme/tool" / version).glob("*.jar"))


@pytest.mark.rule("MV-1", "MV-6", "MV-7", "MV-11", "MV-13", "MV-16", "MV-18", "PM-18")
def test_mvn_deploys_and_resolves_a_release(
    codeartifact: FakeCodeArtifact, deploy: Run, build: Run, machine: Machine, team: Repository
) -> None:
    deploy("1.0").check()
    again = deploy("1.0")
    build("1.0").check()

    version = team.packages[TOOL].versions["1.0"]
    assert (version.status, set(version.assets)) == (
        "Published",
        {"maven-metadata.xml", "tool-1.0.jar", "tool-1.0.pom"},
    )
    assert again.code == 0, again.out
    assert resolved(machine, "1.0") == ["tool-1.0.jar"]
    assert {call.operation for call in codeartifact.calls if call.via == "maven"} == {
        "PublishPackageVersion",
        "PutPackageMetadata",
        "ReadFromRepository",
    }


@pytest.mark.rule("MV-21", "MV-22", "MV-23")
def test_mvn_deploys_and_resolves_a_snapshot(deploy: Run, build: Run, machine: Machine, team: Repository) -> None:
    deploy("1.1-SNAPSHOT").check()
    deploy("1.1-SNAPSHOT").check()
    build("1.1-SNAPSHOT").check()

    statuses = [version.status for version in team.packages[TOOL].versions.values()]
    assert sorted(statuses) == ["Published", "Unlisted", "Unlisted"]
    assert any(name.endswith("-2.jar") for name in resolved(machine, "1.1-SNAPSHOT"))


@pytest.mark.rule("PM-35", "PM-45", "PM-21")
def test_mvn_sees_what_the_api_has_done(
    codeartifact: FakeCodeArtifact, deploy: Run, build: Run, machine: Machine, team: Repository
) -> None:
    team.add_package(TOOL, ["1.0", "2.0"])
    client, which = codeartifact.client(), {**TEAM, "format": "maven", "namespace": "com.acme", "package": "tool"}

    client.update_package_versions_status(**which, versions=["1.0"], targetStatus="Unlisted")
    unlisted = build("1.0")
    client.delete_package_versions(**which, versions=["2.0"])
    deleted = build("2.0")
    restrictions = {"publish": "BLOCK", "upstream": "BLOCK"}
    client.put_package_origin_configuration(**which, restrictions=restrictions)
    blocked = deploy("3.0")

    unlisted.check()
    assert deleted.code != 0
    assert "com.acme:tool:jar:2.0" in deleted.out
    assert blocked.code != 0
    assert "403 Forbidden" in blocked.out
