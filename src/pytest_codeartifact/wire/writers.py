"""Serialises results for a response, or as botocore's client returns them (rules W-3, W-4 and E-3)."""

from __future__ import annotations

import datetime
import itertools
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..clock import from_millis
from .shapes import Shape

Members: TypeAlias = Mapping[str, Any]
Writer: TypeAlias = Callable[[Any], Any]

_PROCESS = str(uuid.uuid4())[:-12]  # request ids are UUIDs with a counter in the last part: faster than random ones
_numbers = itertools.count(1)


def writer(shape: Shape, timestamp: Callable[[int], Any]) -> Writer:
    """A function that converts the timestamps in values of a shape, and leaves everything else as it is.

    :param timestamp: converts a timestamp.
    """
    if not _has_timestamps(shape):
        return _as_is
    if shape.type_name == "structure":
        members = {name: writer(member, timestamp) for name, member in shape.members.items()}
        return lambda value: {name: members[name](item) for name, item in value.items()}
    if shape.type_name == "list":
        write_item = writer(shape.member, timestamp)
        return lambda value: [write_item(item) for item in value]
    if shape.type_name == "map":
        write_value = writer(shape.value, timestamp)
        return lambda value: {key: write_value(item) for key, item in value.items()}
    return timestamp


def _has_timestamps(shape: Shape) -> bool:
    if shape.type_name == "structure":
        return any(map(_has_timestamps, shape.members.values()))
    if shape.type_name in ("list", "map"):
        return _has_timestamps(shape.member if shape.type_name == "list" else shape.value)
    return bool(shape.type_name == "timestamp")


def from_seconds(seconds: float) -> datetime.datetime:
    """A timestamp of a response as botocore's client returns it."""
    return from_millis(round(seconds * 1000))


def to_seconds(millis: int) -> float:
    """A timestamp as it is sent: seconds since the epoch (rule W-3)."""
    return millis / 1000


def new_headers() -> dict[str, str]:
    """The headers of every response (rule W-6)."""
    return {"content-type": "application/json", "x-amzn-requestid": f"{_PROCESS}{next(_numbers):012x}"}


def dump(body: Members) -> bytes:
    """A JSON body."""
    return _encode(body).encode()


def _encoder() -> Callable[[Members], str]:
    """Create a function that encodes compact JSON.

    :func:`json.dumps` creates its encoder in C on each call, which takes most of the time for a short document. Here it
    is created once. Interpreters other than CPython have none.
    """
    json_encoder = json.JSONEncoder(separators=(",", ":"))
    c_make_encoder = getattr(json.encoder, "c_make_encoder", None)
    if c_make_encoder is None:
        return json_encoder.encode
    markers = indent = None  # results contain no circular references
    quoted, sort_keys, skip_keys, allow_nan = json.encoder.encode_basestring_ascii, False, False, True
    parts = c_make_encoder(markers, json_encoder.default, quoted, indent, ":", ",", sort_keys, skip_keys, allow_nan)
    return lambda body: "".join(parts(body, 0))


_encode = _encoder()


def _as_is(value: Any) -> Any:
    return value
