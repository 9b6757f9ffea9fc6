"""CopyPackageVersions."""

from __future__ import annotations

from typing import Any

from ..playing import TOOL, Stage

COPY = "CopyPackageVersions"


def _between(stage: Stage) -> dict[str, Any]:
    source, destination = stage.repository("from"), stage.repository("to")
    for version in ("1.0", "2.0", "3.0"):
        stage.publish(source, version=version)
    return {**TOOL, "sourceRepository": source, "destinationRepository": destination}


def versions_are_copied(stage: Stage) -> None:
    copy = _between(stage)
    there = {**TOOL, "repository": copy["destinationRepository"]}
    stage.ask("C-3, C-13", COPY, **copy, versions=["1.0"])
    stage.ask("C-8, S-4", "DescribePackageVersion", **there, packageVersion="1.0")
    stage.ask("K-4", "DescribePackage", **there)
    stage.ask("C-4", COPY, **copy, versions=["1.0"])
    stage.ask("C-4", COPY, **copy, versions=["1.0", "2.0"])
    stage.ask("C-3, B-1", COPY, **copy, versions=["3.0", "9.9"])
    described = stage.ask("S-5", "DescribePackageVersion", **_source(copy), packageVersion="3.0")
    wrong, right = {"3.0": "another"}, {"3.0": described["packageVersion"]["revision"]}
    stage.ask("C-3", COPY, **copy, versionRevisions=wrong)
    stage.ask("C-3", COPY, **copy, versionRevisions=right)
    stage.ask("A-1", "ListPackageVersionAssets", **there, packageVersion="3.0")


def other_content_is_overwritten_if_asked(stage: Stage) -> None:
    copy = _between(stage)
    stage.publish(copy["destinationRepository"], text="made here")
    stage.ask("C-4, C-3", COPY, **copy, versions=["1.0", "2.0"])
    stage.ask("C-4", COPY, **copy, versions=["1.0"], allowOverwrite=True)
    there = {**TOOL, "repository": copy["destinationRepository"]}
    stage.ask("C-8", "DescribePackageVersion", **there, packageVersion="1.0")


def copies_of_every_status(stage: Stage) -> None:
    copy = _between(stage)
    update = "UpdatePackageVersionsStatus"
    stage.ask("B-4", update, **_source(copy), versions=["1.0"], targetStatus="Unlisted")
    stage.ask("B-4", update, **_source(copy), versions=["2.0"], targetStatus="Archived")
    stage.ask("B-4", "DisposePackageVersions", **_source(copy), versions=["3.0"])
    stage.publish(copy["sourceRepository"], version="4.0", unfinished=True)
    for version in ("1.0", "2.0", "3.0", "4.0"):
        stage.ask("C-8, C-3", COPY, **copy, versions=[version])
    stage.ask("C-8", "ListPackageVersions", **TOOL, repository=copy["destinationRepository"])


def copies_that_may_be_refused(stage: Stage) -> None:
    copy = _between(stage)
    stage.ask("C-10", COPY, **{**copy, "destinationRepository": copy["sourceRepository"]}, versions=["1.0"])
    stage.ask("C-2, E-11", COPY, **{**copy, "sourceRepository": stage.name("absent")}, versions=["1.0"])
    stage.ask("C-2, E-11", COPY, **{**copy, "destinationRepository": stage.name("absent")}, versions=["1.0"])
    stage.ask("C-6, B-9", COPY, **{**copy, "package": "absent"}, versions=["1.0"])
    stage.ask("C-1", COPY, **copy)
    stage.ask("C-1", COPY, **copy, versions=["1.0"], versionRevisions={"1.0": "x"})
    closed = {"publish": "BLOCK", "upstream": "BLOCK"}
    destination = {**TOOL, "repository": copy["destinationRepository"]}
    stage.ask("K-5", "PutPackageOriginConfiguration", **destination, restrictions=closed)
    stage.ask("C-9, K-9", COPY, **copy, versions=["1.0"])


def generic_packages_do_not_come_from_upstream(stage: Stage) -> None:
    copy = _between(stage)
    downstream = stage.repository("down", upstreams=[{"repositoryName": copy["sourceRepository"]}])
    below = {**copy, "sourceRepository": downstream}
    stage.ask("U-10, E-12", "DescribePackage", **TOOL, repository=downstream)
    stage.ask("C-6", COPY, **below, versions=["1.0"])
    stage.ask("C-5, C-16", COPY, **below, versions=["1.0"], includeFromUpstream=True)


def _source(copy: dict[str, Any]) -> dict[str, Any]:
    return {**TOOL, "repository": copy["sourceRepository"]}


PLAYS = (
    versions_are_copied,
    other_content_is_overwritten_if_asked,
    copies_of_every_status,
    copies_that_may_be_refused,
    generic_packages_do_not_come_from_upstream,
)
