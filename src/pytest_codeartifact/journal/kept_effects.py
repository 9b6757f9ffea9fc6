"""A compact form of the effects of calls on many versions, which are seldom read: by events and deletions."""

from __future__ import annotations

import pickle  # reads nothing but what this module has written in this process
import zlib
from collections.abc import Sequence
from typing import TypeAlias

from ..rules.effects import Effect, Removal
from ..state.entities import Version

_MAX_PLAIN = 10
"""The number of versions up to which effects are kept as they are."""


class _CompactEffects(bytes):
    """Changes of versions, pickled and compressed."""

    __slots__ = ()


class _CompactRemoval(_CompactEffects):
    """One removal, pickled and compressed."""

    __slots__ = ()


KeptEffect: TypeAlias = "Effect | _CompactEffects"
"""An effect as it is, or the packed effects of one call."""


def compact_effects(effects: Sequence[Effect]) -> Sequence[KeptEffect]:
    """Make the effects of a call compact if they are on many versions. A call has one removal, or changes.

    Versions with assets or metadata of their own stay as they are, because the state holds the same objects: a packed
    copy would need more memory.
    """
    versions = [version for effect in effects for version in _versions(effect)]
    if len(versions) <= _MAX_PLAIN or not all(map(_is_plain, versions)):
        return effects
    packed = zlib.compress(pickle.dumps(effects, pickle.HIGHEST_PROTOCOL), level=1)
    return [_CompactRemoval(packed) if isinstance(effects[0], Removal) else _CompactEffects(packed)]


def is_removal(kept: KeptEffect) -> bool:
    return isinstance(kept, (Removal, _CompactRemoval))


def effects_of(kept: KeptEffect) -> Sequence[Effect]:
    """Restore the effects from their compact form."""
    if not isinstance(kept, _CompactEffects):
        return [kept]
    effects: Sequence[Effect] = pickle.loads(zlib.decompress(kept))  # noqa: S301  # see the import
    return effects


def _versions(effect: Effect) -> list[Version | None]:
    if isinstance(effect, Removal):
        return [Version._make((*entry, "")) for entry in effect.versions]
    return [effect.before, effect.after]


def _is_plain(version: Version | None) -> bool:
    return version is None or version.plain_details is None or version.has_only_defaults
