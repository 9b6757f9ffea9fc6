"""Answers the requests of package managers to the endpoints of repositories.

::

    address -> token -> domain, repository -> route -> parse -> apply planned faults -> carry out -> record

As in :mod:`.service`, a request is carried out on a fork of the state, which is adopted at the end. A request without a
valid token is refused before its body is read, and is not recorded (rules PM-19 and PM-20).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .. import wire
from ..errors import ServiceError, ThrottlingException, without_frames
from ..http import Caller, Disturbed, Request, Response
from ..journal.call import Call
from ..managers import PROTOCOLS, addresses, credentials
from ..managers.addresses import Address, Endpoint
from ..managers.protocol import MethodNotAllowed, Protocol, ProtocolRequest, Reply, Work, plain_text
from ..managers.repository_view import RepositoryView
from ..names.permissions import PUBLISH, READ
from ..rules.authorization_tokens import Grant
from ..rules.origins import PublishingBlocked
from .service import Service

if TYPE_CHECKING:
    from ..literals import PackageFormat

Answer: TypeAlias = "Response | Disturbed"

_NOT_YET = (
    "This server of pytest-codeartifact does not answer the package managers of this format yet. "
    "In a test, Repository.publish() and Repository.fetch() do what package managers do."
)


class _AuthenticatedRequest(NamedTuple):
    """An authenticated request, and the protocol of its format."""

    request: Request
    address: Address
    protocol: Protocol
    grant: Grant

    @property
    def caller(self) -> Caller:
        """The account that the token was issued to, in the region of the address (rules PM-3 and PM-17)."""
        return Caller(self.grant.account, self.address.region or self.grant.region)


class Endpoints:
    """The endpoints of the repositories of a service.

    :param host: the host of the server, with the port.
    """

    def __init__(self, service: Service, host: str) -> None:
        self._service, self._host = service, host

    def find(self, host: str, path: str) -> Endpoint | None:
        """The endpoint of a repository that a request is for. None if it is not for an endpoint of a repository.

        :param host: the host that the request is addressed to.
        """
        return addresses.endpoint(host, path, self._host)

    def take(self, request: Request, endpoint: Endpoint) -> Response | Callable[[bytes], Answer]:
        """Accept or refuse a request before its body is read.

        :param endpoint: the result of :meth:`find`.
        :returns: the refusal, or a function that answers the request with its body.
        """
        protocol = PROTOCOLS.get(endpoint.format)
        if protocol is None and endpoint.format != "generic":
            return wire.serialise_error(ServiceError(_NOT_YET, code="NotImplemented", status=501))
        try:
            return self._authenticate(request, addresses.parse(endpoint), protocol)
        except ServiceError as error:
            return _refusal(protocol, error)

    def _authenticate(
        self, request: Request, address: Address, protocol: Protocol | None
    ) -> Response | Callable[[bytes], Answer]:
        assert protocol is not None, "addresses.parse refuses formats without a protocol"
        address = address._replace(path=protocol.prepare_segments(address.path))
        token = credentials.presented(request.headers.get("authorization"), bare=protocol.bare_tokens)
        try:
            grant = None if token is None else self._service.authorization_tokens.read(token)
            grant = credentials.check(grant, self._service.state, self._service.clock)
        except credentials.Unauthorized as error:
            return _refusal(protocol, error, credentials.challenges(address))
        _check_body(request, protocol)
        return partial(self._answer, _AuthenticatedRequest(request, address, protocol, grant))

    def _answer(self, authenticated: _AuthenticatedRequest, body: bytes) -> Answer:
        parsed = _parsed(authenticated, body)
        try:
            return self._answer_or_refuse(authenticated, parsed)
        except ServiceError as error:
            error.__traceback__ = error.__context__ = error.__cause__ = None
            self._record(authenticated, parsed, error)
            return _refusal(authenticated.protocol, error)
        except Exception as error:
            self._record(authenticated, parsed, without_frames(error))
            raise

    def _answer_or_refuse(self, authenticated: _AuthenticatedRequest, parsed: ProtocolRequest) -> Answer:
        """Check a request and carry it out, in the order of rule PM-20."""
        address = authenticated.address
        credentials.check_domain(authenticated.grant, authenticated.caller, address)
        # Only checks that the repository exists. It is looked up again on the fork, under the lock.
        scope = self._service.scope(self._service.state, authenticated.caller)
        scope.repository(address.domain, address.owner, address.repository)
        route, parts = authenticated.protocol.route(authenticated.request.method, address.path)
        parsed.permission = route.permission
        work = route.handler(parsed, **parts)
        faults = self._service.faults
        # Not under the lock, because the condition of a fault may call the fake.
        trouble = faults.apply(_call(authenticated, parsed)) if faults.planned else None
        if isinstance(trouble, Exception):
            self._record(authenticated, parsed, trouble)
            return Disturbed(0, None, without_frames(trouble))
        response = self._carry_out(authenticated, parsed, work)
        return response if trouble is None else Disturbed(trouble.seconds, trouble.arrived(response), response)

    def _carry_out(self, authenticated: _AuthenticatedRequest, parsed: ProtocolRequest, work: Work) -> Response:
        """Carry out a request and record it. An exception or a HEAD request changes nothing (rule PM-26)."""
        service, address = self._service, authenticated.address
        with service.lock:
            before, draft = service.state_before_call(), service.state.fork()
            scope = service.scope(draft, authenticated.caller)
            scope.operation, scope.served_at = parsed.permission, authenticated.request.served_at
            repository = scope.repository(address.domain, address.owner, address.repository)
            reply = work(RepositoryView(scope, repository))
            # Built before the fork is adopted, so that an error in it changes nothing.
            response = _response(reply) if reply.error is None else _refusal(authenticated.protocol, reply.error)
            changes = authenticated.request.method != "HEAD"
            if changes:
                service.state.adopt(draft)
            effects = scope.effects if changes else []
            events = service.record(_call(authenticated, parsed, reply.error), {}, effects, before)
        service.events.send(events)
        return response

    def _record(self, authenticated: _AuthenticatedRequest, parsed: ProtocolRequest, error: Exception) -> None:
        with self._service.lock:
            self._service.journal.record(_call(authenticated, parsed, error), {})


def _check_body(request: Request, protocol: Protocol) -> None:
    """Refuse a body because of its headers (rules PM-6 and NPM-13).

    :raises ServiceError: it is too large, or compressed.
    """
    if protocol.largest_body is not None and int(request.headers.get("content-length", 0)) > protocol.largest_body:
        raise ServiceError("The request is too large.", code="RequestEntityTooLarge", status=413)
    coding = request.headers.get("content-encoding", "identity")
    if coding.lower() not in ("", "identity"):
        raise ServiceError(
            f"A body with the content coding '{coding}' is not accepted. Send it uncompressed.",
            code="UnsupportedMediaType",
            status=415,
        )


def _parsed(authenticated: _AuthenticatedRequest, body: bytes) -> ProtocolRequest:
    """The request for a handler. Its permission depends on the method only until the route is known."""
    request, address = authenticated.request, authenticated.address
    return ProtocolRequest(
        authenticated.protocol.format,
        address.endpoint,
        request.headers,
        request.query,
        body,
        READ if request.method in ("GET", "HEAD") else PUBLISH,
        {
            "domain": address.domain,
            "domainOwner": address.owner,
            "repository": address.repository,
            "format": address.format,
            "httpMethod": request.method,
            "requestUri": f"{request.path}?{addresses.without_tokens(request.query)}"
            if request.query
            else request.path,
        },
    )


def _call(authenticated: _AuthenticatedRequest, parsed: ProtocolRequest, error: Exception | None = None) -> Call:
    account, region = authenticated.caller
    via: PackageFormat = authenticated.protocol.format
    return Call(parsed.permission, parsed.params, error, 1, account, region, None, via=via)


def _response(reply: Reply) -> Response:
    headers = {**wire.new_headers(), "content-type": reply.content_type, **reply.headers}
    return Response(reply.status, {**headers, "content-length": str(len(reply.body))}, reply.body)


def _refusal(protocol: Protocol | None, error: ServiceError, challenges: tuple[tuple[str, str], ...] = ()) -> Response:
    """The response to a refused request, in the form of its protocol (rules PM-21 to PM-24)."""
    reply = (plain_text if protocol is None else protocol.refusal)(error.message)
    response = _response(reply._replace(status=_status(error), headers=_headers(error)))
    return Response(response.status, response.headers, response.body, challenges)


def _status(error: ServiceError) -> int:
    return 403 if isinstance(error, PublishingBlocked) else error.status


def _headers(error: ServiceError) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"allow": error.allowed}
    if isinstance(error, ThrottlingException):
        return {"retry-after": str(1 if error.retry_after_seconds is None else error.retry_after_seconds)}
    return {}
