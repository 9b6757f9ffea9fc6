"""Values that no valid call can have are refused in `calls.of` and `fail`, like names of unknown parameters."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any
from unittest import mock

import pytest

from pytest_codeartifact import (
    FakeCodeArtifact,
    OperationName,
    PackageId,
    Repository,
    SeedError,
    maven,
    npm,
    pypi,
    swift,
    wire,
)

from ..support.acme import TEAM, of
from ..support.one_call_each import SAMPLES, arguments, members

BUTTON = {**TEAM, "format": "npm", "namespace": "ui", "package": "button"}


class Text(str, enum.Enum):
    NPM = "npm"
    PIP = "pip"


class NoText(enum.Enum):
    NPM = "npm"


# What cannot be shown


@pytest.mark.parametrize(
    "refused",
    [
        lambda fake: fake.calls.of("ListPackages", maxResults=10**5000),
        lambda fake: fake.calls.of("DescribeDomain", domain="X" * 10**6),
        lambda fake: fake.calls.of("CreateDomain", tags=[{"key": "k", "value": "v" * 10**6}]),
        lambda fake: fake.calls.of("X" * 10**6),
        lambda fake: fake.fail("ListPackages", "ThrottlingException", when={"maxResults": 10**5000}),
        lambda fake: fake.fail("DescribeDomain", "ThrottlingException", when={"domain": "X" * 10**6}),
        lambda fake: fake.fail("X" * 10**6, "ThrottlingException"),
        lambda fake: fake.fail("ListPackages", "X" * 10**6),
        lambda fake: fake.fail("ListPackages", ["ThrottlingException"]),
        lambda fake: fake.fail("ListPackages", "ThrottlingException", times=-(10**5000)),
        lambda fake: fake.fail("ListPackages", "ThrottlingException", after=-(10**5000)),
        lambda fake: fake.fail_versions("DeletePackageVersions", {"1.0": "X" * 10**6}),
        lambda fake: fake.fail_versions("X" * 10**6, {"1.0": "NOT_ALLOWED"}),
        lambda fake: setattr(fake.quotas, "domains", -(10**5000)),
    ],
)
def test_a_long_value_is_truncated_in_the_error_message(
    codeartifact: FakeCodeArtifact, refused: Callable[[FakeCodeArtifact], object]
) -> None:
    with pytest.raises(SeedError) as caught:
        refused(codeartifact)

    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("number", [2**64, -(2**64)])
def test_a_number_of_more_than_64_bits_is_refused(codeartifact: FakeCodeArtifact, number: int) -> None:
    with pytest.raises(SeedError, match="'maxResults' must be a whole number of at most 64 bits"):
        codeartifact.calls.of("ListPackages", maxResults=number)


@pytest.mark.parametrize("number", [2**64 - 1, -(2**64 - 1)])
def test_a_number_of_64_bits_is_refused_with_the_message_of_the_service(
    codeartifact: FakeCodeArtifact, number: int
) -> None:
    with pytest.raises(SeedError, match=f"Value '{number}' at 'maxResults' failed to satisfy constraint"):
        codeartifact.calls.of("ListPackages", maxResults=number)


# An id together with its format and namespace


@pytest.mark.parametrize("other", [{"format": "pypi"}, {"namespace": "other"}, {"namespace": None}], ids=str)
def test_an_id_with_another_format_or_namespace_is_refused(
    codeartifact: FakeCodeArtifact, other: dict[str, Any]
) -> None:
    asked = {"package": npm("@ui/button"), **other}

    with pytest.raises(SeedError, match=r"contradict each other. Write package=npm\('@ui/button'\) alone."):
        codeartifact.calls.of("DeletePackage", **asked)
    with pytest.raises(SeedError, match=r"contradict each other. Write package=npm\('@ui/button'\) alone."):
        codeartifact.fail("DeletePackage", "ThrottlingException", when=asked)


@pytest.mark.parametrize("other", [{"format": "swift"}, {"namespace": "Apple"}, {"namespace": mock.ANY}], ids=str)
def test_an_id_may_be_given_with_its_own_format_and_namespace(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, other: dict[str, Any]
) -> None:
    team.add_package(swift("Apple", "tool"))
    client.delete_package(**TEAM, format="swift", namespace="Apple", package="tool")

    assert len(codeartifact.calls.of("DeletePackage", package=swift("apple", "Tool"), **other)) == 1
    assert codeartifact.calls.of("DescribePackage", package=swift("apple", "Tool"), **other) == []
    codeartifact.fail("DescribePackage", "ThrottlingException", when={"package": swift("a", "b")}).cancel()


# Suggestions


def test_the_error_for_a_package_with_a_scope_suggests_its_parts_or_an_id(codeartifact: FakeCodeArtifact) -> None:
    with pytest.raises(SeedError) as of_calls:
        codeartifact.calls.of("DeletePackage", package="@ui/button")
    with pytest.raises(SeedError) as of_faults:
        codeartifact.fail("DeletePackage", "ThrottlingException", when={"package": "@ui/button"})

    assert str(of_calls.value).endswith("Write namespace='ui', package='button' or package=npm('@ui/button').")
    assert str(of_faults.value).endswith(
        "Write when={'namespace': 'ui', 'package': 'button'} or when={'package': npm('@ui/button')}."
    )
    assert "No valid DeletePackage call has package='@ui/button'" in str(of_faults.value)


def test_the_error_for_a_package_with_a_group_suggests_its_parts(codeartifact: FakeCodeArtifact) -> None:
    with pytest.raises(SeedError, match=r"Write namespace='com.example', package='core'\.$"):
        codeartifact.calls.of("DeletePackage", package="com.example/core")


@pytest.mark.parametrize("package", ["@a/b/c", "/", "a#b", "a b", ""])
def test_the_error_for_another_invalid_name_suggests_nothing(codeartifact: FakeCodeArtifact, package: str) -> None:
    with pytest.raises(SeedError, match=r"at 'packageName' failed to satisfy constraint") as caught:
        codeartifact.calls.of("DeletePackage", package=package)

    assert "npm(" not in str(caught.value)


def test_the_suggested_forms_find_calls_and_plan_faults(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(npm("@ui/button"), versions=["1.0.0"])
    fault = codeartifact.fail("DeletePackage", "ThrottlingException", when={"namespace": "ui", "package": "button"})
    other = codeartifact.fail("DeletePackage", "ThrottlingException", when={"package": npm("@ui/button")})

    client.delete_package(**BUTTON)

    assert (fault.struck, other.struck) == (1, 1)
    assert len(codeartifact.calls.of("DeletePackage", namespace="ui", package="button")) == 1
    assert len(codeartifact.calls.of("DeletePackage", package=npm("@ui/button"))) == 1
    assert len(codeartifact.calls.of("DeletePackage", package=maven("ui", "button"))) == 0


# What is refused

IMPOSSIBLE: list[tuple[str, str, object, str]] = [
    ("DeletePackage", "format", "pip", r"enum value set: \[npm, pypi, maven"),
    ("DeletePackage", "format", Text.PIP, "enum value set"),
    ("DeletePackage", "format", NoText.NPM, "'packageFormat' must be a string"),
    ("DeletePackage", "package", 5, "'packageName' must be a string"),
    ("DeletePackage", "package", b"tool", "'packageName' must be a string"),
    ("DeletePackage", "package", dt.date(2026, 1, 31), "'packageName' must be a string"),
    ("DeletePackage", "package", None, "Value null at 'packageName'"),
    ("DeletePackage", "domain", pypi("tool"), "Only the parameter 'package' can be a package id"),
    ("DeletePackage", "domain", "Acme", "at 'domainName'"),
    ("DeletePackage", "domainOwner", "12", "at 'domainOwner'"),
    ("DeletePackage", "repository", "a/b", "at 'repositoryName'"),
    ("DeletePackageVersions", "versions", "1.0", "'versions' must be an array"),
    ("DeletePackageVersions", "versions", ("1.0",), "'versions' must be an array"),
    ("DeletePackageVersions", "versions", ["1.0", 2], "'versions' must be a string"),
    ("DeletePackageVersions", "versions", ["1.0", "2/0"], "at 'versions'"),
    ("DeletePackageVersions", "versions", ["1.0", None], "'versions' must be a string"),
    ("CopyPackageVersions", "versionRevisions", {"1.0": 2}, "must be a string"),
    ("CopyPackageVersions", "includeFromUpstream", "true", "must be a boolean"),
    ("ListPackages", "maxResults", 0, "greater than or equal to 1"),
    ("ListPackages", "maxResults", "10", "must be a whole number"),
    ("ListPackages", "maxResults", True, "must be a whole number"),
    ("PublishPackageVersion", "assetContent", "text", "must be bytes"),
    ("PutPackageOriginConfiguration", "restrictions", {"publish": "MAYBE"}, "at 'restrictions.publish'"),
    ("PutPackageOriginConfiguration", "restrictions", {"publish": "ALLOW"}, "Value null at 'restrictions.upstream'"),
    ("TagResource", "tags", [{"key": "a", "valeu": "b"}], "has an unknown member"),
    ("TagResource", "tags", [{"key": "a"}], "Value null at 'tags.member.value'"),
    ("UpdateRepository", "upstreams", [{"repositoryName": "a/b"}], "at 'upstreams.member.repositoryName'"),
]

BY_CALLS_OR_FAULTS: dict[str, Callable[[FakeCodeArtifact, OperationName, Mapping[str, Any]], object]] = {
    "calls.of": lambda fake, operation, params: fake.calls.of(operation, **params),
    "fail": lambda fake, operation, params: fake.fail(operation, "ThrottlingException", when=params),
    "fail several": lambda fake, operation, params: fake.fail(
        [operation, "ListDomains"], "ThrottlingException", when=params
    ),
}


@pytest.mark.parametrize("look", BY_CALLS_OR_FAULTS.values(), ids=BY_CALLS_OR_FAULTS)
@pytest.mark.parametrize(("operation", "name", "value", "words"), IMPOSSIBLE)
def test_a_value_that_fails_validation_is_refused_with_the_message_of_the_service(
    codeartifact: FakeCodeArtifact, operation: str, name: str, value: object, words: str, look: Any
) -> None:
    with pytest.raises(SeedError, match=words) as caught:
        look(codeartifact, operation, {name: value})

    assert f"{name}={value!r}" in str(caught.value)


@pytest.mark.parametrize("operation", sorted(wire.operation_names()))
def test_objects_that_no_parameter_can_have_are_refused_for_every_operation(
    codeartifact: FakeCodeArtifact, operation: OperationName
) -> None:
    for member in wire.operation(operation).members:
        for value in (object(), 1.5, {1}, codeartifact):
            with pytest.raises(SeedError, match=f"{member.name}="):
                codeartifact.calls.of(operation, **{member.name: value})


def test_faults_of_invalid_versions_are_refused(codeartifact: FakeCodeArtifact) -> None:
    with pytest.raises(
        SeedError, match=r"No valid DeletePackageVersions call has a version '1/0'\. Value '\[1/0\]' at "
    ):
        codeartifact.fail_versions("DeletePackageVersions", {"1.0": "NOT_FOUND", "1/0": "NOT_ALLOWED"})
    with pytest.raises(SeedError, match="has format='pip'"):
        codeartifact.fail_versions("DeletePackageVersions", {"1.0": "NOT_FOUND"}, when={"format": "pip"})

    assert list(codeartifact._service.faults) == []


# What is not


@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        ("DeletePackage", "format", Text.NPM),
        ("DeletePackage", "namespace", None),
        ("DeletePackage", "namespace", "@ui"),
        ("DeletePackage", "package", npm("@ui/button")),
        ("DeletePackage", "package", mock.ANY),
        ("DeletePackage", "package", "@"),
        ("DeletePackageVersions", "versions", ["1.0", mock.ANY]),
        ("CopyPackageVersions", "versionRevisions", {"1.0": mock.ANY}),
        ("PublishPackageVersion", "assetContent", b"text"),
        ("PublishPackageVersion", "assetContent", bytearray(b"text")),
    ],
)
def test_a_value_that_a_call_may_have_is_accepted(
    codeartifact: FakeCodeArtifact, operation: OperationName, name: str, value: object
) -> None:
    assert codeartifact.calls.of(operation, **{name: value}) == []
    codeartifact.fail(operation, "ThrottlingException", when={name: value}).cancel()


@pytest.mark.parametrize("operation", sorted(wire.operation_names()))
def test_every_parameter_of_a_valid_call_is_accepted(codeartifact: FakeCodeArtifact, operation: OperationName) -> None:
    samples = {**SAMPLES, **arguments(operation)}
    for name in members(operation):
        codeartifact.calls.of(operation, **{name: samples[name]})
        codeartifact.fail(operation, "ThrottlingException", when={name: samples[name]}).cancel()


def test_a_call_that_was_refused_for_an_invalid_value_is_found_by_it(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        client.delete_package(**TEAM, format="npm", package="@ui/button")

    assert len(codeartifact.calls.of("DeletePackage", package="@ui/button")) == 1
    assert len(codeartifact.calls.of("DeletePackage", package="@ui/button", repository="other")) == 0
    assert len(codeartifact.calls.writes.of("DeletePackage").of("DeletePackage", package="@ui/button")) == 1
    with pytest.raises(SeedError, match="format='pip'"):
        codeartifact.calls.of("DeletePackage", package="@ui/button", format="pip")
    with pytest.raises(SeedError, match="package='@ui/button'"):
        codeartifact.fail("DeletePackage", "ThrottlingException", when={"package": "@ui/button"})


def test_a_package_by_its_id_matches_only_that_package(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    tool: PackageId = pypi("tool")
    team.add_package(tool)
    client.delete_package(**of(tool))

    assert len(codeartifact.calls.of("DeletePackage", package=tool)) == 1
    with pytest.raises(SeedError, match="Only the parameter 'package' can be a package id"):
        codeartifact.calls.of("DeletePackage", repository=tool)
