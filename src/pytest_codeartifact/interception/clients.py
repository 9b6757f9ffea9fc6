"""Making clients while a fake is active: without asking for credentials, and with a region if none is configured.

Credentials are looked up when a client is made, before any event. So while a fake is active, ``create_client`` is given
dummy ones for this service, unless it or its session was given some; those that the session has looked up before are
the user's real ones, and have no place in a test. Nothing is cached on the session and no variable with a key is set,
as both would outlive the test and poison other services. Neither is the profile needed that the environment or the code
under test names: this machine may not have it. Whatever else a session asks somebody for when it makes a client (a
token, the region of the machine, an agent that watches calls) is left out too.

A fake with ``environment="leave"`` does none of this while it is the one that answers.
"""

from __future__ import annotations

import copy
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import ProfileNotFound

from ..defaults import DUMMY_KEYS
from ..service import Service
from . import environment
from .patches import Patches

_must_ask_nobody: ContextVar[bool] = ContextVar("pytest_codeartifact_must_ask_nobody", default=False)


class Clients(Patches):
    """What makes clients, in botocore and in aiobotocore."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        super().__init__()
        self._active = active
        self.extend()
        environment.enter()

    def extend(self) -> None:
        session = botocore.session.Session
        self.replace(session, "create_client", lambda original: _create_client(original, self._active))
        self.replace(session, "get_component", _get_component)
        self.replace(session, "get_scoped_config", _get_scoped_config)
        self.replace(session, "get_auth_token", _get_auth_token)
        self.replace(session, "_get_internal_component", _get_internal_component)
        self.replace(botocore.session, "ConfiguredEndpointProvider", _configured_endpoint)
        # Its create_client() only wraps what this makes.
        aio = getattr(sys.modules.get("aiobotocore.session"), "AioSession", None)
        self.replace(aio, "_create_client", lambda original: _create_async_client(original, self._active))

    def undo(self) -> None:
        super().undo()
        environment.leave()


_clients: Clients | None = None


def follow(active: Callable[[], Service | None]) -> None:
    """A fake has been opened or closed: the environment is now as the one that was opened last wants it."""
    global _clients

    def preparing() -> Service | None:
        service = active()
        return service if service is not None and service.options.environment == "prepare" else None

    if preparing() is None:
        if _clients is not None:
            _clients.undo()
            _clients = None
    elif _clients is None:
        _clients = Clients(preparing)


def extend() -> None:
    """Replace what has been imported since, too."""
    if _clients is not None:
        _clients.extend()


def access_key(request_signer: Any) -> str:
    """The access key that a client was made with; empty for one that would have to ask somebody for it."""
    credentials = request_signer._credentials
    return credentials.access_key if _asks_nobody(credentials) else ""


def make(region: str, access_key: str, config: Any) -> Any:
    """A client with an access key of its own."""
    keys = {**DUMMY_KEYS, "aws_access_key_id": access_key}
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
    if service is None:
        yield given
        return
    if given.arguments.get("service_name") != "codeartifact":
        _heed_the_user(given.arguments)
        yield given
        return
    with _asking_nobody():
        _heed_the_user(given.arguments)
        _fill_in(given.arguments, service)
        yield given


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _heed_the_user(arguments: dict[str, Any]) -> None:
    """Let a client ignore configured endpoints if the user wants that: the environment has our word, for children."""
    given = _config_value(arguments, "ignore_configured_endpoint_urls")
    if given is None and environment.ignores_configured_endpoints(arguments["self"]):
        _configure(arguments, ignore_configured_endpoint_urls=True)


def _fill_in(arguments: dict[str, Any], service: Service) -> None:
    session = arguments["self"]
    if arguments.get("aws_access_key_id") is None and arguments.get("aws_secret_access_key") is None:
        known = session._credentials
        if not (_asks_nobody(known) and known.method == "explicit"):  # not those that it has looked up before
            arguments.update(DUMMY_KEYS)
    given = arguments.get("region_name") or _config_value(arguments, "region_name")
    if (given or session.get_config_variable("region")) is None:
        arguments["region_name"] = service.caller.region
    mode = _config_value(arguments, "defaults_mode") or session.get_config_variable("defaults_mode")
    if mode.lower() == "auto":  # asks the metadata service where this machine is, and takes this if none answers
        _configure(arguments, defaults_mode="standard")


def _asks_nobody(credentials: Any) -> bool:
    return isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials)


def _config_value(arguments: dict[str, Any], name: str) -> Any:
    """What the configs that a client is made with say, its own before the session's."""
    configs = (arguments.get("config"), arguments["self"].get_default_client_config())
    values = (getattr(config, name, None) for config in configs)
    return next((value for value in values if value is not None), None)


def _configure(arguments: dict[str, Any], **options: Any) -> None:
    """Add to the config that a client is made with; a copy of it, with all that its user has set on it since.

    Not by ``merge()``: older aiobotocores forget their HTTP back end in it.
    """
    config = copy.copy(arguments.get("config") or Config())
    config._user_provided_options = {**config._user_provided_options, **options}  # what a merge of two goes by
    for name, value in options.items():
        setattr(config, name, value)
    arguments["config"] = config


def _configured_endpoint(original: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint that the environment and the profile name, without the one that is for child processes."""

    @functools.wraps(original)
    def configured_endpoint_provider(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **{"environ": environment.users(), **kwargs})

    return configured_endpoint_provider


def _get_component(original: Callable[..., Any]) -> Callable[..., Any]:
    """Gives boto3's sessions, which ask for it as soon as they are made, a data loader without asking for the
    profile."""

    @functools.wraps(original)
    def get_component(self: Any, name: str) -> Any:
        if name != "data_loader":
            return original(self, name)
        with _asking_nobody():
            return original(self, name)

    return get_component


def _get_scoped_config(original: Callable[..., Any]) -> Callable[..., Any]:
    """Reads the configuration of the profile; there is none where it may be done without."""

    @functools.wraps(original)
    def get_scoped_config(self: Any) -> Any:
        try:
            return original(self)
        except ProfileNotFound:
            if _must_ask_nobody.get():
                return {}
            raise

    return get_scoped_config


def _get_auth_token(original: Callable[..., Any]) -> Callable[..., Any]:
    """Finds a bearer token, which CodeArtifact has no use for, where the profile logs in with SSO."""

    @functools.wraps(original)
    def get_auth_token(*args: Any, **kwargs: Any) -> Any:
        return None if _must_ask_nobody.get() else original(*args, **kwargs)

    return get_auth_token


def _get_internal_component(original: Callable[..., Any]) -> Callable[..., Any]:
    """Opens a socket for client-side monitoring if that is switched on."""

    @functools.wraps(original)
    def get_internal_component(self: Any, name: str) -> Any:
        return None if name == "monitor" and _must_ask_nobody.get() else original(self, name)

    return get_internal_component


@contextmanager
def _asking_nobody() -> Iterator[None]:
    """A client is being made that must do with what there is."""
    before = _must_ask_nobody.set(True)
    try:
        yield
    finally:
        _must_ask_nobody.reset(before)
