"""Test mutants by the tests that run their lines, and count the survivors; for `tox run -e mutation`.

    python scripts/mutants.py record MAP
    python scripts/mutants.py sample SESSION NUMBER [SEED]
    python scripts/mutants.py execute SESSION MAP
    python scripts/mutants.py score SESSION

`record` notes in the file MAP which test runs which line. `sample` leaves NUMBER mutants of each room in a session of
cosmic-ray, the same ones each time for the same number SEED. `execute` tests the mutants of a session that have no
result yet. `score` prints a table of the rooms.

As a plugin of pytest (`-p mutants`), it tells coverage which test runs.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).resolve().parent.parent

PACKAGE = "pytest_codeartifact"

TESTS = [
    *(f"tests/{room}" for room in ("rules", "service", "state", "wire", "journal", "managers", "handles", "seeds")),
    "--ignore=tests/managers/clients",
    "--ignore=tests/service/test_growth.py",
]
"""The tests that may kill a mutant: those that call the service in this process, and are fast."""

FIRST = 4
"""The number of test files that are run completely: those that test the line most. Others run one case of each test."""

LONGEST = 60
"""The number of processor seconds after which a mutant counts as an endless loop."""


def record(map: str) -> int:
    """Run the tests, and record which test runs which line."""
    coverage_of = [f"--data-file={map}", "--rcfile=", f"--source={PACKAGE}"]
    recording = [sys.executable, "-m", "coverage", "run", *coverage_of, "-m", "pytest", "-p", "mutants", "-q", *TESTS]
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(recording, cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}).returncode


def sample(session: str, number: str, seed: str = "0") -> int:
    """Skip all mutants except a number of each room."""
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    with use_db(session) as mutants:
        rooms: dict[str, list[str]] = {}
        for item in sorted(mutants.pending_work_items, key=_place):
            rooms.setdefault(_room(item), []).append(item.job_id)
        chance = random.Random(int(seed))
        skipped = [job for jobs in rooms.values() for job in chance.sample(jobs, max(0, len(jobs) - int(number)))]
        mutants.set_multiple_results(skipped, WorkResult(WorkerOutcome.SKIPPED))
    return 0


def execute(session: str, map: str) -> int:
    """Write each mutant to its file, run the tests of its lines, and restore the file."""
    from cosmic_ray.work_db import use_db

    _load_for_all()
    recorded = coverage.CoverageData(map)
    recorded.read()
    with use_db(session) as mutants:
        pending = sorted(mutants.pending_work_items, key=_place)
        random.Random(0).shuffle(pending)  # what is interrupted is a sample of the whole
        for item in pending:
            mutants.set_result(item.job_id, _tested(item.mutations[0], recorded))
    return 0


def _tested(mutation: Any, recorded: coverage.CoverageData) -> Any:
    from cosmic_ray.mutating import use_mutation
    from cosmic_ray.plugins import get_operator
    from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

    lines = set(range(mutation.start_pos[0], mutation.end_pos[0] + 1))
    tests = covering(recorded, ROOT / mutation.module_path, lines)
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    with use_mutation(mutation.module_path, operator, mutation.occurrence):
        difference = subprocess.run(
            ["git", "diff", "-U1", "--", "src"], cwd=ROOT, capture_output=True, encoding="utf-8"
        )
        passes = all(_passes(some) for some in tests)
    outcome = TestOutcome.SURVIVED if passes else TestOutcome.KILLED
    return WorkResult(WorkerOutcome.NORMAL, test_outcome=outcome, diff=difference.stdout)


def score(session: str) -> int:
    """Print how many mutants of each room were tested, and how many of them no test noticed."""
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import WorkerOutcome

    tested: Counter[str] = Counter()
    survivors: Counter[str] = Counter()
    with use_db(session) as mutants:
        for item, result in mutants.completed_work_items:
            if result.worker_outcome != WorkerOutcome.SKIPPED:
                for room in (_room(item), "all"):
                    tested[room] += 1
                    survivors[room] += not result.is_killed
    for room, number in sorted(tested.items(), key=lambda row: row[0] == "all"):
        killed = number - survivors[room]
        print(f"{room:12} {number:5} mutants {killed:5} killed {survivors[room]:4} survive {killed / number:7.1%}")
    return 0


def covering(recorded: coverage.CoverageData, path: Path, lines: set[int]) -> list[list[str]]:
    """The tests that run one of the lines, or, of a line that is run at import, any line of the file.

    :returns: the tests in the files of which the most run the lines; then one case of each other test that runs any
        line of the file, because what is cached is run for the first that asks.
    """
    everything = Counter(_file(test) for test in recorded.measured_contexts())
    by_line = {line: set(tests) - {""} for line, tests in recorded.contexts_by_lineno(str(path)).items()}
    tests = _of(by_line, lines) or _of(by_line, by_line)
    files: dict[str, list[str]] = {}
    for test in sorted(tests):
        files.setdefault(_file(test), []).append(test)
    ordered = sorted(files, key=lambda file: -len(files[file]) / everything[file])
    whole = [test for file in ordered[:FIRST] for test in files[file]]
    others = {test.partition("[")[0]: test for test in sorted(_of(by_line, by_line).difference(whole))}
    return [whole, list(others.values())]


def _of(by_line: dict[int, set[str]], lines: Iterable[int]) -> set[str]:
    return set().union(*(by_line.get(line, ()) for line in lines))


def _file(test: str) -> str:
    return test.partition("::")[0]


def _load_for_all() -> None:
    """Import slow modules that are not mutated, so that the children need not."""
    import boto3
    import hypothesis.stateful
    import jsonschema

    assert boto3, (hypothesis, jsonschema)
    assert PACKAGE not in sys.modules


_OPTIONS = [
    *("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # about what `_load_for_all` has imported
]


class _Only:
    """A plugin of pytest that keeps some of the collected tests."""

    def __init__(self, tests: Iterable[str]) -> None:
        self._tests = set(tests)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._tests]


def _passes(tests: list[str]) -> bool:
    """Whether tests pass, in a child of this process; it stops at the first that fails."""
    if not tests:
        return True
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        sys.dont_write_bytecode = True  # two mutants may be of one second and one size
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        files = sorted({_file(test) for test in tests})
        os._exit(pytest.main([*_OPTIONS, *files], plugins=[_Only(tests)]))
    _, status = os.waitpid(child, 0)
    return status == 0


def _place(item: Any) -> tuple[Any, ...]:
    (mutation,) = item.mutations
    return str(mutation.module_path), mutation.operator_name, mutation.occurrence


def _room(item: Any) -> str:
    path = Path(item.mutations[0].module_path)
    return path.relative_to(f"src/{PACKAGE}").parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    recording = coverage.Coverage.current()
    if recording is not None:
        recording.switch_context(item.nodeid)
    return (yield)


COMMANDS: dict[str, Callable[..., int]] = {"record": record, "sample": sample, "execute": execute, "score": score}

if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    sys.exit(COMMANDS[command](*arguments))
