"""Reads and writes plain values in JSON and TOML files."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import SeedError, shown
from . import toml_writer

_MANY_DIGITS = re.compile(rb"(?<![\w.])[0-9][0-9_]{4300,}")
"""An integer with more digits than Python converts."""


class _Object(dict[str, object]):
    """A JSON object. ``duplicate`` is a key that occurs more than once."""

    duplicate: str | None = None


def read(path: str | Path) -> Any:
    """The contents of a file, in the format of its suffix.

    :raises SeedError: it cannot be read, or is not valid; the message has line and column.
    """
    return _by_suffix(path, {".json": read_json, ".toml": _read_toml})(path)


def read_json(path: str | Path) -> Any:
    """The contents of a JSON file with any suffix.

    :raises SeedError: it cannot be read, or is not valid JSON; the message has line and column.
    """
    return _parsed(path, lambda text: json.loads(text, object_pairs_hook=_object))


def write(path: str | Path, contents: dict[str, Any]) -> None:
    """Write a file in the format of its suffix, piece by piece. If one is refused, an existing file stays as it was.

    :param contents: lists in it may be iterators, which are read once.
    :raises SeedError: it cannot be written, or its format cannot hold a string.
    """
    lines = _by_suffix(path, _WRITERS)
    try:
        content = (f"{line}\n".encode("utf-8", "backslashreplace") for line in lines(contents))
        _replace(Path(path), content)
    except OSError as error:
        raise SeedError(f"{shown_path(path)}: {error.strerror}") from None
    except ValueError as error:  # no path, for example for a NUL in it; or a string that TOML cannot hold
        raise SeedError(f"{shown_path(path)}: {error}") from None


def check_target(path: str | Path) -> None:
    """Refuse a file that cannot be written, before anything is written."""
    _by_suffix(path, _WRITERS)
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise SeedError(f"{shown_path(path)}: there is no folder {shown_path(folder)}.")
    if not os.access(folder, os.W_OK):
        raise SeedError(f"{shown_path(path)}: the folder {shown_path(folder)} cannot be written to.")


def _replace(path: Path, content: Iterable[bytes]) -> None:
    """Write a file completely, or not at all if an error occurs."""
    if path.exists() and not path.is_file():
        path.write_bytes(b"".join(content))  # a device or a pipe; for a directory, this raises
        return
    target = Path(os.path.realpath(path))
    written = target.with_name(f".{target.name[:100]}.{os.getpid()}.new")
    try:
        with written.open("wb") as draft:
            draft.writelines(content)
        if target.exists():
            shutil.copymode(target, written)
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)


def _by_suffix(path: object, by_suffix: dict[str, Callable[..., Any]]) -> Callable[..., Any]:
    if not isinstance(path, (str, Path)):
        raise SeedError(f"A path must be a str or a Path, not {shown(path)}.")
    function = by_suffix.get(Path(path).suffix)
    if function is None:
        raise SeedError(f"{path}: the name of a seed file must end with .json or .toml.")
    return function


def _read_toml(path: str | Path) -> Any:
    if sys.version_info >= (3, 11):  # here, because most fakes read no file
        import tomllib
    else:
        import tomli as tomllib  # pytest brings it there
    return _parsed(path, tomllib.loads)


def _parsed(path: str | Path, parse: Callable[[str], Any]) -> Any:
    if not isinstance(path, (str, Path)):
        raise SeedError(f"A path must be a str or a Path, not {shown(path)}.")
    content = b""
    try:
        content = Path(path).read_bytes()
        return parse(content.decode("utf-8-sig"))
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise SeedError(f"{path}: {error.msg} (at line {error.lineno}, column {error.colno})") from None
    except UnicodeDecodeError as error:
        before = content[: error.start].split(b"\n")
        raise SeedError(
            f"{path}: this is not valid UTF-8 (at line {len(before)}, column {len(before[-1]) + 1})"
        ) from None
    except RecursionError:
        raise SeedError(f"{path}: it is nested too deeply.") from None
    except ValueError as error:  # TOML's own error among them, which says line and column
        raise SeedError(f"{shown_path(path)}: {_about_digits(content) or error}") from None


def shown_path(path: str | Path) -> str:
    """A path in a message: itself, or as Python writes it if it is not printable."""
    return str(path) if str(path).isprintable() else repr(str(path))


def _about_digits(content: bytes) -> str | None:
    """The message about an integer with too many digits, if there is one."""
    number = _MANY_DIGITS.search(content)
    if number is None:
        return None
    before = content[: number.start()].split(b"\n")
    return f"an integer of {len(number[0]):,} digits is too long (at line {len(before)}, column {len(before[-1]) + 1})"


def _object(pairs: list[tuple[str, object]]) -> _Object:
    parsed = _Object(pairs)
    if len(parsed) < len(pairs):
        times = Counter(key for key, _ in pairs)
        parsed.duplicate = next(key for key in times if times[key] > 1)
    return parsed


def _json_lines(contents: dict[str, Any]) -> Iterator[str]:
    """The output of ``json.dumps(contents, indent=2)``, in pieces of one or more lines.

    Lone surrogates, which UTF-8 cannot encode, are escaped as in JSON when the text is encoded.
    """
    if not contents:
        yield "{}"
        return
    yield "{"
    yield from _indented(_separated(_member_lines(key, value) for key, value in contents.items()))
    yield "}"


def _member_lines(key: str, value: object) -> Iterator[str]:
    name = json.dumps(key, ensure_ascii=False)
    if not isinstance(value, Iterator):
        yield f"{name}: {_as_json(value)}"
        return
    yield f"{name}: ["
    yield from _indented(_separated(map(_item_lines, value)))
    yield "]"


def _item_lines(item: dict[str, object]) -> Iterator[str]:
    """The lines of an item of an iterator, which may contain iterators."""
    return _json_lines(item) if any(isinstance(value, Iterator) for value in item.values()) else iter([_as_json(item)])


def _separated(items: Iterable[Iterator[str]]) -> Iterator[str]:
    """The lines of items, separated by commas."""
    last = None
    for lines in items:
        if last is not None:
            yield f"{last},"
        last = next(lines)
        for line in lines:
            yield last
            last = line
    if last is not None:
        yield last


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return ("  " + line.replace("\n", "\n  ") for line in lines)


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=toml_writer.timestamp)


_WRITERS: dict[str, Callable[..., Any]] = {".json": _json_lines, ".toml": toml_writer.lines}
