"""pip, uv, twine and poetry (docs/package-managers.md, section 8)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, ThrottlingException, pypi
from pytest_codeartifact.state import minimal_packages

from ...support.machines import Done, Machine, require
from ...support.machines import installed as installed_package
from ...support.package_managers import Endpoint
from .conftest import with_credentials

TOOL = pypi("team-tool")
WHEEL, SDIST = "team_tool-1.0-py3-none-any.whl", "team_tool-1.0.tar.gz"

Run = Callable[..., Done]


@pytest.fixture
def index(pypi_endpoint: Endpoint) -> str:
    """The index of the repository, with credentials in its URL."""
    return with_credentials(f"{pypi_endpoint.url}simple/", pypi_endpoint.token)


@pytest.fixture
def pip(machine: Machine) -> Run:
    """pip, whose installations go to the folder `site` of the home."""
    require(machine.find("pip"), "pip", "python -m ensurepip")
    own = {"PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0", "PIP_NO_INPUT": "1"}

    def run(*arguments: str, **variables: str) -> Done:
        command = (sys.executable, "-m", "pip", *arguments)
        return machine.run(*command, variables={**own, **variables})

    return run


@pytest.fixture
def uv(machine: Machine) -> Run:
    """uv, which keeps its cache in the home."""
    program = machine.find("uv")
    require(program, "uv", "pip install uv")
    own = {
        "UV_CACHE_DIR": str(machine.home / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_HTTP_RETRIES": "0",
        "UV_NO_CONFIG": "1",
        "UV_PYTHON": sys.executable,
    }

    def run(*arguments: str, **variables: str) -> Done:
        return machine.run(program or "", *arguments, variables={**own, **variables})

    return run


@pytest.fixture
def twine(machine: Machine, pypi_endpoint: Endpoint) -> Run:
    """twine, which uploads to the endpoint."""
    require(machine.find("twine"), "twine", "pip install twine")

    def run(*arguments: str, **variables: str) -> Done:
        own = {
            "TWINE_REPOSITORY_URL": pypi_endpoint.url,
            "TWINE_USERNAME": "aws",
            "TWINE_PASSWORD": pypi_endpoint.token,
            "TWINE_NON_INTERACTIVE": "1",
        }
        command = (machine.find("twine") or "", *arguments)
        return machine.run(*command, "--disable-progress-bar", "--verbose", variables={**own, **variables})

    return run


@pytest.fixture
def poetry(machine: Machine, pypi_endpoint: Endpoint) -> Run:
    """poetry, which knows the endpoint as `ca`."""
    program = machine.find("poetry")
    require(program, "poetry", "pip install poetry")
    own = {
        "POETRY_CACHE_DIR": str(machine.home / "poetry"),
        "POETRY_KEYRING_ENABLED": "false",
        "POETRY_REPOSITORIES_CA_URL": pypi_endpoint.url,
        "POETRY_HTTP_BASIC_CA_USERNAME": "aws",
        "POETRY_HTTP_BASIC_CA_PASSWORD": pypi_endpoint.token,
        "POETRY_REQUESTS_MAX_RETRIES": "0",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
    }

    def run(*arguments: str, cwd: Path) -> Done:
        return machine.run(program or "", "--no-interaction", "-C", str(cwd), *arguments, variables=own)

    return run


@pytest.fixture
def files(machine: Machine) -> list[str]:
    """A wheel and a source distribution of `team-tool` 1.0."""
    folder = machine.home / "dist"
    folder.mkdir()
    for name in (WHEEL, SDIST):
        (folder / name).write_bytes(minimal_packages.content(TOOL, "1.0", name))
    return [str(folder / name) for name in (WHEEL, SDIST)]


def installed(machine: Machine) -> set[str]:
    """The files in the folder of the installation, without compiled ones."""
    site = machine.home / "site"
    return {path.name for path in site.iterdir()} - {"__pycache__", "bin"} if site.exists() else set()


@pytest.mark.rule("PY-1", "PY-12", "PM-10")
def test_a_version_that_pip_installs_is_retained(
    codeartifact: FakeCodeArtifact, pip: Run, machine: Machine, index: str, team: Repository
) -> None:
    codeartifact.public_source("public:pypi").add_package(TOOL, ["1.0", "2.0"])
    store = codeartifact.domain("acme").add_repository("store", external_connection="public:pypi")
    codeartifact.client().update_repository(
        domain="acme", repository="team", upstreams=[{"repositoryName": store.name}]
    )

    pip("install", "--target", str(machine.home / "site"), "--index-url", index, "team-tool==1.0").check()

    assert installed(machine) == {"team_tool.py", "team_tool-1.0.dist-info"}
    assert set(team.packages[TOOL].versions) == set(store.packages[TOOL].versions) == {"1.0"}


@pytest.mark.rule("PM-35")
def test_pip_installs_an_unlisted_version_by_its_url_alone(
    pip: Run, machine: Machine, index: str, team: Repository
) -> None:
    team.add_package(TOOL).add_version("1.0", status="Unlisted")
    target = ("install", "--target", str(machine.home / "site"), "--index-url", index)

    by_version = pip(*target, "team-tool==1.0")
    assert by_version.code != 0
    pip(*target, f"team-tool @ {index}team-tool/1.0/{WHEEL}").check()

    assert "team_tool.py" in installed(machine)


@pytest.mark.rule("PM-19", "PM-22")
def test_pip_reports_an_invalid_token(pip: Run, pypi_endpoint: Endpoint, team: Repository) -> None:
    team.add_package(TOOL, ["1.0"])

    done = pip("download", "--index-url", with_credentials(f"{pypi_endpoint.url}simple/", "none"), "team-tool")

    assert done.code != 0
    assert "401" in done.err


@pytest.mark.rule("PY-4", "PY-19")
def test_pip_chooses_the_version_for_its_python(pip: Run, machine: Machine, index: str, team: Repository) -> None:
    team.add_package(TOOL, ["0.9"])
    newer = "Metadata-Version: 2.1\nName: team-tool\nVersion: 1.0\nRequires-Python: >=99\n"
    team.packages[TOOL].add_version(
        "1.0", assets={WHEEL: minimal_packages._zip({"team_tool-1.0.dist-info/METADATA": newer.encode()})}
    )

    pip("install", "--target", str(machine.home / "site"), "--index-url", index, "team-tool").check()

    assert "team_tool-0.9.dist-info" in installed(machine)


@pytest.mark.rule("PY-13", "PY-14")
def test_twine_uploads_and_pip_installs_it(
    twine: Run, pip: Run, machine: Machine, index: str, files: list[str], team: Repository
) -> None:
    twine("upload", *files).check()
    again = twine("upload", *files)
    pip("install", "--target", str(machine.home / "site"), "--index-url", index, "team-tool").check()

    assert again.code == 0, again.out
    assert set(team.packages[TOOL].versions["1.0"].assets) == {WHEEL, SDIST}
    assert "team_tool.py" in installed(machine)


@pytest.mark.rule("PM-21", "PM-22", "PM-47")
def test_twine_shows_why_other_content_is_refused(twine: Run, files: list[str], team: Repository) -> None:
    team.add_package(TOOL).add_version("1.0", assets={WHEEL: b"other"})

    done = twine("upload", files[0])

    assert done.code != 0
    assert "409" in done.out + done.err
    assert "already exists with other content" in done.out + done.err


@pytest.mark.rule("PY-13", "PY-23")
def test_uv_publishes_files_and_skips_existing_ones(
    uv: Run, files: list[str], pypi_endpoint: Endpoint, index: str, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    to = {"UV_PUBLISH_URL": pypi_endpoint.url, "UV_PUBLISH_USERNAME": "aws", "UV_PUBLISH_PASSWORD": pypi_endpoint.token}

    uv("publish", *files, **to).check()
    uploads = len(codeartifact.calls.of("PublishPackageVersion"))
    uv("publish", "--check-url", index, *files, **to).check()

    assert set(team.packages[TOOL].versions["1.0"].assets) == {WHEEL, SDIST}
    assert len(codeartifact.calls.of("PublishPackageVersion")) == uploads == 2


@pytest.mark.rule("PY-2", "PY-4", "PM-25")
def test_uv_installs(uv: Run, machine: Machine, index: str, team: Repository) -> None:
    team.add_package(TOOL, ["1.0"])

    uv("pip", "install", "--target", str(machine.home / "site"), "--default-index", index, "team-tool").check()

    assert "team_tool.py" in installed(machine)


@pytest.mark.rule("PM-32")
def test_pip_retries_after_throttling(
    codeartifact: FakeCodeArtifact, pip: Run, index: str, team: Repository, machine: Machine
) -> None:
    team.add_package(TOOL, ["1.0"])
    fault = codeartifact.fail("ReadFromRepository", ThrottlingException("Slower.", 0), when={"package": TOOL})
    target = ("install", "--target", str(machine.home / "site"), "--index-url", index)

    done = pip(*target, "team-tool", PIP_RETRIES="2")

    assert (done.code, fault.struck) == (0, 1), done.err


@pytest.fixture
def login(machine: Machine) -> Run:
    """`aws codeartifact login`, which writes the configuration of a client."""
    require(installed_package("awscli"), "The AWS CLI", "pip install awscli")
    own = {"PIP_CONFIG_FILE": str(machine.home / "none")}

    def run(tool: str) -> Done:
        command = (sys.executable, "-m", "awscli", "codeartifact", "login", "--tool", tool)
        return machine.run(*command, "--domain", "acme", "--repository", "team", variables=own)

    return run


@pytest.mark.rule("PM-1", "PM-10")
def test_pip_installs_after_a_login(pip: Run, login: Run, machine: Machine, team: Repository) -> None:
    team.add_package(TOOL, ["1.0"])

    login("pip").check()
    configuration = str(machine.home / ".config" / "pip" / "pip.conf")
    pip("install", "--target", str(machine.home / "site"), "team-tool", PIP_CONFIG_FILE=configuration).check()

    assert "team_tool.py" in installed(machine)


@pytest.mark.rule("PM-1", "PM-10")
def test_twine_uploads_after_a_login(
    login: Run, machine: Machine, files: list[str], codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    twine = machine.find("twine")
    require(twine, "twine", "pip install twine")

    login("twine").check()
    machine.run(twine or "", "upload", "--disable-progress-bar", "--repository", "codeartifact", *files).check()

    assert set(team.packages[TOOL].versions["1.0"].assets) == {WHEEL, SDIST}


PROJECT = """\
[project]
name = "team-app"
version = "0.1"
requires-python = ">=3.10"
dependencies = ["team-tool"]

[[tool.poetry.source]]
name = "ca"
url = "{index}"
priority = "primary"

[tool.poetry]
package-mode = false
"""


@pytest.mark.rule("PY-4", "PM-35")
def test_poetry_locks_and_installs(
    poetry: Run, machine: Machine, pypi_endpoint: Endpoint, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(TOOL, ["1.0"])
    project = machine.home / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT.format(index=f"{pypi_endpoint.url}simple/"))

    poetry("lock", cwd=project).check()
    poetry("install", cwd=project).check()

    assert 'name = "team-tool"' in (project / "poetry.lock").read_text()
    assert list((project / ".venv").rglob("team_tool.py"))
    assert codeartifact.calls.of("ReadFromRepository", package=TOOL, packageVersion="1.0")


@pytest.mark.rule("PY-13", "PY-16")
def test_poetry_publishes(poetry: Run, machine: Machine, files: list[str], team: Repository) -> None:
    project = machine.home / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "team-tool"\nversion = "1.0"\n')
    (machine.home / "dist").rename(project / "dist")

    poetry("publish", "--repository", "ca", cwd=project).check()

    assert set(team.packages[TOOL].versions["1.0"].assets) == {WHEEL, SDIST}


def test_the_environment_of_the_clients_has_no_configuration_of_the_machine(machine: Machine) -> None:
    alien = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "TWINE_PASSWORD")

    assert [name for name in alien if name in machine.own] == []
    assert machine.own["PIP_CONFIG_FILE"] == os.devnull
