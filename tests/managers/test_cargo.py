"""Crates: the sparse index, publication and downloads (docs/package-managers.md, section 5)."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Origin, Repository, cargo
from pytest_codeartifact.doors.server import Server

from ..support.acme import ACCOUNT, TEAM
from ..support.package_managers import Answered, Endpoint, Endpoints, request


@pytest.fixture
def registry(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for crates."""
    return endpoints("cargo")


def frames(metadata: bytes, crate: bytes) -> bytes:
    """The body of a publication."""
    return b"".join(len(part).to_bytes(4, "little") + part for part in (metadata, crate))


def publish(registry: Endpoint, name: str, version: str, crate: bytes = b"crate", **metadata: Any) -> Answered:
    """Publish a version as cargo does."""
    document = {"name": name, "vers": version, "deps": [], "features": {}, **metadata}
    return registry("PUT", "api/v1/crates/new", frames(json.dumps(document).encode(), crate))


def index(registry: Endpoint, path: str) -> list[Any]:
    """The lines of a file of the index."""
    answered = registry.get(path)
    assert (answered.status, answered.header("content-type")) == (200, "text/plain; charset=utf-8")
    return [json.loads(line) for line in answered.text.splitlines()]


def dependency(name: str, **members: Any) -> dict[str, Any]:
    """A dependency as cargo sends it."""
    return {
        "name": name,
        "version_req": "^1",
        "features": [],
        "optional": False,
        "default_features": True,
        "target": None,
        "kind": "normal",
        "registry": None,
        **members,
    }


@pytest.mark.rule("CG-1", "CG-6", "CG-7", "CG-8", "CG-10", "CG-15", "CG-16", "PM-50", "PM-51")
def test_published_versions_are_visible_to_the_api_and_available(registry: Endpoint, team: Repository) -> None:
    answered = publish(
        registry,
        "Acme_tool",
        "1.0.0",
        description="A tool",
        homepage="https://acme.example",
        repository="https://git.acme.example/tool",
        license="MIT OR Apache-2.0",
        readme="# Tool",
        links="z",
        rust_version="1.70",
        features={"default": ["std"], "std": []},
        deps=[
            dependency("serde", explicit_name_in_toml="s", kind="dev"),
            dependency("own", registry=f"sparse+{registry.url}"),
            dependency("other", registry="https://elsewhere.invalid/index", target="cfg(unix)", optional=True),
        ],
    )

    warnings: dict[str, list[str]] = {"invalid_categories": [], "invalid_badges": [], "other": []}
    assert (answered.status, answered.json) == (200, {"warnings": warnings})
    version = team.packages[cargo("Acme_tool")].versions["1.0.0"]
    assert (version.status, version.summary, version.readme) == ("Published", "A tool", "# Tool")
    assert (version.home_page, version.source_code_repository) == (
        "https://acme.example",
        "https://git.acme.example/tool",
    )
    assert [license.name for license in version.licenses] == ["MIT OR Apache-2.0"]
    assert [(each.package, each.version_requirement, each.dependency_type) for each in version.dependencies] == [
        ("serde", "^1", "dev"),
        ("own", "^1", "normal"),
        ("other", "^1", "normal"),
    ]
    assert list(version.assets) == ["Acme_tool-1.0.0.crate"]
    (line,) = index(registry, "ac/me/acme_tool")
    assert {key: line[key] for key in line if key != "deps"} == {
        "name": "Acme_tool",
        "vers": "1.0.0",
        "cksum": hashlib.sha256(b"crate").hexdigest(),
        "features": {"default": ["std"], "std": []},
        "yanked": False,
        "links": "z",
        "rust_version": "1.70",
        "v": 1,
    }
    assert [(each["name"], each.get("package"), each["registry"], each["kind"]) for each in line["deps"]] == [
        ("s", "serde", None, "dev"),
        ("own", None, None, "normal"),
        ("other", None, "https://elsewhere.invalid/index", "normal"),
    ]
    assert (line["deps"][2]["target"], line["deps"][2]["optional"], line["deps"][2]["req"]) == ("cfg(unix)", True, "^1")
    got = registry.get("api/v1/crates/acme_tool/1.0.0/download")
    assert (got.body, got.header("content-type")) == (b"crate", "application/octet-stream")


@pytest.mark.rule("CG-2")
def test_the_configuration_names_the_endpoint(registry: Endpoint) -> None:
    assert registry.get("config.json").json == {
        "dl": f"{registry.url}api/v1/crates",
        "api": registry.url.removesuffix("/"),
        "auth-required": True,
    }


@pytest.mark.rule("CG-3", "PM-12", "PM-18")
def test_a_token_without_a_scheme_is_accepted_for_cargo_only(
    registry: Endpoint, endpoints: Endpoints, codeartifact_server: Server
) -> None:
    bare = {"Authorization": registry.token}

    without = request(registry.host, "GET", f"{registry.path}config.json")
    answered = registry("GET", "config.json", headers=bare, token=None)
    elsewhere = endpoints("pypi")("GET", "simple/tool/", headers=bare, token=None)

    assert [without.status, answered.status, elsewhere.status] == [401, 200, 401]
    challenges = [value for name, value in without.headers if name.lower() == "www-authenticate"]
    assert challenges == ['Bearer realm="acme/team"', 'Basic realm="acme/team"']


@pytest.mark.rule("CG-4")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/v1/crates?q=tool"),
        ("GET", "api/v1/crates/tool/owners"),
        ("DELETE", "api/v1/crates/tool/1.0.0/yank"),
        ("PUT", "api/v1/crates/tool/1.0.0/unyank"),
        ("GET", "me"),
    ],
)
def test_functions_that_aws_does_not_offer_are_not_found(
    registry: Endpoint, team: Repository, method: str, path: str
) -> None:
    team.add_package(cargo("tool"), ["1.0.0"])

    answered = registry(method, path)

    assert answered.status == 404
    assert list(answered.json["errors"][0]) == ["detail"]


@pytest.mark.rule("CG-5")
@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("a", "1/a", 200),
        ("ab", "2/ab", 200),
        ("abc", "3/a/abc", 200),
        ("abcd", "ab/cd/abcd", 200),
        ("AbCdE", "ab/cd/abcde", 200),
        ("abcd", "1/abcd", 404),
        ("abcd", "ab/xx/abcd", 404),
        ("abcd", "Ab/cd/abcd", 404),
        ("abc", "3/b/abc", 404),
        ("abc", "ab/c/abc", 404),
        ("a_b", "3/a/a-b", 404),
    ],
)
def test_a_crate_has_one_path_in_the_index_regardless_of_case(
    registry: Endpoint, team: Repository, name: str, path: str, status: int
) -> None:
    team.add_package(cargo(name), ["1.0.0"])

    assert registry.get(path).status == status


@pytest.mark.rule("CG-5", "PM-37", "PM-39")
def test_a_crate_upstream_is_found_regardless_of_case(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(cargo("Tool"), ["1.10.0", "1.9.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    registry = endpoints("cargo", repository="nearer")

    with codeartifact.unchanged():
        lines = index(registry, "to/ol/tool")
    registry.get("api/v1/crates/tool/1.9.0/download")

    assert [(line["name"], line["vers"]) for line in lines] == [("Tool", "1.9.0"), ("Tool", "1.10.0")]
    assert set(nearer.packages[cargo("Tool")].versions) == {"1.9.0"}


@pytest.mark.rule("CG-7")
@pytest.mark.parametrize(("enabled", "format"), [([], 1), (["serde/std"], 1), (["dep:serde"], 2), (["serde?/std"], 2)])
def test_features_of_the_new_kinds_have_version_2_in_the_index(
    registry: Endpoint, enabled: list[str], format: int
) -> None:
    publish(registry, "tool", "1.0.0", features={"std": enabled})

    assert [line["v"] for line in index(registry, "to/ol/tool")] == [format]


@pytest.mark.rule("PM-52")
def test_a_seeded_crate_is_described_by_its_manifest(registry: Endpoint, team: Repository) -> None:
    team.add_package(cargo("tool"), ["1.0.0"]).add_version("2.0.0", assets={"tool-2.0.0.crate": b"no crate"})

    first, second = index(registry, "to/ol/tool")

    assert (first["deps"], first["features"], second["cksum"]) == ([], {}, hashlib.sha256(b"no crate").hexdigest())
    assert first["cksum"] == hashlib.sha256(registry.get("api/v1/crates/tool/1.0.0/download").body).hexdigest()


@pytest.mark.rule("PM-52")
def test_the_manifest_of_a_seeded_crate_is_the_one_at_its_top(registry: Endpoint, team: Repository) -> None:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, needed in [("tool-1.0.0/examples/Cargo.toml", "other"), ("tool-1.0.0/Cargo.toml", "serde")]:
            content = f'[dependencies]\n{needed} = "1"\n'.encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    team.add_package(cargo("tool")).add_version("1.0.0", assets={"tool-1.0.0.crate": written.getvalue()})

    (line,) = index(registry, "to/ol/tool")

    assert [(needed["name"], needed["req"]) for needed in line["deps"]] == [("serde", "1")]


@pytest.mark.rule("CG-11", "PM-47", "PM-49")
def test_a_version_cannot_be_published_again_with_another_file_or_build(
    codeartifact: FakeCodeArtifact, registry: Endpoint
) -> None:
    publish(registry, "tool", "1.0.0+one")
    events = len(codeartifact.events)

    with codeartifact.unchanged():
        answers = [
            publish(registry, "tool", "1.0.0+one", description="other"),
            publish(registry, "tool", "1.0.0+one", b"other"),
            publish(registry, "tool", "1.0.0"),
            publish(registry, "tool", "1.0.0+two"),
        ]

    assert [answer.status for answer in answers] == [200, 409, 409, 409]
    assert len(codeartifact.events) == events


@pytest.mark.rule("CG-12")
@pytest.mark.parametrize(("name", "status"), [("acme-tool", 409), ("Acme_Tool", 409), ("acme_tool", 200), ("x", 200)])
def test_a_name_that_cargo_considers_equal_to_an_existing_one_is_refused(
    registry: Endpoint, team: Repository, name: str, status: int
) -> None:
    team.add_package(cargo("acme_tool"), ["1.0.0"])

    assert publish(registry, name, "2.0.0").status == status


OF_OTHER_TYPES: list[dict[str, object]] = [
    {"version_req": 1},
    {"optional": "x"},
    {"default_features": 1},
    {"features": "x"},
    {"features": [1]},
    {"target": []},
    {"kind": 1},
    {"registry": {}},
    {"explicit_name_in_toml": 1},
]
"""Members of a dependency that are not what cargo sends."""

GOOD = json.dumps({"name": "tool", "vers": "1.0.0"}).encode()


@pytest.mark.rule("CG-9", "PM-54")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\1\0\0", id="no length"),
        pytest.param(b"\xff\xff\xff\xff{}", id="a length of 4 GB"),
        pytest.param(frames(GOOD, b"crate")[:-1], id="a shorter file"),
        pytest.param(frames(GOOD, b"crate") + b"x", id="a longer file"),
        pytest.param(frames(GOOD, b"")[:-4], id="no file"),
        pytest.param(frames(b"{", b""), id="no JSON"),
        pytest.param(frames(b"[]", b""), id="no object"),
        pytest.param(frames(GOOD[:-1] + b', "links": 1e999}', b""), id="a number that JSON cannot tell"),
        pytest.param(frames(GOOD[:-1] + b', "links": 1}', b""), id="links that are no text"),
        pytest.param(frames(GOOD[:-1] + b', "rust_version": []}', b""), id="a version of Rust that is no text"),
        pytest.param(frames(GOOD[:-1] + b', "features": {"a": "b"}}', b""), id="a feature that is no list"),
        pytest.param(frames(GOOD[:-1] + b', "features": {"a": [1]}}', b""), id="a feature that enables no text"),
        *(
            pytest.param(
                frames(
                    json.dumps({"name": "tool", "vers": "1.0.0", "deps": [dependency("x", **member)]}).encode(), b""
                ),
                id=f"a dependency with {next(iter(member))}",
            )
            for member in OF_OTHER_TYPES
        ),
        pytest.param(
            frames(json.dumps({"name": "t" * 64, "vers": f"1.0.0-{'a' * 200}"}).encode(), b""), id="a long file name"
        ),
        pytest.param(frames(b"[" * 100_000, b""), id="deep JSON"),
        pytest.param(frames(b'{"name": "tool"}', b""), id="no version"),
        pytest.param(frames(b'{"name": 1, "vers": "1.0.0"}', b""), id="a name that is no text"),
        pytest.param(frames(b'{"name": "1tool", "vers": "1.0.0"}', b""), id="a name that begins with a digit"),
        pytest.param(frames(b'{"name": "../tool", "vers": "1.0.0"}', b""), id="a name that is a path"),
        pytest.param(frames(json.dumps({"name": "t" * 65, "vers": "1.0.0"}).encode(), b""), id="a long name"),
        pytest.param(frames(b'{"name": "tool", "vers": "1.0"}', b""), id="no semantic version"),
        pytest.param(frames(b'{"name": "tool", "vers": "1.0.0", "deps": {}}', b""), id="deps of another type"),
        pytest.param(frames(b'{"name": "tool", "vers": "1.0.0", "deps": [1]}', b""), id="a dependency of another type"),
        pytest.param(frames(b'{"name": "tool", "vers": "1.0.0", "deps": [{}]}', b""), id="a dependency without a name"),
        pytest.param(frames(b'{"name": "tool", "vers": "1.0.0", "features": []}', b""), id="features of another type"),
    ],
)
def test_a_broken_publication_is_refused(codeartifact: FakeCodeArtifact, registry: Endpoint, body: bytes) -> None:
    with codeartifact.unchanged():
        answered = registry("PUT", "api/v1/crates/new", body)

    assert answered.status == 400
    assert answered.json["errors"][0]["detail"]


@pytest.mark.rule("CG-13", "PM-43")
def test_versions_are_listed_with_their_times(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    tool = codeartifact.public_source("public:crates-io").add_package(cargo("tool"))
    tool.add_version("1.0.0", published="2024-05-29T15:37:49.123Z")
    tool.add_version("2.0.0", published="2023-05-29T15:37:49Z")
    codeartifact.domain("acme").add_repository("store", external_connection="public:crates-io")
    registry = endpoints("cargo", repository="store")

    before = registry.get("api/v1/crates/tool/versions").json["versions"]
    crate = registry.get("api/v1/crates/tool/1.0.0/download").body
    after = registry.get("api/v1/crates/tool/versions").json["versions"]

    assert [version["num"] for version in before] == ["1.0.0", "2.0.0"]
    assert before[0] == {
        "crate": "tool",
        "num": "1.0.0",
        "checksum": hashlib.sha256(crate).hexdigest(),
        "created_at": "2024-05-29T15:37:49.123000+00:00",
        "updated_at": "2024-05-29T15:37:49.123000+00:00",
        "yanked": False,
        "dl_path": f"/cargo/d/acme-{ACCOUNT}/store/api/v1/crates/tool/1.0.0/download",
    }
    assert after == before


@pytest.mark.rule("CG-14", "PM-35", "PM-38")
@pytest.mark.parametrize(
    ("status", "served"), [("Published", 200), ("Unlisted", 200), ("Archived", 404), ("Disposed", 404)]
)
def test_the_status_decides_whether_a_version_is_listed_and_downloaded(
    registry: Endpoint, team: Repository, status: str, served: int
) -> None:
    team.add_package(cargo("tool"), ["2.0.0"]).add_version("1.0.0", status=status)  # type: ignore[arg-type]  # a str

    shown = [line["vers"] for line in index(registry, "to/ol/tool")]

    assert ("1.0.0" in shown) == (status == "Published")
    assert registry.get("api/v1/crates/tool/1.0.0/download").status == served
    assert registry.get("ot/he/other").status == 404


@pytest.mark.rule("PM-45", "PM-46", "PM-48")
def test_a_blocked_or_existing_version_cannot_be_published(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(cargo("open"), ["1.0.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(cargo("open"), origin=Origin("ALLOW", "ALLOW"))
    nearer.add_package(cargo("shut"), origin=Origin("BLOCK", "ALLOW"))
    nearer.add_package(cargo("occupied")).add_version("1.0.0", status="Unlisted")
    registry = endpoints("cargo", repository="nearer")

    answers = [publish(registry, name, "1.0.0") for name in ("open", "shut", "occupied")]

    assert [answer.status for answer in answers] == [409, 403, 409]
    assert publish(registry, "open", "2.0.0").status == 200


@pytest.mark.rule("PM-28", "PM-29")
def test_requests_are_in_the_journal(codeartifact: FakeCodeArtifact, registry: Endpoint) -> None:
    publish(registry, "tool", "1.0.0")
    index(registry, "to/ol/tool")
    registry.get("api/v1/crates/tool/1.0.0/download")

    published, listed, got = codeartifact.calls[-3:]
    assert [call.operation for call in (published, listed, got)] == [
        "PublishPackageVersion",
        "ReadFromRepository",
        "ReadFromRepository",
    ]
    about = {**TEAM, "format": "cargo", "package": "tool", "packageVersion": "1.0.0", "assetName": "tool-1.0.0.crate"}
    assert all(about.items() <= call.params.items() for call in (published, got))
    assert "packageVersion" not in listed.params
