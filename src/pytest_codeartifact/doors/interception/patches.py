"""What is replaced in other packages while a fake is open, to be put back when the last one closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Patches:
    """Attributes of modules and classes that are replaced."""

    def __init__(self) -> None:
        self._originals: dict[tuple[Any, str], Any] = {}

    def extend(self) -> None:
        """Replace what is there by now: aiobotocore is often imported later, and not by us."""
        raise NotImplementedError

    def replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put what is made of an attribute in its place, unless that has been done; there may be no owner."""
        if owner is not None and (owner, name) not in self._originals:
            original = self._originals[owner, name] = getattr(owner, name)
            setattr(owner, name, make(original))

    def undo(self) -> None:
        """Put everything back."""
        for (owner, name), original in self._originals.items():
            setattr(owner, name, original)
