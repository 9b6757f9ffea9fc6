"""Rules of all formats: URLs, tokens, the order of checks, and error responses."""

from __future__ import annotations

import datetime as dt
import http.client
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from pytest_codeartifact import FakeCodeArtifact, Repository, ThrottlingException, cut_short, garbled, npm, pypi
from pytest_codeartifact.doors.server import Server

from ..support.acme import ACCOUNT, NO_REPOSITORY
from ..support.package_managers import Answered, Endpoint, Endpoints, basic, form, mint, request

OTHER = "210987654321"
AWS_HOST = f"acme-{ACCOUNT}.d.codeartifact.us-east-1.amazonaws.com"
DUALSTACK_HOST = f"acme-{ACCOUNT}.codeartifact.us-east-1.on.aws"


# URLs


@pytest.mark.rule("PM-1")
def test_the_endpoint_that_the_api_returns_is_served(
    codeartifact_server: Server, endpoint: Endpoint, team: Repository
) -> None:
    answered = endpoint("GET", f"/{endpoint.format}/d/acme-{ACCOUNT}/team/nothing/of/that/name")

    assert answered.status == 404
    assert endpoint.url == f"{codeartifact_server.url}/{endpoint.format}/d/acme-{ACCOUNT}/team/"


@pytest.mark.rule("PM-2")
@pytest.mark.parametrize(
    "home", ["acme", f"acme{ACCOUNT}", "acme-12345", f"acme-{ACCOUNT}0", f"-{ACCOUNT}", "acme-abc"]
)
def test_a_domain_that_is_not_followed_by_its_owner_is_not_found(endpoint: Endpoint, home: str) -> None:
    assert endpoint("GET", f"/{endpoint.format}/d/{home}/team/").status == 404


@pytest.mark.rule("PM-2")
def test_a_domain_may_have_hyphens_in_its_name(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    codeartifact.add_domain("acme-2").add_repository("team").add_package(pypi("tool"), ["1.0"])

    endpoint = endpoints("pypi", domain="acme-2", token=mint(codeartifact, "acme-2"))

    assert endpoint.get("simple/tool/").status == 200


@pytest.mark.rule("PM-3")
def test_the_domain_is_found_in_the_region_of_the_token(codeartifact: FakeCodeArtifact, endpoints: Endpoints) -> None:
    paris = codeartifact.at(ACCOUNT, "eu-west-3").add_domain("acme").add_repository("team")
    paris.add_package(pypi("tool"), ["1.0"])
    token = codeartifact.client(region="eu-west-3").get_authorization_token(domain="acme")["authorizationToken"]

    assert endpoints("pypi", token=token).get("simple/tool/").status == 200
    assert endpoints("pypi").get("simple/tool/").status == 404


@pytest.mark.rule("PM-4")
@pytest.mark.parametrize("host", [AWS_HOST, DUALSTACK_HOST, f"{AWS_HOST}:443"])
def test_a_host_of_aws_leads_to_the_same_endpoint(endpoint: Endpoint, team: Repository, host: str) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    headers = {"Host": host, "Authorization": basic(endpoint.token)}

    answered = request(endpoint.host, "GET", "/pypi/team/simple/tool/", headers=headers)

    assert answered.status == 200


@pytest.mark.rule("PM-3", "PM-4")
@pytest.mark.parametrize("host", [AWS_HOST, DUALSTACK_HOST])
def test_the_region_of_a_host_of_aws_has_precedence_over_that_of_the_token(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository, host: str
) -> None:
    codeartifact.at(ACCOUNT, "eu-west-3").add_domain("acme").add_repository("team").add_package(pypi("tool"), ["1.0"])

    def status(host: str) -> int:
        headers = {"Host": host, "Authorization": basic(pypi_endpoint.token)}
        return request(pypi_endpoint.host, "GET", "/pypi/team/simple/tool/", headers=headers).status

    assert status(host) == 404
    assert status(host.replace("us-east-1", "eu-west-3")) == 403


@pytest.mark.rule("PM-4", "PM-9")
def test_a_host_of_aws_needs_a_token_too(endpoint: Endpoint) -> None:
    assert request(endpoint.host, "GET", "/pypi/team/simple/tool/", headers={"Host": AWS_HOST}).status == 401


@pytest.mark.rule("PM-7")
@pytest.mark.parametrize(
    ("host", "shown"),
    [
        (AWS_HOST, AWS_HOST),
        (DUALSTACK_HOST, DUALSTACK_HOST),
        (f"{AWS_HOST}:8080", f"{AWS_HOST}:8080"),
        (f"{AWS_HOST}:80", AWS_HOST),
    ],
)
def test_absolute_urls_have_the_host_of_the_request_without_a_default_port(
    endpoints: Endpoints, team: Repository, host: str, shown: str
) -> None:
    team.add_package(npm("tool"), ["1.0.0"])
    endpoint = endpoints("npm")
    headers = {"Host": host, "Authorization": basic(endpoint.token)}

    packument = request(endpoint.host, "GET", "/npm/team/tool", headers=headers).json

    assert packument["versions"]["1.0.0"]["dist"]["tarball"] == f"http://{shown}/npm/team/tool/-/tool-1.0.0.tgz"


@pytest.mark.rule("PM-4")
@pytest.mark.parametrize("host", ["evil.example", f"{AWS_HOST}.evil.example", "localhost"])
def test_other_hosts_are_refused(endpoint: Endpoint, host: str) -> None:
    headers = {"Host": host, "Authorization": basic(endpoint.token)}

    assert request(endpoint.host, "GET", f"{endpoint.path}simple/tool/", headers=headers).status == 403


@pytest.mark.rule("PM-5")
@pytest.mark.parametrize("path", ["%zz", "%ff%fe", "a%00b", "a%0ab", ".", "..", "%2e%2e", "x/../y", "a%2Fb"])
def test_an_impossible_path_is_a_bad_request_with_or_without_a_token(endpoint: Endpoint, path: str) -> None:
    assert endpoint.get(path).status == 400
    assert endpoint("GET", path, token=None).status == 400


@pytest.mark.rule("PM-5")
@pytest.mark.parametrize("path", ["simple//tool/", "x//", "simple/tool//1.0"])
def test_an_empty_segment_is_not_found(endpoint: Endpoint, path: str) -> None:
    assert endpoint.get(path).status == 404


@pytest.mark.rule("PM-6")
def test_unknown_parameters_of_the_query_are_ignored(pypi_endpoint: Endpoint, team: Repository) -> None:
    team.add_package(pypi("tool"), ["1.0"])

    assert pypi_endpoint.get("simple/tool/?page=7&%zz").status == 200


@pytest.mark.rule("PM-8")
def test_the_endpoint_of_generic_packages_is_not_found(endpoints: Endpoints) -> None:
    answered = endpoints("generic").get("anything")

    assert (answered.status, answered.header("www-authenticate")) == (404, None)


@pytest.mark.rule("PM-8")
@pytest.mark.parametrize("format", ["nuget", "swift"])
def test_requests_for_formats_without_a_protocol_get_status_501(endpoints: Endpoints, format: str) -> None:
    answered = endpoints(format).get("anything")

    assert answered.status == 501
    assert "Repository.publish()" in answered.text


# Tokens


def presentations() -> dict[str, Callable[[str], str]]:
    return {
        "basic": basic,
        "Bearer": lambda token: f"Bearer {token}",
        "bearer with blanks": lambda token: f"  bEARER   {token}  ",
        "an untrimmed token": lambda token: basic(f"{token}\r\n"),
    }


@pytest.mark.rule("PM-10", "PM-11", "PM-14")
@pytest.mark.parametrize("presented", presentations().values(), ids=presentations().keys())
def test_a_token_is_accepted_as_a_password_or_as_a_bearer_token(
    endpoint: Endpoint, presented: Callable[[str], str]
) -> None:
    answered = endpoint("GET", "nothing", headers={"Authorization": presented(endpoint.token)}, token=None)

    assert answered.status == 404


def misfits() -> dict[str, Callable[[str], dict[str, str]]]:
    return {
        "nothing": lambda token: {},
        "another user": lambda token: {"Authorization": basic(token, "me")},
        "the user of swift": lambda token: {"Authorization": basic(token, "token")},
        "no Base64": lambda token: {"Authorization": "Basic ???"},
        "no text": lambda token: {"Authorization": "Basic /////w=="},
        "another scheme": lambda token: {"Authorization": f"Digest {token}"},
        "another header": lambda token: {"X-Token": token},
        "a token of the right shape": lambda token: {"Authorization": basic(f"{token[:-1]}x")},
        "an empty one": lambda token: {"Authorization": "Bearer"},
    }


@pytest.mark.rule("PM-9", "PM-10", "PM-14")
@pytest.mark.parametrize("headers", misfits().values(), ids=misfits().keys())
def test_requests_without_a_valid_token_are_refused(
    pypi_endpoint: Endpoint, headers: Callable[[str], dict[str, str]]
) -> None:
    assert pypi_endpoint("GET", "nothing", headers=headers(pypi_endpoint.token), token=None).status == 401


@pytest.mark.rule("PM-9", "PM-18")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_a_client_without_a_token_gets_two_challenges(endpoint: Endpoint, method: str) -> None:
    answered = endpoint(method, "nothing", token=None)

    assert (answered.status, answered.reason) == (401, "Unauthorized")
    challenges = [value for name, value in answered.headers if name.lower() == "www-authenticate"]
    assert challenges == ['Bearer realm="acme/team"', 'Basic realm="acme/team"']


@pytest.mark.rule("PM-14")
def test_a_token_in_the_query_is_ignored(endpoint: Endpoint) -> None:
    assert endpoint("GET", f"nothing?token={endpoint.token}", token=None).status == 401


@pytest.mark.rule("PM-14", "PM-23", "PM-29")
def test_a_token_in_a_url_is_neither_recorded_nor_repeated(codeartifact: FakeCodeArtifact, endpoint: Endpoint) -> None:
    other = mint(codeartifact)

    in_path = endpoint.get(f"nothing/{other}/x")
    in_query = endpoint.get(f"nothing?a=1&token={other}")

    calls = codeartifact.calls.of("ReadFromRepository")
    shown = (in_path.text, in_query.text, *(f"{call!r} {call.params}" for call in calls))
    assert (in_path.status, in_query.status) == (400, 404)
    assert not any(other in text for text in shown)
    assert calls[-1].params["requestUri"] == f"{endpoint.path}nothing?a=1&token=(token)"


@pytest.mark.rule("PM-12")
def test_a_token_without_a_scheme_is_refused_for_python(pypi_endpoint: Endpoint) -> None:
    headers = {"Authorization": pypi_endpoint.token}

    assert pypi_endpoint("GET", "nothing", headers=headers, token=None).status == 401


@pytest.mark.rule("PM-15")
def test_a_token_is_not_valid_for_another_domain(codeartifact: FakeCodeArtifact, endpoints: Endpoints) -> None:
    codeartifact.add_domain("other").add_repository("team")

    answered = endpoints("pypi", domain="other").get("simple/tool/")

    assert answered.status == 403
    assert "'acme'" in answered.text
    assert "'other'" in answered.text


@pytest.mark.rule("PM-15")
def test_a_token_is_valid_for_every_repository_of_its_domain(
    endpoints: Endpoints, codeartifact: FakeCodeArtifact
) -> None:
    codeartifact.domain("acme").add_repository("other").add_package(pypi("tool"), ["1.0"])

    assert endpoints("pypi", repository="other").get("simple/tool/").status == 200


@pytest.mark.rule("PM-16")
def test_a_token_expires_by_the_clock_of_the_fake(codeartifact: FakeCodeArtifact, endpoints: Endpoints) -> None:
    codeartifact.clock.set(dt.datetime(2026, 1, 31, tzinfo=dt.timezone.utc))
    endpoint = endpoints("pypi", token=mint(codeartifact, durationSeconds=900))

    codeartifact.clock.advance(dt.timedelta(seconds=899, milliseconds=999))
    assert endpoint.get("nothing").status == 404
    codeartifact.clock.advance(dt.timedelta(milliseconds=1))
    assert endpoint.get("nothing").status == 401
    codeartifact.clock.advance(dt.timedelta(milliseconds=-1))
    assert endpoint.get("nothing").status == 404


@pytest.mark.rule("PM-16")
def test_a_recreated_domain_does_not_accept_tokens_of_the_deleted_one(
    codeartifact: FakeCodeArtifact, endpoint: Endpoint
) -> None:
    codeartifact.clock.set(codeartifact.clock.now())  # a stopped clock, so that both are created at the same time
    client = codeartifact.client()
    client.delete_repository(domain="acme", repository="team")
    client.delete_domain(domain="acme")
    codeartifact.add_domain("acme").add_repository("team")

    assert endpoint.get("nothing").status == 401


@pytest.mark.rule("PM-17")
def test_a_fork_does_not_accept_the_tokens_of_another_fork_of_its_seed() -> None:
    seed = FakeCodeArtifact()
    seed.add_domain("acme").add_repository("team")
    with seed.fork() as one:
        token = mint(one)
    with seed.fork() as another, another.serve() as server:
        assert Endpoint(server, "pypi", token=token).get("nothing").status == 401


@pytest.mark.rule("PM-17")
@pytest.mark.parametrize("part", range(5))
def test_a_token_that_was_altered_is_refused(endpoint: Endpoint, part: int) -> None:
    parts = endpoint.token.split(".")
    parts[part] = f"{parts[part][:4]}{'B' if parts[part][4] == 'A' else 'A'}{parts[part][5:]}"

    assert endpoint.get("nothing").status == 404
    assert endpoint("GET", "nothing", token=".".join(parts)).status == 401


@pytest.mark.rule("PM-17")
def test_a_fork_accepts_the_tokens_of_its_seed() -> None:
    seed = FakeCodeArtifact()
    seed.add_domain("acme").add_repository("team")
    with seed:
        token = mint(seed)
    with seed.fork() as fork, fork.serve() as server, FakeCodeArtifact() as other:
        other.add_domain("acme").add_repository("team")
        assert Endpoint(server, "pypi", token=token).get("nothing").status == 404
        with other.serve() as another:
            assert Endpoint(another, "pypi", token=token).get("nothing").status == 401


@pytest.mark.rule("PM-17")
def test_a_token_belongs_to_the_account_that_requested_it(codeartifact: FakeCodeArtifact, endpoints: Endpoints) -> None:
    client = codeartifact.client(account=OTHER)
    token = client.get_authorization_token(domain="acme", domainOwner=ACCOUNT)["authorizationToken"]

    endpoints("pypi", token=token).get("simple/tool/")

    assert codeartifact.calls[-1].account == OTHER


# Refusals, HEAD


@pytest.mark.rule("PM-20", "PM-21", "PM-23")
def test_a_missing_repository_is_reported_before_an_unknown_path(endpoints: Endpoints) -> None:
    answered = endpoints("pypi", repository="nowhere").get("nothing")

    assert (answered.status, answered.text) == (404, NO_REPOSITORY)


@pytest.mark.rule("PM-22")
def test_a_refusal_of_pypi_is_plain_text(pypi_endpoint: Endpoint) -> None:
    assert pypi_endpoint.get("nothing").header("content-type") == "text/plain; charset=utf-8"


@pytest.mark.rule("PM-24")
def test_the_error_for_another_method_lists_the_allowed_ones(pypi_endpoint: Endpoint) -> None:
    answered = pypi_endpoint("DELETE", "simple/tool/")

    assert (answered.status, answered.header("allow")) == (405, "GET, HEAD")


@pytest.mark.rule("PM-25")
def test_every_response_has_a_request_id_and_a_length(endpoint: Endpoint) -> None:
    def ids(answers: list[Answered]) -> set[str | None]:
        assert all(answered.header("content-length") == str(len(answered.body)) for answered in answers)
        return {answered.header("x-amzn-requestid") for answered in answers}

    answers = [endpoint.get("nothing"), endpoint("GET", token="none"), endpoint("PATCH", "nothing")]

    assert len(ids(answers) - {None}) == 3


@pytest.mark.rule("PM-25")
def test_ranges_and_conditions_are_ignored(pypi_endpoint: Endpoint, team: Repository) -> None:
    team.add_package(pypi("tool"), ["1.0"])

    answered = pypi_endpoint.get("simple/tool/1.0/tool-1.0.tar.gz", **{"Range": "bytes=0-9", "If-None-Match": "*"})

    assert answered.status == 200
    assert len(answered.body) > 10
    assert (answered.header("etag"), answered.header("last-modified")) == (None, None)


@pytest.mark.rule("PM-26")
def test_a_head_request_has_the_headers_of_a_get_and_retains_nothing(
    codeartifact: FakeCodeArtifact, endpoints: Endpoints, team: Repository
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    nearer = codeartifact.domain("acme").add_repository("nearer", upstreams=[team])
    pypi_endpoint = endpoints("pypi", repository="nearer")
    path = "simple/tool/1.0/tool-1.0.tar.gz"

    head = pypi_endpoint("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert pypi("tool") not in nearer.packages

    got = pypi_endpoint.get(path)
    assert head.header("content-length") == got.header("content-length") == str(len(got.body))
    assert pypi("tool") in nearer.packages


# The journal, faults


@pytest.mark.rule("PM-28", "PM-29", "PM-30", "PM-31")
def test_each_request_is_recorded_as_one_call_named_by_its_permission(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    team.add_package(pypi("Tool_Box"), ["1.0"])
    before = len(codeartifact.calls)

    pypi_endpoint.get("simple/tool-box/1.0/tool_box-1.0.tar.gz?x=1")
    pypi_endpoint.get("simple/tool-box/2.0/tool_box-2.0.tar.gz")

    found, missed = codeartifact.calls[before:]
    assert found.params == {
        "domain": "acme",
        "domainOwner": ACCOUNT,
        "repository": "team",
        "format": "pypi",
        "package": "tool-box",
        "packageVersion": "1.0",
        "assetName": "tool_box-1.0.tar.gz",
        "httpMethod": "GET",
        "requestUri": f"{pypi_endpoint.path}simple/tool-box/1.0/tool_box-1.0.tar.gz?x=1",
    }
    assert (found.operation, found.via, found.attempts, found.where) == ("ReadFromRepository", "pypi", 1, None)
    assert (found.response, found.error) == (None, None)
    assert found.name == "ReadFromRepository by pypi"
    assert getattr(missed.error, "status", None) == 404
    assert codeartifact.calls[before:].writes == []
    assert list(codeartifact.calls.of("ReadFromRepository", package=pypi("tool-box"))) == [found, missed]
    (statement,) = codeartifact.calls.of("ReadFromRepository").iam_policy()["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["codeartifact:ReadFromRepository"], [team.arn])


@pytest.mark.rule("PM-19")
def test_unauthenticated_requests_are_not_recorded(codeartifact: FakeCodeArtifact, endpoint: Endpoint) -> None:
    before = len(codeartifact.calls)

    endpoint("GET", "nothing", token=None)
    endpoint("GET", "..")

    assert len(codeartifact.calls) == before


@pytest.mark.rule("PM-21", "PM-32")
def test_a_planned_fault_applies_to_a_package_manager(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    team.add_package(pypi("other"), ["1.0"])
    fault = codeartifact.fail("ReadFromRepository", ThrottlingException("Slower.", 7), when={"package": pypi("tool")})

    other, struck, after = (pypi_endpoint.get(f"simple/{name}/") for name in ("other", "tool", "tool"))

    assert (other.status, after.status, fault.struck) == (200, 200, 1)
    assert (struck.status, struck.text, struck.header("retry-after")) == (429, "Slower.", "7")


@pytest.mark.rule("PM-32")
@pytest.mark.parametrize(("format", "status"), [("generic", 200), ("pypi", 500)])
def test_a_fault_of_uploads_can_be_limited_to_a_format(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, format: str, status: int
) -> None:
    fault = codeartifact.fail("PublishPackageVersion", "InternalServerException", when={"format": format})
    body, content_type = form({":action": "file_upload", "name": "tool", "version": "1.0"}, "tool-1.0.zip", b"x")

    assert pypi_endpoint("POST", "", body, {"Content-Type": content_type}).status == status
    fault.cancel()


@pytest.mark.rule("PM-32")
def test_a_fault_of_uploads_refuses_an_unknown_parameter(codeartifact: FakeCodeArtifact) -> None:
    with pytest.raises(ValueError, match="has no parameter 'pakage'"):
        codeartifact.fail("PublishPackageVersion", "InternalServerException", when={"pakage": "x"})


@pytest.mark.rule("PM-32")
def test_planned_troubles_disturb_responses_to_package_managers(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    file = "simple/tool/1.0/tool-1.0.tar.gz"
    codeartifact.fail("ReadFromRepository", cut_short(100), when={"assetName": "tool-1.0.tar.gz"})
    codeartifact.fail("ReadFromRepository", garbled(b"<html>"))
    codeartifact.fail("ReadFromRepository", ConnectionClosedError(endpoint_url="x"))

    with pytest.raises(http.client.IncompleteRead) as broken:
        pypi_endpoint.get(file)
    other = pypi_endpoint.get(file)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        pypi_endpoint.get(file)

    assert len(broken.value.partial) == 100
    assert (other.status, other.body) == (200, b"<html>")
    assert pypi_endpoint.get(file).body == team.packages[pypi("tool")].versions["1.0"].assets["tool-1.0.tar.gz"]


@pytest.mark.rule("PM-32")
def test_a_fault_of_an_upload_stores_nothing(
    codeartifact: FakeCodeArtifact, pypi_endpoint: Endpoint, team: Repository
) -> None:
    codeartifact.fail("PublishPackageVersion", "InternalServerException", when=lambda call: call.via == "pypi")
    body, content_type = form({":action": "file_upload", "name": "tool", "version": "1.0"}, "tool-1.0.zip", b"x")

    with codeartifact.unchanged():
        struck = pypi_endpoint("POST", "", body, {"Content-Type": content_type})
    after = pypi_endpoint("POST", "", body, {"Content-Type": content_type})

    assert (struck.status, after.status) == (500, 200)


@pytest.mark.rule("PM-11")
@pytest.mark.parametrize("name", ["a-domain", "z-domain"])
def test_tokens_stay_valid_after_another_domain_is_deleted(
    codeartifact: FakeCodeArtifact, client: Any, pypi_endpoint: Endpoint, team: Repository, name: str
) -> None:
    team.add_package(pypi("tool"), ["1.0"])
    codeartifact.add_domain(name)
    client.get_authorization_token(domain=name)

    client.delete_domain(domain=name)

    assert pypi_endpoint.get("simple/tool/").status == 200
