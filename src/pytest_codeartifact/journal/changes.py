"""The changes in a block of a test, and blocks that must not change anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import overload

from ..http import Caller
from ..state.store import State
from .change import Change, headline, identity
from .comparison import differences
from .journal import Journal, Step

_MAX_IN_HEADING = 3
_MAX_LINES = 50


class Changes(Sequence[Change]):
    """The changes of a fake since :meth:`.FakeCodeArtifact.changes`, up to now or to the end of the block.

    Ordered by region, account and path, and printed one per line. True if there is a change. Equal to a list of equal
    changes.
    """

    def __init__(self, current_state: Callable[[], State], own_caller: Caller) -> None:
        self._current_state = current_state
        self._own_caller = own_caller
        self._before = current_state()
        self._ended: tuple[Change, ...] | None = None
        self._end: State | None = None

    def __enter__(self) -> Changes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end = self._current_state()

    @property
    def added(self) -> list[Change]:
        """The things that did not exist before."""
        return [change for change in self if change.is_addition]

    @property
    def removed(self) -> list[Change]:
        """The things that do not exist any more."""
        return [change for change in self if change.is_removal]

    @property
    def changed(self) -> list[Change]:
        """The things that existed before, exist now, and differ."""
        return [change for change in self if not change.is_addition and not change.is_removal]

    def __iter__(self) -> Iterator[Change]:
        if self._end is None:
            return differences(self._before, self._current_state(), self._own_caller)
        if self._ended is None:
            self._ended = tuple(differences(self._before, self._end, self._own_caller))
        return iter(self._ended)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> list[Change]: ...
    def __getitem__(self, index: int | slice) -> Change | list[Change]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (Changes, list, tuple)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a sequence that compares by its items, like a list

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "no changes"


class Unchanged:
    """A block that must not change anything; see :meth:`.FakeCodeArtifact.unchanged`.

    :param own_caller: account and region of the fake.
    :param on_enter: called when the block is entered.
    """

    def __init__(self, changes: Changes, own_caller: Caller, journal: Journal, on_enter: Callable[[], None]) -> None:
        self._changes = changes
        self._own_caller = own_caller
        self._journal = journal
        self._on_enter = on_enter
        self._recording = ExitStack()
        self._steps: list[Step] = []

    def __enter__(self) -> Changes:
        self._on_enter()
        self._steps = self._recording.enter_context(self._journal.recording_steps())
        return self._changes.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True  # the traceback ends at the line of the test
        self._changes.__exit__(kind, error, traceback)
        self._recording.close()
        if kind is None and self._changes:
            raise AssertionError("\n".join(self._report_lines(list(self._changes))))

    def _report_lines(self, changes: list[Change]) -> list[str]:
        """A summary of the changes, and each change with the call that caused it."""
        count_text = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
        more = [f"{len(changes) - _MAX_IN_HEADING} more"] if len(changes) > _MAX_IN_HEADING else []
        heading = ", ".join([*(headline(change) for change in changes[:_MAX_IN_HEADING]), *more])
        causes = self._causes()
        lines = [f"  {change}  {self._cause(causes.get(identity(change)))}" for change in changes]
        return [f"{count_text} where none was expected: {heading}", *_truncated(lines)]

    def _causes(self) -> dict[tuple[object, ...], int]:
        """The number of the call that has made each change last, by :func:`.identity`."""
        causes: dict[tuple[object, ...], int] = {}
        for step in self._steps:
            for change in differences(step.before, step.after, self._own_caller):
                causes[identity(change)] = step.call
        return causes

    def _cause(self, number: int | None) -> str:
        if number is None:
            return "by no call"
        where = self._journal.call(number).where
        return f"by call {number}" + (f" [{where}]" if where is not None else "")


def _truncated(lines: list[str]) -> list[str]:
    more = len(lines) - _MAX_LINES
    return [*lines[:_MAX_LINES], f"  and {more} more"] if more > 0 else lines
