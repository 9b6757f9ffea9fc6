"""Making clients while a fake is active: without asking for credentials, and with a region if none is configured.

Credentials are looked up when a client is made, before any event. So while a fake is active, ``create_client`` is given
dummy ones for this service, unless it was given some. Nothing is cached on the session and no variable with a key is
set, as both would outlive the test and poison other services. Neither is the profile needed that the environment or the
code under test names: this machine may not have it.
"""

from __future__ import annotations

import functools
import inspect
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ProfileNotFound

from ..guard import CLOSED_ENDPOINT
from ..service import Service

_ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_CODEARTIFACT"
_DUMMY = {"aws_access_key_id": "AKIAFAKECODEARTIFACT", "aws_secret_access_key": "pytest-codeartifact"}

_dispensable = threading.local()


class _Patches:
    """What has been replaced, to be put back."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        session = botocore.session.Session
        self._methods = {
            "create_client": session.create_client,
            "get_component": session.get_component,
            "get_scoped_config": session.get_scoped_config,
        }
        session.create_client = _create_client(session.create_client, active)
        session.get_component = _get_component(session.get_component)
        session.get_scoped_config = _get_scoped_config(session.get_scoped_config)
        self._endpoint = os.environ.get(_ENDPOINT_VARIABLE)
        os.environ[_ENDPOINT_VARIABLE] = CLOSED_ENDPOINT

    def undo(self) -> None:
        for name, method in self._methods.items():
            setattr(botocore.session.Session, name, method)
        if self._endpoint is None:
            os.environ.pop(_ENDPOINT_VARIABLE, None)
        else:
            os.environ[_ENDPOINT_VARIABLE] = self._endpoint


_patches: _Patches | None = None


def enter(active: Callable[[], Service | None]) -> None:
    """A first fake is opened."""
    global _patches
    _patches = _Patches(active)


def leave() -> None:
    """The last fake is closed."""
    global _patches
    if _patches is not None:
        _patches.undo()
        _patches = None


def access_key(request_signer: Any) -> str:
    """The access key that a client was made with; empty for one that would have to ask somebody for it."""
    credentials = request_signer._credentials
    return credentials.access_key if type(credentials) is Credentials else ""


def make(region: str, access_key: str, config: Any) -> Any:
    """A client with an access key of its own."""
    keys = {**_DUMMY, "aws_access_key_id": access_key}
    return _session().create_client("codeartifact", region_name=region, config=config, **keys)


@functools.cache
def _session() -> Any:
    """The session of our own clients: one per process, because a new one loads its models for 0.1 s."""
    return botocore.session.Session()


def _create_client(original: Callable[..., Any], active: Callable[[], Service | None]) -> Callable[..., Any]:
    signature = _signature(original)

    @functools.wraps(original)
    def create_client(*args: Any, **kwargs: Any) -> Any:
        service = active()
        call = signature.bind(*args, **kwargs)
        if service is None or call.arguments.get("service_name") != "codeartifact":
            return original(*args, **kwargs)
        with _without_profile():
            _fill_in(call.arguments, service)
            return original(*call.args, **call.kwargs)

    return create_client


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _fill_in(arguments: dict[str, Any], service: Service) -> None:
    session, config = arguments["self"], arguments.get("config")
    if arguments.get("aws_access_key_id") is None and arguments.get("aws_secret_access_key") is None:
        known = session._credentials  # given to the session by its user, or loaded before: asks nobody
        if type(known) is not Credentials:
            arguments.update(_DUMMY)
    given = arguments.get("region_name") or getattr(config, "region_name", None)
    if (given or session.get_config_variable("region")) is None:
        arguments["region_name"] = service.caller.region
    if arguments.get("endpoint_url") is None and os.environ.get(_ENDPOINT_VARIABLE) == CLOSED_ENDPOINT:
        # The variable is for child processes; the client of this one has the endpoint that it would have had.
        ignored = Config(ignore_configured_endpoint_urls=True)
        arguments["config"] = ignored if config is None else config.merge(ignored)


def _get_component(original: Callable[..., Any]) -> Callable[..., Any]:
    """Gives boto3's sessions, which ask for it as soon as they are made, a data loader without asking for the
    profile."""

    @functools.wraps(original)
    def get_component(self: Any, name: str) -> Any:
        if name != "data_loader":
            return original(self, name)
        with _without_profile():
            return original(self, name)

    return get_component


def _get_scoped_config(original: Callable[..., Any]) -> Callable[..., Any]:
    """Reads the configuration of the profile; there is none where it may be done without."""

    @functools.wraps(original)
    def get_scoped_config(self: Any) -> Any:
        try:
            return original(self)
        except ProfileNotFound:
            if getattr(_dispensable, "profile", False):
                return {}
            raise

    return get_scoped_config


@contextmanager
def _without_profile() -> Iterator[None]:
    before = getattr(_dispensable, "profile", False)
    _dispensable.profile = True
    try:
        yield
    finally:
        _dispensable.profile = before
