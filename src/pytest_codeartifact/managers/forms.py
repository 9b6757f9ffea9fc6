"""Parses uploaded forms (``multipart/form-data``) with the library ``multipart``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from ..errors import ValidationException

_CHUNK = 1024 * 1024


class File(NamedTuple):
    """A file of a form."""

    name: str
    content: bytes


class Form(NamedTuple):
    """A form: the values of each field, and the files, by name of the field."""

    fields: dict[str, list[str]]
    files: dict[str, File]

    def first(self, field: str) -> str | None:
        """The value of a field; None if it was not sent or is empty."""
        return next(filter(None, self.fields.get(field, ())), None)


def parse(content_type: str, body: bytes) -> Form:
    """Parse the form in a body.

    :raises ValidationException: the body is not a form, is incomplete, or has several files of one name.
    """
    form = Form({}, {})
    try:
        for segment, content in _segments(content_type, body):
            _add(form, segment, content)
    except (MultipartError, UnicodeDecodeError) as error:
        raise ValidationException(f"The form cannot be read: {error}.") from None
    return form


def _segments(content_type: str, body: bytes) -> Iterator[tuple[MultipartSegment, bytes]]:
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise ValidationException("The body must be a form, multipart/form-data with a boundary.")
    whole, content = memoryview(body), io.BytesIO()
    with PushMultipartParser(options["boundary"], content_length=len(body)) as parser:
        for start in range(0, len(body), _CHUNK):
            # For each part of the form the parser returns its segment, then its chunks, then None.
            for event in parser.parse(bytes(whole[start : start + _CHUNK])):
                if isinstance(event, MultipartSegment):
                    segment, content = event, io.BytesIO()
                elif event:
                    content.write(event)
                else:
                    yield segment, content.getvalue()


def _add(form: Form, segment: MultipartSegment, content: bytes) -> None:
    name = segment.name or ""
    if segment.filename is None:
        form.fields.setdefault(name, []).append(content.decode())
    elif name in form.files:
        raise ValidationException(f"The form has more than one file '{name}'.")
    else:
        form.files[name] = File(segment.filename, content)
