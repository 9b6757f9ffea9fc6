"""``env``: a shell that evaluates what it prints uses the server that runs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_codeartifact import CodeArtifactPluginError
from pytest_codeartifact.serving import running_servers, shells
from pytest_codeartifact.serving.command_line import main
from pytest_codeartifact.serving.running_servers import RunningServer

CREATE_DOMAIN = f"'{sys.executable}' -c \"import boto3; boto3.client('codeartifact').create_domain(domain='acme')\""
ENV = f"'{sys.executable}' -m pytest_codeartifact env"

AWKWARD = {"EMPTY": "", "PATH_": "C:\\temp\\a.config", "AWKWARD": 'it\'s $HOME `x` "y" \\ # z'}
"""Values that a shell would split or expand without quotes."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the notes of servers."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def listening() -> Iterator[RunningServer]:
    """A server, for `env`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield RunningServer(listener.getsockname()[1], "eu-west-1", "/tmp/empty")


def test_a_shell_that_evaluates_env_uses_the_only_server(
    address: Callable[..., str], environment: dict[str, str]
) -> None:
    address()
    user = {**environment, "AWS_PROFILE": "nowhere", "AWS_ENDPOINT_URL": "https://elsewhere.example"}

    done = subprocess.run(["sh", "-ec", f'eval "$({ENV})"; {CREATE_DOMAIN}'], env=user, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_one_of_several_servers_is_chosen_by_its_port(address: Callable[..., str], environment: dict[str, str]) -> None:
    first, second = (address().rpartition(":")[2] for _ in range(2))

    asked = [subprocess.run([*args], env=environment, capture_output=True, text=True) for args in (
        [sys.executable, "-m", "pytest_codeartifact", "env"],
        [sys.executable, "-m", "pytest_codeartifact", "env", second],
        [sys.executable, "-m", "pytest_codeartifact", "env", "9"],
    )]  # fmt: skip

    ports = ", ".join(sorted([first, second], key=int))
    assert [(done.returncode, done.stderr) for done in asked] == [
        (1, f"Several servers run. Write the port of one of them: {ports}.\n"),
        (0, ""),
        (1, f"No server of `serve` runs on port 9. Those that run are on: {ports}.\n"),
    ]
    assert f"export AWS_ENDPOINT_URL_CODEARTIFACT=http://127.0.0.1:{second}\n" in asked[1].stdout


def test_a_server_that_was_killed_is_not_found(folder: Path, listening: RunningServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ended:
        port = ended.getsockname()[1]

    with running_servers.noted(RunningServer(port, "eu-west-1", "/tmp/empty")), running_servers.noted(listening):
        assert running_servers.running(None) == listening
        with pytest.raises(CodeArtifactPluginError, match=f"runs on port {port}"):
            running_servers.running(port)


def test_the_note_of_a_server_is_removed_when_it_ends(folder: Path, listening: RunningServer) -> None:
    with running_servers.noted(listening):
        (kept,) = folder.iterdir()
        assert [note.name for note in kept.iterdir()] == [f"{listening.port}.json"]

    assert list(kept.iterdir()) == []
    with pytest.raises(CodeArtifactPluginError, match="No server runs"):
        running_servers.running(None)


@pytest.mark.parametrize("content", ["", "[]", "{", '"x"', '["a"]', "\xff"])
def test_an_invalid_note_is_ignored(folder: Path, listening: RunningServer, content: str) -> None:
    with running_servers.noted(listening):
        (kept,) = folder.iterdir()
        (kept / "1.json").write_text(content, encoding="latin-1")

        assert running_servers.running(None) == listening


@pytest.mark.skipif(sys.platform == "win32", reason="each user has a folder for temporary files")
@pytest.mark.parametrize("planted", ["writable for others", "a link"])
def test_a_note_that_other_users_can_write_is_refused(folder: Path, listening: RunningServer, planted: str) -> None:
    with running_servers.noted(listening):
        (kept,) = folder.iterdir()
    if planted == "a link":
        kept.rename(folder / "theirs")
        kept.symlink_to(folder / "theirs")
    else:
        kept.chmod(0o777)

    with pytest.raises(CodeArtifactPluginError, match="others may write to it"):
        running_servers.running(None)


@pytest.mark.skipif(sys.platform == "win32", reason="each user has a folder for temporary files")
def test_only_the_user_can_read_the_notes(folder: Path, listening: RunningServer) -> None:
    with running_servers.noted(listening):
        (kept,) = folder.iterdir()

        assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_no_proxy_keeps_its_hosts_and_gets_this_machine_once(
    folder: Path, listening: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "internal.example")
    once = listening.variables["NO_PROXY"]
    monkeypatch.setenv("NO_PROXY", once)

    assert once == listening.variables["NO_PROXY"] == "internal.example,127.0.0.1"


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_every_shell_gets_every_variable_on_lines_that_end_with_a_line_feed(
    folder: Path, listening: RunningServer, capfdbinary: pytest.CaptureFixture[bytes], shell: str
) -> None:
    with running_servers.noted(listening):
        assert main(["env", str(listening.port), "--shell", shell]) == 0
    sys.stdout.flush()

    lines = capfdbinary.readouterr().out.split(b"\n")
    assert [name for name in listening.variables if not any(name.encode() in line for line in lines)] == []
    assert not any(b"\r" in line for line in lines)


def test_sh_reads_values_unchanged() -> None:
    assert values_in(["sh", "-c"], shells.script(AWKWARD, "sh")) == AWKWARD


@pytest.mark.parametrize(
    ("shell", "arguments"), [("fish", ["fish", "-c"]), ("powershell", ["pwsh", "-NoProfile", "-Command"])]
)
def test_other_shells_read_values_unchanged(shell: str, arguments: list[str]) -> None:
    if shutil.which(arguments[0]) is None:
        pytest.skip(f"{arguments[0]} is not installed")
    expected = {name: value for name, value in AWKWARD.items() if value or shell != "powershell"}

    assert values_in(arguments, shells.script(AWKWARD, shell)) == expected


def values_in(arguments: list[str], script: str) -> dict[str, str]:
    """The awkward variables in a process that a shell starts."""
    call = "& " if "pwsh" in arguments else ""
    show = f"{call}'{sys.executable}' -c 'import os, json; print(json.dumps(dict(os.environ)))'"
    shown = subprocess.run([*arguments, f"{script}{show}"], capture_output=True, text=True, check=True).stdout
    return {name: value for name, value in json.loads(shown).items() if name in AWKWARD}


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("fish", "set -gx A 'it\\'s \\\\'"),
        ("powershell", "$env:A = 'it''s \\'"),
        ("dotenv", "A='it\\'s \\\\'"),
    ],
)
def test_quotes_are_escaped_for_each_shell(shell: str, line: str) -> None:
    assert shells.script({"A": "it's \\"}, shell) == f"{line}\n"


def test_files_of_variables_have_no_unneeded_quotes() -> None:
    """Some readers of such files do not remove quotes."""
    assert shells.script({"A": "", "B": "http://127.0.0.1:80", "C": os.devnull}, "dotenv") == (
        f"A=\nB=http://127.0.0.1:80\nC={os.devnull}\n"
    )
