"""``serve -- COMMAND``: the command runs with the server, and the server ends with the command."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_codeartifact import FakeCodeArtifact

from .conftest import Start

LIST = "import boto3; print([domain['name'] for domain in boto3.client('codeartifact').list_domains()['domains']])"
CREATE = "import boto3; boto3.client('codeartifact').create_domain(domain='acme')"

TELL_AND_WAIT = """
import signal, sys, time
def end(number, _):
    print(signal.Signals(number).name, flush=True)
    sys.exit(3)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, end)
print("ready", flush=True)
time.sleep(60)
"""


def run(start: Start, *arguments: str) -> tuple[int, str, str]:
    child = start("serve", *arguments)
    out, err = child.communicate(timeout=30)
    return child.returncode, out, err


def test_a_command_uses_the_server_and_has_stdout_to_itself(start: Start, tmp_path: Path) -> None:
    fake = FakeCodeArtifact()
    fake.add_domain("from-a-file")
    fake.dump(tmp_path / "seed.toml")

    status, out, err = run(start, "--seed", "seed.toml", "--", sys.executable, "-c", LIST)

    assert (status, out) == (0, "['from-a-file']\n")
    assert "200  ListDomains" in err


def test_the_state_after_a_command_is_dumped(start: Start, tmp_path: Path) -> None:
    done = run(start, "-q", "--dump", "left.toml", "--", sys.executable, "-c", CREATE)

    assert done == (0, "", "")
    fake = FakeCodeArtifact()
    fake.load(tmp_path / "left.toml")
    assert list(fake.domains) == ["acme"]


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ([sys.executable, "-c", "raise SystemExit(7)"], 7),
        ([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], 128 + 9),
        (["no-such-command"], 127),
        (["."], 126),
    ],
)
def test_the_exit_status_is_that_of_the_command(start: Start, command: list[str], status: int) -> None:
    assert run(start, "-q", "--", *command)[0] == status


def test_arguments_after_the_first_dashes_are_passed_to_the_command(start: Start) -> None:
    script = "import sys; print(sys.argv[1:])"

    assert run(start, "-q", "--", sys.executable, "-c", script, "-q", "--", "--port")[1] == "['-q', '--', '--port']\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_to_the_command_whose_status_is_returned(start: Start, number: signal.Signals) -> None:
    child = start("serve", "-q", "--", sys.executable, "-c", TELL_AND_WAIT)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"

    child.send_signal(number)

    assert child.communicate(timeout=10) == (f"{number.name}\n", "")
    assert child.returncode == 3


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pexpect on Windows")
def test_ctrl_c_at_a_terminal_reaches_the_command_once(tmp_path: Path, environment: dict[str, str]) -> None:
    pexpect = pytest.importorskip("pexpect")
    counting = TELL_AND_WAIT.replace("sys.exit(3)", "time.sleep(0.5); sys.exit(3)")
    arguments = ["-m", "pytest_codeartifact", "serve", "-q", "--", sys.executable, "-c", counting]

    child = pexpect.spawn(sys.executable, arguments, cwd=str(tmp_path), env=environment, encoding="utf-8")
    try:
        child.expect_exact("ready")
        child.sendintr()
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)

    assert child.before.count("SIGINT") == 1
    assert child.exitstatus == 3


def test_the_server_ends_after_the_command(start: Start) -> None:
    script = f"{CREATE}; import os; print(os.environ['AWS_ENDPOINT_URL_CODEARTIFACT'])"

    _, out, _ = run(start, "--", sys.executable, "-c", script)

    port = int(out.strip().rpartition(":")[2])
    probe = f"import socket; print(socket.socket().connect_ex(('127.0.0.1', {port})))"
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True).stdout != "0\n"
