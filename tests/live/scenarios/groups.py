"""Package groups. Each scenario has patterns of its own, because groups belong to the domain."""

from __future__ import annotations

from ..playing import Stage


def a_group_from_its_creation_to_its_deletion(stage: Stage) -> None:
    group = {"packageGroup": "/npm/life/*"}
    stage.ask("G-25, E-16", "DescribePackageGroup", **group)
    stage.ask("G-14, G-13", "CreatePackageGroup", **group, contactInfo="team@example.com", description="of the team")
    stage.ask("G-14, E-16", "CreatePackageGroup", **group)
    stage.ask("G-13", "DescribePackageGroup", **group)
    stage.ask("G-17", "UpdatePackageGroup", **group, description="")
    stage.ask("G-16", "DeletePackageGroup", **group)
    stage.ask("G-16, G-25", "DeletePackageGroup", **group)
    stage.ask("G-25", "UpdatePackageGroup", **group, description="gone")


def the_root_group(stage: Stage) -> None:
    root = {"packageGroup": "/*"}
    stage.ask("G-15, G-13", "DescribePackageGroup", **root)
    stage.ask("G-15", "DeletePackageGroup", **root)
    inherit = {"PUBLISH": "INHERIT"}
    stage.ask("G-15", "UpdatePackageGroupOriginConfiguration", **root, restrictions=inherit)
    stage.ask("G-14", "CreatePackageGroup", **root)


def patterns_that_may_be_refused(stage: Stage) -> None:
    for pattern in (
        "npm/*",
        "/npm",
        "/npm/*/x",
        "/docker/*",
        "/npm/a/b",
        "/npm/scope/foo-~",
        "/pypi/space/*",
        "/pypi//A_b$",
    ):
        stage.ask("G-2, G-4", "CreatePackageGroup", packageGroup=pattern)
    stage.ask("G-4", "CreatePackageGroup", packageGroup="/maven//name$")
    stage.ask("G-5", "CreatePackageGroup", packageGroup="/npm/with blank/*")


def patterns_differ_by_their_case(stage: Stage) -> None:
    stage.ask("G-5", "CreatePackageGroup", packageGroup="/npm/case/*")
    stage.ask("G-5", "CreatePackageGroup", packageGroup="/npm/Case/*")
    for package in ({"namespace": "case"}, {"namespace": "Case"}, {"namespace": "CASE"}):
        stage.ask("G-8, G-10", "GetAssociatedPackageGroup", format="npm", package="a", **package)


def packages_and_their_groups(stage: Stage) -> None:
    for pattern in ("/npm/assoc/*", "/npm/assoc/foo~", "/npm/assoc/foo-bar$"):
        stage.ask("G-14", "CreatePackageGroup", packageGroup=pattern)
    for package in ("foo", "foo-bar", "foo.bar", "foo_baz", "food", "Foo", "other"):
        stage.ask("G-3, G-7, G-8", "GetAssociatedPackageGroup", format="npm", namespace="assoc", package=package)
    stage.ask("G-10", "GetAssociatedPackageGroup", format="pypi", package="Some_Name")
    stage.ask("F-2, G-10", "GetAssociatedPackageGroup", format="maven", package="no-namespace")


def groups_in_lists(stage: Stage) -> None:
    for pattern in ("/generic/listed/*", "/generic/listed/b~", "/generic/listed/a~", "/generic/listed/b-c$"):
        stage.ask("G-14", "CreatePackageGroup", packageGroup=pattern)
    stage.ask("G-23, L-13", "ListPackageGroups", prefix="/generic/listed")
    first = stage.ask("L-12", "ListPackageGroups", prefix="/generic/listed", maxResults=3)
    if "nextToken" in first:
        stage.ask("L-14", "ListPackageGroups", prefix="/generic/listed", maxResults=3, nextToken=first["nextToken"])
    stage.ask("G-23", "ListSubPackageGroups", packageGroup="/generic/listed/*")
    stage.ask("G-25", "ListSubPackageGroups", packageGroup="/generic/absent/*")
    repository = stage.repository()
    for package in ("a", "b", "b-c", "other"):
        stage.publish(repository, package, namespace="listed")
    stage.ask("G-11, G-12", "ListAssociatedPackages", packageGroup="/generic/listed/*")
    stage.ask("G-11", "ListAssociatedPackages", packageGroup="/generic/listed/o~", preview=True)
    stage.ask("G-11", "ListAssociatedPackages", packageGroup="/generic/listed/o~")


def origin_configurations_of_a_group(stage: Stage) -> None:
    repository = stage.repository()
    group = {"packageGroup": "/generic/origins/*"}
    update = "UpdatePackageGroupOriginConfiguration"
    allowed = [{"repositoryName": repository, "originRestrictionType": "PUBLISH"}]
    absent = [{"repositoryName": stage.name("absent"), "originRestrictionType": "PUBLISH"}]
    stage.ask("G-14", "CreatePackageGroup", **group)
    stage.ask("G-19", update, **group, addAllowedRepositories=allowed)
    stage.ask("G-18", update, **group, restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"})
    stage.ask("G-20, E-11", update, **group, addAllowedRepositories=absent)
    stage.ask("G-18", update, **group, addAllowedRepositories=allowed)
    stage.ask("G-20", update, **group, addAllowedRepositories=allowed)
    stage.ask("G-22", "ListAllowedRepositoriesForGroup", **group, originRestrictionType="PUBLISH")
    stage.ask("G-22", "ListAllowedRepositoriesForGroup", **group, originRestrictionType="INTERNAL_UPSTREAM")
    stage.ask("G-20", update, **group, addAllowedRepositories=allowed, removeAllowedRepositories=allowed)
    stage.ask("G-19", update, **group, restrictions={"PUBLISH": "BLOCK"})
    stage.ask("G-21", "DescribePackageGroup", **group)
    stage.publish(repository, namespace="origins", rules="P-10")
    stage.ask("G-21", "CreatePackageGroup", packageGroup="/generic/origins/sub~")
    stage.ask("G-18", update, **group)
    stage.ask("G-18", update, **group, restrictions={"PUBLISH": "ALLOW", "EXTERNAL_UPSTREAM": "BLOCK"})
    stage.publish(repository, namespace="origins", rules="K-3")
    stage.ask("K-3", "DescribePackage", repository=repository, format="generic", namespace="origins", package="tool")


def a_weak_match_blocks(stage: Stage) -> None:
    repository = stage.repository()
    stage.ask("G-14", "CreatePackageGroup", packageGroup="/generic/weak/foo-bar$")
    stage.publish(repository, "foo.bar", namespace="weak", rules="G-9, P-10")
    stage.publish(repository, "foo-bar", namespace="weak")


def a_group_that_is_not_there(stage: Stage) -> None:
    group = {"packageGroup": "/npm/absent/*"}
    restrictions = {"PUBLISH": "BLOCK"}
    stage.ask("G-11, G-25", "ListAssociatedPackages", **group)
    stage.ask("G-11", "ListAssociatedPackages", **group, preview=True)
    stage.ask("G-25", "ListAllowedRepositoriesForGroup", **group, originRestrictionType="PUBLISH")
    stage.ask("G-25", "UpdatePackageGroupOriginConfiguration", **group, restrictions=restrictions)


def patterns_of_every_form(stage: Stage) -> None:
    for pattern in (
        "/ruby/*",
        "/npm//*",
        "/maven/org.form~",
        "/npm/form/*",
        "/npm/form/button~",
        "/generic/form/tool$",
    ):
        stage.ask("G-2, G-13", "CreatePackageGroup", packageGroup=pattern)
        stage.ask("G-16", "DeletePackageGroup", packageGroup=pattern)


def children_of_a_group_that_is_deleted(stage: Stage) -> None:
    parent, child = {"packageGroup": "/generic/family/*"}, {"packageGroup": "/generic/family/a~"}
    stage.ask("G-14", "CreatePackageGroup", **parent)
    stage.ask("G-14", "CreatePackageGroup", **child)
    update = "UpdatePackageGroupOriginConfiguration"
    stage.ask("G-18", update, **parent, restrictions={"PUBLISH": "ALLOW_SPECIFIC_REPOSITORIES"})
    stage.ask("G-21, G-13", "DescribePackageGroup", **child)
    stage.ask("G-16", "DeletePackageGroup", **parent)
    stage.ask("G-16, G-21", "DescribePackageGroup", **child)


def records_of_packages_whose_group_blocks_upstreams(stage: Stage) -> None:
    repository = stage.repository()
    group = {"packageGroup": "/generic/internal/*"}
    stage.ask("G-14", "CreatePackageGroup", **group)
    restrictions = {"INTERNAL_UPSTREAM": "BLOCK"}
    stage.ask("G-18", "UpdatePackageGroupOriginConfiguration", **group, restrictions=restrictions)
    stage.publish(repository, namespace="internal", rules="P-12")
    stage.ask("K-3", "DescribePackage", format="generic", namespace="internal", package="tool", repository=repository)


PLAYS = (
    a_group_from_its_creation_to_its_deletion,
    the_root_group,
    patterns_that_may_be_refused,
    patterns_differ_by_their_case,
    packages_and_their_groups,
    groups_in_lists,
    origin_configurations_of_a_group,
    a_weak_match_blocks,
    a_group_that_is_not_there,
    patterns_of_every_form,
    children_of_a_group_that_is_deleted,
    records_of_packages_whose_group_blocks_upstreams,
)
