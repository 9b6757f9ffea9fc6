"""Maven snapshots: the names of their versions and of the assets of their builds (rule F-9).

A snapshot is called ``1.0-SNAPSHOT``, and its builds have names such as ``1.0-20240131.235959-1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..clock import from_millis
from .formats import MAVEN_METADATA
from .packages import PackageId, uploaded_assets

_SUFFIX = "-SNAPSHOT"
_BUILD = r"[0-9]{8}\.[0-9]{6}-([0-9]+)"
_FIRST_BUILD = "19700101.000000-1"


def is_snapshot(id: PackageId, version: str) -> bool:
    """Whether a version is a snapshot or a build of one."""
    return id.format == "maven" and snapshot_of(version) is not None


def is_moving(id: PackageId, version: str) -> bool:
    """Whether a version is a snapshot itself, whose content changes with each build."""
    return id.format == "maven" and version.endswith(_SUFFIX)


def snapshot_of(version: str) -> str | None:
    """The snapshot of a build; a snapshot itself; None for a release."""
    if version.endswith(_SUFFIX):
        return version
    build = re.fullmatch(rf"(.+)-{_BUILD}", version)
    return None if build is None else build[1] + _SUFFIX


def build_of(id: PackageId, snapshot: str, asset: str) -> str | None:
    """The build that an asset of a snapshot belongs to, by its name. None if it has no such name."""
    base = snapshot.removesuffix(_SUFFIX)
    match = re.fullmatch(rf"{re.escape(f'{id.name}-{base}')}-({_BUILD})(-.+)?\..+", asset)
    return None if match is None else f"{base}-{match[1]}"


def default_asset_names(id: PackageId, version: str) -> tuple[str, ...]:
    """The names of the default assets of a version (rule F-11).

    A snapshot has those of a fixed first build. Neither a snapshot nor a build has metadata (rule F-9).
    """
    if not is_snapshot(id, version):
        return uploaded_assets(id, version)
    build = f"{version.removesuffix(_SUFFIX)}-{_FIRST_BUILD}" if is_moving(id, version) else version
    return tuple(name for name in uploaded_assets(id, build) if name != MAVEN_METADATA)


def next_build(snapshot: str, versions: Iterable[str], now: int) -> str:
    """The name that a client gives to a new build.

    :param versions: the versions of the package, including the earlier builds.
    :param now: the current time in milliseconds since the epoch.
    """
    base = snapshot.removesuffix(_SUFFIX)
    builds = (re.fullmatch(rf"{re.escape(base)}-{_BUILD}", version) for version in versions)
    number = max((int(build[1]) for build in builds if build is not None), default=0) + 1
    return f"{base}-{from_millis(now):%Y%m%d.%H%M%S}-{number}"
