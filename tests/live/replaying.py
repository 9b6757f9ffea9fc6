"""Replays a recording to the fake, and says where the fake answers otherwise than the service did.

References of the recording are bound to the fake's values as they come: equal where the service's were equal, and
different where they were different. So a difference does not spread to later exchanges.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from pytest_codeartifact import CodeArtifactWarning, FakeCodeArtifact

from .clients import OF_A_FAKE
from .exchanges import exchange
from .names import Names
from .normalising import SECRET
from .recording import Exchange, Recording

_ANY = ("<caller>", "<uuid>", "<access key>", "<another account>", "<emulator>")
"""References to what cannot be compared."""
_REFERENCE = re.compile(rf"(<(?:revision|policy revision|token|key|bucket|time) \d+>|{'|'.join(_ANY)})")


class Difference(NamedTuple):
    """A value that differs between the service and the fake."""

    exchange: Exchange
    step: int
    """The number of the exchange in its scenario, from 1."""
    where: str
    """The path of the value in the response."""
    service: object
    fake: object


class _Unasked(Exception):
    """A request needs a value that the fake has not given."""


def differences(recording: Recording) -> list[Difference]:
    """All differences between a recording and the answers of the fake."""
    names = Names("123456789012", recording.region, "0f1e2d3c4b5a")
    with warnings.catch_warnings(), FakeCodeArtifact(account=names.account, region=names.region) as fake:
        warnings.simplefilter("ignore", CodeArtifactWarning)
        replays: dict[str, _Replay] = defaultdict(partial(_Replay, fake.client(config=OF_A_FAKE), names))
        found: list[Difference] = []
        for one, step in _numbered(recording):
            fake.clock.advance(seconds=1)  # the order of a list may be that of time
            found += replays[one.scenario].of(one, step)
        return found


def report(found: list[Difference]) -> str:
    """The differences, rule by rule."""
    by_rule: dict[str, list[Difference]] = defaultdict(list)
    for difference in found:
        by_rule[", ".join(difference.exchange.rules)].append(difference)
    return "\n".join(line for rule in sorted(by_rule) for line in _paragraph(rule, by_rule[rule]))


def _paragraph(rule: str, found: list[Difference]) -> Iterator[str]:
    yield f"{rule}:"
    for difference in found:
        one = difference.exchange
        yield f"  {one.scenario}, step {difference.step}, {one.operation}: {difference.where}"
        yield f"    the service: {difference.service!r}"
        yield f"    the fake:    {difference.fake!r}"


def _numbered(recording: Recording) -> Iterator[tuple[Exchange, int]]:
    steps: dict[str, int] = defaultdict(int)
    for one in recording.exchanges:
        steps[one.scenario] += 1
        yield one, steps[one.scenario]


class _Replay:
    """Of one scenario."""

    def __init__(self, client: Any, names: Names) -> None:
        self._client, self._names = client, names
        self._bound: dict[str, Any] = {}

    def of(self, one: Exchange, step: int) -> Iterator[Difference]:
        try:
            request = {name: self._filled(value) for name, value in one.request.items()}
        except _Unasked as needed:
            yield Difference(one, step, f"cannot be asked, the fake has given no {needed}", None, None)
            return
        answer = exchange(self._client, self._names, one.operation, request)
        given = {"status": answer.status, "error": answer.error, "body": answer.body}
        for where, service, fake in self._compared("", one.response, given):
            yield Difference(one, step, where.removeprefix(".").removeprefix("body."), service, fake)

    def _filled(self, value: Any) -> Any:
        match value:
            case {"text": str(text), **others} if not others:
                return text.encode()
            case dict():
                return {self._text(key): self._filled(item) for key, item in value.items()}
            case list():
                return [self._filled(item) for item in value]
            case str():
                return self._text(value)
        return value

    def _text(self, text: str) -> str:
        return "".join(self._value_of(part) for part in _REFERENCE.split(self._named(text)))

    def _value_of(self, part: str) -> str:
        if not _REFERENCE.fullmatch(part):
            return part
        if part not in self._bound:
            raise _Unasked(part)
        return str(self._bound[part])

    def _named(self, text: str) -> str:
        for name, value in self._names._asdict().items():
            text = text.replace(f"<{name}>", value)
        return text

    def _compared(self, where: str, service: Any, fake: Any) -> Iterator[tuple[str, object, object]]:
        match service:
            case dict() if isinstance(fake, dict):
                named = {self._named(key): value for key, value in service.items()}
                for name in {**named, **fake}:
                    yield from self._compared(f"{where}.{name}", named.get(name), fake.get(name))
            case list() if isinstance(fake, list) and len(fake) == len(service):
                for number, pair in enumerate(zip(service, fake, strict=True)):
                    yield from self._compared(f"{where}[{number}]", *pair)
            case str() if service == SECRET:
                if not (isinstance(fake, str) and fake):
                    yield where, service, fake
            case str() if fake is not None and not isinstance(fake, (dict, list)):
                if not self._agree(self._named(service), fake):
                    yield where, self._shown(service), fake
            case _ if service != fake:
                yield where, service, fake

    def _shown(self, service: str) -> str:
        known = {reference: f"{value}" for reference, value in self._bound.items()}
        return "".join(known.get(part, part) for part in _REFERENCE.split(self._named(service)))

    def _agree(self, service: str, fake: Any) -> bool:
        parts = _REFERENCE.split(service)
        if len(parts) == 1:
            return bool(service == fake)
        if service == parts[1]:
            return self._binds(service, fake)
        pattern = "".join("(.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
        values = re.fullmatch(pattern, str(fake), re.S)
        return values is not None and all(map(self._binds, parts[1::2], values.groups()))

    def _binds(self, reference: str, value: Any) -> bool:
        if reference in _ANY:
            return True
        if reference in self._bound:
            return bool(self._bound[reference] == value)
        kind = reference.rpartition(" ")[0]
        taken = (of for of, bound in self._bound.items() if bound == value and of.rpartition(" ")[0] == kind)
        if kind != "<time" and next(taken, None):
            return False
        self._bound[reference] = value
        return True
