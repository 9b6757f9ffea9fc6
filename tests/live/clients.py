"""The clients of a run: unmodified, but without botocore's own checks, because the service's are to be seen."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pytest_codeartifact.doors.guard import is_loopback

from .names import PREFIX

AS_IT_IS = Config(
    parameter_validation=False,
    retries={"mode": "standard", "total_max_attempts": 8},
    connect_timeout=10,
)


OF_A_FAKE = AS_IT_IS.merge(Config(ignore_configured_endpoint_urls=True))
"""That of a client of a fake in this process, while the environment leads to the service."""


class Refusal(Exception):
    """The run cannot begin, or cannot go on. The text says why, and what to do."""


def codeartifact(session: boto3.Session, region: str) -> Any:
    """A client of a region, with the caller's credentials.

    :raises Refusal: there are none, or botocore knows that AWS has no CodeArtifact in the region.
    """
    if session.get_credentials() is None:
        raise Refusal("There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    client = session.client("codeartifact", region_name=region, config=AS_IT_IS)
    if is_of_aws(client):
        _check_region(session, region)
    return client


def _check_region(session: boto3.Session, region: str) -> None:
    partitions = session.get_available_partitions()
    known = [name for each in partitions for name in session.get_available_regions("codeartifact", each)]
    if region not in known:
        near = get_close_matches(region, known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" It is in {', '.join(sorted(known))}."
        raise Refusal(f"botocore {botocore.__version__} knows no CodeArtifact in {region!r}.{hint}")


def region_of(session: boto3.Session) -> str:
    """The region of the run.

    :raises Refusal: none is configured.
    """
    if not session.region_name:
        raise Refusal("There is no region. Set AWS_DEFAULT_REGION, or the region of your profile.")
    return str(session.region_name)


def is_of_aws(client: Any) -> bool:
    """Whether a client's requests go to AWS."""
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".on.aws"))


def account_of(session: boto3.Session, client: Any) -> str:
    """The account whose credentials the caller has.

    STS says it. An emulator on this machine has no STS: there, the error of a request for a domain that is not there
    says it (rule E-10).

    :raises Refusal: neither can be had.
    """
    try:
        if is_loopback(client.meta.endpoint_url):
            return _account_of_the_emulator(client)
        region = client.meta.region_name
        return str(session.client("sts", region_name=region, config=AS_IT_IS).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise Refusal(f"The account of these credentials cannot be found out: {error}") from error


def _account_of_the_emulator(client: Any) -> str:
    try:
        client.describe_domain(domain=f"{PREFIX}absent")
    except client.exceptions.ResourceNotFoundException as error:
        named = re.search(r"account '(\d{12})'", str(error))
        if named:
            return named[1]
    raise Refusal(f"The emulator at {client.meta.endpoint_url} does not say whose account it plays.")
