"""``@fake_codeartifact``: a fake for each call of a function, within pytest and without it."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import types
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import boto3
import pytest

from pytest_codeartifact import CodeArtifactPluginError, FakeCodeArtifact, RealCallRefused, SeedError, fake_codeartifact

CLIENT = boto3.client("codeartifact", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def domains() -> list[str]:
    return [domain["name"] for domain in CLIENT.list_domains()["domains"]]


def create(name: str) -> list[str]:
    """Create a domain, and return the names of all domains."""
    CLIENT.create_domain(domain=name)
    return domains()


def test_each_call_of_a_function_gets_an_empty_fake() -> None:
    decorated = fake_codeartifact(create)

    assert [decorated("acme"), decorated("acme")] == [["acme"], ["acme"]]
    with pytest.raises(RealCallRefused):
        domains()


def test_each_call_of_a_coroutine_function_gets_an_empty_fake() -> None:
    @fake_codeartifact
    async def create_later(name: str) -> list[str]:
        await asyncio.sleep(0)
        return create(name)

    assert inspect.iscoroutinefunction(create_later)
    assert [asyncio.run(create_later("acme")) for _ in range(2)] == [["acme"], ["acme"]]
    with pytest.raises(RealCallRefused):
        domains()


@pytest.mark.parametrize("error", [KeyError, asyncio.CancelledError, KeyboardInterrupt])
def test_the_fake_is_closed_when_the_function_raises(error: type[BaseException]) -> None:
    @fake_codeartifact
    def fail() -> None:
        raise error

    @fake_codeartifact
    async def fail_later() -> None:
        raise error

    with pytest.raises(error):
        fail()
    with pytest.raises(error):
        asyncio.run(fail_later())
    with pytest.raises(RealCallRefused):
        domains()


def test_the_decorator_takes_the_keywords_of_a_fake() -> None:
    @fake_codeartifact(account="111122223333", page_size=1)
    def owners_by_page() -> list[list[str]]:
        create("acme")
        create("other")
        pages = CLIENT.get_paginator("list_domains").paginate()
        return [[domain["owner"] for domain in page["domains"]] for page in pages]

    assert owners_by_page() == [["111122223333"], ["111122223333"]]
    assert fake_codeartifact()(create)("acme") == ["acme"]


def test_a_function_keeps_its_name_signature_and_docstring() -> None:
    decorated = fake_codeartifact(create)

    assert (decorated.__name__, decorated.__doc__) == (create.__name__, create.__doc__)
    assert inspect.signature(decorated) == inspect.signature(create)


def test_methods_can_be_decorated() -> None:
    class Job:
        prefix = "team-"

        @fake_codeartifact
        def run(self, name: str) -> list[str]:
            return create(self.prefix + name)

        @staticmethod
        @fake_codeartifact
        def run_anywhere(name: str) -> list[str]:
            return create(name)

    assert Job().run("a") == ["team-a"]
    assert Job.run_anywhere("acme") == ["acme"]
    assert fake_codeartifact(Job().run)("b") == ["team-b"]


def test_the_fake_that_was_opened_last_answers(codeartifact: FakeCodeArtifact) -> None:
    codeartifact.add_domain("of-the-fixture")

    assert fake_codeartifact(create)("of-the-function") == ["of-the-function"]
    assert domains() == ["of-the-fixture"]


def test_decorated_tests_get_their_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest
        from pytest_codeartifact import fake_codeartifact

        @pytest.fixture
        def name(request):
            return f"acme-{request.param}"

        @pytest.mark.parametrize("name", range(2), indirect=True)
        @fake_codeartifact(region="eu-west-1")
        def test_it(name, tmp_path):
            assert boto3.client("codeartifact").create_domain(domain=name)["domain"]["arn"].startswith(
                f"arn:aws:codeartifact:eu-west-1:123456789012:domain/{name}"
            )

        class TestMethods:
            @fake_codeartifact
            def test_it(self, tmp_path):
                assert boto3.client("codeartifact").list_domains()["domains"] == []

        @pytest.mark.asyncio
        @fake_codeartifact
        async def test_later(tmp_path):
            assert boto3.client("codeartifact").list_domains()["domains"] == []
        """
    )

    pytester.runpytest_subprocess("-p", "asyncio").assert_outcomes(passed=4)


def test_a_failing_test_reports_its_calls_and_nothing_of_the_decorator(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        import boto3
        from pytest_codeartifact import fake_codeartifact

        @fake_codeartifact
        def test_it():
            assert boto3.client("codeartifact").list_domains()["domains"] == ["acme"]
        """
    )

    printed = pytester.runpytest_inprocess().stdout

    printed.fnmatch_lines(["*ListDomains*test_it.py:6*"])
    printed.no_fnmatch_line("*decorator.py*")


def test_the_decorator_works_in_a_script() -> None:
    script = """
import boto3
from pytest_codeartifact import fake_codeartifact

@fake_codeartifact
def main():
    client = boto3.client("codeartifact")
    client.create_domain(domain="acme")
    print(client.list_domains()["domains"][0]["name"])

main()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("acme\n", "")


# What is refused


class Unit:
    """A test class."""

    @property
    def an_object(self) -> object:
        return self

    def __call__(self) -> None:
        """A callable object."""


def a_generator() -> Iterator[None]:
    yield


async def an_async_generator() -> AsyncIterator[None]:
    yield


@pytest.mark.parametrize(
    ("wrong", "named", "to_write"),
    [
        (Unit, "the class Unit", 'pytest.mark.usefixtures("codeartifact")'),
        (Unit, "the class Unit", "enterContext(FakeCodeArtifact())"),
        (a_generator, "a_generator()", "with FakeCodeArtifact() as fake:"),
        (an_async_generator, "an_async_generator()", "with FakeCodeArtifact() as fake:"),
        (staticmethod(create), "functions", "below @staticmethod"),
        (classmethod(partial(create)), "functions", "below @classmethod"),
        (Unit.an_object, "property", "is for functions"),
        (Unit(), "Unit object", "is for functions"),
        ("acme", "'acme'", "is for functions"),
    ],
)
def test_an_object_that_is_not_a_function_is_refused_by_name(wrong: Any, named: str, to_write: str) -> None:
    for decorate in (fake_codeartifact, fake_codeartifact(backoff=True)):
        with pytest.raises(SeedError) as refused:
            decorate(wrong)

        assert named in str(refused.value)
        assert to_write in str(refused.value)


@types.coroutine
def an_old_coroutine() -> Iterator[None]:
    yield


async def a_coroutine() -> None:
    raise AssertionError("is never run")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "later",
    [lambda: a_coroutine(), lambda: a_generator(), lambda: an_async_generator(), lambda: an_old_coroutine()],
    ids=["coroutine", "generator", "async generator", "coroutine of a generator"],
)
def test_work_that_would_run_after_the_fake_is_closed_is_refused(later: Callable[[], object]) -> None:
    with pytest.raises(CodeArtifactPluginError, match="would run after the fake of @fake_codeartifact is closed"):
        fake_codeartifact(later)()


def test_invalid_keywords_and_values_are_refused_when_decorating() -> None:
    with pytest.raises(SeedError, match=r"'regio'.*'region'"):
        fake_codeartifact(regio="eu-west-1")  # type: ignore[call-overload]  # what type checkers refuse too
    with pytest.raises(SeedError, match="page_size"):
        fake_codeartifact(page_size=0)
