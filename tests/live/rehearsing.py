"""A rehearsal of all scenarios with a fake: how many requests a run sends, and which permissions it needs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from pytest_codeartifact import CodeArtifactWarning, FakeCodeArtifact

from .clients import AS_IT_IS
from .names import Names
from .playing import NoBook, Player
from .recording import Recording
from .scenarios import SCENARIOS


@contextmanager
def rehearsed() -> Iterator[tuple[FakeCodeArtifact, Recording]]:
    """A fake to which all scenarios have been played, and their recording."""
    with warnings.catch_warnings(), FakeCodeArtifact() as fake:
        warnings.simplefilter("ignore", CodeArtifactWarning)
        player = Player(fake.client(config=AS_IT_IS), Names.of_a_new_run(fake.account, fake.region), NoBook())
        player.open()
        for scenario in SCENARIOS:
            player.play(scenario)
        yield fake, player.recording


@cache
def number_of_requests() -> int:
    """How many requests a run sends, without those that clean up."""
    with rehearsed() as (fake, _):
        return len(fake.calls)
