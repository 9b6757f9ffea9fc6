"""PublishPackageVersion, and what is read of a version."""

from __future__ import annotations

from ..playing import TOOL, Stage, content


def a_version_in_one_request(stage: Stage) -> None:
    repository = stage.repository()
    version = {**TOOL, "repository": repository, "packageVersion": "1.0"}
    stage.publish(repository, rules="P-3, P-12")
    stage.publish(repository, rules="P-5")
    stage.publish(repository, asset="b.txt", rules="P-5")
    stage.ask("K-1, K-3", "DescribePackage", **TOOL, repository=repository)
    described = stage.ask("S-5, S-4", "DescribePackageVersion", **version)
    stage.ask("A-1", "ListPackageVersionAssets", **version)
    stage.ask("A-2, A-5", "GetPackageVersionAsset", **version, asset="a.txt")
    stage.ask("A-4, E-16", "GetPackageVersionAsset", **version, asset="absent.txt")
    revision = described["packageVersion"]["revision"]
    stage.ask("A-2", "GetPackageVersionAsset", **version, asset="a.txt", packageVersionRevision=revision)
    stage.ask("A-2", "GetPackageVersionAsset", **version, asset="a.txt", packageVersionRevision="another")
    stage.ask("A-7, E-14", "GetPackageVersionReadme", **version)
    stage.ask("A-9", "ListPackageVersionDependencies", **version)


def a_version_in_several_requests(stage: Stage) -> None:
    repository = stage.repository()
    version = {**TOOL, "repository": repository, "packageVersion": "1.0"}
    stage.publish(repository, asset="b.txt", unfinished=True, rules="P-4, P-12")
    stage.ask("S-5", "DescribePackageVersion", **version)
    stage.ask("A-3", "GetPackageVersionAsset", **version, asset="b.txt")
    stage.ask("L-6", "ListPackageVersions", **TOOL, repository=repository)
    stage.publish(repository, asset="b.txt", unfinished=True, rules="P-6")
    stage.publish(repository, asset="b.txt", text="other", unfinished=True, rules="P-6")
    stage.publish(repository, asset="a.txt", unfinished=True, rules="P-13")
    stage.publish(repository, asset="c.txt", rules="P-4, P-13")
    stage.ask("A-1, L-13", "ListPackageVersionAssets", **version)
    first = stage.ask("A-1", "ListPackageVersionAssets", **version, maxResults=2)
    if "nextToken" in first:
        stage.ask("L-14", "ListPackageVersionAssets", **version, maxResults=2, nextToken=first["nextToken"])


def assets_that_may_be_refused(stage: Stage) -> None:
    repository = stage.repository()
    wrong = {**content("one"), "assetSHA256": content("another")["assetSHA256"]}
    stage.ask("P-7, E-19", "PublishPackageVersion", **_to(repository), **wrong)
    upper = {**content("one"), "assetSHA256": content("one")["assetSHA256"].upper()}
    stage.ask("P-7, V-2", "PublishPackageVersion", **_to(repository), **upper)
    for name in ("..", " a", "a ", "a  b", "a/b", "a`b", "ü.txt", "a%b"):
        named = {**_to(repository), "assetName": name, "unfinished": True}
        stage.ask("P-8", "PublishPackageVersion", **named, **content("one"))
    stage.ask("P-3", "PublishPackageVersion", **{**_to(repository), "packageVersion": "empty"}, **content(""))
    for format in ("npm", "pypi"):
        stage.ask("P-1", "PublishPackageVersion", **{**_to(repository), "format": format}, **content("one"))
    without = {name: value for name, value in _to(repository).items() if name != "namespace"}
    stage.ask("P-2, F-2", "PublishPackageVersion", **without, **content("one"))
    stage.ask("E-11", "PublishPackageVersion", **_to(stage.name("absent")), **content("one"))


def _to(repository: str) -> dict[str, str]:
    return {**TOOL, "repository": repository, "packageVersion": "1.0", "assetName": "a.txt"}


def a_package_that_is_closed(stage: Stage) -> None:
    repository = stage.repository()
    closed = {"publish": "BLOCK", "upstream": "BLOCK"}
    put = "PutPackageOriginConfiguration"
    stage.ask("K-5, K-6", put, **TOOL, repository=repository, restrictions=closed)
    stage.ask("K-6", "DescribePackage", **TOOL, repository=repository)
    stage.ask("L-5", "ListPackageVersions", **TOOL, repository=repository)
    stage.ask("L-3", "ListPackages", repository=repository)
    stage.publish(repository, rules="P-10")
    stage.ask("K-5", put, **TOOL, repository=repository, restrictions={"publish": "ALLOW", "upstream": "BLOCK"})
    stage.publish(repository, rules="P-10")
    stage.ask("K-5", put, **TOOL, repository=repository, restrictions=closed)
    stage.publish(repository, asset="b.txt", rules="P-17")
    npm = {"format": "npm", "package": "left-pad", "repository": repository}
    stage.ask("K-5", put, **npm, restrictions={"publish": "ALLOW", "upstream": "ALLOW"})
    stage.ask("K-1", "DescribePackage", **npm)


def an_asset_at_an_earlier_revision(stage: Stage) -> None:
    repository = stage.repository()
    first = stage.publish(repository, asset="a.txt", unfinished=True)
    second = stage.publish(repository, asset="b.txt", unfinished=True)
    asset = {**TOOL, "repository": repository, "packageVersion": "1.0", "asset": "a.txt"}
    for published in (first, second):
        revision = published["versionRevision"]
        stage.ask("A-2, P-13", "GetPackageVersionAsset", **asset, packageVersionRevision=revision)


def versions_that_are_not_published_any_more(stage: Stage) -> None:
    repository = stage.repository()
    tool = {**TOOL, "repository": repository}
    for version, status in (("1.0", "Archived"), ("2.0", "Unlisted")):
        stage.publish(repository, version=version)
        stage.ask("B-4", "UpdatePackageVersionsStatus", **tool, versions=[version], targetStatus=status)
        stage.publish(repository, version=version, rules="P-14, P-16")
        stage.publish(repository, version=version, asset="b.txt", unfinished=True, rules="P-14, P-16")
        stage.ask("A-1", "ListPackageVersionAssets", **tool, packageVersion=version)
        stage.ask("A-3", "GetPackageVersionAsset", **tool, packageVersion=version, asset="a.txt")
    stage.ask("L-5, L-6", "ListPackageVersions", **tool)


PLAYS = (
    a_version_in_one_request,
    a_version_in_several_requests,
    assets_that_may_be_refused,
    a_package_that_is_closed,
    an_asset_at_an_earlier_revision,
    versions_that_are_not_published_any_more,
)
