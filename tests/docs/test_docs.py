"""The generated documentation is up to date, and a test cites every rule that is a fact."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any, Literal, get_args, get_origin

import pytest
from moto.backend_index import backend_url_patterns

import pytest_codeartifact

from .. import ROOT
from ..support.scripts import script

SOURCES = sorted((ROOT / "src").rglob("*.py"))


@pytest.fixture(scope="module")
def generate() -> Any:
    return script("generate")


def test_the_table_of_operations_is_up_to_date(generate: Any) -> None:
    assert (ROOT / "docs" / "operations.md").read_text() == generate.table(), "run: python docs/generate.py"


def test_the_figures_of_the_page_on_trust_are_up_to_date() -> None:
    figures = script("figures")

    assert figures.PAGE.read_text() == figures.page(), "run: python docs/generate.py"
    assert figures.table() in figures.PAGE.read_text()


def test_the_types_of_names_are_those_of_the_model() -> None:
    literals = script("generate_literals")

    assert literals.MODULE.read_text() == literals.module(), "run: python docs/generate_literals.py"


def test_the_schema_of_seed_files_is_up_to_date() -> None:
    generated = script("generate_schema")

    assert generated.FILE.read_text() == generated.text(), "run: python docs/generate_schema.py"


def test_every_type_of_names_is_public() -> None:
    """Each type also has a meaning, from which its docstring is generated."""
    types = {names.type: names for names in script("generate_literals").types()}

    public = {name: getattr(pytest_codeartifact, name) for name in pytest_codeartifact.__all__}
    assert {name: get_args(type) for name, type in public.items() if get_origin(type) is Literal} == {
        name: names.values for name, names in types.items()
    }
    assert all(names.meaning for names in types.values())


def test_every_documented_or_observed_rule_has_a_test(generate: Any) -> None:
    cited = generate.citations()
    facts = {rule for rule, fact in generate.rules().items() if fact and generate.is_wanted(rule)}

    assert len(facts) > 100
    assert sorted(facts - cited.keys()) == []


def test_no_test_cites_a_rule_that_does_not_exist(generate: Any) -> None:
    assert sorted(generate.citations().keys() - generate.rules().keys()) == []


def test_the_tests_of_a_rule_can_be_run_alone() -> None:
    file = "tests/rules/test_delete_versions.py"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--rule", "Q-6", "--rule", "L-6", file]

    collected = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    chosen = re.findall(r"::(\w+)", collected)
    cited = re.findall(r'rule\(.*"(?:Q-6|L-6)".*\)\n(?:@.*\n)*def (\w+)', (ROOT / file).read_text())
    assert len(cited) > 2
    assert sorted(chosen) == sorted(cited)


def test_the_docstring_of_every_operation_cites_rules(generate: Any) -> None:
    assert [name for name in generate.IMPLEMENTED if not generate.followed_by(name)] == []


def test_no_source_cites_a_rule_that_does_not_exist(generate: Any) -> None:
    known = generate.rules().keys()
    prefixes = {rule.partition("-")[0] for rule in known}
    cited = {
        (path.name, f"{prefix}-{number}")
        for path in SOURCES
        for prefix, number in re.findall(r"\b([A-Z]{1,3})-(\d+)\b", path.read_text())
        if prefix in prefixes
    }

    assert sorted((file, rule) for file, rule in cited if rule not in known) == []


def test_the_changelog_has_this_version() -> None:
    from pytest_codeartifact import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_moto_does_not_have_codeartifact() -> None:
    services = [name for name, _ in backend_url_patterns]

    assert "codecommit" in services
    assert "codeartifact" not in services
