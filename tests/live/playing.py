"""Runs scenarios: sends their requests, if they concern only resources of the run, and records them."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import BotoCoreError

from .clients import Refusal, is_of_aws
from .exchanges import Response, exchange
from .names import ACCOUNT_WIDE, TAG, Names
from .normalising import Normaliser
from .recording import Exchange, Recording
from .signals import held

Play = Callable[["Stage"], None]


class Book(Protocol):
    """The ledger of a player, in which it writes down the resources that it will create."""

    def add(self, domain: str, repository: str | None = None) -> None: ...


class NoBook:
    """A ledger for a fake, which leaves no resources."""

    def add(self, domain: str, repository: str | None = None) -> None:
        """Nothing to write down."""


class Scenario(NamedTuple):
    """A scenario: its name, and the function that plays it."""

    name: str
    play: Play


class Unanswered(Exception):
    """A response that the rest of a scenario depends on is an error."""


class Player:
    """Plays scenarios, one after another, against one service."""

    def __init__(self, client: Any, names: Names, book: Book) -> None:
        self._client, self._book = client, book
        self.names = names
        self.recording = Recording(names.region, is_of_aws(client), [])
        self._normalisers: dict[str, Normaliser] = defaultdict(partial(Normaliser, names))
        """That of each scenario: scenarios say nothing about each other, and so need no reference in common."""

    def open(self) -> None:
        """Create the domain of the run."""
        self.send("preparation", "D-1", "CreateDomain", {"domain": self.names.domain})

    def play(self, scenario: Scenario) -> None:
        """Play a scenario.

        :raises Refusal: the service lets nobody go on: permissions, a quota, throttling, the connection.
        :raises Unanswered: this scenario cannot go on. What was answered so far is recorded.
        """
        try:
            scenario.play(Stage(self, scenario.name))
        except KeyError as missing:
            raise Unanswered(f"{scenario.name} ends early: the last answer has no {missing}.") from missing

    def send(self, scenario: str, rules: str, operation: str, parameters: dict[str, Any]) -> Response:
        """Send a request, and record it with its response."""
        if operation == "CreateDomain":
            parameters = {**parameters, "tags": [*parameters.get("tags", []), {"key": TAG, "value": self.names.run}]}
        self.names.check(operation, parameters)
        normaliser = self._normalisers[scenario]
        request = normaliser.request(parameters)
        _wait_for_the_next_millisecond()
        try:
            response = self._exchanged(operation, parameters)
        except BotoCoreError as error:
            raise Refusal(f"{operation} got no response: {error}") from error
        self._go_on(operation, response)
        normalised = normaliser.response(response)
        self.recording.exchanges.append(Exchange(scenario, rules.split(", "), operation, request, normalised))
        return response

    def _exchanged(self, operation: str, parameters: dict[str, Any]) -> Response:
        """The response to a request. What is about to be made is written down first.

        A signal to stop waits for that response: what the service makes after a clean-up would be left behind.
        """
        if operation not in _MAKES:
            return exchange(self._client, self.names, operation, parameters)
        with held():
            self._book.add(parameters["domain"], parameters.get("repository"))
            return exchange(self._client, self.names, operation, parameters)

    @staticmethod
    def _go_on(operation: str, response: Response) -> None:
        message = response.body.get("message") or response.body.get("Message")
        said = f"{response.error}: {message}"
        if response.status in (401, 403):
            raise Refusal(f"{operation} is not allowed: {said} docs/live.md has a policy that suffices.")
        if response.error in _LIMITS or (response.error in _QUOTAS and operation in _MAKES):
            raise Refusal(f"{operation} meets a limit of the account: {said}")
        if response.status >= 500:
            raise Refusal(f"{operation} was not answered: {response.status}, {said}")


_LIMITS = ("ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded")
_QUOTAS = ("ServiceQuotaExceededException",)
_MAKES = ("CreateDomain", "CreateRepository")


def _wait_for_the_next_millisecond() -> None:
    """Times are told in milliseconds. So the times of two requests are equal only if the service makes them so."""
    now = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == now:
        time.sleep(0.0002)


class Stage:
    """What a scenario is given: requests in the domain of the run, and repositories of its own."""

    def __init__(self, player: Player, scenario: str) -> None:
        self._player, self._scenario = player, scenario

    @property
    def names(self) -> Names:
        """The names of the run."""
        return self._player.names

    def name(self, name: str) -> str:
        """The full name of a repository of this scenario."""
        return f"{self._scenario}-{name}"

    def ask(self, rules: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Send a request, in the domain of the run unless it names another.

        :param rules: the rules that speak of the response, with commas between them.
        :returns: the members of the response's body, also of an error's.
        """
        if operation not in ACCOUNT_WIDE and "resourceArn" not in parameters:
            parameters = {"domain": self.names.domain, **parameters}
        return self._player.send(self._scenario, rules, operation, parameters).body

    def repository(self, name: str = "repo", **parameters: Any) -> str:
        """Create a repository, and return its full name."""
        self.ask("R-2", "CreateRepository", repository=self.name(name), **parameters)
        return self.name(name)

    def publish(
        self, repository: str, package: str = "tool", version: str = "1.0", asset: str = "a.txt", **parameters: Any
    ) -> dict[str, Any]:
        """Publish an asset of a generic version of the namespace ``team``."""
        rules = parameters.pop("rules", "P-3")
        text = parameters.pop("text", f"{asset} of {version}")
        named = {**TOOL, "package": package, "packageVersion": version, "assetName": asset}
        request = {**named, "repository": repository, **content(text), **parameters}
        return self.ask(rules, "PublishPackageVersion", **request)


TOOL = {"format": "generic", "namespace": "team", "package": "tool"}


def content(text: str) -> dict[str, Any]:
    """The parameters of an asset."""
    return {"assetContent": text.encode(), "assetSHA256": hashlib.sha256(text.encode()).hexdigest()}
