"""The private API of botocore and aiobotocore that this package depends on, each name with its purpose.

No other module uses their private names. ``tests/doors/test_botocore_internals.py`` has a test for each name, which
fails if a new release renames it.

Most of them are attributes that are replaced while a fake is open, see :mod:`.patches`. If one is missing, one warning
says what does not work without it. If safety depends on it, no fake opens.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from copy import copy
from typing import Any, NamedTuple
from urllib.request import getproxies_environment

from botocore import useragent, utils
from botocore.awsrequest import AWSPreparedRequest
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.docs.docstring import ClientMethodDocstring
from botocore.hooks import NodeList
from botocore.httpsession import URLLib3Session

from ...errors import CodeArtifactPluginError

try:
    from botocore.context import get_context
except ImportError:  # botocore < 1.37
    _LISTS_INPUTS = False
else:
    _LISTS_INPUTS = hasattr(useragent.UserAgentString, "_static_inputs")


class Attribute(NamedTuple):
    """An attribute of a module, or of a class in it, that is replaced while a fake is open.

    ``loss`` says what does not work without it. It is empty if no fake may be opened without it.
    """

    module: str
    path: str
    purpose: str
    loss: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def owner(self) -> Any:
        """The module or class with the attribute. None if aiobotocore is not imported, or if the attribute is missing.

        Warns once about a missing attribute.

        :raises CodeArtifactPluginError: the attribute is missing, and no fake may be opened without it.
        """
        package = self.module.partition(".")[0]
        if f"{package}.session" not in sys.modules:
            return None
        owner = sys.modules.get(self.module)
        for name in self.path.split(".")[:-1]:
            owner = getattr(owner, name, None)
        if hasattr(owner, self.name):
            return owner
        _warn_or_refuse(f"{package} {sys.modules[package].__version__} has no {self.module}.{self.path}", self.loss)
        return None


@functools.cache
def _warn_or_refuse(what: str, loss: str) -> None:
    if not loss:
        raise CodeArtifactPluginError(f"{what}, and no fake is safe without it. Update pytest-codeartifact.")
    from ...service import CodeArtifactWarning  # imported here to keep the first session of a process fast

    warnings.warn(f"{what}: {loss}. Update pytest-codeartifact.", CodeArtifactWarning, stacklevel=2)


# Creating clients

CREATE_CLIENT = Attribute("botocore.session", "Session.create_client", "create clients with dummy keys and a region")
CREATE_ASYNC_CLIENT = Attribute(
    "aiobotocore.session", "AioSession._create_client", "create asynchronous clients with dummy keys and a region"
)
GET_COMPONENT = Attribute("botocore.session", "Session.get_component", "load data without the profile")
GET_SCOPED_CONFIG = Attribute("botocore.session", "Session.get_scoped_config", "tolerate a missing profile")
GET_AUTH_TOKEN = Attribute("botocore.session", "Session.get_auth_token", "skip the bearer token")
GET_INTERNAL_COMPONENT = Attribute(
    "botocore.session",
    "Session._get_internal_component",
    "start no client-side monitoring",
    "a client that is created while a fake is open may report its calls to an agent for client-side monitoring",
)
CONFIGURED_ENDPOINT = Attribute(
    "botocore.session", "ConfiguredEndpointProvider", "ignore the endpoint that is meant for child processes"
)

MONITOR = "monitor"
"""The name of the internal component that reports calls to an agent."""


def credentials_of(request_signer: Any) -> Any:
    """The credentials that a client signs with."""
    return request_signer._credentials


def has_explicit_credentials(session: Any) -> bool:
    """Whether a session was given its keys explicitly, instead of looking them up."""
    credentials = session._credentials
    return are_static(credentials) and credentials.method == "explicit"


def are_static(credentials: Any) -> bool:
    """Whether credentials can be read without refreshing them over the network."""
    return isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials)


# Work that is repeated for each call

COPY_EMITTER = Attribute(
    "botocore.hooks",
    "EventAliaser.__copy__",
    "let clients share the cache of event names",
    "the first calls of each new client take longer",
)
CONSTRUCT_ENDPOINT = Attribute(
    "botocore.regions",
    "EndpointRulesetResolver.construct_endpoint",
    "resolve the endpoint of a client once",
    "calls that a fake answers take longer",
)
USER_AGENT = Attribute(
    "botocore.useragent",
    "UserAgentString.to_string",
    "build the user agent of a client once",
    CONSTRUCT_ENDPOINT.loss,
)
SANITISE_USER_AGENT = Attribute(
    "botocore.useragent",
    "sanitize_user_agent_string_component",
    "look at each part of the user agent once",
    CONSTRUCT_ENDPOINT.loss,
)
IS_JSON_IN_HEADER = Attribute(
    "botocore.parsers",
    "is_json_value_header",
    "look at the shape of each string of a response once",
    CONSTRUCT_ENDPOINT.loss,
)
PARSE_SHAPE = Attribute(
    "botocore.parsers",
    "ResponseParser._parse_shape",
    "build the name of the method for a type of values once",
    CONSTRUCT_ENDPOINT.loss,
)
PERCENT_ENCODE = Attribute(
    "botocore.utils",
    "percent_encode",
    "encode each string of a query once",
    CONSTRUCT_ENDPOINT.loss,
)
HYPHENATE_SERVICE = Attribute(
    "botocore.model",
    "hyphenize_service_id",
    "build the name of the service in events once",
    CONSTRUCT_ENDPOINT.loss,
)

_PARAMETERS_OF_BUILTINS = {"Region", "UseDualStack", "UseFIPS", "Endpoint"}


def share_names(emitter: Any, of: Any) -> None:
    """Let two emitters share their cache of event names.

    The result for a name is the same in each, but the first look-up is slow: it searches for some sixty old names.
    """
    emitter._alias_name_cache = of._alias_name_cache


def resolves_by_builtins(resolver: Any) -> bool:
    """Whether the endpoint of a client of CodeArtifact depends on nothing but the builtins.

    A newer model may have parameters that depend on the credentials, or that are part of the user agent.
    """
    of_codeartifact: bool = resolver._service_model.service_name == "codeartifact"
    return of_codeartifact and resolver._param_definitions.keys() <= _PARAMETERS_OF_BUILTINS


def customised_builtins(resolver: Any, operation_model: Any, params: Any, context: Any) -> dict[str, Any]:
    """The parameters of an endpoint, which handlers of before-endpoint-resolution may have changed."""
    builtins: dict[str, Any] = resolver._get_customized_builtins(operation_model, params, context)
    return builtins


def with_builtins(resolver: Any, builtins: dict[str, Any]) -> Any:
    """A copy of a resolver that has asked the handlers already."""
    resolving = copy(resolver)
    resolving._get_customized_builtins = lambda *_: builtins
    return resolving


def inputs_of_user_agent(creator: Any) -> tuple[object, ...] | None:
    """What the user agent of a call depends on: options of session and client, and the features that the call uses.

    None if it may depend on something else: botocore is too old to list its inputs, or somebody modifies the result.
    """
    if not _LISTS_INPUTS or useragent.modify_components is not useragent._default_modify_components:
        return None
    call = get_context()
    features = frozenset() if call is None else frozenset(call.features)
    return creator._static_inputs(), frozenset(creator._client_features or ()), features


def parses_by_type(parse_shape: Callable[..., Any]) -> bool:
    """Whether a function of botocore does what :func:`parse_by_type` does."""
    code = getattr(parse_shape, "__code__", None)  # none if somebody has replaced it by an object that is called
    names = ("getattr", "type_name", "_default_handle")
    return code is not None and code.co_names == names and "_handle_" in code.co_consts


def parse_by_type(parser: Any, shape: Any, node: Any) -> Any:
    """Parse a value with the method of a parser for the type of the value, as botocore does.

    botocore builds the name of the method for each value. Python finds an attribute faster by an interned name.
    """
    return (getattr(parser, _METHODS[shape.type_name], None) or parser._default_handle)(shape, node)


class _Methods(dict[str, str]):
    """The names of the methods of parsers by the type of a value."""

    def __missing__(self, type_name: str) -> str:
        self[type_name] = sys.intern(f"_handle_{type_name}")
        return self[type_name]


_METHODS = _Methods()


# Work that is repeated for each client

COPY_HANDLERS = Attribute(
    "botocore.hooks",
    "_PrefixTrie.__copy__",
    "copy the handlers of a session faster",
    "creating a client takes longer",
)
ACCEPTS_KEYWORDS = Attribute(
    "botocore.hooks",
    "accepts_kwargs",
    "look at the code of a handler instead of its signature",
    COPY_HANDLERS.loss,
)
CREATE_ENDPOINT = Attribute(
    "botocore.endpoint",
    "EndpointCreator.create_endpoint",
    "make no TLS context for a client whose calls a fake answers",
    COPY_HANDLERS.loss,
)
GET_PROXIES = Attribute(
    "botocore.endpoint",
    "get_environ_proxies",
    "look once whether there are proxies",
    COPY_HANDLERS.loss,
)
COMPUTE_CLIENT_ARGUMENTS = Attribute(
    "botocore.args",
    "ClientArgsCreator.compute_client_args",
    "look up the section of the profile once",
    COPY_HANDLERS.loss,
)
BUILD_ENDPOINT_RESOLVER = Attribute(
    "botocore.args",
    "ClientArgsCreator._build_endpoint_resolver",
    COMPUTE_CLIENT_ARGUMENTS.purpose,
    COPY_HANDLERS.loss,
)
RULESET = Attribute(
    "botocore.endpoint_provider",
    "RuleSet",
    "build the rules of endpoints once",
    COPY_HANDLERS.loss,
)
CREATE_METHOD = Attribute(
    "botocore.client",
    "ClientCreator._create_api_method",
    "prepare the documentation of a method when it is read",
    COPY_HANDLERS.loss,
)


def copy_handlers(trie: Any) -> Any:
    """A copy of the tree of an emitter's handlers, as its own method makes it."""
    copied = type(trie)()
    copied._root = _copy_node(trie._root)
    return copied


def _copy_node(node: dict[str, Any]) -> dict[str, Any]:
    copied = node.copy()
    if node["values"] is not None:
        copied["values"] = NodeList._make(map(list.copy, node["values"]))
    children = node["children"]
    copied["children"] = {name: _copy_node(child) for name, child in children.items()} if children else {}
    return copied


def proxies_are_variables() -> bool:
    """Whether botocore finds proxies in the environment only, and not in the settings of the system as well."""
    return utils.getproxies is getproxies_environment


class SessionWithoutContext(URLLib3Session):  # type: ignore[misc]  # botocore has no type information
    """An HTTP session that creates its TLS context with its first request. A client of a fake never sends one."""

    def _get_ssl_context(self) -> None:
        return None

    def send(self, request: Any) -> Any:
        self._manager.connection_pool_kw["ssl_context"] = super()._get_ssl_context()
        self.__class__ = URLLib3Session
        return self.send(request)


class DocstringOfMethod(ClientMethodDocstring):  # type: ignore[misc]  # botocore has no type information
    """The docstring of a method of a client, which botocore's function creates when the docstring is read."""

    def _create_docstring(self) -> str:
        create, *arguments = self._gen_args
        return str(create(*arguments).__doc__)


# Waiting and retrying

FIRST_RESPONSE = Attribute(
    "botocore.endpoint",
    "first_non_none_response",
    "take no time for the wait that a handler asks for",
    "retries of calls that a fake answers wait as long as those of real calls",
)
FIRST_RESPONSE_ASYNC = Attribute(
    "aiobotocore.endpoint", "first_non_none_response", FIRST_RESPONSE.purpose, FIRST_RESPONSE.loss
)
SLEEP = Attribute(
    "botocore.endpoint",
    "time",
    "skip the sleep of zero seconds, which a test may count",
    "time.sleep(0) is called before a retry of a call that a fake answers",
)
ACQUIRE_RETRY_QUOTA = Attribute(
    "botocore.retries.quota",
    "RetryQuota.acquire",
    "restore the retry quota that calls to a fake use",
    "a client that is used by several tests lacks the retry quota that earlier tests have used",
)
ACQUIRE_TOKEN = Attribute(
    "botocore.retries.bucket",
    "TokenBucket.acquire",
    "skip the rate limit of adaptive mode",
    "in adaptive retry mode, calls that a fake answers wait for the rate limit",
)
ACQUIRE_TOKEN_ASYNC = Attribute(
    "aiobotocore.retries.bucket", "AsyncTokenBucket.acquire", ACQUIRE_TOKEN.purpose, ACQUIRE_TOKEN.loss
)


def available(retry_quota: Any) -> int:
    """The remaining retry quota of a client."""
    capacity: int = retry_quota.available_capacity
    return capacity


def give_back(retry_quota: Any, capacity: int) -> None:
    """Restore the remaining retry quota of a client to at least ``capacity``."""
    retry_quota.release(capacity - available(retry_quota))


# Requests on their way

MAKE_REQUEST = Attribute(
    "botocore.endpoint",
    "Endpoint.make_request",
    "learn which call is sent and retried, and its HTTP back end",
    "retries of calls that a fake answers wait, and aiobotocore's httpx back end reads assets as the aiohttp one does",
)

_KEEPS_CONTEXT = "context" in inspect.signature(AWSPreparedRequest).parameters


def keep_context(request: Any) -> None:
    """Make a request pass its context on when it is prepared, which newer versions of botocore do themselves."""
    if not _KEEPS_CONTEXT:
        request.prepare = functools.partial(_prepared_with_context, request.prepare, request.context)


def _prepared_with_context(prepare: Callable[[], Any], context: Any) -> Any:
    prepared = prepare()
    prepared.context = context
    return prepared


def httpx_of(http_session: Any) -> Any:
    """The HTTP library of a session if that is httpx or its successor, None for any other."""
    module = sys.modules.get("aiobotocore.httpxsession")
    return module.httpx if module is not None and isinstance(http_session, module.HttpxSession) else None


REPLACED = [value for value in globals().values() if isinstance(value, Attribute)]
"""All attributes that are replaced, for their contract test."""
