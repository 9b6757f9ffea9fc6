"""``python -m pytest_codeartifact serve``: a fake CodeArtifact to try things on by hand, from a seed file or empty."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence

from .errors import CodeArtifactPluginError
from .fake import FakeCodeArtifact

_BETWEEN = 0.2  # seconds from one word on progress to the next


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM.

    :returns: the exit code: 0, or 1 for a seed, a port or an account that cannot be used.
    """
    given = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        fake = FakeCodeArtifact(given.account, given.region)
        if given.seed is not None:
            with _Progress(given.seed) as progress:
                fake.load(given.seed, progress=progress)
        server = fake.serve(given.port)
    except CodeArtifactPluginError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with server:
        exports = "".join(f"  export {name}='{value}'\n" for name, value in server.env.items())
        sys.stdout.write(
            f"A fake AWS CodeArtifact runs at {server.url} until Ctrl-C. To use it, write in another shell:\n\n"
            f"{exports}  aws codeartifact list-domains\n"
        )
        sys.stdout.flush()
        stopped.wait()
    return 0


class _Progress:
    """A line on a terminal that says how many packages a file has seeded so far; nothing where nobody looks on."""

    def __init__(self, file: str) -> None:
        self._file, self._shown = file, -1.0

    def __enter__(self) -> Callable[[int], object]:
        self._show(f"Reading {self._file} ...")
        return self._told

    def __exit__(self, *_: object) -> None:
        self._show("", end="\r")

    def _told(self, packages: int) -> None:
        now = time.monotonic()
        if now - self._shown > _BETWEEN:
            self._shown = now
            self._show(f"Seeding from {self._file}: {packages:,} packages ...")

    def _show(self, line: str, end: str = "") -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{line}{end}")
            sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pytest_codeartifact", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="serve")
    serve = commands.add_parser(
        "serve", help="serve a fake AWS CodeArtifact on a port of 127.0.0.1", allow_abbrev=False
    )
    serve.add_argument("--seed", metavar="FILE", help="a seed file of JSON or TOML (docs/seeds.md); default: empty")
    serve.add_argument("--port", type=int, default=0, metavar="N", help="default: a free one, which is printed")
    serve.add_argument("--account", metavar="N", help="of callers whose access key is not known; 12 digits")
    serve.add_argument("--region", metavar="NAME", help="of the variables that are printed, and of a seed without one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
