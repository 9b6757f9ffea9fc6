"""The clock of a fake."""

from __future__ import annotations

import datetime as dt

# The module, not its function: freezegun and time-machine replace what is in it.
import time

from .errors import SeedError, shown

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_MILLISECOND = dt.timedelta(milliseconds=1)
_FIRST, _LAST = (
    (moment.replace(tzinfo=dt.timezone.utc) - _EPOCH) // _MILLISECOND for moment in (dt.datetime.min, dt.datetime.max)
)


def to_millis(moment: dt.datetime) -> int:
    """Milliseconds since the epoch, the resolution of the service (rule W-3).

    :raises SeedError: for a naive datetime, which names no moment, and for one outside of the years 1 to 9999 in UTC.
    """
    if not isinstance(moment, dt.datetime):
        raise SeedError(f"A moment is a datetime.datetime with a time zone, not {shown(moment)}.")
    if moment.utcoffset() is None:
        raise SeedError(
            f"{shown(moment)} has no time zone, so it names no moment. "
            f"Write for example datetime(2026, 1, 31, tzinfo=timezone.utc)."
        )
    return checked((moment - _EPOCH) // _MILLISECOND, moment)


def checked(millis: int, given: object) -> int:
    """A moment in milliseconds, if it can be told as a date.

    :param given: what it was made from.
    :raises SeedError: it is outside of the years 1 to 9999 in UTC.
    """
    if not _FIRST <= millis <= _LAST:
        raise SeedError(f"{shown(given)} leads out of the years 1 to 9999 in UTC.")
    return millis


def from_millis(millis: int) -> dt.datetime:
    """The moment in UTC, aware."""
    return _EPOCH + millis * _MILLISECOND


class Clock:
    """Follows the real time (or what freezegun or time-machine make of it) until it is set or advanced; then it stands.

    >>> clock = Clock()
    >>> clock.set(dt.datetime(2026, 1, 31, tzinfo=dt.timezone.utc))
    >>> clock.advance(dt.timedelta(days=1))
    >>> clock.now()
    datetime.datetime(2026, 2, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """

    __slots__ = ("_stopped_at",)

    def __init__(self, stopped_at: int | None = None) -> None:
        self._stopped_at = stopped_at

    def now(self) -> dt.datetime:
        """The current moment in UTC, aware, in whole milliseconds."""
        return from_millis(self.millis())

    def millis(self) -> int:
        """The current moment in milliseconds since the epoch."""
        if self._stopped_at is not None:
            return self._stopped_at
        return time.time_ns() // 1_000_000

    def set(self, moment: dt.datetime) -> None:
        """Stop the clock at an aware datetime."""
        self._stopped_at = to_millis(moment)

    def advance(self, by: dt.timedelta) -> None:
        """Stop the clock, ``by`` later than it shows now (or earlier, for a negative ``by``).

        :raises SeedError: that is outside of the years 1 to 9999, or ``by`` is no timedelta.
        """
        if not isinstance(by, dt.timedelta):
            raise SeedError(f"The clock advances by a datetime.timedelta, not by {shown(by)}.")
        self._stopped_at = checked(self.millis() + by // _MILLISECOND, by)

    def follow(self) -> None:
        """Follow the real time again."""
        self._stopped_at = None

    def fork(self) -> Clock:
        """A clock that shows the same and goes its own way."""
        return Clock(self._stopped_at)
