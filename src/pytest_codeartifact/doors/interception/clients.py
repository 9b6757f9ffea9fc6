"""Creates clients without looking up credentials, and with a region that does not depend on the machine.

botocore looks up credentials when a client is created, before any event. So while a fake is open, ``create_client``
gets dummy credentials for this service, unless the client or its session was given some. Credentials that the session
has looked up before are the user's real ones and must not be used in a test. Nothing is cached on the session and no
variable with a key is set, because both would remain after the test and affect other services.

Everything else that a session would look up is skipped too: the profile, which may not exist on this machine, a token,
the region of the machine, and a monitoring agent. The region is the fake's, unless one was chosen, so that a test
behaves the same on every machine.

Without a fake, while the guard is armed, a client that finds no region is created all the same, because the code under
test has a region where it runs in production, for example on AWS Lambda. botocore creates all other clients as usual.

While the fake that answers has ``environment="leave"``, botocore creates all clients as usual.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeGuard
from weakref import WeakKeyDictionary

import botocore.session
from botocore.client import BaseClient
from botocore.config import Config

from ...http import UNKNOWN, Client
from ...settings import DEFAULTS, DUMMY_KEYS
from .. import child_environment
from ..guard import GUARD
from . import botocore_internals as internals
from . import configured, look_ups
from .patches import Patches

if TYPE_CHECKING:
    from ...service import Service


class Clients(Patches):
    """Replaces the functions that create clients, in botocore and in aiobotocore."""

    def __init__(self, active: Callable[[], Service | None]) -> None:
        self._active = active
        super().__init__()

    def extend(self) -> None:
        self.replace(internals.CREATE_CLIENT, lambda original: _create_client(original, self._active))
        self.replace(internals.CREATE_ASYNC_CLIENT, lambda original: _create_async_client(original, self._active))
        self.replace(internals.GET_COMPONENT, lambda original: look_ups.get_component(original, self._prepares))
        self.replace(internals.GET_SCOPED_CONFIG, look_ups.get_scoped_config)
        self.replace(internals.GET_AUTH_TOKEN, look_ups.get_auth_token)
        self.replace(internals.GET_INTERNAL_COMPONENT, look_ups.get_internal_component)
        self.replace(internals.CONFIGURED_ENDPOINT, _configured_endpoint)

    def _prepares(self) -> bool:
        return _is_prepared(self._active())


_clients: Clients | None = None
_records: WeakKeyDictionary[Config, Client] = WeakKeyDictionary()


def sync_patches(active: Callable[[], Service | None]) -> None:
    """Install or remove the patches and variables, as the open fakes need them.

    Called after a fake was opened or closed, and after a session was created.
    """
    global _clients
    if _is_prepared(active()):
        child_environment.close_for_a_fake()
    else:
        child_environment.restore_after_fakes()
    if not GUARD.armed and not _is_prepared(active()):
        if _clients is not None:
            _clients.undo()
            _clients = None
    elif _clients is None:
        _clients = Clients(active)
    else:
        _clients.extend()


def _is_prepared(service: Service | None) -> TypeGuard[Service]:
    """Whether a fake is open that prepares the creation of clients."""
    return service is not None and service.options.environment == "prepare"


def record_of(config: Any, access_key: str) -> Client:
    """The record of the client that has this config and this access key."""
    _, region_of, session_region = _records.get(config, UNKNOWN)
    return Client(access_key, region_of, session_region)


def access_key(request_signer: Any) -> str:
    """The access key that a client was created with; empty if the client would have to look it up."""
    credentials = internals.credentials_of(request_signer)
    return credentials.access_key if internals.are_static(credentials) else ""


def make(region: str, access_key: str, config: Any) -> Any:
    """Create a client with this access key."""
    keys = {**DUMMY_KEYS, "aws_access_key_id": access_key}
    return _session().create_client("codeartifact", region_name=region, config=config, **keys)


@functools.cache
def _session() -> Any:
    """The session of our own clients: one per process, because a new one loads its models for 0.1 s."""
    return botocore.session.Session()


def _create_client(original: Callable[..., Any], active: Callable[[], Service | None]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_client(*args: Any, **kwargs: Any) -> Any:
        with _creation_arguments(original, active(), args, kwargs) as (bound, record):
            return _with_record(original(*bound.args, **bound.kwargs), record)

    return create_client


def _create_async_client(original: Callable[..., Any], active: Callable[[], Service | None]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def create_client(*args: Any, **kwargs: Any) -> Any:
        with _creation_arguments(original, active(), args, kwargs) as (bound, record):
            return _with_record(await original(*bound.args, **bound.kwargs), record)

    return create_client


def _with_record(client: Any, record: Client) -> Any:
    if isinstance(client, BaseClient):  # and not a replacement by another library
        _records[client.meta.config] = record
    return client


@contextmanager
def _creation_arguments(
    create_client: Callable[..., Any], service: Service | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[tuple[inspect.BoundArguments, Client]]:
    """The arguments to create a client with, and the record of it. Within the block, look-ups are skipped."""
    bound = _signature(create_client).bind(*args, **kwargs)
    record = UNKNOWN
    with ExitStack() as stack:
        if bound.arguments.get("service_name") == "codeartifact":
            if _is_prepared(service):
                stack.enter_context(look_ups.skipped())
                record = _fill_in(bound.arguments, service)
            elif service is None and GUARD.forbids and DEFAULTS.environment == "prepare":
                record = _fill_in_missing_region(bound.arguments, stack)
        _keep_ignore_configured_endpoints(bound.arguments)
        yield bound, record


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _keep_ignore_configured_endpoints(arguments: dict[str, Any]) -> None:
    """Apply the user's ``ignore_configured_endpoint_urls``.

    The environment variable is set to our value, for child processes.
    """
    configured_value = _config_value(arguments, "ignore_configured_endpoint_urls")
    if configured_value is None and configured.ignores_endpoints(arguments["self"]):
        _configure(arguments, ignore_configured_endpoint_urls=True)


def _fill_in(arguments: dict[str, Any], service: Service) -> Client:
    """Fill in the arguments of a client of a fake. Its region is the fake's if none was chosen."""
    _use_dummy_keys(arguments)
    _replace_auto_mode(arguments)
    if _chosen_region(arguments):
        return UNKNOWN
    arguments["region_name"] = service.caller.region
    return Client(region_of="fake", session_region=arguments["self"].get_config_variable("region"))


def _fill_in_missing_region(arguments: dict[str, Any], stack: ExitStack) -> Client:
    """Fill in the arguments of a client without a fake, which could not be created without a region."""
    if _chosen_region(arguments):
        return UNKNOWN
    region = arguments["self"].get_config_variable("region")
    if region:
        return Client(region_of="machine", session_region=region)
    stack.enter_context(look_ups.skipped())
    _use_dummy_keys(arguments)
    _replace_auto_mode(arguments)
    arguments["region_name"] = DEFAULTS.region
    return Client(region_of="configuration")


def _chosen_region(arguments: dict[str, Any]) -> str | None:
    """The region that the code under test chose. The region of the machine does not count."""
    region: str | None = arguments.get("region_name") or _config_value(arguments, "region_name")
    return region or configured.chosen_region(arguments["self"])


def _use_dummy_keys(arguments: dict[str, Any]) -> None:
    keys = arguments.get("aws_access_key_id"), arguments.get("aws_secret_access_key")
    if keys == (None, None) and not internals.has_explicit_credentials(arguments["self"]):
        arguments.update(DUMMY_KEYS)


def _replace_auto_mode(arguments: dict[str, Any]) -> None:
    """Replace ``defaults_mode="auto"``, which asks the metadata service for the region of this machine.

    "standard" is the mode that "auto" selects if no metadata service answers.
    """
    mode = _config_value(arguments, "defaults_mode") or arguments["self"].get_config_variable("defaults_mode")
    if mode.lower() == "auto":
        _configure(arguments, defaults_mode="standard")


def _config_value(arguments: dict[str, Any], name: str) -> Any:
    """A value of the client's config, or else of the session's default config."""
    configs = (arguments.get("config"), arguments["self"].get_default_client_config())
    values = (getattr(config, name, None) for config in configs)
    return next((value for value in values if value is not None), None)


def _configure(arguments: dict[str, Any], **options: Any) -> None:
    """Add options to a copy of the config that a client is created with.

    The copy has the attributes that were set on the config later, which ``merge`` loses.
    """
    original = arguments.get("config") or Config()
    config = original.merge(Config(**options))
    for name, value in vars(original).items():
        if name not in options and not name.startswith("_"):  # older aiobotocores lose their HTTP back end in merge()
            setattr(config, name, value)
    arguments["config"] = config


def _configured_endpoint(original: Callable[..., Any]) -> Callable[..., Any]:
    """Look up configured endpoints in the environment without the endpoint that is for child processes."""

    @functools.wraps(original)
    def configured_endpoint_provider(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **{"environ": child_environment.USERS, **kwargs})

    return configured_endpoint_provider
