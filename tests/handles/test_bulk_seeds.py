"""Several versions are seeded in one call: as names or as tables of their attributes, with ages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_codeartifact import (
    Domain,
    FakeCodeArtifact,
    Repository,
    SeededWithoutContent,
    SeedError,
    npm,
    nuget,
    pypi,
)

from ..support.acme import TEAM

NOW = dt.datetime(2026, 4, 1, 12, tzinfo=dt.timezone.utc)


@pytest.fixture(autouse=True)
def _now(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.clock.set(NOW)


def test_versions_given_by_name_have_the_attributes_of_their_tables(client: Any, team: Repository) -> None:
    team.add_package(
        npm("tool"),
        versions={
            "1.0.0": {"published": dt.timedelta(days=90), "status": "Archived"},
            "2.0.0": {"published": "2 hours ago", "dist_tags": ["latest"], "assets": {"package.tgz": b"content"}},
            "3.0.0": {"origin_type": "EXTERNAL", "readme": "text"},
        },
    )

    tool = team.packages[npm("tool")]
    assert {name: version.published for name, version in tool.versions.items()} == {
        "1.0.0": NOW - dt.timedelta(days=90),
        "2.0.0": NOW - dt.timedelta(hours=2),
        "3.0.0": NOW,
    }
    assert tool.versions["1.0.0"].status == "Archived"
    assert tool.dist_tags == {"latest": "2.0.0"}
    assert tool.versions["2.0.0"].assets["package.tgz"] == b"content"
    described = client.describe_package_version(**TEAM, format="npm", package="tool", packageVersion="3.0.0")
    assert described["packageVersion"]["origin"]["originType"] == "EXTERNAL"


def test_the_first_version_of_a_bulk_seed_decides_the_origin_configuration(acme: Domain) -> None:
    """Seeding in bulk follows rule K-3 like seeding one by one."""
    bulk, single = acme.add_repository("bulk"), acme.add_repository("single")
    table: dict[str, Any] = {"version": "1.0.0", "origin_type": "EXTERNAL"}

    bulk.add_package(npm("tool"), versions=[table, "2.0.0"])
    bulk.add_packages([npm("other")], versions=[table, "2.0.0"])
    single.add_package(npm("tool")).add_version("1.0.0", origin_type="EXTERNAL")

    origins = [bulk.packages[npm(name)].origin for name in ("tool", "other")]
    assert origins == [single.packages[npm("tool")].origin] * 2


def test_the_same_asset_of_several_bulk_seeds_counts_until_the_last_is_deleted(
    client: Any, acme: Domain, team: Repository
) -> None:
    """The size of the domain shows it (rule D-7)."""
    versions = {"1.0.0": {"assets": {"package.tgz": b"12345"}}}

    team.add_packages([npm("a"), npm("b")], versions=versions)
    assert client.describe_domain(domain="acme")["domain"]["assetSizeBytes"] == 5

    client.delete_package(**TEAM, format="npm", package="a")
    assert client.describe_domain(domain="acme")["domain"]["assetSizeBytes"] == 5
    client.delete_package(**TEAM, format="npm", package="b")
    assert client.describe_domain(domain="acme")["domain"]["assetSizeBytes"] == 0


def test_assets_of_bulk_seeds_are_named_after_their_package(team: Repository) -> None:
    """NuGet normalises versions (rule F-5)."""
    team.add_packages([nuget("First"), nuget("Second")], versions={"1.0.0": {"assets": {"any.nupkg": b"content"}}})

    names = [list(package.versions["1.0.0"].assets) for package in team.packages.values()]
    assert names == [["first.1.0.0.nupkg"], ["second.1.0.0.nupkg"]]


def test_assets_may_be_declared_as_in_a_file(client: Any, team: Repository) -> None:
    declared = {"text": {"text": "a"}, "base64": {"base64": "AAE="}, "size": {"size": 3, "sha256": "a" * 64}}
    tool = team.add_package(pypi("tool"), versions={"1.0": {"assets": declared}})

    assets = tool.versions["1.0"].assets
    assert (assets["text"], assets["base64"]) == (b"a", b"\0\1")
    with pytest.raises(SeededWithoutContent, match="'size'"):
        assets["size"]
    listed = client.list_package_version_assets(**TEAM, format="pypi", package="tool", packageVersion="1.0")
    assert {asset["name"]: asset["size"] for asset in listed["assets"]} == {"base64": 2, "size": 3, "text": 1}


@pytest.mark.parametrize(
    ("age", "ago"),
    [
        ("90 days ago", dt.timedelta(days=90)),
        ("1 day ago", dt.timedelta(days=1)),
        ("2 weeks ago", dt.timedelta(weeks=2)),
        ("36 hours ago", dt.timedelta(hours=36)),
        ("P90D", dt.timedelta(days=90)),
        ("P2W", dt.timedelta(weeks=2)),
        ("PT12H", dt.timedelta(hours=12)),
        ("P1DT6H30M5S", dt.timedelta(days=1, hours=6, minutes=30, seconds=5)),
        ("2026-04-01T12:00:00Z", dt.timedelta()),
        ("2026-04-01 14:00:00.5+02:00", dt.timedelta(seconds=-0.5)),
    ],
)
def test_ages_count_back_from_the_clock_of_the_fake(
    codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path, age: str, ago: dt.timedelta
) -> None:
    package = {"format": "pypi", "name": "x", "versions": [{"version": "1.0", "published": age}]}
    document = {
        "domains": [{"name": "loaded", "created": age, "repositories": [{"name": "team", "packages": [package]}]}]
    }
    (tmp_path / "seed.json").write_text(json.dumps(document))

    codeartifact.load(tmp_path / "seed.json")
    seeded = team.add_package(pypi("x")).add_version("1.0", published=age)

    assert seeded.published == NOW - ago
    assert codeartifact.domain("loaded").created == NOW - ago
    assert codeartifact.repository("loaded", "team").packages[pypi("x")].versions["1.0"].published == NOW - ago


@pytest.mark.parametrize(
    ("published", "sentence"),
    [
        ("3 months ago", "'3 months ago' has no fixed length. Write weeks, days or shorter units"),
        ("P3M", "'P3M' has no fixed length."),
        ("P1Y", "'P1Y' has no fixed length."),
        ("yesterday", '\'yesterday\' is not a valid timestamp. Write "2026-01-31T12:00:00Z", "90 days ago" or'),
        ("P", "'P' is not a valid timestamp."),
        ("PT", "'PT' is not a valid timestamp."),
        ("", "'' is not a valid timestamp."),
        ("-5 days ago", "'-5 days ago' is not a valid timestamp."),
        ("2024-01-01", "'2024-01-01' has no time zone. Write '2024-01-01T00:00:00Z'."),
        ("2024-01-01T10:00:00", "'2024-01-01T10:00:00' has no time zone. Write '2024-01-01T10:00:00Z'."),
        ("2024-13-01T10:00:00Z", "there is no such date or time."),
        ("999999999 weeks ago", "outside of the years 1 to 9999"),
    ],
)
def test_strings_that_are_not_timestamps_are_refused_with_an_example(
    codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path, published: str, sentence: str
) -> None:
    document = {"domains": [{"name": "loaded", "created": published}]}
    (tmp_path / "seed.json").write_text(json.dumps(document))

    with pytest.raises(SeedError) as in_python:
        team.add_package(pypi("x"), versions={"1.0": {"published": published}})
    with pytest.raises(SeedError) as in_file:
        codeartifact.load(tmp_path / "seed.json")

    assert sentence in str(in_python.value)
    assert "domains[0]" in str(in_file.value)
    assert sentence in str(in_file.value)


@pytest.mark.parametrize(
    ("published", "sentence"),
    [
        (
            90,
            "90 is not a valid timestamp. Write a datetime.datetime with a time zone, an age such as timedelta(days=90",
        ),
        (dt.date(2024, 1, 1), "datetime.date(2024, 1, 1) is not a valid timestamp. Write a datetime.datetime"),
        (dt.timedelta(days=-10), "is in the future. An age counts back from now: write datetime.timedelta(days=10)."),
    ],
)
def test_values_that_are_not_timestamps_are_refused_with_an_example(
    team: Repository, published: Any, sentence: str
) -> None:
    with pytest.raises(SeedError) as caught:
        team.add_package(pypi("x")).add_version("1.0", published=published)

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("assets", "sentence"),
    [
        ({"a.whl": "text"}, "'a.whl' must be bytes, or its AssetSummary(size, sha256), not 'text'. Write b'text'."),
        ({"a.whl": {}}, 'the content of an asset must be {"text": ...} or {"base64": ...}.'),
        ({"a.whl": {"size": 3}}, 'Without content, write {"size": ..., "sha256": ...}'),
        ({"a.whl": {"base64": "?"}}, "this is not valid Base64."),
    ],
)  # fmt: skip
def test_invalid_assets_are_refused_with_an_example(team: Repository, assets: Any, sentence: str) -> None:
    with pytest.raises(SeedError) as caught:
        team.add_package(pypi("x"), versions={"1.0": {"assets": assets}})

    assert sentence in str(caught.value)
    assert not team.packages


def test_a_dist_tag_may_name_a_version_that_is_added_later(
    codeartifact: FakeCodeArtifact, team: Repository, tmp_path: Path
) -> None:
    tool = team.add_package(npm("tool"), versions=["1.0.0"], dist_tags={"latest": "2.0.0"})
    client = codeartifact.client()
    which = {"domain": "acme", "repository": "team", "format": "npm", "package": "tool"}
    before = client.list_package_versions(**which)["defaultDisplayVersion"]

    codeartifact.dump(tmp_path / "seed.toml")
    tool.add_version("1.5.0")
    tool.add_version("2.0.0")
    tool.add_version("2.5.0")

    assert before == "1.0.0"
    assert tool.dist_tags == {"latest": "2.0.0"}
    assert client.list_package_versions(**which)["defaultDisplayVersion"] == "2.0.0"

    other = FakeCodeArtifact()
    other.load(tmp_path / "seed.toml")
    assert other.domain("acme").repository("team").packages[npm("tool")].dist_tags == {"latest": "2.0.0"}


@pytest.mark.parametrize("target", ["two", "1.0", None])
def test_a_dist_tag_of_an_impossible_version_is_refused(team: Repository, target: Any) -> None:
    with pytest.raises(SeedError, match=r"which cannot be a version of it\. Write a version such as '1\.0\.0'"):
        team.add_package(npm("tool"), versions=["1.0.0"], dist_tags={"latest": target})

    assert not team.packages


def test_versions_in_a_file_may_be_a_table_by_name(codeartifact: FakeCodeArtifact, tmp_path: Path) -> None:
    (tmp_path / "seed.toml").write_text(
        """
        [[domains]]
        name = "loaded"
        repositories = [{ name = "team" , packages = [{ format = "pypi", name = "x", versions = {
            "1.0" = { published = "P90D" } } }] }]
        """.replace("\n            ", " ")
    )

    codeartifact.load(tmp_path / "seed.toml")

    (version,) = codeartifact.repository("loaded", "team").packages[pypi("x")].versions.values()
    assert (version.version, version.published) == ("1.0", NOW - dt.timedelta(days=90))


def test_a_deleted_upstream_may_be_seeded_as_in_a_file(acme: Domain) -> None:
    repository = acme.add_repository("new", upstreams=[{"gone": "old"}])

    assert repository.upstreams == ["old"]
    assert "old" not in acme.repositories


def test_the_error_for_a_missing_upstream_in_an_empty_domain_says_to_add_it(codeartifact: FakeCodeArtifact) -> None:
    empty = codeartifact.add_domain("empty")

    with pytest.raises(SeedError) as caught:
        empty.add_repository("team", upstreams=["store"])

    assert (
        str(caught.value) == "upstreams has 'store', but there is no such repository in domain 'empty'. Add it first."
    )


def test_invalid_names_are_refused_with_the_valid_form(codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: codeartifact.add_domain("new", account="12"), "'12' is not a valid account: 12 digits."),
        (lambda: acme.add_repository("r"), "'r' is not a valid repository name: 2 to 100 letters, digits,"),
        (lambda: codeartifact.add_domain("A"), "'A' is not a valid domain name: 2 to 50 lower-case letters"),
    ]

    for refused, sentence in cases:
        with pytest.raises(SeedError) as caught:
            refused()
        assert str(caught.value).startswith(sentence)
