"""An open fake changes the environment as little as possible, and not at all with `environment="leave"`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import NoRegionError, ProfileNotFound

from pytest_codeartifact import FakeCodeArtifact, SeedError

from ..support.aws_configs import KEYS, REAL_KEY, profile

ENDPOINT = "AWS_ENDPOINT_URL_CODEARTIFACT"
IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"

pytestmark = pytest.mark.usefixtures("nothing_configured")


@pytest.fixture
def leaving() -> FakeCodeArtifact:
    """A closed fake that will leave the environment unchanged."""
    return FakeCodeArtifact(environment="leave")


@pytest.fixture
def preparing() -> FakeCodeArtifact:
    """A closed fake that will prepare the environment."""
    return FakeCodeArtifact(environment="prepare")


def domain_names(client: Any) -> list[str]:
    return [domain["name"] for domain in client.list_domains()["domains"]]


def test_an_open_fake_sets_two_variables(preparing: FakeCodeArtifact) -> None:
    before = dict(os.environ)

    with preparing:
        during = dict(os.environ)

    assert during.keys() - before.keys() == {ENDPOINT, IGNORE}
    assert {name: during[name] for name in before} == before
    assert dict(os.environ) == before


@pytest.mark.parametrize("name", [ENDPOINT, IGNORE])
def test_variables_that_were_set_are_restored(
    preparing: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://localhost:4566")

    with preparing:
        during = os.environ[name]

    assert during != "http://localhost:4566"
    assert os.environ[name] == "http://localhost:4566"


WITHOUT_PYTEST = """
import botocore.session
from pytest_codeartifact import FakeCodeArtifact

def made_by():
    return dict(vars(botocore.session.Session)), botocore.session.ConfiguredEndpointProvider

before = made_by()
with FakeCodeArtifact():
    during = made_by()
assert during[0] != before[0] and during[1] is not before[1]
assert made_by() == before
"""


def test_without_pytest_sessions_are_restored_when_the_fake_is_closed(pytester: pytest.Pytester) -> None:
    result = pytester.runpython(pytester.makepyfile(script=WITHOUT_PYTEST))

    assert result.ret == 0


# Switched off


def test_a_fake_that_leaves_the_environment_answers_without_changing_it(
    leaving: FakeCodeArtifact,
) -> None:
    leaving.add_domain("acme")
    before = dict(os.environ), dict(vars(botocore.session.Session)), botocore.session.ConfiguredEndpointProvider

    with leaving:
        during = dict(os.environ), dict(vars(botocore.session.Session)), botocore.session.ConfiguredEndpointProvider
        names = domain_names(boto3.client("codeartifact", region_name="us-east-1"))

    assert during == before
    assert names == ["acme"]


def test_a_fake_that_leaves_the_environment_does_not_change_how_clients_are_created(
    leaving: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    leaving.register_access_key(REAL_KEY, account="111122223333")

    with leaving:
        with pytest.raises(NoRegionError):
            boto3.client("codeartifact")
        with pytest.raises(ProfileNotFound):
            boto3.Session(profile_name="nowhere")
        boto3.client("codeartifact", region_name="eu-west-1").list_domains()

    assert (leaving.calls[0].account, leaving.calls[0].region) == ("111122223333", "eu-west-1")


def test_a_fake_that_leaves_the_environment_leaves_requests_unsigned(
    leaving: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sent: list[Any] = []

    with leaving:
        client = boto3.client("codeartifact", region_name="eu-west-1")
        client.meta.events.register("before-send", lambda request, **_: sent.append(request.headers))
        client.list_domains()

    assert "Authorization" not in sent[0]


def test_the_fake_opened_last_decides_about_the_environment(
    preparing: FakeCodeArtifact, leaving: FakeCodeArtifact
) -> None:
    seen = []

    with preparing:
        seen.append(ENDPOINT in os.environ)
        with leaving:
            seen.append(ENDPOINT in os.environ)
            with FakeCodeArtifact():
                seen.append(ENDPOINT in os.environ)
            seen.append(ENDPOINT in os.environ)
        seen.append(ENDPOINT in os.environ)
    seen.append(ENDPOINT in os.environ)

    assert seen == [True, False, True, False, True, False]


def test_fakes_with_different_environments_may_close_in_any_order(
    preparing: FakeCodeArtifact, leaving: FakeCodeArtifact
) -> None:
    before = dict(os.environ), dict(vars(botocore.session.Session))
    seen = []

    leaving.open()
    preparing.open()
    leaving.close()
    seen.append(ENDPOINT in os.environ)
    leaving.open()
    preparing.close()
    seen.append(ENDPOINT in os.environ)
    leaving.close()

    assert seen == [True, False]
    assert (dict(os.environ), dict(vars(botocore.session.Session))) == before


def test_a_fork_has_the_environment_option_of_its_original_by_default(leaving: FakeCodeArtifact) -> None:
    with leaving.fork():
        same = ENDPOINT in os.environ
    with leaving.fork(environment="prepare"):
        otherwise = ENDPOINT in os.environ

    assert (same, otherwise) == (False, True)


def test_an_unknown_environment_option_is_refused() -> None:
    with pytest.raises(SeedError, match="'prepare'"):
        FakeCodeArtifact(environment="off")  # type: ignore[arg-type]  # the mistake it is about


IN_A_RUN = """
import os
import pytest
from pytest_codeartifact import FakeCodeArtifact

def test_configured(codeartifact):
    assert "AWS_ENDPOINT_URL_CODEARTIFACT" not in os.environ

def test_without_the_fixture():
    with FakeCodeArtifact():
        assert "AWS_ENDPOINT_URL_CODEARTIFACT" not in os.environ

@pytest.mark.codeartifact(environment="prepare")
def test_marked(codeartifact):
    assert "AWS_ENDPOINT_URL_CODEARTIFACT" in os.environ
"""


def test_a_whole_run_can_leave_the_environment_alone(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ncodeartifact_environment = leave")
    pytester.makepyfile(IN_A_RUN)

    pytester.runpytest_inprocess("--strict-markers").assert_outcomes(passed=3)


# Restored too late


@pytest.mark.parametrize("environment", ["prepare", "leave"])
def test_values_that_a_later_monkeypatch_restores_are_removed(pytester: pytest.Pytester, environment: str) -> None:
    pytester.makepyfile(
        """
        import os
        import pytest

        NAMES = "AWS_ENDPOINT_URL_CODEARTIFACT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
        of_the_run = [os.environ.get(name) for name in NAMES]

        @pytest.mark.codeartifact(environment="prepare")
        def test_saved_while_the_fake_was_open(monkeypatch, codeartifact):
            monkeypatch.delenv("AWS_ENDPOINT_URL_CODEARTIFACT")
            monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")

        def test_next():
            assert [os.environ.get(name) for name in NAMES] == of_the_run
        """
    )
    pytester.makeini(f"[pytest]\ncodeartifact_environment = {environment}")

    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_values_of_a_closed_fake_that_are_restored_are_removed_by_the_next_one(
    preparing: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(os.environ)
    with preparing:
        saved = {name: os.environ[name] for name in (ENDPOINT, IGNORE)}
    for name, value in saved.items():
        monkeypatch.setenv(name, value)

    with preparing:
        pass

    assert dict(os.environ) == before


# The clients of this process


def test_a_client_has_the_endpoint_that_the_user_has_configured(
    preparing: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://localhost:4566")

    with preparing:
        client = boto3.client("codeartifact")
        names = domain_names(client)

    assert client.meta.endpoint_url == "http://localhost:4566"
    assert names == []


def test_a_client_ignores_the_configured_endpoint_if_the_user_says_so(
    preparing: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://localhost:4566")
    monkeypatch.setenv(IGNORE, "true")

    with preparing:
        client = boto3.client("codeartifact")

    assert client.meta.endpoint_url == "https://codeartifact.us-east-1.amazonaws.com"


def test_the_closed_endpoint_of_a_parent_process_is_not_used_by_clients(
    preparing: FakeCodeArtifact, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")  # which cannot be used together with an endpoint of the user
    pytester.makepyfile(
        """
        import boto3, os
        from pytest_codeartifact.doors.guard import CLOSED_ENDPOINT

        def test_it(codeartifact):
            assert boto3.client("codeartifact").list_domains()["domains"] == []

        def test_values_of_the_parent_process_stay():
            assert os.environ["AWS_ENDPOINT_URL_CODEARTIFACT"] == CLOSED_ENDPOINT
        """
    )

    with preparing:
        result = pytester.runpytest_inprocess("-p", "no:randomly")

    result.assert_outcomes(passed=2)


def test_a_client_keeps_the_options_of_its_config(preparing: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "auto")
    monkeypatch.setenv(IGNORE, "true")
    config = Config(read_timeout=7)
    config.proxies = {"https": "http://proxy.example:1"}  # as moto's proxy mode does

    with preparing:
        client = boto3.client("codeartifact", config=config)

    assert client.meta.config.read_timeout == 7
    assert client.meta.config.proxies == {"https": "http://proxy.example:1"}
    assert config.defaults_mode is None


# Other services


@pytest.fixture
def user_endpoint(monkeypatch: pytest.MonkeyPatch) -> str:
    """An endpoint of S3 that the user's environment has, for clients that use it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://localhost:9000")
    return "http://localhost:9000"


def s3_endpoint(session: Any = None, **keywords: Any) -> str:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = (session or botocore.session.Session()).create_client("s3", "eu-west-1", **keys, **keywords)
    return str(client.meta.endpoint_url)


AWS = "https://s3.eu-west-1.amazonaws.com"


def test_other_services_use_configured_endpoints(preparing: FakeCodeArtifact, user_endpoint: str) -> None:
    with preparing:
        assert s3_endpoint() == user_endpoint


def test_other_services_ignore_configured_endpoints_if_the_environment_says_so(
    preparing: FakeCodeArtifact, user_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(IGNORE, "true")

    with preparing:
        assert s3_endpoint() == AWS
        assert s3_endpoint(config=Config(read_timeout=7)) == AWS
        assert s3_endpoint(config=Config(ignore_configured_endpoint_urls=False)) == user_endpoint


def test_other_services_ignore_configured_endpoints_if_the_profile_says_so(
    preparing: FakeCodeArtifact, user_endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile("p", "[profile p]\nignore_configured_endpoint_urls = true")(monkeypatch, tmp_path)

    with preparing:
        assert s3_endpoint() == AWS


def test_other_services_use_or_ignore_endpoints_as_their_session_says(
    preparing: FakeCodeArtifact, user_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(IGNORE, "true")
    using, ignoring = botocore.session.Session(), botocore.session.Session()
    using.set_default_client_config(Config(ignore_configured_endpoint_urls=False))
    ignoring.set_config_variable("ignore_configured_endpoint_urls", True)

    with preparing:
        assert s3_endpoint(using) == user_endpoint
        assert s3_endpoint(ignoring) == AWS


def test_a_session_keeps_its_credentials_and_region_for_other_services(
    preparing: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile("p", f"[profile p]\n{KEYS}")(monkeypatch, tmp_path)
    session = boto3.Session()

    with preparing:
        session.client("codeartifact").list_domains()
    key = session.get_credentials().access_key

    assert key == REAL_KEY
    assert session.region_name is None


def test_a_variable_that_a_test_has_set_is_kept(
    preparing: FakeCodeArtifact, user_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with preparing, monkeypatch.context() as changed:
        changed.setenv(IGNORE, "true")
        ignoring = s3_endpoint()
        changed.delenv(IGNORE)
        using = s3_endpoint()

    assert (ignoring, using) == (AWS, user_endpoint)
    assert IGNORE not in os.environ
