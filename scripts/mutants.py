"""Test mutants by the tests that run their lines, and count the survivors; for `tox run -e mutation`.

    python scripts/mutants.py record MAP
    python scripts/mutants.py sample SESSION NUMBER
    python scripts/mutants.py test
    python scripts/mutants.py score SESSION

`record` notes in the file MAP which test runs which line. `sample` leaves NUMBER mutants of each room in a session of
cosmic-ray, the same ones each time. `test` runs the tests of the line that is mutated now, which the file has that the
environment variable MAP names, and ends with the status of pytest. `score` prints a table of the rooms.

As a plugin of pytest (`-p mutants`), it names the running test to coverage, and keeps those collected tests that a
file lists.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
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
"""The tests that may kill a mutant: those that ask the service in this process, and take no seconds."""

FIRST = 4
"""How many files of tests are run whole: those that are about the line. They kill most mutants in seconds."""


def record(map: str) -> int:
    """Run the tests, and note which test runs which line."""
    coverage_of = [f"--data-file={map}", "--rcfile=", f"--source={PACKAGE}"]
    recording = [sys.executable, "-m", "coverage", "run", *coverage_of, "-m"]
    return subprocess.run([*recording, *_pytest("-q", *TESTS)], cwd=ROOT, env=_environment()).returncode


def sample(session: str, number: str) -> int:
    """Skip all mutants but so many of each room."""
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    with use_db(session) as mutants:
        rooms: dict[str, list[str]] = {}
        for item in sorted(mutants.pending_work_items, key=_place):
            rooms.setdefault(_room(item), []).append(item.job_id)
        chance = random.Random(0)
        skipped = [job for jobs in rooms.values() for job in chance.sample(jobs, max(0, len(jobs) - int(number)))]
        mutants.set_multiple_results(skipped, WorkResult(WorkerOutcome.SKIPPED))
    return 0


def test() -> int:
    """Run the tests of the line that differs from the last commit: the files about it, then one case of all others."""
    files = list(covering(coverage.CoverageData(os.environ["MAP"]), *mutated()).items())
    others = [(file, first_cases(tests)) for file, tests in files[FIRST:]]
    return _run(dict(files[:FIRST])) or _run(dict(others))


def score(session: str) -> int:
    """Print how many mutants of each room were tested, and how many of them no test noticed."""
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import WorkerOutcome

    tested: Counter[str] = Counter()
    survivors: Counter[str] = Counter()
    with use_db(session) as mutants:
        for item, result in mutants.completed_work_items:
            if result.worker_outcome != WorkerOutcome.SKIPPED:
                tested[_room(item)] += 1
                survivors[_room(item)] += not result.is_killed
    for room, number in [*sorted(tested.items()), ("all", tested.total())]:
        lost = survivors[room] if room != "all" else survivors.total()
        print(f"{room:12} {number:5} mutants {number - lost:5} killed {lost:4} survive {(number - lost) / number:7.1%}")
    return 0


def mutated() -> tuple[Path, set[int]]:
    """The file that differs from the last commit, and the numbers of its lines there that do."""
    difference = subprocess.run(
        ["git", "diff", "-U0", "--", "src"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout
    (path,) = re.findall(r"^--- a/(.+)$", difference, re.MULTILINE)
    lines: set[int] = set()
    for start, count in re.findall(r"^@@ -(\d+)(?:,(\d+))? ", difference, re.MULTILINE):
        lines.update(range(int(start), int(start) + int(count or 1)))
    return ROOT / path, lines


def covering(recorded: coverage.CoverageData, path: Path, lines: set[int]) -> dict[str, list[str]]:
    """The tests that run one of the lines, or, of a line that is run at import, any line of the file.

    :returns: them by their file; the files of whose tests most run the lines come first.
    """
    recorded.read()
    everything = Counter(_file(test) for test in recorded.measured_contexts())
    by_line = {line: set(tests) - {""} for line, tests in recorded.contexts_by_lineno(str(path)).items()}
    tests = _of(by_line, lines) or _of(by_line, by_line)
    files: dict[str, list[str]] = {}
    for test in sorted(tests):
        files.setdefault(_file(test), []).append(test)
    return dict(sorted(files.items(), key=lambda file: -len(file[1]) / everything[file[0]]))


def first_cases(tests: Iterable[str]) -> list[str]:
    """One case of each parametrised test."""
    return list({test.partition("[")[0]: test for test in tests}.values())


def _of(by_line: dict[int, set[str]], lines: Iterable[int]) -> set[str]:
    return set().union(*(by_line.get(line, ()) for line in lines))


def _file(test: str) -> str:
    return test.partition("::")[0]


def _run(tests: dict[str, list[str]]) -> int:
    """The status of pytest after tests, by their file; they stop at the first that fails."""
    if not tests:
        return 0
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as chosen:
        json.dump([test for file in tests.values() for test in file], chosen)
        chosen.flush()
        command = [sys.executable, "-m", *_pytest("-x", "-q", "-p", "no:cacheprovider", f"--tests-of={chosen.name}")]
        return subprocess.run([*command, *tests], cwd=ROOT, env=_environment()).returncode


def _pytest(*arguments: str) -> list[str]:
    return ["pytest", "-p", "mutants", *arguments]


def _environment() -> dict[str, str]:
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _place(item: Any) -> tuple[Any, ...]:
    (mutation,) = item.mutations
    return str(mutation.module_path), mutation.operator_name, mutation.occurrence


def _room(item: Any) -> str:
    return Path(item.mutations[0].module_path).parent.name


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tests-of", metavar="FILE", help="run the tests that this JSON file lists, of those collected")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--tests-of"):
        chosen = set(json.loads(Path(config.getoption("--tests-of")).read_text(encoding="utf-8")))
        items[:] = [item for item in items if item.nodeid in chosen]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    recording = coverage.Coverage.current()
    if recording is not None:
        recording.switch_context(item.nodeid)
    return (yield)


COMMANDS: dict[str, Callable[..., int]] = {"record": record, "sample": sample, "test": test, "score": score}

if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    sys.exit(COMMANDS[command](*arguments))
