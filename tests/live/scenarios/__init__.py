"""What is asked of the service: only what the API alone can set up, and nothing that costs more than requests.

Each scenario has repositories of its own, so that it says nothing about the others. The questions of section 25 of
docs/behaviour.md are among them, as far as the API can settle them.
"""

from __future__ import annotations

from ..playing import Play, Scenario
from . import copies, deletions, domains, groups, lists, policies, publishing, repositories, statuses, tags, validation

_MODULES = (
    domains, repositories, policies, tags, groups, publishing, lists, statuses, copies, deletions, validation,
)  # fmt: skip


def _scenarios() -> list[Scenario]:
    return [Scenario(play.__name__.replace("_", "-"), play) for module in _MODULES for play in module.PLAYS]


SCENARIOS = _scenarios()

__all__ = ["SCENARIOS", "Play"]
