"""Our markers on a test: what they configure, and the errors for markers without effect.

A marker on a class or a module applies to those of its tests that can use it. On a test function, it must have an
effect.
"""

from __future__ import annotations

from typing import Any

import pytest

_FAKE, _REAL_CALLS = "codeartifact", "codeartifact_real_calls"

_OWN = pytest.StashKey["frozenset[str]"]()
_HAS_FAKE = pytest.StashKey[bool]()


def note(item: pytest.Item) -> None:
    """Remember the markers of the test itself, before other plugins or hooks add some to all tests."""
    item.stash[_OWN] = frozenset(marker.name for marker in item.own_markers)


def settings(item: pytest.Item) -> dict[str, Any]:
    """The keywords of the marker ``codeartifact``. The closest marker has precedence.

    :raises pytest.UsageError: the marker has positional arguments.
    """
    __tracebackhide__ = True
    merged: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(_FAKE))):
        if marker.args:
            raise pytest.UsageError(f"The marker {_FAKE} takes keywords only, not {marker.args!r}.")
        merged.update(marker.kwargs)
    return merged


def lets_real_calls(item: pytest.Item) -> bool:
    """Whether a test may call the real service. False if it requests the fixture."""
    return item.get_closest_marker(_REAL_CALLS) is not None and _FAKE not in getattr(item, "fixturenames", ())


def note_fixture(item: pytest.Item) -> None:
    """Record that the fixture is set up for a test.

    :raises pytest.UsageError: the test itself is marked for real calls.
    """
    __tracebackhide__ = True
    item.stash[_HAS_FAKE] = True
    if _is_marked(item, _REAL_CALLS):
        raise pytest.UsageError(
            f"{item.name} is marked with {_REAL_CALLS} and has the fixture `{_FAKE}`, which answers every call. Remove "
            f"the marker, or the fixture and what requests it."
        )


def check_fixture_is_used(item: pytest.Item) -> None:
    """Refuse a marker that had no effect.

    :raises pytest.UsageError: the test itself is marked for a fake, and no fixture has created one.
    """
    __tracebackhide__ = True
    has_fake = item.stash.get(_HAS_FAKE, False) or _FAKE in getattr(item, "fixturenames", ())
    if _is_marked(item, _FAKE) and not has_fake:
        raise pytest.UsageError(
            f"{item.name} is marked with {_FAKE}, but does not use the fixture of that name. Write "
            f"def {getattr(item, 'originalname', None) or item.name}({_FAKE}), or add "
            f"@pytest.mark.usefixtures({_FAKE!r}); or remove the marker."
        )


def _is_marked(item: pytest.Item, marker: str) -> bool:
    return marker in item.stash.get(_OWN, frozenset())
