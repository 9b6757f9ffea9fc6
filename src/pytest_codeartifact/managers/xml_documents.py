"""Parses uploaded XML without document type declarations, and finds elements regardless of namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from ..errors import ValidationException


def parse(content: bytes) -> Element:
    """The root of a document.

    :raises ValidationException: it is not valid XML, or has a document type declaration (rule MV-8).
    """
    scanner = expat.ParserCreate()
    scanner.StartDoctypeDeclHandler = _refuse
    try:
        scanner.Parse(content, True)
        return fromstring(content)  # noqa: S314  # without declarations there are no entities to expand
    except (expat.ExpatError, ParseError, ValueError, LookupError):
        raise ValidationException("The document is not well-formed XML.") from None


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def elements_at(element: Element, *path: str) -> Iterator[Element]:
    """The elements at a path from an element."""
    elements = [element]
    for step in path:
        elements = [child for parent in elements for child in parent if local_name(child) == step]
    yield from elements


def text_at(element: Element, *path: str) -> str | None:
    """The text of the first element at a path, stripped. None if there is no such element, or it is empty."""
    first = next(elements_at(element, *path), None)
    return None if first is None else (first.text or "").strip() or None


def _refuse(*_: object) -> NoReturn:
    raise ValidationException("The document has a document type declaration, which is not accepted.")
