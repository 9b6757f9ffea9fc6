"""Python packages: the page of a project, files, and uploads (docs/package-managers.md, section 2)."""

from __future__ import annotations

import pytest

from pytest_codeartifact import FakeCodeArtifact, Origin, Repository, pypi

from ..support.package_managers import Answered, Endpoint, Endpoints, form

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}


def upload(
    endpoint: Endpoint, name: str, version: str, content: bytes = b"sdist", /, **fields: str | list[str]
) -> Answered:
    """Upload a source distribution."""
    file = f"{name.lower().replace('-', '_').replace('.', '_')}-{version}.tar.gz"
    body, content_type = form({":action": "file_upload", "name": name, "version": version, **fields}, file, content)
    return endpoint("POST", "", body, {"Content-Type": content_type})


def files(endpoint: Endpoint, project: str) -> list[str]:
    """The files on the page of a project."""
    answered = endpoint("GET", f"simple/{project}/", headers=JSON)
    return [file["filename"] for file in answered.json["files"]] if answered.status == 200 else []


@pytest.mark.rule("PY-1", "PY-13", "PY-16", "PY-17", "PM-50", "PM-51")
def test_what_was_uploaded_is_seen_by_the_api_and_can_be_had(pypi_endpoint: Endpoint, team: Repository) -> None:
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
def test_the_same_bytes_again_change_nothing_and_others_are_refused(
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
def test_a_package_that_blocks_publishing_refuses_also_what_is_there(pypi_endpoint: Endpoint, team: Repository) -> None:
    team.add_package(pypi("tool"), origin=Origin("BLOCK", "ALLOW")).add_version("1.0", assets={"tool-1.0.tar.gz": b"x"})

    answered = upload(pypi_endpoint, "tool", "1.0", b"x")

    assert (answered.status, answered.text) == (403, "This package is configured to block new versions.")


@pytest.mark.rule("PM-46")
def test_a_version_that_is_upstream_cannot_be_published(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(pypi("tool"), origin=Origin("ALLOW", "ALLOW"))
    endpoint = endpoints("pypi", repository="nearer")

    assert [upload(endpoint, "tool", version).status for version in ("1.0", "2.0")] == [409, 200]


@pytest.mark.rule("PM-48")
@pytest.mark.parametrize(("status", "expected"), [("Unlisted", 200), ("Archived", 409), ("Disposed", 409)])
def test_a_status_decides_whether_a_version_takes_uploads(
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
def test_a_status_decides_what_can_be_seen_and_taken(
    pypi_endpoint: Endpoint, team: Repository, status: str, listed: bool, served: int
) -> None:
    package = team.add_package(pypi("tool"), ["2.0"])
    package.add_version("1.0", status=status)  # type: ignore[arg-type]  # a str of the table

    assert ("tool-1.0.tar.gz" in files(pypi_endpoint, "tool")) == listed
    assert pypi_endpoint.get("simple/tool/1.0/tool-1.0.tar.gz").status == served


@pytest.mark.rule("PM-36", "PM-37", "PM-39", "PM-40", "PM-44", "PY-22")
def test_documents_show_what_lies_upstream_and_files_are_retained(
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
def test_the_moment_that_the_public_source_tells_is_shown_before_and_after_ingestion(
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
def test_what_the_record_blocks_is_not_shown_unless_it_is_there(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(pypi("tool"), ["2.0"], origin=Origin("ALLOW", "BLOCK"))
    endpoint = endpoints("pypi", repository="nearer")

    assert endpoint("GET", "simple/tool/", headers=JSON).json["versions"] == ["2.0"]
    assert endpoint.get("simple/tool/1.0/tool-1.0.tar.gz").status == 404


@pytest.mark.rule("PM-42")
def test_a_dead_reference_hides_documents_and_what_is_elsewhere(
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
def test_names_that_cannot_be_are_not_found_or_refused(pypi_endpoint: Endpoint) -> None:
    assert pypi_endpoint.get("simple/a%20b/").status == 404
    assert upload(pypi_endpoint, "a b", "1.0").status == 400
    assert upload(pypi_endpoint, "tool", "1.0 beta").status == 400


@pytest.mark.rule("PY-15")
@pytest.mark.parametrize("file", ["tool-2.0.tar.gz", "other-1.0.tar.gz", "tool-1.0.exe", "../tool-1.0.tar.gz", "x.whl"])
def test_a_file_of_another_name_is_refused(pypi_endpoint: Endpoint, team: Repository, file: str) -> None:
    body, content_type = form({":action": "file_upload", "name": "tool", "version": "1.0"}, file, b"x")

    answered = pypi_endpoint("POST", "", body, {"Content-Type": content_type})

    assert answered.status == 400
    assert set(team.packages) == set()


@pytest.mark.rule("PY-14")
@pytest.mark.parametrize("field", ["md5_digest", "sha256_digest", "blake2_256_digest"])
def test_a_digest_that_does_not_fit_is_refused(pypi_endpoint: Endpoint, team: Repository, field: str) -> None:
    assert upload(pypi_endpoint, "tool", "1.0", b"x", **{field: "00"}).status == 400
    assert set(team.packages) == set()


def test_a_block_that_must_change_nothing_names_the_request_that_did(
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
