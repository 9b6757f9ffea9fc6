"""ListPackageVersions (behaviour reference, section 15.5)."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest

from pytest_codeartifact import Domain, FakeCodeArtifact, PackageId, Repository, VersionStatus, maven, npm

from ..support.acme import NO_REPOSITORY, each_format, of

LODASH, COMMONS = npm("lodash"), maven("org.apache", "commons")


def listed(client: Any, id: PackageId, **params: Any) -> list[str]:
    """The versions that are listed, in order."""
    return [version["version"] for version in client.list_package_versions(**of(id), **params)["versions"]]


def displayed(client: Any, id: PackageId) -> str | None:
    """The default display version of a package."""
    version: str | None = client.list_package_versions(**of(id)).get("defaultDisplayVersion")
    return version


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 1, number, tzinfo=dt.timezone.utc)


# What is listed


@pytest.mark.rule("L-7", "W-4")
@each_format
def test_listed_versions_have_revision_status_and_origin(client: Any, team: Repository, id: PackageId) -> None:
    package = team.add_package(id, versions=["1.0.0"])

    response = client.list_package_versions(**of(id))

    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert response == {
        "defaultDisplayVersion": "1.0.0",
        "format": id.format,
        **({} if id.namespace is None else {"namespace": id.namespace}),
        "package": id.name,
        "versions": [
            {
                "version": "1.0.0",
                "revision": package.versions["1.0.0"].revision,
                "status": "Published",
                "origin": {"domainEntryPoint": {"repositoryName": "team"}, "originType": "INTERNAL"},
            }
        ],
    }


@pytest.mark.rule("L-7", "S-4")
def test_the_origin_of_each_version_is_listed(client: Any, team: Repository) -> None:
    package = team.add_package(LODASH)
    package.add_version("1.0.0", origin_type="EXTERNAL")
    package.add_version("2.0.0", origin_type="INTERNAL", entry_point="elsewhere")
    package.add_version("3.0.0", origin_type="UNKNOWN")

    versions = client.list_package_versions(**of(LODASH))["versions"]

    assert [version["origin"] for version in versions] == [
        {"domainEntryPoint": {"externalConnectionName": "public:npmjs"}, "originType": "EXTERNAL"},
        {"domainEntryPoint": {"repositoryName": "elsewhere"}, "originType": "INTERNAL"},
        {"originType": "UNKNOWN"},
    ]


@pytest.mark.rule("L-5", "L-7")
def test_versions_of_all_statuses_are_listed(client: Any, team: Repository) -> None:
    package = team.add_package(COMMONS)
    statuses: list[VersionStatus] = ["Published", "Unfinished", "Unlisted", "Archived", "Disposed"]
    for version, status in enumerate(statuses):
        package.add_version(f"{version}.0", status=status)

    versions = client.list_package_versions(**of(COMMONS))["versions"]

    assert [(version["version"], version["status"]) for version in versions] == [
        ("0.0", "Published"),
        ("1.0", "Unfinished"),
        ("2.0", "Unlisted"),
        ("3.0", "Archived"),
        ("4.0", "Disposed"),
    ]


@pytest.mark.rule("L-5", "L-14")
def test_a_package_without_versions_lists_none(client: Any, team: Repository) -> None:
    team.add_package(LODASH)

    response = client.list_package_versions(**of(LODASH))

    del response["ResponseMetadata"]
    assert response == {"format": "npm", "package": "lodash", "versions": []}


@pytest.mark.rule("L-5", "E-10", "E-11", "E-12")
@pytest.mark.parametrize(
    ("wrong", "message", "resource"),
    [
        (
            {"domain": "nowhere"},
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
            ("domain", "nowhere"),
        ),
        (
            {"repository": "nowhere"},
            NO_REPOSITORY,
            ("repository", "nowhere"),
        ),
        (
            {"package": "alphadb"},
            "The npm package 'alphadb' does not exist in repository 'team'.",
            ("package", "alphadb"),
        ),
    ],
    ids=["domain", "repository", "package"],
)
def test_missing_entities_are_named(
    client: Any, team: Repository, wrong: dict[str, str], message: str, resource: tuple[str, str]
) -> None:
    team.add_package(LODASH, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.list_package_versions(**{**of(LODASH), **wrong})

    assert caught.value.response["Error"]["Message"] == message
    assert (caught.value.response["resourceType"], caught.value.response["resourceId"]) == resource


@pytest.mark.rule("L-5", "U-10")
def test_versions_that_only_an_upstream_has_are_not_listed(client: Any, acme: Domain, team: Repository) -> None:
    upstream = acme.add_repository("upstream")
    upstream.add_package(LODASH, versions=["1.0.0"])
    downstream = acme.add_repository("downstream", upstreams=[upstream, team])
    downstream.add_package(LODASH, versions=["2.0.0"])
    team.add_package(COMMONS, versions=["1.0"])

    response = client.list_package_versions(**{**of(LODASH), "repository": "downstream"})

    assert [version["version"] for version in response["versions"]] == ["2.0.0"]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_package_versions(**{**of(COMMONS), "repository": "downstream"})


# Filters


@pytest.mark.rule("L-5")
@pytest.mark.parametrize("sort_by", [{}, {"sortBy": "PUBLISHED_TIME"}], ids=str)
@pytest.mark.parametrize("status", ["Published", "Unfinished", "Unlisted", "Archived", "Disposed"])
@pytest.mark.parametrize("origin_type", ["INTERNAL", "EXTERNAL", "UNKNOWN"])
def test_versions_are_filtered_by_status_and_origin(
    client: Any, team: Repository, status: str, origin_type: str, sort_by: dict[str, str]
) -> None:
    package = team.add_package(COMMONS)
    for one in ("Published", "Unfinished", "Unlisted", "Archived", "Disposed"):
        for other in ("INTERNAL", "EXTERNAL", "UNKNOWN"):
            package.add_version(f"{one}-{other}", status=one, origin_type=other)

    by_status = listed(client, COMMONS, status=status, **sort_by)
    by_origin = listed(client, COMMONS, originType=origin_type, **sort_by)
    by_both = listed(client, COMMONS, status=status, originType=origin_type, **sort_by)

    assert set(by_status) == {f"{status}-{type}" for type in ("INTERNAL", "EXTERNAL", "UNKNOWN")}
    assert len(by_origin) == 5
    assert all(version.endswith(f"-{origin_type}") for version in by_origin)
    assert by_both == [f"{status}-{origin_type}"]


@pytest.mark.rule("L-5", "L-14")
def test_the_filter_for_deleted_versions_lists_nothing(client: Any, team: Repository) -> None:
    team.add_package(LODASH, versions=["1.0.0", "2.0.0"])
    client.delete_package_versions(**of(LODASH), versions=["1.0.0"])

    assert listed(client, LODASH, status="Deleted") == []
    assert listed(client, LODASH) == ["2.0.0"]


@pytest.mark.rule("L-6")
def test_filters_do_not_change_the_default_display_version(client: Any, team: Repository) -> None:
    package = team.add_package(LODASH, versions=["1.0.0"])
    package.add_version("2.0.0", status="Archived")

    response = client.list_package_versions(**of(LODASH), status="Archived")

    assert response["defaultDisplayVersion"] == "1.0.0"


@pytest.mark.rule("L-11")
@pytest.mark.parametrize("sort_by", [{}, {"sortBy": "PUBLISHED_TIME"}], ids=str)
def test_pages_are_full_although_versions_are_filtered_out(
    client: Any, team: Repository, sort_by: dict[str, str]
) -> None:
    package = team.add_package(LODASH)
    for number in range(50):
        status: VersionStatus = "Unlisted" if number % 5 == 0 else "Published"
        package.add_version(f"1.0.{number + 10}", status=status, published=day(1) + dt.timedelta(minutes=number))
    paginator = client.get_paginator("list_package_versions")

    pages = list(paginator.paginate(**of(LODASH), **sort_by, status="Unlisted", PaginationConfig={"PageSize": 4}))

    expected = [f"1.0.{number + 10}" for number in range(0, 50, 5)]
    assert [len(page["versions"]) for page in pages] == [4, 4, 2]
    assert [version["version"] for page in pages for version in page["versions"]] == (
        expected[::-1] if sort_by else expected
    )


@pytest.mark.rule("L-5", "V-4", "V-8")
@pytest.mark.parametrize(
    ("wrong", "member", "values"),
    [
        ({"status": "published"}, "status", "Published, Unfinished, Unlisted, Archived, Disposed, Deleted"),
        ({"originType": "PUBLIC"}, "originType", "INTERNAL, EXTERNAL, UNKNOWN"),
        ({"sortBy": "PUBLISH_TIME"}, "sortBy", "PUBLISHED_TIME"),
    ],
    ids=["status", "originType", "sortBy"],
)
def test_unknown_filters_and_orders_are_refused(
    client: Any, team: Repository, wrong: dict[str, str], member: str, values: str
) -> None:
    team.add_package(LODASH, versions=["1.0.0"])

    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.list_package_versions(**of(LODASH), **wrong)

    assert caught.value.response["Error"]["Message"] == (
        f"1 validation error detected: Value '{wrong[member]}' at '{member}' failed to satisfy constraint: Member must "
        f"satisfy enum value set: [{values}]"
    )


# The default display version


@pytest.mark.rule("L-6")
@each_format
def test_the_most_recently_published_version_is_the_default_display_version(
    client: Any, team: Repository, id: PackageId
) -> None:
    package = team.add_package(id)
    package.add_version("9.0.0", published=day(1))
    package.add_version("1.0.1", published=day(3))
    package.add_version("2.0.0", published=day(2))

    assert displayed(client, id) == "1.0.1"


@pytest.mark.rule("L-6")
def test_the_default_display_version_of_npm_is_the_one_tagged_latest(client: Any, team: Repository) -> None:
    package = team.add_package(
        LODASH, versions=["1.0.0", "2.0.0-beta"], dist_tags={"latest": "1.0.0", "beta": "2.0.0-beta"}
    )
    package.add_version("1.0.1", published=dt.datetime(2100, 1, 1, tzinfo=dt.timezone.utc))

    assert displayed(client, LODASH) == "1.0.0"


@pytest.mark.rule("L-6")
def test_the_default_display_version_of_npm_without_a_latest_tag_is_the_newest(client: Any, team: Repository) -> None:
    package = team.add_package(LODASH, versions=["1.0.0"], dist_tags={"stable": "1.0.0"})
    package.add_version("0.0.1", published=dt.datetime(2100, 1, 1, tzinfo=dt.timezone.utc))

    assert displayed(client, LODASH) == "0.0.1"


@pytest.mark.rule("L-6")
@pytest.mark.parametrize("status", ["Unfinished", "Unlisted", "Archived", "Disposed"])
def test_only_a_published_version_can_be_the_default_display_version(
    client: Any, team: Repository, status: VersionStatus
) -> None:
    package = team.add_package(COMMONS)
    package.add_version("2.0", status=status, published=day(2))
    assert displayed(client, COMMONS) is None

    package.add_version("1.0", published=day(1))

    assert displayed(client, COMMONS) == "1.0"


@pytest.mark.rule("L-6", "B-12")
def test_the_display_version_follows_status_and_deletion(client: Any, team: Repository) -> None:
    package = team.add_package(COMMONS)
    for number in (1, 2, 3):
        package.add_version(f"{number}.0", published=day(number))

    shown = [displayed(client, COMMONS)]
    client.update_package_versions_status(**of(COMMONS), versions=["3.0"], targetStatus="Archived")
    shown.append(displayed(client, COMMONS))
    client.delete_package_versions(**of(COMMONS), versions=["2.0"])
    shown.append(displayed(client, COMMONS))
    client.update_package_versions_status(**of(COMMONS), versions=["3.0"], targetStatus="Published")
    shown.append(displayed(client, COMMONS))

    assert shown == ["3.0", "2.0", "1.0", "3.0"]


@pytest.mark.rule("L-6", "B-12")
@pytest.mark.parametrize("operation", ["archive", "dispose", "delete"])
def test_an_archived_or_removed_latest_version_is_not_the_default_display_version(
    client: Any, team: Repository, operation: str
) -> None:
    team.add_package(LODASH, versions=["1.0.0", "2.0.0"], dist_tags={"latest": "1.0.0"})

    if operation == "archive":
        client.update_package_versions_status(**of(LODASH), versions=["1.0.0"], targetStatus="Archived")
    elif operation == "dispose":
        client.dispose_package_versions(**of(LODASH), versions=["1.0.0"])
    else:
        client.delete_package_versions(**of(LODASH), versions=["1.0.0"])

    assert displayed(client, LODASH) == "2.0.0"


@pytest.mark.rule("L-6")
def test_the_last_upload_decides_which_version_is_the_most_recent(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    codeartifact.clock.set(day(1))
    team.publish(COMMONS, "1.0", {"a.jar": b"a"}, unfinished=True)
    codeartifact.clock.set(day(2))
    team.publish(COMMONS, "2.0")
    codeartifact.clock.set(day(3))
    assert displayed(client, COMMONS) == "2.0"

    team.publish(COMMONS, "1.0", {"a.pom": b"b"})

    assert displayed(client, COMMONS) == "1.0"


# Order and tokens


@pytest.mark.rule("L-8")
def test_versions_can_be_listed_newest_first(client: Any, team: Repository) -> None:
    package = team.add_package(LODASH)
    for version, published in {"5.0.0": 2, "4.0.0": 4, "10.0.0": 1, "4.0.1": 3}.items():
        package.add_version(version, published=day(published))

    assert listed(client, LODASH, sortBy="PUBLISHED_TIME") == ["4.0.0", "4.0.1", "5.0.0", "10.0.0"]


@pytest.mark.rule("L-9")
def test_versions_are_sorted_as_text(client: Any, team: Repository) -> None:
    for version in ["1.10.0", "1.9.0", "1.2.0", "1.2.0-beta", "0.9.0", "1.2.0-BETA"]:
        team.publish(LODASH, version)

    assert listed(client, LODASH) == ["0.9.0", "1.10.0", "1.2.0", "1.2.0-BETA", "1.2.0-beta", "1.9.0"]


@pytest.mark.rule("L-9")
def test_the_page_token_names_the_last_version_of_the_page(client: Any, team: Repository) -> None:
    team.add_package(LODASH, versions=["0.10.0", "0.2.2", "0.2.0", "0.2.1", "0.1.0", "0.3.0", "1.0.0"])

    first = client.list_package_versions(**of(LODASH), maxResults=5)
    second = client.list_package_versions(**of(LODASH), maxResults=5, nextToken=first["nextToken"])

    assert [version["version"] for version in first["versions"]] == ["0.1.0", "0.10.0", "0.2.0", "0.2.1", "0.2.2"]
    assert first["nextToken"] == "eyJsaXN0UGFja2FnZVZlcnNpb25zVG9rZW4iOiIwLjIuMiJ9"
    assert base64.b64decode(first["nextToken"]) == b'{"listPackageVersionsToken":"0.2.2"}'
    assert [version["version"] for version in second["versions"]] == ["0.3.0", "1.0.0"]
    assert "nextToken" not in second


@pytest.mark.rule("L-10")
def test_the_page_token_of_the_order_by_time_is_base64_of_json_too(client: Any, team: Repository) -> None:
    team.add_package(LODASH, versions=["1.0.0", "2.0.0"])

    response = client.list_package_versions(**of(LODASH), sortBy="PUBLISHED_TIME", maxResults=1)

    token = json.loads(base64.b64decode(response["nextToken"], validate=True))
    assert isinstance(token, dict)
