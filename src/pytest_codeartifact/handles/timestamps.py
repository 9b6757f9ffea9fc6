"""Reads timestamps of seeds, in Python and in files: absolute ones, and ages that count back from the fake's clock."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeAlias

from ..clock import to_millis, within_years
from ..errors import SeedError, shown

Timestamp: TypeAlias = dt.datetime | dt.timedelta | str
"""A timestamp: an aware datetime, an age as a timedelta, or a string: "2026-01-31T12:00:00Z", "90 days ago", "P90D"."""

_UNITS = ("weeks", "days", "hours", "minutes", "seconds")
# Compiled at first use: few tests write timestamps as strings.
_AGO = r"(\d{1,9}) (week|day|hour|minute|second)s? ago"
_DURATION = r"P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
_ISO = r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)"
_CALENDAR = r"\d+ (?:month|year)s? ago|P\d+[YM].*"
_NO_ZONE = r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?)?"

FORMS = '"2026-01-31T12:00:00Z", "90 days ago" or "P90D"'
"""The strings that are accepted, by example."""

PATTERN = "|".join(f"(?:{pattern})" for pattern in (_ISO, _AGO, _DURATION))
"""The strings that are accepted, as a regular expression that has to match all of the string."""


def millis(timestamp: Timestamp | None, now: int) -> int:
    """A timestamp in milliseconds since the epoch; ``now`` if it is None.

    :raises SeedError: it is not valid, for example a datetime without a time zone or a negative age.
    """
    if timestamp is None:
        return now
    if isinstance(timestamp, str):
        timestamp = parsed(timestamp)
    if isinstance(timestamp, dt.timedelta):
        then = within_years(now - timestamp // dt.timedelta(milliseconds=1), f"The time {shown(timestamp)} ago")
        if timestamp < dt.timedelta(0):
            raise SeedError(f"{timestamp!r} is in the future. An age counts back from now: write {-timestamp!r}.")
        return then
    if not isinstance(timestamp, dt.datetime):
        raise SeedError(
            f"{shown(timestamp)} is not a valid timestamp. Write a datetime.datetime with a time zone, an age such as "
            f"timedelta(days=90), or a string: {FORMS}."
        )
    return to_millis(timestamp)


def parsed(text: str) -> dt.datetime | dt.timedelta:
    """A timestamp from a string: an aware datetime, or how long ago.

    :raises SeedError: it is not one of the strings that are accepted.
    """
    if (ago := re.fullmatch(_AGO, text)) is not None:
        return _age(text, {f"{ago[2]}s": int(ago[1])})
    if (duration := re.fullmatch(_DURATION, text)) is not None:
        return _age(text, {unit: int(number or 0) for unit, number in zip(_UNITS, duration.groups(), strict=True)})
    if (written := re.fullmatch(_ISO, text)) is not None:
        return _absolute(text, *written.groups())
    raise SeedError(_objection(text))


def _age(text: str, units: dict[str, int]) -> dt.timedelta:
    try:
        return dt.timedelta(**units)
    except OverflowError:
        raise SeedError(f"{shown(text)} is outside of the years 1 to 9999 in UTC.") from None


def _absolute(text: str, day: str, time: str, fraction: str | None, zone: str) -> dt.datetime:
    offset = "+00:00" if zone in "Zz" else zone  # Python 3.10 does not read Z, nor a fraction of any length
    try:
        return dt.datetime.fromisoformat(f"{day}T{time}.{(fraction or '')[:6]:0<6}{offset}")
    except ValueError:
        raise SeedError(f"{shown(text)} is not a valid timestamp: there is no such date or time.") from None


def _objection(text: str) -> str:
    if (local := re.fullmatch(_NO_ZONE, text)) is not None:
        return f"{shown(text)} has no time zone. Write '{local[1]}T{local[2] or '00:00:00'}Z'."
    if re.fullmatch(_CALENDAR, text):
        return f"{shown(text)} has no fixed length. Write weeks, days or shorter units, for example '90 days ago'."
    return f"{shown(text)} is not a valid timestamp. Write {FORMS}."
