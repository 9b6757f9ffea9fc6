"""One difference between two states of a fake, printed on one line.

:mod:`.comparison` finds the differences.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..http import Caller
from ..names.packages import PackageId
from ..settings import DEFAULTS
from ..state.entities import Origin

Path = tuple[str | PackageId, ...]

_CHILDREN = {
    "domain": ("repositories", "repository"),
    "repository": ("packages", "package"),
    "package": ("versions", "version"),
    "version": ("assets", "asset"),
}
"""The entities that are counted in an added or removed one, by its kind: their keyword, and the singular."""

_MAX_LENGTH = 60  # characters of a value


class Change:
    """A thing that was added, removed or changed.

    Changes with the same values are equal. A test can create one to compare with. ``account`` and ``region`` default to
    those of new fakes.

    >>> Change("tag", ("acme", "team", "owner"), "me", "you")
    ~ tag acme/team/owner: me -> you
    """

    __slots__ = ("_after", "_before", "_child_count", "_own_caller", "account", "kind", "path", "region")

    def __init__(
        self,
        kind: str,
        path: Path,
        before: object = None,
        after: object = None,
        *,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        self.kind = kind
        self.path = path
        self.account = account or DEFAULTS.account
        self.region = region or DEFAULTS.region
        self._before = constant(before)
        self._after = constant(after)
        self._own_caller = Caller(DEFAULTS.account, DEFAULTS.region)
        self._child_count: int | None = None

    @property
    def before(self) -> Any:
        """The previous value, None if the thing was added.

        It is a dict, except for these kinds: bytes for an asset, an :class:`.Origin` for an origin configuration, the
        parsed JSON for a policy, and the value for a tag. The dict of a removed thing has all its contents, with the
        keywords that seed it. The dict of a changed thing has the attributes that differ.
        """
        return None if self._before is None else self._before()

    @property
    def after(self) -> Any:
        """The current value, in the same form; None if the thing was removed."""
        return None if self._after is None else self._after()

    @property
    def is_addition(self) -> bool:
        """Whether the thing did not exist before."""
        return self._before is None

    @property
    def is_removal(self) -> bool:
        """Whether the thing does not exist any more."""
        return self._after is None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Change):
            return NotImplemented
        names = ("kind", "path", "account", "region", "is_addition", "is_removal", "before", "after")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __hash__(self) -> int:
        return hash((self.kind, self.path, self.account, self.region))

    def __repr__(self) -> str:
        return f"{headline(self)}{self._detail()}{self._elsewhere()}"

    def _detail(self) -> str:
        if not self.is_addition and not self.is_removal:
            return f": {_difference(self.before, self.after)}"
        if self.kind == "tag":
            return f": {_short(self.after if self.is_addition else self.before)}"
        if self.kind == "asset":
            return f" ({_short(self.after if self.is_addition else self.before)})"
        return self._contents() if self.kind in _CHILDREN else ""

    def _contents(self) -> str:
        plural, singular = _CHILDREN[self.kind]
        count = self._child_count
        if count is None:
            contents = self.after if self.is_addition else self.before
            count = len(contents.get(plural, ())) if isinstance(contents, Mapping) else 0
        return f" ({count} {singular if count == 1 else plural})" if count else ""

    def _elsewhere(self) -> str:
        account = f"account {self.account}" if self.account != self._own_caller.account else ""
        region = self.region if self.region != self._own_caller.region else ""
        where = ", ".join(filter(None, (account, region)))
        return f"  [{where}]" if where else ""


class ComputedChange(Change):
    """A change that a comparison has found. Its two sides are computed on first use.

    :param caller: account and region of the thing.
    :param own_caller: account and region of the fake, which are not printed.
    :param child_count: the number of children of an added or removed thing.
    """

    __slots__ = ()

    def __init__(
        self,
        kind: str,
        path: Path,
        caller: Caller,
        own_caller: Caller,
        before: Callable[[], Any] | None,
        after: Callable[[], Any] | None,
        child_count: int | None,
    ) -> None:
        super().__init__(kind, path, account=caller.account, region=caller.region)
        self._before = None if before is None else functools.cache(before)
        self._after = None if after is None else functools.cache(after)
        self._own_caller, self._child_count = own_caller, child_count


def identity(change: Change) -> tuple[object, ...]:
    """Identify a change by its thing, and by whether that was added, removed or changed."""
    return change.kind, change.path, change.account, change.region, change.is_addition, change.is_removal


def headline(change: Change) -> str:
    """A change without its contents: ``- package acme/team/pypi('old')``."""
    sign = "+" if change.is_addition else "-" if change.is_removal else "~"
    return f"{sign} {change.kind} {'/'.join(map(_part, change.path))}"


def constant(value: object) -> Callable[[], Any] | None:
    """One side of a change, from a value that is known already; None for a missing side."""
    return None if value is None else lambda: value


def _part(part: str | PackageId) -> str:
    """A part of a path, in quotation marks if it contains separators."""
    plain = isinstance(part, str) and re.fullmatch(r"[^\s/]+", part)
    return str(part) if plain else repr(part)


def _difference(before: object, after: object) -> str:
    """The difference of two values in words; for mappings, only the differing items."""
    old, new = (value._asdict() if isinstance(value, Origin) else value for value in (before, after))
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return f"{_short(old)} -> {_short(new)}"
    differing = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    words = [f"{name} {word}" for name in differing for word in _item_differences(old.get(name), new.get(name))]
    return ", ".join(words) or f"{', '.join(old)}: same name, re-created"


def _item_differences(old: object, new: object) -> Iterator[str]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield f"{_short(old)} -> {_short(new)}"
        return
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield f"{name}: {_short(old.get(name))} -> {_short(new.get(name))}"


def _short(value: object) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} byte{'' if len(value) == 1 else 's'}"
    plain = isinstance(value, dt.datetime) or (isinstance(value, str) and re.fullmatch(r"[\w.:+/=@-]+", value))
    text = str(value) if plain else repr(sorted(value) if isinstance(value, set) else value)
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 3]}..."
