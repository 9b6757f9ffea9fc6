"""Timing that survives a noisy machine: contenders take turns, and what counts is the ratio within a turn.

Times are those of the processor in this process, in all its threads, so that other processes on the machine disturb
little. What child processes take is theirs.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

Contender = Callable[[], object]
Clock = Callable[[], float]
_Result = TypeVar("_Result")


@dataclass
class Result:
    """A measured thing: its median in microseconds, and what it is compared with."""

    name: str
    microseconds: float
    ratios: dict[str, float] = field(default_factory=dict)
    """The median ratio to each other contender."""
    spreads: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The quartiles of the same ratios."""
    notes: dict[str, Any] = field(default_factory=dict)


def compare(
    contenders: dict[str, Contender],
    *,
    calls: int,
    turns: int = 9,
    around: dict[str, AbstractContextManager[object]] | None = None,
    clock: Clock = time.process_time,
) -> list[Result]:
    """Let contenders take turns; the first one is compared with each of the others.

    :param calls: how often a contender runs in a turn; there is one more turn, which does not count.
    :param around: contexts that a contender's turns run in, entered and left outside of what is timed.
    :param clock: returns the time in seconds.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(turns + 1):
        for name, contender in contenders.items():
            with (around or {}).get(name, nullcontext()):
                start = clock()
                for _ in range(calls):
                    contender()
                times[name].append((clock() - start) / calls * 1e6)
    for measured in times.values():
        del measured[0]
    first, *others = contenders
    results = [Result(name, statistics.median(times[name])) for name in contenders]
    for other in others:
        ratios = [ours / theirs for ours, theirs in zip(times[first], times[other], strict=True)]
        low, results[0].ratios[other], high = statistics.quantiles(ratios, n=4, method="inclusive")
        results[0].spreads[other] = low, high
    return results


def measure(name: str, contender: Contender, *, calls: int, turns: int = 5, clock: Clock = time.process_time) -> Result:
    """Time one thing on its own."""
    return compare({name: contender}, calls=calls, turns=turns, clock=clock)[0]


@contextmanager
def gc_pauses() -> Iterator[list[float]]:
    """The pauses of the garbage collector in milliseconds, while the block runs."""
    pauses: list[float] = []
    started = [0.0]

    def watch(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            started[0] = time.perf_counter()
        else:
            pauses.append((time.perf_counter() - started[0]) * 1e3)

    gc.callbacks.append(watch)
    try:
        yield pauses
    finally:
        gc.callbacks.remove(watch)


def children_time() -> float:
    """The processor's time of the child processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def alone(function: Callable[..., _Result], *arguments: object) -> _Result:
    """The result of a function in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def resident_bytes() -> int:
    """The memory of this process, as the operating system counts it."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - no file of ours, and nothing to gain from a Path
        return int(statm.read().split()[1]) * 4096
