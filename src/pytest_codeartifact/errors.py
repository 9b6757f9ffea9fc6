"""Every error that this package raises.

Ours, about the use of the plugin::

    CodeArtifactPluginError         (Exception)
    |-- SeedError                   also ValueError: an impossible seed or argument; nothing was changed
    |-- NotThere                    also KeyError: a read of something that does not exist
    `-- UnusedFaults                planned faults that were never used
    RealCallRefused                 (pytest.fail.Exception) a call that would have reached AWS
    OperationNotImplemented         (pytest.fail.Exception) an operation of botocore's model that the fake lacks
    `-- SeededWithoutContent        a read of an asset that was seeded with its size and hashes only

Of the service, for clients::

    ServiceError                    (Exception) any error response: code, status, message
    |-- AccessDeniedException            403
    |-- ConflictException                409    resource_id, resource_type
    |-- InternalServerException          500
    |-- ResourceNotFoundException        404    resource_id, resource_type
    |-- ServiceQuotaExceededException    402    resource_id, resource_type
    |-- ThrottlingException              429    retry_after_seconds
    `-- ValidationException              400    reason

RealCallRefused, OperationNotImplemented and SeededWithoutContent do not derive from Exception, because clean-up code
often has ``except Exception``, which must not swallow them. They derive from pytest's own failure, which pytest
reports wherever it is raised. If pytest is not loaded before this module, they derive from BaseException. All errors
pickle, for the workers of pytest-xdist.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar

_Error = TypeVar("_Error", bound=BaseException)

if TYPE_CHECKING:
    from .literals import ResourceType, ValidationReason

    _Failure = BaseException
else:
    _Failure = getattr(getattr(sys.modules.get("pytest"), "fail", None), "Exception", BaseException)


class CodeArtifactPluginError(Exception):
    """Base of the errors about the use of the plugin."""


class SeedError(CodeArtifactPluginError, ValueError):
    """An impossible seed or argument. Raised before anything is changed."""


class NotThere(CodeArtifactPluginError, KeyError):
    """Something was read that does not exist. The message says what was requested, and what exists."""

    # KeyError shows the repr of its argument, which would put the explanation on one line, in quotation marks.
    __str__ = Exception.__str__


class UnusedFaults(CodeArtifactPluginError):
    """Planned faults that were never used before the fake was closed."""


class RealCallRefused(_Failure):
    """A call, a presigned URL or a look-up that would have reached the real CodeArtifact."""


class OperationNotImplemented(_Failure):
    """An operation of botocore's model that this version of the plugin does not answer."""


class SeededWithoutContent(OperationNotImplemented):
    """A read of an asset that was seeded without content, with its size and hashes only."""


class ServiceError(Exception):
    """An error response of the service.

    :param message: the text on the wire.
    :param code: the error code, for errors outside of the seven modelled classes (rule E-2).
    :param status: the HTTP status that goes with it.
    """

    code: str = "InternalFailure"
    status: int = 500

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status

    def __repr__(self) -> str:
        return f"{self.code}({self.message!r})"


class _AboutResource(ServiceError):
    def __init__(self, message: str, resource_id: str | None = None, resource_type: ResourceType | None = None) -> None:
        super().__init__(message)
        self.resource_id = resource_id
        self.resource_type = resource_type


class AccessDeniedException(ServiceError):
    """The caller may not do this (403)."""

    code = "AccessDeniedException"
    status = 403


class ConflictException(_AboutResource):
    """The state of the resource forbids it, or it was changed concurrently (409)."""

    code = "ConflictException"
    status = 409


class InternalServerException(ServiceError):
    """The service failed (500); botocore retries it."""

    code = "InternalServerException"
    status = 500


class ResourceNotFoundException(_AboutResource):
    """The resource does not exist (404)."""

    code = "ResourceNotFoundException"
    status = 404


class ServiceQuotaExceededException(_AboutResource):
    """The operation would exceed a quota (402)."""

    code = "ServiceQuotaExceededException"
    status = 402


class ThrottlingException(ServiceError):
    """Too many requests (429); botocore retries it.

    :param retry_after_seconds: the value of the header ``Retry-After``.
    """

    code = "ThrottlingException"
    status = 429

    def __init__(self, message: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ValidationException(ServiceError):
    """A parameter is invalid (400).

    :param reason: a ``ValidationReason``: one of the model's ``ValidationExceptionReason`` (rule V-5).
    """

    code = "ValidationException"
    status = 400

    CANNOT_PARSE: ClassVar[ValidationReason] = "CANNOT_PARSE"
    ENCRYPTION_KEY_ERROR: ClassVar[ValidationReason] = "ENCRYPTION_KEY_ERROR"
    FIELD_VALIDATION_FAILED: ClassVar[ValidationReason] = "FIELD_VALIDATION_FAILED"
    UNKNOWN_OPERATION: ClassVar[ValidationReason] = "UNKNOWN_OPERATION"
    OTHER: ClassVar[ValidationReason] = "OTHER"

    def __init__(self, message: str, reason: ValidationReason | None = "OTHER") -> None:
        super().__init__(message)
        self.reason = reason


OURS = (CodeArtifactPluginError, RealCallRefused, OperationNotImplemented, ServiceError)
"""The base classes of all errors that this package raises."""


def without_frames(error: _Error) -> _Error:
    """A copy of an error without traceback and chained errors, so that a stored error does not keep frames alive.

    Raising the copy does not change the original.
    """
    try:
        copied = copy.copy(error)
    except Exception:  # its constructor has other arguments than its attributes
        copied = type(error).__new__(type(error), *error.args)
    copied.__dict__.update(error.__dict__)
    return copied


_MAX_LENGTH = 200
"""Characters of a value in a message."""

_MIN_COMMON_PREFIX = 5
"""The length of a common prefix from which one name may be an abbreviation of another."""


def shown(value: object) -> str:
    """The repr of a value for a message, shortened if it is long."""
    if isinstance(value, (str, bytes, bytearray)) and len(value) > _MAX_LENGTH:
        return f"{value[:_MAX_LENGTH]!r}... ({len(value):,} long)"
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of too many digits, or nested too deeply
        return f"this {type(value).__name__}"
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}... ({len(text):,} characters)"


def shorten_middle(text: str) -> str:
    """Shorten a long message by its middle part."""
    max_length = 5 * _MAX_LENGTH
    return (
        text
        if len(text) <= max_length
        else f"{text[:_MAX_LENGTH]} ... ({len(text):,} characters) ... {text[-_MAX_LENGTH:]}"
    )


def similar(word: object, names: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """Up to three names that are similar to ``word``, the most similar one first.

    Similar names differ in a few letters, or one is the start of the other.

    :param cutoff: the minimum similarity, from 0 to 1.
    """
    import difflib  # here, because the plugin loads this module in runs that never fail

    text = (word if isinstance(word, str) else shown(word))[:_MAX_LENGTH].lower()
    in_lower_case = {name.lower(): name for name in sorted(set(names))}
    close = difflib.get_close_matches(text, in_lower_case, n=3, cutoff=cutoff)
    abbreviations = [name for name in in_lower_case if _may_abbreviate(text, name) and name not in close]
    return [in_lower_case[name] for name in [*close, *abbreviations][:3]]


def _may_abbreviate(one: str, other: str) -> bool:
    """Whether two names have a long prefix in common, so that one may be an abbreviation of the other."""
    common = in_common(one, other)
    return common >= _MIN_COMMON_PREFIX and common >= min(len(one), len(other)) - 2


def in_common(one: str, other: str) -> int:
    """The length of the common prefix of two strings."""
    shorter = min(len(one), len(other))
    return next((index for index in range(shorter) if one[index] != other[index]), shorter)


def near(name: object, existing: Iterable[str], count: int | None = None) -> str:
    """The end of an error message: the names that are similar to ``name``, or else the existing names.

    :param count: the number of existing names, if ``existing`` has only some of them.
    """
    names = sorted(set(existing))
    if not names:
        return "There are none."
    close = similar(name, names)
    if close:
        *others, last = map(shown, close)
        return f"Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
    some = names[:10]
    more = (len(names) if count is None else count) - len(some)
    return f"Choose from: {', '.join(map(shown, some))}{f' and {more} more' if more else ''}."
