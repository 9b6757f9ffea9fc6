"""The environment variables with which a process uses a server and no other configuration."""

from __future__ import annotations

import os

from ...settings import DUMMY_KEYS

ADDRESS = "127.0.0.1"


def variables(url: str, region: str, configuration: str) -> dict[str, str]:
    """The variables to set in a process.

    :param region: the region of its clients.
    :param configuration: the path of an empty AWS configuration.
    """
    return {
        "AWS_ENDPOINT_URL_CODEARTIFACT": url,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": DUMMY_KEYS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": DUMMY_KEYS["aws_secret_access_key"],
        "AWS_SESSION_TOKEN": "",
        "AWS_SECURITY_TOKEN": "",  # its older name
        "AWS_CREDENTIAL_EXPIRATION": "",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_PROFILE": "",
        "AWS_DEFAULT_PROFILE": "",
        "AWS_CONFIG_FILE": configuration,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_USE_FIPS_ENDPOINT": "false",
        "AWS_USE_DUALSTACK_ENDPOINT": "false",
        "NO_PROXY": _with_server_address("NO_PROXY"),
        "no_proxy": _with_server_address("no_proxy"),
    }


def _with_server_address(variable: str) -> str:
    """The hosts without a proxy: ours, and those that had none before."""
    hosts = os.environ.get(variable, "")
    if hosts == "*" or ADDRESS in hosts.split(","):
        return hosts
    return ",".join(filter(None, (hosts, ADDRESS)))
