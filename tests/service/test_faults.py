"""Planned faults that disturb a response, fail single versions, or make botocore retry."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, IncompleteReadError, ReadTimeoutError
from botocore.retries.bucket import TokenBucket

from pytest_codeartifact import (
    BatchOperation,
    FakeCodeArtifact,
    Repository,
    SeedError,
    ThrottlingException,
    cut_short,
    garbled,
    generic,
    npm,
    pypi,
    slow,
)

from ..support.acme import TEAM

TOOL = {**TEAM, "format": "pypi", "package": "tool"}
MODES = ["legacy", "standard", "adaptive"]


def client_that_retries(codeartifact: FakeCodeArtifact, mode: str, attempts: int) -> Any:
    return codeartifact.client(config=Config(retries={"mode": mode, "total_max_attempts": attempts}))


# Lost responses


@pytest.mark.parametrize("mode", MODES)
def test_a_deletion_happens_though_its_response_is_lost(
    codeartifact: FakeCodeArtifact, team: Repository, mode: str
) -> None:
    team.add_package(pypi("tool"))
    client = client_that_retries(codeartifact, mode, 2)
    codeartifact.fail("DeletePackage", cut_short(5))

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_package(**TOOL)

    assert team.deleted == {pypi("tool")}
    (call,) = codeartifact.calls
    assert (call.operation, call.attempts) == ("DeletePackage", 2)


def test_a_lost_response_without_a_retry_is_a_closed_connection(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    client = client_that_retries(codeartifact, "standard", 1)
    codeartifact.fail("DeletePackage", cut_short(5))

    with pytest.raises(ConnectionClosedError):
        client.delete_package(**TOOL)

    assert pypi("tool") not in team.packages
    assert isinstance(codeartifact.calls[0].error, ConnectionClosedError)
    assert codeartifact.calls[0].response is None


@pytest.mark.parametrize("kept", [0, 3])
def test_an_asset_that_is_cut_short_can_be_read_up_to_the_cut(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, kept: int
) -> None:
    team.add_package(generic("ns", "tool")).add_version("1.0", assets={"tool.bin": b"content"})
    codeartifact.fail("GetPackageVersionAsset", cut_short(kept))
    of_tool = {**TEAM, "format": "generic", "namespace": "ns", "package": "tool", "packageVersion": "1.0"}

    body = client.get_package_version_asset(**of_tool, asset="tool.bin")["asset"]

    assert body.read(kept) == b"content"[:kept]
    with pytest.raises(IncompleteReadError):
        body.read()
    assert client.get_package_version_asset(**of_tool, asset="tool.bin")["asset"].read() == b"content"


def test_a_garbled_response_arrives_as_planned(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"))
    codeartifact.fail("DeletePackage", garbled(b"<html>proxy</html>"))

    assert "deletedPackage" not in client.delete_package(**TOOL)
    assert team.deleted == {pypi("tool")}


def test_a_planned_slow_response_takes_the_planned_time(codeartifact: FakeCodeArtifact, client: Any) -> None:
    codeartifact.fail("ListDomains", slow(dt.timedelta(milliseconds=50)))

    before = time.monotonic()
    assert client.list_domains()["domains"] == []
    assert time.monotonic() - before >= 0.05


def test_a_deletion_happens_though_its_response_exceeds_the_read_timeout(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    team.add_package(pypi("tool"))
    client = codeartifact.client(config=Config(read_timeout=0.05, retries={"total_max_attempts": 1}))
    codeartifact.fail("DeletePackage", slow(dt.timedelta(hours=1)))

    with pytest.raises(ReadTimeoutError):
        client.delete_package(**TOOL)

    assert team.deleted == {pypi("tool")}


def test_the_error_of_a_refused_call_is_not_disturbed(codeartifact: FakeCodeArtifact, client: Any) -> None:
    fault = codeartifact.fail("DescribeDomain", garbled(b""))

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_domain(domain="nowhere")

    assert fault.struck == 1


@pytest.mark.parametrize(
    ("disturbance", "equal", "other"),
    [
        (cut_short(5), cut_short(5), cut_short(6)),
        (garbled(b"<html>"), garbled(b"<html>"), garbled(b"")),
        (slow(dt.timedelta(seconds=1)), slow(dt.timedelta(seconds=1)), slow(dt.timedelta(seconds=2))),
    ],
    ids=repr,
)
def test_disturbances_are_values(disturbance: object, equal: object, other: object) -> None:
    assert disturbance == equal
    assert len({disturbance, equal, other}) == 2


@pytest.mark.parametrize(
    "plan",
    [
        lambda: cut_short(-1),
        lambda: cut_short("5"),  # type: ignore[arg-type]  # what the test is about
        lambda: garbled("text"),  # type: ignore[arg-type]  # what the test is about
        lambda: slow(dt.timedelta()),
        lambda: slow(5),  # type: ignore[arg-type]  # what the test is about
    ],
)
def test_impossible_arguments_of_troubles_are_refused(plan: Any) -> None:
    with pytest.raises(SeedError):
        plan()


# Calls to which faults apply


@pytest.mark.parametrize(
    "when", [{"package": "b"}, {"package": npm("@x/b")}, {"format": "npm", "package": "b"}], ids=str
)
def test_a_fault_applies_to_calls_with_certain_parameters(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, when: dict[str, Any]
) -> None:
    team.add_packages([npm("@x/a"), npm("@x/b")])
    codeartifact.fail("DeletePackage", "AccessDeniedException", when=when)

    client.delete_package(**TEAM, format="npm", namespace="x", package="a")
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.delete_package(**TEAM, format="npm", namespace="x", package="b")


def test_a_parameter_of_a_condition_must_exist_for_every_planned_operation(codeartifact: FakeCodeArtifact) -> None:
    with pytest.raises(SeedError, match=r"ListPackages has no parameter 'package'. Did you mean 'packagePrefix'\?"):
        codeartifact.fail(["DeletePackage", "ListPackages"], "ThrottlingException", when={"package": "x"})


# Faults of single versions


@pytest.mark.rule("B-1", "Q-4")
@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("DeletePackageVersions", {}),
        ("DisposePackageVersions", {}),
        ("UpdatePackageVersionsStatus", {"targetStatus": "Archived"}),
    ],
)
def test_versions_that_are_planned_to_fail_fail_the_whole_batch_once(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository, operation: BatchOperation, params: dict[str, str]
) -> None:
    tool = team.add_package(pypi("tool"), versions=["1", "2", "3"])
    methods = {name: method for method, name in client.meta.method_to_api_mapping.items()}
    call = getattr(client, methods[operation])
    codeartifact.fail_versions(operation, {"2": "NOT_ALLOWED", "9": "NOT_FOUND"})

    first = call(**TOOL, versions=["1", "2"], **params)
    assert {name: version.status for name, version in tool.versions.items()} == dict.fromkeys("123", "Published")
    second = call(**TOOL, versions=["1", "2"], **params)

    assert first["successfulVersions"] == {}
    assert {name: failed["errorCode"] for name, failed in first["failedVersions"].items()} == {
        "1": "SKIPPED",
        "2": "NOT_ALLOWED",
    }
    assert second["failedVersions"] == {}
    assert second["successfulVersions"].keys() == {"1", "2"}


def test_versions_of_a_copy_can_be_planned_to_fail(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1", "2"])
    target = codeartifact.domain("acme").add_repository("target")
    codeartifact.fail_versions("CopyPackageVersions", {"2": "ALREADY_EXISTS"})
    route = {"domain": "acme", "sourceRepository": "team", "destinationRepository": "target"}

    answer = client.copy_package_versions(**route, format="pypi", package="tool", versions=["1", "2"])

    assert answer["failedVersions"]["2"]["errorCode"] == "ALREADY_EXISTS"
    assert not target.packages


def test_a_call_without_these_versions_succeeds(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_package(pypi("tool"), versions=["1", "2"])
    fault = codeartifact.fail_versions(
        "DeletePackageVersions", {"2": "NOT_ALLOWED"}, when=lambda call: call.params["package"] == "tool"
    )

    assert client.delete_package_versions(**TOOL, versions=["1"])["failedVersions"] == {}
    assert fault.struck == 0
    fault.cancel()


def test_a_call_that_does_not_meet_the_condition_succeeds(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1", "2"])
    codeartifact.fail_versions("DeletePackageVersions", {"2": "NOT_ALLOWED"}, when={"expectedStatus": "Published"})

    spared = client.delete_package_versions(**TOOL, versions=["2"])
    struck = client.delete_package_versions(**TOOL, versions=["2"], expectedStatus="Published")

    assert list(spared["successfulVersions"]) == ["2"]
    assert struck["failedVersions"]["2"]["errorCode"] == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("operation", "failures", "message"),
    [
        ("DeletePackage", {"1": "NOT_ALLOWED"}, "Did you mean 'DeletePackageVersions'"),
        ("DeletePackageVersions", {"1": "NOT_ALOWED"}, "Did you mean 'NOT_ALLOWED'?"),
        ("DeletePackageVersions", {}, "a mapping"),
        ("DeletePackageVersions", ["1"], "a mapping"),
        ("DeletePackageVersions", {1: "NOT_ALLOWED"}, "a str"),
    ],
)
def test_impossible_failures_of_versions_are_refused(
    codeartifact: FakeCodeArtifact, operation: BatchOperation, failures: Any, message: str
) -> None:
    with pytest.raises(SeedError, match=message):
        codeartifact.fail_versions(operation, failures)


# botocore's retries


@pytest.mark.parametrize("mode", MODES)
def test_retries_do_not_wait(codeartifact: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    client = client_that_retries(codeartifact, mode, 10)
    codeartifact.fail("ListDomains", ThrottlingException("Rate exceeded", retry_after_seconds=1), times=9)
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(TokenBucket, "_acquire", lambda *_, **__: pytest.fail("waits for the rate of adaptive mode"))

    client.list_domains()
    client.list_domains()

    assert slept == []
    assert [call.attempts for call in codeartifact.calls] == [10, 1]


def test_the_retry_quota_that_a_test_has_used_is_restored() -> None:
    with FakeCodeArtifact() as fake:
        client = client_that_retries(fake, "standard", 3)

    for _ in range(3):
        with FakeCodeArtifact() as fake:
            fake.fail("ListDomains", "ThrottlingException", times=None)
            for _ in range(60):
                with pytest.raises(client.exceptions.ThrottlingException):
                    client.list_domains()
            assert fake.calls[0].attempts == 3
            assert fake.calls[-1].attempts < 3  # the quota is botocore's own, and is used up in one test
