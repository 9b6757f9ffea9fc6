"""Skips work that botocore repeats with the same result for each client.

Clients are the same as without it: values that depend on the environment, the configuration or the handlers of a
session are read for each client.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

from . import botocore_internals as internals
from . import look_ups
from .patches import Patches

_once = functools.lru_cache(maxsize=1)  # a function is wrapped once, and not again by each fake that is opened


class RepeatedCreation(Patches):
    """Skips the repeated work while a fake is open, because most tests create their own client."""

    def extend(self) -> None:
        self.replace(internals.COPY_HANDLERS, lambda _: internals.copy_handlers)
        self.replace(internals.ACCEPTS_KEYWORDS, _accepts_keywords)
        self.replace(internals.CREATE_ENDPOINT, _create_endpoint)
        self.replace(internals.GET_PROXIES, _get_proxies)
        self.replace(internals.RULESET, _built_once)
        self.replace(internals.CREATE_METHOD, _create_method)
        # These two call no handlers, which could change the profile.
        self.replace(internals.COMPUTE_CLIENT_ARGUMENTS, look_ups.caching_scoped_config)
        self.replace(internals.BUILD_ENDPOINT_RESOLVER, look_ups.caching_scoped_config)


@_once
def _accepts_keywords(original: Callable[..., Any]) -> Callable[..., Any]:
    """Read whether a handler accepts any keywords from its code, unless it was given another signature."""

    @functools.wraps(original)
    def accepts_kwargs(handler: Any) -> Any:
        function = handler.__func__ if isinstance(handler, MethodType) else handler
        if isinstance(function, FunctionType) and not hasattr(function, "__signature__"):
            return bool(function.__code__.co_flags & inspect.CO_VARKEYWORDS)
        return original(handler)

    return accepts_kwargs


@_once
def _create_endpoint(original: Callable[..., Any]) -> Callable[..., Any]:
    """Create an endpoint whose TLS context is created with its first request."""

    @functools.wraps(original)
    def create_endpoint(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **{"http_session_cls": internals.SessionWithoutContext, **kwargs})

    return create_endpoint


@_once
def _get_proxies(original: Callable[..., Any]) -> Callable[..., Any]:
    """Look up the proxies for a URL only if a variable for a proxy is set."""

    @functools.wraps(original)
    def get_environ_proxies(url: Any) -> Any:
        if internals.proxies_are_variables() and not any(name[-6:].lower() == "_proxy" for name in os.environ):
            return {}
        return original(url)

    return get_environ_proxies


@_once
def _built_once(original: Callable[..., Any]) -> Callable[..., Any]:
    """Build the rules of endpoints again only if their data differ from those of the previous client.

    They are cached across tests, as a loader caches the data.
    """
    built: tuple[dict[str, Any], Any] = {}, None

    @functools.wraps(original)
    def ruleset(**data: Any) -> Any:
        nonlocal built
        cached, rules = built
        if cached.keys() != data.keys() or any(cached[name] is not data[name] for name in data):
            rules = original(**data)
            built = data, rules
        return rules

    return ruleset


@_once
def _create_method(original: Callable[..., Any]) -> Callable[..., Any]:
    """Create the method of an operation from the code that other clients use.

    Each client has a separate function. Nothing is shared if botocore's function depends on more than the two names.
    """
    cached: dict[tuple[str, str], FunctionType] = {}

    @functools.wraps(original)
    def create_api_method(creator: Any, python_name: str, name: str, model: Any) -> Any:
        method = cached.get((python_name, name))
        if method is None:
            created = original(creator, python_name, name, model)
            if not _depends_on(created, {python_name, name}):
                return created
            method = cached[python_name, name] = _copy(created)
        method = _copy(method)
        method.__doc__ = internals.DocstringOfMethod(original, creator, python_name, name, model)
        return method

    return create_api_method


def _depends_on(function: Any, values: set[str]) -> bool:
    """Whether it is a plain function whose closure has exactly these values."""
    return (
        isinstance(function, FunctionType)
        and not (vars(function) or function.__defaults__ or function.__kwdefaults__)
        and {cell.cell_contents for cell in function.__closure__ or ()} == values
    )


def _copy(function: FunctionType) -> FunctionType:
    """A copy of a function, without its documentation."""
    copied = FunctionType(function.__code__, function.__globals__, function.__name__, None, function.__closure__)
    copied.__qualname__ = function.__qualname__  # which older Pythons do not find in the code
    return copied
