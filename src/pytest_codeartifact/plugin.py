"""pytest's hooks and our fixtures; no logic. Whatever costs time is imported when a fixture is used."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from . import hook
from .defaults import DEFAULTS
from .guard import GUARD

if TYPE_CHECKING:
    from .fake import FakeCodeArtifact
    from .server import Server

# As early as can be, so that clients made by conftest files and by plugins loaded later are in from the start.
hook.install()

_BEFORE = pytest.StashKey["tuple[bool, bool, str, str, str]"]()
_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    for name in ("account", "region"):
        default = getattr(DEFAULTS, name)
        parser.addini(f"codeartifact_{name}", f"{name} of the fake CodeArtifact (default: {default})", default=default)
    parser.addini(
        "codeartifact_real_calls",
        "calls to CodeArtifact while no fake is active: forbid or allow (default: forbid)",
        default="forbid",
    )
    parser.addini(
        "codeartifact_environment",
        "what an open fake does to botocore's sessions and the environment: prepare or leave (default: prepare)",
        default=DEFAULTS.environment,
    )
    group = parser.getgroup("codeartifact", "reports of a whole run about the fake CodeArtifact")
    group.addoption(
        "--codeartifact-report",
        nargs="?",
        const="terminal",
        metavar="json:FILE",
        help="at the end, say what the tests have asked of their fakes, and what they never did; or write it to a file",
    )
    group.addoption(
        "--codeartifact-iam-policy",
        metavar="FILE",
        help="at the end, write the least IAM policy that the calls of all tests need",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "codeartifact(account, region, page_size, unused_faults, backoff, foreign_domains, environment): "
        "how the fixture 'codeartifact' is set up",
    )
    config.addinivalue_line("markers", "codeartifact_real_calls: let this test call the real CodeArtifact")
    policy = _one_of(config, "codeartifact_real_calls", "forbid", "allow")
    environment = _one_of(config, "codeartifact_environment", "prepare", "leave")
    # A run of pytester's within a run puts them back.
    config.stash[_BEFORE] = GUARD.armed, GUARD.allowed, DEFAULTS.account, DEFAULTS.region, DEFAULTS.environment
    GUARD.armed, GUARD.allowed = True, policy == "allow"
    DEFAULTS.environment = environment
    DEFAULTS.account = config.getini("codeartifact_account")
    DEFAULTS.region = config.getini("codeartifact_region")
    hook.arm()
    if (config.getoption("codeartifact_report"), config.getoption("codeartifact_iam_policy")) != (None, None):
        from . import run_hooks

        run_hooks.register(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _BEFORE in config.stash:
        GUARD.armed, GUARD.allowed, DEFAULTS.account, DEFAULTS.region, DEFAULTS.environment = config.stash[_BEFORE]
        hook.disarm()


def _one_of(config: pytest.Config, option: str, *choices: str) -> str:
    value: str = config.getini(option)
    if value not in choices:
        raise pytest.UsageError(f"{option} is {' or '.join(map(repr, choices))}, not {value!r}.")
    return value


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    GUARD.phase = "while tests were collected"
    try:
        return (yield)
    finally:
        GUARD.phase = "between tests"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    before = GUARD.allowed, GUARD.phase
    GUARD.phase = f"by {item.nodeid}"
    GUARD.allowed = GUARD.allowed or item.get_closest_marker("codeartifact_real_calls") is not None
    hook.opened.clear()
    try:
        return (yield)
    finally:
        GUARD.allowed, GUARD.phase = before
        if f"{__package__}.fake" in sys.modules:
            from . import interception

            interception.tidy()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.excinfo is not None and f"{__package__}.fake" in sys.modules:
        from .report import end_at_the_users_line

        end_at_the_users_line(call.excinfo.value)
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        if f"{__package__}.fake" in sys.modules:
            from .report import calls_sections

            report.sections += (("CodeArtifact calls", section) for section in calls_sections(hook.opened))
    return report


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    if f"{__package__}.removed" not in sys.modules:
        return None
    from .report import explain_removed

    return explain_removed(op, left, right, in_full=config.get_verbosity() > 1)


@pytest.fixture(scope="session")
def codeartifact_seed() -> FakeCodeArtifact | None:
    """Override it to return a seeded `FakeCodeArtifact`; every test then gets a fork of it, in no time."""
    return None


@pytest.fixture
def codeartifact(
    request: pytest.FixtureRequest, codeartifact_seed: FakeCodeArtifact | None
) -> Generator[FakeCodeArtifact, None, None]:
    """An open fake AWS CodeArtifact, empty or a fork of `codeartifact_seed`."""
    from . import FakeCodeArtifact

    marked: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("codeartifact"))):
        if marker.args:
            raise pytest.UsageError(f"The marker codeartifact takes keywords only, not {marker.args!r}.")
        marked.update(marker.kwargs)
    if codeartifact_seed is None:
        fake = FakeCodeArtifact(**marked)
    elif isinstance(codeartifact_seed, FakeCodeArtifact):
        fake = codeartifact_seed.fork(**marked)
    else:
        raise pytest.UsageError(f"codeartifact_seed returns a FakeCodeArtifact or None, not {codeartifact_seed!r}.")
    fake.open()
    try:
        yield fake
    finally:
        fake.close()
    if not request.node.stash.get(_FAILED, False):
        fake.check_faults()


@pytest.fixture
def codeartifact_client(codeartifact: FakeCodeArtifact) -> Any:
    """A botocore client on the fake of the fixture `codeartifact`."""
    return codeartifact.client()


@pytest.fixture
def codeartifact_server(codeartifact: FakeCodeArtifact) -> Generator[Server, None, None]:
    """A server of the fixture `codeartifact` on this machine, for other processes: `.url`, `.env`."""
    with codeartifact.serve() as server:
        yield server
