"""Configurations of AWS that users may have: environment variables and files that botocore reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

REAL_KEY, REAL_SECRET = "AKIAREALREALREALREAL", "wJalrXUtnFEMIrealrealrealrealrealrealrea"

KEYS = f"aws_access_key_id = {REAL_KEY}\naws_secret_access_key = {REAL_SECRET}"

SSO = """
[profile sso]
sso_session = office
sso_account_id = 123456789012
sso_role_name = Developer
region = eu-west-1

[sso-session office]
sso_region = eu-west-1
sso_start_url = https://office.awsapps.com/start
"""

Machine = Callable[[pytest.MonkeyPatch, Path], None]


def variables(**variables: str) -> Machine:
    """A configuration in environment variables."""

    def set_up(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.replace("<folder>", str(folder)))

    return set_up


def profile(name: str, config: str, **more: str) -> Machine:
    """A configuration file, of which a profile is chosen."""

    def set_up(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        (folder / "config").write_text(config.replace("<folder>", str(folder)))
        variables(AWS_CONFIG_FILE="<folder>/config", AWS_PROFILE=name, **more)(monkeypatch, folder)

    return set_up


def shared_credentials(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Keys in the shared credentials file."""
    (folder / "credentials").write_text(f"[default]\n{KEYS}\n")
    variables(AWS_SHARED_CREDENTIALS_FILE="<folder>/credentials")(monkeypatch, folder)


WITHOUT_KEYS: dict[str, Machine] = {
    # Credentials come from the network or from a process, or there are none.
    "instance metadata only": variables(),
    "container, relative": variables(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/v2/credentials/1"),
    "container, full": variables(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://localhost/credentials"),
    "web identity": variables(AWS_WEB_IDENTITY_TOKEN_FILE=__file__, AWS_ROLE_ARN="arn:aws:iam::123456789012:role/ci"),
    "process": profile("p", "[profile p]\ncredential_process = touch <folder>/has-run"),
    "role": profile(
        "p", f"[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = q\n[profile q]\n{KEYS}"
    ),
    "role of the instance": profile(
        "p", "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/x\ncredential_source = Ec2InstanceMetadata"
    ),
}

WITH_KEYS: dict[str, Machine] = {
    "keys in the environment": variables(
        AWS_ACCESS_KEY_ID=REAL_KEY, AWS_SECRET_ACCESS_KEY=REAL_SECRET, AWS_SESSION_TOKEN="real"
    ),
    "keys in the shared file": shared_credentials,
    "keys in the profile": profile("p", f"[profile p]\n{KEYS}"),
}

ODD: dict[str, Machine] = {
    "profile nowhere": variables(AWS_PROFILE="nowhere"),
    "SSO": profile("sso", SSO),
    "SSO without its section": profile("sso", SSO.partition("[sso-session")[0]),
    "automatic defaults": variables(AWS_DEFAULTS_MODE="auto"),
    "automatic defaults in the profile": profile("p", "[profile p]\ndefaults_mode = auto"),
    "monitored": variables(AWS_CSM_ENABLED="true"),
    "proxies": variables(
        HTTP_PROXY="http://proxy.example:3128", HTTPS_PROXY="http://proxy.example:3128", NO_PROXY="localhost"
    ),
    "certificates nowhere": variables(AWS_CA_BUNDLE="/nowhere"),
    "endpoint of everything": variables(AWS_ENDPOINT_URL="http://localhost:4566"),
    "endpoint of the service": variables(AWS_ENDPOINT_URL_CODEARTIFACT="https://codeartifact.example"),
    "endpoint in the profile": profile(
        "p", "[profile p]\nservices = s\n[services s]\ncodeartifact =\n  endpoint_url = https://codeartifact.example"
    ),
    "endpoints ignored": variables(
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true", AWS_ENDPOINT_URL="http://localhost:4566"
    ),
    "FIPS": variables(AWS_USE_FIPS_ENDPOINT="true"),
    "dual-stack": variables(AWS_USE_DUALSTACK_ENDPOINT="true"),
    "FIPS in the profile": profile("p", "[profile p]\nuse_fips_endpoint = true\nregion = us-gov-west-1"),
    "legacy retries": variables(AWS_RETRY_MODE="legacy", AWS_MAX_ATTEMPTS="9"),
    "adaptive retries": variables(AWS_RETRY_MODE="adaptive"),
    "bearer token": variables(AWS_BEARER_TOKEN_CODEARTIFACT="token"),
}

ALL = {**WITHOUT_KEYS, **WITH_KEYS, **ODD}
