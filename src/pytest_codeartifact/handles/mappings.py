"""Read-only mappings over the current state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar, overload

from ..errors import NotThere, near, shown

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Other = TypeVar("_Other")


class Entities(Mapping[_Key, _Value]):
    """The things of one kind in one container, by name. Reads the current state at each use.

    :param what: the kind and the container in words, for messages: ``"package of repository 'team'"``.
    :param keys: returns the existing keys, in order.
    :param find: returns the thing with a key, or None.
    :param count: returns the number of things.
    :param check: raises TypeError for a value that cannot be a key.
    :param like: returns the keys that are similar to a missing one, or all.
    :param has: whether a key exists, if reading the thing can fail although it does.
    """

    def __init__(
        self,
        what: str,
        keys: Callable[[], Iterable[_Key]],
        find: Callable[[_Key], _Value | None],
        count: Callable[[], int],
        check: Callable[[object], object],
        like: Callable[[_Key], Iterable[_Key]],
        has: Callable[[_Key], bool] | None = None,
    ) -> None:
        self._has = has or (lambda key: find(key) is not None)
        self._what, self._keys, self._find, self._count, self._check = what, keys, find, count, check
        self._like = like

    def __getitem__(self, key: _Key) -> _Value:
        self._check(key)
        value = self._find(key)
        if value is None:
            kind, _, place = self._what.partition(" of ")
            there = near(str(key), map(str, self._like(key)), self._count())
            raise NotThere(f"There is no {kind} {shown(key)} in {place}. {there}")
        return value

    @overload
    def get(self, key: _Key, default: None = None) -> _Value | None: ...
    @overload
    def get(self, key: _Key, default: _Value | _Other) -> _Value | _Other: ...
    def get(self, key: _Key, default: _Value | _Other | None = None) -> _Value | _Other | None:
        """The value of a key, or ``default``. Unlike Mapping's own method, it composes no message for a missing key."""
        self._check(key)
        value = self._find(key)
        return default if value is None else value

    def __contains__(self, key: object) -> bool:
        self._check(key)
        return self._has(key)  # type: ignore[arg-type]  # the check refuses other types

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._keys())

    def __len__(self) -> int:
        return self._count()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            raise TypeError(
                f"The mapping of every {self._what} can only be compared with a mapping. Compare its set(...) instead."
            )
        for key in other:
            self._check(key)
        return dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]  # compares by the current contents

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}"


def check_str(key: object) -> None:
    """Check that a key is a str.

    :raises TypeError: it is not.
    """
    if not isinstance(key, str):
        raise TypeError(f"The key must be a str, not {shown(key)}.")
