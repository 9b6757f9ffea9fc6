"""Python packages: the page of a project, files, and uploads (docs/package-managers.md, section 2)."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact, Origin, Repository, pypi
from pytest_codeartifact.service.near_misses import near_miss

from ..support.acme import TEAM
from ..support.package_managers import Answered, Endpoint, Endpoints, form, mint

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}


def upload(
    endpoint: Endpoint, name: str, version: str, content: bytes = b"sdist", /, **fields: str | list[str]
) -> Answered:
    """Upload a source distribution."""
    file = f"{name.lower().replace('-', '_').replace('.', '_')}-{version}.tar.gz"
    body, content_type = form({":action": "file_upload", "name": name, "version": version, **fields}, file, content)
    return endpoint("POST", "", body, {"Content-Type": content_type})


def wheel(metadata: bytes, compression: int) -> bytes:
    """A wheel with metadata only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("tool-1.0.dist-info/METADATA", metadata)
    return buffer.getvalue()


def files(endpoint: Endpoint, project: str) -> list[str]:
    """The files on the page of a project."""
    answered = endpoint("GET", f"simple/{project}/", headers=JSON)
    return [file["filename"] for file in answered.json["files"]] if answered.status == 200 else []


@pytest.mark.rule("PY-1", "PY-13", "PY-16", "PY-17", "PM-50", "PM-51")
def test_uploaded_versions_are_visible_to_the_api_and_available(pypi_endpoint: Endpoint, team: Repository) -> None:
    answered = upload(pypi_endpoint, "Team_Tool", "1.0", summary="A tool", requires_dist=["requests (>=2)", "tomli"])

    assert (answered.status, answered.body) == (200, b"")
    version = team.packages[pypi("team-tool")].versions["1.0"]
    assert (version.status, version.summary, version.display_name) == ("Published", "A tool", None)
    assert [(each.package, each.version_requirement) for each in version.dependencies] == [
        ("requests", "(>=2)"),
        ("tomli", ""),
    ]
    assert team.packages[pypi("team-tool")].origin == Origin("ALLOW", "BLOCK")
    assert pypi_endpoint.get("simple/team-tool/1.0/team_tool-1.0.tar.gz").body == b"sdist"


@pytest.mark.rule("PM-47")
def test_uploading_the_same_bytes_again_changes_nothing_and_others_are_refused(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    upload(pypi_endpoint, "tool", "1.0", b"one")
    events = len(codeartifact.events)

    with codeartifact.unchanged():
        again = upload(pypi_endpoint, "tool", "1.0", b"one", requires_python=">=3.9")
        other = upload(pypi_endpoint, "tool", "1.0", b"two")

    assert (again.status, other.status, len(codeartifact.events)) == (200, 409, events)
    assert "already exists with other content" in other.text


@pytest.mark.rule("PM-45")
def test_a_package_that_blocks_publishing_refuses_existing_assets_too(
    pypi_endpoint: Endpoint, team: Repository
) -> None:
    team.add_package(pypi("tool"), origin=Origin("BLOCK", "ALLOW")).add_version("1.0", assets={"tool-1.0.tar.gz": b"x"})

    answered = upload(pypi_endpoint, "tool", "1.0", b"x")

    assert (answered.status, answered.text) == (403, "This package is configured to block new versions.")


@pytest.mark.rule("PM-46")
def test_a_version_that_an_upstream_has_cannot_be_published(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(pypi("tool"), origin=Origin("ALLOW", "ALLOW"))
    endpoint = endpoints("pypi", repository="nearer")

    assert [upload(endpoint, "tool", version).status for version in ("1.0", "2.0")] == [409, 200]


@pytest.mark.rule("PM-48")
@pytest.mark.parametrize(("status", "expected"), [("Unlisted", 200), ("Archived", 409), ("Disposed", 409)])
def test_the_status_decides_whether_a_version_accepts_uploads(
    pypi_endpoint: Endpoint, team: Repository, status: str, expected: int
) -> None:
    assets = {} if status == "Disposed" else {"tool-1.0-py3-none-any.whl": b"wheel"}
    team.add_package(pypi("tool")).add_version("1.0", status=status, assets=assets)  # type: ignore[arg-type]  # a str

    assert upload(pypi_endpoint, "tool", "1.0").status == expected


@pytest.mark.rule("PM-49", "PY-20", "PM-33")
def test_a_file_can_be_added_to_a_published_version(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    package = team.add_package(pypi("tool"))
    version = package.add_version("1.0", assets={"tool-1.0-py3-none-any.whl": b"wheel"})
    revision = version.revision

    upload(pypi_endpoint, "tool", "1.0")

    assert files(pypi_endpoint, "tool") == ["tool-1.0-py3-none-any.whl", "tool-1.0.tar.gz"]
    assert version.revision != revision
    assert [event["detail"]["operationType"] for event in codeartifact.events] == ["Updated"]


@pytest.mark.rule("PM-35")
@pytest.mark.parametrize(
    ("status", "listed", "served"),
    [("Published", True, 200), ("Unlisted", False, 200), ("Archived", False, 404), ("Disposed", False, 404)],
)
def test_the_status_decides_whether_a_version_is_listed_and_downloaded(
    pypi_endpoint: Endpoint, team: Repository, status: str, listed: bool, served: int
) -> None:
    package = team.add_package(pypi("tool"), ["2.0"])
    package.add_version("1.0", status=status)  # type: ignore[arg-type]  # a str of the table

    assert ("tool-1.0.tar.gz" in files(pypi_endpoint, "tool")) == listed
    assert pypi_endpoint.get("simple/tool/1.0/tool-1.0.tar.gz").status == served


@pytest.mark.rule("PM-36", "PM-37", "PM-39", "PM-40", "PM-44", "PY-22")
def test_pages_list_versions_of_upstreams_and_downloads_retain_them(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    codeartifact.public_source("public:pypi").add_package(pypi("tool"), ["1.0", "2.0", "3.0"])
    acme = codeartifact.domain("acme")
    store = acme.add_repository("store", external_connection="public:pypi")
    store.add_package(pypi("tool"), origin=Origin("ALLOW", "ALLOW")).add_version("3.0", status="Archived")
    nearer = acme.add_repository("nearer", upstreams=[acme.add_repository("between", upstreams=[store])])
    endpoint = endpoints("pypi", repository="nearer")

    with codeartifact.unchanged():
        page = endpoint("GET", "simple/tool/", headers=JSON).json
    got = endpoint.get("simple/tool/1.0/tool-1.0.tar.gz")

    assert page["versions"] == ["1.0", "2.0"]
    assert got.status == 200
    assert set(nearer.packages[pypi("tool")].versions) == {"1.0"}
    assert set(store.packages[pypi("tool")].versions) == {"1.0", "3.0"}
    assert set(acme.repository("between").packages) == set()
    assert len(nearer.packages[pypi("tool")].versions["1.0"].assets) == 2


@pytest.mark.rule("PM-43", "PY-7")
def test_a_page_has_the_times_of_the_public_source(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    tool = codeartifact.public_source("public:pypi").add_package(pypi("tool"))
    tool.add_version("1.0", published="2024-05-29T15:37:49.123456Z")
    codeartifact.domain("acme").add_repository("store", external_connection="public:pypi")
    endpoint = endpoints("pypi", repository="store")

    before = endpoint("GET", "simple/tool/", headers=JSON).json
    endpoint.get("simple/tool/1.0/tool-1.0.tar.gz")
    after = endpoint("GET", "simple/tool/", headers=JSON).json

    assert {file["upload-time"] for file in before["files"]} == {"2024-05-29T15:37:49.123000Z"}
    assert after == before


@pytest.mark.rule("PM-38")
def test_a_package_without_listed_versions_has_no_page(pypi_endpoint: Endpoint, team: Repository) -> None:
    team.add_package(pypi("tool"))

    assert pypi_endpoint.get("simple/tool/").status == 404


@pytest.mark.rule("PM-41")
def test_versions_of_a_blocked_upstream_are_neither_listed_nor_served(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(pypi("tool"), ["2.0"], origin=Origin("ALLOW", "BLOCK"))
    endpoint = endpoints("pypi", repository="nearer")

    assert endpoint("GET", "simple/tool/", headers=JSON).json["versions"] == ["2.0"]
    assert endpoint.get("simple/tool/1.0/tool-1.0.tar.gz").status == 404


@pytest.mark.rule("PM-42")
def test_pages_and_missing_files_are_not_found_while_an_upstream_does_not_exist(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    acme = codeartifact.domain("acme")
    nearer = acme.add_repository("nearer", upstreams=[acme.add_repository("gone")])
    nearer.add_package(pypi("open"), ["1.0"], origin=Origin("ALLOW", "ALLOW"))
    nearer.add_package(pypi("shut"), ["1.0"], origin=Origin("ALLOW", "BLOCK"))
    codeartifact.client().delete_repository(domain="acme", repository="gone")
    endpoint = endpoints("pypi", repository="nearer")

    paths = ("open/1.0/open-1.0.tar.gz", "open/", "open/2.0/open-2.0.tar.gz", "shut/", "shut/2.0/shut-2.0.tar.gz")
    answers = [endpoint.get(f"simple/{path}") for path in paths]

    assert [answer.status for answer in answers] == [200, 404, 404, 200, 404]
    assert [b"no longer exists" in answer.body for answer in answers] == [False, True, True, False, True]


@pytest.mark.rule("PM-54")
def test_invalid_names_and_versions_are_not_found_or_refused(pypi_endpoint: Endpoint) -> None:
    assert pypi_endpoint.get("simple/a%20b/").status == 404
    assert upload(pypi_endpoint, "a b", "1.0").status == 400
    assert upload(pypi_endpoint, "tool", "1.0 beta").status == 400


@pytest.mark.rule("PY-15")
@pytest.mark.parametrize("file", ["tool-2.0.tar.gz", "other-1.0.tar.gz", "tool-1.0.exe", "../tool-1.0.tar.gz", "x.whl"])
def test_a_file_name_that_does_not_match_its_version_is_refused(
    pypi_endpoint: Endpoint, team: Repository, file: str
) -> None:
    body, content_type = form({":action": "file_upload", "name": "tool", "version": "1.0"}, file, b"x")

    answered = pypi_endpoint("POST", "", body, {"Content-Type": content_type})

    assert answered.status == 400
    assert set(team.packages) == set()


@pytest.mark.rule("PY-15", "PM-54")
@pytest.mark.parametrize("name", ["tool!", "é", "-tool", "tool-", "to:ol"])
def test_an_invalid_name_of_a_python_package_is_refused(pypi_endpoint: Endpoint, team: Repository, name: str) -> None:
    assert upload(pypi_endpoint, name, "1.0").status == 400
    assert set(team.packages) == set()


@pytest.mark.rule("PY-13")
def test_a_form_with_two_files_is_refused(pypi_endpoint: Endpoint, team: Repository) -> None:
    fields = {":action": "file_upload", "name": "tool", "version": "1.0"}
    first, content_type = form(fields, "tool-1.0.tar.gz", b"one")
    second, _ = form({}, "tool-1.0.zip", b"two")
    both = first.removesuffix(b"--limit-of-a-part--\r\n") + second

    answered = pypi_endpoint("POST", "", both, {"Content-Type": content_type})

    assert (answered.status, answered.text) == (400, "The form has more than one file 'content'.")
    assert set(team.packages) == set()


@pytest.mark.rule("PY-14")
@pytest.mark.parametrize("field", ["md5_digest", "sha256_digest", "blake2_256_digest"])
def test_a_digest_that_does_not_match_is_refused(pypi_endpoint: Endpoint, team: Repository, field: str) -> None:
    assert upload(pypi_endpoint, "tool", "1.0", b"x", **{field: "00"}).status == 400
    assert set(team.packages) == set()


def test_an_unexpected_change_by_an_upload_is_reported_with_its_request(
    pypi_endpoint: Endpoint, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    def requests() -> None:
        files(pypi_endpoint, "tool")
        upload(pypi_endpoint, "tool", "1.0")

    number = len(codeartifact.calls) + 2
    with pytest.raises(AssertionError) as caught, codeartifact.unchanged():
        requests()

    heading, change = str(caught.value).splitlines()
    assert heading == "1 change where none was expected: + package acme/team/pypi('tool')"
    assert change == f"  + package acme/team/pypi('tool') (1 version)  by call {number}"


def test_a_hint_for_a_package_manager_suggests_a_similar_package(
    pypi_endpoint: Endpoint, codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(pypi("requests"))
    files(pypi_endpoint, "reqests")

    service, call = codeartifact._service, codeartifact.calls[-1]
    hint = near_miss(service.state, service.journal, call)

    assert hint == "Repository 'team' has no pypi('reqests'). Did you mean pypi('requests')?"


@pytest.mark.rule("PY-18")
def test_an_upload_to_the_endpoint_without_its_slash_is_redirected(pypi_endpoint: Endpoint) -> None:
    answered = pypi_endpoint("POST", pypi_endpoint.path.rstrip("/"), b"")

    assert (answered.status, answered.header("location")) == (307, pypi_endpoint.url)


@pytest.mark.rule("PY-1")
@pytest.mark.parametrize("path", ["simple/", "tool/json", "simple/tool/1.0/tool-1.0.tar.gz.metadata", "", "tool/"])
def test_other_paths_are_not_found_or_not_allowed(pypi_endpoint: Endpoint, team: Repository, path: str) -> None:
    team.add_package(pypi("tool"), ["1.0"])

    assert pypi_endpoint.get(path).status == (404 if path else 405)


ACCEPTED = {
    "application/vnd.pypi.simple.v1+json": "application/vnd.pypi.simple.v1+json",
    "application/vnd.pypi.simple.v1+html": "application/vnd.pypi.simple.v1+html",
    "application/vnd.pypi.simple.latest+json": "application/vnd.pypi.simple.v1+json",
    "application/vnd.pypi.simple.latest+html": "application/vnd.pypi.simple.v1+html",
    "text/html": "text/html; charset=utf-8",
    "*/*": "text/html; charset=utf-8",
    "text/html, application/vnd.pypi.simple.v1+json": "application/vnd.pypi.simple.v1+json",
    "text/html;q=0.9, application/vnd.pypi.simple.v1+json; q=0.1": "text/html; charset=utf-8",
    "application/vnd.pypi.simple.v1+json;q=0, text/html;q=0.01": "text/html; charset=utf-8",
    "TEXT/HTML": "text/html; charset=utf-8",
    "image/png, */*;q=0.1": "text/html; charset=utf-8",
}
"""The media type of a page for each `Accept` header."""


@pytest.mark.rule("PY-2", "PY-3")
@pytest.mark.parametrize(("accept", "expected"), ACCEPTED.items())
def test_the_page_has_the_preferred_media_type(
    pypi_endpoint: Endpoint, team: Repository, accept: str, expected: str
) -> None:
    team.add_package(pypi("tool"), ["1.0"])

    answered = pypi_endpoint("GET", "simple/tool/", headers={"Accept": accept})

    assert (answered.status, answered.header("content-type")) == (200, expected)


@pytest.mark.rule("PY-2")
@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "application/json", "text/html;q=x", ","])
def test_a_request_for_an_unavailable_media_type_is_refused(
    pypi_endpoint: Endpoint, team: Repository, accept: str
) -> None:
    team.add_package(pypi("tool"), ["1.0"])

    assert pypi_endpoint("GET", "simple/tool/", headers={"Accept": accept}).status == 406


@pytest.mark.rule("PY-5", "PY-6", "PY-10", "PY-11")
def test_the_page_in_html_lists_each_file_with_its_attributes(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc))
    endpoint = pypi_endpoint.with_token(mint(codeartifact))
    upload(endpoint, "Team.Tool", "1.0+local.1", b"x", requires_python=">=3.9,<4")

    page, other, bare = (endpoint.get(f"simple/{path}") for path in ("team-tool/", "TEAM_tool/", "team-tool"))

    sha256 = hashlib.sha256(b"x").hexdigest()
    assert page.text == (
        "<!DOCTYPE html>\n<html>\n<head>\n<title>Links for team-tool</title>\n</head>\n<body>\n"
        "<h1>Links for team-tool</h1>\n"
        f'<a href="1.0%2Blocal.1/team_tool-1.0%2Blocal.1.tar.gz#sha256={sha256}" '
        'data-requires-python="&gt;=3.9,&lt;4" data-gpg-sig="false" data-upload-time="2026-01-31T12:00:00.000000Z">'
        "team_tool-1.0+local.1.tar.gz</a><br/>\n</body>\n</html>\n"
    )
    assert other.body == bare.body == page.body
    assert endpoint.get("simple/team-tool/1.0%2Blocal.1/team_tool-1.0%2Blocal.1.tar.gz").body == b"x"


@pytest.mark.rule("PY-4", "PY-7", "PY-9")
def test_the_page_in_json_lists_each_file_with_its_attributes(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc))
    endpoint = pypi_endpoint.with_token(mint(codeartifact))
    upload(endpoint, "tool", "1.0", b"x", requires_python=">=3.9")
    codeartifact.clock.advance(dt.timedelta(seconds=1, milliseconds=5))
    body, content_type = form({":action": "file_upload", "name": "tool", "version": "1.0"}, "tool-1.0.zip", b"y")
    endpoint("POST", "", body, {"Content-Type": content_type})

    page = endpoint("GET", "simple/tool/", headers=JSON).json

    first, second = page.pop("files")
    assert page == {"meta": {"api-version": "1.1"}, "name": "tool", "versions": ["1.0"]}
    assert first == {
        "filename": "tool-1.0.tar.gz",
        "url": "1.0/tool-1.0.tar.gz",
        "hashes": {
            "sha256": hashlib.sha256(b"x").hexdigest(),
            "md5": hashlib.md5(b"x").hexdigest(),
        },
        "requires-python": ">=3.9",
        "size": 1,
        "upload-time": "2026-01-31T12:00:00.000000Z",
        "yanked": False,
    }
    assert "requires-python" not in second
    assert second["upload-time"] == "2026-01-31T12:00:01.005000Z"


@pytest.mark.rule("PY-8")
def test_versions_are_in_the_order_of_pep_440(pypi_endpoint: Endpoint, team: Repository) -> None:
    names = ["1.10", "1.9", "1.9rc1", "1.9.post1", "zebra", "apple", "2!0.1"]
    team.add_package(pypi("tool"), names)
    team.packages[pypi("tool")].add_version("3.0", assets={})

    page = pypi_endpoint("GET", "simple/tool/", headers=JSON).json

    assert page["versions"] == ["1.9rc1", "1.9", "1.9.post1", "1.10", "3.0", "2!0.1", "apple", "zebra"]
    assert [file["url"].split("/")[0] for file in page["files"][:4:2]] == ["1.9rc1", "1.9"]


@pytest.mark.rule("PY-12")
@pytest.mark.parametrize("path", ["2.0/tool-1.0.tar.gz", "1.0/tool-2.0.tar.gz", "1.0/other.tar.gz"])
def test_a_file_is_served_under_its_own_version_only(pypi_endpoint: Endpoint, team: Repository, path: str) -> None:
    team.add_package(pypi("tool"), ["1.0", "2.0"])

    assert pypi_endpoint.get(f"simple/tool/{path}").status == 404


@pytest.mark.rule("PY-13")
@pytest.mark.parametrize("missing", [":action", "name", "version", "content"])
def test_the_error_for_a_missing_field_names_it(pypi_endpoint: Endpoint, team: Repository, missing: str) -> None:
    fields: dict[str, str | list[str]] = {":action": "file_upload", "name": "tool", "version": "1.0"}
    fields.pop(missing, None)
    body, content_type = form(fields, None if missing == "content" else "tool-1.0.tar.gz", b"x")

    answered = pypi_endpoint("POST", "", body, {"Content-Type": content_type})

    assert answered.status == 400
    assert f"'{missing}'" in answered.text
    assert set(team.packages) == set()


@pytest.mark.rule("PY-13")
@pytest.mark.parametrize(("version", "expected"), [("1", 200), ("2", 400)])
def test_another_version_of_the_protocol_is_refused(pypi_endpoint: Endpoint, version: str, expected: int) -> None:
    assert upload(pypi_endpoint, "tool", "1.0", b"x", protocol_version=version, anything="else").status == expected


@pytest.mark.rule("PY-17", "PY-19")
def test_the_fields_of_a_form_are_stored_with_the_version(
    client: Any, pypi_endpoint: Endpoint, team: Repository
) -> None:
    upload(
        pypi_endpoint,
        "tool",
        "1.0",
        b"x",
        license="MIT",
        description="# Tool",
        project_urls=["Docs, https://no.example", "Homepage, https://tool.example", "Source, https://git.example"],
        requires_dist=["Foo_Bar[extra]>=2; python_version > '3'", "not a requirement !"],
        gpg_signature="dropped",
    )

    version = team.packages[pypi("tool")].versions["1.0"]
    assert (version.home_page, version.source_code_repository) == ("https://tool.example", "https://git.example")
    assert (version.readme, [license.name for license in version.licenses]) == ("# Tool", ["MIT"])
    listed = client.list_package_version_dependencies(**TEAM, format="pypi", package="tool", packageVersion="1.0")
    assert [tuple(each.values()) for each in listed["dependencies"]] == [
        ("foo-bar", "Requires-Dist", "[extra]>=2; python_version > '3'"),
        ("not a requirement !", "Requires-Dist", ""),
    ]


@pytest.mark.rule("PY-21", "U-13")
def test_a_new_file_upstream_is_listed_and_its_download_retains_all_missing_files(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    source = codeartifact.public_source("public:pypi").add_package(pypi("tool"))
    source.add_version("1.0", assets={"tool-1.0.tar.gz": b"sdist"})
    store = codeartifact.domain("acme").add_repository("store", external_connection="public:pypi")
    endpoint = endpoints("pypi", repository="store")
    endpoint.get("simple/tool/1.0/tool-1.0.tar.gz")
    wheels = {f"tool-1.0-py3-none-{platform}.whl": b"wheel" for platform in ("any", "win32")}
    source.add_version("1.0", assets=wheels)

    with codeartifact.unchanged():
        listed = files(endpoint, "tool")
    endpoint.get("simple/tool/1.0/tool-1.0-py3-none-any.whl")

    assert listed == [*sorted(wheels), "tool-1.0.tar.gz"]
    assert set(store.packages[pypi("tool")].versions["1.0"].assets) == {*wheels, "tool-1.0.tar.gz"}


@pytest.mark.rule("PM-52")
def test_files_that_cannot_be_read_are_listed(pypi_endpoint: Endpoint, team: Repository) -> None:
    strange = wheel(b"", zipfile.ZIP_STORED).replace(b"dist-info", b"dist-inf\xff")
    broken = {
        "tool-1.0-py3-none-any.whl": b"PK\x03\x04",
        "tool-1.0.tar.gz": b"\x1f\x8b",
        "tool-1.0.zip": b"",
        "tool-1.0-1-py3-none-any.whl": strange.replace(b"\x14\0\0\0", b"\x14\0\0\x08"),
        "tool-1.0-2-py3-none-any.whl": wheel(b"Requires-Python: >=3\n" * 9, zipfile.ZIP_LZMA).replace(b"]", b"\xff"),
    }
    team.add_package(pypi("tool")).add_version("1.0", assets=broken)

    assert files(pypi_endpoint, "tool") == sorted(broken)


@pytest.mark.rule("PM-52", "PY-6")
@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        (b"Requires-Python: >=3\xe9\n", ">=3\N{REPLACEMENT CHARACTER}"),
        ("Requires-Python: é\n".encode(), "é"),
        (b"Requires-Python: >=3,\n  <4\n", ">=3, <4"),
    ],
)
def test_the_required_python_is_read_from_metadata_in_any_encoding(
    pypi_endpoint: Endpoint, team: Repository, metadata: bytes, told: str
) -> None:
    content = wheel(metadata, zipfile.ZIP_DEFLATED)
    team.add_package(pypi("tool")).add_version("1.0", assets={"tool-1.0-py3-none-any.whl": content})

    page = pypi_endpoint.get("simple/tool/")
    (file,) = pypi_endpoint("GET", "simple/tool/", headers=JSON).json["files"]

    assert file["requires-python"] == told
    assert f'data-requires-python="{html.escape(told)}"' in page.text


@pytest.mark.rule("PM-55", "S-3", "C-4", "C-9")
def test_stored_metadata_is_copied_and_dumped_and_part_of_the_revision(
    codeartifact: FakeCodeArtifact, client: Any, endpoints: Endpoints, team: Repository, tmp_path: Path
) -> None:
    pypi_endpoint = endpoints("pypi")
    upload(pypi_endpoint, "tool", "1.0", b"x", requires_python=">=3.9")
    codeartifact.domain("acme").add_repository("copies")
    to = {"domain": "acme", "sourceRepository": "team", "destinationRepository": "copies", "format": "pypi"}
    client.copy_package_versions(**to, package="tool", versions=["1.0"])
    codeartifact.dump(tmp_path / "seed.toml")
    loaded = FakeCodeArtifact()
    loaded.load(tmp_path / "seed.toml")

    def required(endpoint: Endpoint) -> list[str]:
        return [file["requires-python"] for file in endpoint("GET", "simple/tool/", headers=JSON).json["files"]]

    with loaded, loaded.serve() as server:
        assert required(Endpoint(server, "pypi", token=mint(loaded))) == [">=3.9"]
    assert required(endpoints("pypi", repository="copies")) == [">=3.9"]
    other = FakeCodeArtifact().add_domain("acme").add_repository("team").add_package(pypi("tool"))
    assert (
        other.add_version("1.0", assets={"tool-1.0.tar.gz": b"x"}).revision
        != team.packages[pypi("tool")].versions["1.0"].revision
    )


@pytest.mark.rule("PY-16")
def test_the_display_name_has_the_spelling_of_the_form(client: Any, pypi_endpoint: Endpoint, team: Repository) -> None:
    upload(pypi_endpoint, "Team_Tool", "1.0")

    described = client.describe_package_version(**TEAM, format="pypi", package="team-tool", packageVersion="1.0")

    assert described["packageVersion"]["displayName"] == "Team_Tool"


@pytest.mark.rule("PM-33", "EV-2")
def test_a_download_emits_an_event_for_each_repository_that_retains_the_version(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    codeartifact.public_source("public:pypi").add_package(pypi("tool"), ["1.0"])
    acme = codeartifact.domain("acme")
    acme.add_repository("store", external_connection="public:pypi")
    acme.add_repository("nearer", upstreams=[acme.add_repository("between", upstreams=["store"])])
    endpoint = endpoints("pypi", repository="nearer")

    for _ in range(2):
        endpoint.get("simple/tool/")
        endpoint.get("simple/tool/1.0/tool-1.0.tar.gz")

    details = [event["detail"] for event in codeartifact.events]
    assert [(each["repositoryName"], each["operationType"]) for each in details] == [
        ("store", "Created"),
        ("nearer", "Created"),
    ]


METADATA = b"Metadata-Version: 2.1\nName: tool\nVersion: 1.0\nRequires-Python: >=3.9\n"


def source_distribution() -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        member = tarfile.TarInfo("tool-1.0/PKG-INFO")
        member.size = len(METADATA)
        archive.addfile(member, io.BytesIO(METADATA))
    return written.getvalue()


@pytest.mark.rule("PM-52")
@pytest.mark.parametrize(
    ("name", "content", "required"),
    [
        ("tool-1.0-py3-none-any.whl", wheel(METADATA, zipfile.ZIP_DEFLATED), ">=3.9"),
        ("tool-1.0.tar.gz", source_distribution(), ">=3.9"),
        ("tool-1.0.tar.gz", b"no archive", None),
    ],
    ids=["wheel", "source distribution", "no archive"],
)
def test_the_required_python_of_a_seeded_file_is_read_from_its_metadata(
    pypi_endpoint: Endpoint, team: Repository, name: str, content: bytes, required: str | None
) -> None:
    team.add_package(pypi("tool")).add_version("1.0", assets={name: content})

    (file,) = pypi_endpoint("GET", "simple/tool/", headers=JSON).json["files"]

    assert file.get("requires-python") == required
