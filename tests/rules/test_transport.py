"""Requests and responses over HTTP (behaviour reference, section 1.1)."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from pytest_codeartifact import Dependency, Domain, FakeCodeArtifact, License, Repository, generic, npm, pypi

from ..support.one_call_each import FITTING, OPERATIONS, SAMPLES, WIRE_NAMES, Wire, arguments, call, members

pytestmark = pytest.mark.every_case


@pytest.mark.rule("W-1")
@pytest.mark.in_process("a server has another endpoint")
def test_the_client_speaks_rest_json_to_the_regional_endpoint(codeartifact: FakeCodeArtifact) -> None:
    client = codeartifact.client(region="eu-west-1")

    model = client.meta.service_model
    assert client.meta.endpoint_url == "https://codeartifact.eu-west-1.amazonaws.com"
    assert (model.protocol, model.signature_version, model.signing_name) == ("rest-json", "v4", "codeartifact")
    assert set(model.operation_names) == OPERATIONS.keys()


@pytest.mark.rule("W-1", "W-2")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_member_of_every_operation_arrives(
    furnished: FakeCodeArtifact, codeartifact_client: Any, operation: str
) -> None:
    wire = Wire(codeartifact_client)
    method, path, body = OPERATIONS[operation]
    given = {**{name: SAMPLES[name] for name in members(operation) & SAMPLES.keys()}, **FITTING.get(operation, {})}

    with contextlib.suppress(ClientError):  # members that exclude each other are among them
        call(codeartifact_client, operation, **given)

    assert given.keys() == members(operation)
    arrived = furnished.calls[-1]
    assert (arrived.operation, arrived.params) == (operation, given)
    url = urlsplit(wire.request.url)
    elsewhere = {*body.split(), "assetContent", "assetSHA256"}
    in_query = [WIRE_NAMES.get(name, name) for name in given if name not in elsewhere]
    assert (wire.request.method, url.path) == (method, path)
    assert sorted(name for name, _ in parse_qsl(url.query)) == sorted(in_query)
    assert not body or json.loads(wire.request.data).keys() == set(body.split())


@pytest.mark.rule("W-1", "W-6")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_returns_status_200_and_a_request_id(
    furnished: FakeCodeArtifact, codeartifact_client: Any, operation: str
) -> None:
    wire = Wire(codeartifact_client)

    metadata = call(codeartifact_client, operation, **arguments(operation))["ResponseMetadata"]

    assert furnished.calls[-1].error is None
    assert metadata["HTTPStatusCode"] == wire.response["status_code"] == 200
    assert metadata["RequestId"] == wire.response["headers"]["x-amzn-RequestId"] != ""
    assert "HostId" not in metadata, "there is no extended request id"
    assert "x-amz-id-2" not in wire.response["headers"]
    if operation != "GetPackageVersionAsset":
        assert wire.response["headers"]["content-type"] == "application/json"
        assert isinstance(wire.json, dict)


@pytest.mark.rule("W-6")
def test_every_response_has_a_unique_request_id(client: Any) -> None:
    ids = {client.list_domains()["ResponseMetadata"]["RequestId"] for _ in range(3)}

    with pytest.raises(ClientError) as caught:
        client.describe_domain(domain="nowhere")

    ids.add(caught.value.response["ResponseMetadata"]["RequestId"])
    assert len(ids) == 4


@pytest.mark.rule("W-1", "W-2")
def test_the_content_of_an_asset_is_the_body(codeartifact_client: Any, team: Repository) -> None:
    wire = Wire(codeartifact_client)
    content = b'\x00\xff{"not": "parsed"}\r\n'
    sha256 = hashlib.sha256(content).hexdigest()
    where = {"domain": "acme", "repository": "team", "format": "generic", "namespace": "ns", "package": "tool"}

    for unfinished in (True, False):
        codeartifact_client.publish_package_version(
            **where, packageVersion="1.0.0", assetName=f"{unfinished}.bin", assetContent=content, assetSHA256=sha256,
            unfinished=unfinished,
        )  # fmt: skip

        query = dict(parse_qsl(urlsplit(wire.request.url).query))
        assert wire.request.data == content
        assert wire.request.headers["x-amz-content-sha256"] == sha256
        assert query["unfinished"] == str(unfinished).lower()
        assert wire.json["status"] == ("Unfinished" if unfinished else "Published")
    assert team.packages[generic("ns", "tool")].versions["1.0.0"].assets["True.bin"] == content


@pytest.mark.rule("W-1", "W-2")
def test_a_downloaded_asset_is_the_body_and_its_names_are_headers(
    furnished: FakeCodeArtifact, codeartifact_client: Any
) -> None:
    wire = Wire(codeartifact_client)

    answer = codeartifact_client.get_package_version_asset(**arguments("GetPackageVersionAsset"))

    version = furnished.repository("acme", "team").packages[generic("ns", "tool")].versions["1.0.0+build"]
    headers = wire.response["headers"]
    assert answer["asset"].read() == SAMPLES["assetContent"]
    assert answer["assetName"] == headers["X-AssetName"] == "tool.bin"
    assert answer["packageVersion"] == headers["X-PackageVersion"] == "1.0.0+build"
    assert answer["packageVersionRevision"] == headers["X-PackageVersionRevision"] == version.revision
    assert headers["content-length"] == str(len(SAMPLES["assetContent"]))


@pytest.mark.rule("W-3")
def test_timestamps_are_sent_as_seconds_with_milliseconds(
    codeartifact: FakeCodeArtifact, codeartifact_client: Any, team: Repository
) -> None:
    wire = Wire(codeartifact_client)
    utc = dt.timezone.utc
    codeartifact.clock.set(dt.datetime(2026, 11, 22, 13, 7, 5, 123999, tzinfo=utc))
    timestamp = dt.datetime(2026, 11, 22, 13, 7, 5, 123000, tzinfo=utc)
    team.add_package(npm("react"), versions=["1.0.0"])

    created = codeartifact_client.create_domain(domain="fresh")["domain"]["createdTime"]
    assert wire.json["domain"]["createdTime"] == timestamp.timestamp() == 1795352825.123
    assert created == timestamp
    where = {"domain": "acme", "repository": "team", "format": "npm", "package": "react", "packageVersion": "1.0.0"}
    assert codeartifact_client.describe_package_version(**where)["packageVersion"]["publishedTime"] == timestamp
    assert wire.json["packageVersion"]["publishedTime"] == 1795352825.123
    assert codeartifact_client.get_authorization_token(domain="acme", durationSeconds=900)[
        "expiration"
    ] == timestamp + dt.timedelta(minutes=15)
    assert wire.json["expiration"] == 1795353725.123


def _nulls(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in items if item is None or _nulls(item)]


@pytest.mark.rule("W-4")
@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - {"GetPackageVersionAsset"}))
def test_no_response_contains_a_null(furnished: FakeCodeArtifact, codeartifact_client: Any, operation: str) -> None:
    assert "acme" in furnished.domains
    wire = Wire(codeartifact_client)

    call(codeartifact_client, operation, **arguments(operation))

    assert _nulls([wire.json]) == []


@pytest.mark.rule("W-4")
def test_missing_members_are_absent_except_in_the_full_result_of_a_paginator(client: Any, team: Repository) -> None:
    where = {"domain": "acme", "repository": "team", "format": "pypi", "package": "tool"}
    team.add_package(pypi("tool"))

    answer = client.list_package_versions(**where)
    paginated = client.get_paginator("list_package_versions").paginate(**where).build_full_result()

    assert {"namespace", "defaultDisplayVersion", "nextToken"}.isdisjoint(answer)
    assert (paginated["namespace"], paginated["defaultDisplayVersion"]) == (None, None)
    assert "description" not in client.describe_repository(domain="acme", repository="team")["repository"]


@pytest.mark.rule("W-4")
def test_missing_attributes_of_versions_and_groups_are_absent_at_every_depth(
    codeartifact_client: Any, team: Repository
) -> None:
    where = {"domain": "acme", "repository": "team", "format": "pypi", "package": "tool"}
    tool = team.add_package(pypi("tool"))
    tool.add_version("1.0", licenses=[License("MIT")], dependencies=[Dependency("other", ">=1")])
    codeartifact_client.create_package_group(domain="acme", packageGroup="/npm/*")
    wire = Wire(codeartifact_client)

    asked: list[Callable[[], Any]] = [
        lambda: codeartifact_client.describe_package_version(**where, packageVersion="1.0"),
        lambda: codeartifact_client.list_package_version_dependencies(**where, packageVersion="1.0"),
        lambda: codeartifact_client.list_package_versions(**where),
        lambda: codeartifact_client.list_packages(domain="acme", repository="team"),
        lambda: codeartifact_client.describe_package(**where),
        lambda: codeartifact_client.describe_package_group(domain="acme", packageGroup="/*"),
        lambda: codeartifact_client.list_package_groups(domain="acme"),
        lambda: codeartifact_client.list_repositories(),
        lambda: codeartifact_client.delete_package(**where),
    ]
    for ask in asked:
        assert ask()
        assert _nulls([wire.json]) == []


PAGINATED = {
    "ListAllowedRepositoriesForGroup": "allowedRepositories",
    "ListAssociatedPackages": "packages",
    "ListDomains": "domains",
    "ListPackageGroups": "packageGroups",
    "ListPackageVersionAssets": "assets",
    "ListPackageVersions": "versions",
    "ListPackages": "packages",
    "ListRepositories": "repositories",
    "ListRepositoriesInDomain": "repositories",
    "ListSubPackageGroups": "packageGroups",
}


@pytest.mark.rule("W-5")
def test_botocore_has_ten_paginators_and_no_waiters(client: Any) -> None:
    assert {operation for operation in OPERATIONS if client.can_paginate(xform_name(operation))} == PAGINATED.keys()
    assert client.waiter_names == []


@pytest.mark.rule("W-5")
@pytest.mark.parametrize("operation", PAGINATED)
def test_paginators_return_all_pages(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository, operation: str
) -> None:
    allowed = [acme.add_repository(name) for name in ("other", "third")]
    acme.add_package_group(
        "/npm/*", restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"}, allowed_repositories={"PUBLISH": allowed}
    )
    for name in ("one", "two"):
        acme.add_package_group(f"/npm//{name}$")
        codeartifact.add_domain(name)
        team.add_package(npm(f"x-{name}"), versions=["1.0.0"])
    tool = team.add_package(generic("ns", "tool"), versions=["2.0.0"])
    tool.add_version("1.0.0+build", assets={"one": b"1", "two": b"2"})
    key = PAGINATED[operation]

    pages = list(
        client.get_paginator(xform_name(operation)).paginate(**arguments(operation), PaginationConfig={"PageSize": 1})
    )

    at_once = call(client, operation, **arguments(operation))[key]
    assert len(at_once) > 1
    assert [len(page[key]) for page in pages] == [1] * len(at_once)
    assert [item for page in pages for item in page[key]] == at_once
    assert ["nextToken" in page for page in pages] == [True] * (len(at_once) - 1) + [False]
