"""A fake records calls without keeping objects of the calling code alive."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import urllib.error
import urllib.request
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import boto3
import botocore.exceptions
import pytest

from pytest_codeartifact import FakeCodeArtifact, Repository, Server, ThrottlingException, cut_short, pypi, slow

from ..support.acme import ACME, of


class Held:
    """An object of the code under test, such as a file or a connection."""


def kept_by(call: Callable[[], object]) -> bool:
    """Whether an object of the caller is still alive after its call has failed."""

    def caller() -> weakref.ref[Held]:
        held = Held()
        with suppress(Exception):
            call()
            pytest.fail("it did not fail")
        return weakref.ref(held)

    left = caller()
    gc.collect()  # botocore's own retry loop ends in a cycle
    return left() is not None


def handled_by_the_caller(call: Callable[[], object]) -> Callable[[], object]:
    """The same call while another error is handled, which becomes the context of the new error."""

    def during() -> None:
        try:
            raise LookupError("of the code under test")
        except LookupError:
            call()

    return during


PLANS = {
    "nothing planned": None,
    "an error answer": ThrottlingException("Rate exceeded"),
    "an error answer by its name": "InternalServerException",
    "a broken connection": botocore.exceptions.ConnectionClosedError(endpoint_url="https://codeartifact"),
    "an error of another library": RuntimeError("unplugged"),
    "an answer that is lost": cut_short(3),
    "an answer that is too slow": slow(timedelta(days=1)),
}


@pytest.mark.parametrize(
    "wrapped", [lambda call: call, handled_by_the_caller], ids=["", "while handling another error"]
)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_failed_call_does_not_keep_objects_of_its_caller_alive(
    codeartifact: FakeCodeArtifact, team: Repository, plan: Any, wrapped: Callable[..., Any]
) -> None:
    config = botocore.config.Config(read_timeout=0.01, retries={"total_max_attempts": 2})
    client = codeartifact.client(config=config)
    if plan is not None:
        codeartifact.fail("DescribeRepository", plan, times=None)

    def call() -> None:
        client.describe_repository(domain="acme", repository="nowhere" if plan is None else "team")

    assert not kept_by(wrapped(call))
    assert [call.error is not None for call in codeartifact.calls] == [True]


def test_a_condition_that_raises_does_not_keep_objects_of_the_caller_alive(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    planned = codeartifact.fail("ListDomains", "ThrottlingException", when=lambda call: 1 / 0 > 0)

    assert not kept_by(client.list_domains)
    assert isinstance(codeartifact.calls[0].error, ZeroDivisionError)
    planned.cancel()


def test_a_listener_that_raises_does_not_keep_objects_of_the_caller_alive(
    codeartifact: FakeCodeArtifact, client: Any, team: Repository
) -> None:
    team.add_package(pypi("tool"), versions=["1.0"])
    codeartifact.add_event_listener(lambda event: 1 / 0)

    assert not kept_by(lambda: client.delete_package(**of(pypi("tool"))))


def test_a_refused_seed_does_not_keep_objects_of_the_caller_alive(
    codeartifact: FakeCodeArtifact, team: Repository
) -> None:
    assert not kept_by(lambda: codeartifact.add_domain("Acme"))
    assert not kept_by(lambda: codeartifact.domain("nowhere"))
    assert not kept_by(lambda: team.publish(pypi("tool"), "1/0"))
    assert not kept_by(lambda: team.fetch(pypi("tool"), "1.0"))


def test_a_failed_call_does_not_keep_objects_of_its_thread_alive(codeartifact: FakeCodeArtifact, client: Any) -> None:
    left: list[weakref.ref[Held]] = []

    def work() -> None:
        held = Held()
        left.append(weakref.ref(held))
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.describe_domain(**ACME)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    gc.collect()

    assert left[0]() is None


def test_calls_over_the_wire_keep_no_frame_of_the_server(
    codeartifact: FakeCodeArtifact, codeartifact_server: Server
) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{codeartifact_server.url}/v1/domain?domain=acme")  # unsigned
    client = boto3.client("codeartifact", "us-east-1", endpoint_url=codeartifact_server.url)
    codeartifact.fail("ListDomains", ThrottlingException("Rate exceeded"))
    client.list_domains()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_domain(**ACME)

    errors = [call.error for call in codeartifact.calls if call.error is not None]
    assert len(errors) == 2
    assert [(error.__traceback__, error.__context__) for error in errors] == [(None, None)] * 2


def test_a_planned_error_with_a_traceback_does_not_keep_objects_alive(codeartifact: FakeCodeArtifact) -> None:
    def plan() -> weakref.ref[Held]:
        held = Held()
        try:
            raise RuntimeError("seen before") from LookupError("behind it")
        except RuntimeError as error:
            codeartifact.fail("ListDomains", error).cancel()
        return weakref.ref(held)

    left = plan()
    gc.collect()

    assert left() is None


def test_the_recorded_error_is_the_planned_one_and_the_raised_one_a_copy(
    codeartifact: FakeCodeArtifact, client: Any
) -> None:
    class Unplugged(RuntimeError):
        def __init__(self, cable: str, /, *, at: str) -> None:
            super().__init__(f"{cable} at {at}")
            self.at = at

    planned = Unplugged("cable", at="wall")
    codeartifact.fail("ListDomains", planned)

    with pytest.raises(Unplugged, match="cable at wall") as caught:
        client.list_domains()

    assert caught.value.at == "wall"
    assert codeartifact.calls[0].error is planned
    assert planned.__traceback__ is None


def test_a_refused_call_keeps_no_old_state_alive(codeartifact: FakeCodeArtifact, client: Any, team: Repository) -> None:
    team.add_packages([pypi(f"tool-{number}") for number in range(2000)], versions=["1.0"])
    for _ in range(3):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.describe_package(**of(pypi("nowhere")))
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(100):
            team.packages[pypi(f"tool-{number}")].add_version("2.0")
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                client.describe_package(**of(pypi("nowhere")))
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept / 100 < 5_000  # a version and a call


def test_only_the_last_five_closed_fakes_are_kept_for_reports(codeartifact: FakeCodeArtifact) -> None:
    def use() -> weakref.ref[Any]:
        with FakeCodeArtifact() as fake:
            fake.client().list_domains()
            return weakref.ref(fake._service)

    left = [use() for _ in range(6)]
    gc.collect()

    assert [kept() is not None for kept in left] == [False, True, True, True, True, True]  # a report may need them


def test_a_closed_fake_is_not_kept_outside_of_tests(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import gc, weakref
        from pytest_codeartifact import FakeCodeArtifact

        left = []

        def pytest_sessionstart():
            with FakeCodeArtifact() as fake:
                left.append(weakref.ref(fake._service))

        def pytest_runtest_teardown(item, nextitem):
            item.session.last = nextitem is None

        def pytest_sessionfinish(session):
            gc.collect()
            assert session.last and [kept() for kept in left] == [None, None]
        """
    )
    pytester.makepyfile(
        """
        import weakref
        from conftest import left
        from pytest_codeartifact import FakeCodeArtifact

        def test_it():
            with FakeCodeArtifact() as fake:
                left.append(weakref.ref(fake._service))
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:asyncio")

    result.assert_outcomes(passed=1)
    assert result.ret == 0
