"""A run against the real service, from the first question to the last deletion."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import clients
from .cleaning import clean
from .clients import Refusal
from .ledger import Ledger
from .names import Names
from .playing import Player, Scenario
from .recording import Recording
from .rehearsing import number_of_requests
from .signals import held

Say = Callable[[str], None]

COSTS = "Requests are all that it costs: the domain holds a few kilobytes, and is deleted at the end."


@contextmanager
def run(
    session: boto3.Session, account: str | None, folder: Path, say: Say, scenarios: Iterable[Scenario] = ()
) -> Iterator[Player]:
    """A player in a domain of its own, all of which is removed at the end, however that comes.

    :param account: the account that the caller means, as 12 digits.
    :param scenarios: those that will be played, of which it says how many requests they are.
    :raises Refusal: nothing has been made, or all of it is removed again.
    """
    requests = number_of_requests(scenarios)
    region = clients.region_of(session)
    client = clients.codeartifact(session, region)
    _check_account(clients.account_of(session, client), account)
    names = Names.of_a_new_run(str(account), region)
    _check_service(client, names)
    say(f"Account {account}, region {region}: about {requests} requests to {client.meta.endpoint_url}.")
    say(f"All that they make is in the domain {names.domain} and others whose names begin so.")
    say(COSTS)
    ledger = _begun(folder, names)
    player = Player(client, names, ledger)
    try:
        with _terminated_as_interrupted():
            player.open()
            yield player
    finally:
        with held(is_last=True):
            try:
                _remove(client, ledger, say)
            finally:
                _write(player.recording, folder / f"{names.run}.jsonl", say)


def _write(recording: Recording, path: Path, say: Say) -> None:
    if recording.exchanges:
        recording.write(path)
        say(f"The recording is {path}.")


def clean_up(session: boto3.Session, account: str | None, folder: Path, say: Say) -> bool:
    """Remove what earlier runs have left behind.

    :returns: whether nothing is left.
    :raises Refusal: the ledgers are not of this account.
    """
    ledgers = [_read(path) for path in sorted(folder.glob("*.ledger"))]
    if not ledgers:
        say(f"There is no ledger in {folder}: no run has left anything behind.")
    ends = []
    for ledger in ledgers:
        client = clients.codeartifact(session, ledger.names.region)
        _check_account(clients.account_of(session, client), account)
        _check_account(ledger.names.account, account)
        with held():
            ends.append(_remove(client, ledger, say))
    return all(ends)


def _begun(folder: Path, names: Names) -> Ledger:
    try:
        return Ledger.begin(folder, names)
    except OSError as error:
        raise Refusal(f"The ledger cannot be written, so nothing was made: {error}") from error


def _read(path: Path) -> Ledger:
    try:
        return Ledger.read(path)
    except (TypeError, ValueError) as error:
        raise Refusal(f"{path} is no ledger of a run: {error}. Nothing was removed.") from error


def _check_account(actual: str, meant: str | None) -> None:
    if meant is None:
        raise Refusal(f"These credentials are of account {actual}. If you mean that one, add --live-account={actual}.")
    if actual != meant:
        raise Refusal(f"The account is {actual}, but --live-account is {meant}. Nothing was changed.")


def _check_service(client: Any, names: Names) -> None:
    try:
        client.describe_domain(domain=names.domain)
    except client.exceptions.ResourceNotFoundException:
        return
    except (BotoCoreError, ClientError) as error:
        raise Refusal(f"CodeArtifact in {names.region} does not answer these credentials: {error}") from error
    raise Refusal(f"There is a domain {names.domain} already. Start again.")


def _remove(client: Any, ledger: Ledger, say: Say) -> bool:
    left = clean(client, ledger)
    if not left:
        say(f"All that the run {ledger.names.run} has made is removed.")
        return True
    say(f"The run {ledger.names.run} has left something behind:")
    for reason in left:
        say(f"  {reason}")
    say(f"The ledger {ledger.path} names it. Remove it by --live-clean, or by hand.")
    return False


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt("terminated")

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
