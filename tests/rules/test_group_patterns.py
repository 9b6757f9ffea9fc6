"""The valid patterns of package groups (behaviour reference, section 10.1)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain

ASYNC_STORAGES = ("/npm//AsyncStorage$", "/npm//asyncStorage$", "/npm//asyncstorage$")


def create(client: Any, pattern: str) -> Any:
    return client.create_package_group(domain="acme", packageGroup=pattern)["packageGroup"]


@pytest.mark.rule("G-1", "G-2")
@pytest.mark.parametrize(
    "pattern",
    [
        *(f"/{format}/*" for format in ("npm", "pypi", "maven", "nuget", "generic", "ruby", "swift", "cargo")),
        "/maven/com.anycompany~",
        "/generic/tools~",
        "/swift/apple~",
        "/npm/space/*",
        "/npm//*",
        "/maven/com.anycompany/*",
        "/npm/space/anycompany-ui~",
        "/npm//anycompany-ui~",
        "/pypi//my-lib~",
        "/maven/org.apache.logging.log4j/log4j-core$",
        "/npm//react$",
        "/npm//_$",
        "/pypi//requests$",
        "/nuget//newtonsoft.json$",
        "/ruby//rails$",
        "/cargo//serde$",
        "/swift/apple/swift-nio$",
        "/generic/tools/installer$",
    ],
)
def test_the_six_forms_of_patterns_are_accepted(client: Any, acme: Domain, pattern: str) -> None:
    group = create(client, pattern)

    assert group["pattern"] == pattern
    assert pattern in acme.package_groups


@pytest.mark.rule("G-1", "G-2", "G-3")
@pytest.mark.parametrize(
    "pattern",
    [
        "npm/*",
        "**",
        "//",
        "/npm",
        "/npm/",
        "/npm//react",
        "/npm/space/foo",
        "/npm*",
        "/npm~",
        "/npm$",
        "/*/",
        "/*/*",
        "/*$",
        "/**",
        "/npm/**",
        "/npm/space*",
        "/npm/space$",
        "/npm/space/foo*",
        "/npm/space/foo/*",
        "/npm/space/foo/bar$",
        "/npm///foo$",
        "//npm/*",
        "/npm//$",
        "/npm/~",
        "/npm//~",
        "/npm/space/~",
        "/npm//foo#bar$",
        "/docker/*",
        "/NPM/*",
        "/python//requests$",
        "//space/foo$",
        f"/npm//{'x' * 256}$",
    ],
)
def test_other_forms_of_patterns_are_refused(client: Any, acme: Domain, pattern: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        create(client, pattern)

    assert pattern in caught.value.response["Error"]["Message"]
    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-2", "G-3")
@pytest.mark.parametrize(
    "pattern", ["/npm/*/*", "/npm/*/foo~", "/npm/*/foo$", "/npm/space~/*", "/npm/space~/foo$", "/maven/com$/foo$"]
)
def test_a_suffix_in_the_middle_of_a_pattern_is_refused(client: Any, acme: Domain, pattern: str) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        create(client, pattern)

    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-3")
@pytest.mark.parametrize("stem", ["foo", "v2", "OneWord", "größe", "cafe\u0301", "名前", "x\u00b2"])
def test_a_tilde_after_a_word_character_is_accepted(client: Any, acme: Domain, stem: str) -> None:
    create(client, f"/npm//{stem}~")
    create(client, f"/npm/{stem}~")

    assert {f"/npm//{stem}~", f"/npm/{stem}~"} < set(acme.package_groups)


@pytest.mark.rule("G-3")
@pytest.mark.parametrize("stem", ["foo-", "foo.", "foo_", "foo@", "foo+", "foo~", "foo*", "-", "foo-\u0301"])
@pytest.mark.parametrize("namespace", ["", "/"], ids=["namespace", "name"])
def test_a_tilde_after_another_character_is_refused(client: Any, acme: Domain, namespace: str, stem: str) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        create(client, f"/npm/{namespace}{stem}~")

    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-4")
@pytest.mark.parametrize(
    "pattern",
    [
        "/nuget//Newtonsoft.Json$",
        "/nuget//Newtonsoft~",
        "/pypi//PyHamcrest$",
        "/pypi//my_lib$",
        "/pypi//my.lib~",
        "/pypi//my--lib$",
        "/swift/Apple/*",
        "/swift/Apple~",
        "/swift/apple/Swift-NIO$",
        "/swift/Apple/swift-nio~",
    ],
)
def test_parts_that_are_not_normalised_are_refused(client: Any, acme: Domain, pattern: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        create(client, pattern)

    assert pattern in caught.value.response["Error"]["Message"]
    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-4")
@pytest.mark.parametrize("format", ["pypi", "nuget", "ruby", "cargo"])
@pytest.mark.parametrize("rest", ["space~", "space/*", "space/foo~", "space/foo$"])
def test_a_namespace_is_refused_in_patterns_of_formats_without_namespaces(
    client: Any, acme: Domain, format: str, rest: str
) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        create(client, f"/{format}/{rest}")

    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-4")
@pytest.mark.parametrize("format", ["maven", "generic", "swift"])
@pytest.mark.parametrize("name", ["foo~", "foo$"])
def test_a_pattern_of_a_name_needs_the_namespace_that_its_format_requires(
    client: Any, acme: Domain, format: str, name: str
) -> None:
    with pytest.raises(client.exceptions.ValidationException):
        create(client, f"/{format}//{name}")

    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-5", "V-8")
def test_a_pattern_has_at_most_520_characters(client: Any, acme: Domain) -> None:
    longest = f"/generic/{'n' * 255}/{'x' * 254}$"
    assert len(longest) == 520

    create(client, longest)
    with pytest.raises(client.exceptions.ValidationException) as caught:
        create(client, f"/generic/{'n' * 255}/{'x' * 255}$")

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert "packageGroup" in caught.value.response["Error"]["Message"]
    assert "520" in caught.value.response["Error"]["Message"]
    assert set(acme.package_groups) == {"/*", longest}


@pytest.mark.rule("G-5", "V-8")
@pytest.mark.parametrize(
    "character", [" ", "\t", "\n", "\x07", "\x7f", "\u00a0", "\u2003", "\u3000", "\u200b", "\ue000"]
)
def test_a_pattern_has_no_blanks_or_control_characters(client: Any, acme: Domain, character: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        create(client, f"/npm//foo{character}bar$")

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert "packageGroup" in caught.value.response["Error"]["Message"]
    assert set(acme.package_groups) == {"/*"}


@pytest.mark.rule("G-5")
def test_groups_may_differ_only_in_case(client: Any, acme: Domain) -> None:
    for pattern in ASYNC_STORAGES:
        create(client, pattern)

    client.update_package_group(domain="acme", packageGroup="/npm//asyncStorage$", description="the second")

    assert set(acme.package_groups) == {"/*", *ASYNC_STORAGES}
    assert [acme.package_groups[pattern].description for pattern in ASYNC_STORAGES] == [None, "the second", None]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_package_group(domain="acme", packageGroup="/npm//ASYNCSTORAGE$")
