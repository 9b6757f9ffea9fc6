"""PublishPackageVersion: valid and invalid requests (behaviour reference, section 13)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from pytest_codeartifact import Repository, generic

from ..support.acme import NO_REPOSITORY, TEAM

TOOL = generic("tools", "installer")
OF_TOOL = {**TEAM, "format": "generic", "namespace": "tools", "package": "installer"}


def publish(client: Any, **params: Any) -> dict[str, Any]:
    """Publish an asset to version 1.0 of the generic package tools/installer in the repository `team`."""
    given = {
        **OF_TOOL,
        "packageVersion": "1.0",
        "assetName": "tool.bin",
        "assetContent": b"hello",
        "assetSHA256": hashlib.sha256(b"hello").hexdigest(),
    }
    response: dict[str, Any] = client.publish_package_version(
        **{name: value for name, value in {**given, **params}.items() if value is not None}
    )
    return response


@pytest.mark.rule("P-1")
@pytest.mark.parametrize(
    ("format", "namespace"),
    [
        ("npm", None),
        ("npm", "types"),
        ("pypi", None),
        ("maven", "org.apache"),
        ("nuget", None),
        ("ruby", None),
        ("swift", "apple"),
        ("cargo", None),
    ],
)
def test_packages_of_other_formats_than_generic_are_refused(
    client: Any, team: Repository, format: str, namespace: str | None
) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        publish(client, format=format, namespace=namespace)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert format in caught.value.response["Error"]["Message"]
    assert set(team.packages) == set()


@pytest.mark.rule("P-2", "F-1", "F-2")
def test_a_generic_package_without_a_namespace_is_refused(client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        publish(client, namespace=None)

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert set(team.packages) == set()


@pytest.mark.rule("P-7", "E-19")
@pytest.mark.parametrize("unfinished", [True, False])
def test_a_hash_that_does_not_match_is_refused(client: Any, team: Repository, unfinished: bool) -> None:
    wrong = hashlib.sha256(b"other").hexdigest()

    with pytest.raises(client.exceptions.ValidationException) as caught:
        publish(client, assetSHA256=wrong, unfinished=unfinished)

    assert caught.value.response["Error"]["Message"].startswith(
        "The provided content hashes do not match the calculated content hashes. Hash algorithm 'SHA-256', Expected "
        "hash"
    )
    assert wrong in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert set(team.packages) == set()


@pytest.mark.rule("P-7")
def test_a_hash_that_does_not_match_does_not_change_the_version(client: Any, team: Repository) -> None:
    publish(client, unfinished=True)

    with pytest.raises(client.exceptions.ValidationException):
        publish(client, assetName="more.bin", assetContent=b"more")

    assert team.packages[TOOL].versions["1.0"].assets == {"tool.bin": b"hello"}
    assert team.packages[TOOL].versions["1.0"].status == "Unfinished"


@pytest.mark.rule("P-7", "V-2")
def test_a_hash_in_capitals_is_refused(client: Any, team: Repository) -> None:
    capitals = hashlib.sha256(b"hello").hexdigest().upper()

    with pytest.raises(client.exceptions.ValidationException) as caught:
        publish(client, assetSHA256=capitals)

    assert caught.value.response["Error"]["Message"] == (
        f"1 validation error detected: Value '{capitals}' at 'assetSHA256' failed to satisfy constraint: Member must "
        f"satisfy regular expression pattern: [0-9a-f]+"
    )
    assert set(team.packages) == set()


@pytest.mark.rule("P-7", "V-4", "V-8")
def test_a_hash_that_is_too_long_is_refused(client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        publish(client, assetSHA256="0" * 65)

    assert caught.value.response["Error"]["Message"] == (
        f"1 validation error detected: Value '{'0' * 65}' at 'assetSHA256' failed to satisfy constraint: Member must "
        f"have length less than or equal to 64"
    )
    assert set(team.packages) == set()


@pytest.mark.rule("P-8")
@pytest.mark.parametrize(
    "name",
    [
        *(f"a{punctuation}b" for punctuation in "~!@^&()-_+[]{};,."),
        "~!@^&()-_+[]{};,.",
        "a b c",
        "...",
        ".hidden",
        "x" * 255,
        "straße",
        "ÄÖÜ",
        "файл",
        "文件",
        "ʰ",
        "ǅ",
        "Ⅷ",
        "٣",
        "\U0001d518",
        "100",
    ],
)
def test_assets_with_valid_names_are_published(client: Any, team: Repository, name: str) -> None:
    response = publish(client, assetName=name)

    assert response["asset"]["name"] == name
    assert team.packages[TOOL].versions["1.0"].assets == {name: b"hello"}


@pytest.mark.rule("P-8")
@pytest.mark.parametrize(
    "name",
    [
        ".",
        "..",
        " a",
        "a ",
        "a  b",
        " ",
        "a/b",
        *(f"a{punctuation}b" for punctuation in "#$%*=|\\:\"'<>?/"),
        "a\u00a0b",
        "a\u2003b",
        "e\u0301",
        "²",
        "½",
        "€",
        "a‿b",
        "🎁",
    ],
)
def test_assets_with_invalid_names_are_refused(client: Any, team: Repository, name: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        publish(client, assetName=name)

    assert caught.value.response["reason"] == "OTHER"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert set(team.packages) == set()


@pytest.mark.rule("P-8", "V-4", "V-8")
@pytest.mark.parametrize("name", ["x" * 256, "a\tb", "a\nb", "a\u200bb"])
def test_names_of_assets_that_violate_the_model_are_refused(client: Any, team: Repository, name: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        publish(client, assetName=name)

    assert f"Value '{name}' at 'assetName' failed to satisfy constraint: " in caught.value.response["Error"]["Message"]
    assert set(team.packages) == set()


@pytest.mark.rule("E-5", "E-10", "E-11")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"domain": "nowhere"},
            "Domain not found. Domain 'nowhere' owned by account '123456789012' does not exist.",
        ),
        (
            {"repository": "nowhere"},
            NO_REPOSITORY,
        ),
    ],
    ids=["domain", "repository"],
)
@pytest.mark.usefixtures("team")
def test_publishing_to_a_missing_domain_or_repository_is_not_found(
    client: Any, wrong: dict[str, str], message: str
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        publish(client, **wrong)

    assert caught.value.response["Error"]["Message"] == message


@pytest.mark.rule("E-5", "P-1", "P-7")
@pytest.mark.parametrize("wrong", [{"format": "npm"}, {"assetSHA256": "0" * 64}, {"assetName": ".."}], ids=str)
def test_the_request_is_validated_before_anything_is_looked_up(client: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        publish(client, **wrong)
