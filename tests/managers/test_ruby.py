"""Gems: the compact index, older indexes, downloads and pushes (docs/package-managers.md, section 6)."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import subprocess
import tarfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Origin, Repository, ruby
from pytest_codeartifact.managers import ruby_marshal
from pytest_codeartifact.managers.ruby_marshal import Symbol

from ..support.acme import TEAM
from ..support.machines import require
from ..support.package_managers import Answered, Endpoint, Endpoints

REQUIREMENT = """!ruby/object:Gem::Requirement
    requirements:
    - - ">="
      - !ruby/object:Gem::Version
        version: '1.0'
    - - "<"
      - !ruby/object:Gem::Version
        version: '3'"""
SPECIFICATION = """--- !ruby/object:Gem::Specification
name: {name}
version: !ruby/object:Gem::Version
  version: '{version}'
platform: {platform}
authors: [somebody]
summary: A tool
homepage: https://acme.example
licenses: [MIT]
metadata:
  source_code_uri: https://git.acme.example
dependencies:
- !ruby/object:Gem::Dependency
  name: zeitwerk
  requirement: {requirement}
  type: :runtime
- !ruby/object:Gem::Dependency
  name: base
  requirement: {requirement}
  type: :runtime
- !ruby/object:Gem::Dependency
  name: rake
  requirement: {requirement}
  type: :development
required_ruby_version: {requirement}
specification_version: 4
"""


def gem(name: str = "tool", version: str = "1.0", platform: str = "ruby", text: str | None = None) -> bytes:
    """A gem: an archive with its specification."""
    specification = text or SPECIFICATION.format(name=name, version=version, platform=platform, requirement=REQUIREMENT)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        content = gzip.compress(specification.encode())
        member = tarfile.TarInfo("metadata.gz")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def altered(what: str, to: str) -> bytes:
    """A gem whose specification is not the usual one."""
    text = SPECIFICATION.format(name="tool", version="1.0", platform="ruby", requirement=REQUIREMENT)
    assert what in text
    return gem(text=text.replace(what, to))


@pytest.fixture
def source(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for gems."""
    return endpoints("ruby")


def push(source: Endpoint, content: bytes) -> Answered:
    """Push a gem."""
    return source("POST", "api/v1/gems", content, {"Content-Type": "application/octet-stream"})


def text(source: Endpoint, path: str) -> list[str]:
    """The lines of a document."""
    answered = source.get(path)
    assert (answered.status, answered.header("content-type")) == (200, "text/plain; charset=utf-8")
    return answered.text.splitlines()


@pytest.mark.rule("RB-1", "RB-3", "RB-4", "RB-7", "RB-11", "RB-14", "RB-15", "RB-16", "PM-50", "PM-51")
def test_pushed_versions_are_visible_to_the_api_and_available(source: Endpoint, team: Repository) -> None:
    content = gem("Acme_tool")

    answered = push(source, content)

    assert (answered.status, answered.text) == (200, "Successfully registered gem: Acme_tool (1.0)")
    version = team.packages[ruby("Acme_tool")].versions["1.0"]
    assert (version.status, version.summary, version.home_page) == ("Published", "A tool", "https://acme.example")
    assert (version.source_code_repository, [each.name for each in version.licenses]) == (
        "https://git.acme.example",
        ["MIT"],
    )
    assert [(each.package, each.version_requirement, each.dependency_type) for each in version.dependencies] == [
        ("zeitwerk", ">= 1.0, < 3", "runtime"),
        ("base", ">= 1.0, < 3", "runtime"),
        ("rake", ">= 1.0, < 3", "development"),
    ]
    assert list(version.assets) == ["Acme_tool-1.0.gem"]
    assert text(source, "info/Acme_tool") == [
        "---",
        f"1.0 base:>= 1.0&< 3,zeitwerk:>= 1.0&< 3|checksum:{hashlib.sha256(content).hexdigest()},ruby:>= 1.0&< 3",
    ]
    got = source.get("gems/Acme_tool-1.0.gem")
    assert (got.body, got.header("content-type")) == (content, "application/octet-stream")
    assert source.get("info/acme_tool").status == 404


@pytest.mark.rule("RB-1", "RB-13")
def test_the_top_of_the_endpoint_returns_an_empty_page(source: Endpoint) -> None:
    answers = [source(method, path) for method in ("GET", "HEAD") for path in ("", source.path.rstrip("/"))]

    assert [(answer.status, answer.body) for answer in answers] == [(200, b"")] * 4


@pytest.mark.rule("RB-2")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "specs.4.8.gz"),
        ("GET", "latest_specs.4.8.gz"),
        ("GET", "prerelease_specs.4.8.gz"),
        ("DELETE", "api/v1/gems/yank"),
        ("GET", "api/v1/gems/tool/owners.json"),
        ("GET", "api/v1/search.json?query=tool"),
        ("GET", "api/v1/api_key"),
    ],
)
def test_functions_that_aws_does_not_offer_are_not_found(
    source: Endpoint, team: Repository, method: str, path: str
) -> None:
    team.add_package(ruby("tool"), ["1.0"])

    assert source(method, path).status == 404


@pytest.mark.rule("RB-3", "RB-6")
def test_a_platform_is_a_part_of_the_version(source: Endpoint, team: Repository) -> None:
    bearer = {"Authorization": f"Bearer {source.token}"}
    push(source, gem("tool", "1.0"))
    answered = source("POST", "api/v1/gems", gem("tool", "1.0", "x86_64-linux"), bearer, token=None)

    assert answered.text == "Successfully registered gem: tool (1.0-x86_64-linux)"
    assert set(team.packages[ruby("tool")].versions) == {"1.0", "1.0-x86_64-linux"}
    assert source.get("gems/tool-1.0-x86_64-linux.gem").body == gem("tool", "1.0", "x86_64-linux")
    assert [line.split(" ")[0] for line in text(source, "info/tool")] == ["---", "1.0", "1.0-x86_64-linux"]


@pytest.mark.rule("RB-3", "PM-54")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no gem", id="no archive"),
        pytest.param(gem(text="- a list"), id="no mapping"),
        pytest.param(gem(text="name: tool"), id="no version"),
        pytest.param(gem(text="name: [1]\nversion:\n  version: '1'"), id="a name that is a list"),
        pytest.param(gem(text="{" * 10_000), id="deep YAML"),
        pytest.param(gem(text="a: &a [*a]"), id="YAML in a circle"),
        pytest.param(gem(text="a: [\n"), id="no YAML"),
        pytest.param(gem("../tool"), id="a name that is a path"),
        pytest.param(gem("1"), id="a name without a letter"),
        pytest.param(gem("_tool"), id="a name that begins with no letter or digit"),
        pytest.param(gem("tool", "one"), id="no version of gems"),
        pytest.param(gem("tool", "1.0/2"), id="a version that is a path"),
        pytest.param(gem(f"t{'o' * 200}l", f"1.{'0' * 100}"), id="a file whose name is too long"),
        pytest.param(altered("name: zeitwerk", 'name: "z\\n9.9 |checksum:0"'), id="a dependency of two lines"),
        pytest.param(altered("version: '3'", 'version: "3|,x:\\n2.0 |"'), id="a requirement of two lines"),
        pytest.param(altered('- - ">="', '- - "&"'), id="no operator"),
    ],
)
def test_a_body_that_is_not_a_gem_is_refused(codeartifact: FakeCodeArtifact, source: Endpoint, body: bytes) -> None:
    with codeartifact.unchanged():
        answered = push(source, body)

    assert answered.status == 400


@pytest.mark.rule("RB-3")
def test_yaml_tags_of_a_specification_create_no_objects(source: Endpoint, team: Repository, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    evil = f"name: tool\nversion: {{version: '1.0'}}\nsummary: !!python/object/apply:pathlib.Path.touch [{mark}]\n"

    push(source, gem(text=evil))

    assert not mark.exists()
    assert team.packages[ruby("tool")].versions["1.0"].summary is None


@pytest.mark.rule("RB-5", "PM-47", "PM-49")
def test_a_version_cannot_be_pushed_again_with_another_file(codeartifact: FakeCodeArtifact, source: Endpoint) -> None:
    push(source, gem())
    events = len(codeartifact.events)

    with codeartifact.unchanged():
        again, other = push(source, gem()), push(source, gem() + b"\0" * 512)

    assert (again.status, other.status, len(codeartifact.events)) == (200, 409, events)


@pytest.mark.rule("RB-8", "RB-9", "PM-37", "PM-41")
def test_the_lists_of_gems_have_all_available_versions(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    codeartifact.public_source("public:ruby-gems-org").add_package(ruby("public"), ["2.0"])
    acme = codeartifact.domain("acme")
    store = acme.add_repository("store", external_connection="public:ruby-gems-org")
    team.add_package(ruby("tool")).add_version("1.0", published="2024-01-02T00:00:00Z")
    team.packages[ruby("tool")].add_version("0.9", published="2024-01-03T00:00:00Z")
    team.add_package(ruby("blocked"), ["1.0"])
    nearer = acme.add_repository("nearer", upstreams=[team, store])
    nearer.add_package(ruby("blocked"), origin=Origin("ALLOW", "BLOCK"))
    nearer.add_package(ruby("gone")).add_version("1.0", status="Unlisted")
    source = endpoints("ruby", repository="nearer")

    with codeartifact.unchanged():
        names, versions = text(source, "names"), text(source, "versions")
        info = source.get("info/tool")

    assert names == ["---", "public", "tool"]
    assert versions[0].startswith("created_at: 20")
    assert [line.rpartition(" ")[0] for line in versions[2:]] == ["public 2.0", "tool 1.0,0.9"]
    assert versions[3].endswith(f" {hashlib.md5(info.body).hexdigest()}")


@pytest.mark.rule("RB-10")
def test_more_than_5000_gems_are_not_listed(source: Endpoint, team: Repository) -> None:
    team.add_packages((ruby(f"gem-{number}") for number in range(5001)), versions=["1.0"])

    assert source.get("names").status == 400
    assert source.get("info/gem-1").status == 200


def loaded_by_ruby(content: bytes, statements: str) -> str:
    """The output of a Ruby script that gets the document as `loaded`."""
    program = shutil.which("ruby")
    require(program, "ruby", "apt-get install ruby")
    script = f"require 'rubygems'; loaded = Marshal.load($stdin.binmode.read); {statements}"
    done = subprocess.run([program or "", "-e", script], input=content, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.mark.rule("RB-12")
def test_dependencies_are_returned_as_marshalled_ruby_objects(source: Endpoint, team: Repository) -> None:
    push(source, gem("tool", "1.0", "java"))
    team.add_package(ruby("other"), ["2.0"])

    answered = source.get("api/v1/dependencies?gems=tool,unknown,other")

    assert loaded_by_ruby(answered.body, "puts loaded.inspect") == (
        '[{:name=>"tool", :number=>"1.0", :platform=>"java", :dependencies=>[["base", ">= 1.0, < 3"], '
        '["zeitwerk", ">= 1.0, < 3"]]}, {:name=>"other", :number=>"2.0", :platform=>"ruby", :dependencies=>[]}]'
    )
    assert source.get("api/v1/dependencies").body == b"\x04\x08[\0"


@pytest.mark.rule("RB-13", "RB-14", "RB-1")
def test_a_specification_is_served_and_not_retained(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    push(endpoints("ruby"), gem())
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    source = endpoints("ruby", repository="nearer")

    with codeartifact.unchanged():
        answered = source.get("quick/Marshal.4.8/tool-1.0.gemspec.rz")
    source.get("gems/tool-1.0.gem")

    fields = ["full_name", "summary", "platform", "required_ruby_version", "dependencies.map(&:name)"]
    said = "; ".join(f"puts loaded.{field}.to_s" for field in fields)
    lines = loaded_by_ruby(zlib.decompress(answered.body), said).splitlines()
    assert lines == ["tool-1.0", "A tool", "ruby", ">= 1.0, < 3", '["zeitwerk", "base", "rake"]']
    assert set(nearer.packages[ruby("tool")].versions) == {"1.0"}


@pytest.mark.rule("PM-35", "PM-38")
@pytest.mark.parametrize(
    ("status", "served"), [("Published", 200), ("Unlisted", 200), ("Archived", 404), ("Disposed", 404)]
)
def test_the_status_decides_whether_a_version_is_listed_and_downloaded(
    source: Endpoint, team: Repository, status: str, served: int
) -> None:
    team.add_package(ruby("tool-box"), ["2.0"]).add_version("1.0", status=status)  # type: ignore[arg-type]  # a str

    shown = [line.split(" ")[0] for line in text(source, "info/tool-box")]

    assert ("1.0" in shown) == (status == "Published")
    assert source.get("gems/tool-box-1.0.gem").status == served
    assert source.get("info/nowhere").status == 404


@pytest.mark.rule("PM-45", "PM-46", "PM-48")
def test_a_blocked_or_existing_version_cannot_be_pushed(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(ruby("open"), ["1.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(ruby("open"), origin=Origin("ALLOW", "ALLOW"))
    nearer.add_package(ruby("shut"), origin=Origin("BLOCK", "ALLOW"))
    nearer.add_package(ruby("occupied")).add_version("1.0", status="Unlisted")
    source = endpoints("ruby", repository="nearer")

    assert [push(source, gem(name)).status for name in ("open", "shut", "occupied", "new")] == [409, 403, 409, 200]


@pytest.mark.rule("PM-52")
def test_a_gem_that_cannot_be_read_is_listed_and_served(source: Endpoint, team: Repository) -> None:
    team.add_package(ruby("tool")).add_version("1.0", assets={"tool-1.0.gem": b"no gem"})

    assert text(source, "info/tool")[1] == f"1.0 |checksum:{hashlib.sha256(b'no gem').hexdigest()}"
    assert source.get("quick/Marshal.4.8/tool-1.0.gemspec.rz").status == 404
    assert source.get("gems/tool-1.0.gem").body == b"no gem"


@pytest.mark.rule("PM-28", "PM-29")
def test_requests_are_recorded_with_their_package(codeartifact: FakeCodeArtifact, source: Endpoint) -> None:
    push(source, gem())
    source.get("gems/tool-1.0.gem")

    calls: Any = codeartifact.calls[-2:]
    about = {**TEAM, "format": "ruby", "package": "tool", "packageVersion": "1.0", "assetName": "tool-1.0.gem"}
    assert [call.operation for call in calls] == ["PublishPackageVersion", "ReadFromRepository"]
    assert all(about.items() <= call.params.items() for call in calls)


@pytest.mark.rule("PM-29", "PM-32")
@pytest.mark.parametrize(
    "path",
    ["info/tool-box", "gems/tool-box-1.0.gem", "quick/Marshal.4.8/tool-box-1.0.gemspec.rz",
     "api/v1/dependencies?gems=tool-box"],
)  # fmt: skip
def test_a_planned_fault_applies_to_requests_for_its_gem(
    codeartifact: FakeCodeArtifact, source: Endpoint, path: str
) -> None:
    push(source, gem("tool-box"))
    codeartifact.fail("ReadFromRepository", "ThrottlingException", when={"package": ruby("tool-box")})

    assert (source.get(path).status, source.get(path).status) == (429, 200)


@pytest.mark.rule("PM-29")
def test_a_request_for_several_gems_is_recorded_without_a_package(
    codeartifact: FakeCodeArtifact, source: Endpoint
) -> None:
    push(source, gem("tool"))

    source.get("api/v1/dependencies?gems=tool,other")

    assert "package" not in codeartifact.calls[-1].params


@pytest.mark.rule("PM-29", "RB-14")
def test_a_gem_whose_name_looks_like_a_version_is_recorded_by_its_name(
    codeartifact: FakeCodeArtifact, source: Endpoint
) -> None:
    push(source, gem("tool-2-box", "1.0"))

    answered = source.get("gems/tool-2-box-1.0.gem")

    call = codeartifact.calls[-1]
    assert answered.status == 200
    assert (call.params["package"], call.params["packageVersion"]) == ("tool-2-box", "1.0")


@pytest.mark.rule("RB-12")
@pytest.mark.parametrize(
    ("length", "written"),
    [(0, "00"), (1, "06"), (122, "7f"), (123, "017b"), (255, "01ff"), (256, "020001"), (65_536, "03000001")],
)
def test_lengths_are_marshalled_as_in_ruby(length: int, written: str) -> None:
    name = "a" * length

    assert ruby_marshal.dump(Symbol(name)) == b"\x04\x08:" + bytes.fromhex(written) + name.encode()
