"""The fake returns the same responses as recordings of the real service."""

from __future__ import annotations

from pathlib import Path

import pytest

from .recording import Recording
from .replaying import differences, report

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.jsonl"))


@pytest.mark.parametrize("path", RECORDINGS, ids=[path.stem for path in RECORDINGS])
def test_the_fake_answers_as_the_service_did(path: Path) -> None:
    recording = Recording.read(path)

    assert recording.aws, "This is a recording of another server than AWS, so it is no evidence."
    assert report(differences(recording)) == ""
