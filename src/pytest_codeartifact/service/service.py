"""The service behind every door: turns a request into a response.

::

    match -> read -> check -> apply planned faults -> run the operation -> serialise -> record

An operation runs on a fork of the state, which is adopted when the operation succeeds. An operation that raises has
changed nothing. The lock is held while an operation runs and is recorded, but not while a fault or its condition runs.
"""

from __future__ import annotations

import threading
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .. import wire
from ..clock import Clock
from ..errors import OperationNotImplemented, SeedError, ServiceError, without_frames
from ..http import Caller, Disturbed, Request, Response
from ..journal.calls import Call, Journal
from ..journal.events import Events
from ..names.permissions import OF_MANAGERS
from ..operations import IMPLEMENTED
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
    """Something is probably not as the test means it, for example a seed in another region than the client's."""


class Service:
    """All of one fake but its doors and its handles."""

    def __init__(
        self,
        caller: Caller,
        options: Options,
        state: State | None = None,
        clock: Clock | None = None,
        quotas: Quotas | None = None,
    ) -> None:
        self.caller = caller
        self.options = options
        self.state = state or State()
        self.clock = clock or Clock()
        self.quotas = quotas or Quotas()
        self.accounts: dict[str, str] = {}
        self.journal = Journal(wire.operation_names() | OF_MANAGERS)
        self.faults = Faults(wire.operation_names() | OF_MANAGERS)
        self.events = Events()
        self.is_open = False
        self.forks: weakref.WeakSet[Service] = weakref.WeakSet()
        self._tokens = Tokens()
        self._lock = threading.RLock()

    def fork(self, caller: Caller, options: Options | None) -> Service:
        """The same state, clock, quotas and access keys, to go their own way; nothing of the journal and the faults."""
        with self._lock:
            forked = Service(caller, options or self.options, self.state.fork(), self.clock.fork(), self.quotas.fork())
            forked.accounts.update(self.accounts)
            self.forks.add(forked)
            return forked

    def renew_locks(self) -> None:
        """Forget who holds the locks: after a fork, threads that the child does not have."""
        self._lock = threading.RLock()
        self.faults.renew_locks()

    def handle(self, request: Request) -> Response | Disturbed:
        """Answer a request.

        :raises OperationNotImplemented: an operation of the model that is not written; never a service answer.
        """
        name, params = f"{request.method} {request.path}", wire.Params()
        answer: Response | Disturbed
        try:
            operation = wire.match(request)
            name = operation.name
            params = operation.read(request)
            operation.check(params)
            trouble = self.faults.strike(_call(request, name, params, None)) if self.faults.planned else None
            if trouble is None:
                answer, news = self._answer(operation, request, params)
            else:
                answer, news = self._disturbed(operation, request, params, trouble)
        except ServiceError as error:
            self._hint(request, name, error, params)
            return self._refused(request, name, params, error)
        except Exception as error:
            self._record(request, _call(request, name, params, None, without_frames(error)))
            raise
        self.events.tell(news)
        return answer

    def refuse(self, request: Request, error: ServiceError) -> Response:
        """Answer a request with an error before it is read, and take it down under its method and path."""
        return self._refused(request, f"{request.method} {request.path}", wire.Params(), error)

    def _refused(self, request: Request, name: str, params: wire.Params, error: ServiceError) -> Response:
        """Record a call that is answered with an error, which is kept, but not the frames that it has come through."""
        error.__traceback__ = error.__context__ = error.__cause__ = None
        self._record(request, _call(request, name, params, None, error))
        return wire.serialise_error(error)

    def _answer(
        self,
        operation: wire.Operation,
        request: Request,
        params: wire.Params,
        failing: Mapping[str, str] | None = None,
        lost: Exception | None = None,
    ) -> tuple[Response, list[dict[str, Any]]]:
        """Carry out a call and take it down; the answer, and the events to tell of.

        :param failing: the versions whose failure is planned, see :meth:`.FakeCodeArtifact.fail_versions`.
        :param lost: what the client sees of the answer, if that is lost.
        """
        with self._lock:
            result, scope = self._run(operation, request, params, failing)
            response = operation.serialise(result)
            call = _call(request, operation.name, params, None if lost else response, lost)
            self.journal.record(call, request.headers, scope.effects)
            return response, self.events.take(scope.effects)

    def _disturbed(
        self, operation: wire.Operation, request: Request, params: wire.Params, trouble: Trouble | Exception
    ) -> tuple[Response | Disturbed, list[dict[str, Any]]]:
        """Give a call the error that is planned for it, or carry it out and disturb its answer."""
        if isinstance(trouble, Exception):
            self._record(request, _call(request, operation.name, params, None, trouble))
            return Disturbed(0, None, without_frames(trouble)), []
        seconds, lost = _wait_for(trouble.seconds, request.patience)
        if trouble.breaks_off and not operation.streams:
            lost = wire.connection_closed()
        response, news = self._answer(operation, request, params, trouble.failing, lost)
        response = trouble.arrived(response)
        seen = response if lost is None else without_frames(lost)
        return Disturbed(seconds, response, seen) if seconds or lost else response, news

    @property
    def calls_the_test(self) -> bool:
        """Whether functions of the test may be called during a call: listeners, or the conditions of faults."""
        return self.faults.planned or self.events.is_listened_to

    @property
    def is_shadowed(self) -> bool:
        """Whether the calls go to a fork of this: a test has one open, and this is the seed of it."""
        return not self.is_open and any(fork.is_open for fork in self.forks)

    @contextmanager
    def writing(self) -> Iterator[State]:
        """A fork of the state to write to, adopted at the end if nothing was raised.

        :raises SeedError: a fork of it is open, whose test would not see what is written, but all later tests.
        """
        if self.is_shadowed:
            raise SeedError(
                "This is the seed that other tests share, and the test runs on a fork of it. Write to the fork: the "
                "fixture `codeartifact`."
            )
        with self._lock:
            draft = self.state.fork()
            yield draft
            self.state.adopt(draft)

    def within(self, caller: Caller, work: Callable[[Scope], _Result]) -> _Result:
        """Let something that is no operation work under the rules of the service."""
        with self.writing() as draft:
            scope = self._scope(draft, caller)
            result = work(scope)
            news = self.events.take(scope.effects)
        self.events.tell(news)
        return result

    def _run(
        self, operation: wire.Operation, request: Request, params: wire.Params, failing: Mapping[str, str] | None
    ) -> tuple[wire.Members, Scope]:
        function = IMPLEMENTED.get(operation.function_name)
        if function is None:
            raise OperationNotImplemented(
                f"{operation.name} is an operation of CodeArtifact that this version of pytest-codeartifact does not "
                f"answer yet."
            )
        draft = self.state.fork()
        scope = self._scope(draft, request.caller)
        scope.operation, scope.params, scope.served_at = operation.name, params, request.served_at
        scope.failing = failing or {}
        scope.check_token()
        result = function(scope, **operation.keywords(params))
        self.state.adopt(draft)
        return result, scope

    def _scope(self, state: State, caller: Caller) -> Scope:
        return Scope(state, caller, self.clock, self.quotas, self._tokens, self.options)

    def _record(self, request: Request, call: Call) -> None:
        with self._lock:
            self.journal.record(call, request.headers)

    def _hint(self, request: Request, name: str, error: ServiceError, params: wire.Params) -> None:
        """Say what may be the matter with a call that was refused; warn if it is probably not as the test means it."""
        elsewhere = hints.domain_elsewhere(self.state, request, error, params)
        unregistered = hints.unregistered_key(self.accounts, request, error)
        self.journal.hints.update(dict.fromkeys(hint for hint in (elsewhere, unregistered) if hint is not None))
        if elsewhere is not None:
            _warn(request, name, elsewhere)


def _warn(request: Request, name: str, hint: str) -> None:
    """Warn at the line that made the call; over the wire no line of this process did, so the server stands for it."""
    file, line = request.where or ("a client of this process", 0)
    if request.served_at is not None:
        file, hint = request.served_at, f"{name}, called over the wire: {hint}"
    with suppress(CodeArtifactWarning):  # under -W error the call still gets the service's answer
        warnings.warn_explicit(hint, CodeArtifactWarning, file, line)


def _wait_for(seconds: float, patience: float | None) -> tuple[float, Exception | None]:
    """How long a client waits for an answer that takes so long, and what it sees of one that takes too long."""
    if patience is None or seconds <= patience:
        return seconds, None
    return patience, wire.read_timed_out()


def _call(
    request: Request, name: str, params: wire.Params, answer: Response | None, error: Exception | None = None
) -> Call:
    account, region = request.caller
    operation = cast("OperationName", name)  # or a method and a path that are none
    return Call(operation, params, error, 1, account, region, request.where, answer)
