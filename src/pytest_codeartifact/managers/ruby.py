"""The protocol of bundler and gem: the compact index, older indexes, and the upload of gems (section 6)."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

from ..clock import from_millis
from ..errors import ResourceNotFoundException, ValidationException
from ..names.formats import is_valid_name
from ..names.packages import PackageId
from ..state.entities import Dependency, Details, License, Version
from . import gem_specifications, ruby_marshal
from .gem_specifications import Specification, text_of
from .protocol import Protocol, ProtocolRequest, Reply, Work, get, plain_text, publish
from .repository_view import RepositoryView
from .ruby_marshal import Symbol

_TEXT = "text/plain; charset=utf-8"
_MAX_LISTED = 5000
"""The maximum number of gems in a document about all of them (rule RB-10)."""


def _endpoint(_: ProtocolRequest) -> Work:
    """Respond to a request for the endpoint itself, which gem makes first (rule RB-13)."""
    return lambda _: Reply(content_type=_TEXT)


# The compact index


def _info(request: ProtocolRequest, gem: str) -> Work:
    id = request.about(gem)
    return lambda repository: Reply(_info_file(repository.listed(id)), _TEXT)


def _info_file(versions: list[Version]) -> bytes:
    """The versions of a gem in the order of publication (rule RB-7)."""
    lines = (_info_line(version) for version in _by_publication(versions))
    return "".join(f"{line}\n" for line in ("---", *lines)).encode()


def _info_line(version: Version) -> str:
    specification = _specification(version)
    dependencies = ",".join(f"{each.name}:{text_of(each.requirement, '&')}" for each in specification.runtime)
    required = {"ruby": text_of(specification.ruby, "&"), "rubygems": text_of(specification.rubygems, "&")}
    checksum = next((asset.sha256 for asset in version.each_asset()), "")
    requirements = [f"checksum:{checksum}", *(f"{name}:{what}" for name, what in required.items() if what != ">= 0")]
    return f"{version.version} {dependencies}|{','.join(requirements)}"


def _specification(version: Version) -> Specification:
    """The specification in the gem of a version; only the version if it cannot be read (rule PM-52)."""
    contents = (asset.content for asset in version.each_asset() if isinstance(asset.content, bytes))
    content = next(contents, None)
    specification = None if content is None else gem_specifications.read(content)
    return specification or Specification("", version.version)


def _by_publication(versions: list[Version]) -> list[Version]:
    return sorted(versions, key=lambda version: version.recency)


def _versions(_: ProtocolRequest) -> Work:
    """Serve the list of all versions (rule RB-8)."""

    def answer(repository: RepositoryView) -> Reply:
        created = from_millis(repository.now).isoformat(timespec="seconds")
        lines = (_versions_line(id, versions) for id, versions in _all(repository))
        return Reply("".join(f"{line}\n" for line in (f"created_at: {created}", "---", *lines)).encode(), _TEXT)

    return answer


def _versions_line(id: PackageId, versions: list[Version]) -> str:
    numbers = ",".join(version.version for version in _by_publication(versions))
    digest = hashlib.md5(_info_file(versions), usedforsecurity=False).hexdigest()
    return f"{id.name} {numbers} {digest}"


def _names(_: ProtocolRequest) -> Work:
    def answer(repository: RepositoryView) -> Reply:
        names = [id.name for id, _ in _all(repository)]
        return Reply("\n".join(["---", *names, ""]).encode(), _TEXT)

    return answer


def _all(repository: RepositoryView) -> Iterator[tuple[PackageId, list[Version]]]:
    """The gems with their listed versions, by name (rules RB-9 and RB-10)."""
    for number, gem in enumerate(repository.each_listed("ruby")):
        if number == _MAX_LISTED:
            raise ValidationException(
                f"There are more than {_MAX_LISTED} gems. Request the dependencies of single gems."
            )
        yield gem


# The older indexes


def _dependencies(request: ProtocolRequest) -> Work:
    """Serve the dependencies of gems (rule RB-12)."""
    names = dict.fromkeys((request.parameter("gems") or "").split(","))
    ids = [PackageId("ruby", None, name) for name in names if name and is_valid_name(name)]
    if len(ids) == 1:
        request.about(ids[0].name)
    return lambda repository: Reply(ruby_marshal.dump([row for id in ids for row in _rows(repository, id)]))


def _rows(repository: RepositoryView, id: PackageId) -> Iterator[dict[Symbol, object]]:
    try:
        versions = repository.listed(id)
    except ResourceNotFoundException:
        return
    for version in _by_publication(versions):
        specification = _specification(version)
        yield {
            Symbol("name"): id.name,
            Symbol("number"): specification.version,
            Symbol("platform"): specification.platform,
            Symbol("dependencies"): [[each.name, text_of(each.requirement)] for each in specification.runtime],
        }


def _quick(request: ProtocolRequest, file: str) -> Work:
    """The specification of one version (rule RB-13), which is not retained (rule RB-14)."""
    work = _serve_gem(request, file, ".gemspec.rz", retain=False)

    def answer(repository: RepositoryView) -> Reply:
        specification = gem_specifications.read(work(repository).body)
        if specification is None:
            raise ResourceNotFoundException(f"'{file}' has no readable specification.")
        return Reply(zlib.compress(gem_specifications.dump(specification)))

    return answer


# Gems


def _file(request: ProtocolRequest, file: str) -> Work:
    """Serve the file of a gem (rule RB-14)."""
    return _serve_gem(request, file, ".gem")


def _serve_gem(request: ProtocolRequest, file: str, ending: str, *, retain: bool = True) -> Work:
    """Serve the gem with a file name. Name and version may both contain hyphens, so candidates are tried in order.
    Until the gem is found, the request is recorded with the shortest possible name.
    """
    stem = file.removesuffix(ending)
    candidates = list(_candidates(stem)) if file.endswith(ending) else []
    if not candidates:
        raise ResourceNotFoundException(f"'{file}' is not the name of a file of a gem.")
    asset = f"{stem}.gem"
    id, version = candidates[0]
    request.about(id.name, version=version, asset=asset)

    def answer(repository: RepositoryView) -> Reply:
        *others, (id, version) = candidates
        for other in others:
            with suppress(ResourceNotFoundException):
                return served(repository, *other)
        return served(repository, id, version)

    def served(repository: RepositoryView, id: PackageId, version: str) -> Reply:
        content = repository.file(id, version, asset, retain=retain).read()
        request.about(id.name, version=version)
        return Reply(content)

    return answer


def _candidates(stem: str) -> Iterator[tuple[PackageId, str]]:
    """The possible names and versions in the stem of a file name. Names and versions may contain hyphens themselves."""
    for hyphen in re.finditer("-(?=[0-9])", stem):
        name, version = stem[: hyphen.start()], stem[hyphen.end() :]
        if is_valid_name(name) and is_valid_name(version):
            id = PackageId("ruby", None, name)
            if id.objection_to(version) is None:
                yield id, version


def _push(request: ProtocolRequest) -> Work:
    """Publish a gem (rules RB-3 to RB-5)."""
    specification = gem_specifications.read(request.body)
    if specification is None:
        raise ValidationException("The body must be a gem, with a specification in its metadata.gz.")
    if gem_specifications.NAME.fullmatch(specification.name) is None:
        raise ValidationException(f"'{specification.name[:100]}' is not a valid name of a gem.")
    file = f"{specification.name}-{specification.number}.gem"
    id = request.about(specification.name, version=specification.number, asset=file)

    def answer(repository: RepositoryView) -> Reply:
        repository.upload(id, specification.number, {file: request.body}, _details(specification))
        return Reply(f"Successfully registered gem: {specification.name} ({specification.number})".encode(), _TEXT)

    return answer


def _details(specification: Specification) -> Details:
    """The metadata that the API returns for a version (rule RB-16)."""
    return Details(
        summary=specification.summary,
        home_page=specification.homepage,
        source_code_repository=specification.source_code,
        licenses=tuple(map(License, specification.licenses)),
        dependencies=tuple(
            Dependency(each.name, text_of(each.requirement), each.kind) for each in specification.dependencies
        ),
    )


RUBY = Protocol(
    "ruby",
    (
        get("", _endpoint),
        get("/", _endpoint),
        get("/versions", _versions),
        get("/names", _names),
        get("/info/{gem}", _info),
        get("/api/v1/dependencies", _dependencies),
        get("/quick/Marshal.4.8/{file}", _quick),
        get("/gems/{file}", _file),
        publish("POST", "/api/v1/gems", _push),
    ),
    refusal=plain_text,
)
