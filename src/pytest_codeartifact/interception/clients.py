"""Making clients while a fake is active: without asking for credentials, and with a region if none is configured.

Credentials are looked up when a client is made, before any event. So while a fake is active, ``create_client`` is given
dummy ones for this service, unless it or its session was given some; those that the session has looked up before are
the user's real ones, and have no place in a test. Nothing is cached on the session and no variable with a key is
set, as both would outlive the test and poison other services. Neither is the profile needed that the environment or the
code under test names: this machine may not have it.
"""

from __future__ import annotations

import copy
import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import ProfileNotFound

from ..guard import CLOSED_ENDPOINT
from ..service import Service
from .patches import Patches

_ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_CODEARTIFACT"
_DUMMY = {"aws_access_key_id": "AKIAFAKECODEARTIFACT", "aws_secret_access_key": "pytest-codeartifact"}

_is_profile_dispensable: ContextVar[bool] = ContextVar("pytest_codeartifact_is_profile_dispensable", default=False)


class Clients(Patches):
    """What makes clients, in botocore and in aiobotocore."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        super().__init__()
        self._active = active
        self._endpoint = os.environ.get(_ENDPOINT_VARIABLE)
        os.environ[_ENDPOINT_VARIABLE] = CLOSED_ENDPOINT
        self.extend()

    def extend(self) -> None:
        session = botocore.session.Session
        self.replace(session, "create_client", lambda original: _create_client(original, self._active))
        self.replace(session, "get_component", _get_component)
        self.replace(session, "get_scoped_config", _get_scoped_config)
        # Its create_client() only wraps what this makes.
        aio = getattr(sys.modules.get("aiobotocore.session"), "AioSession", None)
        self.replace(aio, "_create_client", lambda original: _create_async_client(original, self._active))

    def undo(self) -> None:
        super().undo()
        if self._endpoint is None:
            os.environ.pop(_ENDPOINT_VARIABLE, None)
        else:
            os.environ[_ENDPOINT_VARIABLE] = self._endpoint


def access_key(request_signer: Any) -> str:
    """The access key that a client was made with; empty for one that would have to ask somebody for it."""
    credentials = request_signer._credentials
    return credentials.access_key if _asks_nobody(credentials) else ""


def make(region: str, access_key: str, config: Any) -> Any:
    """A client with an access key of its own."""
    keys = {**_DUMMY, "aws_access_key_id": access_key}
    return _session().create_client("codeartifact", region_name=region, config=config, **keys)


@functools.cache
def _session() -> Any:
    """The session of our own clients: one per process, because a new one loads its models for 0.1 s."""
    return botocore.session.Session()


def _create_client(original: Callable[..., Any], active: Callable[[], Service | None]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_client(*args: Any, **kwargs: Any) -> Any:
        with _arguments(original, active(), args, kwargs) as given:
            return original(*given.args, **given.kwargs)

    return create_client


def _create_async_client(original: Callable[..., Any], active: Callable[[], Service | None]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def create_client(*args: Any, **kwargs: Any) -> Any:
        with _arguments(original, active(), args, kwargs) as given:
            return await original(*given.args, **given.kwargs)

    return create_client


@contextmanager
def _arguments(
    create_client: Callable[..., Any], service: Service | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[inspect.BoundArguments]:
    """The arguments to make a client with; while it is made, a client of a fake needs no profile."""
    given = _signature(create_client).bind(*args, **kwargs)
    if service is None or given.arguments.get("service_name") != "codeartifact":
        yield given
        return
    before = _is_profile_dispensable.set(True)
    try:
        _fill_in(given.arguments, service)
        yield given
    finally:
        _is_profile_dispensable.reset(before)


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _fill_in(arguments: dict[str, Any], service: Service) -> None:
    session, config = arguments["self"], arguments.get("config")
    if arguments.get("aws_access_key_id") is None and arguments.get("aws_secret_access_key") is None:
        known = session._credentials
        if not (_asks_nobody(known) and known.method == "explicit"):  # not those that it has looked up before
            arguments.update(_DUMMY)
    given = arguments.get("region_name") or getattr(config, "region_name", None)
    if (given or session.get_config_variable("region")) is None:
        arguments["region_name"] = service.caller.region
    if arguments.get("endpoint_url") is None and os.environ.get(_ENDPOINT_VARIABLE) == CLOSED_ENDPOINT:
        # The variable is for child processes; the client of this one has the endpoint that it would have had.
        arguments["config"] = _ignoring_configured_endpoints(config)


def _asks_nobody(credentials: Any) -> bool:
    return isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials)


def _ignoring_configured_endpoints(config: Any) -> Any:
    """The configuration with that option. Not by ``merge()``: older aiobotocores forget their HTTP back end in it."""
    option = {"ignore_configured_endpoint_urls": True}
    if config is None:
        return Config(**option)
    config = copy.copy(config)
    vars(config).update(option, _user_provided_options={**config._user_provided_options, **option})
    return config


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
            if _is_profile_dispensable.get():
                return {}
            raise

    return get_scoped_config


@contextmanager
def _without_profile() -> Iterator[None]:
    before = _is_profile_dispensable.set(True)
    try:
        yield
    finally:
        _is_profile_dispensable.reset(before)
