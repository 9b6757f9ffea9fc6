"""Validates the arguments of seeds, before anything changes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .. import wire
from ..errors import SeedError, ServiceError, near, shown, similar
from ..http import Caller
from ..names import group_patterns
from ..names.formats import EXTERNAL_CONNECTIONS, MAX_LENGTH, is_valid_name
from ..names.packages import PackageId
from ..rules import tags as tag_rules
from ..settings import REGION
from ..state.entities import (
    ALLOW,
    ALLOW_SPECIFIC_REPOSITORIES,
    BLOCK,
    INHERIT,
    RESTRICTIONS,
    AssetSummary,
    Dependency,
    License,
    Origin,
    Policy,
    Tags,
)

if TYPE_CHECKING:
    from ..literals import ExternalConnection, OriginSwitch, RestrictionMode, RestrictionType

_Name = TypeVar("_Name", bound=str)
_Record = TypeVar("_Record", License, Dependency, Origin, AssetSummary)


_SWITCHES: tuple[OriginSwitch, ...] = (ALLOW, BLOCK)
_MODES: tuple[RestrictionMode, ...] = (ALLOW, BLOCK, ALLOW_SPECIFIC_REPOSITORIES, INHERIT)


_VALID = {
    "AccountId": "12 digits",
    "DomainName": "2 to 50 lower-case letters, digits and '-', beginning with a letter and not ending with '-'",
    "RepositoryName": "2 to 100 letters, digits, '.', '_' and '-', beginning with a letter or a digit",
}
"""The rules for names, by shape. For other shapes, messages quote the constraints of the service."""


def check_keywords(of: str, names: Iterable[str], valid: Iterable[str]) -> None:
    """Refuse keywords that something does not take.

    :param of: the function or object, in words.
    :raises SeedError: a keyword is unknown.
    """
    valid = tuple(valid)
    for name in names:
        if name not in valid:
            close = similar(name, valid)
            question = f" Did you mean {close[0]!r}?" if close else ""
            raise SeedError(f"{of} has no keyword {name!r}.{question} Choose from: {', '.join(valid)}.")


def caller(account: object, region: object) -> Caller:
    """An account in a region.

    :raises SeedError: it is not valid.
    """
    check("AccountId", account, "account")
    if not isinstance(region, str) or not REGION.fullmatch(region):
        raise SeedError(f"The region must be a name like 'eu-west-1', not {shown(region)}.")
    return Caller(str(account), region)


def check(shape: str, value: object, what: str) -> None:
    """Check a string against a shape of the model.

    :raises SeedError: it is not valid.
    """
    if not isinstance(value, str):
        raise SeedError(f"The {what} must be a str, not {shown(value)}.")
    violations = wire.violations(shape, value, what)
    if violations:
        constraints = "; ".join(violations).replace(value, shown(value)[1:-1]) if value else "; ".join(violations)
        raise SeedError(f"{shown(value)} is not a valid {what}: {_VALID.get(shape, constraints)}.")


def one_of(value: object, choices: Iterable[_Name], keyword: str) -> _Name:
    """The element of ``choices`` that equals a value, so that a million records share one object.

    :param keyword: the keyword that has the value, for the message.
    :raises SeedError: the value is not one of the choices.
    """
    choices = tuple(choices)
    if value not in choices:
        raise SeedError(f"{keyword} cannot be {shown(value)}. {near(value, choices)}")
    return next(choice for choice in choices if choice == value)


def package_id(value: object) -> PackageId:
    """A package id.

    :raises SeedError: the value is not a :class:`.PackageId`.
    """
    if not isinstance(value, PackageId):
        raise SeedError(
            f"A package must be identified by its id, for example pypi('name') or npm('@scope/name'), "
            f"not {shown(value)}."
        )
    return value


def version_name(id: PackageId, version: object) -> str:
    """The name of a version as it is stored.

    :raises SeedError: it is not valid, in general or for the format (rule F-10).
    """
    name = asked_version(id, version)
    objection = id.objection_to(name)
    if objection is not None:
        raise SeedError(objection)
    return name


def asked_version(id: PackageId, version: object) -> str:
    """The name of a version in a request of a package manager, as it would be stored.

    :raises SeedError: no request can contain it.
    """
    if not isinstance(version, str) or not is_valid_name(version):
        raise SeedError(
            f"{shown(version)} is not a valid version of {id!r}: a str of 1 to {MAX_LENGTH} characters, without '/', "
            f"'#', white space or control characters."
        )
    return id.version_name(version)


def tags(mapping: Mapping[str, str] | None) -> Tags:
    """Tags, from a mapping of key to value.

    :raises SeedError: a tag is not valid. Their number is not limited.
    """
    if mapping is None:
        return ()
    if not isinstance(mapping, Mapping):
        raise SeedError(f"Tags must be a mapping of key to value, not {shown(mapping)}.")
    for key, value in mapping.items():
        check("TagKey", key, "tag key")
        check("TagValue", value, "tag value")
    try:
        return tag_rules.checked({"key": key, "value": value} for key, value in mapping.items())
    except ServiceError as error:
        raise SeedError(error.message) from None


def description(value: str | None) -> str | None:
    """A description.

    :raises SeedError: it is not valid.
    """
    if value is not None:
        check("Description", value, "description")
    return value


def policy(value: Mapping[str, object] | str | None, owner: str, revision: str | None = None) -> Policy | None:
    """A permissions policy, from JSON or from the object in it. Its statements are not checked.

    :param owner: the resource, from whose name the default revision is derived.
    :raises SeedError: it is not an object.
    """
    if revision is not None:
        check("PolicyRevision", revision, "policy revision")
    if value is None:
        if revision is not None:
            raise SeedError("There is a policy_revision, but no policy.")
        return None
    try:
        document = value if isinstance(value, str) else json.dumps(value)
        parsed = json.loads(document, parse_constant=_refuse_constant)
    except (TypeError, ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise SeedError(f"A policy must be a mapping, or a JSON object as a str, not {shown(value)}.")
    return Policy(default_policy_revision(owner) if revision is None else revision, document)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def default_policy_revision(owner: str) -> str:
    """The revision of a policy that is seeded without one."""
    return base64.b64encode(owner.encode().rjust(32, b"0")[-32:]).decode()


def origin(value: object) -> Origin:
    """An origin configuration.

    :param value: an :class:`.Origin`, or a mapping with its fields.
    :raises SeedError: it has other fields, or other values than ALLOW and BLOCK.
    """
    if isinstance(value, Mapping):
        value = record(Origin, value)
    if not isinstance(value, Origin):
        raise SeedError(f"An origin must be for example Origin(publish='ALLOW', upstream='BLOCK'), not {shown(value)}.")
    return Origin(one_of(value.publish, _SWITCHES, "publish"), one_of(value.upstream, _SWITCHES, "upstream"))


def group_pattern(value: str) -> str:
    """The pattern of a package group.

    :raises SeedError: it is not valid.
    """
    check("PackageGroupPattern", value, "package group pattern")
    try:
        group_patterns.parse(value)
    except group_patterns.InvalidPattern as reason:
        raise SeedError(f"{shown(value)} is not a valid package group pattern: {reason}.") from None
    return value


def contact_info(value: str | None) -> str | None:
    """The contact of a package group, if there is one.

    :raises SeedError: the service would refuse it.
    """
    if value is not None:
        check("PackageGroupContactInfo", value, "contact info")
    return value


def group_modes(
    pattern: str, modes: Mapping[RestrictionType, RestrictionMode] | None
) -> dict[RestrictionType, RestrictionMode]:
    """Modes of a package group, by restriction type.

    :raises SeedError: a type or mode is unknown, or the root group inherits.
    """
    for restriction, mode in (modes or {}).items():
        one_of(restriction, RESTRICTIONS, "The type of a restriction")
        one_of(mode, _MODES, f"The mode of restriction {restriction}")
        if pattern == group_patterns.ROOT and mode == INHERIT:
            raise SeedError("The root package group has nothing to inherit from.")
    return dict(modes or {})


def dist_tags(id: PackageId, value: Sequence[str]) -> tuple[str, ...]:
    """The names of npm's tags.

    :raises SeedError: the package has another format, or the value is a str instead of a list.
    """
    if isinstance(value, str):
        raise SeedError(f"The dist-tags of a version must be a list: [{shown(value)}].")
    if value and id.format != "npm":
        raise SeedError(f"Only npm packages have dist-tags, so {id!r} has none.")
    return tuple(value)


def connection(value: object) -> ExternalConnection:
    """An external connection.

    :raises SeedError: it is unknown.
    """
    return one_of(value, EXTERNAL_CONNECTIONS, "The external connection")


def record(kind: type[_Record], fields: Mapping[str, Any]) -> _Record:
    """A record from a mapping, with our keywords or the member names of AWS as keys."""
    keywords = {wire.keyword(str(name)): value for name, value in fields.items()}
    try:
        return kind(**keywords)
    except TypeError:
        names = ", ".join(kind._fields)
        raise SeedError(f"A {kind.__name__} has the fields {names}, not {shown(dict(fields))}.") from None
