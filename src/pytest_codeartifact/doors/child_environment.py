"""Sets two environment variables that keep child processes from reaching AWS, and restores them.

One points CodeArtifact to a closed endpoint. The other makes sure that it is used even if the user has configured
endpoints to be ignored. A pytest run sets them from its start to its
end, and a fake while it is open. They are for child processes only: clients of this process use the environment as the
user has it, see :data:`USERS`.

Imports nothing of botocore, to keep the start of pytest fast.
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
    """A set of variables with temporary values. Layers stack: a run's below, a fake's above."""

    def __init__(self) -> None:
        self.is_set = False
        self._values: dict[str, str | None] = {}
        self._previous: dict[str, str | None] = {}

    def set(self, values: Mapping[str, str | None]) -> None:
        """Give the variables these values and remember the previous ones. None: the variable is not set."""
        if not self.is_set:
            self._previous = {}
        self.is_set = True
        for name, value in values.items():
            if os.environ.get(name) != value:
                self._previous[name], self._values[name] = os.environ.get(name), value
                _assign(name, value)

    def restore(self) -> None:
        """Restore the previous values, except of variables that other code has changed meanwhile.

        May be called again, see :func:`tidy`.
        """
        self.is_set = False
        for name, previous in self._previous.items():
            if os.environ.get(name) == self._values[name]:
                _assign(name, previous)

    def without(self, name: str, value: str | None) -> str | None:
        """The value of a variable without this layer."""
        return self._previous[name] if self.is_set and name in self._previous and value == self._values[name] else value

    def adopt_previous(self, previous: Mapping[str, str | None]) -> None:
        """Adopt the previous values of the main process of the run, which knows them."""
        self._previous = dict(previous)
        self._values = {name: os.environ.get(name) for name in previous}


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


def region_variables() -> dict[str, str | None]:
    """The current values of the variables with the region."""
    return {name: os.environ.get(name) for name in _REGIONS}


_fakes_layer = _Layer()
_real_calls_layer = _Layer()
_run_layers = [_Run(region_variables())]
"""The nested pytest runs of this process. The first entry is the process outside of any run, which sets nothing."""


class _Environment(Mapping[str, str]):
    """The environment with other values of some variables. Variables are read on access, because most are never used.

    :param value: returns the value of a variable, None if it is not set.
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
    return None if value == _run_layers[-1].regions.get(name) else value


CHOSEN: Mapping[str, str] = _Environment(_chosen)
"""The environment without the region of the machine. It has a region only if other code has set one since."""


def _users(name: str) -> str | None:
    value = os.environ.get(name)
    for layer in (_fakes_layer, *reversed(_run_layers)):
        value = layer.without(name, value)
    # One that is closed has been set by a parent process for its children.
    return None if name == _ENDPOINT and value in CLOSED else value


USERS: Mapping[str, str] = _Environment(_users)
"""The environment as it would be without us."""


# While a fake is open


def close_for_a_fake() -> None:
    """Set the variables for an open fake, unless they are set already."""
    if not _fakes_layer.is_set:
        tidy()
        _fakes_layer.set({_ENDPOINT: CLOSED_ENDPOINT, IGNORE: "false"})


def restore_after_fakes() -> None:
    """Restore the variables after the last fake was closed."""
    if _fakes_layer.is_set:
        _fakes_layer.restore()


def tidy() -> None:
    """Restore the variables again if other code has written our values back.

    Code that saved the environment while a fake was open may do so, for example a ``monkeypatch`` that ends after it.
    """
    if not _fakes_layer.is_set and os.environ.get(_ENDPOINT) == CLOSED_ENDPOINT:
        _fakes_layer.restore()


# During a run


def begin_run(regions: Mapping[str, str | None]) -> None:
    """Begin a pytest run, which may be nested in another one.

    :param regions: the region of the machine: :func:`region_variables` before any code of the run could change it.
    """
    _run_layers.append(_Run(regions))


def close_for_the_run() -> None:
    """Set the variables, again if other code has removed them. An endpoint on this machine is kept."""
    if _real_calls_layer.is_set:
        _real_calls_layer.restore()
    _run_layers[-1].set({IGNORE: "false"} if _is_on_this_machine() else {_ENDPOINT: CLOSED_FOR_A_RUN, IGNORE: "false"})


def _is_on_this_machine() -> bool:
    """Whether the endpoint of child processes is on this machine: the user's emulator, or our closed endpoint."""
    endpoint = os.environ.get(_ENDPOINT)
    if endpoint is None and os.environ.get(IGNORE, "").lower() != "true":
        endpoint = os.environ.get(_ENDPOINT_OF_ALL)
    return endpoint is not None and (endpoint in CLOSED or is_loopback(endpoint))


def open_for_real_calls() -> None:
    """Give child processes the user's variables, unless a fake is open. :func:`close_for_the_run` ends this."""
    if not _fakes_layer.is_set:
        _real_calls_layer.set(_users_variables())


def end_run() -> None:
    """End the innermost pytest run and restore the variables."""
    _run_layers.pop().restore()


def for_workers() -> dict[str, dict[str, str | None]]:
    """The values that a worker process needs from the main process: the user's variables and the machine's region."""
    return {"variables": _users_variables(), "regions": _run_layers[-1].regions}


def take_over(values: Mapping[str, Mapping[str, str | None]]) -> None:
    """Use the values of :func:`for_workers` in a worker process."""
    _run_layers[-1].regions.update(values["regions"])
    if _run_layers[-1].is_set:
        _run_layers[-1].adopt_previous(values["variables"])


def _users_variables() -> dict[str, str | None]:
    return {name: USERS.get(name) for name in (_ENDPOINT, IGNORE)}
