"""Which group a package belongs to, and how its pattern matches (behaviour reference, sections 10.1 and 10.2)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pytest_codeartifact import Domain, PackageId, cargo, generic, maven, npm, nuget, pypi, ruby, swift

from ..support.acme import coordinates

ASYNC_STORAGES = ("/npm//AsyncStorage$", "/npm//asyncStorage$", "/npm//asyncstorage$")


def create(client: Any, pattern: str) -> None:
    client.create_package_group(domain="acme", packageGroup=pattern)


def association(client: Any, id: PackageId) -> tuple[str, str]:
    """The pattern of the group of a package, and the strength of the match."""
    response = client.get_associated_package_group(domain="acme", **coordinates(id))
    return response["packageGroup"]["pattern"], response["associationType"]


@pytest.mark.rule("G-1", "G-2", "G-6")
@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("/npm/*", [npm("react"), npm("@types/node")], [pypi("react"), maven("npm", "npm")]),
        (
            "/maven/com.anycompany~",
            [maven("com.anycompany", "ui"), maven("com.anycompany.labs", "x"), maven("com.anycompany-labs", "x")],
            [maven("com.anycompanylabs", "ui"), maven("com", "anycompany"), generic("com.anycompany", "ui")],
        ),
        (
            "/npm/space/*",
            [npm("@space/foo"), npm("@space/bar")],
            [npm("space"), npm("foo"), npm("@space-time/foo"), npm("@spaces/foo"), generic("space", "foo")],
        ),
        ("/npm//*", [npm("react"), npm("space")], [npm("@types/react")]),
        ("/pypi//*", [pypi("requests")], [npm("requests")]),
        (
            "/npm/space/anycompany-ui~",
            [npm("@space/anycompany-ui"), npm("@space/anycompany-ui-components"), npm("@space/anycompany-ui.css")],
            [
                npm("anycompany-ui"),
                npm("@space/anycompany"),
                npm("@space/anycompany-uix"),
                npm("@spaces/anycompany-ui"),
            ],
        ),
        ("/cargo//serde~", [cargo("serde"), cargo("serde_json")], [cargo("serder"), ruby("serde")]),
        (
            "/maven/org.apache.logging.log4j/log4j-core$",
            [maven("org.apache.logging.log4j", "log4j-core")],
            [
                maven("org.apache.logging.log4j", "log4j-core-test"),
                maven("org.apache.logging.log4j", "log4j"),
                maven("org.apache.logging", "log4j-core"),
            ],
        ),
        ("/npm//react$", [npm("react")], [npm("react-dom"), npm("@types/react"), nuget("react")]),
        ("/swift/apple/swift-nio$", [swift("Apple", "Swift-NIO")], [swift("apple", "swift-nio-ssl")]),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_pattern_matches_exactly_the_packages_that_it_describes(
    client: Any, acme: Domain, pattern: str, inside: list[PackageId], outside: list[PackageId]
) -> None:
    acme.add_package_group(pattern)

    assert {id: association(client, id) for id in inside} == dict.fromkeys(inside, (pattern, "STRONG"))
    assert {id: association(client, id) for id in outside} == dict.fromkeys(outside, ("/*", "STRONG"))


@pytest.mark.rule("G-3")
@pytest.mark.parametrize("name", ["foo", "foo-bar", "foo.bar", "foo_bar", "foo-", "foo+bar", "foo@bar", "foo-food"])
def test_a_prefix_ends_at_a_word_boundary(client: Any, acme: Domain, name: str) -> None:
    acme.add_package_group("/npm/space/foo~")

    assert association(client, npm(f"@space/{name}")) == ("/npm/space/foo~", "STRONG")


@pytest.mark.rule("G-3")
@pytest.mark.parametrize("name", ["food", "foot", "foo1", "fooBar", "foo\u0301", "foo\u00b2", "foo名", "fo", "barfoo"])
def test_a_prefix_does_not_end_inside_a_word(client: Any, acme: Domain, name: str) -> None:
    acme.add_package_group("/npm/space/foo~")

    assert association(client, npm(f"@space/{name}")) == ("/*", "STRONG")


@pytest.mark.rule("G-3")
@pytest.mark.parametrize("namespace", ["foods", "fooBar", "foo1", "fo"])
def test_the_prefix_of_a_namespace_does_not_end_inside_a_word(client: Any, acme: Domain, namespace: str) -> None:
    acme.add_package_group("/npm/foo~")

    assert association(client, npm(f"@{namespace}/ui")) == ("/*", "STRONG")


@pytest.mark.rule("G-6")
@pytest.mark.parametrize(
    "patterns",
    list(
        itertools.permutations(["/npm/*", "/npm/my~", "/npm/my-space~", "/npm/my-space/*"], 2),
    ),
    ids=" then ".join,
)
@pytest.mark.usefixtures("acme")
def test_a_package_belongs_to_the_more_specific_of_two_matching_groups(client: Any, patterns: tuple[str, str]) -> None:
    for pattern in patterns:
        create(client, pattern)

    assert association(client, npm("@my-space/foo"))[0] == max(patterns, key=lambda pattern: (len(pattern), pattern))


@pytest.mark.rule("G-6")
@pytest.mark.usefixtures("acme")
def test_a_package_belongs_to_the_longest_of_many_matching_patterns(client: Any) -> None:
    ladder = [
        "/*",
        "/npm/*",
        "/npm/my~",
        "/npm/my-space~",
        "/npm/my-space/*",
        "/npm/my-space/foo~",
        "/npm/my-space/foo-bar~",
        "/npm/my-space/foo-bar$",
    ]
    for pattern in reversed(ladder[1:]):
        create(client, pattern)

    found = []
    for pattern in reversed(ladder[1:]):
        found.append(association(client, npm("@my-space/foo-bar"))[0])
        client.delete_package_group(domain="acme", packageGroup=pattern)

    assert found == ladder[:0:-1]
    assert association(client, npm("@my-space/foo-bar")) == ("/*", "STRONG")


@pytest.mark.rule("G-7", "G-8")
@pytest.mark.parametrize("name", ["foo.bar", "foo..bar", "foo_bar", "foo-_.bar", "Foo-Bar", "FOO__BAR"])
@pytest.mark.parametrize("pattern", ["/npm//foo-bar$", "/npm//foo-bar~"])
def test_variations_match_weakly(client: Any, acme: Domain, pattern: str, name: str) -> None:
    acme.add_package_group(pattern)

    assert association(client, npm(name)) == (pattern, "WEAK")


@pytest.mark.rule("G-7")
@pytest.mark.parametrize("pattern", ["/npm//foo-bar$", "/npm//foo-bar~"])
@pytest.mark.parametrize("name", ["foobar", "FooBar", "foo-bars", "foo+bar"])
def test_separators_are_not_ignored(client: Any, acme: Domain, pattern: str, name: str) -> None:
    acme.add_package_group(pattern)

    assert association(client, npm(name)) == ("/*", "STRONG")


@pytest.mark.rule("G-7", "G-8")
def test_variations_of_a_prefix_end_at_a_word_boundary_too(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm//foo-bar~")

    assert association(client, npm("FOO_BAR-baz")) == ("/npm//foo-bar~", "WEAK")
    assert association(client, npm("FOO_BARbaz")) == ("/*", "STRONG")


@pytest.mark.rule("G-7", "G-8")
@pytest.mark.parametrize(
    ("pattern", "id"),
    [
        ("/maven/com.act-on/*", maven("com.act.on", "api")),
        ("/maven/com.act-on~", maven("com.act.on.api", "api")),
        ("/npm/Space/foo$", npm("@space/foo")),
        ("/npm/space/foo~", npm("@SPACE/foo-bar")),
        ("/generic/my.tools/setup$", generic("my-tools", "setup")),
    ],
    ids=str,
)
def test_variations_of_a_namespace_match_weakly(client: Any, acme: Domain, pattern: str, id: PackageId) -> None:
    acme.add_package_group(pattern)

    assert association(client, id) == (pattern, "WEAK")


@pytest.mark.rule("G-7")
@pytest.mark.parametrize(
    "name",
    [
        "l\u043edash",  # Cyrillic o
        "lod\u0430sh",  # Cyrillic a
        "l\u03bfdash",  # Greek omicron
        "\uff4codash",  # full width l
        "l\u2134dash",  # script o
        "lodas\u04bb",  # Cyrillic shha
        "l\u0585dash",  # Armenian oh
        "lod\u0251sh",  # Latin alpha
    ],
    ids=ascii,
)
def test_look_alikes_are_variations(client: Any, acme: Domain, name: str) -> None:
    acme.add_package_group("/npm//lodash$")
    acme.add_package_group("/pypi//lodash~")

    assert association(client, npm(name)) == ("/npm//lodash$", "WEAK")
    assert association(client, pypi(f"{name}-es")) == ("/pypi//lodash~", "WEAK")


@pytest.mark.rule("G-7")
@pytest.mark.parametrize("dash", ["\u2010", "\u2011", "\u2013", "\u2212", "\uff0d", "\uff3f"], ids=ascii)
def test_look_alikes_of_a_dash_are_variations_of_it(client: Any, acme: Domain, dash: str) -> None:
    acme.add_package_group("/npm//my-package$")

    assert association(client, npm(f"my{dash}package")) == ("/npm//my-package$", "WEAK")


LOOK_ALIKES = {
    "a": "\u0251\u03b1\u0430",
    "c": "\u03f2\u0441",
    "d": "\u0501",
    "e": "\u0435",
    "g": "\u0261\u0581",
    "h": "\u04bb\u0570",
    "i": "\u0131\u0269\u03b9\u0456",
    "j": "\u03f3\u0458\u0575",
    "l": "1\u01c0\u04cf",
    "n": "\u0578",
    "o": "0\u03bf\u03c3\u043e\u0585",
    "p": "\u03c1\u0440",
    "q": "\u051b",
    "r": "\u0433",
    "s": "\u0455",
    "u": "\u028b\u03c5\u057d",
    "v": "\u03bd\u0475",
    "w": "\u051d",
    "x": "\u0445",
    "y": "\u03b3\u0443",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212",
}


@pytest.mark.rule("G-7")
@pytest.mark.parametrize("letter", LOOK_ALIKES)
def test_each_look_alike_of_a_letter_is_a_variation_of_it(client: Any, acme: Domain, letter: str) -> None:
    acme.add_package_group(f"/npm//my{letter}tool$")

    found = [association(client, npm(f"my{other}tool")) for other in LOOK_ALIKES[letter]]

    assert found == [(f"/npm//my{letter}tool$", "WEAK")] * len(LOOK_ALIKES[letter])


@pytest.mark.rule("G-7")
def test_a_pattern_in_look_alikes_is_a_variation_of_the_plain_word(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm//l\u043edash$")

    assert association(client, npm("lodash")) == ("/npm//l\u043edash$", "WEAK")
    assert association(client, npm("l\u043edash")) == ("/npm//l\u043edash$", "STRONG")


@pytest.mark.rule("G-5", "G-8")
@pytest.mark.parametrize("order", list(itertools.permutations(ASYNC_STORAGES)), ids=" ".join)
@pytest.mark.usefixtures("acme")
def test_a_group_that_matches_exactly_has_precedence_over_one_in_another_case(
    client: Any, order: tuple[str, ...]
) -> None:
    for pattern in order:
        create(client, pattern)

    for name in ("AsyncStorage", "asyncStorage", "asyncstorage"):
        assert association(client, npm(name)) == (f"/npm//{name}$", "STRONG")
    pattern, strength = association(client, npm("ASYNCSTORAGE"))
    assert strength == "WEAK"
    assert pattern in ASYNC_STORAGES


@pytest.mark.rule("G-8")
@pytest.mark.parametrize(
    "patterns",
    list(itertools.permutations(["/npm//foo-bar~", "/npm//foo_bar~", "/npm//FOO-BAR~"])),
    ids=" ".join,
)
@pytest.mark.usefixtures("acme")
def test_an_exact_prefix_has_precedence_over_a_variation(client: Any, patterns: tuple[str, ...]) -> None:
    for pattern in patterns:
        create(client, pattern)

    assert association(client, npm("foo-bar-x")) == ("/npm//foo-bar~", "STRONG")
    assert association(client, npm("foo_bar-x")) == ("/npm//foo_bar~", "STRONG")
    assert association(client, npm("FOO-BAR.x")) == ("/npm//FOO-BAR~", "STRONG")
    assert association(client, npm("Foo-Bar.x"))[1] == "WEAK"


@pytest.mark.rule("G-8")
@pytest.mark.parametrize(
    ("broad", "narrow", "variation"),
    [
        ("/npm/*", "/npm//my-client$", npm("My-Client")),
        ("/npm//*", "/npm//my-client~", npm("my_client-x")),
        ("/npm//my~", "/npm//my-client~", npm("my.client")),
        ("/npm//my-client~", "/npm//my-client-x$", npm("my-client_x")),
        ("/npm/*", "/npm/space/*", npm("@Space/foo")),
        ("/npm/space/*", "/npm/space/foo$", npm("@space/FOO")),
    ],
    ids=str,
)
def test_a_weak_match_has_precedence_over_less_specific_groups(
    client: Any, acme: Domain, broad: str, narrow: str, variation: PackageId
) -> None:
    acme.add_package_group(broad)
    acme.add_package_group(narrow)

    assert association(client, variation) == (narrow, "WEAK")


@pytest.mark.rule("G-8")
def test_a_variation_with_its_own_group_matches_strongly(client: Any, acme: Domain) -> None:
    acme.add_package_group("/npm//my-package$")
    assert association(client, npm("my.package")) == ("/npm//my-package$", "WEAK")

    create(client, "/npm//my.package$")

    assert association(client, npm("my.package")) == ("/npm//my.package$", "STRONG")
    assert association(client, npm("my-package")) == ("/npm//my-package$", "STRONG")
