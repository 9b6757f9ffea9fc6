"""The clock of a fake."""

from __future__ import annotations

import datetime as dt

# The module, not its function, because freezegun and time-machine replace functions of the module.
import time
from typing import TYPE_CHECKING, TypedDict

from .errors import SeedError, shown

if TYPE_CHECKING:
    from typing_extensions import Unpack

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_MILLISECOND = dt.timedelta(milliseconds=1)
_FIRST, _LAST = (
    (limit.replace(tzinfo=dt.timezone.utc) - _EPOCH) // _MILLISECOND for limit in (dt.datetime.min, dt.datetime.max)
)


def to_millis(timestamp: dt.datetime) -> int:
    """The timestamp in milliseconds since the epoch, the resolution of the service (rule W-3).

    :raises SeedError: the datetime has no time zone, or is outside of the years 1 to 9999 in UTC.
    """
    if not isinstance(timestamp, dt.datetime):
        raise SeedError(f"A timestamp must be a datetime.datetime with a time zone, not {shown(timestamp)}.")
    if timestamp.utcoffset() is None:
        raise SeedError(
            f"{shown(timestamp)} has no time zone. Write for example datetime(2026, 1, 31, tzinfo=timezone.utc)."
        )
    return within_years((timestamp - _EPOCH) // _MILLISECOND, shown(timestamp))


def within_years(millis: int, description: str) -> int:
    """Return a timestamp, in milliseconds since the epoch, if it is within the years 1 to 9999 in UTC.

    :param description: the timestamp in words, for the message.
    :raises SeedError: it is not.
    """
    if not _FIRST <= millis <= _LAST:
        raise SeedError(f"{description} is outside of the years 1 to 9999 in UTC.")
    return millis


def from_millis(millis: int) -> dt.datetime:
    """The timestamp as an aware datetime in UTC."""
    return _EPOCH + millis * _MILLISECOND


class Units(TypedDict, total=False):
    """The keywords of :class:`datetime.timedelta`."""

    days: float
    seconds: float
    microseconds: float
    milliseconds: float
    minutes: float
    hours: float
    weeks: float


def _duration(units: Units) -> dt.timedelta | None:
    """The sum of these units, None if there is none.

    :raises SeedError: a unit or a number that timedelta does not accept.
    """
    try:
        return dt.timedelta(**units) if units else None
    except (TypeError, ValueError, OverflowError):
        given = ", ".join(f"{name}={shown(value)}" for name, value in units.items())
        raise SeedError(
            f"advance({given}): the keywords are {', '.join(Units.__annotations__)}, and their values numbers."
        ) from None


class Clock:
    """Shows the real time, or that of freezegun or time-machine, until it is set or advanced. Then it stops.

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
        """The current time as an aware datetime in UTC, in whole milliseconds."""
        return from_millis(self._millis())

    def _millis(self) -> int:
        if self._stopped_at is not None:
            return self._stopped_at
        return time.time_ns() // 1_000_000

    def set(self, moment: dt.datetime) -> None:
        """Stop the clock at an aware datetime."""
        self._stopped_at = to_millis(moment)

    def advance(self, by: dt.timedelta | None = None, **units: Unpack[Units]) -> None:
        """Move the clock forward by a timedelta, or back by a negative one, and stop it there.

        :param by: the timedelta; or its keywords instead: ``advance(days=90)``.
        :raises SeedError: the time is not valid, or the result is outside of the years 1 to 9999 in UTC.
        """
        if by is not None and units:
            raise SeedError("advance() takes a timedelta or keywords, not both.")
        delta = _duration(units) if by is None else by
        if not isinstance(delta, dt.timedelta):
            raise SeedError(f"by must be a datetime.timedelta, not {shown(by)}. Write for example advance(days=90).")
        result = f"The time of the clock after advance({shown(delta)})"
        self._stopped_at = within_years(self._millis() + delta // _MILLISECOND, result)

    def follow(self) -> None:
        """Show the real time again."""
        self._stopped_at = None


class ServiceClock(Clock):
    """A clock with the methods that only the service uses."""

    __slots__ = ()

    def millis(self) -> int:
        """The current time in milliseconds since the epoch, the form of timestamps in the state."""
        return self._millis()

    def fork(self) -> ServiceClock:
        """An independent clock that shows the same time."""
        return ServiceClock(self._stopped_at)
