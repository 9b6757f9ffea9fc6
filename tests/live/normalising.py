"""What of a response goes into a recording: nothing that says whose account it was, and no secret.

What differs from run to run is replaced by a reference, the same for the same value: ``<revision 2>``. So a recording
still says which values were equal. Members that botocore's model does not know are named, without their values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape

from pytest_codeartifact.doors.guard import is_loopback

from .exchanges import Response
from .names import Names

EMULATOR = "<emulator>"
"""The address of an emulator on this machine."""
UNKNOWN = "<unknown member>"
SECRET = "<secret>"

_BY_SHAPE = {
    "PackageVersionRevision": "revision",
    "PolicyRevision": "policy revision",
    "PaginationToken": "token",
}
_BY_MEMBER = {"encryptionKey": "key", "s3BucketArn": "bucket"}
_SECRETS = {"authorizationToken"}
_OF_OUR_OWN = {"sha256"}  # of an asset that was downloaded, in place of its content

_CALLER = re.compile(r"arn:[\w-]+:(?:iam|sts)::[0-9]*:(?!root\b)[^\s\"',]+")
_PRIVATE = {
    re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"): "<uuid>",
    re.compile(r"\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}\b"): "<access key>",
    re.compile(r"(?<!\w)[0-9]{12}(?!\w)"): "<another account>",
}
"""What a text is never left with, whichever member has it, and what stands for it."""


class Normaliser:
    """The references of one recording."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._references: dict[str, dict[Any, str]] = {}

    def request(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """A request's parameters. Assets are text here."""
        return {name: self._plain(value) for name, value in parameters.items()}

    def response(self, response: Response) -> dict[str, Any]:
        """A response, as a recording holds it."""
        body = {
            name: self._member(name, value, _member_shape(response.shape, name))
            for name, value in response.body.items()
        }
        return {"status": response.status, "error": response.error, "body": body}

    def _plain(self, value: Any) -> Any:
        match value:
            case bytes():
                return {"text": value.decode()}
            case str():
                return self._text(value)
            case list():
                return [self._plain(item) for item in value]
            case dict():
                return {self._text(key): self._plain(item) for key, item in value.items()}
        return value

    def _member(self, name: str, value: Any, shape: Shape | None) -> Any:
        if name in _OF_OUR_OWN:
            return value
        if shape is None:
            return UNKNOWN
        if name in _SECRETS:
            return SECRET
        if name == "repositoryEndpoint" and is_loopback(str(value)):
            return EMULATOR
        kind = "time" if shape.type_name == "timestamp" else _BY_SHAPE.get(shape.name) or _BY_MEMBER.get(name)
        if kind and isinstance(value, (str, int, float)):
            return self._reference(kind, value)
        return self._value(value, shape)

    def _value(self, value: Any, shape: Shape) -> Any:
        match value:
            case dict() if shape.type_name == "map":
                return {self._text(key): self._member("", item, shape.value) for key, item in value.items()}
            case dict():
                return {name: self._member(name, item, _member_shape(shape, name)) for name, item in value.items()}
            case list():
                return [self._member("", item, shape.member) for item in value]
            case str():
                return self._text(value)
        return value

    def _reference(self, kind: str, value: Any) -> str:
        references = self._references.setdefault(kind, {})
        return references.setdefault(value, f"<{kind} {len(references) + 1}>")

    def _text(self, text: str) -> str:
        for references in self._references.values():
            for value, reference in references.items():
                if isinstance(value, str):
                    text = text.replace(value, reference)
        text = _CALLER.sub("<caller>", text)  # before the account in it is replaced
        for value, name in zip(self._names, self._names._fields, strict=True):
            text = text.replace(value, f"<{name}>")
        for private, instead in _PRIVATE.items():
            text = private.sub(instead, text)
        return text


def _member_shape(shape: Shape | None, wire_name: str) -> Shape | None:
    """The shape of a member, by its name on the wire."""
    for name, member in getattr(shape, "members", {}).items():
        if member.serialization.get("name", name) == wire_name or name == wire_name:
            return member
    return None
