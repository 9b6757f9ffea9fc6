"""A value in a file with its place, for messages. Checks types only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from ..errors import SeedError, near, shown
from ..handles import timestamps

_Result = TypeVar("_Result")

_KINDS = {dict: "a table", list: "a list", str: "a string", int: "a number", bool: "true or false", type(None): "null"}


class FileValue:
    """A value in a file. ``parent`` is the table or list that contains it, ``key`` its key or index there.

    The place is put into words when it is needed, because most values are valid.
    """

    __slots__ = ("key", "parent", "source", "value")

    def __init__(self, value: Any, source: str, parent: FileValue | None = None, key: str | int = "") -> None:
        self.value, self.source, self.parent, self.key = value, source, parent, key

    @property
    def place(self) -> str:
        """The place in words; empty for the whole file."""
        if self.parent is None:
            return ""
        if isinstance(self.key, int):
            return f"{self.parent.place}[{self.key}]"
        key = self.key if re.fullmatch(r"[\w-]{1,100}", self.key) else shown(self.key)
        return f"{self.parent.place}.{key}" if self.parent.place else key

    def wrong(self, why: str) -> SeedError:
        """The error to raise about the value."""
        place = self.place
        return SeedError(f"{self.source}: {place}: {why}" if place else f"{self.source}: {why}")

    @contextmanager
    def locating_errors(self) -> Iterator[None]:
        """Add the place in the file to any SeedError that is raised in the block."""
        try:
            yield
        except SeedError as error:
            raise self.wrong(str(error)) from None

    def at(self, key: str) -> FileValue:
        """The value under a key of this table."""
        return FileValue(self.value[key], self.source, self, key)

    def table(self) -> Mapping[str, FileValue]:
        """The values of a table."""
        self._check_table()
        return {key: self.at(key) for key in self.value}

    def plain(self) -> Any:
        """The value with all its contents, of any type, but without duplicate keys."""
        waiting = [self]
        while waiting:  # not recursive, because values may be nested deeper than Python recurses
            value = waiting.pop()
            if isinstance(value.value, dict):
                waiting += value.table().values()
            elif isinstance(value.value, list):
                waiting += value.items()
        return self.value

    def items(self) -> Iterator[FileValue]:
        """The items of a list, one after the other."""
        self._check(list)
        return (FileValue(item, self.source, self, number) for number, item in enumerate(self.value))

    def text(self) -> str:
        """A string."""
        self._check(str)
        return str(self.value)

    def number(self) -> int:
        """A whole number."""
        if isinstance(self.value, bool):
            raise self.wrong(f"expected a number, found {described(self.value)}.")
        self._check(int)
        return int(self.value)

    def texts(self) -> dict[str, str]:
        """A table of strings."""
        return {key: value.text() for key, value in self.table().items()}

    def list_of_texts(self) -> list[str]:
        """A list of strings."""
        return [item.text() for item in self.items()]

    def absolute_time(self) -> dt.datetime:
        """An absolute timestamp: TOML's own type, or a string in ISO 8601; always with a time zone."""
        stamp = self.timestamp()
        if isinstance(stamp, dt.timedelta):
            raise self.wrong(f"{described(self.value)} is not a valid timestamp. Write 2026-01-31T12:00:00Z.")
        return stamp

    def timestamp(self) -> dt.datetime | dt.timedelta:
        """An absolute timestamp, or an age as a string: "90 days ago" or "P90D"."""
        if isinstance(self.value, dt.datetime) and self.value.utcoffset() is not None:
            return self.value
        if not isinstance(self.value, str):
            raise self.wrong(f"{described(self.value)} is not a valid timestamp. Write {timestamps.FORMS}.")
        with self.locating_errors():
            return timestamps.parsed(self.value)

    def keywords(
        self, readers: Mapping[str, Callable[[FileValue], Any]], required: Collection[str] = ()
    ) -> dict[str, Any]:
        """The values of a table with known keys, each read by its reader."""
        self._check_table()
        table = self.value
        for key in table:
            if key not in readers:
                raise self.wrong(f"unknown key {shown(key)}. {near(key, readers)}")
        for key in required:
            if key not in table:
                raise self.wrong(f"the key {key!r} is missing.")
        return {key: readers[key](FileValue(table[key], self.source, self, key)) for key in table}

    def member(self, key: str, read: Callable[[FileValue], _Result]) -> _Result | None:
        """The value under a key of a table that may have unknown keys; None if it is missing or null."""
        self._check_table()
        return None if self.value.get(key) is None else read(self.at(key))

    def required_member(self, key: str, read: Callable[[FileValue], _Result]) -> _Result:
        """The value under a required key, as :meth:`member`."""
        member = self.member(key, read)
        if member is None:
            raise self.wrong(f"the member {key!r} is missing.")
        return member

    def _check_table(self) -> None:
        self._check(dict)
        duplicate = getattr(self.value, "duplicate", None)
        if duplicate is not None:
            raise self.wrong(f"the key {shown(duplicate)} is duplicated.")

    def _check(self, kind: type) -> None:
        if not isinstance(self.value, kind):
            raise self.wrong(f"expected {_KINDS[kind]}, found {described(self.value)}.")


def described(value: object) -> str:
    """A value in a message; its type if it is long, or written differently in Python."""
    kinds = (words for kind, words in _KINDS.items() if kind not in (str, int) and isinstance(value, kind))
    return next(kinds, None) or shown(value)
