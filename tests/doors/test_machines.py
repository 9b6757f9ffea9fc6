"""A client that is created while a fake is open works with any configuration, and looks nothing up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.credentials import RefreshableCredentials

from pytest_codeartifact import FakeCodeArtifact

from ..support import aws_configs
from ..support.aws_configs import REAL_KEY, REAL_SECRET, Machine
from ..support.sockets import Unplugged

SetUp = Callable[[Machine], None]


@pytest.fixture
def set_up(nothing_configured: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SetUp:
    """Change the empty configuration of this machine."""
    return lambda machine: machine(monkeypatch, tmp_path)


@pytest.fixture
def fake(set_up: SetUp) -> Iterator[FakeCodeArtifact]:
    """A closed fake, so that the configuration is changed before it opens."""
    fake = FakeCodeArtifact()
    yield fake
    fake.close()


def headers_sent(client: Any) -> list[str]:
    """The names of the headers of a call that the client makes."""
    sent: list[str] = []

    def look(request: Any, **_: Any) -> None:
        sent.extend(name.lower() for name in request.headers)

    client.meta.events.register("before-send.codeartifact", look)
    client.list_domains()
    return sent


@pytest.mark.parametrize("machine", aws_configs.ALL.values(), ids=aws_configs.ALL)
def test_a_client_is_created_without_look_ups(
    fake: FakeCodeArtifact, set_up: SetUp, asked: list[str], machine: Machine
) -> None:
    set_up(machine)
    fake.open()

    headers = headers_sent(boto3.client("codeartifact"))

    assert fake.calls.operations == ["ListDomains"]
    assert asked == []
    assert not {"authorization", "x-amz-security-token"} & set(headers)


ASK = {**aws_configs.WITHOUT_KEYS, **{name: aws_configs.ODD[name] for name in ("automatic defaults", "monitored")}}


@pytest.mark.parametrize("machine", ASK.values(), ids=ASK)
def test_a_client_of_another_service_looks_up_credentials_on_these_machines(
    set_up: SetUp, asked: list[str], machine: Machine
) -> None:
    """Without this, the test above would also pass on a machine without anything to look up."""
    set_up(machine)

    with FakeCodeArtifact(), suppress(Unplugged):
        boto3.client("sts", region_name="us-east-1").get_caller_identity()

    assert asked != []


@pytest.mark.parametrize("machine", aws_configs.WITH_KEYS.values(), ids=aws_configs.WITH_KEYS)
def test_a_client_created_while_a_fake_is_open_has_not_the_keys_of_the_user(
    fake: FakeCodeArtifact, set_up: SetUp, machine: Machine
) -> None:
    set_up(machine)
    fake.register_access_key(REAL_KEY, account="111122223333")  # so a call with it would come from there
    fake.open()

    boto3.client("codeartifact").list_domains()

    assert fake.calls[0].account == fake.account


@pytest.mark.parametrize("machine", aws_configs.WITH_KEYS.values(), ids=aws_configs.WITH_KEYS)
def test_a_client_with_the_keys_of_the_user_does_not_send_them(
    fake: FakeCodeArtifact, set_up: SetUp, machine: Machine
) -> None:
    set_up(machine)
    client = boto3.client("codeartifact", region_name="us-east-1")
    fake.register_access_key(REAL_KEY, account="111122223333")
    fake.open()

    headers = headers_sent(client)

    assert fake.calls[0].account == "111122223333"
    assert not {"authorization", "x-amz-security-token"} & set(headers)


@pytest.mark.parametrize("machine", aws_configs.WITH_KEYS.values(), ids=aws_configs.WITH_KEYS)
def test_clients_of_other_services_use_the_keys_of_the_user(
    fake: FakeCodeArtifact, set_up: SetUp, asked: list[str], machine: Machine
) -> None:
    set_up(machine)
    fake.open()
    boto3.client("codeartifact").list_domains()
    s3 = boto3.client("s3", region_name="us-east-1")

    url = s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})

    assert f"AWSAccessKeyId={REAL_KEY}" in url or f"Credential={REAL_KEY}" in url
    assert asked == []


@pytest.mark.parametrize("name", ["role", "SSO"])
def test_a_client_created_before_the_fake_does_not_resolve_its_credentials(
    fake: FakeCodeArtifact, set_up: SetUp, asked: list[str], name: str
) -> None:
    """The client is created before the fake, because botocore looks for credentials at the first signed call."""
    set_up(aws_configs.ALL[name])
    client = boto3.client("codeartifact", region_name="us-east-1")
    fake.open()

    headers = headers_sent(client)

    assert "authorization" not in headers
    assert asked == []


@pytest.mark.parametrize("made", ["before", "while it is open"])
def test_expired_credentials_are_not_refreshed(fake: FakeCodeArtifact, made: str) -> None:
    def refresh() -> dict[str, str]:
        refreshed.append(made)
        return {
            "access_key": REAL_KEY, "secret_key": REAL_SECRET, "token": "real", "expiry_time": "2000-01-01T00:00:00Z"
        }  # fmt: skip

    refreshed: list[str] = []
    session = botocore.session.Session()
    expired = RefreshableCredentials.create_from_metadata(refresh(), refresh, "assume-role")
    session._credentials = expired  # as code does that assumes a role
    client = session.create_client("codeartifact", "us-east-1") if made == "before" else None
    refreshed.clear()
    fake.open()

    headers = headers_sent(client or session.create_client("codeartifact", "us-east-1"))

    assert refreshed == []
    assert "authorization" not in headers


def test_an_expired_login_is_neither_read_nor_renewed(pytester: pytest.Pytester) -> None:
    """This needs a new process, because botocore looks for the home directory at import."""
    pytester.makefile("", config=aws_configs.SSO)
    cache = pytester.mkdir(".aws") / "sso" / "cache"
    cache.mkdir(parents=True)
    login = {
        "startUrl": "https://office.awsapps.com/start", "region": "eu-west-1", "accessToken": "secret",
        "expiresAt": "2020-01-01T00:00:00Z", "clientId": "id", "clientSecret": "secret", "refreshToken": "secret",
        "registrationExpiresAt": "2999-01-01T00:00:00Z",
    }  # fmt: skip
    for name in ("office", "https://office.awsapps.com/start"):
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(login))
    pytester.makepyfile(
        """
        import os, sys
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(AWS_CONFIG_FILE="config", AWS_PROFILE="sso", AWS_SHARED_CREDENTIALS_FILE=os.devnull)
        import boto3, botocore.config, pytest

        asked = []
        def audit(event, arguments):
            if event.startswith("socket.") or event == "open" and "sso" in str(arguments[0]):
                asked.append((event, arguments))
                raise OSError("This machine is unplugged.")

        sys.addaudithook(audit)
        made_before = boto3.client("codeartifact")

        @pytest.mark.parametrize("made", ["before", "in the test"])
        def test_ours(codeartifact, made):
            asked.clear()
            client = made_before if made == "before" else boto3.client("codeartifact")
            client.list_domains()
            assert codeartifact.calls[0].region == ("eu-west-1" if made == "before" else "us-east-1")
            assert asked == []

        def test_another_service_reads_it(codeartifact):
            asked.clear()
            with pytest.raises(Exception):
                boto3.client("sts").get_caller_identity()
            assert asked != []
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=3)
