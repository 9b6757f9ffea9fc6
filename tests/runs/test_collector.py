"""The garbage collector rests while a process loads what makes its first fake, and works as before afterwards."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from pytest_codeartifact.collector import paused

FIRST_FAKE = """
import gc, sys
import botocore.loaders, botocore.model, pytest_codeartifact

seen = []
gc.callbacks.append(lambda phase, _: seen.append(phase))
pytest_codeartifact.FakeCodeArtifact
print(len(seen), gc.isenabled())
"""


def test_the_garbage_collector_rests_while_the_modules_of_a_fake_are_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_FAKE], capture_output=True, text=True, check=True)

    collected, enabled = done.stdout.split()
    assert int(collected) <= 2  # the one that has waited for the end of the pause begins, and ends
    assert enabled == "True"


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_restored_after_a_pause(enabled: bool) -> None:
    was_enabled = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with paused():
            assert not gc.isenabled()
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()
