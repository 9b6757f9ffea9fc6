"""The commands ``serve`` and ``env``.

``serve`` writes about itself to the standard output, and a line for each request to the standard error. With ``-q``,
the standard output has only the address. With a command inside, the standard output is that of the command.
"""

from __future__ import annotations

import argparse
import io
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from .. import __version__, seeds
from ..errors import CodeArtifactPluginError, OperationNotImplemented
from ..fake import FakeCodeArtifact, service_of, start_server
from ..reports.call_list import count
from ..service import CodeArtifactWarning
from . import running_servers, shells, summary
from .exchanges import Exchange
from .inner_command import Lifetime
from .progress import Progress
from .running_servers import RunningServer
from .watched_server import WatchedServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    :param arguments: the arguments of the command line. Default: those of the process.
    :returns: the exit code: 0, or 1 if a file, a port or a value cannot be used. With a command inside, that of the
        command.
    """
    own, command = _split_command(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    options = parser.parse_args(own)
    if command is not None and (options.run is not _serve or not command):
        parser.error("only `serve` takes a command after `--`, and it must not be empty")
    try:
        status: int = options.run(options, command)
    except (CodeArtifactPluginError, OperationNotImplemented) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return status


def _split_command(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str] | None]:
    """Our arguments, and the command after ``--``, if there is one."""
    if "--" not in arguments:
        return arguments, None
    position = list(arguments).index("--")
    return arguments[:position], arguments[position + 1 :]


def _serve(options: argparse.Namespace, command: Sequence[str] | None) -> int:
    lifetime = Lifetime()
    if options.dump is not None:
        seeds.check_target(options.dump)
    fake = FakeCodeArtifact(options.account, options.region, page_size=options.page_size)
    if options.seed is not None:
        with Progress(options.seed) as progress:
            fake.load(options.seed, progress=progress)
    report = _ignore if options.quiet else _print_request
    warnings.simplefilter("ignore" if options.quiet else "always", CodeArtifactWarning)
    warnings.formatwarning = lambda message, *_: f"{'':10}hint: {message}\n"  # between the lines of the requests
    server = start_server(service_of(fake), partial(WatchedServer, report=report), options.port)
    try:
        with server, running_servers.noted(RunningServer(server.port, fake.region, server.configuration)):
            _print_begin(options, fake, server, has_command=command is not None)
            status = lifetime.wait() if command is None else lifetime.run(command, server.env)
    finally:
        if options.dump is not None:
            fake.dump(options.dump)
    if not options.quiet:
        _print_end(options, fake, server)
    return status


def _print_begin(
    options: argparse.Namespace, fake: FakeCodeArtifact, server: WatchedServer, *, has_command: bool
) -> None:
    """Print the address of the server, its contents, and how to use it."""
    address = f"{server.url}\n"
    words = f"Fake AWS CodeArtifact on {server.url}, account {fake.account}, {fake.region}. Ctrl-C ends it.\n"
    if options.seed is not None:
        words += f"{options.seed}: {summary.contents(service_of(fake).state)}\n"
    if has_command:
        sys.stderr.write("" if options.quiet else words)
    else:
        sys.stdout.write(address if options.quiet else f"{words}\n{_how_to_use(server.port)}\n")
        sys.stdout.flush()


def _how_to_use(port: int) -> str:
    return (
        f"In another shell:\n  {shells.eval_command(port)}    # or --shell {' | '.join(shells.SHELLS)}\n"
        f"  aws codeartifact list-repositories\nIn a browser: http://127.0.0.1:{port}/\n"
    )


def _print_request(exchange: Exchange) -> None:
    with suppress(OSError):  # the reader has closed the pipe
        sys.stderr.write(f"{exchange}\n")
        sys.stderr.flush()


def _ignore(_: Exchange) -> None:
    """Report nothing."""


def _print_end(options: argparse.Namespace, fake: FakeCodeArtifact, server: WatchedServer) -> None:
    """Print the deletions by calls, and the file with the remaining state."""
    deleted = fake.deletions
    lines = [f"{count(server.exchanges.count, 'request')}; deleted:{'' if deleted else ' nothing'}"]
    lines += summary.deletions(deleted)
    if options.dump is not None:
        lines.append(f"{options.dump}: {summary.contents(service_of(fake).state)}")
    elif deleted:
        lines.append("(--dump FILE writes the remaining state.)")
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def _env(options: argparse.Namespace, _: object) -> int:
    script = shells.script(running_servers.running(options.port).variables, options.shell)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="\n")  # a shell on Windows would keep the carriage return as part of a value
    sys.stdout.write(script)
    return 0


def _parser() -> argparse.ArgumentParser:
    is_module = sys.argv[0].endswith("__main__.py")
    name = "python -m pytest_codeartifact" if is_module else "pytest-codeartifact"
    parser = argparse.ArgumentParser(prog=name, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"pytest-codeartifact {__version__}")
    commands = parser.add_subparsers(required=True, metavar="serve | env")

    serve = commands.add_parser(
        "serve",
        help="serve a fake AWS CodeArtifact on a port of 127.0.0.1",
        usage="%(prog)s [option ...] [-- COMMAND ...]",
        epilog="A COMMAND runs with the environment variables set. serve exits when COMMAND does, with its status.",
        allow_abbrev=False,
    )
    serve.set_defaults(run=_serve)
    serve.add_argument("--seed", metavar="FILE", help="a seed file of JSON or TOML (docs/seeds.md); default: empty")
    serve.add_argument("--dump", metavar="FILE", help="write the remaining state to a seed file at the end")
    serve.add_argument("--port", type=int, default=0, metavar="N", help="default: a free port, which is printed")
    serve.add_argument("--account", metavar="N", help="the account of callers with an unknown access key; 12 digits")
    serve.add_argument("--region", metavar="NAME", help="the region that `env` sets, and of seeded domains without one")
    serve.add_argument("--page-size", type=int, metavar="N", help="the maximum length of a page, from 1 to 1000")
    serve.add_argument("-q", "--quiet", action="store_true", help="print the address and nothing else")

    env = commands.add_parser(
        "env",
        help="print the environment variables with which a shell uses a server",
        epilog=f"Write for example {shells.eval_command(None)}",
        allow_abbrev=False,
    )
    env.set_defaults(run=_env)
    env.add_argument("port", type=int, nargs="?", help="the port of the server; needed if several run")
    env.add_argument("--shell", choices=shells.SHELLS, default=shells.DEFAULT, help="default: %(default)s")
    return parser
