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


def names_that_their_format_normalises(stage: Stage) -> None:
    """A record is made first: only then an answer tells which spellings find it."""
    repository = stage.repository()
    put = "PutPackageOriginConfiguration"
    open = {"repository": repository, "restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}}
    stage.ask("K-5", put, **open, format="pypi", package="flask-login")
    for package in ("flask-login", "Flask_Login", "flask.login"):
        stage.ask("F-6", "DescribePackage", repository=repository, format="pypi", package=package)
    stage.ask("F-5, K-5", put, **open, format="pypi", package="Other_Name")
    stage.ask("F-5", put, **open, format="nuget", package="Newtonsoft.Json")
    stage.ask("F-5", put, **open, format="swift", namespace="Apple", package="Swift-NIO")
    stage.ask("F-5", "DescribePackage", repository=repository, format="nuget", package="newtonsoft.JSON")
    stage.ask("F-5", "DescribePackage", repository=repository, format="swift", namespace="apple", package="swift-nio")
    stage.ask("L-4, F-5", "ListPackages", repository=repository)


def namespaces_that_are_missing_or_too_many(stage: Stage) -> None:
    named = {"repository": stage.repository(), "package": "core"}
    for format in ("maven", "generic", "swift"):
        stage.ask("F-2", "DescribePackage", **named, format=format)
    for format in ("pypi", "nuget", "ruby", "cargo"):
        stage.ask("F-3", "DescribePackage", **named, format=format, namespace="space")


PLAYS = (
    values_that_break_their_constraints,
    names_that_their_format_normalises,
    namespaces_that_are_missing_or_too_many,
)
