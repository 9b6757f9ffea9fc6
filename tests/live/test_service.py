"""The scenarios against the real service. They are collected by ``pytest --codeartifact-live`` only."""

from __future__ import annotations

import pytest

from .clients import Refusal
from .playing import Player, Scenario
from .scenarios import SCENARIOS


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_the_service_answers(scenario: Scenario, live: Player) -> None:
    """Its responses are compared at the end."""
    try:
        live.play(scenario)
    except Refusal as refusal:
        pytest.exit(str(refusal), returncode=pytest.ExitCode.INTERRUPTED)
