"""The figures of trust.md, counted in the sources of the project: rules, samples, tests, and ways to AWS.

    python docs/figures.py

prints them; `python docs/generate.py` writes them into the page. A test fails while the page is stale.
"""

from __future__ import annotations

import ast
import functools
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import generate

from pytest_codeartifact import wire
from pytest_codeartifact.operations import IMPLEMENTED

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
TESTS = ROOT / "tests"
PAGE = DOCS / "trust.md"
BLOCK = re.compile(r"(<!-- figures: .* -->\n)(.*?)(<!-- end of figures -->)", re.S)


def page() -> str:
    """The text of trust.md with the current figures."""
    return BLOCK.sub(lambda match: f"{match[1]}{table()}{match[3]}", PAGE.read_text(encoding="utf-8"))


@functools.cache
def table() -> str:
    """The figures, as a table of Markdown."""
    rows = [f"| {what} | {figure} |\n" for what, figure in figures()]
    return "".join(["| what | how much |\n|---|---|\n", *rows])


def figures() -> Iterator[tuple[str, str]]:
    """Each subject that is counted, and its count in words."""
    yield "operations", f"{len(IMPLEMENTED)} of the {len(wire.operation_names())} of botocore's model"
    yield "rules", _rules()
    yield "published requests and responses that are replayed", _samples()
    yield "tests of the rules", f"{_tests('rules')}; through blocking and asynchronous clients, and through the server"
    yield "tests of the ways in, of the guard and of child processes", str(_tests("doors"))
    yield "tests of the package managers' protocols", str(_tests("managers") - _tests("managers/clients"))
    yield "tests with other programs, unmodified", str(_tests("clients") + _tests("managers/clients"))
    yield "properties, checked with generated input", _properties()
    yield "random walks against a model of the service", _walks()
    yield "tests that start threads, and tests in which a fake is forked", _threads_and_forks()
    yield "ways for a call to leave the machine", _ways()
    yield "lines and branches that the tests run", f"{_coverage_floor()} % or more, or CI fails"
    yield "contradictions between sources, and open questions", f"{_rows_of(24)}, and {_rows_of(25)}"


def _rules() -> str:
    known, cited = generate.rules(), generate.citations()
    wanted = {rule: fact for rule, fact in known.items() if generate.is_wanted(rule)}
    proven = [rule for rule in wanted if rule in cited]
    facts = sum(wanted.values())
    return (
        f"{len(proven)} of {len(wanted)} have a test that cites them; {facts} are documented or observed, "
        f"{len(wanted) - facts} are decisions of ours"
    )


def _samples() -> str:
    lines = (TESTS / "data" / "conformance.jsonl").read_text(encoding="utf-8").splitlines()
    samples = [json.loads(line) for line in lines]
    marks = Counter(sample["mark"] for sample in samples)
    operations = {sample["operation"] for sample in samples}
    return (
        f"{len(samples)}, of {len(operations)} operations: {marks['DOCUMENTED']} documented, "
        f"{marks['OBSERVED']} observed"
    )


def _functions(folder: str) -> Iterator[ast.AST]:
    """The test functions in a folder of the tests."""
    for path in sorted((TESTS / folder).rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
                yield node


def _tests(folder: str) -> int:
    return sum(1 for _ in _functions(folder)) if (TESTS / folder).exists() else 0


def _threads_and_forks() -> str:
    tests = [ast.unparse(test) for test in _functions("")]
    threads = sum("Thread(" in test or "ThreadPoolExecutor(" in test for test in tests)
    return f"{threads}, and {sum('.fork(' in test for test in tests)}"


def _properties() -> str:
    given = sum("@given(" in ast.unparse(test) for test in _functions(""))
    (few,) = re.findall(r'"run", max_examples=(\d+)', (TESTS / "conftest.py").read_text(encoding="utf-8"))
    (many,) = re.findall(r'"soak", max_examples=(\d+)', (TESTS / "conftest.py").read_text(encoding="utf-8"))
    return f"{given}; {few} examples of each in every run, {many} in `tox run -e soak`"


def _walks() -> str:
    machines = [node for path in sorted(TESTS.rglob("test_*.py")) for node in _machines(path)]
    steps = sum(ast.unparse(decorator).startswith("rule(") for node in machines for decorator in _decorators(node))
    return f"{len(machines)}, with {steps} kinds of steps"


def _machines(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and "RuleBasedStateMachine" in map(ast.unparse, node.bases):
            yield node


def _decorators(machine: ast.ClassDef) -> Iterator[ast.expr]:
    for node in machine.body:
        if isinstance(node, ast.FunctionDef):
            yield from node.decorator_list


def _ways() -> str:
    text = (DOCS / "guide" / "what-can-reach-aws.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!Way ).*", text, re.M)
    open_ways = sum("| out of scope" in row for row in rows)
    return (
        f"{len(rows)} are known: {len(rows) - open_ways} are answered, refused or closed, or allowed by the user; "
        f"{open_ways} are out of scope, with or without a fake"
    )


def _coverage_floor() -> str:
    (floor,) = re.findall(r"^fail_under = (\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    return str(floor)


def _rows_of(section: int) -> int:
    """The numbered entries of a section of behaviour.md, in a list or a table."""
    text = (DOCS / "behaviour.md").read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## {section}\. .*?\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return len(re.findall(r"^(?:\| )?\d+(?:\.| \|) ", body, re.M))


if __name__ == "__main__":
    print(table())
