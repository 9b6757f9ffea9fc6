"""The URLs of package managers: which repository they name, and what of it (rules PM-1 to PM-8)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from ..errors import ResourceNotFoundException, ServiceError, ValidationException
from ..names.packages import FORMATS

_PATH = re.compile(rf"/(?P<format>{'|'.join(FORMATS)})/d/(?P<rest>.*)")
_AWS_PATH = re.compile(rf"/(?P<format>{'|'.join(FORMATS)})/(?P<rest>.*)")
_AWS_HOST = re.compile(
    r"(?P<home>[^.:]+)\.(?:d\.codeartifact\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"|codeartifact\.(?P<dual>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))(?::[0-9]+)?"
)
_HOME = re.compile(r"(?P<domain>.+)-(?P<owner>[0-9]{12})")
_TOKEN = re.compile(r"eyJ[\w-]*(?:\.[\w-]*){4}", re.ASCII)
"""What an authorization token looks like."""

_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Address(NamedTuple):
    """Where a request goes.

    ``region`` is None where the URL names none (rule PM-3). ``path`` is what follows the name of the repository, split
    and decoded: ``()`` for the endpoint without its slash, ``("",)`` for the endpoint. ``endpoint`` is its URL, with
    the slash, as it was asked (rule PM-7).
    """

    format: str
    domain: str
    owner: str
    region: str | None
    repository: str
    path: tuple[str, ...]
    endpoint: str


class Endpoint(NamedTuple):
    """A URL of a package manager, taken apart as far as its format.

    ``home`` and ``region`` are those of a host of AWS's. ``base`` is the URL up to ``rest``, which is still encoded.
    """

    format: str
    home: str | None
    region: str | None
    rest: str
    base: str


def endpoint(host: str, path: str, ours: str) -> Endpoint | None:
    """What a URL on the server is, or on a host of AWS's; None for any that belongs to no package manager.

    :param host: whom the request is meant for.
    :param ours: the host of the server, with the port.
    """
    aws = None if host == ours else _AWS_HOST.fullmatch(host)
    if host != ours and aws is None:
        return None
    found = (_PATH if aws is None else _AWS_PATH).fullmatch(path)
    if found is None:
        return None
    home, region = (None, None) if aws is None else (aws["home"], aws["region"] or aws["dual"])
    return Endpoint(found["format"], home, region, found["rest"], f"http://{host}{path[: found.start('rest')]}")


def read(asked: Endpoint) -> Address:
    """The address that a URL is.

    :raises ResourceNotFoundException: it names no repository, or the format has no protocol (rules PM-2 and PM-8).
    :raises ValidationException: it cannot be decoded, or has a segment that no path has (rules PM-5 and PM-14).
    """
    if asked.format == "generic":
        raise ResourceNotFoundException("Generic packages have no package manager: they are published with the API.")
    raw = asked.rest.split("/")
    segments = tuple(map(_decoded, raw))
    if asked.home is not None:
        segments, raw = (asked.home, *segments), ["", *raw]
    home = _HOME.fullmatch(segments[0])
    if home is None or len(segments) < 2 or "" in segments[1:-1] or not segments[1]:
        raise no_such_path()
    refuse_slashes(segments[:2])
    base = asked.base + "".join(f"{part}/" for part in raw[:2] if part)
    return Address(asked.format, home["domain"], home["owner"], asked.region, segments[1], segments[2:], base)


def without_tokens(text: str) -> str:
    """A text in which no authorization token can be read (rule PM-14)."""
    return _TOKEN.sub("(token)", text)


def no_such_path() -> ServiceError:
    """The answer to a path that leads nowhere (rule PM-24)."""
    return ResourceNotFoundException("Not found. A repository of this format has nothing at this path.")


def check_segments(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path itself, if none of its segments has a slash that it was sent with as an escape (rule PM-5).

    :raises ValidationException: one has.
    """
    refuse_slashes(path)
    return path


def refuse_slashes(segments: Iterable[str]) -> None:
    """Refuse segments with a slash.

    :raises ValidationException: one has.
    """
    if any("/" in segment for segment in segments):
        raise ValidationException("The path has an escaped '/' in it.")


def _decoded(segment: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        text = "\0"
    if _NO_ESCAPE.search(segment) or text in (".", "..") or any(map(_is_control, text)):
        raise ValidationException("The path cannot be read: it has a segment '.' or '..', or an escape of no text.")
    if _TOKEN.search(text):
        raise ValidationException("The path has an authorization token in it, which belongs in a header.")
    return text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"
