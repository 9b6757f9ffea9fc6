"""The base class of all handles."""

from __future__ import annotations

from .pointer import Pointer


class Handle:
    """A thing in a fake, by its path. Handles with the same path in the same fake are equal."""

    __slots__ = ("_pointer",)

    def __init__(self, pointer: Pointer) -> None:
        self._pointer = pointer

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Handle):
            return NotImplemented
        return type(self) is type(other) and self._pointer == other._pointer

    def __hash__(self) -> int:
        return hash((type(self), self._pointer.path))


def pointer_of(handle: Handle) -> Pointer:
    """The pointer of a handle, for other packages of this project. Not for users."""
    return handle._pointer  # noqa: SLF001  # the only access from outside
