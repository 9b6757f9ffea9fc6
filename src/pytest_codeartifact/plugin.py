"""pytest's hooks and our fixtures; no logic. Whatever costs time is imported when a fixture is used."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from . import hook
from .guard import GUARD

if TYPE_CHECKING:
    from .fake import FakeCodeArtifact

# As early as can be, so that clients made by conftest files and by plugins loaded later are in from the start.
hook.install()

_GUARD_BEFORE = pytest.StashKey["tuple[bool, bool]"]()
_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("codeartifact_account", "account of the fake CodeArtifact (default: 123456789012)")
    parser.addini("codeartifact_region", "region of the fake CodeArtifact (default: us-east-1)")
    parser.addini(
        "codeartifact_real_calls",
        "calls to CodeArtifact while no fake is active: forbid or allow (default: forbid)",
        default="forbid",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "codeartifact(account, region, page_size, unused_faults, backoff): how the fixture 'codeartifact' is set up",
    )
    config.addinivalue_line("markers", "codeartifact_real_calls: let this test call the real CodeArtifact")
    policy = config.getini("codeartifact_real_calls")
    if policy not in ("forbid", "allow"):
        raise pytest.UsageError(f"codeartifact_real_calls is 'forbid' or 'allow', not {policy!r}.")
    config.stash[_GUARD_BEFORE] = GUARD.armed, GUARD.allowed  # a run of pytester's within a run restores them
    GUARD.armed, GUARD.allowed = True, policy == "allow"
    hook.arm()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _GUARD_BEFORE in config.stash:
        GUARD.armed, GUARD.allowed = config.stash[_GUARD_BEFORE]
        hook.disarm()


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        if f"{__package__}.fake" in sys.modules:
            from .report import calls_sections

            report.sections += (("CodeArtifact calls", section) for section in calls_sections(hook.opened))
    return report


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    if f"{__package__}.removed" not in sys.modules:
        return None
    from .report import explain_removed

    return explain_removed(op, left, right)


@pytest.fixture(scope="session")
def codeartifact_seed() -> FakeCodeArtifact | None:
    """Override it to return a seeded `FakeCodeArtifact`; every test then gets a fork of it, in no time."""
    return None


@pytest.fixture
def codeartifact(
    request: pytest.FixtureRequest, codeartifact_seed: FakeCodeArtifact | None
) -> Generator[FakeCodeArtifact, None, None]:
    """An open fake AWS CodeArtifact, empty or a fork of `codeartifact_seed`."""
    from .fake import FakeCodeArtifact

    marked: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("codeartifact"))):
        marked.update(marker.kwargs)
    if codeartifact_seed is None:
        ini = {name: request.config.getini(f"codeartifact_{name}") for name in ("account", "region")}
        fake = FakeCodeArtifact(**{**{name: value for name, value in ini.items() if value}, **marked})
    else:
        fake = codeartifact_seed.fork(**marked)
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
