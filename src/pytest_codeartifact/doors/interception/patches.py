"""Replaces attributes of other packages while a fake is open, and restores them when the last one closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .botocore_internals import Attribute


class Patches:
    """A set of replaced attributes of modules and classes."""

    def __init__(self) -> None:
        self._originals: dict[Attribute, tuple[Any, str, Any]] = {}
        self.extend()

    def extend(self) -> None:
        """Replace the attributes that exist by now. Called again later, because aiobotocore is often imported later."""
        raise NotImplementedError

    def replace(self, attribute: Attribute, make: Callable[[Any], Any]) -> None:
        """Replace an attribute with ``make(original)``, unless it is replaced already or missing."""
        if attribute in self._originals:
            return
        owner = attribute.owner()
        if owner is not None:
            name = attribute.name
            original = getattr(owner, name)
            self._originals[attribute] = owner, name, original
            setattr(owner, name, make(original))

    def undo(self) -> None:
        """Restore all attributes."""
        for owner, name, original in self._originals.values():
            setattr(owner, name, original)
