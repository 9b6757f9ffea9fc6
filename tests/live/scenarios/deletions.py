"""DeletePackage and DeletePackageVersions."""

from __future__ import annotations

from ..playing import TOOL, Stage


def a_package_is_deleted(stage: Stage) -> None:
    repository, other = stage.repository(), stage.repository("other")
    tool = {**TOOL, "repository": repository}
    for version in ("1.0", "2.0"):
        stage.publish(repository, version=version)
        stage.publish(other, version=version)
    stage.publish(repository, version="3.0", unfinished=True)
    stage.ask("B-4", "UpdatePackageVersionsStatus", **tool, versions=["1.0"], targetStatus="Archived")
    stage.ask("B-4", "DisposePackageVersions", **tool, versions=["2.0"])
    stage.ask("DP-1, DP-2, DP-6", "DeletePackage", **tool)
    stage.ask("DP-5", "DescribePackage", **tool)
    stage.ask("DP-5, E-12", "ListPackageVersions", **tool)
    stage.ask("DP-5", "ListPackages", repository=repository)
    stage.ask("DP-5", "DeletePackage", **tool)
    stage.ask("DP-7", "ListPackageVersions", **TOOL, repository=other)
    stage.publish(repository, rules="DP-8")
    stage.ask("DP-8, K-3", "DescribePackage", **tool)


def a_record_without_versions_is_deleted(stage: Stage) -> None:
    tool = {**TOOL, "repository": stage.repository()}
    blocked = {"publish": "BLOCK", "upstream": "ALLOW"}
    stage.ask("K-6", "PutPackageOriginConfiguration", **tool, restrictions=blocked)
    stage.ask("DP-3, DP-2", "DeletePackage", **tool)
    npm = {"format": "npm", "package": "left-pad", "repository": tool["repository"]}
    stage.ask("K-6", "PutPackageOriginConfiguration", **npm, restrictions=blocked)
    stage.ask("DP-2", "DeletePackage", **npm)


def packages_that_are_not_deleted(stage: Stage) -> None:
    repository = stage.repository()
    downstream = stage.repository("down", upstreams=[{"repositoryName": repository}])
    stage.publish(repository)
    stage.ask("DP-4, E-12", "DeletePackage", **TOOL, repository=downstream)
    stage.ask("DP-4, E-12", "DeletePackage", **{**TOOL, "package": "absent"}, repository=repository)
    stage.ask("DP-4, E-11", "DeletePackage", **TOOL, repository=stage.name("absent"))
    stage.ask("DP-11, F-2", "DeletePackage", format="generic", package="tool", repository=repository)
    stage.ask("DP-11, F-2", "DeletePackage", format="maven", package="tool", repository=repository)
    stage.ask("DP-11, F-3", "DeletePackage", format="pypi", namespace="team", package="tool", repository=repository)


def versions_are_deleted(stage: Stage) -> None:
    repository = stage.repository()
    delete, tool = "DeletePackageVersions", {**TOOL, "repository": repository}
    for version in ("1.0", "2.0", "3.0"):
        stage.publish(repository, version=version)
    stage.ask("Q-4", delete, **tool, versions=["1.0", "9.9"])
    stage.ask("Q-4", delete, **tool, versions=["1.0", "2.0"], expectedStatus="Archived")
    stage.ask("B-4", "DisposePackageVersions", **tool, versions=["2.0"])
    stage.ask("Q-1, Q-2, B-15", delete, **tool, versions=["2.0", "1.0"])
    stage.ask("Q-3, E-16", "DescribePackageVersion", **tool, packageVersion="1.0")
    stage.publish(repository, rules="Q-3")
    stage.ask("Q-1", delete, **tool, versions=["1.0", "3.0"])
    stage.ask("Q-5", "DescribePackage", **tool)
    stage.ask("Q-5", "ListPackages", repository=repository)
    stage.ask("Q-4", delete, **tool, versions=["1.0"])
    stage.ask("B-9", delete, **{**tool, "package": "absent"}, versions=["1.0"])
    stage.ask("B-13", delete, **tool, versions=[])


PLAYS = (
    a_package_is_deleted,
    a_record_without_versions_is_deleted,
    packages_that_are_not_deleted,
    versions_are_deleted,
)
