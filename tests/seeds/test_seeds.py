"""Seeds in files: dumps load the same state, and errors in a file have their place."""

from __future__ import annotations

import datetime as dt
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_codeartifact import (
    CodeArtifactPluginError,
    Dependency,
    Domain,
    FakeCodeArtifact,
    License,
    Location,
    Origin,
    Package,
    PackageId,
    Repository,
    SeedError,
    generic,
    maven,
    npm,
    nuget,
    pypi,
)
from pytest_codeartifact.seeds import loading

from .. import ROOT
from ..support.acme import ACCOUNT, ACME, TEAM

LONG_AGO = dt.datetime(2020, 1, 31, 12, 30, 0, 125000, tzinfo=dt.timezone.utc)
OTHER = "210987654321"
POLICY = '{"Statement": {"Effect":"Allow", "Principal": "*", "Action": "codeartifact:*"}}'

ABOUT_A_VERSION = ("describe_package_version", "get_package_version_readme", "list_package_version_dependencies")

both_formats = pytest.mark.parametrize("suffix", ["json", "toml"])


INNER = {
    "domains": ["package_groups", "repositories"],
    "repositories": ["packages"],
    "public_sources": ["packages"],
    "packages": ["versions"],
}
"""The keys of an entity in a seed file, and the keys of its parts."""


def seed_world(fake: FakeCodeArtifact) -> None:
    """A fake with an entity of each kind. Some were created by calls."""
    client = fake.client()
    fake.clock.set(LONG_AGO)
    acme = fake.add_domain(
        "acme", tags={"cost": "low", "ä b": '"'}, encryption_key="alias/mine", policy={"x": [1]}, policy_revision="P1"
    )
    store = acme.add_repository("store", external_connection="public:npmjs", administrator=OTHER)
    gone = acme.add_repository("gone")
    acme.add_repository("team", upstreams=[gone, store], description='Ours "and" yours', tags={"a": ""})
    client.update_repository(**ACME, repository="gone", upstreams=[{"repositoryName": "team"}])
    client.delete_repository(**ACME, repository="gone")
    acme.add_repository("gone", upstreams=["team"])
    client.put_repository_permissions_policy(**TEAM, policyDocument=POLICY)
    fake.at(OTHER, "eu-west-1").add_domain("theirs").add_repository("shared")
    fake.clock.advance(dt.timedelta(days=1))
    seed_groups(fake)
    seed_packages(fake)


def seed_groups(fake: FakeCodeArtifact) -> None:
    client, group = fake.client(), {**ACME, "packageGroup": "/*"}
    client.update_package_group(**group, contactInfo="us", description="All")
    client.update_package_group_origin_configuration(
        **group,
        restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES", "EXTERNAL_UPSTREAM": "BLOCK"},
        addAllowedRepositories=[{"repositoryName": "store", "originRestrictionType": "PUBLISH"}],
    )
    fake.domain("acme").add_package_group(
        "/npm/ui/*",
        restrictions={"INTERNAL_UPSTREAM": "ALLOW_SPECIFIC_REPOSITORIES", "EXTERNAL_UPSTREAM": "ALLOW"},
        allowed_repositories={"INTERNAL_UPSTREAM": ["team", "store"]},
        contact_info="ui@acme.example",
        tags={"team": "ui"},
    )


def seed_packages(fake: FakeCodeArtifact) -> None:
    client, team = fake.client(), fake.repository("acme", "team")
    button = team.add_package(npm("@ui/button"), ["0.9.0"], Origin("BLOCK", "ALLOW"), dist_tags={"latest": "0.9.0"})
    button.add_version(
        "1.0.0",
        status="Archived",
        published=LONG_AGO,
        origin_type="EXTERNAL",
        revision="R1",
        display_name="Button",
        summary='Says "hi"',
        home_page="https://b.example",
        source_code_repository="https://git.example/b",
        licenses=[License("MIT"), License("Own", "https://l.example")],
        readme='# A button\r\n\n"""\\ends with "',
        dependencies=[Dependency("react", "^18", "regular"), Dependency("node", "*", "dev", "types")],
        assets={"package.tgz": b"\x00\xff"},
        kept={"package.json": '{"bin": "b.js"}'},
        notes={"seen": "yes"},
        dist_tags=["old"],
    )
    button.add_version("2.0.0", origin_type="UNKNOWN")
    button.add_version("3.0.0", status="Unlisted", entry_point="store", assets={"package.tgz": b"x"})
    team.add_packages([pypi("Foo_Bar"), nuget("Newtonsoft.Json"), generic("ns", "tool")], ["1.0", "1.1"])
    team.add_package(maven("org.example", "files")).add_version("1.0", assets={"read me.txt": b"text\n", "empty": b""})
    team.add_package(maven("org.example", "empty"))
    fake.repository("acme", "store").publish(maven("org.example", "core"), "1.0", {"core.jar": b"jar"}, unfinished=True)
    coordinates = {**TEAM, "format": "pypi", "package": "foo-bar"}
    client.delete_package_versions(**coordinates, versions=["1.1"])
    team.packages[pypi("foo-bar")].add_version("1.1", assets={"a.whl": b"wheel"})
    client.dispose_package_versions(**coordinates, versions=["1.1"])
    source = fake.public_source("public:npmjs")
    source.add_package(npm("lodash"), ["4.17.20"], dist_tags={"latest": "4.17.20"}).add_version("4.17.21")


def answers(fake: FakeCodeArtifact) -> dict[str, Any]:
    """The results of all reading operations, for all entities."""
    said: dict[str, Any] = {}
    for account, region in [(ACCOUNT, "us-east-1"), (OTHER, "us-east-1"), (OTHER, "eu-west-1")]:
        for call, answer in answered(fake.client(account, region)):
            said[f"{account} {region} {call}"] = answer
    return said


def answered(client: Any) -> Iterator[tuple[str, Any]]:
    def ask(operation: str, **params: Any) -> Any:
        try:
            answer = getattr(client, operation)(**params)
        except client.exceptions.ClientError as error:
            return error.response["Error"]
        return {
            name: value.read() if hasattr(value, "read") else value
            for name, value in answer.items()
            if name not in ("ResponseMetadata", "nextToken")
        }

    yield "repositories", ask("list_repositories")
    domains = ask("list_domains")["domains"]
    yield "domains", domains
    for domain in domains:
        name = domain["name"]
        operations = ("describe_domain", "get_domain_permissions_policy", "list_repositories_in_domain")
        yield f"domain {name}", [ask(operation, domain=name) for operation in operations]
        yield f"tags of {name}", ask("list_tags_for_resource", resourceArn=domain["arn"])
        for group in ask("list_package_groups", domain=name)["packageGroups"]:
            pattern = {"domain": name, "packageGroup": group["pattern"]}
            lists = [
                ask("list_allowed_repositories_for_group", **pattern, originRestrictionType=type)
                for type in group["originConfiguration"]["restrictions"]
            ]
            yield f"group {name} {pattern}", [group, ask("list_associated_packages", **pattern), *lists]
            yield f"tags of {name} {pattern}", ask("list_tags_for_resource", resourceArn=group["arn"])
        for repository in ask("list_repositories_in_domain", domain=name)["repositories"]:
            yield from answered_of(ask, {"domain": name, "repository": repository["name"]}, repository["arn"])


def answered_of(ask: Callable[..., Any], at: dict[str, str], arn: str) -> Iterator[tuple[str, Any]]:
    yield f"repository {at}", [ask("describe_repository", **at), ask("get_repository_permissions_policy", **at)]
    yield f"tags of {at}", ask("list_tags_for_resource", resourceArn=arn)
    # A repository without the version searches its upstreams, which may not exist any more.
    yield f"lodash {at}", ask("describe_package_version", **at, format="npm", package="lodash", packageVersion="9")
    for package in ask("list_packages", **at)["packages"]:
        of = {**at, **{name: package[name] for name in ("format", "namespace", "package") if name in package}}
        listed = ask("list_package_versions", **of, sortBy="PUBLISHED_TIME")
        yield f"package {of}", [package, ask("describe_package", **of), listed]
        for version in listed["versions"]:
            one = {**of, "packageVersion": version["version"]}
            assets = ask("list_package_version_assets", **one)
            yield f"version {one}", [assets, *(ask(operation, **one) for operation in ABOUT_A_VERSION)]
            for asset in assets.get("assets", ()):
                yield f"asset {one} {asset}", ask("get_package_version_asset", **one, asset=asset["name"])


@both_formats
def test_a_dump_loads_the_same_state(codeartifact: FakeCodeArtifact, tmp_path: Path, suffix: str) -> None:
    seed_world(codeartifact)
    path = tmp_path / f"seed.{suffix}"
    before = answers(codeartifact)

    codeartifact.dump(path)
    with FakeCodeArtifact() as loaded:
        loaded.load(path)
        after = answers(loaded)
        loaded.dump(tmp_path / f"again.{suffix}")

    assert len(before) > 40
    assert after == before
    assert (tmp_path / f"again.{suffix}").read_bytes() == path.read_bytes()


def test_a_dump_can_have_every_key_that_a_seed_can_have(codeartifact: FakeCodeArtifact, tmp_path: Path) -> None:
    said: dict[str, set[str]] = {}

    def note(kind: str, things: list[Any]) -> None:
        for thing in things:
            if isinstance(thing, dict):  # and no version by its name alone
                said.setdefault(kind, set()).update(thing)
                for inner in INNER.get(kind, ()):
                    note(inner, thing.get(inner, []))

    seed_world(codeartifact)
    codeartifact.dump(tmp_path / "seed.json")
    world = json.loads((tmp_path / "seed.json").read_text())
    for kind, things in world.items():
        note(kind, things)

    assert said == {
        "domains": set(loading.DOMAIN) - {"restrictions"},  # the restrictions of the root group
        "package_groups": set(loading.PACKAGE_GROUP),
        "repositories": set(loading.REPOSITORY),
        "packages": set(loading.PACKAGE),
        "versions": set(loading.VERSION) - {"dist_tags"},  # those of the package
        "public_sources": set(loading.PUBLIC_SOURCE),
    }


@both_formats
def test_public_sources_and_undecided_origins_are_loaded(tmp_path: Path, suffix: str) -> None:
    seeded, path = FakeCodeArtifact(), tmp_path / f"seed.{suffix}"
    seed = seeded.add_domain("acme").add_repository("team", external_connection="public:npmjs")
    seed.add_package(pypi("waits"))
    seeded.public_source("public:npmjs").add_package(npm("lodash"), ["4.17.21"], dist_tags={"latest": "4.17.21"})
    seeded.dump(path)

    loaded = FakeCodeArtifact()
    loaded.load(str(path))
    team = loaded.repository("acme", "team")
    team.fetch(npm("lodash"), "4.17.21")
    team.packages[pypi("waits")].add_version("1.0", origin_type="EXTERNAL")

    assert team.packages[npm("lodash")].dist_tags == {"latest": "4.17.21"}
    assert team.packages[pypi("waits")].origin == Origin("BLOCK", "ALLOW")


def test_the_account_and_region_of_a_domain_are_dumped_only_if_not_the_default(tmp_path: Path) -> None:
    path = tmp_path / "seed.toml"
    seeded = FakeCodeArtifact()
    seeded.add_domain("acme")
    seeded.add_domain("theirs", account=OTHER, region="eu-west-1")
    seeded.dump(path)

    loaded = FakeCodeArtifact(account="111122223333", region="eu-north-1")
    loaded.load(path)

    assert path.read_text().count("account = ") == 1
    assert loaded.domain("acme").arn == "arn:aws:codeartifact:eu-north-1:111122223333:domain/acme"
    assert loaded.at(OTHER, "eu-west-1").domain("theirs").region == "eu-west-1"


@both_formats
@given(text=st.text(), content=st.binary())
def test_any_text_and_any_content_survives_a_dump(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, text: str, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("texts") / f"seed.{suffix}"
    seeded, loaded = FakeCodeArtifact(), FakeCodeArtifact()
    package = seeded.add_domain("acme").add_repository("team").add_package(npm("tool"))
    assets = {"content": content, "text": text.encode()}
    package.add_version("1.0.0", readme=text, summary=text, licenses=[text], dist_tags=[text])
    package.add_version("1.0.1", assets={"package.tgz": content})
    seeded.repository("acme", "team").add_package(pypi("tool")).add_version("1.0.0", assets=assets)

    seeded.dump(path)
    loaded.load(path)

    packages = loaded.repository("acme", "team").packages
    version = packages[npm("tool")].versions["1.0.0"]
    assert (version.readme, version.summary, version.licenses) == (text, text, [License(text)])
    assert packages[npm("tool")].versions["1.0.1"].assets == {"package.tgz": content}
    assert packages[pypi("tool")].versions["1.0.0"].assets == assets
    assert version.package.dist_tags == {text: "1.0.0"}


@both_formats
@pytest.mark.parametrize("text", ['"', '""', '"""', 'a\n"""', 'a\n"', "\\", "a\n\\", "\r\n", "a\nb\x00\x7f\t", "\n\n"])
def test_a_text_with_quotes_escapes_or_line_breaks_survives_a_dump(tmp_path: Path, suffix: str, text: str) -> None:
    seeded, loaded = FakeCodeArtifact(), FakeCodeArtifact()
    seeded.add_domain("acme").add_repository("team").add_package(npm("tool")).add_version("1.0.0", readme=text)

    seeded.dump(tmp_path / f"seed.{suffix}")
    loaded.load(tmp_path / f"seed.{suffix}")

    assert loaded.repository("acme", "team").packages[npm("tool")].versions["1.0.0"].readme == text


def test_a_lone_surrogate_can_be_dumped_to_json_but_not_to_toml(tmp_path: Path) -> None:
    seeded, loaded = FakeCodeArtifact(), FakeCodeArtifact()
    seeded.add_domain("acme").add_repository("team").add_package(npm("tool")).add_version("1.0.0", readme="\ud800")

    seeded.dump(tmp_path / "seed.json")
    loaded.load(tmp_path / "seed.json")
    with pytest.raises(SeedError, match=r"seed.toml: TOML cannot hold the string '\\ud800'"):
        seeded.dump(tmp_path / "seed.toml")

    assert loaded.repository("acme", "team").packages[npm("tool")].versions["1.0.0"].readme == "\ud800"
    assert not (tmp_path / "seed.toml").exists()


def with_version(version: Any, **package: Any) -> dict[str, Any]:
    return with_package({"format": "npm", "name": "tool", "versions": ["0.1.0", version], **package})


def with_package(package: Any) -> dict[str, Any]:
    return {"domains": [{"name": "acme", "repositories": [{"name": "team", "packages": [package]}]}]}


PACKAGE = "domains[0].repositories[0].packages[0]"
VERSION = f"{PACKAGE}.versions[1]"

WRONG: dict[str, tuple[Any, str]] = {
    "no table": ([], "expected a table, found a list."),
    "unknown key": ({"domain": []}, "unknown key 'domain'. Did you mean 'domains'?"),
    "no list": ({"domains": {}}, "domains: expected a list, found a table."),
    "no name": ({"domains": [{}]}, "domains[0]: the key 'name' is missing."),
    "invalid name": ({"domains": [{"name": "A"}]}, "domains[0]: 'A' is not a valid domain name: 2 to 50"),
    "domain that exists": ({"domains": [{"name": "there"}]}, "domains[0]: There is a domain 'there'"),
    "domain twice": ({"domains": [{"name": "acme"}, {"name": "acme"}]}, "domains[1]: There is a domain 'acme'"),
    "invalid region": ({"domains": [{"name": "acme", "region": "here"}]}, "domains[0]: The region must be a name like"),
    "number": ({"domains": [{"name": "acme", "created": 5}]}, "domains[0].created: 5 is not a valid timestamp. Write"),
    "naive timestamp": (
        {"domains": [{"name": "acme", "created": "2020-01-31T12:00:00"}]},
        "domains[0].created: '2020-01-31T12:00:00' has no time zone. Write '2020-01-31T12:00:00Z'.",
    ),
    "not a timestamp": (
        {"domains": [{"name": "acme", "created": "2020-02-31T12:00:00Z"}]},
        "domains[0].created: '2020-02-31T12:00:00Z' is not a valid timestamp: there is no such date or time.",
    ),
    "tags": ({"domains": [{"name": "acme", "tags": {"a b": 5}}]}, "domains[0].tags.'a b': expected a string, found 5."),
    "policy": ({"domains": [{"name": "acme", "policy": [1]}]}, "domains[0].policy: a policy must be a table, or"),
    "group": (
        {"domains": [{"name": "acme", "package_groups": [{"pattern": "npm"}]}]},
        "domains[0].package_groups[0]: 'npm' is not a valid ",
    ),
    "root group": (
        {"domains": [{"name": "acme", "package_groups": [{"pattern": "/*", "restrictions": {"PUBLISH": "INHERIT"}}]}]},
        "domains[0].package_groups[0]: The root package group has nothing to inherit from.",
    ),
    "upstream": (
        {"domains": [{"name": "acme", "repositories": [{"name": "team", "upstreams": ["b"]}]}]},
        "domains[0].repositories[0]: upstreams has 'b', but there is no such repository in domain 'acme'.",
    ),
    "upstream and connection": (
        {"domains": [{"name": "acme", "repositories": [
            {"name": "team", "upstreams": ["store"], "external_connection": "public:pypi"}, {"name": "store"}]}]},
        "domains[0].repositories[0]: A repository has either upstreams or an external connection",
    ),
    "format": (with_package({"format": "npn", "name": "x"}), f"{PACKAGE}: There is no package format 'npn'."),
    "package key": (with_package({"format": "npm", "nam": "x"}), f"{PACKAGE}: unknown key 'nam'. Did you mean 'name'?"),
    "origin": (
        with_package({"format": "npm", "name": "x", "origin": {"publish": "NEVER"}}),
        f"{PACKAGE}: publish cannot be 'NEVER'.",
    ),
    "version key": (
        with_version({"version": "1.0.0", "statsu": ""}),
        f"{VERSION}: unknown key 'statsu'. Did you mean 'status'?",
    ),
    "version status": (with_version({"version": "1.0.0", "status": "x"}), f"{VERSION}: status cannot be 'x'"),
    "version type": (with_version(1.0), f"{VERSION}: expected a table, found 1.0."),
    "version twice": (with_version("0.1.0"), f"{VERSION}: There is a version '0.1.0' of npm('tool') already."),
    "status type": (with_version({"version": "1.0.0", "status": True}), f"{VERSION}.status: expected a string, found"),
    "licence": (
        with_version({"version": "1.0.0", "licenses": [{}]}),
        f"{VERSION}.licenses[0]: the key 'name' is missing.",
    ),
    "asset": (
        with_version({"version": "1.0.0", "assets": {"a": {}}}),
        f"{VERSION}.assets.a: the content of an asset must be",
    ),
    "base64": (
        with_version({"version": "1.0.0", "assets": {"a.b": {"base64": "?"}}}),
        f"{VERSION}.assets.'a.b'.base64: this is not valid Base64.",
    ),
    "dependency": (
        with_version({"version": "1.0.0", "dependencies": [{"package": "x", "versionRequirement": ""}]}),
        f"{VERSION}.dependencies[0]: unknown key 'versionRequirement'. Did you mean 'version_requirement'?",
    ),
    "dist-tag": (
        with_version("1.0.0", dist_tags={"latest": "2"}),
        f"{PACKAGE}.dist_tags.latest: the dist-tag points to '2', which cannot be a version.",
    ),
    "dist-tag type": (
        with_version("1.0.0", dist_tags={"latest": 2}),
        f"{PACKAGE}.dist_tags.latest: expected a string, found 2.",
    ),
    "public source": ({"public_sources": [{"name": "npmjs"}]}, "public_sources[0]: The external connection cannot be"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_invalid_file_is_refused_with_the_position_and_changes_nothing(
    client: Any, codeartifact: FakeCodeArtifact, tmp_path: Path, case: str
) -> None:
    described, expected = WRONG[case]
    there = codeartifact.add_domain("there")
    path = tmp_path / "seed.json"
    if isinstance(described, dict) and isinstance(described.get("domains"), list):  # valid values come first
        described = {"domains": [{"name": "fine", "repositories": [{"name": "fine"}]}, *described["domains"]]}
        expected = expected.replace("domains[1]", "domains[2]").replace("domains[0]", "domains[1]")
    path.write_text(json.dumps(described))

    with pytest.raises(SeedError) as caught:
        codeartifact.load(path)

    assert str(caught.value).startswith(f"{path}: {expected}")
    assert str(caught.value).count(str(path)) == 1
    assert [domain["name"] for domain in client.list_domains()["domains"]] == ["there"]
    assert not there.repositories


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.json", b'{\n  "a": }', "Expecting value (at line 2, column 8)"),
        ("a.json", b'{"domains": [{"name": "a", "name": "b"}]}', "domains[0]: the key 'name' is duplicated."),
        ("a.json", b'{"a":\n "\xff"}', "this is not valid UTF-8 (at line 2, column 3)"),
        ("a.json", b"[" * 100_000, "it is nested too deeply."),
        ("a.toml", b"a = 1\nb = \n", "Invalid value (at line 2, column 5)"),
        ("a.toml", b"a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6)"),
        ("a.toml", b"domains = [{ name = 'a', created = 2020-01-31T12:00:00 }]", "domains[0].created: "),
        ("a.yaml", b"", "the name of a seed file must end with .json or .toml."),
    ],
)
def test_unreadable_files_are_refused_with_the_position(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SeedError) as caught:
        FakeCodeArtifact().load(tmp_path / name)

    assert str(caught.value).startswith(f"{tmp_path / name}: {expected}")


def test_a_missing_file_or_a_path_of_another_type_is_refused(tmp_path: Path) -> None:
    fake = FakeCodeArtifact()

    for use, path in [(fake.load, tmp_path / "no.json"), (fake.dump, tmp_path / "no" / "seed.json")]:
        with pytest.raises(SeedError, match=r"\.json: No such file or directory"):
            use(path)
    with pytest.raises(SeedError, match="A path must be a str or a Path, not 5"):
        fake.load(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [
        "2020-01-31T12:30:00.125Z",
        '"2020-01-31T12:30:00.125Z"',
        "2020-01-31T14:30:00.125+02:00",
        '"2020-01-31 12:30:00.125000+00:00"',
    ],
)
def test_timestamps_in_toml_may_be_native_or_strings(tmp_path: Path, written: str) -> None:
    (tmp_path / "seed.toml").write_text(f'[[domains]]\nname = "acme"\ncreated = {written}\n')
    fake = FakeCodeArtifact()

    fake.load(tmp_path / "seed.toml")

    assert fake.domain("acme").created == LONG_AGO


def test_a_file_cannot_be_loaded_into_a_seed_whose_fork_is_open(tmp_path: Path) -> None:
    seed = FakeCodeArtifact()
    seed.dump(tmp_path / "seed.toml")

    with seed.fork(), pytest.raises(SeedError, match="runs on a fork of it"):
        seed.load(tmp_path / "seed.toml")


def test_the_documented_examples_can_be_loaded(tmp_path: Path) -> None:
    documented = (ROOT / "docs" / "seeds.md").read_text()
    for suffix in ("toml", "json"):
        example = documented.partition(f"```{suffix}\n")[2].partition("```")[0]
        (tmp_path / f"example.{suffix}").write_text(example)
    fake, other = FakeCodeArtifact(), FakeCodeArtifact()

    fake.load(tmp_path / "example.toml")
    other.load(tmp_path / "example.json")

    button = fake.repository("acme", "team").packages[npm("@ui/button")]
    assert list(button.versions) == ["0.9.0", "1.0.0"]
    assert hashlib.sha256(button.versions["1.0.0"].assets["package.tgz"]).hexdigest()[:8] == "ed7002b4"
    assert list(other.repository("acme", "team").packages) == [pypi("requests")]


# Files that are written in parts


def test_json_is_formatted_as_by_the_standard_library(tmp_path: Path) -> None:
    fake = FakeCodeArtifact()
    fake.add_domain("empty")
    acme = fake.add_domain("acme", tags={"key": 'a "quoted" valué'})
    acme.add_repository("nothing")
    acme.add_repository("team").add_package(npm("@scope/name"), versions=["1.0.0", "2.0.0"])
    fake.public_source("public:pypi").add_package(pypi("other"))
    fake.dump(tmp_path / "seed.json")
    FakeCodeArtifact().dump(tmp_path / "nothing.json")

    text = (tmp_path / "seed.json").read_text(encoding="utf-8")

    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
    assert (tmp_path / "nothing.json").read_text() == "{}\n"


def test_a_refused_dump_does_not_change_an_earlier_dump(tmp_path: Path) -> None:
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    team.add_package(pypi("first"))
    fake.dump(path := tmp_path / "seed.toml")
    before = path.read_bytes()
    team.add_package(pypi("second")).add_version("1.0", summary="\ud800")

    with pytest.raises(SeedError, match=r"Write a \.json file"):
        fake.dump(path)

    assert path.read_bytes() == before


# What is impossible


def parameters(function: Any) -> set[str]:
    """The names of the keyword arguments of a function."""
    return {name for name in inspect.signature(function).parameters if name not in ("self", "domain")}


@pytest.mark.parametrize(
    ("keys", "keywords", "inside"),
    [
        (loading.DOMAIN, parameters(FakeCodeArtifact.add_domain) | parameters(Location.add_domain),
         {"package_groups", "repositories"}),
        (loading.REPOSITORY, parameters(Domain.add_repository), {"packages"}),
        (loading.PACKAGE_GROUP, parameters(Domain.add_package_group), set()),
        (loading.PACKAGE, (parameters(Repository.add_package) - {"id"}) | parameters(PackageId), set()),
        (loading.VERSION, parameters(Package.add_version), set()),
        (loading.PUBLIC_SOURCE, {"name"}, {"packages"}),
    ],
    ids=["domain", "repository", "package group", "package", "version", "public source"],
)  # fmt: skip
def test_the_keys_of_a_file_are_the_keywords_of_python(keys: Any, keywords: set[str], inside: set[str]) -> None:
    assert set(keys) == keywords | inside


def test_a_version_in_a_file_may_have_dist_tags(tmp_path: Path) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text("""
        [[domains]]
        name = "acme"
        [[domains.repositories]]
        name = "team"
        [[domains.repositories.packages]]
        format = "npm"
        name = "button"
        dist_tags = { next = "2.0.0" }
        versions = [{ version = "2.0.0", dist_tags = ["latest", "beta"] }, "1.0.0"]
    """)
    fake = FakeCodeArtifact()
    fake.load(seed)

    tags = fake.repository("acme", "team").packages[npm("button")].dist_tags

    assert tags == {"latest": "2.0.0", "beta": "2.0.0", "next": "2.0.0"}


BEYOND = [
    dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-1))),
    dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1))),
    dt.timedelta(days=3000 * 365),
    -dt.timedelta(days=9000 * 365),
    dt.timedelta.max,
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
]


@pytest.mark.parametrize("beyond", BEYOND)
def test_a_timestamp_outside_of_the_calendar_is_refused(beyond: Any) -> None:
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    tool = team.add_package(pypi("tool"))
    refusing: list[Any] = [
        lambda: fake.add_domain("beyond", created=beyond),
        lambda: fake.domain("acme").add_repository("beyond", created=beyond),
        lambda: fake.domain("acme").add_package_group("/pypi/*", created=beyond),
        lambda: tool.add_version("1.0", published=beyond),
    ]
    if isinstance(beyond, dt.datetime):
        refusing.append(lambda: fake.clock.set(beyond))

    with fake.unchanged():
        for refused in refusing:
            with pytest.raises(SeedError, match="years 1 to 9999"):
                refused()


@pytest.mark.parametrize("by", [dt.timedelta.max, dt.timedelta.min, dt.timedelta(days=8000 * 365)])
def test_a_clock_cannot_be_advanced_beyond_the_calendar(by: dt.timedelta) -> None:
    fake = FakeCodeArtifact()
    fake.clock.set(dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))

    with pytest.raises(SeedError, match="years 1 to 9999"):
        fake.clock.advance(by)

    assert fake.clock.now().year == 2026


@pytest.mark.parametrize("suffix", [".json", ".toml"])
def test_an_integer_of_too_many_digits_is_refused_with_its_position(tmp_path: Path, suffix: str) -> None:
    seed = tmp_path / f"seed{suffix}"
    digits = "9" * 5000
    seed.write_text(f'{{\n"domains": {digits}}}' if suffix == ".json" else f"\ndomains = {digits}")

    with pytest.raises(SeedError, match=r"5,000 digits .*line 2, column 1\d"):
        FakeCodeArtifact().load(seed)


def test_a_hexadecimal_integer_of_any_length_is_refused(tmp_path: Path) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text(f"domains = 0x{'f' * 9000}")

    with pytest.raises(SeedError, match=r"domains: .*this int"):
        FakeCodeArtifact().load(seed)


LONG = 3_000_000


@pytest.mark.parametrize(
    "refused",
    [
        lambda fake, team: fake.add_domain("x" * LONG),
        lambda fake, team: fake.add_domain(b"x" * LONG),
        lambda fake, team: fake.add_domain(10**5000),
        lambda fake, team: fake.add_domain("new", tags=["x" * LONG]),
        lambda fake, team: fake.add_domain("new", policy="x" * LONG),
        lambda fake, team: fake.add_domain("new", restrictions={"x" * LONG: "BLOCK"}),
        lambda fake, team: fake.domain("acme").add_repository("new", upstreams=["x" * LONG]),
        lambda fake, team: fake.domain("acme").add_repository("new", external_connection="x" * LONG),
        lambda fake, team: team.add_package("x" * LONG),
        lambda fake, team: team.add_package(pypi("tool"), versions="x" * LONG),
        lambda fake, team: team.add_package(pypi("tool"), versions=["/" * LONG]),
        lambda fake, team: team.add_package(pypi("tool"), origin="x" * LONG),
        lambda fake, team: team.publish(pypi("tool"), "1.0", {"tool.whl": "x" * LONG}),
        lambda fake, team: pypi("/" * LONG),
        lambda fake, team: fake.domains["x" * LONG],
        lambda fake, team: team.packages[pypi("tool")].versions["x" * LONG],
        lambda fake, team: fake.load_cli({"packages": "x" * LONG}, into=team),
        lambda fake, team: fake.load_cli({"x" * LONG: 1}, into=team),
        lambda fake, team: fake.load_cli({"repository": {"createdTime": 10**5000}}, into=team),
        lambda fake, team: fake.serve("x" * LONG),
        lambda fake, team: fake.load(["x" * LONG]),
    ],
)
def test_a_long_value_is_truncated_in_the_error_message(refused: Any) -> None:
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")

    with fake.unchanged(), pytest.raises(CodeArtifactPluginError) as error:
        refused(fake, team)

    assert len(str(error.value)) < 2000


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ('{"Version": "1", "Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', "'Effect' is duplicated"),
        ('{"Version": NaN}', "A policy must be"),
        ('{"a": ' * 400 + "1" + "}" * 400, None),
    ],
)
def test_a_policy_document_is_loaded_unchanged_or_refused(tmp_path: Path, policy: str, said: str | None) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(f'{{"domains": [{{"name": "acme", "policy": {policy}}}]}}')
    fake = FakeCodeArtifact()

    if said is None:
        fake.load(seed)
        assert fake.domain("acme").policy == json.loads(policy)
    else:
        with pytest.raises(SeedError, match=said):
            fake.load(seed)
        assert list(fake.domains) == []


@pytest.mark.parametrize("name", ["nul\0.json", "x" * 300 + ".json", "no/such/folder.json", "\ud800\0.toml"])
def test_an_impossible_path_is_refused(tmp_path: Path, name: str) -> None:
    fake = FakeCodeArtifact()

    with pytest.raises(SeedError):
        fake.dump(tmp_path / name)
    with pytest.raises(SeedError):
        fake.load(tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_a_failed_dump_leaves_no_temporary_file_and_a_dump_keeps_the_permissions(tmp_path: Path) -> None:
    fake = FakeCodeArtifact()
    team = fake.add_domain("acme").add_repository("team")
    old = tmp_path / "seed.toml"
    old.write_text("# by hand\n")
    old.chmod(0o600)
    team.add_package(pypi("tool")).add_version("1.0", readme="\ud800")

    with pytest.raises(SeedError):
        fake.dump(old)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("seed.toml", "# by hand\n")]
    FakeCodeArtifact().dump(old)

    assert (old.read_text().strip(), old.stat().st_mode & 0o777) == ("", 0o600)


def test_a_dump_follows_a_link_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "file.json")

    FakeCodeArtifact().dump(tmp_path / "link.json")

    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "file.json").read_text().strip() == "{}"


def test_an_unknown_origin_has_no_entry_point() -> None:
    tool = FakeCodeArtifact().add_domain("acme").add_repository("team").add_package(pypi("tool"))

    with pytest.raises(SeedError, match="UNKNOWN has no entry_point"):
        tool.add_version("1.0", origin_type="UNKNOWN", entry_point="team")
    with pytest.raises(SeedError, match="entry point"):
        tool.add_version("1.0", entry_point="/")

    assert list(tool.versions) == []
