"""The environment of this machine, and what child processes find in its place.

Two variables keep child processes from reaching AWS. One points CodeArtifact to a closed endpoint. The other makes sure
that it is used even if the user has configured endpoints to be ignored. A pytest run sets them from its start to its
end, and a fake while it is open. They are for child processes only: clients of this process use the environment as the
user has it, see :func:`users`.

Imports nothing of botocore, because a run begins here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .guard import CLOSED, CLOSED_ENDPOINT, CLOSED_FOR_A_RUN, is_loopback

IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
_ENDPOINT = "AWS_ENDPOINT_URL_CODEARTIFACT"
_ENDPOINT_OF_ALL = "AWS_ENDPOINT_URL"
_REGIONS = ("AWS_DEFAULT_REGION", "AWS_REGION")


class _Layer:
    """Variables that have other values for a while."""

    def __init__(self) -> None:
        self.is_set = False
        self._given: dict[str, str | None] = {}
        self._before: dict[str, str | None] = {}

    def set(self, values: Mapping[str, str | None]) -> None:
        """Give the variables these values, and remember what they had; None: there is no such variable."""
        if not self.is_set:
            self._before = {}
        self.is_set = True
        for name, value in values.items():
            if os.environ.get(name) != value:
                self._before[name], self._given[name] = os.environ.get(name), value
                _assign(os.environ, name, value)

    def put_back(self) -> None:
        """Put back what they had, but for what somebody else has made of them in the meantime.

        Once more, if somebody has restored since what they were: see :func:`tidy`.
        """
        self.is_set = False
        for name, before in self._before.items():
            if os.environ.get(name) == self._given[name]:
                _assign(os.environ, name, before)

    def without(self, environment: dict[str, str]) -> None:
        """Put into an environment what the variables would be without this."""
        for name, before in self._before.items() if self.is_set else ():
            if environment.get(name) == self._given[name]:
                _assign(environment, name, before)

    def replaced(self, before: Mapping[str, str | None]) -> None:
        """Learn what the variables had before, from a process that knows it."""
        self._before = dict(before)
        self._given = {name: os.environ.get(name) for name in before}


def _assign(environment: Any, name: str, value: str | None) -> None:
    if value is None:
        environment.pop(name, None)
    else:
        environment[name] = value


class _Run(_Layer):
    """A run of pytest: the values of its variables, and the region of the machine that it runs on."""

    def __init__(self, regions: Mapping[str, str | None]) -> None:
        super().__init__()
        self.regions = dict(regions)


def regions() -> dict[str, str | None]:
    """What the variables of the region say now."""
    return {name: os.environ.get(name) for name in _REGIONS}


_fakes = _Layer()
_allowed = _Layer()
_runs = [_Run(regions())]
"""The runs that are under way, one within the other; the first is none of pytest's, and changes nothing."""


def chosen() -> dict[str, str]:
    """The environment without the region of the machine: with one only if somebody has set another one since."""
    machines = _runs[-1].regions
    return {name: value for name, value in os.environ.items() if value != machines.get(name)}


def users() -> dict[str, str]:
    """The environment as it would be without us."""
    environment = dict(os.environ)
    for layer in (_fakes, *reversed(_runs)):
        layer.without(environment)
    if environment.get(_ENDPOINT) in CLOSED:  # a parent process has set it for its children
        del environment[_ENDPOINT]
    return environment


# While a fake is open


def close_for_a_fake() -> None:
    """Set the variables, as a fake wants it that has been opened; they may be set already."""
    if not _fakes.is_set:
        tidy()
        _fakes.set({_ENDPOINT: CLOSED_ENDPOINT, IGNORE: "false"})


def put_back_after_fakes() -> None:
    """Put the variables back."""
    if _fakes.is_set:
        _fakes.put_back()


def tidy() -> None:
    """Put them back once more if somebody has restored them who had saved the environment while a fake was open.

    A test's ``monkeypatch`` may do so, when it ends after the fake.
    """
    if not _fakes.is_set and os.environ.get(_ENDPOINT) == CLOSED_ENDPOINT:
        _fakes.put_back()


# During a run


def begin_run(regions: Mapping[str, str | None]) -> None:
    """A run begins, perhaps within a run.

    :param regions: the region of the machine: what :func:`regions` was before anything of the run could change it.
    """
    _runs.append(_Run(regions))


def close_for_the_run() -> None:
    """Set the variables, also where somebody has removed them since; an endpoint on this machine stays."""
    if _allowed.is_set:
        _allowed.put_back()
    _runs[-1].set({IGNORE: "false"} if _leads_here() else {_ENDPOINT: CLOSED_FOR_A_RUN, IGNORE: "false"})


def _leads_here() -> bool:
    """Whether child processes find CodeArtifact on this machine: an emulator of the user's, or the closed endpoint."""
    endpoint = os.environ.get(_ENDPOINT)
    if endpoint is None and os.environ.get(IGNORE, "").lower() != "true":
        endpoint = os.environ.get(_ENDPOINT_OF_ALL)
    return endpoint is not None and (endpoint in CLOSED or is_loopback(endpoint))


def open_for_real_calls() -> None:
    """Give child processes what the user has, unless a fake wants it otherwise; until the way is closed again."""
    if not _fakes.is_set:
        _allowed.set(_users_variables())


def end_run() -> None:
    """Put the variables back."""
    _runs.pop().put_back()


def for_workers() -> dict[str, dict[str, str | None]]:
    """What a worker process of the run cannot see for itself: what the user has, and the region of the machine."""
    return {"variables": _users_variables(), "regions": _runs[-1].regions}


def take_over(told: Mapping[str, Mapping[str, str | None]]) -> None:
    """The opposite of :func:`for_workers`, in the worker."""
    _runs[-1].regions.update(told["regions"])
    if _runs[-1].is_set:
        _runs[-1].replaced(told["variables"])


def _users_variables() -> dict[str, str | None]:
    environment = users()
    return {name: environment.get(name) for name in (_ENDPOINT, IGNORE)}
