"""``@fake_codeartifact``: a new fake for each call of a function, for tests in the style of moto."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from .errors import CodeArtifactPluginError, SeedError, shown
from .fake import FakeCodeArtifact, Settings
from .handles import arguments

if TYPE_CHECKING:
    from typing_extensions import Unpack

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

_INSTEAD_OF_CLASS = (
    '@pytest.mark.usefixtures("codeartifact") above the class or, in a unittest.TestCase, '
    "self.codeartifact = self.enterContext(FakeCodeArtifact()) in setUp"
)

_INSTEAD_OF_GENERATOR = "`with FakeCodeArtifact() as fake:` around the yield"


@overload
def fake_codeartifact(function: Callable[_Given, _Result], /) -> Callable[_Given, _Result]: ...
@overload
def fake_codeartifact(
    **settings: Unpack[Settings],
) -> Callable[[Callable[_Given, _Result]], Callable[_Given, _Result]]: ...
def fake_codeartifact(function: object = None, /, **settings: Unpack[Settings]) -> object:
    """Open an empty fake for each call of a function, or of an ``async def``.

    >>> @fake_codeartifact
    ... def test_it():
    ...     boto3.client("codeartifact").create_domain(domain="acme")

    A fake is opened when the function is called, and closed when it returns. The signature stays the same, so pytest
    still finds the fixtures, and no argument is passed. To seed the fake or to assert on it, write
    ``with FakeCodeArtifact() as fake:`` or use the fixture ``codeartifact``. If several fakes are open, the one that
    was opened last answers.

    :param settings: the keywords of :class:`FakeCodeArtifact`: ``@fake_codeartifact(region="eu-west-1")``.
    :raises SeedError: a keyword is not valid, or the decorated object is a class, a generator or anything else that
        may make calls after it has returned.
    """
    arguments.check_keywords("fake_codeartifact()", settings, Settings.__annotations__)
    FakeCodeArtifact(**settings)  # refuses values here, and not at the first call

    def decorate(function: object) -> Callable[..., Any]:
        _check(function)
        assert callable(function)
        if inspect.iscoroutinefunction(function):
            return _wrapped_coroutine(function, settings)
        return _wrapped(function, settings)

    return decorate if function is None else decorate(function)


def _wrapped(function: Callable[_Given, _Result], settings: Settings) -> Callable[_Given, _Result]:
    @functools.wraps(function)
    def call_with_fake(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        __tracebackhide__ = True
        with FakeCodeArtifact(**settings):
            result = function(*args, **kwargs)
        _check_result(function, result)
        return result

    return call_with_fake


def _wrapped_coroutine(
    function: Callable[_Given, Awaitable[_Result]], settings: Settings
) -> Callable[_Given, Awaitable[_Result]]:
    @functools.wraps(function)
    async def call_with_fake(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        __tracebackhide__ = True
        with FakeCodeArtifact(**settings):
            return await function(*args, **kwargs)

    return call_with_fake


def _check(function: object) -> None:
    """Refuse an object that may make calls after it has returned."""
    if isinstance(function, type):
        raise SeedError(
            f"@fake_codeartifact is for functions, not for the class {function.__name__}. Write {_INSTEAD_OF_CLASS}."
        )
    if isinstance(function, (staticmethod, classmethod)):
        kind = type(function).__name__
        raise SeedError(f"@fake_codeartifact is for functions. Write it below @{kind}, not above.")
    if not (inspect.isfunction(function) or inspect.ismethod(function)):
        raise SeedError(f"@fake_codeartifact is for functions, not for {shown(function)}.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise SeedError(
            f"@fake_codeartifact is not for generators: {function.__name__}() has not begun when it returns. "
            f"Write {_INSTEAD_OF_GENERATOR}."
        )


def _check_result(function: Callable[..., object], result: object) -> None:
    """Refuse work that begins only now that the fake is closed: it would call the real service."""
    if inspect.iscoroutine(result) or inspect.isgenerator(result):
        result.close()  # it never runs
    elif not (inspect.isawaitable(result) or inspect.isasyncgen(result)):
        return
    name = getattr(function, "__name__", function)
    raise CodeArtifactPluginError(
        f"{name}() has returned {shown(result)}, which would run after the fake of @fake_codeartifact is closed. "
        f"Decorate the `async def` itself; for a generator, write {_INSTEAD_OF_GENERATOR}."
    )
