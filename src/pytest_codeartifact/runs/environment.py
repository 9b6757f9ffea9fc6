"""pytest's hooks for the environment of a whole run: the variables for child processes, and the region.

The variables for child processes are set from before the first conftest file is imported to the end of the run, except
during tests that may call the real service. :mod:`.child_environment` sets them. The configuration is read before these
hooks.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from ..doors import child_environment
from ..doors.guard import GUARD
from ..settings import DEFAULTS

_WORKER_KEY = "codeartifact_machine"


class RunEnvironment:
    """The environment of one run, created when the plugin is registered."""

    def __init__(self) -> None:
        self._regions = child_environment.region_variables()
        self._has_begun = False
        self._closes = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        self._begin(early_config)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        if not self._has_begun:
            self._begin(config)  # a conftest file has loaded the plugin
        if hasattr(config, "workerinput"):
            child_environment.take_over(config.workerinput[_WORKER_KEY])

    def _begin(self, config: pytest.Config) -> None:
        self._has_begun = True
        child_environment.begin_run(self._regions)
        config.add_cleanup(child_environment.end_run)
        self._closes = DEFAULTS.environment == "prepare" and not GUARD.allowed
        self._close()

    def _close(self) -> None:
        if self._closes:
            child_environment.close_for_the_run()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        self._close()
        if self._closes and GUARD.allowed:  # by now the markers are known
            child_environment.open_for_real_calls()
        try:
            return (yield)
        finally:
            self._close()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput[_WORKER_KEY] = child_environment.for_workers()
