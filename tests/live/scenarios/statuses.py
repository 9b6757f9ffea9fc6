"""Statuses of versions: UpdatePackageVersionsStatus and DisposePackageVersions."""

from __future__ import annotations

from ..playing import TOOL, Stage

UPDATE, DISPOSE = "UpdatePackageVersionsStatus", "DisposePackageVersions"


def statuses_change(stage: Stage) -> None:
    tool = {**TOOL, "repository": _seeded(stage, "1.0")}
    version = {**tool, "packageVersion": "1.0"}
    for status in ("Unlisted", "Archived", "Archived", "Published"):
        stage.ask("S-2, B-4, B-8", UPDATE, **tool, versions=["1.0"], targetStatus=status)
    stage.ask("S-2", UPDATE, **tool, versions=["1.0"], targetStatus="Archived")
    stage.ask("S-6, S-3", "DescribePackageVersion", **version)
    stage.ask("A-3", "GetPackageVersionAsset", **version, asset="a.txt")
    stage.publish(tool["repository"], rules="P-14")
    stage.ask("B-12, L-6", "ListPackageVersions", **tool)


def statuses_that_may_be_refused(stage: Stage) -> None:
    tool = {**TOOL, "repository": _seeded(stage, "1.0", "2.0")}
    for status in ("Unfinished", "Disposed", "Deleted"):
        stage.ask("B-7", UPDATE, **tool, versions=["1.0"], targetStatus=status)
    stage.ask("B-1, B-3", UPDATE, **tool, versions=["1.0", "2.0", "9.9"], targetStatus="Unlisted")
    stage.ask("B-9", UPDATE, **{**tool, "package": "absent"}, versions=["1.0"], targetStatus="Unlisted")
    stage.ask("B-3", UPDATE, **tool, versions=["1.0"], targetStatus="Unlisted", expectedStatus="Archived")
    stage.ask("B-2", UPDATE, **tool, versions=["1.0", "2.0"], targetStatus="Unlisted", expectedStatus="Archived")
    wrong = {"1.0": "another-revision"}
    stage.ask("B-3, B-6", UPDATE, **tool, versions=["1.0"], versionRevisions=wrong, targetStatus="Unlisted")
    stage.ask(
        "B-8",
        UPDATE,
        **tool,
        versions=["1.0"],
        versionRevisions=wrong,
        targetStatus="Unlisted",
        expectedStatus="Archived",
    )
    stage.ask("B-5", UPDATE, **tool, versions=["1.0", "2.0"], versionRevisions=wrong, targetStatus="Unlisted")
    stage.ask("B-13", UPDATE, **tool, versions=[], targetStatus="Unlisted")
    stage.ask("B-14", UPDATE, **tool, versions=["1.0", "1.0"], targetStatus="Unlisted")


def versions_are_disposed(stage: Stage) -> None:
    tool = {**TOOL, "repository": _seeded(stage, "1.0", "2.0")}
    version = {**tool, "packageVersion": "1.0"}
    stage.ask("B-1, B-3", DISPOSE, **tool, versions=["1.0", "9.9"])
    stage.ask("B-4", DISPOSE, **tool, versions=["1.0"])
    stage.ask("B-11", DISPOSE, **tool, versions=["1.0"])
    stage.ask("S-6", "DescribePackageVersion", **version)
    stage.ask("B-10", "ListPackageVersionAssets", **version)
    stage.ask("A-3", "GetPackageVersionAsset", **version, asset="a.txt")
    stage.ask("B-3", UPDATE, **tool, versions=["1.0"], targetStatus="Published")
    stage.publish(tool["repository"], rules="P-14, Q-8")
    stage.ask("L-6", "ListPackageVersions", **tool)


def unfinished_versions(stage: Stage) -> None:
    repository = stage.repository()
    tool = {**TOOL, "repository": repository}
    for version in ("1.0", "2.0", "3.0"):
        stage.publish(repository, version=version, unfinished=True)
    stage.ask("S-2", UPDATE, **tool, versions=["1.0"], targetStatus="Archived")
    stage.ask("S-2", UPDATE, **tool, versions=["2.0"], targetStatus="Unlisted")
    stage.ask("S-2, P-4", UPDATE, **tool, versions=["3.0"], targetStatus="Published")
    stage.ask("B-11", DISPOSE, **tool, versions=["1.0"])
    stage.ask("L-5, L-6", "ListPackageVersions", **tool)


def _seeded(stage: Stage, *versions: str) -> str:
    repository = stage.repository()
    for version in versions:
        stage.publish(repository, version=version)
    return repository


PLAYS = (statuses_change, statuses_that_may_be_refused, versions_are_disposed, unfinished_versions)
