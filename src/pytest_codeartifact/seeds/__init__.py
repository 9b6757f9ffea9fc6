"""Seed files: written by :func:`dump`, read by :func:`load`; the output of the AWS CLI is read by :func:`load_cli`.

docs/seeds.md has the format. Files are loaded through the handles, so a file can contain everything that Python can
seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .. import collector
from ..errors import SeedError, shown
from ..handles import Repository
from ..handles.handle import pointer_of
from ..handles.pointer import Pointer
from ..service import Service
from . import cli_answers, dumping, files, loading
from .values import FileValue


def load(service: Service, path: str | Path, progress: Callable[[int], object] | None = None) -> None:
    """Add the contents of a file, or nothing if anything in it is not valid.

    :param progress: called after each package with the number of packages so far.
    :raises SeedError: a value is not valid; the message names the file and the place in it.
    """
    with collector.paused(), _rehearsed(service) as draft:
        loading.load(draft, FileValue(files.read(path), str(path)), progress or (lambda _: None))


def dump(service: Service, path: str | Path) -> None:
    """Write the whole state to a file.

    :raises SeedError: the file cannot be written, or its format cannot hold a string of the state.
    """
    state = service.state.fork()  # a snapshot, because calls may write meanwhile
    files.write(path, dumping.state_keywords(state, service.caller))


def check_target(path: str | Path) -> None:
    """Refuse a file that could not be written at the end.

    :raises SeedError: its suffix is neither .json nor .toml, or it is in no folder that can be written to.
    """
    files.check_target(path)


def load_cli(service: Service, path_or_dict: str | Path | Mapping[str, object], into: Repository) -> None:
    """Add a response of the AWS CLI to a repository, or nothing if anything in it is not valid.

    :raises SeedError: a value is not valid; the message names the file and the place in it.
    """
    if not isinstance(into, Repository) or pointer_of(into).service is not service:
        raise SeedError(f"load_cli needs a repository of this fake, not {shown(into)}.")
    if isinstance(path_or_dict, Mapping):
        response = FileValue(dict(path_or_dict), "load_cli")
    else:
        with collector.paused():
            response = FileValue(files.read_json(path_or_dict), str(path_or_dict))
    with collector.paused(), _rehearsed(service) as draft:
        cli_answers.take(Repository(Pointer(draft, pointer_of(into).path)), response)


@contextmanager
def _rehearsed(service: Service) -> Iterator[Service]:
    """A fork to seed. Its state is adopted at the end of the block, unless an exception is raised."""
    with service.writing() as state:
        draft = service.fork(service.caller, None)
        yield draft
        state.adopt(draft.state)
