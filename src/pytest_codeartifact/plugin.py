"""The plugin: hooks, options and fixtures. Imports the rest of the package when it is first used."""

from __future__ import annotations

import functools
import sys
import traceback
from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from .current_test import RUNNING, Outcome
from .doors import hook, plain_http
from .doors.guard import GUARD
from .errors import OURS, RealCallRefused, SeedError
from .runs import ini, markers
from .runs.environment import RunEnvironment
from .settings import DEFAULTS

if TYPE_CHECKING:
    from .doors.server import Server
    from .fake import FakeCodeArtifact


@functools.cache
def _interception() -> hook.Handlers:
    """The handlers of botocore's events. Called for the first session, because it imports botocore's client side."""
    from .doors import interception

    return interception


# As early as possible, so that clients of conftest files and of plugins that are loaded later are intercepted too.
hook.install(_interception)

_REPORT_OPTIONS = (
    "codeartifact_report",
    "codeartifact_report_file",
    "codeartifact_iam_policy",
    "codeartifact_iam_wildcards",
)
_CONFIGURED = pytest.StashKey[bool]()
_MAX_REPORTED = 5  # the last fakes of a test; a property-based test opens many


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    GUARD.arm()  # the first hook of a plugin
    hook.arm()
    if not pluginmanager.has_plugin("codeartifact"):
        pluginmanager.set_blocked("codeartifact")  # loaded by `-p pytest_codeartifact.plugin`: skip the entry point
    pluginmanager.register(RunEnvironment(), "codeartifact-environment")
    ini.declare(parser)
    group = parser.getgroup("codeartifact", "reports of a whole run about the fake CodeArtifact")
    group.addoption(
        "--codeartifact-report",
        action="store_true",
        help="at the end, report which operations the tests have called and which they have not",
    )
    group.addoption(
        "--codeartifact-report-file",
        action="append",
        default=[],
        metavar="FILE",
        help="write the report to a file, in the format of its suffix: .json, .md; may be given several times",
    )
    group.addoption(
        "--codeartifact-iam-policy",
        metavar="FILE",
        help="at the end, write the minimal IAM policy for the calls of all tests",
    )
    group.addoption(
        "--codeartifact-iam-wildcards",
        action="store_true",
        help="in that policy, allow all packages of a repository where one is needed: package/acme/team/*",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    _apply_configuration(early_config)
    GUARD.phase = "while conftest files were loaded"
    try:
        result = yield
        GUARD.phase = "before tests were collected"
        return result
    except RealCallRefused as refused:
        frames = traceback.extract_tb(refused.__traceback__)
        lines = [f"{frame.filename}:{frame.lineno}: " for frame in frames if frame.filename.endswith("conftest.py")]
        raise pytest.UsageError("".join(lines[-1:]) + str(refused)) from refused


def _apply_configuration(config: pytest.Config) -> None:
    """Apply the configuration of the run as soon as it is known, once."""
    if _CONFIGURED in config.stash:
        return
    config.stash[_CONFIGURED] = True
    settings = ini.Settings.of(config)
    refuses_look_ups = settings.plain_http == "refuse"
    if refuses_look_ups:
        plain_http.install()
    config.add_cleanup(GUARD.begin_run(allowed=settings.real_calls == "allow", refuses_look_ups=refuses_look_ups))
    config.add_cleanup(DEFAULTS.replace(settings.account, settings.region, settings.environment))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "codeartifact(account, region, page_size, unused_faults, backoff, foreign_domains, environment): "
        "configure the fixture 'codeartifact'",
    )
    config.addinivalue_line("markers", "codeartifact_real_calls: let this test call the real CodeArtifact")
    _apply_configuration(config)  # not applied yet if a conftest file has loaded the plugin
    if any(config.getoption(option) not in (False, [], None) for option in _REPORT_OPTIONS):
        from .reports import run_hooks

        run_hooks.register(config, _REPORT_OPTIONS)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    GUARD.phase = "while tests were collected"
    try:
        return (yield)
    finally:
        GUARD.phase = "between tests"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    previous = GUARD.allowed, GUARD.phase
    GUARD.phase = f"by {item.nodeid}"
    GUARD.allowed = GUARD.allowed or markers.lets_real_calls(item)
    outer = RUNNING.opened, RUNNING.outcome
    RUNNING.opened = deque(maxlen=_MAX_REPORTED)
    try:
        return (yield)
    finally:
        GUARD.allowed, GUARD.phase = previous
        RUNNING.opened, RUNNING.outcome = outer
        if f"{__package__}.fake" in sys.modules:
            from .doors import interception

            interception.tidy()


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    markers.note(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    RUNNING.outcome = Outcome()  # not in the protocol hook, because another plugin may run a test again
    if f"{__package__}.journal.blocks" in sys.modules:
        from .journal.blocks import UnenteredBlocks

        UnenteredBlocks.forget_all()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    __tracebackhide__ = True
    yield
    markers.check_fixture_is_used(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    __tracebackhide__ = True
    yield
    if f"{__package__}.journal.blocks" in sys.modules and not RUNNING.outcome.is_settled:
        from .journal.blocks import UnenteredBlocks

        UnenteredBlocks.check_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    excinfo_before = call.excinfo
    _cut_traceback(excinfo_before)
    report = yield
    # The errors of unittest are known from here on only.
    if call.excinfo is not None and excinfo_before is None and report.failed and _cut_traceback(call.excinfo):
        report.longrepr = item.repr_failure(call.excinfo)
    if call.excinfo is not None or report.failed:
        RUNNING.outcome.is_settled = True
    if report.failed and f"{__package__}.fake" in sys.modules:
        from .reports.failing_test import add_section

        add_section(report, call.excinfo, RUNNING.opened)
    return report


def _cut_traceback(excinfo: pytest.ExceptionInfo[BaseException] | None) -> bool:
    """Cut the traceback of an error of ours. Returns whether there was one."""
    # An error of the service may be the cause of any error, once a fake was used.
    if excinfo is None or not (isinstance(excinfo.value, OURS) or f"{__package__}.service" in sys.modules):
        return False
    from .reports.failing_test import end_at_the_users_line

    return end_at_the_users_line(excinfo.value)


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    if f"{__package__}.journal.removal_sets" not in sys.modules:
        return None
    from .reports.removal_assertions import explained

    return explained(op, left, right, in_full=config.get_verbosity() > 1)


class _NoSeed:
    """The value of `codeartifact_seed` if it is not overridden. Not None, which a fixture without return has."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "no seed"


_NO_SEED = _NoSeed()


@pytest.fixture(scope="session")
def codeartifact_seed() -> object:
    """Override it to return a seeded `FakeCodeArtifact`. Every test then gets a fork of it."""
    return _NO_SEED


@pytest.fixture
def codeartifact(request: pytest.FixtureRequest, codeartifact_seed: object) -> Generator[FakeCodeArtifact, None, None]:
    """An open fake AWS CodeArtifact, empty or a fork of `codeartifact_seed`."""
    __tracebackhide__ = True
    markers.note_fixture(request.node)
    GUARD.allowed = request.config.getini("codeartifact_real_calls") == "allow"
    with _fake(codeartifact_seed, markers.settings(request.node)) as fake:
        yield fake


def _fake(seed: object, settings: dict[str, Any]) -> FakeCodeArtifact:
    __tracebackhide__ = True
    from . import FakeCodeArtifact  # not from .fake: the package loads it with the garbage collector paused
    from .fake import Settings
    from .handles.arguments import check_keywords

    if seed is None:
        raise pytest.UsageError(
            "codeartifact_seed has returned None. End it with `return fake`, or with `return FakeCodeArtifact()` for "
            "an empty fake."
        )
    try:
        check_keywords("The marker codeartifact", settings, Settings.__annotations__)
        if seed is _NO_SEED:
            return FakeCodeArtifact(**settings)
        if isinstance(seed, FakeCodeArtifact):
            return seed.fork(**settings)
    except SeedError as error:
        raise pytest.UsageError(str(error)) from None
    raise pytest.UsageError(f"codeartifact_seed must return a FakeCodeArtifact, not {seed!r}.")


@pytest.fixture
def codeartifact_client(codeartifact: FakeCodeArtifact) -> Any:
    """A botocore client for the fake of the fixture `codeartifact`."""
    return codeartifact.client()


@pytest.fixture
def codeartifact_server(codeartifact: FakeCodeArtifact) -> Generator[Server, None, None]:
    """A server on 127.0.0.1 for the fake of the fixture `codeartifact`, for other processes: `.url`, `.env`."""
    with codeartifact.serve() as server:
        yield server
