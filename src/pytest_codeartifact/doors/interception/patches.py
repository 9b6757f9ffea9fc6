"""Replaces attributes of other packages while a fake is open, and restores them when the last one closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .botocore_internals import Attribute


class Patches:
    """Attributes of modules and classes that are replaced."""

    def __init__(self) -> None:
        self._originals: dict[Attribute, tuple[Any, Any]] = {}
        self.extend()

    def extend(self) -> None:
        """Replace what is there by now: aiobotocore is often imported later, and not by us."""
        raise NotImplementedError

    def replace(self, attribute: Attribute, make: Callable[[Any], Any]) -> None:
        """Put what is made of an attribute in its place, unless that has been done or it is not there."""
        if attribute in self._originals:
            return
        owner = attribute.owner()
        if owner is not None:
            original = getattr(owner, attribute.name)
            self._originals[attribute] = owner, original
            setattr(owner, attribute.name, make(original))

    def undo(self) -> None:
        """Put everything back."""
        for attribute, (owner, original) in self._originals.items():
            setattr(owner, attribute.name, original)
