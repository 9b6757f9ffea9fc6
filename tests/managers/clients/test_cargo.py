"""cargo (docs/package-managers.md, section 8)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, cargo

from ...support.acme import TEAM
from ...support.machines import Done, Machine, require
from ...support.package_managers import Endpoint, Endpoints

TOOL = cargo("acme_tool")
OLDEST = (1, 74)
"""The first version that asks a sparse registry for its configuration with a token."""

Run = Callable[..., Done]


@pytest.fixture
def registry(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for crates."""
    return endpoints("cargo")


@pytest.fixture
def run(machine: Machine, registry: Endpoint) -> Run:
    """cargo, configured for one registry, in place of the public one as well."""
    program = machine.find("cargo") or machine.find_in(Path.home() / ".cargo" / "bin", "cargo")
    require(program, "cargo", "apt-get install cargo-web, or another one of at least 1.74")
    # rustup's cargo looks for its toolchain in the home of the user.
    own = {
        "CARGO_HOME": str(machine.home / "cargo"),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", f"{Path.home()}/.rustup"),
    }
    version = machine.run(program or "", "--version", variables=own).out
    require(
        tuple(map(int, re.findall(r"\d+", version)[:2])) >= OLDEST, "a new enough cargo", "apt-get install cargo-web"
    )
    (machine.home / "cargo").mkdir()
    (machine.home / "token").write_text(registry.token)
    (machine.home / "cargo" / "config.toml").write_text(
        f'[registries.acme]\nindex = "sparse+{registry.url}"\n'
        f'credential-provider = ["cargo:token-from-stdout", "cat", "{machine.home}/token"]\n'
        '[source.crates-io]\nreplace-with = "acme"\n'
    )

    def run(folder: Path, *arguments: str) -> Done:
        return machine.run(program or "", *arguments, variables=own, folder=folder)

    return run


def crate(machine: Machine, name: str, version: str, dependencies: str = "") -> Path:
    """The sources of a crate."""
    folder = machine.home / f"{name}-{version}"
    (folder / "src").mkdir(parents=True)
    about = f'name = "{name}"\nversion = "{version}"\nedition = "2021"\ndescription = "A tool"\nlicense = "MIT"\n'
    (folder / "Cargo.toml").write_text(f"[package]\n{about}[dependencies]\n{dependencies}")
    (folder / "src" / "lib.rs").write_text("")
    return folder


@pytest.mark.rule("CG-1", "CG-3", "CG-6", "CG-9", "CG-10", "PM-12", "PM-22")
def test_cargo_publishes_and_fetches(
    codeartifact: FakeCodeArtifact, run: Run, machine: Machine, team: Repository
) -> None:
    team.add_package(cargo("base"), ["0.2.0"])
    published = crate(machine, "acme_tool", "1.0.0", 'base = "0.2"\n')

    run(published, "publish", "--no-verify", "--registry", "acme").check()
    again = run(published, "publish", "--no-verify", "--registry", "acme")
    application = crate(machine, "application", "1.0.0", 'acme_tool = { version = "1", registry = "acme" }\n')
    run(application, "fetch").check()

    version = team.packages[TOOL].versions["1.0.0"]
    assert (version.status, version.summary) == ("Published", "A tool")
    assert [dependency.package for dependency in version.dependencies] == ["base"]
    assert "already exists" in again.err
    lock = (application / "Cargo.lock").read_text()
    assert ('name = "acme_tool"' in lock, 'name = "base"' in lock) == (True, True)
    assert len(codeartifact.calls.of("PublishPackageVersion", package=TOOL)) == 1


@pytest.mark.rule("CG-14", "PM-35")
def test_cargo_does_not_find_what_was_deleted_or_unlisted(
    codeartifact: FakeCodeArtifact, run: Run, machine: Machine, team: Repository
) -> None:
    team.add_package(TOOL, ["1.0.0", "1.1.0"])
    application = crate(machine, "application", "1.0.0", 'acme_tool = { version = "1", registry = "acme" }\n')
    client, which = codeartifact.client(), {**TEAM, "format": "cargo", "package": "acme_tool"}

    client.update_package_versions_status(**which, versions=["1.1.0"], targetStatus="Unlisted")
    run(application, "generate-lockfile").check()
    lock = (application / "Cargo.lock").read_text()
    client.delete_package(**which)
    deleted = run(application, "update")

    assert 'version = "1.0.0"\nsource = "sparse+' in lock
    assert deleted.code != 0
    assert "acme_tool" in deleted.err
