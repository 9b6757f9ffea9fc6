"""Maven: layout, deployment, checksums, metadata and snapshots (docs/package-managers.md, section 4)."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from xml.etree import ElementTree

import pytest

from pytest_codeartifact import ExternalConnection, FakeCodeArtifact, Origin, Repository, maven

from ..support.acme import TEAM
from ..support.package_managers import Answered, Endpoint, Endpoints

TOOL = maven("com.acme", "tool")
AT = "com/acme/tool"
STAMP = "20240131.235959"
CONNECTIONS: tuple[ExternalConnection, ...] = (
    "public:maven-central",
    "public:maven-googleandroid",
    "public:maven-gradleplugins",
    "public:maven-commonsware",
    "public:maven-clojars",
)
POM = b"""<project xmlns="http://maven.apache.org/POM/4.0.0"><name>The tool</name><description>Does it</description>
<url>https://acme.example</url><scm><url>https://git.acme.example</url></scm>
<licenses><license><name>MIT</name><url>https://mit.example</url></license></licenses>
<parent><groupId>com.acme</groupId><artifactId>parent</artifactId><version>7</version></parent>
<dependencies><dependency><groupId>org.other</groupId><artifactId>lib</artifactId><version>${lib}</version></dependency>
<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4</version><scope>test</scope></dependency>
<dependency><groupId>o</groupId><artifactId>p</artifactId><version>1</version><optional>true</optional></dependency>
</dependencies></project>"""


@pytest.fixture
def repository(endpoints: Endpoints) -> Endpoint:
    """The endpoint of `team` for Maven."""
    return endpoints("maven")


def put(repository: Endpoint, path: str, body: bytes = b"content") -> Answered:
    """Upload a file."""
    return repository("PUT", path, body)


def metadata(*versions: str, artifact: str = "tool", group: str = "com.acme") -> bytes:
    """The metadata that a client uploads after the files."""
    listed = "".join(f"<version>{version}</version>" for version in versions)
    named = f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
    return f"<metadata>{named}<versioning><versions>{listed}</versions></versioning></metadata>".encode()


def snapshot_metadata(number: int, *files: tuple[str | None, str], stamp: str = STAMP) -> bytes:
    """The metadata that a client uploads after the files of a build."""
    named = "<groupId>com.acme</groupId><artifactId>tool</artifactId><version>1.0-SNAPSHOT</version>"
    snapshot = f"<snapshot><timestamp>{stamp}</timestamp><buildNumber>{number}</buildNumber></snapshot>"
    listed = "".join(
        f"<snapshotVersion>{f'<classifier>{kind}</classifier>' if kind else ''}<extension>{ending}</extension>"
        f"<value>1.0-{stamp}-{number}</value></snapshotVersion>"
        for kind, ending in files
    )
    versioning = f"<versioning>{snapshot}<snapshotVersions>{listed}</snapshotVersions></versioning>"
    return f"<metadata>{named}{versioning}</metadata>".encode()


def deploy(repository: Endpoint, version: str = "1.0", jar: bytes = b"jar") -> list[int]:
    """Deploy a release, request by request."""
    requests = {
        f"{AT}/{version}/tool-{version}.jar": jar,
        f"{AT}/{version}/tool-{version}.jar.sha1": hashlib.sha1(jar).hexdigest().encode(),
        f"{AT}/{version}/tool-{version}.pom": POM,
        f"{AT}/{version}/tool-{version}.pom.md5": hashlib.md5(POM).hexdigest().encode(),
        f"{AT}/maven-metadata.xml": metadata(version),
        f"{AT}/maven-metadata.xml.sha1": hashlib.sha1(metadata(version)).hexdigest().encode(),
    }
    return [put(repository, path, body).status for path, body in requests.items()]


def deploy_build(repository: Endpoint, number: int, jar: bytes = b"jar", stamp: str = STAMP) -> list[int]:
    """Deploy a build of the snapshot 1.0."""
    folder = f"{AT}/1.0-SNAPSHOT"
    document = snapshot_metadata(number, (None, "jar"), ("sources", "jar"), stamp=stamp)
    requests = {
        f"{folder}/tool-1.0-{stamp}-{number}.jar": jar,
        f"{folder}/tool-1.0-{stamp}-{number}-sources.jar": b"sources",
        f"{folder}/maven-metadata.xml": document,
        f"{folder}/maven-metadata.xml.sha1": hashlib.sha1(document).hexdigest().encode(),
        f"{AT}/maven-metadata.xml": metadata("1.0-SNAPSHOT"),
        f"{AT}/maven-metadata.xml.sha1": hashlib.sha1(metadata("1.0-SNAPSHOT")).hexdigest().encode(),
        f"{folder}/maven-metadata.xml.md5": hashlib.md5(document).hexdigest().encode(),
    }
    return [put(repository, path, body).status for path, body in requests.items()]


def document(repository: Endpoint, path: str) -> Any:
    """The metadata that is served."""
    answered = repository.get(path)
    assert (answered.status, answered.header("content-type")) == (200, "application/xml")
    return ElementTree.fromstring(answered.body)


def listed(repository: Endpoint) -> list[str]:
    """The versions that the metadata of the artifact lists."""
    return [each.text for each in document(repository, f"{AT}/maven-metadata.xml").iter("version")]


# Deployment


@pytest.mark.rule("MV-1", "MV-5", "MV-6", "MV-7", "MV-13", "MV-14", "PM-50", "PM-51")
def test_deployed_versions_are_visible_to_the_api_and_available(repository: Endpoint, team: Repository) -> None:
    put(repository, f"{AT}/1.0/tool-1.0.jar", b"jar")
    version = team.packages[TOOL].versions["1.0"]
    before = (
        version.status,
        repository.get(f"{AT}/1.0/tool-1.0.jar").status,
        repository.get(f"{AT}/maven-metadata.xml").status,
    )

    statuses = deploy(repository)

    assert before == ("Unfinished", 404, 404)
    assert statuses == [200] * 6
    assert (version.status, version.display_name, version.summary) == ("Published", "The tool", "Does it")
    assert (version.home_page, version.source_code_repository) == ("https://acme.example", "https://git.acme.example")
    assert [(license.name, license.url) for license in version.licenses] == [("MIT", "https://mit.example")]
    assert [
        (each.namespace, each.package, each.version_requirement, each.dependency_type) for each in version.dependencies
    ] == [
        ("org.other", "lib", "${lib}", "compile"),
        ("junit", "junit", "4", "test"),
        ("o", "p", "1", "optional"),
        ("com.acme", "parent", "7", "parent"),
    ]
    assert set(version.assets) == {"tool-1.0.jar", "tool-1.0.pom", "maven-metadata.xml"}
    assert team.packages[TOOL].origin == Origin("ALLOW", "BLOCK")
    assert repository.get(f"{AT}/1.0/tool-1.0.jar").body == b"jar"
    assert listed(repository) == ["1.0"]


@pytest.mark.rule("MV-7")
def test_metadata_finishes_the_unfinished_versions_that_it_lists(repository: Endpoint, team: Repository) -> None:
    deploy(repository, "1.0")
    put(repository, f"{AT}/2.0/tool-2.0.jar")
    put(repository, f"{AT}/3.0/tool-3.0.jar")

    answered = put(repository, f"{AT}/maven-metadata.xml", metadata("0.9", "1.0", "2.0"))

    assert answered.status == 200
    statuses = {name: version.status for name, version in team.packages[TOOL].versions.items()}
    assert statuses == {"1.0": "Published", "2.0": "Published", "3.0": "Unfinished"}


@pytest.mark.rule("MV-7")
def test_an_unfinished_version_can_be_published_by_the_api(
    codeartifact: FakeCodeArtifact, repository: Endpoint
) -> None:
    put(repository, f"{AT}/1.0/tool-1.0.jar")

    codeartifact.client().update_package_versions_status(
        **TEAM, format="maven", namespace="com.acme", package="tool", versions=["1.0"], targetStatus="Published"
    )

    assert listed(repository) == ["1.0"]


@pytest.mark.rule("MV-2", "MV-1", "PM-54")
@pytest.mark.parametrize(
    "path",
    [
        f"{AT}/1.0/other-1.0.jar",
        f"{AT}/1.0/tool-2.0.jar",
        f"{AT}/1.0/tool-1.0",
        f"{AT}/1.0/tool-1.01.jar",
        "tool/1.0/tool-1.0.jar",
        "tool.jar",
        f"{AT}/1.0/",
        "archetype-catalog.xml",
        "maven-metadata.xml",
        "maven-metadata.xml.sha1",
        "tool/maven-metadata.xml.md5",
        f"{AT}/1.0-{STAMP}-1/tool-1.0-{STAMP}-1.jar",
        "com/a%20b/tool/1.0/tool-1.0.jar",
    ],
)
def test_a_path_that_does_not_name_a_file_is_refused(
    codeartifact: FakeCodeArtifact, repository: Endpoint, team: Repository, path: str
) -> None:
    with codeartifact.unchanged():
        statuses = [put(repository, path).status, repository.get(path).status]

    assert statuses == [400, 404]


@pytest.mark.rule("MV-1", "PM-24")
def test_a_delete_request_is_not_allowed(repository: Endpoint) -> None:
    deploy(repository)

    answered = repository("DELETE", f"{AT}/1.0/tool-1.0.jar")

    assert (answered.status, answered.header("allow")) == (405, "GET, HEAD, PUT")


@pytest.mark.rule("MV-3")
def test_the_metadata_of_a_group_of_plugins_is_accepted_and_not_stored(
    codeartifact: FakeCodeArtifact, repository: Endpoint
) -> None:
    document = b"<metadata><plugins><plugin><prefix>x</prefix></plugin></plugins></metadata>"

    with codeartifact.unchanged():
        answers = [
            put(repository, "com/acme/maven-metadata.xml", document),
            put(repository, "acme/maven-metadata.xml", document),
            put(repository, "com/acme/maven-metadata.xml.sha1", hashlib.sha1(document).hexdigest().encode()),
        ]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert repository.get("com/acme/maven-metadata.xml").status == 404


@pytest.mark.rule("MV-8")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<metadata>",
        b"\xff\xfe",
        b'<?xml version="1.0" encoding="nonsense"?><metadata/>',
        metadata("1.0", artifact="other"),
        metadata("1.0", group="com.other"),
        b"<project/>",
        b"<!DOCTYPE metadata>" + metadata("1.0"),
        b'<!DOCTYPE m [<!ENTITY a "1.0">]>' + metadata("&a;"),
        b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + metadata("&a;"),
    ],
)
def test_invalid_metadata_is_refused(codeartifact: FakeCodeArtifact, repository: Endpoint, body: bytes) -> None:
    put(repository, f"{AT}/1.0/tool-1.0.jar")

    with codeartifact.unchanged():
        answered = put(repository, f"{AT}/maven-metadata.xml", body)

    assert answered.status == 400


@pytest.mark.rule("MV-9")
def test_the_metadata_that_published_a_version_is_an_asset_that_is_not_served(
    repository: Endpoint, team: Repository
) -> None:
    deploy(repository)
    version = team.packages[TOOL].versions["1.0"]

    put(repository, f"{AT}/maven-metadata.xml", metadata("1.0", "2.0"))

    assert version.assets["maven-metadata.xml"] == metadata("1.0")
    assert repository.get(f"{AT}/1.0/maven-metadata.xml").status == 404


@pytest.mark.rule("MV-10", "MV-11", "PM-47", "PM-49")
def test_files_can_be_added_but_not_replaced(
    codeartifact: FakeCodeArtifact, repository: Endpoint, team: Repository
) -> None:
    deploy(repository)

    with codeartifact.unchanged():
        again = deploy(repository)
        other = put(repository, f"{AT}/1.0/tool-1.0.jar", b"other")
    added = put(repository, f"{AT}/1.0/tool-1.0-sources.jar", b"sources")

    assert (again, other.status, added.status) == ([200] * 6, 409, 200)
    assert repository.get(f"{AT}/1.0/tool-1.0-sources.jar").body == b"sources"
    assert team.packages[TOOL].versions["1.0"].status == "Published"


@pytest.mark.rule("MV-12", "PM-45", "PM-46", "PM-48")
def test_origin_controls_apply_to_each_file(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(TOOL, ["1.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    nearer.add_package(TOOL, origin=Origin("ALLOW", "ALLOW"))
    nearer.add_package(maven("com.acme", "shut"), origin=Origin("BLOCK", "ALLOW"))
    nearer.packages[TOOL].add_version("3.0", status="Archived")
    repository = endpoints("maven", repository="nearer")

    answers = [
        put(repository, f"{AT}/1.0/tool-1.0.jar"),
        put(repository, "com/acme/shut/1.0/shut-1.0.jar"),
        put(repository, f"{AT}/3.0/tool-3.0.jar"),
        put(repository, f"{AT}/2.0/tool-2.0.jar"),
    ]

    assert [answer.status for answer in answers] == [409, 403, 409, 200]
    assert set(nearer.packages[TOOL].versions) == {"2.0", "3.0"}


# Checksums


@pytest.mark.rule("MV-15", "MV-4")
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_each_file_has_its_checksums(repository: Endpoint, team: Repository, algorithm: str) -> None:
    deploy(repository)

    answered = repository.get(f"{AT}/1.0/tool-1.0.jar.{algorithm}")

    assert answered.body == hashlib.new(algorithm, b"jar").hexdigest().encode()
    assert answered.header("content-type") == "text/plain"
    assert repository.get(f"{AT}/1.0/tool-1.0.war.{algorithm}").status == 404
    assert not any(name.endswith(algorithm) for name in team.packages[TOOL].versions["1.0"].assets)


@pytest.mark.rule("MV-16", "MV-17")
def test_a_refused_checksum_keeps_a_version_unfinished_until_it_is_corrected(
    codeartifact: FakeCodeArtifact, repository: Endpoint, team: Repository
) -> None:
    put(repository, f"{AT}/1.0/tool-1.0.jar", b"jar")
    version = team.packages[TOOL].versions["1.0"]
    digest, revision = hashlib.sha1(b"jar").hexdigest(), version.revision
    events = len(codeartifact.events)

    wrong = put(repository, f"{AT}/1.0/tool-1.0.jar.sha1", digest.upper().encode())
    stopped = put(repository, f"{AT}/maven-metadata.xml", metadata("1.0"))
    still = version.status
    right = put(repository, f"{AT}/1.0/tool-1.0.jar.sha1", f"{digest}  tool-1.0.jar\n".encode())
    nothing_seen = version.revision == revision and len(codeartifact.events) == events
    finished = put(repository, f"{AT}/maven-metadata.xml", metadata("1.0"))

    assert [wrong.status, stopped.status, right.status, finished.status] == [400, 400, 200, 200]
    assert (still, nothing_seen, version.status) == ("Unfinished", True, "Published")
    assert getattr(codeartifact.calls.of("PublishPackageVersion")[1].error, "status", None) == 400


@pytest.mark.rule("MV-16", "MV-17")
def test_a_wrong_checksum_of_a_published_file_changes_nothing(repository: Endpoint, team: Repository) -> None:
    deploy(repository)

    answers = [put(repository, f"{AT}/1.0/{file}.sha1", b"00") for file in ("tool-1.0.jar", "tool-1.0.war")]

    assert [answer.status for answer in answers] == [400, 404]
    assert repository.get(f"{AT}/1.0/tool-1.0.jar").status == 200


@pytest.mark.rule("MV-17")
def test_the_api_can_publish_despite_a_refused_checksum_which_deletion_removes(
    codeartifact: FakeCodeArtifact, repository: Endpoint, team: Repository
) -> None:
    client = codeartifact.client()
    which = {**TEAM, "format": "maven", "namespace": "com.acme", "package": "tool", "versions": ["1.0"]}
    put(repository, f"{AT}/1.0/tool-1.0.jar", b"jar")
    put(repository, f"{AT}/1.0/tool-1.0.jar.sha1", b"00")

    client.delete_package_versions(**which)
    after_deletion = deploy(repository)
    client.delete_package_versions(**which)
    put(repository, f"{AT}/1.0/tool-1.0.jar", b"jar")
    put(repository, f"{AT}/1.0/tool-1.0.jar.sha1", b"00")
    client.update_package_versions_status(**which, targetStatus="Published")

    assert after_deletion == [200] * 6
    assert team.packages[TOOL].versions["1.0"].status == "Published"


@pytest.mark.rule("MV-18")
def test_checksums_of_the_metadata_match_the_last_upload_and_the_served_document(
    codeartifact: FakeCodeArtifact, repository: Endpoint
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc))
    deploy(repository, "1.0")
    deploy(repository, "2.0", b"two")
    path = f"{AT}/maven-metadata.xml"

    of_the_first = put(repository, f"{path}.sha1", hashlib.sha1(metadata("1.0")).hexdigest().encode())
    of_the_last = put(repository, f"{path}.sha1", hashlib.sha1(metadata("2.0")).hexdigest().encode())
    served = repository.get(path).body

    assert [of_the_first.status, of_the_last.status] == [400, 200]
    assert repository.get(f"{path}.sha256").text == hashlib.sha256(served).hexdigest()


# Reading


@pytest.mark.rule("MV-4", "MV-19", "PM-26", "PM-43")
def test_files_have_a_content_type_and_a_modification_time(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    source = codeartifact.public_source("public:maven-central").add_package(TOOL)
    source.add_version("1.0", published="2024-05-29T15:37:49Z")
    store = codeartifact.domain("acme").add_repository("store", external_connection="public:maven-central")
    repository = endpoints("maven", repository="store")

    with codeartifact.unchanged():
        head = repository("HEAD", f"{AT}/1.0/tool-1.0.jar")
    got = repository.get(f"{AT}/1.0/tool-1.0.pom")

    assert (head.status, head.header("content-type")) == (200, "application/java-archive")
    assert head.header("last-modified") == got.header("last-modified") == "Wed, 29 May 2024 15:37:49 GMT"
    assert got.header("content-type") == "application/xml"
    assert set(store.packages[TOOL].versions) == {"1.0"}


@pytest.mark.rule("MV-20", "PM-37")
def test_the_metadata_of_an_artifact_lists_the_available_versions(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc))
    package = team.add_package(TOOL)
    package.add_version("2.0", published="2024-01-01T00:00:00Z")
    package.add_version("3.0", published="2024-01-02T00:00:00Z", status="Unlisted")
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    here = nearer.add_package(TOOL, origin=Origin("ALLOW", "ALLOW"))
    here.add_version("1.0", published="2024-01-03T00:00:00Z")
    here.add_version("2.1-SNAPSHOT", published="2024-01-04T00:00:00Z")

    root = document(endpoints("maven", repository="nearer"), f"{AT}/maven-metadata.xml")

    assert [each.text for each in root.iter("version")] == ["2.0", "1.0", "2.1-SNAPSHOT"]
    assert {name: root.findtext(name) for name in ("groupId", "artifactId")} == {
        "groupId": "com.acme",
        "artifactId": "tool",
    }
    assert root.findtext("versioning/latest") == "2.1-SNAPSHOT"
    assert root.findtext("versioning/release") == "1.0"
    assert root.findtext("versioning/lastUpdated") == "20260131120000"


@pytest.mark.rule("PM-35")
@pytest.mark.parametrize(
    ("status", "served"),
    [("Published", 200), ("Unlisted", 200), ("Unfinished", 404), ("Archived", 404), ("Disposed", 404)],
)
def test_the_status_decides_whether_a_version_is_listed_and_downloaded(
    repository: Endpoint, team: Repository, status: str, served: int
) -> None:
    team.add_package(TOOL, ["2.0"]).add_version("1.0", status=status)  # type: ignore[arg-type]  # a str of the table

    assert ("1.0" in listed(repository)) == (status == "Published")
    assert repository.get(f"{AT}/1.0/tool-1.0.jar").status == served
    assert repository.get(f"{AT}/1.0/tool-1.0.jar.sha1").status == served


# Snapshots


@pytest.mark.rule("MV-21", "MV-22", "MV-23", "MV-9")
def test_the_last_build_is_the_snapshot_and_earlier_ones_are_still_served(
    repository: Endpoint, team: Repository
) -> None:
    folder = f"{AT}/1.0-SNAPSHOT"

    first, second = deploy_build(repository, 1), deploy_build(repository, 2, b"second", "20240201.000000")
    root = document(repository, f"{folder}/maven-metadata.xml")

    assert (first, second) == ([200] * 7, [200] * 7)
    statuses = {name: version.status for name, version in team.packages[TOOL].versions.items()}
    assert statuses == {
        "1.0-SNAPSHOT": "Published",
        f"1.0-{STAMP}-1": "Unlisted",
        "1.0-20240201.000000-2": "Unlisted",
    }
    assert root.findtext("version") == "1.0-SNAPSHOT"
    assert root.findtext("versioning/snapshot/timestamp") == "20240201.000000"
    assert root.findtext("versioning/snapshot/buildNumber") == "2"
    assert root.findtext("versioning/lastUpdated") == "20240201000000"
    assert [
        (each.findtext("classifier"), each.findtext("extension"), each.findtext("value"), each.findtext("updated"))
        for each in root.iter("snapshotVersion")
    ] == [
        ("sources", "jar", "1.0-20240201.000000-2", "20240201000000"),
        (None, "jar", "1.0-20240201.000000-2", "20240201000000"),
    ]
    paths = [
        f"{folder}/tool-1.0-20240201.000000-2.jar",
        f"{folder}/tool-1.0-{STAMP}-1.jar",
        f"{AT}/1.0-{STAMP}-1/tool-1.0-{STAMP}-1.jar",
        f"{folder}/tool-1.0-SNAPSHOT.jar",
        f"{folder}/tool-1.0-{STAMP}-3.jar",
    ]
    assert [repository.get(path).status for path in paths] == [200, 200, 200, 404, 404]
    assert repository.get(paths[0]).body == b"second"
    assert "maven-metadata.xml" not in team.packages[TOOL].versions["1.0-SNAPSHOT"].assets


@pytest.mark.rule("MV-21")
@pytest.mark.parametrize(
    "file", ["tool-1.0-SNAPSHOT.jar", "tool-1.0.jar", f"other-1.0-{STAMP}-1.jar", "tool-1.0-1-1.jar"]
)
def test_a_file_of_a_snapshot_without_a_build_is_refused(repository: Endpoint, team: Repository, file: str) -> None:
    answered = put(repository, f"{AT}/1.0-SNAPSHOT/{file}")

    assert (answered.status, answered.text) == (400, "Invalid name for a Snapshot build asset")
    assert set(team.packages) == set()


@pytest.mark.rule("MV-22")
@pytest.mark.parametrize(
    "document",
    [
        snapshot_metadata(2, (None, "jar")),
        snapshot_metadata(1, (None, "war")),
        snapshot_metadata(1),
        metadata("1.0-SNAPSHOT"),
    ],
)
def test_metadata_of_a_snapshot_must_name_a_file_of_a_build(
    repository: Endpoint, team: Repository, document: bytes
) -> None:
    put(repository, f"{AT}/1.0-SNAPSHOT/tool-1.0-{STAMP}-1.jar")

    assert put(repository, f"{AT}/1.0-SNAPSHOT/maven-metadata.xml", document).status == 400
    assert [version.status for version in team.packages[TOOL].versions.values()] == ["Unfinished"]


@pytest.mark.rule("MV-24")
def test_snapshots_are_served_from_upstreams_but_not_from_public_sources(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    deploy_build(endpoints("maven"), 2, b"upstream", "20240201.000000")
    codeartifact.public_source("public:maven-central").add_package(TOOL, ["1.1-SNAPSHOT", "1.1"])
    acme = codeartifact.domain("acme")
    nearer = acme.add_repository(
        "nearer", upstreams=[team, acme.add_repository("store", external_connection="public:maven-central")]
    )
    nearer.add_package(TOOL, origin=Origin("ALLOW", "ALLOW")).add_version(
        "1.0-SNAPSHOT", assets={f"tool-1.0-{STAMP}-1.jar": b"here"}
    )
    repository = endpoints("maven", repository="nearer")

    root = document(repository, f"{AT}/1.0-SNAPSHOT/maven-metadata.xml")
    jar = repository.get(f"{AT}/1.0-SNAPSHOT/tool-1.0-20240201.000000-2.jar")

    assert root.findtext("versioning/snapshot/buildNumber") == "2"
    assert jar.body == b"upstream"
    assert repository.get(f"{AT}/1.1-SNAPSHOT/maven-metadata.xml").status == 404
    assert sorted(listed(repository)) == ["1.0-SNAPSHOT", "1.1"]


# From upstream


@pytest.mark.rule("MV-27")
def test_each_connection_of_maven_has_a_separate_public_source(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints
) -> None:
    for number, connection in enumerate(CONNECTIONS):
        codeartifact.public_source(connection).add_package(TOOL, [f"1.{number}"])
        codeartifact.domain("acme").add_repository(f"store-{number}", external_connection=connection)

    for number in range(len(CONNECTIONS)):
        assert listed(endpoints("maven", repository=f"store-{number}")) == [f"1.{number}"]


@pytest.mark.rule("MV-25", "MV-26")
def test_a_download_retains_all_files_and_a_later_file_is_retained_alone(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    source = codeartifact.public_source("public:maven-central").add_package(TOOL)
    version = source.add_version("1.0", assets={"tool-1.0.jar": b"jar", "tool-1.0.pom": b"pom"})
    acme = codeartifact.domain("acme")
    store = acme.add_repository("store", external_connection="public:maven-central")
    nearer = acme.add_repository("nearer", upstreams=[store])
    repository = endpoints("maven", repository="nearer")

    with codeartifact.unchanged():
        checksum = repository.get(f"{AT}/1.0/tool-1.0.jar.sha1").status
        head = repository("HEAD", f"{AT}/1.0/tool-1.0.jar").status
    repository.get(f"{AT}/1.0/tool-1.0.pom")
    first = set(nearer.packages[TOOL].versions["1.0"].assets)
    version.add_asset("tool-1.0-sources.jar", b"sources")
    version.add_asset("tool-1.0-javadoc.jar", b"javadoc")
    repository.get(f"{AT}/1.0/tool-1.0-sources.jar")

    assert (checksum, head) == (200, 200)
    assert first == {"tool-1.0.jar", "tool-1.0.pom"}
    for retained in (nearer, store):
        assert set(retained.packages[TOOL].versions["1.0"].assets) == {*first, "tool-1.0-sources.jar"}


@pytest.mark.rule("PM-28", "PM-29", "PM-31")
def test_requests_are_recorded_by_their_permissions(codeartifact: FakeCodeArtifact, repository: Endpoint) -> None:
    deploy(repository)
    repository.get(f"{AT}/1.0/tool-1.0.jar")

    calls = [call for call in codeartifact.calls if call.via == "maven"]
    assert [call.operation for call in calls] == [
        *["PublishPackageVersion"] * 4,
        *["PutPackageMetadata"] * 2,
        "ReadFromRepository",
    ]
    about = {"namespace": "com.acme", "package": "tool", "packageVersion": "1.0", "assetName": "tool-1.0.jar"}
    assert about.items() <= calls[0].params.items()
    assert about.items() <= calls[-1].params.items()
    assert len(codeartifact.calls.of("PublishPackageVersion", package=TOOL)) == 4


@pytest.mark.rule("MV-2", "PM-54")
@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("com/%C3%A9/tool/1.0", "tool-1.0.jar"),
        ("com/a$b/tool/1.0", "tool-1.0.jar"),
        ("com/acme/to:ol/1.0", "to:ol-1.0.jar"),
        ("com/acme/tool/1:0", "tool-1:0.jar"),
        ("com/acme/tool/[1,2)", "tool-[1,2).jar"),
        ("com.acme/tool/1.0", "tool-1.0.jar"),
        ("com/acme.team/tool/1.0", "tool-1.0.jar"),
    ],
)
def test_coordinates_that_maven_does_not_have_are_refused(
    codeartifact: FakeCodeArtifact, repository: Endpoint, folder: str, file: str
) -> None:
    with codeartifact.unchanged():
        answers = [put(repository, f"{folder}/{name}") for name in (file, f"{file}.sha1")]

    assert [answer.status for answer in answers] == [400, 400]


@pytest.mark.rule("MV-1")
def test_an_artifact_is_served_at_one_path_only(repository: Endpoint, team: Repository) -> None:
    team.add_package(TOOL, ["1.0"])

    found = [repository.get(f"{group}/tool/1.0/tool-1.0.jar").status for group in ("com/acme", "com.acme")]

    assert found == [200, 404]


@pytest.mark.rule("MV-23", "F-9")
def test_a_build_is_served_after_its_snapshot_was_deleted(client: Any, repository: Endpoint, team: Repository) -> None:
    deploy_build(repository, 1)
    folder = f"{AT}/1.0-SNAPSHOT"
    package = {"format": "maven", "namespace": "com.acme", "package": "tool"}

    client.delete_package_versions(**TEAM, **package, versions=["1.0-SNAPSHOT"])

    assert repository.get(f"{folder}/maven-metadata.xml").status == 404
    assert repository.get(f"{folder}/tool-1.0-{STAMP}-1.jar").body == b"jar"
    assert repository.get(f"{folder}/tool-1.0-{STAMP}-1.jar.sha1").text == hashlib.sha1(b"jar").hexdigest()
    assert repository.get(f"{folder}/tool-1.0-{STAMP}-2.jar").status == 404
    assert set(team.packages[TOOL].versions) == {f"1.0-{STAMP}-1"}
