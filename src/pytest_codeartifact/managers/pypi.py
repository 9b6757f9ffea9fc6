"""The protocol of pip, uv, twine and poetry: the simple repository API, and the upload of files (section 2).

Standards: PEP 503, 691 and 700 for the page of a project, PEP 440 for the order of versions.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from ..clock import from_millis
from ..errors import ServiceError, ValidationException
from ..names.packages import PackageId
from ..state.entities import Asset, Dependency, Details, License, Version, texts
from . import core_metadata, forms
from .forms import File, Form
from .protocol import Protocol, ProtocolRequest, Reply, Work, get, json_reply, plain_text, publish
from .repository_view import RepositoryView

_JSON, _HTML = "application/vnd.pypi.simple.v1+json", "text/html; charset=utf-8"

_PAGES = {
    _JSON: _JSON,
    "application/vnd.pypi.simple.v1+html": "application/vnd.pypi.simple.v1+html",
    "application/vnd.pypi.simple.latest+json": _JSON,
    "application/vnd.pypi.simple.latest+html": "application/vnd.pypi.simple.v1+html",
    "text/html": _HTML,
    "*/*": _HTML,
}
"""The accepted media types in order of preference, and the content type of each response (rules PY-2 and PY-3)."""

_NAME = re.compile(r"[A-Z0-9]([A-Z0-9._-]*[A-Z0-9])?", re.ASCII | re.IGNORECASE)
"""The names that a package may have (PEP 508)."""

_MICROSECONDS = "%Y-%m-%dT%H:%M:%S.%fZ"


def _redirect(request: ProtocolRequest) -> Work:
    """Redirect an upload to the endpoint with its trailing slash (rule PY-18)."""
    return lambda _: Reply(status=307, headers={"location": request.endpoint})


# The page of a project


class _File(NamedTuple):
    """A file on the page of its project."""

    version: Version
    asset: Asset

    @property
    def url(self) -> str:
        """A URL relative to the page, which is served under a URL with a slash at its end (rule PY-5)."""
        return f"{quote(self.version.version, safe='')}/{quote(self.asset.name, safe='')}"

    @property
    def requires_python(self) -> str | None:
        """The uploaded value, else the one in the file (rules PM-52 and PY-19)."""
        kept = self.version.kept(_requires_python_key(self.asset.name))
        return core_metadata.requires_python(self.asset) if kept is None else kept or None

    @property
    def uploaded(self) -> str:
        """The time of publication (rule PY-7)."""
        note = self.version.note(_uploaded_note(self.asset.name))
        published = self.version.published
        assert published is not None, "listed versions have a time of publication"
        return from_millis(published if note is None else int(note)).strftime(_MICROSECONDS)


def _page(request: ProtocolRequest, project: str) -> Work:
    id = request.about(project)
    media_type = _media_type(request.headers.get("accept") or "*/*")
    write = _as_json if media_type == _JSON else _as_html

    def answer(repository: RepositoryView) -> Reply:
        versions = sorted(repository.listed(id), key=lambda version: _sort_key(version.version))
        return write(id, versions, media_type)

    return answer


def _as_json(id: PackageId, versions: list[Version], media_type: str) -> Reply:
    """A project page in JSON (rule PY-4)."""
    return json_reply(
        {
            "meta": {"api-version": "1.1"},
            "name": id.name,
            "versions": [version.version for version in versions],
            "files": list(map(_file_entry, _files(versions))),
        },
        media_type,
    )


def _file_entry(file: _File) -> dict[str, object]:
    summary, requires_python = file.asset.summary, file.requires_python
    hashes = {"sha256": summary.sha256, **({} if summary.md5 is None else {"md5": summary.md5})}
    return {
        "filename": file.asset.name,
        "url": file.url,
        "hashes": hashes,
        **({} if requires_python is None else {"requires-python": requires_python}),
        "size": summary.size,
        "upload-time": file.uploaded,
        "yanked": False,
    }


def _as_html(id: PackageId, versions: list[Version], media_type: str) -> Reply:
    """A project page in HTML (rule PY-6)."""
    title = f"Links for {html.escape(id.name)}"
    head = f"<!DOCTYPE html>\n<html>\n<head>\n<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n"
    links = "".join(map(_link, _files(versions)))
    return Reply(f"{head}{links}</body>\n</html>\n".encode(), media_type)


def _link(file: _File) -> str:
    requires_python = file.requires_python
    required = "" if requires_python is None else f' data-requires-python="{html.escape(requires_python)}"'
    return (
        f'<a href="{file.url}#sha256={file.asset.sha256}"{required} data-gpg-sig="false" '
        f'data-upload-time="{file.uploaded}">{html.escape(file.asset.name)}</a><br/>\n'
    )


def _files(versions: list[Version]) -> Iterator[_File]:
    """The files of these versions in their order, those of a version by name (rule PY-8)."""
    return (_File(version, asset) for version in versions for asset in version.each_asset())


def _sort_key(version: str) -> tuple[bool, Pep440, str]:
    """A sort key for versions: in the order of PEP 440, with all others after them (rule PY-8)."""
    try:
        return False, Pep440(version), version
    except InvalidVersion:
        return True, Pep440("0"), version


def _media_type(accept: str) -> str:
    """The content type of a page, by the header of the request (rules PY-2 and PY-3).

    :raises ServiceError: 406, none of the requested types is available.
    """
    weights = dict(map(_weight, accept.split(",")))
    accepted = [offered for offered in _PAGES if weights.get(offered, 0) > 0]
    if not accepted:
        raise ServiceError(
            f"None of the media types '{accept[:200]}' is available. Choose for example {_JSON}.",
            code="NotAcceptable",
            status=406,
        )
    return _PAGES[max(accepted, key=lambda offered: weights[offered])]


def _weight(range: str) -> tuple[str, float]:
    media_type, *parameters = (part.strip().lower() for part in range.split(";"))
    quality = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
    return media_type, float(quality) if re.fullmatch(r"[01](\.[0-9]{0,3})?", quality) else 0


# Files


def _file(request: ProtocolRequest, project: str, version: str, file: str) -> Work:
    id = request.about(project, version=version, asset=file)
    return lambda repository: Reply(repository.file(id, version, file).read())


def _upload(request: ProtocolRequest) -> Work:
    form = forms.parse(request.headers.get("content-type", ""), request.body)
    name, version, file = _required(form)
    id = request.about(name, version=version, asset=file.name)
    if _NAME.fullmatch(name) is None:
        raise ValidationException(f"'{name}' is not a valid name of a Python package.")
    _check_name(id, version, file.name)
    _check_digests(form, file.content)

    def answer(repository: RepositoryView) -> Reply:
        details = _details(form, file.name)
        if repository.version(id, version) is not None:
            details = details.noting({_uploaded_note(file.name): str(repository.now)})
        repository.upload(id, version, {file.name: file.content}, details)
        return Reply(content_type=_HTML)

    return answer


def _required(form: Form) -> tuple[str, str, File]:
    """Name, version and file of an upload (rule PY-13)."""
    if form.first(":action") != "file_upload":
        raise ValidationException("The field ':action' of the form must be 'file_upload'.")
    if form.first("protocol_version") not in (None, "1"):
        raise ValidationException("The field 'protocol_version' of the form must be '1'.")
    name, version, file = form.first("name"), form.first("version"), form.files.get("content")
    values = {"name": name, "version": version, "content": file and file.name}
    missing = [field for field, value in values.items() if not value]
    if not name or not version or not file or missing:
        raise ValidationException(f"The form has no {', '.join(map(repr, missing))}.")
    return name, version, file


def _check_name(id: PackageId, version: str, file: str) -> None:
    """Refuse a file whose name does not belong to the version (rule PY-15)."""
    parse = next((parse for ending, parse in _FILE_NAME_PARSERS.items() if file.endswith(ending)), None)
    if parse is None or "/" in file or "\\" in file:
        raise ValidationException(f"'{file}' is neither a wheel nor an sdist (.tar.gz, .zip) nor an egg.")
    try:
        fits = parse(file) == (id.name, Pep440(version))
    except (InvalidVersion, InvalidWheelFilename, InvalidSdistFilename, ValueError):
        fits = False
    if not fits:
        raise ValidationException(f"'{file}' is not the name of a file of version '{version}' of '{id.name}'.")


def _of_wheel(file: str) -> tuple[str, Pep440]:
    name, version, *_ = parse_wheel_filename(file)
    return name, version


def _of_egg(file: str) -> tuple[str, Pep440]:
    name, version, *_ = file.removesuffix(".egg").split("-")
    return canonicalize_name(name), Pep440(version)


_FILE_NAME_PARSERS: Mapping[str, Callable[[str], tuple[str, Pep440]]] = {
    ".whl": _of_wheel,
    ".tar.gz": parse_sdist_filename,
    ".zip": parse_sdist_filename,
    ".egg": _of_egg,
}

_DIGESTS: Mapping[str, Callable[[bytes], str]] = {
    "md5_digest": lambda content: hashlib.md5(content, usedforsecurity=False).hexdigest(),
    "sha256_digest": lambda content: hashlib.sha256(content).hexdigest(),
    "blake2_256_digest": lambda content: hashlib.blake2b(content, digest_size=32).hexdigest(),
}


def _check_digests(form: Form, content: bytes) -> None:
    """Compare the digests that were sent with the file (rule PY-14)."""
    for field, digest in _DIGESTS.items():
        sent = form.first(field)
        if sent is not None and sent.lower() != digest(content):
            raise ValidationException(f"The field '{field}' of the form is not the digest of the file.")


def _details(form: Form, file: str) -> Details:
    """The fields of a form that are kept (rule PY-19)."""
    licenses = filter(None, (form.first("license_expression") or form.first("license"),))
    return Details(
        summary=form.first("summary"),
        home_page=form.first("home_page") or _project_url(form, "homepage"),
        source_code_repository=_project_url(form, "source", "sourcecode", "repository"),
        licenses=tuple(map(License, licenses)),
        readme=form.first("description"),
        dependencies=tuple(map(_dependency, filter(None, form.fields.get("requires_dist", ())))),
        kept=texts({_requires_python_key(file): form.first("requires_python") or ""}),
    )


def _project_url(form: Form, *labels: str) -> str | None:
    """The first of the project's URLs with one of these labels, which are compared in normalised form."""
    for url in form.fields.get("project_urls", ()):
        label, _, target = url.partition(",")
        if re.sub(r"[\W_]", "", label).lower() in labels:
            return target.strip()
    return None


def _dependency(requirement: str) -> Dependency:
    try:
        name = Requirement(requirement).name
    except InvalidRequirement:
        return Dependency(requirement, "", "Requires-Dist")
    return Dependency(canonicalize_name(name), requirement.strip()[len(name) :].strip(), "Requires-Dist")


def _requires_python_key(file: str) -> str:
    """The name under which the ``requires_python`` of a file is kept (rule PM-55)."""
    return f"requires-python/{file}"


def _uploaded_note(file: str) -> str:
    """The name of the note on a file that was uploaded later than its version."""
    return f"uploaded/{file}"


PYPI = Protocol(
    "pypi",
    (
        get("/simple/{project}/", _page),
        get("/simple/{project}", _page),
        get("/simple/{project}/{version}/{file}", _file),
        publish("POST", "/", _upload),
        publish("POST", "", _redirect),
    ),
    refusal=plain_text,
)
