"""Requests to a server and their outcomes in words, for a line on a terminal and for a row of the page.

Clients may send anything, so control characters are escaped. Responses and queries are not shown, because they may
contain tokens.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..http import Caller
from ..journal.call import Call
from ..names.packages import PackageId, key_of
from ..reports.call_list import count, success_text
from ..rules.effects import Effect, Removal

_MAX_KEPT = 200
_MAX_NAMED = 5


class Recorded(NamedTuple):
    """An attempt of a call, and its effects."""

    call: Call
    effects: Sequence[Effect]


class Exchange(NamedTuple):
    """A request and its outcome, in words.

    ``status`` is the HTTP status, 0 if the connection was closed early.
    """

    time: str
    status: int
    operation: str
    about: str
    outcome: str

    def __str__(self) -> str:
        columns = (self.time, str(self.status or "---"), f"{self.operation:<28}", self.about, self.outcome)
        return "  ".join(filter(None, columns)).rstrip()


class Exchanges:
    """The last exchanges of a server.

    :param report: is called with each.
    """

    def __init__(self, report: Callable[[Exchange], object]) -> None:
        self.latest: deque[Exchange] = deque(maxlen=_MAX_KEPT)
        self.count = 0
        self._report = report

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange, and report it."""
        self.latest.append(exchange)
        self.count += 1
        self._report(exchange)


def exchange(status: int, recorded: Recorded, hint: str | None, own_caller: Caller) -> Exchange:
    """The exchange of a call.

    :param hint: a suggestion about its error.
    :param own_caller: the account and region that are not named.
    """
    call = recorded.call
    via = "" if call.via == "api" else f"via {call.via}"
    about = "  ".join(
        filter(None, (_place(call.params), _package(call.params), via, _from_elsewhere(call, own_caller)))
    )
    outcome = "  ".join(filter(None, (_outcome(recorded), hint)))
    return _made(status, call.operation, about, outcome)


def exchange_without_call(status: int, method: str, path: str, message: str) -> Exchange:
    """The method and the path of a request that matches no operation."""
    return _made(status, f"{method} {path}", "", message)


def _made(status: int, operation: str, about: str, outcome: str) -> Exchange:
    return Exchange(time.strftime("%H:%M:%S"), status, *map(printable, (operation, about, outcome)))


def printable(text: str) -> str:
    """A text with escaped control characters, which could move the cursor of a terminal or change its colours."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


# The subject of a call


def _place(params: Mapping[str, Any]) -> str:
    repository = params.get("repository", params.get("sourceRepository"))
    names = [params.get("domain"), repository, params.get("packageGroup", params.get("resourceArn"))]
    place = "/".join(str(name) for name in names if name is not None)
    return f"{place} -> {params['destinationRepository']}" if "destinationRepository" in params else place


def _package(params: Mapping[str, Any]) -> str:
    key = key_of(params.get("format"), params.get("namespace"), params.get("package"))
    given = [params[name] for name in ("format", "namespace", "package") if params.get(name) is not None]
    package = repr(PackageId.from_key(key)) if key is not None else " ".join(map(str, given))
    versions = ", ".join(_first(params.get("packageVersion", params.get("versions", ""))))
    return " ".join(filter(None, (package, versions, str(params.get("asset", params.get("assetName", ""))))))


def _first(names: object) -> Iterator[str]:
    """The first of several names, or the only one. A client may have sent any type."""
    if not isinstance(names, list):
        yield str(names)
        return
    yield from map(str, names[:_MAX_NAMED])
    if len(names) > _MAX_NAMED:
        yield f"{len(names) - _MAX_NAMED:,} more"


def _from_elsewhere(call: Call, own_caller: Caller) -> str:
    return "" if (call.account, call.region) == own_caller else f"(account {call.account}, {call.region})"


# The outcome of a call


def _outcome(recorded: Recorded) -> str:
    call, effects = recorded
    if call.error is not None:
        return str(call.error)
    response = call.response or {}
    result = success_text(response) if response.get("failedVersions") or not effects else ""
    return "; ".join(filter(None, (_done(effects), result)))


def _done(effects: Sequence[Effect]) -> str:
    counts: Counter[str] = Counter()
    for effect in effects:
        counts.update(dict(_effect_counts(effect)))
    return ", ".join(f"{count(number, 'version')} {word}" for word, number in counts.items())


def _effect_counts(effect: Effect) -> Iterator[tuple[str, int]]:
    if isinstance(effect, Removal):
        versions = sum(len(names) for _, names in effect.each_package())
        yield "disposed of" if effect.disposes else "deleted", versions
    elif effect.after is None:
        yield "deleted", 1
    elif effect.before is None:
        yield f"created, {effect.after.status}", 1
    elif effect.before.status == effect.after.status:
        yield "changed", 1
    else:
        yield f"{effect.before.status} -> {effect.after.status}", 1
