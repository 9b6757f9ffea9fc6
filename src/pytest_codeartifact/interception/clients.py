"""Making clients while a fake is active: without asking for credentials, and with a region if none is configured.

Credentials are looked up when a client is made, before any event. So while a fake is active, ``create_client`` is given
dummy ones for this service, unless it was given some. Nothing is cached on the session and no variable with a key is
set, as both would outlive the test and poison other services. Neither is the profile needed that the environment or the
code under test names: this machine may not have it. Whatever else a session asks somebody for when it makes a client
(a token, the region of the machine, an agent that watches calls) is left out too.

A fake with ``environment="leave"`` does none of this while it is the one that answers.
"""

from __future__ import annotations

import copy
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ProfileNotFound

from ..service import Service
from . import environment

_DUMMY = {"aws_access_key_id": "AKIAFAKECODEARTIFACT", "aws_secret_access_key": "pytest-codeartifact"}

_making = threading.local()


class _Patches:
    """What has been replaced, to be put back."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        session = botocore.session.Session
        replaced = {
            "create_client": _create_client(session.create_client, active),
            "get_component": _get_component(session.get_component),
            "get_scoped_config": _get_scoped_config(session.get_scoped_config),
            "get_auth_token": _get_auth_token(session.get_auth_token),
            "_get_internal_component": _get_internal_component(session._get_internal_component),
        }
        self._methods = {name: getattr(session, name) for name in replaced}
        for name, method in replaced.items():
            setattr(session, name, method)
        self._provider = botocore.session.ConfiguredEndpointProvider
        botocore.session.ConfiguredEndpointProvider = _configured_endpoint(self._provider)
        environment.enter()

    def undo(self) -> None:
        for name, method in self._methods.items():
            setattr(botocore.session.Session, name, method)
        botocore.session.ConfiguredEndpointProvider = self._provider
        environment.leave()


_patches: _Patches | None = None


def follow(active: Callable[[], Service | None]) -> None:
    """A fake has been opened or closed: the environment is now as the one that was opened last wants it."""
    global _patches

    def preparing() -> Service | None:
        service = active()
        return service if service is not None and service.options.environment == "prepare" else None

    if preparing() is None:
        if _patches is not None:
            _patches.undo()
            _patches = None
    elif _patches is None:
        _patches = _Patches(preparing)


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
        if service is None:
            return original(*args, **kwargs)
        call = signature.bind(*args, **kwargs)
        if call.arguments.get("service_name") != "codeartifact":
            _heed_the_user(call.arguments)
            return original(*call.args, **call.kwargs)
        with _asking_nobody():
            _heed_the_user(call.arguments)
            _fill_in(call.arguments, service)
            return original(*call.args, **call.kwargs)

    return create_client


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
        known = session._credentials  # given to the session by its user, or loaded before: asks nobody
        if type(known) is not Credentials:
            arguments.update(_DUMMY)
    given = arguments.get("region_name") or _config_value(arguments, "region_name")
    if (given or session.get_config_variable("region")) is None:
        arguments["region_name"] = service.caller.region
    mode = _config_value(arguments, "defaults_mode") or session.get_config_variable("defaults_mode")
    if mode.lower() == "auto":  # asks the metadata service where this machine is, and takes this if none answers
        _configure(arguments, defaults_mode="standard")


def _config_value(arguments: dict[str, Any], name: str) -> Any:
    """What the configs that a client is made with say, its own before the session's."""
    configs = (arguments.get("config"), arguments["self"].get_default_client_config())
    values = (getattr(config, name, None) for config in configs)
    return next((value for value in values if value is not None), None)


def _configure(arguments: dict[str, Any], **options: Any) -> None:
    """Add to the config that a client is made with; a copy of it, with all that its user has set on it since."""
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
            if _asks_nobody():
                return {}
            raise

    return get_scoped_config


def _get_auth_token(original: Callable[..., Any]) -> Callable[..., Any]:
    """Finds a bearer token, which CodeArtifact has no use for, where the profile logs in with SSO."""

    @functools.wraps(original)
    def get_auth_token(*args: Any, **kwargs: Any) -> Any:
        return None if _asks_nobody() else original(*args, **kwargs)

    return get_auth_token


def _get_internal_component(original: Callable[..., Any]) -> Callable[..., Any]:
    """Opens a socket for client-side monitoring if that is switched on."""

    @functools.wraps(original)
    def get_internal_component(self: Any, name: str) -> Any:
        return None if name == "monitor" and _asks_nobody() else original(self, name)

    return get_internal_component


def _asks_nobody() -> bool:
    """Whether this thread is making a client that must do with what there is."""
    return getattr(_making, "asks_nobody", False)


@contextmanager
def _asking_nobody() -> Iterator[None]:
    before = _asks_nobody()
    _making.asks_nobody = True
    try:
        yield
    finally:
        _making.asks_nobody = before
