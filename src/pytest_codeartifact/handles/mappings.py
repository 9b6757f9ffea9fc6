"""Read-only mappings over the current state."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, TypeVar, overload

from ..errors import NotThere, near, shown
from ..state import spelling, tree
from .pointer import Pointer

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Other = TypeVar("_Other")


class Entities(Mapping[_Key, _Value]):
    """The things of one kind in one container, by name. Reads the current state at each use.

    Each kind is a subclass, beside the handle of its container.
    """

    _kind: ClassVar[str]
    """The kind in words, for messages: ``"package"``."""

    def __init__(self, container: Pointer) -> None:
        self._pointer = container

    @property
    @abstractmethod
    def _place(self) -> str:
        """The container in words, for messages: ``"repository 'team'"``."""

    @abstractmethod
    def _find(self, key: _Key) -> _Value | None:
        """The thing with a key, or None."""

    @abstractmethod
    def _similar(self, key: _Key) -> Iterable[_Key]:
        """The keys that are similar to a missing one, or all."""

    def _has(self, key: _Key) -> bool:
        return self._find(key) is not None

    def _check(self, key: object) -> None:
        """Raise TypeError for a value that cannot be a key."""
        if not isinstance(key, str):
            raise TypeError(f"The key must be a str, not {shown(key)}.")

    def __getitem__(self, key: _Key) -> _Value:
        self._check(key)
        value = self._find(key)
        if value is None:
            suggestion = near(str(key), map(str, self._similar(key)), len(self))
            raise NotThere(f"There is no {self._kind} {shown(key)} in {self._place}. {suggestion}")
        return value

    @overload
    def get(self, key: _Key, default: None = None) -> _Value | None: ...
    @overload
    def get(self, key: _Key, default: _Value | _Other) -> _Value | _Other: ...
    def get(self, key: _Key, default: _Value | _Other | None = None) -> _Value | _Other | None:
        """The value of a key, or ``default``. Unlike Mapping's own, builds no message for a missing key."""
        self._check(key)
        value = self._find(key)
        return default if value is None else value

    def __contains__(self, key: object) -> bool:
        self._check(key)
        return self._has(key)  # type: ignore[arg-type]  # the check refuses other types

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            raise TypeError(
                f"The mapping of every {self._kind} of {self._place} can only be compared with a mapping. "
                f"Compare its set(...) instead."
            )
        for key in other:
            self._check(key)
        return dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]  # compares by the current contents

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}"


class NamedEntities(Entities[str, _Value]):
    """Entities that a map of the state holds by their names."""

    @property
    @abstractmethod
    def _map(self) -> tree.Node:
        """The map in the current state."""

    def _similar(self, key: str) -> Iterable[str]:
        return spelling.resembling(self._map, key)

    def __iter__(self) -> Iterator[str]:
        return (entry[0] for entry in tree.scan(self._map))

    def __len__(self) -> int:
        return tree.size(self._map)
