"""Seeds are written with methods and read as mappings. Impossible seeds are refused at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pytest_codeartifact import (
    AssetSummary,
    Dependency,
    Domain,
    FakeCodeArtifact,
    License,
    NotThere,
    Origin,
    PackageId,
    Repository,
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

from ..support.acme import TEAM

LONG_AGO = dt.datetime(2020, 1, 31, 12, 30, tzinfo=dt.timezone.utc)


def test_seeded_attributes_are_visible_to_a_client(client: Any, codeartifact: FakeCodeArtifact) -> None:
    acme = codeartifact.add_domain("acme", tags={"cost": "low"}, encryption_key="alias/mine")
    store = acme.add_repository("store", external_connection="public:npmjs")
    acme.add_repository("team", upstreams=[store], description="Our things", tags={"team": "a"})

    repository = client.describe_repository(**TEAM)["repository"]
    domain = client.describe_domain(domain="acme")["domain"]

    assert repository["upstreams"] == [{"repositoryName": "store"}]
    assert repository["description"] == "Our things"
    assert domain["repositoryCount"] == 2
    assert client.list_tags_for_resource(resourceArn=repository["arn"])["tags"] == [{"key": "team", "value": "a"}]
    assert client.list_tags_for_resource(resourceArn=domain["arn"])["tags"] == [{"key": "cost", "value": "low"}]


def test_resources_that_a_client_creates_can_be_read_by_handles(client: Any, codeartifact: FakeCodeArtifact) -> None:
    client.create_domain(domain="acme", tags=[{"key": "cost", "value": "low"}])
    client.create_repository(domain="acme", repository="store")
    client.associate_external_connection(domain="acme", repository="store", externalConnection="public:npmjs")
    client.create_repository(**TEAM, description="Ours", upstreams=[{"repositoryName": "store"}])
    client.put_package_origin_configuration(
        **TEAM, format="npm", package="reserved", restrictions={"publish": "BLOCK", "upstream": "ALLOW"}
    )
    policy = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "codeartifact:ReadFromRepository"}}'
    client.put_repository_permissions_policy(**TEAM, policyDocument=policy)

    acme = codeartifact.domain("acme")
    team = acme.repository("team")
    assert acme.tags == {"cost": "low"}
    assert acme.repositories["store"].external_connection == "public:npmjs"
    assert (team.description, team.upstreams, team.administrator) == ("Ours", ["store"], "123456789012")
    assert team.packages[npm("reserved")].origin == Origin("BLOCK", "ALLOW")
    assert team.policy["Statement"]["Effect"] == "Allow"
    assert acme.policy is None


def test_the_keywords_that_seed_a_version_are_its_attributes(team: Repository) -> None:
    seeded: dict[str, Any] = {
        "status": "Unlisted",
        "published": LONG_AGO,
        "origin_type": "EXTERNAL",
        "entry_point": "public:pypi",
        "revision": "REVISION-1",
        "assets": {"tool.whl": b"wheel", "tool.tar.gz": b"sdist"},
        "display_name": "The Tool",
        "summary": "Does things.",
        "home_page": "https://tool.example",
        "source_code_repository": "https://git.example/tool",
        "readme": "# Tool",
    }

    version = team.add_package(pypi("tool")).add_version("1.0", **seeded, licenses=["MIT"])

    assert {name: getattr(version, name) for name in seeded if name != "assets"} == {
        name: value for name, value in seeded.items() if name != "assets"
    }
    assert dict(version.assets) == seeded["assets"]
    assert version.licenses == [License("MIT")]


@pytest.mark.parametrize(
    "given",
    [
        Dependency("left-pad", "^1.0", "regular", "space"),
        {
            "package": "left-pad", "version_requirement": "^1.0", "dependency_type": "regular", "namespace": "space"
        },
        {"package": "left-pad", "versionRequirement": "^1.0", "dependencyType": "regular", "namespace": "space"},
    ],
    ids=["ours", "ours as a mapping", "as AWS spells it"],
)  # fmt: skip
def test_a_dependency_may_be_a_mapping_with_keys_of_python_or_of_aws(client: Any, team: Repository, given: Any) -> None:
    version = team.add_package(npm("tool")).add_version("1.0.0", dependencies=[given])

    found = client.list_package_version_dependencies(**TEAM, format="npm", package="tool", packageVersion="1.0.0")

    assert found["dependencies"] == [
        {"namespace": "space", "package": "left-pad", "dependencyType": "regular", "versionRequirement": "^1.0"}
    ]
    assert version.dependencies == [Dependency("left-pad", "^1.0", "regular", "space")]


@pytest.mark.parametrize(
    "id",
    [
        npm("@types/node"), npm("react"), pypi("Foo_Bar"), maven("org.apache", "commons"), nuget("Newtonsoft.Json"),
        generic("ns", "tool"), ruby("rails"), swift("Apple", "NIO"), cargo("serde"),
    ],
    ids=str,
)  # fmt: skip
def test_ids_of_all_formats_are_seeded_and_read_back(team: Repository, id: PackageId) -> None:
    team.add_package(id, versions=["1.0.0"])

    assert list(team.packages) == [id]
    assert team.packages[id].id == id
    assert list(team.packages[id].versions) == ["1.0.0"]


def test_ids_with_the_same_normalised_name_are_equal() -> None:
    assert pypi("Foo_.Bar") == pypi("foo-bar")
    assert {nuget("NewtonSoft"): 1}[nuget("newtonsoft")] == 1
    assert swift("Apple", "NIO") == swift("apple", "nio")
    assert npm("React") != npm("react")
    assert pypi("Foo_.Bar").display_name == "Foo_.Bar"
    assert sorted([npm("b"), npm("@a/a"), maven("z", "a")]) == [maven("z", "a"), npm("b"), npm("@a/a")]
    assert repr([npm("@a/b"), maven("g", "a"), pypi("X")]) == "[npm('@a/b'), maven('g', 'a'), pypi('x')]"


def test_bulk_seeds_are_the_same_as_single_ones(client: Any, acme: Domain) -> None:
    ids = [pypi("one"), npm("@a/two"), maven("g", "three"), nuget("Four")]
    single, bulk = acme.add_repository("single"), acme.add_repository("bulk")

    for id in ids:
        single.add_package(id, versions=["1.0.0", "1.1.0"])
    bulk.add_packages(ids, versions=["1.0.0", "1.1.0"])

    listed = [client.list_packages(domain="acme", repository=name)["packages"] for name in ("single", "bulk")]
    assert listed[0] == listed[1]
    versions = [
        client.list_package_versions(domain="acme", repository=name, format="npm", namespace="a", package="two")
        for name in ("single", "bulk")
    ]
    assert [found["defaultDisplayVersion"] for found in versions] == ["1.1.0", "1.1.0"]
    assert [[entry["version"] for entry in found["versions"]] for found in versions] == [["1.0.0", "1.1.0"]] * 2


def test_bulk_seeds_add_to_existing_packages(team: Repository) -> None:
    team.add_packages([pypi(f"a{number}") for number in range(0, 2000, 2)], versions=["1.0"])
    team.add_packages([pypi(f"a{number}") for number in range(1, 2000, 2)])
    team.add_packages([pypi("b")])

    assert list(team.packages) == sorted([*(pypi(f"a{number}") for number in range(2000)), pypi("b")])
    assert (len(team.packages), len(team.packages[pypi("a7")].versions)) == (2001, 0)


def test_seeds_have_the_time_of_the_clock(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.clock.set(LONG_AGO)
    team = codeartifact.add_domain("acme").add_repository("team")
    codeartifact.clock.advance(dt.timedelta(days=1))
    package = team.add_package(pypi("tool"), versions=["1.0"])

    assert team.created == codeartifact.domain("acme").created == LONG_AGO
    assert package.versions["1.0"].published == LONG_AGO + dt.timedelta(days=1)


def test_accounts_and_regions_may_have_domains_of_the_same_name(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.add_domain("acme")
    codeartifact.add_domain("acme", region="eu-west-1")
    theirs = codeartifact.at(account="210987654321").add_domain("acme")

    assert list(codeartifact.domains) == ["acme"]
    assert codeartifact.at(region="eu-west-1").domain("acme").region == "eu-west-1"
    assert theirs.account == "210987654321"
    assert theirs != codeartifact.domain("acme") == codeartifact.at().domain("acme")


# What type checkers refuse is tested too, because not all callers use one.
IMPOSSIBLE: list[tuple[str, Callable[[Any, Any, Any], object], list[str]]] = [
    ("unknown format", lambda *_: PackageId("docker", None, "x"), ["docker", "generic"]),  # type: ignore[arg-type]
    ("near format", lambda *_: PackageId("npmm", None, "x"), ["Did you mean 'npm'?"]),  # type: ignore[arg-type]
    ("namespace where there is none", lambda *_: PackageId("pypi", "ns", "x"), ["'ns'", "pypi('name')"]),
    ("no namespace where there is one", lambda *_: PackageId("maven", None, "x"), ["maven('group', 'artifact')"]),
    ("invalid name", lambda *_: pypi("a/b"), ["'a/b'", "255 characters"]),
    ("empty name", lambda *_: pypi(""), ["''"]),
    ("long name", lambda *_: pypi("x" * 256), ["255"]),
    ("name that is no str", lambda *_: pypi(3), ["3"]),  # type: ignore[arg-type]
    ("scope without at", lambda *_: npm("types/node"), ["npm('@types/node')"]),
    ("at in a namespace", lambda *_: PackageId("npm", "@types", "node"), ["without the '@'"]),
    ("duplicate domain", lambda fake, acme, team: fake.add_domain("acme"), ["'acme'", "already", "domain('acme')"]),
    ("invalid domain", lambda fake, acme, team: fake.add_domain("Acme"), ["'Acme'", "lower-case letters"]),
    ("invalid account", lambda fake, acme, team: fake.add_domain("new", account="12"), ["'12'", "account"]),
    ("invalid region", lambda fake, acme, team: fake.at(region=3), ["3", "eu-west-1"]),
    ("unknown key", lambda fake, acme, team: fake.add_domain("new", encryption_key="my key"), ["KMS key not found"]),
    ("invalid tag", lambda fake, acme, team: fake.add_domain("new", tags={"aws:x": "y"}), ["aws:x"]),
    ("tags that are a list", lambda fake, acme, team: fake.add_domain("new", tags=["x"]), ["mapping"]),
    ("policy that is no JSON", lambda fake, acme, team: fake.add_domain("new", policy="{"), ["JSON"]),
    ("duplicate repository", lambda fake, acme, team: acme.add_repository("team"), ["'team'", "already"]),
    ("invalid repository", lambda fake, acme, team: acme.add_repository("a b"), ["'a b'"]),
    ("unknown upstream", lambda fake, acme, team: acme.add_repository("new", upstreams=["tema"]), ["mean 'team'?"]),
    ("upstream twice", lambda f, acme, team: acme.add_repository("new", upstreams=[team, "team"]), ["more than once"]),
    ("upstreams that are a str", lambda f, acme, team: acme.add_repository("new", upstreams="team"), ["['team']"]),
    ("unknown connection", lambda f, acme, t: acme.add_repository("n1", external_connection="npm"), ["public:npmjs"]),
    (
        "upstreams and a connection",
        lambda f, acme, t: acme.add_repository("n1", upstreams=["team"], external_connection="public:npmjs"),
        ["not both"],
    ),
    ("invalid description", lambda f, acme, t: acme.add_repository("n1", description="\x00"), ["description"]),
    ("invalid administrator", lambda f, acme, t: acme.add_repository("n1", administrator="me"), ["'me'"]),
    ("duplicate package", lambda f, a, team: team.add_package(pypi("Tool")), ["pypi('tool')", "already"]),
    ("package that is no id", lambda f, a, team: team.add_package("tool"), ["'tool'", "pypi('name')"]),
    ("duplicate in bulk", lambda f, a, team: team.add_packages([pypi("a"), pypi("A")]), ["pypi('a')"]),
    ("duplicate of what is there", lambda f, a, team: team.add_packages([pypi("b"), pypi("tool")]), ["pypi('tool')"]),
    ("no id in bulk", lambda f, a, team: team.add_packages([pypi("b"), "c"]), ["'c'"]),
    ("versions that are a str", lambda f, a, team: team.add_package(pypi("n"), versions="1.0"), ["['1.0']"]),
    ("versions of bulk that are a str", lambda f, a, t: t.add_packages([pypi("n")], versions="1.0"), ["['1.0']"]),
    ("version twice", lambda f, a, team: team.add_package(pypi("n"), versions=["1", "1"]), ["more than once"]),
    (
        "version twice after normalisation",
        lambda f, a, team: team.add_package(nuget("n"), versions=["1.0.1", "1.0.01.0"]),
        ["'1.0.1'", "more than once"],
    ),
    ("invalid version", lambda f, a, team: team.add_package(pypi("n"), versions=["1/0"]), ["'1/0'"]),
    (
        "invalid origin",
        lambda f, a, team: team.add_package(pypi("n"), origin=Origin("MAYBE", "ALLOW")),  # type: ignore[arg-type]
        ["'MAYBE'"],
    ),
    ("origin of another type", lambda f, a, team: team.add_package(pypi("n"), origin=("ALLOW", "ALLOW")), ["Origin("]),
    (
        "tag to what is no version",
        lambda f, a, team: team.add_package(npm("n"), versions=["1.0.0"], dist_tags={"latest": "two"}),
        ["'two'"],
    ),
    ("duplicate version", lambda f, a, t: t.packages[pypi("tool")].add_version("1.0"), ["'1.0'", "already"]),
    ("unknown status", lambda f, a, t: t.packages[pypi("tool")].add_version("2", status="Live"), ["'Published'"]),
    ("deleted status", lambda f, a, t: t.packages[pypi("tool")].add_version("2", status="Deleted"), ["'Deleted'"]),
    ("assets of a disposed version",
     lambda f, a, t: t.packages[pypi("tool")].add_version("2", status="Disposed", assets={"x": b""}), ["no assets"]),
    ("bytes that are no bytes", lambda f, a, t: t.packages[pypi("tool")].add_version("2", assets={"x": "y"}), ["'y'"]),
    ("assets that are no mapping", lambda f, a, t: t.packages[pypi("tool")].add_version("2", assets=[1]), ["mapping"]),
    ("invalid asset name", lambda f, a, t: t.packages[pypi("tool")].add_version("2", assets={"\x00": b""}), ["asset"]),
    ("invalid generic asset", lambda f, a, t: t.add_package(generic("n", "g")).add_version("1", assets={"a/b": b""}),
     ["'a/b'"]),
    ("unknown origin type", lambda f, a, t: t.packages[pypi("tool")].add_version("2", origin_type="X"), ["INTERNAL"]),
    ("external without a source",
     lambda f, a, t: t.add_package(swift("a", "b")).add_version("2.0.0", origin_type="EXTERNAL"), ["swift"]),
    ("connection of another format", lambda f, a, t: t.packages[pypi("tool")].add_version(
        "2", origin_type="EXTERNAL", entry_point="public:npmjs"), ["public:pypi"]),
    ("naive timestamp", lambda f, a, t: t.packages[pypi("tool")].add_version("2", published=dt.datetime(2020, 1, 1)),
     ["time zone", "tzinfo"]),
    ("timestamp as str", lambda f, a, t: t.packages[pypi("tool")].add_version("2", published="2020"), ["'2020'"]),
    ("long revision", lambda f, a, t: t.packages[pypi("tool")].add_version("2", revision="x" * 51), ["50"]),
    ("readme of maven", lambda f, a, t: t.add_package(maven("g", "a")).add_version("1", readme="x"), ["Maven"]),
    ("readme that is no str", lambda f, a, t: t.packages[pypi("tool")].add_version("2", readme=b"x"), ["readme"]),
    ("unknown member of a dependency",
     lambda f, a, t: t.packages[pypi("tool")].add_version("2", dependencies=[{"name": "x"}]), ["version_requirement"]),
    ("dependency that is a str", lambda f, a, t: t.packages[pypi("tool")].add_version("2", dependencies=["x"]),
     ["Dependency("]),
    ("licence that is a number", lambda f, a, t: t.packages[pypi("tool")].add_version("2", licenses=[3]), ["License"]),
    ("invalid pattern", lambda f, acme, t: acme.add_package_group("/npm"), ["'/npm'", "'*'"]),
    ("duplicate group", lambda f, acme, t: acme.add_package_group("/*"), ["'/*'", "already"]),
    ("unknown restriction", lambda f, acme, t: acme.add_package_group("/npm/*", restrictions={"X": "ALLOW"}),
     ["PUBLISH"]),
    ("unknown mode", lambda f, acme, t: acme.add_package_group("/npm/*", restrictions={"PUBLISH": "NO"}), ["BLOCK"]),
    ("allowed without the mode",
     lambda f, acme, t: acme.add_package_group("/npm/*", allowed_repositories={"PUBLISH": ["team"]}),
     ["ALLOW_SPECIFIC_REPOSITORIES"]),
    ("root that inherits", lambda fake, a, t: fake.add_domain("new", restrictions={"PUBLISH": "INHERIT"}), ["root"]),
    ("revision without a policy", lambda fake, a, t: fake.add_domain("new", policy_revision="r"), ["no policy"]),
    ("dist-tags that are a str",
     lambda f, a, t: t.add_package(npm("n")).add_version("1.0.0", dist_tags="latest"), ["['latest']"]),
    ("dist-tags of another format",
     lambda f, a, t: t.packages[pypi("tool")].add_version("2", dist_tags=["latest"]), ["npm", "pypi('tool')"]),
    ("upstream of another domain",
     lambda fake, a, team: fake.at(region="eu-west-1").add_domain("new").add_repository("x1", upstreams=[team]),
     ["another domain"]),
    ("unknown public source", lambda fake, a, t: fake.public_source("public:npm"), ["public:npmjs"]),
    ("unknown way with faults", lambda *_: FakeCodeArtifact(unused_faults="ignore"), ["'allow'"]),  # type: ignore[arg-type]
    ("unknown answer", lambda *_: FakeCodeArtifact(foreign_domains="hidden"), ["'denied'"]),  # type: ignore[arg-type]
    ("impossible page size", lambda *_: FakeCodeArtifact(page_size=0), ["1 to 1000"]),
    ("impossible account", lambda *_: FakeCodeArtifact(account="me"), ["'me'"]),
    ("backoff that is a word", lambda fake, a, t: fake.fork(backoff="no"), ["backoff must be True or False, not 'no'"]),
    ("account that is empty", lambda fake, a, t: fake.at(account=""), ["'' is not a valid account"]),
    ("account of a client that is empty", lambda fake, a, t: fake.client(account=""), ["'' is not a valid account"]),
    ("region that is empty", lambda fake, a, t: fake.at(region=""), ["'eu-west-1', not ''"]),
    ("key that is none", lambda fake, a, t: fake.register_access_key(None, account="111122223333"), ["AKIA"]),
    ("key that is empty", lambda fake, a, t: fake.register_access_key("", account="111122223333"), ["not ''"]),
    ("size of 64 bits",
     lambda f, a, t: t.packages[pypi("tool")].add_version("2", assets={"x": AssetSummary(2**63, "a" * 64)}), ["2**63"]),
    ("size that cannot be shown",
     lambda f, a, t: t.packages[pypi("tool")].add_version("2", assets={"x": AssetSummary(10**5000, "a" * 64)}),
     ["2**63", "this int"]),
    ("name in capitals", lambda *_: PackageId("PYPI", None, "x"), ["Did you mean 'pypi'?"]),  # type: ignore[arg-type]
]  # fmt: skip


@pytest.mark.parametrize(("seed", "words"), [case[1:] for case in IMPOSSIBLE], ids=[case[0] for case in IMPOSSIBLE])
def test_an_impossible_seed_is_refused_and_changes_nothing(
    codeartifact: FakeCodeArtifact,
    acme: Domain,
    team: Repository,
    seed: Callable[[Any, Any, Any], object],
    words: list[str],
) -> None:
    package = team.add_package(pypi("tool"), versions=["1.0"])

    with pytest.raises(SeedError) as caught:
        seed(codeartifact, acme, team)

    assert isinstance(caught.value, ValueError)
    for word in words:
        assert word in str(caught.value)
    assert list(codeartifact.domains) == ["acme"]
    assert list(acme.repositories) == ["team"]
    assert list(acme.package_groups) == ["/*"]
    assert list(package.versions) == ["1.0"]
    assert all(not list(found.versions) for id, found in team.packages.items() if id != pypi("tool"))


def test_a_failed_look_up_suggests_close_names(codeartifact: FakeCodeArtifact, acme: Domain, team: Repository) -> None:
    team.add_package(pypi("requests"), versions=["1.0"]).add_version("2.0", assets={"a.whl": b""})
    misses: list[tuple[Callable[[], object], str]] = [
        (lambda: codeartifact.domain("acmee"), "Did you mean 'acme'?"),
        (lambda: codeartifact.repository("acme", "teem"), "Did you mean 'team'?"),
        (lambda: team.packages[pypi("request")], "pypi('requests')"),
        (lambda: team.packages[pypi("requests")].versions["3.0"], "'2.0'"),
        (lambda: team.packages[pypi("requests")].versions["2.0"].assets["b.whl"], "Did you mean 'a.whl'?"),
        (lambda: acme.package_groups["/npm/*"], "'/*'"),
        (lambda: codeartifact.at(region="eu-west-1").domain("acme"), "There are none."),
    ]

    for read, words in misses:
        with pytest.raises(NotThere) as caught:
            read()
        assert isinstance(caught.value, KeyError)
        assert words in str(caught.value)


def test_reading_never_creates_anything(codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    assert "team" not in acme.repositories
    assert acme.repositories.get("team") is None
    assert list(codeartifact.at(region="eu-west-1").domains) == []
    assert (len(acme.repositories), len(codeartifact.domains)) == (0, 1)


def test_a_handle_of_a_removed_entity_names_the_call_that_removed_it(
    client: Any, acme: Domain, team: Repository
) -> None:
    package = team.add_package(pypi("tool"), versions=["1.0", "2.0"])
    first, second = package.versions["1.0"], package.versions["2.0"]
    package_of_team = {**TEAM, "format": "pypi", "package": "tool"}

    client.delete_package_versions(**package_of_team, versions=["1.0"])
    with pytest.raises(NotThere, match=r"It was removed by DeletePackageVersions\(.*test_seeding.py:"):
        _ = first.status
    client.delete_package(**package_of_team)
    with pytest.raises(NotThere, match=r"It was removed by DeletePackage\("):
        _ = second.status
    with pytest.raises(NotThere, match=r"It was removed by DeletePackage\("):
        package.add_version("3.0")
    client.delete_repository(**TEAM)
    with pytest.raises(NotThere, match=r"It was removed by DeleteRepository\("):
        team.add_package(pypi("new"))
    client.delete_domain(domain="acme")
    with pytest.raises(NotThere, match=r"It was removed by DeleteDomain\("):
        _ = acme.tags

    assert all((first, package, team, acme))
    assert team.deleted == {pypi("tool")}
    assert team.deleted_versions == {(pypi("tool"), "1.0")}


def test_handles_of_the_same_entity_are_equal(codeartifact: FakeCodeArtifact, acme: Domain, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    assert codeartifact.repository("acme", "team") == team == acme.repositories["team"]
    assert {team, acme.repository("team")} == {team}
    assert team != acme
    assert codeartifact.fork().repository("acme", "team") != team
    assert repr(team.packages[pypi("tool")].versions["1.0"]) == ("<version '1.0' of pypi('tool') in 'team'>")


A_PACKAGE = r"A package must be identified by its id, for example pypi\('name'\)"
A_VERSION = "A version must be identified by package and version"
A_NAME = "The key must be a str, not 1"


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda team: "tool" in team.packages, A_PACKAGE),
        (lambda team: team.packages["tool"], A_PACKAGE),
        (lambda team: team.packages == {"tool": 1}, A_PACKAGE),
        (lambda team: team.packages == {"tool"}, "can only be compared with a mapping"),
        (lambda team: 1 in team.packages[pypi("tool")].versions, A_NAME),
        (lambda team: team.packages[pypi("tool")].versions[1], A_NAME),
        (lambda team: "tool" not in team.deleted, A_PACKAGE),
        (lambda team: team.deleted == {"tool"}, A_PACKAGE),
        (lambda team: {"tool"} == team.deleted, A_PACKAGE),
        (lambda team: team.deleted == ["tool"], "must be compared with a set, not with"),
        (lambda team: team.deleted | {"tool"}, A_PACKAGE),
        (lambda team: {"tool"} - team.deleted, A_PACKAGE),
        (lambda team: team.deleted <= {"tool"}, A_PACKAGE),
        (lambda team: team.deleted.isdisjoint({"tool"}), A_PACKAGE),
        (lambda team: team.deleted.union(["tool"]), A_PACKAGE),
        (lambda team: team.deleted.issuperset(("tool",)), A_PACKAGE),
        (lambda team: pypi("tool") in team.deleted_versions, A_VERSION),
        (lambda team: team.deleted_versions == {("tool", "1.0")}, A_VERSION),
        (lambda team: team.disposed_versions == {pypi("tool")}, A_VERSION),
    ],
)
def test_mappings_and_sets_refuse_anything_but_ids(
    team: Repository, misuse: Callable[[Any], object], message: str
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    with pytest.raises(TypeError, match=message):
        misuse(team)


def test_sets_of_deletions_support_the_operators_of_sets(client: Any, team: Repository) -> None:
    team.add_packages([pypi("a"), pypi("b"), pypi("c")], versions=["1.0"])
    nothing = team.deleted
    for name in ("a", "b"):
        client.delete_package(**TEAM, format="pypi", package=name)
    a, b, c = pypi("a"), pypi("b"), pypi("c")

    deleted = team.deleted

    assert deleted == {a, b}
    assert {a, b} == deleted  # from either side
    assert deleted == frozenset({a, b})
    assert deleted == team.deleted
    assert deleted != {a}
    assert {a} != deleted
    for result, expected in [
        (deleted | {c}, {a, b, c}),
        ({c} | deleted, {a, b, c}),
        (deleted & {a, c}, {a}),
        ({a, c} & deleted, {a}),
        (deleted - {a}, {b}),
        ({a, c} - deleted, {c}),
        (deleted ^ {a, c}, {b, c}),
        ({a, c} ^ deleted, {b, c}),
    ]:
        assert result == expected
    assert {a} < deleted < {a, b, c}
    assert {a, b} <= deleted <= {a, b}
    assert deleted > {a}
    assert deleted >= {a, b}
    assert deleted.isdisjoint({c})
    assert list(deleted) == [a, b]
    assert (len(deleted), bool(deleted), bool(nothing)) == (2, True, False)
    assert (repr(deleted), hash(deleted)) == ("{pypi('a'), pypi('b')}", hash(frozenset({a, b})))
    assert nothing == set()


def test_sets_of_deletions_have_the_methods_of_an_immutable_set(client: Any, team: Repository) -> None:
    team.add_packages([pypi("a"), pypi("b"), pypi("c")], versions=["1.0"])
    for name in ("a", "b"):
        client.delete_package(**TEAM, format="pypi", package=name)
    a, b, c = pypi("a"), pypi("b"), pypi("c")

    deleted = team.deleted

    for result, expected in [
        (deleted.union([c]), {a, b, c}),
        (deleted.union({c}, team.deleted), {a, b, c}),
        (deleted.intersection([a, c]), {a}),
        (deleted.difference([a], [c]), {b}),
        (deleted.symmetric_difference([a, c]), {b, c}),
        (deleted.copy(), {a, b}),
    ]:
        assert result == expected
    assert deleted.issubset([a, b, c])
    assert not deleted.issubset([a])
    assert deleted.issuperset([a])
    assert not deleted.issuperset([c])
    assert deleted.isdisjoint([c])
    assert {name for name in dir(frozenset) if not name.startswith("_")} <= set(dir(deleted))


def test_deletions_stay_after_the_package_is_created_again(client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    client.delete_package(**TEAM, format="pypi", package="tool")

    team.add_package(pypi("tool"), versions=["1.0"])

    assert team.deleted == {pypi("tool")}
    assert pypi("tool") in team.packages


def test_changes_of_a_fork_are_not_seen_by_its_original(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    codeartifact.quotas.domains = 3
    codeartifact.clock.set(LONG_AGO)
    codeartifact.fail("ListDomains", "ThrottlingException").cancel()

    with codeartifact.fork() as fork:
        fork.client().delete_package(**TEAM, format="pypi", package="tool")
        fork.quotas.domains = 4
        fork.clock.advance(dt.timedelta(days=1))
        fork.add_domain("new")

    assert pypi("tool") in team.packages
    assert pypi("tool") not in fork.repository("acme", "team").packages
    assert (codeartifact.quotas.domains, codeartifact.clock.now()) == (3, LONG_AGO)
    assert codeartifact.calls == []
    assert codeartifact.deletions == []
    assert list(codeartifact.domains) == ["acme"]
    assert fork.calls.operations == ["DeletePackage"]
    assert team.deleted == set()


def test_a_fork_may_have_other_options_than_its_original(codeartifact: FakeCodeArtifact, acme: Domain) -> None:
    fork = codeartifact.fork(account="210987654321", page_size=1)

    assert (fork.account, fork.region) == ("210987654321", "us-east-1")
    assert list(fork.domains) == []
    assert acme == codeartifact.domain("acme")


def test_the_error_of_a_handle_names_the_call_that_removed_an_outer_resource(
    client: Any, acme: Domain, team: Repository
) -> None:
    client.delete_repository(domain="acme", repository="team")
    with pytest.raises(NotThere, match=r"no repository 'team' of domain 'acme' any more. .* by DeleteRepository"):
        _ = team.description

    client.delete_domain(domain="acme")
    with pytest.raises(NotThere, match=r"no domain 'acme' any more. .* by DeleteDomain"):
        _ = team.description


@pytest.mark.parametrize("ids", [pypi("x"), None, 5])
def test_add_packages_refuses_a_single_id(team: Repository, ids: Any) -> None:
    with pytest.raises(SeedError, match="add_package"):
        team.add_packages(ids)


@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        ("1.0", r"must be a list or a mapping, not '1.0'. Write versions=\['1.0'\]."),
        (b"1.0", "must be a list or a mapping, not b'1.0'."),
        (1.0, "must be a list or a mapping, not 1.0."),
        ({"1.0": "Archived"}, "Version '1.0' must be described by a table, not 'Archived'. Write for example"),
        ({"1.0": {"version": "1.0"}}, "Leave out 'version' in its table."),
        ({"1.0": {"publishd": "90 days ago"}}, "Did you mean 'published'?"),
        ([1.0], "A version must be a string or a table, not 1.0. Write '1.0' in quotes."),
        ([None], "A version must be a string, or a table such as"),
        ([{"published": "90 days ago"}], "The key 'version' is missing"),
        ([{"version": "1.0"}, "1.0"], "There is a version '1.0' of pypi\\('x'\\) already. It is given more than once."),
        ([{"version": 1}], "1 is not a valid version of pypi"),
    ],
)
def test_versions_that_are_neither_names_nor_tables_are_refused(team: Repository, versions: Any, sentence: str) -> None:
    with pytest.raises(SeedError, match=sentence):
        team.add_package(pypi("x"), versions=versions)
    with pytest.raises(SeedError, match=sentence):
        team.add_packages([pypi("x"), pypi("y")], versions=versions)
    assert not team.packages


@pytest.mark.parametrize("name", ["@", "@scope"])
def test_a_scope_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(SeedError, match="scope"):
        npm(name)


@pytest.mark.parametrize(
    "published",
    [
        dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone.utc),
        dt.datetime(2026, 1, 1, 13, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        dt.timedelta(days=30),
        "2026-01-01T12:00:00Z",
        "2026-01-01T13:00:00+01:00",
    ],
    ids=str,
)
def test_a_time_of_publication_may_be_absolute_or_relative(
    codeartifact: FakeCodeArtifact, team: Repository, published: Any
) -> None:
    timestamp = dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone.utc)
    codeartifact.clock.set(timestamp + dt.timedelta(days=30))

    version = team.add_package(pypi("x")).add_version("1", published=published)

    assert version.published == timestamp


@pytest.mark.parametrize(
    ("published", "message"),
    [
        (dt.datetime(2026, 1, 1), "has no time zone"),
        ("2026-01-01T12:00:00", "has no time zone"),
        ("2026-01-01", "has no time zone"),
        ("yesterday", "is not a valid timestamp"),
        (5, "is not a valid timestamp"),
    ],
)
def test_timestamps_without_a_time_zone_and_other_values_are_refused(
    team: Repository, published: Any, message: str
) -> None:
    package = team.add_package(pypi("x"))
    with pytest.raises(SeedError, match=message):
        package.add_version("1", published=published)
    assert not package.versions


@pytest.mark.parametrize("id", [generic("@ns", "@tool"), maven("@group", "@artifact"), pypi("@tool")], ids=str)
def test_an_at_sign_may_begin_the_names_of_other_formats_than_npm(team: Repository, id: PackageId) -> None:
    team.add_package(id)

    assert list(team.packages) == [id]
    assert id.name.startswith("@")
