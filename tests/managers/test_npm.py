"""npm packages: packuments, tarballs, publication, deprecation and tags (docs/package-managers.md, section 3)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import tarfile
from typing import Any
from urllib.parse import quote

import pytest

from pytest_codeartifact import FakeCodeArtifact, Origin, Repository, npm

from ..support.acme import TEAM
from ..support.package_managers import Answered, Endpoint, Endpoints

SHORT = {"Accept": "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"}
BUTTON = "@ui/button"


@pytest.fixture
def npm_endpoint(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for npm packages."""
    return endpoints("npm")


def publication(name: str, version: str, tarball: bytes = b"tarball", tag: str = "latest", /, **manifest: Any) -> Any:
    """The body of a publish request, as npm sends it."""
    dist = {
        "shasum": hashlib.sha1(tarball).hexdigest(),
        "integrity": f"sha512-{base64.b64encode(hashlib.sha512(tarball).digest()).decode()}",
        "tarball": f"http://somewhere.invalid/{name}/-/{name}-{version}.tgz",
    }
    attachment = {
        "content_type": "application/octet-stream",
        "data": base64.b64encode(tarball).decode(),
        "length": len(tarball),
    }
    return {
        "_id": name,
        "name": name,
        "dist-tags": {tag: version},
        "versions": {version: {"_id": "x", "name": name, "version": version, "dist": dist, **manifest}},
        "access": None,
        "_attachments": {f"{name}-{version}.tgz": attachment},
    }


def put(endpoint: Endpoint, path: str, body: object) -> Answered:
    """Send JSON."""
    return endpoint("PUT", path, json.dumps(body).encode(), {"Content-Type": "application/json"})


def publish(
    endpoint: Endpoint, name: str, version: str, tarball: bytes = b"tarball", tag: str = "latest", /, **manifest: Any
) -> Answered:
    """Publish a version."""
    return put(endpoint, name.replace("/", "%2f"), publication(name, version, tarball, tag, **manifest))


def tags(endpoint: Endpoint, name: str) -> Any:
    """The tags of a package. Its packument and the list of its tags must have the same."""
    listed = endpoint.get(f"-/package/{name}/dist-tags").json
    assert endpoint.get(name).json["dist-tags"] == listed
    return listed


# Packuments and tarballs


@pytest.mark.rule("NPM-1", "NPM-5", "NPM-7", "NPM-11", "NPM-14", "NPM-21", "PM-50", "PM-51")
def test_published_versions_are_visible_to_the_api_and_available(npm_endpoint: Endpoint, team: Repository) -> None:
    answered = publish(
        npm_endpoint,
        BUTTON,
        "1.0.0",
        description="A button",
        homepage="https://acme.example",
        repository={"type": "git", "url": "git+https://git.acme.example/button.git"},
        license="MIT",
        dependencies={"react": "^18", "@ui/theme": "1"},
        devDependencies={"jest": "29"},
        optionalDependencies={"@ui/theme": "1"},
        peerDependencies={"react-dom": "*"},
        readme="# Button",
        bin={"button": "cli.js"},
        _npmUser={"name": "someone"},
        _hasShrinkwrap=False,
    )

    assert (answered.status, answered.json) == (200, {"success": True})
    version = team.packages[npm(BUTTON)].versions["1.0.0"]
    assert (version.status, version.summary, version.home_page) == ("Published", "A button", "https://acme.example")
    assert (version.source_code_repository, version.readme) == ("https://git.acme.example/button.git", "# Button")
    assert [license.name for license in version.licenses] == ["MIT"]
    assert {(each.namespace, each.package, each.dependency_type) for each in version.dependencies} == {
        (None, "react", "regular"),
        (None, "jest", "dev"),
        (None, "react-dom", "peer"),
        ("ui", "theme", "optional"),
    }
    assert list(version.assets) == ["package.tgz"]
    assert team.packages[npm(BUTTON)].origin == Origin("ALLOW", "BLOCK")

    packument = npm_endpoint.get(BUTTON).json
    shown = packument["versions"]["1.0.0"]
    assert (packument["_id"], packument["name"], packument["dist-tags"]) == (BUTTON, BUTTON, {"latest": "1.0.0"})
    assert (packument["readme"], packument["license"]) == ("# Button", "MIT")
    assert "_rev" not in packument
    assert (shown["bin"], shown["_hasShrinkwrap"], "_npmUser" in shown) == ({"button": "cli.js"}, False, False)
    assert shown["dist"] == {
        "tarball": f"{npm_endpoint.url}@ui/button/-/button-1.0.0.tgz",
        "shasum": hashlib.sha1(b"tarball").hexdigest(),
        "integrity": f"sha512-{base64.b64encode(hashlib.sha512(b'tarball').digest()).decode()}",
    }
    got = npm_endpoint.get("@ui/button/-/button-1.0.0.tgz")
    assert (got.body, got.header("content-type")) == (b"tarball", "application/octet-stream")


@pytest.mark.rule("NPM-2")
@pytest.mark.parametrize("path", ["@ui/button", "@ui%2fbutton", "@ui%2Fbutton", "%40ui%2fbutton"])
def test_the_slash_of_a_scope_may_be_escaped_in_every_route(
    npm_endpoint: Endpoint, team: Repository, path: str
) -> None:
    team.add_package(npm(BUTTON), ["1.0.0"])

    asked = [f"{path}", f"{path}?write=true", f"{path}/-/button-1.0.0.tgz", f"-/package/{path}/dist-tags"]

    assert [npm_endpoint.get(each).status for each in asked] == [200] * 4


@pytest.mark.rule("NPM-2", "PM-5")
@pytest.mark.parametrize("path", ["ui%2fbutton", "@ui%2fbutton%2fmore", "@%2fbutton", "button/-/..%2fbutton-1.0.0.tgz"])
def test_other_escaped_slashes_are_refused(npm_endpoint: Endpoint, path: str) -> None:
    assert npm_endpoint.get(path).status == 400


@pytest.mark.rule("NPM-3", "NPM-1")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "-/ping", 200),
        ("GET", "-/whoami", 404),
        ("GET", "-/v1/search?text=x", 404),
        ("POST", "-/npm/v1/security/audits/quick", 404),
        ("POST", "-/npm/v1/security/advisories/bulk", 404),
        ("PUT", "-/user/org.couchdb.user:x", 404),
        ("GET", "-/npm/v1/tokens", 404),
        ("GET", "-/npm/v1/keys", 404),
        ("GET", "-/npm/v1/attestations/tool@1.0.0", 404),
        ("GET", "tool/1.0.0", 404),
        ("DELETE", "tool/-rev/1", 405),
        ("PUT", "tool/-rev/1", 405),
        ("DELETE", "tool/-/tool-1.0.0.tgz/-rev/1", 405),
        ("DELETE", "tool", 405),
    ],
)
def test_ping_succeeds_and_requests_that_aws_does_not_offer_are_refused(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, team: Repository, method: str, path: str, status: int
) -> None:
    team.add_package(npm("tool"), ["1.0.0"])

    with codeartifact.unchanged():
        answered = npm_endpoint(method, path, b"{}" if method in ("PUT", "POST") else None)

    assert answered.status == status
    assert answered.json == {} if status == 200 else answered.json["error"] == answered.json["message"]


@pytest.mark.rule("NPM-4", "NPM-6")
def test_a_short_packument_is_returned_on_request(npm_endpoint: Endpoint) -> None:
    publish(npm_endpoint, "tool", "1.0.0", scripts={"test": "x"}, engines={"node": ">=18"}, description="long")

    short, full = npm_endpoint("GET", "tool", headers=SHORT), npm_endpoint.get("tool")

    assert short.header("content-type") == "application/vnd.npm.install-v1+json"
    assert full.header("content-type") == "application/json"
    assert set(short.json) == {"name", "modified", "dist-tags", "time", "versions"}
    assert set(short.json["versions"]["1.0.0"]) == {"name", "version", "engines", "dist"}
    assert full.json["versions"]["1.0.0"]["scripts"] == {"test": "x"}
    assert short.json["time"] == full.json["time"]


@pytest.mark.rule("NPM-8", "PM-43", "PM-44")
def test_a_packument_has_the_times_of_the_public_source(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    tool = codeartifact.public_source("public:npmjs").add_package(npm("tool"))
    tool.add_version("1.0.0", published="2024-05-29T15:37:49.123Z")
    tool.add_version("2.0.0", published="2025-05-29T15:37:49Z")
    codeartifact.domain("acme").add_repository("store", external_connection="public:npmjs")
    endpoint = endpoints("npm", repository="store")

    before = endpoint.get("tool").json["time"]
    endpoint.get("tool/-/tool-1.0.0.tgz")

    assert before == {
        "created": "2024-05-29T15:37:49.123Z",
        "modified": "2025-05-29T15:37:49.000Z",
        "1.0.0": "2024-05-29T15:37:49.123Z",
        "2.0.0": "2025-05-29T15:37:49.000Z",
    }
    assert endpoint.get("tool").json["time"] == before


@pytest.mark.rule("NPM-9", "PM-37", "PM-39")
def test_versions_from_upstream_are_merged_in_the_order_of_semver(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(npm("tool"), ["1.10.0", "2.0.0-rc.2", "2.0.0-rc.10", "2.0.0-rc.x"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(npm("tool"), ["1.9.0", "2.0.0"], origin=Origin("ALLOW", "ALLOW"))
    endpoint = endpoints("npm", repository="nearer")

    with codeartifact.unchanged():
        versions = endpoint.get("tool").json["versions"]
    endpoint.get("tool/-/tool-1.10.0.tgz")

    assert list(versions) == ["1.9.0", "1.10.0", "2.0.0-rc.2", "2.0.0-rc.10", "2.0.0-rc.x", "2.0.0"]
    assert versions["1.10.0"]["dist"]["tarball"] == f"{endpoint.url}tool/-/tool-1.10.0.tgz"
    assert set(nearer.packages[npm("tool")].versions) == {"1.9.0", "1.10.0", "2.0.0"}


@pytest.mark.rule("NPM-7", "PM-54")
@pytest.mark.parametrize("file", ["tool-1.0.0.zip", "other-1.0.0.tgz", "tool-2.0.0.tgz", "tool.tgz", "tool-.tgz"])
def test_a_tarball_of_another_name_is_not_found(npm_endpoint: Endpoint, team: Repository, file: str) -> None:
    team.add_package(npm("tool"), ["1.0.0"])

    assert npm_endpoint.get(f"tool/-/{file}").status == 404


@pytest.mark.rule("NPM-22", "PM-35")
@pytest.mark.parametrize(
    ("status", "listed", "served"),
    [("Published", True, 200), ("Unlisted", False, 200), ("Archived", False, 404), ("Disposed", False, 404)],
)
def test_the_status_decides_whether_a_version_is_listed_and_downloaded(
    npm_endpoint: Endpoint, team: Repository, status: str, listed: bool, served: int
) -> None:
    team.add_package(npm("tool"), ["2.0.0"]).add_version("1.0.0", status=status)  # type: ignore[arg-type]  # a str

    assert ("1.0.0" in npm_endpoint.get("tool").json["versions"]) == listed
    assert npm_endpoint.get("tool/-/tool-1.0.0.tgz").status == served


@pytest.mark.rule("PM-38", "NPM-23")
def test_a_missing_package_is_not_found(npm_endpoint: Endpoint) -> None:
    assert npm_endpoint.get("pnpm").status == 404


@pytest.mark.rule("PM-52")
def test_a_seeded_version_is_described_by_its_tarball_or_by_its_seed(npm_endpoint: Endpoint, team: Repository) -> None:
    package = team.add_package(npm(BUTTON), ["1.0.0"])
    package.add_version("2.0.0", assets={"package.tgz": b"no tarball"}, summary="Seeded", readme="# Seeded")

    packument = npm_endpoint.get(BUTTON).json
    versions = packument["versions"]

    assert versions["1.0.0"]["main"] == "index.js"
    assert (versions["2.0.0"]["description"], "main" in versions["2.0.0"]) == ("Seeded", False)
    assert [versions[each]["version"] for each in versions] == ["1.0.0", "2.0.0"]
    assert (packument["description"], packument["readme"]) == ("Seeded", "# Seeded")


# Publication


@pytest.mark.rule("NPM-12", "PM-47", "PM-49")
def test_a_version_cannot_be_published_again_with_another_tarball(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, team: Repository
) -> None:
    publish(npm_endpoint, "tool", "1.0.0")
    events = len(codeartifact.events)

    with codeartifact.unchanged():
        again = publish(npm_endpoint, "tool", "1.0.0", b"tarball", "beta", description="other")
        other = publish(npm_endpoint, "tool", "1.0.0", b"other")

    assert (again.status, other.status, len(codeartifact.events)) == (200, 409, events)
    assert "already exists" in other.json["error"]


@pytest.mark.rule("PM-48")
@pytest.mark.parametrize("status", ["Unlisted", "Archived", "Disposed"])
def test_an_unlisted_archived_or_disposed_version_cannot_be_published_again(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, team: Repository, status: str
) -> None:
    publish(npm_endpoint, "tool", "1.0.0")
    client = codeartifact.client()
    change = client.dispose_package_versions if status == "Disposed" else client.update_package_versions_status
    target = {} if status == "Disposed" else {"targetStatus": status}
    change(**TEAM, format="npm", package="tool", versions=["1.0.0"], **target)

    assert publish(npm_endpoint, "tool", "1.0.0").status == 409


@pytest.mark.rule("PM-45", "PM-46")
def test_origin_controls_decide_what_can_be_published(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(npm("open"), ["1.0.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(npm("open"), origin=Origin("ALLOW", "ALLOW"))
    nearer.add_package(npm("shut"), origin=Origin("BLOCK", "ALLOW"))
    endpoint = endpoints("npm", repository="nearer")

    answers = [
        publish(endpoint, name, version) for name, version in (("open", "1.0.0"), ("open", "2.0.0"), ("shut", "1.0.0"))
    ]

    assert [answer.status for answer in answers] == [409, 200, 403]
    assert answers[2].json["error"] == "This package is configured to block new versions."


@pytest.mark.rule("NPM-13", "QT-1")
def test_a_request_over_two_gigabytes_is_refused_before_it_is_read(npm_endpoint: Endpoint) -> None:
    answered = npm_endpoint("PUT", "tool", headers={"Content-Length": str(2 * 1024**3 + 1)})

    assert answered.status == 413


def changed(**document: Any) -> Any:
    """A publication of tool 1.0.0 with other members at its top."""
    return {**publication("tool", "1.0.0"), **document}


def entry(**manifest: Any) -> Any:
    """A publication of tool 1.0.0 with other members in its version."""
    return publication("tool", "1.0.0", **manifest)


def attachment(**members: Any) -> Any:
    """A publication of tool 1.0.0 with other members in its attachment."""
    body = publication("tool", "1.0.0")
    body["_attachments"]["tool-1.0.0.tgz"].update(members)
    return body


@pytest.mark.rule("NPM-10", "NPM-24")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param([], id="no object"),
        pytest.param(changed(name="other"), id="another name"),
        pytest.param(changed(versions={}), id="no version"),
        pytest.param(changed(versions=[]), id="versions of another type"),
        pytest.param(changed(versions={"1.0.0": None}), id="an entry of another type"),
        pytest.param(changed(versions={"1.0.0": {}, "2.0.0": {}}), id="two versions"),
        pytest.param(changed(_attachments={"x.sigstore": {"data": ""}}), id="no tarball"),
        pytest.param(changed(_attachments={"a.tgz": {"data": ""}, "b.tgz": {"data": ""}}), id="two tarballs"),
        pytest.param(changed(_attachments=["x.tgz"]), id="attachments of another type"),
        pytest.param(changed(**{"dist-tags": ["latest"]}), id="tags of another type"),
        pytest.param(entry(name="other"), id="another name in the entry"),
        pytest.param(entry(version="2.0.0"), id="another version in the entry"),
        pytest.param(entry(dist={"shasum": "00"}), id="another SHA-1"),
        pytest.param(entry(dist={"integrity": "sha512-AAAA"}), id="another integrity"),
        pytest.param(entry(dist={"integrity": "md5-AAAA"}), id="an unknown hash"),
        pytest.param(entry(dist={"integrity": ""}), id="an empty integrity"),
        pytest.param(attachment(data="not Base64!"), id="no Base64"),
        pytest.param(attachment(data=None), id="no data"),
        pytest.param(attachment(length=1), id="another length"),
    ],
)
def test_a_publication_that_contradicts_itself_is_refused(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, body: Any
) -> None:
    with codeartifact.unchanged():
        answered = put(npm_endpoint, "tool", body)

    assert answered.status == 400


@pytest.mark.rule("NPM-10")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"versions": NaN}',
        b"[" * 100_000,
        b'{"name": "\\ud800", "versions": {}}',
        b'{"a":1,"a":2}',
        b'{"versions": 1e999}',
    ],
)
def test_a_body_that_is_not_json_is_refused(npm_endpoint: Endpoint, body: bytes) -> None:
    answered = npm_endpoint("PUT", "tool", body)

    assert (answered.status, answered.json["error"]) == (400, "The body cannot be read: it must be JSON, in UTF-8.")


@pytest.mark.rule("NPM-24", "PM-54")
@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("Tool", "1.0.0"),
        ("t" * 215, "1.0.0"),
        (".tool", "1.0.0"),
        ("_tool", "1.0.0"),
        ("tool~", "1.0.0"),
        ("@acme/.tool", "1.0.0"),
        ("node_modules", "1.0.0"),
        ("tool", "1.0"),
        ("tool", "v1.0.0"),
        ("tool", "1.0.0 "),
        ("a b", "1.0.0"),
    ],
)
def test_names_and_versions_that_npm_does_not_allow_are_refused(
    npm_endpoint: Endpoint, team: Repository, name: str, version: str
) -> None:
    body = publication(name, version)

    assert put(npm_endpoint, name.replace(" ", "%20"), body).status == 400
    assert set(team.packages) == set()


@pytest.mark.rule("NPM-24")
@pytest.mark.parametrize("name", ["@acme/_tool", "tool_.js", "1-tool", "@a.b/node_modules"])
def test_names_that_npm_allows_are_accepted(npm_endpoint: Endpoint, name: str) -> None:
    assert publish(npm_endpoint, name, "1.0.0").status == 200
    assert npm_endpoint.get(f"{name}/-/{name.rpartition('/')[2]}-1.0.0.tgz").status == 200


@pytest.mark.rule("PM-28", "PM-29", "PM-30", "PM-31", "PM-33")
def test_publications_and_tags_are_recorded_by_their_permissions(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint
) -> None:
    publish(npm_endpoint, BUTTON, "1.0.0")
    put(npm_endpoint, f"-/package/{BUTTON}/dist-tags/beta", "1.0.0")
    npm_endpoint.get("@ui/button/-/button-1.0.0.tgz")

    published, tagged, read = codeartifact.calls[-3:]
    about = {"namespace": "ui", "package": "button", "packageVersion": "1.0.0"}
    assert [call.operation for call in (published, tagged, read)] == [
        "PublishPackageVersion",
        "PutPackageMetadata",
        "ReadFromRepository",
    ]
    assert all(about.items() <= call.params.items() and call.via == "npm" for call in (published, tagged, read))
    assert len(codeartifact.calls.of("PublishPackageVersion", package=npm(BUTTON))) == 1
    assert [event["detail"]["operationType"] for event in codeartifact.events] == ["Created"]


# Deprecation


@pytest.mark.rule("NPM-19", "NPM-20")
def test_a_version_can_be_deprecated_and_restored(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, team: Repository
) -> None:
    publish(npm_endpoint, "tool", "1.0.0")
    version = team.packages[npm("tool")].versions["1.0.0"]
    revision = version.revision
    codeartifact.clock.advance(dt.timedelta(hours=1))
    document = {
        "name": "tool",
        "description": "ignored",
        "versions": {"1.0.0": {"deprecated": "use other"}, "9.0.0": {}},
    }

    answered = put(npm_endpoint, "tool", document)
    shown = npm_endpoint.get("tool").json
    deprecated_revision = version.revision
    event = codeartifact.events[-1]["detail"]
    put(npm_endpoint, "tool", {"versions": {"1.0.0": {"deprecated": ""}}})
    back = npm_endpoint.get("tool").json

    assert (answered.status, answered.json) == (200, {"ok": True})
    assert shown["versions"]["1.0.0"]["deprecated"] == "use other"
    assert shown["time"]["modified"] > shown["time"]["1.0.0"]
    assert (revision != deprecated_revision, version.summary) == (True, None)
    assert (event["operationType"], event["changes"]["metadataUpdated"]) == ("Updated", True)
    assert "deprecated" not in back["versions"]["1.0.0"]
    assert version.revision == revision
    assert codeartifact.calls[-1].operation == "ReadFromRepository"
    assert len(codeartifact.calls.of("PutPackageMetadata")) == 2


@pytest.mark.rule("NPM-11", "NPM-19")
def test_a_version_can_be_published_as_deprecated(npm_endpoint: Endpoint) -> None:
    publish(npm_endpoint, "tool", "1.0.0", deprecated="use other")
    shown = npm_endpoint.get("tool").json["versions"]["1.0.0"]
    put(npm_endpoint, "tool", {"versions": {"1.0.0": {}}})
    back = npm_endpoint.get("tool").json["versions"]["1.0.0"]

    assert (shown["deprecated"], "deprecated" in back) == ("use other", False)


@pytest.mark.rule("NPM-19", "NPM-20")
def test_a_deprecation_does_not_change_versions_of_an_upstream(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(npm("tool"), ["1.0.0"])
    codeartifact.domain("acme").add_repository("nearer", upstreams=[team]).add_package(
        npm("tool"), origin=Origin("BLOCK", "ALLOW")
    )
    endpoint = endpoints("npm", repository="nearer")

    with codeartifact.unchanged():
        elsewhere = put(endpoint, "tool", {"versions": {"1.0.0": {"deprecated": "x"}}})
        unknown = put(endpoint, "unknown", {"versions": {}})
        no_text = put(endpoint, "tool", {"versions": {"1.0.0": {"deprecated": 7}}})

    assert [elsewhere.status, unknown.status, no_text.status] == [200, 404, 400]


# Tags


@pytest.mark.rule("NPM-14", "NPM-18")
def test_tags_are_set_and_removed(npm_endpoint: Endpoint, team: Repository) -> None:
    publish(npm_endpoint, "tool", "1.0.0")
    publish(npm_endpoint, "tool", "2.0.0-rc.1", b"rc", "next")

    set_tag = put(npm_endpoint, "-/package/tool/dist-tags/stable", "1.0.0")
    before = tags(npm_endpoint, "tool")
    removed = npm_endpoint("DELETE", "-/package/tool/dist-tags/next")

    assert (set_tag.status, set_tag.json) == (201, {"ok": True})
    assert before == {"latest": "1.0.0", "next": "2.0.0-rc.1", "stable": "1.0.0"}
    assert (removed.status, removed.json) == (200, {"ok": True})
    assert team.packages[npm("tool")].dist_tags == {"latest": "1.0.0", "stable": "1.0.0"}


@pytest.mark.rule("NPM-18")
@pytest.mark.parametrize(
    ("method", "tag", "body", "status"),
    [
        ("PUT", "stable", "9.0.0", 404),
        ("PUT", "stable", "no version", 400),
        ("PUT", "stable", {"version": "1.0.0"}, 400),
        ("PUT", "^1.2", "1.0.0", 400),
        ("PUT", "1.x", "1.0.0", 400),
        ("PUT", "v1", "1.0.0", 400),
        ("PUT", "1 - 2", "1.0.0", 400),
        ("PUT", ">=1 <2 || 3", "1.0.0", 400),
        ("PUT", "a b", "1.0.0", 400),
        ("PUT", "a\N{ZERO WIDTH SPACE}b", "1.0.0", 400),
        ("PUT", "t" * 256, "1.0.0", 400),
        ("DELETE", "stable", None, 404),
        ("DELETE", "latest", None, 400),
    ],
)
def test_impossible_tags_are_refused(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, method: str, tag: str, body: object, status: int
) -> None:
    publish(npm_endpoint, "tool", "1.0.0")
    path = f"-/package/tool/dist-tags/{quote(tag)}"

    with codeartifact.unchanged():
        answered = npm_endpoint(method, path, None if body is None else json.dumps(body).encode())

    assert answered.status == status


@pytest.mark.rule("NPM-14", "NPM-18")
@pytest.mark.parametrize("tag", ["^1.2", "1.x", "", "a b", "a/b", "a\0b", "t" * 256])
def test_a_publication_cannot_set_an_impossible_tag(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, tag: str
) -> None:
    with codeartifact.unchanged():
        answered = publish(npm_endpoint, "tool", "1.0.0", b"tarball", tag)

    assert (answered.status, "cannot be a tag" in answered.json["error"]) == (400, True)


@pytest.mark.rule("NPM-15")
def test_tags_of_unlisted_versions_are_stored_but_not_shown(
    codeartifact: FakeCodeArtifact, npm_endpoint: Endpoint, team: Repository
) -> None:
    publish(npm_endpoint, "tool", "1.0.0", b"old", "old")
    codeartifact.clock.advance(dt.timedelta(hours=1))
    publish(npm_endpoint, "tool", "1.1.0", b"next", "next")
    codeartifact.clock.advance(dt.timedelta(hours=1))
    publish(npm_endpoint, "tool", "2.0.0", b"latest")
    package = team.packages[npm("tool")]
    client = codeartifact.client()
    coordinates = {**TEAM, "format": "npm", "package": "tool"}

    client.update_package_versions_status(**coordinates, versions=["2.0.0"], targetStatus="Unlisted")
    unlisted = tags(npm_endpoint, "tool")
    stored = dict(package.dist_tags)
    client.delete_package_versions(**coordinates, versions=["2.0.0", "1.0.0"])

    assert unlisted == {"latest": "1.1.0", "next": "1.1.0", "old": "1.0.0"}
    assert stored == {"latest": "2.0.0", "next": "1.1.0", "old": "1.0.0"}
    assert tags(npm_endpoint, "tool") == {"latest": "1.1.0", "next": "1.1.0"}


@pytest.mark.rule("NPM-16", "NPM-17")
def test_tags_of_the_deepest_upstream_on_the_first_path_have_precedence(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    acme = codeartifact.domain("acme")

    def repository(name: str, version: str, *upstreams: Repository) -> Repository:
        added = acme.add_repository(name, upstreams=list(upstreams))
        package = added.add_package(npm("tool"), origin=Origin("ALLOW", "ALLOW"))
        package.add_version(version, dist_tags=["latest", f"of-{name}"])
        return added

    deepest = repository("deepest", "1.0.0")
    first = repository("first", "2.0.0", deepest)
    second = repository("second", "3.0.0")
    nearer = repository("nearer", "4.0.0", first, second)
    endpoint = endpoints("npm", repository="nearer")

    merged = tags(endpoint, "tool")
    only_second = tags(endpoints("npm", repository="first"), "tool")["latest"]
    stored = dict(nearer.packages[npm("tool")].dist_tags)

    assert merged == {
        "latest": "1.0.0",
        "of-nearer": "4.0.0",
        "of-first": "2.0.0",
        "of-second": "3.0.0",
        "of-deepest": "1.0.0",
    }
    assert only_second == "1.0.0"
    assert stored == {"latest": "4.0.0", "of-nearer": "4.0.0"}


@pytest.mark.rule("NPM-17", "PM-40", "PM-41")
def test_the_tags_of_a_retained_version_are_retained(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(npm("tool")).add_version("1.0.0", dist_tags=["latest", "stable"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    endpoint = endpoints("npm", repository="nearer")

    endpoint.get("tool/-/tool-1.0.0.tgz")

    assert nearer.packages[npm("tool")].dist_tags == {"latest": "1.0.0", "stable": "1.0.0"}
    codeartifact.client().put_package_origin_configuration(
        domain="acme",
        repository="nearer",
        format="npm",
        package="tool",
        restrictions={"publish": "ALLOW", "upstream": "BLOCK"},
    )
    team.packages[npm("tool")].add_version("2.0.0", dist_tags=["next"])
    assert tags(endpoint, "tool") == {"latest": "1.0.0", "stable": "1.0.0"}


def packed(files: dict[str, bytes]) -> bytes:
    """A tarball."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


@pytest.mark.rule("NPM-21")
@pytest.mark.parametrize(("length", "kept"), [(1024**2, 1024**2), (1024**2 + 1, 1024**2)])
def test_at_most_a_mebibyte_of_a_file_in_a_tarball_is_read(
    npm_endpoint: Endpoint, team: Repository, length: int, kept: int
) -> None:
    publish(npm_endpoint, BUTTON, "1.0.0", packed({"package/README.md": b"a" * length}))

    assert len(team.packages[npm(BUTTON)].versions["1.0.0"].readme or "") == kept


@pytest.mark.rule("PM-53")
def test_publish_reads_no_metadata_from_the_tarball(team: Repository) -> None:
    tarball = packed({"package/package.json": b'{"description": "In the tarball", "homepage": "https://acme.example"}'})

    version = team.publish(npm("tool"), "1.0.0", {"package.tgz": tarball})

    assert (version.summary, version.home_page) == (None, None)


@pytest.mark.rule("PM-52")
def test_the_manifest_is_found_among_other_files_of_the_tarball(npm_endpoint: Endpoint, team: Repository) -> None:
    names = ("package/README.md", "package/docs/package.json", "package/package.json")
    tarball = packed({name: json.dumps({"main": name}).encode() for name in names})
    team.add_package(npm("tool")).add_version("1.0.0", assets={"package.tgz": tarball})

    assert npm_endpoint.get("tool").json["versions"]["1.0.0"]["main"] == "package/package.json"
