"""Run the benchmarks, print a table and write results.json.

    python benchmarks/run.py [--packages 1000 1000000] [case ...]

Absolute times say something about the machine; the ratios say something about us. The floor, a canned answer, is
measured while the fake is closed: an open one would answer in its place, and has changed what botocore does besides.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import cases, files, growth, installs, kept
from benchmarks.harness import Result, alone

CASES: dict[str, Callable[[], Iterable[Result]]] = {
    "plugin_load": cases.plugin_load,
    "first_fake": cases.first_fake,
    "set_up": cases.set_up,
    "one_call": cases.one_call,
    "over_the_wire": cases.over_the_wire,
    "whole_test": cases.whole_test,
    "threads": cases.threads,
    "large_asset": cases.large_asset,
    "growth": growth.growth,
    "installs": installs.installs,
    "kept": kept.kept,
}

SIZES: dict[str, Callable[[int], Iterable[Result]]] = {
    "scale": lambda packages: alone(cases.scale, packages),
    "files": files.files,
}
"""The cases that are run for repositories of several sizes."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the benchmarks.")
    parser.add_argument("--packages", type=int, nargs="*", default=[1000, 1_000_000], help="sizes of repositories")
    parser.add_argument("cases", nargs="*", help=f"of {', '.join([*CASES, *SIZES])}; all if omitted")
    arguments = parser.parse_args()
    chosen = arguments.cases or [*CASES, *SIZES]
    results: list[Result] = []
    for name in chosen:
        if name in SIZES:
            for packages in arguments.packages:
                results += show(SIZES[name](packages))
        else:
            results += show(CASES[name]())
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: version(name) for name in ("botocore", "boto3", "moto", "pytest", "pytest-codeartifact")},
    }
    written = Path(__file__).with_name("results.json")
    written.write_text(json.dumps({**machine, "results": list(map(dataclasses.asdict, results))}, indent=2) + "\n")
    print(f"\n{', '.join(f'{name} {value}' for name, value in machine.items())}\nwritten to {written}")


def show(results: Iterable[Result]) -> list[Result]:
    """Print results as they come."""
    shown = []
    for result in results:
        shown.append(result)
        said = [_said(ratio, *result.spreads[other], other) for other, ratio in result.ratios.items()]
        said += [f"{name}: {value}" for name, value in result.notes.items()]
        print(f"{result.name:<55}{amount(result.microseconds):>12}   {'; '.join(said)}", flush=True)
    return shown


def _said(ratio: float, low: float, high: float, other: str) -> str:
    return f"{ratio:.2f} ({low:.2f} to {high:.2f}) x {other}"


def amount(microseconds: float) -> str:
    if microseconds < 1000:
        return f"{microseconds:.1f} us"
    return f"{microseconds / 1000:.1f} ms" if microseconds < 1e6 else f"{microseconds / 1e6:.2f} s"


if __name__ == "__main__":
    main()
