"""The assets of versions that were seeded without any: minimal packages (behaviour reference, rules F-7 and F-11)."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pytest_codeartifact import (
    AssetSummary,
    Domain,
    ExternalConnection,
    FakeCodeArtifact,
    PackageId,
    PublicSource,
    Repository,
    SeededWithoutContent,
    SeedError,
    cargo,
    generic,
    maven,
    npm,
    nuget,
    pypi,
    ruby,
    swift,
)

from ..support.acme import TEAM, coordinates

OF_EACH_FORMAT = {
    npm("@vue/ui"): ["package.tgz"],
    pypi("flatten-json"): ["flatten_json-1.0.0-py3-none-any.whl", "flatten_json-1.0.0.tar.gz"],
    maven("org.acme", "app"): ["app-1.0.0.jar", "app-1.0.0.pom", "maven-metadata.xml"],
    nuget("Newtonsoft.Json"): ["newtonsoft.json.1.0.0.nupkg"],
    ruby("rails"): ["rails-1.0.0.gem"],
    swift("apple", "nio"): ["nio-1.0.0.zip"],
    cargo("serde"): ["serde-1.0.0.crate"],
}

each_format = pytest.mark.parametrize("id", OF_EACH_FORMAT, ids=str)

SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def of(id: PackageId) -> dict[str, Any]:
    """A version in the repository `team`, as the SDK's parameters."""
    return {**TEAM, **coordinates(id), "packageVersion": "1.0.0"}


def seeded(team: Repository, id: PackageId) -> dict[str, bytes]:
    """The assets of a version that is seeded without assets."""
    return dict(team.add_package(id, versions=["1.0.0"]).versions["1.0.0"].assets)


def untarred(content: bytes) -> dict[str, bytes]:
    """The files of an archive, by name."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]  # files


def unzipped(content: bytes) -> dict[str, bytes]:
    """The files of an archive, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# Which there are


@pytest.mark.rule("F-11", "F-7", "A-1")
@each_format
def test_a_seeded_version_has_the_assets_that_its_package_manager_uploads(
    client: Any, team: Repository, id: PackageId
) -> None:
    package = team.add_package(id, versions=["1.0.0"])

    listed = client.list_package_version_assets(**of(id))["assets"]

    assert [asset["name"] for asset in listed] == OF_EACH_FORMAT[id] == list(package.versions["1.0.0"].assets)
    for asset in listed:
        body = client.get_package_version_asset(**of(id), asset=asset["name"])["asset"].read()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (asset["size"], asset["hashes"]["SHA-256"])


@pytest.mark.rule("F-11")
@each_format
def test_every_way_to_seed_or_publish_makes_the_same_assets(acme: Domain, team: Repository, id: PackageId) -> None:
    one = seeded(team, id)
    acme.add_repository("bulk").add_packages([id], versions=["1.0.0"])

    again = acme.add_repository("again").add_package(id).add_version("1.0.0").assets
    published = acme.add_repository("published").publish(id, "1.0.0").assets

    assert one == acme.repository("bulk").packages[id].versions["1.0.0"].assets == again == published


@pytest.mark.rule("F-11", "U-9", "C-4")
@pytest.mark.parametrize("id", [npm("lodash"), pypi("tool"), maven("org.acme", "app")], ids=str)
def test_fetched_and_copied_versions_of_a_seed_have_its_assets(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository, id: PackageId
) -> None:
    connections: dict[str, ExternalConnection] = {
        "npm": "public:npmjs",
        "pypi": "public:pypi",
        "maven": "public:maven-central",
    }
    connection = connections[id.format]
    source: PublicSource = codeartifact.public_source(connection)
    public = source.add_package(id, versions=["1.0.0"]).versions["1.0.0"]
    below = acme.add_repository("below", external_connection=connection)

    fetched = below.fetch(id, "1.0.0")
    route = {"domain": "acme", "sourceRepository": "below", "destinationRepository": "team"}
    client.copy_package_versions(**route, **coordinates(id), versions=["1.0.0"])

    assert fetched.assets == public.assets == team.packages[id].versions["1.0.0"].assets
    assert team.packages[id].versions["1.0.0"].revision == fetched.revision
    again = client.copy_package_versions(**route, **coordinates(id), versions=["1.0.0"])
    assert (again["successfulVersions"], again["failedVersions"]) == ({}, {})


@pytest.mark.rule("F-11", "C-4")
def test_a_seed_is_identical_to_the_same_published_version(client: Any, acme: Domain, team: Repository) -> None:
    team.add_package(npm("lodash"), versions=["1.0.0"])
    acme.add_repository("other").publish(npm("lodash"), "1.0.0")

    answer = client.copy_package_versions(
        domain="acme", sourceRepository="team", destinationRepository="other", **coordinates(npm("lodash")),
        versions=["1.0.0"],
    )  # fmt: skip

    assert (answer["successfulVersions"], answer["failedVersions"]) == ({}, {})


@pytest.mark.rule("F-11")
def test_given_assets_disposed_versions_and_generic_packages_get_no_default_assets(team: Repository) -> None:
    package = team.add_package(pypi("tool"))

    assert package.add_version("1.0", assets={"a.whl": b"wheel"}).assets == {"a.whl": b"wheel"}
    assert package.add_version("2.0", assets={}).assets == {}
    assert package.add_version("3.0", status="Disposed").assets == {}
    assert team.add_package(generic("ns", "tool"), versions=["1.0"]).versions["1.0"].assets == {}


@pytest.mark.rule("F-11", "F-9", "P-4")
def test_an_unfinished_maven_seed_gets_its_metadata_when_it_is_published(client: Any, team: Repository) -> None:
    id = maven("org.acme", "app")
    version = team.add_package(id).add_version("1.0.0", status="Unfinished")
    before, revision = list(version.assets), version.revision

    client.update_package_versions_status(**TEAM, **coordinates(id), versions=["1.0.0"], targetStatus="Published")

    assert before == ["app-1.0.0.jar", "app-1.0.0.pom"]
    assert list(version.assets) == [*before, "maven-metadata.xml"]
    assert version.revision == revision


@pytest.mark.rule("F-11", "B-10")
def test_a_disposed_seed_has_no_assets(client: Any, team: Repository) -> None:
    version = team.add_package(npm("lodash"), versions=["1.0.0"]).versions["1.0.0"]

    client.dispose_package_versions(**TEAM, **coordinates(npm("lodash")), versions=["1.0.0"])

    assert version.assets == {}
    assert client.list_package_version_assets(**of(npm("lodash")))["assets"] == []


@pytest.mark.rule("F-11", "P-16", "S-3")
def test_a_published_asset_is_added_to_the_default_assets(team: Repository) -> None:
    version = team.add_package(pypi("tool"), versions=["1.0"]).versions["1.0"]
    before, revision = dict(version.assets), version.revision

    team.publish(pypi("tool"), "1.0", {"tool-1.0-cp311-win32.whl": b"wheel"})

    assert version.assets == {**before, "tool-1.0-cp311-win32.whl": b"wheel"}
    assert version.revision != revision


@pytest.mark.rule("F-11", "EV-1")
def test_the_event_of_a_deleted_seed_counts_its_assets(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    client.delete_package(**TEAM, format="pypi", package="tool")

    (event,) = codeartifact.events
    assert event["detail"]["changes"]["assetsRemoved"] == 2


@pytest.mark.rule("F-11", "D-7")
def test_default_assets_do_not_count_towards_the_size_of_the_domain(client: Any, team: Repository) -> None:
    team.add_package(npm("lodash"), versions=["1.0.0"])

    assert client.describe_domain(domain="acme")["domain"]["assetSizeBytes"] == 0


@pytest.mark.rule("F-11")
def test_a_dump_omits_default_assets(codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path) -> None:
    package = team.add_package(npm("lodash"), versions=["1.0.0"])
    package.add_version("2.0.0", assets={})
    codeartifact.dump(tmp_path / "seed.json")

    loaded = FakeCodeArtifact()
    loaded.load(tmp_path / "seed.json")

    versions = json.loads((tmp_path / "seed.json").read_text())["domains"][0]["repositories"][0]["packages"][0][
        "versions"
    ]
    assert ["assets" in version for version in versions] == [False, True]
    there = loaded.repository("acme", "team").packages[npm("lodash")].versions
    assert {name: dict(version.assets) for name, version in there.items()} == {
        name: dict(version.assets) for name, version in package.versions.items()
    }


@pytest.mark.rule("F-11")
def test_the_bytes_of_default_assets_depend_on_the_id_and_the_version_only(team: Repository) -> None:
    made_here = {
        f"{id}/{name}": hashlib.sha256(content).hexdigest()
        for id in OF_EACH_FORMAT
        for name, content in seeded(team, id).items()
    }
    script = f"""
import datetime, hashlib, json
from pytest_codeartifact import *
with FakeCodeArtifact() as fake:
    fake.clock.set(datetime.datetime(1999, 1, 1, tzinfo=datetime.timezone.utc))
    other = fake.add_domain("acme").add_repository("other")
    print(json.dumps({{
        f"{{id}}/{{name}}": hashlib.sha256(content).hexdigest()
        for id in {list(OF_EACH_FORMAT)!r}
        for name, content in other.add_package(id, versions=["1.0.0"]).versions["1.0.0"].assets.items()
    }}))
"""

    made_there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert json.loads(made_there) == made_here


# What is in them


@pytest.mark.rule("F-11")
def test_an_npm_package_has_its_manifest(team: Repository) -> None:
    files = untarred(seeded(team, npm("@vue/ui"))["package.tgz"])

    manifest = json.loads(files["package/package.json"])
    assert (manifest["name"], manifest["version"]) == ("@vue/ui", "1.0.0")
    assert f"package/{manifest['main']}" in files


@pytest.mark.rule("F-11")
def test_a_wheel_records_its_files_and_is_installed_by_pip(team: Repository, tmp_path: Path) -> None:
    name = "flatten_json-1.0.0-py3-none-any.whl"
    content = seeded(team, pypi("flatten-json"))[name]
    (tmp_path / name).write_bytes(content)
    files = unzipped(content)
    recorded = list(csv.reader(files["flatten_json-1.0.0.dist-info/RECORD"].decode().splitlines()))

    assert {row[0] for row in recorded} == files.keys()
    for path, digest, size in recorded[:-1]:
        expected = base64.urlsafe_b64encode(hashlib.sha256(files[path]).digest()).rstrip(b"=").decode()
        assert (digest, int(size)) == (f"sha256={expected}", len(files[path]))
    target = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "-q", "--target", target, tmp_path / name],
        check=True,
    )
    assert (target / "flatten_json.py").is_file()


@pytest.mark.rule("F-11")
def test_a_source_distribution_has_its_name_and_version(team: Repository) -> None:
    files = untarred(seeded(team, pypi("flatten-json"))["flatten_json-1.0.0.tar.gz"])

    assert b"\nName: flatten-json\nVersion: 1.0.0\n" in files["flatten_json-1.0.0/PKG-INFO"]
    compile(files["flatten_json-1.0.0/backend.py"], "backend.py", "exec")


@pytest.mark.rule("F-11")
def test_a_source_distribution_is_installed_by_pip_with_nothing_else(team: Repository, tmp_path: Path) -> None:
    name = "flatten_json-1.0.0.tar.gz"
    (tmp_path / name).write_bytes(seeded(team, pypi("flatten-json"))[name])
    target = tmp_path / "installed"
    alone = ("--no-index", "--no-deps", "--no-build-isolation", "-q", "--target", target)

    subprocess.run([sys.executable, "-m", "pip", "install", *alone, tmp_path / name], check=True)

    assert (target / "flatten_json.py").is_file()


def manifest(jar: bytes) -> str:
    """The manifest of a jar."""
    return unzipped(jar)["META-INF/MANIFEST.MF"].decode()


@pytest.mark.rule("F-11", "F-9")
@pytest.mark.parametrize(
    ("version", "build"),
    [("1.0-SNAPSHOT", "1.0-19700101.000000-1"), ("1.0-20240131.235959-2", "1.0-20240131.235959-2")],
)
def test_a_seeded_snapshot_has_the_assets_of_a_build(team: Repository, version: str, build: str) -> None:
    seed = team.add_package(maven("org.acme", "app")).add_version(version)

    assert list(seed.assets) == [f"app-{build}.jar", f"app-{build}.pom"]
    pom = {
        element.tag.rpartition("}")[2]: element.text
        for element in ElementTree.fromstring(seed.assets[f"app-{build}.pom"])
    }
    assert pom["version"] == "1.0-SNAPSHOT"
    assert "Implementation-Version: 1.0-SNAPSHOT\r\n" in manifest(seed.assets[f"app-{build}.jar"])


@pytest.mark.rule("F-7")
@pytest.mark.parametrize("assets", [{"a.tgz": b"a"}, {"package.tgz": b"a", "README.md": b"b"}], ids=list)
def test_an_npm_seed_has_no_asset_but_its_archive(
    codeartifact: FakeCodeArtifact, team: Repository, assets: dict[str, bytes]
) -> None:
    tool = team.add_package(npm("tool"))

    for package in (tool, codeartifact.public_source("public:npmjs").add_package(npm("tool"))):
        with pytest.raises(SeedError, match=r"has one asset, 'package\.tgz'"):
            package.add_version("1.0.0", assets=assets)

    assert not tool.versions


@pytest.mark.rule("F-11")
def test_a_maven_artifact_has_a_project_and_metadata(team: Repository) -> None:
    assets = seeded(team, maven("org.acme", "app"))
    pom = {element.tag.rpartition("}")[2]: element.text for element in ElementTree.fromstring(assets["app-1.0.0.pom"])}
    metadata = ElementTree.fromstring(assets["maven-metadata.xml"])

    assert (pom["groupId"], pom["artifactId"], pom["version"]) == ("org.acme", "app", "1.0.0")
    assert (metadata.findtext("groupId"), metadata.findtext("versioning/versions/version")) == ("org.acme", "1.0.0")
    assert "Implementation-Version: 1.0.0\r\n" in manifest(assets["app-1.0.0.jar"])


@pytest.mark.rule("F-11")
def test_a_nuget_package_has_its_specification(team: Repository) -> None:
    files = unzipped(seeded(team, nuget("Newtonsoft.Json"))["newtonsoft.json.1.0.0.nupkg"])
    specification = ElementTree.fromstring(files["newtonsoft.json.nuspec"])

    elements = {element.tag.rpartition("}")[2]: element.text for element in specification[0]}
    assert (elements["id"], elements["version"]) == ("newtonsoft.json", "1.0.0")
    assert {"[Content_Types].xml", "_rels/.rels"} <= files.keys()


@pytest.mark.rule("F-11")
def test_a_gem_has_a_specification_files_and_checksums(team: Repository) -> None:
    members = untarred(seeded(team, ruby("rails"))["rails-1.0.0.gem"])

    specification = gzip.decompress(members["metadata.gz"]).decode()
    assert 'name: "rails"' in specification
    assert untarred(members["data.tar.gz"]) == {"lib/rails.rb": b""}
    for member in ("metadata.gz", "data.tar.gz"):
        checksum = f"{member}: {hashlib.sha256(members[member]).hexdigest()}"
        assert checksum in gzip.decompress(members["checksums.yaml.gz"]).decode()


@pytest.mark.rule("F-11")
def test_a_crate_and_a_swift_archive_have_their_manifests(team: Repository) -> None:
    crate = untarred(seeded(team, cargo("serde"))["serde-1.0.0.crate"])
    archive = unzipped(seeded(team, swift("apple", "nio"))["nio-1.0.0.zip"])

    assert b'name = "serde"\nversion = "1.0.0"\n' in crate["serde-1.0.0/Cargo.toml"]
    assert archive["nio-1.0.0/Package.swift"].startswith(b"// swift-tools-version:")


# Assets without content


@pytest.mark.rule("F-12", "A-1")
def test_an_asset_without_content_is_listed(client: Any, team: Repository) -> None:
    summary = AssetSummary(31520, SHA256, md5="5d41402abc4b2a76b9719d911017c592")
    version = team.add_package(pypi("tool")).add_version("1.0.0", assets={"tool.whl": summary})

    (listed,) = client.list_package_version_assets(**of(pypi("tool")))["assets"]

    assert listed == {
        "name": "tool.whl",
        "size": 31520,
        "hashes": {"MD5": "5d41402abc4b2a76b9719d911017c592", "SHA-256": SHA256},
    }
    assert "tool.whl" in version.assets
    assert client.describe_domain(domain="acme")["domain"]["assetSizeBytes"] == 31520


@pytest.mark.rule("F-12")
@pytest.mark.in_process("over the wire the error is raised when the server closes")
def test_an_asset_without_content_cannot_be_read(client: Any, team: Repository) -> None:
    version = team.add_package(pypi("tool")).add_version("1.0.0", assets={"tool.whl": AssetSummary(5, SHA256)})

    with pytest.raises(SeededWithoutContent, match=r"'tool\.whl' was seeded without content.*assets=\{'tool\.whl': b"):
        client.get_package_version_asset(**of(pypi("tool")), asset="tool.whl")
    with pytest.raises(SeededWithoutContent, match="seeded without content"):
        version.assets["tool.whl"]


@pytest.mark.rule("F-12", "P-6")
def test_publishing_the_content_of_an_asset_without_content_keeps_the_revision(team: Repository) -> None:
    version = team.add_package(pypi("tool")).add_version("1.0.0", assets={"tool.whl": AssetSummary(5, SHA256)})
    revision = version.revision

    team.publish(pypi("tool"), "1.0.0", {"tool.whl": b"hello"})

    assert version.revision == revision


@pytest.mark.rule("F-12", "U-9")
def test_an_asset_without_content_is_copied_with_its_version(client: Any, acme: Domain, team: Repository) -> None:
    team.add_package(pypi("tool")).add_version("1.0.0", assets={"tool.whl": AssetSummary(5, SHA256)})
    below = acme.add_repository("below", upstreams=[team])

    below.fetch(pypi("tool"), "1.0.0")

    listed = client.list_package_version_assets(**{**of(pypi("tool")), "repository": "below"})["assets"]
    assert [(asset["name"], asset["size"]) for asset in listed] == [("tool.whl", 5)]


@pytest.mark.rule("F-12")
@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_files_keep_assets_without_content(
    codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path, suffix: str
) -> None:
    published = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    summary = AssetSummary(5, SHA256, "a" * 40, "b" * 32, "c" * 128)
    team.add_package(pypi("tool")).add_version("1.0.0", published=published, assets={"a.whl": summary, "b": b"text"})
    codeartifact.dump(tmp_path / f"seed.{suffix}")

    with FakeCodeArtifact() as loaded:
        loaded.load(tmp_path / f"seed.{suffix}")
        assets = loaded.client().list_package_version_assets(**of(pypi("tool")))["assets"]

    assert assets == codeartifact.client().list_package_version_assets(**of(pypi("tool")))["assets"]
    assert assets[0]["hashes"] == {"SHA-1": "a" * 40, "MD5": "b" * 32, "SHA-256": SHA256, "SHA-512": "c" * 128}


@pytest.mark.rule("F-12", "A-1")
def test_assets_loaded_from_the_cli_have_sizes_and_hashes_but_no_content(
    client: Any, codeartifact: FakeCodeArtifact, acme: Domain
) -> None:
    team = acme.add_repository("team")
    team.publish(pypi("tool"), "1.0.0", {"tool.whl": b"hello", "tool.tar.gz": b"sdist"})
    printed = client.list_package_version_assets(**of(pypi("tool")))
    printed.pop("ResponseMetadata")

    other = acme.add_repository("other")
    codeartifact.load_cli(printed, into=other)

    listed = client.list_package_version_assets(**{**of(pypi("tool")), "repository": "other"})
    assert (listed["assets"], listed["versionRevision"]) == (printed["assets"], printed["versionRevision"])
    with pytest.raises(SeededWithoutContent):
        other.packages[pypi("tool")].versions["1.0.0"].assets["tool.whl"]


@pytest.mark.rule("F-12")
@pytest.mark.parametrize(
    ("summary", "why"),
    [
        (AssetSummary(-1, SHA256), r"size of asset 'a' must be a number of bytes below 2\*\*63, not -1"),
        (AssetSummary(5, SHA256.upper()), "sha256 of asset 'a' must be 64 hex digits in lower case"),
        (AssetSummary(5, SHA256, md5="abc"), "md5 of asset 'a' must be 32 hex digits in lower case, not 'abc'"),
        ((5, SHA256), r"must be bytes, or its AssetSummary\(size, sha256\)"),
        ("text", r"must be bytes, or its AssetSummary\(size, sha256\)"),
    ],
    ids=str,
)
def test_an_impossible_summary_is_not_seeded(team: Repository, summary: Any, why: str) -> None:
    package = team.add_package(pypi("tool"))

    with pytest.raises(SeedError, match=why):
        package.add_version("1.0.0", assets={"a": summary})

    assert not package.versions


@pytest.mark.rule("F-11", "P-6", "S-3")
@pytest.mark.parametrize("id", [npm("lodash"), pypi("tool"), maven("org.acme", "app")], ids=str)
def test_publishing_the_default_assets_changes_nothing(
    codeartifact: FakeCodeArtifact, team: Repository, id: PackageId
) -> None:
    version = team.add_package(id, versions=["1.0.0"]).versions["1.0.0"]
    revision = version.revision

    team.publish(id, "1.0.0")

    assert version.revision == revision
    assert codeartifact.events == []
