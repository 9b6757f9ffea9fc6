"""The two environment variables that keep child processes away from AWS while a fake is open.

A child that knows nothing of us finds CodeArtifact at a closed endpoint, and heeds it also on a machine whose user has
configured endpoints ignored. Both are meant for children only: what is made in this process goes by the environment as
the user has it.
"""

from __future__ import annotations

import os
from typing import Any

from botocore.configprovider import ConfigChainFactory
from botocore.utils import ensure_boolean

from ..guard import CLOSED_ENDPOINT

_ENDPOINT = "AWS_ENDPOINT_URL_CODEARTIFACT"
_IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
_FOR_CHILDREN = {_ENDPOINT: CLOSED_ENDPOINT, _IGNORE: "false"}

_before: dict[str, str | None] = {}  # what they were before the fake that was opened first; stays known after the last


def enter() -> None:
    """Set the variables."""
    tidy()
    for name, value in _FOR_CHILDREN.items():
        _before[name] = os.environ.get(name)
        os.environ[name] = value


def leave() -> None:
    """Put the variables back, but for what somebody else has made of them in the meantime."""
    for name, before in _before.items():
        if os.environ.get(name) != _FOR_CHILDREN[name]:
            continue
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def tidy() -> None:
    """Put them back once more if somebody has restored them who had saved the environment while a fake was open.

    A test's ``monkeypatch`` may do so, when it ends after the fake. To be called while no fake is open.
    """
    if os.environ.get(_ENDPOINT) == CLOSED_ENDPOINT and _before:
        leave()


def users() -> dict[str, str]:
    """The environment as it would be if no fake were open."""
    environment = dict(os.environ)
    for name, value in _FOR_CHILDREN.items():
        if environment.get(name) == value:
            before = _before.get(name)
            if before is None or before == CLOSED_ENDPOINT:  # the latter is of a parent process that has a fake open
                del environment[name]
            else:
                environment[name] = before
    return environment


def ignores_configured_endpoints(session: Any) -> bool:
    """Whether a session's clients would ignore configured endpoints if no fake were open."""
    chain = ConfigChainFactory(session, users()).create_config_chain(
        instance_name="ignore_configured_endpoint_urls",
        env_var_names=_IGNORE,
        config_property_names="ignore_configured_endpoint_urls",
        conversion_func=ensure_boolean,
    )
    return bool(chain.provide())
