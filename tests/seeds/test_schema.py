"""The published JSON Schema and the loader agree on valid seed files and on their keys."""

from __future__ import annotations

import base64
import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_codeartifact import FakeCodeArtifact, SeedError, npm
from pytest_codeartifact.seeds import loading, schema

from .. import ROOT

SCHEMA = json.loads(schema.FILE.read_text())
VALIDATOR = Draft202012Validator(SCHEMA)

Place: TypeAlias = tuple[Any, ...]

VERSION: dict[str, Any] = {
    "status": "Published",
    "published": "90 days ago",
    "origin_type": "INTERNAL",
    "entry_point": "team",
    "revision": "r1",
    "display_name": "Tool",
    "summary": "s",
    "home_page": "https://example.com",
    "source_code_repository": "https://example.com",
    "licenses": ["MIT", {"name": "Own", "url": "https://example.com"}],
    "readme": "text",
    "dependencies": [
        {"package": "x", "version_requirement": "^1", "dependency_type": "regular", "namespace": "ui"},
    ],
    "dist_tags": ["latest"],
    "kept": {"a": "b"},
    "notes": {"a": "b"},
    "assets": {"package.tgz": {"text": "content"}},
}

FULL: dict[str, Any] = {
    "domains": [
        {
            "name": "acme",
            "account": "111122223333",
            "region": "eu-west-1",
            "created": "2020-01-31T12:00:00Z",
            "encryption_key": "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012",
            "tags": {"a": "b"},
            "policy": {"Version": "2012-10-17", "Statement": []},
            "policy_revision": "r1",
            "restrictions": {"PUBLISH": "BLOCK"},
            "package_groups": [
                {
                    "pattern": "/npm/*",
                    "created": "P90D",
                    "restrictions": {"EXTERNAL_UPSTREAM": "BLOCK"},
                    "allowed_repositories": {},
                    "contact_info": "me",
                    "description": "d",
                    "tags": {"a": "b"},
                }
            ],
            "repositories": [
                {
                    "name": "team",
                    "administrator": "111122223333",
                    "created": "2020-01-31T12:00:00.5+02:00",
                    "description": "d",
                    "upstreams": [{"gone": "old"}],
                    "tags": {"a": "b"},
                    "policy": "{}",
                    "policy_revision": "r1",
                    "packages": [
                        {
                            "format": "npm",
                            "namespace": "ui",
                            "name": "tool",
                            "display_name": "tool",
                            "origin": {"publish": "ALLOW", "upstream": "BLOCK"},
                            "dist_tags": {},
                            "versions": ["0.1.0", {"version": "1.0.0", **VERSION}],
                        },
                        {"format": "npm", "name": "other", "versions": {"1.0.0": VERSION}},
                    ],
                },
                {"name": "store", "external_connection": "public:npmjs"},
            ],
        }
    ],
    "public_sources": [
        {
            "name": "public:pypi",
            "packages": [
                {
                    "format": "pypi",
                    "name": "x",
                    "versions": {
                        "1.0": {
                            "assets": {
                                "a": {"base64": "AAEC"},
                                "b": {
                                    "size": 1,
                                    "sha256": "a" * 64,
                                    "sha1": "b" * 40,
                                    "md5": "c" * 32,
                                    "sha512": "d" * 128,
                                },
                            }
                        }
                    },
                }
            ],
        }
    ],
}
"""A file with every key, except one of each two keys that exclude each other."""


def refusal(document: Any) -> str | None:
    """The error of the loader for a document, or None."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.json"
        path.write_text(json.dumps(document))
        try:
            FakeCodeArtifact().load(path)
        except SeedError as error:
            return str(error)
    return None


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """The places of everything in a document, outside of a policy, where anything may stand."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*place, key)
        if key != "policy":
            yield from places(item, (*place, key))


PLACES = sorted(places(FULL), key=repr)
KEYS = [place for place in PLACES if isinstance(place[-1], str)]


def parent(document: Any, place: Place) -> Any:
    for key in place[:-1]:
        document = document[key]
    return document


def test_a_file_with_every_key_is_valid_and_loads() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(FULL)] == []
    assert refusal(FULL) is None


def test_the_schema_is_a_valid_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "name", ["domain", "package_group", "repository", "package", "version", "named_version", "public_source"]
)
def test_the_schema_has_the_keys_that_the_loader_reads(name: str) -> None:
    readers = getattr(loading, name.upper())

    assert SCHEMA["$defs"][name]["properties"].keys() == readers.keys()


def test_the_file_with_every_key_has_every_key_of_the_schema() -> None:
    named = {key for place in PLACES for key in place if isinstance(key, str)}
    known = {key for name, table in SCHEMA["$defs"].items() if name != "asset" for key in table["properties"]}

    assert known - named == set()


@pytest.mark.parametrize("place", KEYS, ids=lambda place: ".".join(map(str, place)))
def test_the_schema_and_the_loader_agree_on_missing_keys(place: Place) -> None:
    document = copy.deepcopy(FULL)
    del parent(document, place)[place[-1]]

    assert VALIDATOR.is_valid(document) == (refusal(document) is None), refusal(document)


@settings(deadline=None, max_examples=150)
@given(place=st.sampled_from(PLACES), value=st.sampled_from([None, True, 5, 1.5, ["\0"], [[]], [{"\0": 1}], {"\0": 1}]))
def test_the_loader_refuses_files_that_the_schema_refuses(place: Place, value: Any) -> None:
    document = copy.deepcopy(FULL)
    parent(document, place)[place[-1]] = value

    if not VALIDATOR.is_valid(document):
        assert refusal(document) is not None


@settings(deadline=None, max_examples=60)
@given(place=st.sampled_from(KEYS), key=st.text("abc_", min_size=1, max_size=8))
def test_the_schema_and_the_loader_refuse_unknown_keys(place: Place, key: str) -> None:
    document = copy.deepcopy(FULL)
    parent(document, place).setdefault(key, [5])

    if key not in parent(FULL, place):
        assert not VALIDATOR.is_valid(document)
        assert refusal(document) is not None


VERSIONS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["Published", "Unfinished", "Unlisted", "Archived"]),
        "published": st.from_regex(r"\A[1-9][0-9]{0,3} (day|hour|week)s? ago\Z|\AP[1-9][0-9]{0,3}[DW]\Z|\APT[1-9]M\Z"),
        "origin_type": st.sampled_from(["INTERNAL", "EXTERNAL", "UNKNOWN"]),
        "summary": st.text(),
        "readme": st.text(),
        "licenses": st.lists(st.text() | st.fixed_dictionaries({"name": st.text()}, optional={"url": st.text()})),
        "assets": st.fixed_dictionaries(
            {},
            optional={
                "package.tgz": st.fixed_dictionaries({"text": st.text()})
                | st.binary().map(lambda content: {"base64": base64.b64encode(content).decode()})
                | st.fixed_dictionaries(
                    {"size": st.integers(0, 2**63 - 1), "sha256": st.text("0123456789abcdef", min_size=64, max_size=64)}
                ),
            },
        ),
        "dist_tags": st.lists(st.text("abc", min_size=1), max_size=2),
    },
)


@settings(deadline=None, max_examples=80)
@given(versions=st.dictionaries(st.from_regex(r"\A[1-9]\.[0-9]\.[0-9]\Z"), VERSIONS, max_size=4))
def test_python_accepts_the_same_versions_as_a_file(versions: dict[str, dict[str, Any]]) -> None:
    """Assets may be a mapping or a list of tables, also in a file, with the same result."""
    package = {"format": "npm", "name": "tool", "versions": versions}
    document = {"domains": [{"name": "acme", "repositories": [{"name": "team", "packages": [package]}]}]}
    assert VALIDATOR.is_valid(document)
    origin = FakeCodeArtifact()
    origin.clock.advance(days=0)
    fakes = [origin.fork() for _ in range(3)]
    listed = [{"version": name, **table} for name, table in versions.items()]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.json"
        path.write_text(json.dumps(document))
        fakes[0].load(path)
        fakes[1].add_domain("acme").add_repository("team").add_package(npm("tool"), versions=versions)
        fakes[2].add_domain("acme").add_repository("team").add_package(npm("tool"), versions=listed)
        dumps = []
        for number, fake in enumerate(fakes):
            fake.dump(Path(folder) / f"{number}.json")
            dumps.append((Path(folder) / f"{number}.json").read_text())

    assert dumps[0] == dumps[1] == dumps[2]


def test_the_documented_example_is_valid() -> None:
    documented = (ROOT / "docs" / "seeds.md").read_text()
    example = documented.partition("```json\n")[2].partition("```")[0]

    assert VALIDATOR.is_valid(json.loads(example))
