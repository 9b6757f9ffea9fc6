"""Validates the arguments of seeds before anything changes; refusals say what exists and what to write."""

from __future__ import annotations

import base64
import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypedDict, TypeVar

from .. import wire
from ..errors import SeedError, ServiceError, near, shown
from ..http import Caller
from ..names import group_patterns
from ..names.packages import EXTERNAL_CONNECTIONS, MAX_LENGTH, PackageId, is_generic_asset_name, is_valid_name
from ..rules import tags as tag_rules
from ..settings import REGION
from ..state import tree
from ..state.entities import (
    ALLOW,
    ALLOW_SPECIFIC_REPOSITORIES,
    BLOCK,
    DEFAULT_ASSETS,
    DISPOSED,
    EXTERNAL,
    INHERIT,
    INTERNAL,
    NO_DETAILS,
    PUBLISHED,
    RESTRICTIONS,
    STATUSES,
    UNKNOWN,
    Asset,
    AssetSummary,
    Dependency,
    Details,
    License,
    Origin,
    Policy,
    Repository,
    Tags,
    Version,
    asset_entry,
    summary_entry,
    texts,
)

if TYPE_CHECKING:
    from ..literals import ExternalConnection, OriginSwitch, OriginType, RestrictionMode, RestrictionType, VersionStatus

_ORIGIN_TYPES: tuple[OriginType, ...] = (INTERNAL, EXTERNAL, UNKNOWN)
_Name = TypeVar("_Name", bound=str)
_Record = TypeVar("_Record", License, Dependency, Origin, AssetSummary)

_CHECKSUMS = (".md5", ".sha1", ".sha256", ".sha512")

_NPM_ASSET = "package.tgz"

_HASHES = {"sha256": 64, "sha1": 40, "md5": 32, "sha512": 128}
"""The hashes of an asset, and how many hex digits they have."""

_SWITCHES: tuple[OriginSwitch, ...] = (ALLOW, BLOCK)
_MODES: tuple[RestrictionMode, ...] = (ALLOW, BLOCK, ALLOW_SPECIFIC_REPOSITORIES, INHERIT)


_VALID = {
    "AccountId": "12 digits are needed",
    "DomainName": "2 to 50 lower-case letters, digits and '-', beginning with a letter and not ending with '-'",
    "RepositoryName": "2 to 100 letters, digits, '.', '_' and '-', beginning with a letter or a digit",
}
"""The rules for names, by shape. For other shapes, messages quote the constraints of the service."""


def check_keywords(of: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that something does not take.

    :param of: what was given them, in words.
    :raises SeedError: naming the nearest, and all that it takes.
    """
    known = tuple(known)
    for name in given:
        if name not in known:
            meant = difflib.get_close_matches(name, known, n=1)
            question = f" Did you mean {meant[0]!r}?" if meant else ""
            raise SeedError(f"{of} has no keyword {name!r}.{question} There are {', '.join(known)}.")


def caller(account: object, region: object) -> Caller:
    """An account in a region.

    :raises SeedError: it is not valid.
    """
    check("AccountId", account, "account")
    if not isinstance(region, str) or not REGION.fullmatch(region):
        raise SeedError(f"A region is a name like 'eu-west-1', not {shown(region)}.")
    return Caller(str(account), region)


def check(shape: str, value: object, what: str) -> None:
    """Check a text against a shape of the model.

    :raises SeedError: saying what is valid.
    """
    if not isinstance(value, str):
        raise SeedError(f"The {what} is a str, not {shown(value)}.")
    found = wire.violations(shape, value, what)
    if found:
        constraints = "; ".join(found).replace(value, shown(value)[1:-1]) if value else "; ".join(found)
        raise SeedError(f"{shown(value)} is not a valid {what}: {_VALID.get(shape, constraints)}.")


def one_of(value: object, choices: Iterable[_Name], keyword: str) -> _Name:
    """The choice that equals a value: always the same object, so that a million records can share it.

    :param keyword: the keyword that has the value, for the message.
    :raises SeedError: the value is not one of the choices.
    """
    choices = tuple(choices)
    if value not in choices:
        raise SeedError(f"{keyword} cannot be {shown(value)}. {near(value, choices)}")
    return next(choice for choice in choices if choice == value)


def package_id(value: object) -> PackageId:
    """A package id.

    :raises SeedError: for anything else.
    """
    if not isinstance(value, PackageId):
        raise SeedError(
            f"A package is named by its id, for example pypi('name') or npm('@scope/name'), not {shown(value)}."
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


def tags(given: Mapping[str, str] | None) -> Tags:
    """Tags, from a mapping of key to value.

    :raises SeedError: for tags that the service would not take; their number is not limited.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise SeedError(f"Tags are a mapping of key to value, not {shown(given)}.")
    for key, value in given.items():
        check("TagKey", key, "tag key")
        check("TagValue", value, "tag value")
    try:
        return tag_rules.checked({"key": key, "value": value} for key, value in given.items())
    except ServiceError as error:
        raise SeedError(error.message) from None


def description(given: str | None) -> str | None:
    """A description.

    :raises SeedError: it is not valid.
    """
    if given is not None:
        check("Description", given, "description")
    return given


def policy(given: Mapping[str, object] | str | None, owner: str, revision: str | None = None) -> Policy | None:
    """A permissions policy, from its text or from the object that the text describes; what it says is not checked.

    :param owner: whose it is, which its revision is made from if none is given.
    :raises SeedError: it is not such an object.
    """
    if revision is not None:
        check("PolicyRevision", revision, "policy revision")
    if given is None:
        if revision is not None:
            raise SeedError("There is a policy_revision, but no policy.")
        return None
    try:
        document = given if isinstance(given, str) else json.dumps(given)
        described = json.loads(document, parse_constant=_no_number)
    except (TypeError, ValueError, RecursionError):
        described = None
    if not isinstance(described, dict):
        raise SeedError(f"A policy is a mapping, or the text of a JSON object, not {shown(given)}.")
    return Policy(default_policy_revision(owner) if revision is None else revision, document)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def default_policy_revision(owner: str) -> str:
    """The revision of a policy that is seeded without one."""
    return base64.b64encode(owner.encode().rjust(32, b"0")[-32:]).decode()


def origin(given: object) -> Origin:
    """An origin configuration.

    :param given: an :class:`.Origin`, or a mapping with its fields.
    :raises SeedError: for anything else but ALLOW and BLOCK.
    """
    if isinstance(given, Mapping):
        given = _record(Origin, given)
    if not isinstance(given, Origin):
        raise SeedError(f"An origin is for example Origin(publish='ALLOW', upstream='BLOCK'), not {shown(given)}.")
    return Origin(one_of(given.publish, _SWITCHES, "publish"), one_of(given.upstream, _SWITCHES, "upstream"))


def group_pattern(given: str) -> str:
    """The pattern of a package group.

    :raises SeedError: for anything else.
    """
    check("PackageGroupPattern", given, "package group pattern")
    try:
        group_patterns.parse(given)
    except group_patterns.InvalidPattern as reason:
        raise SeedError(f"{shown(given)} is not a valid package group pattern: {reason}.") from None
    return given


def contact_info(given: str | None) -> str | None:
    """The contact of a package group, if there is one.

    :raises SeedError: one that the service would refuse.
    """
    if given is not None:
        check("PackageGroupContactInfo", given, "contact info")
    return given


def group_modes(
    pattern: str, given: Mapping[RestrictionType, RestrictionMode] | None
) -> dict[RestrictionType, RestrictionMode]:
    """Modes of a package group, by restriction type.

    :raises SeedError: for an unknown type or mode, and for a root group that inherits.
    """
    for restriction, mode in (given or {}).items():
        one_of(restriction, RESTRICTIONS, "The type of a restriction")
        one_of(mode, _MODES, f"The mode of restriction {restriction}")
        if pattern == group_patterns.ROOT and mode == INHERIT:
            raise SeedError("The root package group has nothing to inherit from.")
    return dict(given or {})


def dist_tags(id: PackageId, given: Sequence[str]) -> tuple[str, ...]:
    """The names of npm's tags.

    :raises SeedError: for a package of another format, and for a str instead of a list.
    """
    if isinstance(given, str):
        raise SeedError(f"The dist-tags of a version are a list: [{shown(given)}].")
    if given and id.format != "npm":
        raise SeedError(f"Dist-tags are npm's; {id!r} has none.")
    return tuple(given)


def connection(given: object) -> ExternalConnection:
    """An external connection.

    :raises SeedError: for an unknown one.
    """
    return one_of(given, EXTERNAL_CONNECTIONS, "The external connection")


def version(
    id: PackageId,
    name: str,
    repository: Repository,
    *,
    published: int | None,
    nonce: int,
    status: VersionStatus = PUBLISHED,
    origin_type: OriginType = INTERNAL,
    entry_point: str | None = None,
    revision: str | None = None,
    details: Details = NO_DETAILS,
) -> Version:
    """A version as it is seeded.

    :param nonce: a number that distinguishes it from a removed version of its name, see :class:`.entities.Version`.
    :raises SeedError: the service could not have it.
    """
    status = one_of(status, STATUSES, "status")
    if status == DISPOSED and details.own_assets:
        raise SeedError(f"Version {shown(name)} of {id!r} is {DISPOSED}, so it has no assets any more.")
    if revision is not None:
        check("PackageVersionRevision", revision, "revision")
    entered = _entry_point(id, origin_type, entry_point, repository)
    _check_asset_names(id, details.own_assets)
    made = Version(name, status, published, entered, nonce if revision is None else revision, None, id.key)
    return made.with_details(details._replace(assets=tree.EMPTY) if status == DISPOSED else details)


def grown(id: PackageId, version: Version, given: Details, nonce: int) -> Version:
    """A seeded version with further assets and attributes.

    :param nonce: a number that distinguishes its revision from the previous one.
    :raises SeedError: the service could not have it.
    """
    if version.status == DISPOSED and given.assets:
        raise SeedError(f"Version {version.version!r} of {id!r} is {DISPOSED}, so it has no assets any more.")
    for name, sha256, _ in tree.scan(given.assets):
        there = version.asset(name)
        if there is not None and there.sha256 != sha256:
            raise SeedError(
                f"Version {version.version!r} of {id!r} has an asset {name!r} already, with other content; assets "
                f"never change. Read it with assets[{name!r}], or give the new one another name."
            )
    _check_asset_names(id, given.assets)
    known = version.full_details.updated(given._replace(assets=tree.EMPTY))
    return version.changed_to(known.with_assets(tree.scan(given.assets)), nonce)


class VersionDetails(TypedDict, total=False):
    """The keywords of :func:`details` but its assets."""

    display_name: str | None
    summary: str | None
    home_page: str | None
    source_code_repository: str | None
    licenses: Sequence[License | Mapping[str, str] | str]
    readme: str | None
    dependencies: Sequence[Dependency | Mapping[str, str]]


class AllDetails(VersionDetails, total=False):
    """The keywords of :func:`details`."""

    assets: Mapping[str, bytes | AssetSummary] | None
    kept: Mapping[str, str] | None
    notes: Mapping[str, str] | None


def details(
    id: PackageId,
    version: str,
    *,
    assets: Mapping[str, bytes | AssetSummary] | None = None,
    display_name: str | None = None,
    summary: str | None = None,
    home_page: str | None = None,
    source_code_repository: str | None = None,
    licenses: Sequence[License | Mapping[str, str] | str] = (),
    readme: str | None = None,
    dependencies: Sequence[Dependency | Mapping[str, str]] = (),
    kept: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Details:
    """The attributes and assets of a version.

    :param version: its name as it is stored.
    :raises SeedError: the service could not have it.
    """
    attributes = {"display_name": display_name, "summary": summary, "home_page": home_page, "readme": readme}
    for name, text in {**attributes, "source_code_repository": source_code_repository}.items():
        if text is not None and not isinstance(text, str):
            raise SeedError(f"The {name} of a version is a str, not {shown(text)}.")
    if readme is not None and id.format == "maven":
        raise SeedError("Maven packages have no readme in CodeArtifact. Leave out readme.")
    return Details(
        display_name,
        summary,
        home_page,
        source_code_repository,
        tuple(map(_license, licenses)),
        readme,
        tuple(map(_dependency, dependencies)),
        _texts(kept, "kept"),
        _default_assets(id) if assets is None else _assets(id, version, assets),
        _texts(notes, "notes"),
    )


def uploads(id: PackageId, version: str) -> dict[str, bytes]:
    """The files that the package manager of a format uploads for a version that is published without files."""
    from ..state import minimal_packages  # here, for the same reason as in the state

    return {name: minimal_packages.content(id, version, name) for name in id.default_assets(version)}


def uploaded(id: PackageId, assets: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The uploaded files that the service stores as assets (rule F-7).

    :raises SeedError: the package manager of that format would not upload them.
    """
    _check_mapping(assets)
    if id.format == "npm" and list(assets) != [_NPM_ASSET]:
        raise SeedError(f"npm uploads one asset, {_NPM_ASSET!r}, not {', '.join(map(repr, assets)) or 'none'}.")
    if id.format != "maven":
        return assets
    return {name: content for name, content in assets.items() if not name.endswith(_CHECKSUMS)}


def _check_asset_names(id: PackageId, assets: tree.Node) -> None:
    """Refuse assets that a version cannot have, whatever has brought them (rule F-7)."""
    for name, *_ in tree.scan(assets) if id.format == "npm" else ():
        if name != _NPM_ASSET:
            raise SeedError(f"A version of an npm package has one asset, {_NPM_ASSET!r}, so {id!r} has no {name!r}.")


def _texts(given: Mapping[str, str] | None, keyword: str) -> tree.Node:
    """The texts that protocols keep with a version (rule PM-55), as :meth:`.FakeCodeArtifact.dump` writes it."""
    if given is None:
        return tree.EMPTY
    items = dict(given).items() if isinstance(given, Mapping) else [(None, given)]
    for name, text in items:
        if not isinstance(name, str) or not isinstance(text, str):
            raise SeedError(f"The {keyword} of a version are a mapping of names to texts, not {shown(given)}.")
    return texts(dict(items))


def _default_assets(id: PackageId) -> tree.Node:
    """The assets of a version that is seeded without any (rule F-11). Generic versions have none."""
    return tree.EMPTY if id.format == "generic" else DEFAULT_ASSETS


def _assets(id: PackageId, version: str, given: Mapping[str, bytes | AssetSummary]) -> tree.Node:
    _check_mapping(given)
    node = tree.EMPTY
    for name, content in given.items():
        check("AssetName", name, "asset name")
        if id.format == "generic" and not is_generic_asset_name(name):
            raise SeedError(
                f"{shown(name)} is not a valid name for an asset of a generic package (no '/', no consecutive spaces)."
            )
        stored = id.asset_name(version, name)
        if tree.get(node, stored) is not None:
            raise SeedError(
                f"{shown(name)} is stored as {shown(stored)} (rule F-5), and there is one of that name already."
            )
        node = tree.put(node, tuple(_asset(stored, content)))
    return node


def asset_content(given: Mapping[str, Any]) -> bytes | AssetSummary:
    """The content of an asset from a table with its text, its Base64, or its size and hashes alone.

    :raises SeedError: the table has other keys, or its Base64 is not valid.
    """
    if given.keys() >= {"size", "sha256"} and given.keys() <= set(AssetSummary._fields):
        return AssetSummary(**given)
    if given.keys() == {"text"} and isinstance(given["text"], str):
        return given["text"].encode("utf-8", "surrogatepass")
    if given.keys() != {"base64"} or not isinstance(given["base64"], str):
        raise SeedError(
            'the content of an asset is {"text": ...} or {"base64": ...}. Without content, write {"size": ..., '
            '"sha256": ...}; "sha1", "md5" and "sha512" are optional.'
        )
    try:
        return base64.b64decode(given["base64"], validate=True)
    except ValueError:
        raise SeedError("this is not valid Base64.") from None


def _check_mapping(assets: object) -> None:
    if not isinstance(assets, Mapping):
        raise SeedError(f"Assets are a mapping of name to bytes, not {shown(assets)}.")


def _asset(name: str, known: object) -> Asset:
    if isinstance(known, Mapping):
        known = asset_content(known)
    if isinstance(known, (bytes, bytearray)):
        return asset_entry(name, bytes(known))
    if not isinstance(known, AssetSummary):
        instead = f" Write {known.encode()!r}." if isinstance(known, str) and len(known) < 100 else ""
        raise SeedError(
            f"The content of asset {shown(name)} is bytes, or its AssetSummary(size, sha256), "
            f"not {shown(known)}.{instead}"
        )
    if not isinstance(known.size, int) or isinstance(known.size, bool) or not 0 <= known.size < 2**63:
        raise SeedError(f"The size of asset {name!r} is a number of bytes below 2**63, not {shown(known.size)}.")
    for hash, length in _HASHES.items():
        digits = getattr(known, hash)
        if digits is None and hash != "sha256":
            continue
        if not isinstance(digits, str) or not re.fullmatch(f"[0-9a-f]{{{length}}}", digits):
            raise SeedError(f"The {hash} of asset {name!r} is {length} hex digits in lower case, not {shown(digits)}.")
    return summary_entry(name, known)


def _entry_point(
    id: PackageId, origin_type: OriginType, entry_point: str | None, repository: Repository
) -> tuple[OriginType, str | None, str | None]:
    one_of(origin_type, _ORIGIN_TYPES, "origin_type")
    if origin_type == UNKNOWN:
        if entry_point is not None:
            raise SeedError(
                f"A version whose origin is {UNKNOWN} has no entry_point. Leave it out, or write "
                f"origin_type={INTERNAL!r} or {EXTERNAL!r}."
            )
        return (UNKNOWN, None, None)
    if origin_type == INTERNAL:
        if entry_point is not None:
            check("RepositoryName", entry_point, "entry point")
        return (INTERNAL, entry_point or repository.name, None)
    fitting = [name for name, format in EXTERNAL_CONNECTIONS.items() if format == id.format]
    if not fitting:
        raise SeedError(f"{id!r} cannot be {EXTERNAL}: there is no external connection for {id.format} packages.")
    if entry_point is not None:
        return (EXTERNAL, None, one_of(entry_point, fitting, f"entry_point of an {EXTERNAL} {id.format} version"))
    own = repository.external_connection
    return (EXTERNAL, None, own if own in fitting else fitting[0])


def _license(given: object) -> License:
    if isinstance(given, License):
        return given
    if isinstance(given, str):
        return License(given)
    if isinstance(given, Mapping):
        return _record(License, given)
    raise SeedError(f"A license is its name, or a License, not {shown(given)}. Write for example 'MIT'.")


def _dependency(given: object) -> Dependency:
    if isinstance(given, Dependency):
        return given
    if isinstance(given, Mapping):
        return _record(Dependency, given)
    raise SeedError(f"A dependency is Dependency('name', '>=1.0') or a mapping of its members, not {shown(given)}.")


def _record(kind: type[_Record], given: Mapping[str, Any]) -> _Record:
    """A record from a mapping, whose keys are ours or those of AWS's structure."""
    keywords = {wire.keyword(str(name)): value for name, value in given.items()}
    try:
        return kind(**keywords)
    except TypeError:
        there = ", ".join(kind._fields)
        raise SeedError(f"A {kind.__name__} has {there}; it was given {shown(dict(given))}.") from None
