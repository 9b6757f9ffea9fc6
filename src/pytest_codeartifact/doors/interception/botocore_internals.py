"""Everything of botocore and aiobotocore that they do not promise to keep: all that this package relies on, by purpose.

Nothing else here touches a private name of theirs. A release that renames one of these fails by its name in
``tests/doors/test_botocore_internals.py``, which has a test for each row.

Most are attributes that are replaced for a while, see :mod:`.patches`. If one is gone, one warning says what does not
work without it. No fake is opened without those on which safety depends.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.credentials import Credentials, RefreshableCredentials

from ...errors import CodeArtifactPluginError


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a module, or of a class in it, that is replaced for a while.

    ``loss`` says what does not work without it; empty if no fake may be opened without it.
    """

    module: str
    path: str
    purpose: str
    loss: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def owner(self) -> Any:
        """What has the attribute; None if aiobotocore is not imported, or the attribute is gone: that is told once.

        :raises CodeArtifactPluginError: it is gone, and no fake may be opened without it.
        """
        package = self.module.partition(".")[0]
        if f"{package}.session" not in sys.modules:
            return None
        owner = sys.modules.get(self.module)
        for name in self.path.split(".")[:-1]:
            owner = getattr(owner, name, None)
        if hasattr(owner, self.name):
            return owner
        _tell(f"{package} {sys.modules[package].__version__} has no {self.module}.{self.path} any more", self.loss)
        return None


@functools.cache
def _tell(what: str, loss: str) -> None:
    if not loss:
        raise CodeArtifactPluginError(f"{what}, and no fake is safe without it. Update pytest-codeartifact.")
    from ...service import CodeArtifactWarning  # here, because at the first session nobody needs it yet

    warnings.warn(f"{what}: {loss}. Update pytest-codeartifact.", CodeArtifactWarning, stacklevel=2)


# Making clients

CREATE_CLIENT = Attribute("botocore.session", "Session.create_client", "make clients with dummy keys and a region")
CREATE_ASYNC_CLIENT = Attribute("aiobotocore.session", "AioSession._create_client", "the same, awaited")
GET_COMPONENT = Attribute("botocore.session", "Session.get_component", "load data without the profile")
GET_SCOPED_CONFIG = Attribute("botocore.session", "Session.get_scoped_config", "do without the profile")
GET_AUTH_TOKEN = Attribute("botocore.session", "Session.get_auth_token", "look up no bearer token")
GET_INTERNAL_COMPONENT = Attribute(
    "botocore.session",
    "Session._get_internal_component",
    "start no client-side monitoring",
    "a client that is made under a fake may report its calls to an agent for client-side monitoring",
)
CONFIGURED_ENDPOINT = Attribute(
    "botocore.session", "ConfiguredEndpointProvider", "ignore the endpoint that is meant for child processes"
)

COPY_EMITTER = Attribute(
    "botocore.hooks",
    "EventAliaser.__copy__",
    "let clients share what they know of the names of events",
    "the first calls of each new client take longer",
)

MONITOR = "monitor"
"""The name of the internal component that reports calls to an agent."""


def share_names(emitter: Any, of: Any) -> None:
    """Let an emitter know the names of events that another one has met, and the other way round.

    Each makes the same of a name, but takes longer at the first time: it looks for some sixty old names in it.
    """
    emitter._alias_name_cache = of._alias_name_cache


def credentials_of(request_signer: Any) -> Any:
    """The credentials that a client signs with."""
    return request_signer._credentials


def has_credentials_of_its_own(session: Any) -> bool:
    """Whether a session was given keys, and has not looked them up."""
    known = session._credentials
    return are_at_hand(known) and known.method == "explicit"


def are_at_hand(credentials: Any) -> bool:
    """Whether credentials can be read without asking anybody."""
    return isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials)


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
    "not even sleep for no time, which a test may count",
    "time.sleep(0) is called before a retry of a call that a fake answers",
)
ACQUIRE_RETRY_QUOTA = Attribute(
    "botocore.retries.quota",
    "RetryQuota.acquire",
    "give back what calls to a fake use up",
    "a client that outlives a test lacks the retries that the test has used up",
)
ACQUIRE_TOKEN = Attribute(
    "botocore.retries.bucket",
    "TokenBucket.acquire",
    "not wait for the rate of adaptive mode",
    "in adaptive retry mode, calls that a fake answers wait for the rate to allow them",
)
ACQUIRE_TOKEN_ASYNC = Attribute(
    "aiobotocore.retries.bucket", "AsyncTokenBucket.acquire", ACQUIRE_TOKEN.purpose, ACQUIRE_TOKEN.loss
)


def available(retry_quota: Any) -> int:
    """How much is left of a client's quota of retries."""
    capacity: int = retry_quota.available_capacity
    return capacity


def give_back(retry_quota: Any, capacity: int) -> None:
    """Let a client's quota of retries have at least this much left."""
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
    """Let a request hand on its context when it is prepared, which it does by itself in newer versions of botocore."""
    if not _KEEPS_CONTEXT:
        request.prepare = functools.partial(_prepared_with_context, request.prepare, request.context)


def _prepared_with_context(prepare: Callable[[], Any], context: Any) -> Any:
    prepared = prepare()
    prepared.context = context
    return prepared


def httpx_of(http_session: Any) -> Any:
    """The library of a client's HTTP session, if that is httpx or its successor; None for any other."""
    module = sys.modules.get("aiobotocore.httpxsession")
    return module.httpx if module is not None and isinstance(http_session, module.HttpxSession) else None


REPLACED = [value for value in globals().values() if isinstance(value, Attribute)]
"""All attributes that are replaced, for their contract test."""
