"""Caches results of botocore that are the same for each client or call.

Handlers, headers and events of the user are the same as without it: an endpoint is resolved again if a handler has
changed its parameters, a user agent is built again if an option or a feature has changed, and equal strings have equal
results. aiobotocore resolves endpoints in its own way.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from . import botocore_internals as internals
from .patches import Patches

_MAX_PARTS = 1024  # of the user agents of all clients of a process, each of which has about ten
_MAX_STRINGS = 128  # of the queries of all clients: names of parameters, and values that many calls have
_MAX_SERVICES = 16
_MAX_SHAPES = 128  # of strings in responses; not more, because a shape keeps the whole model of its client in memory


class RepeatedWork(Patches):
    """Caches the results while a fake is open, because most tests create their own client."""

    def __init__(self) -> None:
        self._endpoints: WeakKeyDictionary[Any, tuple[dict[str, Any], Any]] = WeakKeyDictionary()
        self._user_agents: WeakKeyDictionary[Any, tuple[tuple[object, ...], str]] = WeakKeyDictionary()
        super().__init__()

    def extend(self) -> None:
        self.replace(internals.COPY_EMITTER, _copy_with_names)
        self.replace(internals.CONSTRUCT_ENDPOINT, self._resolving_once)
        self.replace(internals.USER_AGENT, self._building_once)
        self.replace(internals.SANITISE_USER_AGENT, functools.lru_cache(_MAX_PARTS))
        self.replace(internals.IS_JSON_IN_HEADER, functools.lru_cache(_MAX_SHAPES))
        self.replace(internals.PARSE_SHAPE, _parse_by_type)
        self.replace(internals.PERCENT_ENCODE, _encoding_once)
        self.replace(internals.HYPHENATE_SERVICE, functools.lru_cache(_MAX_SERVICES))

    def _resolving_once(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Resolve the endpoint of a client again only after a handler has changed its parameters."""

        @functools.wraps(original)
        def construct_endpoint(resolver: Any, operation_model: Any, call_args: Any, request_context: Any) -> Any:
            cached = self._endpoints.get(resolver)
            if cached is None and not internals.resolves_by_builtins(resolver):
                return original(resolver, operation_model, call_args, request_context)
            builtins = internals.customised_builtins(resolver, operation_model, call_args, request_context)
            if cached is None or cached[0] != builtins:
                resolving = internals.with_builtins(resolver, builtins)
                cached = dict(builtins), original(resolving, operation_model, call_args, request_context)
                self._endpoints[resolver] = cached
            return cached[1]

        return construct_endpoint

    def _building_once(self, original: Callable[[Any], str]) -> Callable[[Any], str]:
        """Build the user agent of a client again only when its inputs have changed."""

        @functools.wraps(original)
        def to_string(creator: Any) -> str:
            inputs = internals.inputs_of_user_agent(creator)
            if inputs is None:
                return original(creator)
            cached = self._user_agents.get(creator)
            if cached is None or cached[0] != inputs:
                self._user_agents[creator] = cached = inputs, original(creator)
            return cached[1]

        return to_string


def _parse_by_type(original: Callable[..., Any]) -> Callable[..., Any]:
    return internals.parse_by_type if internals.parses_by_type(original) else original


def _encoding_once(original: Callable[..., str]) -> Callable[..., str]:
    encoded = functools.lru_cache(_MAX_STRINGS)(original)

    @functools.wraps(original)
    def percent_encode(value: object, *safe: str, **named: str) -> str:
        # Not other types: a value that is equal to another one may be encoded differently, such as True and 1.
        return (encoded if type(value) is str else original)(value, *safe, **named)

    return percent_encode


def _copy_with_names(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Copy an emitter for a client, with the names of events that the session has cached."""

    @functools.wraps(original)
    def copy(emitter: Any) -> Any:
        copied = original(emitter)
        internals.share_names(copied, of=emitter)
        return copied

    return copy
