"""bundler and gem (docs/package-managers.md, section 8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, ruby

from ...support.acme import TEAM
from ...support.machines import Done, Machine, require
from ...support.package_managers import Endpoint, Endpoints
from .conftest import with_credentials

TOOL = ruby("acme_tool")

SPECIFICATION = """Gem::Specification.new do |s|
  s.name, s.version, s.summary, s.authors, s.license = "acme_tool", "1.0.0", "A tool", ["somebody"], "MIT"
  s.homepage = "https://acme.example"
  s.files = ["lib/acme_tool.rb"]
  s.required_ruby_version = ">= 2.0"
  s.add_runtime_dependency "base", "~> 0.2"
end
"""

Run = Callable[..., Done]


@pytest.fixture
def source(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for gems."""
    return endpoints("ruby")


@pytest.fixture
def run(machine: Machine, source: Endpoint) -> Run:
    """Runs gem or bundle, which store everything in the home directory."""
    own = {"GEM_HOME": str(machine.home / "gems"), "GEM_SPEC_CACHE": str(machine.home / "specs"), "BUNDLE_RETRY": "0"}

    def run(program: str, *arguments: str, **variables: str) -> Done:
        found = machine.find(program)
        require(found, program, "apt-get install ruby ruby-bundler")
        return machine.run(found or "", *arguments, variables={**own, **variables})

    return run


@pytest.fixture
def bundle(machine: Machine, run: Run, source: Endpoint) -> Run:
    """Installs the gems of a Gemfile."""
    (machine.home / "Gemfile").write_text(f'source "{source.url}"\ngem "acme_tool"\n')

    def install() -> Done:
        run("bundle", "config", "set", "--local", source.url, f"aws:{source.token}").check()
        return run("bundle", "install", BUNDLE_PATH=str(machine.home / "bundle"))

    return install


def push(machine: Machine, run: Run, source: Endpoint) -> Done:
    """Build the gem, and push it with the key in the file that gem reads."""
    (machine.home / "lib").mkdir(exist_ok=True)
    (machine.home / "lib" / "acme_tool.rb").write_text("")
    (machine.home / "acme_tool.gemspec").write_text(SPECIFICATION)
    keys = machine.home / ".gem" / "credentials"
    keys.parent.mkdir(exist_ok=True)
    keys.write_text(f"---\n:codeartifact_api_key: Bearer {source.token}\n")
    keys.chmod(0o600)
    run("gem", "build", "acme_tool.gemspec").check()
    return run("gem", "push", "acme_tool-1.0.0.gem", "--key", "codeartifact_api_key", "--host", source.url.rstrip("/"))


def found(machine: Machine, folder: str) -> list[str]:
    """The names of the gems that are installed in a folder of the home."""
    return sorted({path.name for path in (machine.home / folder).rglob("gems/*-[0-9]*") if path.is_dir()})


@pytest.mark.rule("RB-1", "RB-3", "RB-4", "RB-5", "RB-6", "RB-7", "RB-8", "PM-22")
def test_bundler_installs_a_gem_that_gem_has_pushed(
    codeartifact: FakeCodeArtifact, run: Run, bundle: Run, source: Endpoint, machine: Machine, team: Repository
) -> None:
    team.add_package(ruby("base"), ["0.2.1"])

    pushed = push(machine, run, source)
    installed = bundle()

    assert "Successfully registered gem: acme_tool (1.0.0)" in pushed.out
    assert installed.code == 0, installed
    version = team.packages[TOOL].versions["1.0.0"]
    assert (version.status, version.summary) == ("Published", "A tool")
    assert found(machine, "bundle") == ["acme_tool-1.0.0", "base-0.2.1"]
    assert len(codeartifact.calls.of("PublishPackageVersion", package=TOOL)) == 1


@pytest.mark.rule("RB-13", "RB-14")
def test_gem_installs_from_the_repository(run: Run, source: Endpoint, machine: Machine, team: Repository) -> None:
    team.add_package(TOOL, ["1.0.0"])
    address = with_credentials(source.url, source.token)

    installed = run("gem", "install", "acme_tool", "--clear-sources", "--source", address, "--no-document")

    assert installed.code == 0, installed
    assert found(machine, "gems") == ["acme_tool-1.0.0"]


@pytest.mark.rule("PM-35")
def test_bundler_does_not_find_a_deleted_gem(
    codeartifact: FakeCodeArtifact, bundle: Run, machine: Machine, team: Repository
) -> None:
    team.add_package(TOOL, ["1.0.0"])
    codeartifact.client().delete_package(**TEAM, format="ruby", package="acme_tool")

    installed = bundle()

    assert installed.code != 0
    assert "acme_tool" in installed.err + installed.out
    assert found(machine, "bundle") == []
