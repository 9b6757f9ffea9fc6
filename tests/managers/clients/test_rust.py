"""cargo (docs/package-managers.md, section 8)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, cargo

from ...support.machines import Done, Machine, require
from ...support.package_managers import Endpoints

TOOL = cargo("team-tool")

CONFIGURATION = """\
[registries.ca]
index = "sparse+{url}"
credential-provider = ["cargo:token-from-stdout", {command}]

[source.crates-io]
replace-with = "ca"
"""

Run = Callable[..., Done]


@pytest.fixture
def rust(machine: Machine, endpoints: Endpoints) -> Run:
    """cargo, which knows the endpoint as `ca` and in place of the public registry."""
    program = machine.find("cargo")
    require(program, "cargo", "apt-get install cargo-web, or rustup")
    endpoint, home = endpoints("cargo"), machine.home / "cargo"
    home.mkdir()
    command = ", ".join(map(json.dumps, (sys.executable, "-c", f"print({endpoint.token!r})")))
    (home / "config.toml").write_text(CONFIGURATION.format(url=endpoint.url, command=command))
    toolchains = os.environ.get("RUSTUP_HOME") or str(Path("~/.rustup").expanduser())
    own = {"CARGO_HOME": str(home), "CARGO_NET_RETRY": "0", "RUSTUP_HOME": toolchains}

    def run(*arguments: str, folder: Path) -> Done:
        manifest = ("--manifest-path", str(folder / "Cargo.toml"))
        return machine.run(program or "", *arguments, *manifest, variables=own)

    return run


def crate(folder: Path, name: str, *dependencies: str) -> Path:
    """A crate without any code."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "lib.rs").write_text("")
    lines = ["[package]", f'name = "{name}"', 'version = "1.0.0"', 'edition = "2021"', 'description = "A tool"']
    lines += ['license = "MIT"', "[dependencies]", *dependencies]
    (folder / "Cargo.toml").write_text("\n".join(lines))
    return folder


@pytest.mark.rule("CG-1", "CG-3", "CG-9", "CG-10", "CG-11", "PM-12", "PM-19")
def test_cargo_publishes_a_version_once_and_fetches_it_with_its_dependency(
    codeartifact: FakeCodeArtifact, rust: Run, machine: Machine, team: Repository
) -> None:
    team.add_package(cargo("seeded"), ["0.1.0"])
    tool = crate(machine.home / "tool", "team-tool", 'seeded = "0.1"')
    user = crate(machine.home / "user", "user", 'team-tool = "1"')
    publish = ("publish", "--registry", "ca", "--no-verify", "--allow-dirty")

    rust(*publish, folder=tool).check()
    again = rust(*publish, folder=tool)
    rust("fetch", folder=user).check()

    version = team.packages[TOOL].versions["1.0.0"]
    assert (version.status, version.summary, list(version.assets)) == ("Published", "A tool", ["team-tool-1.0.0.crate"])
    assert [(each.package, each.version_requirement) for each in version.dependencies] == [("seeded", "^0.1")]
    assert again.code != 0
    assert "already exists" in again.err
    assert len(codeartifact.calls.of("PublishPackageVersion")) == 1
    assert 'name = "seeded"' in (user / "Cargo.lock").read_text()


@pytest.mark.rule("CG-14", "PM-22", "PM-35")
@pytest.mark.parametrize("status", ["Unlisted", "Archived"])
def test_cargo_does_not_find_unlisted_and_archived_versions(
    rust: Run, machine: Machine, team: Repository, status: str
) -> None:
    team.add_package(TOOL).add_version("1.0.0", status=status)  # type: ignore[arg-type]  # a str of the table
    user = crate(machine.home / "user", "user", 'team-tool = "1"')

    done = rust("fetch", folder=user)

    assert done.code != 0
    assert "team-tool" in done.err
