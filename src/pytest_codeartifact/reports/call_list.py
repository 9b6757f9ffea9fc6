"""The list of a fake's calls in the report of a failing test: parameters, outcome, and the line of code.

Equal consecutive calls share an entry, and writes are marked. No line is longer than 80 columns.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from ..errors import SeedError, ServiceError, shorten_middle
from ..http import Caller, Where
from ..journal.call import Call
from ..journal.calls import Calls, is_write
from ..names.packages import PackageId

WIDTH = 80
"""The usual width of a terminal."""

_MAX_ENTRIES = 50
_MAX_READ = 1000  # the number of last calls; of earlier ones only writes are listed
_MAX_VALUE_LENGTH = 60
_MAX_PLACE_LENGTH = 40
_MAX_VERSIONS = 5


class _Entry(NamedTuple):
    """Consecutive calls with the same parameters, outcome and line of code."""

    first: int
    last: int
    is_important: bool
    """Whether it is listed if there are too many calls: it is a write, or has failed."""
    marker: str
    summary: str
    result: tuple[str, ...]

    @property
    def numbers(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def pieces(self) -> list[str]:
        times = [f"x{self.last - self.first + 1}"] if self.last > self.first else []
        return [self.summary, *times, *self.result]


def call_list(calls: Calls, own_caller: Caller) -> list[str]:
    """The lines for these calls.

    :param own_caller: account and region of the fake. Those of other callers are printed.
    """
    entries = _selected(list(_joined(calls, own_caller)))
    width = max((len(entry.numbers) for entry in entries), default=0)
    lines, printed = [], 0
    for entry in entries:
        if entry.first > printed + 1:
            lines.append(f"  ... {count(entry.first - printed - 1, 'call')} left out ...")
        lines += wrap_pieces(f"{entry.marker} {entry.numbers:<{width}}  ", entry.pieces)
        printed = entry.last
    return lines


def _joined(calls: Calls, own_caller: Caller) -> Iterator[_Entry]:
    entry: _Entry | None = None
    for number in _numbers_read(calls):
        next_entry = _entry(number, calls[number - 1], own_caller)
        if entry is not None and next_entry == entry._replace(first=number, last=number) and number == entry.last + 1:
            entry = entry._replace(last=number)
            continue
        if entry is not None:
            yield entry
        entry = next_entry
    if entry is not None:
        yield entry


def _numbers_read(calls: Calls) -> list[int]:
    """The calls that are considered, to limit the time for very many calls."""
    skipped = max(len(calls) - _MAX_READ, 0)
    writes = [number for number, name in enumerate(calls.operations[:skipped], 1) if is_write(name)]
    return [*writes[-_MAX_ENTRIES:], *range(skipped + 1, len(calls) + 1)]


def _selected(entries: list[_Entry]) -> list[_Entry]:
    """Select the entries to list, in order: writes and failures are preferred, and later ones to earlier ones."""
    ranked = sorted(entries, key=lambda entry: (entry.is_important, entry.last))
    return sorted(ranked[-_MAX_ENTRIES:])


def _entry(number: int, call: Call, own_caller: Caller) -> _Entry:
    writes = is_write(call.operation)
    result = [_caller(call, own_caller), f"-> {_outcome(call)}", f"[{place(call.where)}]" if call.where else ""]
    failed = call.error is not None
    return _Entry(
        number, number, writes or failed, ">" if writes else " ", summary_of(call), tuple(filter(None, result))
    )


# Parameters


def summary_of(call: Call) -> str:
    """A call in short: operation, subject, and other parameters."""
    params = dict(call.params)
    if params.get("domainOwner") == call.account:
        del params["domainOwner"]
    token = ["next page"] if params.pop("nextToken", None) is not None else []
    first = [*_pop_path(params), *_pop_package(params), *_pop_names(params)]
    others = [f"{name}={_short(value)}" for name, value in params.items()]
    manager = "" if call.via == "api" else f" by {call.via}"
    return f"{shorten_middle(call.operation)}({', '.join([*first, *others, *token])}){manager}"


def _pop_path(params: dict[str, Any]) -> Iterator[str]:
    """Remove the domain, the repository and the destination of a copy from the parameters, and yield them in short."""
    names = [params.pop(name) for name in ("domain", "repository", "sourceRepository") if name in params]
    if names:
        yield "/".join(map(_name, names))
    if "destinationRepository" in params:
        yield f"to {_name(params.pop('destinationRepository'))}"


def _pop_package(params: dict[str, Any]) -> Iterator[str]:
    """Remove the package from the parameters and yield it, if it is valid."""
    coordinates = params.get("format"), params.get("namespace"), params.get("package")
    with suppress(SeedError):
        PackageId(*coordinates)  # type: ignore[arg-type]  # any type may have been sent; PackageId checks it
        for name in ("format", "namespace", "package"):
            params.pop(name, None)
        yield repr(PackageId.exact(*coordinates))  # type: ignore[arg-type]  # in the spelling that was sent


def _pop_names(params: dict[str, Any]) -> list[str]:
    """Remove the parameters that are clear without a keyword, and return them in short."""
    names = ("packageGroup", "packageVersion", "versions", "asset", "resourceArn")
    return [_short(params.pop(name)) for name in names if name in params]


def _name(name: object) -> str:
    return name if isinstance(name, str) and name.isprintable() and " " not in name else repr(name)


def _short(value: object) -> str:
    if isinstance(value, bytes):
        return count(len(value), "byte")
    text = repr(value)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[: _MAX_VALUE_LENGTH - 3]}..."


# Outcome


def _caller(call: Call, own_caller: Caller) -> str:
    account = f"of account {call.account}" if call.account != own_caller.account else ""
    region = f"in {call.region}" if call.region != own_caller.region else ""
    return " ".join(filter(None, (account, region)))


def _outcome(call: Call) -> str:
    attempts = f" ({call.attempts} attempts)" if call.attempts > 1 else ""
    return f"{_error(call.error) if call.error is not None else success_text(call.response or {})}{attempts}"


def _error(error: Exception) -> str:
    name = error.code if isinstance(error, ServiceError) else type(error).__name__
    return f"{name}: {_one_line(str(error))}"


def _one_line(text: str) -> str:
    return textwrap.shorten(text, 400, placeholder=" ...")


def success_text(response: Mapping[str, Any]) -> str:
    """The outcome of a successful call in short: number of items, or failed versions of a batch."""
    if "failedVersions" in response:
        return _batch(response["successfulVersions"], response["failedVersions"])
    for member, items in response.items():
        if isinstance(items, list):
            more = ", and more pages" if response.get("nextToken") else ""
            return f"{count(len(items), *_NOUNS[member])}{more}"
    return "ok"


_NOUNS = {
    "allowedRepositories": ("repository", "repositories"),
    "assets": ("asset",),
    "dependencies": ("dependency", "dependencies"),
    "domains": ("domain",),
    "packageGroups": ("package group",),
    "packages": ("package",),
    "repositories": ("repository", "repositories"),
    "tags": ("tag",),
    "versions": ("version",),
}
"""Singular of the items in a list of a response, and the plural if it is irregular."""


def _batch(successful: Mapping[str, Any], failed: Mapping[str, Any]) -> str:
    if not failed:
        return count(len(successful), "version")
    named = [f"{version} {failed[version]['errorCode']}" for version in list(failed)[:_MAX_VERSIONS]]
    more = [f"{len(failed) - len(named)} more"] if len(failed) > len(named) else []
    return f"{len(failed)} of {len(failed) + len(successful)} failed: {', '.join([*named, *more])}"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """A number of things in words: ``1 call``, ``2,000 calls``."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


# Line of code, and layout


def place(where: Where) -> str:
    """A line of code, cut at the left if it is too long."""
    text = str(where)
    if len(text) <= _MAX_PLACE_LENGTH:
        return text
    end = text[3 - _MAX_PLACE_LENGTH :]
    _, slash, below = end.partition("/")
    return f"...{slash}{below}" if slash else f"...{end}"


def wrap_pieces(head: str, pieces: Iterable[str], width: int = WIDTH) -> list[str]:
    """Wrap pieces of text, each on the next line if it does not fit.

    :param head: the start of the first line. Other lines are indented deeper.
    """
    lines, line, indent, is_empty = [], head, " " * (len(head) + 2), True
    for piece in pieces:
        gap = "  " if line.strip() and not is_empty else ""
        if len(line) + len(gap) + len(piece) <= width:
            line, is_empty = line + gap + piece, False
            continue
        if not is_empty:
            lines.append(line.rstrip())
            line = indent
        is_empty = False
        *full, line = textwrap.wrap(
            piece, width, initial_indent=line, subsequent_indent=indent, break_on_hyphens=False
        ) or [line]
        lines += full
    return [*lines, line.rstrip()]
