"""Read-only mappings over the current state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar, overload

from ..errors import NotThere, near, shown

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Other = TypeVar("_Other")


class Entities(Mapping[_Key, _Value]):
    """The things of one kind in one place, by name; reads what is there at each use.

    :param what: the place and the kind, in words, for messages: ``"package of repository 'team'"``.
    :param keys: the keys that there are, in order.
    :param find: the thing under a key, or None.
    :param count: how many there are.
    :param like: those that a key which misses may have meant, or all.
    :param check: raises TypeError for what can be no key.
    :param has: whether a key is there, where finding the thing can fail although it is.
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
        found = self._find(key)
        if found is None:
            raise NotThere(
                f"{shown(key)} is no {self._what}. {near(str(key), map(str, self._like(key)), self._count())}"
            )  # fmt: skip
        return found

    @overload
    def get(self, key: _Key, default: None = None) -> _Value | None: ...
    @overload
    def get(self, key: _Key, default: _Value | _Other) -> _Value | _Other: ...
    def get(self, key: _Key, default: _Value | _Other | None = None) -> _Value | _Other | None:
        """What is under a key, else ``default``; unlike Mapping's own it looks for no words about a miss."""
        self._check(key)
        found = self._find(key)
        return default if found is None else found

    def __contains__(self, key: object) -> bool:
        self._check(key)
        return self._has(key)  # type: ignore[arg-type]  # the check has seen to its type

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._keys())

    def __len__(self) -> int:
        return self._count()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            raise TypeError(
                f"A mapping of every {self._what} is compared with a mapping; compare set(...) of it instead."
            )
        for key in other:
            self._check(key)
        return dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]  # compares by what is there now

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}"


def check_str(key: object) -> None:
    """Refuse what is no str.

    :raises TypeError: naming it.
    """
    if not isinstance(key, str):
        raise TypeError(f"These things go by their name, a str, not by {shown(key)}.")
