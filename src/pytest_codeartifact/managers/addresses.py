"""The URLs of package managers: the repository, and the path in it (rules PM-1 to PM-8)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from ..errors import ResourceNotFoundException, ServiceError, ValidationException
from ..names.formats import FORMATS

_PATH = re.compile(rf"/(?P<format>{'|'.join(FORMATS)})/d/(?P<rest>.*)")
_AWS_PATH = re.compile(rf"/(?P<format>{'|'.join(FORMATS)})/(?P<rest>.*)")
_AWS_HOST = re.compile(
    r"(?P<domain_label>[^.:]+)\.(?:d\.codeartifact\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"|codeartifact\.(?P<dual>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))(?::[0-9]+)?"
)
_DOMAIN_LABEL = re.compile(r"(?P<domain>.+)-(?P<owner>[0-9]{12})")
_TOKEN = re.compile(r"eyJ[\w-]*(?:\.[\w-]*){4}", re.ASCII)
"""The form of an authorization token."""

_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Address(NamedTuple):
    """The target of a request.

    ``region`` is None if the URL has none (rule PM-3). ``path`` has the decoded segments after the name of the
    repository: ``()`` for the endpoint without its slash, ``("",)`` for the endpoint. ``endpoint`` is its URL with
    the slash and the host of the request (rule PM-7).
    """

    format: str
    domain: str
    owner: str
    region: str | None
    repository: str
    path: tuple[str, ...]
    endpoint: str


class Endpoint(NamedTuple):
    """A URL of a package manager, parsed up to its format.

    ``domain_label`` and ``region`` come from a host name of AWS. ``base`` is the URL up to ``rest``, which is still
    encoded.
    """

    format: str
    domain_label: str | None
    region: str | None
    rest: str
    base: str


def endpoint(host: str, path: str, own_host: str) -> Endpoint | None:
    """Parse a URL of the server or of a host of AWS. None if it is not a URL of a package manager.

    :param host: the host that the request is addressed to.
    :param own_host: the host of the server, with the port.
    """
    aws = None if host == own_host else _AWS_HOST.fullmatch(host)
    if host != own_host and aws is None:
        return None
    parts = (_PATH if aws is None else _AWS_PATH).fullmatch(path)
    if parts is None:
        return None
    domain_label, region = (None, None) if aws is None else (aws["domain_label"], aws["region"] or aws["dual"])
    base = f"http://{host.removesuffix(':80')}{path[: parts.start('rest')]}"
    return Endpoint(parts["format"], domain_label, region, parts["rest"], base)


def parse(url: Endpoint) -> Address:
    """Parse the rest of a URL.

    :raises ResourceNotFoundException: it has no repository, or the format has no protocol (rules PM-2 and PM-8).
    :raises ValidationException: it cannot be decoded, or has a segment that is not valid (rules PM-5 and PM-14).
    """
    if url.format == "generic":
        raise ResourceNotFoundException("Generic packages have no package manager: they are published with the API.")
    raw = url.rest.split("/")
    segments = tuple(map(_decoded, raw))
    if url.domain_label is not None:
        segments, raw = (url.domain_label, *segments), ["", *raw]
    label = _DOMAIN_LABEL.fullmatch(segments[0])
    if label is None or len(segments) < 2 or "" in segments[1:-1] or not segments[1]:
        raise no_such_path()
    refuse_slashes(segments[:2])
    base = url.base + "".join(f"{part}/" for part in raw[:2] if part)
    return Address(url.format, label["domain"], label["owner"], url.region, segments[1], segments[2:], base)


def without_tokens(text: str) -> str:
    """The text with each authorization token replaced by ``(token)`` (rule PM-14)."""
    return _TOKEN.sub("(token)", text)


def no_such_path() -> ServiceError:
    """The response to an unknown path (rule PM-24)."""
    return ResourceNotFoundException("Not found. A repository of this format has nothing at this path.")


def check_segments(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return a path, if no segment contains a slash that was sent as an escape (rule PM-5).

    :raises ValidationException: a segment contains one.
    """
    refuse_slashes(path)
    return path


def refuse_slashes(segments: Iterable[str]) -> None:
    """Refuse segments that contain a slash.

    :raises ValidationException: a segment contains one.
    """
    if any("/" in segment for segment in segments):
        raise ValidationException("The path contains an escaped '/'.")


def _decoded(segment: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        text = "\0"
    if _NO_ESCAPE.search(segment) or text in (".", "..") or any(map(_is_control, text)):
        raise ValidationException("The path is not valid: a segment is '.' or '..', or has an invalid escape.")
    if _TOKEN.search(text):
        raise ValidationException("The path has an authorization token in it, which belongs in a header.")
    return text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"
