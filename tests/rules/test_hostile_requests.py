"""Methods, paths, query strings and headers that no client would send: refused in the service's words, to no effect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_codeartifact import FakeCodeArtifact

from ..support.hostile import CANNOT_PARSE, FIELD, UNKNOWN, added_query, body, header, method, refused, replaced, send
from ..support.one_call_each import OPERATIONS, arguments


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    "name", ["BREW", "get", "", "HEAD", "OPTIONS", "PATCH", "PUT", "G" * 10_000, "GET\r\n", "\ud800"], ids=ascii
)
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_an_unknown_method_is_an_unknown_operation(furnished: FakeCodeArtifact, name: str) -> None:
    assert refused(furnished, "DescribePackage", method(name)) == UNKNOWN


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    "path",
    [
        "/v1/packag?", "/v1/package/?", "/v1/PACKAGE?", "/v1/%70ackage?", "/v1/package%3F", "/v1//package?",
        "/v1/v1/package?", "/v1/../v1/package?", "/v1/package;x=1?", "/v1/package\x00?", "/v1?", "/?", "?", "",
        "/v2/package?", "/v1/päckage?", "/v1/\ud800?", f"/v1/{'a' * 100_000}?",
    ],
    ids=lambda path: ascii(path[:20]),
)  # fmt: skip
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_an_unknown_path_is_an_unknown_operation(furnished: FakeCodeArtifact, path: str) -> None:
    assert refused(furnished, "DescribePackage", replaced("/v1/package?", path)) == UNKNOWN


@pytest.mark.rule("W-2", "V-5")
@pytest.mark.parametrize(
    ("digits", "reason"), [(18, FIELD), (19, FIELD), (20, CANNOT_PARSE), (21, CANNOT_PARSE), (5000, CANNOT_PARSE)]
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_of_more_digits_than_a_long_has_cannot_be_read(
    furnished: FakeCodeArtifact, digits: int, reason: str, sign: str
) -> None:
    assert refused(furnished, "ListPackages", added_query(f"max-results={sign}{'9' * digits}")) == reason


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(("length", "shown"), [(199, 199), (200, 200), (201, 200), (100_000, 200)])
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_a_long_path_is_truncated_in_the_error_message(furnished: FakeCodeArtifact, length: int, shown: int) -> None:
    path = "/v1/".ljust(length, "a")

    response = send(furnished, "DescribePackage", replaced("/v1/package?", f"{path}?"))

    assert response["Error"]["Message"] == f"Unknown operation: GET {path[:shown]}"


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(("length", "shown"), [(19, 19), (20, 20), (21, 20), (10_000, 20)])
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_a_long_method_is_truncated_in_the_error_message(furnished: FakeCodeArtifact, length: int, shown: int) -> None:
    response = send(furnished, "DescribePackage", method("G" * length))

    assert response["Error"]["Message"] == f"Unknown operation: {'G' * shown} /v1/package"


@pytest.mark.rule("W-2", "V-5")
@pytest.mark.parametrize(
    ("operation", "path", "wrong"),
    [
        ("DeleteRepositoryPermissionsPolicy", "/permissions/policies", "/permissions/policy"),
        ("GetRepositoryPermissionsPolicy", "/permissions/policy", "/permissions/policies"),
        ("PutRepositoryPermissionsPolicy", "/permissions/policy", "/permissions/policies"),
    ],
)
def test_a_wrong_singular_or_plural_in_a_policy_path_is_an_unknown_operation(
    furnished: FakeCodeArtifact, operation: str, path: str, wrong: str
) -> None:
    assert refused(furnished, operation, replaced(path, wrong)) == UNKNOWN


@pytest.mark.rule("W-2")
@pytest.mark.parametrize(
    ("operation", "query"),
    [
        ("PutDomainPermissionsPolicy", "domain=acme"),
        ("CreatePackageGroup", "package-group=/pypi/*&packageGroup=/pypi/*"),
        ("UpdatePackageGroup", "package-group=/npm/*&packageGroup=/npm/*"),
    ],
)
def test_a_member_that_belongs_in_the_body_is_missing_when_it_is_in_the_query(
    furnished: FakeCodeArtifact, operation: str, query: str
) -> None:
    member = query.partition("=")[0] if operation == "PutDomainPermissionsPolicy" else "packageGroup"

    def change(request: Any) -> None:
        left = {name: value for name, value in json.loads(request.data).items() if name != member}
        body(json.dumps(left).encode())(request)
        added_query(query)(request)

    assert refused(furnished, operation, change) == FIELD


@pytest.mark.rule("V-5", "V-8")
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        *((text, CANNOT_PARSE) for text in ("abc", "", "1.0", "1e3", "0x10", "%2B5", "+5", "--1", "-", "%20", "1%20")),
        *((text, CANNOT_PARSE) for text in ("NaN", "null", "1_0", "%D9%A5", "%00", "1%00")),
        *((text, CANNOT_PARSE) for text in ("9" * 20, "9" * 5000, "-" * 5000)),
        *((text, FIELD) for text in ("0", "-1", "1001", "9" * 19, "-" + "9" * 19)),
    ],
)
def test_a_number_in_the_query_must_be_a_whole_number_within_limits(
    furnished: FakeCodeArtifact, number: str, reason: str
) -> None:
    assert refused(furnished, "ListPackages", added_query(f"max-results={number}")) == reason
    assert refused(furnished, "ListRepositories", added_query(f"max-results={number}")) == reason


@pytest.mark.rule("V-5", "W-2")
@pytest.mark.parametrize(
    "value", ["maybe", "", "True", "TRUE", "1", "0", "yes", "true%20", "%FF", "true&unfinished=true"]
)
def test_a_boolean_in_the_query_must_be_true_or_false(furnished: FakeCodeArtifact, value: str) -> None:
    assert refused(furnished, "PublishPackageVersion", added_query(f"unfinished={value}")) == CANNOT_PARSE


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    "operation",
    [name for name in OPERATIONS if "domain" in arguments(name) and "domain" not in OPERATIONS[name][2].split()],
)
def test_a_query_parameter_that_occurs_twice_cannot_be_read(furnished: FakeCodeArtifact, operation: str) -> None:
    assert refused(furnished, operation, added_query("domain=acme")) == CANNOT_PARSE
    assert refused(furnished, operation, added_query("domain=")) == CANNOT_PARSE
    assert refused(furnished, operation, added_query("%64omain=other")) == CANNOT_PARSE


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    "escape", ["%", "%2", "%zz", "%g0", "%%", "%u0041", "%FF", "%C3%28", "%C0%80", "%ED%A0%80", "%80"]
)
@pytest.mark.parametrize("where", ["name of an unknown parameter", "value of an unknown one", "value of a known one"])
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_an_invalid_escape_in_the_query_cannot_be_read(furnished: FakeCodeArtifact, where: str, escape: str) -> None:
    changes = {
        "name of an unknown parameter": added_query(f"{escape}=x"),
        "value of an unknown one": added_query(f"x={escape}"),
        "value of a known one": replaced("package=tool", f"package={escape}"),
    }

    assert refused(furnished, "PutPackageOriginConfiguration", changes[where]) == CANNOT_PARSE


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    ("text", "reason"),
    [("\ud800", FIELD), ("%41\ud800", CANNOT_PARSE), ("\udfff+", CANNOT_PARSE), ("\udcff%00", CANNOT_PARSE)],
    ids=ascii,
)
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_a_surrogate_in_the_url_is_refused(furnished: FakeCodeArtifact, text: str, reason: str) -> None:
    change = replaced("package=tool", f"package={text}")

    assert refused(furnished, "PutPackageOriginConfiguration", change) == reason


@pytest.mark.rule("V-8")
@pytest.mark.parametrize("text", ["", "%00", "%20", "a+b", "%0A", "%7F", "a%2Fb", "a%23b", "%C2%85", "a" * 1_000_000])
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_an_escaped_text_is_checked_against_its_constraints(furnished: FakeCodeArtifact, text: str) -> None:
    assert refused(furnished, "PutPackageOriginConfiguration", replaced("package=tool", f"package={text}")) == FIELD


@pytest.mark.rule("V-5")
@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/xml", "application/jsonx", "json", "application/x-amz-json-1.1", b"\xff",
     "application/json, text/plain", "x" * 100_000, b"application/json\xff", "\udcff"],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
@pytest.mark.parametrize("operation", ["DeletePackageVersions", "CreateDomain", "PutDomainPermissionsPolicy"])
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_a_body_of_another_content_type_cannot_be_read(
    furnished: FakeCodeArtifact, operation: str, content_type: str | None
) -> None:
    def change(request: Any) -> None:
        request.data = request.data or b"{}"
        header("Content-Type", content_type)(request)

    assert refused(furnished, operation, change) == CANNOT_PARSE


@pytest.mark.rule("V-5", "V-8", "P-7")
@pytest.mark.parametrize(
    "value",
    [None, "", "0" * 63, "A" * 64, "x" * 100_000, "ä" * 64, b"\xff" * 64, "\ud800" * 64, "UNSIGNED-PAYLOAD"],
    ids=lambda value: ascii(value)[:20],
)
@pytest.mark.in_process("no HTTP client sends it as it is")
def test_an_invalid_hash_in_the_header_is_refused(furnished: FakeCodeArtifact, value: str | bytes | None) -> None:
    change = header("x-amz-content-sha256", value)

    assert refused(furnished, "PublishPackageVersion", change) == FIELD


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_service_works_after_a_hostile_request(furnished: FakeCodeArtifact, operation: str) -> None:
    refused(furnished, operation, replaced("/v1/", "/v0/"))
    refused(furnished, operation, method("BREW"))

    answer = send(furnished, operation, lambda _: None)

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
