"""The environment of this machine, and what child processes find in its place.

Two variables keep child processes from reaching AWS. One points CodeArtifact to a closed endpoint. The other makes sure
that it is used even if the user has configured endpoints to be ignored. A pytest run sets them from its start to its
end, and a fake while it is open. They are for child processes only: clients of this process use the environment as the
user has it, see :data:`USERS`.

Imports nothing of botocore, because a run begins here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

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
                _assign(name, value)

    def put_back(self) -> None:
        """Put back what they had, but for what somebody else has made of them in the meantime.

        Once more, if somebody has restored since what they were: see :func:`tidy`.
        """
        self.is_set = False
        for name, before in self._before.items():
            if os.environ.get(name) == self._given[name]:
                _assign(name, before)

    def without(self, name: str, value: str | None) -> str | None:
        """What a variable of this value would be without this."""
        return self._before[name] if self.is_set and name in self._before and value == self._given[name] else value

    def replaced(self, before: Mapping[str, str | None]) -> None:
        """Learn what the variables had before, from a process that knows it."""
        self._before = dict(before)
        self._given = {name: os.environ.get(name) for name in before}


def _assign(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


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


class _Environment(Mapping[str, str]):
    """The environment, but for some variables: each is read when it is asked for, as few of many ever are.

    :param value: the value of a variable, None if there is none.
    """

    def __init__(self, value: Callable[[str], str | None]) -> None:
        self._value = value

    def __getitem__(self, name: str) -> str:
        value = self._value(name)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys((*os.environ, _ENDPOINT, IGNORE))
        return (name for name in names if self._value(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _chosen(name: str) -> str | None:
    value = os.environ.get(name)
    return None if value == _runs[-1].regions.get(name) else value


CHOSEN: Mapping[str, str] = _Environment(_chosen)
"""The environment without the region of the machine: with one only if somebody has set another one since."""


def _users(name: str) -> str | None:
    value = os.environ.get(name)
    for layer in (_fakes, *reversed(_runs)):
        value = layer.without(name, value)
    # One that is closed has been set by a parent process for its children.
    return None if name == _ENDPOINT and value in CLOSED else value


USERS: Mapping[str, str] = _Environment(_users)
"""The environment as it would be without us."""


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
    return {name: USERS.get(name) for name in (_ENDPOINT, IGNORE)}
