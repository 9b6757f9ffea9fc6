"""Package managers install the packages that a seed has by default, each from a file (rule F-11)."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from pytest_codeartifact import PackageId, Repository, cargo, maven, npm, ruby

from ..support.machines import Machine

OFFLINE = {"npm_config_offline": "true", "npm_config_audit": "false", "npm_config_fund": "false"}


def program(machine: Machine, name: str) -> str:
    """The path of a program. The test is skipped if it is not installed."""
    found = machine.find(name)
    if found is None:
        pytest.skip(f"there is no {name} on this machine")
    return found


def seeded(team: Repository, id: PackageId, ending: str, folder: Path) -> Path:
    """The asset of a default version that ends so, as a file."""
    assets = team.add_package(id, versions=["1.0.0"]).versions["1.0.0"].assets
    (name,) = (name for name in assets if name.endswith(ending))
    (folder / name).write_bytes(assets[name])
    return folder / name


@pytest.mark.rule("F-11")
def test_npm_installs_a_default_package_that_node_loads(machine: Machine, team: Repository) -> None:
    path = seeded(team, npm("@vue/ui"), ".tgz", machine.home)
    (machine.home / "package.json").write_text(json.dumps({"name": "app", "version": "1.0.0"}))

    machine.run(program(machine, "npm"), "install", str(path), variables=OFFLINE).check()

    machine.run(program(machine, "node"), "--eval", "require('@vue/ui')").check()


@pytest.mark.rule("F-11")
def test_cargo_resolves_and_reads_a_default_crate(machine: Machine, team: Repository) -> None:
    found = program(machine, "cargo")
    with tarfile.open(fileobj=io.BytesIO(seeded(team, cargo("serde-x"), ".crate", machine.home).read_bytes())) as crate:
        crate.extractall(machine.home, filter="data")
    manifest = machine.home / "serde-x-1.0.0" / "Cargo.toml"

    toolchains = {"RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))}
    asked = ("metadata", "--offline", "--format-version=1", f"--manifest-path={manifest}")
    result = machine.run(found, *asked, variables=toolchains)

    assert [(package["name"], package["version"]) for package in result.printed["packages"]] == [("serde-x", "1.0.0")]


@pytest.mark.rule("F-11")
def test_maven_reads_the_project_of_a_default_artifact(machine: Machine, team: Repository) -> None:
    found = program(machine, "mvn")
    path = seeded(team, maven("org.acme", "app"), ".pom", machine.home)

    machine.run(found, "-o", "-q", f"-Dmaven.repo.local={machine.home}/m2", "-f", str(path), "validate").check()


@pytest.mark.rule("F-11")
def test_gem_installs_a_default_gem(machine: Machine, team: Repository) -> None:
    found = program(machine, "gem")
    path = seeded(team, ruby("rails-x"), ".gem", machine.home)
    gems = machine.home / "gems"

    machine.run(found, "install", "--local", "--no-document", "--install-dir", str(gems), str(path)).check()

    assert (gems / "gems" / "rails-x-1.0.0" / "lib" / "rails-x.rb").is_file()
