"""The run against the real service, proven with a server of ours in its place."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from moto import mock_aws

from pytest_codeartifact import Call, Calls, ErrorName, FakeCodeArtifact, OperationName, Server, generic, wire

from .. import ROOT
from . import running
from .clients import Refusal
from .ledger import Ledger
from .names import TAG, Names, Trespass
from .normalising import Normaliser
from .playing import NoBook, Player, Scenario, Stage, Unanswered
from .recording import Recording
from .rehearsing import rehearsed
from .replaying import differences, report
from .scenarios import SCENARIOS
from .scenarios.deletions import a_package_is_deleted
from .scenarios.tags import tags_of_a_repository

pytestmark = [
    pytest.mark.in_process("it has servers of its own"),
    pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning"),
]

ACCOUNT = "123456789012"


@pytest.fixture
def service() -> Iterator[FakeCodeArtifact]:
    """What plays the service: an account in which others have made something already."""
    with FakeCodeArtifact(environment="leave", unused_faults="allow") as fake:
        fake.add_domain("production").add_repository("releases").add_package(generic("team", "tool"), versions=["1.0"])
        yield fake


@pytest.fixture
def server(service: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Where it is. The environment of this process leads there."""
    with service.serve() as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def said() -> list[str]:
    """What a run says."""
    return []


@pytest.fixture
def play(server: Server, tmp_path: Path, said: list[str]) -> Callable[..., Recording]:
    """Plays scenarios in a run, and returns the recording."""

    def play(*plays: Callable[[Stage], None], account: str | None = ACCOUNT) -> Recording:
        with running.run(boto3.Session(), account, tmp_path, said.append) as player:
            for each in plays:
                player.play(Scenario("scenario", each))
        return player.recording

    return play


def command(folder: Path, *options: str) -> list[str]:
    live = ("--codeartifact-live", f"--live-folder={folder}", f"--live-account={ACCOUNT}")
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *live, *options]


def run_pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, *options), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def one_repository(stage: Stage) -> None:
    stage.repository()


# The whole flow


def test_a_run_records_all_scenarios_and_leaves_nothing(
    service: FakeCodeArtifact, server: Server, tmp_path: Path
) -> None:
    with service.unchanged():
        done = run_pytest(tmp_path)

    assert done.returncode == 0, done.stdout
    assert re.search(rf"Account {ACCOUNT}, region us-east-1: about \d{{3}} requests to {server.url}", done.stdout)
    assert f"{len(SCENARIOS)} passed" in done.stdout
    assert "by rule ===" in done.stdout
    (path,) = tmp_path.iterdir()
    recording = Recording.read(path)
    assert not recording.aws
    assert {exchange.scenario for exchange in recording.exchanges} >= {scenario.name for scenario in SCENARIOS}
    assert report(differences(recording)) == ""


def test_a_recording_contains_no_private_values(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret-key")
    with running.run(boto3.Session(), ACCOUNT, tmp_path, print) as player:
        for scenario in SCENARIOS:
            player.play(scenario)

    (path,) = tmp_path.iterdir()
    written = path.read_text().partition("\n")[2]  # the first line is about the run
    keys = [os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    secret = [ACCOUNT, "us-east-1", player.names.run, server.url, "production", "releases", *keys]
    assert [text for text in secret if text in written] == []
    assert not re.search(r"eyJ2ZXIi|\d{10}\.\d{3}|[A-Za-z0-9+/]{43}=", written)  # tokens, times, revisions


def test_a_difference_is_reported_with_its_rule(service: FakeCodeArtifact, server: Server, tmp_path: Path) -> None:
    service.quotas.tags = 20

    done = run_pytest(tmp_path, "-k", "tags-of-a-repository")

    assert done.returncode == 1
    planted = r"TG-4, E-25:\n  tags-of-a-repository, step \d+, TagResource: message\n    the service: .*20.*\n.*50"
    assert re.search(planted, done.stdout), done.stdout
    assert len(re.findall(r"^[A-Z]+-\d+.*:$", done.stdout, re.M)) == 1


PLANTS: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "a member that is missing": ("deletedPackage", lambda body: body.pop("deletedPackage")),
    "a member that is new": ("new", lambda body: body.update(new="<unknown member>")),
    "another value": ("deletedPackage.format", lambda body: body["deletedPackage"].update(format="npm")),
}


@pytest.mark.parametrize(("where", "plant"), PLANTS.values(), ids=PLANTS)
def test_a_difference_is_found_at_its_path(
    play: Callable[..., Recording], where: str, plant: Callable[[dict[str, Any]], object]
) -> None:
    recording = play(a_package_is_deleted)
    (exchange,) = [each for each in recording.exchanges if "DP-2" in each.rules]
    plant(exchange.response["body"])

    (difference,) = differences(recording)

    assert (difference.where, difference.exchange) == (where, exchange)


def a_revision_that_stays(stage: Stage) -> None:
    repository = stage.repository()
    stage.publish(repository, unfinished=True)
    stage.publish(repository, unfinished=True, rules="P-6")


def test_a_rehearsal_and_a_replay_send_no_requests_to_the_service(server: Server, service: FakeCodeArtifact) -> None:
    with rehearsed([Scenario("scenario", a_revision_that_stays)]) as (_, recording):
        differences(recording)

    assert len(service.calls) == 0


@pytest.mark.parametrize(("planted", "found"), [("<revision 1>", []), ("<revision 2>", ["versionRevision"])])
def test_equal_values_of_a_recording_must_be_equal_and_others_must_differ(
    play: Callable[..., Recording], planted: str, found: list[str]
) -> None:
    recording = play(a_revision_that_stays)
    last = recording.exchanges[-1].response["body"]
    assert last["versionRevision"] == "<revision 1>"
    last["versionRevision"] = planted

    assert [difference.where for difference in differences(recording)] == found


PRIVATE = {
    "User: arn:aws:sts::999999999999:assumed-role/Admin/me@example.com is not": "User: <caller> is not",
    "User: arn:aws:iam::123456789012:user/me is not": "User: <caller> is not",
    "assets-1-999999999999 of AKIAIOSFODNN7EXAMPLE": "assets-1-<another account> of <access key>",
    "of account 123456789012 in us-east-1": "of account <account> in <region>",
    "request 1b4e28ba-2fa1-11d2-883f-0016d3cca427": "request <uuid>",
}


@pytest.mark.parametrize(("text", "recorded"), PRIVATE.items())
def test_a_message_is_recorded_without_private_values(text: str, recorded: str) -> None:
    normaliser = Normaliser(Names(ACCOUNT, "us-east-1", "000000000000"))

    assert normaliser.request({"message": text}) == {"message": recorded}


# What is refused before anything is made


def refused(play: Callable[..., Recording], service: FakeCodeArtifact, account: str | None = ACCOUNT) -> str:
    with service.unchanged(), pytest.raises(Refusal) as caught:
        play(account=account)
    return str(caught.value)


def test_the_account_must_be_named(play: Callable[..., Recording], service: FakeCodeArtifact) -> None:
    assert refused(play, service, None).endswith(f"If you mean that one, add --live-account={ACCOUNT}.")


def test_another_account_is_refused(play: Callable[..., Recording], service: FakeCodeArtifact) -> None:
    assert refused(play, service, "999999999999").startswith(f"The account is {ACCOUNT}, but --live-account is 9")


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("AWS_ACCESS_KEY_ID", "no AWS credentials"),
        ("AWS_DEFAULT_REGION", "There is no region"),
    ],
)
def test_missing_credentials_and_regions_are_named(
    play: Callable[..., Recording],
    service: FakeCodeArtifact,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    text: str,
) -> None:
    monkeypatch.delenv(variable)

    assert text in refused(play, service)


def test_a_region_that_does_not_answer_is_refused(
    server: Server, tmp_path: Path, service: FakeCodeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        monkeypatch.setenv("AWS_ENDPOINT_URL_CODEARTIFACT", f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(Refusal, match="Could not connect"), running.run(boto3.Session(), ACCOUNT, tmp_path, print):
            pass

    assert list(tmp_path.iterdir()) == []


def test_a_region_without_the_service_is_refused(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")

    with pytest.raises(Refusal, match=r"knows no CodeArtifact in 'us-east1'\. Did you mean 'us-east-1'\?"):
        running.run(boto3.Session(region_name="us-east1"), ACCOUNT, tmp_path, print).__enter__()

    assert (asked, list(tmp_path.iterdir())) == ([], [])


def test_another_account_by_sts_is_refused_before_any_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    session = boto3.Session(region_name="us-east-1")

    with mock_aws(), pytest.raises(Refusal, match=rf"The account is {ACCOUNT}, but --live-account is 999999999999"):
        running.run(session, "999999999999", tmp_path, print).__enter__()

    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_cannot_be_written_is_refused(server: Server, service: FakeCodeArtifact, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("no folder")

    with service.unchanged(), pytest.raises(Refusal, match="The ledger cannot be written, so nothing was made"):
        running.run(boto3.Session(), ACCOUNT, folder, print).__enter__()


def test_a_full_account_is_refused(play: Callable[..., Recording], service: FakeCodeArtifact) -> None:
    service.quotas.domains = 1

    assert "CreateDomain meets a limit of the account" in refused(play, service)


@pytest.mark.parametrize("error", ["AccessDeniedException", "ExpiredTokenException", "ThrottlingException"])
def test_an_error_of_the_first_request_is_named(
    play: Callable[..., Recording], service: FakeCodeArtifact, error: ErrorName
) -> None:
    service.fail("DescribeDomain", error, times=None)

    assert error in refused(play, service)


@pytest.mark.parametrize("options", [["-n", "2"], ["--live-account=12"]])
def test_xdist_and_an_invalid_account_are_usage_errors(
    service: FakeCodeArtifact, tmp_path: Path, options: list[str]
) -> None:
    done = run_pytest(tmp_path, *options)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "live" in done.stderr
    assert len(service.calls) == 0


# What ends a run


@pytest.mark.parametrize("error", ["AccessDeniedException", "ThrottlingException", "InternalServerException"])
def test_an_error_in_the_middle_ends_the_run_and_removes_everything(
    play: Callable[..., Recording], service: FakeCodeArtifact, tmp_path: Path, error: ErrorName
) -> None:
    service.fail("TagResource", error, times=None)

    with service.unchanged(), pytest.raises(Refusal, match="TagResource"):
        play(a_package_is_deleted, tags_of_a_repository)

    assert [path.suffix for path in tmp_path.iterdir()] == [".jsonl"]


def test_a_scenario_that_ends_early_is_recorded_and_others_continue(
    service: FakeCodeArtifact, server: Server, tmp_path: Path
) -> None:
    service.fail("PublishPackageVersion", "ConflictException")

    with running.run(boto3.Session(), ACCOUNT, tmp_path, print) as player:
        with pytest.raises(Unanswered, match="first ends early: the last answer has no 'asset'"):
            player.play(Scenario("first", lambda stage: stage.publish(stage.repository())["asset"]))
        player.play(Scenario("second", a_revision_that_stays))

    (path,) = tmp_path.iterdir()
    played = [exchange.scenario for exchange in Recording.read(path).exchanges]
    assert played == ["preparation", "first", "first", "second", "second", "second"]


@pytest.mark.parametrize(
    "operation",
    ["DescribeDomain", "ListTagsForResource", "ListRepositoriesInDomain", "DeleteRepository", "DeleteDomain"],
)
def test_resources_that_cannot_be_removed_are_named_and_removed_later(
    play: Callable[..., Recording],
    service: FakeCodeArtifact,
    tmp_path: Path,
    said: list[str],
    operation: OperationName,
) -> None:
    def lose_a_permission(stage: Stage) -> None:
        stage.repository()
        service.fail(operation, "AccessDeniedException")

    with service.unchanged():
        recording = play(lose_a_permission)
        assert "has left something behind" in "\n".join(said)
        assert "AccessDeniedException" in "\n".join(said)
        assert len(recording.exchanges) == 2

        assert running.clean_up(boto3.Session(), ACCOUNT, tmp_path, said.append)
    assert list(tmp_path.glob("*.ledger")) == []


class Held:
    """Holds the calls of an operation back until they are released."""

    def __init__(self, service: FakeCodeArtifact, operation: OperationName) -> None:
        self._arrived, self._released = threading.Event(), threading.Event()
        service.fail(operation, "ConflictException", when=self._hold)

    def _hold(self, _: Call) -> bool:
        self._arrived.set()
        assert self._released.wait(60)
        return False

    def signalled(self, process: subprocess.Popen[str], number: signal.Signals) -> None:
        """Send a signal while a call is under way, and let it go."""
        assert self._arrived.wait(60)
        process.send_signal(number)
        self._released.set()


def started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(folder, "-k", "tags-of-a-repository"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    "signals",
    [
        {"CreateRepository": signal.SIGINT},
        {"CreateDomain": signal.SIGTERM},
        {"CreateRepository": signal.SIGINT, "DeleteRepository": signal.SIGINT},
    ],
    ids=[
        "Ctrl-C while a repository is made",
        "SIGTERM while the domain is made",
        "Ctrl-C, and again during the clean-up",
    ],
)
def test_an_interrupted_run_removes_everything(
    service: FakeCodeArtifact, server: Server, tmp_path: Path, signals: dict[OperationName, signal.Signals]
) -> None:
    held = {operation: Held(service, operation) for operation in signals}

    with service.unchanged():
        process = started(tmp_path)
        for operation, number in signals.items():
            held[operation].signalled(process, number)
        out, _ = process.communicate(timeout=60)

    assert process.returncode == pytest.ExitCode.INTERRUPTED, out
    assert "is removed" in out
    assert list(tmp_path.glob("*.ledger")) == []


def test_live_clean_removes_the_resources_of_a_killed_run(
    service: FakeCodeArtifact, server: Server, tmp_path: Path
) -> None:
    held = Held(service, "CreateRepository")

    with service.unchanged():
        process = started(tmp_path)
        held.signalled(process, signal.SIGKILL)
        process.communicate(timeout=60)
        assert len(service.domains) == 2

        done = run_pytest(tmp_path, "--live-clean")

    assert (done.returncode, list(tmp_path.iterdir())) == (0, []), done.stdout
    assert "is removed" in done.stdout


# What is not touched


OTHERS = {
    "another domain": ("DeleteDomain", {"domain": "production"}),
    "a domain whose name begins alike": ("DeleteDomain", {"domain": "pytest-codeartifact-live-000000000000x"}),
    "a domain of another account": ("DeleteRepository", {"domain": "{ours}", "domainOwner": "999999999999"}),
    "another domain's tags": (
        "TagResource",
        {"resourceArn": f"arn:aws:codeartifact:us-east-1:{ACCOUNT}:domain/production"},
    ),
    "no domain at all": ("CreateRepository", {"repository": "repo"}),
}


@pytest.mark.parametrize(("operation", "parameters"), OTHERS.values(), ids=OTHERS)
def test_a_request_for_resources_of_others_is_not_sent(
    service: FakeCodeArtifact, operation: str, parameters: dict[str, str]
) -> None:
    names = Names(ACCOUNT, "us-east-1", "000000000000")
    player = Player(service.client(), names, NoBook())
    filled = {name: value.format(ours=names.domain, account=ACCOUNT) for name, value in parameters.items()}

    with pytest.raises(Trespass):
        player.send("scenario", "D-1", operation, filled)

    assert len(service.calls) == 0


def ledger_of(service: FakeCodeArtifact, folder: Path, *repositories: str, tag: str = "0123456789ab") -> Ledger:
    """A ledger, and the domain that it names."""
    names = Names(ACCOUNT, "us-east-1", "0123456789ab")
    domain = service.add_domain(names.domain, tags={TAG: tag})
    ledger = Ledger.begin(folder, names)
    ledger.add(names.domain)
    for repository in repositories:
        domain.add_repository(repository)
        ledger.add(names.domain, repository)
    return ledger


def test_a_domain_without_the_tag_of_the_run_is_not_removed(
    service: FakeCodeArtifact, server: Server, tmp_path: Path, said: list[str]
) -> None:
    ledger_of(service, tmp_path, "repo", tag="another")

    with service.unchanged():
        assert not running.clean_up(boto3.Session(), ACCOUNT, tmp_path, said.append)

    assert "so this run has not made it" in "\n".join(said)


def test_a_repository_that_the_run_has_not_created_is_not_removed(
    service: FakeCodeArtifact, server: Server, tmp_path: Path, said: list[str]
) -> None:
    ledger = ledger_of(service, tmp_path, "repo")
    domain = service.domains[ledger.names.domain]
    domain.add_repository("of-somebody")

    assert not running.clean_up(boto3.Session(), ACCOUNT, tmp_path, said.append)

    assert list(domain.repositories) == ["of-somebody"]
    assert "of-somebody" in "\n".join(said)
    assert ledger.path.exists()


def test_a_ledger_of_another_account_is_refused(service: FakeCodeArtifact, server: Server, tmp_path: Path) -> None:
    names = Names("999999999999", "us-east-1", "0123456789ab")
    Ledger.begin(tmp_path, names).add(names.domain)

    with service.unchanged(), pytest.raises(Refusal, match="The account is 999999999999"):
        running.clean_up(boto3.Session(), ACCOUNT, tmp_path, print)


def test_a_ledger_is_read_up_to_a_line_that_was_cut_off(tmp_path: Path) -> None:
    names = Names(ACCOUNT, "us-east-1", "0123456789ab")
    ledger = Ledger.begin(tmp_path, names)
    ledger.add(names.domain)
    with ledger.path.open("a") as file:
        file.write('{"domain": "pyt')

    assert Ledger.read(ledger.path).entries == ledger.entries


@pytest.mark.parametrize("text", ["", "no JSON\n", '{"run": "x"}\n'], ids=["nothing", "text", "a part"])
def test_a_file_that_is_no_ledger_is_refused(server: Server, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.ledger").write_text(text)

    with pytest.raises(Refusal, match=r"x\.ledger is no ledger of a run: .* Nothing was removed\."):
        running.clean_up(boto3.Session(), ACCOUNT, tmp_path, print)


def test_the_ledger_names_resources_before_the_request_that_creates_them(
    service: FakeCodeArtifact, server: Server, tmp_path: Path
) -> None:
    seen: list[list[str | None]] = []

    def look(call: Call) -> bool:
        seen.append(written(tmp_path))
        return True

    service.fail("CreateRepository", "ConflictException", when=look)

    with running.run(boto3.Session(), ACCOUNT, tmp_path, print) as player:
        player.play(Scenario("scenario", one_repository))

    assert seen == [[None, "scenario-repo"]]


def written(folder: Path) -> list[str | None]:
    (path,) = folder.glob("*.ledger")
    return [entry.repository for entry in Ledger.read(path).entries]


# What is said about it


class Rehearsal(NamedTuple):
    """All scenarios, played to a fake."""

    calls: Calls
    recording: Recording


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    """A rehearsal, which no test changes."""
    with rehearsed() as (fake, recording):
        return Rehearsal(fake.calls, recording)


def test_the_policy_in_the_documentation_allows_all_calls(rehearsal: Rehearsal) -> None:
    page = (ROOT / "docs" / "live.md").read_text()
    (policy,) = re.findall(r"^```json\n(.*?)^```", page, re.M | re.S)

    rehearsal.calls.assert_allowed_by(json.loads(policy.replace("ACCOUNT", ACCOUNT).replace("REGION", "us-east-1")))


def test_every_rule_that_the_scenarios_cite_exists(rehearsal: Rehearsal) -> None:
    known = set(re.findall(r"\b[A-Z]{1,2}-\d+\b", (ROOT / "docs" / "behaviour.md").read_text()))
    cited = {rule for exchange in rehearsal.recording.exchanges for rule in exchange.rules}

    assert cited - known == set()


def test_the_scenarios_call_every_operation(rehearsal: Rehearsal) -> None:
    assert set(rehearsal.calls.operations) == wire.operation_names()
