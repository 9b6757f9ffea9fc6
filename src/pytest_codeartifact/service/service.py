"""Turns a request into a response, for all doors.

::

    match -> read -> check -> apply planned faults -> run the operation -> serialise -> record

An operation runs on a fork of the state, which is adopted when the operation succeeds. An operation that raises changes
nothing. The lock is held while an operation runs and is recorded, but not while a fault or its condition runs.
"""

from __future__ import annotations

import threading
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from .. import wire
from ..clock import ServiceClock
from ..errors import OperationNotImplemented, SeedError, ServiceError, without_frames
from ..http import Caller, Disturbed, Request, Response
from ..journal import kept_effects
from ..journal.call import Call
from ..journal.events import Event, Events
from ..journal.journal import Journal, Step
from ..names.permissions import MANAGER_PERMISSIONS
from ..operations import implementation
from ..rules.authorization_tokens import AuthorizationTokens
from ..rules.effects import Effect
from ..rules.paging import Tokens
from ..rules.scope import Scope
from ..settings import Options
from ..state.quotas import Quotas
from ..state.store import State
from . import hints
from .faults import Faults, Trouble

if TYPE_CHECKING:
    from ..literals import OperationName

_Result = TypeVar("_Result")


class CodeArtifactWarning(UserWarning):
    """A probable mistake in a test, for example a seed in another region than that of the client."""


class Service:
    """The core of one fake: state, clock, quotas, journal, faults and events. Independent of clients and handles."""

    def __init__(
        self,
        caller: Caller,
        options: Options,
        state: State | None = None,
        clock: ServiceClock | None = None,
        quotas: Quotas | None = None,
    ) -> None:
        self.caller = caller
        self.options = options
        self.state = state or State()
        self.clock = clock or ServiceClock()
        self.quotas = quotas or Quotas()
        self.accounts: dict[str, str] = {}
        self.journal = Journal(wire.operation_names() | MANAGER_PERMISSIONS)
        self.faults = Faults()
        self.events = Events()
        self.is_open = False
        self.servers: list[str] = []
        """The URLs of the servers that are open for it, the last one opened last."""
        self.forks: weakref.WeakSet[Service] = weakref.WeakSet()
        self._tokens = Tokens()
        self.authorization_tokens = AuthorizationTokens()
        # Held while the state is read and replaced and a call is recorded. Reentrant, because seeds may be nested.
        self.lock = threading.RLock()

    def fork(self, caller: Caller, options: Options | None) -> Service:
        """An independent copy of the state, clock, quotas and access keys, with an empty journal and no faults."""
        with self.lock:
            forked = Service(
                caller, options or self.options, self.state.fork(), self.clock.fork(), replace(self.quotas)
            )
            forked.accounts.update(self.accounts)
            forked.authorization_tokens = self.authorization_tokens.fork()
            self.forks.add(forked)
            return forked

    def renew_locks(self) -> None:
        """Replace the locks in a forked child process, which lacks the threads that may hold them."""
        self.lock = threading.RLock()
        self.faults.renew_locks()

    def handle(self, request: Request) -> Response | Disturbed:
        """Answer a request.

        :raises OperationNotImplemented: the operation is in the model, but not implemented.
        """
        name, params = f"{request.method} {request.path}", wire.Params()
        answer: Response | Disturbed
        try:
            # `name` and `params` are what is known so far: if the next line raises, the call is recorded with them.
            operation = wire.match(request)
            name = operation.name
            params = operation.read(request)
            operation.check(params)
            trouble = self.faults.apply(_call(request, name, params, None)) if self.faults.planned else None
            if trouble is None:
                answer, events = self._answer(operation, request, params)
            else:
                answer, events = self._disturbed(operation, request, params, trouble)
        except ServiceError as error:
            self._hint(request, name, error, params)
            return self._refused(request, name, params, error)
        except Exception as error:
            self._record(request, _call(request, name, params, None, without_frames(error)))
            raise
        self.events.send(events)  # outside of the lock, because listeners may call the fake
        return answer

    def refuse(self, request: Request, error: ServiceError) -> Response:
        """Answer a request with an error before it is read, and record it with its method and path."""
        return self._refused(request, f"{request.method} {request.path}", wire.Params(), error)

    def _refused(self, request: Request, name: str, params: wire.Params, error: ServiceError) -> Response:
        """Record a call that is answered with an error. The record keeps the error without its frames."""
        error.__traceback__ = error.__context__ = error.__cause__ = None
        self._record(request, _call(request, name, params, None, error))
        return wire.serialise_error(error)

    def _answer(
        self,
        operation: wire.Operation,
        request: Request,
        params: wire.Params,
        failing: Mapping[str, str] | None = None,
        client_error: Exception | None = None,
    ) -> tuple[Response, list[Event]]:
        """Carry out a call and record it.

        :param failing: the versions whose failure is planned, see :meth:`.FakeCodeArtifact.fail_versions`.
        :param client_error: the exception that the client sees if the response is lost.
        :returns: the response, and the events to deliver.
        """
        with self.lock:
            before = self.state_before_call()
            result, scope = self._run(operation, request, params, failing)
            response = operation.serialise(result)
            call = _call(request, operation.name, params, None if client_error else response, client_error)
            return response, self.record(call, request.headers, scope.effects, before)

    def _disturbed(
        self, operation: wire.Operation, request: Request, params: wire.Params, trouble: Trouble | Exception
    ) -> tuple[Response | Disturbed, list[Event]]:
        """Answer a call with its planned exception, or carry it out and disturb its response."""
        if isinstance(trouble, Exception):
            self._record(request, _call(request, operation.name, params, None, trouble))
            return Disturbed(0, None, without_frames(trouble)), []
        # The call is carried out even if its response is late or lost, as on the real service.
        seconds, client_error = _perceived_delay(trouble.seconds, request.patience)
        # A stream is returned as it is: the client finds out that it is too short when it reads it.
        if trouble.breaks_off and not operation.streams:
            client_error = wire.connection_closed()
        response, events = self._answer(operation, request, params, trouble.failing, client_error)
        response = trouble.arrived(response)
        seen = response if client_error is None else without_frames(client_error)
        return Disturbed(seconds, response, seen) if seconds or client_error else response, events

    def state_before_call(self) -> State | None:
        """A fork of the state, None if no block records the changes of calls. The caller holds the lock."""
        return self.state.fork() if self.journal.records_steps else None

    def record(
        self, call: Call, headers: Mapping[str, str], effects: Sequence[Effect], before: State | None
    ) -> list[Event]:
        """Record a call that was carried out. The caller holds the lock.

        :param before: the result of :meth:`state_before_call`.
        :returns: the events to deliver.
        """
        compact = kept_effects.compact_effects(effects)
        number = self.journal.record(call, headers, compact)
        if before is not None:
            self.journal.add_step(Step(number, before, self.state.fork()))
        return self.events.record(compact)

    @property
    def may_run_test_code(self) -> bool:
        """Whether a call may run functions of the test: event listeners, or conditions of faults."""
        return self.faults.planned or self.events.has_listeners

    @property
    def has_open_fork(self) -> bool:
        """Whether this is a shared seed, and a test has a fork of it open that receives the calls."""
        return not self.is_open and any(fork.is_open for fork in self.forks)

    @contextmanager
    def writing(self) -> Iterator[State]:
        """A fork of the state to write to. It is adopted at the end of the block, unless the block raises.

        :raises SeedError: a fork is open. Its test would not see the changes, but all later tests would.
        """
        if self.has_open_fork:
            raise SeedError(
                "This is the seed that all tests share, and the test runs on a fork of it. Write to the fork instead: "
                "the fixture `codeartifact`."
            )
        with self.lock:
            draft = self.state.fork()
            yield draft
            self.state.adopt(draft)

    def within(self, caller: Caller, work: Callable[[Scope], _Result]) -> _Result:
        """Run a function of a handle under the rules of the service, as an operation runs."""
        with self.writing() as draft:
            scope = self.scope(draft, caller)
            result = work(scope)
            events = self.events.record(kept_effects.compact_effects(scope.effects))
        self.events.send(events)
        return result

    def _run(
        self, operation: wire.Operation, request: Request, params: wire.Params, failing: Mapping[str, str] | None
    ) -> tuple[wire.Members, Scope]:
        function = implementation(operation.function_name)
        if function is None:
            raise OperationNotImplemented(
                f"This version of pytest-codeartifact does not implement the CodeArtifact operation {operation.name}."
            )
        draft = self.state.fork()
        scope = self.scope(draft, request.caller)
        scope.operation, scope.params = operation.name, params
        scope.served_at = request.served_at or next(reversed(self.servers), None)
        scope.planned_failures = failing or {}
        scope.check_token()
        result = function(scope, **operation.keywords(params))
        self.state.adopt(draft)
        return result, scope

    def scope(self, state: State, caller: Caller) -> Scope:
        """The scope of a call of this caller."""
        return Scope(state, caller, self.clock, self.quotas, self._tokens, self.authorization_tokens, self.options)

    def _record(self, request: Request, call: Call) -> None:
        with self.lock:
            self.journal.record(call, request.headers)

    def _hint(self, request: Request, name: str, error: ServiceError, params: wire.Params) -> None:
        """Record hints about a refused call for the report of its test. Warn about a probable mistake in the test."""
        elsewhere = hints.domain_elsewhere(self.state, request, error, params)
        unregistered = hints.unregistered_key(self.accounts, request, error)
        self.journal.hints.update(dict.fromkeys(hint for hint in (elsewhere, unregistered) if hint is not None))
        if elsewhere is not None:
            _warn(request, name, elsewhere)


def _warn(request: Request, name: str, hint: str) -> None:
    """Warn at the line that made the call, or with the URL of the server that a call of another process came to."""
    file, line = request.where or ("a client of this process", 0)
    if request.served_at is not None:
        file, hint = request.served_at, f"{name}, called through the server: {hint}"
    with suppress(CodeArtifactWarning):  # with -W error, the client still gets the response of the service
        warnings.warn_explicit(hint, CodeArtifactWarning, file, line)


def _perceived_delay(seconds: float, patience: float | None) -> tuple[float, Exception | None]:
    """The time that a client waits for a delayed response, and the exception it sees if the delay is too long."""
    if patience is None or seconds <= patience:
        return seconds, None
    return patience, wire.read_timed_out()


def _call(
    request: Request, name: str, params: wire.Params, answer: Response | None, error: Exception | None = None
) -> Call:
    account, region = request.caller
    operation = cast("OperationName", name)  # or a method and path that match no operation
    return Call(operation, params, error, 1, account, region, request.where, answer)
