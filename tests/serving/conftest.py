"""What the tests of the commands share: the commands in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

pytest.importorskip("h11", reason="needs the extra 'server'")

Start: TypeAlias = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def untraced_children() -> None:
    """Those of the commands are traced: their lines are run in no other process."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of the commands: servers are noted where no other test looks for them."""
    return {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Start]:
    """Runs `python -m pytest_codeartifact` in the folder of the test; ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "pytest_codeartifact", *arguments]
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


@pytest.fixture
def address(start: Start) -> Callable[..., str]:
    """Starts `serve -q`; its address."""

    def address(*arguments: str) -> str:
        stdout = start("serve", "-q", *arguments).stdout
        assert stdout is not None
        return stdout.readline().strip()

    return address
