"""What this package relies on in botocore and aiobotocore without a promise of theirs, row by row.

A release that changes one of these fails here by the name of the thing and of what it is for, and not elsewhere by a
test that became slow. The rows of aiobotocore are run where it is installed, as in ``tox run -e aio``.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings
from copy import copy
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore.configprovider import ConfigChainFactory
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.parsers import ResponseParser
from botocore.retries.quota import RetryQuota
from botocore.useragent import UserAgentString
from packaging.version import Version

from pytest_codeartifact import CodeArtifactPluginError, CodeArtifactWarning, FakeCodeArtifact
from pytest_codeartifact.doors.interception.botocore_internals import (
    ACCEPTS_KEYWORDS,
    ACQUIRE_RETRY_QUOTA,
    ACQUIRE_TOKEN,
    ACQUIRE_TOKEN_ASYNC,
    BUILD_ENDPOINT_RESOLVER,
    COMPUTE_CLIENT_ARGUMENTS,
    CONSTRUCT_ENDPOINT,
    COPY_EMITTER,
    COPY_HANDLERS,
    CREATE_ENDPOINT,
    CREATE_METHOD,
    FIRST_RESPONSE,
    FIRST_RESPONSE_ASYNC,
    GET_PROXIES,
    HYPHENATE_SERVICE,
    IS_JSON_IN_HEADER,
    MAKE_REQUEST,
    MONITOR,
    PARSE_SHAPE,
    PERCENT_ENCODE,
    REPLACED,
    RULESET,
    SANITISE_USER_AGENT,
    SLEEP,
    USER_AGENT,
    Attribute,
    available,
    copy_handlers,
    credentials_of,
    give_back,
    has_explicit_credentials,
    inputs_of_user_agent,
    parses_by_type,
    proxies_are_variables,
    resolves_by_builtins,
)

# Attributes that are replaced


@pytest.mark.parametrize("attribute", REPLACED, ids=lambda attribute: f"{attribute.path}, to {attribute.purpose}")
def test_replaced_attributes_exist(attribute: Attribute) -> None:
    found(attribute.module, attribute.path)

    assert attribute.owner() is not None


ONLY_WHILE_A_FAKE_IS_OPEN = [
    *(FIRST_RESPONSE, FIRST_RESPONSE_ASYNC, SLEEP, ACQUIRE_RETRY_QUOTA, ACQUIRE_TOKEN, ACQUIRE_TOKEN_ASYNC),
    *(MAKE_REQUEST, COPY_EMITTER, CONSTRUCT_ENDPOINT, USER_AGENT, SANITISE_USER_AGENT, IS_JSON_IN_HEADER),
    *(PARSE_SHAPE, PERCENT_ENCODE, HYPHENATE_SERVICE),
    *(COPY_HANDLERS, ACCEPTS_KEYWORDS, CREATE_ENDPOINT, GET_PROXIES, COMPUTE_CLIENT_ARGUMENTS),
    *(BUILD_ENDPOINT_RESOLVER, RULESET, CREATE_METHOD),
]


@pytest.mark.parametrize("attribute", ONLY_WHILE_A_FAKE_IS_OPEN, ids=lambda attribute: attribute.path)
def test_attributes_replaced_for_a_fake_are_restored(attribute: Attribute) -> None:
    before = found(attribute.module, attribute.path)

    with FakeCodeArtifact():
        during = found(attribute.module, attribute.path)

    assert during is not before
    assert found(attribute.module, attribute.path) is before


def test_a_missing_name_is_warned_about_once() -> None:
    gone = Attribute("botocore.endpoint", "Endpoint.no_more", "sleep less", "retries sleep")

    with pytest.warns(
        CodeArtifactWarning, match=r"botocore .* has no botocore.endpoint.Endpoint.no_more: retries sleep"
    ):
        assert gone.owner() is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gone.owner() is None


def test_no_fake_opens_if_a_name_that_safety_depends_on_is_missing() -> None:
    gone = Attribute("botocore.no_more", "Session.no_more", "look up no keys")

    with pytest.raises(
        CodeArtifactPluginError, match=r"no botocore.no_more.Session.no_more, and no fake is safe without it"
    ):
        gone.owner()


def test_names_of_packages_that_are_not_imported_are_not_missing() -> None:
    assert Attribute("not_imported.session", "Session.create_client", "make clients").owner() is None


# What is read in the installed source


class Row(NamedTuple):
    """A text that must occur in the source of an object, and the assumption that depends on it."""

    module: str
    path: str
    text: str
    purpose: str


ROWS = [
    Row(
        "botocore.endpoint",
        "Endpoint._needs_retry",
        "handler_response = first_non_none_response(responses)",
        "take no time for what a handler asks for",
    ),
    Row("botocore.endpoint", "Endpoint._needs_retry", "time.sleep(handler_response)", "sleep what handlers return"),
    Row("botocore.endpoint", "Endpoint._do_get_response", "emit(event_name, request=request)", "answer a request"),
    Row("botocore.endpoint", "Endpoint._send_request", "context = request_dict['context']", "keep the call's context"),
    Row("botocore.endpoint", "Endpoint.prepare_request", "request.prepare()", "hand on the context of a request"),
    Row(
        "botocore.endpoint",
        "Endpoint.make_request",
        "self._send_request(request_dict, operation_model)",
        "know which call is at work through all its attempts",
    ),
    Row("botocore.awsrequest", "create_request_object", "request_object.context", "find a request's context"),
    Row(
        "botocore.client",
        "BaseClient._make_request",
        ".make_request(operation_model, request_dict)",
        "tell the back end",
    ),
    Row("botocore.client", "BaseClient._make_api_call", "request_signer=self._request_signer", "read the access key"),
    Row("botocore.client", "BaseClient._make_api_call", "context=request_context", "note to which fake a call belongs"),
    Row("botocore.client", "BaseClient._make_api_call", "'client_region'", "know the caller's region"),
    Row("botocore.client", "BaseClient._make_api_call", "'client_config'", "know what is known of the client"),
    Row("botocore.signers", "RequestSigner._choose_signer", "context=context", "leave requests unsigned"),
    Row("botocore.signers", "RequestSigner.sign", "request=request,", "ask the guard before a request is signed"),
    Row("botocore.signers", "RequestSigner.sign", "operation_name=operation_name", "name the operation in a refusal"),
    Row("botocore.signers", "RequestSigner.__init__", "self._credentials = credentials", "read the access key"),
    Row(
        "botocore.retries.standard", "RetryQuotaChecker.acquire_retry_quota", "_quota.acquire(", "note what is used up"
    ),
    Row("botocore.retries.adaptive", "ClientRateLimiter.on_sending_request", "_bucket.acquire()", "skip the wait"),
    Row(
        "botocore.args",
        "ClientArgsCreator.get_client_args",
        "copy.copy(self._event_emitter)",
        "share the names of events",
    ),
    Row("botocore.hooks", "EventAliaser.__init__", "self._alias_name_cache = {}", "share the names of events"),
    Row(
        "botocore.hooks",
        "EventAliaser._alias_event_name",
        "self._alias_name_cache[event_name] = event_name",
        "share the names of events",
    ),
    Row("botocore.hooks", "EventAliaser.__copy__", "copy.copy(self._event_aliases)", "know that they mean the same"),
    Row(
        "botocore.regions",
        "EndpointRulesetResolver.construct_endpoint",
        "self._get_provider_params(operation_model, call_args, request_context)",
        "resolve an endpoint once",
    ),
    Row(
        "botocore.regions",
        "EndpointRulesetResolver._get_provider_params",
        "self._get_customized_builtins(operation_model, call_args, request_context)",
        "resolve an endpoint once",
    ),
    Row(
        "botocore.regions",
        "EndpointRulesetResolver._get_customized_builtins",
        "copy.copy(self._builtins)",
        "compare what handlers have changed",
    ),
    Row("botocore.client", "BaseClient._resolve_endpoint_ruleset", ".construct_endpoint(", "resolve an endpoint once"),
    Row(
        "botocore.useragent",
        "UserAgentComponent.to_string",
        "sanitize_user_agent_string_component(",
        "look at each part of the user agent once",
    ),
    Row(
        "botocore.utils",
        "percent_encode_sequence",
        "f'{percent_encode(key)}={percent_encode(value)}'",
        "encode each text of a query once",
    ),
    Row("botocore.model", "ServiceId.hyphenize", "hyphenize_service_id(self)", "build the name of the service once"),
    Row(
        "botocore.parsers",
        "BaseRestParser._handle_string",
        "is_json_value_header(shape)",
        "look at the shape of each text once",
    ),
    Row("botocore.hooks", "HierarchicalEmitter.__copy__", "copy.copy(self._handlers)", "copy handlers"),
    Row(
        "botocore.hooks",
        "_PrefixTrie.append_item",
        "new_child = {'chunk': part, 'values': None, 'children': {}}",
        "copy a node of handlers",
    ),
    Row("botocore.hooks", "_PrefixTrie.append_item", "current['values'] = NodeList([], [], [])", "copy handlers"),
    Row("botocore.hooks", "BaseEventHooks._verify_accept_kwargs", "if not accepts_kwargs(func)", "look at the code"),
    Row("botocore.compat", "accepts_kwargs", "return inspect.getfullargspec(func)[2]", "look at the code"),
    Row("botocore.endpoint", "EndpointCreator.create_endpoint", "http_session_cls=URLLib3Session", "create it later"),
    Row("botocore.endpoint", "EndpointCreator._get_proxies", "get_environ_proxies(url)", "look for variables first"),
    Row("botocore.utils", "get_environ_proxies", "return getproxies()", "look for variables first"),
    Row(
        "botocore.httpsession",
        "URLLib3Session._get_pool_manager_kwargs",
        "'ssl_context': self._get_ssl_context()",
        "make the TLS context later",
    ),
    Row(
        "botocore.httpsession",
        "URLLib3Session.__init__",
        "self._manager = PoolManager(**self._get_pool_manager_kwargs())",
        "make the TLS context later",
    ),
    Row(
        "botocore.endpoint_provider",
        "EndpointProvider.__init__",
        "self.ruleset = RuleSet(**ruleset_data, partitions=partition_data)",
        "build rules once",
    ),
    Row(
        "botocore.client",
        "ClientCreator._create_methods",
        "self._create_api_method(py_operation_name, operation_name, service_model)",
        "share the code of methods",
    ),
    Row(
        "botocore.docs.docstring",
        "LazyLoadedDocstring._generate",
        "self._docstring = self._create_docstring()",
        "prepare it when it is read",
    ),
    Row("botocore.docs.docstring", "LazyLoadedDocstring.__init__", "self._gen_args = args", "prepare it later"),
    Row("botocore.configprovider", "ScopedConfigProvider.provide", "self._session.get_scoped_config()", "once"),
    Row("botocore.session", "Session.create_client", "self.get_auth_token()", "look up no bearer token"),
    Row("botocore.session", "Session.create_client", f"component('{MONITOR}')", "start no client-side monitoring"),
    Row("botocore.session", "Session.create_client", "get_component('data_loader')", "load data without the profile"),
    Row("botocore.session", "Session._add_configured_endpoint_provider", "ConfiguredEndpointProvider(", "ignore ours"),
    Row(
        "aiobotocore.endpoint",
        "AioEndpoint._needs_retry",
        "handler_response = first_non_none_response(responses)",
        "take no time for what a handler asks for",
    ),
    Row("aiobotocore.endpoint", "AioEndpoint._needs_retry", "sleep(handler_response)", "sleep what handlers return"),
    Row(
        "aiobotocore.endpoint", "AioEndpoint._do_get_response", "emit(event_name, request=request)", "answer a request"
    ),
    Row(
        "aiobotocore.client", "AioBaseClient._make_request", ".make_request(operation_model, request_dict)", "back end"
    ),
    Row("aiobotocore.client", "AioBaseClient._make_api_call", "request_signer=self._request_signer", "the access key"),
    Row(
        "aiobotocore.client", "AioBaseClient._make_api_call", "context=request_context", "note to which fake it belongs"
    ),
    Row(
        "aiobotocore.retries.adaptive",
        "AsyncClientRateLimiter.on_sending_request",
        "_bucket.acquire()",
        "skip the wait",
    ),
    Row("aiobotocore.session", "AioSession.create_client", "self._create_client(", "create clients with dummy keys"),
    Row("aiobotocore.session", "AioSession._create_client", f"component('{MONITOR}')", "start no monitoring"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.path} has {row.text}, to {row.purpose}")
def test_the_installed_source_has_the_text_that_is_relied_on(row: Row) -> None:
    source = inspect.getsource(inspect.unwrap(found(row.module, row.path)))

    assert without_blanks(row.text) in without_blanks(source)


# Attributes that are called and read


SIGNATURES = [
    ("botocore.session", "Session.create_client", ["service_name", "region_name", "config", "aws_access_key_id"]),
    ("botocore.session", "Session.create_client", ["aws_secret_access_key", "aws_session_token"]),
    ("botocore.endpoint", "Endpoint.make_request", ["operation_model", "request_dict"]),
    ("botocore.hooks", "HierarchicalEmitter.register_first", ["event_name", "handler", "unique_id"]),
    ("botocore.hooks", "HierarchicalEmitter.register_last", ["event_name", "handler", "unique_id"]),
    ("botocore.configprovider", "ConfigChainFactory.__init__", ["session", "environ"]),
    (
        "botocore.configprovider",
        "ConfigChainFactory.create_config_chain",
        ["instance_name", "env_var_names", "config_property_names", "default", "conversion_func"],
    ),
    ("botocore.configprovider", "ConfiguredEndpointProvider.__init__", ["environ"]),
    ("botocore.loaders", "Loader.__init__", ["extra_search_paths", "include_default_search_paths"]),
    (
        "aiobotocore.session",
        "AioSession._create_client",
        ["service_name", "region_name", "config", "aws_access_key_id"],
    ),
]


@pytest.mark.parametrize(("module", "path", "names"), SIGNATURES, ids=lambda value: str(value))
def test_functions_have_the_parameters_that_are_passed_by_name(module: str, path: str, names: list[str]) -> None:
    assert set(names) <= set(inspect.signature(inspect.unwrap(found(module, path))).parameters)


def test_the_retry_quota_of_a_client_can_be_restored() -> None:
    quota = RetryQuota()
    quota.acquire(100)

    give_back(quota, RetryQuota.INITIAL_CAPACITY)

    assert available(quota) == RetryQuota.INITIAL_CAPACITY


def test_explicit_keys_of_a_session_are_distinguished_from_looked_up_ones() -> None:
    given, looked_up, neither = (botocore.session.Session() for _ in range(3))
    given.set_credentials("key", "secret")
    looked_up._credentials = Credentials("key", "secret", method="env")

    assert list(map(has_explicit_credentials, (given, looked_up, neither))) == [True, False, False]


def test_the_credentials_of_a_client_are_found_in_its_signer() -> None:
    session = botocore.session.Session()
    client = session.create_client("codeartifact", "us-east-1", aws_access_key_id="key", aws_secret_access_key="secret")
    signers: list[Any] = []
    client.meta.events.register("before-call", lambda request_signer, **_: signers.append(request_signer))

    with FakeCodeArtifact():
        client.list_domains()

    assert credentials_of(signers[0]).access_key == "key"


def test_a_session_reads_the_region_from_one_variable_without_a_default() -> None:
    _, variables, default, conversion = botocore.session.Session().session_var_map["region"]

    assert variables == "AWS_DEFAULT_REGION"
    assert (default, conversion) == (None, None)


def test_a_chain_of_configuration_reads_the_given_environment() -> None:
    chain = ConfigChainFactory(botocore.session.Session(), environ={"REGION": "eu-west-3"}).create_config_chain(
        instance_name="region", env_var_names="REGION"
    )

    assert chain.provide() == "eu-west-3"


def test_a_client_created_while_a_fake_is_open_shares_the_event_names_of_its_session() -> None:
    session = botocore.session.Session()
    with FakeCodeArtifact():
        first, second = (session.create_client("codeartifact", "us-east-1") for _ in range(2))
        first.list_domains()
    other = session.create_client("codeartifact", "us-east-1", aws_access_key_id="key", aws_secret_access_key="secret")

    assert "before-send.codeartifact.ListDomains" in second.meta.events._alias_name_cache
    assert "before-send.codeartifact.ListDomains" not in other.meta.events._alias_name_cache


def test_copied_handlers_equal_those_that_botocore_copies() -> None:
    emitter = botocore.session.Session().get_component("event_emitter")
    emitter.register_first("before-call.codeartifact", lambda **_: None)
    emitter.register_last("before-call.*.ListDomains", lambda **_: None)
    trie = emitter._emitter._handlers

    copied, copied_by_botocore = copy_handlers(trie), copy(trie)

    assert (type(copied), vars(copied)) == (type(trie), vars(copied_by_botocore))
    assert not containers_of(copied._root) & containers_of(trie._root)


def containers_of(node: Any) -> set[int]:
    """The identities of all dictionaries and lists in a tree of handlers."""
    children = [node, node["children"], *(node["values"] or ())]
    return set(map(id, children)).union(*map(containers_of, node["children"].values()))


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="these systems have settings of proxies")
def test_proxies_are_read_from_variables_only() -> None:
    assert proxies_are_variables()


def test_a_connection_gets_the_tls_context_of_its_http_session() -> None:
    http_session = found("botocore.httpsession", "URLLib3Session")()
    manager, context = http_session._manager, object()
    manager.connection_pool_kw["ssl_context"] = context

    assert manager.connection_from_url("https://test").conn_kw["ssl_context"] is context


@pytest.mark.parametrize("function", [COMPUTE_CLIENT_ARGUMENTS, BUILD_ENDPOINT_RESOLVER], ids=lambda each: each.path)
def test_no_handlers_are_called_while_the_configuration_of_a_client_is_read(function: Attribute) -> None:
    assert "emit(" not in inspect.getsource(found(function.module, function.path))


def test_an_endpoint_of_codeartifact_depends_on_builtins_only() -> None:
    session = botocore.session.Session()
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    clients = [session.create_client(name, "us-east-1", **keys) for name in ("codeartifact", "ecr")]
    model = clients[0].meta.service_model
    operations = [model.operation_model(name) for name in model.operation_names]

    assert [resolves_by_builtins(client._ruleset_resolver) for client in clients] == [True, False]
    assert not any(
        operation.static_context_parameters
        or operation.context_parameters
        or getattr(operation, "operation_context_parameters", None)  # since botocore 1.36
        for operation in operations
    )


def test_a_value_of_a_response_is_parsed_by_the_method_for_its_type() -> None:
    assert parses_by_type(ResponseParser._parse_shape)


@pytest.mark.skipif(
    Version(botocore.__version__) < Version("1.44.8"), reason="older versions of botocore do not list the inputs"
)
def test_botocore_lists_the_inputs_of_a_user_agent() -> None:
    creator = UserAgentString.from_environment()
    builds = without_blanks(inspect.getsource(UserAgentString._build_feature_metadata))

    assert inputs_of_user_agent(creator) is not None
    assert "self._get_static_parts()" in inspect.getsource(inspect.unwrap(UserAgentString.to_string))
    assert "self._static_inputs()" in inspect.getsource(UserAgentString._get_static_parts)
    assert "client_features.union(context_features)" in builds
    assert "self._client_featuresorset()" in builds
    assert "ctx.features" in builds


def test_a_loader_of_the_built_in_path_has_the_data_of_the_service() -> None:
    assert "codeartifact" in Loader(
        extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False
    ).list_available_services("service-2")


def test_the_endpoint_of_aiobotocore_inherits_make_request() -> None:
    assert "make_request" not in vars(found("aiobotocore.endpoint", "AioEndpoint"))
    assert issubclass(found("aiobotocore.endpoint", "AioEndpoint"), found("botocore.endpoint", "Endpoint"))


def test_the_httpx_back_end_of_aiobotocore_has_the_expected_names() -> None:
    pytest.importorskip("aiobotocore.httpxsession", reason="this aiobotocore knows aiohttp only")

    assert hasattr(sys.modules["aiobotocore.httpxsession"], "httpx")
    assert inspect.isclass(found("aiobotocore.httpxsession", "HttpxSession"))
    if hasattr(found("aiobotocore.response", ""), "AioHttpxStreamingBody"):
        source = inspect.getsource(found("aiobotocore.endpoint", "convert_to_response_dict"))
        assert "isinstance(http_response.raw, httpx.Response)" in source


def found(module: str, path: str) -> Any:
    """The object at a dotted path. The test is skipped without aiobotocore, and fails if there is no such object."""
    if module.startswith("aiobotocore"):
        pytest.importorskip("aiobotocore.session", reason="needs aiobotocore, as in `tox run -e aio`")
    thing: Any = importlib.import_module(module)
    for name in filter(None, path.split(".")):
        assert hasattr(thing, name), f"{module} has no {path} any more"
        thing = getattr(thing, name)
    return thing


def without_blanks(source: str) -> str:
    return "".join(source.split()).replace('"', "'")
