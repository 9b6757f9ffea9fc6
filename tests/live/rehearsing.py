"""A rehearsal of scenarios with a fake: how many requests a run sends, and which permissions it needs."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pytest_codeartifact import CodeArtifactWarning, FakeCodeArtifact

from .clients import OF_A_FAKE
from .names import Names
from .playing import NoBook, Player, Scenario
from .recording import Recording
from .scenarios import SCENARIOS


@contextmanager
def rehearsed(scenarios: Iterable[Scenario] = SCENARIOS) -> Iterator[tuple[FakeCodeArtifact, Recording]]:
    """A fake to which scenarios have been played, and their recording."""
    with warnings.catch_warnings(), FakeCodeArtifact() as fake:
        warnings.simplefilter("ignore", CodeArtifactWarning)
        player = Player(fake.client(config=OF_A_FAKE), Names.of_a_new_run(fake.account, fake.region), NoBook())
        player.open()
        for scenario in scenarios:
            player.play(scenario)
        yield fake, player.recording


def number_of_requests(scenarios: Iterable[Scenario]) -> int:
    """How many requests a run of these scenarios sends, without those that clean up."""
    with rehearsed(scenarios) as (fake, _):
        return len(fake.calls)
