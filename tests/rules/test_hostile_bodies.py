"""Bodies that no client would send (see test_hostile_requests)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact

from ..support.hostile import CANNOT_PARSE, FIELD, Change, added_query, body, header, refused, send
from ..support.one_call_each import MODEL, OPERATIONS, POLICY, SAMPLES, arguments

NO_JSON_OBJECT = [
    b"{", b"}", b"x", b"\x00", b" ", b"[]", b"null", b"true", b"1", b'"x"', b"{}{}", b"{}x", b"{'a': 1}", b"{a: 1}",
    b'{"a": 1,}', b'{"a" 1}', b'{"a": "\n"}', b'{"a": "\x00"}', b'{"a": "\\x"}', b'{"a": "\\u12"}', b'{"a": 01}',
    b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": "\xff"}', b'{"\xff": 1}', b"[" * 100_000, b'{"a":' * 100_000, b"<a/>", b"a=1&b=2",
    b"\x1f\x8b\x08\x00garbage", b"\x00\xff" * 5_000_000, b"[" * 10_000_000,
]  # fmt: skip


@pytest.mark.rule("V-5")
@pytest.mark.parametrize("content", NO_JSON_OBJECT, ids=lambda content: ascii(content[:20]))
def test_a_body_must_be_a_json_object(furnished: FakeCodeArtifact, content: bytes) -> None:
    assert refused(furnished, "DeletePackageVersions", body(content)) == CANNOT_PARSE


@pytest.mark.rule("V-5")
@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - {"PublishPackageVersion"}))  # its body is an asset
def test_every_operation_refuses_a_body_that_is_not_a_json_object(furnished: FakeCodeArtifact, operation: str) -> None:
    assert refused(furnished, operation, body(b"[]")) == CANNOT_PARSE


@pytest.mark.rule("V-5")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_body_in_another_encoding_than_utf_8_cannot_be_read(furnished: FakeCodeArtifact, encoding: str) -> None:
    assert (
        refused(furnished, "DeletePackageVersions", body('{"versions": ["1.0.0+build"]}'.encode(encoding)))
        == CANNOT_PARSE
    )


@pytest.mark.rule("V-5")
@pytest.mark.parametrize("surrogate", [b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\x80"])
def test_a_body_that_is_not_utf_8_cannot_be_read(furnished: FakeCodeArtifact, surrogate: bytes) -> None:
    content = b'{"versions": ["1.0.0+build"], "other": "' + surrogate + b'"}'

    assert refused(furnished, "DeletePackageVersions", body(content)) == CANNOT_PARSE


WRONG: dict[str, list[Any]] = {  # by the type that is right
    "string": [1, 1.5, True, [], {}, ["x"], {"x": "y"}],
    "boolean": [0, 1, "true", "", [], {}],
    "integer": ["1", "", 1.5, 1e300, True, [], {}, [1]],
    "list": ["", "x", 1, True, {}, {"0": "x"}, [[]], [None], [[["x"]]], [1.5]],
    "map": ["", 1, True, [], ["x"], {"x": None}, {"x": 1}, {"x": []}, {"x": {}}],
    "structure": ["", 1, True, [], ["x"]],
}

IN_BODIES = [(operation, name) for operation, (_, _, names) in OPERATIONS.items() for name in sorted(names.split())]


def shape_of(operation: str, member: str) -> Any:
    return MODEL.operation_model(operation).input_shape.members[member]


# One member of each shape: a member is read by its shape alone.
BY_SHAPE = list({shape_of(*place).name: place for place in IN_BODIES}.values())


def with_member(member: str, value: Any) -> Change:
    """Send another value of one member of the body."""

    def change(request: Any) -> None:
        body(json.dumps({**json.loads(request.data or "{}"), member: value}).encode())(request)

    return change


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(("operation", "member"), BY_SHAPE)
def test_a_member_of_the_wrong_type_cannot_be_read(furnished: FakeCodeArtifact, operation: str, member: str) -> None:
    shape = shape_of(operation, member)
    wrong = WRONG[shape.type_name]
    if shape.type_name == "list" and shape.member.type_name == "structure":
        wrong = [*wrong, ["x"], [{next(iter(shape.member.members)): 1}], [{next(iter(shape.member.members)): []}]]
    elif shape.type_name == "structure":
        wrong = [*wrong, *({next(iter(shape.members)): value} for value in WRONG["string"])]

    for value in wrong:
        assert refused(furnished, operation, with_member(member, value)) == CANNOT_PARSE, value


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    ("operation", "member", "depth"),
    [*((*place, 1_000) for place in BY_SHAPE), *((*BY_SHAPE[0], depth) for depth in (500, 100_000))],
)
def test_deep_nesting_in_place_of_a_member_cannot_be_read(
    furnished: FakeCodeArtifact, operation: str, member: str, depth: int
) -> None:
    nested = b'{"%s": %s%s}' % (member.encode(), b"[" * depth, b"]" * depth)

    assert refused(furnished, operation, body(nested)) == CANNOT_PARSE


@pytest.mark.rule("V-4")
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_a_required_member_that_is_null_or_omitted_is_refused_as_missing(
    furnished: FakeCodeArtifact, operation: str
) -> None:
    required = set(MODEL.operation_model(operation).input_shape.required_members)
    in_body = required & set(OPERATIONS[operation][2].split())

    def without_query(request: Any) -> None:
        request.url = request.url.partition("?")[0]

    for member in in_body:
        assert refused(furnished, operation, with_member(member, None)) == FIELD
        assert refused(furnished, operation, body(b"", None)) == FIELD
        assert refused(furnished, operation, body(json.dumps({member.upper(): SAMPLES.get(member)}).encode())) == FIELD
    if required - in_body:
        assert refused(furnished, operation, without_query) == FIELD


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    "content",
    [
        b'{"versions": ["2.0.0"], "versions": ["1.0.0+build"]}',
        b'{"versions": ["1.0.0+build"], "versions": ["1.0.0+build"]}',
        b'{"versions": null, "versions": ["1.0.0+build"]}',
    ],
)
def test_a_member_that_occurs_twice_cannot_be_read(furnished: FakeCodeArtifact, content: bytes) -> None:
    assert refused(furnished, "DeletePackageVersions", body(content)) == CANNOT_PARSE


@pytest.mark.parametrize(
    "change",
    [
        added_query("other=1&=&==&x&&%00=%00&Domain=other&domainOwner=x&DOMAIN=x"),
        with_member("other", {"a": [1, None, 1.5, {"b": "c"}]}),
        with_member("Versions", 1),
        with_member("domain", "other"),
        header("X-Http-Method-Override", "DELETE"),
        header("Content-Type", "APPLICATION/JSON ; charset=UTF-8"),
    ],
)
def test_unknown_parameters_are_ignored(furnished: FakeCodeArtifact, change: Change) -> None:
    """As in rest-json everywhere: a newer client may send more than this service knows."""
    answer = send(furnished, "DeletePackageVersions", change)

    assert list(answer["successfulVersions"]) == ["1.0.0+build"]
    assert furnished.calls[-1].params == arguments("DeletePackageVersions")


@pytest.mark.rule("V-5", "V-8")
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        *((text, CANNOT_PARSE) for text in ("1.5.0", "1e400", "1e300", "true", '"1"', "9" * 5000)),
        *((text, FIELD) for text in ("0", "-0", "-1", "1001", "9" * 4000, "-" + "9" * 4000)),
    ],
    ids=lambda value: value[:8],
)
def test_a_number_in_a_body_must_be_a_whole_number_within_limits(
    furnished: FakeCodeArtifact, number: str, reason: str
) -> None:
    assert refused(furnished, "ListDomains", body(f'{{"maxResults": {number}}}'.encode())) == reason


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    ("operation", "content"),
    [
        *((name, b"{}") for name, (method, _, _) in OPERATIONS.items() if method == "GET"),
        *(("DescribePackage", content) for content in (b'{"domain": "acme"}', b"garbage", b"\xff" * 100)),
    ],
)
def test_a_get_request_with_a_body_cannot_be_read(furnished: FakeCodeArtifact, operation: str, content: bytes) -> None:
    assert refused(furnished, operation, body(content)) == CANNOT_PARSE


def texts(operation: str, member: str, text: str) -> Any:
    """A value of a member of the body in which the text stands wherever a free text may."""
    shape = shape_of(operation, member)
    if shape.type_name == "list" and shape.member.type_name == "structure":
        return [dict.fromkeys(shape.member.members, text)]
    if shape.type_name == "structure":
        return dict.fromkeys(shape.members, text)
    return {"string": text, "list": [text], "map": {text: text}}[shape.type_name]


TEXTS = [place for place in BY_SHAPE if shape_of(*place).type_name not in ("boolean", "integer")]
DESCRIPTION = ("UpdateRepository", "description")
KEY = ("CreateDomain", "encryptionKey")


@pytest.mark.rule("V-8")
@pytest.mark.parametrize(
    ("operation", "member", "text"),
    [
        *((*place, "a\x1bb") for place in TEXTS if place[1] != "policyRevision"),
        *((*DESCRIPTION, text) for text in ("\x00", "\x7f")),
    ],
    ids=ascii,
)
def test_control_characters_in_a_body_are_refused(
    furnished: FakeCodeArtifact, operation: str, member: str, text: str
) -> None:
    """In all but the revision of a policy, whose pattern, the model's ``\\S+``, lets them pass."""
    refused(furnished, operation, with_member(member, texts(operation, member, text)))


@pytest.mark.parametrize(
    ("operation", "member", "text"),
    [
        *((*place, "\ud800") for place in TEXTS),
        *((*KEY, text) for text in ("alias/\udfff", "arn:aws:kms:us-east-1:123456789012:key/\ud800")),
    ],
    ids=ascii,
)
def test_a_lone_surrogate_in_a_body_is_refused(
    furnished: FakeCodeArtifact, operation: str, member: str, text: str
) -> None:
    """The model's patterns do not say so everywhere, but what is not Unicode is no text."""
    refused(furnished, operation, with_member(member, texts(operation, member, text)))


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    ("operation", "member"), [place for place in BY_SHAPE if shape_of(*place).type_name == "map"], ids=ascii
)
def test_a_lone_surrogate_in_a_key_cannot_be_read(furnished: FakeCodeArtifact, operation: str, member: str) -> None:
    """Also where the value is text: a key is the name of a version, and the answer would repeat it."""
    assert refused(furnished, operation, with_member(member, {"\ud800": "x"})) == CANNOT_PARSE


@pytest.mark.rule("G-18")
@pytest.mark.parametrize(
    "members",
    [[{}], [{"repositoryName": "team"}], [{"originRestrictionType": "PUBLISH"}], [{"other": 1}]],
    ids=str,
)
@pytest.mark.parametrize("member", ["addAllowedRepositories", "removeAllowedRepositories"])
def test_an_allowed_repository_without_a_name_or_a_type_is_refused(
    furnished: FakeCodeArtifact, member: str, members: list[dict[str, Any]]
) -> None:
    """The model does not require them, so botocore lets this pass."""
    refused(furnished, "UpdatePackageGroupOriginConfiguration", with_member(member, members))


@pytest.mark.rule("PP-5", "V-5")
@pytest.mark.parametrize("extra", ["NaN", "-Infinity", "'x'", "01", '"\\x"'])
@pytest.mark.parametrize("operation", ["PutDomainPermissionsPolicy", "PutRepositoryPermissionsPolicy"])
def test_a_policy_must_be_json(furnished: FakeCodeArtifact, operation: str, extra: str) -> None:
    document = f'{POLICY[:-1]}, "Extra": {extra}}}'

    assert refused(furnished, operation, with_member("policyDocument", document)) == CANNOT_PARSE
