"""Tags."""

from __future__ import annotations

from ..playing import Stage


def tags_of_a_repository(stage: Stage) -> None:
    repository = stage.repository("repo", tags=[{"key": "team", "value": "a"}])
    arn = {"resourceArn": stage.ask("R-10", "DescribeRepository", repository=repository)["repository"]["arn"]}
    stage.ask("TG-2", "ListTagsForResource", **arn)
    stage.ask("TG-3", "TagResource", **arn, tags=[{"key": "team", "value": "b"}, {"key": "Team", "value": ""}])
    stage.ask("TG-3", "ListTagsForResource", **arn)
    stage.ask("TG-3", "UntagResource", **arn, tagKeys=["team", "never-there"])
    stage.ask("TG-3", "ListTagsForResource", **arn)
    stage.ask("TG-4", "TagResource", **arn, tags=[{"key": "aws:x", "value": "1"}])
    stage.ask("TG-4", "TagResource", **arn, tags=[{"key": "x", "value": "1"}, {"key": "x", "value": "2"}])
    many = [{"key": f"key-{number:02}", "value": "v"} for number in range(50)]
    stage.ask("TG-4, E-25", "TagResource", **arn, tags=many)
    stage.ask("TG-3", "TagResource", **arn, tags=[])
    stage.ask("TG-5", "ListTagsForResource", resourceArn=f"{arn['resourceArn']}-absent")


def tags_of_a_package_group(stage: Stage) -> None:
    group = stage.ask(
        "TG-1, G-14", "CreatePackageGroup", packageGroup="/npm/tagged/*", tags=[{"key": "a", "value": "b"}]
    )
    arn = {"resourceArn": group["packageGroup"]["arn"]}
    stage.ask("TG-2", "ListTagsForResource", **arn)
    stage.ask("TG-3", "UntagResource", **arn, tagKeys=["a"])
    stage.ask("G-16", "DeletePackageGroup", packageGroup="/npm/tagged/*")
    stage.ask("TG-5", "ListTagsForResource", **arn)


def tags_of_what_is_deleted(stage: Stage) -> None:
    made = stage.ask("TG-1", "CreateRepository", repository=stage.name("repo"), tags=[{"key": "a", "value": "b"}])
    arn = made["repository"]["arn"]
    stage.ask("TG-5", "TagResource", resourceArn=f"{arn}/too/long", tags=[{"key": "a", "value": "b"}])
    stage.ask("R-7", "DeleteRepository", repository=stage.name("repo"))
    stage.ask("TG-7, TG-5", "ListTagsForResource", resourceArn=arn)
    stage.ask("R-2", "CreateRepository", repository=stage.name("repo"))
    stage.ask("TG-7", "ListTagsForResource", resourceArn=arn)
    reserved = [{"key": "aws:x", "value": "1"}]
    stage.ask("TG-4", "CreateRepository", repository=stage.name("other"), tags=reserved)


PLAYS = (
    tags_of_a_repository,
    tags_of_a_package_group,
    tags_of_what_is_deleted,
)
