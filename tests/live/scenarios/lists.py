"""Lists: their order, their filters and their pages."""

from __future__ import annotations

from ..playing import TOOL, Stage


def packages_in_pages(stage: Stage) -> None:
    repository = stage.repository()
    for namespace, package in (("team", "b"), ("team", "a"), ("other", "c"), ("team-2", "a")):
        stage.publish(repository, package, namespace=namespace)
    stage.ask("L-4", "ListPackages", repository=repository)
    stage.ask("L-1", "ListPackages", repository=repository, format="generic", namespace="team")
    stage.ask("L-1", "ListPackages", repository=repository, namespace="team")
    stage.ask("L-1", "ListPackages", repository=repository, packagePrefix="a")
    stage.ask("L-2", "ListPackages", repository=repository, publish="BLOCK")
    stage.ask("L-2", "ListPackages", repository=repository, upstream="BLOCK", maxResults=1000)
    first = stage.ask("L-14", "ListPackages", repository=repository, maxResults=3)
    if "nextToken" in first:
        stage.ask("L-14", "ListPackages", repository=repository, maxResults=3, nextToken=first["nextToken"])
        stage.ask("L-10", "ListPackages", repository=repository, format="npm", nextToken=first["nextToken"])
    stage.ask("L-15, E-20", "ListPackages", repository=repository, nextToken="bm9uc2Vuc2U=")
    stage.ask("L-15, V-2", "ListPackages", repository=repository, nextToken="with a blank")


def versions_in_pages(stage: Stage) -> None:
    repository = stage.repository()
    for version in ("1.0", "1.10", "1.9", "0.1", "2.0-beta"):
        stage.publish(repository, version=version)
    versions = {**TOOL, "repository": repository}
    stage.ask("L-5, L-7, L-9, L-6", "ListPackageVersions", **versions)
    stage.ask("L-8", "ListPackageVersions", **versions, sortBy="PUBLISHED_TIME")
    stage.ask("L-5", "ListPackageVersions", **versions, status="Archived")
    stage.ask("L-5", "ListPackageVersions", **versions, originType="INTERNAL")
    stage.ask("L-5", "ListPackageVersions", **versions, originType="EXTERNAL")
    for sorting in ({}, {"sortBy": "PUBLISHED_TIME"}):
        page = stage.ask("L-9, L-16", "ListPackageVersions", **versions, maxResults=2, **sorting)
        while "nextToken" in page:
            token = page["nextToken"]
            page = stage.ask("L-11, L-14", "ListPackageVersions", **versions, maxResults=2, nextToken=token, **sorting)
    stage.ask("E-12", "ListPackageVersions", **{**versions, "package": "absent"})


def repositories_in_pages(stage: Stage) -> None:
    names = [stage.repository(name) for name in ("b", "a", "C", "a.b")]
    prefix = names[0].removesuffix("b")
    stage.ask("R-12, L-13", "ListRepositoriesInDomain", repositoryPrefix=prefix)
    first = stage.ask("R-12", "ListRepositoriesInDomain", repositoryPrefix=prefix, maxResults=3)
    if "nextToken" in first:
        token = first["nextToken"]
        stage.ask("L-14", "ListRepositoriesInDomain", repositoryPrefix=prefix, maxResults=3, nextToken=token)
    stage.ask("R-12", "ListRepositoriesInDomain", repositoryPrefix=prefix, administratorAccount=stage.names.account)
    stage.ask("R-11", "ListRepositories", repositoryPrefix=prefix)


def what_is_not_there(stage: Stage) -> None:
    repository = stage.repository()
    stage.publish(repository)
    tool, absent = {**TOOL, "repository": repository}, {**TOOL, "repository": repository, "package": "absent"}
    stage.ask("E-11", "ListPackages", repository=stage.name("absent"))
    stage.ask("K-1, E-12", "DescribePackage", **absent)
    stage.ask("S-8, E-12", "DescribePackageVersion", **absent, packageVersion="1.0")
    stage.ask("S-8, E-16", "DescribePackageVersion", **tool, packageVersion="9.9")
    stage.ask("S-8, E-16", "ListPackageVersionAssets", **tool, packageVersion="9.9")
    npm = {"format": "npm", "package": "absent", "repository": repository}
    stage.ask("E-12", "DescribePackage", **npm)
    stage.ask("E-12, E-16", "ListPackageVersions", **npm, namespace="types")
    maven = {"format": "maven", "namespace": "org.example", "package": "absent", "repository": repository}
    stage.ask("E-12, E-16", "ListPackageVersions", **maven)
    stage.ask("F-6, E-12", "DescribePackage", format="pypi", package="Flask_Login", repository=repository)


PLAYS = (packages_in_pages, versions_in_pages, repositories_in_pages, what_is_not_there)
