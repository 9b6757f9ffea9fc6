"""Calls without a fake are refused, and do not leave the process."""

from __future__ import annotations

import socket
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from pytest_codeartifact import CodeArtifactPluginError, RealCallRefused

MADE_AT_IMPORT = boto3.client("codeartifact", region_name="us-east-1")


@pytest.fixture
def unused_tcp_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def no_credentials(nothing_configured: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes calls to AWS fail at once."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def run(pytester: pytest.Pytester, code: str, *arguments: str, ini: str = "") -> pytest.RunResult:
    """Run a test file."""
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makepyfile(
        f"""
        import boto3
        import pytest
        from botocore.config import Config

        client = boto3.client("codeartifact", region_name="us-east-1", config=Config(connect_timeout=1,
                              retries={{"total_max_attempts": 1}}))
        {code}
        """
    )
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_a_call_without_a_fake_is_refused_by_name() -> None:
    with pytest.raises(RealCallRefused) as caught:
        MADE_AT_IMPORT.delete_package(domain="acme", repository="team", format="pypi", package="old")

    message = str(caught.value)
    assert message.startswith("DeletePackage would have been sent to codeartifact.us-east-1.amazonaws.com")
    assert "test_a_call_without_a_fake_is_refused_by_name" in message
    for way_out in ("`codeartifact`", "with FakeCodeArtifact() as fake:", "codeartifact_real_calls"):
        assert way_out in message


def test_a_refused_call_is_not_caught_by_except_exception() -> None:
    def clean_up() -> str:
        try:
            MADE_AT_IMPORT.list_domains()
        except Exception:
            return "swallowed"
        return "called"

    with pytest.raises(RealCallRefused):
        clean_up()


def test_a_refused_call_cannot_be_caught_as_an_error_of_the_plugin() -> None:
    assert not issubclass(RealCallRefused, (Exception, CodeArtifactPluginError))


def test_a_stubbed_call_is_not_refused() -> None:
    client = boto3.client("codeartifact", region_name="us-east-1")

    with Stubber(client) as stubber:
        stubber.add_response("list_domains", {"domains": [{"name": "stubbed"}]})
        domains = client.list_domains()["domains"]

    assert domains == [{"name": "stubbed"}]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "codeartifact.localhost"])
def test_an_emulator_on_this_machine_may_be_called(host: str, unused_tcp_port: int) -> None:
    client = boto3.client(
        "codeartifact",
        region_name="us-east-1",
        endpoint_url=f"http://{host}:{unused_tcp_port}",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2),
    )

    with pytest.raises(EndpointConnectionError):
        client.list_domains()


def test_calls_to_other_services_are_not_refused() -> None:
    s3 = boto3.client(
        "s3", region_name="us-east-1", endpoint_url="http://127.0.0.1:1", aws_access_key_id="x",
        aws_secret_access_key="x", config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip

    with pytest.raises(EndpointConnectionError):
        s3.list_buckets()


def test_a_call_is_refused_on_a_machine_without_credentials(no_credentials: None, pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_it(): client.list_domains()")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*RealCallRefused: ListDomains would have been sent to *"])


def test_a_call_in_a_fixture_is_refused_with_advice(no_credentials: None, pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        @pytest.fixture(scope="session")
        def domains():
            return client.list_domains()

        def test_it(domains): pass
        """,
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*RealCallRefused: ListDomains *", "*with FakeCodeArtifact() as fake:*"])


def test_a_call_during_collection_is_refused(no_credentials: None, pytester: pytest.Pytester) -> None:
    result = run(pytester, "client.list_domains()")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ListDomains would have been sent to * while tests were collected*"])


def test_a_call_in_a_thread_is_refused(no_credentials: None, pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        from concurrent.futures import ThreadPoolExecutor

        def test_it():
            with ThreadPoolExecutor() as pool:
                pool.submit(client.list_domains).result()
        """,
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*RealCallRefused: ListDomains *"])


REAL_CALL = """
        {marker}
        def test_it():
            with pytest.raises(Exception) as caught:
                client.list_domains()
            assert type(caught.value).__name__ == "NoCredentialsError"
"""


def test_a_marked_test_may_call_the_real_service(no_credentials: None, pytester: pytest.Pytester) -> None:
    result = run(pytester, REAL_CALL.format(marker="@pytest.mark.codeartifact_real_calls"), "--strict-markers")

    result.assert_outcomes(passed=1)


def test_the_marker_for_real_calls_applies_to_its_test_only(no_credentials: None, pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        REAL_CALL.format(marker="@pytest.mark.codeartifact_real_calls")
        + """
        def test_next(): client.list_domains()
        """,
    )

    result.assert_outcomes(passed=1, failed=1)


def test_a_whole_run_may_call_the_real_service(no_credentials: None, pytester: pytest.Pytester) -> None:
    result = run(pytester, REAL_CALL.format(marker=""), ini="codeartifact_real_calls = allow")

    result.assert_outcomes(passed=1)


def test_a_client_is_refused_after_its_fake_is_closed(codeartifact_client: Any, codeartifact: Any) -> None:
    codeartifact_client.list_domains()
    codeartifact.close()

    with pytest.raises(RealCallRefused):
        codeartifact_client.list_domains()


def test_the_guard_is_not_armed_in_a_script(pytester: pytest.Pytester) -> None:
    script = pytester.makepyfile(
        script="""
        import boto3, botocore.exceptions
        from botocore.config import Config
        import pytest_codeartifact.plugin
        from pytest_codeartifact import FakeCodeArtifact
        with FakeCodeArtifact(): pass
        client = boto3.client("codeartifact", region_name="us-east-1", endpoint_url="http://127.0.0.1:1",
                              aws_access_key_id="x", aws_secret_access_key="x",
                              config=Config(retries={"total_max_attempts": 1}))
        try:
            client.list_domains()
        except botocore.exceptions.EndpointConnectionError:
            print("botocore's own")
        """
    )

    result = pytester.runpython(script)

    result.stdout.fnmatch_lines(["botocore's own"])
