"""Fixtures of the tests of the commands, which run in child processes."""

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
    """Coverage is measured in the processes of the commands, because their lines run nowhere else."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of the commands. Its runtime directory belongs to one test."""
    return {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Start]:
    """Runs `python -m pytest_codeartifact` in the directory of the test until the test ends."""
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
    """Starts `serve -q`, and returns its address."""

    def address(*arguments: str) -> str:
        stdout = start("serve", "-q", *arguments).stdout
        assert stdout is not None
        return stdout.readline().strip()

    return address
