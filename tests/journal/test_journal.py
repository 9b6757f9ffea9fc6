"""The recorded calls of a fake, and the planned faults."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import botocore.exceptions
import freezegun
import pytest
import time_machine

from pytest_codeartifact import (
    Domain,
    ErrorName,
    FakeCodeArtifact,
    Origin,
    Repository,
    ResourceNotFoundException,
    SeedError,
    ThrottlingException,
    UnusedFaults,
    generic,
    npm,
    nuget,
    pypi,
)

from ..support.acme import TEAM

TOOL = {**TEAM, "format": "pypi", "package": "tool"}


def test_a_call_has_its_parameters_and_its_response(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    response = client.delete_package_versions(**TOOL, versions=["1.0"], expectedStatus="Published")
    del response["ResponseMetadata"]

    (call,) = codeartifact.calls
    assert call.operation == "DeletePackageVersions"
    assert call.params == {**TOOL, "versions": ["1.0"], "expectedStatus": "Published"}
    assert call.response == response
    assert (call.error, call.attempts, call.account, call.region) == (None, 1, "123456789012", "us-east-1")


def test_a_call_has_timestamps_and_bytes_as_the_sdk_returns_them(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool")).add_version("1.0", assets={"a": b"content"})

    described = client.describe_package_version(**TOOL, packageVersion="1.0")["packageVersion"]
    client.get_package_version_asset(**TOOL, packageVersion="1.0", asset="a")

    describing, getting = codeartifact.calls
    assert describing.response is not None
    assert describing.response["packageVersion"] == described
    assert getting.response is not None
    assert (getting.response["asset"], getting.response["assetName"]) == (b"content", "a")


def test_a_failed_call_has_its_error(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package(**TOOL)

    (call,) = codeartifact.calls
    assert isinstance(call.error, ResourceNotFoundException)
    assert call.error.resource_type == "package"
    assert call.response is None
    assert str(call).startswith("DeletePackage(domain='acme', repository='team', format='pypi', package='tool') -> Res")


def test_calls_can_be_selected_by_operation_and_parameters(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b")])
    client.list_packages(**TEAM)
    for name in ("a", "b"):
        client.delete_package(**TEAM, format="pypi", package=name)
    client.describe_repository(**TEAM)

    calls = codeartifact.calls

    assert calls.operations == ["ListPackages", "DeletePackage", "DeletePackage", "DescribeRepository"]
    assert calls.writes.operations == ["DeletePackage", "DeletePackage"]
    assert [call.params["package"] for call in calls.of("DeletePackage")] == ["a", "b"]
    assert len(calls.of("DeletePackage", package="b")) == 1
    assert calls.of("CopyPackageVersions") == []
    assert calls[1:3] == calls.writes
    assert calls[-1].operation == "DescribeRepository"


def test_a_misspelled_operation_is_refused(codeartifact: FakeCodeArtifact) -> None:
    with pytest.raises(SeedError, match="Did you mean 'DeletePackage'"):
        codeartifact.calls.of("DeletePakage")  # type: ignore[arg-type]  # the mistake it is about


def test_deletions_list_the_deletions_of_every_call(
    codeartifact: FakeCodeArtifact, client: Any, acme: Domain, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0", "2.0"], origin=Origin("BLOCK", "BLOCK"))
    team.add_package(npm("@a/b"), versions=["1.0.0"])
    other = acme.add_repository("other")
    other.add_packages([pypi("x"), pypi("y")], versions=["1.0"])

    client.delete_package_versions(**TOOL, versions=["2.0"])
    client.delete_package(**TOOL)
    client.delete_repository(domain="acme", repository="other")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package(**TOOL)

    assert [(d.operation, d.repository, d.package, d.versions, d.origin) for d in codeartifact.deletions] == [
        ("DeletePackageVersions", "team", pypi("tool"), ("2.0",), Origin("BLOCK", "BLOCK")),
        ("DeletePackage", "team", pypi("tool"), ("1.0",), Origin("BLOCK", "BLOCK")),
        ("DeleteRepository", "other", pypi("x"), ("1.0",), Origin("ALLOW", "BLOCK")),
        ("DeleteRepository", "other", pypi("y"), ("1.0",), Origin("ALLOW", "BLOCK")),
    ]
    assert {d.domain for d in codeartifact.deletions} == {"acme"}
    assert [d.call for d in codeartifact.deletions[:2]] == [codeartifact.calls[0], codeartifact.calls[1]]
    assert team.deleted == {pypi("tool")}
    assert team.deleted_versions == {(pypi("tool"), "2.0")}
    assert other.deleted == set()


def test_disposals_are_not_deletions(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    client.dispose_package_versions(**TOOL, versions=["1.0"])

    assert team.disposed_versions == {(pypi("tool"), "1.0")}
    assert team.deleted_versions == set()
    assert codeartifact.deletions == []


def test_a_batch_that_fails_deletes_nothing(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])

    client.delete_package_versions(**TOOL, versions=["1.0", "9.9"])

    assert team.deleted_versions == set()
    assert codeartifact.deletions == []
    assert list(team.packages[pypi("tool")].versions) == ["1.0"]


def test_a_fault_is_applied_as_often_as_planned(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_packages([pypi("a"), pypi("b"), pypi("c"), pypi("d")])
    fault = codeartifact.fail("DeletePackage", "AccessDeniedException", times=2, after=1)

    def delete(name: str) -> str:
        try:
            client.delete_package(**TEAM, format="pypi", package=name)
        except client.exceptions.AccessDeniedException:
            return "denied"
        return "deleted"

    assert list(map(delete, "abcd")) == ["deleted", "denied", "denied", "deleted"]
    assert fault.struck == 2
    assert team.deleted == {pypi("a"), pypi("d")}


def test_a_fault_applies_only_to_the_planned_calls(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("a"), pypi("b")])
    codeartifact.fail(
        ["DeletePackage", "DescribePackage"],
        ThrottlingException("Slow down", retry_after_seconds=5),
        times=None,
        when=lambda call: call.params["package"] == "b",
    )

    client.delete_package(**TEAM, format="pypi", package="a")
    with pytest.raises(client.exceptions.ThrottlingException) as caught:
        client.describe_package(**TEAM, format="pypi", package="b")

    assert caught.value.response["retryAfterSeconds"] == 5
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "5"


def test_an_invalid_request_is_refused_before_any_fault(codeartifact: FakeCodeArtifact, client: Any) -> None:
    fault = codeartifact.fail("DeletePackage", "InternalServerException", times=None)

    with pytest.raises(client.exceptions.ValidationException):
        client.delete_package(**TEAM, format="docker", package="x")

    assert fault.struck == 0
    fault.cancel()


@pytest.mark.parametrize(("name", "status"), [("ExpiredTokenException", 403), ("ServiceUnavailable", 503)])
@pytest.mark.rule("E-2")
def test_a_common_error_that_the_model_does_not_have_can_be_planned(
    codeartifact: FakeCodeArtifact, client: Any, name: ErrorName, status: int
) -> None:
    codeartifact.fail("ListDomains", name, times=None)

    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.list_domains()

    assert caught.value.response["Error"]["Code"] == name
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_broken_connection_can_be_planned(codeartifact: FakeCodeArtifact, client: Any) -> None:
    broken = botocore.exceptions.ConnectionClosedError(endpoint_url="https://codeartifact")
    codeartifact.fail("ListDomains", broken)

    client.list_domains()

    assert codeartifact.calls[0].attempts == 2

    codeartifact.fail("ListDomains", broken, times=None)
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        client.list_domains()
    assert codeartifact.calls[1].error is broken


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (lambda fake: fake.fail("DeletePakage", "ThrottlingException"), "Did you mean 'DeletePackage'"),
        (lambda fake: fake.fail([], "ThrottlingException"), "needs at least one operation"),
        (lambda fake: fake.fail("DeletePackage", "Throttling"), "'ThrottlingException'"),
        (lambda fake: fake.fail("DeletePackage", ThrottlingException), "ThrottlingException(...)"),
        (lambda fake: fake.fail("DeletePackage", "ThrottlingException", times=0), "times must be"),
        (lambda fake: fake.fail("DeletePackage", "ThrottlingException", after=-1), "after must be"),
    ],
)
def test_an_impossible_fault_is_refused(codeartifact: FakeCodeArtifact, plan: Any, words: str) -> None:
    with pytest.raises(SeedError) as caught:
        plan(codeartifact)

    assert words in str(caught.value)


def test_an_unused_fault_is_raised_on_closing() -> None:
    with pytest.raises(UnusedFaults, match=r"never used\.\n  fail\('DeletePackage'"), FakeCodeArtifact() as fake:
        fake.fail("DeletePackage", "ThrottlingException")


def test_an_error_in_the_block_is_not_hidden_by_unused_faults() -> None:
    def fail_in_the_block() -> None:
        with FakeCodeArtifact() as fake:
            fake.fail("DeletePackage", "ThrottlingException")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_block()


def test_retries_do_not_wait_by_default() -> None:
    def seconds(*, backoff: bool) -> float:
        with FakeCodeArtifact(backoff=backoff) as fake:
            client = fake.client()
            fake.fail("ListDomains", "ThrottlingException", times=1)
            sleeps: list[float] = []
            real = time.sleep
            try:
                time.sleep = sleeps.append  # type: ignore[assignment]  # counts what would be slept
                client.list_domains()
            finally:
                time.sleep = real
        return sum(sleeps)

    assert seconds(backoff=False) == 0
    assert seconds(backoff=True) > 0


def test_the_clock_follows_the_real_time_until_it_is_set(codeartifact: FakeCodeArtifact) -> None:
    before = dt.datetime.now(dt.timezone.utc)
    followed = codeartifact.clock.now()
    codeartifact.clock.set(dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    standing = [codeartifact.clock.now(), codeartifact.clock.now()]
    codeartifact.clock.advance(dt.timedelta(hours=1))
    advanced = codeartifact.clock.now()
    codeartifact.clock.follow()

    assert abs(followed - before) < dt.timedelta(seconds=5)
    assert standing == [dt.datetime(2019, 12, 31, 22, tzinfo=dt.timezone.utc)] * 2
    assert advanced == dt.datetime(2019, 12, 31, 23, tzinfo=dt.timezone.utc)
    assert codeartifact.clock.now() >= followed


def test_the_clock_follows_freezegun_and_time_machine(codeartifact: FakeCodeArtifact, client: Any) -> None:
    timestamp = dt.datetime(2022, 2, 2, 2, 2, 2, tzinfo=dt.timezone.utc)

    with freezegun.freeze_time(timestamp):
        client.create_domain(domain="frozen")
    with time_machine.travel(timestamp, tick=False):
        client.create_domain(domain="travelled")

    assert codeartifact.domain("frozen").created == timestamp
    assert codeartifact.domain("travelled").created == timestamp


@pytest.mark.parametrize("timestamp", [dt.datetime(2020, 1, 1), "2020-01-01"])
def test_the_clock_refuses_invalid_timestamps(codeartifact: FakeCodeArtifact, timestamp: Any) -> None:
    with pytest.raises(SeedError):
        codeartifact.clock.set(timestamp)
    with pytest.raises(SeedError):
        codeartifact.clock.advance(timestamp)


def test_a_call_has_the_account_and_region_of_its_client(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.client(account="210987654321", region="eu-west-1").create_domain(domain="theirs")
    codeartifact.client().create_domain(domain="ours")

    assert [(call.account, call.region) for call in codeartifact.calls] == [
        ("210987654321", "eu-west-1"),
        ("123456789012", "us-east-1"),
    ]
    assert codeartifact.at(account="210987654321", region="eu-west-1").domain("theirs").account == "210987654321"
    assert list(codeartifact.domains) == ["ours"]


def test_a_publish_by_a_package_manager_is_not_a_call(codeartifact: FakeCodeArtifact, team: Repository) -> None:
    team.publish(generic("ns", "tool"), "1.0")

    assert codeartifact.calls == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"pakage": "x"}, "DeletePackage has no parameter 'pakage'. Did you mean 'package'?"),
        ({"versions": ["1"]}, "DeletePackage has no parameter 'versions'."),
    ],
)
def test_impossible_parameters_of_calls_are_refused(
    codeartifact: FakeCodeArtifact, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(SeedError, match=message):
        codeartifact.calls.of("DeletePackage", **params)


def test_calls_are_found_by_the_id_of_their_package(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    for id in (npm("@a/x"), npm("x")):
        team.add_package(id)
    client.delete_package(**TEAM, format="npm", namespace="a", package="x")
    client.delete_package(**TEAM, format="npm", package="x")

    assert codeartifact.calls.of("DeletePackage", package=npm("@a/x")) == [codeartifact.calls[0]]
    assert codeartifact.calls.of("DeletePackage", package=npm("x")) == [codeartifact.calls[1]]
    assert codeartifact.calls.of("DeletePackage", package="x") == codeartifact.calls


@pytest.mark.parametrize(
    "error",
    [
        botocore.exceptions.ClientError({"Error": {"Code": "ThrottlingException"}}, "ListDomains"),
        ThrottlingException,
    ],
)
def test_a_client_error_or_a_class_cannot_be_planned_as_a_fault(codeartifact: FakeCodeArtifact, error: Any) -> None:
    with pytest.raises(SeedError, match="ThrottlingException"):
        codeartifact.fail("ListDomains", error)


@pytest.mark.parametrize(
    "wrong", [{"times": "2"}, {"times": True}, {"after": "1"}, {"when": {"package": "x"}}], ids=str
)
def test_impossible_arguments_of_a_fault_are_refused(codeartifact: FakeCodeArtifact, wrong: dict[str, Any]) -> None:
    with pytest.raises(SeedError):
        codeartifact.fail("ListDomains", "ThrottlingException", **wrong)
    codeartifact.client().list_domains()


@pytest.mark.parametrize(("name", "value"), [("domain", 1), ("domains", -1), ("domains", "2"), ("tags", None)])
def test_a_quota_must_exist_and_be_a_number(codeartifact: FakeCodeArtifact, name: str, value: Any) -> None:
    with pytest.raises(SeedError, match=name):
        setattr(codeartifact.quotas, name, value)


def test_a_deletion_has_the_original_spelling_of_the_package(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(nuget("Newtonsoft.Json"))

    client.delete_package(**TEAM, format="nuget", package="newtonsoft.json")

    assert codeartifact.deletions[0].package.display_name == "Newtonsoft.Json"
    assert [id.display_name for id in team.deleted] == ["Newtonsoft.Json"]


@pytest.mark.parametrize(("length", "shown"), [(118, 118), (119, 116)])
def test_a_call_shows_at_most_120_characters_of_a_parameter(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, length: int, shown: int
) -> None:
    client.list_packages(**TEAM, packagePrefix="x" * length)

    (call,) = codeartifact.calls
    assert str(call).count("x") - "packagePrefix".count("x") == shown


def test_a_set_of_deletions_does_not_change_after_it_was_read(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_packages([pypi("new"), pypi("old"), pypi("older"), pypi("oldest")])
    client.delete_package(**TEAM, format="pypi", package="old")
    before = team.deleted
    for name in ("older", "oldest"):
        client.delete_package(**TEAM, format="pypi", package=name)

    assert pypi("old") in team.deleted
    assert pypi("older") in team.deleted
    assert pypi("new") not in team.deleted
    assert pypi("old") in before
    assert pypi("oldest") not in before
    assert team.deleted >= {pypi("old"), pypi("older")}
    assert not before >= {pypi("old"), pypi("older")}


def test_the_name_of_a_call_is_its_operation(codeartifact: FakeCodeArtifact, client: Any) -> None:
    client.list_domains()

    assert codeartifact.calls[0].name == "ListDomains"
