"""Values that break their constraints. Domains always have a name of the run."""

from __future__ import annotations

from ..playing import TOOL, Stage


def values_that_break_their_constraints(stage: Stage) -> None:
    repository = stage.repository()
    tool = {**TOOL, "repository": repository}
    stage.ask("V-2, V-3", "DescribePackage", **{**tool, "package": "@types/foo"})
    stage.ask("V-4, V-3", "DescribePackage", **{**tool, "package": "x" * 256})
    stage.ask("V-4, V-3", "DescribePackage", **{**tool, "format": "docker"})
    stage.ask("V-2, V-3", "DescribePackage", **{**tool, "namespace": "a/b"})
    stage.ask("V-2, V-3", "DescribeRepository", repository="-x")
    stage.ask("V-2, V-3", "DescribePackageVersion", **tool, packageVersion="with blank")
    stage.ask("V-4", "ListPackages", repository=repository, maxResults=1001)
    stage.ask("V-4", "ListPackages", repository=repository, maxResults=0)
    stage.ask("V-4", "ListPackages", repository=repository, publish="MAYBE")
    stage.ask("V-4", "ListPackageVersions", **tool, sortBy="NAME", originType="NOWHERE")
    many = [f"{number}.0" for number in range(101)]
    stage.ask("V-4, V-8", "DeletePackageVersions", **tool, versions=many)
    stage.ask("V-4, V-8", "CreateRepository", repository=stage.name("long"), description="x" * 1001)
    stage.ask("F-4", "ListPackageVersions", format="npm", namespace="@types", package="node", repository=repository)
    stage.ask("V-6", "ListPackageVersions", format="npm", package="with!mark", repository=repository)
    stage.ask("V-4", "UpdatePackageVersionsStatus", **tool, versions=["1.0"], targetStatus="Gone")


PLAYS = (values_that_break_their_constraints,)
