"""Seed files of many packages: how long it takes to write and to read them, and how much memory that needs."""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.harness import Result, alone, resident_bytes
from pytest_codeartifact import FakeCodeArtifact, pypi

_MEGABYTE = 1_000_000


def files(packages: int) -> Iterator[Result]:
    """All rows for a number of packages, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("seed.json", "seed.toml"):
            yield alone(_dump, Path(folder, name), packages)
        _print_list(Path(folder, "list.json"), packages)
        for name, load in (("seed.json", _load), ("seed.toml", _load), ("list.json", _load_cli)):
            yield alone(_read, Path(folder, name), packages, load)


def _dump(path: Path, packages: int) -> Result:
    fake = FakeCodeArtifact()
    fake.add_domain("acme").add_repository("team").add_packages(map(pypi, _names(packages)), versions=["1.0"])
    return _measured(f"dump of {packages:,} packages, {path.suffix[1:]}", path, lambda: fake.dump(path))


def _read(path: Path, packages: int, load: Callable[[FakeCodeArtifact, Path], object]) -> Result:
    fake = FakeCodeArtifact()
    name = load.__name__.strip("_")
    return _measured(f"{name} of {packages:,} packages, {path.suffix[1:]}", path, lambda: load(fake, path))


def _load(fake: FakeCodeArtifact, path: Path) -> None:
    fake.load(path)


def _load_cli(fake: FakeCodeArtifact, path: Path) -> None:
    fake.load_cli(path, fake.add_domain("acme").add_repository("team"))


def _print_list(path: Path, packages: int) -> None:
    """A file as ``aws codeartifact list-packages`` prints it."""
    origin = {"restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}}
    listed = [{"format": "pypi", "package": name, "originConfiguration": origin} for name in _names(packages)]
    path.write_text(json.dumps({"packages": listed}))


def _names(packages: int) -> list[str]:
    return [f"package-{number:07}" for number in range(packages)]


def _measured(name: str, path: Path, work: Callable[[], object]) -> Result:
    gc.collect()
    before, start = resident_bytes(), time.process_time()
    work()
    took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    gc.collect()
    sizes = {"file": path.stat().st_size, "peak": max(0, peak - before), "that stay": resident_bytes() - before}
    return Result(name, took * 1e6, notes={f"MB, {what}": round(size / _MEGABYTE) for what, size in sizes.items()})
